//! Seed 000, `/api/partner-organisation` and its siblings, as a machine calls them.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use super::support::api::{ALL, Machine};
use super::support::{App, Who, id};

const ONE: &str = "/api/partner-organisation";
const LIST: &str = "/api/partner-organisations";

/// Seed 000's own example.
fn acme() -> Value {
    json!({
        "name": "Acme Resellers",
        "zuoraAccountId": "2c92c0f978d1e9ac0178e1a2b3c4d5e6",
        "isZuoraInvoiceOwner": true,
        "salesforceAccountId": "001Dn00000AbCdE",
        "logo": "https://example.com/logo.png",
    })
}

fn named(name: &str) -> Value {
    json!({ "name": name, "zuoraAccountId": "zu-1", "isZuoraInvoiceOwner": false })
}

fn text(value: &Value) -> String {
    value.as_str().expect("a text").to_owned()
}

fn of(organisation: &str) -> String {
    format!("{ONE}/{organisation}")
}

fn people_of(organisation: &str) -> String {
    format!("{ONE}/{organisation}/users")
}

/// The seven operations, and PATCH.
fn operations() -> Vec<(&'static str, String)> {
    let one = of(id::NORTHWIND);
    vec![
        ("GET", LIST.into()),
        ("POST", ONE.into()),
        ("POST", one.clone()),
        ("PUT", one.clone()),
        ("PATCH", one.clone()),
        ("DELETE", one),
        ("GET", people_of(id::NORTHWIND)),
        ("DELETE", format!("{}/{}", people_of(id::NORTHWIND), id::MEMBER)),
    ]
}

/// Follows `queryMore` to the end.
fn walked(machine: &Machine, path: &str, limit: usize) -> Vec<String> {
    let mut all = Vec::new();
    let mut more = String::new();
    loop {
        let page = machine.get(&format!("{path}?limit={limit}{more}")).is(200).json();
        let items = page["items"].as_array().expect("items");
        assert!(items.len() <= limit);
        all.extend(items.iter().map(|item| text(&item["id"])));
        let Some(token) = page.get("queryMore") else { return all };
        assert_eq!(items.len(), limit, "only the last page is short");
        more = format!("&queryMore={}", text(token));
    }
}

// S0-01, S0-02, S0-03, S0-04
#[test]
fn nobody_calls_without_a_good_credential() {
    let app = App::start();
    let machine = app.client(id::ACME_HOST, ALL);
    let token = text(&machine.token().json()["access_token"]);
    let bearer = |value: &str| machine.clone().header("Authorization", value);
    let late = bearer(&format!("Bearer {token}"));
    late.get(LIST).is(200);
    app.minutes_pass(61);
    let tampered = format!("Bearer {}x", &token[..token.len() - 1]);
    let strangers = [
        machine.clone(),
        bearer("Token x"),
        bearer(""),
        bearer("Bearer"),
        bearer("Bearer unknown"),
        bearer(&tampered),
        late,
    ];
    for (at, stranger) in strangers.iter().enumerate() {
        // Too many failures of one address are refused for a minute.
        app.minutes_pass(2);
        for (method, path) in operations() {
            let answer = stranger.send(method, &path, "application/json", acme().to_string().as_bytes());
            let said = text(&answer.is(401).json()["message"]);
            assert!(said.starts_with("Unauthorized — the request lacks valid authentication"), "{at} {method}: {said}");
        }
    }
    assert_eq!(app.count("organisations WHERE name = 'Acme Resellers' OR state = 'deleted'"), 0);
}

// S0-05, S0-06
#[test]
fn a_token_opens_what_a_key_opens() {
    let app = App::start();
    let client = app.client(id::ACME_HOST, ALL);
    let answer = client.token().is(200).json();
    assert_eq!((&answer["token_type"], &answer["expires_in"]), (&json!("Bearer"), &json!(3600)));
    for machine in [client.with_token(), app.key(id::ACME_HOST, ALL)] {
        machine.get(LIST).is(200);
    }
    let mut wrong = app.client(id::ACME_HOST, ALL);
    wrong.secret = "wrong".into();
    assert!(wrong.token().is(401).json().get("access_token").is_none());
}

#[test]
fn a_partners_credential_and_one_without_the_permission_are_forbidden() {
    let app = App::start();
    for machine in [app.key(id::NORTHWIND, ALL), app.key(id::ACME_HOST, "READ_INVITATION")] {
        for (method, path) in operations() {
            let answer = machine.send(method, &path, "application/json", b"{}");
            assert!(answer.is(403).json()["message"].is_string(), "{method} {path}");
        }
    }
    let reader = app.key(id::ACME_HOST, "READ_PARTNER");
    for (method, path) in operations() {
        let expected = if method == "GET" { 200 } else { 403 };
        reader.send(method, &path, if method == "GET" { "" } else { "application/json" }, b"").is(expected);
    }
}

