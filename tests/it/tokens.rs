//! The token endpoint by the book, and what may and may not open the API.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::json;

use super::support::api::Machine;
use super::support::{Answer, App, Who, id};

const TOKEN: &str = "/oauth2/token";
const GRANT: &str = "grant_type=client_credentials";

fn basic(machine: &Machine, secret: &str) -> Machine {
    machine.clone().header("Authorization", &format!("Basic {}", STANDARD.encode(format!("{}:{secret}", machine.id))))
}

fn bearer(machine: &Machine, token: &str) -> Machine {
    machine.clone().stranger().header("Authorization", &format!("Bearer {token}"))
}

fn token_of(answer: &Answer) -> String {
    answer.is(200).json()["access_token"].as_str().expect("a token").to_owned()
}

/// A form with the client's id and secret, and more.
fn with_secret(machine: &Machine, more: &str) -> String {
    format!("client_id={}&client_secret={}&{more}", machine.id, machine.secret)
}

#[track_caller]
fn refused(answer: &Answer, status: u16, error: &str) {
    assert_eq!(answer.is(status).json()["error"], error, "{}", answer.body);
    assert!(answer.json().get("access_token").is_none());
}

#[test]
fn a_token_is_obtained_in_each_way_and_works_for_an_hour() {
    // S0-05, S0-06
    let app = App::start();
    let client = app.client(id::NORTHWIND, "READ_PARTNER,READ_USER");
    let by_header = basic(&client, &client.secret).form(TOKEN, GRANT);
    let by_body = client.token();
    let by_json = client.post(TOKEN, &json!({ "client_id": client.id, "client_secret": client.secret }));
    let below_api = client.form("/api/oauth2/token", &with_secret(&client, GRANT));
    for answer in [&by_header, &by_body, &by_json, &below_api] {
        let told = answer.is(200).json();
        assert_eq!((&told["token_type"], &told["expires_in"]), (&json!("Bearer"), &json!(3600)));
        assert_eq!(told["scope"], "READ_PARTNER READ_USER");
        assert_eq!(answer.header("cache-control"), "no-store");
        bearer(&client, &token_of(answer)).get("/api/v1/me").is(200);
    }
    let token = token_of(&by_body);
    app.minutes_pass(59);
    bearer(&client, &token).get("/api/v1/me").is(200);
    app.minutes_pass(1);
    let late = bearer(&client, &token).get("/api/v1/me");
    assert!(late.is(401).header("www-authenticate").contains("invalid_token"));
}

#[test]
fn a_wrong_secret_gives_no_token() {
    // S0-05
    let app = App::start();
    let client = app.client(id::NORTHWIND, "READ_PARTNER");
    let other = app.client(id::NORTHWIND, "READ_PARTNER");
    for secret in ["", "wrong", &other.secret, &client.secret[1..]] {
        for answer in [
            basic(&client, secret).form(TOKEN, GRANT),
            client.form(TOKEN, &format!("{GRANT}&client_id={}&client_secret={secret}", client.id)),
        ] {
            refused(&answer, 401, "invalid_client");
            assert!(answer.header("www-authenticate").starts_with("Basic"), "{:?}", answer.headers);
            assert_eq!(answer.header("cache-control"), "no-store");
        }
    }
    let odd = client.clone().header("Authorization", "Basic %%%").form(TOKEN, GRANT);
    refused(&odd, 401, "invalid_client");
    let key = app.key(id::NORTHWIND, "READ_PARTNER");
    refused(&key.token(), 401, "invalid_client");
}

#[test]
fn a_request_that_is_not_by_the_book_is_refused() {
    let app = App::start();
    let client = app.client(id::NORTHWIND, "READ_PARTNER");
    let send = |body: &str| client.form(TOKEN, &with_secret(&client, body));
    refused(&basic(&client, &client.secret).form(TOKEN, &with_secret(&client, GRANT)), 400, "invalid_request");
    refused(&send("grant_type=password"), 400, "unsupported_grant_type");
    refused(&send("scope=READ_PARTNER"), 400, "invalid_request");
    refused(&send(&format!("{GRANT}&{GRANT}")), 400, "invalid_request");
    refused(&send(&format!("{GRANT}&client_id=x")), 400, "invalid_request");
    let in_query = format!("{TOKEN}?client_secret={}", client.secret);
    refused(&client.form(&in_query, &with_secret(&client, GRANT)), 400, "invalid_request");
    let json = json!({ "client_id": client.id, "client_secret": client.secret, "grant_type": "password" });
    refused(&client.post(TOKEN, &json), 400, "unsupported_grant_type");
}

