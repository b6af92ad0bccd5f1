//! How many partners a tenant has, without counting a million rows for every page.
//!
//! A small number is counted each time; a large one is remembered for a minute and said to be *about* that. It is
//! counted by one request while the others get the number before, and the first page after a start is not kept waiting.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

use chrono::{DateTime, Duration, Utc};
use diesel::pg::PgConnection;
use diesel::prelude::*;
use diesel::sql_types::{BigInt, Json, Text, Uuid as SqlUuid};
use uuid::Uuid;

use super::model::State;
use crate::db::schema::organisations;

/// From here on a count is remembered instead of repeated.
const LARGE: i64 = 500;
const REMEMBERED_SECONDS: i64 = 60;
/// How long one may count before another does, and how long an estimate stands.
const COUNTING_SECONDS: i64 = 5;
/// Partners in one state that are counted while somebody waits for a first page.
const AT_ONCE: i64 = 10_000;

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

/// Counts, and when they are made anew.
#[derive(Debug, Clone, Copy)]
struct Known {
    counts: Counts,
    until: DateTime<Utc>,
}

/// Remembered counts of large tenants. Each process has its own; it is hardly more than a minute behind.
#[derive(Debug, Default)]
pub struct CountCache(Mutex<HashMap<Uuid, Known>>);

/// What is to be done about a tenant's counts.
enum Standing {
    Known(Counts),
    /// It is time again, and this is whose turn it is; with the number before.
    Due(Counts),
    Unknown,
}

impl CountCache {
    /// The tenant's counts, remembered or fresh.
    pub fn get(&self, conn: &mut PgConnection, tenant: Uuid, now: DateTime<Utc>) -> QueryResult<Counts> {
        let (counts, seconds) = match self.standing(tenant, now) {
            Standing::Known(counts) => return Ok(counts),
            // Nobody goes without a page because a number could not be had in time.
            // In a (nested) transaction of its own, so that its failure spoils no other that may be open.
            Standing::Due(before) => (conn.transaction(|tx| counted(tx, tenant)).unwrap_or(before), REMEMBERED_SECONDS),
            Standing::Unknown => match counted_at_once(conn, tenant)? {
                (counts, true) => (counts, REMEMBERED_SECONDS),
                (counts, false) => (counts, COUNTING_SECONDS),
            },
        };
        let until = now + Duration::seconds(seconds);
        let mut known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if counts.all() + counts.deleted >= LARGE {
            known.insert(tenant, Known { counts, until });
        } else {
            known.remove(&tenant);
        }
        Ok(counts)
    }

    /// The first who comes when it is time again counts; the others go on with the number before.
    fn standing(&self, tenant: Uuid, now: DateTime<Utc>) -> Standing {
        let mut all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let Some(known) = all.get_mut(&tenant) else { return Standing::Unknown };
        // A clock that was set back must not keep a number for ever.
        if now < known.until && known.until <= now + Duration::seconds(REMEMBERED_SECONDS) {
            return Standing::Known(known.counts);
        }
        known.until = now + Duration::seconds(COUNTING_SECONDS);
        Standing::Due(known.counts)
    }
}

impl Counts {
    fn of(numbers: impl IntoIterator<Item = (State, i64)>) -> Self {
        let mut counts = Self::default();
        for (state, number) in numbers {
            match state {
                State::Active => counts.active = number,
                State::Suspended => counts.suspended = number,
                State::Deleted => counts.deleted = number,
            }
        }
        counts
    }
}

/// All of them, however long that takes.
fn counted(conn: &mut PgConnection, tenant: Uuid) -> QueryResult<Counts> {
    let numbers: Vec<(State, i64)> = organisations::table
        .filter(organisations::tenant_id.eq(tenant))
        .filter(organisations::kind.eq("partner"))
        .group_by(organisations::state)
        .select((organisations::state, diesel::dsl::count_star()))
        .load(conn)?;
    Ok(Counts::of(numbers))
}

/// All of them, if that takes a moment; of what is more, PostgreSQL's estimate. True when the numbers are exact.
fn counted_at_once(conn: &mut PgConnection, tenant: Uuid) -> QueryResult<(Counts, bool)> {
    #[derive(QueryableByName)]
    struct Few {
        #[diesel(sql_type = Text)]
        state: State,
        #[diesel(sql_type = BigInt)]
        number: i64,
    }
    let text = "SELECT states.state, (SELECT count(*) FROM (SELECT FROM organisations o \
        WHERE o.tenant_id = $1 AND o.kind = 'partner' AND o.state = states.state LIMIT $2) AS these) AS number \
        FROM (VALUES ('active'), ('suspended'), ('deleted')) AS states (state)";
    let mut few: Vec<Few> =
        diesel::sql_query(text).bind::<SqlUuid, _>(tenant).bind::<BigInt, _>(AT_ONCE + 1).load(conn)?;
    let mut exact = true;
    for many in few.iter_mut().filter(|one| one.number > AT_ONCE) {
        many.number = many.number.max(estimated(conn, tenant, many.state)?);
        exact = false;
    }
    Ok((Counts::of(few.into_iter().map(|one| (one.state, one.number))), exact))
}

/// What PostgreSQL expects by its statistics.
fn estimated(conn: &mut PgConnection, tenant: Uuid, state: State) -> QueryResult<i64> {
    #[derive(QueryableByName)]
    struct Plan {
        #[diesel(sql_type = Json, column_name = "QUERY PLAN")]
        plan: serde_json::Value,
    }
    let text =
        "EXPLAIN (FORMAT JSON) SELECT FROM organisations WHERE tenant_id = $1 AND kind = 'partner' AND state = $2";
    let found: Plan = diesel::sql_query(text).bind::<SqlUuid, _>(tenant).bind::<Text, _>(state).get_result(conn)?;
    Ok(found.plan.pointer("/0/Plan/Plan Rows").and_then(serde_json::Value::as_i64).unwrap_or_default())
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
    fn one_counts_again_after_a_minute_while_the_others_get_the_number_before() {
        let (cache, tenant, now) = (CountCache::default(), Uuid::nil(), DateTime::UNIX_EPOCH);
        assert!(matches!(cache.standing(tenant, now), Standing::Unknown));
        let counts = Counts { active: 1_000, ..Counts::default() };
        let until = now + Duration::seconds(REMEMBERED_SECONDS);
        let old = Known { counts, until };
        cache.0.lock().unwrap_or_else(PoisonError::into_inner).insert(tenant, old);
        assert!(matches!(cache.standing(tenant, now), Standing::Known(_)));
        assert!(matches!(cache.standing(tenant, until), Standing::Due(_)));
        assert!(matches!(cache.standing(tenant, until), Standing::Known(_)));
        assert!(matches!(cache.standing(tenant, until + Duration::seconds(COUNTING_SECONDS)), Standing::Due(_)));
        assert!(matches!(cache.standing(tenant, now - Duration::days(1)), Standing::Due(_)));
    }

    #[test]
    fn a_large_count_is_said_to_be_about_right() {
        assert_eq!([0, 43, 499, 1_000_000].map(words), ["0", "43", "499", "about 1,000,000"]);
    }
}
