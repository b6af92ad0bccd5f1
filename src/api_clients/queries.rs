//! Diesel for credentials, secrets and tokens. Lists and single ones are scoped by organisation.

use chrono::{DateTime, Duration, Utc};
use diesel::pg::PgConnection;
use diesel::prelude::*;
use uuid::Uuid;

use super::model::{ApiClient, Kind, NewClient, Presented};
use super::secret::{self, Purpose};
use crate::access::{ClientRef, OrganisationKind, OrganisationRef, Permission, Principal, Role, TenantRef, UserRef};
use crate::db::page::{Cursor, Paged};
use crate::db::schema::{api_clients, api_secrets, api_tokens, organisations, tenants, users};
use crate::secrets::sha256;

/// How exactly the last use is known.
const TOUCH_SECONDS: i64 = 60;

type CallerRow = (
    (Uuid, String, Vec<String>, Uuid, Option<DateTime<Utc>>),
    (Uuid, String, OrganisationKind, String, Option<String>),
    (Uuid, String, String, bool),
);

/// What a statement about a caller selects.
macro_rules! caller_columns {
    () => {
        (
            (
                api_clients::id,
                api_clients::name,
                api_clients::permissions,
                api_clients::created_by,
                api_clients::last_used_at,
            ),
            (
                organisations::id,
                organisations::name,
                organisations::kind,
                organisations::time_zone,
                organisations::logo_url,
            ),
            (tenants::id, tenants::slug, tenants::name, tenants::uses_salesforce),
        )
    };
}

/// A caller, and when its credential was last used before.
pub type Known = (Principal, Option<DateTime<Utc>>);

/// The caller behind a presented credential: known, not revoked, of an active organisation.
pub fn find(conn: &mut PgConnection, presented: &Presented, now: DateTime<Utc>) -> QueryResult<Option<Known>> {
    match presented {
        Presented::Key(key) if secret::is_one(Purpose::ApiKey, key) => by_key(conn, key, now),
        Presented::Token(token) if secret::is_one(Purpose::AccessToken, token) => {
            let Some((client, permissions)) = by_token(conn, token, now)? else { return Ok(None) };
            Ok(known(conn, client)?.map(|(found, used)| (narrowed(found, &permissions), used)))
        }
        Presented::Token(_) | Presented::Key(_) => Ok(None),
    }
}

/// With no more permissions than these: a token is never more than its client has become since.
fn narrowed(found: Principal, permissions: &[Permission]) -> Principal {
    let client = found.client.map(|mut client| {
        client.permissions.retain(|permission| permissions.contains(permission));
        client
    });
    Principal { client, ..found }
}

fn by_token(conn: &mut PgConnection, token: &str, now: DateTime<Utc>) -> QueryResult<Option<(Uuid, Vec<Permission>)>> {
    let row: Option<(Uuid, Vec<String>)> = api_tokens::table
        .find(sha256(token))
        .filter(api_tokens::expires_at.gt(now))
        .select((api_tokens::client_id, api_tokens::permissions))
        .first(conn)
        .optional()?;
    Ok(row.map(|(client, permissions)| (client, parsed(&permissions))))
}

/// As [`by_secret`] and [`principal`], in one statement.
fn by_key(conn: &mut PgConnection, key: &str, now: DateTime<Utc>) -> QueryResult<Option<Known>> {
    let row: Option<CallerRow> = api_secrets::table
        .inner_join(api_clients::table.inner_join(organisations::table.inner_join(tenants::table)))
        .filter(api_secrets::hash.eq(sha256(key)))
        .filter(api_secrets::ends_at.is_null().or(api_secrets::ends_at.gt(now)))
        .filter(api_clients::kind.eq(Kind::Key))
        .filter(api_clients::revoked_at.is_null())
        .filter(organisations::state.eq("active"))
        .select(caller_columns!())
        .first(conn)
        .optional()?;
    Ok(row.map(caller))
}

