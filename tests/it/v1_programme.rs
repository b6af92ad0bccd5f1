//! The programme's settings, its bin and invitations received through `/api/v1`: what their pages show and change.

use serde_json::{Value, json};

use super::support::api::{ALL, Machine};
use super::support::fixture::INVITATIONS;
use super::support::{Answer, App, Who, id};

const TENANT: &str = "/api/v1/tenant";
const BIN: &str = "/api/v1/deleted-organisations";
const RECEIVED: &str = "/api/v1/received-invitations";

fn patch(machine: &Machine, body: &Value) -> Answer {
    machine.send("PATCH", TENANT, "application/json", body.to_string().as_bytes())
}

fn manages(app: &App) -> Machine {
    app.key(id::ACME_HOST, "MANAGE_TENANT,READ_PARTNER")
}

#[test]
fn the_settings_are_read_and_changed_as_on_their_page() {
    let app = App::start();
    let machine = manages(&app);
    let read = machine.get(TENANT);
    assert_eq!(read.is(200).header("etag"), "\"1\"");
    let read = read.json();
    assert_eq!((&read["object"], &read["id"], &read["slug"]), (&json!("tenant"), &json!(id::ACME), &json!("acme")));
    let change = json!({ "name": "Acme Partners", "usesSalesforce": true, "shopUrl": "https://shop.example/",
        "selfServiceUrl": "https://help.example/start" });
    let changed = patch(&machine, &change);
    assert_eq!(changed.is(200).header("etag"), "\"2\"");
    for (name, value) in change.as_object().expect("members") {
        assert_eq!(&changed.json()[name], value, "{name}");
    }
    assert_eq!(machine.get(TENANT).json(), changed.json());
    // What is not sent stays; null takes an address away.
    let cleared = patch(&machine, &json!({ "shopUrl": null })).is(200).json();
    assert_eq!((&cleared["shopUrl"], &cleared["selfServiceUrl"]), (&Value::Null, &change["selfServiceUrl"]));
    assert_eq!(cleared["name"], "Acme Partners");
    let mut owner = app.owner();
    owner.open("/settings/profile").shows("Acme Partners").shows("https://help.example/start");
    owner.open("/settings/history").shows("Acme Partners").shows("A machine");
    // Nothing was changed, so there is nothing to tell.
    let version = cleared["version"].clone();
    assert_eq!(patch(&machine, &json!({ "name": "Acme Partners" })).is(200).json()["version"], version);
    assert_eq!(app.count("audit_events WHERE object_kind = 'tenant' AND verb = 'edit'"), 2);
}

#[test]
fn bad_settings_are_named_and_change_nothing() {
    let app = App::start();
    let machine = manages(&app);
    let before = machine.get(TENANT).json();
    for (field, value) in [
        ("name", json!("")),
        ("name", json!("x".repeat(101))),
        ("name", json!("Visit http://evil.example")),
        ("name", Value::Null),
        ("usesSalesforce", json!("yes")),
        ("shopUrl", json!("http://shop.example/")),
        ("selfServiceUrl", json!("javascript:alert(1)")),
        ("selfServiceUrl", json!(7)),
        ("slug", json!("other")),
        ("version", json!(0)),
    ] {
        let answer = patch(&machine, &json!({ field: value })).is(422).json();
        assert_eq!(answer["errors"][0]["path"], field, "{value}");
    }
    machine.send("PATCH", TENANT, "", b"").is(415);
    machine.get(&format!("{TENANT}?x=1")).is(400);
    assert_eq!(machine.get(TENANT).json(), before);
}

#[test]
fn a_stale_change_of_the_settings_is_told_and_a_repeat_gets_the_first_answer() {
    let app = App::start();
    let machine = manages(&app);
    let once = machine.clone().header("Idempotency-Key", "settings-1");
    let first = patch(&once.clone().header("If-Match", "\"1\""), &json!({ "name": "Acme One" })).is(200).json();
    let again = patch(&once.header("If-Match", "\"1\""), &json!({ "name": "Acme One" }));
    assert_eq!(again.is(200).header("idempotency-replayed"), "true");
    assert_eq!(again.json(), first);
    patch(&machine.clone().header("If-Match", "\"1\""), &json!({ "name": "Acme Two" })).is(412).shows("version 2");
    patch(&machine, &json!({ "name": "Acme Two", "version": 1 })).is(409).shows("version 2");
    patch(&machine, &json!({ "name": "Acme Two", "version": 2 })).is(200);
}

#[test]
fn only_the_programmes_own_credentials_read_its_settings_and_only_an_owners_change_them() {
    let app = App::start();
    let change = json!({ "name": "Another Name" });
    app.key(id::ACME_HOST, ALL).get(TENANT).is(200);
    patch(&app.key(id::ACME_HOST, ALL), &change).is(403);
    patch(&app.key(id::ACME_HOST, "MANAGE_TENANT"), &change).is(200);
    let partner = app.key(id::NORTHWIND, &format!("{ALL},MANAGE_TENANT"));
    partner.get(TENANT).is(403);
    patch(&partner, &change).is(403);
    partner.stranger().get(TENANT).is(401);
    let other = app.key(id::GLOBEX_HOST, ALL).get(TENANT).is(200).json();
    assert_eq!(other["slug"], "globex");
}

