//! What our secrets look like: a prefix that tells what it is, 256 random bits, and a checksum, so that a scanner that finds
//! one in somebody's repository can be sure, and a mistyped one is refused before the database is asked.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

use crate::secrets;

/// What a secret is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Purpose {
    ClientSecret,
    ApiKey,
    AccessToken,
}

impl Purpose {
    /// How it begins.
    pub const fn prefix(self) -> &'static str {
        match self {
            Self::ClientSecret => "ghs_",
            Self::ApiKey => "ghk_",
            Self::AccessToken => "ght_",
        }
    }
}

/// A new secret: prefix, 43 characters, 6 characters of CRC-32 over both.
pub fn draw(purpose: Purpose) -> String {
    let body = format!("{}{}", purpose.prefix(), secrets::random_token());
    let sum = checksum(&body);
    body + &sum
}

/// Whether a text can be a secret of ours for this purpose; says nothing about whether it is known.
pub fn is_one(purpose: Purpose, text: &str) -> bool {
    let body = text.len().checked_sub(6).and_then(|at| text.split_at_checked(at));
    body.is_some_and(|(body, sum)| body.len() == 47 && body.starts_with(purpose.prefix()) && checksum(body) == sum)
}

/// Its last characters, which tell people one from another.
pub fn hint(secret: &str) -> String {
    let skipped = secret.chars().count().saturating_sub(4);
    secret.chars().skip(skipped).collect()
}

fn checksum(body: &str) -> String {
    URL_SAFE_NO_PAD.encode(crc32fast::hash(body.as_bytes()).to_be_bytes())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_secret_is_recognised_and_a_mistyped_one_is_not() {
        for purpose in [Purpose::ClientSecret, Purpose::ApiKey, Purpose::AccessToken] {
            let secret = draw(purpose);
            assert!(is_one(purpose, &secret) && secret.len() <= 64, "seed 002 takes secrets of 64 characters at most");
            assert!(!is_one(purpose, &secret.replace(&secret[10..11], "~")));
            assert!(!is_one(purpose, &secret[..secret.len() - 1]));
        }
        assert!(!is_one(Purpose::ApiKey, &draw(Purpose::AccessToken)));
        for wrong in ["", "ghk_", "é", &"é".repeat(30)] {
            assert!(!is_one(Purpose::ApiKey, wrong), "{wrong}");
        }
    }
}
