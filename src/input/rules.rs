//! The rule of each kind of field. Text is trimmed and brought to NFC before it is measured, in characters.

use unicode_normalization::UnicodeNormalization as _;
use url::{Host, Url};
use validator::{ValidateLength as _, ValidateUrl as _};

use super::Problem;

/// Text on one line: trimmed, NFC, at most `most` characters, nothing invisible. May be empty.
pub fn plain(raw: &str, most: u64) -> Result<String, Problem> {
    // Checked before normalising, so that a megabyte of input is not worth a megabyte of work.
    if raw.len() as u64 > most.saturating_mul(16).max(1_024) {
        return Err(Problem::TooLong(usize::try_from(most).unwrap_or(usize::MAX)));
    }
    let text: String = raw.trim().nfc().collect();
    if text.chars().any(is_unprintable) {
        return Err(Problem::Unprintable);
    }
    if text.validate_length(None, Some(most), None) {
        Ok(text)
    } else {
        Err(Problem::TooLong(usize::try_from(most).unwrap_or(usize::MAX)))
    }
}

/// Text that must not be empty; `missing` says what to enter.
fn required(raw: &str, most: u64, missing: &'static str) -> Result<String, Problem> {
    let text = plain(raw, most)?;
    if text.is_empty() { Err(Problem::Missing(missing)) } else { Ok(text) }
}

/// An organisation's name: 1 to 100 characters, no web address.
pub fn organisation_name(raw: &str) -> Result<String, Problem> {
    name(raw, 100, "Enter the organisation's name.")
}

/// A programme's name: 1 to 100 characters, no web address.
pub fn programme_name(raw: &str) -> Result<String, Problem> {
    name(raw, 100, "Enter the programme's name.")
}

/// A person's display name: 1 to 100 characters, no web address.
pub fn person_name(raw: &str) -> Result<String, Problem> {
    name(raw, 100, "Enter the person's name.")
}

/// What a machine credential is called: 1 to 100 characters, no web address.
pub fn credential_name(raw: &str) -> Result<String, Problem> {
    name(raw, 100, "Enter a name, such as Billing sync.")
}

/// A company's name in a partner record: 1 to 100 characters, no web address.
pub fn company_name(raw: &str) -> Result<String, Problem> {
    name(raw, 100, "Enter the company's name.")
}

/// A few words of one's own: 1 to `most` characters; `missing` says what to enter.
pub fn short_text(raw: &str, most: u64, missing: &'static str) -> Result<String, Problem> {
    required(raw, most, missing)
}

/// The most that a year's sales can be (seed 002).
pub const MOST_SALES: i32 = i32::MAX;

/// A year's sales as typed: a whole number in digits. Signs, separators, fractions and exponents are refused rather
/// than guessed at: 1.500 is a different amount in Rome and in London.
pub fn sales_amount(raw: &str) -> Result<i32, Problem> {
    let text = raw.trim();
    if text.is_empty() {
        return Err(Problem::Missing("Enter the sales of a year; 0 if there are none yet."));
    }
    if !text.bytes().all(|byte| byte.is_ascii_digit()) {
        return Err(Problem::NotAWholeNumber);
    }
    text.parse().map_err(|_| Problem::TooMuch(MOST_SALES))
}

fn name(raw: &str, most: u64, missing: &'static str) -> Result<String, Problem> {
    let text = required(raw, most, missing)?;
    if holds_link(&text) { Err(Problem::HoldsLink) } else { Ok(text) }
}

/// An identifier from another system: up to 64 visible characters.
pub fn optional(raw: &str) -> Result<Option<String>, Problem> {
    Ok(Some(plain(raw, 64)?).filter(|text| !text.is_empty()))
}

