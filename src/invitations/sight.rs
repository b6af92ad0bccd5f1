//! What somebody who opens an invitation's page sees, decided from what is known. Reads only.

use chrono::{DateTime, Utc};
use diesel::QueryResult;
use diesel::pg::PgConnection;

use super::acceptance::Bearer;
use super::key::Key;
use super::model::{Invitation, Standing};
use super::queries::{self, Holder, Host, Inviter};
use crate::access::{EmailAddress, OrganisationKind, Permission, Principal};
use crate::organisations;
use crate::signin::actions as signin;

/// Everything that the page of an invitation is made from.
#[derive(Debug, Clone)]
pub struct Seen {
    pub invitation: Invitation,
    /// Which of its links was opened.
    pub generation: i32,
    /// Where this link was mailed; after a correction not the invited address any more.
    pub mailed_to: String,
    /// Whether that address wants no mail from the organisation.
    pub stopped: bool,
    pub host: Host,
    pub inviter: Inviter,
    /// The user of the programme who has the invited address, if there is one.
    pub holder: Option<Holder>,
    pub bearer: Bearer,
}

/// What the page says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Sight {
    /// It can be decided by the right person, who may have to sign in first.
    Open,
    WrongPerson,
    Unverified,
    /// An older link of an invitation that still waits.
    Replaced,
    /// A link to an address that was corrected since.
    Moved,
    Settled(Standing),
    InviterGone,
    HostClosed,
    /// The right person, who is a user already.
    Member,
    /// The right person, who may not decide for their organisation.
    NotManager,
}

/// Finds the invitation and who stands before it; None when the link leads to nothing.
pub fn look(
    conn: &mut PgConnection,
    key: &Key,
    (browser, principal): (&[u8], Option<&Principal>),
    now: DateTime<Utc>,
) -> QueryResult<Option<Seen>> {
    let Some((invitation, generation)) = key.find(conn)? else { return Ok(None) };
    let host = queries::host(conn, invitation.organisation_id)?;
    let inviter = queries::inviter(conn, invitation.inviter_id)?;
    let holder = queries::holder(conn, invitation.tenant_id, &invitation.email_key)?;
    let proof = signin::remembered(conn, browser, now)?;
    let bearer = bearer(&invitation, proof, principal);
    let mailed_to = queries::address_of_link(conn, invitation.id, generation)?;
    let mailed_to = mailed_to.unwrap_or_else(|| invitation.email.clone());
    let key = EmailAddress::parse(&mailed_to).map(|email| email.key().to_owned()).unwrap_or_default();
    let stopped = queries::is_stopped(conn, host.id, &key)?;
    Ok(Some(Seen { invitation, generation, mailed_to, stopped, host, inviter, holder, bearer }))
}

/// Of a fresh proof and a session the one that fits counts; if neither does, the proof, which is newer.
fn bearer(invitation: &Invitation, proof: Option<signin::Proof>, principal: Option<&Principal>) -> Bearer {
    let user = principal.filter(|principal| principal.tenant.id == invitation.tenant_id);
    let user = user.map(|principal| Bearer::User(Box::new(principal.clone())));
    let stranger = principal.map(|principal| Bearer::User(Box::new(principal.clone())));
    let proof = proof.map(Bearer::Proven);
    let fits = |bearer: &&Bearer| {
        let email = bearer.email().and_then(|email| EmailAddress::parse(email).ok());
        email.is_some_and(|email| email.key() == invitation.email_key)
    };
    let right = [proof.as_ref(), user.as_ref()].into_iter().flatten().find(fits).cloned();
    // A session of another programme with the invited address is not wrong, only not enough: they sign in once more.
    let elsewhere = stranger.as_ref().filter(|bearer| user.is_none() && fits(bearer)).map(|_| Bearer::Nobody);
    right.or(elsewhere).or(proof).or(stranger).unwrap_or(Bearer::Nobody)
}

impl Seen {
    /// What the page says, now.
    pub fn sight(&self, now: DateTime<Utc>) -> Sight {
        let standing = self.invitation.standing(now);
        // Whoever holds such a link is somebody else: they learn nothing of what became of it.
        if !EmailAddress::parse(&self.mailed_to).is_ok_and(|email| email.key() == self.invitation.email_key) {
            return Sight::Moved;
        }
        if standing != Standing::Waiting {
            return Sight::Settled(standing);
        }
        if self.generation != self.invitation.generation {
            return Sight::Replaced;
        }
        if self.host.state != organisations::State::Active {
            return Sight::HostClosed;
        }
        if !self.inviter.may_invite(&self.host, self.invitation.role) {
            return Sight::InviterGone;
        }
        self.before(&self.bearer)
    }

    fn before(&self, bearer: &Bearer) -> Sight {
        let Some(email) = bearer.email() else { return Sight::Open };
        let is_invited = EmailAddress::parse(email).is_ok_and(|email| email.key() == self.invitation.email_key);
        match &self.holder {
            _ if !is_invited => Sight::WrongPerson,
            _ if !bearer.is_verified() => Sight::Unverified,
            Some(_) if self.invitation.role.is_some() => Sight::Member,
            Some(holder) if !may_link(holder, &self.host) => Sight::NotManager,
            _ => Sight::Open,
        }
    }

    /// Whether the person decides now, without signing in first.
    pub fn is_recognised(&self) -> bool {
        !matches!(self.bearer, Bearer::Nobody)
    }

    /// The name to greet with: the provider's, or the one that the user has.
    pub fn person(&self) -> String {
        match &self.bearer {
            Bearer::Proven(proof) => proof.name.clone().unwrap_or_default(),
            Bearer::User(principal) => principal.user.name.clone(),
            Bearer::Nobody => String::new(),
        }
    }
}

/// Whether a user may accept a partnership for the organisation that they belong to.
pub fn may_link(holder: &Holder, host: &Host) -> bool {
    holder.kind == OrganisationKind::Partner
        && holder.organisation != host.id
        && holder.admitted
        && holder.role.may(Permission::WriteInvitation)
}