// S0-07, S0-11, S0-12, S0-13
#[test]
fn what_is_created_is_answered_and_listed() {
    let app = App::start();
    let machine = app.client(id::ACME_HOST, ALL).with_token();
    let first = machine.post(ONE, &acme()).is(200).json();
    let mut data = acme();
    data.as_object_mut().expect("an object").remove("name");
    assert_eq!(first["data"], data);
    assert_eq!((&first["name"], &first["service"]), (&json!("Acme Resellers"), &json!("limio")));
    assert_eq!(first["record_type"], "partner_org");
    assert!(first["created"].is_string() && first["created"] == first["modified"]);
    let second = machine.post(ONE, &named("Zenith")).is(200).json();
    assert_ne!(first["id"], second["id"]);
    let listed = machine.get(LIST).is(200).json();
    assert!(listed["items"].as_array().expect("items").contains(&first), "as it was answered");
    assert!(walked(&machine, LIST, 2).contains(&text(&second["id"])));
    let parent = format!("organisations WHERE id = '{}' AND parent_id = '{}'", text(&first["id"]), id::ACME_HOST);
    assert_eq!(app.count(&parent), 1, "it lies below the tenant's own organisation");
    app.owner().open("/settings/profile/partners").shows("Acme Resellers");
    app.owner().open(&format!("/settings/profile/partners/{}/history", text(&first["id"]))).shows("A machine");
}

// S0-14, S0-15
#[test]
fn a_bad_body_is_told_and_creates_nothing() {
    let app = App::start();
    let machine = app.key(id::ACME_HOST, ALL);
    let before = app.count("organisations");
    for field in ["name", "zuoraAccountId", "isZuoraInvoiceOwner"] {
        let mut body = acme();
        body.as_object_mut().expect("an object").remove(field);
        let said = text(&machine.post(ONE, &body).is(400).json()["message"]);
        assert!(said.contains(field), "{said}");
    }
    for (field, value) in [
        ("name", json!("")),
        ("name", json!("x".repeat(101))),
        ("name", json!("a\u{0}b")),
        ("name", json!(["Acme"])),
        ("zuoraAccountId", json!("  ")),
        ("isZuoraInvoiceOwner", json!("true")),
        ("isZuoraInvoiceOwner", json!(1)),
        ("isZuoraInvoiceOwner", json!(null)),
        ("logo", json!("javascript:alert(1)")),
        ("logo", json!("logo.png")),
        ("logo", json!({})),
        ("salesforceAccountId", json!(7)),
    ] {
        let mut body = acme();
        body[field] = value.clone();
        let said = text(&machine.post(ONE, &body).is(400).json()["message"]);
        assert!(said.contains(field), "{value}: {said}");
    }
    machine.send("POST", ONE, "application/json", b"{").is(400);
    machine.send("POST", ONE, "text/plain", b"{}").is(415);
    machine.post(ONE, &named("NORTHWIND  traders")).is(409);
    assert_eq!(app.count("organisations"), before);
}

// S0-08, S0-09, S0-10
#[test]
fn organisations_come_in_pages_without_overlap_or_gap() {
    let app = App::start();
    let machine = app.key(id::ACME_HOST, ALL);
    for number in 0..21 {
        machine.post(ONE, &named(&format!("Reseller {number}"))).is(200);
    }
    assert_eq!(machine.get(LIST).json()["items"].as_array().map(Vec::len), Some(20));
    for limit in [1, 5, 23, 1000] {
        let all = walked(&machine, LIST, limit);
        assert_eq!((all.len(), all.iter().collect::<BTreeSet<_>>().len()), (23, 23), "{limit} at a time");
        assert!(!all.contains(&id::INITECH.to_owned()) && !all.contains(&id::ACME_HOST.to_owned()));
    }
    for limit in ["0", "-1", "1001", "abc", "", "1.0", "9223372036854775808", "5&limit=5"] {
        assert!(machine.get(&format!("{LIST}?limit={limit}")).is(400).json()["message"].is_string());
    }
    let token = text(&machine.get(&format!("{LIST}?limit=2")).json()["queryMore"]);
    let with = |machine: &Machine, token: &str, rest: &str| machine.get(&format!("{LIST}?queryMore={token}{rest}"));
    assert_eq!(with(&machine, &token, "").is(200).json()["items"].as_array().map(Vec::len), Some(2), "keeps its limit");
    with(&machine, &token, "&limit=3").is(400);
    with(&app.key(id::ACME_HOST, ALL), &token, "").is(400);
    machine.get(&format!("{}?queryMore={token}", people_of(id::NORTHWIND))).is(400);
    for damaged in ["", "abc", "a.b", &token[1..], &token[..token.len() - 4], &"A".repeat(5_000)] {
        with(&machine, damaged, "").is(400);
    }
    machine.get(&format!("{LIST}?page=2")).is(400);
}