/// What makes two names the same: NFC, lower case, single spaces.
pub fn name_key(name: &str) -> String {
    let folded: String = name.nfc().collect::<String>().to_lowercase().nfc().collect();
    folded.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// A picture's address: https, a public host by name, no user, 2,048 characters at most. Empty is None.
/// The portal never fetches it.
pub fn https_url(raw: &str) -> Result<Option<String>, Problem> {
    let text = plain(raw, 2_048)?;
    if text.is_empty() {
        return Ok(None);
    }
    if !text.validate_url() {
        return Err(Problem::NotAnAddress);
    }
    let url = Url::parse(&text).map_err(|_| Problem::NotAnAddress)?;
    let named = is_public(&url);
    let plain_port = matches!(url.port(), None | Some(443 | 8443));
    if url.scheme() == "https" && named && plain_port && url.username().is_empty() && url.password().is_none() {
        Ok(Some(url.to_string()).filter(|url| url.len() <= 2_048))
            .and_then(|url| url.ok_or(Problem::TooLong(2_048)).map(Some))
    } else {
        Err(Problem::NotHttps)
    }
}

/// The address of a web application: https, with a host's name and perhaps a port; no user, query or fragment. On a portal
/// that runs on this machine only, the application may do so too. Empty is None.
pub fn application_url(raw: &str, on_this_machine: bool) -> Result<Option<String>, Problem> {
    let text = plain(raw, 2_000)?;
    if text.is_empty() {
        return Ok(None);
    }
    let url = Url::parse(&text).map_err(|_| Problem::NotAnAddress)?;
    let public = is_public(&url);
    let here = on_this_machine && matches!(url.host_str(), Some("localhost" | "127.0.0.1" | "[::1]"));
    let safe = (url.scheme() == "https" && public) || (matches!(url.scheme(), "http" | "https") && here);
    let bare =
        url.username().is_empty() && url.password().is_none() && url.query().is_none() && url.fragment().is_none();
    if !safe {
        return Err(Problem::NotHttps);
    }
    if bare { Ok(Some(url.to_string())) } else { Err(Problem::NotAnAddress) }
}

/// Whether an address names a public host. The standard for addresses lets quotes and braces into a host's name; the one
/// for host names (RFC 1123) does not.
fn is_public(url: &Url) -> bool {
    let plain = |name: &str| name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'.');
    matches!(url.host(), Some(Host::Domain(name)) if name.contains('.') && !name.ends_with('.') && plain(name))
}

/// A short code: letters, digits, `-` and `_`, 1 to 32. Empty is None.
pub fn code(raw: &str) -> Result<Option<String>, Problem> {
    let text = raw.trim();
    let fits = text.len() <= 32 && text.chars().all(|c| c.is_ascii_alphanumeric() || c == '-' || c == '_');
    if fits { Ok((!text.is_empty()).then(|| text.to_owned())) } else { Err(Problem::NotACode) }
}

/// ISO 3166-1 alpha-2 in capitals. Empty is None.
pub fn country(raw: &str) -> Result<Option<String>, Problem> {
    let text = raw.trim().to_ascii_uppercase();
    if text.is_empty() {
        return Ok(None);
    }
    if COUNTRIES.split_ascii_whitespace().any(|country| country == text) {
        Ok(Some(text))
    } else {
        Err(Problem::NotACountry)
    }
}

/// An exact IANA name. Empty is UTC.
pub fn time_zone(raw: &str) -> Result<String, Problem> {
    let text = raw.trim();
    if text.is_empty() {
        return Ok("UTC".into());
    }
    text.parse::<chrono_tz::Tz>()
        .ok()
        .filter(|zone| zone.name() == text)
        .map(|zone| zone.name().into())
        .ok_or(Problem::NotATimeZone)
}

/// What somebody searches for: whatever of it can be searched, folded, never an error. 200 characters, single spaces.
pub fn search(raw: &str) -> String {
    let text: String = raw.chars().filter(|c| !is_unprintable(*c)).take(200).collect();
    fold(&name_key(&text))
}

/// Without accents, as PostgreSQL's `fold_text` in the first migration does it.
fn fold(text: &str) -> String {
    let plain = text.nfkd().filter(|c| !('\u{300}'..='\u{36f}').contains(c));
    plain.fold(String::new(), |mut folded, c| {
        match c {
            'ø' => folded.push('o'),
            'ł' => folded.push('l'),
            'đ' | 'ð' => folded.push('d'),
            'ı' => folded.push('i'),
            'ħ' => folded.push('h'),
            'ŧ' => folded.push('t'),
            'ß' => folded.push_str("ss"),
            'æ' => folded.push_str("ae"),
            'œ' => folded.push_str("oe"),
            other => folded.push(other),
        }
        folded
    })
}

/// Control characters, bidirectional overrides, zero-width and other invisible ones, and what is no character at all.
/// The zero-width joiner stays: families of emoji and some scripts need it between letters.
fn is_unprintable(c: char) -> bool {
    c.is_control()
        || matches!(c, '\u{ad}' | '\u{61c}' | '\u{180e}' | '\u{200b}' | '\u{200c}' | '\u{200e}' | '\u{200f}')
        || matches!(c, '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}' | '\u{fff9}'..='\u{ffff}')
        || matches!(c, '\u{e0000}'..='\u{e0fff}' | '\u{f0000}'..='\u{10ffff}' | '\u{e000}'..='\u{f8ff}')
}

