//! Doors for `fuzz/`: everything that reads what strangers wrote, as functions of bytes. Built with the feature `fuzzing`
//! only, and no part of the portal. What must hold of every input is asserted here; a panic is a finding.

use actix_web::cookie::Cookie;
use actix_web::http::header::{COOKIE, HeaderMap, HeaderValue};

use crate::access::EmailAddress;
use crate::api::find::{self, Field, Kind};
use crate::api::{json, page};
use crate::db::page::Cursor;
use crate::input;
use crate::web::{cookies, form};

const FIELDS: &[Field] = &[
    Field { name: "name", sql: "t.name", kind: Kind::Text },
    Field { name: "status", sql: "t.status", kind: Kind::Word },
    Field { name: "id", sql: "t.number", kind: Kind::SearchableNumber },
    Field { name: "at", sql: "t.at", kind: Kind::Moment },
];

/// A body of JSON.
pub fn body(data: &[u8]) {
    if let Ok(value) = json::parse(data) {
        // Not the same number to its last digit: large ones are rounded on the way.
        assert!(json::parse(value.to_string().as_bytes()).is_ok(), "what was read can be read again");
    }
}

/// A query of `find`: every value is bound, none is in the statement.
pub fn query(data: &[u8]) {
    let Ok(value) = json::parse(data) else { return };
    if let Ok(condition) = find::compile(&value, FIELDS, 4) {
        assert!(
            !condition.sql.contains(['\'', ';', '"', '\0']) || condition.sql.contains("'milliseconds'"),
            "{}",
            condition.sql
        );
        assert!(condition.sql.bytes().all(|byte| byte.is_ascii()), "{}", condition.sql);
        assert!(condition.binds.len() <= 50, "bounded");
    }
}

/// Where a page of a list begins.
pub fn cursor(data: &[u8]) {
    let Ok(text) = std::str::from_utf8(data) else { return };
    if let Some(cursor) = Cursor::decode(text) {
        assert_eq!(Cursor::decode(&cursor.encode()).as_ref(), Some(&cursor), "a place is a place");
        assert!(!cursor.key.contains('\0'), "PostgreSQL takes it");
        let _ = cursor.moment();
    }
}

/// The cookies of a request: never one of ours under another name.
pub fn cookie(data: &[u8]) {
    let Ok(value) = HeaderValue::from_bytes(data) else { return };
    let mut headers = HeaderMap::new();
    headers.insert(COOKIE, value);
    if cookies::keep_honest(&mut headers).is_ok() {
        let kept = headers.get(COOKIE).map(|value| value.as_bytes().to_vec()).unwrap_or_default();
        let text = String::from_utf8_lossy(&kept).into_owned();
        let parsed = text.split(';').filter_map(|pair| Cookie::parse_encoded(pair.trim().to_owned()).ok());
        let ours = |name: &str| name.eq_ignore_ascii_case("__Host-guildhall_session") || name == "guildhall_session";
        let of_ours = parsed.filter(|cookie| ours(cookie.name().trim())).count();
        let exact = kept.windows(17).filter(|name| name.eq_ignore_ascii_case(b"guildhall_session")).count();
        assert!(of_ours <= exact, "no disguise gets through");
    }
}

/// An address of a person.
pub fn email(data: &[u8]) {
    let Ok(text) = std::str::from_utf8(data) else { return };
    if let Ok(address) = EmailAddress::parse(text) {
        assert!(address.key().is_ascii() && address.key().len() <= 254, "{}", address.key());
        assert_eq!(address.key().matches('@').count(), 1, "{}", address.key());
        assert!(!address.as_typed().chars().any(char::is_control), "{}", address.as_typed());
        let again = EmailAddress::parse(address.key()).map(|again| again.key().to_owned());
        assert_eq!(again.ok().as_deref(), Some(address.key()), "a key is its own key");
    }
}

/// Addresses of pictures and applications.
pub fn url(data: &[u8]) {
    let Ok(text) = std::str::from_utf8(data) else { return };
    for outcome in [input::https_url(text), input::application_url(text, false)] {
        let Ok(Some(url)) = outcome else { continue };
        assert!(url.starts_with("https://") && !url.contains(['"', '<', '>', ' ', '\n']), "{url}");
    }
}

/// Every other rule for a field.
pub fn field(data: &[u8]) {
    let Ok(text) = std::str::from_utf8(data) else { return };
    for name in [
        input::organisation_name(text),
        input::person_name(text),
        input::company_name(text),
        input::short_text(text, 50, "x"),
    ] {
        let Ok(name) = name else { continue };
        assert!((1..=100).contains(&name.chars().count()) && !name.chars().any(char::is_control), "{name:?}");
    }
    if let Ok(zone) = input::time_zone(text) {
        assert!(zone.parse::<chrono_tz::Tz>().is_ok(), "{zone}");
    }
    if let Ok(Some(code)) = input::code(text) {
        assert!(code.is_ascii() && code.len() <= 32, "{code}");
    }
    if let Ok(Some(country)) = input::country(text) {
        assert_eq!(country.len(), 2, "{country}");
    }
    let _ = input::sales_amount(text);
    assert!(!input::search(text).contains('\0'), "PostgreSQL takes it");
}

/// A form's body, and the query of an address.
pub fn fields(data: &[u8]) {
    if let Ok(fields) = form::decode(data) {
        let map: Result<std::collections::BTreeMap<String, String>, _> = form::parse(&fields);
        assert!(map.is_ok_and(|map| map.len() == fields.len()), "no field is lost");
    }
    if let Ok(text) = std::str::from_utf8(data) {
        let _ = (crate::web::query::value(text, "q"), page::legible(text));
    }
}

/// A pasted list of people.
pub fn list(data: &[u8]) {
    let Ok(text) = std::str::from_utf8(data) else { return };
    let found = crate::invitations::read_list(text);
    let signs = |text: &str| text.matches('@').count();
    assert!(found.iter().map(|entry| signs(entry)).sum::<usize>() <= signs(text), "nobody is made up");
}

/// Where to go after signing in: on this portal, whatever was asked for.
pub fn return_to(data: &[u8]) {
    let Ok(text) = std::str::from_utf8(data) else { return };
    let path = crate::signin::safe_return(text);
    assert!(path.starts_with('/') && !path.starts_with("//") && !path.contains(['\\', '\n', '\r', '\t']), "{path:?}");
    if let Some(inside) = crate::gate::within("https://shop.example/app", text) {
        assert!(inside.starts_with("https://shop.example/app"), "{inside}");
    }
}

/// An ID token and the provider's keys: nothing that is made up here is ever believed.
pub fn token(data: &[u8]) {
    let Ok(text) = std::str::from_utf8(data) else { return };
    let (keys, token) = text.split_once('\n').unwrap_or(("{\"keys\":[]}", text));
    assert!(!crate::signin::provider::believes(keys, token), "a token without a signature of ours was believed");
}

/// A header's languages.
pub fn language(data: &[u8]) {
    let Ok(text) = std::str::from_utf8(data) else { return };
    let _ = crate::invitations::first_language(text);
}
