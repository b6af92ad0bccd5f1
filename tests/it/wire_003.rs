//! Seed 003, `/api/network/partners`, as a machine calls it.

use serde_json::{Value, json};

use super::support::api::{ALL, Machine};
use super::support::{App, Who, id};

const PATH: &str = "/api/network/partners";
const TENANT: &str = "X-Servitly-Tenant";

fn rossi() -> Value {
    json!({
        "name": "Rossi Servizi",
        "code": "ROSSI-1",
        "country": "IT",
        "timezone": "Europe/Rome",
        "customerCount": 12,
        "properties": { "tier": "gold", "note": " two\nlines ", "empty": "" },
        "organization": { "id": id::NORTHWIND },
        "creationTimestamp": 1_578_438_000_000_i64,
    })
}

fn with(field: &str, value: Value) -> Value {
    let mut body = rossi();
    body[field] = value;
    body
}

fn acme(app: &App) -> Machine {
    app.key(id::ACME_HOST, ALL).header(TENANT, "acme")
}

fn at(id: &str) -> String {
    format!("{PATH}/{id}")
}

// S3-01, S3-02, S3-14
#[test]
fn a_partner_is_created_and_echoed() {
    let app = App::start();
    let machine = app.client(id::ACME_HOST, "READ_PARTNER,WRITE_PARTNER").with_token().header(TENANT, "acme");
    let made = machine.post(PATH, &rossi()).is(201).json();
    for field in ["name", "code", "country", "timezone", "customerCount", "properties", "organization"] {
        assert_eq!(made[field], rossi()[field], "{field}");
    }
    assert_eq!(made["creationTimestamp"], json!(app.now().timestamp_millis()), "the server's, in milliseconds");
    let id = made["id"].as_str().expect("an id");
    assert_eq!(machine.get(&at(id)).is(200).json(), made);
    app.owner().open("/settings/profile/partners").shows("Rossi Servizi");
    app.owner().open(&format!("/settings/profile/partners/{id}/history")).shows("Rossi Servizi");
}

#[test]
fn only_a_name_is_needed() {
    let app = App::start();
    app.sql("UPDATE organisations SET time_zone = 'Europe/Berlin' WHERE kind = 'host'");
    let nulls =
        json!({ "name": "Bare", "code": null, "customerCount": null, "properties": null, "organization": null });
    let made = acme(&app).post(PATH, &nulls).is(201).json();
    assert_eq!((&made["timezone"], &made["customerCount"]), (&json!("Europe/Berlin"), &json!(0)));
    assert_eq!((&made["code"], &made["properties"]), (&Value::Null, &json!({})));
    assert_eq!(made["organization"]["id"], id::ACME_HOST);
    acme(&app).post(PATH, &json!({ "code": "X" })).is(400);
}

// S3-03, S3-04, S3-13
#[test]
fn both_permissions_are_needed_and_a_credential() {
    let app = App::start();
    let calls = |machine: &Machine, status: u16, said: &str| {
        let body = rossi().to_string();
        for (method, path) in [("POST", PATH), ("GET", PATH), ("GET", &at(id::NORTHWIND)), ("PUT", &at(id::NORTHWIND))]
        {
            let kind = if method == "GET" { "" } else { "application/json" };
            let answer = machine.send(method, path, kind, if kind.is_empty() { b"" } else { body.as_bytes() });
            assert_eq!(answer.is(status).json(), json!({ "message": said }), "{method} {path}");
        }
    };
    for permissions in ["READ_PARTNER", "WRITE_PARTNER", "READ_USER"] {
        calls(&app.key(id::ACME_HOST, permissions).header(TENANT, "acme"), 403, "User not authorized");
    }
    calls(&app.key(id::NORTHWIND, ALL).header(TENANT, "acme"), 403, "User not authorized");
    calls(&acme(&app).stranger().header(TENANT, "acme"), 401, "User not authenticated");
    let unknown = acme(&app).stranger().header(TENANT, "acme").header("Authorization", "Bearer nonsense");
    calls(&unknown, 401, "User not authenticated");
    assert_eq!(app.count("organisations WHERE name = 'Rossi Servizi'"), 0);
}

