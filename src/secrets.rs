//! Randomness, hashes and keys. The only place that draws random bits or derives a key; stores nothing.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use chrono::{DateTime, Utc};
use hmac::{Hmac, KeyInit as _, Mac as _};
use secrecy::{ExposeSecret as _, SecretBox};
use sha2::{Digest as _, Sha256};
use subtle::ConstantTimeEq as _;
use uuid::{NoContext, Timestamp, Uuid};

/// 256 random bits as 43 characters that fit a cookie or an address.
pub fn random_token() -> String {
    let mut bytes = [0_u8; 32];
    fill_random(&mut bytes);
    URL_SAFE_NO_PAD.encode(bytes)
}

/// Fills `bytes` from the operating system's generator (through a reseeded thread generator).
#[expect(clippy::disallowed_methods, reason = "the one place that draws random bits")]
pub fn fill_random(bytes: &mut [u8]) {
    use rand::RngCore as _;
    rand::rng().fill_bytes(bytes);
}

/// `bytes` in hexadecimal digits, small letters.
pub fn hex(bytes: &[u8]) -> String {
    use std::fmt::Write as _;
    bytes.iter().fold(String::new(), |mut text, byte| {
        // Writing to a string cannot fail.
        let _ = write!(text, "{byte:02x}");
        text
    })
}

/// A new `UUIDv7`: ordered by `now`, so that newest rows lie together.
pub fn new_id(now: DateTime<Utc>) -> Uuid {
    let seconds = u64::try_from(now.timestamp()).unwrap_or_default();
    Uuid::new_v7(Timestamp::from_unix(NoContext, seconds, now.timestamp_subsec_nanos()))
}

/// SHA-256. Enough for tokens of 256 random bits; never for anything that a person chose.
pub fn sha256(text: &str) -> Vec<u8> {
    Sha256::digest(text.as_bytes()).to_vec()
}

/// The installation's key. Each purpose gets a key of its own, so that a value made for one fits no other.
pub struct SecretKey {
    present: SecretBox<[u8; 32]>,
    /// What it replaced: makes nothing any more, and what it made still counts.
    former: Vec<SecretBox<[u8; 32]>>,
}

impl SecretKey {
    /// From 64 hexadecimal digits; None for anything else.
    pub fn from_hex(text: &str) -> Option<Self> {
        let text = text.trim();
        if text.len() != 64 || !text.is_ascii() {
            return None;
        }
        let mut key = [0_u8; 32];
        for (index, byte) in key.iter_mut().enumerate() {
            *byte = u8::from_str_radix(text.get(index * 2..index * 2 + 2)?, 16).ok()?;
        }
        Some(Self { present: SecretBox::new(Box::new(key)), former: Vec::new() })
    }

    /// This key, in the place of others: what they made goes on to count.
    #[must_use]
    pub fn instead_of(mut self, others: Vec<Self>) -> Self {
        self.former.extend(others.into_iter().map(|other| other.present));
        self
    }

    /// HMAC-SHA256 of `parts` under this key, bound to `purpose`. Lengths are mixed in, so parts cannot run together.
    pub fn mac(&self, purpose: &str, parts: &[&[u8]]) -> [u8; 32] {
        mac_under(&self.present, purpose, parts)
    }

    /// As [`SecretKey::mac`] under each key that this one replaced.
    pub fn former_macs(&self, purpose: &str, parts: &[&[u8]]) -> Vec<[u8; 32]> {
        self.former.iter().map(|key| mac_under(key, purpose, parts)).collect()
    }

    /// Whether this is what [`SecretKey::mac`] makes, or made under a key that was replaced.
    pub fn fits(&self, purpose: &str, parts: &[&[u8]], mac: &[u8]) -> bool {
        let former = self.former_macs(purpose, parts);
        former.iter().fold(same(mac, &self.mac(purpose, parts)), |fits, made| fits | same(mac, made))
    }

    /// `value` with its MAC, as one text for a cookie.
    pub fn seal(&self, purpose: &str, value: &[u8]) -> String {
        format!("{}.{}", URL_SAFE_NO_PAD.encode(value), URL_SAFE_NO_PAD.encode(self.mac(purpose, &[value])))
    }

    /// What [`SecretKey::seal`] sealed for the same purpose; None for anything else.
    pub fn open(&self, purpose: &str, sealed: &str) -> Option<Vec<u8>> {
        let (value, mac) = sealed.split_once('.')?;
        let value = URL_SAFE_NO_PAD.decode(value).ok()?;
        let mac = URL_SAFE_NO_PAD.decode(mac).ok()?;
        self.fits(purpose, &[&value], &mac).then_some(value)
    }
}

fn mac_under(key: &SecretBox<[u8; 32]>, purpose: &str, parts: &[&[u8]]) -> [u8; 32] {
    let Ok(mut mac) = Hmac::<Sha256>::new_from_slice(key.expose_secret()) else {
        unreachable!("HMAC takes a key of any length")
    };
    for part in std::iter::once(purpose.as_bytes()).chain(parts.iter().copied()) {
        mac.update(&(part.len() as u64).to_be_bytes());
        mac.update(part);
    }
    mac.finalize().into_bytes().into()
}

