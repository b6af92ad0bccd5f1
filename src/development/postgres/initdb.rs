//! Makes a cluster, whole or not at all.
//!
//! `initdb` fills a folder beside the final place, which is renamed once it is complete; a kill in
//! between leaves rubbish that the next start clears away, never half a cluster.

use std::{
    env,
    fs::{self, File},
    os::unix::fs::{DirBuilderExt, chown},
    path::Path,
    process::{Command, Stdio},
};

use super::{Durability, NAME, StartError, binaries::Binaries, home::Home, system};

const UNFINISHED: &str = "postgres.new-";

/// Makes the cluster of `home` unless it is there.
pub(super) fn make_if_missing(home: &Home, binaries: &Binaries, durability: Durability) -> Result<(), StartError> {
    clear_unfinished(&home.folder);
    if home.cluster.join("PG_VERSION").is_file() {
        return Ok(());
    }
    let unfinished = home.folder.join(format!("{UNFINISHED}{}", std::process::id()));
    fs::DirBuilder::new()
        .mode(0o700)
        .create(&unfinished)
        .map_err(|source| StartError::folder("make", &unfinished, source))?;
    let result = fill(&unfinished, home, binaries, durability).and_then(|()| {
        fs::rename(&unfinished, &home.cluster).map_err(|_| StartError::NotACluster { path: home.cluster.clone() })
    });
    if result.is_err() {
        let _ = fs::remove_dir_all(&unfinished);
    }
    result?;
    // The rename itself has to survive a power cut.
    File::open(&home.folder)
        .and_then(|folder| folder.sync_all())
        .map_err(|source| StartError::folder("write", &home.folder, source))
}

fn fill(unfinished: &Path, home: &Home, binaries: &Binaries, durability: Durability) -> Result<(), StartError> {
    let program = binaries.initdb();
    let mut command = Command::new(&program);
    command
        .arg("--pgdata")
        .arg(unfinished)
        .args(["--username", NAME, "--encoding", "UTF8", "--locale", "C.UTF-8"])
        // Only the owner of the socket folder, and root, can connect at all.
        .args(["--auth", "trust", "--no-instructions"])
        .current_dir("/")
        .stdin(Stdio::null());
    if durability == Durability::Off {
        command.arg("--no-sync");
    }
    clean_environment(&mut command);
    if let Some(account) = home.account {
        chown(unfinished, Some(account.uid), Some(account.gid))
            .map_err(|source| StartError::folder("hand over", unfinished, source))?;
        account.apply(&mut command);
    }
    system::end_with_parent(&mut command, libc::SIGKILL);
    let output = command.output().map_err(|source| StartError::Spawn { program, source })?;
    if output.status.success() {
        return Ok(());
    }
    Err(StartError::InitDb {
        folder: unfinished.to_path_buf(),
        output: String::from_utf8_lossy(&output.stderr).trim().to_owned(),
    })
}

/// What a killed initdb left. A helper of that initdb may still be writing for a moment; what cannot be
/// deleted now is deleted next time, since every try has a name of its own.
fn clear_unfinished(folder: &Path) {
    for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
        if entry.file_name().to_string_lossy().starts_with(UNFINISHED) {
            let _ = fs::remove_dir_all(entry.path());
        }
    }
}

/// Settings meant for other databases (`PGDATA`, `PGPORT`, locale) must not reach this one; of the
/// environment only the search paths are needed.
pub(super) fn clean_environment(command: &mut Command) {
    command.env_clear().env("LC_ALL", "C.UTF-8");
    for name in ["PATH", "LD_LIBRARY_PATH"] {
        if let Some(value) = env::var_os(name) {
            command.env(name, value);
        }
    }
}
