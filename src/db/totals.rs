//! How many items a large collection has, without counting a million rows for every page: counted once a minute.
//!
//! What is remembered belongs to one pool, since two databases may hold the same organisation.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use chrono::{DateTime, Duration, Utc};
use diesel::QueryResult;
use diesel::pg::PgConnection;
use uuid::Uuid;

/// From here on a count is remembered instead of repeated.
const LARGE: i64 = 10_000;
const REMEMBERED_SECONDS: i64 = 60;
/// Counts that are kept; beyond, all are forgotten and begin anew.
const MOST: usize = 10_000;

/// A collection, by its scope's text, and whose.
type Whose = (&'static str, Uuid, Uuid);
type Counts = HashMap<Whose, (DateTime<Utc>, i64)>;

/// The counts of one database. Each process has its own; none is more than a minute behind.
#[derive(Debug, Clone, Default)]
pub struct Totals(Arc<Mutex<Counts>>);

impl Totals {
    /// The remembered count, or a fresh one.
    pub fn remembered(
        &self,
        conn: &mut PgConnection,
        whose: Whose,
        now: DateTime<Utc>,
        count: impl FnOnce(&mut PgConnection) -> QueryResult<i64>,
    ) -> QueryResult<i64> {
        let known = self.0.lock().unwrap_or_else(PoisonError::into_inner).get(&whose).copied();
        if let Some((at, total)) = known
            && (now - at).abs() < Duration::seconds(REMEMBERED_SECONDS)
        {
            return Ok(total);
        }
        let total = count(conn)?;
        if total >= LARGE {
            let mut counts = self.0.lock().unwrap_or_else(PoisonError::into_inner);
            if counts.len() >= MOST {
                counts.clear();
            }
            counts.insert(whose, (now, total));
        }
        Ok(total)
    }
}
