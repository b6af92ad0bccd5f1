//! Reads by a streaming replica: which reads may go there, and how far behind it may be.
//!
//! A watcher asks the primary how far its log is and the replica how far it has replayed. What the replica holds is
//! thereby known to be no older than a moment; while that moment is not longer ago than [`STALE_AT_MOST`], it is read.
//! Nothing here trusts a clock of another machine, and a watcher that hangs makes the proof grow old by itself.

use std::collections::VecDeque;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Weak};
use std::time::{Duration, Instant};

use diesel::pg::PgConnection;
use diesel::sql_types::{Nullable, Text};
use diesel::{Connection as _, QueryableByName, RunQueryDsl as _, sql_query};
use tokio::sync::Semaphore;

use super::manager::{Manager, with_network_limits};
use super::wall::Opening;
use super::{Fault, Reach};

/// How old what is read may be.
pub const STALE_AT_MOST: Duration = Duration::from_secs(5);
/// How often the watcher looks.
const LOOK: Duration = Duration::from_millis(500);
/// What the replica does not answer within this, the primary does.
const PATIENCE: Duration = Duration::from_secs(1);
/// Moments of the primary that the watcher remembers.
const MOMENTS: usize = 60;

/// What a reader can live with.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Freshness {
    /// Everything that was ever acknowledged, such as what this reader wrote a moment ago.
    Newest,
    /// Anything not older than [`STALE_AT_MOST`].
    MayLag,
}

/// The replica's connections, and how near it is known to be.
pub(super) struct Replica {
    pool: r2d2::Pool<Manager>,
    turns: Arc<Semaphore>,
    began: Instant,
    /// Milliseconds after `began`: what was committed before is there. 0 while nothing is known.
    proven: AtomicU64,
}

impl Replica {
    /// A replica with a watcher that ends with it.
    pub(super) fn watched(url: &str, way: Reach<'_>) -> Arc<Self> {
        let replica = Arc::new(Self {
            pool: super::pool(url, way),
            turns: Arc::new(Semaphore::new(way.size as usize)),
            began: Instant::now(),
            proven: AtomicU64::new(0),
        });
        let (watched, primary, url) =
            (Arc::downgrade(&replica), with_network_limits(way.url), with_network_limits(url));
        std::thread::spawn(move || watch(&watched, &primary, &url));
        replica
    }

    pub(super) fn is_near(&self) -> bool {
        let proven = self.proven.load(Ordering::Relaxed);
        proven > 0 && self.began.elapsed().saturating_sub(Duration::from_millis(proven)) <= STALE_AT_MOST
    }

    /// What `work` reads there. None when the replica is too far behind, busy, silent or in error: then nobody waits
    /// for it until it has been proven near again.
    pub(super) async fn read<T, R, F>(self: &Arc<Self>, opening: Opening, work: Arc<F>) -> Option<T>
    where
        F: Fn(&mut PgConnection) -> Result<T, Fault<R>> + Send + Sync + 'static,
        T: Send + 'static,
        R: Send + 'static,
    {
        if !self.is_near() {
            return None;
        }
        let turn = Arc::clone(&self.turns).try_acquire_owned().ok()?;
        let pool = self.pool.clone();
        let call = tokio::task::spawn_blocking(move || {
            let _turn = turn;
            let mut conn = pool.get().ok()?;
            let answer = opening.read(&mut conn, work.as_ref());
            conn.lost = answer.is_err();
            answer.ok()
        });
        let answer = tokio::time::timeout(PATIENCE, call).await.ok().and_then(Result::ok).flatten();
        if answer.is_none() {
            self.proven.store(0, Ordering::Relaxed);
            tracing::warn!("the replica did not answer; the primary does");
        }
        answer
    }
}

/// Looks until the replica is dropped.
fn watch(watched: &Weak<Replica>, primary: &str, url: &str) {
    let (mut here, mut there) = (None, None);
    let mut moments = VecDeque::with_capacity(MOMENTS);
    while let Some(replica) = watched.upgrade() {
        let now = replica.began.elapsed();
        if let Some(at) = position(&mut here, primary, "SELECT pg_current_wal_lsn()::text AS at") {
            moments.truncate(MOMENTS - 1);
            moments.push_front((now, at));
        }
        // A replica that was promoted replays nothing: it is none any more.
        let replayed = "SELECT CASE WHEN pg_is_in_recovery() THEN pg_last_wal_replay_lsn()::text END AS at";
        let proven = position(&mut there, url, replayed)
            .and_then(|there| moments.iter().find(|(_, here)| *here <= there).map(|(moment, _)| *moment));
        let was = replica.is_near();
        if let Some(moment) = proven {
            replica.proven.store(u64::try_from(moment.as_millis()).unwrap_or(u64::MAX).max(1), Ordering::Relaxed);
        }
        match (was, replica.is_near()) {
            (false, true) => tracing::info!("the replica is read"),
            (true, false) => tracing::warn!("the replica is too far behind; the primary is read"),
            _ => {}
        }
        drop(replica);
        std::thread::sleep(LOOK);
    }
}

/// A position in the log. A connection that fails is made anew the next time.
fn position(conn: &mut Option<PgConnection>, url: &str, question: &'static str) -> Option<u64> {
    #[derive(QueryableByName)]
    struct Position {
        #[diesel(sql_type = Nullable<Text>)]
        at: Option<String>,
    }
    if conn.is_none() {
        *conn = PgConnection::establish(url).ok();
        if let Some(conn) = conn.as_mut() {
            conn.set_prepared_statement_cache_size(diesel::connection::CacheSize::Disabled);
        }
    }
    // In a transaction, since PgBouncer may give each statement another backend.
    let answer = conn.as_mut()?.transaction(|tx| sql_query(question).get_result::<Position>(tx));
    if let Ok(position) = answer {
        position.at.as_deref().and_then(number)
    } else {
        *conn = None;
        None
    }
}

/// `16/B374D848` as a number that grows with the log.
fn number(position: &str) -> Option<u64> {
    let (high, low) = position.split_once('/')?;
    Some((u64::from_str_radix(high, 16).ok()? << 32) | u64::from_str_radix(low, 16).ok()?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn positions_in_the_log_are_ordered() {
        assert_eq!(number("0/0"), Some(0));
        assert!(number("0/FFFFFFFF") < number("1/0"));
        assert!(number("16/B374D848") < number("16/B374D849"));
        assert_eq!(number("nonsense"), None);
    }
}
