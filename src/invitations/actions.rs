//! What the inviting side does: invite, send again, correct, revoke. Rules, writes, history and mail of each in the
//! caller's transaction. What the invited person does is in `acceptance.rs`.
//!
//! Locks, in this order: the turn of the address, the organisation, the invitation, the turn of the sender.

use chrono::{DateTime, Utc};
use diesel::pg::PgConnection;
use uuid::Uuid;

use super::model::{Invitation, NewInvitation, PENDING_AT_MOST, Standing, State, UNDO_MINUTES, Wish, mailbox};
use super::post::{self, Sending};
use super::queries::{self, Host, Origin};
use super::voice::{self, Voice};
use crate::access::{Actor, EmailAddress, OrganisationKind, Role, WriteInvitations};
use crate::audit::{self, Change, Event, Object, Verb};
use crate::db::Fault;
use crate::input::{Problem, Problems};
use crate::partner_records;
use crate::secrets::SecretKey;

/// Why an action on an invitation was refused.
#[derive(Debug)]
pub enum Refusal {
    /// By the rules for fields.
    Fields(Problems),
    /// An invitation to the address waits already.
    Waiting(Uuid),
    /// Not yet: the last mail is too fresh, or too many went to the address. When it is possible.
    NotBefore(DateTime<Utc>),
    /// It is in another state by now.
    Settled(Standing),
    /// There is no such invitation, or the organisation is gone.
    Gone,
}

pub type Outcome<T> = Result<T, Fault<Refusal>>;

/// Who acts, when, for which organisation, and the key that links are derived from.
pub struct Scope<'a> {
    pub who: &'a Actor<WriteInvitations>,
    pub organisation: Uuid,
    pub now: DateTime<Utc>,
    pub key: &'a SecretKey,
}

/// Invites one address, under an id that the caller has chosen. Tells when the mail leaves.
pub fn invite(tx: &mut PgConnection, scope: &Scope<'_>, id: Uuid, new: &NewInvitation) -> Outcome<DateTime<Utc>> {
    queries::take_turn(tx, &mailbox(new.email.key()))?;
    let host = host(tx, scope)?;
    let receiver = admissible(tx, scope, &host, new)?;
    if queries::pending_of(tx, host.id)? >= PENDING_AT_MOST {
        return Err(field(
            "email",
            Problem::NotAllowed("Too many invitations wait. Revoke some, or wait for answers."),
        ));
    }
    let due_at = write(tx, scope, &host, (id, None, receiver), new)?;
    note(tx, scope, Verb::Invite, (id, printable(new)), invited(new))?;
    Ok(due_at)
}

/// Writes an invitation that may be made, with its link and mails. Tells when the first mail leaves.
pub(super) fn write(
    tx: &mut PgConnection,
    scope: &Scope<'_>,
    host: &Host,
    (id, batch, receiver): (Uuid, Option<Uuid>, Option<Uuid>),
    new: &NewInvitation,
) -> Outcome<DateTime<Utc>> {
    let expires_at = scope.now + chrono::Duration::days(new.lifetime_days.into());
    let voice = voice::of(tx, scope, host)?;
    let origin = Origin { tenant: scope.who.tenant.id, organisation: host.id, inviter: voice.id, batch, receiver };
    queries::insert(tx, &origin, id, new, (scope.now, expires_at)).map_err(address_taken)?;
    if let Wish::Partner { record: Some(record), .. } = new.wish {
        partner_records::note_invitation(tx, host.id, record, id, scope.now)?;
    }
    let invitation = queries::by_id(tx, id)?.ok_or(Fault::Refused(Refusal::Gone))?;
    send(tx, scope, (host, &voice), &invitation)
}

/// Sends a pending invitation again, expired or not: a new link, a new term, on behalf of whoever does it.
pub fn resend(tx: &mut PgConnection, scope: &Scope<'_>, id: Uuid) -> Outcome<Invitation> {
    let known = found(queries::find_in(tx, scope.who.tenant.id, Some(scope.organisation), id))?;
    queries::take_turn(tx, &mailbox(&known.email_key))?;
    let (host, old) = pending(tx, scope, id)?;
    let address = old.address().ok_or(Fault::Refused(Refusal::Gone))?;
    refuse_if_stopped(tx, scope, &address)?;
    let ready = post::ready_at(tx, &old, &address, scope.now)?;
    if ready > scope.now {
        return Err(Fault::Refused(Refusal::NotBefore(ready)));
    }
    let new = renewed(tx, scope, &host, &old, &address)?;
    note(tx, scope, Verb::Resend, (id, old.printable()), Vec::new())?;
    Ok(new)
}

