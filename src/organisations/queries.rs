//! Diesel for organisations. Every statement is scoped by tenant and reaches partners only; one statement each.

use chrono::{DateTime, Utc};
use diesel::dsl::{exists, not};
use diesel::pg::{Pg, PgConnection};
use diesel::prelude::*;
use diesel::sql_types::Bool;
use uuid::Uuid;

use super::model::{Details, Organisation, State, name_key};
use crate::access::OrganisationKind;
use crate::db::kept::{Piece, Short as _};
use crate::db::page::{Cursor, Paged};
use crate::db::schema::{organisations, tenants, users};
use crate::db::search::planned_anew;

diesel::alias!(users as twins: TwinUsers);

/// A row of the partners table.
#[derive(Debug, Clone, Queryable, QueryableByName, Selectable)]
#[diesel(table_name = organisations, check_for_backend(diesel::pg::Pg))]
pub struct OrganisationRow {
    pub id: Uuid,
    pub name: String,
    pub sort_key: String,
    pub code: Option<String>,
    pub logo_url: Option<String>,
    pub user_count: i32,
    pub state: State,
    pub deleted_at: Option<DateTime<Utc>>,
    pub created_at: DateTime<Utc>,
}

crate::text_enum! {
    /// What the partners table can be sorted by.
    Sort {
        Created = "created",
        Name = "name",
        Users = "users",
    }
}

/// Which rows of the partners table, in which order.
#[derive(Debug, Clone)]
pub struct Filter {
    /// Folded by `input::search`; empty for all.
    pub search: String,
    pub state: Option<State>,
    pub sort: Sort,
    pub descending: bool,
}

/// A query for organisations that is still being put together.
pub type Boxed<'a> = organisations::BoxedQuery<'a, Pg>;

/// Partners of a tenant that are not in the bin. In words of the indexes, which a kept plan would not know to fit values.
fn partners<'a>(tenant: Uuid) -> Boxed<'a> {
    organisations::table
        .filter(organisations::tenant_id.eq(tenant))
        .filter(Piece::<Bool>::new("(organisations.kind = 'partner' AND organisations.state <> 'deleted')"))
        .into_boxed()
}

/// The partners of a tenant that a filter finds.
pub fn filtered<'a>(tenant: Uuid, filter: &Filter) -> Boxed<'a> {
    let query = searched(partners(tenant), tenant, &filter.search);
    match filter.state {
        Some(state) => query.filter(organisations::state.eq(state)).filter(planned_anew()),
        None => query,
    }
}

/// A page of the partners table. A search is asked of `search.rs`, which knows how to stay cheap.
pub fn list(
    conn: &mut PgConnection,
    tenant: Uuid,
    filter: &Filter,
    from: Option<&Cursor>,
    size: usize,
) -> QueryResult<Paged<OrganisationRow>> {
    let query = filtered(tenant, filter);
    let upwards = filter.descending == from.is_some_and(|cursor| cursor.backwards);
    let query = sorted(query, filter.sort, upwards, from);
    let rows = query.select(OrganisationRow::as_select()).page_of(size).load(conn)?;
    Ok(Paged::new(rows, size, from, |row| (place(row, filter.sort), row.id)))
}

/// A page of whole partners that are not in the bin, oldest first: new ones come last, so that a walk misses none.
pub fn walk(
    conn: &mut PgConnection,
    tenant: Uuid,
    from: Option<&Cursor>,
    size: usize,
) -> QueryResult<Paged<Organisation>> {
    let query = sorted(partners(tenant), Sort::Created, true, from);
    let rows = query.select(Organisation::as_select()).page_of(size).load(conn)?;
    Ok(Paged::new(rows, size, from, |row| (row.created_at.to_rfc3339(), row.id)))
}

/// A page of whole partners by its number, by name.
pub fn numbered(conn: &mut PgConnection, tenant: Uuid, (page, size): (i64, i64)) -> QueryResult<Vec<Organisation>> {
    let query = sorted(partners(tenant), Sort::Name, true, None).limit(size).offset(page * size);
    query.select(Organisation::as_select()).load(conn)
}

/// How many partners there are that are not in the bin.
pub fn number(conn: &mut PgConnection, tenant: Uuid) -> QueryResult<i64> {
    partners(tenant).count().get_result(conn)
}