/// The client of a secret that works now.
pub fn by_secret(conn: &mut PgConnection, kind: Kind, secret: &str, now: DateTime<Utc>) -> QueryResult<Option<Uuid>> {
    api_secrets::table
        .inner_join(api_clients::table)
        .filter(api_secrets::hash.eq(sha256(secret)))
        .filter(api_secrets::ends_at.is_null().or(api_secrets::ends_at.gt(now)))
        .filter(api_clients::kind.eq(kind))
        .select(api_clients::id)
        .first(conn)
        .optional()
}

/// A client as a caller, if it and its organisation stand.
pub fn principal(conn: &mut PgConnection, client: Uuid) -> QueryResult<Option<Principal>> {
    Ok(known(conn, client)?.map(|(principal, _)| principal))
}

fn known(conn: &mut PgConnection, client: Uuid) -> QueryResult<Option<Known>> {
    let row: Option<CallerRow> = api_clients::table
        .inner_join(organisations::table.inner_join(tenants::table))
        .filter(api_clients::id.eq(client))
        .filter(api_clients::revoked_at.is_null())
        .filter(organisations::state.eq("active"))
        .select(caller_columns!())
        .first(conn)
        .optional()?;
    Ok(row.map(caller))
}

fn caller((client, organisation, tenant): CallerRow) -> Known {
    let role = match organisation.2 {
        OrganisationKind::Host => Role::Administrator,
        OrganisationKind::Partner => Role::Manager,
    };
    let principal = Principal {
        session_id: Uuid::nil(),
        user: UserRef { id: client.3, name: client.1.clone(), email: String::new(), role },
        organisation: OrganisationRef {
            id: organisation.0,
            name: organisation.1,
            kind: organisation.2,
            time_zone: organisation.3,
            logo_url: organisation.4,
        },
        tenant: TenantRef { id: tenant.0, slug: tenant.1, name: tenant.2, uses_salesforce: tenant.3 },
        client: Some(ClientRef { id: client.0, name: client.1, permissions: parsed(&client.2) }),
    };
    (principal, client.4)
}

fn parsed(permissions: &[String]) -> Vec<Permission> {
    permissions.iter().filter_map(|word| Permission::parse(word)).collect()
}

/// Notes that a credential was used, once a minute at most; `before` is when it was last known to be.
pub fn touch(
    tx: &mut PgConnection,
    client: Uuid,
    before: Option<DateTime<Utc>>,
    now: DateTime<Utc>,
) -> QueryResult<usize> {
    let long_ago = now - Duration::seconds(TOUCH_SECONDS);
    if before.is_some_and(|before| before >= long_ago) {
        return Ok(0);
    }
    let stale = api_clients::last_used_at.is_null().or(api_clients::last_used_at.lt(long_ago));
    // Calls that come at once do not wait for each other.
    let due = api_clients::table.find(client).filter(stale).select(api_clients::id).for_update().skip_locked();
    if due.first::<Uuid>(tx).optional()?.is_none() {
        return Ok(0);
    }
    diesel::update(api_clients::table.find(client)).set(api_clients::last_used_at.eq(now)).execute(tx)
}

/// A new credential.
pub fn insert(
    tx: &mut PgConnection,
    (tenant, organisation, by): (Uuid, Uuid, Uuid),
    id: Uuid,
    new: &NewClient,
    now: DateTime<Utc>,
) -> QueryResult<usize> {
    let permissions: Vec<&str> = new.permissions.iter().map(|permission| permission.as_str()).collect();
    diesel::insert_into(api_clients::table)
        .values((
            (api_clients::id.eq(id), api_clients::tenant_id.eq(tenant), api_clients::organisation_id.eq(organisation)),
            (api_clients::kind.eq(new.kind), api_clients::name.eq(&new.name), api_clients::permissions.eq(permissions)),
            (api_clients::created_by.eq(by), api_clients::created_at.eq(now), api_clients::updated_at.eq(now)),
        ))
        .execute(tx)
}

