//! Invitations and credentials made by a machine: the same rules as on the pages, one by one and by the list.

use serde_json::{Value, json};

use super::support::api::{ALL, Machine};
use super::support::{Answer, App, Who, id};

const INVITATIONS: &str = "/api/v1/invitations";
const NUMBERED: &str = "/api/v1/partner-invitations";
const BATCHES: &str = "/api/v1/invitation-batches";
const CLIENTS: &str = "/api/v1/api-clients";

fn patch(machine: &Machine, path: &str, body: &Value) -> Answer {
    machine.send("PATCH", path, "application/json", body.to_string().as_bytes())
}

fn press(machine: &Machine, path: &str) -> Answer {
    machine.send("POST", path, "", b"")
}

fn colleague(email: &str) -> Value {
    json!({ "kind": "colleague", "email": email })
}

/// What an invitation can change: every table that it could write to.
fn digest(app: &App) -> String {
    let tables =
        ["invitations", "invitation_links", "invitation_batches", "mails", "audit_events", "api_repeats", "users"];
    let each = tables
        .map(|table| format!("(SELECT coalesce(md5(string_agg(t::text, '' ORDER BY t::text)), '') FROM {table} t)"));
    app.text(&format!("SELECT {}", each.join(" || ")))
}

#[test]
fn a_colleague_is_invited_corrected_and_taken_back() {
    let app = App::start();
    let machine = app.key(id::NORTHWIND, ALL);
    let made = machine.post(INVITATIONS, &colleague("ana@new.example")).is(201).json();
    assert_eq!(
        (&made["state"], &made["role"], &made["lifetimeDays"]),
        (&json!("waiting"), &json!("member"), &json!(7))
    );
    let path = format!("{INVITATIONS}/{}", made["id"].as_str().expect("an id"));
    assert_eq!(machine.get(&path).is(200).json(), made);
    let mail = &app.mails()[0];
    assert!(mail.to == "ana@new.example" && mail.text.contains("Mona Manager"), "{}", mail.text);
    app.minutes_pass(6);
    press(&machine, &format!("{path}/resend")).is(200);
    let moved = patch(&machine, &path, &json!({ "email": "ana@right.example", "reminder": false })).is(200).json();
    assert_eq!((&moved["email"], &moved["reminder"]), (&json!("ana@right.example"), &json!(false)));
    assert_eq!(app.mails()[0].to, "ana@right.example");
    patch(&machine, &path, &json!({ "email": "x" })).is(422);
    assert_eq!(press(&machine, &format!("{path}/revoke")).is(200).json()["state"], "revoked");
    press(&machine, &format!("{path}/revoke")).is(409).shows("revoked by now");
    assert_eq!(press(&machine, &format!("{path}/reinstate")).is(200).json()["state"], "waiting");
    for verb in ["invite", "resend", "correct_address", "revoke", "reinstate"] {
        let row = format!(
            "audit_events WHERE verb = '{verb}' AND actor_id = '{}' AND object_kind = 'invitation'",
            machine.id
        );
        assert_eq!(app.count(&row), 1, "{verb}");
    }
    app.visitor().accept(&app.link("ana@right.example"), "ana@right.example", &[("name", "Ana")]).is(303);
    assert_eq!(app.state_of("ana@right.example"), "accepted");
}