#[test]
fn the_bin_is_read_and_what_is_in_it_restored() {
    let app = App::start();
    let machine = app.key(id::ACME_HOST, "READ_PARTNER,WRITE_PARTNER");
    assert_eq!(machine.get(BIN).is(200).json()["totalElements"], 0);
    machine.delete(&format!("/api/v1/organisations/{}", id::NORTHWIND)).is(200);
    let listed = machine.get(&format!("{BIN}?sort=deletedAt&sortOrder=DESC")).is(200).json();
    assert_eq!(listed["totalElements"], 1);
    let item = &listed["data"][0];
    assert_eq!((&item["id"], &item["stateBefore"]), (&json!(id::NORTHWIND), &json!("active")));
    assert_eq!(&machine.get(&format!("{BIN}/{}", id::NORTHWIND)).is(200).json(), item);
    assert_eq!(
        (&item["deletedAt"], &item["restorableUntil"]),
        (&json!("2026-11-20T12:00:00.000Z"), &json!("2026-12-20T12:00:00.000Z"))
    );
    let found = machine.post(&format!("{BIN}/find"), &json!({ "type": "search", "field": "name", "value": "north" }));
    assert_eq!(found.is(200).json()["data"][0], *item);
    assert_eq!(machine.get(&format!("{BIN}/export")).is(200).body.lines().count(), 1);
    for stranger in [app.key(id::NORTHWIND, ALL), app.key(id::CONTOSO, ALL)] {
        assert!([401, 403].contains(&stranger.get(BIN).status), "no partner sees the bin");
    }
    app.key(id::GLOBEX_HOST, ALL).get(&format!("{BIN}/{}", id::NORTHWIND)).is(404);
    machine.send("POST", &format!("/api/v1/organisations/{}/restore", id::NORTHWIND), "", b"").is(200);
    machine.get(&format!("{BIN}/{}", id::NORTHWIND)).is(404);
    assert_eq!(machine.get(BIN).json()["totalElements"], 0);
}

#[test]
fn after_thirty_days_the_bin_tells_nothing() {
    let app = App::start();
    let machine = app.key(id::ACME_HOST, ALL);
    machine.delete(&format!("/api/v1/organisations/{}", id::NORTHWIND)).is(200);
    app.minutes_pass(30 * 24 * 60 - 1);
    assert_eq!(machine.get(BIN).json()["totalElements"], 1);
    app.minutes_pass(1);
    assert_eq!(machine.get(BIN).json()["totalElements"], 0);
    machine.get(&format!("{BIN}/{}", id::NORTHWIND)).is(404);
}

#[test]
fn what_was_received_is_read_and_left_to_the_invited_person() {
    let app = App::start();
    app.sql(INVITATIONS);
    let mut contoso = app.sign_in(Who::OtherOrganisation);
    app.invite_partner(&mut contoso, "/organisation/invitations", ("Northwind", "manager@northwind.example"));
    let machine = app.key(id::NORTHWIND, "READ_INVITATION,WRITE_INVITATION");
    let listed = machine.get(RECEIVED).is(200).json();
    assert_eq!(listed["totalElements"], 1);
    let item = &listed["data"][0];
    assert_eq!(
        (&item["organisationId"], &item["toOrganisationId"], &item["email"], &item["state"]),
        (&json!(id::CONTOSO), &json!(id::NORTHWIND), &json!("manager@northwind.example"), &json!("waiting"))
    );
    let path = format!("{RECEIVED}/{}", item["id"].as_str().expect("an id"));
    assert_eq!(&machine.get(&path).is(200).json(), item);
    // To accept takes the person with the address, signed in; no call answers for them, and none shows the link.
    machine.send("POST", &format!("{path}/accept"), "", b"").is(404);
    assert!(item.get("secret").is_none() && !item.to_string().contains("/invitations/"));
    let sent = format!("/api/v1/invitations/{}", item["id"].as_str().expect("an id"));
    machine.get(&sent).is(404);
    machine.send("POST", &format!("{sent}/revoke"), "", b"").is(404);
    // The programme sees it, who invited has it among what was sent, and nobody else at all.
    app.key(id::ACME_HOST, ALL).get(&path).is(200);
    app.key(id::CONTOSO, ALL).get(&path).is(404);
    app.key(id::CONTOSO, ALL).get(&sent).is(200);
    app.key(id::INITECH, ALL).get(&path).is(404);
    app.key(id::NORTHWIND, "READ_PARTNER").get(RECEIVED).is(403);
}

#[test]
fn an_invitation_tells_how_far_its_mail_is_and_when_its_page_was_opened() {
    let app = App::start();
    let machine = app.key(id::NORTHWIND, "READ_INVITATION,WRITE_INVITATION");
    let new = json!({ "kind": "colleague", "email": "ana@new.example", "role": "member" });
    let made = machine.post("/api/v1/invitations", &new).is(201).json();
    assert_eq!((&made["delivery"], &made["openedAt"]), (&json!("queued"), &Value::Null));
    let waiting = json!({ "type": "eq", "field": "delivery", "value": "queued" });
    assert_eq!(machine.post("/api/v1/invitations/find", &waiting).is(200).json()["totalElements"], 1);
    app.sql("UPDATE mails SET state = 'failed'");
    let path = format!("/api/v1/invitations/{}", made["id"].as_str().expect("an id"));
    assert_eq!(machine.get(&path).is(200).json()["delivery"], "failed");
    app.sql("UPDATE invitation_links SET opened_at = '2026-11-20 12:00Z'");
    assert_eq!(machine.get(&path).is(200).json()["openedAt"], "2026-11-20T12:00:00.000Z");
    assert_eq!(machine.post("/api/v1/invitations/find", &waiting).is(200).json()["totalElements"], 0);
}
