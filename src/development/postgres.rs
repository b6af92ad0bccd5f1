//! The private `PostgreSQL` of development mode and of the test suite.
//!
//! Owns one cluster below a data folder: finding the server programs, making the cluster, starting,
//! stopping, and recovering from whatever was killed. It listens on a Unix socket in a 0700 folder and
//! nowhere else, so no port clashes and nobody else on the machine reaches it; inside that folder every
//! connection is trusted.
//!
//! It must not know the program's schema, configuration or pages, and production never comes here.
//! Linux only: it relies on `/proc` and `PR_SET_PDEATHSIG`.

mod account;
mod binaries;
mod database;
mod error;
mod home;
mod initdb;
mod lock;
mod processes;
mod server;
mod socket;
mod system;
#[cfg(test)]
mod tests;

use std::{
    fs,
    path::{Path, PathBuf},
    time::Duration,
};

use binaries::Binaries;
pub use error::{StartError, StopError};
use home::Home;
use lock::Lock;
use server::Server;

/// The superuser of the cluster and the name of the database that [`PrivatePostgres::start`] makes.
pub const NAME: &str = "guildhall";

/// How long a start waits for another instance that is just stopping.
const LOCK_PATIENCE: Duration = Duration::from_secs(3);

/// Whether the cluster survives a power cut.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Durability {
    /// The server's own defaults: what was committed is on disk.
    Full,
    /// `fsync`, `synchronous_commit` and `full_page_writes` off: for tests, whose data is thrown away.
    Off,
}

/// A running private cluster. Dropping it stops it; [`Self::stop`] also says how that went.
///
/// Should the process die without either, the kernel tells the server to stop (`PR_SET_PDEATHSIG`).
#[derive(Debug)]
pub struct PrivatePostgres {
    server: Server,
    socket: PathBuf,
    /// Last, so that the next instance gets in only after the server is gone.
    _lock: Lock,
}

impl PrivatePostgres {
    /// Starts the cluster that lives in `data_dir/postgres`, making the folder, the cluster and the
    /// database [`NAME`] where they are missing. Blocks until connections are accepted: about half a
    /// second the first time, a few hundredths of a second later on.
    ///
    /// As root the server runs as the owner of an existing cluster, else as `postgres`, else as
    /// `nobody`; where that account cannot reach `data_dir`, the cluster is kept in
    /// `/var/lib/guildhall-…` and `data_dir` holds a link and a note.
    ///
    /// # Errors
    /// Every [`StartError`] says in its text what the person at the keyboard can do.
    pub fn start(data_dir: &Path, durability: Durability) -> Result<Self, StartError> {
        home::create_data_dir(data_dir)?;
        let data_dir = fs::canonicalize(data_dir).map_err(|source| StartError::folder("find", data_dir, source))?;
        let lock = Lock::take(&data_dir, LOCK_PATIENCE)?;
        let home = Home::settle(&data_dir)?;
        let binaries = Binaries::for_cluster(&home.cluster)?;
        home.check_reachable()?;
        processes::retire(&home.cluster)?;
        initdb::make_if_missing(&home, &binaries, durability)?;
        let socket = socket::prepare(&home)?;
        let server = Server::launch(&home, &binaries, &socket, durability)?;
        let running = Self { server, socket, _lock: lock };
        database::create_if_missing(&running.url("postgres"))?;
        Ok(running)
    }

    /// A libpq URL for `database` (any name; it is percent-encoded), as the superuser [`NAME`], through
    /// the socket folder.
    pub fn url(&self, database: &str) -> String {
        database::url(&self.socket, database)
    }

    /// Process id of the server (the postmaster).
    pub fn pid(&self) -> i32 {
        self.server.pid()
    }

    /// Stops the server: SIGINT (open transactions are rolled back, a clean shutdown), and after 10 s
    /// SIGQUIT (the next start recovers from the log).
    ///
    /// # Errors
    /// When the server needed SIGQUIT, or outlived even that, or waiting for it failed.
    pub fn stop(mut self) -> Result<(), StopError> {
        self.end()
    }

    /// Does nothing the second time.
    fn end(&mut self) -> Result<(), StopError> {
        let result = self.server.stop();
        // A folder in /tmp must not stay behind; elsewhere the next start makes it again. It is empty by
        // now unless the server was killed, and only an empty folder is removed.
        let _ = fs::remove_dir(&self.socket);
        result
    }
}

impl Drop for PrivatePostgres {
    fn drop(&mut self) {
        let _ = self.end();
    }
}
