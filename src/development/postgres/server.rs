//! The server process: spawned, awaited, stopped.
//!
//! A thread of its own spawns it and lives until it is stopped, since the kernel sends the death signal
//! when the spawning *thread* ends. That thread is also the only one to collect the exit code, so the
//! process id cannot pass to another program while we might signal it.

use std::{
    fs::{self, File, OpenOptions},
    io::{self, Read, Seek, SeekFrom},
    os::unix::{fs::OpenOptionsExt, process::CommandExt},
    path::Path,
    process::{Child, Command, Stdio},
    sync::mpsc::{Receiver, Sender, channel},
    thread::{self, JoinHandle},
    time::{Duration, Instant},
};

use super::{
    Durability, StartError, StopError,
    binaries::Binaries,
    home::Home,
    initdb::clean_environment,
    processes::{self, PidFile},
    socket, system,
};

/// Recovery after a crash replays the log, which can take a while on a slow disk.
const READY_WITHIN: Duration = Duration::from_mins(1);
const STOP_WITHIN: Duration = Duration::from_secs(10);
const QUIT_WITHIN: Duration = Duration::from_secs(5);
const POLL: Duration = Duration::from_millis(3);
const LARGEST_LOG: u64 = 10 * 1024 * 1024;

/// A running server.
#[derive(Debug)]
pub(super) struct Server {
    pid: i32,
    /// `None` once stopped.
    keeper: Option<Keeper>,
}

#[derive(Debug)]
struct Keeper {
    orders: Sender<()>,
    thread: JoinHandle<Result<(), StopError>>,
}

impl Server {
    /// Starts the server and waits until it accepts connections.
    pub(super) fn launch(
        home: &Home,
        binaries: &Binaries,
        socket: &Path,
        durability: Durability,
    ) -> Result<Self, StartError> {
        let mut log = open_log(&home.log).map_err(|source| StartError::folder("open", &home.log, source))?;
        let begin = log.seek(SeekFrom::End(0)).unwrap_or(0);
        let command = command(home, binaries, socket, durability, &log)?;
        let server =
            Self::spawn(command).map_err(|source| StartError::Spawn { program: binaries.postgres(), source })?;
        let deadline = Instant::now() + READY_WITHIN;
        loop {
            if PidFile::read(&home.cluster) == Some(PidFile { pid: server.pid, ready: true }) {
                return Ok(server);
            }
            if !processes::is_alive(server.pid) {
                return Err(StartError::Died { log: home.log.clone(), tail: tail(&mut log, begin) });
            }
            if Instant::now() >= deadline {
                return Err(StartError::NotReady {
                    log: home.log.clone(),
                    seconds: READY_WITHIN.as_secs(),
                    tail: tail(&mut log, begin),
                });
            }
            thread::sleep(POLL);
        }
    }

    fn spawn(mut command: Command) -> io::Result<Self> {
        let (orders, received) = channel();
        let (report, reported) = channel();
        let thread = thread::Builder::new()
            .name("postgres-keeper".into())
            .spawn(move || keep(&mut command, &report, &received))?;
        let pid = reported.recv().unwrap_or_else(|_| Err(io::Error::other("the thread that starts it ended")))?;
        Ok(Self { pid, keeper: Some(Keeper { orders, thread }) })
    }

    pub(super) fn pid(&self) -> i32 {
        self.pid
    }

    /// Stops the server once; later calls do nothing.
    pub(super) fn stop(&mut self) -> Result<(), StopError> {
        let Some(Keeper { orders, thread }) = self.keeper.take() else {
            return Ok(());
        };
        drop(orders);
        thread.join().unwrap_or_else(|_| Err(io::Error::other("the thread that keeps it panicked").into()))
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.stop();
    }
}

fn keep(command: &mut Command, report: &Sender<io::Result<i32>>, orders: &Receiver<()>) -> Result<(), StopError> {
    let started = command.spawn().and_then(|child| {
        let pid = i32::try_from(child.id()).map_err(io::Error::other)?;
        Ok((child, pid))
    });
    let (mut child, pid) = match started {
        Ok(started) => started,
        Err(error) => {
            let _ = report.send(Err(error));
            return Ok(());
        }
    };
    let _ = report.send(Ok(pid));
    // Nothing is ever sent: the other end is dropped when the server is to stop.
    let _ = orders.recv();
    system::send(pid, libc::SIGINT);
    if ended_within(&mut child, STOP_WITHIN)? {
        return Ok(());
    }
    system::send(pid, libc::SIGQUIT);
    if ended_within(&mut child, QUIT_WITHIN)? {
        Err(StopError::Forced { pid })
    } else {
        Err(StopError::StillRunning { pid })
    }
}

fn ended_within(child: &mut Child, patience: Duration) -> io::Result<bool> {
    let deadline = Instant::now() + patience;
    while child.try_wait()?.is_none() {
        if Instant::now() >= deadline {
            return Ok(false);
        }
        thread::sleep(POLL);
    }
    Ok(true)
}

fn command(
    home: &Home,
    binaries: &Binaries,
    socket: &Path,
    durability: Durability,
    log: &File,
) -> Result<Command, StartError> {
    let duplicate = || log.try_clone().map(Stdio::from).map_err(|source| StartError::folder("open", &home.log, source));
    let mut command = Command::new(binaries.postgres());
    command.arg("-D").arg(&home.cluster).arg("-k").arg(socket);
    for setting in settings(durability) {
        command.args(["-c", &setting]);
    }
    command
        .current_dir(&home.folder)
        .stdin(Stdio::null())
        .stdout(duplicate()?)
        .stderr(duplicate()?)
        // Ctrl-C goes to the terminal's whole process group; the program must finish its requests first.
        .process_group(0);
    clean_environment(&mut command);
    if let Some(account) = home.account {
        account.apply(&mut command);
    }
    system::end_with_parent(&mut command, libc::SIGINT);
    Ok(command)
}

/// Given on the command line, so that they hold whatever the cluster's own files say.
fn settings(durability: Durability) -> Vec<String> {
    let mut settings: Vec<String> = [
        "listen_addresses=",
        "unix_socket_permissions=0700",
        "max_connections=100",
        "shared_buffers=128MB",
        "timezone=UTC",
        "log_timezone=UTC",
        "logging_collector=off",
    ]
    .map(str::to_owned)
    .into();
    settings.push(format!("port={}", socket::PORT));
    if durability == Durability::Off {
        settings.extend(["fsync=off", "synchronous_commit=off", "full_page_writes=off"].map(str::to_owned));
    }
    settings
}

/// Appends, readable by the owner only: statements in it can contain personal data. One older
/// generation is kept.
fn open_log(path: &Path) -> io::Result<File> {
    if fs::metadata(path).is_ok_and(|found| found.len() > LARGEST_LOG) {
        fs::rename(path, path.with_extension("log.1"))?;
    }
    OpenOptions::new().read(true).append(true).create(true).mode(0o600).open(path)
}

/// The last lines that this start wrote.
fn tail(log: &mut File, begin: u64) -> String {
    let mut text = Vec::new();
    let _ = log.seek(SeekFrom::Start(begin)).and_then(|_| log.read_to_end(&mut text));
    let text = String::from_utf8_lossy(&text);
    let lines: Vec<&str> = text.lines().collect();
    lines[lines.len().saturating_sub(8)..].join("\n")
}
