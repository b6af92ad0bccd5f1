//! Diesel for connections. Every statement names one of the two sides.

use chrono::{DateTime, Utc};
use diesel::dsl::{exists, not};
use diesel::pg::PgConnection;
use diesel::prelude::*;
use diesel::sql_types::{Array, Bool, Nullable, Text, Timestamptz, Uuid as SqlUuid};
use uuid::Uuid;

use super::actions::NewConnection;
use super::model::{Allowance, Connection, Side};
use crate::db::kept::{Given, Kept};
use crate::db::page::{Cursor, Paged};
use crate::db::schema::{connections, invitations, organisations, partner_records, users};
use crate::organisations::State;

diesel::define_sql_function! {
    /// PostgreSQL's `least`.
    fn least(one: SqlUuid, other: SqlUuid) -> SqlUuid;
}
diesel::define_sql_function! {
    /// PostgreSQL's `greatest`.
    fn greatest(one: SqlUuid, other: SqlUuid) -> SqlUuid;
}

/// The live connection between two organisations, whoever invited whom; locked.
pub fn live_between(tx: &mut PgConnection, one: Uuid, other: Uuid) -> QueryResult<Option<Uuid>> {
    // As the unique index has it: an organisation with thousands of connections finds this one at once.
    let (host, guest) = (connections::host_organisation_id, connections::guest_organisation_id);
    connections::table
        .filter(least(host, guest).eq(one.min(other)))
        .filter(greatest(host, guest).eq(one.max(other)))
        .filter(connections::ended_at.is_null())
        .select(connections::id)
        .for_update()
        .first(tx)
        .optional()
}

/// Whether `owner` lets `other` do this with its records, now.
pub fn allows(conn: &mut PgConnection, tenant: Uuid, owner: Uuid, other: Uuid, what: Allowance) -> QueryResult<bool> {
    let (host, guest) = (connections::host_organisation_id, connections::guest_organisation_id);
    let by_host = host.eq(owner).and(connections::host_grants.contains(vec![what]));
    let by_guest = guest.eq(owner).and(connections::guest_grants.contains(vec![what]));
    let granted = connections::table
        .filter(least(host, guest).eq(owner.min(other)))
        .filter(greatest(host, guest).eq(owner.max(other)))
        .filter(connections::ended_at.is_null())
        .filter(connections::tenant_id.eq(tenant))
        .filter(by_host.or(by_guest));
    let kept_out = organisations::table
        .filter(organisations::id.eq_any([owner, other]))
        .filter(organisations::state.ne(State::Active).or(organisations::tenant_id.ne(tenant)));
    diesel::select(exists(granted).and(not(exists(kept_out)))).get_result(conn)
}

/// A new connection without grants.
pub fn insert(tx: &mut PgConnection, new: &NewConnection<'_>, now: DateTime<Utc>) -> QueryResult<()> {
    diesel::insert_into(connections::table)
        .values((
            (connections::id.eq(new.id), connections::tenant_id.eq(new.tenant)),
            (connections::host_organisation_id.eq(new.host.0), connections::guest_organisation_id.eq(new.guest.0)),
            connections::invitation_id.eq(new.invitation),
            (connections::created_at.eq(now), connections::updated_at.eq(now)),
        ))
        .execute(tx)
        .map(drop)
}

/// A connection in a list: as one side sees it, with who is at the other end.
#[derive(Debug, Clone, QueryableByName)]
pub struct ConnectionRow {
    #[diesel(sql_type = SqlUuid)]
    pub id: Uuid,
    /// Whether the reader's organisation invited.
    #[diesel(sql_type = Bool)]
    pub hosted: bool,
    /// What the reader's organisation lets the other do.
    #[diesel(sql_type = Array<Text>)]
    pub given: Vec<Allowance>,
    /// What it may do in return.
    #[diesel(sql_type = Array<Text>)]
    pub taken: Vec<Allowance>,
    #[diesel(sql_type = Timestamptz)]
    pub created_at: DateTime<Utc>,
    #[diesel(sql_type = Nullable<Timestamptz>)]
    pub ended_at: Option<DateTime<Utc>>,
    #[diesel(sql_type = SqlUuid)]
    pub other_id: Uuid,
    #[diesel(sql_type = Text)]
    pub name: String,
    #[diesel(sql_type = Nullable<Text>)]
    pub logo_url: Option<String>,
    #[diesel(sql_type = Text)]
    pub state: State,
}

/// A page of an organisation's connections, live or ended, newest first.
pub fn list(
    conn: &mut PgConnection,
    organisation: Uuid,
    ended: bool,
    from: Option<&Cursor>,
    size: usize,
) -> QueryResult<Paged<ConnectionRow>> {
    let backwards = from.is_some_and(|cursor| cursor.backwards);
    let place = from.map_or(Uuid::max(), |cursor| cursor.id);
    let values = vec![Given::Id(organisation), Given::Flag(ended), Given::Id(place)];
    let rows: Vec<ConnectionRow> = Kept::new(page_of_both_sides(backwards, size + 1), values).load(conn)?;
    Ok(Paged::new(rows, size, from, |row| (String::new(), row.id)))
}

