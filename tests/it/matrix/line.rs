//! A connection that is kept: twenty thousand requests would use up the machine's ports.

use std::io::{Read as _, Write as _};
use std::net::{Ipv4Addr, TcpStream};
use std::time::Duration;

use crate::support::Answer;
use crate::support::http::Server;

/// A connection to a portal, made anew when it was closed.
pub struct Line {
    server: Server,
    stream: Option<TcpStream>,
}

impl Line {
    pub const fn to(server: Server) -> Self {
        Self { server, stream: None }
    }

    /// Sends one request with these headers and reads its answer.
    pub fn send(&mut self, method: &str, address: &str, headers: &[(String, String)], body: &str) -> Answer {
        let mut request = format!("{method} {address} HTTP/1.1\r\nHost: {}\r\n", self.server.authority);
        for (name, value) in headers {
            request.extend([name.as_str(), ": ", value, "\r\n"]);
        }
        if !matches!(method, "GET" | "HEAD") || !body.is_empty() {
            request.extend(["Content-Length: ", &body.len().to_string(), "\r\n"]);
        }
        request.extend(["\r\n", body]);
        for _ in 0..3 {
            // What took a busy machine too long to send is sent again.
            let late = |bytes: &Vec<u8>| bytes.starts_with(b"HTTP/1.1 408 ");
            if let Some(bytes) = self.exchange(method, request.as_bytes()).filter(|bytes| !late(bytes)) {
                return Answer::parse(&bytes, address);
            }
            self.stream = None;
        }
        panic!("{method} {address}: no answer")
    }

    fn exchange(&mut self, method: &str, request: &[u8]) -> Option<Vec<u8>> {
        if self.stream.is_none() {
            let stream = TcpStream::connect((Ipv4Addr::LOCALHOST, self.server.port)).ok()?;
            stream.set_nodelay(true).ok()?;
            stream.set_read_timeout(Some(Duration::from_secs(30))).ok()?;
            self.stream = Some(stream);
        }
        let stream = self.stream.as_mut()?;
        stream.write_all(request).ok()?;
        let (mut bytes, mut piece) = (Vec::new(), vec![0; 64 * 1024]);
        while !is_whole(&bytes, method)? {
            let read = stream.read(&mut piece).ok().filter(|read| *read > 0)?;
            bytes.extend_from_slice(&piece[..read]);
        }
        let head = String::from_utf8_lossy(&bytes[..bytes.len().min(4_000)]).to_ascii_lowercase();
        if head.contains("connection: close") {
            self.stream = None;
        }
        Some(bytes)
    }
}

/// Whether the last chunk is there. None for what are no chunks.
fn ends(mut rest: &[u8]) -> Option<bool> {
    loop {
        let Some(at) = rest.windows(2).position(|two| two == b"\r\n") else { return Some(false) };
        let size = usize::from_str_radix(std::str::from_utf8(&rest[..at]).ok()?.trim(), 16).ok()?;
        let Some(after) = rest.get(at + 2 + size + 2..) else { return Some(false) };
        if size == 0 {
            return Some(true);
        }
        rest = after;
    }
}

/// Whether these bytes are a whole answer; None when they cannot be.
fn is_whole(bytes: &[u8], method: &str) -> Option<bool> {
    let Some(end) = bytes.windows(4).position(|four| four == b"\r\n\r\n") else { return Some(false) };
    let head = String::from_utf8_lossy(&bytes[..end]).to_ascii_lowercase();
    let rest = &bytes[end + 4..];
    let status = head.split(' ').nth(1).unwrap_or_default();
    if method == "HEAD" || status == "204" || status == "304" {
        return Some(true);
    }
    if head.contains("transfer-encoding: chunked") {
        return ends(rest);
    }
    let length = head.lines().find_map(|line| line.strip_prefix("content-length: "))?;
    Some(rest.len() >= length.trim().parse::<usize>().ok()?)
}
