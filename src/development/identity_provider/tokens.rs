//! Values that leave the provider: subjects, hashes and signed JSON Web Tokens.
//! Must not know about HTTP.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use chrono::{DateTime, Utc};
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};

use super::keys::SigningKeys;
use super::store::Grant;

/// How long an ID token and its access token are good for.
pub(super) const TOKEN_SECONDS: i64 = 600;

/// The `S256` transformation of RFC 7636 §4.2.
pub(super) fn code_challenge(verifier: &str) -> String {
    URL_SAFE_NO_PAD.encode(Sha256::digest(verifier.as_bytes()))
}

/// The same subject for the same address, however it is typed and across restarts with a new key.
pub(super) fn subject(email: &str) -> String {
    let digest = Sha256::digest(format!("development identity:{}", email.to_lowercase()));
    URL_SAFE_NO_PAD.encode(&digest[..18])
}

/// What the ID token and userinfo say about a person.
pub(super) fn claims(email: &str, name: &str) -> Value {
    json!({ "sub": subject(email), "email": email, "email_verified": true, "name": name })
}

/// The signed ID token of `OpenID` Connect Core §2, bound to `access_token` by `at_hash` (§3.1.3.6).
pub(super) fn id_token(
    keys: &SigningKeys,
    issuer: &str,
    grant: &Grant,
    access_token: &str,
    now: DateTime<Utc>,
) -> String {
    let mut payload = claims(&grant.email, &grant.name);
    payload["iss"] = issuer.into();
    payload["aud"] = grant.client_id.as_str().into();
    payload["iat"] = now.timestamp().into();
    payload["exp"] = (now.timestamp() + TOKEN_SECONDS).into();
    payload["auth_time"] = grant.signed_in_at.timestamp().into();
    payload["at_hash"] = URL_SAFE_NO_PAD.encode(&Sha256::digest(access_token.as_bytes())[..16]).into();
    if let Some(nonce) = &grant.nonce {
        payload["nonce"] = nonce.as_str().into();
    }
    signed(keys, &payload)
}

fn signed(keys: &SigningKeys, payload: &Value) -> String {
    let header = json!({ "alg": "ES256", "typ": "JWT", "kid": keys.key_id() });
    let encode = |part: &Value| URL_SAFE_NO_PAD.encode(part.to_string());
    let message = format!("{}.{}", encode(&header), encode(payload));
    let signature = URL_SAFE_NO_PAD.encode(keys.sign(message.as_bytes()));
    format!("{message}.{signature}")
}

/// The client an ID token of ours was made for. Its age does not matter: a hint at sign-out is usually old.
pub(super) fn audience_of(keys: &SigningKeys, id_token: &str) -> Option<String> {
    let (message, signature) = id_token.rsplit_once('.')?;
    let signature = URL_SAFE_NO_PAD.decode(signature).ok()?;
    if !keys.verify(message.as_bytes(), &signature) {
        return None;
    }
    let (_, payload) = message.split_once('.')?;
    let payload = URL_SAFE_NO_PAD.decode(payload).ok()?;
    let payload: Value = serde_json::from_slice(&payload).ok()?;
    payload["aud"].as_str().map(str::to_owned)
}
