//! The rows that only one kind of field has (security.md, section 4, the table of fields).

use super::kinds::Kind;
use super::values::{Row, Value, Want, raws, texts};

/// The rows of a kind.
pub fn rows(kind: &Kind) -> Vec<Row> {
    let wrong = |all: &[&str]| texts(Want::Wrong, all);
    match kind {
        Kind::Name(most) => {
            [long(*most), wrong(&["", " ", "www.zq7marker.example", "Visit http://evil.example"])].concat()
        }
        Kind::Short(most) => [long(*most), wrong(&["", " "])].concat(),
        Kind::Optional(most) => long(*most),
        Kind::Email => [wrong(&EMAILS), long_emails()].concat(),
        Kind::Url | Kind::Application => {
            let long = Value::Text(format!("https://x.example/{}", "a".repeat(2_048)));
            [wrong(&URLS), vec![(long, Want::Wrong)]].concat()
        }
        Kind::Number => wrong(&NUMBERS),
        Kind::Choice(_) => wrong(&["zq7marker", "0", "-1", "true", "owner ", "OWNER,member", "partner\0"]),
        Kind::Token => wrong(&["", "zq7marker", "AAAA", "null", "0"]),
        Kind::Code => wrong(&["a b", "..", "é", "\u{1f4a9}", "zq7marker!", &"x".repeat(33)]),
        Kind::Country => wrong(&["UK", "XX", "ZZ", "GBR", "Germany", "1", "zq7marker"]),
        Kind::TimeZone => wrong(&["europe/rome", "Etc/GMT+25", "../etc/passwd", "UTC+2", "zq7marker"]),
        Kind::Uuid => wrong(&UUIDS),
        Kind::Limit(0) => wrong(&LIMITS),
        Kind::Limit(most) => [wrong(&LIMITS), wrong(&["1000000000", &(most + 1).to_string()])].concat(),
        Kind::Page => wrong(&PAGES),
        Kind::Sort | Kind::Order => wrong(&SORTS),
        Kind::Cursor => [wrong(&CURSORS), vec![(Value::Text("A".repeat(10_000)), Want::Odd)]].concat(),
        Kind::Moment => wrong(&MOMENTS),
        Kind::Properties => properties(),
        Kind::Integer => raws(Want::Wrong, &INTEGERS),
        Kind::Find => finds(),
        Kind::List => lists(),
        Kind::File => files(),
        _ => Vec::new(),
    }
}

/// As long as may be, and one longer, in letters of one byte and of four.
fn long(most: usize) -> Vec<Row> {
    vec![
        (Value::Text("x".repeat(most)), Want::Odd),
        (Value::Text("x".repeat(most + 1)), Want::Wrong),
        (Value::Text("\u{1f4a9}".repeat(most + 1)), Want::Wrong),
    ]
}

fn long_emails() -> Vec<Row> {
    vec![
        (Value::Text(format!("{}@x.example", "a".repeat(65))), Want::Wrong),
        (Value::Text(format!("a@{}example", "b.".repeat(130))), Want::Wrong),
    ]
}

fn properties() -> Vec<Row> {
    let mut all = raws(Want::Wrong, &PROPERTIES);
    all.extend([
        (Value::Raw(many_members(51)), Want::Wrong),
        (Value::Raw(format!("{{\"{}\":\"x\"}}", "k".repeat(65)).into_bytes()), Want::Wrong),
        (Value::Raw(format!("{{\"k\":\"{}\"}}", "v".repeat(1_001)).into_bytes()), Want::Wrong),
        (Value::Raw(b"{\"__proto__\":\"x\",\"constructor\":\"y\"}".to_vec()), Want::Odd),
    ]);
    all
}

fn many_members(number: usize) -> Vec<u8> {
    let members: Vec<String> = (0..number).map(|n| format!("\"k{n}\":\"v\"")).collect();
    format!("{{{}}}", members.join(",")).into_bytes()
}

/// Queries of a find that are not understood, too deep or too wide.
fn finds() -> Vec<Row> {
    let leaf = "{\"type\":\"eq\",\"field\":\"id\",\"value\":\"1\"}";
    let nested =
        |depth: usize| format!("{}{leaf}{}", "{\"type\":\"and\",\"queries\":[".repeat(depth), "]}".repeat(depth));
    let wide = |width: usize| vec![leaf; width].join(",");
    let mut all: Vec<Row> = [nested(6), nested(12), String::new(), wide(1_000), "1".into(), "[]".into(), "{}".into()]
        .into_iter()
        .map(|inner| (Value::Raw(format!("[{inner}]").into_bytes()), Want::Wrong))
        .collect();
    let values: Vec<String> = (0..10_000).map(|n| n.to_string()).collect();
    let of = format!("[{{\"type\":\"in\",\"field\":\"id\",\"value\":[{}]}}]", values.join(","));
    all.push((Value::Raw(of.into_bytes()), Want::Wrong));
    all
}

