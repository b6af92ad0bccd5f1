//! The provider's public keys (RFC 7517). Owns which keys are fit to be believed and which one fits a token;
//! makes no request. The arithmetic is openidconnect's.

use base64::Engine as _;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use openidconnect::core::{CoreJsonWebKey, CoreJsonWebKeyUse, CoreJwsSigningAlgorithm};
use openidconnect::{JsonWebKey as _, JsonWebKeyAlgorithm, JsonWebKeyUse as _, JwsSigningAlgorithm as _};
use serde::Deserialize;
use serde_json::Value;

/// Shortest and longest RSA modulus in bits: below is breakable, above costs time (and the arithmetic refuses it).
const RSA_BITS: std::ops::RangeInclusive<usize> = 2048..=4096;

/// A key set as it is sent.
#[derive(Deserialize)]
pub(super) struct Document {
    keys: Vec<Value>,
}

/// The keys of a set that can verify ID tokens.
pub(super) struct Keys(Vec<CoreJsonWebKey>);

/// Which key a token wants.
pub(super) enum Pick<'a> {
    One(&'a CoreJsonWebKey),
    /// None fits: the provider may have new keys.
    None,
    /// Several fit, and guessing among them is refused (OIDC Core, 10.1).
    Several,
}

impl Keys {
    /// Keeps the public signing keys of sound size. Others, and kinds we do not know, are passed over: a provider may
    /// publish what only other clients need.
    pub(super) fn judge(document: &Document) -> Self {
        let sound = document.keys.iter().filter(|key| is_sound(key));
        let keys = sound.filter_map(|key| serde_json::from_value::<CoreJsonWebKey>(key.clone()).ok());
        Self(keys.filter(|key| key.key_use().is_none_or(CoreJsonWebKeyUse::allows_signature)).collect())
    }

    /// Whether there is no key at all.
    pub(super) const fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The key for a token with this algorithm and key id. Without an id, the only key that fits.
    pub(super) fn pick(&self, alg: &CoreJwsSigningAlgorithm, kid: Option<&str>) -> Pick<'_> {
        let mut fitting = self.0.iter().filter(|key| {
            let named = kid.is_none() || key.key_id().map(|id| id.as_str()) == kid;
            let meant = match key.signing_alg() {
                JsonWebKeyAlgorithm::Algorithm(only) => only == alg,
                JsonWebKeyAlgorithm::Unspecified => true,
                JsonWebKeyAlgorithm::Unsupported => false,
            };
            named && meant && alg.key_type().as_ref() == Some(key.key_type())
        });
        match (fitting.next(), fitting.next()) {
            (None, _) => Pick::None,
            (Some(key), None) => Pick::One(key),
            (Some(_), Some(_)) => Pick::Several,
        }
    }
}

/// RSA within bounds and with a real exponent; elliptic curves have their size in their name; nothing shared.
fn is_sound(key: &Value) -> bool {
    let number = |name: &str| {
        let text = key.get(name)?.as_str()?;
        BASE64_URL_SAFE_NO_PAD.decode(text.trim_end_matches('=')).ok()
    };
    // What a key may be used for, where it says so (RFC 7517, 4.3).
    let verifies = |operations: &Value| operations.as_array().is_some_and(|all| all.iter().any(|one| one == "verify"));
    if !key.get("key_ops").is_none_or(verifies) {
        return false;
    }
    match key.get("kty").and_then(Value::as_str) {
        Some("RSA") => {
            let modulus = number("n").map_or(0, |n| bits(&n));
            let exponent = number("e").unwrap_or_default();
            let odd = exponent.last().is_some_and(|low| low % 2 == 1);
            RSA_BITS.contains(&modulus) && odd && (2..=32).contains(&bits(&exponent))
        }
        Some("EC" | "OKP") => true,
        _ => false,
    }
}

/// Length of a big-endian number in bits.
fn bits(number: &[u8]) -> usize {
    let zeros = number.iter().take_while(|byte| **byte == 0).count();
    number.get(zeros).map_or(0, |first| (number.len() - zeros) * 8 - first.leading_zeros() as usize)
}
