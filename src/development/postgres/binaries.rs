//! Finds the server programs of `PostgreSQL`.
//!
//! Owns the search order: `$PG_BIN`, Debian's versioned folders (newest first), `PATH`. Installs nothing.

use std::{
    cmp::Reverse,
    env, fs,
    path::{Path, PathBuf},
    process::Command,
};

use super::StartError;

const DEBIAN: &str = "/usr/lib/postgresql";

/// One installed server.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Binaries {
    folder: PathBuf,
    major: String,
}

impl Binaries {
    /// The first one that can open `cluster`, or simply the first when there is no cluster yet.
    pub(super) fn for_cluster(cluster: &Path) -> Result<Self, StartError> {
        let mut found = candidates();
        let Some(wanted) = major_of(cluster) else {
            return found.into_iter().next().ok_or(StartError::NoBinaries);
        };
        match found.iter().position(|one| one.major == wanted) {
            Some(index) => Ok(found.swap_remove(index)),
            None if found.is_empty() => Err(StartError::NoBinaries),
            None => Err(StartError::WrongMajor {
                cluster: cluster.to_path_buf(),
                wanted,
                found: found.into_iter().map(|one| one.major).collect::<Vec<_>>().join(", "),
            }),
        }
    }

    pub(super) fn initdb(&self) -> PathBuf {
        self.folder.join("initdb")
    }

    pub(super) fn postgres(&self) -> PathBuf {
        self.folder.join("postgres")
    }
}

/// Major version of an existing cluster.
fn major_of(cluster: &Path) -> Option<String> {
    let text = fs::read_to_string(cluster.join("PG_VERSION")).ok()?;
    Some(text.trim().to_owned())
}

fn candidates() -> Vec<Binaries> {
    if let Some(folder) = env::var_os("PG_BIN").filter(|value| !value.is_empty()) {
        // Whoever sets it wants that one and no other.
        return asked(Path::new(&folder)).into_iter().collect();
    }
    let mut found = debian(Path::new(DEBIAN));
    if found.is_empty() {
        let path = env::var_os("PATH").unwrap_or_default();
        found.extend(env::split_paths(&path).find_map(|folder| asked(&folder)));
    }
    found
}

/// Debian names the folder after the version, which saves running the program.
fn debian(root: &Path) -> Vec<Binaries> {
    let Ok(entries) = fs::read_dir(root) else {
        return Vec::new();
    };
    let mut found: Vec<(u32, Binaries)> = entries
        .flatten()
        .filter_map(|entry| {
            let major = entry.file_name().into_string().ok()?;
            let folder = entry.path().join("bin");
            has_server(&folder).then_some(())?;
            Some((major.parse().ok()?, Binaries { folder, major }))
        })
        .collect();
    found.sort_by_key(|(number, _)| Reverse(*number));
    found.into_iter().map(|(_, one)| one).collect()
}

/// Elsewhere only the program itself knows its version.
fn asked(folder: &Path) -> Option<Binaries> {
    has_server(folder).then_some(())?;
    let output = Command::new(folder.join("postgres")).arg("--version").output().ok()?;
    let major = parse_version(&String::from_utf8_lossy(&output.stdout))?;
    Some(Binaries { folder: folder.to_path_buf(), major })
}

/// initdb finds `postgres` beside itself, so both must be in one folder.
fn has_server(folder: &Path) -> bool {
    folder.join("initdb").is_file() && folder.join("postgres").is_file()
}

/// `postgres (PostgreSQL) 15.14 (Debian …)` → `15`; betas say `18beta1`.
fn parse_version(text: &str) -> Option<String> {
    let version = text.split_once("(PostgreSQL) ")?.1;
    let major: String = version.chars().take_while(char::is_ascii_digit).collect();
    (!major.is_empty()).then_some(major)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_major_version_is_read_from_the_program() {
        for (text, major) in [
            ("postgres (PostgreSQL) 15.14 (Debian 15.14-0+deb12u1)\n", Some("15")),
            ("postgres (PostgreSQL) 18beta1", Some("18")),
            ("postgres (EnterpriseDB) 15", None),
            ("postgres (PostgreSQL) devel", None),
        ] {
            assert_eq!(parse_version(text).as_deref(), major, "{text}");
        }
    }
}
