//! What a partner record is, and its limits (seed 002). No database, no pages.

use chrono::{DateTime, Utc};
use diesel::prelude::*;
use uuid::Uuid;

use crate::access::EmailAddress;
use crate::db::schema::partner_records;
use crate::input::{self, Problem};
use crate::invitations::{Standing, State};

crate::text_enum! {
    /// What the counterparty is to the organisation.
    PartnerType {
        Customer = "customer",
        Supplier = "supplier",
    }
}

impl PartnerType {
    /// The word that people read.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Customer => "Customer",
            Self::Supplier => "Supplier",
        }
    }

    /// Several of them.
    pub const fn plural(self) -> &'static str {
        match self {
            Self::Customer => "Customers",
            Self::Supplier => "Suppliers",
        }
    }
}

/// A partner record, whole.
#[derive(Debug, Clone, Queryable, Selectable)]
#[diesel(table_name = partner_records, check_for_backend(diesel::pg::Pg))]
pub struct Record {
    pub id: Uuid,
    pub organisation_id: Uuid,
    pub company_name: String,
    pub partner_type: PartnerType,
    pub email: String,
    pub sales_amount: i32,
    pub frequency: String,
    pub payment_terms: String,
    pub invitation_id: Option<Uuid>,
    pub guest_organisation_id: Option<Uuid>,
    pub deleted_at: Option<DateTime<Utc>>,
    pub version: i32,
    pub created_at: DateTime<Utc>,
    pub updated_at: DateTime<Utc>,
    /// The name as lists sort it.
    pub sort_key: String,
}

impl Record {
    /// What is recorded, to be changed. The row was written from an address, so there is one.
    pub fn noted(&self) -> Option<NewRecord> {
        Some(NewRecord {
            company_name: self.company_name.clone(),
            partner_type: self.partner_type,
            email: EmailAddress::parse(&self.email).ok()?,
            sales_amount: self.sales_amount,
            frequency: self.frequency.clone(),
            payment_terms: self.payment_terms.clone(),
        })
    }
}

/// What somebody records about a company.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewRecord {
    pub company_name: String,
    pub partner_type: PartnerType,
    pub email: EmailAddress,
    pub sales_amount: i32,
    pub frequency: String,
    pub payment_terms: String,
}

/// The most characters of a record's texts.
pub const LONGEST_NAME: usize = 100;
pub const LONGEST_EMAIL: usize = 100;
pub const LONGEST_FREQUENCY: usize = 30;
pub const LONGEST_TERMS: usize = 50;

/// A record's type by its word.
pub fn partner_type(raw: &str) -> Result<PartnerType, Problem> {
    PartnerType::parse(raw).ok_or(Problem::NotAChoice("Choose whether the company is a customer or a supplier."))
}

/// A record's address: one that could be written to, shorter than addresses elsewhere.
pub fn email(raw: &str) -> Result<EmailAddress, Problem> {
    if raw.trim().is_empty() {
        return Err(Problem::Missing("Enter the company's email address."));
    }
    let address = EmailAddress::parse(raw).map_err(|_| Problem::NotAnEmail)?;
    if address.as_typed().chars().count() > LONGEST_EMAIL {
        return Err(Problem::TooLong(LONGEST_EMAIL));
    }
    Ok(address)
}

/// How often there is business.
pub fn frequency(raw: &str) -> Result<String, Problem> {
    input::short_text(raw, LONGEST_FREQUENCY as u64, "Enter how often you do business, such as monthly.")
}

/// When invoices are paid.
pub fn payment_terms(raw: &str) -> Result<String, Problem> {
    input::short_text(raw, LONGEST_TERMS as u64, "Enter when invoices are paid, such as 30 days net.")
}

/// Seed 002's word for the newest invitation made from a record: `invited`, `accepted`, or none (S2-18).
pub fn invitation_status(state: State, expires_at: DateTime<Utc>, now: DateTime<Utc>) -> Option<&'static str> {
    match state.standing(expires_at, now) {
        Standing::Waiting => Some("invited"),
        Standing::Accepted => Some("accepted"),
        Standing::Declined | Standing::Expired | Standing::Revoked | Standing::Superseded => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_waiting_or_accepted_invitation_has_a_status() {
        // S2-18
        let (end, second) = (DateTime::UNIX_EPOCH, chrono::Duration::seconds(1));
        assert_eq!(invitation_status(State::Pending, end, end - second), Some("invited"));
        assert_eq!(invitation_status(State::Pending, end, end), None);
        assert_eq!(invitation_status(State::Accepted, end, end + second), Some("accepted"));
        for state in [State::Declined, State::Revoked, State::Superseded] {
            assert_eq!(invitation_status(state, end, end - second), None, "{state:?}");
        }
    }

    #[test]
    fn an_address_has_at_most_a_hundred_characters() {
        // S2-14
        let of = |length: usize| format!("{}@{}.example", "a".repeat(60), "b".repeat(length - 69));
        assert_eq!(email(&of(100)).map(|address| address.as_typed().len()), Ok(100));
        assert_eq!(email(&of(101)), Err(Problem::TooLong(100)));
        assert_eq!(email("nobody"), Err(Problem::NotAnEmail));
    }
}
