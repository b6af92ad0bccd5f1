//! ID tokens that must not be believed, one reason each; and the few oddities that are fine.

use base64::Engine as _;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use serde_json::json;
use sha2::{Digest as _, Sha256};

use super::idp::{ACCESS, Signer, es_key, public, rs_key, with};
use super::*;

const OTHER: &str = "https://evil.example";

#[actix_web::test]
async fn a_token_of_another_issuer_or_for_another_client_is_refused() {
    let cases: [Case; 17] = [
        ("iss other", |s| s.set("claims", "iss", json!(OTHER)), "id_token_issuer"),
        ("iss missing", |s| s.drop("claims", "iss"), "id_token_issuer"),
        ("iss array", |s| s.set("claims", "iss", json!([OTHER])), "id_token_issuer"),
        ("iss other scheme", |s| s.set("claims", "iss", json!("https://127.0.0.1")), "id_token_issuer"),
        ("iss upper case", |s| s.set("claims", "iss", json!("HTTP://127.0.0.1")), "id_token_issuer"),
        ("aud other", |s| s.set("claims", "aud", json!("other")), "id_token_audience"),
        ("aud missing", |s| s.drop("claims", "aud"), "id_token_audience"),
        ("aud empty", |s| s.set("claims", "aud", json!([])), "id_token_audience"),
        ("aud number", |s| s.set("claims", "aud", json!(7)), "id_token_audience"),
        ("aud array with a number", |s| s.set("claims", "aud", json!([CLIENT, 7])), "id_token_audience"),
        ("aud ours and another", |s| s.set("claims", "aud", json!([CLIENT, "other"])), "id_token_audience"),
        ("aud ours in upper case", |s| s.set("claims", "aud", json!(CLIENT.to_uppercase())), "id_token_audience"),
        ("aud ours in an array", |s| s.set("claims", "aud", json!([CLIENT])), "ok"),
        ("azp ours", |s| s.set("claims", "azp", json!(CLIENT)), "ok"),
        ("azp other", |s| s.set("claims", "azp", json!("other")), "id_token_azp"),
        ("azp array", |s| s.set("claims", "azp", json!([CLIENT])), "id_token_azp"),
        ("azp null", |s| s.set("claims", "azp", json!(null)), "id_token_azp"),
    ];
    try_all(&cases).await;
}

#[actix_web::test]
async fn an_issuer_that_differs_by_a_slash_is_another_issuer() {
    let idp = Idp::start();
    let slashed = json!(format!("{}/", idp.issuer));
    idp.script(|script| script.set("claims", "iss", slashed));
    let provider = TestClock::new().provider(config(&idp));
    assert_eq!(code(&sign_in(&idp, &provider).await), "id_token_issuer");
}

#[actix_web::test]
async fn a_token_out_of_its_time_is_refused() {
    let cases: [Case; 21] = [
        ("exp 30 s ago", |s| s.set("claims", "exp", json!(NOW - 30)), "ok"),
        ("exp 60 s ago", |s| s.set("claims", "exp", json!(NOW - 60)), "id_token_expired"),
        ("exp 120 s ago", |s| s.set("claims", "exp", json!(NOW - 120)), "id_token_expired"),
        ("exp missing", |s| s.drop("claims", "exp"), "id_token_expiry"),
        ("exp text", |s| s.set("claims", "exp", json!("1800000300")), "id_token_expiry"),
        ("exp negative", |s| s.set("claims", "exp", json!(-1)), "id_token_expiry"),
        ("exp 1e18", |s| s.set("claims", "exp", json!(1_000_000_000_000_000_000_i64)), "id_token_expiry"),
        ("exp 2^64-1", |s| s.set("claims", "exp", json!(u64::MAX)), "id_token_expiry"),
        ("exp fraction", |s| s.set("claims", "exp", json!(1_800_000_300.5)), "id_token_expiry"),
        ("exp null", |s| s.set("claims", "exp", json!(null)), "id_token_expiry"),
        ("iat missing", |s| s.drop("claims", "iat"), "id_token_issued"),
        ("iat text", |s| s.set("claims", "iat", json!("1800000000")), "id_token_issued"),
        ("iat 60 s ahead", |s| s.set("claims", "iat", json!(NOW + 60)), "ok"),
        ("iat 61 s ahead", |s| s.set("claims", "iat", json!(NOW + 61)), "id_token_issued_ahead"),
        ("iat 10 min ago", |s| s.set("claims", "iat", json!(NOW - 600)), "ok"),
        ("iat more than 10 min ago", |s| s.set("claims", "iat", json!(NOW - 601)), "id_token_issued_long_ago"),
        ("iat zero", |s| s.set("claims", "iat", json!(0)), "id_token_issued"),
        ("nbf now", |s| s.set("claims", "nbf", json!(NOW)), "ok"),
        ("nbf 30 s ahead", |s| s.set("claims", "nbf", json!(NOW + 30)), "ok"),
        ("nbf 120 s ahead", |s| s.set("claims", "nbf", json!(NOW + 120)), "id_token_not_before"),
        ("nbf text", |s| s.set("claims", "nbf", json!("now")), "id_token_not_before"),
    ];
    try_all(&cases).await;
}

