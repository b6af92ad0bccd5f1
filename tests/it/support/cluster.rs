//! One private PostgreSQL for the whole run, and one database of it for each test.
//!
//! The cluster starts with the first test that wants it and is stopped, with its folder removed, when the process
//! exits, however it exits: an exit handler for the ordinary end, the kernel's death signal for a kill. Folders that
//! a killed run left behind are swept by the next run.

use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Mutex, MutexGuard, OnceLock, PoisonError};

use diesel::connection::SimpleConnection as _;
use diesel::pg::PgConnection;
use diesel::{Connection as _, sql_query};
use guildhall::db::migrate;
use guildhall::development::postgres::{Durability, PrivatePostgres};

use super::fixture;

const PREFIX: &str = "guildhall-it-";
const TEMPLATE: &str = "template_for_tests";

static RUNNING: OnceLock<String> = OnceLock::new();
static POSTGRES: Mutex<Option<(PrivatePostgres, PathBuf)>> = Mutex::new(None);
static NUMBER: AtomicU32 = AtomicU32::new(0);

/// A database that goes when this is dropped.
pub struct Database {
    name: String,
    /// How to reach it.
    pub url: String,
}

impl Database {
    /// A fresh copy of the template: migrated, with the people of `fixture.rs`.
    pub fn fresh() -> Self {
        start();
        let name = format!("test_{}", NUMBER.fetch_add(1, Ordering::Relaxed));
        let url = {
            // One at a time: PostgreSQL copies a template only while nobody else is reading it.
            let postgres = lock();
            let (postgres, _) = postgres.as_ref().expect("the cluster is running");
            run(&postgres.url("postgres"), &format!("CREATE DATABASE {name} TEMPLATE {TEMPLATE}"));
            postgres.url(&name)
        };
        // A copy is no backup that was restored.
        run(&url, "UPDATE installation SET mark = database_mark()");
        Self { name, url }
    }

    /// A connection of the test's own.
    pub fn connect(&self) -> PgConnection {
        PgConnection::establish(&self.url).expect("the test's database answers")
    }
}

impl Drop for Database {
    fn drop(&mut self) {
        let postgres = lock();
        if let Some((postgres, _)) = postgres.as_ref() {
            let name = &self.name;
            run(&postgres.url("postgres"), &format!("DROP DATABASE {name} WITH (FORCE)"));
        }
    }
}

/// A folder for files of the run.
pub fn folder() -> PathBuf {
    start();
    lock().as_ref().map(|(_, folder)| folder.clone()).expect("the cluster is running")
}

fn lock() -> MutexGuard<'static, Option<(PrivatePostgres, PathBuf)>> {
    POSTGRES.lock().unwrap_or_else(PoisonError::into_inner)
}

fn run(url: &str, statement: &str) {
    let mut conn = PgConnection::establish(url).expect("the cluster answers");
    conn.batch_execute(statement).unwrap_or_else(|error| panic!("{statement}: {error}"));
}

fn start() {
    RUNNING.get_or_init(|| {
        sweep();
        let folder = std::env::temp_dir().join(format!("{PREFIX}{}", std::process::id()));
        let postgres = PrivatePostgres::start(&folder, Durability::Off).expect("the private PostgreSQL starts");
        stop_at_exit();
        run(&postgres.url("postgres"), &format!("CREATE DATABASE {TEMPLATE}"));
        let url = postgres.url(TEMPLATE);
        migrate::run(&url).expect("the migrations run");
        fixture::load(&mut PgConnection::establish(&url).expect("the template answers"));
        *lock() = Some((postgres, folder));
        url
    });
}

#[expect(unsafe_code, reason = "the test harness offers no end of the run, the C library does")]
fn stop_at_exit() {
    extern "C" fn stop() {
        if let Some((postgres, folder)) = lock().take() {
            // Nobody is left to tell of a failure here; the next run sweeps what stays.
            drop(postgres.stop());
            drop(std::fs::remove_dir_all(folder));
        }
    }
    // SAFETY: `stop` is a function of the C calling convention that lives as long as the program and does not panic.
    let refused = unsafe { libc::atexit(stop) };
    assert_eq!(refused, 0, "the C library takes an exit handler");
}

/// Removes folders of runs whose process is gone.
fn sweep() {
    let entries = std::fs::read_dir(std::env::temp_dir()).expect("the folder for temporary files can be read");
    for path in entries.flatten().map(|entry| entry.path()) {
        let process = path.file_name().and_then(|name| name.to_str()?.strip_prefix(PREFIX)?.parse::<u32>().ok());
        if process.is_some_and(|process| !Path::new(&format!("/proc/{process}")).exists()) {
            drop(std::fs::remove_dir_all(&path));
        }
    }
}

/// How many rows a query finds.
pub fn count(conn: &mut PgConnection, from_where: &str) -> i64 {
    use diesel::RunQueryDsl as _;
    #[derive(diesel::QueryableByName)]
    struct Count {
        #[diesel(sql_type = diesel::sql_types::BigInt)]
        count: i64,
    }
    let statement = format!("SELECT count(*) AS count FROM {from_where}");
    sql_query(&statement).get_result::<Count>(conn).unwrap_or_else(|error| panic!("{statement}: {error}")).count
}

/// One text from the database; empty when there is none.
pub fn text(conn: &mut PgConnection, statement: &str) -> String {
    use diesel::RunQueryDsl as _;
    #[derive(diesel::QueryableByName)]
    struct Text {
        #[diesel(sql_type = diesel::sql_types::Nullable<diesel::sql_types::Text>)]
        text: Option<String>,
    }
    let statement = format!("SELECT ({statement})::text AS text");
    let found = sql_query(&statement).get_result::<Text>(conn).unwrap_or_else(|error| panic!("{statement}: {error}"));
    found.text.unwrap_or_default()
}
