//! What the pages can do, done through `/api/v1`: each call writes what its page writes, names the machine in the
//! history, and is refused as the page refuses.

use serde_json::{Value, json};

use super::support::api::{ALL, Machine};
use super::support::fixture::{API_CLIENTS, INVITATIONS, RECORDS};
use super::support::{Answer, App, id};

fn patch(machine: &Machine, path: &str, body: &Value) -> Answer {
    machine.send("PATCH", path, "application/json", body.to_string().as_bytes())
}

fn press(machine: &Machine, path: &str) -> Answer {
    machine.send("POST", path, "", b"")
}

/// The newest entries' verbs of an object, each by the machine.
#[track_caller]
fn told(app: &App, machine: &Machine, object: &str, verbs: &[&str]) {
    for verb in verbs {
        let of = format!("audit_events WHERE object_id = '{object}' AND verb = '{verb}'");
        let by =
            format!("{of} AND actor_kind = 'api_client' AND actor_id = '{}' AND actor_name = 'A machine'", machine.id);
        assert!(app.count(&by) > 0, "{verb} of {object} is told, by the machine");
    }
}

fn id_of(item: &Value) -> String {
    item["id"].as_str().expect("an id").to_owned()
}

fn ottawa() -> Value {
    json!({ "name": "Ottawa Parts", "zuoraAccountId": "zu-ottawa", "isZuoraInvoiceOwner": true, "code": "OTP-01",
        "country": "CA", "timezone": "America/Toronto", "logo": "https://ottawa.example/logo.png", "customerCount": 12,
        "properties": { "tier": "gold" }, "shop": true, "salesforceAccountId": "sf-ottawa" })
}

#[test]
fn an_organisation_lives_its_whole_life() {
    let app = App::start();
    let machine = app.key(id::ACME_HOST, ALL);
    let made = machine.post("/api/v1/organisations", &ottawa());
    assert_eq!(made.is(201).header("etag"), format!("\"{}\"", made.json()["version"]));
    let made = made.json();
    for (name, value) in ottawa().as_object().expect("members") {
        assert_eq!(&made[name], value, "{name}");
    }
    let path = format!("/api/v1/organisations/{}", id_of(&made));
    assert_eq!(machine.get(&path).is(200).json(), made);
    let change = json!({ "name": "Ottawa Parts Ltd", "logo": null, "selfService": true, "shop": false });
    let changed = patch(&machine, &path, &change).is(200).json();
    for (name, value) in change.as_object().expect("members") {
        assert_eq!(&changed[name], value, "{name}");
    }
    assert_eq!(press(&machine, &format!("{path}/suspend")).is(200).json()["state"], "suspended");
    assert_eq!(press(&machine, &format!("{path}/resume")).is(200).json()["state"], "active");
    assert_eq!(machine.delete(&path).is(200).json()["deleted"], true);
    machine.get(&path).is(404);
    let back = press(&machine, &format!("{path}/restore")).is(200).json();
    assert_eq!((&back["name"], &back["usersRestored"]), (&json!("Ottawa Parts Ltd"), &json!(0)));
    let verbs = ["create", "edit", "suspend", "resume", "delete", "restore"];
    told(&app, &machine, &id_of(&made), &verbs);
    app.owner().open("/settings/profile/partners").shows("Ottawa Parts Ltd");
}