// S0-14
#[test]
fn an_optional_salesforce_account_may_be_missing_null_or_blank_and_is_none_then() {
    let app = App::start();
    let machine = app.key(id::ACME_HOST, ALL);
    let mut path = String::new();
    for (at, blank) in [Value::Null, json!(""), json!(" "), json!("\u{3000}")].into_iter().enumerate() {
        let mut body = named(&format!("Reseller {at}"));
        body["salesforceAccountId"] = blank;
        let made = machine.post(ONE, &body).is(200).json();
        assert_eq!(made["data"]["salesforceAccountId"], Value::Null, "{body}");
        path = of(made["id"].as_str().expect("an id"));
    }
    for blank in [Value::Null, json!(""), json!(" ")] {
        machine.put(&path, &json!({ "salesforceAccountId": "sf-1" })).is(200);
        let answer = machine.put(&path, &json!({ "salesforceAccountId": blank })).is(200).json();
        assert_eq!(answer["data"]["salesforceAccountId"], Value::Null);
    }
    let mut body = named("Reseller without it");
    body.as_object_mut().expect("an object").remove("salesforceAccountId");
    assert_eq!(machine.post(ONE, &body).is(200).json()["data"]["salesforceAccountId"], Value::Null);
}

// S0-18, S0-19
#[test]
fn an_update_changes_what_is_sent_and_nothing_else() {
    let app = App::start();
    let machine = app.client(id::ACME_HOST, ALL).with_token();
    let made = machine.post(ONE, &acme()).json();
    let path = of(made["id"].as_str().expect("an id"));
    let mut expected = made["data"].clone();
    for (method, field, value) in [
        ("PUT", "zuoraAccountId", json!("zu-2")),
        ("PATCH", "isZuoraInvoiceOwner", json!(false)),
        ("PUT", "salesforceAccountId", json!("sf-2")),
        ("PATCH", "logo", json!("https://example.com/new.png")),
        ("PATCH", "logo", json!(null)),
    ] {
        app.minutes_pass(1);
        let body = json!({ field: value }).to_string();
        let answer = machine.send(method, &path, "application/json", body.as_bytes()).is(200).json();
        expected[field] = value;
        assert_eq!(answer["data"], expected, "{method} {field}");
        assert_eq!((&answer["id"], &answer["name"], &answer["service"]), (&made["id"], &made["name"], &json!("limio")));
        assert_ne!(answer["modified"], answer["created"]);
    }
    let answer = machine.put(&path, &named("Acme Renamed")).is(200).json();
    assert_eq!((&answer["name"], &answer["data"]["zuoraAccountId"]), (&json!("Acme Renamed"), &json!("zu-1")));
    let events = app.count("audit_events WHERE verb = 'edit'");
    machine.put(&path, &json!({})).is(200);
    assert_eq!(app.count("audit_events WHERE verb = 'edit'"), events, "nothing changed, nothing to tell");
    machine.put(&path, &json!({ "isZuoraInvoiceOwner": "no" })).is(400);
    machine.put(&path, &json!({ "name": "Northwind Traders" })).is(409);
    for nothing in [id::RANDOM, id::INITECH, id::ACME_HOST, "1", "%00"] {
        machine.put(&of(nothing), &json!({ "name": "Mine" })).is(404);
    }
    assert_eq!(app.count("organisations WHERE name = 'Mine'"), 0);
}

