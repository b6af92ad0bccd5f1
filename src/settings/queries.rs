//! Diesel for tenants.

use chrono::{DateTime, Utc};
use diesel::pg::PgConnection;
use diesel::prelude::*;
use uuid::Uuid;

use crate::access::{EmailAddress, OrganisationKind, Role};
use crate::db::schema::{organisations, tenants, users};
use crate::input::name_key;

/// A tenant as its profile shows it.
#[derive(Debug, Clone, Queryable, Selectable)]
#[diesel(table_name = tenants, check_for_backend(diesel::pg::Pg))]
pub struct Tenant {
    pub id: Uuid,
    pub slug: String,
    pub name: String,
    pub uses_salesforce: bool,
    pub shop_url: Option<String>,
    pub self_service_url: Option<String>,
    pub version: i32,
    pub created_at: DateTime<Utc>,
}

/// The tenant with this id.
pub fn find(conn: &mut PgConnection, id: Uuid) -> QueryResult<Tenant> {
    tenants::table.find(id).select(Tenant::as_select()).first(conn)
}

/// Whether there is a tenant of this slug.
pub fn is_tenant(conn: &mut PgConnection, slug: &str) -> QueryResult<bool> {
    diesel::select(diesel::dsl::exists(tenants::table.filter(tenants::slug.eq(slug)))).get_result(conn)
}

/// As [`find`], locked until the transaction ends.
pub fn find_for_update(conn: &mut PgConnection, id: Uuid) -> QueryResult<Tenant> {
    tenants::table.find(id).select(Tenant::as_select()).for_update().first(conn)
}

/// Changes name and settings; `addresses` are those of Shop and Self-Service.
pub fn update(
    conn: &mut PgConnection,
    id: Uuid,
    (name, uses_salesforce): (&str, bool),
    addresses: (Option<&str>, Option<&str>),
    now: DateTime<Utc>,
) -> QueryResult<()> {
    diesel::update(tenants::table.find(id))
        .set((
            tenants::name.eq(name),
            tenants::uses_salesforce.eq(uses_salesforce),
            (tenants::shop_url.eq(addresses.0), tenants::self_service_url.eq(addresses.1)),
            tenants::updated_at.eq(now),
            tenants::version.eq(tenants::version + 1),
        ))
        .execute(conn)
        .map(drop)
}

/// A new tenant.
pub fn insert(conn: &mut PgConnection, id: Uuid, slug: &str, name: &str, now: DateTime<Utc>) -> QueryResult<()> {
    diesel::insert_into(tenants::table)
        .values((
            tenants::id.eq(id),
            tenants::slug.eq(slug),
            tenants::name.eq(name),
            tenants::created_at.eq(now),
            tenants::updated_at.eq(now),
        ))
        .execute(conn)
        .map(drop)
}

/// The tenant's own organisation.
pub fn insert_host(conn: &mut PgConnection, id: Uuid, tenant: Uuid, name: &str, now: DateTime<Utc>) -> QueryResult<()> {
    diesel::insert_into(organisations::table)
        .values((
            (
                organisations::id.eq(id),
                organisations::tenant_id.eq(tenant),
                organisations::kind.eq(OrganisationKind::Host),
            ),
            (organisations::name.eq(name), organisations::name_key.eq(name_key(name))),
            (organisations::created_at.eq(now), organisations::updated_at.eq(now)),
        ))
        .execute(conn)
        .map(drop)
}

/// The tenant's first owner.
pub fn insert_owner(
    conn: &mut PgConnection,
    (id, tenant, organisation): (Uuid, Uuid, Uuid),
    name: &str,
    email: &EmailAddress,
    now: DateTime<Utc>,
) -> QueryResult<()> {
    diesel::insert_into(users::table)
        .values((
            (users::id.eq(id), users::tenant_id.eq(tenant), users::organisation_id.eq(organisation)),
            (users::name.eq(name), users::email.eq(email.as_typed()), users::email_key.eq(email.key())),
            users::role.eq(Role::Owner),
            (users::created_at.eq(now), users::updated_at.eq(now)),
        ))
        .execute(conn)
        .map(drop)
}
