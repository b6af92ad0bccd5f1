//! `Idempotency-Key`: a call that is sent again is done once, gets the first answer to the byte, and stays its sender's.

use std::sync::Arc;
use std::thread;

use serde_json::{Value, json};

use super::support::api::{ALL, Machine};
use super::support::{Answer, App, id};

const PARTNERS: &str = "/api/v1/partners";

fn record(name: &str) -> Value {
    json!({ "companyName": name, "type": "customer", "email": "j@example.com", "salesAmount": 1, "frequency": "monthly",
        "paymentTerms": "30 days net" })
}

fn with(machine: &Machine, key: &str) -> Machine {
    machine.clone().header("Idempotency-Key", key)
}

#[test]
fn a_repeat_gets_the_first_answer_to_the_byte() {
    let app = App::start();
    let machine = app.key(id::NORTHWIND, ALL);
    let keyed = with(&machine, "8e03978e-40d5-43dd-bc93-6894a57f9324");
    let first = keyed.post(PARTNERS, &record("Once"));
    assert_eq!(first.is(201).header("idempotency-replayed"), "");
    app.minutes_pass(5);
    app.sql("UPDATE partner_records SET company_name = 'Changed since'");
    let again = keyed.post(PARTNERS, &record("Once"));
    assert_eq!((again.status, &again.body, again.header("etag")), (201, &first.body, first.header("etag")));
    assert_eq!(again.header("idempotency-replayed"), "true");
    let quoted = with(&machine, "\"8e03978e-40d5-43dd-bc93-6894a57f9324\"").post(PARTNERS, &record("Once"));
    assert_eq!(quoted.body, first.body, "in quotes it is the same key");
    machine.post(PARTNERS, &record("Once")).is(201);
    machine.post(PARTNERS, &record("Once")).is(201);
    assert_eq!(app.count("partner_records"), 3, "without a key every call is one of its own");
}

#[test]
fn a_key_belongs_to_one_request_of_one_credential() {
    let app = App::start();
    let machine = app.key(id::NORTHWIND, ALL);
    let keyed = with(&machine, "k");
    let made = keyed.post(PARTNERS, &record("Once")).is(201).json();
    let path = format!("{PARTNERS}/{}", made["id"].as_str().expect("an id"));
    let refused = |answer: Answer| {
        let error = answer.is(422).json()["errors"][0].clone();
        assert_eq!((&error["path"], &error["code"]), (&json!("Idempotency-Key"), &json!("used")));
    };
    refused(keyed.post(PARTNERS, &record("Other")));
    refused(keyed.delete(&path));
    refused(keyed.send("PATCH", &path, "application/json", b"{\"salesAmount\":2}"));
    refused(keyed.post("/api/v1/users", &json!({ "email": "a@new.example" })));
    assert_eq!(
        (app.count("partner_records WHERE deleted_at IS NULL AND sales_amount = 1"), app.count("users")),
        (1, 8)
    );
    with(&app.key(id::NORTHWIND, ALL), "k").post(PARTNERS, &record("Other")).is(201);
    with(&app.key(id::CONTOSO, ALL), "k").post(PARTNERS, &record("Other")).is(201);
    let deletes = with(&machine, "d");
    let first = deletes.delete(&path);
    assert_eq!(deletes.delete(&path).is(200).body, first.body, "where it would be a 404 without the key");
}

#[test]
fn what_is_no_key_is_refused() {
    let app = App::start();
    let machine = app.key(id::NORTHWIND, ALL);
    let long = "k".repeat(300);
    for wrong in ["", "\"\"", "\"a", "a b", "a,b", "\u{e9}", &long, &"k".repeat(256)] {
        let error = with(&machine, wrong).post(PARTNERS, &record("X")).is(400).json()["errors"][0].clone();
        assert_eq!((&error["in"], &error["path"]), (&json!("header"), &json!("Idempotency-Key")), "{wrong}");
    }
    with(&with(&machine, "a"), "b").post(PARTNERS, &record("X")).is(400);
    assert_eq!((app.count("partner_records"), app.count("api_repeats")), (0, 0));
    with(&machine, &"k".repeat(255)).post(PARTNERS, &record("X")).is(201);
}

