//! The bell at the worker's door: rung after a commit that queued mail, so that it leaves at once.
//! A ring that is lost costs seconds, never a mail: the worker also looks by itself.

use std::sync::Arc;

use tokio::sync::Notify;

/// Wakes the worker of this process. Cheap to clone.
#[derive(Debug, Clone, Default)]
pub struct Bell(Arc<Notify>);

impl Bell {
    /// There is mail. Rung after the commit; rung before it, the worker would find nothing.
    pub fn ring(&self) {
        self.0.notify_one();
    }

    /// Returns at the next ring, or at once if it rang since the last time.
    pub(super) async fn rung(&self) {
        self.0.notified().await;
    }
}
