//! An import as a whole: the partners that one file brought, and taking them back. What a row is worth is decided in
//! `import.rs`. Every statement is scoped by tenant.

use chrono::{DateTime, Utc};
use diesel::pg::PgConnection;
use diesel::prelude::*;
use uuid::Uuid;

use super::actions::Refusal;
use super::import::{self, Row, RowFault, Target};
use super::model::State;
use super::queries::{self, OrganisationRow};
use crate::access::{Actor, WritePartners};
use crate::audit::{self, Event, Object, Verb};
use crate::db::Fault;
use crate::db::page::{Cursor, Paged};
use crate::db::schema::{organisation_imports, organisations, users};

/// An import that was made.
#[derive(Debug, Clone, Queryable)]
pub struct Import {
    pub id: Uuid,
    pub by: String,
    /// Partners that it created.
    pub size: i32,
    pub created_at: DateTime<Utc>,
    pub undone_at: Option<DateTime<Utc>>,
}

/// Creates the partners of some rows as an import of this id; whose name or code is taken comes back. More rows can be
/// added to it by calling this again, until somebody takes it back.
///
/// # Errors
/// When the database fails, or whoever imports is no longer who they were.
pub fn add(
    tx: &mut PgConnection,
    (target, who): (&Target, &Actor<WritePartners>),
    (id, now): (Uuid, DateTime<Utc>),
    rows: &[Row],
) -> Result<Vec<RowFault>, Fault> {
    let new = diesel::insert_into(organisation_imports::table)
        .values((
            organisation_imports::id.eq(id),
            organisation_imports::tenant_id.eq(target.tenant),
            organisation_imports::imported_by.eq(who.user.id),
            organisation_imports::size.eq(0),
            organisation_imports::created_at.eq(now),
        ))
        .on_conflict_do_nothing()
        .execute(tx)?;
    // Whoever takes it back waits for these rows; those that come after that are not wanted any more.
    let undone: Option<DateTime<Utc>> =
        organisation_imports::table.find(id).select(organisation_imports::undone_at).for_update().first(tx)?;
    if undone.is_some() {
        return Ok(rows.iter().map(not_wanted).collect());
    }
    let target = Target { import: Some(id), ..target.clone() };
    let refused = import::save(tx, &target, now, rows)?;
    let size = i32::try_from(rows.len() - refused.len()).unwrap_or(i32::MAX);
    let import = organisation_imports::table.find(id);
    if size > 0 {
        let whole = organisation_imports::size + size;
        diesel::update(import).set(organisation_imports::size.eq(whole)).execute(tx)?;
    } else if new > 0 {
        diesel::delete(import).execute(tx)?;
    }
    Ok(refused)
}

fn not_wanted(row: &Row) -> RowFault {
    let message = "The import was taken back before this row was reached.".into();
    RowFault { row: row.row, column: "", code: "undone", message }
}

/// As [`add`], all of an import at once.
///
/// # Errors
/// Refused with the reasons when no row can be created: there is no import then.
pub fn make(
    tx: &mut PgConnection,
    by: (&Target, &Actor<WritePartners>),
    at: (Uuid, DateTime<Utc>),
    rows: &[Row],
) -> Result<Vec<RowFault>, Fault<Vec<RowFault>>> {
    let refused = add(tx, by, at, rows).map_err(|fault| fault.map_refusal(|never| match never {}))?;
    if refused.len() == rows.len() { Err(Fault::Refused(refused)) } else { Ok(refused) }
}

/// An import of the tenant.
pub fn find(conn: &mut PgConnection, tenant: Uuid, id: Uuid) -> QueryResult<Import> {
    organisation_imports::table
        .inner_join(users::table)
        .filter(organisation_imports::id.eq(id))
        .filter(organisation_imports::tenant_id.eq(tenant))
        .select((
            organisation_imports::id,
            users::name,
            organisation_imports::size,
            organisation_imports::created_at,
            organisation_imports::undone_at,
        ))
        .first(conn)
}