/// A new secret of a credential, by its hash.
pub fn insert_secret(
    tx: &mut PgConnection,
    (id, client): (Uuid, Uuid),
    secret: &str,
    now: DateTime<Utc>,
) -> QueryResult<usize> {
    diesel::insert_into(api_secrets::table)
        .values((
            (api_secrets::id.eq(id), api_secrets::client_id.eq(client), api_secrets::hash.eq(sha256(secret))),
            (api_secrets::hint.eq(secret::hint(secret)), api_secrets::created_at.eq(now)),
        ))
        .execute(tx)
}

/// Lets the secrets that work now end at a moment.
pub fn end_secrets(tx: &mut PgConnection, client: Uuid, at: DateTime<Utc>) -> QueryResult<usize> {
    let working = api_secrets::ends_at.is_null().or(api_secrets::ends_at.gt(at));
    diesel::update(api_secrets::table.filter(api_secrets::client_id.eq(client)).filter(working))
        .set(api_secrets::ends_at.eq(at))
        .execute(tx)
}

/// Lets the secrets that another has taken over from end now: those that have an end already.
pub fn end_older_secrets(tx: &mut PgConnection, client: Uuid, now: DateTime<Utc>) -> QueryResult<usize> {
    diesel::update(api_secrets::table.filter(api_secrets::client_id.eq(client)).filter(api_secrets::ends_at.gt(now)))
        .set(api_secrets::ends_at.eq(now))
        .execute(tx)
}

/// A secret that works, as far as anybody may know it.
#[derive(Debug, Clone, Queryable)]
pub struct Working {
    pub client: Uuid,
    /// Its last characters.
    pub hint: String,
    pub since: DateTime<Utc>,
    /// Until when, if another has taken over.
    pub until: Option<DateTime<Utc>>,
}

/// The secrets of these credentials that work now, newest first.
pub fn secrets_of(conn: &mut PgConnection, clients: &[Uuid], now: DateTime<Utc>) -> QueryResult<Vec<Working>> {
    api_secrets::table
        .filter(api_secrets::client_id.eq_any(clients))
        .filter(api_secrets::ends_at.is_null().or(api_secrets::ends_at.gt(now)))
        .order(api_secrets::id.desc())
        .select((api_secrets::client_id, api_secrets::hint, api_secrets::created_at, api_secrets::ends_at))
        .load(conn)
}

/// A page of an organisation's credentials with the names of those who made them, newest first.
pub fn list(
    conn: &mut PgConnection,
    organisation: Uuid,
    revoked: bool,
    from: Option<&Cursor>,
    size: usize,
) -> QueryResult<Paged<(ApiClient, String)>> {
    let rows = api_clients::table
        .inner_join(users::table.on(users::id.eq(api_clients::created_by)))
        .filter(api_clients::organisation_id.eq(organisation))
        .filter(api_clients::revoked_at.is_not_null().eq(revoked))
        .select((ApiClient::as_select(), users::name))
        .limit(i64::try_from(size).unwrap_or(100) + 1)
        .into_boxed();
    let rows = match from {
        None => rows.order(api_clients::id.desc()),
        Some(cursor) if cursor.backwards => rows.filter(api_clients::id.gt(cursor.id)).order(api_clients::id.asc()),
        Some(cursor) => rows.filter(api_clients::id.lt(cursor.id)).order(api_clients::id.desc()),
    };
    Ok(Paged::new(rows.load(conn)?, size, from, |(client, _)| (String::new(), client.id)))
}

/// A credential of an organisation with the name of who made it.
pub fn find_with_maker(conn: &mut PgConnection, organisation: Uuid, id: Uuid) -> QueryResult<(ApiClient, String)> {
    api_clients::table
        .inner_join(users::table.on(users::id.eq(api_clients::created_by)))
        .filter(api_clients::id.eq(id))
        .filter(api_clients::organisation_id.eq(organisation))
        .select((ApiClient::as_select(), users::name))
        .first(conn)
}

