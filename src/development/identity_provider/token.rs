//! The token endpoint: client authentication, PKCE, and a code turned into an ID token and an access token
//! (RFC 6749 §4.1.3, RFC 7636 §4.6).

use actix_web::http::header::{AUTHORIZATION, CACHE_CONTROL, HeaderValue, WWW_AUTHENTICATE};
use actix_web::{HttpRequest, HttpResponse, web};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use percent_encoding::percent_decode_str;
use serde_json::{Value, json};

use super::parameters::Parameters;
use super::store::Grant;
use super::{Client, IdentityProvider, tokens};
use crate::secrets;

/// An error of RFC 6749 §5.2.
struct Refusal {
    error: &'static str,
    description: &'static str,
}

fn refusal(error: &'static str, description: &'static str) -> Refusal {
    Refusal { error, description }
}

/// `POST /token`.
pub(super) async fn exchange(
    provider: web::Data<IdentityProvider>,
    request: HttpRequest,
    body: web::Bytes,
) -> HttpResponse {
    let parameters = Parameters::parse(&body);
    let authorization = request.headers().get(AUTHORIZATION);
    match tokens_for(&provider, authorization, &parameters) {
        Ok(tokens) => HttpResponse::Ok().insert_header((CACHE_CONTROL, "no-store")).json(tokens),
        Err(refusal) => respond(&refusal),
    }
}

fn respond(refusal: &Refusal) -> HttpResponse {
    let unauthenticated = refusal.error == "invalid_client";
    let mut response = if unauthenticated { HttpResponse::Unauthorized() } else { HttpResponse::BadRequest() };
    if unauthenticated {
        response.insert_header((WWW_AUTHENTICATE, r#"Basic realm="development identity""#));
    }
    response
        .insert_header((CACHE_CONTROL, "no-store"))
        .json(json!({ "error": refusal.error, "error_description": refusal.description }))
}

fn tokens_for(
    provider: &IdentityProvider,
    authorization: Option<&HeaderValue>,
    parameters: &Parameters,
) -> Result<Value, Refusal> {
    let client = authenticate(provider, authorization, parameters)?;
    match optional(parameters, "grant_type")? {
        Some("authorization_code") => {}
        Some(_) => {
            return Err(refusal("unsupported_grant_type", "only authorization_code is supported"));
        }
        None => return Err(refusal("invalid_request", "grant_type is missing")),
    }
    let code = optional(parameters, "code")?.ok_or_else(|| refusal("invalid_request", "code is missing"))?;
    let now = provider.now();
    // The code is used up before anything else is looked at, so a wrong guess at the rest cannot be repeated.
    let grant = provider
        .store()
        .use_code(code, now)
        .ok_or_else(|| refusal("invalid_grant", "the code is unknown, older than 60 seconds or used already"))?;
    check_binding(&grant, client, parameters)?;
    let access_token = secrets::random_token();
    provider.store().keep_access(code, &access_token, &grant, now);
    let issuer = &provider.inner.issuer;
    let id_token = tokens::id_token(&provider.inner.keys, issuer, &grant, &access_token, now);
    Ok(json!({
        "access_token": access_token, "token_type": "Bearer", "expires_in": tokens::TOKEN_SECONDS,
        "scope": grant.scope, "id_token": id_token,
    }))
}

/// The exchange must come from the client, for the address and with the secret that the sign-in began with.
fn check_binding(grant: &Grant, client: &Client, parameters: &Parameters) -> Result<(), Refusal> {
    if grant.client_id != client.id {
        return Err(refusal("invalid_grant", "the code was issued to another client"));
    }
    if optional(parameters, "redirect_uri")? != Some(grant.redirect_uri.as_str()) {
        return Err(refusal("invalid_grant", "redirect_uri is not that of the sign-in"));
    }
    let verifier =
        optional(parameters, "code_verifier")?.ok_or_else(|| refusal("invalid_grant", "code_verifier is missing"))?;
    let is_unreserved = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.' | b'_' | b'~');
    let well_formed = (43..=128).contains(&verifier.len()) && verifier.bytes().all(is_unreserved);
    if !well_formed || tokens::code_challenge(verifier) != grant.code_challenge {
        return Err(refusal("invalid_grant", "code_verifier does not match the code_challenge"));
    }
    Ok(())
}

/// `client_secret_basic` or `client_secret_post`, never both (RFC 6749 §2.3).
fn authenticate<'a>(
    provider: &'a IdentityProvider,
    authorization: Option<&HeaderValue>,
    parameters: &Parameters,
) -> Result<&'a Client, Refusal> {
    let unknown = || refusal("invalid_client", "the client is unknown or its secret is wrong");
    let named = optional(parameters, "client_id")?.map(str::to_owned);
    let posted = optional(parameters, "client_secret")?.map(str::to_owned);
    let (id, secret) = match (authorization, posted) {
        (Some(_), Some(_)) => {
            return Err(refusal("invalid_request", "the client authenticates in two ways"));
        }
        (Some(header), None) => {
            let (id, secret) = basic_credentials(header).ok_or_else(unknown)?;
            if named.is_some_and(|named| named != id) {
                return Err(refusal("invalid_request", "client_id differs from the header's"));
            }
            (id, secret)
        }
        (None, Some(secret)) => (named.ok_or_else(unknown)?, secret),
        (None, None) => return Err(unknown()),
    };
    let client = provider.client(&id).ok_or_else(unknown)?;
    let matches = secrets::same(&secrets::sha256(&client.secret), &secrets::sha256(&secret));
    if matches { Ok(client) } else { Err(unknown()) }
}

/// Both halves are form-encoded before they are joined (RFC 6749 §2.3.1).
fn basic_credentials(header: &HeaderValue) -> Option<(String, String)> {
    let (scheme, encoded) = header.to_str().ok()?.split_once(' ')?;
    if !scheme.eq_ignore_ascii_case("basic") {
        return None;
    }
    let joined = String::from_utf8(STANDARD.decode(encoded.trim()).ok()?).ok()?;
    let (id, secret) = joined.split_once(':')?;
    let decoded = |part: &str| {
        let spaced = part.replace('+', " ");
        percent_decode_str(&spaced).decode_utf8().ok().map(std::borrow::Cow::into_owned)
    };
    Some((decoded(id)?, decoded(secret)?))
}

fn optional<'a>(parameters: &'a Parameters, name: &str) -> Result<Option<&'a str>, Refusal> {
    parameters.get(name).map_err(|_| refusal("invalid_request", "a parameter is repeated or too long"))
}
