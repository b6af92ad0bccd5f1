//! What an organisation is, and what may be done with it in which state. No database, no pages.

use chrono::{DateTime, Duration, Utc};
use diesel::prelude::*;
use uuid::Uuid;

use crate::access::OrganisationKind;
use crate::db::schema::organisations;
pub use crate::input::name_key;

/// How long a deleted organisation can be restored.
pub const DAYS_IN_BIN: i64 = 30;

crate::text_enum! {
    /// Where an organisation is in its life.
    State {
        Active = "active",
        Suspended = "suspended",
        Deleted = "deleted",
    }
}

crate::text_enum! {
    /// Whose Zuora account owns the invoices of a new subscription (seed 001).
    InvoiceOwner {
        Partner = "partner",
        EndCustomer = "end_customer",
    }
}

impl InvoiceOwner {
    /// Seed 001's word.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Partner => "Partner",
            Self::EndCustomer => "End customer",
        }
    }
}

/// An organisation, whole.
#[derive(Debug, Clone, Queryable, Selectable)]
#[diesel(table_name = organisations, check_for_backend(diesel::pg::Pg))]
pub struct Organisation {
    pub id: Uuid,
    pub kind: OrganisationKind,
    pub name: String,
    pub code: Option<String>,
    pub logo_url: Option<String>,
    pub zuora_account_id: Option<String>,
    pub invoice_owner: Option<InvoiceOwner>,
    pub salesforce_account_id: Option<String>,
    pub country: Option<String>,
    pub time_zone: String,
    pub customer_count: i32,
    pub state: State,
    pub deleted_at: Option<DateTime<Utc>>,
    pub user_count: i32,
    pub version: i32,
    pub created_at: DateTime<Utc>,
    pub updated_at: DateTime<Utc>,
}

impl Organisation {
    pub fn is_deleted(&self) -> bool {
        self.state == State::Deleted
    }

    /// Until when it can be restored, if it is in the bin.
    pub fn restorable_until(&self) -> Option<DateTime<Utc>> {
        self.deleted_at.map(|at| at + Duration::days(DAYS_IN_BIN))
    }

    /// Whether a restore still finds it.
    pub fn can_be_restored(&self, now: DateTime<Utc>) -> bool {
        self.restorable_until().is_some_and(|until| now < until)
    }
}

/// What it takes to create one (seed 001's form; APIs give more).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewOrganisation {
    pub name: String,
    pub logo_url: Option<String>,
    pub zuora_account_id: String,
    pub salesforce_account_id: Option<String>,
    pub invoice_owner: InvoiceOwner,
}

/// What the page may change: name and logo, nothing else (S1-21, S1-22).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Appearance {
    pub name: String,
    pub logo_url: Option<String>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_bin_keeps_an_organisation_thirty_days() {
        let deleted_at = DateTime::UNIX_EPOCH;
        let organisation = Organisation {
            id: Uuid::nil(),
            kind: OrganisationKind::Partner,
            name: "Zebra".into(),
            code: None,
            logo_url: None,
            zuora_account_id: None,
            invoice_owner: None,
            salesforce_account_id: None,
            country: None,
            time_zone: "UTC".into(),
            customer_count: 0,
            state: State::Deleted,
            deleted_at: Some(deleted_at),
            user_count: 0,
            version: 1,
            created_at: deleted_at,
            updated_at: deleted_at,
        };
        let end = deleted_at + Duration::days(30);
        assert!(organisation.can_be_restored(end - Duration::seconds(1)));
        assert!(!organisation.can_be_restored(end));
    }
}