#[actix_web::test]
async fn a_token_of_another_sign_in_or_without_a_person_is_refused() {
    let cases: [Case; 14] = [
        ("nonce other", |s| s.set("claims", "nonce", json!("other")), "id_token_nonce"),
        ("nonce missing", |s| s.drop("claims", "nonce"), "id_token_nonce"),
        ("nonce empty", |s| s.set("claims", "nonce", json!("")), "id_token_nonce"),
        ("nonce number", |s| s.set("claims", "nonce", json!(1)), "id_token_nonce"),
        ("sub missing", |s| s.drop("claims", "sub"), "id_token_subject"),
        ("sub empty", |s| s.set("claims", "sub", json!("")), "id_token_subject"),
        ("sub 255 bytes", |s| s.set("claims", "sub", json!("a".repeat(255))), "ok"),
        ("sub 256 bytes", |s| s.set("claims", "sub", json!("a".repeat(256))), "id_token_subject"),
        ("sub with NUL", |s| s.set("claims", "sub", json!("a\0b")), "id_token_subject"),
        ("sub with a line break", |s| s.set("claims", "sub", json!("a\nb")), "id_token_subject"),
        ("sub number", |s| s.set("claims", "sub", json!(7)), "id_token_subject"),
        ("sub array", |s| s.set("claims", "sub", json!(["ada-1"])), "id_token_subject"),
        ("at_hash wrong", |s| s.set("claims", "at_hash", json!("AAAAAAAAAAAAAAAAAAAAAA")), "id_token_at_hash"),
        ("at_hash null", |s| s.set("claims", "at_hash", json!(null)), "id_token_at_hash"),
    ];
    try_all(&cases).await;
}

#[actix_web::test]
async fn the_access_token_hash_is_compared() {
    let hash = BASE64_URL_SAFE_NO_PAD.encode(&Sha256::digest(ACCESS)[..16]);
    let idp = Idp::start();
    idp.script(|script| script.set("claims", "at_hash", json!(hash)));
    assert!(sign_in(&idp, &TestClock::new().provider(config(&idp))).await.is_ok());
    idp.script(|script| script.set("tokens", "access_token", json!("another")));
    let refused = sign_in(&idp, &TestClock::new().provider(config(&idp))).await;
    assert_eq!(code(&refused), "id_token_at_hash");
}

#[actix_web::test]
async fn only_the_configured_signatures_are_taken_whatever_is_advertised() {
    let cases: [Case; 10] = [
        ("none", |s| unsigned(s, "none"), "id_token_algorithm"),
        ("nOnE", |s| unsigned(s, "nOnE"), "id_token_algorithm"),
        ("none over a good signature", |s| s.set("header", "alg", json!("none")), "id_token_algorithm"),
        ("HS256 under our own secret", hmac, "id_token_algorithm"),
        ("RS256 not configured", Script::use_rsa, "id_token_algorithm"),
        ("PS256 not configured", |s| s.set("header", "alg", json!("PS256")), "id_token_algorithm"),
        ("EdDSA not configured", |s| s.set("header", "alg", json!("EdDSA")), "id_token_algorithm"),
        ("es256 in lower case", |s| s.set("header", "alg", json!("es256")), "id_token_algorithm"),
        ("alg missing", |s| s.drop("header", "alg"), "id_token_unreadable"),
        ("alg number", |s| s.set("header", "alg", json!(1)), "id_token_unreadable"),
    ];
    try_all(&cases).await;
}

fn unsigned(script: &mut Script, alg: &str) {
    script.set("header", "alg", json!(alg));
    script.signer = Signer::Bytes(Vec::new());
}

fn hmac(script: &mut Script) {
    script.set("header", "alg", json!("HS256"));
    script.drop("header", "kid");
    script.signer = Signer::Secret;
    let shared = json!({"kty": "oct", "k": BASE64_URL_SAFE_NO_PAD.encode(SECRET)});
    script.set("keys", "keys", json!([es_key(), shared]));
}

