//! What the invited person does: accept, decline, ask for a fresh link, stop the mail.
//!
//! The link only names an invitation. Deciding takes somebody whose verified address is the invited one, proven by
//! their identity provider; who may give the role, and whether the organisation is active, is asked again now.

use chrono::{DateTime, Utc};
use diesel::pg::PgConnection;
use uuid::Uuid;

pub use super::bearer::{Bearer, Refusal, Visit};
use super::model::{Invitation, Standing, State, mailbox};
use super::post::{self, Sending};
use super::queries::{self, Holder, Host, Inviter};
use super::sight::may_link;
use crate::access::Role;
use crate::audit::{self, Event, Object, Verb};
use crate::connections::{self, NewConnection};
use crate::db::Fault;
use crate::input::{Problem, Problems};
use crate::organisations::{self, actions::Founding};
use crate::secrets;
use crate::signin::actions::{self as signin, Proof};
use crate::users::{self, model::NewUser};
use crate::{mail, partner_records};

type Outcome<T> = Result<T, Fault<Refusal>>;

/// What the acceptance form says.
#[derive(Debug, Clone, Default)]
pub struct Wanted {
    /// The person's name; None keeps the one they have.
    pub name: Option<String>,
    /// The new organisation's name; None where there is one already.
    pub company: Option<String>,
}

/// What came of accepting.
#[derive(Debug)]
pub struct Accepted {
    pub invitation: Invitation,
    pub host: Host,
    /// A session for the browser, where a new user was made or proven.
    pub session: Option<String>,
}

/// Accepts: one statement decides, and everything that follows from it happens in the same transaction.
pub fn accept(tx: &mut PgConnection, visit: &Visit<'_>, wanted: &Wanted) -> Outcome<Accepted> {
    let (host, inviter, known) = admitted(tx, visit)?;
    let decided = queries::decide(tx, (visit.id, visit.generation), State::Accepted, visit.now)?;
    let invitation = decided.ok_or_else(|| passed(&known, visit))?;
    let holder = queries::holder(tx, host.tenant, &invitation.email_key)?;
    let joined = match invitation.role {
        Some(role) => join(tx, visit, &host, &invitation, (role, holder), wanted)?,
        None => become_partner(tx, visit, &host, &invitation, holder, wanted)?,
    };
    queries::note_decider(tx, invitation.id, Some(joined.user), Some(joined.organisation))?;
    mail::cancel(tx, invitation.id, visit.now)?;
    let sending =
        Sending { host: &host, inviter: (&inviter.name, &inviter.email), sender: None, key: visit.key, now: visit.now };
    post::tell_inviter(tx, &sending, &invitation, (mail::Kind::Accepted, &joined.name))?;
    let who = Some((joined.user, joined.name.as_str()));
    audit::record_for(tx, host.tenant, who, visit.now, &event(Verb::Accept, &invitation))?;
    // Somebody who was a user before signs in as they always do: a proof does not outlive their sessions.
    let session = if joined.made { session(tx, visit, &host, joined.user)? } else { None };
    Ok(Accepted { invitation, host, session })
}

/// Who accepted, and for which organisation.
struct Joined {
    user: Uuid,
    name: String,
    organisation: Uuid,
    /// Whether the user was made by this acceptance. Only then does it come with a session.
    made: bool,
}

/// A colleague becomes a user of the organisation that invited.
fn join(
    tx: &mut PgConnection,
    visit: &Visit<'_>,
    host: &Host,
    invitation: &Invitation,
    (role, holder): (Role, Option<Holder>),
    wanted: &Wanted,
) -> Outcome<Joined> {
    if let Some(holder) = holder {
        return Err(Fault::Refused(Refusal::Member { organisation: holder.organisation_name }));
    }
    let new = new_user(tx, visit, host, invitation, (role, wanted))?;
    let id = secrets::new_id(visit.now);
    admit(tx, (host.tenant, host.id), id, &new, visit.now)?;
    Ok(Joined { user: id, name: new.name, organisation: host.id, made: true })
}

