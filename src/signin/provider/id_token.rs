//! The ID token (OIDC Core, 2 and 3.1.3.7): its form, its signature, its claims. Owns every reason why a token is not
//! believed; makes no request and asks no clock.
//!
//! The cryptography is openidconnect's. Its verifier is not used: it trusts the algorithms that discovery advertises,
//! knows no leeway, `azp`, `nbf` or `at_hash`, and refuses a whole token for an unrelated claim in an odd form
//! (`updated_at` as text, for one). Here each rule is one line with one reason.

use base64::Engine as _;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use chrono::{DateTime, Duration, Utc};
use openidconnect::core::{CoreJsonWebKey, CoreJwsSigningAlgorithm};
use openidconnect::{JsonWebKey as _, SignatureVerificationError};
use serde::Deserialize;
use serde_json::{Map, Value};
use subtle::ConstantTimeEq as _;

use super::config::{Alg, ProviderConfig};
use super::error::ProviderError;
use super::keys::{Keys, Pick};
use super::members::Members;

/// How far the provider's clock may be from ours.
const LEEWAY: Duration = Duration::seconds(60);
/// Oldest token that we take: it was made for this sign-in, which takes seconds.
const OLDEST: Duration = Duration::minutes(10);
/// Longest subject in bytes (OIDC Core, 2).
const LONGEST_SUBJECT: usize = 255;

/// A token taken apart, nothing of it believed yet.
pub(super) struct Token<'a> {
    alg: CoreJwsSigningAlgorithm,
    kid: Option<String>,
    signed: &'a str,
    signature: Vec<u8>,
    claims: Map<String, Value>,
}

/// The header parameters that matter (RFC 7515, 4.1). `jku`, `jwk`, `x5u` and `x5c` would let a token bring its own
/// key; they are not even read.
#[derive(Deserialize)]
struct Header {
    alg: String,
    kid: Option<String>,
    typ: Option<String>,
    cty: Option<Value>,
    crit: Option<Value>,
}

/// What the signature says.
pub(super) enum Signature<'a> {
    /// Made by this key.
    By(&'a CoreJsonWebKey),
    /// No key of the set made it for certain: newer keys may tell.
    KeyUnknown,
}

/// What the claims are held against.
pub(super) struct Expected<'a> {
    pub(super) config: &'a ProviderConfig,
    pub(super) nonce: &'a str,
    pub(super) access_token: &'a str,
    pub(super) now: DateTime<Utc>,
}

type Judged<T = ()> = Result<T, ProviderError>;

impl<'a> Token<'a> {
    /// Takes a compact JWS apart and refuses every kind that we did not ask for.
    pub(super) fn read(raw: &'a str, allowed: &[Alg]) -> Judged<Self> {
        let unreadable = || ProviderError::refused("id_token_unreadable");
        let (signed, signature) = raw.rsplit_once('.').ok_or_else(unreadable)?;
        let (header, payload) = signed.split_once('.').ok_or_else(unreadable)?;
        let decode = |part: &str| BASE64_URL_SAFE_NO_PAD.decode(part).map_err(|_| unreadable());
        let header: Header = serde_json::from_slice(&decode(header)?).map_err(|_| unreadable())?;
        let alg = header.algorithm(allowed)?;
        let Members(claims) = serde_json::from_slice(&decode(payload)?).map_err(|_| unreadable())?;
        Ok(Self { alg, kid: header.kid, signed, signature: decode(signature)?, claims })
    }

