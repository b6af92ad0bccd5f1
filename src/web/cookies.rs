//! Our cookies: names, attributes, and protection from look-alikes.
//!
//! actix percent-decodes and trims cookie names, so `%5F%5FHost-x` from a sibling subdomain would pass for `__Host-x`
//! and win over it (security fact 1). [`keep_honest`] reads the raw header and drops every cookie whose name is not,
//! byte for byte, what its decoded name says.

use actix_web::cookie::{Cookie, SameSite};
use actix_web::http::header::{self, HeaderMap, HeaderValue};
use percent_encoding::percent_decode_str;

/// A cookie of ours; the name depends on whether it may be `Secure`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Name {
    bare: &'static str,
    host: &'static str,
}

/// The session's key.
pub const SESSION: Name = Name { bare: "guildhall_session", host: "__Host-guildhall_session" };
/// The browser that began a sign-in, and the secret behind forms for people who are not signed in.
pub const BROWSER: Name = Name { bare: "guildhall_browser", host: "__Host-guildhall_browser" };
/// What the last action did, until it has been read.
pub const FLASH: Name = Name { bare: "guildhall_flash", host: "__Host-guildhall_flash" };

/// The browser has changed something a moment ago, and reads no replica.
pub const WROTE: Name = Name { bare: "guildhall_wrote", host: "__Host-guildhall_wrote" };

const OURS: [Name; 4] = [SESSION, BROWSER, FLASH, WROTE];

impl Name {
    /// The name to use on a portal that is, or is not, reached by https.
    pub const fn on(self, https: bool) -> &'static str {
        if https { self.host } else { self.bare }
    }
}

/// A cookie for this host only, unreadable to scripts, sent on navigation from elsewhere but not with foreign posts.
pub fn make(name: Name, value: String, https: bool) -> Cookie<'static> {
    Cookie::build(name.on(https), value).path("/").http_only(true).secure(https).same_site(SameSite::Lax).finish()
}

/// The order to forget a cookie.
pub fn forget(name: Name, https: bool) -> Cookie<'static> {
    let mut cookie = make(name, String::new(), https);
    cookie.make_removal();
    cookie
}

/// Drops look-alikes from the `Cookie` headers.
///
/// # Errors
/// When one of our own names comes twice: there is no telling which is ours.
pub fn keep_honest(headers: &mut HeaderMap) -> Result<(), &'static str> {
    if !headers.contains_key(header::COOKIE) {
        return Ok(());
    }
    let raw: Vec<Vec<u8>> = headers.get_all(header::COOKIE).map(|value| value.as_bytes().to_vec()).collect();
    let mut kept: Vec<&[u8]> = Vec::new();
    let mut seen = Vec::new();
    for pair in raw.iter().flat_map(|value| value.split(|byte| *byte == b';')).map(trim_spaces) {
        let name = pair.split(|byte| *byte == b'=').next().unwrap_or_default();
        match ours(name) {
            Some(exact) if name == exact.as_bytes() => {
                if seen.contains(&exact) {
                    return Err(
                        "Your browser sent one of this portal's cookies twice. Clear the cookies of this site and \
                                sign in again.",
                    );
                }
                seen.push(exact);
                kept.push(pair);
            }
            Some(_) => tracing::warn!("a cookie with a disguised name was dropped"),
            None if std::str::from_utf8(pair).is_ok() => kept.push(pair),
            None => {}
        }
    }
    headers.remove(header::COOKIE);
    if let Ok(value) = HeaderValue::from_bytes(&kept.join(b"; ".as_slice())) {
        headers.insert(header::COOKIE, value);
    }
    Ok(())
}

/// The name of ours that a lenient parser could read `name` as.
fn ours(name: &[u8]) -> Option<&'static str> {
    let text = String::from_utf8_lossy(name).into_owned();
    let decoded = percent_decode_str(&text).decode_utf8_lossy().into_owned();
    let twice = percent_decode_str(&decoded).decode_utf8_lossy().into_owned();
    let readings = [text.trim().to_owned(), decoded.trim().to_owned(), twice.trim().to_owned()];
    OURS.iter()
        .flat_map(|name| [name.bare, name.host])
        .find(|ours| readings.iter().any(|reading| reading.eq_ignore_ascii_case(ours)))
}

fn trim_spaces(mut pair: &[u8]) -> &[u8] {
    while let [b' ' | b'\t', rest @ ..] = pair {
        pair = rest;
    }
    pair
}

#[cfg(test)]
mod tests {
    use super::*;

    fn kept(cookie: &'static [u8]) -> Result<String, &'static str> {
        let mut headers = HeaderMap::new();
        headers.insert(header::COOKIE, HeaderValue::from_bytes(cookie).unwrap());
        keep_honest(&mut headers)?;
        Ok(headers.get(header::COOKIE).map(|value| value.to_str().unwrap().to_owned()).unwrap_or_default())
    }

    #[test]
    fn a_disguised_session_cookie_is_dropped_and_the_real_one_stays() {
        for disguise in [
            "%5F%5FHost-guildhall_session=evil; __Host-guildhall_session=real",
            "__%48ost-guildhall_session=evil; __Host-guildhall_session=real",
            "__host-guildhall_session=evil; __Host-guildhall_session=real",
            "__Host-guildhall_session =evil; __Host-guildhall_session=real",
            "__Host-guildhall%5fsession=evil; __Host-guildhall_session=real",
            "%255F%255FHost-guildhall_session=evil; __Host-guildhall_session=real",
            "%E2%80%80__Host-guildhall_session=evil; __Host-guildhall_session=real",
        ] {
            assert_eq!(kept(disguise.as_bytes()).unwrap(), "__Host-guildhall_session=real", "{disguise}");
        }
        assert_eq!(kept("\u{2000}__Host-guildhall_session=evil".as_bytes()).unwrap(), "");
    }

    #[test]
    fn a_session_cookie_that_comes_twice_is_refused() {
        assert!(kept(b"guildhall_session=a; guildhall_session=b").is_err());
    }

    #[test]
    fn cookies_of_others_pass() {
        assert_eq!(kept(b"theme=dark; other=%zz").unwrap(), "theme=dark; other=%zz");
    }
}