#[test]
fn bad_fields_of_an_organisation_are_named_and_change_nothing() {
    let app = App::start();
    app.sql("UPDATE tenants SET uses_salesforce = true");
    let machine = app.key(id::ACME_HOST, ALL);
    let before = app.text(ORGANISATIONS);
    for (field, value) in [
        ("name", json!("")),
        ("name", json!(7)),
        ("zuoraAccountId", json!("")),
        ("isZuoraInvoiceOwner", json!("yes")),
        ("salesforceAccountId", Value::Null),
        ("salesforceAccountId", json!(" ")),
        ("logo", json!("http://x.example/a.png")),
        ("code", json!("two words")),
        ("country", json!("Italy")),
        ("timezone", json!("Mars/Olympus")),
        ("customerCount", json!(-1)),
        ("properties", json!({ "a": 1 })),
        ("shop", json!(1)),
        ("parentId", json!("x")),
        ("state", json!("deleted")),
    ] {
        let mut body = ottawa();
        body[field] = value.clone();
        let errors = machine.post("/api/v1/organisations", &body).is(422).json()["errors"].clone();
        assert_eq!((&errors[0]["in"], &errors[0]["path"]), (&json!("body"), &json!(field)), "{value}");
    }
    for parent in [id::RANDOM, id::INITECH] {
        let mut body = ottawa();
        body["parentId"] = json!(parent);
        assert_eq!(machine.post("/api/v1/organisations", &body).is(409).json()["errors"][0]["path"], "parentId");
    }
    assert_eq!(app.text(ORGANISATIONS), before);
}

const ORGANISATIONS: &str = "SELECT md5(string_agg(o::text, '' ORDER BY id)) FROM organisations o";

#[test]
fn an_organisation_without_what_it_needs_is_refused() {
    let app = App::start();
    app.sql("UPDATE tenants SET uses_salesforce = true");
    let machine = app.key(id::ACME_HOST, ALL);
    let before = app.text(ORGANISATIONS);
    for field in ["name", "zuoraAccountId", "isZuoraInvoiceOwner", "salesforceAccountId"] {
        let mut body = ottawa();
        body.as_object_mut().expect("members").remove(field);
        assert_eq!(machine.post("/api/v1/organisations", &body).is(422).json()["errors"][0]["path"], field);
    }
    let mut taken = ottawa();
    taken["name"] = json!("northwind TRADERS");
    assert_eq!(machine.post("/api/v1/organisations", &taken).is(409).json()["errors"][0]["path"], "name");
    machine.send("POST", "/api/v1/organisations", "text/plain", b"{}").is(415);
    machine.send("POST", "/api/v1/organisations", "", b"").is(415);
    machine.send("POST", "/api/v1/organisations", "application/json", b"{").is(400);
    let suspend = format!("/api/v1/organisations/{}/suspend", id::NORTHWIND);
    machine.send("POST", &suspend, "application/json", b"{\"x\":1}").is(422);
    machine.post("/api/v1/organisations?x=1", &ottawa()).is(400);
    assert_eq!(app.text(ORGANISATIONS), before);
}

#[test]
fn a_stale_change_is_told_and_writes_nothing() {
    let app = App::start();
    let machine = app.key(id::ACME_HOST, ALL);
    let path = format!("/api/v1/organisations/{}", id::NORTHWIND);
    let tag = machine.get(&path).is(200).header("etag").to_owned();
    assert_eq!(tag, "\"1\"");
    patch(&machine.clone().header("If-Match", &tag), &path, &json!({ "country": "FR" })).is(200);
    let stale = patch(&machine.clone().header("If-Match", &tag), &path, &json!({ "country": "DE" }));
    stale.is(412).shows("version 2 by now").shows("expects 1");
    assert_eq!(stale.json()["errors"][0]["path"], "If-Match");
    let stale = patch(&machine, &path, &json!({ "country": "DE", "version": 1 }));
    stale.is(409).shows("version 2 by now").shows("expects 1");
    patch(&machine, &path, &json!({ "country": "DE", "version": 2 })).is(200);
    patch(&machine.clone().header("If-Match", "*"), &path, &json!({ "country": "ES" })).is(200);
    for wrong in ["3", "W/\"3\"", "\"x\"", "\"1\", \"2\""] {
        patch(&machine.clone().header("If-Match", wrong), &path, &json!({ "country": "IT" })).is(400);
    }
    for wrong in [json!(0), json!("2"), Value::Null] {
        patch(&machine, &path, &json!({ "country": "IT", "version": wrong })).is(422);
    }
    assert_eq!(machine.get(&path).json()["country"], "ES");
}

