//! One sentence about what was just done, carried to the next page in a sealed cookie, so that reading it writes
//! nothing and nobody else can put words there.

use serde::{Deserialize, Serialize};

use super::view;
use crate::secrets::SecretKey;

const PURPOSE: &str = "flash";

/// What was done, and the way back where there is one.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Flash {
    text: String,
    warning: bool,
    undo: Option<String>,
}

impl Flash {
    /// Something was done.
    pub fn done(text: impl Into<String>) -> Self {
        Self { text: text.into(), warning: false, undo: None }
    }

    /// Something was not done, or not all of it.
    pub fn warning(text: impl Into<String>) -> Self {
        Self { warning: true, ..Self::done(text) }
    }

    /// Offers to take it back by posting to `path`.
    #[must_use]
    pub fn undo(mut self, path: impl Into<String>) -> Self {
        self.undo = Some(path.into());
        self
    }

    pub(super) fn seal(&self, key: &SecretKey) -> String {
        key.seal(PURPOSE, &serde_json::to_vec(self).unwrap_or_default())
    }

    pub(super) fn open(key: &SecretKey, sealed: &str) -> Option<Self> {
        serde_json::from_slice(&key.open(PURPOSE, sealed)?).ok()
    }
}

impl From<Flash> for view::Flash {
    fn from(flash: Flash) -> Self {
        Self {
            text: flash.text,
            kind: if flash.warning { "warning" } else { "done" },
            undo: flash.undo.map(|action| view::Undo { action, label: "Undo".into() }),
        }
    }
}
