//! Mails put into the outbox directly, without the pages that cause them, and a strict reader of what leaves.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use diesel::Connection as _;
use guildhall::access::EmailAddress;
use guildhall::mail::{self, Kind, Letter, NewMail};
use guildhall::words::Language;
use uuid::Uuid;

use super::{App, id};

/// What Mona of Northwind writes to a colleague to be.
pub fn letter(app: &App) -> Letter {
    Letter {
        programme: "Acme Software".into(),
        organisation: "Northwind Traders".into(),
        inviter: "Mona Manager".into(),
        reply_to: "manager@northwind.example".into(),
        invited: "ada@fabrikam.example".into(),
        role: Some("member".into()),
        company: None,
        expires_at: app.now() + chrono::Duration::days(7),
        time_zone: "Europe/Rome".into(),
        person: None,
    }
}

/// The id of the `n`th invitation and of its mail.
pub fn nth(n: usize) -> Uuid {
    Uuid::parse_str(&format!("00000000-0000-7000-9000-{n:012}")).expect("an id")
}

/// The address that the `n`th invitation goes to.
pub fn address(n: usize) -> String {
    format!("guest{n}@fabrikam.example")
}

/// Puts the invitations of these numbers, and a mail for each, into the outbox of Northwind.
pub fn invite(app: &App, numbers: std::ops::Range<usize>) {
    for n in numbers {
        app.sql(&format!(
            "INSERT INTO invitations (id, tenant_id, organisation_id, kind, inviter_id, email, email_key, role,
                 language, lifetime_days, expires_at, last_sent_at, created_at, updated_at)
             SELECT '{0}', tenant_id, id, 'colleague', '{1}', '{2}', '{2}', 'member', 'en', 7,
                 '{3}'::timestamptz + interval '7 days', '{3}', '{3}', '{3}'
             FROM organisations WHERE id = '{4}'",
            nth(n),
            id::MANAGER,
            address(n),
            app.now().to_rfc3339(),
            id::NORTHWIND
        ));
        post(app, n, Kind::Invitation, &letter(app));
    }
}

/// Puts one mail about the `n`th invitation into the outbox. Its id is the invitation's, with the kind in it.
pub fn post(app: &App, n: usize, kind: Kind, letter: &Letter) {
    let to = EmailAddress::parse(&address(n)).expect("an address");
    let mut bytes = *nth(n).as_bytes();
    bytes[9] = kind.as_str().as_bytes()[0];
    let (tenant, organisation) = (Uuid::parse_str(id::ACME), Uuid::parse_str(id::NORTHWIND));
    let new = NewMail {
        id: Uuid::from_bytes(bytes),
        tenant: tenant.expect("an id"),
        organisation: organisation.expect("an id"),
        invitation: nth(n),
        generation: 1,
        kind,
        sender: None,
        to: &to,
        language: Language::English,
        letter,
        due_at: app.now(),
    };
    app.database.connect().transaction(|tx| mail::queue(tx, &new, app.now())).expect("the mail is queued");
}

/// A mail taken apart.
pub struct Parsed {
    /// In their order, unfolded, encoded words decoded.
    pub headers: Vec<(String, String)>,
    pub text: String,
    pub html: String,
}

impl Parsed {
    /// Reads what came over the wire and forgives nothing.
    pub fn of(raw: &[u8]) -> Self {
        assert!(raw.is_ascii(), "a mail is ASCII");
        let raw = std::str::from_utf8(raw).expect("ASCII");
        assert_eq!(raw.matches('\n').count(), raw.matches("\r\n").count(), "every line ends with CR LF");
        assert_eq!(raw.matches('\r').count(), raw.matches("\r\n").count(), "no CR is alone");
        assert!(raw.split("\r\n").all(|line| line.len() <= 998), "no line is too long");
        let (head, body) = raw.split_once("\r\n\r\n").expect("an empty line after the headers");
        let headers = headers(head);
        let kind = value(&headers, "Content-Type");
        let boundary = kind.strip_prefix("multipart/alternative; boundary=\"").and_then(|rest| rest.strip_suffix('"'));
        let boundary = format!("--{}", boundary.unwrap_or_else(|| panic!("{kind}")));
        let mut parts = body.split(boundary.as_str());
        assert_eq!(parts.next().map(str::trim), Some(""), "nothing before the first part");
        let (text, html, end) = (parts.next(), parts.next(), parts.next());
        assert_eq!((end.map(str::trim), parts.next()), (Some("--"), None), "two parts and the end");
        Self { headers, text: part(text, "text/plain"), html: part(html, "text/html") }
    }

