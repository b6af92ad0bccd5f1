//! Whom an identity signs in. The rules of binding, and the session that comes of it, in one transaction.
//!
//! An identity is (issuer, subject). The e-mail address binds a user to one once, when the provider says that it is
//! verified; from then on only the identity counts, whatever address it carries (threat 19).

use chrono::{DateTime, Duration, Utc};
use diesel::QueryResult;
use diesel::pg::PgConnection;
use uuid::Uuid;

use super::queries::{self, Candidate, Flow, NewSession};
use crate::access::EmailAddress;
use crate::audit::{self, Event, Object, Verb};
use crate::db::Fault;
use crate::secrets;

/// How long a sign-in may take.
pub const FLOW_MINUTES: i64 = 10;

/// Who a provider says is there.
#[derive(Debug, Clone)]
pub struct Proof {
    pub issuer: String,
    pub subject: String,
    /// The address, if the provider gave one.
    pub email: Option<String>,
    /// Whether the provider vouches for it.
    pub verified: bool,
    /// A name to greet with, if the provider gave one.
    pub name: Option<String>,
    pub provider: String,
    pub device: String,
}

/// What came of a proof.
#[derive(Debug)]
pub enum Outcome {
    /// Signed in; the key for the browser.
    SignedIn { key: String },
    /// Known in several tenants: one must be picked.
    Choose(Vec<Candidate>),
}

/// Why nobody was signed in. Each has a page of its own.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Refusal {
    /// No user has this identity or this address.
    Unknown { email: Option<String> },
    /// A user has the address, but the provider does not vouch for it.
    Unverified { email: Option<String> },
    /// The address belongs to a user whom another account signs in; that account's issuer.
    Conflict { issuer: String },
    /// The user or the organisation is suspended.
    Suspended { organisation: String },
}

type Decision<T> = Result<T, Fault<Refusal>>;

/// Signs in whoever the proof is for: in the tenant `pick`, or in the only one there is.
pub fn sign_in(tx: &mut PgConnection, proof: &Proof, pick: Option<Uuid>, now: DateTime<Utc>) -> Decision<Outcome> {
    let candidates = whom(tx, proof)?;
    let mut admitted: Vec<Candidate> = candidates.iter().filter(|candidate| candidate.admitted).cloned().collect();
    if let Some(tenant) = pick {
        admitted.retain(|candidate| candidate.tenant == tenant);
    }
    match (admitted.len(), candidates.first()) {
        (0, Some(kept_out)) => {
            Err(Fault::Refused(Refusal::Suspended { organisation: kept_out.organisation_name.clone() }))
        }
        (0, None) => Err(Fault::Refused(Refusal::Unknown { email: proof.email.clone() })),
        (1, _) => admit(tx, proof, &admitted.remove(0), now),
        _ => Ok(Outcome::Choose(admitted)),
    }
}

/// Everybody whom the proof is good for, admitted or not, one for each tenant; refuses when there is nobody.
pub fn whom(conn: &mut PgConnection, proof: &Proof) -> Decision<Vec<Candidate>> {
    let address = proof.email.as_deref().and_then(|email| EmailAddress::parse(email).ok());
    let key = address.as_ref().map(EmailAddress::key);
    let all = queries::candidates(conn, (&proof.issuer, &proof.subject), key)?;
    let is_mine = |candidate: &Candidate| {
        candidate
            .identity
            .as_ref()
            .is_some_and(|(issuer, subject)| *issuer == proof.issuer && *subject == proof.subject)
    };
    let bound_in: Vec<Uuid> =
        all.iter().filter(|candidate| is_mine(candidate)).map(|candidate| candidate.tenant).collect();
    // Where an account is bound it is bound: another user with its new address there is somebody else's.
    let may_be_bound =
        |candidate: &Candidate| candidate.identity.is_none() && proof.verified && !bound_in.contains(&candidate.tenant);
    let good = all.iter().filter(|candidate| is_mine(candidate) || may_be_bound(candidate)).cloned();
    let good: Vec<Candidate> = good.collect();
    if !good.is_empty() {
        return Ok(good);
    }
    Err(Fault::Refused(match all.iter().find_map(|candidate| candidate.identity.clone()) {
        Some((issuer, _)) if proof.verified => Refusal::Conflict { issuer },
        _ if !all.is_empty() || !proof.verified => Refusal::Unverified { email: proof.email.clone() },
        _ => Refusal::Unknown { email: proof.email.clone() },
    }))
}

fn admit(tx: &mut PgConnection, proof: &Proof, chosen: &Candidate, now: DateTime<Utc>) -> Decision<Outcome> {
    // Locked and read again: of two tabs one binds, and a suspension in between wins.
    queries::lock(tx, chosen)?;
    let fresh = whom(tx, proof)?.into_iter().find(|candidate| candidate.user == chosen.user && candidate.admitted);
    let suspended = || Fault::Refused(Refusal::Suspended { organisation: chosen.organisation_name.clone() });
    let who = fresh.ok_or_else(suspended)?;
    if who.identity.is_none() {
        queries::bind(tx, secrets::new_id(now), &who, (&proof.issuer, &proof.subject), now)?;
    }
    if !who.signed_in_before {
        audit::record_for(tx, who.tenant, Some((who.user, &who.name)), now, &event(Verb::SignInFirst, &who))?;
    }
    begin_session(tx, proof, &who, now)
}

