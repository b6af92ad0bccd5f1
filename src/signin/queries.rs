//! Diesel for flows, identities and new sessions.

use chrono::{DateTime, Duration, Utc};
use diesel::pg::PgConnection;
use diesel::prelude::*;
use uuid::Uuid;

use super::actions::Proof;
use crate::access::OrganisationKind;
use crate::db::schema::{identities, organisations, sessions, signin_flows, signin_proofs, tenants, users};

/// A sign-in under way.
#[derive(Debug, Clone, Insertable, Queryable, Selectable)]
#[diesel(table_name = signin_flows, check_for_backend(diesel::pg::Pg))]
pub struct Flow {
    pub id: Uuid,
    pub browser_hash: Vec<u8>,
    pub state_hash: Vec<u8>,
    pub provider: String,
    pub pkce_verifier: String,
    pub nonce: String,
    pub return_to: String,
    pub created_at: DateTime<Utc>,
    pub issuer: Option<String>,
    pub subject: Option<String>,
    pub email: Option<String>,
}

/// A user whom an identity or an address could sign in.
#[derive(Debug, Clone)]
pub struct Candidate {
    pub user: Uuid,
    pub name: String,
    pub tenant: Uuid,
    pub tenant_name: String,
    pub organisation: Uuid,
    pub organisation_name: String,
    pub kind: OrganisationKind,
    /// Active, in an active organisation.
    pub admitted: bool,
    /// The issuer and subject that sign this user in, if decided.
    pub identity: Option<(String, String)>,
    pub signed_in_before: bool,
}

/// Writes a new flow, after forgetting those that nobody can finish any more.
pub fn insert_flow(conn: &mut PgConnection, flow: &Flow) -> QueryResult<()> {
    let expired = signin_flows::created_at.lt(flow.created_at - Duration::minutes(super::actions::FLOW_MINUTES));
    diesel::delete(signin_flows::table.filter(expired)).execute(conn)?;
    diesel::insert_into(signin_flows::table).values(flow).execute(conn).map(drop)
}

/// Takes the flow of this browser and state, once.
pub fn take_flow(
    conn: &mut PgConnection,
    browser: &[u8],
    state: &[u8],
    since: DateTime<Utc>,
) -> QueryResult<Option<Flow>> {
    diesel::delete(
        signin_flows::table
            .filter(signin_flows::state_hash.eq(state))
            .filter(signin_flows::browser_hash.eq(browser))
            .filter(signin_flows::issuer.is_null())
            .filter(signin_flows::created_at.gt(since)),
    )
    .returning(Flow::as_select())
    .get_result(conn)
    .optional()
}

/// The flow of a browser that waits for a tenant to be picked, newest first.
pub fn waiting_flow(conn: &mut PgConnection, browser: &[u8], since: DateTime<Utc>) -> QueryResult<Option<Flow>> {
    signin_flows::table
        .filter(signin_flows::browser_hash.eq(browser))
        .filter(signin_flows::issuer.is_not_null())
        .filter(signin_flows::created_at.gt(since))
        .order(signin_flows::created_at.desc())
        .select(Flow::as_select())
        .first(conn)
        .optional()
}

/// Forgets every flow of a browser: it has signed in, or out.
pub fn drop_flows(conn: &mut PgConnection, browser: &[u8]) -> QueryResult<usize> {
    diesel::delete(signin_flows::table.filter(signin_flows::browser_hash.eq(browser))).execute(conn)
}

/// Writes who is at a browser, after forgetting who was, and proofs that are too old for anything.
pub fn insert_proof(
    conn: &mut PgConnection,
    id: Uuid,
    browser: &[u8],
    proof: &Proof,
    now: DateTime<Utc>,
) -> QueryResult<()> {
    let expired = signin_proofs::created_at.lt(now - Duration::minutes(super::actions::PROOF_MINUTES));
    diesel::delete(signin_proofs::table.filter(expired.or(signin_proofs::browser_hash.eq(browser)))).execute(conn)?;
    diesel::insert_into(signin_proofs::table)
        .values((
            (signin_proofs::id.eq(id), signin_proofs::browser_hash.eq(browser)),
            (signin_proofs::issuer.eq(&proof.issuer), signin_proofs::subject.eq(&proof.subject)),
            (signin_proofs::email.eq(&proof.email), signin_proofs::verified.eq(proof.verified)),
            (signin_proofs::name.eq(&proof.name), signin_proofs::provider.eq(&proof.provider)),
            signin_proofs::created_at.eq(now),
        ))
        .on_conflict(signin_proofs::browser_hash)
        .do_nothing()
        .execute(conn)
        .map(drop)
}

type ProofRow = (String, String, Option<String>, bool, Option<String>, String);