/// What is pasted as a list of people.
fn lists() -> Vec<Row> {
    let many: Vec<String> = (0..3_000).map(|n| format!("p{n}@zq7marker.example")).collect();
    let mut all = texts(
        Want::Odd,
        &[
            "a@x.example;b@x.example",
            "email,name\n=1+1,<svg/onload=zq7marker>",
            "\"open quote@x.example",
            "a@x.example\0",
            "\u{feff}a@x.example",
            "a@x.example\r\nBcc: b@x.example",
            "\t\t\t",
            ",,,,\n;;;;",
            "a@x.example,a@x.example,a@x.example",
            "=HYPERLINK(\"http://zq7marker.example\")",
            "\"a\"\"b\"@x.example,\"\n\"",
        ],
    );
    all.push((Value::Text(many.join("\n")), Want::Odd));
    all
}

fn files() -> Vec<Row> {
    let header = "name,zuoraAccountId,isZuoraInvoiceOwner,salesforceAccountId";
    let many: Vec<String> = (0..1_001).map(|n| format!("zq7marker {n},z,true,s")).collect();
    let mut all = texts(
        Want::Odd,
        &[
            "name",
            "name\n\n\n",
            "name\0\nzq7marker",
            "name;name;name\nzq7marker;a;b",
            "\"name\nzq7marker,,,",
            "name,zuoraAccountId\n\"zq7marker",
            "name\tproperties\nzq7marker\t{\"a\":",
            "name,customerCount\nzq7marker,-9223372036854775809",
            "\u{feff}\u{feff}name\nzq7marker",
            "name,kind\nzq7marker,host",
            "=name\n=HYPERLINK(\"http://zq7marker.example\")",
            ",,,,\n;;;;\n\t\t\t",
        ],
    );
    all.push((Value::Text(format!("{header}\n{}", many.join("\n"))), Want::Wrong));
    all.push((Value::Text(format!("{header}\n{},z,true,s", "x".repeat(60_000))), Want::Odd));
    all
}

const EMAILS: [&str; 24] = [
    "",
    " ",
    "a",
    "a@b",
    "@x.example",
    "a@",
    "a@@x.example",
    "a@x.example,b@y.example",
    "a@[127.0.0.1]",
    "\"a b\"@x.example",
    "<a@x.example>",
    "a@x.example (c)",
    "a%y@x.example",
    "@a,@b:c@d.example",
    "a@x.example.",
    "a b@x.example",
    "a@127.0.0.1",
    "a@x.example\r\nBcc: b@y.example",
    "a@x.example;b@y.example",
    "zq7marker",
    "\u{fb01}@x.example",
    "a@x..example",
    ".a@x.example",
    "a\u{ff20}x.example",
];

const URLS: [&str; 20] = [
    "javascript:zq7marker",
    "JaVaScript:zq7marker",
    "data:image/svg+xml,<svg>",
    "//x.example/a.png",
    "http://x.example/a.png",
    "https://u:p@x.example/",
    "https://127.1/",
    "https://[::ffff:7f00:1]/",
    "https://0x7f.1/",
    "https://localhost/",
    "https://x.example:22/",
    "ftp://x.example/",
    "https://",
    "https://x",
    "x.example/logo.png",
    "vbscript:x",
    "https://2130706433/",
    "zq7marker",
    "file:///etc/passwd",
    "https://zq7marker\".example/",
];

const NUMBERS: [&str; 14] = [
    "",
    " ",
    "-1",
    "+1",
    "1.5",
    "1.0",
    "1e3",
    "2147483648",
    "99999999999999999999",
    "1,000",
    "0x1",
    "\u{663}",
    "NaN",
    "zq7marker",
];

const UUIDS: [&str; 10] = [
    "zq7marker",
    "1",
    "00000000-0000-0000-0000-000000000000",
    "{00000000-0000-7000-8000-000000000012}",
    "00000000-0000-7ABC-8000-000000000012",
    "00000000000070008000000000000012",
    "00000000-0000-7000-8000-00000000001",
    "00000000-0000-7000-8000-0000000000123",
    "00000000-0000-7000-8000-000000000012,00000000-0000-7000-8000-000000000012",
    "urn:uuid:00000000-0000-7000-8000-000000000012",
];

const LIMITS: [&str; 9] = ["0", "-1", "9223372036854775808", "zq7marker", "1.0", "1e3", " 1", "\u{663}", ""];
const PAGES: [&str; 8] = ["-1", "2147483648", "9223372036854775808", "zq7marker", "1.0", "\u{663}", "", "2147483647"];
const SORTS: [&str; 8] = ["zq7marker", "name;--", "name,name", "asc ", "DESC NULLS LAST", "1", "password", "name DESC"];
const CURSORS: [&str; 6] = ["zq7marker", "AAAA", "....", "e30", "eyJhIjoxfQ", "\u{663}"];
const MOMENTS: [&str; 5] = ["yesterday", "2026-13-01T00:00:00Z", "0000-00-00T00:00:00Z", "2026-01-01", "zq7marker"];
const INTEGERS: [&[u8]; 7] = [b"-1", b"2147483648", b"1.5", b"\"5\"", b"99999999999999999999", b"1e400", b"-0.5"];
const PROPERTIES: [&[u8]; 8] = [
    b"{\"a\":{}}",
    b"{\"a\":1}",
    b"{\"a\":null}",
    b"{\"\":\"x\"}",
    b"{\"a b\":\"x\"}",
    b"{\"a\\u0000\":\"x\"}",
    b"[]",
    b"\"x\"",
];
