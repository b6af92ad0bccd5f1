//! Many invitations at once: checked, written and taken back together, in a number of statements that does not grow
//! with the list. What a row is worth is decided in `bulk.rs`.
//!
//! Locks, in this order: the tenant's turn for lists, the turns of all addresses, the organisation, the sender's turn.
//! One list of a tenant at a time: a thousand turns are many entries in PostgreSQL's table of locks.
//!
//! The history gets one entry for a batch, not one for each invitation: a thousand equal lines would bury the rest,
//! and the batch's page names everybody.

use chrono::{DateTime, Utc};
use diesel::QueryResult;
use diesel::pg::PgConnection;
use uuid::Uuid;

use super::actions::{self, Refusal, Scope};
use super::bulk::{self, Order, Row, Standpoint};
use super::model::{NewInvitation, State};
use super::post;
use super::queries::bulk::{self as rows, Share};
use super::queries::{self, Host, Origin};
use super::voice;
use crate::access::Principal;
use crate::audit::{self, Event, Object, Verb};
use crate::db::Fault;
use crate::db::page::{Cursor, Paged};
use crate::{mail, secrets};

pub use super::queries::bulk::{Batch, Item};

/// Invitations on a page of a batch.
pub const PAGE: usize = 50;
/// Batches that a list of invitations leads to.
const RECENT: i64 = 3;

/// Why nothing was written.
#[derive(Debug)]
pub enum Unsent {
    /// No row of the list can be sent.
    Nothing(Vec<Row>),
    /// The form was used for another list before; these are the rows of this one.
    Used(Vec<Row>),
    /// By the rules for any invitation.
    Refused(Refusal),
}

/// A batch that was written.
#[derive(Debug)]
pub struct Sent {
    pub rows: Vec<Row>,
    pub number: usize,
    /// When its last mail leaves.
    pub last_due: DateTime<Utc>,
}

/// Judges a list and writes nothing.
pub fn check(conn: &mut PgConnection, who: &Principal, order: &Order, by: &Standpoint) -> QueryResult<Vec<Row>> {
    let facts = rows::facts(conn, (who.tenant.id, by.organisation), &bulk::keys(order), by.now)?;
    Ok(bulk::classify(order, by, &facts))
}

/// Judges a list once more and invites whom it can, under the batch's id that the caller has chosen.
pub fn send(tx: &mut PgConnection, scope: &Scope<'_>, id: Uuid, order: &Order) -> Result<Sent, Fault<Unsent>> {
    let keys = bulk::keys(order);
    queries::take_turn(tx, &format!("lists of {}", scope.who.tenant.id))?;
    rows::take_turns(tx, &keys)?;
    let host = actions::host(tx, scope).map_err(|fault| fault.map_refusal(Unsent::Refused))?;
    let by = Standpoint::of(scope.who, host.id, host.kind, scope.now);
    let facts = rows::facts(tx, (scope.who.tenant.id, host.id), &keys, scope.now)?;
    let judged = bulk::classify(order, &by, &facts);
    let news: Vec<NewInvitation> = judged.iter().filter_map(|row| row.invitation(order)).collect();
    if news.is_empty() {
        return Err(Fault::Refused(Unsent::Nothing(judged)));
    }
    let number = news.len();
    let expired = news.iter().filter_map(|new| facts.pending.get(new.email.key())).map(|(id, _)| *id);
    rows::supersede(tx, expired.collect(), scope.who.user.id, scope.now)?;
    let last_due = write(tx, scope, &host, id, news)?;
    note(tx, scope, Verb::InviteMany, id, number)?;
    Ok(Sent { rows: judged, number, last_due })
}

/// Writes a batch with its invitations, links and mails; tells when the last mail leaves.
fn write(
    tx: &mut PgConnection,
    scope: &Scope<'_>,
    host: &Host,
    batch: Uuid,
    news: Vec<NewInvitation>,
) -> QueryResult<DateTime<Utc>> {
    let (tenant, voice) = (scope.who.tenant.id, voice::of(tx, scope, host)?);
    let origin = Origin { tenant, organisation: host.id, inviter: voice.id, batch: Some(batch), receiver: None };
    queries::insert_batch(tx, &origin, batch, i32::try_from(news.len()).unwrap_or(i32::MAX), scope.now)?;
    // Ids in the order of the list, so that it reads the same afterwards.
    let mut ids: Vec<Uuid> = news.iter().map(|_| secrets::new_id(scope.now)).collect();
    ids.sort_unstable();
    let news: Vec<_> = ids.into_iter().zip(news).collect();
    let made = rows::insert_all(tx, &origin, &news, scope.now)?;
    post::send_all(tx, &actions::sending(scope, host, &voice), &made)
}

/// What taking back came to.
#[derive(Debug, Clone, Copy)]
pub struct Undone {
    pub revoked: usize,
    /// Accepted before: they stay.
    pub accepted: i64,
    /// It had been taken back before.
    pub again: bool,
}