/// Corrects the address of a pending invitation and sends it there; the old link is dead.
pub fn correct_address(
    tx: &mut PgConnection,
    scope: &Scope<'_>,
    id: Uuid,
    email: &EmailAddress,
) -> Outcome<Invitation> {
    queries::take_turn(tx, &mailbox(email.key()))?;
    let (host, old) = pending(tx, scope, id)?;
    if old.email == email.as_typed() {
        return Err(field("email", Problem::NotAllowed("This is the address that it has already.")));
    }
    let wish = wish_of(&old).ok_or(Fault::Refused(Refusal::Gone))?;
    let new = NewInvitation {
        email: email.clone(),
        wish,
        language: old.language,
        lifetime_days: old.lifetime_days,
        reminder: old.reminder,
    };
    if email.key() == old.email_key {
        refuse_if_busy(tx, scope, email)?;
    } else {
        admissible(tx, scope, &host, &new)?;
    }
    let renewed = renewed(tx, scope, &host, &old, email)?;
    let change = Change::of("email", Some(&old.email), Some(email.as_typed()));
    note(tx, scope, Verb::CorrectAddress, (id, renewed.printable()), change.into_iter().collect())?;
    Ok(renewed)
}

/// Takes an invitation back: its link is dead at once and its mail does not leave any more.
pub fn revoke(tx: &mut PgConnection, scope: &Scope<'_>, id: Uuid) -> Outcome<Invitation> {
    // What a suspended organisation sent can be taken back too.
    let host = host_even_closed(tx, scope)?;
    let (_, old) = pending_at(tx, scope, id, host)?;
    let revoked = queries::move_state(tx, id, (State::Pending, State::Revoked), Some(scope.who.user.id), scope.now)?;
    let revoked = revoked.ok_or_else(|| settled(&old, scope.now))?;
    crate::mail::cancel(tx, id, scope.now)?;
    note(tx, scope, Verb::Revoke, (id, old.printable()), Vec::new())?;
    Ok(revoked)
}

/// Undoes a revocation: the link in the mail works again; a mail that had not left yet is sent now.
pub fn reinstate(tx: &mut PgConnection, scope: &Scope<'_>, id: Uuid) -> Outcome<Invitation> {
    let known = found(queries::find_in(tx, scope.who.tenant.id, Some(scope.organisation), id))?;
    queries::take_turn(tx, &mailbox(&known.email_key))?;
    let host = host(tx, scope)?;
    let old = found(queries::find_for_update(tx, scope.who.tenant.id, host.id, id))?;
    let late = old.decided_at.is_none_or(|at| scope.now - at > chrono::Duration::minutes(UNDO_MINUTES));
    if old.state != State::Revoked || late {
        return Err(settled(&old, scope.now));
    }
    // It becomes this person's invitation: they need the right to make it.
    may_give(scope, host.kind, old.role)?;
    let address = old.address().ok_or(Fault::Refused(Refusal::Gone))?;
    if !crate::mail::is_on_its_way(tx, (old.id, old.generation))? {
        refuse_if_busy(tx, scope, &address)?;
    }
    let back = queries::move_state(tx, id, (State::Revoked, State::Pending), None, scope.now).map_err(address_taken)?;
    let back = back.ok_or_else(|| settled(&old, scope.now))?;
    let voice = voice::of(tx, scope, &host)?;
    queries::note_inviter(tx, id, voice.id)?;
    post::send_what_was_stopped(tx, &sending(scope, &host, &voice), &back)?;
    note(tx, scope, Verb::Reinstate, (id, old.printable()), Vec::new())?;
    Ok(back)
}

/// Switches the reminder of an invitation on or off.
pub fn set_reminder(tx: &mut PgConnection, scope: &Scope<'_>, id: Uuid, reminder: bool) -> Outcome<Invitation> {
    let (_, old) = pending(tx, scope, id)?;
    queries::set_reminder(tx, id, reminder, scope.now)?;
    Ok(Invitation { reminder, ..old })
}

fn renewed(
    tx: &mut PgConnection,
    scope: &Scope<'_>,
    host: &Host,
    old: &Invitation,
    address: &EmailAddress,
) -> Outcome<Invitation> {
    may_give(scope, host.kind, old.role)?;
    let expires_at = scope.now + chrono::Duration::days(old.lifetime_days.into());
    let voice = voice::of(tx, scope, host)?;
    let new = queries::renew(tx, old, voice.id, address, (scope.now, expires_at)).map_err(address_taken)?;
    crate::mail::cancel(tx, old.id, scope.now)?;
    send(tx, scope, (host, &voice), &new)?;
    Ok(new)
}

