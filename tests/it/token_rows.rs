//! The token endpoint and its tokens against the rest of the list (security.md, section 2b): who is refused is refused
//! alike, and nothing widens what a credential may do.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};

use super::support::api::Machine;
use super::support::{Answer, App, id};

const TOKEN: &str = "/oauth2/token";
const GRANT: &str = "grant_type=client_credentials";

fn ask(machine: &Machine, id: &str, secret: &str) -> Answer {
    machine.form(TOKEN, &format!("{GRANT}&client_id={id}&client_secret={secret}"))
}

fn bearer(machine: &Machine, token: &str) -> Machine {
    machine.clone().stranger().header("Authorization", &format!("Bearer {token}"))
}

fn token(machine: &Machine) -> String {
    machine.token().is(200).json()["access_token"].as_str().expect("a token").to_owned()
}

#[test]
fn unknown_wrong_revoked_and_suspended_clients_are_told_the_same() {
    let app = App::start();
    let client = app.client(id::NORTHWIND, "READ_PARTNER");
    let (revoked, asleep) = (app.client(id::NORTHWIND, "READ_PARTNER"), app.client(id::CONTOSO, "READ_PARTNER"));
    app.sql(&format!("UPDATE api_clients SET revoked_at = now() WHERE id = '{}'", revoked.id));
    app.sql(&format!("UPDATE organisations SET state = 'suspended' WHERE id = '{}'", id::CONTOSO));
    let wrong = ask(&client, &client.id, "gh_wrong");
    for answer in [
        ask(&client, id::RANDOM, &client.secret),
        ask(&client, "", ""),
        ask(&client, "no-id", &client.secret),
        ask(&client, &client.id, ""),
        ask(&client, &client.id.to_uppercase(), &client.secret[1..]),
        ask(&client, &revoked.id, &revoked.secret),
        ask(&client, &asleep.id, &asleep.secret),
        ask(&client, &revoked.id, &client.secret),
    ] {
        assert_eq!((answer.status, &answer.body), (401, &wrong.body));
        assert_eq!(answer.header("www-authenticate"), wrong.header("www-authenticate"));
        assert_eq!(answer.header("cache-control"), "no-store");
    }
    assert_eq!(wrong.json()["error"], "invalid_client");
}

#[test]
fn guessing_is_slowed_down_and_the_right_secret_does_not_start_it_anew() {
    let app = App::start();
    let client = app.client(id::NORTHWIND, "READ_PARTNER");
    for _ in 0..15 {
        ask(&client, &client.id, "wrong").is(401);
    }
    token(&client);
    let late = (0..20).map(|_| ask(&client, &client.id, "wrong")).find(|answer| answer.status == 429);
    let late = late.expect("guessing ends").header("retry-after").parse::<u64>();
    assert!(late.is_ok_and(|seconds| (1..=60).contains(&seconds)));
}

#[test]
fn a_token_comes_alone_and_only_for_a_posted_form_or_json() {
    let app = App::start();
    let client = app.client(id::NORTHWIND, "READ_PARTNER");
    let told = client.token().is(200).json();
    let mut members: Vec<&String> = told.as_object().expect("an object").keys().collect();
    members.sort();
    assert_eq!(members, ["access_token", "expires_in", "scope", "token_type"]);
    for method in ["GET", "PUT", "DELETE", "PATCH"] {
        let address = format!("{TOKEN}?{GRANT}&client_id={}", client.id);
        assert_eq!(client.send(method, &address, "", b"").status, 405, "{method}");
    }
    let right = format!("{GRANT}&client_id={}&client_secret={}", client.id, client.secret);
    for kind in ["text/plain", "", "multipart/form-data; boundary=x", "application/xml"] {
        assert_eq!(client.send("POST", TOKEN, kind, right.as_bytes()).status, 415, "{kind}");
    }
    for body in [json!([]), json!("x"), json!({ "client_id": 1 }), json!({ "client_id": null }), Value::Null] {
        client.post(TOKEN, &body).is(400);
    }
    let large = format!("{right}&x={}", "x".repeat(300_000));
    assert_eq!(client.send("POST", TOKEN, "application/x-www-form-urlencoded", large.as_bytes()).status, 413);
}

