//! `SMTP_URL`: which mail server, how it is spoken to, and which of that would be unsafe.

use std::net::IpAddr;

use percent_encoding::percent_decode_str;
use secrecy::SecretString;
use url::Url;

/// When a conversation is encrypted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Encryption {
    /// From the first byte (`smtps`).
    Implicit,
    /// By STARTTLS, or not at all.
    Required,
    /// By STARTTLS where the server offers it.
    Opportunistic,
    /// Never.
    None,
}

/// A mail server's address, with what it takes to use it.
#[derive(Clone)]
pub struct SmtpUrl {
    pub(super) host: String,
    pub(super) port: u16,
    pub(super) encryption: Encryption,
    pub(super) credentials: Option<(String, SecretString)>,
}

impl SmtpUrl {
    /// `smtp://[user:password@]host[:port][?tls=required|opportunistic|none]`, or `smtps://…`.
    ///
    /// Encryption is required unless the host is this machine. A password never travels over a network in the clear:
    /// with one, only `required` is taken for another host.
    pub fn parse(text: &str) -> Option<Self> {
        let url = Url::parse(text).ok()?;
        let host = url.host_str().filter(|host| !host.is_empty())?.to_owned();
        let bare = matches!(url.path(), "" | "/") && url.fragment().is_none();
        let local = is_this_machine(&host);
        let asked: Vec<_> = url.query_pairs().collect();
        let (encryption, port) = match (url.scheme(), asked.as_slice()) {
            ("smtps", []) => (Encryption::Implicit, 465),
            ("smtp", []) if local => (Encryption::None, 587),
            ("smtp", []) => (Encryption::Required, 587),
            ("smtp", [(name, word)]) if name == "tls" => (encryption(word)?, 587),
            _ => return None,
        };
        let credentials = credentials(&url).ok()?;
        let open = matches!(encryption, Encryption::None | Encryption::Opportunistic);
        let safe = local || credentials.is_none() || !open;
        let port = url.port().unwrap_or(port);
        (bare && safe && port != 0).then_some(Self { host, port, encryption, credentials })
    }
}

fn encryption(word: &str) -> Option<Encryption> {
    match word {
        "required" => Some(Encryption::Required),
        "opportunistic" => Some(Encryption::Opportunistic),
        "none" => Some(Encryption::None),
        _ => None,
    }
}

/// None without any; an error when only half of them is there or they cannot be sent.
fn credentials(url: &Url) -> Result<Option<(String, SecretString)>, ()> {
    let plain = |text: &str| {
        let text = percent_decode_str(text).decode_utf8().ok()?.into_owned();
        (!text.is_empty() && !text.chars().any(char::is_control)).then_some(text)
    };
    let plain = |text: &str| plain(text).ok_or(());
    match (url.username(), url.password()) {
        ("", None) => Ok(None),
        (user, Some(password)) => Ok(Some((plain(user)?, SecretString::from(plain(password)?)))),
        (_, None) => Err(()),
    }
}

fn is_this_machine(host: &str) -> bool {
    let ip = host.trim_matches(['[', ']']).parse::<IpAddr>();
    ip.map_or(host == "localhost" || host.ends_with(".localhost"), |ip| ip.is_loopback())
}

#[cfg(test)]
mod tests {
    use super::*;
    use secrecy::ExposeSecret as _;

    fn read(text: &str) -> Option<(String, u16, Encryption)> {
        SmtpUrl::parse(text).map(|url| (url.host, url.port, url.encryption))
    }

    #[test]
    fn ports_and_encryption_follow_the_scheme_and_the_host() {
        let host = |port, encryption| Some(("mail.example".to_owned(), port, encryption));
        assert_eq!(read("smtp://mail.example"), host(587, Encryption::Required));
        assert_eq!(read("smtp://mail.example:25/?tls=opportunistic"), host(25, Encryption::Opportunistic));
        assert_eq!(read("smtp://mail.example?tls=none"), host(587, Encryption::None));
        assert_eq!(read("smtps://mail.example"), host(465, Encryption::Implicit));
        assert_eq!(read("smtp://127.0.0.1:1025"), Some(("127.0.0.1".into(), 1025, Encryption::None)));
        assert_eq!(read("smtp://[::1]:25?tls=required"), Some(("[::1]".into(), 25, Encryption::Required)));
    }

    #[test]
    fn a_password_is_decoded_and_never_travels_in_the_clear() {
        let url = SmtpUrl::parse("smtp://po%40st:s%2Fe%3Acret@mail.example").unwrap();
        let (user, password) = url.credentials.unwrap();
        assert_eq!((user.as_str(), password.expose_secret()), ("po@st", "s/e:cret"));
        assert!(read("smtp://u:p@mail.example?tls=none").is_none());
        assert!(read("smtp://u:p@mail.example?tls=opportunistic").is_none());
        assert!(read("smtp://u:p@localhost").is_some());
    }

    #[test]
    fn anything_else_is_refused() {
        for wrong in [
            "",
            "mail.example",
            "http://mail.example",
            "smtp://",
            "smtp://user@mail.example",
            "smtp://:p@mail.example",
            "smtp://mail.example/path",
            "smtp://mail.example?tls=maybe",
            "smtp://mail.example?ssl=1",
            "smtps://mail.example?tls=none",
            "smtp://mail.example:0",
            "smtp://u:%0d%0aQUIT@mail.example",
            "smtp://u:%ff@mail.example",
        ] {
            assert!(read(wrong).is_none(), "{wrong}");
        }
    }
}
