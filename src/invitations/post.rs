//! The mails of an invitation: when they may leave, and what they tell. Knows the limits against abuse (threat 24).

use std::cmp::Reverse;
use std::collections::BinaryHeap;

use chrono::{DateTime, Duration, Utc};
use diesel::QueryResult;
use diesel::pg::PgConnection;
use uuid::Uuid;

use super::model::{self, Invitation, MAILS_PER_ADDRESS_A_DAY, MAILS_PER_SENDER_AN_HOUR};
use super::queries::{self, Host, bulk};
use crate::access::EmailAddress;
use crate::mail::{self, Kind, Letter, NewMail};
use crate::secrets::{self, SecretKey};

/// What every mail of one sending has in common.
pub struct Sending<'a> {
    pub host: &'a Host,
    /// Name and address of the person who stands behind it.
    pub inviter: (&'a str, &'a str),
    /// Who pays for it with their hourly limit; None where the receiver asked for it.
    pub sender: Option<Uuid>,
    pub key: &'a SecretKey,
    pub now: DateTime<Utc>,
}

/// Writes the link of the invitation's newest generation, its mail, and the reminder for later.
/// Tells when the mail leaves: now, or when it is its sender's turn.
pub fn send(tx: &mut PgConnection, sending: &Sending<'_>, invitation: &Invitation) -> QueryResult<DateTime<Utc>> {
    let secret = secrets::invitation_secret(sending.key, invitation.id, invitation.generation);
    let link = (invitation.id, invitation.generation);
    queries::insert_link(tx, link, (&secrets::sha256(&secret), &invitation.email), sending.now)?;
    let due_at = turn_of(tx, sending)?;
    let letter = letter(sending, invitation);
    queue(tx, sending, invitation, (Kind::Invitation, due_at), &letter)?;
    if let Some(at) = model::reminder_at(sending.now, invitation.lifetime_days) {
        queue(tx, &Sending { sender: None, ..*sending }, invitation, (Kind::Reminder, at), &letter)?;
    }
    Ok(due_at)
}

/// As [`send`] for the new invitations of a batch, in a handful of statements. Tells when the last mail leaves.
pub fn send_all(
    tx: &mut PgConnection,
    sending: &Sending<'_>,
    invitations: &[Invitation],
) -> QueryResult<DateTime<Utc>> {
    let hash = |one: &Invitation| secrets::sha256(&secrets::invitation_secret(sending.key, one.id, one.generation));
    bulk::insert_links(tx, invitations.iter().map(|one| (one, hash(one))).collect(), sending.now)?;
    let turns = turns_of(tx, sending, invitations.len())?;
    let letters: Vec<_> =
        invitations.iter().filter_map(|one| Some((one, one.address()?, letter(sending, one)))).collect();
    let unpaid = Sending { sender: None, ..*sending };
    let mut mails = Vec::with_capacity(2 * letters.len());
    for ((invitation, to, letter), due_at) in letters.iter().zip(&turns) {
        mails.push(new_mail(sending, invitation, (Kind::Invitation, *due_at), letter, to));
        if let Some(at) = model::reminder_at(sending.now, invitation.lifetime_days) {
            mails.push(new_mail(&unpaid, invitation, (Kind::Reminder, at), letter, to));
        }
    }
    bulk::insert_mails(tx, &mails, sending.now)?;
    Ok(turns.last().copied().unwrap_or(sending.now))
}

/// The mail of the present generation once more, for somebody who came with an older link.
pub fn send_again(tx: &mut PgConnection, sending: &Sending<'_>, invitation: &Invitation) -> QueryResult<()> {
    queue(tx, sending, invitation, (Kind::Invitation, sending.now), &letter(sending, invitation))
}