/// A company becomes a partner: one that is here already by its manager, or a new one that the person founds.
fn become_partner(
    tx: &mut PgConnection,
    visit: &Visit<'_>,
    host: &Host,
    invitation: &Invitation,
    holder: Option<Holder>,
    wanted: &Wanted,
) -> Outcome<Joined> {
    let (joined, guest_name) = match holder {
        Some(holder) => link(host, holder)?,
        None => found(tx, visit, host, invitation, wanted)?,
    };
    let connection = NewConnection {
        id: secrets::new_id(visit.now),
        tenant: host.tenant,
        host: (host.id, &host.name),
        guest: (joined.organisation, &guest_name),
        invitation: invitation.id,
        by: (joined.user, &joined.name),
    };
    // Two invitations between the same two, one in each direction, may be accepted at once.
    let (one, other) = (host.id.min(joined.organisation), host.id.max(joined.organisation));
    queries::take_turn(tx, &format!("{one} {other}"))?;
    connections::begin(tx, &connection, visit.now)?;
    if let Some(record) = invitation.partner_record_id {
        partner_records::note_guest(tx, record, joined.organisation, visit.now)?;
    }
    Ok(joined)
}

/// The organisation that the person manages already.
fn link(host: &Host, holder: Holder) -> Outcome<(Joined, String)> {
    if !may_link(&holder, host) {
        return Err(Fault::Refused(Refusal::NotManager { organisation: holder.organisation_name }));
    }
    let joined = Joined { user: holder.id, name: holder.name, organisation: holder.organisation, made: false };
    Ok((joined, holder.organisation_name))
}

/// A new organisation with the person as its first manager.
fn found(
    tx: &mut PgConnection,
    visit: &Visit<'_>,
    host: &Host,
    invitation: &Invitation,
    wanted: &Wanted,
) -> Outcome<(Joined, String)> {
    let new = new_user(tx, visit, host, invitation, (Role::Manager, wanted))?;
    let company = wanted.company.clone().or_else(|| invitation.company_name.clone()).unwrap_or_default();
    let (organisation, user) = (secrets::new_id(visit.now), secrets::new_id(visit.now));
    let founding = Founding {
        tenant: host.tenant,
        id: organisation,
        name: &company,
        time_zone: &host.time_zone,
        by: (user, &new.name),
    };
    organisations::actions::found_by_guest(tx, &founding, visit.now).map_err(|fault| {
        fault.map_refusal(|refusal| match refusal {
            organisations::actions::Refusal::Fields(problems) => Refusal::Fields(renamed(problems)),
            _ => Refusal::HostClosed,
        })
    })?;
    admit(tx, (host.tenant, organisation), user, &new, visit.now)?;
    Ok((Joined { user, name: new.name, organisation, made: true }, company))
}

/// The name's problem belongs to the field *company* here.
fn renamed(problems: Problems) -> Problems {
    match problems.of("name") {
        Some(sentence) => Problems::one("company", Problem::Taken(sentence)),
        None => problems,
    }
}

/// The user to be. Takes a proof: only a provider's word makes a user, never a session of another programme.
fn new_user(
    tx: &mut PgConnection,
    visit: &Visit<'_>,
    host: &Host,
    invitation: &Invitation,
    (role, wanted): (Role, &Wanted),
) -> Outcome<NewUser> {
    let proof = visit.bearer.proof().ok_or(Fault::Refused(Refusal::SignIn))?;
    if let Some((_, organisation)) = signin::bound_to(tx, proof, host.tenant)? {
        return Err(Fault::Refused(Refusal::AccountTaken { organisation }));
    }
    let email = invitation.address().ok_or(Fault::Refused(Refusal::WrongPerson))?;
    let name = wanted.name.clone().unwrap_or_else(|| invitation.email.clone());
    Ok(NewUser { name, email, role })
}

fn admit(tx: &mut PgConnection, place: (Uuid, Uuid), id: Uuid, new: &NewUser, now: DateTime<Utc>) -> Outcome<()> {
    users::actions::admit(tx, place, id, new, now).map_err(|fault| {
        fault.map_refusal(|refusal| match refusal {
            users::actions::Refusal::Fields(problems) => Refusal::Fields(problems),
            _ => Refusal::HostClosed,
        })
    })
}

