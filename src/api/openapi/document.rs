//! The `OpenAPI` 3.1 document, put together from the table of operations and the schemas.

use serde_json::{Map, Value, json};

use super::operations::{Operation, all};
use super::schemas;

/// The document of a portal at this origin.
pub fn document(origin: &str) -> Value {
    let mut paths: Map<String, Value> = Map::new();
    for operation in all() {
        let path = paths.entry(operation.path.to_owned()).or_insert_with(|| json!({}));
        path[operation.method] = described(&operation);
    }
    json!({
        "openapi": "3.1.0",
        "info": {
            "title": "Guildhall",
            "version": env!("CARGO_PKG_VERSION"),
            "description": "The partner portal's API. Authenticate by a bearer token from /oauth2/token, or by an API key.",
        },
        "servers": [{ "url": origin }],
        "paths": paths,
        "components": {
            "schemas": schemas::all(),
            "securitySchemes": {
                "token": { "type": "oauth2", "flows": { "clientCredentials": { "tokenUrl": format!("{origin}/oauth2/token"), "scopes": {} } } },
                "key": { "type": "apiKey", "in": "header", "name": "X-Api-Key" },
            },
        },
        "security": [{ "token": [] }, { "key": [] }],
    })
}

fn described(operation: &Operation) -> Value {
    let responses = responses(operation);
    let parameters: Vec<Value> = operation
        .parameters
        .iter()
        .map(|one| {
            json!({ "name": one.name, "in": one.place, "required": one.required, "description": one.about, "schema": { "type": "string" } })
        })
        .collect();
    let mut described = json!({
        "operationId": operation_id(operation),
        "summary": operation.summary,
        "description": format!("Needs: {}.", operation.permissions),
        "tags": [operation.group],
        "parameters": parameters,
        "responses": responses,
    });
    if let Some((name, example)) = operation.body {
        let example: Value = serde_json::from_str(example).unwrap_or_default();
        described["requestBody"] = json!({
            "required": true,
            "content": { "application/json": { "schema": schema(name), "example": example } },
        });
    }
    described
}

/// An export in its two formats.
fn exported() -> Value {
    json!({
        "description": "Every item, by id. A chunked body: one that ends without its last chunk has broken off, and goes \
            on with after. CSV is RFC 4180 in UTF-8 with a byte order mark and a header row; a text that a spreadsheet \
            would take for a formula begins with an apostrophe. Two run at once for a credential, four for a tenant.",
        "content": {
            "application/x-ndjson": { "schema": { "$ref": "#/components/schemas/Item" } },
            "text/csv": { "schema": { "type": "string" } },
        },
    })
}

/// A schema by its name.
fn schema(name: &str) -> Value {
    json!({ "$ref": format!("#/components/schemas/{name}") })
}

fn responses(operation: &Operation) -> Map<String, Value> {
    let content = |name: &str| json!({ "application/json": { "schema": schema(name) } });
    let mut responses = Map::new();
    let (status, answer) = operation.answer;
    let done =
        if answer == "Export" { exported() } else { json!({ "description": "Done.", "content": content(answer) }) };
    responses.insert(status.to_string(), done);
    if let Some((status, name)) = super::writes::also(operation) {
        responses.insert(
            status.to_string(),
            json!({ "description": "Judged, and nothing was changed.", "content": content(name) }),
        );
    }
    for (status, about) in errors(operation) {
        responses.insert(
            status.to_owned(),
            json!({ "description": about, "content": { "application/json": { "schema": { "type": "object" } } } }),
        );
    }
    responses
}

/// What can go wrong with any call, and what only with some.
fn errors(operation: &Operation) -> Vec<(&'static str, &'static str)> {
    let mut errors = vec![
        ("400", "The request cannot be read; the message names the place."),
        ("401", "The credential is missing, unknown or has expired."),
        ("403", "The credential lacks a permission."),
        ("429", "Too many calls in a minute; Retry-After says when to go on."),
    ];
    if operation.path.contains('{') {
        errors.push(("404", "There is no such thing for this caller."));
    }
    if operation.parameters.iter().any(|parameter| parameter.name == "If-Match") {
        errors.push(("412", "It has another version by now; both are named."));
    }
    if operation.body.is_none() && operation.parameters.iter().any(|parameter| parameter.name == "Idempotency-Key") {
        errors.extend([
            ("409", "It is in no state for this by now, or the first call with this key is still under way."),
            ("415", "There is a body that is not JSON."),
            ("422", "The key was used for another request, or the body has members; there are none to send."),
        ]);
    }
    if operation.body.is_some() {
        errors.extend([
            ("409", "Something with this name or address is there already."),
            ("413", "The body is over 256 KiB."),
            ("415", "The body is not JSON."),
            ("422", "A field is not allowed; every one is named."),
        ]);
    }
    errors
}

fn operation_id(operation: &Operation) -> String {
    let path = operation.path.trim_start_matches("/api/");
    let words = path.split(|c: char| !c.is_ascii_alphanumeric()).filter(|word| !word.is_empty());
    std::iter::once(operation.method).chain(words).collect::<Vec<_>>().join("_")
}