#[actix_web::test]
async fn a_bad_signature_or_form_is_refused() {
    let cases: [Case; 17] = [
        ("other key, same name", |s| s.signer = Signer::Attacker, "id_token_signature"),
        ("signature empty", |s| s.signer = Signer::Bytes(Vec::new()), "id_token_signature"),
        ("signature cut", |s| s.signer = Signer::Bytes(vec![1; 63]), "id_token_signature"),
        ("signature zero", |s| s.signer = Signer::Bytes(vec![0; 64]), "id_token_signature"),
        ("not a token", |s| s.signer = Signer::Whole("hello"), "id_token_unreadable"),
        ("one dot", |s| s.signer = Signer::Whole("e30.e30"), "id_token_unreadable"),
        ("encrypted", |s| s.signer = Signer::Whole("e30.e30.e30.e30.e30"), "id_token_unreadable"),
        ("padded", |s| s.signer = Signer::Whole("e30=.e30=.e30="), "id_token_unreadable"),
        ("claims array", |s| s.signer = Signer::Whole("eyJhbGciOiJFUzI1NiJ9.W10.AA"), "id_token_unreadable"),
        ("crit", |s| s.set("header", "crit", json!(["exp"])), "id_token_header"),
        ("cty", |s| s.set("header", "cty", json!("JWT")), "id_token_header"),
        ("access token", |s| s.set("header", "typ", json!("at+jwt")), "id_token_type"),
        ("log-out token", |s| s.set("header", "typ", json!("logout+jwt")), "id_token_type"),
        ("typ in lower case", |s| s.set("header", "typ", json!("jwt")), "ok"),
        ("typ missing", |s| s.drop("header", "typ"), "ok"),
        ("key in the header", |s| bring_key(s, "jwk", public(2, "es")), "id_token_signature"),
        ("key by address", |s| bring_key(s, "jku", json!("/trap")), "id_token_signature"),
    ];
    try_all(&cases).await;
}

fn bring_key(script: &mut Script, parameter: &'static str, value: Value) {
    script.signer = Signer::Attacker;
    script.set("header", parameter, value);
}

#[actix_web::test]
async fn a_key_that_does_not_fit_for_certain_is_refused() {
    let cases: [Case; 10] = [
        ("kid missing, one key fits", |s| s.drop("header", "kid"), "ok"),
        ("kid missing, two keys fit", nameless, "id_token_key_ambiguous"),
        ("kid twice", |s| s.set("keys", "keys", json!([es_key(), public(2, "es")])), "id_token_key_ambiguous"),
        ("use=enc", |s| altered(s, "use", json!("enc")), "id_token_key_unknown"),
        ("key of another kind", |s| s.set("header", "kid", json!("rs")), "id_token_key_unknown"),
        ("key for another algorithm", |s| altered(s, "alg", json!("ES384")), "id_token_key_unknown"),
        ("key not on the curve", |s| altered(s, "x", json!("AAAA")), "id_token_key"),
        ("no sound key", |s| s.set("keys", "keys", json!([{"kty": "oct", "k": "AA"}, 7])), "keys_none_fit"),
        ("keys not a list", |s| s.set("keys", "keys", json!({})), "keys_unreadable"),
        ("a stranger among the keys", |s| s.set("keys", "keys", json!([{"kty": "new"}, es_key()])), "ok"),
    ];
    try_all(&cases).await;
}

fn altered(script: &mut Script, field: &str, value: Value) {
    script.set("keys", "keys", json!([with(es_key(), field, value), rs_key()]));
}

fn nameless(script: &mut Script) {
    script.drop("header", "kid");
    script.set("keys", "keys", json!([public(1, "a"), public(2, "b")]));
}

#[actix_web::test]
async fn weak_rsa_keys_are_no_keys() {
    let cases: [Case; 4] = [
        ("1024 bits", |s| weak(s, "n", &[0xff; 128]), "id_token_key_unknown"),
        (
            "2047 bits behind zeros",
            |s| weak(s, "n", &[&[0, 0, 0x7f][..], &[0xff; 255]].concat()),
            "id_token_key_unknown",
        ),
        ("exponent 1", |s| weak(s, "e", &[1]), "id_token_key_unknown"),
        ("even exponent", |s| weak(s, "e", &[1, 0, 0]), "id_token_key_unknown"),
    ];
    try_all_with(&cases, |config| config.algorithms = vec![Alg::Rs256]).await;
}

fn weak(script: &mut Script, field: &str, number: &[u8]) {
    script.use_rsa();
    script.signer = Signer::Bytes(vec![1; 256]);
    let number = json!(BASE64_URL_SAFE_NO_PAD.encode(number));
    script.set("keys", "keys", json!([es_key(), with(rs_key(), field, number)]));
}

#[actix_web::test]
async fn no_changed_letter_of_a_good_token_goes_through() {
    let idp = Idp::start();
    let good = idp.id_token();
    let keys = keys::Keys::judge(&serde_json::from_value(json!({"keys": [es_key()]})).unwrap());
    let holds = |token: &str| {
        Token::read(token, &[Alg::Es256]).is_ok_and(|token| matches!(token.signature(&keys), Ok(Signature::By(_))))
    };
    assert!(holds(&good));
    for at in (0..good.len()).step_by(good.len() / 40) {
        let mut bytes = good.clone().into_bytes();
        bytes[at] = if bytes[at] == b'A' { b'B' } else { b'A' };
        assert!(!holds(&String::from_utf8(bytes).unwrap()), "letter {at}");
        assert!(!holds(&good[..at]), "cut at {at}");
    }
}
