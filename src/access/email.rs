//! E-mail addresses: the one way from what a person or an identity provider wrote to an address that may be stored,
//! compared and mailed to. Owns the rules and the comparison key; must not know the database, forms or mail.

use std::fmt;

/// Longest address in bytes, as the path of RFC 5321 allows (256 with its angle brackets).
const LONGEST: usize = 254;
/// Longest part before the `@` in bytes (RFC 5321, 4.5.3.1.1).
const LONGEST_LOCAL: usize = 64;
/// Longest label of a domain in bytes (RFC 1035, 2.3.4).
const LONGEST_LABEL: usize = 63;

/// One plain mailbox: an ASCII `addr-spec` of RFC 5322 without quotes, comments or address literals.
///
/// A domain in another script is kept as its A-label (RFC 5890), so that each domain has one spelling.
/// The text is personal data: `Debug` does not print it.
#[derive(Clone, PartialEq, Eq)]
pub struct EmailAddress {
    typed: String,
    key: String,
}

/// Why a text is not an address that we take. Kinds only: the words are the page's business.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum EmailProblem {
    /// Nothing but white space.
    #[error("no e-mail address")]
    Missing,
    /// More than 254 bytes in all, or 64 before the `@`.
    #[error("e-mail address too long")]
    TooLong,
    /// No `@`, several, or white space or control characters inside: not exactly one address.
    #[error("not exactly one e-mail address")]
    NotOne,
    /// The part before the `@` has characters that we do not take, or dots in wrong places.
    #[error("the part before the @ is not allowed")]
    Local,
    /// The part after the `@` is not the name of a domain with a dot.
    #[error("the domain is not allowed")]
    Domain,
}

impl EmailAddress {
    /// Reads one address; white space at both ends is dropped, nothing else is repaired.
    ///
    /// # Errors
    /// The first rule that the text breaks.
    pub fn parse(text: &str) -> Result<Self, EmailProblem> {
        let text = text.trim();
        if text.is_empty() {
            return Err(EmailProblem::Missing);
        }
        if text.len() > 4 * LONGEST {
            return Err(EmailProblem::TooLong);
        }
        if text.chars().any(|c| c.is_whitespace() || c.is_control()) {
            return Err(EmailProblem::NotOne);
        }
        let (local, domain) = text.split_once('@').ok_or(EmailProblem::NotOne)?;
        if domain.contains('@') {
            return Err(EmailProblem::NotOne);
        }
        check_local(local)?;
        let typed = format!("{local}@{}", ascii_domain(domain)?);
        if typed.len() > LONGEST {
            return Err(EmailProblem::TooLong);
        }
        Ok(Self { key: typed.to_ascii_lowercase(), typed })
    }

    /// The address to show and to mail to: letters as typed, an international domain as its A-label.
    pub fn as_typed(&self) -> &str {
        &self.typed
    }

    /// What makes two addresses the same person: the whole address in ASCII lower case.
    ///
    /// RFC 5321 lets a mail server tell local parts apart by case; no real one does, and attackers like it.
    /// Dots and `+tags` are not folded: only the mail server knows what they mean.
    pub fn key(&self) -> &str {
        &self.key
    }
}

impl fmt::Debug for EmailAddress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("EmailAddress").finish_non_exhaustive()
    }
}

/// Dot-atom of RFC 5322 (3.2.3), less `%` and `!`, which old relays read as a route to somebody else.
fn check_local(local: &str) -> Result<(), EmailProblem> {
    if local.len() > LONGEST_LOCAL {
        return Err(EmailProblem::TooLong);
    }
    let allowed = |b: u8| b.is_ascii_alphanumeric() || b"#$&'*+-/=?^_`{|}~".contains(&b);
    if local.split('.').all(|atom| !atom.is_empty() && atom.bytes().all(allowed)) {
        Ok(())
    } else {
        Err(EmailProblem::Local)
    }
}

