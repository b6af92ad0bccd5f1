//! The folder of the Unix socket: private to the server's user, and with a path the kernel accepts.
//!
//! Owns that folder and what stale servers left in it.

use std::{
    fs, io, iter,
    os::unix::fs::{DirBuilderExt, MetadataExt, lchown},
    path::{Path, PathBuf},
};

use super::{
    StartError,
    home::{Home, fnv1a},
    system,
};

/// Part of the socket's file name; nothing listens on TCP.
pub(super) const PORT: u16 = 5432;

/// A socket's whole path must fit `sun_path`, 108 bytes with the closing NUL; one byte to spare.
const LONGEST: usize = 106;

/// A folder that belongs to the server's user with mode 0700 and has no stale socket in it.
///
/// In the home by preference. Where that path is too long, or has characters that the server or libpq
/// would take for a list, in `/tmp`, where strangers may have made a folder of the same name first: only
/// one that is provably ours is used.
pub(super) fn prepare(home: &Home) -> Result<PathBuf, StartError> {
    let near = home.folder.join("socket");
    let hash = fnv1a(home.folder.as_os_str().as_encoded_bytes());
    let far = (0..10).map(|n| PathBuf::from(format!("/tmp/guildhall-{hash:016x}-{n}")));
    let folder = iter::once(near.clone())
        .filter(|folder| is_usable_path(folder))
        .chain(far)
        .find(|folder| make_private(folder, home).is_ok())
        .ok_or(StartError::NoSocketFolder { folder: near })?;
    for name in [format!(".s.PGSQL.{PORT}"), format!(".s.PGSQL.{PORT}.lock")] {
        let path = folder.join(name);
        // The server would believe a stale lock whose number another program has by now.
        match fs::remove_file(&path) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => {
                return Err(StartError::folder("delete", &path, error));
            }
            _ => {}
        }
    }
    Ok(folder)
}

fn is_usable_path(folder: &Path) -> bool {
    let bytes = folder.as_os_str().as_encoded_bytes();
    let plain = |byte: &u8| byte.is_ascii_alphanumeric() || b"/._-+@~".contains(byte);
    bytes.iter().all(plain) && bytes.len() + format!("/.s.PGSQL.{PORT}").len() <= LONGEST
}

fn make_private(folder: &Path, home: &Home) -> io::Result<()> {
    match fs::DirBuilder::new().mode(0o700).create(folder) {
        Ok(()) => {
            if let Some(account) = home.account {
                lchown(folder, Some(account.uid), Some(account.gid))?;
            }
        }
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {}
        Err(error) => return Err(error),
    }
    let owner = home.account.map_or_else(system::effective_uid, |account| account.uid);
    let found = fs::symlink_metadata(folder)?;
    if found.is_dir() && found.uid() == owner && found.mode() & 0o777 == 0o700 {
        Ok(())
    } else {
        Err(io::Error::from(io::ErrorKind::PermissionDenied))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn long_and_listlike_paths_are_not_used() {
        assert!(is_usable_path(Path::new("/srv/data/socket")));
        assert!(is_usable_path(Path::new(&format!("/{}", "a".repeat(91)))));
        for path in [format!("/{}", "a".repeat(92)), "/a,b/socket".into(), "/ü".into(), "/a b".into()] {
            assert!(!is_usable_path(Path::new(&path)), "{path}");
        }
    }
}
