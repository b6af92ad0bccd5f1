//! Seed 004: `/api/v1/partner-invitations`, its three reads, its query language and its limit.

use serde_json::{Value, json};

use super::support::api::{ALL, Machine};
use super::support::{App, Who, id};

const PATH: &str = "/api/v1/partner-invitations";
const OWN: &str = "/organisation/invitations";

/// Northwind has invited three companies; the key is Northwind's. Answers are counted, so each test has its own.
fn invited() -> (App, Machine) {
    let app = App::start();
    let mut mona = app.sign_in(Who::Manager);
    for (company, email) in [
        ("Supplier A", "contact@supplier-a.example"),
        ("Supplier B", "Contact@supplier-b.example"),
        ("100% _fun", "x@fun.example"),
    ] {
        app.invite_partner(&mut mona, OWN, (company, email));
        app.minutes_pass(1);
    }
    let key = app.key(id::NORTHWIND, ALL);
    (app, key)
}

fn names(answer: &Value) -> Vec<String> {
    let data = answer["data"].as_array().unwrap_or_else(|| panic!("no list: {answer}"));
    data.iter().map(|one| one["toAccountName"].as_str().expect("a name").to_owned()).collect()
}

fn found(key: &Machine, query: &Value) -> Vec<String> {
    let answer = key.post(&format!("{PATH}/find"), query);
    answer.is(200);
    names(&answer.json())
}

#[test]
fn an_invitation_has_exactly_the_nine_documented_members() {
    // S4-01, S4-04, S4-20, S4-21
    let (_app, key) = invited();
    let all = key.get(PATH).json();
    let first = &all["data"][0];
    let one = key.get(&format!("{PATH}/{}", first["id"].as_str().expect("a string"))).json();
    assert_eq!(&one, first);
    let members: Vec<_> = one.as_object().expect("an object").keys().cloned().collect();
    let mut expected =
        ["object", "id", "createdAt", "updatedAt", "accountId", "fromUserId", "toAccountName", "toUserEmail", "status"];
    expected.sort_unstable();
    assert_eq!(members, expected);
    assert_eq!((&one["object"], &one["status"]), (&json!("partner_invitation"), &json!("PENDING")));
    assert_eq!(one["createdAt"], "2026-11-20T12:00:00.000Z");
    assert!(["id", "accountId", "fromUserId"].iter().all(|name| one[name].is_string()));
}

#[test]
fn what_is_not_the_accounts_is_not_there() {
    // S4-02, S4-03
    let (app, key) = invited();
    let mine = key.get(PATH).json()["data"][0]["id"].as_str().expect("an id").to_owned();
    let unknown = key.get(&format!("{PATH}/999999"));
    unknown.is(404);
    for foreign in [id::CONTOSO, id::INITECH, id::ACME_HOST] {
        let other = app.key(foreign, ALL);
        let answer = other.get(&format!("{PATH}/{mine}"));
        assert_eq!((answer.status, &answer.body), (404, &unknown.body));
        assert_eq!(other.get(PATH).json()["totalElements"], 0);
    }
    for wrong in ["0", "x", "1e3", "%00", "99999999999999999999", "01"] {
        key.get(&format!("{PATH}/{wrong}")).is(404);
    }
    key.clone().stranger().get(PATH).is(401);
    key.clone().stranger().header("X-Api-Key", "ghk_wrong").get(PATH).is(401);
    app.sql("UPDATE api_clients SET revoked_at = now()");
    key.get(PATH).is(401);
}

#[test]
fn acceptance_is_seen_with_its_moment() {
    // S4-22
    let (app, key) = invited();
    let link = app.link("contact@supplier-a.example");
    app.visitor().accept(&link, "contact@supplier-a.example", &[("name", "Ann")]).goes_to("/organisation");
    let accepted =
        key.post(&format!("{PATH}/find"), &json!({ "type": "eq", "field": "status", "value": "ACCEPTED" })).json();
    assert_eq!(
        (names(&accepted), &accepted["data"][0]["updatedAt"]),
        (vec!["Supplier A".to_owned()], &json!("2026-11-20T12:03:00.000Z"))
    );
}

