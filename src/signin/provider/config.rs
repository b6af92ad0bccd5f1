//! What an operator says about one identity provider. Owns the settings and their rules; makes no request.

use std::net::IpAddr;
use std::str::FromStr;

use openidconnect::core::CoreJwsSigningAlgorithm;
use openidconnect::url::{Host, Url};
use secrecy::SecretString;

/// One identity provider at which people may sign in.
#[derive(Clone, Debug)]
pub struct ProviderConfig {
    /// Its name in our URLs, such as `google`: 1–32 of `a-z`, `0-9` and `-`.
    pub key: String,
    /// Its name on the button.
    pub name: String,
    /// The issuer identifier, exactly as the provider's discovery document and tokens spell it.
    pub issuer: String,
    /// Our name at the provider.
    pub client_id: String,
    /// Our secret at the provider; none for a public client, which PKCE alone protects.
    pub client_secret: Option<SecretString>,
    /// What to ask for; `openid` is added when it is missing.
    pub scopes: Vec<String>,
    /// The signatures that we take, whatever the provider advertises.
    pub algorithms: Vec<Alg>,
    /// Whether an e-mail address from this provider counts as verified when it does not say.
    ///
    /// For a provider whose addresses the operator's own administration hands out (a single-tenant Entra ID).
    /// Also lets the string `"true"`, which Amazon Cognito's userinfo sends, stand for the boolean.
    /// A provider that says `false` is always believed.
    pub trust_email: bool,
    /// Where the provider sends people back to; one per provider, so that answers cannot be mixed up (RFC 9700, 4.4).
    pub redirect_uri: String,
    /// How we show the secret. `None`: Basic, unless discovery lists the other way only.
    pub auth_method: Option<AuthMethod>,
}

/// How a client shows its secret at the token endpoint (OIDC Core, 9).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AuthMethod {
    /// In the `Authorization` header: `client_secret_basic`.
    Basic,
    /// In the form: `client_secret_post`.
    Post,
}

/// A signature that an ID token may carry (RFC 7518). Shared secrets and `none` do not exist here on purpose.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Alg {
    /// RSA PKCS#1 v1.5 with SHA-256: what every provider must offer.
    Rs256,
    /// RSA PKCS#1 v1.5 with SHA-384.
    Rs384,
    /// RSA PKCS#1 v1.5 with SHA-512.
    Rs512,
    /// RSA PSS with SHA-256.
    Ps256,
    /// RSA PSS with SHA-384.
    Ps384,
    /// RSA PSS with SHA-512.
    Ps512,
    /// ECDSA on P-256 with SHA-256.
    Es256,
    /// ECDSA on P-384 with SHA-384.
    Es384,
    /// Ed25519.
    EdDsa,
}

impl Alg {
    const ALL: [(&'static str, Self, CoreJwsSigningAlgorithm); 9] = [
        ("RS256", Self::Rs256, CoreJwsSigningAlgorithm::RsaSsaPkcs1V15Sha256),
        ("RS384", Self::Rs384, CoreJwsSigningAlgorithm::RsaSsaPkcs1V15Sha384),
        ("RS512", Self::Rs512, CoreJwsSigningAlgorithm::RsaSsaPkcs1V15Sha512),
        ("PS256", Self::Ps256, CoreJwsSigningAlgorithm::RsaSsaPssSha256),
        ("PS384", Self::Ps384, CoreJwsSigningAlgorithm::RsaSsaPssSha384),
        ("PS512", Self::Ps512, CoreJwsSigningAlgorithm::RsaSsaPssSha512),
        ("ES256", Self::Es256, CoreJwsSigningAlgorithm::EcdsaP256Sha256),
        ("ES384", Self::Es384, CoreJwsSigningAlgorithm::EcdsaP384Sha384),
        ("EdDSA", Self::EdDsa, CoreJwsSigningAlgorithm::EdDsa),
    ];

    /// The algorithm of a JOSE `alg` value, which tells upper from lower case (RFC 7515, 4.1.1).
    pub(super) fn named(name: &str) -> Option<(Self, CoreJwsSigningAlgorithm)> {
        Self::ALL.into_iter().find(|(known, ..)| *known == name).map(|(_, alg, jose)| (alg, jose))
    }
}

impl FromStr for Alg {
    type Err = &'static str;

    fn from_str(name: &str) -> Result<Self, Self::Err> {
        Self::named(name).map(|(alg, _)| alg).ok_or("not a signature algorithm for ID tokens")
    }
}

impl ProviderConfig {
    /// A provider with the usual settings: `openid email profile`, RS256 only, e-mail believed only when verified.
    pub fn new(key: &str, issuer: &str, client_id: &str, redirect_uri: &str) -> Self {
        Self {
            key: key.to_owned(),
            name: key.to_owned(),
            issuer: issuer.to_owned(),
            client_id: client_id.to_owned(),
            client_secret: None,
            scopes: ["openid", "email", "profile"].map(str::to_owned).to_vec(),
            algorithms: vec![Alg::Rs256],
            trust_email: false,
            redirect_uri: redirect_uri.to_owned(),
            auth_method: None,
        }
    }

    /// The first setting that cannot work, as a reason such as `config_issuer`; for the check at start.
    pub fn fault(&self) -> Option<&'static str> {
        let key_fits = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-';
        if !(1..=32).contains(&self.key.len()) || !self.key.bytes().all(key_fits) {
            return Some("config_key");
        }
        if self.issuer_url().is_none() {
            return Some("config_issuer");
        }
        if self.client_id.is_empty() {
            return Some("config_client_id");
        }
        if self.algorithms.is_empty() {
            return Some("config_algorithms");
        }
        if Url::parse(&self.redirect_uri).is_err() {
            return Some("config_redirect_uri");
        }
        None
    }

    /// The issuer as an address: https, or plain http on this machine's loopback for development.
    pub(super) fn issuer_url(&self) -> Option<Url> {
        let url = Url::parse(&self.issuer).ok()?;
        let plain =
            url.username().is_empty() && url.password().is_none() && url.query().is_none() && url.fragment().is_none();
        let safe = match url.scheme() {
            "https" => url.has_host(),
            "http" => is_loopback(&url),
            _ => false,
        };
        (plain && safe).then_some(url)
    }
}

/// Whether the address can only be this machine.
pub(super) fn is_loopback(url: &Url) -> bool {
    match url.host() {
        Some(Host::Domain(name)) => name == "localhost",
        Some(Host::Ipv4(ip)) => IpAddr::from(ip).is_loopback(),
        Some(Host::Ipv6(ip)) => IpAddr::from(ip).is_loopback(),
        None => false,
    }
}
