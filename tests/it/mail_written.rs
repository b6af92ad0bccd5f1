//! What a mail says and how it is built: every kind in every language, and names that want to be more than names.

use chrono::{DateTime, Utc};
use guildhall::config::BaseUrl;
use guildhall::mail::{self, Envelope, Kind, Letter, Sender};
use guildhall::words::Language;
use uuid::Uuid;

use super::support::outbox::Parsed;

const SECRET: &str = "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa";

fn base() -> BaseUrl {
    BaseUrl::parse("https://partners.acme.example").unwrap()
}

fn letter(company: Option<&str>) -> Letter {
    Letter {
        programme: "Acme Software".into(),
        organisation: "Northwind Traders".into(),
        inviter: "Mona Manager".into(),
        reply_to: "manager@northwind.example".into(),
        invited: "ada@fabrikam.example".into(),
        role: company.is_none().then(|| "member".into()),
        company: company.map(str::to_owned),
        expires_at: DateTime::<Utc>::from_timestamp(1_795_784_520, 0).unwrap(),
        time_zone: "Europe/Rome".into(),
        person: Some("Ada Lovelace".into()),
    }
}

fn written(kind: Kind, language: Language, letter: &Letter) -> Parsed {
    let envelope = Envelope {
        id: Uuid::from_u128(7),
        kind,
        generation: 3,
        to: "ada@fabrikam.example",
        language,
        created_at: DateTime::<Utc>::from_timestamp(1_795_176_000, 0).unwrap(),
        secret: kind.invites().then_some(SECRET),
    };
    let from = Sender::parse("noreply@acme.example").unwrap();
    let message = || mail::message(&envelope, letter, &base(), &from).unwrap();
    assert_eq!(message().formatted, message().formatted, "every copy is the same");
    let parsed = Parsed::of(&message().formatted);
    assert_eq!(parsed.text.trim_end(), message().text.replace("\r\n", "\n").trim_end());
    assert_eq!(parsed.html.trim_end(), message().html.trim_end());
    parsed
}

#[test]
fn every_language_writes_every_mail_without_a_missing_sentence() {
    for language in Language::ALL.iter().copied() {
        for kind in Kind::ALL.iter().copied() {
            for company in [None, Some("Fabrikam GmbH")] {
                let mut letter = letter(company);
                for organisation in ["Northwind Traders", "Acme Software"] {
                    letter.organisation = organisation.into();
                    let mail = written(kind, language, &letter);
                    let all = [mail.header("Subject"), &mail.text, &mail.html].join("\n");
                    for wrong in ["Unknown localization", "{ $", "{$", "mail-", "}"] {
                        assert!(!all.contains(wrong), "{language:?} {kind:?}: {wrong}\n{all}");
                    }
                    assert!(!mail.text.contains("\n\n\n"), "{language:?} {kind:?}: something is empty\n{}", mail.text);
                    assert!(mail.header("Subject").contains(organisation), "{}", mail.header("Subject"));
                    assert!(mail.html.contains(&format!("<html lang=\"{}\">", language.as_str())));
                }
            }
        }
    }
}

#[test]
fn an_invitation_says_who_what_for_whom_until_when_and_how_to_stop_it() {
    let mail = written(Kind::Invitation, Language::English, &letter(Some("Fabrikam GmbH")));
    let link = format!("https://partners.acme.example/invitations/{SECRET}");
    assert_eq!(
        mail.header("Subject"),
        "Northwind Traders invites Fabrikam GmbH to the partner portal of Acme Software"
    );
    for part in [&mail.text, &mail.html] {
        for words in [
            "Mona Manager of Northwind Traders invites Fabrikam GmbH",
            "ada@fabrikam.example",
            "27 November 2026, 14:02 (Rome time)",
            "partners.acme.example, the address of the portal",
            "manager@northwind.example",
            &link,
            &format!("{link}/stop"),
        ] {
            assert!(part.contains(words), "{words}\n{part}");
        }
    }
    assert!(mail.text.lines().any(|line| line == link) && mail.text.lines().any(|line| line == format!("{link}/stop")));
    assert_eq!(mail.html.matches("href=").count(), 3, "the button, the plain link, the way out");
    assert_eq!(mail.html.matches("href=\"https://partners.acme.example/invitations/").count(), 3);
    let colleague = written(Kind::Reminder, Language::English, &letter(None));
    assert!(colleague.text.contains("Your role there would be: Member."), "{}", colleague.text);
    assert!(colleague.text.contains("only reminder"));
}