#[test]
fn two_clients_in_one_request_are_none() {
    let app = App::start();
    let (one, other) = (app.client(id::NORTHWIND, "READ_PARTNER"), app.client(id::CONTOSO, "READ_PARTNER"));
    let basic = STANDARD.encode(format!("{}:{}", one.id, one.secret));
    let by_header = one.clone().header("Authorization", &format!("Basic {basic}"));
    let named_again = by_header.form(TOKEN, &format!("{GRANT}&client_id={}", one.id));
    assert_eq!(named_again.is(200).json()["scope"], "READ_PARTNER");
    let mixed = by_header.form(TOKEN, &format!("{GRANT}&client_id={}", other.id));
    assert_eq!(mixed.is(400).json()["error"], "invalid_request");
    let twice = by_header.header("Authorization", &format!("Basic {basic}")).form(TOKEN, GRANT);
    assert_eq!(twice.is(400).json()["error"], "invalid_request");
}

#[test]
fn a_challenge_says_what_is_missing_and_no_more() {
    let app = App::start();
    let client = app.client(id::NORTHWIND, "READ_USER");
    let (none, good) = (client.clone().stranger(), token(&client));
    let challenge = |answer: &Answer| answer.header("www-authenticate").to_owned();
    assert_eq!(challenge(none.get("/api/v1/users").is(401)), "Bearer");
    for wrong in [&good[1..], &format!("{good}x"), &good.to_uppercase(), &client.secret, "e30.e30.", "null"] {
        let answer = bearer(&client, wrong).get("/api/v1/users");
        assert_eq!(challenge(answer.is(401)), "Bearer error=\"invalid_token\"", "{wrong}");
    }
    let closed = bearer(&client, &good).get("/api/v1/organisations");
    assert_eq!(challenge(closed.is(403)), "Bearer error=\"insufficient_scope\"");
    bearer(&client, &good).get("/api/v1/users").is(200);
}

#[test]
fn a_token_outlives_neither_its_client_nor_its_permissions() {
    let app = App::start();
    let client = app.client(id::NORTHWIND, "READ_USER,READ_PARTNER");
    let good = token(&client);
    app.sql(&format!("UPDATE api_clients SET permissions = ARRAY['READ_PARTNER'] WHERE id = '{}'", client.id));
    bearer(&client, &good).get("/api/v1/users").is(403);
    bearer(&client, &good).get("/api/v1/organisations").is(200);
    app.sql(&format!("UPDATE api_clients SET revoked_at = now() WHERE id = '{}'", client.id));
    bearer(&client, &good).get("/api/v1/organisations").is(401);
}

#[test]
fn ending_and_looking_at_tokens_takes_a_client_and_tells_nothing_of_what_is_not_its_own() {
    let app = App::start();
    let client = app.client(id::NORTHWIND, "READ_PARTNER");
    let with = |what: &str, token: &str| {
        client.form(what, &format!("client_id={}&client_secret={}&token={token}", client.id, client.secret))
    };
    for nothing in ["nothing", "%00", &"x".repeat(5_000), &client.secret] {
        let told = with("/oauth2/introspect", nothing);
        assert_eq!(told.is(200).json(), json!({ "active": false }), "{nothing}");
        with("/oauth2/revoke", nothing).is(200);
    }
    for what in ["/oauth2/introspect", "/oauth2/revoke"] {
        let missing = client.form(what, &format!("client_id={}&client_secret={}", client.id, client.secret));
        assert_eq!(missing.is(400).json()["error"], "invalid_request");
        // Sent without a value is not sent (RFC 6749, 3.2).
        assert_eq!(with(what, "").is(400).json()["error"], "invalid_request");
        client.get(what).is(405);
    }
}
