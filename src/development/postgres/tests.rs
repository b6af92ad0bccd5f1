//! The private cluster against real server programs: kills at every bad moment, and what is left after.
//!
//! To be killed itself, the program runs this test binary again as a child (`holds_a_cluster`).

use std::{
    io::{BufRead, BufReader},
    os::unix::fs::PermissionsExt,
    process::{Child, Command, Stdio},
    sync::atomic::{AtomicU32, Ordering},
    thread,
    time::Instant,
};

use diesel::{Connection, PgConnection, RunQueryDsl, connection::SimpleConnection, dsl::sql, sql_types::BigInt};

use super::*;

const CHILD_FOLDER: &str = "GUILDHALL_TEST_CHILD_DATA_DIR";

/// A new folder for one test. Only what `new` itself made (it fails if it exists) is deleted at the end,
/// by exactly that path.
struct Folder {
    made: PathBuf,
    data: PathBuf,
}

impl Folder {
    fn new(name: &str) -> Self {
        static NUMBER: AtomicU32 = AtomicU32::new(0);
        assert!(!name.is_empty(), "the data folder is below the one made here, never that one itself");
        let number = NUMBER.fetch_add(1, Ordering::Relaxed);
        let made = std::env::temp_dir().join(format!("guildhall-pg-{}-{number}", std::process::id()));
        fs::create_dir(&made).unwrap();
        // Whatever the umask: the account that root steps down to has to pass.
        fs::set_permissions(&made, fs::Permissions::from_mode(0o711)).unwrap();
        let data = made.join(name);
        Self { made, data }
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.made);
    }
}

fn start(folder: &Path) -> PrivatePostgres {
    PrivatePostgres::start(folder, Durability::Full).unwrap()
}

fn remember(url: &str) {
    let mut connection = PgConnection::establish(url).unwrap();
    connection.batch_execute("CREATE TABLE kept AS SELECT 42 AS answer").unwrap();
}

fn remembered(url: &str) -> i64 {
    let mut connection = PgConnection::establish(url).unwrap();
    sql::<BigInt>("SELECT sum(answer) FROM kept").get_result(&mut connection).unwrap()
}

/// Runs `holds_a_cluster` in a process of its own.
fn child(folder: &Path) -> Child {
    let module = module_path!().split_once("::").unwrap().1;
    Command::new(std::env::current_exe().unwrap())
        .args(["--exact", &format!("{module}::holds_a_cluster"), "--ignored", "--nocapture"])
        .env(CHILD_FOLDER, folder)
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .unwrap()
}

fn server_pid_of(child: &mut Child) -> i32 {
    let output = BufReader::new(child.stdout.take().unwrap());
    let line = output.lines().map(Result::unwrap).find(|line| line.contains("server is ")).unwrap();
    line.rsplit(' ').next().unwrap().parse().unwrap()
}

fn kill(child: &mut Child) {
    child.kill().unwrap();
    child.wait().unwrap();
}

#[test]
#[ignore = "run by other tests as a child process"]
fn holds_a_cluster() {
    let Some(folder) = std::env::var_os(CHILD_FOLDER) else {
        return;
    };
    let running = start(Path::new(&folder));
    remember(&running.url(NAME));
    println!("server is {}", running.pid());
    thread::sleep(Duration::from_mins(1));
}

#[test]
fn data_survives_a_stop_and_a_start_of_a_folder_with_a_long_path() {
    let folder = Folder::new(&"long, 'odd' ünd \"much\"".repeat(8));
    let running = start(&folder.data);
    remember(&running.url(NAME));
    let socket = running.socket.clone();
    running.stop().unwrap();
    assert!(!socket.exists(), "nothing stays in /tmp");
    let running = start(&folder.data);
    assert_eq!(remembered(&running.url(NAME)), 42);
    running.stop().unwrap();
}

#[test]
fn dropping_stops_the_server() {
    let folder = Folder::new("data");
    let running = PrivatePostgres::start(&folder.data, Durability::Off).unwrap();
    let pid = running.pid();
    assert!(processes::is_alive(pid));
    drop(running);
    assert!(!processes::is_alive(pid));
}

#[test]
fn a_killed_program_takes_its_server_along_and_loses_nothing() {
    let folder = Folder::new("data");
    let mut child = child(&folder.data);
    let pid = server_pid_of(&mut child);
    kill(&mut child);
    // At once: the server may still be about to stop.
    let running = start(&folder.data);
    assert!(!processes::is_alive(pid));
    assert_eq!(remembered(&running.url(NAME)), 42);
}

#[test]
fn a_killed_server_is_recovered_by_the_next_start() {
    let folder = Folder::new("data");
    let running = start(&folder.data);
    remember(&running.url(NAME));
    system::send(running.pid(), libc::SIGKILL);
    drop(running);
    let running = start(&folder.data);
    assert_eq!(remembered(&running.url(NAME)), 42);
}

#[test]
fn a_pid_file_that_names_another_program_does_no_harm() {
    let folder = Folder::new("data");
    start(&folder.data).stop().unwrap();
    let mut other = Command::new("sleep").arg("60").spawn().unwrap();
    fs::write(folder.data.join("postgres/postmaster.pid"), format!("{}\n", other.id())).unwrap();
    let running = start(&folder.data);
    assert!(other.try_wait().unwrap().is_none(), "the other program lives");
    kill(&mut other);
    drop(running);
}

#[test]
fn a_kill_while_the_cluster_is_made_leaves_nothing_half_made() {
    let folder = Folder::new("data");
    for milliseconds in [20, 80, 200] {
        let mut child = child(&folder.data);
        thread::sleep(Duration::from_millis(milliseconds));
        kill(&mut child);
    }
    let running = start(&folder.data);
    let mut connection = PgConnection::establish(&running.url(NAME)).unwrap();
    connection.batch_execute("CREATE TABLE works (id integer)").unwrap();
}

#[test]
fn a_second_instance_waits_then_names_the_first() {
    let folder = Folder::new("data");
    home::create_data_dir(&folder.data).unwrap();
    let first = Lock::take(&folder.data, Duration::ZERO).unwrap();
    let begin = Instant::now();
    let error = Lock::take(&folder.data, Duration::from_millis(50)).unwrap_err();
    assert!(begin.elapsed() >= Duration::from_millis(50));
    assert!(error.to_string().contains(&format!("(process {})", std::process::id())), "{error}");
    drop(first);
    Lock::take(&folder.data, Duration::ZERO).unwrap();
}
