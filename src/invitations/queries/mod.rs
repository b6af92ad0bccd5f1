//! Diesel for invitations, links and batches. Lists are in `lists.rs`, the organisations and
//! people around an invitation in `sides.rs`.

pub mod bulk;
pub mod lists;
mod sides;
pub mod weeks;

use chrono::{DateTime, Utc};
use diesel::pg::PgConnection;
use diesel::prelude::*;
use diesel::sql_types::Text;
use uuid::Uuid;

use super::model::{Invitation, Kind, NewInvitation, State, Wish};
use crate::access::EmailAddress;
use crate::db::schema::{invitation_batches, invitation_links, invitations, mail_stops};

pub use sides::{Holder, Host, Inviter, answerable, holder, host, host_for_write, inviter};

/// Serialises writes about one address, or by one sender, until the transaction ends.
pub fn take_turn(tx: &mut PgConnection, what: &str) -> QueryResult<()> {
    diesel::sql_query("SELECT pg_advisory_xact_lock(hashtextextended($1, 20261121))")
        .bind::<Text, _>(what)
        .execute(tx)
        .map(drop)
}

/// An invitation of the tenant sent by an organisation.
pub fn find_in(conn: &mut PgConnection, tenant: Uuid, organisation: Option<Uuid>, id: Uuid) -> QueryResult<Invitation> {
    let mut query = invitations::table
        .filter(invitations::id.eq(id))
        .filter(invitations::tenant_id.eq(tenant))
        .select(Invitation::as_select())
        .into_boxed();
    if let Some(organisation) = organisation {
        query = query.filter(invitations::organisation_id.eq(organisation));
    }
    query.first(conn)
}

/// The organisation that sent an invitation of the tenant, as far as `within` reaches: None is the whole tenant.
pub fn organisation_of(conn: &mut PgConnection, tenant: Uuid, within: Option<Uuid>, id: Uuid) -> QueryResult<Uuid> {
    find_in(conn, tenant, within, id).map(|invitation| invitation.organisation_id)
}

/// An organisation's invitation of a kind by its number.
pub fn by_number(
    conn: &mut PgConnection,
    (tenant, organisation): (Uuid, Uuid),
    kind: Kind,
    number: i64,
) -> QueryResult<Uuid> {
    invitations::table
        .filter(invitations::number.eq(number))
        .filter(invitations::tenant_id.eq(tenant))
        .filter(invitations::organisation_id.eq(organisation))
        .filter(invitations::kind.eq(kind))
        .select(invitations::id)
        .first(conn)
}

/// As [`find_in`], locked until the transaction ends.
pub fn find_for_update(tx: &mut PgConnection, tenant: Uuid, organisation: Uuid, id: Uuid) -> QueryResult<Invitation> {
    invitations::table
        .find(id)
        .filter(invitations::tenant_id.eq(tenant))
        .filter(invitations::organisation_id.eq(organisation))
        .select(Invitation::as_select())
        .for_update()
        .first(tx)
}

/// The pending invitation of an organisation to an address, expired or not; locked.
pub fn pending_to(tx: &mut PgConnection, organisation: Uuid, email_key: &str) -> QueryResult<Option<Invitation>> {
    invitations::table
        .filter(invitations::organisation_id.eq(organisation))
        .filter(invitations::email_key.eq(email_key))
        .filter(invitations::state.eq(State::Pending))
        .select(Invitation::as_select())
        .for_update()
        .first(tx)
        .optional()
}

/// How many invitations of an organisation wait.
pub fn pending_of(conn: &mut PgConnection, organisation: Uuid) -> QueryResult<i64> {
    invitations::table
        .filter(invitations::organisation_id.eq(organisation))
        .filter(invitations::state.eq(State::Pending))
        .count()
        .get_result(conn)
}

/// Whether the owner of an address wants no more mail from an organisation.
pub fn is_stopped(conn: &mut PgConnection, organisation: Uuid, email_key: &str) -> QueryResult<bool> {
    diesel::select(diesel::dsl::exists(mail_stops::table.find((organisation, email_key)))).get_result(conn)
}

/// Stops mail from an organisation to an address. Doing it twice changes nothing.
pub fn stop_mail(tx: &mut PgConnection, organisation: Uuid, email_key: &str, now: DateTime<Utc>) -> QueryResult<usize> {
    diesel::insert_into(mail_stops::table)
        .values((
            mail_stops::organisation_id.eq(organisation),
            mail_stops::email_key.eq(email_key),
            mail_stops::created_at.eq(now),
        ))
        .on_conflict_do_nothing()
        .execute(tx)
}

/// Where and by whom an invitation is made.
#[derive(Debug, Clone, Copy)]
pub struct Origin {
    pub tenant: Uuid,
    pub organisation: Uuid,
    pub inviter: Uuid,
    pub batch: Option<Uuid>,
    /// The organisation of the invited address's user, if it has one.
    pub receiver: Option<Uuid>,
}

