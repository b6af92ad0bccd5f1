//! The portal's own address: what it may be, and what is derived from it.

use url::{Host, Url};

/// Where people reach the portal. Links, cookies and the Host check come from it, never from a request.
#[derive(Debug, Clone)]
pub struct BaseUrl {
    url: Url,
    authority: String,
}

impl BaseUrl {
    /// An origin without path: https, or http on a loopback host.
    pub fn parse(text: &str) -> Option<Self> {
        let url = Url::parse(text.trim_end_matches('/')).ok()?;
        let plain = url.path() == "/" && url.query().is_none() && url.fragment().is_none() && url.username().is_empty();
        let safe = url.scheme() == "https" || (url.scheme() == "http" && is_loopback(&url));
        let host = url.host_str()?;
        let authority = url.port().map_or_else(|| host.to_owned(), |port| format!("{host}:{port}"));
        (plain && safe).then_some(Self { url, authority })
    }

    /// Scheme, host and port, as in an `Origin` header.
    pub fn origin(&self) -> String {
        format!("{}://{}", self.url.scheme(), self.authority)
    }

    /// Host and port, as in a `Host` header.
    pub fn authority(&self) -> &str {
        &self.authority
    }

    /// An absolute address for a path that begins with `/`.
    pub fn join(&self, path: &str) -> String {
        format!("{}{path}", self.origin())
    }

    /// Whether cookies may be `Secure` and carry the `__Host-` prefix.
    pub fn is_https(&self) -> bool {
        self.url.scheme() == "https"
    }

    /// Whether this is an address of this machine only.
    pub fn is_loopback(&self) -> bool {
        is_loopback(&self.url)
    }

    /// The host alone.
    pub fn host(&self) -> &str {
        self.url.host_str().unwrap_or_default()
    }

    /// As a `Url`.
    pub fn url(&self) -> &Url {
        &self.url
    }
}

/// Whether a URL names this machine.
pub fn is_loopback(url: &Url) -> bool {
    match url.host() {
        Some(Host::Domain(name)) => name == "localhost" || name.ends_with(".localhost"),
        Some(Host::Ipv4(ip)) => ip.is_loopback(),
        Some(Host::Ipv6(ip)) => ip.is_loopback(),
        None => false,
    }
}
