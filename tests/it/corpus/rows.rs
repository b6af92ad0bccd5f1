//! What can be wrong with a request as a whole: its body, its query, its headers, and the bytes that frame it
//! (security.md, section 4, the last rows).

use super::oracle::Allowed;
use super::target::{Face, Request, Target};

/// One way to spoil a whole request.
pub struct Row {
    pub name: &'static str,
    pub bytes: Vec<u8>,
    pub allowed: Allowed,
}

const ANY: Allowed = Allowed::Any;
const MALFORMED: Allowed = Allowed::One(&[400]);
const KIND: Allowed = Allowed::One(&[415]);
const LARGE: Allowed = Allowed::One(&[413]);
const FORGED: Allowed = Allowed::One(&[403]);
/// What actix answers before any handler.
pub const UNFRAMED: Allowed = Allowed::Closes(&[400, 403, 408, 411, 413, 414, 415, 421, 431, 501, 505]);
/// An answer like any other, or none.
pub const EITHER: Allowed = Allowed::Closes(&[
    200, 201, 204, 303, 400, 401, 403, 404, 405, 408, 409, 411, 412, 413, 415, 417, 421, 422, 431, 501, 505,
]);

/// Every row that fits a target.
pub fn rows(target: &Target) -> Vec<Row> {
    let mut all = headers(target);
    all.extend(queries(target));
    if target.is_json() {
        all.extend(json(target));
    } else if target.is_form() {
        all.extend(forms(target));
    }
    all
}

fn with(target: &Target, name: &'static str, allowed: Allowed, change: impl FnOnce(&mut Request)) -> Row {
    let mut request = target.request(&[]);
    change(&mut request);
    Row { name, bytes: request.bytes(), allowed }
}

fn replace(request: &mut Request, name: &str, value: &[u8]) {
    request.headers.retain(|(known, _)| !known.eq_ignore_ascii_case(name));
    if !value.is_empty() {
        request.header(name, value);
    }
}

fn kind(target: &Target, name: &'static str, kind: &[u8], body: &[u8]) -> Row {
    with(target, name, KIND, |request| {
        replace(request, "Content-Type", kind);
        request.body = body.to_vec();
    })
}

fn forms(target: &Target) -> Vec<Row> {
    let more = |name, allowed, more: &[u8]| with(target, name, allowed, |request| request.body.extend_from_slice(more));
    let many: String = (0..10_000).flat_map(|n: u32| ["&f".to_owned(), n.to_string(), "=1".to_owned()]).collect();
    let mut all = vec![
        more("duplicate field", MALFORMED, b"&zq=1&zq=2"),
        more("unknown field", ANY, b"&tenant_id=1&organisation_id=2&is_admin=true&state=active&id=3"),
        more("method in a field", ANY, b"&_method=DELETE&a[b]=c&a[]=d&__proto__[x]=y"),
        more("10,000 fields", if target.face == Face::Page { LARGE } else { ANY }, many.as_bytes()),
        more("a field of 300 KB", LARGE, &[b"&x=".to_vec(), vec![b'x'; 300_000]].concat()),
        kind(target, "form as plain text", b"text/plain", b"name=x"),
        kind(
            target,
            "multipart",
            b"multipart/form-data; boundary=x",
            b"--x\r\nContent-Disposition: form-data; name=\"name\"\r\n\r\nx\r\n--x--",
        ),
        kind(target, "no content type", b"", b"name=x"),
    ];
    if target.face == Face::Page {
        all.extend([
            more("bad escape", MALFORMED, b"&zq=%zz"),
            more("bad text", MALFORMED, b"&zq=%ff"),
            kind(target, "form as JSON", b"application/json", b"{\"name\":\"x\"}"),
            with(target, "gzip", KIND, |request| request.header("Content-Encoding", b"gzip")),
            with(target, "empty body", FORGED, |request| request.body.clear()),
            with(target, "other site", FORGED, |request| replace(request, "Sec-Fetch-Site", b"cross-site")),
            with(target, "sibling site", FORGED, |request| replace(request, "Sec-Fetch-Site", b"same-site")),
            with(target, "other origin", FORGED, |request| {
                replace(request, "Sec-Fetch-Site", b"");
                replace(request, "Origin", b"https://evil.example");
            }),
            with(target, "null origin", FORGED, |request| {
                replace(request, "Sec-Fetch-Site", b"");
                replace(request, "Origin", b"null");
            }),
        ]);
    }
    all
}