#[test]
fn a_partner_is_invited_by_seed_004s_names() {
    let app = App::start();
    let machine = app.key(id::ACME_HOST, ALL);
    let body = json!({ "toAccountName": "Ottawa Parts", "toUserEmail": "j@ottawa.example" });
    let made = machine.post(NUMBERED, &body).is(201).json();
    assert_eq!(made.as_object().map(serde_json::Map::len), Some(9));
    assert_eq!((&made["status"], &made["toAccountName"]), (&json!("PENDING"), &json!("Ottawa Parts")));
    let path = format!("{NUMBERED}/{}", made["id"].as_str().expect("a number"));
    assert_eq!(machine.get(&path).is(200).json(), made);
    machine.post(NUMBERED, &body).is(409).shows("waits already");
    let moved = patch(&machine, &path, &json!({ "toUserEmail": "k@ottawa.example" })).is(200).json();
    assert_eq!(moved["toUserEmail"], "k@ottawa.example");
    app.minutes_pass(6);
    press(&machine, &format!("{path}/resend")).is(200);
    assert_eq!(press(&machine, &format!("{path}/revoke")).is(200).json()["status"], "REVOKED");
    let foreign = app.key(id::CONTOSO, ALL);
    for below in ["resend", "revoke"] {
        let (theirs, nothing) =
            (press(&foreign, &format!("{path}/{below}")), press(&foreign, &format!("{NUMBERED}/99999999/{below}")));
        assert_eq!((theirs.status, theirs.body), (404, nothing.body));
    }
    for (field, value) in [
        ("toUserEmail", json!("x")),
        ("toAccountName", json!("")),
        ("lifetimeDays", json!(31)),
        ("language", json!("xx")),
    ] {
        let mut body = body.clone();
        body[field] = value;
        assert_eq!(machine.post(NUMBERED, &body).is(422).json()["errors"][0]["path"], field);
    }
}

#[test]
fn the_rules_for_invitations_hold() {
    let app = App::start();
    let machine = app.key(id::NORTHWIND, ALL);
    let before = digest(&app);
    for (field, value, status) in [
        ("kind", json!("friend"), 422),
        ("email", json!("x"), 422),
        ("email", json!("member@northwind.example"), 409),
        ("role", json!("owner"), 409),
        ("language", json!("xx"), 422),
        ("lifetimeDays", json!(0), 422),
        ("reminder", json!("yes"), 422),
        ("organisationId", json!(id::CONTOSO), 409),
        ("organisationId", json!(id::RANDOM), 409),
        ("companyName", json!("Not of a colleague"), 422),
    ] {
        let mut body = colleague("a@new.example");
        body[field] = value.clone();
        assert_eq!(machine.post(INVITATIONS, &body).is(status).json()["errors"][0]["path"], field, "{value}");
    }
    let unknown = json!({ "toAccountName": "A", "toUserEmail": "a@new.example", "partnerId": id::RANDOM });
    assert_eq!(machine.post(NUMBERED, &unknown).is(409).json()["errors"][0]["path"], "partnerId");
    assert_eq!(digest(&app), before, "nothing was changed");
    let of_contoso =
        json!({ "kind": "colleague", "email": "b@new.example", "role": "manager", "organisationId": id::CONTOSO });
    let made = app.key(id::ACME_HOST, ALL).post(INVITATIONS, &of_contoso).is(201).json();
    assert_eq!(made["organisationId"], id::CONTOSO);
}

#[test]
fn whoever_made_the_credential_stands_behind_it_or_else_the_organisation() {
    let app = App::start();
    let machine = app.key(id::NORTHWIND, ALL);
    app.sql(&format!("UPDATE api_clients SET created_by = '{}' WHERE id = '{}'", id::MEMBER, machine.id));
    machine.post(INVITATIONS, &colleague("ana@new.example")).is(201);
    let row = "SELECT letter ->> 'inviter' || ' ' || (letter ->> 'reply_to') FROM mails WHERE kind = 'invitation'";
    assert_eq!(app.text(row), "Northwind Traders manager@northwind.example", "a member may not invite");
    app.sql(&format!("UPDATE users SET removed_at = now() WHERE id = '{}'", id::MANAGER));
    // The oldest of all who may invite belongs to another tenant, the next one is suspended.
    app.sql(&format!("UPDATE users SET created_at = '2019-01-01 09:00Z' WHERE id = '{}'", id::GLOBEX_OWNER));
    app.sql(&format!(
        "UPDATE users SET created_at = '2020-01-01 09:00Z', state = 'suspended' WHERE id = '{}'",
        id::OWNER
    ));
    machine.post(INVITATIONS, &colleague("bo@new.example")).is(201);
    let row = format!("{row} AND to_key = 'bo@new.example'");
    assert!(app.text(&row).starts_with("Northwind Traders ") && app.text(&row).ends_with("@acme.example"));
    assert!(!app.text(&row).ends_with(Who::Owner.email()), "whoever is suspended answers for nobody");
    app.visitor().accept(&app.link("bo@new.example"), "bo@new.example", &[("name", "Bo")]).is(303);
    assert_eq!(app.state_of("bo@new.example"), "accepted");
}

