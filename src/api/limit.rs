//! Limits in a sliding minute, exact at its edge and the same across instances: the moments of the last minute's calls,
//! numbered within their bucket. What counting does is a function of the database, since it takes several statements
//! that only make sense behind one lock.

use chrono::{DateTime, Utc};
use diesel::pg::PgConnection;
use diesel::sql_types::{BigInt, Bool};
use diesel::{QueryResult, QueryableByName, RunQueryDsl as _};

use crate::db::kept::{Given, Kept};

/// How many calls in a minute. The defaults are the product's; an installation may set others (`config.rs`).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// Of a tenant, on the whole API.
    pub calls: i32,
    /// Of a credential, on seed 004's three reads.
    pub invitation_reads: i32,
    /// Failed authentications of one address.
    pub failures: i32,
    /// Sign-ins begun by one address.
    pub sign_ins: i32,
}

impl Default for Limits {
    fn default() -> Self {
        Self { calls: 2_000, invitation_reads: 50, failures: 30, sign_ins: 3_000 }
    }
}

const MINUTE_MICROS: i64 = 60_000_000;

/// What a call was counted as.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Count {
    pub limit: i32,
    /// Calls left in this minute; negative never.
    pub remaining: i32,
    /// Seconds until the oldest counted call leaves the minute.
    pub reset: u64,
    /// Whether this call was one too many, and was not counted.
    pub over: bool,
}

impl Count {
    /// While nothing can be counted.
    pub fn not_taken(limit: i32) -> Self {
        Self { limit, remaining: 0, reset: 60, over: false }
    }
}

#[derive(QueryableByName)]
struct Window {
    #[diesel(sql_type = BigInt)]
    used: i64,
    #[diesel(sql_type = BigInt)]
    oldest_micros: i64,
    #[diesel(sql_type = Bool)]
    is_over: bool,
}

/// Counts a call in a bucket, unless it is full. Concurrent calls of one bucket wait for each other's row.
pub fn count(tx: &mut PgConnection, bucket: &str, limit: i32, now: DateTime<Utc>) -> QueryResult<Count> {
    let micros = now.timestamp_micros();
    let given = vec![Given::Text(bucket.to_owned()), Given::Number(limit.into()), Given::Number(micros)];
    let text = "SELECT used, oldest_micros, is_over FROM count_call($1, $2, $3)";
    let window: Window = Kept::new(text.to_owned(), given).get_result(tx)?;
    let remaining = i32::try_from(i64::from(limit) - window.used).unwrap_or_default().max(0);
    Ok(Count { limit, remaining, reset: until(window.oldest_micros, micros), over: window.is_over })
}

fn until(oldest: i64, now: i64) -> u64 {
    u64::try_from((oldest + MINUTE_MICROS - now).max(0)).unwrap_or_default().div_ceil(1_000_000).max(1)
}
