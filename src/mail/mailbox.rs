//! Where mail goes in development mode: into a file that only its owner reads, instead of out of this machine.

use std::fs::{File, OpenOptions};
use std::io::{self, Write as _};
use std::path::Path;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

/// One mail, as `/dev/mail.json` tells it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Kept {
    /// The bare address.
    pub to: String,
    pub subject: String,
    pub text: String,
    pub html: String,
    pub sent_at: DateTime<Utc>,
}

/// Keeps every mail. Clones share what they keep.
#[derive(Debug, Clone, Default)]
pub struct Mailbox(Arc<Mutex<Inner>>);

#[derive(Debug, Default)]
struct Inner {
    kept: Vec<Kept>,
    file: Option<File>,
}

impl Mailbox {
    /// One that forgets when the process ends.
    pub fn in_memory() -> Self {
        Self::default()
    }

    /// One that finds again what it kept in this file, one mail a line.
    ///
    /// # Errors
    /// When the file cannot be read or made.
    pub fn open(path: &Path) -> io::Result<Self> {
        use std::os::unix::fs::OpenOptionsExt as _;
        let mut file = OpenOptions::new().create(true).append(true).mode(0o600).open(path)?;
        let text = String::from_utf8_lossy(&std::fs::read(path)?).into_owned();
        // A line that a kill cut short is no mail; what follows begins on a line of its own.
        let kept = text.lines().filter_map(|line| serde_json::from_str(line).ok()).collect();
        if !text.is_empty() && !text.ends_with('\n') {
            file.write_all(b"\n")?;
        }
        Ok(Self(Arc::new(Mutex::new(Inner { kept, file: Some(file) }))))
    }

    /// Takes a mail.
    ///
    /// # Errors
    /// When the file cannot be written; the mail is not kept then.
    pub fn keep(&self, mail: Kept) -> io::Result<()> {
        let mut inner = self.inner();
        if let Some(file) = &mut inner.file {
            let mut line = serde_json::to_vec(&mail)?;
            line.push(b'\n');
            file.write_all(&line)?;
        }
        inner.kept.push(mail);
        Ok(())
    }

    /// Everything kept, newest first.
    pub fn newest_first(&self) -> Vec<Kept> {
        self.inner().kept.iter().rev().cloned().collect()
    }

    fn inner(&self) -> MutexGuard<'_, Inner> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