/// The domain with each label in ASCII, letters otherwise as typed.
fn ascii_domain(domain: &str) -> Result<String, EmailProblem> {
    let labels = domain.split('.').map(ascii_label).collect::<Option<Vec<_>>>().ok_or(EmailProblem::Domain)?;
    let numeric_end = labels.last().is_none_or(|last| last.bytes().all(|b| b.is_ascii_digit()));
    if labels.len() < 2 || numeric_end {
        return Err(EmailProblem::Domain);
    }
    Ok(labels.join("."))
}

/// One label: letters, digits and inner hyphens, or an international one as its A-label.
fn ascii_label(label: &str) -> Option<String> {
    let ascii = if label.is_ascii() { label.to_owned() } else { a_label(label)? };
    let shaped = (1..=LONGEST_LABEL).contains(&ascii.len())
        && ascii.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-')
        && !ascii.starts_with('-')
        && !ascii.ends_with('-');
    let sound = !is_a_label(&ascii) || idna::domain_to_ascii_strict(&ascii).is_ok();
    (shaped && sound).then_some(ascii)
}

/// The A-label of a label in another script.
///
/// A label that only turns out plain ASCII (full-width letters, the Kelvin sign, ligatures, an ideographic full stop)
/// is a disguise and refused: it must never equal an address that somebody else typed in ASCII.
fn a_label(label: &str) -> Option<String> {
    if label.chars().any(is_invisible) {
        return None;
    }
    idna::domain_to_ascii_strict(label).ok().filter(|ascii| is_a_label(ascii))
}

fn is_a_label(label: &str) -> bool {
    label.get(..4).is_some_and(|start| start.eq_ignore_ascii_case("xn--"))
}

/// Characters that IDNA drops without a trace: soft hyphen, zero width, direction marks, byte order mark.
fn is_invisible(c: char) -> bool {
    matches!(c, '\u{ad}' | '\u{34f}' | '\u{180b}'..='\u{180f}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}'
        | '\u{2060}'..='\u{206f}' | '\u{fe00}'..='\u{fe0f}' | '\u{feff}')
}

#[cfg(test)]
mod tests {
    use super::*;

    fn key(text: &str) -> Result<String, EmailProblem> {
        EmailAddress::parse(text).map(|address| address.key().to_owned())
    }

    #[test]
    fn plain_addresses_are_taken_as_typed_and_compared_in_lower_case() {
        let ada = EmailAddress::parse("  Ada.Lovelace+portal@Example.ORG\n").unwrap();
        assert_eq!(ada.as_typed(), "Ada.Lovelace+portal@Example.ORG");
        assert_eq!(ada.key(), "ada.lovelace+portal@example.org");
        for text in ["a@b.c", "o'hara@x.ie", "a/b=c?d@x.org", "_@x-y.example", "1@2.example", "a@123.example"] {
            assert_eq!(key(text).as_deref(), Ok(text));
        }
    }

    #[test]
    fn dots_and_tags_make_another_person() {
        assert_ne!(key("a.b@gmail.com"), key("ab@gmail.com"));
        assert_ne!(key("a+b@gmail.com"), key("a@gmail.com"));
    }

    #[test]
    fn an_international_domain_is_kept_as_its_a_label() {
        assert_eq!(key("info@Bücher.example").as_deref(), Ok("info@xn--bcher-kva.example"));
        assert_eq!(key("info@xn--bcher-kva.example"), key("info@bücher.example"));
        assert_eq!(key("info@straße.example").as_deref(), Ok("info@xn--strae-oqa.example"));
        assert_eq!(key("info@例え.jp").as_deref(), Ok("info@xn--r8jz45g.jp"));
        assert_eq!(key("info@bu\u{308}cher.example"), key("info@b\u{fc}cher.example"), "both spellings of one letter");
    }