fn event(verb: Verb, who: &Candidate) -> Event {
    let (object, object_name) = (Object::User(who.user), who.name.clone());
    Event { verb, object, object_name, organisation_id: Some(who.organisation), changes: Vec::new() }
}

fn begin_session(tx: &mut PgConnection, proof: &Proof, who: &Candidate, now: DateTime<Utc>) -> Decision<Outcome> {
    let key = secrets::random_token();
    let session = NewSession {
        id: secrets::new_id(now),
        key_hash: &secrets::sha256(&key),
        user_id: who.user,
        provider: &proof.provider,
        device: &proof.device,
        created_at: now,
        last_seen_at: now,
    };
    queries::begin_session(tx, &session)?;
    // By ids: names and addresses stay out of the log.
    tracing::info!(user = %who.user, tenant = %who.tenant, provider = %proof.provider, "a person signs in");
    Ok(Outcome::SignedIn { key })
}

/// Writes into the history of everybody with this address that an unknown account came with it, so that staff see it.
pub fn note_conflict(tx: &mut PgConnection, proof: &Proof, now: DateTime<Utc>) -> Result<(), Fault> {
    let address = proof.email.as_deref().and_then(|email| EmailAddress::parse(email).ok());
    let Some(address) = address else { return Ok(()) };
    for who in queries::candidates(tx, (&proof.issuer, &proof.subject), Some(address.key()))? {
        audit::record_for(tx, who.tenant, None, now, &event(Verb::RefuseIdentity, &who))?;
    }
    Ok(())
}

/// Remembers who is there while they pick a tenant: the flow lives on, its one-time parts do not.
pub fn wait_for_choice(tx: &mut PgConnection, flow: &Flow, proof: &Proof, now: DateTime<Utc>) -> Result<(), Fault> {
    let waiting = Flow {
        id: secrets::new_id(now),
        state_hash: secrets::sha256(&secrets::random_token()),
        pkce_verifier: String::new(),
        nonce: String::new(),
        created_at: now,
        issuer: Some(proof.issuer.clone()),
        subject: Some(proof.subject.clone()),
        email: proof.email.clone().filter(|_| proof.verified),
        ..flow.clone()
    };
    Ok(queries::insert_flow(tx, &waiting)?)
}

/// The proof that a waiting flow stands for.
pub fn proof_of(flow: &Flow, device: String) -> Option<Proof> {
    Some(Proof {
        issuer: flow.issuer.clone()?,
        subject: flow.subject.clone()?,
        verified: flow.email.is_some(),
        email: flow.email.clone(),
        name: None,
        provider: flow.provider.clone(),
        device,
    })
}

/// How long somebody on their way to an invitation is remembered, in minutes.
pub const PROOF_MINUTES: i64 = 30;

/// Remembers who is at a browser that is on its way to an invitation, instead of whoever was before. It lets them
/// decide about invitations to their verified address, and nothing else.
pub fn remember(tx: &mut PgConnection, browser: &[u8], proof: &Proof, now: DateTime<Utc>) -> QueryResult<()> {
    queries::insert_proof(tx, secrets::new_id(now), browser, proof, now)
}

/// Who is at a browser on its way to an invitation, if that was proven lately.
pub fn remembered(conn: &mut PgConnection, browser: &[u8], now: DateTime<Utc>) -> QueryResult<Option<Proof>> {
    queries::proof(conn, browser, now - Duration::minutes(PROOF_MINUTES))
}

/// Forgets who was at a browser: they have accepted, or signed out.
pub fn forget(tx: &mut PgConnection, browser: &[u8]) -> QueryResult<usize> {
    queries::drop_proof(tx, browser)
}

/// The user of a tenant whom this very account signs in already, whatever their address; by name and organisation.
pub fn bound_to(tx: &mut PgConnection, proof: &Proof, tenant: Uuid) -> QueryResult<Option<(Uuid, String)>> {
    let identity = (proof.issuer.as_str(), proof.subject.as_str());
    let all = queries::candidates(tx, identity, None)?;
    let mine = |one: &Candidate| {
        one.identity.as_ref().is_some_and(|(issuer, subject)| (issuer.as_str(), subject.as_str()) == identity)
    };
    Ok(all.into_iter().find(|one| one.tenant == tenant && mine(one)).map(|one| (one.user, one.organisation_name)))
}

/// Since when a flow may have begun to be finished now.
pub fn since(now: DateTime<Utc>) -> DateTime<Utc> {
    now - Duration::minutes(FLOW_MINUTES)
}
