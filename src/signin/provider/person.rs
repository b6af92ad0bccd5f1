//! Who signed in, as far as the provider tells. Owns how e-mail and name are read from claims; must not decide what
//! the person may do.

use std::fmt;

use serde_json::{Map, Value};

use super::error::ProviderError;

/// Longest e-mail address in bytes that is passed on; the rest of its rules are the reader's.
const LONGEST_EMAIL: usize = 254;
/// Longest name in characters that is passed on.
const LONGEST_NAME: usize = 100;

/// A person as the provider knows them. The identity is (`issuer`, `subject`) and nothing else.
#[derive(Clone, PartialEq, Eq)]
pub struct Claims {
    /// The issuer, exactly as configured.
    pub issuer: String,
    /// The provider's name for the person: 1–255 bytes, no control characters.
    pub subject: String,
    /// One address as the provider wrote it; not yet parsed by our own rules.
    pub email: Option<String>,
    /// Whether the provider vouches for the address. Never true without one.
    pub email_verified: bool,
    /// A name to greet with: at most 100 characters, no control characters.
    pub name: Option<String>,
}

/// Personal data stays out of logs.
impl fmt::Debug for Claims {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Claims").field("issuer", &self.issuer).finish_non_exhaustive()
    }
}

/// An address and whether the same document vouches for it.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Email {
    pub(super) address: String,
    pub(super) verified: bool,
}

/// The e-mail of a claims document, if it has one. `trusted` is the operator's word for a provider that does not say.
///
/// # Errors
/// `email_form` when the claim is anything but one plain string.
pub(super) fn email(claims: &Map<String, Value>, trusted: bool) -> Result<Option<Email>, ProviderError> {
    let address = match claims.get("email") {
        None | Some(Value::Null) => return Ok(None),
        Some(Value::String(address)) if address.is_empty() => return Ok(None),
        Some(Value::String(address)) if is_one(address) => address.clone(),
        Some(_) => return Err(ProviderError::refused("email_form")),
    };
    Ok(Some(Email { address, verified: is_verified(claims.get("email_verified"), trusted) }))
}

/// The boolean `true`; from a trusted provider also silence and the string.
fn is_verified(claim: Option<&Value>, trusted: bool) -> bool {
    match claim {
        Some(Value::Bool(verified)) => *verified,
        Some(Value::String(text)) => trusted && text == "true",
        Some(_) => false,
        None => trusted,
    }
}

fn is_one(address: &str) -> bool {
    address.len() <= LONGEST_EMAIL
        && address.matches('@').count() == 1
        && !address.chars().any(|c| c.is_control() || c.is_whitespace())
}

/// The display name, made harmless rather than refused: nothing depends on it.
pub(super) fn name(claims: &Map<String, Value>) -> Option<String> {
    let name = claims.get("name")?.as_str()?;
    let name: String = name.chars().filter(|c| !c.is_control()).take(LONGEST_NAME).collect();
    let name = name.trim();
    (!name.is_empty()).then(|| name.to_owned())
}