#[test]
fn people_are_created_changed_and_removed() {
    let app = App::start();
    let machine = app.key(id::NORTHWIND, "WRITE_USER,READ_USER");
    let made = machine.post("/api/v1/users", &json!({ "email": "Ana@New.example" })).is(201).json();
    assert_eq!((&made["name"], &made["role"]), (&json!("Ana@New.example"), &json!("member")));
    assert_eq!(made["organisationId"], id::NORTHWIND);
    let path = format!("/api/v1/users/{}", id_of(&made));
    let change = json!({ "name": "Ana Silva", "role": "manager", "version": 1 });
    let changed = patch(&machine, &path, &change).is(200).json();
    assert_eq!(
        (&changed["name"], &changed["role"], &changed["version"]),
        (&json!("Ana Silva"), &json!("manager"), &json!(2))
    );
    patch(&machine, &path, &json!({ "name": "Ana", "version": 1 })).is(409);
    assert_eq!(press(&machine, &format!("{path}/suspend")).is(200).json()["state"], "suspended");
    assert_eq!(press(&machine, &format!("{path}/resume")).is(200).json()["state"], "active");
    press(&machine, &format!("{path}/reset-identity")).is(200);
    assert_eq!(machine.delete(&path).is(200).json()["deleted"], true);
    machine.delete(&path).is(404);
    machine.get(&path).is(404);
    press(&machine, &format!("{path}/restore")).is(200);
    assert_eq!(machine.get(&path).is(200).json()["name"], "Ana Silva");
    told(&app, &machine, &id_of(&made), &["create", "edit", "change_role", "suspend", "resume", "remove", "restore"]);
}

#[test]
fn the_rules_for_people_hold() {
    let app = App::start();
    let (own, host) = (app.key(id::NORTHWIND, ALL), app.key(id::ACME_HOST, ALL));
    let field = |machine: &Machine, body: Value, status: u16| {
        machine.post("/api/v1/users", &body).is(status).json()["errors"][0]["path"].clone()
    };
    assert_eq!(field(&own, json!({ "email": "x" }), 422), "email");
    assert_eq!(field(&own, json!({ "email": "a@new.example", "role": "owner" }), 409), "role");
    assert_eq!(field(&own, json!({ "email": "a@new.example", "name": "http://x.example" }), 422), "name");
    assert_eq!(field(&own, json!({ "email": "Member@Northwind.example" }), 409), "email");
    for nothing in [id::CONTOSO, id::INITECH, id::RANDOM, id::ACME_HOST] {
        let body = json!({ "email": "a@new.example", "organisationId": nothing });
        assert_eq!(field(&own, body, 409), "organisationId");
    }
    assert_eq!(field(&host, json!({ "email": "a@new.example", "organisationId": id::INITECH }), 409), "organisationId");
    assert_eq!(field(&host, json!({ "email": "a@new.example", "role": "owner" }), 403), "role");
    let of = json!({ "email": "a@new.example", "organisationId": id::CONTOSO, "role": "manager" });
    assert_eq!(host.post("/api/v1/users", &of).is(201).json()["organisationName"], "Contoso Resale");
    let owner = format!("/api/v1/users/{}", id::OWNER);
    host.delete(&owner).is(403).shows("stands above");
    patch(&host, &owner, &json!({ "role": "auditor" })).is(403);
    assert_eq!(app.count(&format!("users WHERE id = '{}' AND removed_at IS NULL AND role = 'owner'", id::OWNER)), 1);
}

fn record() -> Value {
    json!({ "companyName": "Ottawa Parts", "type": "customer", "email": "jsmith@example.com", "salesAmount": 250_000,
        "frequency": "monthly", "paymentTerms": "30 days net" })
}

