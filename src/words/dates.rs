//! Moments in a reader's language and time zone.

use chrono::{DateTime, Datelike as _, Utc};
use chrono_tz::Tz;

use super::Language;

/// *27 November 2026, 14:02 (Rome time)*, as the language writes it.
pub fn moment(language: Language, at: DateTime<Utc>, zone: Tz) -> String {
    let local = at.with_timezone(&zone);
    let month = language.say(MONTHS[local.month0() as usize % MONTHS.len()]);
    let city = zone.name().rsplit('/').next().unwrap_or_default().replace('_', " ");
    let (day, year, time) = (local.day().to_string(), local.year().to_string(), local.format("%H:%M").to_string());
    language.say_with("moment", &[("day", &day), ("month", &month), ("year", &year), ("time", &time), ("city", &city)])
}

const MONTHS: [&str; 12] = [
    "month-1", "month-2", "month-3", "month-4", "month-5", "month-6", "month-7", "month-8", "month-9", "month-10",
    "month-11", "month-12",
];

#[cfg(test)]
mod tests {
    use super::*;
    use chrono::TimeZone as _;

    #[test]
    fn a_moment_is_told_as_the_language_tells_it() {
        let at = Utc.with_ymd_and_hms(2026, 11, 27, 13, 2, 0).single().unwrap();
        let told = |language| moment(language, at, chrono_tz::Europe::Rome);
        assert_eq!(told(Language::English), "27 November 2026, 14:02 (Rome time)");
        assert_eq!(told(Language::German), "27. November 2026, 14:02 Uhr (Ortszeit Rome)");
        assert!(told(Language::French).starts_with("27 novembre 2026"));
        assert!(told(Language::Spanish).starts_with("27 de noviembre de 2026"));
        assert!(told(Language::Italian).starts_with("27 novembre 2026"));
    }
}