/// Takes back every invitation of a batch that waits for an answer.
pub fn undo(tx: &mut PgConnection, scope: &Scope<'_>, id: Uuid) -> actions::Outcome<Undone> {
    let host = actions::host_even_closed(tx, scope)?;
    let batch = rows::find_batch(tx, (scope.who.tenant.id, host.id), id)
        .map_err(|error| if error == diesel::NotFound { Fault::Refused(Refusal::Gone) } else { error.into() })?;
    let first = rows::note_undone(tx, batch.id, scope.now)?;
    let revoked = rows::revoke_all(tx, batch.id, scope.who.user.id, scope.now)?;
    if first || revoked > 0 {
        note(tx, scope, Verb::UndoBatch, batch.id, revoked)?;
    }
    Ok(Undone { revoked, accepted: rows::accepted(tx, batch.id)?, again: !first && revoked == 0 })
}

fn note(tx: &mut PgConnection, scope: &Scope<'_>, verb: Verb, id: Uuid, number: usize) -> QueryResult<()> {
    let event = Event {
        verb,
        object: Object::Batch(id),
        object_name: people(number),
        organisation_id: Some(scope.organisation),
        changes: Vec::new(),
    };
    audit::record(tx, scope.who, scope.now, &event)
}

/// *1 person*, *23 people*.
pub fn people(number: usize) -> String {
    if number == 1 { "1 person".into() } else { format!("{number} people") }
}

/// A batch with how far it is, and a page of its invitations.
#[derive(Debug, Clone)]
pub struct Progress {
    pub batch: Batch,
    pub tally: Tally,
    pub page: Paged<Item>,
}

/// How many of a batch are where.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Tally {
    pub left: i64,
    /// Wait for their turn.
    pub queued: i64,
    pub delayed: i64,
    pub failed: i64,
    pub accepted: i64,
    pub declined: i64,
    /// Wait for an answer, and can be taken back.
    pub pending: i64,
    /// Pending ones whose time is over.
    pub expired: i64,
    pub revoked: i64,
    /// When the next mail leaves, and the last one.
    pub next_due: Option<DateTime<Utc>>,
    pub last_due: Option<DateTime<Utc>>,
}

impl Tally {
    fn of(shares: &[Share]) -> Self {
        let mut tally = Self::default();
        for share in shares {
            tally.count(share);
        }
        tally
    }

    fn count(&mut self, share: &Share) {
        match share.state {
            State::Pending => {
                self.pending += share.number;
                self.expired += if share.is_over { share.number } else { 0 };
            }
            State::Accepted => self.accepted += share.number,
            State::Declined => self.declined += share.number,
            State::Revoked | State::Superseded => self.revoked += share.number,
        }
        match share.mail {
            Some(mail::State::Sent) => self.left += share.number,
            Some(mail::State::Failed) => self.failed += share.number,
            Some(mail::State::Cancelled) | None => {}
            Some(waiting) => {
                let number = if waiting == mail::State::Queued { &mut self.queued } else { &mut self.delayed };
                *number += share.number;
                self.next_due = self.next_due.into_iter().chain(share.first_due).min();
                self.last_due = self.last_due.max(share.last_due);
            }
        }
    }

    /// Mails that may still leave.
    pub const fn waiting(&self) -> i64 {
        self.queued + self.delayed
    }
}

/// A batch of an organisation, as its page shows it.
pub fn progress(
    conn: &mut PgConnection,
    of: (Uuid, Uuid),
    id: Uuid,
    (from, now): (Option<&Cursor>, DateTime<Utc>),
) -> QueryResult<Progress> {
    let batch = rows::find_batch(conn, of, id)?;
    let tally = Tally::of(&rows::shares(conn, id, now)?);
    let page = rows::items(conn, id, from, PAGE)?;
    Ok(Progress { batch, tally, page })
}

/// The newest batches of an organisation.
pub fn recent(conn: &mut PgConnection, of: (Uuid, Uuid)) -> QueryResult<Vec<Batch>> {
    rows::newest_batches(conn, of, RECENT)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn share(state: State, mail: Option<mail::State>, number: i64, due: i64) -> Share {
        let at = Some(DateTime::UNIX_EPOCH + chrono::Duration::minutes(due));
        Share { state, is_over: false, mail, number, first_due: at, last_due: at }
    }

    #[test]
    fn a_batch_is_counted_by_answers_and_by_mails() {
        let tally = Tally::of(&[
            share(State::Pending, Some(mail::State::Queued), 3, 60),
            share(State::Pending, Some(mail::State::Deferred), 1, 5),
            share(State::Accepted, Some(mail::State::Sent), 2, 0),
            share(State::Revoked, Some(mail::State::Cancelled), 4, 90),
        ]);
        assert_eq!((tally.pending, tally.accepted, tally.revoked), (4, 2, 4));
        assert_eq!((tally.queued, tally.delayed, tally.left, tally.waiting()), (3, 1, 2, 4));
        let minutes = |at: Option<DateTime<Utc>>| at.map(|at| (at - DateTime::UNIX_EPOCH).num_minutes());
        assert_eq!((minutes(tally.next_due), minutes(tally.last_due)), (Some(5), Some(60)));
    }
}