/// Tells the inviter what became of it.
pub fn tell_inviter(
    tx: &mut PgConnection,
    sending: &Sending<'_>,
    invitation: &Invitation,
    (kind, person): (Kind, &str),
) -> QueryResult<()> {
    let Ok(to) = EmailAddress::parse(sending.inviter.1) else { return Ok(()) };
    let letter = Letter { person: Some(person.to_owned()), ..letter(sending, invitation) };
    let new = NewMail { to: &to, ..new_mail(sending, invitation, (kind, sending.now), &letter, &to) };
    mail::queue(tx, &new, sending.now)
}

/// After a revocation was taken back: the mail of the link that stands, if it had not left, and the reminder if its
/// moment is still to come.
pub fn send_what_was_stopped(tx: &mut PgConnection, sending: &Sending<'_>, invitation: &Invitation) -> QueryResult<()> {
    let letter = letter(sending, invitation);
    if !mail::is_on_its_way(tx, (invitation.id, invitation.generation))? {
        let due_at = turn_of(tx, sending)?;
        queue(tx, sending, invitation, (Kind::Invitation, due_at), &letter)?;
    }
    let reminder = model::reminder_at(invitation.last_sent_at, invitation.lifetime_days);
    match reminder.filter(|at| *at > sending.now) {
        Some(at) => queue(tx, &Sending { sender: None, ..*sending }, invitation, (Kind::Reminder, at), &letter),
        None => Ok(()),
    }
}

/// When this invitation may be sent again: after its cool-down, and when its address had not enough mail today.
pub fn ready_at(
    tx: &mut PgConnection,
    invitation: &Invitation,
    address: &EmailAddress,
    now: DateTime<Utc>,
) -> QueryResult<DateTime<Utc>> {
    let free = address_free_at(tx, address, now)?.unwrap_or(now);
    Ok(free.max(invitation.cool_until()).max(now))
}

/// When an address may get another mail; None for now.
pub fn address_free_at(
    tx: &mut PgConnection,
    address: &EmailAddress,
    now: DateTime<Utc>,
) -> QueryResult<Option<DateTime<Utc>>> {
    let day = Duration::hours(24);
    let caused = mail::caused_between(tx, address.key(), (now - day, now))?;
    let over = (caused.len() + 1).saturating_sub(MAILS_PER_ADDRESS_A_DAY);
    Ok(if over == 0 { None } else { caused.get(over - 1).map(|at| *at + day) })
}

/// When a sender's next mail may leave: at most so many in any hour, the others wait their turn.
fn turn_of(tx: &mut PgConnection, sending: &Sending<'_>) -> QueryResult<DateTime<Utc>> {
    Ok(turns_of(tx, sending, 1)?.first().copied().unwrap_or(sending.now))
}

/// As [`turn_of`] for many mails, one behind the other. The organisation's row is locked, so its own limit holds too.
fn turns_of(tx: &mut PgConnection, sending: &Sending<'_>, number: usize) -> QueryResult<Vec<DateTime<Utc>>> {
    let (now, organisation) = (sending.now, sending.host.id);
    let Some(sender) = sending.sender else { return Ok(vec![now; number]) };
    queries::take_turn(tx, &sender.to_string())?;
    let most = model::mails_an_hour(sending.host.kind);
    let own = Turns::new(
        mail::newest_due(tx, (Some(sender), organisation), MAILS_PER_SENDER_AN_HOUR)?,
        MAILS_PER_SENDER_AN_HOUR,
    );
    let all = Turns::new(mail::newest_due(tx, (None, organisation), most)?, most);
    Ok(turns(own, all, now, number))
}

/// The newest mails of an hour's limit.
struct Turns {
    newest: BinaryHeap<Reverse<DateTime<Utc>>>,
    most: usize,
}

impl Turns {
    fn new(newest: Vec<DateTime<Utc>>, most: i64) -> Self {
        let most = usize::try_from(most).unwrap_or(usize::MAX);
        Self { newest: newest.into_iter().map(Reverse).collect(), most }
    }