fn list() -> Value {
    json!({ "rows": [
        { "email": "ana@new.example" },
        { "email": "bo@new.example", "role": "manager", "language": "de" },
        { "email": "ANA@new.example" },
        { "email": "nobody" },
        { "email": "member@northwind.example" },
        { "email": "cai@new.example", "role": "owner" },
        { "email": "dan@gmial.com" },
    ] })
}

#[test]
fn a_list_is_judged_and_only_then_sent() {
    let app = App::start();
    let machine = app.key(id::NORTHWIND, ALL);
    let mut body = list();
    body["dry_run"] = json!(true);
    let before = digest(&app);
    let judged = machine.clone().header("Idempotency-Key", "one").post(BATCHES, &body).is(200).json();
    assert_eq!(digest(&app), before, "a dry run changes nothing");
    let classes = |judged: &Value| -> Vec<String> {
        judged["rows"]
            .as_array()
            .expect("rows")
            .iter()
            .map(|row| row["class"].as_str().expect("a word").into())
            .collect()
    };
    assert_eq!(classes(&judged), ["new", "new", "twice", "not_an_address", "member", "role", "typo"]);
    assert_eq!((&judged["wouldInvite"], &judged["rows"][6]["meant"]), (&json!(2), &json!("dan@gmail.com")));
    let sent = machine.post(BATCHES, &list()).is(201).json();
    assert_eq!((classes(&sent), &sent["invited"], &sent["size"]), (classes(&judged), &json!(2), &json!(2)));
    assert_eq!(app.count("invitations WHERE state = 'pending'"), 2);
    assert_eq!(app.mails().len(), 2);
    let nothing = machine.post(BATCHES, &list()).is(409).json()["errors"].clone();
    assert_eq!((&nothing[0]["path"], &nothing[0]["code"]), (&json!("rows[0]"), &json!("waiting")));
    let path = format!("{BATCHES}/{}", sent["id"].as_str().expect("an id"));
    assert_eq!(machine.get(&path).is(200).json()["states"], json!({ "pending": 2 }));
    press(&app.key(id::CONTOSO, ALL), &format!("{path}/undo")).is(404);
    let undone = press(&machine, &format!("{path}/undo")).is(200).json();
    assert_eq!((&undone["revoked"], &undone["states"]), (&json!(2), &json!({ "revoked": 2 })));
    for verb in ["invite_many", "undo_batch"] {
        assert_eq!(
            app.count(&format!("audit_events WHERE verb = '{verb}' AND actor_id = '{}'", machine.id)),
            1,
            "{verb}"
        );
    }
}

#[test]
fn a_list_as_text_is_judged_as_the_page_judges_it() {
    let app = App::start();
    let text = "email,role\nana@new.example,manager\nAna@New.example,\nnobody,\nmember@northwind.example,member\n";
    let machine = app.key(id::NORTHWIND, ALL);
    let judged = machine.post(BATCHES, &json!({ "list": text, "dry_run": true })).is(200).json();
    let mut mona = app.sign_in(Who::Manager);
    let page = mona.submit("/organisation/invitations/many", "Check the list", &[("list", text)]);
    for row in judged["rows"].as_array().expect("rows") {
        page.shows(row["message"].as_str().expect("a sentence"));
    }
    for (body, place) in [
        (json!({}), "rows"),
        (json!({ "rows": [] }), "rows"),
        (json!({ "rows": "x" }), "rows"),
        (json!({ "rows": ["x"] }), "rows[0]"),
        (json!({ "rows": [{ "email": 1 }] }), "rows[0].email"),
        (json!({ "rows": [{ "email": "a@b.example", "x": 1 }] }), "rows[0].x"),
        (json!({ "rows": [{ "email": "a@b.example" }], "list": "a@b.example" }), "rows"),
        (json!({ "list": " " }), "list"),
        (json!({ "rows": vec![json!({ "email": "a@b.example" }); 1_001] }), "rows"),
        (json!({ "rows": [{ "email": "a@b.example" }], "dry_run": 1 }), "dry_run"),
    ] {
        assert_eq!(machine.post(BATCHES, &body).is(422).json()["errors"][0]["path"], place, "{body}");
    }
    let owners = json!({ "rows": [{ "email": "a@b.example" }], "role": "owner" });
    assert_eq!(machine.post(BATCHES, &owners).is(409).json()["errors"][0]["path"], "role");
}