// S0-16, S0-17, S0-22
#[test]
fn a_user_is_created_by_their_address() {
    let app = App::start();
    let machine = app.key(id::ACME_HOST, ALL);
    let new = text(&machine.post(ONE, &named("Zenith")).json()["id"]);
    let user = machine.post(&of(&new), &json!({ "email": "Zoe@zenith.example" })).is(200).json();
    assert_eq!((&user["name"], &user["partner_org"]), (&json!("Zoe@zenith.example"), &json!(new)));
    assert_eq!((&user["service"], &user["record_type"]), (&json!("limio"), &json!("partner_user")));
    machine.post(&of(&new), &json!({ "email": "zack@zenith.example" })).is(200);
    let roles =
        format!("SELECT string_agg(role, ' ' ORDER BY lower(email)) FROM users WHERE organisation_id = '{new}'");
    assert_eq!(app.text(&roles), "member manager", "the first one, Zoe, manages");
    app.visitor().sign_in("zoe@zenith.example").is(200);
    let listed = machine.get(&people_of(&new)).is(200).json();
    assert!(listed["items"].as_array().is_some_and(|items| items.len() == 2 && items.contains(&user)));
    for bad in [
        json!({}),
        json!({ "email": "zoe" }),
        json!({ "email": 1 }),
        json!({ "email": "a@b.example\nBcc: c@d.example" }),
    ] {
        machine.post(&of(&new), &bad).is(400);
    }
    for taken in ["ZOE@zenith.example", "member@northwind.example"] {
        machine.post(&of(&new), &json!({ "email": taken })).is(409);
    }
    for nothing in [id::RANDOM, id::INITECH, id::ACME_HOST, "1"] {
        machine.post(&of(nothing), &json!({ "email": "new@zenith.example" })).is(404);
        machine.get(&people_of(nothing)).is(404);
    }
    assert_eq!(app.count("users WHERE email_key = 'new@zenith.example'"), 0);
}

#[test]
fn a_manager_who_was_removed_manages_nothing_any_more() {
    let app = App::start();
    let machine = app.key(id::ACME_HOST, ALL);
    machine.delete(&format!("{}/{}", people_of(id::NORTHWIND), id::MANAGER)).is(200);
    machine.post(&of(id::NORTHWIND), &json!({ "email": "next@northwind.example" })).is(200);
    let role = "SELECT role FROM users WHERE email_key = 'next@northwind.example'";
    assert_eq!(app.text(role), "manager", "the organisation has nobody else who could manage it");
}

// S0-23
#[test]
fn users_come_in_pages() {
    let app = App::start();
    let machine = app.key(id::ACME_HOST, ALL);
    for number in 0..5 {
        machine.post(&of(id::NORTHWIND), &json!({ "email": format!("p{number}@northwind.example") })).is(200);
    }
    let all = walked(&machine, &people_of(id::NORTHWIND), 3);
    assert_eq!((all.len(), all.iter().collect::<BTreeSet<_>>().len()), (7, 7));
}

// S0-24, S0-25
#[test]
fn a_deleted_user_is_gone_and_cannot_sign_in() {
    let app = App::start();
    let machine = app.client(id::ACME_HOST, ALL).with_token();
    let at = |organisation: &str, user: &str| format!("{}/{user}", people_of(organisation));
    let mut member = app.sign_in(Who::Member);
    for (organisation, user) in [
        (id::CONTOSO, id::MEMBER),
        (id::INITECH, id::INITECH_MANAGER),
        (id::NORTHWIND, id::RANDOM),
        (id::NORTHWIND, "1"),
    ] {
        machine.delete(&at(organisation, user)).is(404);
    }
    assert_eq!(app.count("users WHERE removed_at IS NOT NULL"), 0);
    assert_eq!(machine.delete(&at(id::NORTHWIND, id::MEMBER)).is(200).json(), json!({ "success": true }));
    machine.delete(&at(id::NORTHWIND, id::MEMBER)).is(404);
    machine.get(&people_of(id::NORTHWIND)).is(200).hides("member@northwind.example");
    member.get("/organisation").is_sent_to_sign_in();
    assert_ne!(app.visitor().sign_in(Who::Member.email()).status, 200);
}

// S0-20, S0-21
#[test]
fn a_deleted_organisation_is_gone_with_its_people() {
    let app = App::start();
    let machine = app.key(id::ACME_HOST, ALL);
    let mut manager = app.sign_in(Who::Manager);
    assert_eq!(machine.delete(&of(id::NORTHWIND)).is(200).json(), json!({ "success": true }));
    machine.delete(&of(id::NORTHWIND)).is(404);
    machine.put(&of(id::NORTHWIND), &json!({ "name": "Back" })).is(404);
    machine.post(&of(id::NORTHWIND), &json!({ "email": "late@northwind.example" })).is(404);
    machine.get(&people_of(id::NORTHWIND)).is(404);
    assert!(!walked(&machine, LIST, 5).contains(&id::NORTHWIND.to_owned()));
    manager.get("/organisation").is_sent_to_sign_in();
    for foreign in [id::INITECH, id::ACME_HOST, id::RANDOM, "x"] {
        machine.delete(&of(foreign)).is(404);
    }
    assert_eq!(app.count("organisations WHERE state = 'deleted'"), 1, "in the bin, from where staff can restore it");
}