/// The organisation of a credential of the tenant, and its kind, as far as `within` reaches: None is the whole tenant.
/// One in the bin has none that could be used.
pub fn organisation_of(
    conn: &mut PgConnection,
    tenant: Uuid,
    within: Option<Uuid>,
    id: Uuid,
) -> QueryResult<(Uuid, OrganisationKind)> {
    let mut query = api_clients::table
        .inner_join(organisations::table)
        .filter(api_clients::id.eq(id))
        .filter(api_clients::tenant_id.eq(tenant))
        .filter(organisations::state.ne("deleted"))
        .select((organisations::id, organisations::kind))
        .into_boxed();
    if let Some(organisation) = within {
        query = query.filter(organisations::id.eq(organisation));
    }
    query.first(conn)
}

/// How a credential is presented.
pub fn kind_of(conn: &mut PgConnection, id: Uuid) -> QueryResult<Kind> {
    api_clients::table.find(id).select(api_clients::kind).first(conn)
}

/// A credential of an organisation, locked until the transaction ends.
pub fn find_for_update(tx: &mut PgConnection, organisation: Uuid, id: Uuid) -> QueryResult<ApiClient> {
    api_clients::table
        .find(id)
        .filter(api_clients::organisation_id.eq(organisation))
        .select(ApiClient::as_select())
        .for_update()
        .first(tx)
}

/// Ends a credential with every token of it.
pub fn revoke(tx: &mut PgConnection, id: Uuid, now: DateTime<Utc>) -> QueryResult<usize> {
    diesel::delete(api_tokens::table.filter(api_tokens::client_id.eq(id))).execute(tx)?;
    diesel::update(api_clients::table.find(id).filter(api_clients::revoked_at.is_null()))
        .set((
            api_clients::revoked_at.eq(now),
            api_clients::updated_at.eq(now),
            api_clients::version.eq(api_clients::version + 1),
        ))
        .execute(tx)
}

/// A new token, by its hash; forgets some that have expired.
pub fn insert_token(
    tx: &mut PgConnection,
    (client, permissions): (Uuid, &[Permission]),
    token: &str,
    (now, expires_at): (DateTime<Utc>, DateTime<Utc>),
) -> QueryResult<usize> {
    let old = api_tokens::table.filter(api_tokens::expires_at.lt(now)).select(api_tokens::hash).limit(50);
    let old: Vec<Vec<u8>> = old.for_update().skip_locked().load(tx)?;
    diesel::delete(api_tokens::table.filter(api_tokens::hash.eq_any(old))).execute(tx)?;
    let words: Vec<&str> = permissions.iter().map(|permission| permission.as_str()).collect();
    diesel::insert_into(api_tokens::table)
        .values((
            (api_tokens::hash.eq(sha256(token)), api_tokens::client_id.eq(client), api_tokens::permissions.eq(words)),
            (api_tokens::created_at.eq(now), api_tokens::expires_at.eq(expires_at)),
        ))
        .execute(tx)
}

/// A token's client, permissions, first and last moment.
pub type TokenRow = (Uuid, Vec<String>, DateTime<Utc>, DateTime<Utc>);

/// A token of a client that works now: its permissions, since when, until when.
pub fn token_of(conn: &mut PgConnection, token: &str, now: DateTime<Utc>) -> QueryResult<Option<TokenRow>> {
    api_tokens::table
        .find(sha256(token))
        .filter(api_tokens::expires_at.gt(now))
        .select((api_tokens::client_id, api_tokens::permissions, api_tokens::created_at, api_tokens::expires_at))
        .first(conn)
        .optional()
}

/// Ends a token of a client; one of somebody else stays.
pub fn drop_token(tx: &mut PgConnection, client: Uuid, token: &str) -> QueryResult<usize> {
    diesel::delete(api_tokens::table.find(sha256(token)).filter(api_tokens::client_id.eq(client))).execute(tx)
}