    #[test]
    fn a_disguised_ascii_domain_is_refused() {
        for domain in
            ["\u{212a}elvin.org", "ｅxample.org", "o\u{fb01}ce.org", "exam\u{200b}ple.org", "x。org", "x.org。"]
        {
            assert_eq!(key(&format!("a@{domain}")), Err(EmailProblem::Domain), "{domain}");
        }
        assert_eq!(key("a@b\u{fc}\u{200b}cher.example"), Err(EmailProblem::Domain));
    }

    #[test]
    fn a_look_alike_letter_makes_another_domain() {
        assert_ne!(key("a@exаmple.org"), key("a@example.org"), "Cyrillic а");
    }

    #[test]
    fn other_than_ascii_before_the_at_is_refused() {
        for local in ["ı", "\u{212a}", "straße", "\u{fb01}n", "аda", "a\u{200b}", "e\u{301}"] {
            assert_eq!(key(&format!("{local}@x.org")), Err(EmailProblem::Local), "{local}");
        }
        assert_eq!(key("a＠x.org"), Err(EmailProblem::NotOne));
    }

    #[test]
    fn what_is_not_exactly_one_address_is_refused() {
        for text in [
            "no-at",
            "a@b@c.org",
            "a@x.org,b@y.org",
            "a@x.org\r\nBcc: b@y.org",
            "a@x.org (c)",
            "a b@x.org",
            "@a,@b:c@d",
            "a@x.org\0",
            "a@x.\u{1b}org",
            "a@x.org b@y.org",
            "a@x\u{a0}.org",
        ] {
            assert_eq!(key(text), Err(EmailProblem::NotOne), "{text:?}");
        }
        for text in ["", " ", "\r\n\t", "\u{3000}"] {
            assert_eq!(key(text), Err(EmailProblem::Missing), "{text:?}");
        }
    }

    #[test]
    fn odd_local_parts_are_refused() {
        for local in ["", ".a", "a.", "a..b", "<a", "a(c)", "\"a\"", "a%y", "a!b", "a,b", "a:b", "a;b", "a\\b", "[a]"] {
            assert_eq!(key(&format!("{local}@x.org")), Err(EmailProblem::Local), "{local}");
        }
    }

    #[test]
    fn odd_domains_are_refused() {
        for domain in [
            "",
            "b",
            "localhost",
            "x.org.",
            ".x.org",
            "x..org",
            "-x.org",
            "x-.org",
            "x_y.org",
            "127.0.0.1",
            "[127.0.0.1]",
            "[IPv6:::1]",
            "x.org>",
            "x.org,y.org",
            "x.1",
            "x.org/",
            "xn--zzzzzzzzz9.org",
        ] {
            assert_eq!(key(&format!("a@{domain}")), Err(EmailProblem::Domain), "{domain}");
        }
    }

    #[test]
    fn lengths_are_kept() {
        let label = "d".repeat(63);
        assert!(key(&format!("{}@x.org", "l".repeat(64))).is_ok());
        assert_eq!(key(&format!("{}@x.org", "l".repeat(65))), Err(EmailProblem::TooLong));
        assert!(key(&format!("a@{label}.org")).is_ok());
        assert_eq!(key(&format!("a@d{label}.org")), Err(EmailProblem::Domain));
        let domain = format!("{label}.{label}.{}.org", "d".repeat(57));
        assert!(key(&format!("{}@{domain}", "l".repeat(64))).is_ok(), "254 bytes");
        assert_eq!(key(&format!("{}@{domain}.x", "l".repeat(64))), Err(EmailProblem::TooLong), "256 bytes");
        assert_eq!(key(&format!("a@{}", "x.".repeat(5_000))), Err(EmailProblem::TooLong));
    }

    #[test]
    fn an_address_does_not_print_itself_into_logs() {
        let ada = EmailAddress::parse("ada@example.org").unwrap();
        assert!(!format!("{ada:?}").contains("ada"));
    }
}
