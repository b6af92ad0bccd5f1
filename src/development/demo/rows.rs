//! The rows that the demo data inserts, column by column. Owns no rule: `programme` fills them, `demo` sends them.

use chrono::{DateTime, Utc};
use diesel::Insertable;
use serde_json::Value;
use uuid::Uuid;

use crate::db::schema::{audit_events, organisations, tenants, users};

#[derive(Insertable)]
#[diesel(table_name = tenants)]
pub struct TenantRow {
    pub id: Uuid,
    pub slug: &'static str,
    pub name: &'static str,
    pub uses_salesforce: bool,
    pub accent: Option<&'static str>,
    pub created_at: DateTime<Utc>,
    pub updated_at: DateTime<Utc>,
}

/// `user_count` is missing on purpose: a trigger keeps it. So is `parent_id`: none means the tenant's own company.
#[derive(Insertable)]
#[diesel(table_name = organisations)]
pub struct OrganisationRow {
    pub id: Uuid,
    pub tenant_id: Uuid,
    pub kind: &'static str,
    pub name: &'static str,
    pub name_key: String,
    pub code: Option<&'static str>,
    pub zuora_account_id: Option<String>,
    pub invoice_owner: Option<&'static str>,
    pub salesforce_account_id: Option<String>,
    pub country: Option<&'static str>,
    pub time_zone: &'static str,
    pub customer_count: i32,
    pub properties: Value,
    pub shop_access: bool,
    pub self_service_access: bool,
    pub state: &'static str,
    pub state_before_deletion: Option<&'static str>,
    pub deleted_at: Option<DateTime<Utc>>,
    pub version: i32,
    pub created_at: DateTime<Utc>,
    pub updated_at: DateTime<Utc>,
}

#[derive(Insertable)]
#[diesel(table_name = users)]
pub struct UserRow {
    pub id: Uuid,
    pub tenant_id: Uuid,
    pub organisation_id: Uuid,
    pub name: &'static str,
    pub email: String,
    pub email_key: String,
    pub role: &'static str,
    pub state: &'static str,
    pub removed_at: Option<DateTime<Utc>>,
    pub removed_with_organisation: bool,
    pub last_signed_in_at: Option<DateTime<Utc>>,
    pub version: i32,
    pub created_at: DateTime<Utc>,
    pub updated_at: DateTime<Utc>,
}

#[derive(Insertable)]
#[diesel(table_name = audit_events)]
pub struct EventRow {
    pub id: Uuid,
    pub tenant_id: Uuid,
    pub organisation_id: Uuid,
    pub at: DateTime<Utc>,
    pub actor_kind: &'static str,
    pub actor_id: Option<Uuid>,
    pub actor_name: String,
    pub verb: &'static str,
    pub object_kind: &'static str,
    pub object_id: Uuid,
    pub object_name: String,
    pub changes: Value,
}