#[test]
fn an_answer_to_the_inviter_carries_no_secret() {
    for kind in [Kind::Accepted, Kind::Declined] {
        let mail = written(kind, Language::English, &letter(None));
        assert!(!mail.html.contains("/invitations/") && !mail.text.contains("/invitations/"));
        assert!(mail.text.lines().any(|line| line == "https://partners.acme.example/"));
        assert!(!mail.names().contains(&"List-Unsubscribe") && !mail.names().contains(&"Reply-To"));
    }
}

#[test]
fn the_headers_are_these_and_no_others() {
    let mail = written(Kind::Invitation, Language::English, &letter(None));
    let values: Vec<_> = mail.headers.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
    let stop = format!("<https://partners.acme.example/invitations/{SECRET}/stop>");
    assert_eq!(
        values,
        [
            ("From", "\"Northwind Traders via Acme Software\" <noreply@acme.example>"),
            ("To", "ada@fabrikam.example"),
            ("Subject", "Northwind Traders invites you to join it on the partner portal of Acme Software"),
            ("Date", "Fri, 20 Nov 2026 12:00:00 +0000"),
            ("Message-ID", "<00000000-0000-0000-0000-000000000007.3@partners.acme.example>"),
            ("Auto-Submitted", "auto-generated"),
            ("X-Auto-Response-Suppress", "All"),
            ("List-Id", "<invitations.partners.acme.example>"),
            ("Reply-To", "\"Mona Manager\" <manager@northwind.example>"),
            ("List-Unsubscribe", &stop),
            ("MIME-Version", "1.0"),
            ("Content-Type", "multipart/alternative; boundary=\"guildhall-00000000000000000000000000000007\""),
        ]
    );
}

/// Names that want to be more.
const NAMES: &[&str] = &[
    "A\r\nBcc: victim@x.example\r\n\r\nHello",
    "A\nList-Unsubscribe: <https://evil.example>",
    "\"A\" <evil@x.example>,",
    "=?utf-8?B?DQpCY2M6IGVAeC5leGFtcGxl?=",
    "=?utf-8?Q?=0D=0ABcc:_e=40x.example?=",
    "\u{202e}moc.live\u{2066}",
    "\0\u{7f}\u{85}A",
    "https://evil.example/x",
    "<a href=\"https://evil.example\">A</a>",
    "\\",
    "\"",
    ".",
    "\r\n.\r\nMAIL FROM:<x>",
    "שלום عليكم",
    "Łódź & Söhne, \"GmbH\"",
];

/// Security row "mail": names with line breaks, quotes, encoded words, both directions, lines without an end.
#[test]
fn no_name_becomes_a_header_a_link_or_markup() {
    let plain = written(Kind::Invitation, Language::English, &letter(Some("Fabrikam")));
    let wide = "株".repeat(100);
    let long = "W".repeat(100);
    for name in NAMES.iter().copied().chain([wide.as_str(), long.as_str()]) {
        let mut letter = letter(Some(name));
        for field in [&mut letter.organisation, &mut letter.programme, &mut letter.inviter] {
            name.clone_into(field);
        }
        for language in Language::ALL.iter().copied() {
            let mail = written(Kind::Invitation, language, &letter);
            assert_eq!(mail.names(), plain.names(), "{name:?}");
            assert_eq!(mail.html.matches("<a ").count(), 3, "{name:?}");
            let links = mail.text.matches("://").count();
            assert_eq!(links, 2, "{name:?}\n{}", mail.text);
            for (header, value) in &mail.headers {
                assert!(!value.chars().any(char::is_control), "{header}: {value:?}");
            }
            for hidden in ['\u{202e}', '\u{2066}', '\0', '\u{85}'] {
                assert!(!mail.text.contains(hidden) && !mail.html.contains(hidden), "{name:?}");
            }
            assert!(mail.header("From").ends_with("<noreply@acme.example>"), "{}", mail.header("From"));
            assert!(mail.header("Reply-To").ends_with("<manager@northwind.example>"));
        }
    }
}

#[test]
fn the_sender_is_the_programme_alone_where_both_are_the_same() {
    let mut letter = letter(None);
    letter.organisation.clone_from(&letter.programme);
    let mail = written(Kind::Invitation, Language::English, &letter);
    assert_eq!(mail.header("From"), "\"Acme Software\" <noreply@acme.example>");
}