/// Whether something can be the parent of a partner: an organisation of the tenant that is not in the bin. It stays
/// out of the bin until the transaction ends.
pub fn is_parent(tx: &mut PgConnection, tenant: Uuid, id: Uuid) -> QueryResult<bool> {
    let found = organisations::table
        .find(id)
        .filter(organisations::tenant_id.eq(tenant))
        .filter(organisations::state.ne("deleted"))
        .select(organisations::id)
        .for_share()
        .first::<Uuid>(tx);
    Ok(found.optional()?.is_some())
}

/// A row's sort value, as a cursor holds it.
pub fn place(row: &OrganisationRow, sort: Sort) -> String {
    match sort {
        Sort::Created => row.created_at.to_rfc3339(),
        Sort::Name => row.sort_key.clone(),
        Sort::Users => row.user_count.to_string(),
    }
}

/// Orders by a column and the id, from a place on. `>= key AND (> key OR id > id)` rather than a bare OR, so that the
/// index is entered at the key.
macro_rules! keyset {
    ($query:expr, $column:expr, $upwards:expr, $from:expr) => {{
        let query = $query;
        match ($upwards, $from) {
            (true, Some((key, id))) => query
                .filter($column.ge(key.clone()))
                .filter($column.gt(key).or(organisations::id.gt(id)))
                .order(($column.asc(), organisations::id.asc())),
            (false, Some((key, id))) => query
                .filter($column.le(key.clone()))
                .filter($column.lt(key).or(organisations::id.lt(id)))
                .order(($column.desc(), organisations::id.desc())),
            (true, None) => query.order(($column.asc(), organisations::id.asc())),
            (false, None) => query.order(($column.desc(), organisations::id.desc())),
        }
    }};
}

fn sorted<'a>(query: Boxed<'a>, sort: Sort, upwards: bool, from: Option<&Cursor>) -> Boxed<'a> {
    match sort {
        Sort::Created => {
            let from = from.and_then(|cursor| Some((cursor.moment()?, cursor.id)));
            keyset!(query, organisations::created_at, upwards, from)
        }
        Sort::Name => {
            let from = from.map(|cursor| (cursor.key.clone(), cursor.id));
            keyset!(query, organisations::sort_key, upwards, from)
        }
        Sort::Users => {
            let from = from.and_then(|cursor| Some((cursor.key.parse::<i32>().ok()?, cursor.id)));
            keyset!(query, organisations::user_count, upwards, from)
        }
    }
}

/// One box for everything: an e-mail address of one of its people by its beginning, an id or its beginning, else words
/// of name, code or external ids, accents or not. Fewer than three letters have no trigram inside a word, so they are
/// looked up where words begin.
fn searched<'a>(query: Boxed<'a>, tenant: Uuid, search: &str) -> Boxed<'a> {
    if search.is_empty() {
        return query;
    }
    if search.contains('@') {
        let with_address = users::table
            .filter(users::tenant_id.eq(tenant))
            .filter(users::removed_at.is_null())
            .filter(users::email_key.like(format!("{}%", escaped(search))))
            .select(users::organisation_id);
        return query.filter(organisations::id.eq_any(with_address));
    }
    if let Some((first, last)) = ids_beginning_with(search) {
        let text = organisations::search_text.like(format!("%{}%", escaped(search)));
        return query.filter(organisations::id.between(first, last).or(text));
    }
    search.split(' ').fold(query, |query, word| {
        let begins = if word.chars().count() < 3 { " " } else { "" };
        query.filter(organisations::search_text.like(format!("%{begins}{}%", escaped(word))))
    })
}

/// The first and last id that begin with `search`, if it looks like the beginning of one: eight hexadecimal digits or
/// more, hyphens as people copy them.
pub fn ids_beginning_with(search: &str) -> Option<(Uuid, Uuid)> {
    let digits: String = search.chars().filter(|c| *c != '-').collect();
    if !(8..=32).contains(&digits.len()) || !digits.chars().all(|c| c.is_ascii_hexdigit()) {
        return None;
    }
    let filled = |with: &str| Uuid::try_parse(&format!("{digits}{}", with.repeat(32 - digits.len()))).ok();
    Some((filled("0")?, filled("f")?))
}

