//! Diesel for sessions. Knows tables and nothing else.

use chrono::{DateTime, Utc};
use diesel::pg::PgConnection;
use diesel::prelude::*;
use uuid::Uuid;

use super::principal::{OrganisationRef, Principal, TenantRef, UserRef};
use super::role::{OrganisationKind, Role};
use crate::db;
use crate::db::schema::{api_clients, identities, organisations, sessions, signin_proofs, tenants, users};

/// A session with the person behind it, active or not.
pub struct FoundSession {
    pub principal: Principal,
    pub created_at: DateTime<Utc>,
    pub last_seen_at: DateTime<Utc>,
    pub ended: bool,
    pub user_active: bool,
    pub organisation_active: bool,
}

type SessionRow = (
    (Uuid, DateTime<Utc>, DateTime<Utc>, Option<DateTime<Utc>>),
    (Uuid, String, String, Role, String, Option<DateTime<Utc>>),
    (Uuid, String, OrganisationKind, String, Option<String>, String),
    (Uuid, String, String, bool),
);

/// The session with this key hash: session, user, organisation and tenant in one statement.
pub fn session(conn: &mut PgConnection, key_hash: &[u8]) -> QueryResult<Option<FoundSession>> {
    let row = sessions::table
        .inner_join(users::table.inner_join(organisations::table).inner_join(tenants::table))
        .filter(sessions::key_hash.eq(key_hash))
        .select((
            (sessions::id, sessions::created_at, sessions::last_seen_at, sessions::ended_at),
            (users::id, users::name, users::email, users::role, users::state, users::removed_at),
            (
                organisations::id,
                organisations::name,
                organisations::kind,
                organisations::time_zone,
                organisations::logo_url,
                organisations::state,
            ),
            (tenants::id, tenants::slug, tenants::name, tenants::uses_salesforce),
        ))
        .first::<SessionRow>(conn)
        .optional()?;
    Ok(row.map(found))
}

fn found((session, user, organisation, tenant): SessionRow) -> FoundSession {
    FoundSession {
        created_at: session.1,
        last_seen_at: session.2,
        ended: session.3.is_some(),
        user_active: user.4 == "active" && user.5.is_none(),
        organisation_active: organisation.5 == "active",
        principal: Principal {
            session_id: session.0,
            user: UserRef { id: user.0, name: user.1, email: user.2, role: user.3 },
            organisation: OrganisationRef {
                id: organisation.0,
                name: organisation.1,
                kind: organisation.2,
                time_zone: organisation.3,
                logo_url: organisation.4,
            },
            tenant: TenantRef { id: tenant.0, slug: tenant.1, name: tenant.2, uses_salesforce: tenant.3 },
            client: None,
        },
    }
}

/// Asks again, inside a write, whether its author is still who they were when the request came in: active, in the same
/// role, their session not ended. Their row stays locked until the transaction ends, so a removal waits or wins.
///
/// # Errors
/// `NotFound` when they are not.
pub fn still_stands(tx: &mut PgConnection, who: &Principal) -> QueryResult<()> {
    if let Some(client) = &who.client {
        return client_stands(tx, client.id);
    }
    users::table
        .find(who.user.id)
        .filter(users::role.eq(who.user.role))
        .filter(users::state.eq("active"))
        .filter(users::removed_at.is_null())
        .select(users::id)
        .for_share()
        .first::<Uuid>(tx)?;
    sessions::table.find(who.session_id).filter(sessions::ended_at.is_null()).select(sessions::id).first::<Uuid>(tx)?;
    Ok(())
}

/// As [`still_stands`], for a machine: not revoked, its organisation active.
fn client_stands(tx: &mut PgConnection, id: Uuid) -> QueryResult<()> {
    api_clients::table
        .inner_join(organisations::table)
        .filter(api_clients::id.eq(id))
        .filter(api_clients::revoked_at.is_null())
        .filter(organisations::state.eq("active"))
        .select(api_clients::id)
        .first::<Uuid>(tx)
        .map(drop)
}

/// Notes a visit, unless one since `stale` was noted or is just being: pages that come at once do not wait for each other.
pub fn touch_session(
    tx: &mut PgConnection,
    id: Uuid,
    (stale, now): (DateTime<Utc>, DateTime<Utc>),
) -> QueryResult<usize> {
    let due = sessions::table.find(id).filter(sessions::last_seen_at.lt(stale)).select(sessions::id);
    if due.for_update().skip_locked().first::<Uuid>(tx).optional()?.is_none() {
        return Ok(0);
    }
    db::need_not_last(tx)?;
    diesel::update(sessions::table.find(id)).set(sessions::last_seen_at.eq(now)).execute(tx)
}

/// Ends one session, if it has not ended yet.
pub fn end_session(conn: &mut PgConnection, user: Uuid, id: Uuid, now: DateTime<Utc>) -> QueryResult<usize> {
    diesel::update(sessions::table.find(id).filter(sessions::user_id.eq(user)).filter(sessions::ended_at.is_null()))
        .set(sessions::ended_at.eq(now))
        .execute(conn)
}

/// Ends every session of a user, but for `except`.
pub fn end_sessions_of(
    conn: &mut PgConnection,
    user: Uuid,
    except: Option<Uuid>,
    now: DateTime<Utc>,
) -> QueryResult<usize> {
    forget_proofs(conn, &[user])?;
    diesel::update(
        sessions::table
            .filter(sessions::user_id.eq(user))
            .filter(sessions::ended_at.is_null())
            .filter(sessions::id.ne(except.unwrap_or_default())),
    )
    .set(sessions::ended_at.eq(now))
    .execute(conn)
}

/// Forgets who these people proved to be on their way to an invitation: it must not outlive their sessions.
fn forget_proofs(conn: &mut PgConnection, people: &[Uuid]) -> QueryResult<usize> {
    let same = identities::issuer.eq(signin_proofs::issuer).and(identities::subject.eq(signin_proofs::subject));
    let theirs = identities::table.filter(identities::user_id.eq_any(people)).filter(same);
    diesel::delete(signin_proofs::table.filter(diesel::dsl::exists(theirs))).execute(conn)
}

/// Ends every session of every user of an organisation.
pub fn end_sessions_in(conn: &mut PgConnection, organisation: Uuid, now: DateTime<Utc>) -> QueryResult<usize> {
    let people: Vec<Uuid> =
        users::table.filter(users::organisation_id.eq(organisation)).select(users::id).load(conn)?;
    forget_proofs(conn, &people)?;
    diesel::update(sessions::table.filter(sessions::ended_at.is_null()).filter(
        sessions::user_id.eq_any(users::table.filter(users::organisation_id.eq(organisation)).select(users::id)),
    ))
    .set(sessions::ended_at.eq(now))
    .execute(conn)
}
