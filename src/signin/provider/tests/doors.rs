//! Discovery, keys, token endpoint and userinfo that answer wrongly, too much, too slowly or not at all.

use serde_json::json;

use super::idp::Reply;
use super::*;

const HTML: Reply = Reply::Text(200, "text/html", "<h1>Sign in</h1>");

fn text(script: &mut Script, door: &'static str, status: u16, body: &'static str) {
    script.reply(door, Reply::Text(status, "application/json", body));
}

fn point(script: &mut Script, endpoint: &'static str, address: &str) {
    script.set("discovery", endpoint, json!(address));
}

#[actix_web::test]
async fn a_discovery_document_that_cannot_be_trusted_is_not_used() {
    let cases: [Case; 17] = [
        ("other issuer", |s| point(s, "issuer", "https://evil.example"), "discovery_issuer"),
        ("issuer missing", |s| s.drop("discovery", "issuer"), "discovery_unreadable"),
        ("no key address", |s| s.drop("discovery", "jwks_uri"), "discovery_unreadable"),
        ("http elsewhere", |s| point(s, "token_endpoint", "http://idp.example/token"), "discovery_endpoint"),
        ("http userinfo", |s| point(s, "userinfo_endpoint", "http://idp.example/me"), "discovery_endpoint"),
        ("cloud metadata", |s| point(s, "jwks_uri", "https://169.254.169.254/latest"), "discovery_endpoint"),
        ("mapped metadata", |s| point(s, "jwks_uri", "https://[::ffff:169.254.169.254]/"), "discovery_endpoint"),
        ("nowhere", |s| point(s, "jwks_uri", "https://0.0.0.0/"), "discovery_endpoint"),
        ("file", |s| point(s, "jwks_uri", "file:///etc/passwd"), "discovery_endpoint"),
        ("script", |s| point(s, "authorization_endpoint", "javascript:alert(1)"), "discovery_endpoint"),
        ("password", |s| point(s, "token_endpoint", "https://u:p@idp.example/"), "discovery_endpoint"),
        ("fragment", |s| point(s, "token_endpoint", "https://idp.example/#x"), "discovery_endpoint"),
        ("no address", |s| point(s, "end_session_endpoint", ""), "discovery_endpoint"),
        ("redirect", |s| s.reply("discovery", Reply::Redirect(302)), "discovery_redirect"),
        ("server error", |s| text(s, "discovery", 500, ""), "discovery_server_error"),
        ("not found", |s| text(s, "discovery", 404, ""), "discovery_status"),
        ("page", |s| s.reply("discovery", HTML), "discovery_not_json"),
    ];
    try_all(&cases).await;
}

#[actix_web::test]
async fn oddities_of_discovery_that_do_not_concern_us_do_no_harm() {
    let cases: [Case; 3] = [
        ("empty address that we do not use", |s| point(s, "op_policy_uri", ""), "ok"),
        ("unknown algorithms", |s| s.set("discovery", "id_token_signing_alg_values_supported", json!(["ZZ1"])), "ok"),
        ("no userinfo", |s| s.drop("discovery", "userinfo_endpoint"), "ok"),
    ];
    try_all(&cases).await;
}