/// `%`, `_` and `\` are themselves.
pub fn escaped(text: &str) -> String {
    text.replace('\\', "\\\\").replace('%', "\\%").replace('_', "\\_")
}

/// A page of the bin, last deleted first.
pub fn bin(
    conn: &mut PgConnection,
    tenant: Uuid,
    since: DateTime<Utc>,
    from: Option<&Cursor>,
    size: usize,
) -> QueryResult<Paged<OrganisationRow>> {
    let mut query = organisations::table
        .filter(organisations::tenant_id.eq(tenant))
        .filter(Piece::<Bool>::new("organisations.state = 'deleted'"))
        .filter(organisations::deleted_at.gt(since))
        .into_boxed();
    let place = from.and_then(|cursor| Some((cursor.moment()?, cursor.id)));
    query = keyset!(query, organisations::deleted_at, from.is_some_and(|cursor| cursor.backwards), place);
    let rows = query.select(OrganisationRow::as_select()).page_of(size).load(conn)?;
    Ok(Paged::new(rows, size, from, |row| (row.deleted_at.unwrap_or_default().to_rfc3339(), row.id)))
}

/// A partner of the tenant, in the bin or not.
pub fn find_in(conn: &mut PgConnection, tenant: Uuid, id: Uuid) -> QueryResult<Organisation> {
    organisations::table
        .find(id)
        .filter(organisations::tenant_id.eq(tenant))
        .filter(organisations::kind.eq("partner"))
        .select(Organisation::as_select())
        .first(conn)
}

/// Where a tenant's Shop and Self-Service lie.
pub type Addresses = (Option<String>, Option<String>);

/// The reader's own organisation, of whatever kind, and where its tenant's applications lie.
pub fn find_own(conn: &mut PgConnection, id: Uuid) -> QueryResult<(Organisation, Addresses)> {
    let addresses = (tenants::shop_url, tenants::self_service_url);
    let own = organisations::table.inner_join(tenants::table).filter(organisations::id.eq(id));
    own.select((Organisation::as_select(), addresses)).first(conn)
}

/// As [`find_in`], not in the bin, locked until the transaction ends.
pub fn find_for_update(conn: &mut PgConnection, tenant: Uuid, id: Uuid) -> QueryResult<Organisation> {
    organisations::table
        .find(id)
        .filter(organisations::tenant_id.eq(tenant))
        .filter(organisations::kind.eq("partner"))
        .select(Organisation::as_select())
        .for_update()
        .first(conn)
}

/// A new partner; without a time zone of its own in the one given.
pub fn insert(
    conn: &mut PgConnection,
    (tenant, parent, time_zone): (Uuid, Uuid, &str),
    id: Uuid,
    new: &Details,
    now: DateTime<Utc>,
) -> QueryResult<()> {
    diesel::insert_into(organisations::table)
        .values((
            (organisations::id.eq(id), organisations::tenant_id.eq(tenant), organisations::parent_id.eq(parent)),
            organisations::kind.eq(OrganisationKind::Partner),
            (organisations::name.eq(&new.name), organisations::name_key.eq(name_key(&new.name))),
            (organisations::code.eq(&new.code), organisations::country.eq(&new.country)),
            organisations::time_zone.eq(new.time_zone.as_deref().unwrap_or(time_zone)),
            organisations::logo_url.eq(&new.logo_url),
            organisations::zuora_account_id.eq(&new.zuora_account_id),
            organisations::salesforce_account_id.eq(&new.salesforce_account_id),
            organisations::invoice_owner.eq(new.invoice_owner),
            (organisations::customer_count.eq(new.customer_count), organisations::properties.eq(&new.properties)),
            (organisations::created_at.eq(now), organisations::updated_at.eq(now)),
        ))
        .execute(conn)
        .map(drop)
}

/// A new partner of which nothing but the name is known, below the tenant's own organisation.
pub fn insert_bare(
    conn: &mut PgConnection,
    (tenant, time_zone): (Uuid, &str),
    id: Uuid,
    name: &str,
    now: DateTime<Utc>,
) -> QueryResult<()> {
    let host = organisations::table
        .filter(organisations::tenant_id.eq(tenant))
        .filter(organisations::kind.eq(OrganisationKind::Host))
        .select(organisations::id);
    let host: Option<Uuid> = host.first(conn).optional()?;
    diesel::insert_into(organisations::table)
        .values((
            (organisations::id.eq(id), organisations::tenant_id.eq(tenant), organisations::parent_id.eq(host)),
            organisations::kind.eq(OrganisationKind::Partner),
            (organisations::name.eq(name), organisations::name_key.eq(name_key(name))),
            organisations::time_zone.eq(time_zone),
            (organisations::created_at.eq(now), organisations::updated_at.eq(now)),
        ))
        .execute(conn)
        .map(drop)
}

