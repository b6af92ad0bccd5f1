//! Servers of earlier runs: are they alive, are they ours, and how they are ended.
//!
//! Believes `/proc` and nothing else. A number in a stale `postmaster.pid` may by now belong to a zombie
//! (in containers process 1 may not collect them) or to another program, which must never be signalled.

use std::{
    fs, io,
    path::Path,
    thread,
    time::{Duration, Instant},
};

use super::{StartError, system};

const PID_FILE: &str = "postmaster.pid";
const POLITE: Duration = Duration::from_secs(10);
const FIRM: Duration = Duration::from_secs(5);

/// What `postmaster.pid` says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct PidFile {
    /// Line 1.
    pub(super) pid: i32,
    /// Line 8 says that connections are accepted.
    pub(super) ready: bool,
}

impl PidFile {
    /// `None` while there is no readable one.
    pub(super) fn read(cluster: &Path) -> Option<Self> {
        let text = fs::read_to_string(cluster.join(PID_FILE)).ok()?;
        Self::parse(&text)
    }

    fn parse(text: &str) -> Option<Self> {
        let pid: i32 = text.lines().next()?.trim().parse().ok()?;
        let ready = text.lines().nth(7).is_some_and(|line| line.trim() == "ready");
        // A single-user server writes its number with a minus sign.
        Some(Self { pid: pid.checked_abs()?, ready })
    }
}

/// Whether the process exists and is more than an uncollected exit code.
pub(super) fn is_alive(pid: i32) -> bool {
    fs::read_to_string(format!("/proc/{pid}/stat"))
        .ok()
        .and_then(|stat| state(&stat))
        .is_some_and(|state| !matches!(state, 'Z' | 'X' | 'x'))
}

/// The state letter follows the program's name, which is in brackets and may itself contain brackets.
fn state(stat: &str) -> Option<char> {
    stat.rsplit_once(')')?.1.trim_start().chars().next()
}

/// Ends what an earlier run left of this cluster and removes its pid file. Call with the lock held: then
/// no living instance is using the cluster.
pub(super) fn retire(cluster: &Path) -> Result<(), StartError> {
    let file = cluster.join(PID_FILE);
    if !file.exists() {
        return Ok(());
    }
    // Every process of a server stands in its cluster's folder. Also without its leader a server's other
    // processes hold on to the shared memory for a moment, and a new leader would refuse to start.
    let left = remaining(cluster);
    for leader in PidFile::read(cluster).iter().filter(|file| left.contains(&file.pid)) {
        system::send(leader.pid, libc::SIGINT);
    }
    if !wait_until_gone(cluster, POLITE) {
        for pid in remaining(cluster) {
            system::send(pid, libc::SIGQUIT);
        }
        wait_until_gone(cluster, FIRM);
    }
    if let Some(&pid) = remaining(cluster).first() {
        return Err(StartError::StillRunning { pid });
    }
    match fs::remove_file(&file) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(StartError::folder("delete", &file, error)),
        _ => Ok(()),
    }
}

fn wait_until_gone(cluster: &Path, patience: Duration) -> bool {
    let deadline = Instant::now() + patience;
    while !remaining(cluster).is_empty() {
        if Instant::now() >= deadline {
            return false;
        }
        thread::sleep(Duration::from_millis(10));
    }
    true
}

/// Living processes named `postgres` whose working folder is the cluster.
fn remaining(cluster: &Path) -> Vec<i32> {
    fs::read_dir("/proc")
        .into_iter()
        .flatten()
        .flatten()
        .filter_map(|entry| entry.file_name().to_str()?.parse::<i32>().ok())
        .filter(|&pid| belongs_to(pid, cluster) && is_alive(pid))
        .collect()
}

fn belongs_to(pid: i32, cluster: &Path) -> bool {
    fs::read_link(format!("/proc/{pid}/cwd")).is_ok_and(|folder| folder == cluster)
        && fs::read_to_string(format!("/proc/{pid}/comm")).is_ok_and(|name| name.trim() == "postgres")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_pid_file_is_ready_only_by_its_eighth_line() {
        let lines = "4711\n/data\n1700000000\n5432\n/tmp/s\n\n 1 2\n";
        let starting = PidFile { pid: 4711, ready: false };
        assert_eq!(PidFile::parse(lines), Some(starting));
        assert_eq!(PidFile::parse(&format!("{lines}starting\n")), Some(starting));
        let ready = PidFile { pid: 4711, ready: true };
        assert_eq!(PidFile::parse(&format!("{lines}ready   \n")), Some(ready));
    }

    #[test]
    fn a_broken_pid_file_is_none() {
        for text in ["", "\n", "abc\n", "99999999999\n", "-2147483648\n"] {
            assert_eq!(PidFile::parse(text), None, "{text:?}");
        }
        assert_eq!(PidFile::parse("-12\n").map(|file| file.pid), Some(12));
    }

    #[test]
    fn the_state_survives_brackets_in_the_name() {
        assert_eq!(state("12 (a) b) Z 1 2"), Some('Z'));
        assert_eq!(state("12 (postgres) S 1 2"), Some('S'));
        assert_eq!(state("12"), None);
    }
}
