//! Where the cluster lives and who owns it.
//!
//! Normally `data_dir/postgres`. When root starts the program below a folder that is closed to other
//! users (such as `/root`), the server's own user could not get there; the cluster is then kept in
//! `/var/lib/guildhall-<hash of the path>` and `data_dir/postgres` becomes a link to it, beside a note.

use std::{
    ffi::OsString,
    fs, io,
    os::unix::fs::{DirBuilderExt, MetadataExt, symlink},
    path::{Path, PathBuf},
};

use super::{
    StartError,
    account::{self, Account},
    system,
};

const CLUSTER: &str = "postgres";
const NOTE: &str = "postgres-is-elsewhere.txt";
const ELSEWHERE: &str = "/var/lib";

/// The places of one cluster.
#[derive(Debug)]
pub(super) struct Home {
    /// Holds the cluster, the socket folder and half-made clusters. Absolute.
    pub(super) folder: PathBuf,
    /// The cluster itself (`PGDATA`); may not exist yet.
    pub(super) cluster: PathBuf,
    /// The server's log, always in the data folder.
    pub(super) log: PathBuf,
    /// Whom to become before running the server; `None` when not root.
    pub(super) account: Option<Account>,
}

/// Makes the data folder. As root it stays passable (0711), for the server runs as somebody else.
pub(super) fn create_data_dir(data_dir: &Path) -> Result<(), StartError> {
    let mode = if account::is_root() { 0o711 } else { 0o700 };
    fs::DirBuilder::new()
        .recursive(true)
        .mode(mode)
        .create(data_dir)
        .map_err(|source| StartError::folder("make", data_dir, source))
}

impl Home {
    /// Decides on place and account. `data_dir` is absolute, exists, and is locked by us.
    pub(super) fn settle(data_dir: &Path) -> Result<Self, StartError> {
        let link = data_dir.join(CLUSTER);
        let owner = owner_of_cluster(&link)?;
        let account = choose_account(data_dir, owner)?;
        let cluster = match fs::read_link(&link) {
            // As written by `move_elsewhere`, whether or not the cluster behind it was made in time.
            Ok(target) => target,
            Err(_) if owner.is_some() => link,
            Err(_) => match account {
                Some(account) if !account.can_enter(data_dir)? => move_elsewhere(data_dir, &link)?,
                _ => link,
            },
        };
        let folder = cluster.parent().unwrap_or(data_dir).to_path_buf();
        create_data_dir(&folder)?;
        Ok(Self { folder, cluster, log: data_dir.join("postgres.log"), account })
    }

    /// Says early and plainly what would otherwise be an obscure failure of the server.
    pub(super) fn check_reachable(&self) -> Result<(), StartError> {
        match self.account {
            Some(account) if !account.can_enter(&self.folder)? => {
                Err(StartError::Unreachable { folder: self.folder.clone(), uid: account.uid })
            }
            _ => Ok(()),
        }
    }
}

/// Owner of an existing cluster; `None` when there is none yet (a dangling link included).
fn owner_of_cluster(link: &Path) -> Result<Option<Account>, StartError> {
    let metadata = match fs::metadata(link) {
        Ok(metadata) => metadata,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        Err(source) => return Err(StartError::folder("look at", link, source)),
    };
    // An empty folder in that place is no cluster either: the finished one is renamed over it.
    if metadata.is_dir() && fs::read_dir(link).is_ok_and(|mut entries| entries.next().is_none()) {
        return Ok(None);
    }
    Ok(Some(Account { uid: metadata.uid(), gid: metadata.gid() }))
}

fn choose_account(data_dir: &Path, owner: Option<Account>) -> Result<Option<Account>, StartError> {
    match owner {
        // No server ever made that: it does not run as root.
        Some(Account { uid: 0, .. }) => Err(StartError::NotACluster { path: data_dir.join(CLUSTER) }),
        // Root works for whoever made the cluster, so that they can still start it themselves later.
        Some(owner) if account::is_root() => Ok(Some(owner)),
        Some(owner) if owner.uid != system::effective_uid() => {
            Err(StartError::NotOurs { folder: data_dir.to_path_buf(), owner: owner.uid })
        }
        None if account::is_root() => Account::for_root().map(Some),
        _ => Ok(None),
    }
}

/// Prepares a folder that everybody can pass through, and leaves link and note. Returns the cluster's place.
fn move_elsewhere(data_dir: &Path, link: &Path) -> Result<PathBuf, StartError> {
    let hash = fnv1a(data_dir.as_os_str().as_encoded_bytes());
    let folder = Path::new(ELSEWHERE).join(format!("guildhall-{hash:016x}"));
    set_aside(&folder)?;
    let cluster = folder.join(CLUSTER);
    let note = format!(
        "The database of this folder is kept in {}.\n\
         PostgreSQL does not run as root, and the user it runs as cannot enter {}.\n\
         `{CLUSTER}` here is a link to it; delete both together.\n",
        cluster.display(),
        data_dir.display()
    );
    let note_path = data_dir.join(NOTE);
    fs::write(&note_path, note).map_err(|source| StartError::folder("write", &note_path, source))?;
    symlink(&cluster, link).map_err(|source| StartError::folder("make the link", link, source))?;
    Ok(cluster)
}

/// Somebody deleted the data folder but not what it pointed to: they want to begin anew. Begin anew, but
/// keep what was there, under the first free name: deleting data is theirs to do.
fn set_aside(folder: &Path) -> Result<(), StartError> {
    if !folder.exists() {
        return Ok(());
    }
    let name = |number: u32| {
        let mut name = OsString::from(folder);
        name.push(format!(".old-{number}"));
        PathBuf::from(name)
    };
    let free = (1..1000).map(name).find(|old| !old.exists()).unwrap_or_else(|| name(1000));
    fs::rename(folder, &free).map_err(|source| StartError::folder("rename", folder, source))
}

/// FNV-1a, 64 bit. Names must stay the same over compiler versions, which the standard hasher does not
/// promise; nothing here has to resist an attacker.
pub(super) fn fnv1a(bytes: &[u8]) -> u64 {
    bytes.iter().fold(0xcbf2_9ce4_8422_2325, |hash, byte| (hash ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01b3))
}