    /// Checks the signature against the provider's keys.
    pub(super) fn signature<'k>(&self, keys: &'k Keys) -> Judged<Signature<'k>> {
        let key = match keys.pick(&self.alg, self.kid.as_deref()) {
            Pick::One(key) => key,
            Pick::None => return Ok(Signature::KeyUnknown),
            Pick::Several => return Err(ProviderError::refused("id_token_key_ambiguous")),
        };
        match key.verify_signature(&self.alg, self.signed.as_bytes(), &self.signature) {
            Ok(()) => Ok(Signature::By(key)),
            // Without a key id, a new key looks just like a bad signature.
            Err(SignatureVerificationError::CryptoError(_)) if self.kid.is_none() => Ok(Signature::KeyUnknown),
            Err(SignatureVerificationError::InvalidKey(_)) => Err(ProviderError::refused("id_token_key")),
            Err(_) => Err(ProviderError::refused("id_token_signature")),
        }
    }

    /// Judges the claims of a token that `key` has signed, and hands them out with the subject.
    pub(super) fn judge(self, key: &CoreJsonWebKey, expected: &Expected<'_>) -> Judged<(String, Map<String, Value>)> {
        let claims = &self.claims;
        demand(text(claims, "iss") == Some(expected.config.issuer.as_str()), "id_token_issuer")?;
        demand(is_for(claims, &expected.config.client_id), "id_token_audience")?;
        let ours = claims.get("azp").is_none_or(|azp| azp.as_str() == Some(expected.config.client_id.as_str()));
        demand(ours, "id_token_azp")?;
        judge_times(claims, expected.now)?;
        let nonce = text(claims, "nonce").unwrap_or_default();
        demand(bool::from(nonce.as_bytes().ct_eq(expected.nonce.as_bytes())), "id_token_nonce")?;
        demand(self.hash_fits(key, expected.access_token), "id_token_at_hash")?;
        let subject = subject(claims).ok_or(ProviderError::refused("id_token_subject"))?;
        Ok((subject, self.claims))
    }

    /// `at_hash`, where present, is the left half of the access token's hash (OIDC Core, 3.1.3.6).
    fn hash_fits(&self, key: &CoreJsonWebKey, access_token: &str) -> bool {
        let Some(claimed) = self.claims.get("at_hash") else { return true };
        let Ok(hash) = key.hash_bytes(access_token.as_bytes(), &self.alg) else { return false };
        let half = hash.get(..hash.len() / 2).unwrap_or_default();
        claimed.as_str() == Some(BASE64_URL_SAFE_NO_PAD.encode(half).as_str())
    }
}

impl Header {
    /// The algorithm, if it is on the operator's list and the token is of the plain kind.
    fn algorithm(&self, allowed: &[Alg]) -> Judged<CoreJwsSigningAlgorithm> {
        demand(self.crit.is_none() && self.cty.is_none(), "id_token_header")?;
        let typ = self.typ.as_deref().map(str::to_ascii_lowercase);
        demand(matches!(typ.as_deref(), None | Some("jwt" | "application/jwt" | "jose")), "id_token_type")?;
        match Alg::named(&self.alg) {
            Some((alg, jose)) if allowed.contains(&alg) => Ok(jose),
            _ => Err(ProviderError::refused("id_token_algorithm")),
        }
    }
}

/// The subject: 1–255 bytes without control characters, else nobody. Also used for userinfo.
pub(super) fn subject(claims: &Map<String, Value>) -> Option<String> {
    let subject = text(claims, "sub")?;
    let fits = (1..=LONGEST_SUBJECT).contains(&subject.len()) && !subject.chars().any(char::is_control);
    fits.then(|| subject.to_owned())
}

/// For us and for nobody else: another audience could replay the token here.
fn is_for(claims: &Map<String, Value>, client_id: &str) -> bool {
    match claims.get("aud") {
        Some(Value::String(audience)) => audience == client_id,
        Some(Value::Array(audiences)) => {
            !audiences.is_empty() && audiences.iter().all(|audience| audience.as_str() == Some(client_id))
        }
        _ => false,
    }
}

fn judge_times(claims: &Map<String, Value>, now: DateTime<Utc>) -> Judged {
    let expiry = time(claims, "exp").ok_or(ProviderError::refused("id_token_expiry"))?;
    demand(now - LEEWAY < expiry, "id_token_expired")?;
    let issued = time(claims, "iat").ok_or(ProviderError::refused("id_token_issued"))?;
    demand(issued <= now + LEEWAY, "id_token_issued_ahead")?;
    demand(issued >= now - OLDEST, "id_token_issued_long_ago")?;
    if claims.contains_key("nbf") {
        let from = time(claims, "nbf").ok_or(ProviderError::refused("id_token_not_before"))?;
        demand(from <= now + LEEWAY, "id_token_not_before")?;
    }
    Ok(())
}

/// A time in whole seconds since 1970. Text, fractions and the year 30 billion are not times.
fn time(claims: &Map<String, Value>, name: &str) -> Option<DateTime<Utc>> {
    let seconds = claims.get(name)?.as_i64().filter(|seconds| *seconds > 0)?;
    DateTime::from_timestamp(seconds, 0)
}

fn text<'c>(claims: &'c Map<String, Value>, name: &str) -> Option<&'c str> {
    claims.get(name)?.as_str()
}

fn demand(holds: bool, otherwise: &'static str) -> Judged {
    if holds { Ok(()) } else { Err(ProviderError::refused(otherwise)) }
}
