//! How the outbox is doing, for whoever watches the installation: numbers over all tenants, and no names.

use chrono::{DateTime, Duration, Utc};
use diesel::pg::PgConnection;
use diesel::prelude::*;
use diesel::sql_types::{BigInt, Nullable, Timestamptz};
use serde::Serialize;

use crate::restored;

/// A mail that waits longer than this while it could leave means that nobody works the outbox.
const BEHIND_AFTER: Duration = Duration::minutes(5);

/// What `/health/worker` tells.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Health {
    /// `working`, `behind` when mail waits that could have left, or `unconfigured` without a mail server.
    pub status: &'static str,
    /// Mails that are due.
    pub waiting: i64,
    pub oldest_waiting_seconds: Option<i64>,
    /// Mails that are tried again later.
    pub deferred: i64,
    pub failed_last_day: i64,
    /// Mails that are held since a backup was restored.
    pub held: i64,
    pub restored_at: Option<DateTime<Utc>>,
    /// To the minute.
    pub last_sent_at: Option<DateTime<Utc>>,
}

#[derive(QueryableByName)]
struct Row {
    #[diesel(sql_type = BigInt)]
    waiting: i64,
    #[diesel(sql_type = Nullable<Timestamptz>)]
    oldest: Option<DateTime<Utc>>,
    #[diesel(sql_type = BigInt)]
    deferred: i64,
    #[diesel(sql_type = BigInt)]
    failed: i64,
    #[diesel(sql_type = Nullable<Timestamptz>)]
    sent: Option<DateTime<Utc>>,
}

/// Each part is answered by a partial index of its own.
const FIGURES: &str = "
SELECT
    (SELECT count(*) FROM mails WHERE state IN ('queued', 'deferred') AND due_at <= $1) AS waiting,
    (SELECT min(due_at) FROM mails WHERE state IN ('queued', 'deferred') AND due_at <= $1) AS oldest,
    (SELECT count(*) FROM mails WHERE state IN ('queued', 'deferred') AND state = 'deferred') AS deferred,
    (SELECT count(*) FROM mails WHERE state = 'failed' AND updated_at > $1 - interval '1 day') AS failed,
    (SELECT date_trunc('minute', max(sent_at)) FROM mails WHERE sent_at IS NOT NULL) AS sent";

/// The figures at this moment.
pub fn health(conn: &mut PgConnection, configured: bool, now: DateTime<Utc>) -> QueryResult<Health> {
    let row: Row = diesel::sql_query(FIGURES).bind::<Timestamptz, _>(now).get_result(conn)?;
    let behind = row.oldest.is_some_and(|oldest| now - oldest > BEHIND_AFTER);
    let restored = restored::standing(conn)?;
    Ok(Health {
        status: if !configured {
            "unconfigured"
        } else if behind {
            "behind"
        } else {
            "working"
        },
        waiting: row.waiting,
        oldest_waiting_seconds: row.oldest.map(|oldest| (now - oldest).num_seconds()),
        deferred: row.deferred,
        failed_last_day: row.failed,
        held: restored.held,
        restored_at: restored.restored_at,
        last_sent_at: row.sent,
    })
}
