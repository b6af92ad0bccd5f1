//! Diesel for the worker: taking mails that are due, and writing down what came of them.
//!
//! Every statement is short and alone. What is written about a mail is written under the lease that it was taken
//! with, so that a worker that woke too late changes nothing.

use chrono::{DateTime, Utc};
use diesel::pg::PgConnection;
use diesel::prelude::*;
use diesel::sql_types::{Bytea, Integer, Interval, Jsonb, Nullable, Text, Timestamptz};
use uuid::Uuid;

use super::model::{Kind, State};
use super::retry::{LEASE, NEVER_CONFIRMED, UNCONFIRMED_AT_MOST};
use crate::db::schema::mails;
use crate::words::Language;

/// A mail that was due, and what became of it at that moment: still queued or deferred, then it is ours to send; or
/// already settled.
#[derive(QueryableByName)]
pub struct Claimed {
    #[diesel(sql_type = diesel::sql_types::Uuid)]
    pub id: Uuid,
    #[diesel(sql_type = Text)]
    pub state: State,
    #[diesel(sql_type = Nullable<diesel::sql_types::Uuid>)]
    pub invitation_id: Option<Uuid>,
    #[diesel(sql_type = Nullable<Integer>)]
    pub generation: Option<i32>,
    #[diesel(sql_type = Text)]
    pub kind: Kind,
    #[diesel(sql_type = Text)]
    pub to_email: String,
    #[diesel(sql_type = Text)]
    pub language: Language,
    #[diesel(sql_type = Jsonb)]
    pub letter: serde_json::Value,
    #[diesel(sql_type = Integer)]
    pub attempts: i32,
    #[diesel(sql_type = Timestamptz)]
    pub created_at: DateTime<Utc>,
    #[diesel(sql_type = Nullable<Timestamptz>)]
    pub first_tried_at: Option<DateTime<Utc>>,
    /// SHA-256 of the secret of the link that it carries.
    #[diesel(sql_type = Nullable<Bytea>)]
    pub link_hash: Option<Vec<u8>>,
}

/// Rows that another worker is taking are passed over. What the mail tells is asked again here, in the same statement:
/// an invitation that was answered, replaced, revoked or stopped since does not leave.
const CLAIM: &str = "
WITH due AS MATERIALIZED (
    SELECT id, tenant_id, organisation_id, invitation_id, generation, kind, to_key, unconfirmed
    FROM mails
    WHERE state IN ('queued', 'deferred') AND due_at <= $1 AND (leased_until IS NULL OR leased_until <= $1)
    ORDER BY due_at
    LIMIT $2
    FOR UPDATE SKIP LOCKED
), judged AS (
    SELECT due.id,
        CASE WHEN due.unconfirmed >= $3 THEN 'failed'
            WHEN due.kind IN ('accepted', 'declined') THEN 'leaves'
            WHEN inviting.state = 'suspended' OR host.state = 'suspended' THEN 'waits'
            WHEN invitations.state = 'pending' AND invitations.expires_at > $1
                AND invitations.generation = due.generation
                AND (due.kind <> 'reminder' OR (invitations.reminder AND (
                    SELECT count(*) FROM mails AS others WHERE mailbox_of(others.to_key) = mailbox_of(due.to_key)
                        AND others.sent_at > $1 - interval '24 hours') < 3))
                AND inviting.state = 'active' AND host.state = 'active'
                AND NOT EXISTS (SELECT FROM mail_stops
                    WHERE mail_stops.organisation_id = due.organisation_id AND mail_stops.email_key = due.to_key)
                THEN 'leaves'
            ELSE 'cancelled' END AS verdict
    FROM due
    LEFT JOIN invitations ON invitations.id = due.invitation_id AND invitations.tenant_id = due.tenant_id
    LEFT JOIN organisations AS inviting ON inviting.id = due.organisation_id AND inviting.tenant_id = due.tenant_id
    LEFT JOIN organisations AS host ON host.tenant_id = due.tenant_id AND host.kind = 'host'
)
UPDATE mails SET
    state = CASE WHEN verdict IN ('leaves', 'waits') THEN mails.state ELSE verdict END,
    -- What a suspended organisation sends is put off, since it may be resumed.
    due_at = CASE verdict WHEN 'waits' THEN $1 + interval '10 minutes' ELSE due_at END,
    lease = CASE verdict WHEN 'leaves' THEN $4 END,
    leased_until = CASE verdict WHEN 'leaves' THEN $1 + $5 END,
    attempts = attempts + CASE verdict WHEN 'leaves' THEN 1 ELSE 0 END,
    first_tried_at = CASE verdict WHEN 'leaves' THEN coalesce(first_tried_at, $1) ELSE first_tried_at END,
    last_code = CASE verdict WHEN 'failed' THEN NULL ELSE last_code END,
    last_error = CASE verdict WHEN 'failed' THEN $6 ELSE last_error END,
    updated_at = $1