    /// When the limit has room for another one.
    fn free_at(&self, now: DateTime<Utc>) -> DateTime<Utc> {
        let full = self.newest.peek().filter(|_| self.newest.len() >= self.most);
        full.map_or(now, |Reverse(at)| now.max(*at + Duration::hours(1)))
    }

    fn take(&mut self, at: DateTime<Utc>) {
        if self.newest.len() >= self.most {
            self.newest.pop();
        }
        self.newest.push(Reverse(at));
    }
}

/// The moments of a sender's next mails: no more than either limit in any hour.
fn turns(mut own: Turns, mut all: Turns, now: DateTime<Utc>, number: usize) -> Vec<DateTime<Utc>> {
    let next = |_| {
        let at = own.free_at(now).max(all.free_at(now));
        own.take(at);
        all.take(at);
        at
    };
    (0..number).map(next).collect()
}

fn queue(
    tx: &mut PgConnection,
    sending: &Sending<'_>,
    invitation: &Invitation,
    what: (Kind, DateTime<Utc>),
    letter: &Letter,
) -> QueryResult<()> {
    let Some(to) = invitation.address() else { return Ok(()) };
    mail::queue(tx, &new_mail(sending, invitation, what, letter, &to), sending.now)
}

fn new_mail<'a>(
    sending: &Sending<'a>,
    invitation: &Invitation,
    (kind, due_at): (Kind, DateTime<Utc>),
    letter: &'a Letter,
    to: &'a EmailAddress,
) -> NewMail<'a> {
    NewMail {
        id: secrets::new_id(sending.now),
        tenant: sending.host.tenant,
        organisation: sending.host.id,
        invitation: invitation.id,
        generation: invitation.generation,
        kind,
        sender: sending.sender.filter(|_| kind.invites()),
        to,
        language: invitation.language,
        letter,
        due_at,
    }
}

fn letter(sending: &Sending<'_>, invitation: &Invitation) -> Letter {
    Letter {
        programme: sending.host.programme.clone(),
        organisation: sending.host.name.clone(),
        inviter: sending.inviter.0.to_owned(),
        reply_to: sending.inviter.1.to_owned(),
        invited: invitation.email.clone(),
        role: invitation.role.map(|role| role.as_str().to_owned()),
        company: invitation.company_name.clone(),
        expires_at: invitation.expires_at,
        time_zone: sending.host.time_zone.clone(),
        person: None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn minute(minute: i64) -> DateTime<Utc> {
        DateTime::UNIX_EPOCH + Duration::minutes(minute)
    }

    /// By one sender of an organisation that has room.
    fn due(newest: Vec<DateTime<Utc>>, now: DateTime<Utc>, number: usize) -> Vec<DateTime<Utc>> {
        turns(Turns::new(newest, MAILS_PER_SENDER_AN_HOUR), Turns::new(Vec::new(), 1_000), now, number)
    }

    #[test]
    fn many_people_of_one_organisation_do_not_add_up() {
        let all = Turns::new(vec![minute(0); 180], 180);
        assert_eq!(turns(Turns::new(Vec::new(), 60), all, minute(0), 1), [minute(60)]);
    }

    #[test]
    fn sixty_leave_at_once_and_the_next_ones_an_hour_later_each() {
        let turns = due(Vec::new(), minute(0), 125);
        let at = |wanted| turns.iter().filter(|due| **due == minute(wanted)).count();
        assert_eq!([at(0), at(60), at(120)], [60, 60, 5]);
        assert!(turns.is_sorted());
    }

    #[test]
    fn mails_of_before_count() {
        let before: Vec<_> = (0..60).map(minute).collect();
        assert_eq!(due(before.clone(), minute(60), 3), [60, 61, 62].map(minute));
        assert_eq!(due(before, minute(500), 2), [500, 500].map(minute));
        assert_eq!(due(vec![minute(90)], minute(0), 60)[59], minute(60), "one that was put off is the newest");
    }
}
