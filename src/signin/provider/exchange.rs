//! The two requests of a sign-in: a code for tokens (RFC 6749, 4.1.3) and userinfo (OIDC Core, 5.3). Owns their form
//! and how their answers are read; must not judge the ID token.

use openidconnect::http::StatusCode;
use openidconnect::url::form_urlencoded;
use secrecy::ExposeSecret;
use serde::Deserialize;
use serde_json::{Map, Value};

use super::config::{AuthMethod, ProviderConfig};
use super::error::{Door, ProviderError};
use super::http::Http;
use super::id_token;
use super::members::Members;
use super::metadata::Metadata;

/// What a code was good for.
#[derive(Deserialize)]
pub(super) struct Tokens {
    pub(super) access_token: String,
    token_type: String,
    #[serde(default)]
    pub(super) id_token: String,
}

#[derive(Deserialize)]
struct Failure {
    error: String,
}

/// Exchanges the code, once. A code that is sent twice may cost the person the session they just got (RFC 6749, 4.1.2).
pub(super) async fn tokens(
    http: &Http,
    metadata: &Metadata,
    config: &ProviderConfig,
    code: &str,
    verifier: &str,
) -> Result<Tokens, ProviderError> {
    let mut form = vec![
        ("grant_type", "authorization_code"),
        ("code", code),
        ("redirect_uri", config.redirect_uri.as_str()),
        ("code_verifier", verifier),
    ];
    let secret = config.client_secret.as_ref().map(ExposeSecret::expose_secret);
    let basic = match (secret, config.auth_method.unwrap_or(metadata.auth_method)) {
        (Some(secret), AuthMethod::Basic) => Some((encoded(&config.client_id), encoded(secret))),
        (Some(secret), AuthMethod::Post) => {
            form.extend([("client_id", config.client_id.as_str()), ("client_secret", secret)]);
            None
        }
        (None, _) => {
            form.push(("client_id", config.client_id.as_str()));
            None
        }
    };
    let answer = http.post(Door::Token, &metadata.token, &form, basic).await?;
    if matches!(answer.status, StatusCode::BAD_REQUEST | StatusCode::UNAUTHORIZED) {
        return Err(refusal(&answer.json::<Failure>()?.error));
    }
    let tokens: Tokens = answer.document()?;
    if !tokens.token_type.eq_ignore_ascii_case("bearer") {
        return Err(ProviderError::refused("token_type"));
    }
    if tokens.id_token.is_empty() {
        return Err(ProviderError::refused("id_token_missing"));
    }
    Ok(tokens)
}

/// The claims of userinfo about `subject`; none if the provider has no userinfo.
///
/// # Errors
/// `userinfo_subject` when it speaks of somebody else or of nobody (OIDC Core, 5.3.2).
pub(super) async fn userinfo(
    http: &Http,
    metadata: &Metadata,
    access_token: &str,
    subject: &str,
) -> Result<Map<String, Value>, ProviderError> {
    let Some(address) = &metadata.userinfo else { return Ok(Map::new()) };
    let Members(claims) = http.get(Door::Userinfo, address, Some(access_token)).await?.document()?;
    if id_token::subject(&claims).as_deref() == Some(subject) {
        Ok(claims)
    } else {
        Err(ProviderError::refused("userinfo_subject"))
    }
}

/// What an error of the token endpoint means (RFC 6749, 5.2). A bad code is the browser's doing; the rest is a wrong
/// setting, here or there.
fn refusal(error: &str) -> ProviderError {
    match error {
        "invalid_grant" => ProviderError::refused("token_invalid_grant"),
        "invalid_client" => ProviderError::unavailable("token_invalid_client"),
        "unauthorized_client" => ProviderError::unavailable("token_unauthorized_client"),
        "invalid_scope" => ProviderError::unavailable("token_invalid_scope"),
        _ => ProviderError::unavailable("token_error"),
    }
}

fn encoded(text: &str) -> String {
    form_urlencoded::byte_serialize(text.as_bytes()).collect()
}