fn send(
    tx: &mut PgConnection,
    scope: &Scope<'_>,
    (host, voice): (&Host, &Voice),
    invitation: &Invitation,
) -> Outcome<DateTime<Utc>> {
    Ok(post::send(tx, &sending(scope, host, voice), invitation)?)
}

/// A sending on behalf of somebody, for which whoever acts pays with their hourly limit.
pub(super) fn sending<'a>(scope: &Scope<'a>, host: &'a Host, voice: &'a Voice) -> Sending<'a> {
    let inviter = (voice.name.as_str(), voice.email.as_str());
    Sending { host, inviter, sender: Some(scope.who.user.id), key: scope.key, now: scope.now }
}

/// The inviting organisation, locked, with the person who acts still in their place.
pub(super) fn host(tx: &mut PgConnection, scope: &Scope<'_>) -> Outcome<Host> {
    let host = found(queries::host_for_write(tx, scope.who.tenant.id, scope.organisation))?;
    crate::access::queries::still_stands(tx, scope.who)?;
    match host.state {
        crate::organisations::State::Active => Ok(host),
        crate::organisations::State::Suspended => {
            Err(field("email", Problem::NotAllowed("The organisation is suspended. Resume it first; then invite.")))
        }
        crate::organisations::State::Deleted => Err(Fault::Refused(Refusal::Gone)),
    }
}

/// The inviting organisation, locked, unless it is in the bin.
pub(super) fn host_even_closed(tx: &mut PgConnection, scope: &Scope<'_>) -> Outcome<Host> {
    let host = found(queries::host_for_write(tx, scope.who.tenant.id, scope.organisation))?;
    crate::access::queries::still_stands(tx, scope.who)?;
    if host.state == crate::organisations::State::Deleted { Err(Fault::Refused(Refusal::Gone)) } else { Ok(host) }
}

/// A pending invitation with its organisation, both locked.
fn pending(tx: &mut PgConnection, scope: &Scope<'_>, id: Uuid) -> Outcome<(Host, Invitation)> {
    let host = host(tx, scope)?;
    pending_at(tx, scope, id, host)
}

fn pending_at(tx: &mut PgConnection, scope: &Scope<'_>, id: Uuid, host: Host) -> Outcome<(Host, Invitation)> {
    let invitation = found(queries::find_for_update(tx, scope.who.tenant.id, host.id, id))?;
    if invitation.state == State::Pending { Ok((host, invitation)) } else { Err(settled(&invitation, scope.now)) }
}

/// Whether this may be sent at all; whose address it is, if it is anybody's.
pub(super) fn admissible(
    tx: &mut PgConnection,
    scope: &Scope<'_>,
    host: &Host,
    new: &NewInvitation,
) -> Outcome<Option<Uuid>> {
    if let Wish::Colleague { role } = new.wish {
        may_give(scope, host.kind, Some(role))?;
    }
    if let Wish::Partner { record: Some(record), .. } = new.wish {
        let record = found(partner_records::for_invitation(tx, host.id, record))?;
        if record.guest_organisation_id.is_some() {
            return Err(field("company", Problem::NotAllowed("This partner has accepted an invitation already.")));
        }
        if let Some(waiting) = queries::waiting_of_record(tx, record.id, scope.now)? {
            return Err(Fault::Refused(Refusal::Waiting(waiting)));
        }
    }
    let receiver = receiver(tx, scope, host, new)?;
    refuse_if_busy(tx, scope, &new.email)?;
    supersede_expired(tx, scope, host.id, &new.email)?;
    Ok(receiver)
}

/// Whom the address belongs to, if that does not forbid the invitation.
fn receiver(tx: &mut PgConnection, scope: &Scope<'_>, host: &Host, new: &NewInvitation) -> Outcome<Option<Uuid>> {
    let Some(holder) = queries::holder(tx, scope.who.tenant.id, new.email.key())? else { return Ok(None) };
    let address = new.email.as_typed();
    let colleague = matches!(new.wish, Wish::Colleague { .. });
    let sentence = if holder.organisation == host.id {
        Some(format!("{address} is already one of its users."))
    } else if colleague && scope.who.is_staff() {
        Some(format!(
            "{address} is already a user, in {}. One address belongs to one person.",
            holder.organisation_name
        ))
    } else if colleague {
        Some(format!("{address} belongs to another organisation. Ask {} which address to use.", scope.who.tenant.name))
    } else if holder.kind == OrganisationKind::Host {
        Some(format!("{address} belongs to the staff of {}, whose programme this is.", scope.who.tenant.name))
    } else {
        None
    };
    match sentence {
        Some(sentence) => Err(field("email", Problem::Taken(sentence))),
        None => Ok(Some(holder.organisation)),
    }
}