/// Who is at a browser.
pub fn proof(conn: &mut PgConnection, browser: &[u8], since: DateTime<Utc>) -> QueryResult<Option<Proof>> {
    let row: Option<ProofRow> = signin_proofs::table
        .filter(signin_proofs::browser_hash.eq(browser))
        .filter(signin_proofs::created_at.gt(since))
        .select((
            signin_proofs::issuer,
            signin_proofs::subject,
            signin_proofs::email,
            signin_proofs::verified,
            signin_proofs::name,
            signin_proofs::provider,
        ))
        .first(conn)
        .optional()?;
    Ok(row.map(|(issuer, subject, email, verified, name, provider)| Proof {
        issuer,
        subject,
        email,
        verified,
        name,
        provider,
        device: String::new(),
    }))
}

/// Forgets who is at a browser.
pub fn drop_proof(conn: &mut PgConnection, browser: &[u8]) -> QueryResult<usize> {
    diesel::delete(signin_proofs::table.filter(signin_proofs::browser_hash.eq(browser))).execute(conn)
}

/// Locks a user and their organisation until the transaction ends, in the order in which others lock them.
pub fn lock(conn: &mut PgConnection, who: &Candidate) -> QueryResult<Uuid> {
    organisations::table.find(who.organisation).select(organisations::id).for_key_share().first::<Uuid>(conn)?;
    users::table.find(who.user).select(users::id).for_update().first(conn)
}

type CandidateRow = (
    (Uuid, String, Uuid, String, Option<DateTime<Utc>>),
    (Uuid, String, OrganisationKind, String),
    String,
    Option<(String, String)>,
);

/// Everybody whom this identity signs in, or who has this verified address, in every tenant.
pub fn candidates(
    conn: &mut PgConnection,
    identity: (&str, &str),
    email_key: Option<&str>,
) -> QueryResult<Vec<Candidate>> {
    let bound = identities::table
        .filter(identities::issuer.eq(identity.0))
        .filter(identities::subject.eq(identity.1))
        .select(identities::user_id);
    let bound: Vec<Uuid> = bound.load(conn)?;
    let rows: Vec<CandidateRow> = users::table
        .inner_join(organisations::table)
        .inner_join(tenants::table)
        .left_join(identities::table.on(identities::user_id.eq(users::id)))
        .filter(users::removed_at.is_null())
        .filter(users::id.eq_any(bound).or(users::email_key.eq(email_key.unwrap_or_default())))
        .order(tenants::name)
        .select((
            (users::id, users::name, users::tenant_id, users::state, users::last_signed_in_at),
            (organisations::id, organisations::name, organisations::kind, organisations::state),
            tenants::name,
            (identities::issuer, identities::subject).nullable(),
        ))
        .load(conn)?;
    Ok(rows.into_iter().map(candidate).collect())
}

fn candidate((user, organisation, tenant_name, identity): CandidateRow) -> Candidate {
    Candidate {
        user: user.0,
        name: user.1,
        tenant: user.2,
        tenant_name,
        organisation: organisation.0,
        organisation_name: organisation.1,
        kind: organisation.2,
        admitted: user.3 == "active" && organisation.3 == "active",
        identity,
        signed_in_before: user.4.is_some(),
    }
}

/// Binds an identity to a user, for good.
pub fn bind(
    conn: &mut PgConnection,
    id: Uuid,
    who: &Candidate,
    identity: (&str, &str),
    now: DateTime<Utc>,
) -> QueryResult<()> {
    // A removed person keeps their account until somebody else comes with it: perhaps themselves, created again.
    let removed = users::table.filter(users::removed_at.is_not_null()).select(users::id);
    diesel::delete(
        identities::table
            .filter(identities::tenant_id.eq(who.tenant))
            .filter(identities::issuer.eq(identity.0))
            .filter(identities::subject.eq(identity.1))
            .filter(identities::user_id.eq_any(removed)),
    )
    .execute(conn)?;
    diesel::insert_into(identities::table)
        .values((
            identities::id.eq(id),
            identities::tenant_id.eq(who.tenant),
            identities::user_id.eq(who.user),
            identities::issuer.eq(identity.0),
            identities::subject.eq(identity.1),
            identities::created_at.eq(now),
        ))
        .execute(conn)
        .map(drop)
}

/// A session to be written.
#[derive(Insertable)]
#[diesel(table_name = sessions)]
pub struct NewSession<'a> {
    pub id: Uuid,
    pub key_hash: &'a [u8],
    pub user_id: Uuid,
    pub provider: &'a str,
    pub device: &'a str,
    pub created_at: DateTime<Utc>,
    pub last_seen_at: DateTime<Utc>,
}

/// Writes a session, notes the sign-in, and forgets sessions that ended long ago.
pub fn begin_session(conn: &mut PgConnection, new: &NewSession<'_>) -> QueryResult<()> {
    diesel::insert_into(sessions::table).values(new).execute(conn)?;
    diesel::update(users::table.find(new.user_id)).set(users::last_signed_in_at.eq(new.created_at)).execute(conn)?;
    let forgotten = sessions::created_at.lt(new.created_at - Duration::days(2));
    diesel::delete(sessions::table.filter(sessions::user_id.eq(new.user_id)).filter(forgotten)).execute(conn).map(drop)
}
