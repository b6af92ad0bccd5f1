//! The database: who may hold a connection, for how long, and what its failures mean.
//!
//! Owns the pool, the deadlines and the retry rule. It knows no table and no feature: queries live in each
//! feature's `queries.rs` and get a connection from [`Db::read`] or [`Db::write`]; nothing else checks one out.
//!
//! Deadlines (security facts 4 to 6): a request waits at most [`GATE_WAIT`] for its turn and [`CALL_LIMIT`] for its
//! answer, whatever PostgreSQL is doing. A call that outlives its request keeps its turn until it ends, so frozen
//! connections can never be more than the pool holds; a write among them commits nothing ([`Patience`]).

pub mod fault;
pub mod kept;
mod manager;
pub mod migrate;
pub mod page;
mod patience;
mod replica;
pub mod schema;
pub mod search;
pub mod text_enum;
mod totals;
pub mod wall;

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use diesel::connection::SimpleConnection as _;
use diesel::pg::PgConnection;
use diesel_migrations::{EmbeddedMigrations, embed_migrations};
use tokio::sync::Semaphore;
use tracing::Instrument as _;

use crate::telemetry::{SPANS, figures};
pub use fault::{DbError, Fault};
use manager::{Connection, Manager, Pooled};
use patience::Patience;
use replica::Replica;
pub use replica::{Freshness, STALE_AT_MOST};
pub use totals::{Totals, Whose};
use wall::{Opening, Stance};

/// How long a request waits for its turn at the database, and for a connection once it has its turn.
pub const GATE_WAIT: Duration = Duration::from_secs(2);
/// Requests that wait for each connection; about a quarter of a second's work.
const QUEUE: usize = 250;
/// How long a request waits for one closure's answer, turn included.
pub const CALL_LIMIT: Duration = Duration::from_millis(4_500);
/// How much longer for a commit that is under way.
const COMMIT_WAIT: Duration = Duration::from_secs(1);
/// How often a whole write is tried when PostgreSQL asks for it (deadlock, serialisation).
const WRITE_TRIES: u32 = 3;

/// The migrations of this binary, in order.
pub const MIGRATIONS: EmbeddedMigrations = embed_migrations!("migrations");

/// How the database is reached.
#[derive(Clone, Copy)]
pub struct Reach<'a> {
    pub url: &'a str,
    /// Connections at most, here and at the replica each.
    pub size: u32,
    /// Through PgBouncer in transaction mode, which gives a backend for a transaction and not for longer.
    pub shared: bool,
    /// A streaming replica, for reads that may be some seconds old.
    pub replica: Option<&'a str>,
}

/// A handle to the database; cheap to clone.
#[derive(Clone)]
pub struct Db {
    pool: r2d2::Pool<Manager>,
    gate: Arc<Semaphore>,
    /// Requests that wait for their turn.
    waiting: Arc<AtomicUsize>,
    shared: bool,
    replica: Option<Arc<Replica>>,
    totals: Totals,
    stance: Stance,
}

/// A place in the queue for a turn, given back when dropped.
struct Place(Arc<AtomicUsize>);

impl Drop for Place {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::Relaxed);
    }
}

impl Db {
    /// A pool of at most `size` connections. Connects lazily: a database that is down is met by requests, not here.
    pub fn new(url: &str, size: u32) -> Self {
        Self::reach(Reach { url, size, shared: false, replica: None })
    }

    /// As [`Db::new`], by any way.
    pub fn reach(way: Reach<'_>) -> Self {
        let replica = way.replica.map(|url| Replica::watched(url, way));
        let gate = Arc::new(Semaphore::new(way.size as usize));
        Self {
            pool: pool(way.url, way),
            gate,
            waiting: Arc::default(),
            shared: way.shared,
            replica,
            totals: Totals::default(),
            stance: Stance::Asker,
        }
    }

    /// How much can be done at once.
    pub fn turns(&self) -> usize {
        self.pool.max_size() as usize * if self.replica.is_some() { 2 } else { 1 }
    }

