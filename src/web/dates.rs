//! Dates in words, in the reader's time zone, beside their machine form.

use chrono::{DateTime, SecondsFormat, Utc};
use chrono_tz::Tz;

/// A time zone by its exact IANA name.
pub fn zone(name: &str) -> Option<Tz> {
    name.parse::<Tz>().ok().filter(|zone| zone.name() == name)
}

/// *20 Nov 2026, 14:02 (Rome)*
pub fn moment(at: DateTime<Utc>, zone: Tz) -> String {
    format!("{} ({})", at.with_timezone(&zone).format("%-d %b %Y, %H:%M"), city(zone))
}

/// *20 Nov 2026*
pub fn day(at: DateTime<Utc>, zone: Tz) -> String {
    at.with_timezone(&zone).format("%-d %b %Y").to_string()
}

/// *Friday, 20 November 2026*
pub fn long_day(at: DateTime<Utc>, zone: Tz) -> String {
    at.with_timezone(&zone).format("%A, %-d %B %Y").to_string()
}

/// *2026-11-20*, in the zone.
pub fn date(at: DateTime<Utc>, zone: Tz) -> String {
    at.with_timezone(&zone).format("%Y-%m-%d").to_string()
}

/// *14:02*
pub fn time(at: DateTime<Utc>, zone: Tz) -> String {
    at.with_timezone(&zone).format("%H:%M").to_string()
}

/// The machine form, for `datetime` attributes.
pub fn machine(at: DateTime<Utc>) -> String {
    at.to_rfc3339_opts(SecondsFormat::Secs, true)
}

/// *2 days ago* for the recent, else the day.
pub fn age(at: DateTime<Utc>, now: DateTime<Utc>, zone: Tz) -> String {
    let minutes = (now - at).num_minutes();
    let said = |number: i64, unit: &str| format!("{number} {unit}{} ago", if number == 1 { "" } else { "s" });
    match minutes {
        i64::MIN..=0 => "just now".into(),
        1..60 => said(minutes, "minute"),
        60..1_440 => said(minutes / 60, "hour"),
        1_440..43_200 => said(minutes / 1_440, "day"),
        _ => day(at, zone),
    }
}

/// The last part of the zone's name, as people say it.
pub fn city(zone: Tz) -> String {
    zone.name().rsplit('/').next().unwrap_or_default().replace('_', " ")
}

/// The whole zone as people read it: *New York, America*.
pub fn place(zone: Tz) -> String {
    zone.name().rsplit('/').map(|part| part.replace('_', " ")).collect::<Vec<_>>().join(", ")
}

#[cfg(test)]
mod tests {
    use super::*;
    use chrono::TimeZone as _;

    #[test]
    fn a_moment_is_told_in_the_readers_zone() {
        let at = Utc.with_ymd_and_hms(2026, 11, 20, 13, 2, 0).unwrap();
        assert_eq!(moment(at, zone("Europe/Rome").unwrap()), "20 Nov 2026, 14:02 (Rome)");
    }

    #[test]
    fn the_recent_is_told_as_an_age() {
        let now = Utc.with_ymd_and_hms(2026, 11, 20, 13, 2, 0).unwrap();
        let ago = |minutes| age(now - chrono::Duration::minutes(minutes), now, Tz::UTC);
        assert_eq!(
            [ago(0), ago(1), ago(125), ago(3_000), ago(60_000)],
            ["just now", "1 minute ago", "2 hours ago", "2 days ago", "9 Oct 2026"]
        );
    }

    #[test]
    fn a_zone_is_told_from_the_city_outwards() {
        let told = ["America/Argentina/Buenos_Aires", "Europe/Rome", "UTC"].map(|name| place(zone(name).unwrap()));
        assert_eq!(told, ["Buenos Aires, Argentina, America", "Rome, Europe", "UTC"]);
    }

    #[test]
    fn only_exact_zone_names_count() {
        for wrong in ["europe/rome", "Etc/GMT+25", "../etc/passwd", "UTC+2", ""] {
            assert!(zone(wrong).is_none(), "{wrong}");
        }
    }
}
