//! Whether a request still waits for its write. One that has given up, and was answered that nothing could be done in
//! time, must not find its change made a moment later: what is not waited for is not committed.

use std::sync::Arc;
use std::sync::atomic::{AtomicU8, Ordering};

const WAITS: u8 = 0;
const GAVE_UP: u8 = 1;
const COMMITS: u8 = 2;

/// Shared by a request and the work that it waits for.
#[derive(Debug, Clone, Default)]
pub(super) struct Patience(Arc<AtomicU8>);

impl Patience {
    /// At the beginning of each attempt: one that ended in a commit which failed may be given up again.
    pub(super) fn wait_again(&self) {
        self.turn(COMMITS, WAITS);
    }

    /// Before a commit: whether it is still waited for. If so, it will be until the commit has ended.
    pub(super) fn may_commit(&self) -> bool {
        self.turn(WAITS, COMMITS)
    }

    /// Whether the request can go unanswered: nothing is committed then. Not while that is under way.
    pub(super) fn give_up(&self) -> bool {
        self.turn(WAITS, GAVE_UP)
    }

    fn turn(&self, from: u8, to: u8) -> bool {
        self.0.compare_exchange(from, to, Ordering::AcqRel, Ordering::Acquire).is_ok()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn either_the_request_gives_up_or_the_work_commits() {
        let (given_up, committed) = (Patience::default(), Patience::default());
        assert!(given_up.give_up() && !given_up.may_commit());
        assert!(committed.may_commit() && !committed.give_up());
        committed.wait_again();
        assert!(committed.give_up(), "a commit that failed is tried again, and that can be given up");
        given_up.wait_again();
        assert!(!given_up.may_commit(), "nobody comes back");
    }
}
