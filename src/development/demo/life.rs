//! One demo user's life: from the table's single line to a row and to the moments the history tells of.

use chrono::{DateTime, Duration, Utc};
use uuid::Uuid;

use super::derived::{office_hour, pick};
use super::journal::Actor;
use super::rows::UserRow;
use super::tables::{Fate, Person};
use crate::secrets::new_id;

/// A user with every moment that matters worked out; moments are in order and all before now.
pub struct Life {
    pub person: Person,
    pub id: Uuid,
    pub organisation_id: Uuid,
    pub email: String,
    pub created: DateTime<Utc>,
    pub first_seen: Option<DateTime<Utc>>,
    /// When the person's fate came to pass; for a pause, its beginning.
    pub turned: Option<DateTime<Utc>>,
    /// When a pause ended.
    pub resumed: Option<DateTime<Utc>>,
    last_seen: Option<DateTime<Utc>>,
}

impl Life {
    pub fn new(
        person: &Person,
        domain: &str,
        organisation_id: Uuid,
        created: DateTime<Utc>,
        now: DateTime<Utc>,
    ) -> Self {
        let email = format!("{}@{domain}.example", person.mail);
        let first_seen = match person.fate {
            Fate::Newcomer(_) => None,
            _ => Some(created + Duration::seconds(1200 + i64::from(pick(&email, 30 * 3600)))),
        };
        let first_seen = first_seen.filter(|at| *at < now - Duration::hours(1));
        let after = |days: u32, previous: DateTime<Utc>, what: &str| {
            office_hour(now, days, &format!("{email} {what}")).max(previous + Duration::minutes(13))
        };
        let turned = match person.fate {
            Fate::Plain | Fate::Newcomer(_) => None,
            fate => Some(after(fate.first_day(), first_seen.unwrap_or(created), "turned")),
        };
        let resumed = match (person.fate, turned) {
            (Fate::Paused(_, until), Some(turned)) => Some(after(until, turned, "resumed")),
            _ => None,
        };
        let mut life = Self {
            person: *person,
            id: new_id(created),
            organisation_id,
            email,
            created,
            first_seen,
            turned,
            resumed,
            last_seen: None,
        };
        life.last_seen = life.last_sign_in(now);
        life
    }

    /// The end of this person's access, if it has ended.
    pub fn ended(&self) -> Option<DateTime<Utc>> {
        match self.person.fate {
            Fate::Suspended(_) | Fate::Removed(_) => self.turned,
            _ => None,
        }
    }

    /// Most people came by in the last days, some not for weeks; nobody after their access ended.
    fn last_sign_in(&self, now: DateTime<Utc>) -> Option<DateTime<Utc>> {
        let first = self.first_seen?;
        let minutes = match pick(&self.email, 10) {
            0..=3 => 40 + pick(&self.email, 1300),
            4..=7 => 1500 + pick(&self.email, 10_000),
            _ => 12_000 + pick(&self.email, 90_000),
        };
        let recent = self.ended().unwrap_or(now) - Duration::minutes(i64::from(minutes));
        Some(recent.max(first))
    }

    /// This person as somebody who acts at `at`, if they had signed in by then and were not suspended or removed.
    pub fn actor_at(&self, at: DateTime<Utc>) -> Option<Actor> {
        let here = self.first_seen.is_some_and(|first| first < at) && self.ended().is_none_or(|end| at < end);
        here.then(|| Actor::user(self.id, self.person.name))
    }

    pub fn row(&self, tenant_id: Uuid) -> UserRow {
        let fate = self.person.fate;
        UserRow {
            id: self.id,
            tenant_id,
            organisation_id: self.organisation_id,
            name: self.person.name,
            email_key: self.email.to_ascii_lowercase(),
            email: self.email.clone(),
            role: self.person.role,
            state: if matches!(fate, Fate::Suspended(_)) { "suspended" } else { "active" },
            removed_at: self.turned.filter(|_| matches!(fate, Fate::Removed(_))),
            removed_with_organisation: false,
            last_signed_in_at: self.last_seen,
            version: 1 + i32::from(self.turned.is_some()) + i32::from(self.resumed.is_some()),
            created_at: self.created,
            updated_at: self.resumed.or(self.turned).unwrap_or(self.created),
        }
    }
}
