//! Diesel for users. Every statement is scoped by organisation; the organisation was reached through the actor.

use chrono::{DateTime, Utc};
use diesel::pg::PgConnection;
use diesel::prelude::*;
use diesel::sql_types::Text;
use uuid::Uuid;

use super::model::{NewUser, Profile, State, User};
use crate::access::Role;
use crate::db::page::{Cursor, Paged};
use crate::db::schema::{identities, organisations, users};
use crate::db::wall;

diesel::define_sql_function! {
    /// PostgreSQL's `lower`.
    fn lower(text: Text) -> Text;
}

/// A row of a table of people.
#[derive(Debug, Clone, Queryable, Selectable)]
#[diesel(table_name = users, check_for_backend(diesel::pg::Pg))]
pub struct UserRow {
    pub id: Uuid,
    pub name: String,
    pub email: String,
    pub role: Role,
    pub state: State,
    pub last_signed_in_at: Option<DateTime<Utc>>,
    pub created_at: DateTime<Utc>,
    pub updated_at: DateTime<Utc>,
}

/// The first people of an organisation, by name.
pub fn first(conn: &mut PgConnection, organisation: Uuid, size: usize) -> QueryResult<Vec<UserRow>> {
    list(conn, organisation, None, size).map(|page| page.rows)
}

/// A page of an organisation's people, by name.
pub fn list(
    conn: &mut PgConnection,
    organisation: Uuid,
    from: Option<&Cursor>,
    size: usize,
) -> QueryResult<Paged<UserRow>> {
    let name = lower(users::name);
    let mut query = users::table
        .filter(users::organisation_id.eq(organisation))
        .filter(users::removed_at.is_null())
        .select((UserRow::as_select(), name))
        .limit(i64::try_from(size).unwrap_or(100) + 1)
        .into_boxed();
    query = match from.map(|cursor| (cursor.key.clone(), cursor.id, cursor.backwards)) {
        Some((key, id, true)) => query
            .filter(name.le(key.clone()))
            .filter(name.lt(key).or(users::id.lt(id)))
            .order((name.desc(), users::id.desc())),
        Some((key, id, false)) => query
            .filter(name.ge(key.clone()))
            .filter(name.gt(key).or(users::id.gt(id)))
            .order((name.asc(), users::id.asc())),
        None => query.order((name.asc(), users::id.asc())),
    };
    // The key is PostgreSQL's own `lower`: ours would differ for some letters, and rows at a page's edge with it.
    let rows: Vec<(UserRow, String)> = query.load(conn)?;
    Ok(Paged::new(rows, size, from, |(row, key)| (key.clone(), row.id)).map(|(row, _)| row))
}

/// As [`find_in`], as lists show them.
pub fn find_row(conn: &mut PgConnection, organisation: Uuid, id: Uuid) -> QueryResult<UserRow> {
    users::table
        .find(id)
        .filter(users::organisation_id.eq(organisation))
        .filter(users::removed_at.is_null())
        .select(UserRow::as_select())
        .first(conn)
}

/// Whether an organisation has somebody of this role.
pub fn has_role(conn: &mut PgConnection, organisation: Uuid, role: Role) -> QueryResult<bool> {
    let people = users::table
        .filter(users::organisation_id.eq(organisation))
        .filter(users::role.eq(role))
        .filter(users::removed_at.is_null());
    diesel::select(diesel::dsl::exists(people)).get_result(conn)
}

/// A person of an organisation, not removed.
pub fn find_in(conn: &mut PgConnection, organisation: Uuid, id: Uuid) -> QueryResult<User> {
    users::table
        .find(id)
        .filter(users::organisation_id.eq(organisation))
        .filter(users::removed_at.is_null())
        .select(User::as_select())
        .first(conn)
}

/// The organisation of somebody of the tenant, removed or not, as far as `within` reaches: None is the whole tenant.
pub fn organisation_of(conn: &mut PgConnection, tenant: Uuid, within: Option<Uuid>, id: Uuid) -> QueryResult<Uuid> {
    let query = users::table.filter(users::id.eq(id)).filter(users::tenant_id.eq(tenant));
    let mut query = query.select(users::organisation_id).into_boxed();
    if let Some(organisation) = within {
        query = query.filter(users::organisation_id.eq(organisation));
    }
    query.first(conn)
}

