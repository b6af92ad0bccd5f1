//! Whose address mails come from, as the operator configures it.

use lettre::Address;

use super::retry::is_hidden;
use crate::access::EmailAddress;

/// `MAIL_FROM`: an address, and perhaps a name that stands in for the programme's.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sender {
    pub name: Option<String>,
    pub address: Address,
}

impl Sender {
    /// `noreply@portal.example.com` or `Portal <noreply@portal.example.com>`.
    pub fn parse(text: &str) -> Option<Self> {
        let text = text.trim();
        let (name, address) = match text.strip_suffix('>').and_then(|text| text.split_once('<')) {
            Some((name, address)) => (name.trim().trim_matches('"').trim(), address),
            None => ("", text),
        };
        let fits =
            name.chars().count() <= 100 && !name.chars().any(|c| c.is_control() || is_hidden(c) || "<>\"".contains(c));
        let address = EmailAddress::parse(address).ok()?.as_typed().parse().ok()?;
        fits.then(|| Self { name: Some(name.to_owned()).filter(|name| !name.is_empty()), address })
    }

    /// `noreply` at the portal's own host.
    pub fn of_host(host: &str) -> Self {
        let host = if host.parse::<std::net::IpAddr>().is_ok() || host.starts_with('[') { "localhost" } else { host };
        Self { name: None, address: Address::new_dangerous("noreply", host) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sender_is_an_address_with_or_without_a_name() {
        let both = Sender::parse("Partner desk <desk@acme.example>").unwrap();
        assert_eq!(
            (both.name.as_deref(), both.address.to_string().as_str()),
            (Some("Partner desk"), "desk@acme.example")
        );
        assert_eq!(Sender::parse("\"Desk, Acme\" <d@acme.example>").unwrap().name.as_deref(), Some("Desk, Acme"));
        assert_eq!(Sender::parse("desk@acme.example").unwrap().name, None);
        for wrong in
            ["", "desk", "Desk <desk>", "a@x.example, b@x.example", "A\r\nBcc: b@x.example <a@x.example>", "<>"]
        {
            assert_eq!(Sender::parse(wrong), None, "{wrong:?}");
        }
        assert_eq!(Sender::of_host("portal.example").address.to_string(), "noreply@portal.example");
        assert_eq!(Sender::of_host("[::1]").address.to_string(), "noreply@localhost");
    }
}