#[test]
fn a_partner_record_is_kept() {
    let app = App::start();
    let machine = app.key(id::NORTHWIND, ALL);
    let made = machine.post("/api/v1/partners", &record()).is(201).json();
    for (name, value) in record().as_object().expect("members") {
        assert_eq!(&made[name], value, "{name}");
    }
    let path = format!("/api/v1/partners/{}", id_of(&made));
    let changed = patch(&machine, &path, &json!({ "salesAmount": 1, "version": 1 })).is(200).json();
    assert_eq!((&changed["salesAmount"], &changed["companyName"]), (&json!(1), &json!("Ottawa Parts")));
    patch(&machine, &path, &json!({ "salesAmount": 2, "version": 1 })).is(409);
    machine.delete(&path).is(200);
    machine.get(&path).is(404);
    press(&machine, &format!("{path}/restore")).is(200);
    told(&app, &machine, &id_of(&made), &["create", "edit", "remove", "restore"]);
    for (field, value) in [
        ("companyName", json!("")),
        ("type", json!("friend")),
        ("email", json!("x")),
        ("salesAmount", json!("5")),
        ("salesAmount", json!(-1)),
        ("frequency", json!("x".repeat(31))),
        ("paymentTerms", Value::Null),
        ("more", json!(1)),
    ] {
        let mut body = record();
        body[field] = value;
        assert_eq!(machine.post("/api/v1/partners", &body).is(422).json()["errors"][0]["path"], field);
        assert_eq!(patch(&machine, &path, &json!({ field: body[field] })).is(422).json()["errors"][0]["path"], field);
    }
    assert_eq!(app.count("partner_records"), 1);
}

#[test]
fn a_connection_is_granted_and_ended() {
    let app = App::start();
    app.sql(&format!(
        "INSERT INTO connections (id, tenant_id, host_organisation_id, guest_organisation_id, created_at, updated_at)
         SELECT '{}', tenant_id, id, '{}', now(), now() FROM organisations WHERE id = '{}'",
        id::RANDOM,
        id::CONTOSO,
        id::NORTHWIND
    ));
    let (host, guest) = (app.key(id::NORTHWIND, ALL), app.key(id::CONTOSO, ALL));
    let path = format!("/api/v1/connections/{}", id::RANDOM);
    let granted =
        patch(&guest, &path, &json!({ "grants": ["WRITE_PARTNER", "READ_PARTNER"], "version": 1 })).is(200).json();
    assert_eq!(
        (&granted["guestGrants"], &granted["hostGrants"]),
        (&json!(["READ_PARTNER", "WRITE_PARTNER"]), &json!([]))
    );
    patch(&host, &path, &json!({ "grants": [], "version": 1 })).is(409).shows("version 2 by now");
    for (wrong, place) in [(json!("x"), "grants"), (json!(["READ_PARTNER", "x"]), "grants[1]"), (Value::Null, "grants")]
    {
        assert_eq!(patch(&host, &path, &json!({ "grants": wrong })).is(422).json()["errors"][0]["path"], place);
    }
    let foreign = app.key(id::ACME_HOST, ALL);
    foreign.get(&path).is(404);
    press(&foreign, &format!("{path}/end")).is(404);
    assert_eq!(press(&host, &format!("{path}/end")).is(200).json()["state"], "ended");
    patch(&guest, &path, &json!({ "grants": [] })).is(409);
    told(&app, &guest, id::RANDOM, &["grant"]);
    told(&app, &host, id::RANDOM, &["disconnect"]);
}

/// What may be called on one item of some collection.
const CALLS: [(&str, &str); 12] = [
    ("DELETE", ""),
    ("PATCH", ""),
    ("POST", "/suspend"),
    ("POST", "/resume"),
    ("POST", "/restore"),
    ("POST", "/reset-identity"),
    ("POST", "/end"),
    ("POST", "/resend"),
    ("POST", "/revoke"),
    ("POST", "/reinstate"),
    ("POST", "/rotate"),
    ("POST", "/end-older-secrets"),
];

