//! What a connection is, and what each side may decide about it. No database, no pages.

use chrono::{DateTime, Utc};
use diesel::prelude::*;
use uuid::Uuid;

use crate::db::schema::connections;

crate::text_enum! {
    /// What one side lets the other do with its partner records.
    Allowance {
        Read = "READ_PARTNER",
        Write = "WRITE_PARTNER",
    }
}

impl Allowance {
    /// What it means, in words that fit a list.
    pub const fn words(self) -> &'static str {
        match self {
            Self::Read => "See our partner records",
            Self::Write => "Add and change our partner records",
        }
    }
}

/// What somebody may do with partner records, in few words.
pub fn told(grants: &[Allowance]) -> &'static str {
    match (grants.contains(&Allowance::Read), grants.contains(&Allowance::Write)) {
        (false, false) => "nothing",
        (true, false) => "see records",
        (false, true) => "add and change records",
        (true, true) => "see, add and change records",
    }
}

/// Which of the two an organisation is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Side {
    /// It invited.
    Host,
    /// It accepted.
    Guest,
}

/// A connection, as both sides have it.
#[derive(Debug, Clone, Queryable, Selectable)]
#[diesel(table_name = connections, check_for_backend(diesel::pg::Pg))]
pub struct Connection {
    pub id: Uuid,
    pub host_organisation_id: Uuid,
    pub guest_organisation_id: Uuid,
    pub host_grants: Vec<Allowance>,
    pub guest_grants: Vec<Allowance>,
    pub version: i32,
    pub created_at: DateTime<Utc>,
    pub ended_at: Option<DateTime<Utc>>,
    pub ended_by_organisation_id: Option<Uuid>,
}

impl Connection {
    pub fn is_live(&self) -> bool {
        self.ended_at.is_none()
    }

    /// The side of an organisation that is one of the two.
    pub fn side_of(&self, organisation: Uuid) -> Side {
        if self.host_organisation_id == organisation { Side::Host } else { Side::Guest }
    }

    /// The organisation at the other end.
    pub fn other_than(&self, organisation: Uuid) -> Uuid {
        match self.side_of(organisation) {
            Side::Host => self.guest_organisation_id,
            Side::Guest => self.host_organisation_id,
        }
    }

    /// What an organisation lets the other one do.
    pub fn given_by(&self, organisation: Uuid) -> &[Allowance] {
        match self.side_of(organisation) {
            Side::Host => &self.host_grants,
            Side::Guest => &self.guest_grants,
        }
    }

    /// What an organisation may do with the other one's records.
    pub fn given_to(&self, organisation: Uuid) -> &[Allowance] {
        self.given_by(self.other_than(organisation))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_side_has_grants_of_its_own() {
        let (host, guest) = (Uuid::from_u128(1), Uuid::from_u128(2));
        let connection = Connection {
            id: Uuid::nil(),
            host_organisation_id: host,
            guest_organisation_id: guest,
            host_grants: vec![Allowance::Read],
            guest_grants: vec![Allowance::Write],
            version: 1,
            created_at: DateTime::UNIX_EPOCH,
            ended_at: None,
            ended_by_organisation_id: None,
        };
        assert_eq!((connection.other_than(host), connection.other_than(guest)), (guest, host));
        assert_eq!(connection.given_by(host), connection.given_to(guest));
        assert_eq!((told(connection.given_to(host)), told(&[])), ("add and change records", "nothing"));
    }
}
