//! Diesel for the outbox.

use chrono::{DateTime, Utc};
use diesel::pg::PgConnection;
use diesel::prelude::*;
use uuid::Uuid;

use super::model::{Delivery, Kind, NewMail, State};
use crate::db::kept::Piece;
use crate::db::schema::mails;
use crate::db::wall;

/// Writes a mail into the outbox, in the transaction of what it tells.
pub fn insert(tx: &mut PgConnection, new: &NewMail<'_>, now: DateTime<Utc>) -> QueryResult<()> {
    diesel::insert_into(mails::table)
        .values((
            (mails::id.eq(new.id), mails::tenant_id.eq(new.tenant), mails::organisation_id.eq(new.organisation)),
            (mails::invitation_id.eq(new.invitation), mails::generation.eq(new.generation), mails::kind.eq(new.kind)),
            (mails::sender_id.eq(new.sender), mails::to_email.eq(new.to.as_typed()), mails::to_key.eq(new.to.key())),
            mails::language.eq(new.language),
            mails::letter.eq(serde_json::to_value(new.letter).unwrap_or_default()),
            (mails::due_at.eq(new.due_at), mails::created_at.eq(now), mails::updated_at.eq(now)),
        ))
        .execute(tx)
        .map(drop)
}

/// Stops what has not left yet of an invitation's mails to the invited person.
pub fn cancel(tx: &mut PgConnection, invitation: Uuid, now: DateTime<Utc>) -> QueryResult<usize> {
    diesel::update(
        mails::table
            .filter(mails::invitation_id.eq(invitation))
            .filter(mails::kind.eq_any([Kind::Invitation, Kind::Reminder]))
            .filter(mails::state.eq_any([State::Queued, State::Deferred, State::Held])),
    )
    .set((mails::state.eq(State::Cancelled), mails::updated_at.eq(now)))
    .execute(tx)
}

type DeliveryRow = (
    (Kind, Option<i32>, String, State),
    (DateTime<Utc>, Option<DateTime<Utc>>, i32),
    (Option<i32>, Option<String>),
    (DateTime<Utc>, DateTime<Utc>),
);

/// The mails of an invitation, newest first.
pub fn of_invitation(conn: &mut PgConnection, invitation: Uuid) -> QueryResult<Vec<Delivery>> {
    let rows: Vec<DeliveryRow> = mails::table
        .filter(mails::invitation_id.eq(invitation))
        .order(mails::id.desc())
        .limit(50)
        .select((
            (mails::kind, mails::generation, mails::to_email, mails::state),
            (mails::due_at, mails::sent_at, mails::attempts),
            (mails::last_code, mails::last_error),
            (mails::created_at, mails::updated_at),
        ))
        .load(conn)?;
    Ok(rows.into_iter().map(delivery).collect())
}

fn delivery(((kind, generation, to, state), times, last, dates): DeliveryRow) -> Delivery {
    Delivery {
        kind,
        generation,
        to,
        state,
        due_at: times.0,
        sent_at: times.1,
        attempts: times.2,
        last_code: last.0,
        last_error: last.1,
        created_at: dates.0,
        updated_at: dates.1,
    }
}

diesel::define_sql_function! {
    /// An address without its alias: what the limit for an address counts.
    fn mailbox_of(address: diesel::sql_types::Text) -> diesel::sql_types::Text;
}

/// When mails to this mailbox were caused, between two moments, oldest first: invitations that left or will, and
/// reminders that were due.
pub fn caused_between(
    conn: &mut PgConnection,
    to_key: &str,
    (since, now): (DateTime<Utc>, DateTime<Utc>),
) -> QueryResult<Vec<DateTime<Utc>>> {
    let counts = mails::kind.eq(Kind::Invitation).or(mails::kind.eq(Kind::Reminder).and(mails::due_at.le(now)));
    let at = Piece::<diesel::sql_types::Timestamptz>::new("greatest(mails.created_at, mails.due_at)");
    let caused = mails::table
        .filter(mailbox_of(mails::to_key).eq(mailbox_of(to_key)))
        .filter(counts)
        .filter(mails::state.ne(State::Cancelled).or(mails::attempts.gt(0)))
        .filter(mails::due_at.gt(since))
        .order(mails::due_at.asc())
        .select(at);
    wall::beyond(conn, "an address gets so many mails a day, whoever sends", |conn| caused.load(conn))
}

/// Whether the mail of a link has been handed over, or may still be.
pub fn is_on_its_way(conn: &mut PgConnection, link: (Uuid, i32)) -> QueryResult<bool> {
    let mail = mails::table
        .filter(mails::invitation_id.eq(link.0))
        .filter(mails::generation.eq(link.1))
        .filter(mails::kind.eq(Kind::Invitation))
        .filter(mails::state.ne(State::Cancelled));
    diesel::select(diesel::dsl::exists(mail)).get_result(conn)
}

/// The moments of the newest mails that a person causes, or their organisation, as many as count for the limit.
pub fn newest_due(
    conn: &mut PgConnection,
    (sender, organisation): (Option<Uuid>, Uuid),
    most: i64,
) -> QueryResult<Vec<DateTime<Utc>>> {
    let mut query = mails::table
        .filter(mails::organisation_id.eq(organisation))
        .filter(mails::sender_id.is_not_null())
        .filter(mails::state.ne(State::Cancelled).or(mails::attempts.gt(0)))
        .order(mails::due_at.desc())
        .limit(most)
        .select(mails::due_at)
        .into_boxed();
    if let Some(sender) = sender {
        query = query.filter(mails::sender_id.eq(sender));
    }
    query.load(conn)
}
