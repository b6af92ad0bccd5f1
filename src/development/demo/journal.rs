//! The history of one demo tenant: who was there to act at a given moment, and the audit events in order of time.

use chrono::{DateTime, Utc};
use serde_json::{Value, json};
use uuid::Uuid;

use super::derived::pick;
use super::life::Life;
use super::rows::EventRow;
use super::tables::{Fate, role_label};
use crate::secrets::new_id;

/// Whom an event names as its author.
#[derive(Clone)]
pub struct Actor {
    kind: &'static str,
    id: Option<Uuid>,
    name: &'static str,
}

impl Actor {
    /// The program itself, which creates a tenant and its first owner.
    pub const fn system() -> Self {
        Self { kind: "system", id: None, name: "Guildhall" }
    }

    pub const fn user(id: Uuid, name: &'static str) -> Self {
        Self { kind: "user", id: Some(id), name }
    }
}

/// What an event is about, and in which organisation's history it stands.
#[derive(Clone, Copy)]
pub struct Subject<'a> {
    pub kind: &'static str,
    pub id: Uuid,
    pub organisation_id: Uuid,
    /// Its name just after the event.
    pub name: &'a str,
}

/// One changed field as the history pages read it.
pub fn change(field: &str, from: Option<&str>, to: Option<&str>) -> Value {
    json!({ "field": field, "from": from, "to": to })
}

/// A staff member who may create and change organisations, and for how long.
struct Steward {
    actor: Actor,
    from: DateTime<Utc>,
    until: DateTime<Utc>,
}

pub struct Journal {
    tenant_id: Uuid,
    now: DateTime<Utc>,
    stewards: Vec<Steward>,
    events: Vec<EventRow>,
}

impl Journal {
    pub const fn new(tenant_id: Uuid, now: DateTime<Utc>) -> Self {
        Self { tenant_id, now, stewards: Vec::new(), events: Vec::new() }
    }

    /// Notes a staff member who may act from now on. Auditors only read.
    pub fn staff_joined(&mut self, role: &str, life: &Life) {
        let Some(first_seen) = life.first_seen.filter(|_| role != "auditor") else { return };
        let from = match life.person.fate {
            Fate::WasRole(..) => life.turned.unwrap_or(first_seen),
            _ => first_seen,
        };
        let actor = Actor::user(life.id, life.person.name);
        self.stewards.push(Steward { actor, from, until: life.ended().unwrap_or(self.now) });
    }

    /// The tenant's owner, once there is one.
    pub fn first_staff(&self) -> Option<Actor> {
        self.stewards.first().map(|steward| steward.actor.clone())
    }

    /// Somebody of the staff who could act at that moment; the program itself before there was anybody.
    pub fn staff_at(&self, at: DateTime<Utc>, text: &str) -> Actor {
        let present: Vec<_> = self.stewards.iter().filter(|one| one.from < at && at < one.until).collect();
        let chosen = u32::try_from(present.len()).map_or(0, |count| pick(text, count));
        present.get(chosen as usize).map_or(Actor::system(), |steward| steward.actor.clone())
    }

    pub fn write(
        &mut self,
        at: DateTime<Utc>,
        actor: &Actor,
        verb: &'static str,
        subject: Subject<'_>,
        changes: Value,
    ) {
        self.events.push(EventRow {
            id: new_id(at),
            tenant_id: self.tenant_id,
            organisation_id: subject.organisation_id,
            at,
            actor_kind: actor.kind,
            actor_id: actor.id,
            actor_name: actor.name.to_owned(),
            verb,
            object_kind: subject.kind,
            object_id: subject.id,
            object_name: subject.name.to_owned(),
            changes,
        });
    }

    /// Writes down a user's creation, first sign-in, and whatever their fate was.
    pub fn write_life(&mut self, life: &Life, creator: &Actor) {
        let person = life.person;
        let (first_name, first_role) = match person.fate {
            Fate::WasNamed(_, from) => (from, person.role),
            Fate::WasRole(_, from) => (person.name, from),
            _ => (person.name, person.role),
        };
        let after = Subject { kind: "user", id: life.id, organisation_id: life.organisation_id, name: person.name };
        let before = Subject { name: first_name, ..after };
        let filled_in =
            json!([change("email", None, Some(&life.email)), change("role", None, Some(role_label(first_role))),]);
        self.write(life.created, creator, "create", before, filled_in);
        if let Some(at) = life.first_seen {
            self.write(at, &Actor::user(life.id, first_name), "sign_in_first", before, json!([]));
        }
        if let Some(at) = life.turned {
            let (verb, changes) = match person.fate {
                Fate::WasNamed(_, from) => ("edit", json!([change("name", Some(from), Some(person.name))])),
                Fate::WasRole(_, from) => {
                    ("change_role", json!([change("role", Some(role_label(from)), Some(role_label(person.role)))]))
                }
                Fate::Removed(_) => ("remove", json!([])),
                _ => ("suspend", json!([])),
            };
            let actor = self.superior(at, &life.email, life.id);
            self.write(at, &actor, verb, after, changes);
        }
        if let Some(at) = life.resumed {
            let actor = self.superior(at, &person.name.to_lowercase(), life.id);
            self.write(at, &actor, "resume", after, json!([]));
        }
    }

    /// A staff member other than the person concerned.
    fn superior(&self, at: DateTime<Utc>, text: &str, concerned: Uuid) -> Actor {
        let actor = self.staff_at(at, text);
        if actor.id == Some(concerned) { self.first_staff().unwrap_or(Actor::system()) } else { actor }
    }

    /// The events in the order in which they happened.
    pub fn close(mut self) -> Vec<EventRow> {
        self.events.sort_by_key(|event| event.at);
        self.events
    }
}
