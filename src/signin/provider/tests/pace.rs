//! When the provider is asked: not at start, once for a crowd, hourly, not in a failure's shadow, and for new keys.

use serde_json::json;

use super::idp::{Reply, Signer, public};
use super::*;

const DISCOVERY: &str = "/.well-known/openid-configuration";
const DOWN: Reply = Reply::Text(503, "text/plain", "");

async fn begin(provider: &Provider) -> Result<Started, ProviderError> {
    provider.begin(BeginOptions::default()).await
}

async fn renewed(provider: &Provider) {
    while provider.directory.is_renewing() {
        tokio::task::yield_now().await;
    }
}

#[actix_web::test]
async fn nothing_is_asked_before_the_first_sign_in_and_then_once_for_everybody() {
    let idp = Idp::start();
    let provider = TestClock::new().provider(config(&idp));
    assert_eq!(idp.total(), 0);
    let crowd = (0..50).map(|_| begin(&provider));
    assert!(futures_util::future::join_all(crowd).await.iter().all(Result::is_ok));
    assert_eq!((idp.count(DISCOVERY), idp.count("/jwks")), (1, 1));
}

#[actix_web::test]
async fn a_dead_provider_answers_at_once_for_five_seconds_and_then_is_tried_again() {
    let idp = Idp::start();
    idp.script(|script| script.reply("discovery", DOWN));
    let clock = TestClock::new();
    let provider = clock.provider(config(&idp));
    for _ in 0..3 {
        assert_eq!(begin(&provider).await.unwrap_err().code(), "discovery_server_error");
    }
    clock.advance(4);
    assert!(begin(&provider).await.is_err());
    assert_eq!(idp.count(DISCOVERY), 1);
    clock.advance(1);
    assert!(begin(&provider).await.is_err());
    assert_eq!(idp.count(DISCOVERY), 2);
    idp.reset();
    clock.advance(5);
    assert!(begin(&provider).await.is_ok());
}

#[actix_web::test]
async fn a_clock_that_was_set_back_does_not_prolong_the_rest() {
    let idp = Idp::start();
    idp.script(|script| script.reply("keys", DOWN));
    let clock = TestClock::new();
    let provider = clock.provider(config(&idp));
    assert_eq!(begin(&provider).await.unwrap_err().code(), "keys_server_error");
    idp.reset();
    clock.advance(-3600);
    assert!(begin(&provider).await.is_ok());
}

#[actix_web::test]
async fn what_is_an_hour_old_is_handed_out_and_renewed_behind_the_request() {
    let idp = Idp::start();
    let clock = TestClock::new();
    let provider = clock.provider(config(&idp));
    begin(&provider).await.unwrap();
    clock.advance(3599);
    begin(&provider).await.unwrap();
    assert!(!provider.directory.is_renewing());
    clock.advance(1);
    let moved = json!(format!("{}/elsewhere", idp.issuer));
    idp.script(|script| script.set("discovery", "authorization_endpoint", moved));
    assert_eq!(begin(&provider).await.unwrap().url.path(), "/authorize");
    renewed(&provider).await;
    assert_eq!(begin(&provider).await.unwrap().url.path(), "/elsewhere");
    assert_eq!(idp.count(DISCOVERY), 2);
}

#[actix_web::test]
async fn the_last_good_document_stays_when_a_renewal_fails_or_lies() {
    let idp = Idp::start();
    let clock = TestClock::new();
    let provider = clock.provider(config(&idp));
    begin(&provider).await.unwrap();
    idp.script(|script| script.set("discovery", "issuer", json!("https://evil.example")));
    clock.advance(3600);
    for _ in 0..3 {
        assert!(begin(&provider).await.is_ok());
        renewed(&provider).await;
    }
    assert_eq!(idp.count(DISCOVERY), 2, "a failed renewal rests too");
    clock.advance(5);
    begin(&provider).await.unwrap();
    renewed(&provider).await;
    assert_eq!(idp.count(DISCOVERY), 3);
}

/// The provider now signs with the other key, under this name, and publishes it.
fn rotate(script: &mut Script, kid: &str) {
    script.signer = Signer::Attacker;
    script.set("header", "kid", json!(kid));
    script.set("keys", "keys", json!([public(2, kid)]));
}

#[actix_web::test]
async fn a_token_under_a_new_key_makes_us_fetch_the_keys_once() {
    let idp = Idp::start();
    let provider = TestClock::new().provider(config(&idp));
    sign_in(&idp, &provider).await.unwrap();
    idp.script(|script| rotate(script, "new"));
    sign_in(&idp, &provider).await.unwrap();
    sign_in(&idp, &provider).await.unwrap();
    assert_eq!(idp.count("/jwks"), 2);
}

#[actix_web::test]
async fn a_new_key_without_a_name_is_found_too() {
    let idp = Idp::start();
    let provider = TestClock::new().provider(config(&idp));
    idp.script(|script| script.drop("header", "kid"));
    sign_in(&idp, &provider).await.unwrap();
    idp.script(|script| {
        rotate(script, "new");
        script.drop("header", "kid");
    });
    sign_in(&idp, &provider).await.unwrap();
    assert_eq!(idp.count("/jwks"), 2);
}

#[actix_web::test]
async fn forged_key_names_cost_one_fetch_a_minute() {
    let idp = Idp::start();
    let clock = TestClock::new();
    let provider = clock.provider(config(&idp));
    idp.script(|script| script.set("header", "kid", json!("../../dev/null")));
    for _ in 0..20 {
        assert_eq!(code(&sign_in(&idp, &provider).await), "id_token_key_unknown");
    }
    assert_eq!(idp.count("/jwks"), 2);
    clock.advance(59);
    assert!(sign_in(&idp, &provider).await.is_err());
    assert_eq!(idp.count("/jwks"), 2);
    clock.advance(1);
    assert!(sign_in(&idp, &provider).await.is_err());
    assert_eq!(idp.count("/jwks"), 3);
}

#[actix_web::test]
async fn keys_that_cannot_be_fetched_leave_the_old_ones_in_use() {
    let idp = Idp::start();
    let provider = TestClock::new().provider(config(&idp));
    sign_in(&idp, &provider).await.unwrap();
    idp.script(|script| {
        script.set("header", "kid", json!("new"));
        script.reply("keys", DOWN);
    });
    assert_eq!(code(&sign_in(&idp, &provider).await), "keys_server_error");
    idp.script(|script| script.set("header", "kid", json!("es")));
    assert!(sign_in(&idp, &provider).await.is_ok());
}
