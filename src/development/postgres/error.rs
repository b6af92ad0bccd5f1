//! What can go wrong with the private cluster, in words that tell a person what to do.
//!
//! Owns the texts only; no behaviour.

use std::{
    io,
    path::{Path, PathBuf},
};

/// Why the private server did not start.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// Neither `$PG_BIN`, nor `/usr/lib/postgresql/*/bin`, nor `PATH` holds `initdb` and `postgres`.
    #[error(
        "PostgreSQL's server programs (initdb and postgres) were not found in $PG_BIN, \
         /usr/lib/postgresql/*/bin or PATH. Install them: on Debian and Ubuntu the package \
         `postgresql` (bin/start does it for you), on Fedora `postgresql-server`, on Arch and \
         Alpine `postgresql`; or set PG_BIN to the folder that holds them"
    )]
    NoBinaries,
    /// The cluster was made by another major version than every server found.
    #[error(
        "the data in {} was made by PostgreSQL {wanted}, but only version {found} was found. Install \
         PostgreSQL {wanted} (Debian package `postgresql-{wanted}`) or set PG_BIN to its programs; if \
         the data may go, delete the data folder",
        cluster.display()
    )]
    WrongMajor {
        /// The cluster's folder.
        cluster: PathBuf,
        /// Major version in its `PG_VERSION`.
        wanted: String,
        /// Major versions found, comma-separated.
        found: String,
    },
    /// Another process holds the lock of the data folder.
    #[error(
        "the data folder {} is in use by another instance{}. Stop that one, or set \
         GUILDHALL_DATA_DIR to another folder",
        folder.display(),
        holder.map(|pid| format!(" (process {pid})")).unwrap_or_default()
    )]
    InUse {
        /// The data folder.
        folder: PathBuf,
        /// Process id that the holder wrote into the lock file.
        holder: Option<i32>,
    },
    /// Root, and `/etc/passwd` knows neither `postgres` nor `nobody`.
    #[error(
        "PostgreSQL refuses to run as root and this machine has neither a user `postgres` nor \
         `nobody`. Add one (`useradd --system postgres`) or start as an ordinary user"
    )]
    NoAccount,
    /// An ordinary user meets a data folder that belongs to somebody else.
    #[error(
        "the data in {} belongs to another user (uid {owner}), probably because the program was once \
         started as root. Start as that user or as root, or hand it over with `sudo chown -R \
         \"$(id -u)\" '{}'`, or set GUILDHALL_DATA_DIR to another folder",
        folder.display(),
        folder.display()
    )]
    NotOurs {
        /// The data folder.
        folder: PathBuf,
        /// The owner of what is in it.
        owner: u32,
    },
    /// Root, and the account of the server cannot enter the folder of an existing cluster.
    #[error(
        "PostgreSQL runs as uid {uid}, and that user cannot enter {}. Move the data folder to a \
         place open to it (such as /var/lib/guildhall) and set GUILDHALL_DATA_DIR, or open the way \
         with chmod o+x on each parent folder",
        folder.display()
    )]
    Unreachable {
        /// The folder that holds the cluster.
        folder: PathBuf,
        /// The account that the server runs as.
        uid: u32,
    },
    /// Something other than a cluster stands where the cluster should be.
    #[error("{} is not a PostgreSQL cluster. Move it away or set GUILDHALL_DATA_DIR", path.display())]
    NotACluster {
        /// What stands in the way.
        path: PathBuf,
    },
    /// An operation on a file or folder failed.
    #[error(
        "could not {doing} {}: {source}. Check its owner, permissions and free space, or set \
         GUILDHALL_DATA_DIR to another folder",
        path.display()
    )]
    Folder {
        /// The verb.
        doing: &'static str,
        /// What it was done to.
        path: PathBuf,
        /// Why it failed.
        source: io::Error,
    },
    /// A program of the server's package could not be run at all.
    #[error(
        "could not run {}: {source}. Reinstall PostgreSQL, or set PG_BIN to a working one",
        program.display()
    )]
    Spawn {
        /// The program.
        program: PathBuf,
        /// Why it failed.
        source: io::Error,
    },
    /// `initdb` ended with an error.
    #[error("initdb could not make a database in {}:\n{output}", folder.display())]
    InitDb {
        /// The folder that was to hold the cluster.
        folder: PathBuf,
        /// What it printed.
        output: String,
    },
    /// A server that an earlier run left behind does not stop.
    #[error(
        "an earlier PostgreSQL (process {pid}) still uses the data folder and does not stop. \
         End it with `kill -9 {pid}` and start again"
    )]
    StillRunning {
        /// Its process id.
        pid: i32,
    },
    /// The server ended before it accepted connections.
    #[error("PostgreSQL stopped while starting. The end of its log {}:\n{tail}", log.display())]
    Died {
        /// The server's log.
        log: PathBuf,
        /// Its last lines of this start.
        tail: String,
    },
    /// The server is alive but did not become ready in time.
    #[error(
        "PostgreSQL was not ready after {seconds} s. The end of its log {}:\n{tail}",
        log.display()
    )]
    NotReady {
        /// The server's log.
        log: PathBuf,
        /// How long was waited.
        seconds: u64,
        /// Its last lines of this start.
        tail: String,
    },
    /// No folder for the Unix socket could be made.
    #[error(
        "found no folder for PostgreSQL's socket: neither {} nor one in /tmp can be made private to \
         its user. Set GUILDHALL_DATA_DIR to a short path of plain characters",
        folder.display()
    )]
    NoSocketFolder {
        /// The first choice.
        folder: PathBuf,
    },
    /// The server runs but the database could not be made.
    #[error("could not make the database in the private PostgreSQL: {0}")]
    Database(String),
}

impl StartError {
    pub(super) fn folder(doing: &'static str, path: &Path, source: io::Error) -> Self {
        Self::Folder { doing, path: path.to_path_buf(), source }
    }
}

/// Why the private server did not stop as it should.
#[derive(Debug, thiserror::Error)]
pub enum StopError {
    /// It took SIGQUIT; committed data is safe, the next start recovers.
    #[error("PostgreSQL (process {pid}) did not stop within 10 s and was ended at once; the next start recovers")]
    Forced {
        /// Its process id.
        pid: i32,
    },
    /// It outlived SIGQUIT too.
    #[error("PostgreSQL (process {pid}) does not stop; end it with `kill -9 {pid}`")]
    StillRunning {
        /// Its process id.
        pid: i32,
    },
    /// Asking the kernel about the server failed.
    #[error("could not wait for PostgreSQL to stop: {0}")]
    Wait(#[from] io::Error),
}