    /// The one header of this name.
    #[track_caller]
    pub fn header(&self, name: &str) -> &str {
        value(&self.headers, name)
    }

    /// The names of all headers, in order.
    pub fn names(&self) -> Vec<&str> {
        self.headers.iter().map(|(name, _)| name.as_str()).collect()
    }
}

#[track_caller]
fn value<'a>(headers: &'a [(String, String)], name: &str) -> &'a str {
    let found: Vec<_> = headers.iter().filter(|(known, _)| known == name).collect();
    assert_eq!(found.len(), 1, "one {name}");
    &found[0].1
}

fn headers(head: &str) -> Vec<(String, String)> {
    let unfolded = head.replace("\r\n ", "\n ").replace("\r\n\t", "\n\t");
    let lines = unfolded.split("\r\n").map(|line| {
        let (name, value) = line.split_once(": ").unwrap_or_else(|| panic!("no header: {line:?}"));
        assert!(name.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-') && !name.is_empty(), "{name:?}");
        assert!(value.split('\n').all(|line| !line.trim().is_empty()), "a line of nothing but space in {name}");
        (name.to_owned(), decoded(&value.replace('\n', "")))
    });
    lines.collect()
}

/// RFC 2047: encoded words next to each other belong together.
fn decoded(value: &str) -> String {
    let mut out = String::new();
    let mut rest = value;
    let mut bytes: Vec<u8> = Vec::new();
    while let Some(at) = rest.find("=?") {
        let between = &rest[..at];
        if bytes.is_empty() || !between.trim().is_empty() {
            out += &String::from_utf8(std::mem::take(&mut bytes)).expect("UTF-8");
            out += between;
        }
        let word: Vec<&str> = rest[at + 2..].splitn(4, '?').collect();
        assert!(word[0].eq_ignore_ascii_case("utf-8") && word[1].eq_ignore_ascii_case("b"), "{value}");
        bytes.extend(STANDARD.decode(word[2]).expect("base64"));
        rest = word[3].strip_prefix('=').expect("the end of an encoded word");
    }
    out += &String::from_utf8(bytes).expect("UTF-8");
    out + rest
}

fn part(part: Option<&str>, kind: &str) -> String {
    let part = part.and_then(|part| part.strip_prefix("\r\n")).expect("a part");
    let (head, body) = part.split_once("\r\n\r\n").expect("headers of a part");
    let headers = headers(head);
    assert_eq!(value(&headers, "Content-Type"), format!("{kind}; charset=utf-8"));
    let bytes = match value(&headers, "Content-Transfer-Encoding") {
        "7bit" => body.as_bytes().to_vec(),
        "base64" => STANDARD.decode(body.replace("\r\n", "")).expect("base64"),
        "quoted-printable" => unquoted(body),
        other => panic!("{other}"),
    };
    String::from_utf8(bytes).expect("UTF-8").replace("\r\n", "\n")
}

fn unquoted(body: &str) -> Vec<u8> {
    let body = body.replace("=\r\n", "");
    let mut parts = body.split('=');
    let mut bytes = parts.next().unwrap_or_default().as_bytes().to_vec();
    for part in parts {
        bytes.push(u8::from_str_radix(&part[..2], 16).expect("two digits"));
        bytes.extend_from_slice(&part.as_bytes()[2..]);
    }
    bytes
}
