//! What lies below something else in `/api/v1`: a partner's records and connections, an invitation's mails, the partners
//! of an import.

use serde_json::{Value, json};

use super::support::api::{ALL, Machine};
use super::support::fixture::{RECORDS, connection};
use super::support::{App, id};

const IMPORTS: &str = "/api/v1/organisation-imports";
const FILE: &str = "name,zuoraAccountId,isZuoraInvoiceOwner\r\nAlpha,z1,true\r\nBeta,z2,true\r\nGamma,z3,false\r\n";

fn import(machine: &Machine, query: &str, file: &str) -> Value {
    let path = format!("/api/v1/organisations/import{query}");
    machine.send("POST", &path, "text/csv", file.as_bytes()).is(200).json()
}

#[test]
fn what_a_partner_keeps_is_read_below_it_by_the_host_and_by_itself() {
    let app = App::start();
    app.sql(RECORDS);
    app.sql(&connection(id::NORTHWIND, id::CONTOSO));
    let [host, own, other] = [id::ACME_HOST, id::NORTHWIND, id::CONTOSO].map(|one| app.key(one, "READ_PARTNER"));
    for name in ["partners", "connections"] {
        let below = format!("/api/v1/organisations/{}/{name}", id::NORTHWIND);
        let listed = own.get(&format!("/api/v1/{name}")).is(200).json();
        let item = listed["data"][0].clone();
        assert_eq!(listed["data"].as_array().map(Vec::len), Some(1), "{listed}");
        for reader in [&host, &own] {
            assert_eq!(reader.get(&below).is(200).json(), listed, "{name}");
            let one = format!("{below}/{}", item["id"].as_str().expect("an id"));
            assert_eq!(reader.get(&one).is(200).json(), item, "{name}");
            let query = json!({ "type": "eq", "field": "id", "value": item["id"] });
            assert_eq!(reader.post(&format!("{below}/find"), &query).is(200).json(), listed, "{name}");
            let lines = [reader.get(&format!("{below}/export")), reader.post(&format!("{below}/export"), &query)];
            for exported in lines {
                assert_eq!(serde_json::from_str::<Value>(&exported.is(200).body).ok(), Some(item.clone()), "{name}");
            }
        }
        for call in ["", "/export"] {
            other.get(&format!("{below}{call}")).is(404);
        }
        // It is the organisation's, whoever reads it.
        host.get(&format!("/api/v1/organisations/{}/{name}/{}", id::ACME_HOST, item["id"].as_str().expect("an id")))
            .is(404);
        host.get(&format!("/api/v1/organisations/{}/{name}", id::INITECH)).is(404);
    }
    app.sql(&format!("UPDATE organisations SET state = 'deleted', deleted_at = now(), state_before_deletion = 'active' WHERE id = '{}'", id::NORTHWIND));
    host.get(&format!("/api/v1/organisations/{}/partners", id::NORTHWIND)).is(404);
}

