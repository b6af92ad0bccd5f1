//! Diesel for batches: what is known about many addresses, and many rows in one statement each.

use std::collections::{HashMap, HashSet};

use chrono::{DateTime, Duration, Utc};
use diesel::pg::PgConnection;
use diesel::prelude::*;
use diesel::sql_types::{Array, BigInt, Bool, Nullable, Text, Timestamptz, Uuid as SqlUuid};
use uuid::Uuid;

use super::super::bulk::Facts;
use super::super::model::{self, Invitation, MAILS_PER_ADDRESS_A_DAY, NewInvitation, PENDING_AT_MOST, State, Wish};
use super::{Origin, pending_of};
use crate::db::page::{Cursor, Paged};
use crate::db::schema::{invitation_batches, invitation_links, invitations, mail_stops, mails, organisations, users};
use crate::db::wall;
use crate::mail::{self, NewMail};

/// Domains of an organisation's people that are worth knowing.
const DOMAINS: i64 = 20;

/// As `take_turn` for each of these, in an order of its own, so that two lists never wait for each other crosswise.
pub fn take_turns(tx: &mut PgConnection, what: &[String]) -> QueryResult<()> {
    diesel::sql_query(
        "SELECT pg_advisory_xact_lock(turn) FROM (SELECT DISTINCT hashtextextended(one, 20261121) AS turn \
         FROM unnest($1) AS all_of (one) ORDER BY 1) AS turns",
    )
    .bind::<Array<Text>, _>(what)
    .execute(tx)
    .map(drop)
}

/// What is known about these addresses, for an organisation of the tenant.
pub fn facts(
    conn: &mut PgConnection,
    (tenant, organisation): (Uuid, Uuid),
    keys: &[String],
    now: DateTime<Utc>,
) -> QueryResult<Facts> {
    Ok(Facts {
        holders: holders(conn, tenant, keys)?,
        pending: pending(conn, organisation, keys)?,
        stopped: stopped(conn, organisation, keys)?,
        busy: busy(conn, keys, now)?,
        room: usize::try_from(PENDING_AT_MOST - pending_of(conn, organisation)?).unwrap_or(0),
        domains: domains(conn, organisation)?,
    })
}

fn holders(conn: &mut PgConnection, tenant: Uuid, keys: &[String]) -> QueryResult<HashMap<String, (Uuid, String)>> {
    let holders = users::table
        .inner_join(organisations::table)
        .filter(users::tenant_id.eq(tenant))
        .filter(users::email_key.eq_any(keys))
        .filter(users::removed_at.is_null())
        .select((users::email_key, (organisations::id, organisations::name)));
    let rows: Vec<(String, (Uuid, String))> =
        wall::beyond(conn, "an address has one user in the whole tenant", |conn| holders.load(conn))?;
    Ok(rows.into_iter().collect())
}

fn pending(
    conn: &mut PgConnection,
    organisation: Uuid,
    keys: &[String],
) -> QueryResult<HashMap<String, (Uuid, DateTime<Utc>)>> {
    let rows: Vec<(String, (Uuid, DateTime<Utc>))> = invitations::table
        .filter(invitations::organisation_id.eq(organisation))
        .filter(invitations::email_key.eq_any(keys))
        .filter(invitations::state.eq(State::Pending))
        .select((invitations::email_key, (invitations::id, invitations::expires_at)))
        .load(conn)?;
    Ok(rows.into_iter().collect())
}

fn stopped(conn: &mut PgConnection, organisation: Uuid, keys: &[String]) -> QueryResult<HashSet<String>> {
    let rows: Vec<String> = mail_stops::table
        .filter(mail_stops::organisation_id.eq(organisation))
        .filter(mail_stops::email_key.eq_any(keys))
        .select(mail_stops::email_key)
        .load(conn)?;
    Ok(rows.into_iter().collect())
}

