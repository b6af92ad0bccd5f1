//! The `OpenAPI` 3.1 document, put together from the table of operations, the schemas and what the portal answers.

use serde_json::{Map, Value, json};

use super::groups;
use super::operations::{CSV, Operation, all};
use super::{errors, links, oauth, parameters, queries, schemas};
use crate::access::Permission;
use crate::api_clients;

const ABOUT: &str = "What the portal's pages do, for programs. Fetch a token from /oauth2/token with an API client, or send \
    an API key. Errors name the field, parameter or header that they are about, and a call that is refused changes nothing.";

/// The document of a portal at this origin.
pub fn document(origin: &str) -> Value {
    let mut paths = if let Value::Object(paths) = oauth::paths() { paths } else { Map::new() };
    let all = all();
    for operation in &all {
        let path = paths.entry(operation.path.to_owned()).or_insert_with(|| json!({}));
        path[operation.method] = described(operation, &all);
    }
    json!({
        "openapi": "3.1.0",
        "info": { "title": "Guildhall", "version": env!("CARGO_PKG_VERSION"), "description": ABOUT },
        "servers": [{ "url": origin }],
        "externalDocs": { "url": format!("{origin}/api/docs"), "description": "The same for people" },
        "tags": tags(),
        "paths": paths,
        "components": { "schemas": schemas::all(), "securitySchemes": security(origin) },
        "security": [{ "token": [] }, { "key": [] }],
    })
}

fn security(origin: &str) -> Value {
    let scope =
        |permission: &Permission| (permission.as_str().to_owned(), Value::from(api_clients::words(*permission)));
    let scopes: Map<String, Value> = Permission::ALL.iter().map(scope).collect();
    let (token, key) = (format!("{origin}/oauth2/token"), "An API key, made in the portal.");
    json!({
        "token": { "type": "oauth2", "description": "A bearer token, good for an hour.",
            "flows": { "clientCredentials": { "tokenUrl": token, "scopes": scopes } } },
        "key": { "type": "apiKey", "in": "header", "name": "X-Api-Key", "description": key },
        "client": { "type": "http", "scheme": "basic", "description": "client_id and client_secret of an API client." },
    })
}

fn tags() -> Vec<Value> {
    let mut names = vec!["Tokens"];
    for operation in all() {
        if !names.contains(&operation.group) {
            names.push(operation.group);
        }
    }
    names.into_iter().map(|name| json!({ "name": name, "description": groups::about(name) })).collect()
}

fn described(operation: &Operation, all: &[Operation]) -> Value {
    let mut responses = errors::of(operation);
    let mut success = done(operation);
    let links = links::of(operation, all);
    if !links.is_empty() {
        success["links"] = Value::Object(links);
    }
    responses.insert(operation.answer.0.to_string(), success);
    if let Some((status, answer)) = super::writes::also(operation) {
        let content = json!({ "application/json": { "schema": schema(operation.path, answer) } });
        responses.insert(
            status.to_string(),
            json!({ "description": "Judged, and nothing was changed.", "content": content }),
        );
    }
    let parameters: Vec<Value> = operation.parameters.iter().map(|one| parameters::described(operation, one)).collect();
    let needs: Vec<&str> = operation.needs().collect();
    let mut described = json!({
        "operationId": operation_id(operation),
        "summary": operation.summary,
        "description": needed(&needs),
        "tags": [operation.group],
        "parameters": parameters,
        "security": [{ "token": needs }, { "key": [] }],
        "responses": responses,
    });
    if let Some((name, example)) = operation.body {
        let content = body(operation.path, name, example);
        described["requestBody"] = json!({ "required": true, "content": content });
    }
    described
}

fn body(path: &str, name: &str, example: &str) -> Value {
    if name == CSV {
        return json!({ "text/csv": { "schema": { "type": "string", "minLength": 1 }, "example": example } });
    }
    let example: Value = serde_json::from_str(example).unwrap_or_default();
    json!({ "application/json": { "schema": schema(path, name), "example": example } })
}

fn needed(permissions: &[&str]) -> String {
    if permissions.is_empty() {
        "Any credential will do.".into()
    } else {
        format!("Needs {}.", permissions.join(" and "))
    }
}

fn schema(path: &str, name: &str) -> Value {
    json!({ "$ref": format!("#/components/schemas/{}", queries::named(path, name)) })
}

/// An export in its two formats.
fn exported(path: &str) -> Value {
    json!({
        "application/x-ndjson": { "schema": schema(path, "Item") },
        "text/csv": { "schema": { "type": "string" } },
    })
}

const EXPORTED: &str = "Every item, by id. A chunked body: one that ends without its last chunk has broken off, and goes on \
    with after. CSV is RFC 4180 in UTF-8 with a byte order mark and a header row; a text that a spreadsheet would take for a \
    formula begins with an apostrophe. Two run at once for a credential, four for a tenant.";

/// The answer to a call that is done.
fn done(operation: &Operation) -> Value {
    let number = |about: &str| json!({ "description": about, "schema": { "type": "integer" } });
    let headers = json!({
        "RateLimit-Limit": number("Calls in a minute."),
        "RateLimit-Remaining": number("Calls that are left of them."),
        "RateLimit-Reset": number("Seconds until the oldest of them no longer counts."),
    });
    let answer = operation.answer.1;
    if answer == "Export" {
        return json!({ "description": EXPORTED, "headers": headers, "content": exported(operation.path) });
    }
    let content = json!({ "application/json": { "schema": schema(operation.path, answer) } });
    json!({ "description": "Done.", "headers": headers, "content": content })
}

/// The name of a call for programs.
pub fn operation_id(operation: &Operation) -> String {
    let path = operation.path.trim_start_matches("/api/");
    let words = path.split(|c: char| !c.is_ascii_alphanumeric()).filter(|word| !word.is_empty());
    std::iter::once(operation.method).chain(words).collect::<Vec<_>>().join("_")
}