#[actix_web::test]
async fn a_token_endpoint_that_misbehaves_gives_no_session_and_gets_the_code_once() {
    let cases: [Case; 19] = [
        ("no ID token", |s| s.drop("tokens", "id_token"), "id_token_missing"),
        ("ID token empty", |s| s.set("tokens", "id_token", json!("")), "id_token_missing"),
        ("ID token array", |s| s.set("tokens", "id_token", json!([])), "token_unreadable"),
        ("no access token", |s| s.drop("tokens", "access_token"), "token_unreadable"),
        ("token type other", |s| s.set("tokens", "token_type", json!("DPoP")), "token_type"),
        ("token type missing", |s| s.drop("tokens", "token_type"), "token_unreadable"),
        ("token type in upper case", |s| s.set("tokens", "token_type", json!("BEARER")), "ok"),
        ("page", |s| s.reply("token", HTML), "token_not_json"),
        ("302", |s| s.reply("token", Reply::Redirect(302)), "token_redirect"),
        ("307", |s| s.reply("token", Reply::Redirect(307)), "token_redirect"),
        ("500", |s| text(s, "token", 500, "{}"), "token_server_error"),
        ("400 page", |s| s.reply("token", Reply::Text(400, "text/html", "no")), "token_not_json"),
        ("400 unknown", |s| text(s, "token", 400, r#"{"error":"x"}"#), "token_error"),
        ("not JSON", |s| text(s, "token", 200, "{"), "token_unreadable"),
        ("two ID tokens", |s| text(s, "token", 200, TWO), "token_unreadable"),
        ("empty", |s| text(s, "token", 200, ""), "token_unreadable"),
        ("packed", |s| s.reply("token", Reply::Packed), "token_unreadable"),
        ("endless", |s| s.reply("token", Reply::Endless), "token_too_large"),
        ("broken off", |s| s.reply("token", Reply::BreakOff), "token_broken_off"),
    ];
    try_all(&cases).await;
}

const TWO: &str = r#"{"access_token":"a","token_type":"Bearer","id_token":"x","id_token":"y"}"#;

#[actix_web::test]
async fn an_answer_may_have_256_kib_and_not_one_byte_more() {
    let cases: [Case; 4] = [
        ("discovery", |s| s.reply("discovery", Reply::Padded(262_144)), "ok"),
        ("discovery and a byte", |s| s.reply("discovery", Reply::Padded(262_145)), "discovery_too_large"),
        ("keys and a byte", |s| s.reply("keys", Reply::Padded(262_145)), "keys_too_large"),
        ("token and a byte", |s| s.reply("token", Reply::Padded(262_145)), "token_too_large"),
    ];
    try_all(&cases).await;
}

#[actix_web::test]
async fn a_wrong_secret_is_the_operators_trouble() {
    let idp = Idp::start();
    let mut wrong = config(&idp);
    wrong.client_secret = Some("wrong".into());
    let refused = sign_in(&idp, &TestClock::new().provider(wrong)).await.unwrap_err();
    assert_eq!(refused, ProviderError::unavailable("token_invalid_client"));
}

#[actix_web::test]
async fn userinfo_is_asked_for_a_missing_email_and_believed_only_about_the_same_person() {
    let cases: [Case; 12] = [
        ("honest", |_| (), "ok"),
        ("sub other", |s| s.set("userinfo", "sub", json!("eve")), "userinfo_subject"),
        ("sub missing", |s| s.drop("userinfo", "sub"), "userinfo_subject"),
        ("sub number", |s| s.set("userinfo", "sub", json!(1)), "userinfo_subject"),
        ("500", |s| text(s, "userinfo", 500, ""), "userinfo_server_error"),
        ("401", |s| text(s, "userinfo", 401, ""), "userinfo_status"),
        ("page", |s| s.reply("userinfo", HTML), "userinfo_not_json"),
        ("token", |s| s.reply("userinfo", Reply::Text(200, "application/jwt", "e30.e30.")), "userinfo_not_json"),
        ("redirect", |s| s.reply("userinfo", Reply::Redirect(302)), "userinfo_redirect"),
        ("endless", |s| s.reply("userinfo", Reply::Endless), "userinfo_too_large"),
        ("packed", |s| s.reply("userinfo", Reply::Packed), "userinfo_unreadable"),
        ("not an object", |s| text(s, "userinfo", 200, "[]"), "userinfo_unreadable"),
    ];
    let idp = Idp::start();
    for (name, misbehave, expected) in cases {
        idp.reset();
        idp.script(|script| script.drop("claims", "email"));
        idp.script(misbehave);
        let outcome = sign_in(&idp, &TestClock::new().provider(config(&idp))).await;
        assert_eq!(code(&outcome), expected, "{name}");
        assert_eq!((idp.count("/userinfo"), idp.count("/trap")), (1, 0), "{name}");
    }
    idp.stop().await;
}

#[actix_web::test]
async fn a_provider_that_stalls_costs_a_bounded_time_and_the_code_is_not_sent_again() {
    let stalls = [
        ("token", Reply::Silence, "token_timeout"),
        ("token", Reply::Drip, "token_timeout"),
        ("discovery", Reply::Silence, "discovery_timeout"),
        ("keys", Reply::Drip, "keys_timeout"),
    ];
    let tries = stalls.map(|(door, reply, expected)| async move {
        let idp = Idp::start();
        idp.script(|script| script.reply(door, reply));
        let provider = TestClock::new().provider_within(Duration::from_secs(2), config(&idp));
        let refused = sign_in(&idp, &provider).await.unwrap_err();
        assert_eq!(refused, ProviderError::Unavailable(expected.into()));
        assert!(idp.count("/token") <= 1);
    });
    futures_util::future::join_all(tries).await;
}

#[actix_web::test]
async fn a_plain_http_or_crooked_issuer_is_never_asked() {
    for issuer in [
        "http://idp.example",
        "http://127.0.0.1.evil.example",
        "http://localhost.evil.example",
        "https://u:p@idp.example",
        "https://idp.example?x=1",
        "https://idp.example#x",
        "ftp://idp.example",
        "idp.example",
    ] {
        let config = ProviderConfig::new("test", issuer, CLIENT, BACK);
        assert_eq!(config.fault(), Some("config_issuer"), "{issuer}");
        let refused = TestClock::new().provider(config).begin(BeginOptions::default()).await.unwrap_err();
        assert_eq!(refused, ProviderError::unavailable("config_issuer"), "{issuer}");
    }
}

#[actix_web::test]
async fn a_listener_without_tls_is_no_https_provider() {
    let idp = Idp::start();
    let mut config = config(&idp);
    config.issuer = idp.issuer.replace("http://", "https://");
    let refused = TestClock::new().provider(config).begin(BeginOptions::default()).await.unwrap_err();
    assert_eq!(refused.code(), "discovery_unreachable");
}
