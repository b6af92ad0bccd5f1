//! How long a session lives, and who is behind one. Knows the table, not the cookie (that is `web/session.rs`).

use std::sync::Arc;

use chrono::{DateTime, Duration, Utc};
use diesel::Connection as _;
use diesel::pg::PgConnection;
use uuid::Uuid;

use super::principal::Principal;
use super::queries;
use crate::db::Fault;

/// From sign-in to the end, however busy.
pub const ABSOLUTE_HOURS: i64 = 12;
/// From the last request to the end.
pub const IDLE_MINUTES: i64 = 30;
/// How exactly the last request is known: reads write at most once in this time.
const TOUCH_SECONDS: i64 = 60;

/// Who sent a request, as far as its session cookie tells.
#[derive(Debug, Clone)]
pub enum Visitor {
    /// Signed in, active, in an active organisation.
    Known(Arc<Principal>),
    /// The session was good once and ran out; what this person had typed may be kept for them.
    Expired { user_id: Uuid },
    /// No session, or one that was ended on purpose.
    Anonymous,
}

/// Who is behind the session with this key hash, in one statement; notes the time of the visit now and then.
pub fn visitor(conn: &mut PgConnection, key_hash: &[u8], now: DateTime<Utc>) -> Result<Visitor, Fault> {
    let Some(found) = queries::session(conn, key_hash)? else { return Ok(Visitor::Anonymous) };
    if found.ended || !found.user_active || !found.organisation_active {
        return Ok(Visitor::Anonymous);
    }
    if is_over(found.created_at, found.last_seen_at, now) {
        return Ok(Visitor::Expired { user_id: found.principal.user.id });
    }
    let stale = now - Duration::seconds(TOUCH_SECONDS);
    if found.last_seen_at < stale {
        // A database that takes no writes still serves pages; the visit is then simply not noted.
        // In a (nested) transaction of its own, so that its failure spoils no other that may be open.
        drop(conn.transaction(|tx| queries::touch_session(tx, found.principal.session_id, (stale, now))));
    }
    Ok(Visitor::Known(Arc::new(found.principal)))
}

/// Whether a session that began and was last seen at these times is over.
pub fn is_over(created_at: DateTime<Utc>, last_seen_at: DateTime<Utc>, now: DateTime<Utc>) -> bool {
    now - created_at >= Duration::hours(ABSOLUTE_HOURS) || now - last_seen_at >= Duration::minutes(IDLE_MINUTES)
}