/// Refuses an address that wants no mail, or got enough today.
fn refuse_if_busy(tx: &mut PgConnection, scope: &Scope<'_>, email: &EmailAddress) -> Outcome<()> {
    refuse_if_stopped(tx, scope, email)?;
    match post::address_free_at(tx, email, scope.now)? {
        Some(free) => Err(Fault::Refused(Refusal::NotBefore(free))),
        None => Ok(()),
    }
}

/// Refuses an address whose owner wants no mail from this organisation.
fn refuse_if_stopped(tx: &mut PgConnection, scope: &Scope<'_>, email: &EmailAddress) -> Outcome<()> {
    if queries::is_stopped(tx, scope.organisation, email.key())? {
        return Err(field(
            "email",
            Problem::NotAllowed("The person at this address wants no mail from this organisation."),
        ));
    }
    Ok(())
}

/// An expired invitation never stands in the way; one that waits does.
fn supersede_expired(tx: &mut PgConnection, scope: &Scope<'_>, host: Uuid, email: &EmailAddress) -> Outcome<()> {
    let Some(old) = queries::pending_to(tx, host, email.key())? else { return Ok(()) };
    if old.standing(scope.now) == Standing::Waiting {
        return Err(Fault::Refused(Refusal::Waiting(old.id)));
    }
    queries::move_state(tx, old.id, (State::Pending, State::Superseded), Some(scope.who.user.id), scope.now)?;
    crate::mail::cancel(tx, old.id, scope.now)?;
    Ok(())
}

/// Nobody gives a role above their own, nor one that the organisation does not have.
fn may_give(scope: &Scope<'_>, kind: OrganisationKind, role: Option<Role>) -> Outcome<()> {
    let allowed = |role: Role| Role::of(kind).contains(&role) && scope.who.user.role.stands_at_or_above(role);
    if role.is_none_or(allowed) {
        Ok(())
    } else {
        Err(field("role", Problem::NotAllowed("Choose one of the roles that you may give.")))
    }
}

fn wish_of(invitation: &Invitation) -> Option<Wish> {
    match (invitation.role, &invitation.company_name) {
        (Some(role), _) => Some(Wish::Colleague { role }),
        // The record has this very invitation: it does not stand in its own way.
        (None, Some(company)) => Some(Wish::Partner { company: company.clone(), record: None }),
        (None, None) => None,
    }
}

fn printable(new: &NewInvitation) -> &str {
    match &new.wish {
        Wish::Colleague { .. } => new.email.as_typed(),
        Wish::Partner { company, .. } => company,
    }
}

fn invited(new: &NewInvitation) -> Vec<Change> {
    let role = match &new.wish {
        Wish::Colleague { role } => Change::of("role", None, Some(role.word())),
        Wish::Partner { .. } => None,
    };
    Change::of("email", None, Some(new.email.as_typed())).into_iter().chain(role).collect()
}

pub(super) fn settled(invitation: &Invitation, now: DateTime<Utc>) -> Fault<Refusal> {
    Fault::Refused(Refusal::Settled(invitation.standing(now)))
}

fn field(name: &'static str, problem: Problem) -> Fault<Refusal> {
    Fault::Refused(Refusal::Fields(Problems::one(name, problem)))
}

fn address_taken(error: diesel::result::Error) -> Fault<Refusal> {
    let fault: Fault<Refusal> = error.into();
    match fault {
        Fault::Db(error) if error.taken() == Some("invitations_one_pending") => {
            field("email", Problem::Taken("An invitation to this address waits already.".into()))
        }
        other => other,
    }
}

fn found<T>(result: diesel::QueryResult<T>) -> Outcome<T> {
    result.map_err(|error| match error {
        diesel::result::Error::NotFound => Fault::Refused(Refusal::Gone),
        other => other.into(),
    })
}

pub(super) fn note(
    tx: &mut PgConnection,
    scope: &Scope<'_>,
    verb: Verb,
    (id, name): (Uuid, &str),
    changes: Vec<Change>,
) -> Outcome<()> {
    let organisation_id = Some(scope.organisation);
    let event = Event { verb, object: Object::Invitation(id), object_name: name.into(), organisation_id, changes };
    Ok(audit::record(tx, scope.who, scope.now, &event)?)
}
