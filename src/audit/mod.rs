//! History: who did what to which object, and when. Append-only, written in the transaction of what it tells.
//!
//! Other features call [`record`]; the pages here print it in sentences. Must not decide anything.

mod model;
pub mod pages;
mod queries;
mod sentences;

use chrono::{DateTime, Utc};
use diesel::QueryResult;
use diesel::pg::PgConnection;

pub use model::{Change, Event, Object, Verb};
pub use queries::{EventRow, of_object};
pub use sentences::{Place, days};

use crate::access::Actor;
use crate::secrets;

/// Writes what `who` did into the history, in the caller's transaction.
pub fn record<G>(tx: &mut PgConnection, who: &Actor<G>, now: DateTime<Utc>, event: &Event) -> QueryResult<()> {
    let row = queries::NewEvent {
        id: secrets::new_id(now),
        tenant_id: who.tenant.id,
        organisation_id: event.organisation_id,
        at: now,
        actor_kind: if who.client.is_some() { "api_client" } else { "user" },
        actor_id: Some(who.client.as_ref().map_or(who.user.id, |client| client.id)),
        actor_name: who.client.as_ref().map_or(&who.user.name, |client| &client.name),
        verb: event.verb.as_str(),
        object_kind: event.object.kind(),
        object_id: event.object.id(),
        object_name: &event.object_name,
        changes: model::to_json(&event.changes),
        request_id: Some(&who.request_id),
    };
    queries::insert(tx, &row)
}

/// Writes many things that staff did at once, or the program itself, in one statement.
pub fn record_all<G>(
    tx: &mut PgConnection,
    tenant: uuid::Uuid,
    who: Option<&Actor<G>>,
    now: DateTime<Utc>,
    events: &[Event],
) -> QueryResult<()> {
    let client = who.and_then(|who| who.client.as_ref());
    let rows = events.iter().map(|event| queries::NewEvent {
        id: secrets::new_id(now),
        tenant_id: tenant,
        organisation_id: event.organisation_id,
        at: now,
        actor_kind: if client.is_some() {
            "api_client"
        } else if who.is_some() {
            "user"
        } else {
            "system"
        },
        actor_id: client.map(|client| client.id).or(who.map(|who| who.user.id)),
        actor_name: client
            .map(|client| &client.name)
            .or(who.map(|who| &who.user.name))
            .map_or("Guildhall", |name| name),
        verb: event.verb.as_str(),
        object_kind: event.object.kind(),
        object_id: event.object.id(),
        object_name: &event.object_name,
        changes: model::to_json(&event.changes),
        request_id: who.map(|who| who.request_id.as_str()),
    });
    queries::insert_all(tx, rows.collect())
}

/// Writes what happened without a signed-in person: a first sign-in (`actor`), or the program itself.
pub fn record_for(
    tx: &mut PgConnection,
    tenant: uuid::Uuid,
    actor: Option<(uuid::Uuid, &str)>,
    now: DateTime<Utc>,
    event: &Event,
) -> QueryResult<()> {
    let row = queries::NewEvent {
        id: secrets::new_id(now),
        tenant_id: tenant,
        organisation_id: event.organisation_id,
        at: now,
        actor_kind: if actor.is_some() { "user" } else { "system" },
        actor_id: actor.map(|(id, _)| id),
        actor_name: actor.map_or("Guildhall", |(_, name)| name),
        verb: event.verb.as_str(),
        object_kind: event.object.kind(),
        object_id: event.object.id(),
        object_name: &event.object_name,
        changes: model::to_json(&event.changes),
        request_id: None,
    };
    queries::insert(tx, &row)
}

/// Writes what somebody did who is nobody's user: an invited person, named by their address.
pub fn record_outsider(
    tx: &mut PgConnection,
    tenant: uuid::Uuid,
    name: &str,
    now: DateTime<Utc>,
    event: &Event,
) -> QueryResult<()> {
    let row = queries::NewEvent {
        id: secrets::new_id(now),
        tenant_id: tenant,
        organisation_id: event.organisation_id,
        at: now,
        actor_kind: "user",
        actor_id: None,
        actor_name: name,
        verb: event.verb.as_str(),
        object_kind: event.object.kind(),
        object_id: event.object.id(),
        object_name: &event.object_name,
        changes: model::to_json(&event.changes),
        request_id: None,
    };
    queries::insert(tx, &row)
}
