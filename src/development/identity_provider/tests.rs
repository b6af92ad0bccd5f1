//! The provider met as a relying party meets it: over HTTP, by its forms, with a clock that the test moves.

mod bed;

use std::os::unix::fs::PermissionsExt as _;

use actix_web::http::{Method, StatusCode, header};
use actix_web::test::TestRequest;

use super::{KEY_FILE, store, tokens};
use bed::{Bed, CLIENT, REDIRECT, SECRET, encoded, exchange_form, open, payload, request_with};

#[actix_web::test]
async fn discovery_names_the_issuer_and_addresses_below_it() {
    let bed = Bed::new();
    let metadata = bed.get("/.well-known/openid-configuration").await.json();
    assert_eq!(metadata["issuer"], bed.provider.issuer());
    assert_eq!(metadata["issuer"], "http://localhost:8080/dev/identity");
    assert_eq!(metadata["token_endpoint"], "http://localhost:8080/dev/identity/token");
    assert_eq!(metadata["code_challenge_methods_supported"], serde_json::json!(["S256"]));
    let keys = bed.get("/jwks").await.json();
    assert_eq!(keys["keys"][0]["crv"], "P-256");
    assert_eq!(keys["keys"][0].get("d"), None, "the private half stays inside");
}

#[actix_web::test]
async fn the_whole_flow_gives_a_signed_token_that_says_who_signed_in() {
    let bed = Bed::new();
    let form = bed.get(&format!("/authorize?{}", request_with(&[("login_hint", "a@b.example")]))).await;
    assert_eq!(form.status, StatusCode::OK);
    assert!(form.text.contains(r#"value="a@b.example""#), "the hint is filled in");
    assert!(!form.text.contains("<Owner>"), "names are escaped");

    let filled = format!("{}&{}", request_with(&[]), encoded(&[("email", " Owner@ACME.example "), ("name", "")]));
    let sent_back = bed.post("/authorize", &filled).await;
    assert_eq!(sent_back.status, StatusCode::SEE_OTHER);
    assert_eq!(sent_back.parameter("state").as_deref(), Some("the state & more"));
    assert_eq!(sent_back.parameter("iss"), Some(bed.provider.issuer()));

    let tokens = bed.exchange(&sent_back.parameter("code").unwrap(), &[]).await;
    assert_eq!(tokens.status, StatusCode::OK, "{}", tokens.text);
    assert_eq!(tokens.headers.get(header::CACHE_CONTROL).unwrap(), "no-store");
    let given = tokens.json();
    let id_token = given["id_token"].as_str().unwrap();
    let keys = &bed.provider.inner.keys;
    assert_eq!(tokens::audience_of(keys, id_token).as_deref(), Some(CLIENT));
    let claims = payload(id_token);
    assert_eq!(claims["iss"], bed.provider.issuer());
    assert_eq!(claims["nonce"], "the nonce");
    assert_eq!(claims["email"], "Owner@ACME.example");
    assert_eq!(claims["email_verified"], true);
    assert_eq!(claims["name"], "Olivia <Owner>", "an empty name is the demo person's");
    assert_eq!(claims["sub"], tokens::subject("owner@acme.example"), "case does not matter");
    assert_eq!(claims["exp"].as_i64().unwrap() - claims["iat"].as_i64().unwrap(), tokens::TOKEN_SECONDS);

    let bearer = format!("Bearer {}", given["access_token"].as_str().unwrap());
    for method in [Method::GET, Method::POST] {
        let ask = TestRequest::default().method(method).uri("/dev/identity/userinfo");
        let person = bed.call(ask.insert_header((header::AUTHORIZATION, bearer.clone()))).await;
        assert_eq!(person.json()["sub"], claims["sub"]);
    }
    bed.wait(tokens::TOKEN_SECONDS);
    let ask = TestRequest::get().uri("/dev/identity/userinfo").insert_header((header::AUTHORIZATION, bearer));
    assert_eq!(bed.call(ask).await.status, StatusCode::UNAUTHORIZED, "an old token is refused");
}

#[actix_web::test]
async fn a_code_is_good_once_for_one_minute_and_its_second_use_withdraws_the_tokens() {
    let bed = Bed::new();
    let code = bed.code(&[]).await;
    let tokens = bed.exchange(&code, &[]).await.json();
    bed.exchange(&code, &[]).await.assert_error(StatusCode::BAD_REQUEST, "invalid_grant");
    let bearer = format!("Bearer {}", tokens["access_token"].as_str().unwrap());
    let ask = TestRequest::get().uri("/dev/identity/userinfo").insert_header((header::AUTHORIZATION, bearer));
    assert_eq!(bed.call(ask).await.status, StatusCode::UNAUTHORIZED);

    let code = bed.code(&[]).await;
    bed.wait(store::CODE_SECONDS);
    bed.exchange(&code, &[]).await.assert_error(StatusCode::BAD_REQUEST, "invalid_grant");
}

#[actix_web::test]
async fn the_exchange_is_bound_to_the_verifier_the_address_and_the_client() {
    let bed = Bed::new();
    let wrong = [
        ("code_verifier", "another-code-verifier-of-forty-three-characters"),
        ("code_verifier", ""),
        ("redirect_uri", "http://localhost:8080/elsewhere"),
        ("redirect_uri", ""),
    ];
    for change in wrong {
        let code = bed.code(&[]).await;
        bed.exchange(&code, &[change]).await.assert_error(StatusCode::BAD_REQUEST, "invalid_grant");
        bed.exchange(&code, &[]).await.assert_error(StatusCode::BAD_REQUEST, "invalid_grant");
    }
    let code = bed.code(&[]).await;
    let form = exchange_form(&code, &[("client_id", "other"), ("client_secret", "other secret")]);
    bed.post("/token", &form).await.assert_error(StatusCode::BAD_REQUEST, "invalid_grant");
    let code = bed.code(&[]).await;
    bed.exchange(&code, &[("grant_type", "password")])
        .await
        .assert_error(StatusCode::BAD_REQUEST, "unsupported_grant_type");
}

#[actix_web::test]
async fn a_client_proves_itself_in_one_way_and_with_its_secret() {
    let bed = Bed::new();
    let code = bed.code(&[]).await;
    let posted = [("client_id", CLIENT), ("client_secret", SECRET)];
    let refused = bed.exchange(&code, &posted).await;
    refused.assert_error(StatusCode::BAD_REQUEST, "invalid_request");

    let wrong = exchange_form(&code, &[("client_id", CLIENT), ("client_secret", "guess")]);
    let refused = bed.post("/token", &wrong).await;
    refused.assert_error(StatusCode::UNAUTHORIZED, "invalid_client");
    assert!(refused.headers.contains_key(header::WWW_AUTHENTICATE));
    let nobody = exchange_form(&code, &[]);
    bed.post("/token", &nobody).await.assert_error(StatusCode::UNAUTHORIZED, "invalid_client");

    let right = bed.post("/token", &exchange_form(&code, &posted)).await;
    assert_eq!(right.status, StatusCode::OK, "a failed authentication does not use the code up");
}

#[actix_web::test]
async fn an_unknown_client_or_address_is_told_to_the_person_and_nobody_else() {
    let bed = Bed::new();
    let wrong = [
        ("client_id", "stranger"),
        ("client_id", ""),
        ("redirect_uri", "http://localhost:8080/signin/callback/development/"),
        ("redirect_uri", "https://attacker.example/"),
        ("redirect_uri", ""),
    ];
    for change in wrong {
        let query = request_with(&[change]);
        let answer = bed.get(&format!("/authorize?{query}")).await;
        assert_eq!(answer.status, StatusCode::BAD_REQUEST, "{change:?}");
        assert!(!answer.headers.contains_key(header::LOCATION));
        assert!(answer.text.contains("This sign-in cannot go on"));
        let filled = bed.post("/authorize", &format!("{query}&email=a%40b.example")).await;
        assert_eq!(filled.status, StatusCode::BAD_REQUEST, "the form is checked again: {change:?}");
    }
    let twice = format!("{}&client_id=portal", request_with(&[]));
    assert_eq!(bed.get(&format!("/authorize?{twice}")).await.status, StatusCode::BAD_REQUEST);
}

#[actix_web::test]
async fn other_faults_go_back_to_the_client_with_its_state() {
    let bed = Bed::new();
    let long = "x".repeat(5_000);
    let wrong = [
        ("response_type", "token", "unsupported_response_type"),
        ("response_type", "", "invalid_request"),
        ("response_mode", "fragment", "invalid_request"),
        ("scope", "email", "invalid_scope"),
        ("code_challenge", "", "invalid_request"),
        ("code_challenge", "short", "invalid_request"),
        ("code_challenge_method", "plain", "invalid_request"),
        ("code_challenge_method", "", "invalid_request"),
        ("prompt", "none", "login_required"),
        ("prompt", "none login", "invalid_request"),
        ("request", "x", "request_not_supported"),
        ("request_uri", "https://a.example/", "request_uri_not_supported"),
        ("nonce", long.as_str(), "invalid_request"),
    ];
    for (name, value, error) in wrong {
        let answer = bed.get(&format!("/authorize?{}", request_with(&[(name, value)]))).await;
        assert_eq!(answer.status, StatusCode::SEE_OTHER, "{name}={value}");
        assert!(answer.location().as_str().starts_with(REDIRECT));
        assert_eq!(answer.parameter("error").as_deref(), Some(error), "{name}={value}");
        assert_eq!(answer.parameter("state").as_deref(), Some("the state & more"));
        assert_eq!(answer.parameter("iss"), Some(bed.provider.issuer()));
    }
}

#[actix_web::test]
async fn a_wrong_entry_comes_back_with_what_was_typed_and_what_is_wrong() {
    let bed = Bed::new();
    for email in ["", "nobody", "a@", "@b.example", "a@@b", "a b@c.example", "a@b..example", "a@b,c@d"] {
        let form = format!("{}&{}", request_with(&[]), encoded(&[("email", email), ("name", "N \"Q\" <i>")]));
        let answer = bed.post("/authorize", &form).await;
        assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY, "{email}");
        assert!(answer.text.contains(r#"id="email-error""#));
        assert!(answer.text.contains(&format!(r#"value="{email}""#)));
        assert!(!answer.text.contains("<i>"));
        assert!(answer.text.contains(r#"name="code_challenge""#), "the request is carried along");
    }
    let name = "n".repeat(201);
    let form = format!("{}&{}", request_with(&[]), encoded(&[("email", "a@b.example"), ("name", &name)]));
    assert!(bed.post("/authorize", &form).await.text.contains(r#"id="name-error""#));
    let asked_by_post = bed.post("/authorize", &request_with(&[])).await;
    assert_eq!(asked_by_post.status, StatusCode::OK, "a request may come by POST too");
}

#[actix_web::test]
async fn sign_out_goes_only_where_the_client_may_send_people() {
    let bed = Bed::new();
    let code = bed.code(&[]).await;
    let tokens = bed.exchange(&code, &[]).await.json();
    let hint = tokens["id_token"].as_str().unwrap();
    let home = ("post_logout_redirect_uri", "http://localhost:8080/");
    let query = encoded(&[("id_token_hint", hint), home, ("state", "s p")]);
    let answer = bed.get(&format!("/logout?{query}")).await;
    assert_eq!(answer.location().as_str(), "http://localhost:8080/?state=s+p");
    let answer = bed.post("/logout", &encoded(&[("client_id", CLIENT), home])).await;
    assert_eq!(answer.location().as_str(), "http://localhost:8080/");
    assert_eq!(bed.get("/logout").await.status, StatusCode::OK);

    let elsewhere = ("post_logout_redirect_uri", "https://attacker.example/");
    let forged = format!("{}x", &hint[..hint.len() - 8]);
    let refused = [
        encoded(&[elsewhere]),
        encoded(&[("client_id", "stranger"), home]),
        encoded(&[("id_token_hint", &forged), home]),
        encoded(&[("id_token_hint", hint), ("client_id", "other"), home]),
    ];
    for query in refused {
        let answer = bed.get(&format!("/logout?{query}")).await;
        assert_eq!(answer.status, StatusCode::BAD_REQUEST, "{query}");
    }
}

#[actix_web::test]
async fn the_key_is_made_once_and_is_private() {
    let bed = Bed::new();
    let path = bed.folder.join(KEY_FILE);
    assert_eq!(std::fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
    let again = open(&bed.folder, &bed.clock);
    assert_eq!(again.inner.keys.key_id(), bed.provider.inner.keys.key_id());
}

#[actix_web::test]
async fn other_methods_are_405_and_other_paths_404() {
    let bed = Bed::new();
    assert_eq!(bed.get("/token").await.status, StatusCode::METHOD_NOT_ALLOWED);
    assert_eq!(bed.post("/jwks", "").await.status, StatusCode::METHOD_NOT_ALLOWED);
    assert_eq!(bed.get("/nothing").await.status, StatusCode::NOT_FOUND);
}
