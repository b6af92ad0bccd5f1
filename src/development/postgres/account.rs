//! Which user the server runs as. `PostgreSQL` refuses root, so root steps down.
//!
//! Owns the choice and the trial whether that user can enter a folder; changes no files.

use std::{
    fs, io,
    os::unix::process::CommandExt,
    path::Path,
    process::{Command, Stdio},
};

use super::{StartError, system};

/// Numeric user and group.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Account {
    pub(super) uid: u32,
    pub(super) gid: u32,
}

impl Account {
    /// For root: `postgres`, else `nobody`. A bare number will not do: initdb looks its user up.
    pub(super) fn for_root() -> Result<Self, StartError> {
        let path = Path::new("/etc/passwd");
        let passwd = fs::read_to_string(path).map_err(|source| StartError::folder("read", path, source))?;
        find(&passwd, "postgres").or_else(|| find(&passwd, "nobody")).ok_or(StartError::NoAccount)
    }

    /// Whether this account may enter `folder`, found by trying: access lists and security modules
    /// count too, not only mode bits. Needs root.
    pub(super) fn can_enter(self, folder: &Path) -> Result<bool, StartError> {
        let mut trial = Command::new("/bin/sh");
        trial.args(["-c", ":"]).current_dir(folder).stdin(Stdio::null());
        self.apply(&mut trial);
        match trial.status() {
            Ok(_) => Ok(true),
            Err(error) if error.kind() == io::ErrorKind::PermissionDenied => Ok(false),
            Err(source) => Err(StartError::folder("enter", folder, source)),
        }
    }

    /// Makes `command` run as this account, without root's other groups (`std` drops them with the uid).
    pub(super) fn apply(self, command: &mut Command) {
        command.uid(self.uid).gid(self.gid);
    }
}

/// Whether this process has to step down before it starts the server.
pub(super) fn is_root() -> bool {
    system::effective_uid() == 0
}

fn find(passwd: &str, name: &str) -> Option<Account> {
    let line = passwd.lines().find(|line| line.split(':').next() == Some(name))?;
    let mut numbers = line.split(':').skip(2).map(str::parse::<u32>);
    let (uid, gid) = (numbers.next()?.ok()?, numbers.next()?.ok()?);
    (uid != 0).then_some(Account { uid, gid })
}

#[cfg(test)]
mod tests {
    use super::*;

    const PASSWD: &str = "root:x:0:0:root:/root:/bin/bash\nnobody:x:65534:65533:nobody:/:/bin/false\n\
                          postgresql:x:7:7::/:/bin/sh\npostgres:x:101:104::/var/lib/postgresql:/bin/bash\n";

    #[test]
    fn accounts_are_found_by_their_whole_name() {
        assert_eq!(find(PASSWD, "postgres"), Some(Account { uid: 101, gid: 104 }));
        assert_eq!(find(PASSWD, "nobody"), Some(Account { uid: 65534, gid: 65533 }));
    }

    #[test]
    fn unknown_broken_and_root_accounts_are_refused() {
        assert_eq!(find(PASSWD, "mysql"), None);
        assert_eq!(find("postgres:x:abc:1", "postgres"), None);
        assert_eq!(find("postgres", "postgres"), None);
        assert_eq!(find("postgres:x:0:0::/:", "postgres"), None);
    }
}
