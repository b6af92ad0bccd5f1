//! What browsers submit: read within limits, proven to come from our own page, and never half understood.
//!
//! [`Submitted`] is the only way to a form's fields; actix's own `web::Form` is banned by a lint, since it replaces
//! bad bytes silently and knows no token. What the fields mean is each feature's `forms.rs`.

use std::future::Future;
use std::pin::Pin;
use std::time::Duration;

use actix_web::dev::Payload;
use actix_web::http::header;
use actix_web::web::Bytes;
use actix_web::{FromRequest, HttpRequest, web};
use futures_util::StreamExt as _;
use percent_encoding::percent_decode;
use serde::de::DeserializeOwned;

use super::error::AppError;
use super::portal::{Portal, Shared};
use super::{actor, cookies};
use crate::secrets;

/// Form bodies take no more than this, unless the form says otherwise.
pub const BODY_LIMIT: usize = 64 * 1024;
/// And arrive within this, whatever the connection.
const BODY_TIME: Duration = Duration::from_secs(10);
/// Characters of a browser's secret (`secrets::random_token`).
const BROWSER_LENGTH: usize = 43;
/// No form of ours has more fields.
const FIELD_LIMIT: usize = 200;

/// The fields of a form whose token fits the session.
///
/// `LIMIT` is how many bytes the form may have, for the few whose text is long.
#[derive(Debug)]
pub struct Submitted<T, const LIMIT: usize = BODY_LIMIT>(pub T);

impl<T: DeserializeOwned + 'static, const LIMIT: usize> FromRequest for Submitted<T, LIMIT> {
    type Error = AppError;
    type Future = Pin<Box<dyn Future<Output = Result<Self, AppError>>>>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let request = request.clone();
        let payload = payload.take();
        Box::pin(async move {
            let portal = request.app_data::<Shared>().cloned().ok_or(AppError::Internal)?;
            let body = read_within(&request, payload, LIMIT).await?;
            let fields = decode(&body)?;
            let token = fields.iter().find(|(name, _)| name == "csrf").map(|(_, value)| value.as_str());
            if !token.is_some_and(|token| token_fits(&request, &portal, token)) {
                return Err(AppError::Csrf);
            }
            parse(&fields).map(Self)
        })
    }
}

/// What a form's token is bound to: the session, or the browser of somebody who is not signed in.
pub fn token_seed(request: &HttpRequest, portal: &Portal) -> Option<Vec<u8>> {
    if let Ok(Some(principal)) = actor::principal(request) {
        return Some(principal.session_id.as_bytes().to_vec());
    }
    browser(request, portal).map(String::into_bytes)
}

/// The secret of the browser, if it has one of ours.
pub fn browser(request: &HttpRequest, portal: &Portal) -> Option<String> {
    let name = cookies::BROWSER.on(portal.base_url.is_https());
    request.cookie(name).map(|cookie| cookie.value().to_owned()).filter(|secret| secret.len() == BROWSER_LENGTH)
}

fn token_fits(request: &HttpRequest, portal: &Portal, token: &str) -> bool {
    token_seed(request, portal).is_some_and(|seed| secrets::csrf_fits(&portal.key, &seed, token))
}

/// Reads a form's body after checking where it comes from.
///
/// # Errors
/// Foreign origin, other content type, too large, too slow.
pub async fn read(request: &HttpRequest, payload: Payload) -> Result<Bytes, AppError> {
    read_within(request, payload, BODY_LIMIT).await
}

async fn read_within(request: &HttpRequest, mut payload: Payload, limit: usize) -> Result<Bytes, AppError> {
    let portal = request.app_data::<web::Data<Portal>>().ok_or(AppError::Internal)?;
    if !comes_from_here(request, &portal.base_url.origin()) {
        return Err(AppError::Csrf);
    }
    let kind = request.headers().get(header::CONTENT_TYPE).and_then(|kind| kind.to_str().ok()).unwrap_or_default();
    if !kind.split(';').next().unwrap_or_default().trim().eq_ignore_ascii_case("application/x-www-form-urlencoded")
        || request.headers().contains_key(header::CONTENT_ENCODING)
    {
        return Err(AppError::MediaType);
    }
    let all = async {
        let mut body = web::BytesMut::new();
        while let Some(chunk) = payload.next().await {
            let chunk =
                chunk.map_err(|_| AppError::Malformed("The form did not arrive whole. Send it again.".into()))?;
            if body.len() + chunk.len() > limit {
                return Err(AppError::TooLarge);
            }
            body.extend_from_slice(&chunk);
        }
        Ok(body.freeze())
    };
    tokio::time::timeout(BODY_TIME, all).await.map_err(|_| AppError::TooSlow)?
}

