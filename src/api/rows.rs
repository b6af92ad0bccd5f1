//! A row of a result as a JSON object, written straight from what PostgreSQL sends: making the JSON there costs several
//! times as much, and an export is a million of them. Knows types of columns, no collection.

use diesel::deserialize::{self, FromSql, QueryableByName};
use diesel::pg::{Pg, PgValue};
use diesel::row::{Field as _, NamedRow, Row};
use diesel::sql_types::{Array, Text};
use uuid::Uuid;

/// A row as it is handed on: where it stands in the order of an export, and what it is, as a JSON object.
#[derive(Debug, Clone)]
pub struct Line {
    pub key: String,
    pub item: String,
}

/// An item's usual length.
const USUAL: usize = 640;

/// The first column is the key; the others are the members of the item, under the columns' names.
impl QueryableByName<Pg> for Line {
    fn build<'a>(row: &impl NamedRow<'a, Pg>) -> deserialize::Result<Self> {
        let mut line = Self { key: String::new(), item: String::with_capacity(USUAL) };
        for at in 0..row.field_count() {
            let Some(field) = Row::get(row, at) else { continue };
            let value = field.value();
            if at == 0 {
                if let Some(value) = value {
                    plain(&mut line.key, &value)?;
                }
                continue;
            }
            line.item.push(if at == 1 { '{' } else { ',' });
            text(&mut line.item, field.field_name().unwrap_or_default());
            line.item.push(':');
            match value {
                None => line.item.push_str("null"),
                Some(value) => json(&mut line.item, &value)?,
            }
        }
        line.item.push('}');
        Ok(line)
    }
}

/// Types by their numbers, which PostgreSQL never changes.
mod oid {
    pub const BOOL: u32 = 16;
    pub const INT8: u32 = 20;
    pub const INT2: u32 = 21;
    pub const INT4: u32 = 23;
    pub const TEXT: u32 = 25;
    pub const JSON: u32 = 114;
    pub const TEXTS: u32 = 1009;
    pub const MOMENT: u32 = 1184;
    pub const UUID: u32 = 2950;
    pub const JSONB: u32 = 3802;
}

/// A value as JSON.
fn json(out: &mut String, value: &PgValue<'_>) -> deserialize::Result<()> {
    let bytes = value.as_bytes();
    match value.get_oid().get() {
        oid::TEXT => text(out, std::str::from_utf8(bytes)?),
        oid::JSON => out.push_str(std::str::from_utf8(bytes)?),
        // Its text, behind the number of its format.
        oid::JSONB => out.push_str(std::str::from_utf8(bytes.get(1..).unwrap_or_default())?),
        oid::UUID | oid::MOMENT => {
            out.push('"');
            plain(out, value)?;
            out.push('"');
        }
        oid::TEXTS => {
            let all = <Vec<String> as FromSql<Array<Text>, Pg>>::from_sql(*value)?;
            for (at, one) in all.iter().enumerate() {
                out.push(if at == 0 { '[' } else { ',' });
                text(out, one);
            }
            out.push_str(if all.is_empty() { "[]" } else { "]" });
        }
        _ => plain(out, value)?,
    }
    Ok(())
}

/// A value without quotes.
fn plain(out: &mut String, value: &PgValue<'_>) -> deserialize::Result<()> {
    let bytes = value.as_bytes();
    match value.get_oid().get() {
        oid::BOOL => out.push_str(if bytes == [0] { "false" } else { "true" }),
        oid::INT2 => out.push_str(&i16::from_be_bytes(bytes.try_into()?).to_string()),
        oid::INT4 => out.push_str(&i32::from_be_bytes(bytes.try_into()?).to_string()),
        oid::INT8 => out.push_str(&i64::from_be_bytes(bytes.try_into()?).to_string()),
        oid::UUID => {
            let mut letters = Uuid::encode_buffer();
            out.push_str(Uuid::from_slice(bytes)?.hyphenated().encode_lower(&mut letters));
        }
        oid::MOMENT => moment(out, i64::from_be_bytes(bytes.try_into()?)),
        oid::TEXT => out.push_str(std::str::from_utf8(bytes)?),
        other => return Err(format!("a column of type {other} cannot be told").into()),
    }
    Ok(())
}

