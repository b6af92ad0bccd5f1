//! How many items a large collection has, without counting a million rows for every page: counted once a minute, by one
//! at a time. Whoever asks meanwhile gets the number before.
//!
//! What is remembered belongs to one pool, since two databases may hold the same organisation.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use chrono::{DateTime, Duration, Utc};
use diesel::QueryResult;
use diesel::pg::PgConnection;
use uuid::Uuid;

use crate::secrets::sha256;

/// From here on a count is remembered instead of repeated.
const LARGE: i64 = 10_000;
const REMEMBERED_SECONDS: i64 = 60;
/// How long one may count before another does.
const COUNTING_SECONDS: i64 = 5;
/// Counts that are kept; beyond, all are forgotten and begin anew.
const MOST: usize = 10_000;

/// What is counted, and for whom.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Whose {
    tenant: Uuid,
    organisation: Uuid,
    /// Of the texts that say what is counted, which may be long.
    hash: Vec<u8>,
}

impl Whose {
    /// For this tenant and organisation, by texts that tell it from everything else that is counted.
    pub fn of((tenant, organisation): (Uuid, Uuid), what: &[&str]) -> Self {
        Self { tenant, organisation, hash: sha256(&what.join("\0")) }
    }
}

/// A number, and when it is counted again.
#[derive(Debug, Clone, Copy)]
struct Known {
    total: i64,
    until: DateTime<Utc>,
}

/// The counts of one database. Each process has its own.
#[derive(Debug, Clone, Default)]
pub struct Totals(Arc<Mutex<HashMap<Whose, Known>>>);

impl Totals {
    /// The remembered count, or a fresh one.
    pub fn remembered(
        &self,
        conn: &mut PgConnection,
        whose: Whose,
        now: DateTime<Utc>,
        count: impl FnOnce(&mut PgConnection) -> QueryResult<i64>,
    ) -> QueryResult<i64> {
        if let Some(total) = self.known(&whose, now) {
            return Ok(total);
        }
        let total = count(conn)?;
        let mut counts = self.counts();
        if total < LARGE {
            counts.remove(&whose);
        } else {
            if counts.len() >= MOST {
                counts.clear();
            }
            counts.insert(whose, Known { total, until: now + Duration::seconds(REMEMBERED_SECONDS) });
        }
        Ok(total)
    }

    /// What need not be counted now. The first who comes when it is time again gets nothing and counts.
    fn known(&self, whose: &Whose, now: DateTime<Utc>) -> Option<i64> {
        let mut counts = self.counts();
        let known = counts.get_mut(whose)?;
        // A clock that was set back must not keep a number for ever.
        let far = now + Duration::seconds(REMEMBERED_SECONDS);
        if known.until > now && known.until <= far {
            return Some(known.total);
        }
        known.until = now + Duration::seconds(COUNTING_SECONDS);
        None
    }

    fn counts(&self) -> MutexGuard<'_, HashMap<Whose, Known>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
