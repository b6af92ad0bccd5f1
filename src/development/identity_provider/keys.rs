//! The signing key: made once, kept in a file of its own, published as a JSON Web Key. Must not know what it signs.

use std::fs::{self, OpenOptions};
use std::io::{self, Write as _};
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::Path;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use p256::SecretKey;
use p256::ecdsa::signature::{Signer as _, Verifier as _};
use p256::ecdsa::{Signature, SigningKey};
use p256::pkcs8::{DecodePrivateKey as _, EncodePrivateKey as _, LineEnding};
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};

use crate::secrets;

/// An ES256 key pair (RFC 7518 §3.4) and its public description.
pub(super) struct SigningKeys {
    signing: SigningKey,
    key_id: String,
    x: String,
    y: String,
}

impl SigningKeys {
    /// Reads the key at `path`, or creates it there with mode 0600.
    pub(super) fn open(path: &Path) -> io::Result<Self> {
        match fs::read_to_string(path) {
            Ok(pem) => SecretKey::from_pkcs8_pem(&pem).map(|secret| Self::from(&secret)).map_err(|_| {
                let problem = format!(
                    "{} is not a P-256 private key in PKCS #8 PEM; delete it to have a new one made",
                    path.display()
                );
                io::Error::new(io::ErrorKind::InvalidData, problem)
            }),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Self::create(path),
            Err(error) => Err(error),
        }
    }

    /// Writes to a neighbouring file and renames, so that a kill half way leaves no torn key behind.
    fn create(path: &Path) -> io::Result<Self> {
        let secret = new_secret();
        let pem = secret.to_pkcs8_pem(LineEnding::LF).map_err(io::Error::other)?;
        if let Some(folder) = path.parent() {
            fs::create_dir_all(folder)?;
        }
        let draft = path.with_extension("pem.new");
        match fs::remove_file(&draft) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
            _ => {}
        }
        let mut file = OpenOptions::new().write(true).create_new(true).mode(0o600).open(&draft)?;
        file.write_all(pem.as_bytes())?;
        file.sync_all()?;
        fs::rename(&draft, path)?;
        Ok(Self::from(&secret))
    }

    /// The key's name in the key set: its RFC 7638 thumbprint.
    pub(super) fn key_id(&self) -> &str {
        &self.key_id
    }

    /// The public half, as published under `/jwks`.
    pub(super) fn public_key(&self) -> Value {
        json!({
            "kty": "EC", "crv": "P-256", "use": "sig", "alg": "ES256",
            "kid": self.key_id, "x": self.x, "y": self.y,
        })
    }

    /// The 64 byte signature of RFC 7518 §3.4.
    pub(super) fn sign(&self, message: &[u8]) -> Vec<u8> {
        let signature: Signature = self.signing.sign(message);
        signature.to_vec()
    }

    pub(super) fn verify(&self, message: &[u8], signature: &[u8]) -> bool {
        Signature::from_slice(signature)
            .is_ok_and(|signature| self.signing.verifying_key().verify(message, &signature).is_ok())
    }
}

impl From<&SecretKey> for SigningKeys {
    fn from(secret: &SecretKey) -> Self {
        let signing = SigningKey::from(secret);
        let point = signing.verifying_key().to_encoded_point(false);
        let coordinate = |bytes: Option<&p256::FieldBytes>| {
            URL_SAFE_NO_PAD.encode(bytes.map(AsRef::<[u8]>::as_ref).unwrap_or_default())
        };
        let (x, y) = (coordinate(point.x()), coordinate(point.y()));
        let description = format!(r#"{{"crv":"P-256","kty":"EC","x":"{x}","y":"{y}"}}"#);
        let key_id = URL_SAFE_NO_PAD.encode(Sha256::digest(description.as_bytes()));
        Self { signing, key_id, x, y }
    }
}

/// Nearly every 32 random bytes are a key; the few that are not (zero, or past the curve's order) are drawn again.
fn new_secret() -> SecretKey {
    loop {
        let mut bytes = [0_u8; 32];
        secrets::fill_random(&mut bytes);
        if let Ok(secret) = SecretKey::from_slice(&bytes) {
            return secret;
        }
    }
}