/// Signs in by the same rules as everywhere: the account is bound to its user by the verified address.
fn session(tx: &mut PgConnection, visit: &Visit<'_>, host: &Host, user: Uuid) -> Outcome<Option<String>> {
    let Some(proof) = visit.bearer.proof() else { return Ok(None) };
    let proof = Proof { device: visit.device.to_owned(), ..proof.clone() };
    let bound = signin::bound_to(tx, &proof, host.tenant)?;
    if let Some((other, organisation)) = bound.filter(|(other, _)| *other != user) {
        tracing::warn!(%other, reason = "account_taken", "an acceptance was refused");
        return Err(Fault::Refused(Refusal::AccountTaken { organisation }));
    }
    match signin::sign_in(tx, &proof, Some(host.tenant), visit.now) {
        Ok(signin::Outcome::SignedIn { key }) => Ok(Some(key)),
        Ok(signin::Outcome::Choose(_)) => Ok(None),
        Err(Fault::Refused(_)) => Err(Fault::Refused(Refusal::AccountTaken { organisation: host.name.clone() })),
        Err(Fault::Db(error)) => Err(Fault::Db(error)),
    }
}

/// Declines; nothing else is made.
pub fn decline(tx: &mut PgConnection, visit: &Visit<'_>) -> Outcome<Invitation> {
    let known = addressed(tx, visit)?;
    let decided = queries::decide(tx, (visit.id, visit.generation), State::Declined, visit.now)?;
    let invitation = decided.ok_or_else(|| passed(&known, visit))?;
    let host = queries::host(tx, invitation.organisation_id)?;
    let inviter = queries::inviter(tx, invitation.inviter_id)?;
    queries::note_decider(tx, invitation.id, visit.bearer.user(), None)?;
    mail::cancel(tx, invitation.id, visit.now)?;
    let person = visit.bearer.email().unwrap_or_default();
    let sending =
        Sending { host: &host, inviter: (&inviter.name, &inviter.email), sender: None, key: visit.key, now: visit.now };
    post::tell_inviter(tx, &sending, &invitation, (mail::Kind::Declined, person))?;
    audit::record_outsider(tx, host.tenant, person, visit.now, &event(Verb::Decline, &invitation))?;
    Ok(invitation)
}

/// Sends a link to the invited address, asked for by whoever holds an old one: a new term for an expired invitation,
/// the newest link again for one that waits.
pub fn ask_fresh_link(tx: &mut PgConnection, visit: &Visit<'_>) -> Outcome<Invitation> {
    let (host, inviter, old) = open(tx, visit)?;
    if old.state != State::Pending {
        return Err(Fault::Refused(Refusal::Settled(old.standing(visit.now))));
    }
    let address = old.address().ok_or(Fault::Refused(Refusal::HostClosed))?;
    if queries::is_stopped(tx, host.id, address.key())? {
        return Err(Fault::Refused(Refusal::HostClosed));
    }
    let ready = post::ready_at(tx, &old, &address, visit.now)?;
    if ready > visit.now {
        return Err(Fault::Refused(Refusal::NotBefore(ready)));
    }
    let sending =
        Sending { host: &host, inviter: (&inviter.name, &inviter.email), sender: None, key: visit.key, now: visit.now };
    let sent = if old.standing(visit.now) == Standing::Expired {
        let expires_at = visit.now + chrono::Duration::days(old.lifetime_days.into());
        let new = queries::renew(tx, &old, old.inviter_id, &address, (visit.now, expires_at))?;
        mail::cancel(tx, old.id, visit.now)?;
        post::send(tx, &sending, &new)?;
        new
    } else {
        post::send_again(tx, &sending, &old)?;
        queries::note_sent(tx, old.id, visit.now)?;
        old
    };
    audit::record_outsider(tx, host.tenant, "Somebody with the link", visit.now, &event(Verb::AskFreshLink, &sent))?;
    Ok(sent)
}

/// Stops mail from the organisation to the invited address. The invitation itself stays as it is.
pub fn stop_mail(tx: &mut PgConnection, visit: &Visit<'_>) -> Outcome<Host> {
    let known = find(tx, visit)?;
    let host = queries::host(tx, known.organisation_id)?;
    // The address that this link was mailed to: after a correction not the invited one any more.
    let key = own_key(tx, visit, &known)?;
    if queries::stop_mail(tx, host.id, &key, visit.now)? > 0 {
        if key == known.email_key {
            mail::cancel(tx, known.id, visit.now)?;
        }
        audit::record_outsider(tx, host.tenant, "Somebody with the link", visit.now, &event(Verb::StopMail, &known))?;
    }
    Ok(host)
}

