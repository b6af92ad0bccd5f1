//! Seed 002: `POST /api/partners`, and the list that its public documentation describes.

use serde_json::{Value, json};

use super::support::api::{ALL, Machine};
use super::support::fixture::connection;
use super::support::{App, id};

const REQUESTER: &str = "Requester-Organization-ID";
const TARGET: &str = "Target-Organization-ID";

fn body() -> Value {
    json!({ "company_name": "Ottawa Parts", "sales_amount": 1_073_741_823, "partner_type": "customer",
            "email": "jsmith@example.com", "frequency": "monthly", "payment_terms": "30 days net" })
}

/// A client of Northwind with a token, calling for itself.
fn northwind(app: &App) -> Machine {
    between(&app.client(id::NORTHWIND, ALL).with_token(), id::NORTHWIND, id::NORTHWIND)
}

fn between(machine: &Machine, requester: &str, target: &str) -> Machine {
    machine.clone().header(REQUESTER, requester).header(TARGET, target)
}

#[test]
fn a_partner_is_created_and_echoed() {
    // S2-01, S2-02, S2-07
    let app = App::start();
    let answer = northwind(&app).post("/api/partners", &body());
    answer.is(201);
    let made = answer.json();
    for (field, value) in body().as_object().expect("an object") {
        assert_eq!(&made[field], value, "{field}");
    }
    assert_eq!(made["id"].as_str().map(str::len), Some(36));
    assert_eq!((&made["invitation_status"], &made["guest_organization_id"]), (&Value::Null, &Value::Null));
    assert!(made["created_at"].as_str().is_some_and(|at| at.ends_with('Z') && at.contains('T')), "{made}");
    assert_eq!(made.as_object().map(serde_json::Map::len), Some(11));
    assert_eq!(app.count(&format!("partner_records WHERE organisation_id = '{}'", id::NORTHWIND)), 1);
}

#[test]
fn without_a_good_bearer_nothing_is_done() {
    // S2-03
    let app = App::start();
    let stranger = between(&app.key(id::NORTHWIND, ALL).stranger(), id::NORTHWIND, id::NORTHWIND);
    for bearer in ["", "Token x", "Bearer", "Bearer x", "Bearer ght_aaaa"] {
        let answer = stranger.clone().header("Authorization", bearer).post("/api/partners", &body());
        assert_eq!(answer.status, 401, "{bearer}");
        assert!(answer.json()["detail"].is_array());
    }
    let machine = northwind(&app);
    app.minutes_pass(61);
    machine.post("/api/partners", &body()).is(401);
    assert_eq!(app.count("partner_records"), 0);
}

#[test]
fn both_organisation_headers_are_needed_and_are_uuids() {
    // S2-04, S2-05, S2-06
    let app = App::start();
    let machine = app.key(id::NORTHWIND, ALL);
    for (requester, target) in [("", id::NORTHWIND), (id::NORTHWIND, ""), ("x", id::NORTHWIND), (id::NORTHWIND, "{x}")]
    {
        let answer = between(&machine, requester, target).post("/api/partners", &body());
        answer.is(422);
        assert_eq!(answer.json()["detail"][0]["loc"][0], "header");
    }
    machine.post("/api/partners", &body()).is(422);
    between(&machine, id::CONTOSO, id::CONTOSO).post("/api/partners", &body()).is(403);
    assert_eq!(app.count("partner_records"), 0);
}

#[test]
fn another_organisation_is_reached_by_a_connection_and_its_grant_only() {
    // S2-08, S2-09, S2-10
    let app = App::start();
    let machine = between(&app.key(id::NORTHWIND, ALL), id::NORTHWIND, id::CONTOSO);
    let refused = machine.post("/api/partners", &body());
    let unknown = between(&app.key(id::NORTHWIND, ALL), id::NORTHWIND, id::RANDOM).post("/api/partners", &body());
    assert_eq!((refused.status, &refused.body), (403, &unknown.body), "whether it exists makes no difference");
    app.sql(&connection(id::NORTHWIND, id::CONTOSO));
    machine.post("/api/partners", &body()).is(403);
    app.sql("UPDATE connections SET guest_grants = '{READ_PARTNER}'");
    machine.post("/api/partners", &body()).is(403);
    app.sql("UPDATE connections SET guest_grants = '{WRITE_PARTNER}'");
    machine.post("/api/partners", &body()).is(201);
    assert_eq!(app.count(&format!("partner_records WHERE organisation_id = '{}'", id::CONTOSO)), 1);
    app.sql("UPDATE connections SET ended_at = now()");
    machine.post("/api/partners", &body()).is(403);
    assert_eq!(app.count("partner_records"), 1);
}

#[test]
fn every_field_has_its_limits_in_characters() {
    // S2-11 … S2-17
    let app = App::start();
    let machine = between(&app.key(id::NORTHWIND, ALL), id::NORTHWIND, id::NORTHWIND);
    let with = |field: &str, value: Value| {
        let mut body = body();
        body[field] = value;
        machine.post("/api/partners", &body)
    };
    for (field, most) in [("company_name", 100), ("frequency", 30), ("payment_terms", 50)] {
        with(field, json!("é")).is(201);
        with(field, json!("é".repeat(most))).is(201);
        for wrong in [json!(""), json!("é".repeat(most + 1)), json!(1), json!(null), json!(["x"]), json!("a\u{0}b")] {
            let answer = with(field, wrong);
            answer.is(422);
            assert_eq!(answer.json()["detail"][0]["loc"], json!(["body", field]));
        }
    }
    // JSON knows no integers: 1e3 is the whole number 1000.
    for fine in [json!(0), json!(i32::MAX), json!(1e3)] {
        with("sales_amount", fine).is(201);
    }
    for wrong in [json!(-1), json!(2_147_483_648_i64), json!(1.5), json!("1"), json!(null)] {
        with("sales_amount", wrong).is(422);
    }
}