/// Which addresses got, or will get, all the mail of a day; counted as `mail::caused_between` does for one.
fn busy(conn: &mut PgConnection, keys: &[String], now: DateTime<Utc>) -> QueryResult<HashSet<String>> {
    let counts =
        mails::kind.eq(mail::Kind::Invitation).or(mails::kind.eq(mail::Kind::Reminder).and(mails::due_at.le(now)));
    let mailboxes: Vec<String> = keys.iter().map(|key| model::mailbox(key)).collect();
    let caused = mails::table
        .filter(mail::mailbox_of(mails::to_key).eq_any(mailboxes))
        .filter(counts)
        .filter(mails::state.ne(mail::State::Cancelled).or(mails::attempts.gt(0)))
        .filter(mails::due_at.gt(now - Duration::hours(24)))
        .select(mail::mailbox_of(mails::to_key));
    let rows: Vec<String> =
        wall::beyond(conn, "an address gets so many mails a day, whoever sends", |conn| caused.load(conn))?;
    let mut counted: HashMap<String, usize> = HashMap::new();
    for mailbox in rows {
        *counted.entry(mailbox).or_default() += 1;
    }
    let is_full = |key: &&String| counted.get(&model::mailbox(key)).is_some_and(|n| *n >= MAILS_PER_ADDRESS_A_DAY);
    Ok(keys.iter().filter(is_full).cloned().collect())
}

fn domains(conn: &mut PgConnection, organisation: Uuid) -> QueryResult<Vec<String>> {
    let domain = diesel::dsl::sql::<Text>("split_part(users.email_key, '@', 2)");
    users::table
        .filter(users::organisation_id.eq(organisation))
        .filter(users::removed_at.is_null())
        .group_by(domain.clone())
        .order((diesel::dsl::count_star().desc(), domain.clone()))
        .limit(DOMAINS)
        .select(domain)
        .load(conn)
}

/// Gives way to a batch: these expired invitations are superseded, and their mails do not leave any more.
pub fn supersede(tx: &mut PgConnection, ids: Vec<Uuid>, by: Uuid, now: DateTime<Utc>) -> QueryResult<()> {
    settle(tx, ids, State::Superseded, by, now).map(drop)
}

/// Many new pending invitations, in the order of their ids.
pub fn insert_all(
    tx: &mut PgConnection,
    origin: &Origin,
    news: &[(Uuid, NewInvitation)],
    now: DateTime<Utc>,
) -> QueryResult<Vec<Invitation>> {
    let row = |(id, new): &(Uuid, NewInvitation)| {
        let role = match new.wish {
            Wish::Colleague { role } => Some(role),
            Wish::Partner { .. } => None,
        };
        (
            (invitations::id.eq(*id), invitations::tenant_id.eq(origin.tenant)),
            (invitations::organisation_id.eq(origin.organisation), invitations::inviter_id.eq(origin.inviter)),
            (invitations::batch_id.eq(origin.batch), invitations::kind.eq(new.wish.kind()), invitations::role.eq(role)),
            invitations::email.eq(new.email.as_typed().to_owned()),
            invitations::email_key.eq(new.email.key().to_owned()),
            (invitations::language.eq(new.language), invitations::lifetime_days.eq(new.lifetime_days)),
            invitations::reminder.eq(new.reminder),
            invitations::expires_at.eq(now + Duration::days(new.lifetime_days.into())),
            (invitations::last_sent_at.eq(now), invitations::created_at.eq(now), invitations::updated_at.eq(now)),
        )
    };
    let rows: Vec<_> = news.iter().map(row).collect();
    let mut made: Vec<Invitation> =
        diesel::insert_into(invitations::table).values(rows).returning(Invitation::as_returning()).get_results(tx)?;
    made.sort_unstable_by_key(|invitation| invitation.id);
    Ok(made)
}

/// The hashes of many links' secrets.
pub fn insert_links(tx: &mut PgConnection, links: Vec<(&Invitation, Vec<u8>)>, now: DateTime<Utc>) -> QueryResult<()> {
    let row = |(invitation, hash): (&Invitation, Vec<u8>)| {
        (
            invitation_links::hash.eq(hash),
            invitation_links::invitation_id.eq(invitation.id),
            invitation_links::generation.eq(invitation.generation),
            invitation_links::email.eq(invitation.email.clone()),
            invitation_links::created_at.eq(now),
        )
    };
    let rows: Vec<_> = links.into_iter().map(row).collect();
    diesel::insert_into(invitation_links::table).values(rows).execute(tx).map(drop)
}