/// The secret of an invitation's link: 43 characters, derived, so that it is stored nowhere and every copy of a mail
/// carries the same one. Counting up `generation` makes a new one.
pub fn invitation_secret(key: &SecretKey, invitation: Uuid, generation: i32) -> String {
    URL_SAFE_NO_PAD.encode(key.mac(LINK, &[invitation.as_bytes(), &generation.to_be_bytes()]))
}

/// As [`invitation_secret`], for a link of which this hash is known: under the key that made it. None when that is gone.
pub fn invitation_secret_of(key: &SecretKey, invitation: Uuid, generation: i32, hash: &[u8]) -> Option<String> {
    let parts: [&[u8]; 2] = [invitation.as_bytes(), &generation.to_be_bytes()];
    let all = std::iter::once(key.mac(LINK, &parts)).chain(key.former_macs(LINK, &parts));
    all.map(|mac| URL_SAFE_NO_PAD.encode(mac)).find(|secret| same(&sha256(secret), hash))
}

const LINK: &str = "invitation-link";

/// Compares without telling by its duration where the difference lies.
pub fn same(left: &[u8], right: &[u8]) -> bool {
    left.ct_eq(right).into()
}

/// A CSRF token for `session`, different at every call (a random pad over the MAC), so that compression of a page
/// that also echoes input tells nothing about it (BREACH).
pub fn csrf_token(key: &SecretKey, session: &[u8]) -> String {
    let mut pad = [0_u8; 32];
    fill_random(&mut pad);
    let mac = key.mac("csrf", &[session]);
    let masked: Vec<u8> = pad.iter().zip(mac).map(|(pad, byte)| pad ^ byte).collect();
    URL_SAFE_NO_PAD.encode([pad.as_slice(), &masked].concat())
}

/// Whether `token` is one that [`csrf_token`] made for `session`.
pub fn csrf_fits(key: &SecretKey, session: &[u8], token: &str) -> bool {
    let Ok(bytes) = URL_SAFE_NO_PAD.decode(token) else { return false };
    if bytes.len() != 64 {
        return false;
    }
    let (pad, masked) = bytes.split_at(32);
    let mac: Vec<u8> = pad.iter().zip(masked).map(|(pad, byte)| pad ^ byte).collect();
    key.fits("csrf", &[session], &mac)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn key() -> SecretKey {
        SecretKey::from_hex(&"0f".repeat(32)).unwrap()
    }

    #[test]
    fn a_sealed_value_opens_for_its_purpose_only() {
        let sealed = key().seal("flash", b"saved");
        assert_eq!(key().open("flash", &sealed).as_deref(), Some(b"saved".as_slice()));
        assert_eq!(key().open("other", &sealed), None);
        assert_eq!(key().open("flash", &sealed.replace('.', ".A")), None);
    }

    #[test]
    fn a_form_token_fits_its_session_only_and_never_repeats() {
        let (first, second) = (csrf_token(&key(), b"one"), csrf_token(&key(), b"one"));
        assert_ne!(first, second);
        assert!(csrf_fits(&key(), b"one", &first) && csrf_fits(&key(), b"one", &second));
        assert!(!csrf_fits(&key(), b"two", &first));
        assert!(!csrf_fits(&key(), b"one", ""));
    }

    #[test]
    fn what_a_replaced_key_made_goes_on_to_count_and_it_makes_nothing() {
        let old = key;
        let new = || SecretKey::from_hex(&"a1".repeat(32)).unwrap();
        let both = new().instead_of(vec![old()]);
        let id = Uuid::from_u128(7);
        assert_eq!(both.open("flash", &old().seal("flash", b"saved")).as_deref(), Some(b"saved".as_slice()));
        assert!(csrf_fits(&both, b"one", &csrf_token(&old(), b"one")));
        let link = invitation_secret(&old(), id, 2);
        assert_eq!(invitation_secret_of(&both, id, 2, &sha256(&link)), Some(link.clone()));
        assert_eq!(invitation_secret_of(&new(), id, 2, &sha256(&link)), None);
        assert_eq!(invitation_secret(&both, id, 2), invitation_secret(&new(), id, 2));
        assert_eq!(new().open("flash", &old().seal("flash", b"saved")), None);
        assert_eq!(old().open("flash", &both.seal("flash", b"saved")), None);
        assert_eq!(both.open("other", &old().seal("flash", b"saved")), None);
    }

    #[test]
    fn a_key_is_64_hexadecimal_digits() {
        for wrong in ["", "ab", &"zz".repeat(32), &"é".repeat(32), &"0f".repeat(33)] {
            assert!(SecretKey::from_hex(wrong).is_none(), "{wrong}");
        }
    }
}