/// A person of an organisation, removed or not, locked until the transaction ends.
pub fn find_for_update(conn: &mut PgConnection, organisation: Uuid, id: Uuid) -> QueryResult<User> {
    users::table
        .find(id)
        .filter(users::organisation_id.eq(organisation))
        .select(User::as_select())
        .for_update()
        .first(conn)
}

/// Locks an organisation that is not in the bin, so that it stays while its people change.
pub fn lock_organisation(conn: &mut PgConnection, id: Uuid) -> QueryResult<Uuid> {
    organisations::table
        .find(id)
        .filter(organisations::state.ne("deleted"))
        .select(organisations::id)
        .for_no_key_update()
        .first(conn)
}

/// How many active owners the organisation has beside this one.
pub fn other_active_owners(conn: &mut PgConnection, organisation: Uuid, but: Uuid) -> QueryResult<i64> {
    users::table
        .filter(users::organisation_id.eq(organisation))
        .filter(users::role.eq(Role::Owner))
        .filter(users::state.eq(State::Active))
        .filter(users::removed_at.is_null())
        .filter(users::id.ne(but))
        .count()
        .get_result(conn)
}

/// A new user.
pub fn insert(
    conn: &mut PgConnection,
    (tenant, organisation): (Uuid, Uuid),
    id: Uuid,
    new: &NewUser,
    now: DateTime<Utc>,
) -> QueryResult<()> {
    diesel::insert_into(users::table)
        .values((
            (users::id.eq(id), users::tenant_id.eq(tenant), users::organisation_id.eq(organisation)),
            users::name.eq(&new.name),
            (users::email.eq(new.email.as_typed()), users::email_key.eq(new.email.key())),
            users::role.eq(new.role),
            (users::created_at.eq(now), users::updated_at.eq(now)),
        ))
        .execute(conn)
        .map(drop)
}

/// Where the address is in use, for the sentence that refuses it: the organisation's name and kind.
pub fn holder_of(conn: &mut PgConnection, tenant: Uuid, email_key: &str) -> QueryResult<Option<(Uuid, String)>> {
    let holder = users::table
        .inner_join(organisations::table)
        .filter(users::tenant_id.eq(tenant))
        .filter(users::email_key.eq(email_key))
        .filter(users::removed_at.is_null())
        .select((organisations::id, organisations::name));
    wall::beyond(conn, "an address has one user in the whole tenant", |conn| holder.first(conn).optional())
}

/// Changes name and role.
pub fn set_profile(conn: &mut PgConnection, id: Uuid, new: &Profile, now: DateTime<Utc>) -> QueryResult<()> {
    diesel::update(users::table.find(id))
        .set((
            users::name.eq(&new.name),
            users::role.eq(new.role),
            users::version.eq(users::version + 1),
            users::updated_at.eq(now),
        ))
        .execute(conn)
        .map(drop)
}

/// Changes whether they may sign in.
pub fn set_state(conn: &mut PgConnection, id: Uuid, state: State, now: DateTime<Utc>) -> QueryResult<()> {
    diesel::update(users::table.find(id))
        .set((users::state.eq(state), users::version.eq(users::version + 1), users::updated_at.eq(now)))
        .execute(conn)
        .map(drop)
}

/// Removes a person (`Some`) or brings them back (`None`).
pub fn set_removed(
    conn: &mut PgConnection,
    id: Uuid,
    at: Option<DateTime<Utc>>,
    now: DateTime<Utc>,
) -> QueryResult<()> {
    diesel::update(users::table.find(id))
        .set((
            users::removed_with_organisation.eq(false),
            users::removed_at.eq(at),
            users::version.eq(users::version + 1),
            users::updated_at.eq(now),
        ))
        .execute(conn)
        .map(drop)
}

/// Forgets which provider account signs a person in.
pub fn forget_identity(conn: &mut PgConnection, id: Uuid) -> QueryResult<usize> {
    diesel::delete(identities::table.filter(identities::user_id.eq(id))).execute(conn)
}

/// The issuer whose account signs this person in, if they have signed in before.
pub fn issuer_of(conn: &mut PgConnection, id: Uuid) -> QueryResult<Option<String>> {
    identities::table.filter(identities::user_id.eq(id)).select(identities::issuer).first(conn).optional()
}