/// A page of what an import created, in the order of the file.
pub fn partners(
    conn: &mut PgConnection,
    tenant: Uuid,
    id: Uuid,
    from: Option<&Cursor>,
    size: usize,
) -> QueryResult<Paged<OrganisationRow>> {
    let mut query = organisations::table
        .filter(organisations::import_id.eq(id))
        .filter(organisations::tenant_id.eq(tenant))
        .into_boxed();
    let backwards = from.is_some_and(|cursor| cursor.backwards);
    query = match (from, backwards) {
        (Some(cursor), false) => query.filter(organisations::id.gt(cursor.id)),
        (Some(cursor), true) => query.filter(organisations::id.lt(cursor.id)),
        (None, _) => query,
    };
    let query = if backwards { query.order(organisations::id.desc()) } else { query.order(organisations::id.asc()) };
    let rows = query.limit(i64::try_from(size).unwrap_or(100) + 1).select(OrganisationRow::as_select()).load(conn)?;
    Ok(Paged::new(rows, size, from, |row| (String::new(), row.id)))
}

/// How many of an import's partners can be taken back: those that nobody has been let into.
pub fn untouched(conn: &mut PgConnection, tenant: Uuid, id: Uuid) -> QueryResult<i64> {
    organisations::table
        .filter(organisations::import_id.eq(id))
        .filter(organisations::tenant_id.eq(tenant))
        .filter(organisations::state.ne(State::Deleted))
        .filter(organisations::user_count.eq(0))
        .count()
        .get_result(conn)
}

/// What taking back came to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Undone {
    pub deleted: usize,
    /// They have people by now, so they stay.
    pub stay: i64,
}

/// Puts the partners of an import into the bin, but for those that have people. Doing it twice changes nothing.
///
/// # Errors
/// When the tenant has no such import.
pub fn undo(
    tx: &mut PgConnection,
    who: &Actor<WritePartners>,
    now: DateTime<Utc>,
    id: Uuid,
) -> Result<Undone, Fault<Refusal>> {
    let tenant = who.tenant.id;
    let import = organisation_imports::table
        .find(id)
        .filter(organisation_imports::tenant_id.eq(tenant))
        .select(organisation_imports::id)
        .for_update();
    let found: Option<Uuid> = import.first(tx).optional()?;
    found.ok_or(Fault::Refused(Refusal::Gone))?;
    crate::access::queries::still_stands(tx, who)?;
    let deleted = lock_untouched(tx, tenant, id)?;
    let ids: Vec<Uuid> = deleted.iter().map(|(id, _)| *id).collect();
    queries::put_in_bin(tx, &ids, now)?;
    let events: Vec<Event> = deleted.iter().map(|(id, name)| event(*id, name)).collect();
    audit::record_all(tx, tenant, Some(who), now, &events)?;
    diesel::update(organisation_imports::table.find(id))
        .set(organisation_imports::undone_at.eq(Some(now)))
        .execute(tx)?;
    let stay = organisations::table
        .filter(organisations::import_id.eq(id))
        .filter(organisations::state.ne(State::Deleted))
        .count()
        .get_result(tx)?;
    Ok(Undone { deleted: deleted.len(), stay })
}

fn event(id: Uuid, name: &str) -> Event {
    let object = Object::Organisation(id);
    Event { verb: Verb::Delete, object, object_name: name.into(), organisation_id: Some(id), changes: Vec::new() }
}

/// The partners of an import that nobody has been let into; they stay so until the transaction ends.
fn lock_untouched(tx: &mut PgConnection, tenant: Uuid, import: Uuid) -> QueryResult<Vec<(Uuid, String)>> {
    organisations::table
        .filter(organisations::import_id.eq(import))
        .filter(organisations::tenant_id.eq(tenant))
        .filter(organisations::state.ne(State::Deleted))
        .filter(organisations::user_count.eq(0))
        .select((organisations::id, organisations::name))
        .for_update()
        .load(tx)
}
