//! Clients behind a proxy: told apart where the proxy is trusted, by nobody else's word.

use super::support::App;
use super::support::process::Serving;

/// The status that a wrong key gets which comes with this `X-Forwarded-For`.
fn refused(serving: &Serving, forwarded: &str) -> u16 {
    let host = ("Host", serving.server.authority.as_str());
    let headers = [host, ("X-Api-Key", "ghk_wrong"), ("X-Forwarded-For", forwarded)];
    serving.server.send("GET", "/api/v1/me", &headers, b"").status
}

#[test]
fn clients_behind_a_trusted_proxy_are_told_apart_and_nobody_elses_word_is_taken() {
    let app = App::start();
    let once = ("API_FAILURES_PER_MINUTE", "1");
    let serving = Serving::start(&app, &[once, ("TRUSTED_PROXIES", "127.0.0.1")]);
    assert_eq!([refused(&serving, "203.0.113.7"), refused(&serving, "203.0.113.7")], [401, 429]);
    assert_eq!(refused(&serving, "203.0.113.8"), 401, "another client");
    assert_eq!(refused(&serving, "192.0.2.1, 203.0.113.7"), 429, "what a client adds itself changes nothing");
    serving.stop();
    let serving = Serving::start(&app, &[once]);
    assert_eq!([refused(&serving, "192.0.2.2"), refused(&serving, "192.0.2.3")], [401, 429], "no proxy is trusted");
    serving.stop();
}
