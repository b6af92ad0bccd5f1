//! The honest sign-in: what is sent, what comes of it, and answers that belong to somebody else.

use std::collections::HashMap;

use serde_json::json;

use super::*;

#[actix_web::test]
async fn an_honest_provider_signs_a_person_in() {
    let idp = Idp::start();
    let provider = TestClock::new().provider(config(&idp));
    let claims = sign_in(&idp, &provider).await.unwrap();
    assert_eq!((claims.issuer.as_str(), claims.subject.as_str()), (idp.issuer.as_str(), "ada-1"));
    assert_eq!(claims.email.as_deref(), Some("ada@example.org"));
    assert!(claims.email_verified);
    assert_eq!(claims.name.as_deref(), Some("Ada Lovelace"));
    assert_eq!(idp.count("/userinfo"), 0, "userinfo is asked only for a missing e-mail");
}

#[actix_web::test]
async fn rs256_is_what_is_taken_when_nothing_else_is_said() {
    let idp = Idp::start();
    idp.script(Script::use_rsa);
    let mut config = config(&idp);
    config.algorithms = ProviderConfig::new("a", "b", "c", "d").algorithms;
    let provider = TestClock::new().provider(config);
    assert_eq!(sign_in(&idp, &provider).await.unwrap().subject, "ada-1");
}

#[actix_web::test]
async fn the_browser_is_sent_with_pkce_state_and_nonce_that_nobody_else_has() {
    let idp = Idp::start();
    let provider = TestClock::new().provider(config(&idp));
    let options = BeginOptions { login_hint: Some("ada@example.org".into()), prompt: Some(Prompt::SelectAccount) };
    let started = provider.begin(options).await.unwrap();
    let query: HashMap<_, _> = started.url.query_pairs().into_owned().collect();
    let expected = [
        ("tenant", "1"),
        ("response_type", "code"),
        ("client_id", CLIENT),
        ("redirect_uri", BACK),
        ("scope", "openid email profile"),
        ("state", &started.state),
        ("nonce", &started.nonce),
        ("code_challenge_method", "S256"),
        ("prompt", "select_account"),
        ("login_hint", "ada@example.org"),
    ];
    for (name, value) in expected {
        assert_eq!(query.get(name).map(String::as_str), Some(value), "{name}");
    }
    assert_eq!(query.len(), expected.len() + 1, "and the challenge");
    assert!(!started.url.as_str().contains(&started.pkce_verifier));
    let other = provider.begin(BeginOptions::default()).await.unwrap();
    for (one, two) in
        [(&started.state, &other.state), (&started.nonce, &other.nonce), (&started.pkce_verifier, &other.pkce_verifier)]
    {
        assert!(one != two && one.len() >= 43, "256 bits, new each time");
    }
}

#[actix_web::test]
async fn pkce_is_sent_to_a_provider_that_does_not_advertise_it() {
    let idp = Idp::start();
    idp.script(|script| script.drop("discovery", "code_challenge_methods_supported"));
    let provider = TestClock::new().provider(config(&idp));
    assert!(sign_in(&idp, &provider).await.is_ok());
    assert!(idp.token_request().0.contains_key("code_verifier"));
}

#[actix_web::test]
async fn the_secret_travels_in_the_header_unless_the_provider_lists_only_the_form() {
    let idp = Idp::start();
    for (methods, in_form) in [
        (json!(null), false),
        (json!(["client_secret_post", "client_secret_basic"]), false),
        (json!(["private_key_jwt"]), false),
        (json!(["client_secret_post"]), true),
    ] {
        idp.script(|script| script.set("discovery", "token_endpoint_auth_methods_supported", methods));
        assert!(sign_in(&idp, &TestClock::new().provider(config(&idp))).await.is_ok());
        let (form, auth) = idp.token_request();
        assert_eq!((form.contains_key("client_secret"), auth.is_some()), (in_form, !in_form));
    }
    let mut config = config(&idp);
    config.auth_method = Some(AuthMethod::Basic);
    assert!(sign_in(&idp, &TestClock::new().provider(config)).await.is_ok());
    assert!(idp.token_request().1.is_some(), "the operator's word counts more than discovery");
}

#[actix_web::test]
async fn a_code_of_another_browser_is_refused_by_pkce_and_by_nonce() {
    let idp = Idp::start();
    let provider = TestClock::new().provider(config(&idp));
    let victim = provider.begin(BeginOptions::default()).await.unwrap();
    let attacker = provider.begin(BeginOptions::default()).await.unwrap();
    idp.visit(&victim.url);
    let refused = provider.finish(callback(None), &attacker.nonce, &attacker.pkce_verifier).await;
    assert_eq!(code(&refused), "token_invalid_grant");
    let refused = provider.finish(callback(None), &attacker.nonce, &victim.pkce_verifier).await;
    assert_eq!(code(&refused), "id_token_nonce");
}

