//! What an organisation is, and what may be done with it in which state. No database, no pages.

use chrono::{DateTime, Duration, Utc};
use diesel::prelude::*;
use serde_json::Value;
use uuid::Uuid;

use crate::access::OrganisationKind;
use crate::db::schema::organisations;
pub use crate::input::name_key;
use crate::input::{self, Problem};

/// [`DAYS_IN_BIN`] where a statement is put together before the program runs.
macro_rules! days_in_bin {
    () => {
        30
    };
}
pub(crate) use days_in_bin;

/// How long a deleted organisation can be restored.
pub const DAYS_IN_BIN: i64 = days_in_bin!();

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

crate::text_enum! {
    /// The company's own applications that a partner can have.
    Application {
        Shop = "shop",
        SelfService = "self_service",
    }
}

impl Application {
    /// What people call it.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Shop => "Shop",
            Self::SelfService => "Self-Service",
        }
    }
}

/// An organisation, whole.
#[derive(Debug, Clone, Queryable, Selectable)]
#[diesel(table_name = organisations, check_for_backend(diesel::pg::Pg))]
pub struct Organisation {
    pub id: Uuid,
    pub kind: OrganisationKind,
    pub parent_id: Option<Uuid>,
    pub name: String,
    pub code: Option<String>,
    pub logo_url: Option<String>,
    pub zuora_account_id: Option<String>,
    pub invoice_owner: Option<InvoiceOwner>,
    pub salesforce_account_id: Option<String>,
    pub country: Option<String>,
    pub time_zone: String,
    pub customer_count: i32,
    /// Whatever other systems keep here: a flat object of strings.
    pub properties: Value,
    pub shop_access: bool,
    pub self_service_access: bool,
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

    /// What of it can be changed.
    pub fn details(&self) -> Details {
        Details {
            name: self.name.clone(),
            code: self.code.clone(),
            logo_url: self.logo_url.clone(),
            zuora_account_id: self.zuora_account_id.clone(),
            invoice_owner: self.invoice_owner,
            salesforce_account_id: self.salesforce_account_id.clone(),
            country: self.country.clone(),
            time_zone: Some(self.time_zone.clone()),
            customer_count: self.customer_count,
            properties: self.properties.clone(),
        }
    }