/// Changes everything that can be changed.
pub fn set_details(conn: &mut PgConnection, id: Uuid, new: &Details, now: DateTime<Utc>) -> QueryResult<()> {
    diesel::update(organisations::table.find(id))
        .set((
            (organisations::name.eq(&new.name), organisations::name_key.eq(name_key(&new.name))),
            (organisations::code.eq(&new.code), organisations::country.eq(&new.country)),
            new.time_zone.as_ref().map(|zone| organisations::time_zone.eq(zone)),
            organisations::logo_url.eq(&new.logo_url),
            organisations::zuora_account_id.eq(&new.zuora_account_id),
            organisations::salesforce_account_id.eq(&new.salesforce_account_id),
            organisations::invoice_owner.eq(new.invoice_owner),
            (organisations::customer_count.eq(new.customer_count), organisations::properties.eq(&new.properties)),
            organisations::version.eq(organisations::version + 1),
            organisations::updated_at.eq(now),
        ))
        .execute(conn)
        .map(drop)
}

/// Changes the state of one that stays.
pub fn set_state(conn: &mut PgConnection, id: Uuid, state: State, now: DateTime<Utc>) -> QueryResult<()> {
    diesel::update(organisations::table.find(id))
        .set((
            organisations::state.eq(state),
            organisations::version.eq(organisations::version + 1),
            organisations::updated_at.eq(now),
        ))
        .execute(conn)
        .map(drop)
}

/// Puts some into the bin, with their people.
pub fn put_in_bin(conn: &mut PgConnection, ids: &[Uuid], now: DateTime<Utc>) -> QueryResult<usize> {
    diesel::update(organisations::table.filter(organisations::id.eq_any(ids)))
        .set((
            organisations::state_before_deletion.eq(organisations::state.nullable()),
            organisations::state.eq(State::Deleted),
            organisations::deleted_at.eq(Some(now)),
            organisations::version.eq(organisations::version + 1),
            organisations::updated_at.eq(now),
        ))
        .execute(conn)?;
    diesel::update(users::table.filter(users::organisation_id.eq_any(ids)).filter(users::removed_at.is_null()))
        .set((users::removed_at.eq(Some(now)), users::removed_with_organisation.eq(true)))
        .execute(conn)
}

/// Takes one out of the bin, with its people, except those whose address somebody else has by now.
/// Tells how many came back and how many did not.
pub fn take_from_bin(conn: &mut PgConnection, id: Uuid, now: DateTime<Utc>) -> QueryResult<(usize, usize)> {
    diesel::update(organisations::table.find(id))
        .set((
            organisations::state.eq(Piece::<diesel::sql_types::Text>::new("coalesce(state_before_deletion, 'active')")),
            organisations::state_before_deletion.eq(None::<String>),
            organisations::deleted_at.eq(None::<DateTime<Utc>>),
            organisations::version.eq(organisations::version + 1),
            organisations::updated_at.eq(now),
        ))
        .execute(conn)?;
    let taken = twins
        .filter(twins.field(users::tenant_id).eq(users::tenant_id))
        .filter(twins.field(users::email_key).eq(users::email_key))
        .filter(twins.field(users::removed_at).is_null());
    let back = diesel::update(
        users::table
            .filter(users::organisation_id.eq(id))
            .filter(users::removed_with_organisation)
            .filter(not(exists(taken))),
    )
    .set((users::removed_at.eq(None::<DateTime<Utc>>), users::removed_with_organisation.eq(false)))
    .execute(conn)?;
    // Those left out are removed for good: the flag would bring them back at the next restore.
    let left =
        diesel::update(users::table.filter(users::organisation_id.eq(id)).filter(users::removed_with_organisation))
            .set(users::removed_with_organisation.eq(false))
            .execute(conn)?;
    Ok((back, left))
}