#[test]
fn the_way_of_an_invitations_mails_is_told_without_what_is_in_them() {
    let app = App::start();
    let machine = app.key(id::NORTHWIND, ALL);
    let new = json!({ "kind": "colleague", "email": "ana@northwind.example", "role": "member", "reminder": true });
    let invitation = machine.post("/api/v1/invitations", &new).is(201).json();
    let at = format!("/api/v1/invitations/{}", invitation["id"].as_str().expect("an id"));
    machine.send("PATCH", &at, "application/json", br#"{"email":"anna@northwind.example"}"#).is(200);
    let mails = machine.get(&format!("{at}/mails")).is(200).json();
    let told: Vec<_> = mails["data"]
        .as_array()
        .expect("mails")
        .iter()
        .map(|mail| (&mail["kind"], &mail["email"], &mail["state"]))
        .collect();
    let wanted = [
        ("invitation", "ana@northwind.example", "cancelled"),
        ("invitation", "anna@northwind.example", "queued"),
        ("reminder", "ana@northwind.example", "cancelled"),
        ("reminder", "anna@northwind.example", "queued"),
    ];
    for (kind, email, state) in wanted {
        assert!(told.contains(&(&json!(kind), &json!(email), &json!(state))), "{kind} to {email}: {mails}");
    }
    assert_eq!((told.len(), &mails["totalElements"]), (4, &json!(4)));
    assert!(mails["data"][0].get("letter").is_none(), "{mails}");
    // The newest first, one at a time, as anywhere.
    let last = machine.get(&format!("{at}/mails?size=1&sort=dueAt&sortOrder=DESC")).is(200).json();
    assert_eq!(last["data"][0]["kind"], "reminder");
    app.key(id::ACME_HOST, "READ_INVITATION").get(&format!("{at}/mails")).is(200);
    app.key(id::CONTOSO, "READ_INVITATION").get(&format!("{at}/mails")).is(404);
    // What a page calls stuck can be asked for: sent long ago, or its mail in trouble.
    let long_ago = |moment: &str| {
        let old = json!({ "type": "lower", "field": "lastSentAt", "value": moment });
        let trouble = json!({ "type": "in", "field": "delivery", "value": ["deferred", "failed"] });
        let query = json!({ "type": "or", "queries": [old, trouble] });
        machine.post("/api/v1/invitations/find", &query).is(200).json()["totalElements"].clone()
    };
    assert_eq!((long_ago("2020-01-01T00:00:00Z"), long_ago("2030-01-01T00:00:00Z")), (json!(0), json!(1)));
}

#[test]
fn an_import_is_told_found_and_undone_but_for_partners_with_people() {
    let app = App::start();
    let machine = app.key(id::ACME_HOST, ALL);
    let dry = import(&machine, "?dry_run=true", FILE);
    assert_eq!((&dry["importId"], app.count("organisation_imports")), (&Value::Null, 0));
    let made = import(&machine, "", FILE);
    let id = made["importId"].as_str().expect("an id").to_owned();
    let one = machine.get(&format!("{IMPORTS}/{id}")).is(200).json();
    assert_eq!(
        (&one["object"], &one["size"], &one["undoneAt"]),
        (&json!("organisation_import"), &json!(3), &Value::Null)
    );
    assert_eq!(machine.get(IMPORTS).is(200).json()["data"], json!([one]));
    app.owner()
        .open(&format!("/settings/profile/partners/imports/{id}"))
        .shows("Alpha")
        .shows("Gamma")
        .shows(&format!("{IMPORTS}/{id}"));
    // Nothing in a second file can be created, so there is no second import.
    let again = import(&machine, "", FILE);
    assert_eq!((&again["importId"], &again["failed"], app.count("organisation_imports")), (&Value::Null, &json!(3), 1));
    let query = json!({ "type": "eq", "field": "importId", "value": id });
    let found = machine.post("/api/v1/organisations/find?sort=name", &query).is(200).json();
    let names: Vec<_> =
        found["data"].as_array().expect("organisations").iter().map(|one| one["name"].clone()).collect();
    assert_eq!(names, ["Alpha", "Beta", "Gamma"]);
    let user = json!({ "email": "ana@beta.example", "organisationId": found["data"][1]["id"] });
    machine.post("/api/v1/users", &user).is(201);
    for _ in 0..2 {
        let undone = machine.send("POST", &format!("{IMPORTS}/{id}/undo"), "", b"").is(200).json();
        assert_eq!(undone["stay"], 1, "{undone}");
        assert!(undone["undoneAt"].is_string(), "{undone}");
    }
    let left = machine.post("/api/v1/organisations/find", &query).is(200).json();
    assert_eq!((&left["totalElements"], &left["data"][0]["name"]), (&json!(1), &json!("Beta")));
    app.key(id::ACME_HOST, "READ_PARTNER").send("POST", &format!("{IMPORTS}/{id}/undo"), "", b"").is(403);
    app.key(id::GLOBEX_HOST, ALL).send("POST", &format!("{IMPORTS}/{id}/undo"), "", b"").is(404);
    app.key(id::NORTHWIND, ALL).get(IMPORTS).is(403);
}