/// Fetch metadata where the browser sends it, else the origin, scheme and all. A client that sends neither is no
/// browser, so nobody's browser is being abused; the token must fit all the same.
fn comes_from_here(request: &HttpRequest, origin: &str) -> bool {
    let header = |name: &str| request.headers().get(name).map(|value| value.to_str().unwrap_or("(unreadable)"));
    match (header("sec-fetch-site"), header("origin")) {
        (Some(site), _) => matches!(site, "same-origin" | "none"),
        (None, Some(sent)) => sent == origin,
        (None, None) => true,
    }
}

/// Decodes strictly: bad escapes, bad UTF-8 and repeated fields are refused, not guessed at.
///
/// # Errors
/// [`AppError::Malformed`], naming the field where there is one.
pub fn decode(body: &[u8]) -> Result<Vec<(String, String)>, AppError> {
    let mut fields: Vec<(String, String)> = Vec::new();
    for pair in body.split(|byte| *byte == b'&').filter(|pair| !pair.is_empty()) {
        let mut halves = pair.splitn(2, |byte| *byte == b'=');
        let name = unescape(halves.next().unwrap_or_default())?;
        let value = unescape(halves.next().unwrap_or_default())?;
        if fields.iter().any(|(known, _)| *known == name) {
            return Err(AppError::Malformed(format!("The field “{}” was sent twice.", printable(&name)).into()));
        }
        if fields.len() == FIELD_LIMIT {
            return Err(AppError::TooLarge);
        }
        fields.push((name, value));
    }
    Ok(fields)
}

fn unescape(text: &[u8]) -> Result<String, AppError> {
    let unreadable = || AppError::Malformed("The form holds characters that are not valid text (UTF-8).".into());
    let spaced: Vec<u8> = text.iter().map(|byte| if *byte == b'+' { b' ' } else { *byte }).collect();
    let escapes_are_whole = spaced
        .iter()
        .enumerate()
        .filter(|(_, byte)| **byte == b'%')
        .all(|(at, _)| spaced.get(at + 1..at + 3).is_some_and(|digits| digits.iter().all(u8::is_ascii_hexdigit)));
    if !escapes_are_whole {
        return Err(unreadable());
    }
    Ok(percent_decode(&spaced).decode_utf8().map_err(|_| unreadable())?.replace("\r\n", "\n"))
}

fn printable(name: &str) -> String {
    name.chars().filter(|c| c.is_ascii_alphanumeric() || *c == '_').take(40).collect()
}

/// Fields into a form struct; a field that the struct does not have is ignored, one that it misses is empty.
///
/// # Errors
/// [`AppError::Malformed`] when the struct wants something else than text.
pub fn parse<T: DeserializeOwned>(fields: &[(String, String)]) -> Result<T, AppError> {
    let text = serde_urlencoded::to_string(fields).map_err(AppError::internal)?;
    serde_urlencoded::from_str(&text).map_err(|_| AppError::Malformed("The form could not be understood.".into()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fields_are_decoded_strictly() {
        assert_eq!(decode(b"name=Zebra+%26+S%C3%B6hne&empty=").unwrap()[0].1, "Zebra & Söhne");
        for wrong in ["a=%ff", "a=%zz", "a=%c0%af", "a=%4", "a=1&a=2", "%ff=1"] {
            assert!(matches!(decode(wrong.as_bytes()), Err(AppError::Malformed(_))), "{wrong}");
        }
    }

    #[test]
    fn a_form_of_ten_thousand_fields_is_refused() {
        let body: Vec<String> = (0..10_000).map(|n| format!("f{n}=1")).collect();
        assert!(matches!(decode(body.join("&").as_bytes()), Err(AppError::TooLarge)));
    }
}
