//! What the portal tells its operators: figures at an address of their own, traces to a collector, lines in its log.

use std::io::{Read as _, Write as _};
use std::net::{Ipv4Addr, TcpListener};
use std::sync::mpsc::{Receiver, channel};

use super::support::App;
use super::support::http::Server;
use super::support::process::{Serving, free_port};

/// The value of the first figure whose line begins so.
fn value(text: &str, figure: &str) -> f64 {
    let line = text.lines().find(|line| line.starts_with(figure)).unwrap_or_else(|| panic!("{figure} in\n{text}"));
    line.rsplit(' ').next().and_then(|number| number.parse().ok()).expect("a number")
}

#[test]
fn figures_stand_at_an_address_of_their_own_and_name_nobody() {
    let app = App::start();
    let port = free_port();
    let metrics = Server { port, authority: format!("127.0.0.1:{port}"), origin: String::new() };
    let serving = Serving::start(&app, &[("METRICS_LISTEN", &metrics.authority)]);
    let host = [("Host", serving.server.authority.as_str())];
    serving.server.send("GET", "/health/ready", &host, b"").is(200);
    serving.server.send("GET", "/signin?q=secret%40acme.example", &host, b"").is(200);
    serving.server.send("GET", "/organisation/users/0190aaaa-0000-7000-8000-000000000001", &host, b"").is(303);
    let text = metrics.send("GET", "/metrics", &[("Host", metrics.authority.as_str())], b"").is(200).body.clone();
    assert!(value(&text, "guildhall_http_requests_total{method=\"GET\",route=\"/signin\",status=\"200\"}") >= 1.0);
    assert!(value(&text, "guildhall_http_requests_total{method=\"GET\",route=\"/organisation/users/{user}\"") >= 1.0);
    assert!(value(&text, "guildhall_database_seconds_count{outcome=\"done\",work=\"read\"}") >= 1.0);
    assert!((value(&text, "guildhall_database_up ") - 1.0).abs() < f64::EPSILON);
    assert!(value(&text, "guildhall_outbox_mails{state=\"waiting\"}").abs() < f64::EPSILON);
    assert!(value(&text, "process_resident_memory_bytes") > 0.0);
    for secret in ["secret", "acme", "0190aaaa"] {
        assert!(!text.contains(secret), "{secret} is in\n{text}");
    }
    // Neither door opens the other's rooms.
    serving.server.send("GET", "/metrics", &host, b"").is(404);
    metrics.send("GET", "/signin", &[("Host", metrics.authority.as_str())], b"").is(404);
    serving.stop();
}

/// A collector that takes everything: the bodies that it got.
fn collector() -> (u16, Receiver<(String, Vec<u8>)>) {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).expect("a free port");
    let port = listener.local_addr().expect("an address").port();
    let (tell, told) = channel();
    std::thread::spawn(move || {
        for mut stream in listener.incoming().flatten() {
            let (mut bytes, mut buffer) = (Vec::new(), [0; 16 * 1024]);
            let body = loop {
                let Some(end) = bytes.windows(4).position(|four| four == b"\r\n\r\n") else {
                    let read = stream.read(&mut buffer).unwrap_or(0);
                    if read == 0 {
                        break None;
                    }
                    bytes.extend_from_slice(&buffer[..read]);
                    continue;
                };
                let head = String::from_utf8_lossy(&bytes[..end]).to_lowercase();
                let length = head.split("content-length: ").nth(1).and_then(|rest| rest.lines().next());
                let length: usize = length.and_then(|length| length.trim().parse().ok()).unwrap_or(0);
                if bytes.len() >= end + 4 + length {
                    break Some((head, bytes[end + 4..].to_vec()));
                }
                let read = stream.read(&mut buffer).unwrap_or(0);
                if read == 0 {
                    break None;
                }
                bytes.extend_from_slice(&buffer[..read]);
            };
            drop(stream.write_all(b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"));
            if body.is_none_or(|body| tell.send(body).is_err()) {
                return;
            }
        }
    });
    (port, told)
}

#[test]
fn requests_and_their_work_on_the_database_are_traced_where_a_collector_is_named() {
    let app = App::start();
    let (port, told) = collector();
    let serving = Serving::start(&app, &[("OTEL_EXPORTER_OTLP_ENDPOINT", &format!("http://127.0.0.1:{port}"))]);
    let claimed = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";
    let host = [("Host", serving.server.authority.as_str()), ("traceparent", claimed)];
    serving.server.send("GET", "/signin?q=secret%40acme.example", &host, b"").is(200);
    serving.server.send("GET", "/health/ready", &host, b"").is(200);
    serving.stop();
    let (head, body) = told.recv_timeout(std::time::Duration::from_secs(10)).expect("traces came");
    assert!(head.starts_with("post /v1/traces") && head.contains("application/x-protobuf"), "{head}");
    let text = String::from_utf8_lossy(&body);
    for word in ["guildhall", "GET /signin", "GET /health/ready", "http.response.status_code", "postgresql"] {
        assert!(text.contains(word), "{word} in {text}");
    }
    for secret in ["secret", "acme"] {
        assert!(!text.contains(secret), "{secret} is in {text}");
    }
    let foreign = [0x4b, 0xf9, 0x2f, 0x35, 0x77, 0xb3, 0x4d, 0xa6];
    assert!(!body.windows(8).any(|eight| eight == foreign), "a client does not choose our trace");
}

#[test]
fn a_collector_that_is_gone_costs_nothing() {
    let app = App::start();
    let nobody = format!("http://127.0.0.1:{}", free_port());
    let mut serving = Serving::start(&app, &[("OTEL_EXPORTER_OTLP_ENDPOINT", &nobody)]);
    let host = [("Host", serving.server.authority.as_str())];
    serving.server.send("GET", "/signin", &host, b"").is(200);
    let line = serving.line("\"route\":\"/signin\"");
    let line: serde_json::Value = serde_json::from_str(&line).expect("one JSON object a line");
    assert_eq!((&line["status"], &line["method"]), (&200.into(), &"GET".into()));
    assert!(line["span"].is_null() && line["spans"].is_null(), "spans are no part of a log line: {line}");
    serving.stop();
}
