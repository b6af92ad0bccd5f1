//! How connections are made and trusted. Owns connection parameters and the health check at checkout;
//! must not know what the connections are used for.

use std::time::{Duration, Instant};

use diesel::Connection as _;
use diesel::connection::{CacheSize, SimpleConnection as _};
use diesel::pg::PgConnection;
use diesel::r2d2::ConnectionManager;
use r2d2::ManageConnection;

use super::wall;

/// A connection unused for less than this is not asked whether it lives: r2d2's ping at every checkout costs a
/// fifth of a page (performance.md, trap 3), and a dead one is noticed by its first statement anyway.
const TRUSTED_FOR: Duration = Duration::from_secs(1);

/// Limits of every session with PostgreSQL; they hold even when our side forgets to watch. Compiling a plan takes longer
/// than any statement of ours. What a search index has not sorted in yet (in kB), every search reads from end to end.
const SESSION_LIMITS: &str = "SET statement_timeout = '3s'; SET lock_timeout = '2s'; \
     SET idle_in_transaction_session_timeout = '10s'; SET application_name = 'guildhall'; SET timezone = 'UTC'; SET jit = off; \
     SET gin_pending_list_limit = 256";

/// The same for one transaction: behind PgBouncer a session is somebody else's after the commit.
pub(super) const TRANSACTION_LIMITS: &str = "SET LOCAL statement_timeout = '3s'; SET LOCAL lock_timeout = '2s'; \
     SET LOCAL idle_in_transaction_session_timeout = '10s'; SET LOCAL jit = off; SET LOCAL gin_pending_list_limit = 256";

/// A pooled connection, with what the pool must know of it.
pub(super) struct Connection {
    pub(super) pg: PgConnection,
    /// Set when a statement found the connection gone; the pool then drops it.
    pub(super) lost: bool,
    /// As whom partners' statements run here; None where the second wall is down.
    pub(super) partner_role: Option<String>,
    last_used: Instant,
}

pub(super) type Pooled = r2d2::PooledConnection<Manager>;

/// Makes connections for the pool.
pub(super) struct Manager {
    inner: ConnectionManager<PgConnection>,
    /// Through PgBouncer in transaction mode: nothing may be left in a session, named statements included.
    shared: bool,
}

impl Manager {
    pub(super) fn new(url: &str, shared: bool) -> Self {
        Self { inner: ConnectionManager::new(with_network_limits(url)), shared }
    }
}

impl ManageConnection for Manager {
    type Connection = Connection;
    type Error = diesel::r2d2::Error;

    fn connect(&self) -> Result<Connection, Self::Error> {
        let mut pg = self.inner.connect()?;
        if self.shared {
            pg.set_prepared_statement_cache_size(CacheSize::Disabled);
        } else {
            pg.batch_execute(SESSION_LIMITS).map_err(diesel::r2d2::Error::QueryError)?;
        }
        let partner_role = wall::standing(&mut pg);
        Ok(Connection { pg, lost: false, partner_role, last_used: Instant::now() })
    }

    fn is_valid(&self, conn: &mut Connection) -> Result<(), Self::Error> {
        if conn.last_used.elapsed() > TRUSTED_FOR {
            // Unprepared, since the steps of a prepared one may meet different backends behind PgBouncer.
            conn.pg.batch_execute("SELECT 1").map_err(diesel::r2d2::Error::QueryError)?;
        }
        conn.last_used = Instant::now();
        Ok(())
    }

    /// A connection with an open transaction (a panic, a lost backend) is never given out again.
    fn has_broken(&self, conn: &mut Connection) -> bool {
        conn.lost || self.inner.has_broken(&mut conn.pg)
    }
}

/// Adds what makes a dead network noticeable, unless the address already says otherwise.
pub(super) fn with_network_limits(url: &str) -> String {
    let defaults = [
        ("connect_timeout", "2"),
        ("tcp_user_timeout", "5000"),
        ("keepalives_idle", "10"),
        ("keepalives_interval", "3"),
    ];
    let mut url = url.to_owned();
    for (name, value) in defaults {
        if !url.contains(name) {
            url.push(if url.contains('?') { '&' } else { '?' });
            url.push_str(name);
            url.push('=');
            url.push_str(value);
        }
    }
    url
}

/// r2d2 reports failed connects here; the address is left out, since it may hold a password.
#[derive(Debug)]
pub(super) struct LogConnectFailures;

impl r2d2::HandleError<diesel::r2d2::Error> for LogConnectFailures {
    fn handle_error(&self, error: diesel::r2d2::Error) {
        let kind = match error {
            diesel::r2d2::Error::ConnectionError(_) => "connect",
            diesel::r2d2::Error::QueryError(_) => "query",
        };
        tracing::warn!(kind, "the database did not give a usable connection");
    }
}