#[test]
fn pages_hold_every_row_once() {
    // S4-05 … S4-09, S4-19
    let (_app, key) = invited();
    let page = |query: &str| key.get(&format!("{PATH}?{query}")).is(200).json();
    let seen: Vec<String> = (0..4).flat_map(|at| names(&page(&format!("size=1&page={at}")))).collect();
    assert_eq!(seen, ["Supplier A", "Supplier B", "100% _fun"]);
    assert_eq!(page("size=1")["totalElements"], 3);
    assert_eq!((names(&page("page=9")), &page("size=1000")["totalElements"]), (Vec::new(), &json!(3)));
    assert_eq!(names(&page("sort=toAccountName&sortOrder=DESC"))[0], "Supplier B");
    for field in ["id", "createdAt", "updatedAt", "accountId", "fromUserId", "toAccountName", "toUserEmail", "status"] {
        page(&format!("sort={field}&sortOrder=ASC"));
    }
    for wrong in [
        "size=0",
        "size=-1",
        "size=abc",
        "size=1001",
        "page=-1",
        "page=x",
        "sort=secret",
        "sort=id;--",
        "sortOrder=asc",
        "x=1",
        "page=1&page=2",
        "page=200&size=1000",
    ] {
        key.get(&format!("{PATH}?{wrong}")).is(400);
    }
    let found = key.post(
        &format!("{PATH}/find?size=1&page=1&sort=toAccountName"),
        &json!({ "type": "search", "field": "toAccountName", "value": "supplier" }),
    );
    assert_eq!((names(&found.json()), &found.json()["totalElements"]), (vec!["Supplier B".to_owned()], &json!(2)));
}

#[test]
fn a_page_is_the_first_ten_unless_told() {
    // S4-06
    let (app, key) = invited();
    app.sql(&format!(
        "INSERT INTO invitations (id, tenant_id, organisation_id, inviter_id, kind, company_name, email, email_key,
             language, lifetime_days, expires_at, last_sent_at, created_at, updated_at)
         SELECT gen_random_uuid(), tenant_id, organisation_id, inviter_id, kind, 'More ' || n, n || '@more.example',
             n || '@more.example', language, lifetime_days, expires_at, last_sent_at, created_at, updated_at
         FROM generate_series(1, 9) n, (SELECT * FROM invitations WHERE organisation_id = '{}' LIMIT 1) one",
        app.text(&format!("SELECT organisation_id FROM api_clients WHERE id = '{}'", key.id))
    ));
    let (standard, told) = (key.get(PATH).is(200).json(), key.get(&format!("{PATH}?page=0&size=10")).is(200).json());
    assert_eq!((names(&standard).len(), &standard["totalElements"]), (10, &json!(12)));
    assert_eq!(standard, told);
    assert_eq!(names(&key.get(&format!("{PATH}?page=1")).is(200).json()).len(), 2);
}

