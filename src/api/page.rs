//! `page`, `size`, `sort` and `sortOrder`, as seed 004 has them. Strict: what is not understood is a 400.

use actix_web::HttpRequest;
use percent_encoding::percent_decode_str;
use url::form_urlencoded;

use super::error::{ApiError, Fault};

/// The most items on a page (S4-07).
pub const LARGEST: i64 = 1_000;
const STANDARD: i64 = 10;
/// How deep pages by number go; beyond, exports page by key.
pub const DEEPEST: i64 = 100_000;

/// The parameters of an address, each at most once.
#[derive(Debug, Clone, Default)]
pub struct Parameters(Vec<(String, String)>);

impl Parameters {
    /// Reads the query string.
    ///
    /// # Errors
    /// 400 for a parameter that is unknown or comes twice.
    pub fn read(request: &HttpRequest, known: &[&str]) -> Result<Self, ApiError> {
        let mut all: Vec<(String, String)> = Vec::new();
        for (name, value) in form_urlencoded::parse(request.query_string().as_bytes()) {
            if !known.contains(&name.as_ref()) {
                return Err(wrong(&name, "unknown", "This parameter is not known here."));
            }
            if all.iter().any(|(seen, _)| *seen == name) {
                return Err(wrong(&name, "twice", "Send this parameter once."));
            }
            all.push((name.into_owned(), value.into_owned()));
        }
        Ok(Self(all))
    }

    /// A parameter's value, if it was sent.
    pub fn get(&self, name: &str) -> Option<&str> {
        self.0.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str())
    }

    /// A whole number within bounds.
    ///
    /// # Errors
    /// 400 that names the bounds.
    pub fn number(&self, name: &str, standard: i64, (least, most): (i64, i64)) -> Result<i64, ApiError> {
        let Some(text) = self.get(name) else { return Ok(standard) };
        let digits = !text.is_empty() && text.len() <= 10 && text.chars().all(|c| c.is_ascii_digit());
        let number = text.parse().ok().filter(|number| digits && (least..=most).contains(number));
        number.ok_or_else(|| wrong(name, "out_of_range", &format!("Send a whole number from {least} to {most}.")))
    }
}

/// Refuses an address with escapes that are none, or that are no text: nothing is guessed.
///
/// # Errors
/// 400 for the whole query.
pub fn legible(query: &str) -> Result<(), ApiError> {
    let bytes = query.as_bytes();
    let is_escape =
        |at: usize| bytes.get(at + 1..at + 3).is_some_and(|digits| digits.iter().all(u8::is_ascii_hexdigit));
    let whole = bytes.iter().enumerate().all(|(at, byte)| *byte != b'%' || is_escape(at));
    if whole && percent_decode_str(query).decode_utf8().is_ok() {
        return Ok(());
    }
    Err(wrong("", "unreadable", "The address holds characters that are not valid text (UTF-8)."))
}

/// Which items of a collection, in which order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Page {
    /// Items before the first one.
    pub offset: i64,
    pub size: i64,
    /// A field's name, checked by the collection.
    pub sort: Option<String>,
    pub descending: bool,
}

/// The parameters of a page.
pub const KNOWN: [&str; 4] = ["page", "size", "sort", "sortOrder"];

impl Page {
    /// Reads page, size, sort and sortOrder.
    ///
    /// # Errors
    /// 400 that names the parameter.
    pub fn of(parameters: &Parameters) -> Result<Self, ApiError> {
        let page = parameters.number("page", 0, (0, i64::from(i32::MAX)))?;
        let size = parameters.number("size", STANDARD, (1, LARGEST))?;
        let descending = match parameters.get("sortOrder") {
            None | Some("ASC") => false,
            Some("DESC") => true,
            Some(_) => return Err(wrong("sortOrder", "not_a_choice", "Send ASC or DESC.")),
        };
        let offset = offset(page, size)?;
        Ok(Self { offset, size, sort: parameters.get("sort").map(str::to_owned), descending })
    }
}

/// The items before a page.
///
/// # Errors
/// 400 for a page that lies deeper than pages go: to count so far costs more than anybody wants to wait for.
pub fn offset(page: i64, size: i64) -> Result<i64, ApiError> {
    let too_deep = || wrong("page", "too_deep", "Pages go 100,000 items deep. Narrow the search, or export.");
    page.checked_mul(size).filter(|offset| *offset <= DEEPEST).ok_or_else(too_deep)
}

/// A parameter that cannot be taken.
pub fn wrong(name: &str, code: &'static str, message: &str) -> ApiError {
    let path: String = name.chars().filter(|c| !c.is_control()).take(60).collect();
    ApiError::malformed(Fault { place: "query", path, code, message: message.into() })
}