fn holds_link(text: &str) -> bool {
    let lower = text.to_lowercase();
    let marked = ["://", "www.", "http:", "https:", "mailto:"].iter().any(|mark| lower.contains(mark));
    marked || lower.split_whitespace().any(is_address_with_path)
}

/// *example.com/login*: mail programs make a link of it. A bare *Booking.com* may be a name.
fn is_address_with_path(word: &str) -> bool {
    let Some((host, _)) = word.split_once(['/', '?', '#']) else { return false };
    let labels: Vec<&str> = host.split('.').collect();
    let plain = |label: &&str| !label.is_empty() && label.chars().all(|c| c.is_alphanumeric() || c == '-');
    let ends_like_a_domain = labels.last().is_some_and(|last| last.len() >= 2 && last.chars().all(char::is_alphabetic));
    labels.len() >= 2 && labels.iter().all(plain) && ends_like_a_domain
}

/// Every country that there is, as two letters, separated by white space.
pub const COUNTRIES: &str = "AD AE AF AG AI AL AM AO AQ AR AS AT AU AW AX AZ BA BB BD BE BF BG BH BI BJ BL BM BN BO BQ BR BS BT BV \
    BW BY BZ CA CC CD CF CG CH CI CK CL CM CN CO CR CU CV CW CX CY CZ DE DJ DK DM DO DZ EC EE EG EH ER ES ET FI FJ FK FM FO FR \
    GA GB GD GE GF GG GH GI GL GM GN GP GQ GR GS GT GU GW GY HK HM HN HR HT HU ID IE IL IM IN IO IQ IR IS IT JE JM JO JP KE KG \
    KH KI KM KN KP KR KW KY KZ LA LB LC LI LK LR LS LT LU LV LY MA MC MD ME MF MG MH MK ML MM MN MO MP MQ MR MS MT MU MV MW MX \
    MY MZ NA NC NE NF NG NI NL NO NP NR NU NZ OM PA PE PF PG PH PK PL PM PN PR PS PT PW PY QA RE RO RS RU RW SA SB SC SD SE SG \
    SH SI SJ SK SL SM SN SO SR SS ST SV SX SY SZ TC TD TF TG TH TJ TK TL TM TN TO TR TT TV TW TZ UA UG UM US UY UZ VA VC VE VG \
    VI VN VU WF WS YE YT ZA ZM ZW";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_measured_in_characters_and_brought_to_nfc() {
        assert_eq!(organisation_name(&"é".repeat(100)).unwrap().chars().count(), 100);
        assert_eq!(organisation_name(&"x".repeat(101)), Err(Problem::TooLong(100)));
        assert_eq!(organisation_name(" Cafe\u{301} ").unwrap(), "Caf\u{e9}");
        assert_eq!(organisation_name(&"x".repeat(1_000_000)), Err(Problem::TooLong(100)));
    }

    #[test]
    fn a_name_holds_nothing_invisible_and_no_address() {
        for wrong in ["a\0b", "a\u{202e}b", "a\u{200b}b", "a\nb", "\u{feff}a", "a\u{85}b", "\u{2066}a"] {
            assert_eq!(organisation_name(wrong), Err(Problem::Unprintable), "{wrong:?}");
        }
        for wrong in
            ["Visit http://evil.example", "www.evil.example", "HTTPS://x.y", "Refund at evil-bank.com/login", "a.co?x"]
        {
            assert_eq!(person_name(wrong), Err(Problem::HoldsLink), "{wrong}");
        }
        for blank in ["", "   ", "\t"] {
            assert!(matches!(organisation_name(blank), Err(Problem::Missing(_))), "{blank:?}");
        }
        for fine in [
            "Booking.com",
            "A/S Nord",
            "Smith & Co. 24/7",
            "St. Gallen/Zürich",
            "O'Brien & Söhne <GmbH>",
            "=cmd()",
            "👩‍👩‍👧‍👦 Family",
            "株式会社ノース",
            "{{7*7}} ${7*7} %_\\",
        ] {
            assert!(organisation_name(fine).is_ok(), "{fine}");
        }
    }

    #[test]
    fn twins_have_one_key() {
        assert_eq!(name_key("Zebra  TRADING"), name_key("zebra trading"));
        assert_eq!(name_key("Cafe\u{301}"), name_key("CAFÉ"));
        assert_ne!(name_key("Acme"), name_key("Аcme"), "a Cyrillic look-alike is another name");
    }

    #[test]
    fn a_search_needs_no_accents() {
        assert_eq!(search("Čertova  SKÁLA"), "certova skala");
        assert_eq!(
            [search("Żurawi"), search("Søster & Straße"), search(" \0\u{202e} ")],
            ["zurawi", "soster & strasse", ""]
        );
    }

    #[test]
    fn a_logo_lies_at_a_public_https_address() {
        for wrong in [
            "javascript:alert(1)",
            "JaVa\tscript:alert(1)",
            "data:image/png;base64,AA",
            "//x.org/a.png",
            "http://x.org/a.png",
            "https://u:p@x.org/a.png",
            "https://127.1/a",
            "https://[::ffff:7f00:1]/a",
            "https://0x7f.1/",
            "https://localhost/a",
            "https://x.org:22/a",
            "https://x\".org/a",
            "https://{x}.org/a",
            "https://x_y.org/a",
            "not a url",
            "https://",
            "ftp://x.org/a",
        ] {
            assert!(https_url(wrong).is_err(), "{wrong}");
        }
        assert_eq!(
            https_url(" https://EXAMPLE.com/logo.png ").unwrap().as_deref(),
            Some("https://example.com/logo.png")
        );
        assert_eq!(https_url("  ").unwrap(), None);
        assert!(https_url(&format!("https://x.org/{}", "a".repeat(2_048))).is_err());
    }

    #[test]
    fn an_application_lies_at_an_https_address_or_on_this_machine() {
        for wrong in [
            "http://x.example/",
            "http://localhost:9/",
            "javascript:alert(1)",
            "https://localhost/",
            "https://x\".example/",
            "ftp://x.example/",
        ] {
            assert_eq!(application_url(wrong, false), Err(Problem::NotHttps), "{wrong}");
        }
        for wrong in ["shop", "//x.example", "https://u@x.example/", "https://x.example/?a", "https://x.example/#a"] {
            assert_eq!(application_url(wrong, true), Err(Problem::NotAnAddress), "{wrong}");
        }
        assert_eq!(
            application_url(" https://X.example:8443/shop ", false),
            Ok(Some("https://x.example:8443/shop".into()))
        );
        assert_eq!(application_url("http://localhost:9/", true), Ok(Some("http://localhost:9/".into())));
        assert_eq!(application_url(" ", false), Ok(None));
    }

    #[test]
    fn a_year_of_sales_is_a_whole_number_in_digits() {
        // S2-12
        assert_eq!(
            ["0", " 1250000 ", "2147483647", "007"].map(sales_amount),
            [Ok(0), Ok(1_250_000), Ok(MOST_SALES), Ok(7)]
        );
        for wrong in ["-1", "+1", "1.5", "1,000", "1 000", "1e3", "0x10", "٣", "one", "1_000", "1\0"] {
            assert_eq!(sales_amount(wrong), Err(Problem::NotAWholeNumber), "{wrong}");
        }
        for much in ["2147483648", "99999999999999999999", &"9".repeat(10_000)] {
            assert_eq!(sales_amount(much), Err(Problem::TooMuch(MOST_SALES)), "{much}");
        }
        assert!(matches!(sales_amount(" "), Err(Problem::Missing(_))));
    }

    #[test]
    fn short_text_is_measured_in_characters() {
        // S2-15, S2-16
        assert_eq!(short_text(&"月".repeat(30), 30, "x").unwrap().chars().count(), 30);
        assert_eq!(short_text(&"月".repeat(31), 30, "x"), Err(Problem::TooLong(30)));
        assert_eq!(short_text(" ", 30, "x"), Err(Problem::Missing("x")));
    }

    #[test]
    fn codes_countries_and_time_zones_are_exact() {
        for wrong in ["a b", "..", &"x".repeat(33), "é", "😀"] {
            assert_eq!(code(wrong), if wrong == "con" { Ok(None) } else { Err(Problem::NotACode) }, "{wrong}");
        }
        assert_eq!(code("NWR-01").unwrap().as_deref(), Some("NWR-01"));
        for wrong in ["UK", "XX", "ZZ", "GBR", "Germany", "1"] {
            assert_eq!(country(wrong), Err(Problem::NotACountry), "{wrong}");
        }
        assert_eq!(country("gb").unwrap().as_deref(), Some("GB"));
        for wrong in ["europe/rome", "Etc/GMT+25", "../etc/passwd", "UTC+2"] {
            assert_eq!(time_zone(wrong), Err(Problem::NotATimeZone), "{wrong}");
        }
    }
}
