//! What an export looks like: a JSON object a line, or comma-separated values with a header. An item is turned into a
//! row as it is read; nothing is built in between.

use std::fmt;

use serde::Deserialize as _;
use serde::de::value::{MapAccessDeserializer, SeqAccessDeserializer};
use serde::de::{DeserializeSeed, Deserializer, IgnoredAny, MapAccess, SeqAccess, Visitor};
use serde_json::Value;

use crate::csv;

/// How rows are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Format {
    /// One JSON object on each line.
    Ndjson,
    /// RFC 4180, UTF-8 with a byte order mark, a header row.
    Csv,
}

/// The member that says the same in every row.
const OBJECT: &str = "object";

impl Format {
    /// By its name.
    pub fn named(name: &str) -> Option<Self> {
        match name {
            "ndjson" => Some(Self::Ndjson),
            "csv" => Some(Self::Csv),
            _ => None,
        }
    }

    /// By an `Accept` header: CSV for those who name it and not the other.
    pub fn accepted(accept: &str) -> Self {
        if accept.contains("text/csv") && !accept.contains("ndjson") { Self::Csv } else { Self::Ndjson }
    }

    pub const fn media_type(self) -> &'static str {
        match self {
            Self::Ndjson => "application/x-ndjson",
            Self::Csv => "text/csv; charset=utf-8; header=present",
        }
    }

    pub const fn extension(self) -> &'static str {
        match self {
            Self::Ndjson => "ndjson",
            Self::Csv => "csv",
        }
    }

    /// What stands before the first row.
    pub fn begin(self, out: &mut String, columns: &[&str]) {
        if self == Self::Csv {
            out.push_str(csv::BOM);
            csv::row(out, columns.iter().copied().filter(|column| *column != OBJECT));
        }
    }

    /// One row.
    pub fn line(self, out: &mut String, item: &str) {
        match self {
            Self::Ndjson => {
                out.push_str(item);
                out.push('\n');
            }
            Self::Csv => {
                let mut reader = serde_json::Deserializer::from_str(item);
                // PostgreSQL wrote the item: it is an object.
                drop(reader.deserialize_map(Row(out)));
                out.push_str("\r\n");
            }
        }
    }
}

/// Writes the members of an object as cells.
struct Row<'a>(&'a mut String);

impl<'de> Visitor<'de> for Row<'_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut members: A) -> Result<(), A::Error> {
        let mut first = true;
        while let Some(name) = members.next_key::<&str>()? {
            if name == OBJECT {
                members.next_value::<IgnoredAny>()?;
                continue;
            }
            if !std::mem::replace(&mut first, false) {
                self.0.push(',');
            }
            members.next_value_seed(Cell(self.0))?;
        }
        Ok(())
    }
}

/// Writes a value as a cell: nothing for null, JSON for what has parts.
struct Cell<'a>(&'a mut String);

impl<'de> DeserializeSeed<'de> for Cell<'_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Cell<'_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a value")
    }

    fn visit_str<E>(self, text: &str) -> Result<(), E> {
        csv::text(self.0, text);
        Ok(())
    }

    fn visit_unit<E>(self) -> Result<(), E> {
        Ok(())
    }

    fn visit_bool<E>(self, value: bool) -> Result<(), E> {
        self.0.push_str(if value { "true" } else { "false" });
        Ok(())
    }

    fn visit_u64<E>(self, number: u64) -> Result<(), E> {
        self.0.push_str(&number.to_string());
        Ok(())
    }

    fn visit_i64<E>(self, number: i64) -> Result<(), E> {
        self.0.push_str(&number.to_string());
        Ok(())
    }

    fn visit_f64<E>(self, number: f64) -> Result<(), E> {
        self.0.push_str(&number.to_string());
        Ok(())
    }

    fn visit_map<A: MapAccess<'de>>(self, members: A) -> Result<(), A::Error> {
        let whole = Value::deserialize(MapAccessDeserializer::new(members))?;
        csv::text(self.0, &whole.to_string());
        Ok(())
    }

    fn visit_seq<A: SeqAccess<'de>>(self, items: A) -> Result<(), A::Error> {
        let whole = Value::deserialize(SeqAccessDeserializer::new(items))?;
        csv::text(self.0, &whole.to_string());
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_item_becomes_a_row() {
        let mut out = String::new();
        let item = r#"{"object" : "x", "id" : "1", "name" : "=cmd|' /C calc'!A0", "logo" : null, "shop" : true, "users" : 12, "properties" : {"b": "1", "a": "x\"y"}, "grants" : ["A","B"], "note" : "two\nlines"}"#;
        Format::Csv.line(&mut out, item);
        assert_eq!(
            out,
            "1,\"'=cmd|' /C calc'!A0\",,true,12,\"{\"\"a\"\":\"\"x\\\"\"y\"\",\"\"b\"\":\"\"1\"\"}\",\"[\"\"A\"\",\"\"B\"\"]\",\"two\nlines\"\r\n"
        );
    }

    #[test]
    fn a_client_says_what_it_takes() {
        assert_eq!(Format::accepted("text/csv"), Format::Csv);
        for other in ["", "*/*", "application/json", "application/x-ndjson, text/csv;q=0.5"] {
            assert_eq!(Format::accepted(other), Format::Ndjson, "{other}");
        }
        assert_eq!(Format::named("xlsx"), None);
    }
}