    /// Whether its people may open an application. The tenant's own people are no partner's.
    pub fn may_open(&self, what: Application) -> bool {
        let granted = match what {
            Application::Shop => self.shop_access,
            Application::SelfService => self.self_service_access,
        };
        granted && self.kind == OrganisationKind::Partner
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

/// Who owns the invoices of a new subscription, and by which Zuora account: the organisation by its own, or its customer
/// by `customer_zuora_account_id` (seed 001). None while the organisation has no owner set, or no account for it.
pub fn invoice_owner_account(
    organisation: &Organisation,
    customer_zuora_account_id: &str,
) -> Option<(InvoiceOwner, String)> {
    let owner = organisation.invoice_owner?;
    let account = match owner {
        InvoiceOwner::Partner => organisation.zuora_account_id.clone()?,
        InvoiceOwner::EndCustomer => customer_zuora_account_id.to_owned(),
    };
    Some((owner, account))
}

/// Everything about an organisation that somebody decides: what it is created with and what APIs change. Seed 001's
/// form fills some of it, seed 000 others, seed 003 again others.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Details {
    pub name: String,
    pub code: Option<String>,
    pub logo_url: Option<String>,
    pub zuora_account_id: Option<String>,
    pub invoice_owner: Option<InvoiceOwner>,
    pub salesforce_account_id: Option<String>,
    pub country: Option<String>,
    /// IANA name; None is the one of whoever creates it.
    pub time_zone: Option<String>,
    pub customer_count: i32,
    pub properties: Value,
}

impl Default for Details {
    fn default() -> Self {
        Self {
            name: String::new(),
            code: None,
            logo_url: None,
            zuora_account_id: None,
            invoice_owner: None,
            salesforce_account_id: None,
            country: None,
            time_zone: None,
            customer_count: 0,
            properties: Value::Object(serde_json::Map::new()),
        }
    }
}

/// A Zuora account's id, where one must be given.
pub fn zuora_account_id(raw: &str) -> Result<String, Problem> {
    let missing = Problem::Missing("Enter a Zuora account ID; you find it in Zuora under Customers.");
    input::optional(raw)?.ok_or(missing)
}

/// A Salesforce account's id; one must be given where the tenant keeps its partners in Salesforce (S1-09).
pub fn salesforce_account_id(raw: &str, required: bool) -> Result<Option<String>, Problem> {
    let id = input::optional(raw)?;
    if required && id.is_none() {
        return Err(Problem::Missing(
            "Enter the Salesforce account ID; your programme keeps its partners in Salesforce.",
        ));
    }
    Ok(id)
}

const MOST_PROPERTIES: usize = 50;
const LONGEST_PROPERTY: usize = 1_000;

/// Why an object cannot be an organisation's properties: a stable word, and a sentence.
pub fn properties_problem(properties: &Value) -> Option<(&'static str, &'static str)> {
    let Value::Object(members) = properties else { return Some(("not_an_object", "Send an object of strings.")) };
    if members.len() > MOST_PROPERTIES {
        return Some(("too_many", "Send 50 properties or fewer."));
    }
    let letters = |name: &str| name.chars().all(|c| c.is_ascii_alphanumeric() || "_.-".contains(c));
    members.iter().find_map(|(name, value)| match value {
        _ if !(1..=64).contains(&name.len()) || !letters(name) => {
            Some(("not_a_name", "Name properties with letters, digits, dots, hyphens and underscores, 64 at most."))
        }
        // PostgreSQL's text has no NUL.
        Value::String(text) if text.chars().count() > LONGEST_PROPERTY || text.contains('\0') => {
            Some(("too_long", "A property's value takes 1,000 characters, none of them NUL."))
        }
        Value::String(_) => None,
        _ => Some(("not_a_string", "Every property is a string.")),
    })
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

    fn organisation() -> Organisation {
        Organisation {
            id: Uuid::nil(),
            kind: OrganisationKind::Partner,
            parent_id: None,
            name: "Zebra".into(),
            code: None,
            logo_url: None,
            zuora_account_id: Some("zu-zebra".into()),
            invoice_owner: None,
            salesforce_account_id: None,
            country: None,
            time_zone: "UTC".into(),
            customer_count: 0,
            properties: Value::Null,
            shop_access: true,
            self_service_access: false,
            state: State::Active,
            deleted_at: None,
            user_count: 0,
            version: 1,
            created_at: DateTime::UNIX_EPOCH,
            updated_at: DateTime::UNIX_EPOCH,
        }
    }

    #[test]
    fn the_bin_keeps_an_organisation_thirty_days() {
        let deleted_at = DateTime::UNIX_EPOCH;
        let organisation = Organisation { state: State::Deleted, deleted_at: Some(deleted_at), ..organisation() };
        let end = deleted_at + Duration::days(30);
        assert!(organisation.can_be_restored(end - Duration::seconds(1)));
        assert!(!organisation.can_be_restored(end));
    }

    #[test]
    fn properties_are_a_flat_object_of_strings() {
        use serde_json::json;
        assert_eq!(properties_problem(&json!({ "tier": "gold", "__proto__": "", "a.b-c": "\n" })), None);
        for wrong in [
            json!([]),
            json!({ "a": 1 }),
            json!({ "a": null }),
            json!({ "a": { "b": "c" } }),
            json!({ "": "x" }),
            json!({ "a b": "x" }),
            json!({ "a": "\0" }),
            json!({ "a": "x".repeat(1_001) }),
            json!({ "x".repeat(65): "x" }),
        ] {
            assert!(properties_problem(&wrong).is_some(), "{wrong}");
        }
        let many = |count: usize| Value::Object((0..count).map(|n| (format!("k{n}"), json!("v"))).collect());
        assert!(properties_problem(&many(50)).is_none() && properties_problem(&many(51)).is_some());
    }

    #[test]
    fn invoices_belong_to_the_partner_or_to_the_new_customer() {
        // S1-11, S1-12
        let owned = |owner, account: Option<&str>| {
            let account = account.map(str::to_owned);
            let organisation = Organisation { invoice_owner: owner, zuora_account_id: account, ..organisation() };
            invoice_owner_account(&organisation, "zu-customer")
        };
        let (partner, customer) = (InvoiceOwner::Partner, InvoiceOwner::EndCustomer);
        assert_eq!(owned(Some(partner), Some("zu-zebra")), Some((partner, "zu-zebra".into())));
        assert_eq!(owned(Some(customer), Some("zu-zebra")), Some((customer, "zu-customer".into())));
        assert_eq!(owned(Some(customer), None), Some((customer, "zu-customer".into())));
        assert_eq!([owned(Some(partner), None), owned(None, Some("zu-zebra"))], [None, None]);
    }

    #[test]
    fn only_a_partner_with_access_opens_an_application() {
        assert!(organisation().may_open(Application::Shop) && !organisation().may_open(Application::SelfService));
        let host = Organisation { kind: OrganisationKind::Host, ..organisation() };
        assert!(!host.may_open(Application::Shop));
    }
}