/// Many mails into the outbox.
pub fn insert_mails(tx: &mut PgConnection, news: &[NewMail<'_>], now: DateTime<Utc>) -> QueryResult<()> {
    let row = |new: &NewMail<'_>| {
        (
            (mails::id.eq(new.id), mails::tenant_id.eq(new.tenant), mails::organisation_id.eq(new.organisation)),
            (mails::invitation_id.eq(new.invitation), mails::generation.eq(new.generation), mails::kind.eq(new.kind)),
            mails::sender_id.eq(new.sender),
            (mails::to_email.eq(new.to.as_typed().to_owned()), mails::to_key.eq(new.to.key().to_owned())),
            mails::language.eq(new.language),
            mails::letter.eq(serde_json::to_value(new.letter).unwrap_or_default()),
            (mails::due_at.eq(new.due_at), mails::created_at.eq(now), mails::updated_at.eq(now)),
        )
    };
    let rows: Vec<_> = news.iter().map(row).collect();
    diesel::insert_into(mails::table).values(rows).execute(tx).map(drop)
}

/// A batch as its page shows it.
#[derive(Debug, Clone, Queryable)]
pub struct Batch {
    pub id: Uuid,
    pub size: i32,
    pub created_at: DateTime<Utc>,
    pub undone_at: Option<DateTime<Utc>>,
    pub inviter: String,
}

/// The organisation that sent a batch of the tenant, as far as `within` reaches: None is the whole tenant.
pub fn organisation_of(conn: &mut PgConnection, tenant: Uuid, within: Option<Uuid>, id: Uuid) -> QueryResult<Uuid> {
    let batches = invitation_batches::table.filter(invitation_batches::id.eq(id));
    let batches = batches.filter(invitation_batches::tenant_id.eq(tenant));
    let mut query = batches.select(invitation_batches::organisation_id).into_boxed();
    if let Some(organisation) = within {
        query = query.filter(invitation_batches::organisation_id.eq(organisation));
    }
    query.first(conn)
}

/// A batch that an organisation of the tenant sent.
pub fn find_batch(conn: &mut PgConnection, (tenant, organisation): (Uuid, Uuid), id: Uuid) -> QueryResult<Batch> {
    batches_of(tenant, organisation).filter(invitation_batches::id.eq(id)).first(conn)
}

/// The newest batches of an organisation.
pub fn newest_batches(conn: &mut PgConnection, of: (Uuid, Uuid), most: i64) -> QueryResult<Vec<Batch>> {
    batches_of(of.0, of.1).order(invitation_batches::id.desc()).limit(most).load(conn)
}

type Batches = diesel::dsl::IntoBoxed<
    'static,
    diesel::dsl::Select<
        diesel::dsl::InnerJoinOn<
            invitation_batches::table,
            users::table,
            diesel::dsl::Eq<users::id, invitation_batches::inviter_id>,
        >,
        (
            invitation_batches::id,
            invitation_batches::size,
            invitation_batches::created_at,
            invitation_batches::undone_at,
            users::name,
        ),
    >,
    diesel::pg::Pg,
>;

fn batches_of(tenant: Uuid, organisation: Uuid) -> Batches {
    invitation_batches::table
        .inner_join(users::table.on(users::id.eq(invitation_batches::inviter_id)))
        .select((
            invitation_batches::id,
            invitation_batches::size,
            invitation_batches::created_at,
            invitation_batches::undone_at,
            users::name,
        ))
        .into_boxed()
        .filter(invitation_batches::tenant_id.eq(tenant))
        .filter(invitation_batches::organisation_id.eq(organisation))
}

/// How many invitations of a batch are alike: in their state, and in that of their newest mail.
#[derive(Debug, Clone, QueryableByName)]
pub struct Share {
    #[diesel(sql_type = Text)]
    pub state: State,
    #[diesel(sql_type = Bool)]
    pub is_over: bool,
    #[diesel(sql_type = Nullable<Text>)]
    pub mail: Option<mail::State>,
    #[diesel(sql_type = BigInt)]
    pub number: i64,
    /// When the first and the last of these mails may leave.
    #[diesel(sql_type = Nullable<Timestamptz>)]
    pub first_due: Option<DateTime<Utc>>,
    #[diesel(sql_type = Nullable<Timestamptz>)]
    pub last_due: Option<DateTime<Utc>>,
}

