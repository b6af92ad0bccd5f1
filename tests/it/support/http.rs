//! A small HTTP/1.1 client: one connection a request, nothing followed, nothing remembered, nothing made nicer.

use std::io::{Read as _, Write as _};
use std::net::{Ipv4Addr, TcpStream};
use std::time::Duration;

use super::page::Page;

/// Where a portal listens, and where it believes to be.
#[derive(Debug, Clone)]
pub struct Server {
    pub port: u16,
    /// For the `Host` header.
    pub authority: String,
    /// For the `Origin` header.
    pub origin: String,
}

/// What came back.
#[derive(Debug, Clone)]
pub struct Answer {
    pub status: u16,
    pub headers: Vec<(String, String)>,
    pub body: String,
    /// The path and query that were asked for.
    pub address: String,
}

impl Server {
    /// Sends one request with exactly these headers (and `Content-Length`), reads the whole answer.
    pub fn send(&self, method: &str, address: &str, headers: &[(&str, &str)], body: &[u8]) -> Answer {
        let mut request = format!("{method} {address} HTTP/1.1\r\n");
        for (name, value) in headers {
            request.extend([name, ": ", value, "\r\n"]);
        }
        if !body.is_empty() || method == "POST" {
            request.extend(["Content-Length: ", &body.len().to_string(), "\r\n"]);
        }
        request += "Connection: close\r\n\r\n";
        self.raw(&[request.as_bytes(), body].concat(), address)
    }

    /// Sends these bytes and reads until the server closes.
    pub fn raw(&self, bytes: &[u8], address: &str) -> Answer {
        let mut stream = TcpStream::connect((Ipv4Addr::LOCALHOST, self.port)).expect("the portal takes connections");
        stream.set_read_timeout(Some(Duration::from_secs(30))).expect("a timeout can be set");
        // A server that refuses a large body may close before it has read all of it; its answer still counts.
        drop(stream.write_all(bytes));
        let mut answer = Vec::new();
        drop(stream.read_to_end(&mut answer));
        Answer::parse(&answer, address)
    }
}

impl Answer {
    /// Reads an answer from its bytes.
    pub fn parse(bytes: &[u8], address: &str) -> Self {
        let split = bytes.windows(4).position(|four| four == b"\r\n\r\n");
        let split = split.unwrap_or_else(|| panic!("{address}: no answer, but {:?}", String::from_utf8_lossy(bytes)));
        let head = String::from_utf8_lossy(&bytes[..split]).into_owned();
        let mut lines = head.split("\r\n");
        let status = lines.next().and_then(|line| line.split(' ').nth(1)?.parse().ok()).expect("a status line");
        let headers: Vec<(String, String)> = lines
            .filter_map(|line| line.split_once(':'))
            .map(|(name, value)| (name.to_ascii_lowercase(), value.trim().to_owned()))
            .collect();
        let chunked = headers.iter().any(|(name, value)| name == "transfer-encoding" && value == "chunked");
        let rest = &bytes[split + 4..];
        let body = if chunked { unchunked(rest) } else { rest.to_vec() };
        Self { status, headers, body: String::from_utf8_lossy(&body).into_owned(), address: address.to_owned() }
    }

    /// The first header of this name; empty without one.
    pub fn header(&self, name: &str) -> &str {
        self.headers.iter().find(|(known, _)| known == name).map_or("", |(_, value)| value)
    }

    /// Every `Set-Cookie`, as name, value and attributes.
    pub fn cookies(&self) -> Vec<(String, String, String)> {
        let cookies = self.headers.iter().filter(|(name, _)| name == "set-cookie");
        let parts = cookies.map(|(_, value)| {
            let (pair, attributes) = value.split_once(';').unwrap_or((value, ""));
            let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
            (name.to_owned(), value.to_owned(), attributes.to_ascii_lowercase())
        });
        parts.collect()
    }

    /// Where a redirect goes, without the origin.
    pub fn location(&self) -> &str {
        let location = self.header("location");
        let after = location.split_once("://").and_then(|(_, rest)| rest.find('/').map(|at| &rest[at..]));
        after.unwrap_or(location)
    }

    /// The answer as a page.
    pub fn page(&self) -> Page {
        Page::parse(self)
    }

    /// The page's text, for messages and searches.
    pub fn text(&self) -> String {
        self.page().text()
    }

    /// Fails unless the answer is this redirect.
    #[track_caller]
    pub fn goes_to(&self, path: &str) {
        assert_eq!((self.status, self.location()), (303, path), "{}: {}", self.address, self.text());
    }

    /// Fails unless the status is this one.
    #[track_caller]
    pub fn is(&self, status: u16) -> &Self {
        assert_eq!(self.status, status, "{}: {}", self.address, self.text());
        self
    }

    /// Fails unless the answer sends somebody to sign in.
    #[track_caller]
    pub fn is_sent_to_sign_in(&self) {
        assert!(self.status == 303 && self.location().starts_with("/signin"), "{}: {}", self.address, self.status);
    }

    /// Fails unless the page holds this text.
    #[track_caller]
    pub fn shows(&self, text: &str) -> &Self {
        assert!(self.text().contains(text), "{} does not show {text:?}:\n{}", self.address, self.text());
        self
    }

    /// Fails if the answer holds this text anywhere.
    #[track_caller]
    pub fn hides(&self, text: &str) -> &Self {
        assert!(!self.body.contains(text), "{} shows {text:?}", self.address);
        self
    }
}

fn unchunked(mut rest: &[u8]) -> Vec<u8> {
    let mut body = Vec::new();
    while let Some(at) = rest.windows(2).position(|two| two == b"\r\n") {
        let size = std::str::from_utf8(&rest[..at]).ok().and_then(|size| usize::from_str_radix(size.trim(), 16).ok());
        let Some(size) = size.filter(|size| *size > 0 && at + 2 + size <= rest.len()) else { break };
        body.extend_from_slice(&rest[at + 2..at + 2 + size]);
        rest = rest.get(at + 4 + size..).unwrap_or_default();
    }
    body
}
