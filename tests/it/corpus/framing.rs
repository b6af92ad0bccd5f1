//! Bytes that frame a request wrongly, or oddly: what a parser must not read in two ways (security.md, section 4).

use super::oracle::Allowed;
use super::rows::{EITHER, Row, UNFRAMED};
use super::target::Target;

/// More lines of a head, and what follows it in place of the right body.
const FRAMED: [(&str, Allowed, &str, &[u8]); 19] = [
    ("two framings", UNFRAMED, "Transfer-Encoding: chunked\r\nContent-Length: 4\r\n", b"0\r\n\r\n"),
    ("two lengths", UNFRAMED, "Content-Length: 4\r\nContent-Length: 5\r\n", b"abcde"),
    ("a list of lengths", UNFRAMED, "Content-Length: 4, 5\r\n", b"abcde"),
    ("negative length", UNFRAMED, "Content-Length: -1\r\n", b""),
    ("length with a sign", UNFRAMED, "Content-Length: +4\r\n", b"abcd"),
    ("length in hexadecimal", UNFRAMED, "Content-Length: 0x4\r\n", b"abcd"),
    ("length beyond numbers", UNFRAMED, "Content-Length: 99999999999999999999\r\n", b""),
    ("unknown framing", UNFRAMED, "Transfer-Encoding: zq7marker\r\n", b""),
    ("framing with a vertical tab", UNFRAMED, "Transfer-Encoding: \x0bchunked\r\n", b"0\r\n\r\n"),
    ("chunk beyond numbers", EITHER, "Transfer-Encoding: chunked\r\n", b"fffffffffffffffff\r\n"),
    ("chunk that is no number", EITHER, "Transfer-Encoding: chunked\r\n", b"zq\r\n"),
    ("chunk with an extension", EITHER, "Transfer-Encoding: chunked\r\n", b"1;zq=\"\r\n\"\r\na\r\n0\r\n\r\n"),
    ("folded header", UNFRAMED, "X-Zq: a\r\n b\r\n", b""),
    ("space before the colon", UNFRAMED, "X-Zq : a\r\n", b""),
    ("header without a name", UNFRAMED, ": a\r\n", b""),
    ("NUL in a header", UNFRAMED, "X-Zq: a\0b\r\n", b""),
    ("header without a colon", UNFRAMED, "zq7marker\r\n", b""),
    ("expects what nobody has", EITHER, "Expect: zq7marker\r\nContent-Length: 0\r\n", b""),
    ("upgrade to HTTP/2", EITHER, "Connection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\nContent-Length: 0\r\n", b""),
];

/// First lines; the rest of the head is as it should be.
const LINES: [(&str, &str); 13] = [
    ("absolute address", "GET http://{host}{address} HTTP/1.1"),
    ("absolute address of another", "GET http://evil.example{address} HTTP/1.1"),
    ("no address", "GET  HTTP/1.1"),
    ("an asterisk", "OPTIONS * HTTP/1.1"),
    ("a host as address", "CONNECT evil.example:443 HTTP/1.1"),
    ("two slashes", "GET //zq7marker{address} HTTP/1.1"),
    ("dots in the path", "GET /static/..%2f..%2fCargo.toml HTTP/1.1"),
    ("dots in the clear", "GET /static/../../Cargo.toml HTTP/1.1"),
    ("NUL in the path", "GET /settings/%00zq7marker HTTP/1.1"),
    ("bad text in the path", "GET /settings/%ff%fe HTTP/1.1"),
    ("bad escape in the path", "GET /settings/%zz HTTP/1.1"),
    ("fragment in the path", "GET {address}#zq7marker HTTP/1.1"),
    ("three words too many", "GET {address} HTTP/1.1 zq7marker zq7marker zq7marker"),
];

/// Nothing that was ever HTTP/1.1.
const FOREIGN: [(&str, &[u8]); 3] = [
    ("HTTP/2 by prior knowledge", b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\0\0\0\x04\0\0\0\0\0"),
    ("TLS where there is none", b"\x16\x03\x01\x02\0\x01\0\x01\xfc\x03\x03zq7marker\r\n\r\n"),
    ("nothing but NUL", b"\0\0\0\0\0\0\0\0\0\0\0\0\r\n\r\n"),
];

const ANOTHER: &[u8] = b"GET /zq7marker HTTP/1.1\r\nHost: evil.example\r\nConnection: close\r\n\r\n";

/// Every row, asking for `target` as far as they can be read.
pub fn rows(target: &Target) -> Vec<Row> {
    let request = target.request(&[]);
    let head = head_of(&request.bytes());
    let address = String::from_utf8_lossy(&request.address).into_owned();
    let host = target.headers.iter().find(|(name, _)| name == "Host").map_or("", |(_, value)| value.as_str());
    let lengthless = |line: &&str| !line.is_empty() && !line.to_ascii_lowercase().starts_with("content-length");
    let plain = head.lines().filter(lengthless).fold(String::new(), |all, line| all + line + "\r\n");
    let raw = |name, allowed, bytes: Vec<u8>| Row { name, bytes, allowed };
    let framed = FRAMED.map(|(name, allowed, extra, body)| {
        raw(name, allowed, [plain.as_bytes(), extra.as_bytes(), b"\r\n", body].concat())
    });
    let lines = LINES.map(|(name, line)| {
        let line = line.replace("{host}", host).replace("{address}", &address);
        raw(name, EITHER, format!("{line}\r\nHost: {host}\r\nConnection: close\r\n\r\n").into_bytes())
    });
    let mut all: Vec<Row> = framed.into_iter().chain(lines).collect();
    all.extend(FOREIGN.map(|(name, bytes)| raw(name, UNFRAMED, bytes.to_vec())));
    let with_body = |head: String| [head.as_bytes(), &request.body].concat();
    let lively = with_body(head.replace("Connection: close", "Connection: keep-alive"));
    all.extend([
        raw("HTTP/1.0", EITHER, with_body(head.replacen("HTTP/1.1", "HTTP/1.0", 1))),
        raw("HTTP/9.9", UNFRAMED, head.replacen("HTTP/1.1", "HTTP/9.9", 1).into_bytes()),
        raw("HTTP/0.9", UNFRAMED, format!("{} {address}\r\n\r\n", target.method).into_bytes()),
        raw("lines without carriage returns", EITHER, with_body(head.replace("\r\n", "\n"))),
        raw(
            "9,000 letters of path",
            EITHER,
            format!("GET /{} HTTP/1.1\r\nHost: {host}\r\n\r\n", "x".repeat(9_000)).into_bytes(),
        ),
        raw("two requests at once", EITHER, [lively.as_slice(), ANOTHER].concat()),
    ]);
    all
}

fn head_of(whole: &[u8]) -> String {
    let end = whole.windows(4).position(|four| four == b"\r\n\r\n").unwrap_or(whole.len());
    let head = String::from_utf8_lossy(&whole[..end]).into_owned();
    format!("{head}\r\n\r\n")
}