#[test]
fn choices_and_addresses_are_exact_and_every_missing_field_is_named() {
    // S2-13, S2-14, S2-17
    let app = App::start();
    let machine = between(&app.key(id::NORTHWIND, ALL), id::NORTHWIND, id::NORTHWIND);
    let with = |field: &str, value: Value| {
        let mut body = body();
        body[field] = value;
        machine.post("/api/partners", &body)
    };
    with("partner_type", json!("supplier")).is(201);
    for (field, wrong) in [
        ("partner_type", "vendor"),
        ("partner_type", "Customer"),
        ("email", "nobody"),
        ("email", "a@b.example,c@d.example"),
    ] {
        with(field, json!(wrong)).is(422);
    }
    with("email", json!(format!("{}@{}.example", "a".repeat(60), "b".repeat(40)))).is(422);
    let empty = machine.post("/api/partners", &json!({}));
    assert_eq!((empty.status, empty.json()["detail"].as_array().map(Vec::len)), (422, Some(6)), "every field is named");
    for (kind, text) in
        [("text/plain", "{}"), ("application/json", "{"), ("application/json", "[]"), ("application/json", "")]
    {
        let answer = machine.send("POST", "/api/partners", kind, text.as_bytes());
        assert!((400..500).contains(&answer.status), "{kind} {text}: {}", answer.status);
    }
}

#[test]
fn invitation_status_follows_the_invitation() {
    // S2-18, S2-19
    let app = App::start();
    let machine = northwind(&app);
    let made = machine.post("/api/partners", &body()).json()["id"].as_str().expect("an id").to_owned();
    let seen = || machine.get("/api/partners?partner_types[]=customer&limit=10").json()["items"][0].clone();
    assert_eq!(seen()["invitation_status"], Value::Null);
    let mut mona = app.sign_in(super::support::Who::Manager);
    let form = format!("/organisation/invitations/new?kind=partner&record={made}");
    mona.submit(&form, super::support::invited::SEND, &[]).goes_to("/organisation/invitations");
    assert_eq!(seen()["invitation_status"], "invited");
    let link = app.link("jsmith@example.com");
    app.visitor().accept(&link, "jsmith@example.com", &[("name", "J. Smith")]).goes_to("/organisation");
    let accepted = seen();
    assert_eq!(accepted["invitation_status"], "accepted");
    let guest = app.text("SELECT id::text FROM organisations WHERE name = 'Ottawa Parts'");
    assert_eq!(accepted["guest_organization_id"], guest.as_str());
}

#[test]
fn the_list_filters_sorts_and_pages() {
    let app = App::start();
    let machine = northwind(&app);
    for (name, kind) in [("Beta", "customer"), ("alpha", "customer"), ("Gamma", "supplier")] {
        let mut body = body();
        (body["company_name"], body["partner_type"]) = (json!(name), json!(kind));
        machine.post("/api/partners", &body).is(201);
    }
    let names = |query: &str| -> Vec<String> {
        let answer = machine.get(&format!("/api/partners?{query}"));
        let items = answer.is(200).json()["items"].clone();
        items
            .as_array()
            .expect("items")
            .iter()
            .map(|item| item["company_name"].as_str().expect("text").into())
            .collect()
    };
    assert_eq!(names("partner_types[]=customer&limit=10"), ["alpha", "Beta"]);
    assert_eq!(
        names("partner_types=customer&partner_types=supplier&limit=2&offset=1&order_dir=desc"),
        ["Beta", "alpha"]
    );
    assert_eq!(names("partner_types[]=supplier&limit=10&search_text=AMM"), ["Gamma"]);
    for wrong in [
        "limit=10",
        "partner_types=customer",
        "partner_types=x&limit=1",
        "partner_types=customer&limit=0",
        "partner_types=customer&limit=1&order_by=id;--",
    ] {
        machine.get(&format!("/api/partners?{wrong}")).is(422);
    }
}

#[test]
fn a_credential_without_the_permission_is_refused() {
    let app = App::start();
    let machine = between(&app.key(id::NORTHWIND, "READ_PARTNER"), id::NORTHWIND, id::NORTHWIND);
    machine.post("/api/partners", &body()).is(403);
    machine.get("/api/partners?partner_types=customer&limit=1").is(200);
}

#[test]
fn a_list_takes_only_what_it_understands() {
    let app = App::start();
    let own = northwind(&app);
    let list = |more: &str| own.get(&format!("/api/partners?partner_types[]=customer&{more}"));
    list("limit=20").is(200);
    let unknown = format!("limit=20&partner_ids[]={}", id::RANDOM.to_uppercase());
    assert_eq!(list(&unknown).is(200).json()["total_items"], 0);
    for wrong in
        ["limit=+5", "limit=20&partner_ids[]=1", "limit=20&partner_ids[]=", "limit=20&invitation_statuses[]=sent"]
    {
        list(wrong).is(422);
    }
    // S2-17: told as every other fault of a parameter, by its name.
    for (wrong, name) in [("limit=20&zq7=1", "zq7"), ("limit=20&zq7;a=1;b=2", "zq7;a"), ("limit=20&limit=20", "limit")]
    {
        assert_eq!(list(wrong).is(422).json()["detail"][0]["loc"], json!(["query", name]), "{wrong}");
    }
    list("limit=20&zq7=%zz").is(400);
}