// S3-05, S3-06
#[test]
fn the_header_names_the_callers_own_tenant() {
    let app = App::start();
    let bare = app.key(id::ACME_HOST, ALL);
    bare.post(PATH, &rossi()).is(400);
    bare.clone().header(TENANT, "").post(PATH, &rossi()).is(400);
    bare.clone().header(TENANT, "acme").header(TENANT, "acme").post(PATH, &rossi()).is(400);
    let unknown = bare.clone().header(TENANT, "nobody").post(PATH, &rossi());
    assert_eq!(unknown.is(404).json()["message"], "Resource not found");
    bare.header(TENANT, "globex").post(PATH, &rossi()).is(403);
    assert_eq!(app.count("organisations WHERE name = 'Rossi Servizi'"), 0);
    let made = acme(&app).post(PATH, &rossi()).is(201).json();
    let globex = app.key(id::GLOBEX_HOST, ALL).header(TENANT, "globex");
    globex.get(PATH).is(200).hides("Rossi");
    globex.get(&at(made["id"].as_str().expect("an id"))).is(404);
    app.sign_in(Who::OtherTenant).open("/settings/profile/partners").hides("Rossi");
}

// S3-07, S3-08, S3-10
#[test]
fn a_bad_field_is_told_and_stores_nothing() {
    let app = App::start();
    let machine = acme(&app);
    let many: serde_json::Map<String, Value> = (0..51).map(|number| (format!("k{number}"), json!("v"))).collect();
    for (field, value) in [
        ("name", json!("")),
        ("name", json!(5)),
        ("code", json!("two words")),
        ("code", json!("x".repeat(33))),
        ("country", json!("UK")),
        ("country", json!("Italy")),
        ("timezone", json!("Mars/Olympus")),
        ("timezone", json!("europe/rome")),
        ("timezone", json!("../etc/passwd")),
        ("customerCount", json!(-1)),
        ("customerCount", json!(2_147_483_648_i64)),
        ("customerCount", json!("5")),
        ("customerCount", json!(1.5)),
        ("properties", json!({ "a": 1 })),
        ("properties", json!({ "a": null })),
        ("properties", json!({ "a": { "b": "c" } })),
        ("properties", json!(["a"])),
        ("properties", json!({ "": "x" })),
        ("properties", json!({ "a": "\u{0}" })),
        ("properties", json!({ "a": "x".repeat(1_001) })),
        ("properties", Value::Object(many)),
        ("organization", json!("x")),
        ("organization", json!({ "id": 5 })),
    ] {
        let said = machine.post(PATH, &with(field, value.clone())).is(400).json()["message"].clone();
        let said = said.as_str().expect("a message");
        assert!(said.starts_with("Bad request") && said.contains(field), "{value}: {said}");
    }
    machine.send("POST", PATH, "application/json", br#"{"name":"A","properties":{"a":"1","a":"2"}}"#).is(400);
    assert_eq!(app.count("organisations WHERE name = 'Rossi Servizi'"), 0);
    let most = machine.post(PATH, &with("customerCount", json!(i32::MAX))).is(201).json();
    assert_eq!(most["customerCount"], json!(i32::MAX));
}

// S3-09
#[test]
fn an_unknown_parent_is_not_found() {
    let app = App::start();
    let machine = acme(&app);
    app.sql(&format!("UPDATE organisations SET state = 'deleted', deleted_at = now() WHERE id = '{}'", id::CONTOSO));
    for nothing in [id::RANDOM, id::INITECH, id::GLOBEX_HOST, id::CONTOSO, "x"] {
        let answer = machine.post(PATH, &with("organization", json!({ "id": nothing })));
        assert_eq!(answer.is(404).json()["message"], "Resource not found", "{nothing}");
    }
    assert_eq!(app.count("organisations WHERE name = 'Rossi Servizi'"), 0);
}

#[test]
fn a_name_or_a_code_is_taken_once() {
    let app = App::start();
    let machine = acme(&app);
    machine.post(PATH, &rossi()).is(201);
    machine.post(PATH, &with("code", json!("OTHER"))).is(409);
    machine.post(PATH, &json!({ "name": "Rossi Due", "code": "rossi-1" })).is(409);
    machine.put(&at(id::NORTHWIND), &json!({ "code": "Rossi-1" })).is(409);
    assert_eq!(app.count("organisations WHERE name LIKE 'Rossi%'"), 1);
}

#[test]
fn an_update_changes_what_is_sent() {
    let app = App::start();
    let machine = acme(&app);
    let made = machine.post(PATH, &rossi()).json();
    let path = at(made["id"].as_str().expect("an id"));
    let mut expected = made.clone();
    for (field, value) in [
        ("name", json!("Rossi e Figli")),
        ("timezone", json!("Asia/Tokyo")),
        ("customerCount", json!(0)),
        ("properties", json!({ "tier": "silver" })),
    ] {
        expected[field] = value.clone();
        assert_eq!(machine.put(&path, &json!({ field: value })).is(200).json(), expected, "{field}");
    }
    assert_eq!(machine.put(&path, &expected).is(200).json(), expected, "as it was read");
    machine.put(&path, &json!({ "organization": { "id": id::CONTOSO } })).is(400);
    machine.put(&path, &json!({ "country": "XX" })).is(400);
    assert_eq!(machine.get(&path).json(), expected);
    for nothing in [id::RANDOM, id::INITECH, id::ACME_HOST, "1"] {
        machine.put(&at(nothing), &json!({ "name": "Mine" })).is(404);
        machine.get(&at(nothing)).is(404);
    }
    let kept = format!("organisations WHERE id = '{}' AND zuora_account_id = 'zu-northwind'", id::NORTHWIND);
    machine.put(&at(id::NORTHWIND), &json!({ "customerCount": 3 })).is(200);
    assert_eq!(app.count(&kept), 1, "what this format does not know stays");
}

#[test]
fn partners_are_listed_in_numbered_pages() {
    let app = App::start();
    let machine = acme(&app);
    machine.post(PATH, &rossi()).is(201);
    let all = machine.get(PATH).is(200).json();
    assert_eq!((&all["totalElements"], &all["first"], &all["last"]), (&json!(3), &json!(true), &json!(true)));
    let second = machine.get(&format!("{PATH}?size=2&page=1")).is(200).json();
    assert_eq!((&second["totalPages"], &second["numberOfElements"]), (&json!(2), &json!(1)));
    assert_eq!(second["content"][0], all["content"][2]);
    for wrong in ["size=0", "size=1001", "page=-1", "page=x", "page=2147483647", "size=2&size=2", "limit=1"] {
        machine.get(&format!("{PATH}?{wrong}")).is(400);
    }
}

// S3-11
#[test]
fn too_many_calls_are_refused_until_the_minute_is_over() {
    let app = App::start();
    let machine = acme(&app);
    app.has_counted(1_999, &format!("tenant {}", id::ACME), app.now());
    machine.get(PATH).is(200);
    for (method, kind) in [("GET", ""), ("POST", "application/json")] {
        let refused = machine.send(method, PATH, kind, if kind.is_empty() { b"" } else { b"{}" });
        assert_eq!(refused.is(429).json(), json!({ "message": "API call rate limit exeeded" }), "{method}");
        assert_eq!(refused.header("retry-after"), "60");
    }
    let globex = app.key(id::GLOBEX_HOST, ALL).header(TENANT, "globex");
    globex.get(PATH).is(200);
    app.minutes_pass(1);
    machine.post(PATH, &rossi()).is(201);
}

// S3-12
#[test]
fn a_failure_of_ours_says_no_more_than_that() {
    let app = App::start();
    let machine = acme(&app);
    app.sql("ALTER TABLE organisations RENAME COLUMN customer_count TO secret_column");
    let body = rossi().to_string();
    for (method, path) in [("GET", PATH), ("GET", &at(id::NORTHWIND)), ("POST", PATH), ("PUT", &at(id::NORTHWIND))] {
        let host = machine.server.authority.as_str();
        let headers =
            [("Host", host), ("X-Api-Key", &machine.secret), (TENANT, "acme"), ("Content-Type", "application/json")];
        let body = if method == "GET" { "" } else { body.as_str() };
        let answer = machine.server.send(method, path, &headers, body.as_bytes());
        assert_eq!(answer.status, 500, "{method} {path}");
        assert_eq!(answer.json(), json!({ "message": "Internal Server Error" }), "{method} {path}");
        let told = format!("{:?}", answer.headers).to_lowercase();
        assert!(!["secret_column", "customer_count", "organisations", "diesel"].iter().any(|word| told.contains(word)));
    }
}

// S3-08
#[test]
fn dates_are_shown_in_the_time_zone_that_was_sent() {
    let app = App::start();
    let made = acme(&app).post(PATH, &with("timezone", json!("Asia/Tokyo"))).is(201).json();
    let partner = made["id"].as_str().expect("an id");
    app.sql(&format!("UPDATE users SET organisation_id = '{partner}' WHERE id = '{}'", id::MANAGER));
    let mut manager = app.sign_in(Who::Manager);
    let text = manager.open("/account").text();
    // Noon in UTC.
    assert!(text.contains("21:00"), "the session began at nine in the evening: {text}");
}