/// A new pending invitation.
pub fn insert(
    tx: &mut PgConnection,
    origin: &Origin,
    id: Uuid,
    new: &NewInvitation,
    (now, expires_at): (DateTime<Utc>, DateTime<Utc>),
) -> QueryResult<()> {
    let (role, company, record) = match &new.wish {
        Wish::Colleague { role } => (Some(*role), None, None),
        Wish::Partner { company, record } => (None, Some(company.as_str()), *record),
    };
    diesel::insert_into(invitations::table)
        .values((
            (invitations::id.eq(id), invitations::tenant_id.eq(origin.tenant)),
            (invitations::organisation_id.eq(origin.organisation), invitations::inviter_id.eq(origin.inviter)),
            (invitations::batch_id.eq(origin.batch), invitations::to_organisation_id.eq(origin.receiver)),
            (invitations::kind.eq(new.wish.kind()), invitations::role.eq(role), invitations::company_name.eq(company)),
            invitations::partner_record_id.eq(record),
            (invitations::email.eq(new.email.as_typed()), invitations::email_key.eq(new.email.key())),
            (invitations::language.eq(new.language), invitations::lifetime_days.eq(new.lifetime_days)),
            (invitations::reminder.eq(new.reminder), invitations::expires_at.eq(expires_at)),
            (invitations::last_sent_at.eq(now), invitations::created_at.eq(now), invitations::updated_at.eq(now)),
        ))
        .execute(tx)
        .map(drop)
}

/// Counts an invitation's links up, on behalf of whoever sends it now.
pub fn renew(
    tx: &mut PgConnection,
    old: &Invitation,
    inviter: Uuid,
    email: &EmailAddress,
    (now, expires_at): (DateTime<Utc>, DateTime<Utc>),
) -> QueryResult<Invitation> {
    diesel::update(invitations::table.find(old.id))
        .set((
            invitations::inviter_id.eq(inviter),
            invitations::email.eq(email.as_typed()),
            invitations::email_key.eq(email.key()),
            invitations::generation.eq(invitations::generation + 1),
            invitations::expires_at.eq(expires_at),
            invitations::last_sent_at.eq(now),
            invitations::version.eq(invitations::version + 1),
            invitations::updated_at.eq(now),
        ))
        .returning(Invitation::as_returning())
        .get_result(tx)
}

/// Ends an invitation that is still pending, or (with `Pending`) takes a revocation back.
/// None when it is in another state by now.
pub fn move_state(
    tx: &mut PgConnection,
    id: Uuid,
    (from, to): (State, State),
    by: Option<Uuid>,
    now: DateTime<Utc>,
) -> QueryResult<Option<Invitation>> {
    let decided = (to != State::Pending).then_some(now);
    diesel::update(invitations::table.find(id).filter(invitations::state.eq(from)))
        .set((
            invitations::state.eq(to),
            invitations::decided_at.eq(decided),
            invitations::decided_by.eq(by),
            invitations::version.eq(invitations::version + 1),
            invitations::updated_at.eq(now),
        ))
        .returning(Invitation::as_returning())
        .get_result(tx)
        .optional()
}

/// The one statement that decides an invitation: pending, not expired, this very link.
pub fn decide(
    tx: &mut PgConnection,
    (id, generation): (Uuid, i32),
    to: State,
    now: DateTime<Utc>,
) -> QueryResult<Option<Invitation>> {
    diesel::update(
        invitations::table
            .find(id)
            .filter(invitations::state.eq(State::Pending))
            .filter(invitations::expires_at.gt(now))
            .filter(invitations::generation.eq(generation)),
    )
    .set((
        invitations::state.eq(to),
        invitations::decided_at.eq(now),
        invitations::version.eq(invitations::version + 1),
        invitations::updated_at.eq(now),
    ))
    .returning(Invitation::as_returning())
    .get_result(tx)
    .optional()
}

/// Notes who decided, and for which organisation.
pub fn note_decider(
    tx: &mut PgConnection,
    id: Uuid,
    by: Option<Uuid>,
    organisation: Option<Uuid>,
) -> QueryResult<usize> {
    let row = diesel::update(invitations::table.find(id));
    match organisation {
        Some(organisation) => {
            row.set((invitations::decided_by.eq(by), invitations::to_organisation_id.eq(organisation))).execute(tx)
        }
        None => row.set(invitations::decided_by.eq(by)).execute(tx),
    }
}

/// Notes who stands behind it from now on.
pub fn note_inviter(tx: &mut PgConnection, id: Uuid, inviter: Uuid) -> QueryResult<usize> {
    diesel::update(invitations::table.find(id)).set(invitations::inviter_id.eq(inviter)).execute(tx)
}