    /// The same for whoever asks now, for work that goes on after the request at hand.
    #[must_use]
    pub fn for_this_asker(&self) -> Self {
        Self { stance: Stance::Fixed(self.stance.now()), ..self.clone() }
    }

    /// The same for work that reaches beyond the asker's own organisation by right: say why. Every place is listed in
    /// `tests/it/walls.rs`.
    #[must_use]
    pub fn beyond(&self, _why: &'static str) -> Self {
        Self { stance: Stance::Fixed(None), ..self.clone() }
    }

    fn opening(&self) -> Opening {
        Opening { shared: self.shared, behind: self.stance.now() }
    }

    /// The counts of large collections.
    pub fn totals(&self) -> Totals {
        self.totals.clone()
    }

    /// Whether there is a replica, and then whether it is near enough to be read.
    pub fn replica_is_used(&self) -> Option<bool> {
        self.replica.as_ref().map(|replica| replica.is_near())
    }

    /// As [`Db::read`], by the replica where `freshness` and its distance allow it. Whatever goes wrong there, the
    /// primary answers.
    pub async fn read_as<T, R, F>(&self, freshness: Freshness, work: F) -> Result<T, Fault<R>>
    where
        F: Fn(&mut PgConnection) -> Result<T, Fault<R>> + Send + Sync + 'static,
        T: Send + 'static,
        R: Send + 'static,
    {
        let replica = self.replica.as_ref().filter(|_| freshness == Freshness::MayLag);
        let Some(replica) = replica else { return self.read(work).await };
        let work = Arc::new(work);
        match replica.read(self.opening(), Arc::clone(&work)).await {
            Some(answer) => Ok(answer),
            None => self.read(move |conn| work(conn)).await,
        }
    }

    /// Runs `work` on a connection. One that turns out to be dead is replaced and `work` is run again, until one lives;
    /// so `work` must only read.
    pub async fn read<T, R, F>(&self, work: F) -> Result<T, Fault<R>>
    where
        F: Fn(&mut PgConnection) -> Result<T, Fault<R>> + Send + 'static,
        T: Send + 'static,
        R: Send + 'static,
    {
        let opening = self.opening();
        let whole = move |conn: &mut Connection| opening.read(conn, &work);
        self.watched("read", self.pool.max_size() + 1, (whole, Patience::default())).await
    }

    /// Runs `work` in one transaction: all of it happens or nothing. Deadlocks and serialisation failures are
    /// retried whole, so `work` must have no effect outside the database. A connection lost on the way is not retried:
    /// the commit may have happened.
    pub async fn write<T, R, F>(&self, work: F) -> Result<T, Fault<R>>
    where
        F: Fn(&mut PgConnection) -> Result<T, Fault<R>> + Send + 'static,
        T: Send + 'static,
        R: Send + 'static,
    {
        let opening = self.opening();
        let patience = Patience::default();
        let waited_for = patience.clone();
        let work = move |tx: &mut PgConnection| {
            waited_for.wait_again();
            let done = work(tx)?;
            if waited_for.may_commit() { Ok(done) } else { Err(DbError::Busy.into()) }
        };
        let whole = move |conn: &mut Connection| {
            let mut tries = 1;
            loop {
                match opening.transaction(conn, &work) {
                    Err(Fault::Db(error)) if error.worth_retrying() && tries < WRITE_TRIES => tries += 1,
                    other => return other,
                }
            }
        };
        self.watched("write", 1, (whole, patience)).await
    }

    /// Connections that work and that wait for work.
    pub fn connections(&self) -> (u32, u32) {
        let state = self.pool.state();
        (state.connections.saturating_sub(state.idle_connections), state.idle_connections)
    }

