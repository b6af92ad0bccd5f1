//! Diesel for the history. Inserts and reads; the table refuses anything else.

#![expect(clippy::ref_option_ref, reason = "Insertable makes them, which knows no better")]

use chrono::{DateTime, Utc};
use diesel::pg::PgConnection;
use diesel::prelude::*;
use uuid::Uuid;

use super::model::Verb;
use crate::db::kept::Short as _;
use crate::db::page::{Cursor, Paged};
use crate::db::schema::{audit_events, organisations};

/// A row to be written.
#[derive(Insertable)]
#[diesel(table_name = audit_events, treat_none_as_default_value = false)]
pub struct NewEvent<'a> {
    pub id: Uuid,
    pub tenant_id: Uuid,
    pub organisation_id: Option<Uuid>,
    pub at: DateTime<Utc>,
    pub actor_kind: &'a str,
    pub actor_id: Option<Uuid>,
    pub actor_name: &'a str,
    pub verb: &'a str,
    pub object_kind: &'a str,
    pub object_id: Option<Uuid>,
    pub object_name: &'a str,
    pub changes: serde_json::Value,
    pub request_id: Option<&'a str>,
}

/// A row as pages print it.
#[derive(Debug, Clone, Queryable, Selectable)]
#[diesel(table_name = audit_events, check_for_backend(diesel::pg::Pg))]
pub struct EventRow {
    pub id: Uuid,
    pub organisation_id: Option<Uuid>,
    pub at: DateTime<Utc>,
    pub actor_name: String,
    pub verb: Verb,
    pub object_kind: String,
    pub object_name: String,
    pub changes: serde_json::Value,
    /// The present name of the organisation on whose page it belongs.
    #[diesel(select_expression = organisations::name.nullable())]
    #[diesel(select_expression_type = diesel::dsl::Nullable<organisations::name>)]
    pub organisation_name: Option<String>,
}

/// Appends one event.
pub fn insert(conn: &mut PgConnection, event: &NewEvent<'_>) -> QueryResult<()> {
    diesel::insert_into(audit_events::table).values(event).execute(conn).map(drop)
}

/// Appends many, by COPY. For staff: PostgreSQL refuses it behind the second wall, where it would ask no policy.
pub fn insert_all(conn: &mut PgConnection, events: Vec<NewEvent<'_>>) -> QueryResult<()> {
    if events.is_empty() {
        return Ok(());
    }
    diesel::copy_from(audit_events::table).from_insertable(events).execute(conn).map(drop)
}

/// A page of the tenant's history, or of one organisation's, newest first.
pub fn list(
    conn: &mut PgConnection,
    tenant: Uuid,
    organisation: Option<Uuid>,
    from: Option<&Cursor>,
    size: usize,
) -> QueryResult<Paged<EventRow>> {
    let mut query = audit_events::table
        .left_join(organisations::table.on(audit_events::organisation_id.eq(organisations::id.nullable())))
        .filter(audit_events::tenant_id.eq(tenant))
        .select(EventRow::as_select())
        .into_boxed();
    if let Some(organisation) = organisation {
        query = query.filter(audit_events::organisation_id.eq(organisation));
    }
    query = match from {
        Some(cursor) if cursor.backwards => query.filter(audit_events::id.gt(cursor.id)).order(audit_events::id.asc()),
        Some(cursor) => query.filter(audit_events::id.lt(cursor.id)).order(audit_events::id.desc()),
        None => query.order(audit_events::id.desc()),
    };
    let rows = match organisation {
        Some(_) => query.limit(i64::try_from(size).unwrap_or(100) + 1).load(conn)?,
        None => query.page_of(size).load(conn)?,
    };
    Ok(Paged::new(rows, size, from, |row| (String::new(), row.id)))
}

/// The newest events of one object in an organisation's history.
pub fn of_object(
    conn: &mut PgConnection,
    organisation: Uuid,
    object_id: Uuid,
    limit: usize,
) -> QueryResult<Vec<EventRow>> {
    audit_events::table
        .left_join(organisations::table.on(audit_events::organisation_id.eq(organisations::id.nullable())))
        .filter(audit_events::object_id.eq(object_id))
        .filter(audit_events::organisation_id.eq(organisation))
        .select(EventRow::as_select())
        .order(audit_events::id.desc())
        .limit(i64::try_from(limit).unwrap_or(100))
        .load(conn)
}