#[actix_web::test]
async fn an_answer_that_names_another_issuer_is_refused_before_the_code_is_sent() {
    let idp = Idp::start();
    let own = idp.issuer.clone();
    let slashed = format!("{own}/");
    for (advertised, iss, expected) in [
        (true, Some(own.as_str()), "ok"),
        (false, Some(own.as_str()), "ok"),
        (false, None, "ok"),
        (true, None, "answer_issuer"),
        (true, Some("https://evil.example"), "answer_issuer"),
        (false, Some("https://evil.example"), "answer_issuer"),
        (true, Some(""), "answer_issuer"),
        (true, Some(slashed.as_str()), "answer_issuer"),
    ] {
        idp.reset();
        idp.script(|s| s.set("discovery", "authorization_response_iss_parameter_supported", json!(advertised)));
        let provider = TestClock::new().provider(config(&idp));
        let started = provider.begin(BeginOptions::default()).await.unwrap();
        idp.visit(&started.url);
        let outcome = provider.finish(callback(iss), &started.nonce, &started.pkce_verifier).await;
        assert_eq!(code(&outcome), expected, "{advertised} {iss:?}");
        assert_eq!(idp.count("/token"), usize::from(expected == "ok"));
        let refusal = if expected == "ok" { "access_denied" } else { expected };
        assert_eq!(provider.refusal("access_denied", iss).code(), refusal, "the same for an error answer");
    }
}

#[actix_web::test]
async fn an_error_answer_has_a_reason_of_ours_and_never_its_own_words() {
    let idp = Idp::start();
    let provider = TestClock::new().provider(config(&idp));
    for (error, expected) in [
        ("access_denied", ProviderError::Declined("access_denied".into())),
        ("login_required", ProviderError::Declined("interaction_required".into())),
        ("temporarily_unavailable", ProviderError::unavailable("answer_temporarily_unavailable")),
        ("invalid_scope", ProviderError::refused("answer_error")),
        ("<script>alert(1)</script>\r\nX: y", ProviderError::refused("answer_error")),
    ] {
        assert_eq!(provider.refusal(error, None), expected);
    }
    assert_eq!(idp.total(), 0);
}

#[actix_web::test]
async fn an_empty_or_endless_code_is_not_sent_anywhere() {
    let idp = Idp::start();
    let provider = TestClock::new().provider(config(&idp));
    for text in [String::new(), "x".repeat(4097)] {
        let refused = provider.finish(CallbackQuery { code: text, iss: None }, "n", "v").await;
        assert_eq!(code(&refused), "answer_code");
    }
    assert_eq!(idp.count("/token"), 0);
}

#[actix_web::test]
async fn signing_out_leads_to_the_provider_only_if_it_is_known_and_has_a_place() {
    let idp = Idp::start();
    let provider = TestClock::new().provider(config(&idp));
    assert!(provider.sign_out_url("https://portal.example/").is_none());
    assert_eq!(idp.total(), 0, "nothing is asked for a sign-out");
    sign_in(&idp, &provider).await.unwrap();
    let url = provider.sign_out_url("https://portal.example/?a&b").unwrap();
    let query: HashMap<_, _> = url.query_pairs().into_owned().collect();
    assert_eq!(url.path(), "/logout");
    assert_eq!(query["client_id"], CLIENT);
    assert_eq!(query["post_logout_redirect_uri"], "https://portal.example/?a&b");
    idp.script(|script| script.drop("discovery", "end_session_endpoint"));
    let placeless = TestClock::new().provider(config(&idp));
    sign_in(&idp, &placeless).await.unwrap();
    assert!(placeless.sign_out_url("https://portal.example/").is_none());
}

#[actix_web::test]
async fn nothing_secret_or_personal_is_printed() {
    let idp = Idp::start();
    let provider = TestClock::new().provider(config(&idp));
    let started = provider.begin(BeginOptions::default()).await.unwrap();
    idp.visit(&started.url);
    let answer = callback(None);
    let printed = format!("{provider:?} {started:?} {answer:?} {:?}", provider.config());
    let claims = provider.finish(answer, &started.nonce, &started.pkce_verifier).await.unwrap();
    let refused = provider.finish(callback(None), "other", &started.pkce_verifier).await.unwrap_err();
    let printed = format!("{printed} {claims:?} {refused:?} {refused}");
    for secret in [SECRET, CODE, &started.state, &started.nonce, &started.pkce_verifier, "ada", "Ada"] {
        assert!(!printed.contains(secret), "{secret} in {printed}");
    }
}