/// One short run along the index of each side, then the nearest of both: an `OR` of the two would read them whole.
fn page_of_both_sides(backwards: bool, most: usize) -> String {
    let (beyond, order) = if backwards { (">", "ASC") } else { ("<", "DESC") };
    let side = |own: &str, other: &str| {
        format!(
            "(SELECT id, {hosted} AS hosted, {own}_grants AS given, {other}_grants AS taken, created_at, ended_at,
                  {other}_organisation_id AS other_id
              FROM connections
              WHERE {own}_organisation_id = $1 AND (ended_at IS NOT NULL) = $2 AND id {beyond} $3
              ORDER BY id {order} LIMIT {most})",
            hosted = own == "host"
        )
    };
    format!(
        "SELECT sides.*, organisations.name, organisations.logo_url, organisations.state
         FROM ({} UNION ALL {}) AS sides JOIN organisations ON organisations.id = sides.other_id
         ORDER BY sides.id {order} LIMIT {most}",
        side("host", "guest"),
        side("guest", "host")
    )
}

/// The organisation at the other end, as its partner may see it.
#[derive(Debug, Clone, Queryable, Selectable)]
#[diesel(table_name = organisations, check_for_backend(diesel::pg::Pg))]
pub struct Other {
    pub id: Uuid,
    pub name: String,
    pub logo_url: Option<String>,
    pub state: State,
}

/// A connection with all that its page tells.
#[derive(Debug, Clone, Queryable)]
pub struct Found {
    pub connection: Connection,
    pub other: Other,
    /// When the invitation was made that it was born from, and by whom.
    pub invited_at: Option<DateTime<Utc>>,
    pub invited_by: Option<String>,
    /// The reader's own record of the other side, if the invitation was made from one.
    pub record_id: Option<Uuid>,
    pub record_name: Option<String>,
}

/// A connection of this organisation.
pub fn find(conn: &mut PgConnection, tenant: Uuid, organisation: Uuid, id: Uuid) -> QueryResult<Found> {
    let (host, guest) = (connections::host_organisation_id, connections::guest_organisation_id);
    let at_the_other_end =
        organisations::id.ne(organisation).and(organisations::id.eq(host).or(organisations::id.eq(guest)));
    let record = partner_records::id
        .nullable()
        .eq(invitations::partner_record_id)
        .and(partner_records::organisation_id.eq(organisation))
        .and(partner_records::deleted_at.is_null());
    connections::table
        .inner_join(organisations::table.on(at_the_other_end))
        .left_join(invitations::table.on(invitations::id.nullable().eq(connections::invitation_id)))
        .left_join(users::table.on(users::id.eq(invitations::inviter_id)))
        .left_join(partner_records::table.on(record))
        .filter(connections::id.eq(id))
        .filter(connections::tenant_id.eq(tenant))
        .filter(host.eq(organisation).or(guest.eq(organisation)))
        .select((
            Connection::as_select(),
            Other::as_select(),
            (invitations::created_at.nullable()),
            users::name.nullable(),
            partner_records::id.nullable(),
            partner_records::company_name.nullable(),
        ))
        .first(conn)
}

/// A connection of this organisation, locked until the transaction ends.
pub fn find_for_update(tx: &mut PgConnection, tenant: Uuid, organisation: Uuid, id: Uuid) -> QueryResult<Connection> {
    connections::table
        .find(id)
        .filter(connections::tenant_id.eq(tenant))
        .filter(
            connections::host_organisation_id.eq(organisation).or(connections::guest_organisation_id.eq(organisation)),
        )
        .select(Connection::as_select())
        .for_update()
        .first(tx)
}

/// What an organisation of the tenant is called, whatever its state.
pub fn name_of(tx: &mut PgConnection, tenant: Uuid, organisation: Uuid) -> QueryResult<String> {
    organisations::table
        .find(organisation)
        .filter(organisations::tenant_id.eq(tenant))
        .select(organisations::name)
        .first(tx)
}

/// Replaces what one side lets the other do.
pub fn set_grants(
    tx: &mut PgConnection,
    id: Uuid,
    side: Side,
    grants: &[Allowance],
    now: DateTime<Utc>,
) -> QueryResult<usize> {
    let common = (connections::version.eq(connections::version + 1), connections::updated_at.eq(now));
    let one = diesel::update(connections::table.find(id));
    match side {
        Side::Host => one.set((connections::host_grants.eq(grants.to_vec()), common)).execute(tx),
        Side::Guest => one.set((connections::guest_grants.eq(grants.to_vec()), common)).execute(tx),
    }
}

/// Ends a connection. What was granted stays to be read.
pub fn end(tx: &mut PgConnection, id: Uuid, by: Uuid, now: DateTime<Utc>) -> QueryResult<usize> {
    diesel::update(connections::table.find(id))
        .set((
            connections::ended_at.eq(now),
            connections::ended_by_organisation_id.eq(by),
            connections::version.eq(connections::version + 1),
            connections::updated_at.eq(now),
        ))
        .execute(tx)
}
