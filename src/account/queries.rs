//! Diesel for one's own sessions.

use chrono::{DateTime, Duration, Utc};
use diesel::pg::PgConnection;
use diesel::prelude::*;
use uuid::Uuid;

use crate::access::session::{ABSOLUTE_HOURS, IDLE_MINUTES};
use crate::db::schema::sessions;

/// A session as its owner sees it.
#[derive(Debug, Clone, Queryable, Selectable)]
#[diesel(table_name = sessions, check_for_backend(diesel::pg::Pg))]
pub struct OwnSession {
    pub id: Uuid,
    pub provider: String,
    pub device: String,
    pub created_at: DateTime<Utc>,
    pub last_seen_at: DateTime<Utc>,
}

/// The sessions of a user that are not over, last seen first; fifty at most.
pub fn live(conn: &mut PgConnection, user: Uuid, now: DateTime<Utc>) -> QueryResult<Vec<OwnSession>> {
    sessions::table
        .filter(sessions::user_id.eq(user))
        .filter(sessions::ended_at.is_null())
        .filter(sessions::last_seen_at.gt(now - Duration::minutes(IDLE_MINUTES)))
        .filter(sessions::created_at.gt(now - Duration::hours(ABSOLUTE_HOURS)))
        .order(sessions::last_seen_at.desc())
        .limit(50)
        .select(OwnSession::as_select())
        .load(conn)
}
