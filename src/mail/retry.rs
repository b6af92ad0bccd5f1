//! When a mail that did not leave is tried again, when it is given up, and how a server's words are kept.
//! Decisions only: no database, no network.

use chrono::{DateTime, Duration, Utc};

/// How long one attempt may take, from the connection to the answer.
pub const ATTEMPT: std::time::Duration = std::time::Duration::from_secs(30);
/// How long a claimed mail belongs to its worker: an attempt, and time to write down what came of it.
pub const LEASE: Duration = Duration::seconds(45);
/// Sendings without a confirmation after which a mail is given up: the first, and the one copy that is risked.
pub const UNCONFIRMED_AT_MOST: i32 = 2;
/// After the first five delays the last one repeats.
const DELAYS_IN_MINUTES: [i64; 6] = [1, 5, 30, 60, 120, 240];
const GIVE_UP_AFTER: Duration = Duration::days(5);
/// Of what a server said, in characters.
const LONGEST_WORDS: usize = 300;

/// What is kept beside a mail that may have arrived and is not risked again.
pub const NEVER_CONFIRMED: &str =
    "The mail server had the whole mail twice and never confirmed it. It may have arrived.";

/// When the next attempt is due after `attempts` of them, or None when it is time to give up.
pub fn next(attempts: i32, first_tried: DateTime<Utc>, now: DateTime<Utc>) -> Option<DateTime<Utc>> {
    let index = usize::try_from(attempts - 1).unwrap_or(0).min(DELAYS_IN_MINUTES.len() - 1);
    (now - first_tried < GIVE_UP_AFTER).then(|| now + Duration::minutes(DELAYS_IN_MINUTES[index]))
}

/// What a server said, on one line, printable, and not longer than anybody wants to read.
pub fn words(said: &str) -> String {
    let plain: String = said.chars().map(|c| if c.is_control() || is_hidden(c) { ' ' } else { c }).collect();
    plain.split_whitespace().collect::<Vec<_>>().join(" ").chars().take(LONGEST_WORDS).collect()
}

/// Characters that turn the direction of text or are not seen at all.
pub fn is_hidden(c: char) -> bool {
    matches!(c, '\u{ad}' | '\u{61c}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}' | '\u{fffd}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn delays_grow_to_four_hours_and_end_after_five_days() {
        let first = DateTime::UNIX_EPOCH;
        let minutes = |attempts| (next(attempts, first, first).unwrap() - first).num_minutes();
        assert_eq!([1, 2, 3, 4, 5, 6, 7, 99].map(minutes), [1, 5, 30, 60, 120, 240, 240, 240]);
        assert!(next(40, first, first + Duration::days(5) - Duration::seconds(1)).is_some());
        assert!(next(40, first, first + Duration::days(5)).is_none());
    }

    #[test]
    fn words_of_a_server_are_one_short_printable_line() {
        assert_eq!(words("5.7.1 Relay\r\n access\u{202e} denied\0\t."), "5.7.1 Relay access denied .");
        assert_eq!(words(&"x".repeat(5_000)).len(), 300);
    }
}
