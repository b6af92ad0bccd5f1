//! How many partners a tenant has, without counting a million rows for every page.
//!
//! A small number is counted each time; a large one is remembered for a minute and said to be *about* that.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

use chrono::{DateTime, Duration, Utc};
use diesel::pg::PgConnection;
use diesel::prelude::*;
use uuid::Uuid;

use super::model::State;
use super::queries;

/// From here on a count is remembered instead of repeated.
const LARGE: i64 = 500;
const REMEMBERED_SECONDS: i64 = 60;

/// Partners of a tenant by state.
#[derive(Debug, Clone, Copy, Default)]
pub struct Counts {
    pub active: i64,
    pub suspended: i64,
    pub deleted: i64,
}

impl Counts {
    pub const fn all(self) -> i64 {
        self.active + self.suspended
    }
}

/// Remembered counts of large tenants. Each process has its own; it is never more than a minute behind.
#[derive(Debug, Default)]
pub struct CountCache(Mutex<HashMap<Uuid, (DateTime<Utc>, Counts)>>);

impl CountCache {
    /// The tenant's counts, remembered or fresh.
    pub fn get(&self, conn: &mut PgConnection, tenant: Uuid, now: DateTime<Utc>) -> QueryResult<Counts> {
        let known = self.0.lock().unwrap_or_else(PoisonError::into_inner).get(&tenant).copied();
        if let Some((at, counts)) = known
            && now - at < Duration::seconds(REMEMBERED_SECONDS)
        {
            return Ok(counts);
        }
        let counts = fresh(conn, tenant)?;
        if counts.all() + counts.deleted >= LARGE {
            self.0.lock().unwrap_or_else(PoisonError::into_inner).insert(tenant, (now, counts));
        }
        Ok(counts)
    }
}

fn fresh(conn: &mut PgConnection, tenant: Uuid) -> QueryResult<Counts> {
    let mut counts = Counts::default();
    for (state, number) in queries::counts(conn, tenant)? {
        match state {
            State::Active => counts.active = number,
            State::Suspended => counts.suspended = number,
            State::Deleted => counts.deleted = number,
        }
    }
    Ok(counts)
}

/// A count as people read it: exact when small, *about* when it may be a minute old.
pub fn words(number: i64) -> String {
    let grouped = crate::web::numbers::grouped(number.unsigned_abs());
    if number >= LARGE { format!("about {grouped}") } else { grouped }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_large_count_is_said_to_be_about_right() {
        assert_eq!([0, 43, 499, 1_000_000].map(words), ["0", "43", "499", "about 1,000,000"]);
    }
}
