//! The portal's own API: every collection by its id, by page and by find, within the caller's scope.

use serde_json::{Value, json};

use super::support::api::ALL;
use super::support::fixture::{INVITATIONS, RECORDS};
use super::support::{App, id};

const COLLECTIONS: [&str; 7] =
    ["organisations", "users", "partners", "connections", "api-clients", "audit-events", "invitations"];

fn app() -> App {
    let app = App::start();
    app.sql(RECORDS);
    app.sql(INVITATIONS);
    app.sql(&format!(
        "INSERT INTO connections (id, tenant_id, host_organisation_id, guest_organisation_id, created_at, updated_at)
         SELECT gen_random_uuid(), tenant_id, '{}', '{}', now(), now() FROM organisations WHERE id = '{0}';
         INSERT INTO audit_events (id, tenant_id, organisation_id, at, actor_kind, actor_name, verb, object_kind, object_name)
         SELECT gen_random_uuid(), tenant_id, id, now(), 'system', 'Guildhall', 'create', 'organisation', name FROM organisations",
        id::NORTHWIND, id::CONTOSO
    ));
    app
}

#[test]
fn every_collection_is_read_alike() {
    let app = app();
    let key = app.key(id::NORTHWIND, ALL);
    for name in COLLECTIONS {
        let path = format!("/api/v1/{name}");
        let list = key.get(&path).is(200).json();
        assert_eq!(list["object"], "list", "{name}");
        let first = &list["data"][0];
        let id = first["id"].as_str().unwrap_or_else(|| panic!("{name} has no item: {list}"));
        assert_eq!(&key.get(&format!("{path}/{id}")).is(200).json(), first, "{name}");
        let found =
            key.post(&format!("{path}/find"), &json!({ "type": "eq", "field": "id", "value": id })).is(200).json();
        assert_eq!((&found["totalElements"], &found["data"][0]), (&json!(1), first), "{name}");
        for wrong in ["size=0", "sort=secret", "x=1"] {
            key.get(&format!("{path}?{wrong}")).is(400);
        }
        for wrong in [id::RANDOM, "1", "%00"] {
            key.get(&format!("{path}/{wrong}")).is(404);
        }
    }
}

#[test]
fn a_partner_sees_its_own_and_the_host_its_tenant() {
    let app = app();
    let ids = |organisation: &str, name: &str| -> Vec<Value> {
        let list = app.key(organisation, ALL).get(&format!("/api/v1/{name}?size=1000")).is(200).json();
        list["data"].as_array().expect("items").clone()
    };
    assert_eq!(ids(id::NORTHWIND, "organisations").len(), 1);
    assert_eq!(ids(id::ACME_HOST, "organisations").len(), 3);
    assert_eq!((ids(id::NORTHWIND, "users").len(), ids(id::ACME_HOST, "users").len()), (2, 6));
    for (organisation, foreign) in [(id::NORTHWIND, "Contoso"), (id::ACME_HOST, "Initech"), (id::CONTOSO, "NWT-01")] {
        for name in ["organisations", "users", "partners", "api-clients", "audit-events"] {
            let text = Value::from(ids(organisation, name)).to_string();
            assert!(!text.contains(foreign), "{name} of {organisation} tells {foreign}");
        }
    }
    let of_contoso = ids(id::CONTOSO, "partners")[0]["id"].as_str().expect("an id").to_owned();
    app.key(id::NORTHWIND, ALL).get(&format!("/api/v1/partners/{of_contoso}")).is(404);
}

#[test]
fn each_collection_needs_its_permission() {
    let app = app();
    for (name, permission) in [
        ("organisations", "READ_PARTNER"),
        ("users", "READ_USER"),
        ("partners", "READ_PARTNER"),
        ("connections", "READ_PARTNER"),
        ("api-clients", "MANAGE_API_CLIENTS"),
        ("audit-events", "READ_AUDIT"),
        ("invitations", "READ_INVITATION"),
        ("invitation-batches", "READ_INVITATION"),
        ("partner-invitations", "READ_INVITATION"),
    ] {
        let path = format!("/api/v1/{name}");
        app.key(id::NORTHWIND, permission).get(&path).is(200);
        let others: Vec<&str> = ALL.split(',').filter(|other| *other != permission).collect();
        let refused = app.key(id::NORTHWIND, &others.join(",")).get(&path);
        refused.is(403);
        assert_eq!(refused.header("www-authenticate"), "Bearer error=\"insufficient_scope\"");
        app.key(id::NORTHWIND, ALL).stranger().get(&path).is(401);
    }
}

#[test]
fn me_tells_who_the_credential_is() {
    let app = app();
    let me = app.client(id::NORTHWIND, "READ_PARTNER,READ_USER").with_token().get("/api/v1/me").is(200).json();
    assert_eq!(
        (&me["object"], &me["organisationId"], &me["tenant"]),
        (&json!("me"), &json!(id::NORTHWIND), &json!("acme"))
    );
    assert_eq!(me["permissions"], json!(["READ_PARTNER", "READ_USER"]));
    app.key(id::NORTHWIND, "READ_USER").get("/api/v1/me?fields=id").is(400);
}

#[test]
fn a_page_behind_the_last_one_is_empty_and_one_behind_100_000_items_is_refused() {
    // S4-08
    let app = app();
    let key = app.key(id::ACME_HOST, ALL);
    for path in ["/api/v1/organisations?page=100&size=1000", "/api/v1/partner-invitations?page=99&size=1000"] {
        assert_eq!(key.get(path).is(200).json()["data"], json!([]), "{path}");
    }
    for path in ["/api/v1/organisations?page=2147483647&size=1000", "/api/v1/partner-invitations?page=101&size=1000"] {
        assert_eq!(key.get(path).is(400).json()["errors"][0]["path"], "page", "{path}");
    }
    let network = key.header("X-Servitly-Tenant", "acme");
    let told = network.get("/api/network/partners?page=100&size=1000").is(200).json();
    assert_eq!((&told["content"], &told["last"], &told["totalElements"]), (&json!([]), &json!(true), &json!(2)));
    network.get("/api/network/partners?page=2147483647&size=1000").is(400);
}