FROM judged WHERE mails.id = judged.id
RETURNING mails.id, mails.state, mails.invitation_id, mails.generation, mails.kind, mails.to_email, mails.language,
    mails.letter, mails.attempts, mails.created_at, mails.first_tried_at, (SELECT hash FROM invitation_links
        WHERE invitation_links.invitation_id = mails.invitation_id AND invitation_links.generation = mails.generation) AS link_hash";

/// Takes up to `most` mails that are due, oldest first.
pub fn claim(conn: &mut PgConnection, lease: Uuid, most: i32, now: DateTime<Utc>) -> QueryResult<Vec<Claimed>> {
    diesel::sql_query(CLAIM)
        .bind::<Timestamptz, _>(now)
        .bind::<Integer, _>(most)
        .bind::<Integer, _>(UNCONFIRMED_AT_MOST)
        .bind::<diesel::sql_types::Uuid, _>(lease)
        .bind::<Interval, _>(LEASE)
        .bind::<Text, _>(NEVER_CONFIRMED)
        .load(conn)
}

/// Counts a sending whose end nobody knows yet. False when the mail is not ours any more: it must not leave then.
pub fn begin(conn: &mut PgConnection, id: Uuid, lease: Uuid, now: DateTime<Utc>) -> QueryResult<bool> {
    diesel::update(
        mails::table
            .find(id)
            .filter(mails::lease.eq(lease))
            .filter(mails::leased_until.gt(now))
            .filter(mails::state.eq_any([State::Queued, State::Deferred])),
    )
    .set((mails::unconfirmed.eq(mails::unconfirmed + 1), mails::updated_at.eq(now)))
    .execute(conn)
    .map(|rows| rows == 1)
}

/// What is written about an attempt.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Outcome {
    pub state: State,
    pub code: Option<i32>,
    pub words: Option<String>,
    /// When it is tried again, if it is.
    pub due_at: Option<DateTime<Utc>>,
    /// The server told how the sending that [`begin`] counted has ended. Earlier ones stay unknown.
    pub confirmed: bool,
}

/// Writes down what came of an attempt. False when somebody else has the mail by now.
pub fn settle(
    conn: &mut PgConnection,
    id: Uuid,
    lease: Uuid,
    outcome: &Outcome,
    now: DateTime<Utc>,
) -> QueryResult<bool> {
    let open = mails::state.eq_any([State::Queued, State::Deferred]);
    let rows = diesel::update(mails::table.find(id).filter(mails::lease.eq(lease)).filter(open))
        .set((
            (mails::state.eq(outcome.state), outcome.due_at.map(|due| mails::due_at.eq(due))),
            (mails::last_code.eq(outcome.code), mails::last_error.eq(&outcome.words)),
            (mails::sent_at.eq((outcome.state == State::Sent).then_some(now)), mails::updated_at.eq(now)),
            mails::unconfirmed.eq(mails::unconfirmed - i32::from(outcome.confirmed)),
            (mails::lease.eq(None::<Uuid>), mails::leased_until.eq(None::<DateTime<Utc>>)),
        ))
        .execute(conn)?;
    if rows == 0 && outcome.state == State::Sent {
        return left_all_the_same(conn, id, lease, now);
    }
    Ok(rows == 1)
}

/// A mail that was taken back while its content was on the way has left: the truth is shown, not the wish.
fn left_all_the_same(conn: &mut PgConnection, id: Uuid, lease: Uuid, now: DateTime<Utc>) -> QueryResult<bool> {
    diesel::update(mails::table.find(id).filter(mails::lease.eq(lease)))
        .set((mails::state.eq(State::Sent), mails::sent_at.eq(now), mails::updated_at.eq(now)))
        .execute(conn)
        .map(|rows| rows == 1)
}

/// How many sendings of a mail have an end that nobody knows.
pub fn unconfirmed(conn: &mut PgConnection, id: Uuid) -> QueryResult<i32> {
    mails::table.find(id).select(mails::unconfirmed).first(conn)
}

/// Whether any mail is due or on its way at this moment.
pub fn any_under_way(conn: &mut PgConnection, now: DateTime<Utc>) -> QueryResult<bool> {
    let due = mails::table.filter(mails::state.eq_any([State::Queued, State::Deferred])).filter(mails::due_at.le(now));
    diesel::select(diesel::dsl::exists(due)).get_result(conn)
}