/// A text as JSON has it.
fn text(out: &mut String, text: &str) {
    const HEXADECIMAL: &[u8; 16] = b"0123456789abcdef";
    out.push('"');
    let mut told = 0;
    for (at, byte) in text.bytes().enumerate() {
        if byte >= b' ' && byte != b'"' && byte != b'\\' {
            continue;
        }
        out.push_str(&text[told..at]);
        told = at + 1;
        match byte {
            b'"' => out.push_str("\\\""),
            b'\\' => out.push_str("\\\\"),
            b'\n' => out.push_str("\\n"),
            b'\r' => out.push_str("\\r"),
            b'\t' => out.push_str("\\t"),
            other => {
                out.push_str("\\u00");
                out.push(HEXADECIMAL[usize::from(other >> 4)].into());
                out.push(HEXADECIMAL[usize::from(other & 15)].into());
            }
        }
    }
    out.push_str(&text[told..]);
    out.push('"');
}

/// A moment as ISO 8601 has it, in UTC, to the millisecond; from microseconds since the year 2000.
fn moment(out: &mut String, micros: i64) {
    const DAY: i64 = 86_400_000;
    let millis = micros.div_euclid(1_000);
    let (days, rest) = (millis.div_euclid(DAY), millis.rem_euclid(DAY));
    // Days since 1 March of the year 0, in eras of 400 years: February is last, so that leap days are.
    let days = days + 730_425;
    let (era, day) = (days.div_euclid(146_097), days.rem_euclid(146_097));
    let year = (day - day / 1_460 + day / 36_524 - day / 146_096) / 365;
    let day = day - (365 * year + year / 4 - year / 100);
    let month = (5 * day + 2) / 153;
    let (day, month) = (day - (153 * month + 2) / 5 + 1, if month < 10 { month + 3 } else { month - 9 });
    let year = year + era * 400 + i64::from(month < 3);
    let parts = [
        (year, 4, '-'),
        (month, 2, '-'),
        (day, 2, 'T'),
        (rest / 3_600_000, 2, ':'),
        (rest / 60_000 % 60, 2, ':'),
        (rest / 1_000 % 60, 2, '.'),
        (rest % 1_000, 3, 'Z'),
    ];
    for (number, digits, end) in parts {
        for place in (0..digits).rev() {
            let digit = number / 10_i64.pow(place) % 10;
            out.push(char::from(b'0' + u8::try_from(digit).unwrap_or_default()));
        }
        out.push(end);
    }
}

#[cfg(test)]
mod tests {
    use chrono::{DateTime, Duration, TimeZone as _, Utc};

    use super::*;

    #[test]
    fn a_moment_is_told_as_everywhere() {
        let epoch = Utc.with_ymd_and_hms(2000, 1, 1, 0, 0, 0).unwrap();
        let mut micros = -60_000_000_000_000_000_i64;
        while micros < 8_000_000_000_000_000 {
            let expected: DateTime<Utc> = epoch + Duration::microseconds(micros);
            let mut told = String::new();
            moment(&mut told, micros);
            assert_eq!(told, expected.format("%Y-%m-%dT%H:%M:%S%.3fZ").to_string(), "{micros}");
            micros += 12_345_678_912_345;
        }
        let mut leap = String::new();
        moment(&mut leap, 5_097_599_999_999);
        assert_eq!(leap, "2000-02-28T23:59:59.999Z");
        leap.clear();
        moment(&mut leap, 5_097_600_000_000);
        assert_eq!(leap, "2000-02-29T00:00:00.000Z");
    }

    #[test]
    fn a_text_is_told_as_json_has_it() {
        for written in
            ["", "plain", "a \"quote\" and a \\", "two\nlines\r\n\tand \u{1}\u{1f}\u{8}\u{c}\u{7f}", "Zoë 株 🦊"]
        {
            let mut told = String::new();
            text(&mut told, written);
            assert_eq!(serde_json::from_str::<String>(&told).unwrap(), written, "{told}");
        }
    }
}
