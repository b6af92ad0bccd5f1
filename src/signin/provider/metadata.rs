//! The provider's discovery document (OIDC Discovery 1.0, 3). Owns which of its fields we use and which addresses we
//! are willing to use; makes no request.
//!
//! Only the fields that are used are read, so that an oddity elsewhere in the document does not lock people out.

use openidconnect::url::{Host, Url};
use serde::Deserialize;

use super::config::{AuthMethod, ProviderConfig, is_loopback};
use super::error::ProviderError;

/// The document as it is sent.
#[derive(Deserialize)]
pub(super) struct Document {
    issuer: String,
    authorization_endpoint: String,
    token_endpoint: String,
    jwks_uri: String,
    userinfo_endpoint: Option<String>,
    end_session_endpoint: Option<String>,
    token_endpoint_auth_methods_supported: Option<Vec<String>>,
    code_challenge_methods_supported: Option<Vec<String>>,
    authorization_response_iss_parameter_supported: Option<bool>,
}

/// What we believe of it.
pub(super) struct Metadata {
    pub(super) authorization: Url,
    pub(super) token: Url,
    pub(super) keys: Url,
    pub(super) userinfo: Option<Url>,
    pub(super) end_session: Option<Url>,
    /// How the secret is shown when the operator does not say.
    pub(super) auth_method: AuthMethod,
    /// Whether answers carry the `iss` parameter (RFC 9207, 3), so that its absence is a sign of a mix-up.
    pub(super) answers_name_issuer: bool,
    /// Whether PKCE with S256 is advertised. It is sent anyway (RFC 9700, 2.1.1).
    pub(super) advertises_s256: bool,
}

impl Metadata {
    /// Where the discovery document lies: the issuer without a slash at its end, plus the well-known path.
    pub(super) fn location(config: &ProviderConfig) -> Option<Url> {
        let issuer = config.issuer_url()?;
        let base = issuer.as_str().trim_end_matches('/');
        Url::parse(&format!("{base}/.well-known/openid-configuration")).ok()
    }

    /// Judges a document that came from the right place.
    ///
    /// # Errors
    /// `discovery_issuer` when it names another issuer (compared as text), `discovery_endpoint` for an address that
    /// is not https, points to a link-local host or carries a password or fragment.
    pub(super) fn judge(document: &Document, config: &ProviderConfig) -> Result<Self, ProviderError> {
        if document.issuer != config.issuer {
            return Err(ProviderError::unavailable("discovery_issuer"));
        }
        let issuer = config.issuer_url().ok_or(ProviderError::unavailable("config_issuer"))?;
        let address = |raw: &String| endpoint(raw, &issuer).ok_or(ProviderError::unavailable("discovery_endpoint"));
        Ok(Self {
            authorization: address(&document.authorization_endpoint)?,
            token: address(&document.token_endpoint)?,
            keys: address(&document.jwks_uri)?,
            userinfo: document.userinfo_endpoint.as_ref().map(address).transpose()?,
            end_session: document.end_session_endpoint.as_ref().map(address).transpose()?,
            auth_method: auth_method(document.token_endpoint_auth_methods_supported.as_deref()),
            answers_name_issuer: document.authorization_response_iss_parameter_supported.unwrap_or(false),
            advertises_s256: lists(document.code_challenge_methods_supported.as_deref(), "S256"),
        })
    }
}

/// An address of the provider: https, or loopback http when the issuer itself is loopback http.
///
/// Private addresses are allowed, as a self-hosted provider may live on one; link-local ones are where clouds keep
/// their secrets.
fn endpoint(raw: &str, issuer: &Url) -> Option<Url> {
    let url = Url::parse(raw).ok()?;
    let safe = match url.scheme() {
        "https" => !is_link_local(&url),
        "http" => issuer.scheme() == "http" && is_loopback(&url),
        _ => false,
    };
    let plain = url.username().is_empty() && url.password().is_none() && url.fragment().is_none() && url.has_host();
    (safe && plain).then_some(url)
}

fn is_link_local(url: &Url) -> bool {
    match url.host() {
        Some(Host::Ipv4(ip)) => ip.is_link_local() || ip.is_unspecified(),
        Some(Host::Ipv6(ip)) => {
            let mapped = ip.to_ipv4_mapped();
            ip.is_unicast_link_local() || ip.is_unspecified() || mapped.is_some_and(|ip| ip.is_link_local())
        }
        Some(Host::Domain(_)) | None => false,
    }
}

/// Basic, which is also what a silent document means, unless only the form is listed.
fn auth_method(listed: Option<&[String]>) -> AuthMethod {
    if lists(listed, "client_secret_post") && !lists(listed, "client_secret_basic") {
        AuthMethod::Post
    } else {
        AuthMethod::Basic
    }
}

fn lists(listed: Option<&[String]>, wanted: &str) -> bool {
    listed.unwrap_or_default().iter().any(|method| method == wanted)
}