#[test]
fn a_credential_is_made_rotated_and_ended() {
    let app = App::start();
    let machine = app.key(id::NORTHWIND, ALL);
    let body = json!({ "name": "Billing sync", "kind": "key", "permissions": ["READ_USER", "READ_PARTNER"] });
    let made = machine.post(CLIENTS, &body).is(201).json();
    assert_eq!(made["permissions"], json!(["READ_PARTNER", "READ_USER"]));
    let works = |secret: &Value| {
        let key = secret.as_str().expect("a secret").to_owned();
        app.key(id::NORTHWIND, "READ_USER").stranger().header("X-Api-Key", &key).get("/api/v1/me").status == 200
    };
    let path = format!("{CLIENTS}/{}", made["id"].as_str().expect("an id"));
    machine.get(&path).is(200).hides("ghk_");
    let again = press(&machine, &format!("{path}/rotate")).is(200).json();
    assert!(works(&made["secret"]) && works(&again["secret"]));
    press(&machine, &format!("{path}/end-older-secrets")).is(200);
    assert!(!works(&made["secret"]) && works(&again["secret"]));
    assert_eq!(press(&machine, &format!("{path}/revoke")).is(200).json()["state"], "revoked");
    assert!(!works(&again["secret"]));
    press(&machine, &format!("{path}/revoke")).is(404);
    for verb in ["create", "rotate", "end_secret", "revoke"] {
        assert_eq!(
            app.count(&format!("audit_events WHERE verb = '{verb}' AND actor_id = '{}'", machine.id)),
            1,
            "{verb}"
        );
    }
    let of_contoso =
        json!({ "name": "Theirs", "kind": "client", "permissions": ["READ_USER"], "organisationId": id::CONTOSO });
    let theirs = app.key(id::ACME_HOST, ALL).post(CLIENTS, &of_contoso).is(201).json();
    assert_eq!(theirs["organisationId"], id::CONTOSO);
    machine.post(CLIENTS, &of_contoso).is(409);
}

#[test]
fn nobody_gets_more_out_of_a_credential_than_they_have() {
    let app = App::start();
    let (narrow, wide) = (app.key(id::NORTHWIND, "MANAGE_API_CLIENTS"), app.key(id::NORTHWIND, ALL));
    let body = json!({ "name": "More", "kind": "key", "permissions": ["WRITE_USER"] });
    assert_eq!(narrow.post(CLIENTS, &body).is(403).json()["errors"][0]["path"], "permissions");
    press(&narrow, &format!("{CLIENTS}/{}/rotate", wide.id)).is(403);
    assert_eq!(app.count(&format!("api_secrets WHERE client_id = '{}'", wide.id)), 1);
    for (field, value, place) in [
        ("permissions", json!([]), "permissions"),
        ("permissions", json!(["READ_USER", "FLY"]), "permissions[1]"),
        ("kind", json!("x"), "kind"),
        ("name", json!("x".repeat(101)), "name"),
    ] {
        let mut body = json!({ "name": "Billing", "kind": "key", "permissions": ["READ_USER"] });
        body[field] = value;
        assert_eq!(wide.post(CLIENTS, &body).is(422).json()["errors"][0]["path"], place);
    }
}