/// Counts a batch.
pub fn shares(conn: &mut PgConnection, batch: Uuid, now: DateTime<Utc>) -> QueryResult<Vec<Share>> {
    diesel::sql_query(
        "SELECT i.state, i.expires_at <= $2 AS is_over, m.state AS mail, count(*) AS number, \
             min(m.due_at) AS first_due, max(m.due_at) AS last_due \
         FROM invitations i LEFT JOIN LATERAL (SELECT state, due_at FROM mails WHERE invitation_id = i.id \
             AND kind = 'invitation' ORDER BY id DESC LIMIT 1) m ON true \
         WHERE i.batch_id = $1 GROUP BY 1, 2, 3",
    )
    .bind::<SqlUuid, _>(batch)
    .bind::<Timestamptz, _>(now)
    .load(conn)
}

/// One invitation of a batch's list.
#[derive(Debug, Clone, Queryable)]
pub struct Item {
    pub id: Uuid,
    pub email: String,
    pub role: Option<crate::access::Role>,
    pub state: State,
    pub expires_at: DateTime<Utc>,
    pub mail: Option<mail::State>,
}

/// A page of a batch, in the order of the list that it was made from.
pub fn items(conn: &mut PgConnection, batch: Uuid, from: Option<&Cursor>, size: usize) -> QueryResult<Paged<Item>> {
    let mut query = invitations::table
        .filter(invitations::batch_id.eq(batch))
        .limit(i64::try_from(size).unwrap_or(100) + 1)
        .into_boxed();
    query = match from {
        Some(cursor) if cursor.backwards => query.filter(invitations::id.lt(cursor.id)).order(invitations::id.desc()),
        Some(cursor) => query.filter(invitations::id.gt(cursor.id)).order(invitations::id.asc()),
        None => query.order(invitations::id.asc()),
    };
    let rows = query
        .select((
            invitations::id,
            invitations::email,
            invitations::role,
            invitations::state,
            invitations::expires_at,
            super::lists::delivery(),
        ))
        .load(conn)?;
    Ok(Paged::new(rows, size, from, |item: &Item| (String::new(), item.id)))
}

/// Marks a batch as undone; false when it was already.
pub fn note_undone(tx: &mut PgConnection, batch: Uuid, now: DateTime<Utc>) -> QueryResult<bool> {
    diesel::update(invitation_batches::table.find(batch).filter(invitation_batches::undone_at.is_null()))
        .set(invitation_batches::undone_at.eq(now))
        .execute(tx)
        .map(|rows| rows == 1)
}

/// Revokes what of a batch still waits for an answer, expired or not; tells how many.
pub fn revoke_all(tx: &mut PgConnection, batch: Uuid, by: Uuid, now: DateTime<Utc>) -> QueryResult<usize> {
    let pending: Vec<Uuid> = invitations::table
        .filter(invitations::batch_id.eq(batch))
        .filter(invitations::state.eq(State::Pending))
        .order(invitations::id)
        .select(invitations::id)
        .for_update()
        .load(tx)?;
    settle(tx, pending, State::Revoked, by, now)
}

/// How many of a batch were accepted.
pub fn accepted(conn: &mut PgConnection, batch: Uuid) -> QueryResult<i64> {
    invitations::table
        .filter(invitations::batch_id.eq(batch))
        .filter(invitations::state.eq(State::Accepted))
        .count()
        .get_result(conn)
}

/// Ends these invitations and stops their mails to the invited that have not left.
fn settle(tx: &mut PgConnection, ids: Vec<Uuid>, to: State, by: Uuid, now: DateTime<Utc>) -> QueryResult<usize> {
    if ids.is_empty() {
        return Ok(0);
    }
    diesel::update(
        mails::table
            .filter(mails::invitation_id.eq_any(&ids))
            .filter(mails::kind.eq_any([mail::Kind::Invitation, mail::Kind::Reminder]))
            .filter(mails::state.eq_any([mail::State::Queued, mail::State::Deferred, mail::State::Held])),
    )
    .set((mails::state.eq(mail::State::Cancelled), mails::updated_at.eq(now)))
    .execute(tx)?;
    diesel::update(invitations::table.filter(invitations::id.eq_any(ids)).filter(invitations::state.eq(State::Pending)))
        .set((
            invitations::state.eq(to),
            invitations::decided_at.eq(now),
            invitations::decided_by.eq(by),
            invitations::version.eq(invitations::version + 1),
            invitations::updated_at.eq(now),
        ))
        .execute(tx)
}