fn json(target: &Target) -> Vec<Row> {
    let body = |name, allowed, body: Vec<u8>| with(target, name, allowed, |request| request.body = body);
    let right = target.request(&[]).body;
    let inner = right.get(1..right.len().saturating_sub(1)).unwrap_or_default();
    let unknown = if target.face == Face::Api("statusCode") { Allowed::One(&[400, 422]) } else { ANY };
    let utf16: Vec<u8> = [0xff, 0xfe].into_iter().chain(right.iter().flat_map(|byte| [*byte, 0])).collect();
    vec![
        // Without a byte there is nothing of any kind, and nothing to read.
        body("empty body", Allowed::One(&[400, 415]), Vec::new()),
        body("null", MALFORMED, b"null".to_vec()),
        body("an array", MALFORMED, b"[]".to_vec()),
        body("a string", MALFORMED, b"\"zq7marker\"".to_vec()),
        body("a number", MALFORMED, b"1".to_vec()),
        body("byte order mark", MALFORMED, [b"\xef\xbb\xbf", right.as_slice()].concat()),
        body("UTF-16", MALFORMED, utf16),
        body("trailing comma", MALFORMED, [b"{", inner, b",}"].concat()),
        body("two values", MALFORMED, [right.as_slice(), b"{}"].concat()),
        body("cut off", MALFORMED, right[..right.len() - 1].to_vec()),
        body("duplicate member", MALFORMED, [b"{\"zq\":1,\"zq\":2,", inner, b"}"].concat()),
        body("unknown member", unknown, [b"{\"tenantId\":\"zq7marker\",", inner, b"}"].concat()),
        body("deep", MALFORMED, "[".repeat(100_000).into_bytes()),
        body("257 KiB", LARGE, [b"{\"zq\":\"".to_vec(), vec![b'x'; 257 * 1024], b"\"}".to_vec()].concat()),
        kind(target, "JSON as plain text", b"text/plain", &right),
        kind(target, "JSON as a form", b"application/x-www-form-urlencoded", &right),
        kind(target, "no content type", b"", &right),
        with(target, "gzip", KIND, |request| request.header("Content-Encoding", b"gzip")),
    ]
}

/// The answer to a parameter that is not known.
fn unknown(target: &Target) -> Allowed {
    match target.face {
        // Seed 002 tells every fault of a parameter by 422 (S2-17).
        Face::Api("detail") if target.method == "GET" => Allowed::One(&[422]),
        Face::Api(_) if target.method == "GET" => MALFORMED,
        _ => ANY,
    }
}

fn queries(target: &Target) -> Vec<Row> {
    let more = |name, allowed, more: &[u8]| {
        with(target, name, allowed, |request| {
            let join: &[u8] = if request.address.contains(&b'?') { b"&" } else { b"?" };
            request.address = [request.address.as_slice(), join, more].concat();
        })
    };
    let unknown = unknown(target);
    // Of the API, what writes has no parameters to take twice.
    let twice = if target.face == Face::Page { MALFORMED } else { unknown };
    // What a provider writes into an answer may be odd; a page takes the words that it can read.
    let strict = if matches!(target.face, Face::Page | Face::Gate | Face::Api("error")) { ANY } else { MALFORMED };
    let mut all = vec![
        more("unknown parameter", unknown, b"zq7=1"),
        more("duplicate parameter", twice, b"zq7=1&zq7=2"),
        more("semicolons", unknown, b"zq7;a=1;b=2"),
        more("bad escape in the query", strict, b"zq7=%zz"),
        more("bad text in the query", strict, b"zq7=%ff"),
        more("NUL in the query", ANY, b"q=%00&zq7=%00"),
        more("9 KiB of query", ANY, &[b"q=".to_vec(), vec![b'x'; 9_216]].concat()),
        more("100 KiB of query", UNFRAMED, &[b"q=".to_vec(), vec![b'x'; 102_400]].concat()),
    ];
    if matches!(target.face, Face::Api(_)) {
        all.push(with(target, "credential in the query", Allowed::One(&[400, 401]), |request| {
            let credential = request
                .headers
                .iter()
                .find(|(name, _)| name == "Authorization")
                .map(|(_, value)| value.clone())
                .unwrap_or_default();
            replace(request, "Authorization", b"");
            let token = credential.strip_prefix(b"Bearer ").unwrap_or_default().to_vec();
            let join: &[u8] = if request.address.contains(&b'?') { b"&" } else { b"?" };
            request.address = [request.address.as_slice(), join, b"access_token=", &token].concat();
        }));
    }
    all
}