/// Notes that its newest link was mailed once more.
pub fn note_sent(tx: &mut PgConnection, id: Uuid, now: DateTime<Utc>) -> QueryResult<usize> {
    diesel::update(invitations::table.find(id))
        .set((invitations::last_sent_at.eq(now), invitations::updated_at.eq(now)))
        .execute(tx)
}

/// Switches the reminder off or on.
pub fn set_reminder(tx: &mut PgConnection, id: Uuid, reminder: bool, now: DateTime<Utc>) -> QueryResult<usize> {
    diesel::update(invitations::table.find(id))
        .set((invitations::reminder.eq(reminder), invitations::updated_at.eq(now)))
        .execute(tx)
}

/// Writes the hash of a link's secret.
pub fn insert_link(
    tx: &mut PgConnection,
    (invitation, generation): (Uuid, i32),
    (hash, email): (&[u8], &str),
    now: DateTime<Utc>,
) -> QueryResult<usize> {
    diesel::insert_into(invitation_links::table)
        .values((
            invitation_links::hash.eq(hash),
            invitation_links::invitation_id.eq(invitation),
            invitation_links::generation.eq(generation),
            invitation_links::email.eq(email),
            invitation_links::created_at.eq(now),
        ))
        .execute(tx)
}

/// Which invitation a link names, and which of its links it is.
pub fn by_link(conn: &mut PgConnection, hash: &[u8]) -> QueryResult<Option<(Invitation, i32)>> {
    invitations::table
        .inner_join(invitation_links::table)
        .filter(invitation_links::hash.eq(hash))
        .select((Invitation::as_select(), invitation_links::generation))
        .first(conn)
        .optional()
}

/// Where a link was mailed.
pub fn address_of_link(conn: &mut PgConnection, invitation: Uuid, generation: i32) -> QueryResult<Option<String>> {
    invitation_links::table
        .filter(invitation_links::invitation_id.eq(invitation))
        .filter(invitation_links::generation.eq(generation))
        .select(invitation_links::email)
        .first(conn)
        .optional()
}

/// A waiting invitation made from a record, if there is one.
pub fn waiting_of_record(conn: &mut PgConnection, record: Uuid, now: DateTime<Utc>) -> QueryResult<Option<Uuid>> {
    invitations::table
        .filter(invitations::partner_record_id.eq(record))
        .filter(invitations::state.eq(State::Pending))
        .filter(invitations::expires_at.gt(now))
        .select(invitations::id)
        .first(conn)
        .optional()
}

/// Lets mail from an organisation reach an address again.
pub fn allow_mail(tx: &mut PgConnection, organisation: Uuid, email_key: &str) -> QueryResult<usize> {
    diesel::delete(mail_stops::table.find((organisation, email_key))).execute(tx)
}

/// An invitation by its id, for the bearer of a ticket.
pub fn by_id(conn: &mut PgConnection, id: Uuid) -> QueryResult<Option<Invitation>> {
    invitations::table.find(id).select(Invitation::as_select()).first(conn).optional()
}

/// Notes that a browser showed the page of a link, the first time.
pub fn note_opened(tx: &mut PgConnection, invitation: Uuid, generation: i32, now: DateTime<Utc>) -> QueryResult<usize> {
    diesel::update(
        invitation_links::table
            .filter(invitation_links::invitation_id.eq(invitation))
            .filter(invitation_links::generation.eq(generation))
            .filter(invitation_links::opened_at.is_null()),
    )
    .set(invitation_links::opened_at.eq(now))
    .execute(tx)
}

/// When the newest link was first shown by a browser.
pub fn opened_at(conn: &mut PgConnection, invitation: Uuid) -> QueryResult<Option<DateTime<Utc>>> {
    invitation_links::table
        .filter(invitation_links::invitation_id.eq(invitation))
        .filter(invitation_links::opened_at.is_not_null())
        .order(invitation_links::generation.desc())
        .select(invitation_links::opened_at)
        .first::<Option<DateTime<Utc>>>(conn)
        .optional()
        .map(Option::flatten)
}

/// A new batch.
pub fn insert_batch(
    tx: &mut PgConnection,
    origin: &Origin,
    id: Uuid,
    size: i32,
    now: DateTime<Utc>,
) -> QueryResult<()> {
    diesel::insert_into(invitation_batches::table)
        .values((
            (invitation_batches::id.eq(id), invitation_batches::tenant_id.eq(origin.tenant)),
            invitation_batches::organisation_id.eq(origin.organisation),
            (invitation_batches::inviter_id.eq(origin.inviter), invitation_batches::size.eq(size)),
            invitation_batches::created_at.eq(now),
        ))
        .execute(tx)
        .map(drop)
}