#[test]
fn the_query_language_does_what_the_seed_says() {
    // S4-12 … S4-17
    let (_app, key) = invited();
    let ask = |query: Value| found(&key, &query);
    let leaf = |kind: &str, field: &str, value: Value| json!({ "type": kind, "field": field, "value": value });
    let all = key.get(PATH).json();
    let (id, user) = (all["data"][1]["id"].clone(), all["data"][0]["fromUserId"].clone());
    assert_eq!(ask(leaf("eq", "id", id.clone())), ["Supplier B"]);
    assert_eq!(ask(leaf("in", "id", json!([id]))), ["Supplier B"]);
    assert_eq!(ask(leaf("eq", "fromUserId", user.clone())).len(), 3);
    assert_eq!(ask(leaf("search", "fromUserId", user)).len(), 3);
    assert_eq!(ask(leaf("in", "status", json!(["PENDING", "ACCEPTED"]))).len(), 3);
    assert_eq!(ask(leaf("eq", "toUserEmail", json!("contact@SUPPLIER-b.example"))), ["Supplier B"]);
    assert_eq!(ask(leaf("search", "toAccountName", json!("Supplier"))), ["Supplier A", "Supplier B"]);
    assert_eq!(ask(leaf("search", "toAccountName", json!("%"))), ["100% _fun"], "% is itself");
    assert_eq!(ask(leaf("search", "toAccountName", json!("_"))), ["100% _fun"], "_ is itself");
    assert_eq!(ask(leaf("greater", "createdAt", json!("2026-11-20T12:00:00.000Z"))).len(), 2);
    assert_eq!(ask(leaf("greaterOrEqual", "createdAt", json!("2026-11-20T12:00:00.000Z"))).len(), 3);
    assert_eq!(ask(leaf("lower", "createdAt", json!("2026-11-20T13:01:00.000+01:00"))), ["Supplier A"]);
    assert_eq!(ask(leaf("lowerOrEqual", "updatedAt", json!("2026-11-20T12:01:00.000Z"))).len(), 2);
    let cased = |cased: bool| json!({ "type": "search", "caseSensitive": cased, "field": "toAccountName", "value": "SUPPLIER" });
    assert_eq!((ask(cased(true)).len(), ask(cased(false)).len()), (0, 2), "S4-16");
    let example = json!({ "type": "and", "queries": [
        { "type": "eq", "caseSensitive": true, "field": "status", "value": "PENDING" },
        { "type": "search", "caseSensitive": false, "field": "toAccountName", "value": "Supplier" },
    ] });
    assert_eq!(ask(example.clone()), ["Supplier A", "Supplier B"]);
    assert_eq!(ask(json!({ "type": "eq", "caseSensitive": true, "field": "status", "value": "PENDING" })).len(), 3);
    assert_eq!(
        ask(json!({ "type": "or", "queries": [example, leaf("eq", "toAccountName", json!("100% _FUN"))] })).len(),
        3
    );
}

#[test]
fn what_find_does_not_understand_is_a_400_that_names_the_place() {
    // S4-11, S4-13 … S4-15, S4-18
    let (_app, key) = invited();
    let path = format!("{PATH}/find");
    for (kind, text) in
        [("application/json", ""), ("application/json", "{"), ("application/json", "null"), ("application/json", "[]")]
    {
        key.send("POST", &path, kind, text.as_bytes()).is(400);
    }
    key.send("POST", &path, "text/plain", b"{}").is(415);
    let deep = format!("{}1{}", "[".repeat(100_000), "]".repeat(100_000));
    key.send("POST", &path, "application/json", deep.as_bytes()).is(400);
    for query in [
        json!({ "type": "in", "field": "id", "value": "1" }),
        json!({ "type": "search", "field": "status", "value": "PEND" }),
        json!({ "type": "greater", "field": "id", "value": "1" }),
        json!({ "type": "lower", "field": "createdAt", "value": "2026-13-01T00:00:00Z" }),
        json!({ "type": "eq", "field": "accountId", "value": "1" }),
        json!({ "type": "and", "queries": [] }),
        json!({ "type": "nand", "queries": [] }),
        json!({ "type": "eq", "field": "id" }),
    ] {
        let answer = key.post(&path, &query);
        answer.is(400);
        let told = answer.json();
        assert_eq!((&told["statusCode"], &told["error"]), (&json!(400), &json!("Bad Request")), "{query}");
        assert!(told["errors"][0]["path"].is_string());
    }
}

#[test]
fn the_fifty_first_read_within_a_minute_is_refused() {
    // S4-10: all three operations count, one key is not another, and the window slides.
    let (app, key) = invited();
    let query = json!({ "type": "eq", "field": "status", "value": "PENDING" });
    for number in 0..50 {
        let answer = match number % 3 {
            0 => key.get(PATH),
            1 => key.post(&format!("{PATH}/find"), &query),
            _ => key.get(&format!("{PATH}/999999")),
        };
        assert_ne!(answer.status, 429, "call {number}");
        if number == 24 {
            app.clock.advance(chrono::Duration::seconds(30));
        }
    }
    let refused = key.get(PATH);
    refused.is(429);
    assert_eq!((refused.header("retry-after"), &refused.json()["statusCode"]), ("30", &json!(429)));
    app.key(id::NORTHWIND, ALL).get(PATH).is(200);
    app.clock.advance(chrono::Duration::seconds(30));
    for number in 0..25 {
        assert_eq!(key.get(PATH).status, 200, "call {number} of those whose minute is over");
    }
    key.get(PATH).is(429);
}