/// Lets mail from the organisation reach the address of this link again.
pub fn allow_mail(tx: &mut PgConnection, visit: &Visit<'_>) -> Outcome<Host> {
    let known = find(tx, visit)?;
    let host = queries::host(tx, known.organisation_id)?;
    let key = own_key(tx, visit, &known)?;
    if queries::allow_mail(tx, host.id, &key)? > 0 {
        audit::record_outsider(tx, host.tenant, "Somebody with the link", visit.now, &event(Verb::AllowMail, &known))?;
    }
    Ok(host)
}

fn own_key(tx: &mut PgConnection, visit: &Visit<'_>, known: &Invitation) -> Outcome<String> {
    let address = queries::address_of_link(tx, visit.id, visit.generation)?;
    let parsed = address.and_then(|address| crate::access::EmailAddress::parse(&address).ok());
    Ok(parsed.map_or_else(|| known.email_key.clone(), |address| address.key().to_owned()))
}

/// Notes that a browser showed the page; a hint for the inviter that changes no state.
pub fn note_opened(tx: &mut PgConnection, link: (Uuid, i32), now: DateTime<Utc>) -> diesel::QueryResult<usize> {
    queries::note_opened(tx, link.0, link.1, now)
}

/// Forgets who was proven at a browser: they have a session now.
pub fn forget_bearer(tx: &mut PgConnection, browser: &[u8]) -> diesel::QueryResult<usize> {
    signin::forget(tx, browser)
}

fn find(tx: &mut PgConnection, visit: &Visit<'_>) -> Outcome<Invitation> {
    queries::by_id(tx, visit.id)?.ok_or(Fault::Refused(Refusal::HostClosed))
}

/// The invitation, if the bearer is the invited person.
fn addressed(tx: &mut PgConnection, visit: &Visit<'_>) -> Outcome<Invitation> {
    let known = find(tx, visit)?;
    queries::take_turn(tx, &mailbox(&known.email_key))?;
    match visit.bearer {
        Bearer::Nobody => Err(Fault::Refused(Refusal::SignIn)),
        bearer if !bearer.is(&known.email_key) => Err(Fault::Refused(Refusal::WrongPerson)),
        bearer if !bearer.is_verified() => Err(Fault::Refused(Refusal::Unverified)),
        // A user of another programme with the same address: their session says nothing here.
        Bearer::User(principal) if principal.tenant.id != known.tenant_id => Err(Fault::Refused(Refusal::SignIn)),
        Bearer::User(_) | Bearer::Proven(_) => Ok(known),
    }
}

/// The invitation with its organisation, locked, and its inviter; both must still be in their place.
fn open(tx: &mut PgConnection, visit: &Visit<'_>) -> Outcome<(Host, Inviter, Invitation)> {
    let known = find(tx, visit)?;
    queries::take_turn(tx, &mailbox(&known.email_key))?;
    let host = queries::host_for_write(tx, known.tenant_id, known.organisation_id)?;
    if host.state != organisations::State::Active {
        return Err(Fault::Refused(Refusal::HostClosed));
    }
    let inviter = queries::inviter(tx, known.inviter_id)?;
    if !inviter.may_invite(&host, known.role) {
        return Err(Fault::Refused(Refusal::InviterGone));
    }
    let fresh = find(tx, visit)?;
    Ok((host, inviter, fresh))
}

/// As [`open`], by the invited person.
fn admitted(tx: &mut PgConnection, visit: &Visit<'_>) -> Outcome<(Host, Inviter, Invitation)> {
    addressed(tx, visit)?;
    open(tx, visit)
}

/// Why the deciding statement found nothing.
fn passed(known: &Invitation, visit: &Visit<'_>) -> Fault<Refusal> {
    Fault::Refused(match known.standing(visit.now) {
        Standing::Waiting => Refusal::Replaced,
        other => Refusal::Settled(other),
    })
}

fn event(verb: Verb, invitation: &Invitation) -> Event {
    Event {
        verb,
        object: Object::Invitation(invitation.id),
        object_name: invitation.printable().to_owned(),
        organisation_id: Some(invitation.organisation_id),
        changes: Vec::new(),
    }
}
