//! Limits in a sliding minute, exact at its edge and the same across instances: the moments of the last minute's calls,
//! in one row for each bucket.

use chrono::{DateTime, Utc};
use diesel::pg::PgConnection;
use diesel::sql_types::{BigInt, Integer, Text};
use diesel::{OptionalExtension as _, QueryResult, QueryableByName, RunQueryDsl as _, sql_query};

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

#[derive(QueryableByName)]
struct Window {
    #[diesel(sql_type = Integer)]
    used: i32,
    #[diesel(sql_type = BigInt)]
    oldest: i64,
}

/// Counts a call in a bucket, unless it is full. Concurrent calls of one bucket wait for each other's row.
pub fn count(tx: &mut PgConnection, bucket: &str, limit: i32, now: DateTime<Utc>) -> QueryResult<Count> {
    let micros = now.timestamp_micros();
    let counted = sql_query(COUNT)
        .bind::<Text, _>(bucket)
        .bind::<BigInt, _>(micros)
        .bind::<BigInt, _>(micros - MINUTE_MICROS)
        .bind::<Integer, _>(limit)
        .get_result::<Window>(tx)
        .optional()?;
    if let Some(window) = counted {
        return Ok(Count { limit, remaining: limit - window.used, reset: until(window.oldest, micros), over: false });
    }
    let full =
        sql_query(LOOK).bind::<Text, _>(bucket).bind::<BigInt, _>(micros - MINUTE_MICROS).get_result::<Window>(tx)?;
    Ok(Count { limit, remaining: 0, reset: until(full.oldest, micros), over: true })
}

fn until(oldest: i64, now: i64) -> u64 {
    u64::try_from((oldest + MINUTE_MICROS - now).max(0)).unwrap_or_default().div_ceil(1_000_000).max(1)
}

const COUNT: &str = "
INSERT INTO api_calls AS c (bucket, at_micros) VALUES ($1, ARRAY[$2::bigint])
ON CONFLICT (bucket) DO UPDATE
    SET at_micros = (SELECT coalesce(array_agg(a ORDER BY a), '{}') FROM unnest(c.at_micros) a WHERE a > $3::bigint) || $2::bigint
    WHERE (SELECT count(*) FROM unnest(c.at_micros) a WHERE a > $3::bigint) < $4::integer
RETURNING cardinality(c.at_micros) AS used, c.at_micros[1] AS oldest";

const LOOK: &str = "
SELECT count(a)::integer AS used, coalesce(min(a), $2) AS oldest
FROM (SELECT unnest(at_micros) AS a FROM api_calls WHERE bucket = $1) AS calls WHERE a > $2";
