//! What is typed into fields by somebody who means no good: the common set for every field, and rows for each kind of
//! field (security.md, section 4). Says of each value what must become of it, and knows no route.

use super::kinds::Kind;
use super::own;

/// A value, before it is written into an address, a form, JSON or a header.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Value {
    Text(String),
    /// Written as it is, whatever the place asks for.
    Raw(Vec<u8>),
    /// So many letters.
    Huge(usize),
    /// The field is left out.
    Absent,
    /// The field comes twice, with different values.
    Twice,
}

/// What must become of a value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Want {
    /// Cannot be read: 400.
    Unreadable,
    /// Too much at once: 413.
    TooLarge,
    /// Against the field's rules: the refusal that the place has for it.
    Wrong,
    /// Taken or refused, as the field's rules have it; nothing worse.
    Odd,
}

/// What stands in every value that must not come back as it was sent.
pub const MARKER: &str = "zq7marker";

pub type Row = (Value, Want);

pub fn texts(want: Want, all: &[&str]) -> Vec<Row> {
    all.iter().map(|one| (Value::Text((*one).to_owned()), want)).collect()
}

pub fn raws(want: Want, all: &[&[u8]]) -> Vec<Row> {
    all.iter().map(|one| (Value::Raw(one.to_vec()), want)).collect()
}

/// Every character that a text must not hold.
fn unprintable() -> Vec<Row> {
    let controls = ('\u{0}'..='\u{1f}').chain('\u{7f}'..='\u{9f}');
    let turns = ('\u{202a}'..='\u{202e}').chain('\u{2066}'..='\u{2069}');
    let others = ['\u{200b}', '\u{200e}', '\u{2028}', '\u{feff}', '\u{e000}', '\u{ffff}'];
    let all = controls.chain(turns).chain(others);
    all.map(|c| (Value::Text(format!("a{c}{MARKER}")), Want::Wrong)).collect()
}

/// What is odd and no more.
const ODD: [&str; 47] = [
    "'",
    "\"",
    "\\",
    "%",
    "_",
    "${7*7}",
    "{{7*7}}",
    "<svg/onload=zq7marker>",
    "\"><script>zq7marker</script>",
    "'><img src=x onerror=zq7marker>",
    "]]><!--zq7marker",
    "../../etc/passwd",
    "..\\..\\boot.ini",
    "%00",
    "%ff%0d%0a",
    "=1+1",
    "+1+1",
    "-1+1",
    "@SUM(1)",
    "'; DROP TABLE users;--",
    "' OR '1'='1",
    "1; SELECT pg_sleep(9)",
    "null",
    "undefined",
    "NaN",
    "true",
    "0",
    "\u{5e9}\u{5dc}\u{5d5}\u{5dd}",
    "\u{645}\u{631}\u{62d}\u{628}\u{627}",
    "Cafe\u{301}",
    "Caf\u{e9}",
    "\u{1f468}\u{200d}\u{1f469}\u{200d}\u{1f467}",
    "\u{10348}",
    "\u{410}cme Software",
    "株式会社ノース",
    "</textarea><b>zq7marker",
    "${jndi:ldap:zq7marker}",
    "|id",
    "`id`",
    "$(id)",
    "() { :;}; echo zq7marker",
    "{\"$gt\":\"\"}",
    "zq7marker\u{1f4a9}",
    "ﬁ\u{130}ı\u{212a}ß",
    "%n%s%x%d",
    "con",
    "Visit http://zq7marker.example/x",
];

/// The common set, for a text that is read by a person.
fn common() -> Vec<Row> {
    let mut all = texts(Want::Odd, &["", " ", "\u{3000}"]);
    all.extend(texts(Want::Odd, &ODD));
    all.push((Value::Text(format!("Z{}", "\u{301}".repeat(500))), Want::Odd));
    all.extend([(Value::Absent, Want::Odd), (Value::Huge(1_000_000), Want::TooLarge)]);
    all
}

/// What a form and an address cannot say.
fn broken_escapes() -> Vec<Row> {
    raws(Want::Unreadable, &[b"%ff", b"%c0%af", b"%zz", b"%", b"%4", b"%ed%a0%80", b"a%f8%80", b"\xff\xfe"])
}

/// What JSON cannot say, and what it can say that is no text.
fn broken_json() -> Vec<Row> {
    let unreadable: [&[u8]; 8] =
        [b"\"\\ud800\"", b"\"\xff\"", b"\"\xc0\xaf\"", b"\"open", b"'single'", b"[1,]", b"NaN", b"{\"a\":1,\"a\":2}"];
    let mut all = raws(Want::Unreadable, &unreadable);
    all.push((Value::Raw("[".repeat(100_000).into_bytes()), Want::Unreadable));
    all.push((Value::Raw(format!("{}1{}", "[".repeat(60), "]".repeat(60)).into_bytes()), Want::Unreadable));
    all
}

/// Of the wrong type, whatever the right one is not.
fn other_types(kind: &Kind) -> Vec<Row> {
    let rows: [(&[u8], &str); 9] = [
        (b"null", "null"),
        (b"true", "boolean"),
        (b"1", "number"),
        (b"1.5", "fraction"),
        (b"-1", "number below"),
        (b"\"zq7marker\"", "string"),
        (b"[]", "array"),
        (b"{}", "object"),
        (b"[{\"zq7marker\":[null]}]", "array"),
    ];
    let want = |name: &str| if kind.takes_json(name) { Want::Odd } else { Want::Wrong };
    rows.iter().map(|(raw, name)| (Value::Raw(raw.to_vec()), want(name))).collect()
}

/// Where a value is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Place {
    Path,
    Query,
    Header,
    Form,
    Json,
}

/// Every row for a field: its own first, so that a short run has them.
pub fn rows(kind: &Kind, place: Place) -> Vec<Row> {
    let mut all = own::rows(kind);
    if *kind == Kind::Token {
        all.extend(broken_escapes());
        all.extend([(Value::Twice, Want::Unreadable), (Value::Absent, Want::Wrong)]);
        return all;
    }
    if place == Place::Json {
        all.extend(other_types(kind));
        all.extend(broken_json());
    } else if place != Place::Header {
        all.extend(broken_escapes());
    }
    if matches!(place, Place::Form | Place::Query | Place::Header) {
        all.push((Value::Twice, if place == Place::Header { Want::Odd } else { Want::Unreadable }));
    }
    let unprintable = unprintable().into_iter();
    all.extend(unprintable.map(|(value, want)| (value, if kind.is_text() { want } else { Want::Odd })));
    all.extend(common());
    all
}