#[test]
fn a_token_can_be_narrowed_and_never_widened() {
    let app = App::start();
    let client = app.client(id::NORTHWIND, "READ_PARTNER,READ_USER");
    let ask = |scope: &str| client.form(TOKEN, &with_secret(&client, &format!("{GRANT}&scope={scope}")));
    let narrowed = ask("READ_USER");
    assert_eq!(narrowed.json()["scope"], "READ_USER");
    let me = bearer(&client, &token_of(&narrowed)).get("/api/v1/me").is(200).json();
    assert_eq!(me["permissions"], json!(["READ_USER"]));
    for scope in ["WRITE_USER", "READ_USER+WRITE_USER", "nonsense"] {
        refused(&ask(scope), 400, "invalid_scope");
    }
}

#[test]
fn a_client_ends_and_looks_at_its_own_tokens_only() {
    let app = App::start();
    let (one, other) = (app.client(id::NORTHWIND, "READ_PARTNER"), app.client(id::CONTOSO, "READ_PARTNER"));
    let token = token_of(&one.token());
    let by = |who: &Machine, what: &str| who.form(what, &with_secret(who, &format!("token={token}")));
    assert_eq!(by(&other, "/oauth2/introspect").is(200).json(), json!({ "active": false }));
    let told = by(&one, "/oauth2/introspect").is(200).json();
    assert_eq!((&told["active"], &told["client_id"]), (&json!(true), &json!(one.id)));
    assert_eq!(told["exp"].as_i64().unwrap_or(0) - told["iat"].as_i64().unwrap_or(0), 3600);
    by(&other, "/oauth2/revoke").is(200);
    bearer(&one, &token).get("/api/v1/me").is(200);
    by(&one, "/oauth2/revoke").is(200);
    by(&one, "/oauth2/revoke").is(200);
    bearer(&one, &token).get("/api/v1/me").is(401);
    assert_eq!(by(&one, "/oauth2/introspect").json(), json!({ "active": false }));
    refused(&one.form("/oauth2/revoke", &format!("token={token}")), 401, "invalid_client");
    refused(&one.form("/oauth2/introspect", &format!("token={token}")), 401, "invalid_client");
    let token = token_of(&one.token());
    let by = |who: &Machine, what: &str| who.form(what, &with_secret(who, &format!("token={token}")));
    assert_eq!(by(&one, "/oauth2/introspect").json()["active"], json!(true));
    app.clock.advance(chrono::Duration::hours(1));
    assert_eq!(by(&one, "/oauth2/introspect").json(), json!({ "active": false }), "it has run out");
}

#[test]
fn the_metadata_names_the_portal_and_what_is_there() {
    let app = App::start();
    let client = app.client(id::NORTHWIND, "READ_PARTNER");
    let told = client.get("/.well-known/oauth-authorization-server").is(200).json();
    assert_eq!(told["issuer"], app.server.origin);
    assert_eq!(told["token_endpoint"], format!("{}{TOKEN}", app.server.origin));
    assert_eq!(told["grant_types_supported"], json!(["client_credentials"]));
}

#[test]
fn one_credential_in_a_header_opens_the_api_and_nothing_else() {
    let app = App::start();
    let (client, key) = (app.client(id::NORTHWIND, "READ_PARTNER"), app.key(id::NORTHWIND, "READ_PARTNER"));
    let token = token_of(&client.token());
    key.get("/api/v1/me").is(200);
    key.clone().header("Authorization", &format!("Bearer {token}")).get("/api/v1/me").is(400);
    let stranger = client.clone().stranger();
    for address in [format!("/api/v1/me?access_token={token}"), "/api/v1/me".into()] {
        stranger.get(&address).is(401);
    }
    for header in ["Bearer", "Bearer ", "Token x", "Bearer x"] {
        stranger.clone().header("Authorization", header).get("/api/v1/me").is(401);
    }
    app.owner().get("/api/v1/me").is(401);
    bearer(&client, &token).get("/settings").is_sent_to_sign_in();
    key.get("/organisation").is_sent_to_sign_in();
    app.sign_in(Who::Manager).open("/organisation");
}

#[test]
fn a_suspended_or_deleted_organisation_has_no_machines() {
    let app = App::start();
    let (client, key) = (app.client(id::NORTHWIND, "READ_PARTNER"), app.key(id::NORTHWIND, "READ_PARTNER"));
    let token = token_of(&client.token());
    for state in ["suspended", "deleted"] {
        app.sql(&format!(
            "UPDATE organisations SET state = '{state}', deleted_at = CASE WHEN '{state}' = 'deleted' THEN now() END,
                 state_before_deletion = CASE WHEN '{state}' = 'deleted' THEN 'active' END WHERE id = '{}'",
            id::NORTHWIND
        ));
        key.get("/api/v1/me").is(401);
        bearer(&client, &token).get("/api/v1/me").is(401);
        refused(&client.token(), 401, "invalid_client");
    }
}
