//! Diesel for what an organisation may, and for what goes with it when it may not any more.

use chrono::{DateTime, Utc};
use diesel::pg::PgConnection;
use diesel::prelude::*;
use uuid::Uuid;

use super::model::Application;
use crate::db::schema::{audit_events, organisations, sessions, users};

/// Gives or takes one application.
pub fn set_access(
    conn: &mut PgConnection,
    id: Uuid,
    (what, on): (Application, bool),
    now: DateTime<Utc>,
) -> QueryResult<()> {
    let changed = (organisations::version.eq(organisations::version + 1), organisations::updated_at.eq(now));
    let row = diesel::update(organisations::table.find(id));
    let done = match what {
        Application::Shop => row.set((organisations::shop_access.eq(on), changed)).execute(conn),
        Application::SelfService => row.set((organisations::self_service_access.eq(on), changed)).execute(conn),
    };
    done.map(drop)
}

/// What goes with an organisation: people signed in right now, and entries of its history.
pub fn toll(conn: &mut PgConnection, id: Uuid, seen_since: DateTime<Utc>) -> QueryResult<(i64, i64)> {
    let signed_in = sessions::table
        .inner_join(users::table)
        .filter(users::organisation_id.eq(id))
        .filter(sessions::ended_at.is_null())
        .filter(sessions::last_seen_at.gt(seen_since))
        .select(diesel::dsl::count(users::id).aggregate_distinct())
        .first(conn)?;
    let history = audit_events::table.filter(audit_events::organisation_id.eq(id)).count().get_result(conn)?;
    Ok((signed_in, history))
}
