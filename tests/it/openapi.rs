//! The API's own description: it is served, it is linked, and it tells every route and no other.

use std::collections::BTreeSet;

use serde_json::Value;

use super::support::api::ALL;
use super::support::{App, id};

/// Every route behind the API's door, as method and path, asked of the running program.
fn registered() -> BTreeSet<(String, String)> {
    let beside = |path: &str| path.starts_with("/api/oauth2/") || ["/api/docs", "/api/openapi.json"].contains(&path);
    let all = App::start().routes().into_iter();
    let behind = all.filter(|(_, path)| path.starts_with("/api/") && !beside(path));
    behind.map(|(method, path)| (method.to_ascii_lowercase(), path)).collect()
}

#[test]
fn every_route_is_described_and_nothing_else() {
    let described: BTreeSet<_> = guildhall::api::openapi::all()
        .into_iter()
        .map(|operation| (operation.method.to_owned(), operation.path.to_owned()))
        .collect();
    assert_eq!(registered(), described);
}

#[test]
fn the_document_and_the_page_are_public_and_linked() {
    // S4-25
    let app = App::start();
    let mut visitor = app.visitor();
    let document = visitor.get("/api/openapi.json").is(200).json();
    assert_eq!(document["openapi"], "3.1.0");
    let text = document.to_string();
    for name in text.split("#/components/schemas/").skip(1).filter_map(|rest| rest.split('"').next()) {
        assert!(document["components"]["schemas"][name].is_object(), "{name} is described");
    }
    let page = visitor.open("/api/docs");
    page.shows("client_credentials").shows("/api/v1/partner-invitations/find").shows("READ_INVITATION");
    let sign_in = visitor.open("/signin");
    assert_eq!(sign_in.page().link("API"), "/api/docs");
}

#[test]
fn an_address_that_is_there_for_other_methods_lists_them_in_its_own_words() {
    let app = App::start();
    let key = app.key(id::ACME_HOST, ALL);
    for (path, allow, member) in [
        ("/api/v1/me", "GET, HEAD", "statusCode"),
        ("/api/partner-organisations", "GET, HEAD", "message"),
        ("/api/network/partners", "GET, HEAD", "message"),
        ("/api/partners", "GET, HEAD", "detail"),
        ("/oauth2/token", "POST", "error"),
    ] {
        let answer = key.send("DELETE", path, "application/json", b"");
        answer.is(405);
        assert!(answer.header("allow").contains(allow), "{path}: {}", answer.header("allow"));
        assert!(answer.json()[member] != Value::Null, "{path}: {}", answer.body);
    }
}

#[test]
fn a_405_names_just_the_methods_that_the_document_has_for_an_address() {
    // RFC 9110, 15.5.6. That every route is refused so to everybody is asked in `matrix`.
    let app = App::start();
    let key = app.key(id::ACME_HOST, ALL);
    let document = guildhall::api::openapi::document("https://portal.example");
    let mut asked = 0;
    for (path, item) in document["paths"].as_object().expect("paths") {
        let declared: Vec<_> =
            item.as_object().expect("operations").keys().map(|one| one.to_ascii_uppercase()).collect();
        let head = declared.iter().any(|one| one == "GET").then(|| "HEAD".to_owned());
        let wanted: BTreeSet<_> = declared.iter().cloned().chain(head).collect();
        let address = path.replace("{number}", "1").replace("{id}", id::RANDOM).replace("{user}", id::RANDOM);
        for method in ["GET", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"] {
            if declared.iter().any(|one| one == method) {
                continue;
            }
            let answer = key.send(method, &address, "application/json", b"");
            let allow: BTreeSet<_> = answer.is(405).header("allow").split(", ").map(str::to_owned).collect();
            assert_eq!(allow, wanted, "{method} {path}");
            assert!(answer.body.contains(answer.header("allow")), "{method} {path}: {}", answer.body);
            asked += 1;
        }
    }
    assert!(asked > 200, "{asked}");
}

#[test]
fn every_error_has_a_schema_and_an_example() {
    let document = guildhall::api::openapi::document("https://portal.example");
    let mut seen = BTreeSet::new();
    for (path, item) in document["paths"].as_object().expect("paths") {
        for (method, operation) in item.as_object().expect("operations") {
            assert!(seen.insert(operation["operationId"].to_string()), "{method} {path} has a name of its own");
            assert!(operation["security"].is_array() && operation["tags"][0].is_string(), "{method} {path}");
            for (status, answer) in operation["responses"].as_object().expect("answers") {
                let content = &answer["content"]["application/json"];
                let told = status.as_str() < "400" || content["example"].is_object();
                assert!(told && !answer["description"].is_null(), "{method} {path}: {status}");
            }
        }
    }
}