const ODD_HEADERS: [(&str, Allowed, &str, &[u8]); 16] = [
    ("second host", Allowed::Closes(&[400, 421]), "Host", b"evil.example"),
    ("second Content-Type", ANY, "Content-Type", b"text/plain"),
    ("forwarded host", ANY, "X-Forwarded-Host", b"zq7marker.example"),
    ("original URL", ANY, "X-Original-URL", b"/settings/zq7marker"),
    ("rewritten URL", ANY, "X-Rewrite-URL", b"/settings/zq7marker"),
    ("other method by header", ANY, "X-HTTP-Method-Override", b"DELETE"),
    ("forged request id", EITHER, "X-Request-Id", b"zq7marker\x1b[31m\"}"),
    ("odd languages", ANY, "Accept-Language", b"*;q=zq7marker,\xff,,;;q=9,xx-,\xc3,de;q=-1"),
    ("odd ranges", ANY, "Range", b"bytes=0-0,-1,5-2"),
    ("odd encodings", ANY, "Accept-Encoding", b"zq7marker;q=2, *;q=0, identity;q=0"),
    ("odd media", ANY, "Accept", b"zq7marker/\xff;;;"),
    ("broken cookie", ANY, "Cookie", b"=; ;;; a==b; %ff=%ff; zq7=\xff; guildhall%5Fsession=x"),
    ("control character in a cookie", EITHER, "Cookie", b"a=\x01"),
    ("odd precondition", ANY, "If-Match", b"zq7marker, \"\", *"),
    ("odd moment", ANY, "If-Modified-Since", b"zq7marker"),
    ("odd forwarding", ANY, "Forwarded", b"for=\"[zq7marker]\";host=evil.example;proto=x"),
];

/// Credentials that are none.
const ODD_CREDENTIALS: [&[u8]; 7] =
    [b"", b"Bearer", b"Bearer zq7marker", b"Basic enE6enE=", b"Bearer \xff\xfe", b"zq7marker", b"Bearer a b c"];

fn headers(target: &Target) -> Vec<Row> {
    let also = |name, allowed, header: &str, value: &[u8]| {
        with(target, name, allowed, |request| request.header(header, value))
    };
    let many = with(target, "200 headers", UNFRAMED, |request| {
        (0..200).for_each(|n| request.header(&format!("X-Zq-{n}"), b"1"));
    });
    let mut all = vec![
        many,
        also("128 KiB of headers", UNFRAMED, "X-Zq", &vec![b'x'; 140_000]),
        with(target, "other host", Allowed::Closes(&[421]), |request| replace(request, "Host", b"evil.example")),
        with(target, "no host", Allowed::Closes(&[400, 421]), |request| replace(request, "Host", b"")),
    ];
    all.extend(ODD_HEADERS.map(|(name, allowed, header, value)| also(name, allowed, header, value)));
    all.extend(
        ["TRACE", "PROPFIND", "zq7", "OPTIONS", "CONNECT"]
            .map(|method| with(target, "other method", EITHER, |request| request.method = method.to_owned())),
    );
    if target.headers.iter().any(|(name, _)| name == "Authorization") {
        all.push(also("second credential", MALFORMED, "Authorization", b"Bearer zq7marker"));
        all.push(also("key beside token", MALFORMED, "X-Api-Key", b"zq7marker"));
        let none = |odd: &[u8]| {
            with(target, "odd credential", Allowed::One(&[401]), |request| replace(request, "Authorization", odd))
        };
        all.extend(ODD_CREDENTIALS.map(none));
    }
    all
}
