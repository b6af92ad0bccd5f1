//! The time, as a value that is handed in. The only place that asks the machine for it; everything else takes `now`.

use std::sync::{Arc, Mutex, PoisonError};

use chrono::{DateTime, Duration, SubsecRound as _, Utc};

/// Tells the time: the machine's, or one that tests move by hand.
#[derive(Clone, Debug, Default)]
pub struct Clock(Option<Arc<Mutex<DateTime<Utc>>>>);

impl Clock {
    /// The machine's clock.
    pub const fn system() -> Self {
        Self(None)
    }

    /// A clock that stands at `now` until it is moved.
    pub fn standing(now: DateTime<Utc>) -> Self {
        Self(Some(Arc::new(Mutex::new(now))))
    }

    /// Now, in UTC, to the microsecond (PostgreSQL keeps no more).
    #[expect(clippy::disallowed_methods, reason = "the one place that may ask the machine")]
    pub fn now(&self) -> DateTime<Utc> {
        match &self.0 {
            Some(standing) => *standing.lock().unwrap_or_else(PoisonError::into_inner),
            None => Utc::now().trunc_subsecs(6),
        }
    }

    /// Moves a standing clock; the machine's clock is not moved.
    pub fn advance(&self, by: Duration) {
        if let Some(standing) = &self.0 {
            *standing.lock().unwrap_or_else(PoisonError::into_inner) += by;
        }
    }
}