    /// Runs `work`, and lets the operators know how long that took and how it ended.
    async fn watched<T, R, F>(&self, kind: &'static str, connections: u32, work: (F, Patience)) -> Result<T, Fault<R>>
    where
        F: Fn(&mut Connection) -> Result<T, Fault<R>> + Send + 'static,
        T: Send + 'static,
        R: Send + 'static,
    {
        let began = Instant::now();
        let span = tracing::trace_span!(target: SPANS, "database", db.system.name = "postgresql", work = kind);
        let answer = self.run(connections, work).instrument(span).await;
        let outcome = match &answer {
            Ok(_) => "done",
            Err(Fault::Refused(_)) => "refused",
            Err(Fault::Db(DbError::Busy)) => "busy",
            Err(Fault::Db(_)) => "failed",
        };
        figures::database(kind, outcome, began.elapsed());
        answer
    }

    /// A place in the queue. When it is long, whoever comes next is better told at once to come again: a queue that only
    /// grows has everybody wait in vain.
    fn queue(&self) -> Result<Place, DbError> {
        let place = Place(Arc::clone(&self.waiting));
        let before = self.waiting.fetch_add(1, Ordering::Relaxed);
        if before < self.pool.max_size() as usize * QUEUE { Ok(place) } else { Err(DbError::Busy) }
    }

    async fn run<T, R, F>(&self, connections: u32, (work, patience): (F, Patience)) -> Result<T, Fault<R>>
    where
        F: Fn(&mut Connection) -> Result<T, Fault<R>> + Send + 'static,
        T: Send + 'static,
        R: Send + 'static,
    {
        let place = self.queue()?;
        let until = tokio::time::Instant::now() + CALL_LIMIT;
        let turn = tokio::time::timeout(GATE_WAIT, Arc::clone(&self.gate).acquire_owned())
            .await
            .map_err(|_| DbError::Busy)?
            .map_err(|_| DbError::Busy)?;
        drop(place);
        let pool = self.pool.clone();
        let mut call = tokio::task::spawn_blocking(move || {
            let _turn = turn;
            on_live_connection(&pool, connections, &work)
        });
        let ended = match tokio::time::timeout_at(until, &mut call).await {
            Ok(ended) => ended,
            Err(_) if patience.give_up() => return Err(DbError::Busy.into()),
            Err(_) => tokio::time::timeout(COMMIT_WAIT, call).await.map_err(|_| DbError::Busy)?,
        };
        match ended {
            Ok(answer) => answer,
            Err(panic) if panic.is_panic() => std::panic::resume_unwind(panic.into_panic()),
            Err(_) => Err(DbError::Busy.into()),
        }
    }
}

/// What this transaction writes may be lost when the machine dies in the next second: its commit does not wait for the
/// disk. For notes of when something was last used, where nothing else is written.
pub fn need_not_last(tx: &mut PgConnection) -> diesel::QueryResult<()> {
    tx.batch_execute("SET LOCAL synchronous_commit = off")
}

fn pool(url: &str, way: Reach<'_>) -> r2d2::Pool<Manager> {
    r2d2::Pool::builder()
        .max_size(way.size)
        .min_idle(Some(1))
        .connection_timeout(GATE_WAIT)
        .test_on_check_out(true)
        .error_handler(Box::new(manager::LogConnectFailures))
        .build_unchecked(Manager::new(url, way.shared))
}

/// Tries `work` on up to `connections` connections, going on only when one turned out to be dead.
fn on_live_connection<T, R>(
    pool: &r2d2::Pool<Manager>,
    connections: u32,
    work: &impl Fn(&mut Connection) -> Result<T, Fault<R>>,
) -> Result<T, Fault<R>> {
    let mut left = connections;
    loop {
        left -= 1;
        let mut conn: Pooled = pool.get().map_err(|_| DbError::Unavailable)?;
        let began = Instant::now();
        match work(&mut conn) {
            Err(Fault::Db(error)) if error.connection_lost() => {
                conn.lost = true;
                if left == 0 {
                    return Err(DbError::Unavailable.into());
                }
            }
            Err(Fault::Db(error)) => return Err(error.after(began.elapsed()).into()),
            other => return other,
        }
    }
}