#[test]
fn a_refused_call_keeps_its_key() {
    let app = App::start();
    let keyed = with(&app.key(id::ACME_HOST, ALL), "k");
    let body = json!({ "name": "Northwind Traders", "zuoraAccountId": "z", "isZuoraInvoiceOwner": true });
    keyed.post("/api/v1/organisations", &body).is(409);
    keyed.post("/api/v1/organisations", &json!({ "name": "" })).is(422);
    assert_eq!(app.count("api_repeats"), 0);
    app.sql(&format!("UPDATE organisations SET name = 'Old', name_key = 'old' WHERE id = '{}'", id::NORTHWIND));
    keyed.post("/api/v1/organisations", &body).is(201);
}

#[test]
fn a_key_is_forgotten_after_a_day() {
    let app = App::start();
    let keyed = with(&app.key(id::NORTHWIND, ALL), "k");
    let first = keyed.post(PARTNERS, &record("Once")).is(201).body.clone();
    app.minutes_pass(24 * 60 - 1);
    assert_eq!(keyed.post(PARTNERS, &record("Once")).body, first);
    app.minutes_pass(2);
    assert_ne!(keyed.post(PARTNERS, &record("Once")).is(201).body, first);
    assert_eq!((app.count("partner_records"), app.count("api_repeats")), (2, 1));
    app.minutes_pass(24 * 60 + 1);
    with(&app.key(id::CONTOSO, ALL), "other").post(PARTNERS, &record("Once")).is(201);
    assert_eq!(app.count("api_repeats"), 1, "what is old is forgotten by whoever comes next");
}

#[test]
fn sixteen_at_once_make_one_object() {
    let app = App::start();
    let machine = Arc::new(with(&app.key(id::NORTHWIND, ALL), "k"));
    let threads = (0..16).map(|_| {
        let machine = Arc::clone(&machine);
        thread::spawn(move || machine.post(PARTNERS, &record("Once")))
    });
    let answers: Vec<Answer> =
        threads.collect::<Vec<_>>().into_iter().map(|one| one.join().expect("an answer")).collect();
    let made: Vec<&Answer> = answers.iter().filter(|answer| answer.status == 201).collect();
    assert!(!made.is_empty());
    for answer in &answers {
        match answer.status {
            201 => assert_eq!(answer.body, made[0].body),
            409 => assert_eq!(answer.header("retry-after"), "1", "{}", answer.body),
            other => panic!("{other}: {}", answer.body),
        }
    }
    assert_eq!(app.count("partner_records"), 1);
    assert_eq!(machine.post(PARTNERS, &record("Once")).is(201).body, made[0].body);
}

#[test]
fn a_call_under_way_is_told_so() {
    let app = App::start();
    let keyed = with(&app.key(id::NORTHWIND, ALL), "k");
    let client = &keyed.id;
    let held = format!("SELECT pg_advisory_lock(hashtextextended('{client} k', 20261122))::text");
    let mut other = app.database.connect();
    diesel::connection::SimpleConnection::batch_execute(&mut other, &held).expect("the lock is free");
    let waits = keyed.post(PARTNERS, &record("Once"));
    assert_eq!(waits.is(409).header("retry-after"), "1");
    assert_eq!(waits.json()["errors"][0]["code"], "in_flight");
    drop(other);
}

#[test]
fn a_secret_is_not_told_twice_nor_kept() {
    let app = App::start();
    let machine = app.key(id::NORTHWIND, ALL);
    let body = json!({ "name": "Billing", "kind": "key", "permissions": ["READ_USER"] });
    let keyed = with(&machine, "k");
    let first = keyed.post("/api/v1/api-clients", &body).is(201).json();
    let secret = first["secret"].as_str().expect("a secret");
    let again = keyed.post("/api/v1/api-clients", &body);
    again.is(201).hides(secret).shows("cannot be shown again");
    assert_eq!((&again.json()["id"], &again.json()["secret"]), (&first["id"], &Value::Null));
    let rotated = with(&machine, "r");
    let path = format!("/api/v1/api-clients/{}/rotate", first["id"].as_str().expect("an id"));
    let fresh = rotated.send("POST", &path, "", b"").is(200).json();
    let fresh = fresh["secret"].as_str().expect("a secret");
    rotated.send("POST", &path, "", b"").is(200).hides(fresh);
    assert_eq!(app.count(&format!("api_secrets WHERE client_id = '{}'", first["id"].as_str().expect("an id"))), 2);
    for secret in [secret, fresh] {
        assert_eq!(app.count(&format!("api_repeats WHERE body LIKE '%{secret}%'")), 0, "only its hash is kept");
    }
}