#[test]
fn a_foreign_object_answers_as_one_that_is_not_there() {
    let app = App::start();
    app.sql(&format!("{RECORDS}{INVITATIONS}{API_CLIENTS}"));
    let own = app.key(id::NORTHWIND, ALL);
    let host = app.key(id::ACME_HOST, ALL);
    let calls = |machine: &Machine, path: &str, foreign: &str| {
        for (method, below) in CALLS {
            let grants = if path.ends_with("connections") { json!({ "grants": [] }) } else { json!({}) };
            let body = if method == "PATCH" { grants.to_string() } else { String::new() };
            let kind = if method == "PATCH" { "application/json" } else { "" };
            let ask = |id: &str| machine.send(method, &format!("{path}/{id}{below}"), kind, body.as_bytes());
            let (theirs, nothing) = (ask(foreign), ask(id::RANDOM));
            // What this collection has no call for says so, whatever the id.
            if theirs.status != 405 {
                assert!([403, 404].contains(&theirs.status), "{method} {path}{below}: {}", theirs.status);
                assert_eq!((theirs.status, theirs.body), (nothing.status, nothing.body), "{method} {path}{below}");
            }
            assert!([403, 404, 405].contains(&ask("x").status), "{method} {path}/x{below}");
        }
    };
    calls(&host, "/api/v1/organisations", id::INITECH);
    calls(&host, "/api/v1/users", id::INITECH_MANAGER);
    calls(&host, "/api/v1/invitations", &id::invitation(id::INITECH));
    calls(&host, "/api/v1/api-clients", &id::api_client(id::INITECH));
    calls(&own, "/api/v1/organisations", id::CONTOSO);
    calls(&own, "/api/v1/users", id::CONTOSO_MANAGER);
    calls(&own, "/api/v1/partners", &id::record(id::CONTOSO));
    calls(&own, "/api/v1/invitations", &id::invitation(id::CONTOSO));
    calls(&own, "/api/v1/api-clients", &id::api_client(id::CONTOSO));
}

#[test]
fn each_write_needs_its_permission() {
    let app = App::start();
    app.sql(&format!("{RECORDS}{INVITATIONS}{API_CLIENTS}"));
    for (permission, collection, below) in [
        ("WRITE_PARTNER", "organisations", ""),
        ("WRITE_PARTNER", "organisations", "/{}/suspend"),
        ("WRITE_USER", "users", ""),
        ("WRITE_USER", "users", "/{}/reset-identity"),
        ("WRITE_PARTNER", "partners", ""),
        ("WRITE_PARTNER", "connections", "/{}/end"),
        ("WRITE_INVITATION", "invitations", ""),
        ("WRITE_INVITATION", "invitations", "/{}/resend"),
        ("WRITE_INVITATION", "partner-invitations", ""),
        ("WRITE_INVITATION", "partner-invitations", "/99999999/revoke"),
        ("WRITE_INVITATION", "invitation-batches", ""),
        ("WRITE_INVITATION", "invitation-batches", "/{}/undo"),
        ("MANAGE_API_CLIENTS", "api-clients", ""),
        ("MANAGE_API_CLIENTS", "api-clients", "/{}/rotate"),
    ] {
        let path = format!("/api/v1/{collection}{}", below.replace("{}", id::RANDOM));
        let others: Vec<&str> = ALL.split(',').filter(|other| *other != permission).collect();
        let refused = press(&app.key(id::ACME_HOST, &others.join(",")), &path);
        assert_eq!(refused.is(403).header("www-authenticate"), "Bearer error=\"insufficient_scope\"", "{path}");
        assert!([404, 415].contains(&press(&app.key(id::ACME_HOST, permission), &path).status), "{path}");
        press(&app.key(id::ACME_HOST, ALL).stranger(), &path).is(401);
    }
    press(&app.key(id::NORTHWIND, ALL), &format!("/api/v1/organisations/{}/suspend", id::NORTHWIND)).is(403);
}
