//! The token endpoints in the document: they lie outside the table of operations, since whoever calls them has no
//! token yet.

use serde_json::{Value, json};

use super::errors;
use crate::api::dialect::Dialect;

/// The endpoints by path.
pub fn paths() -> Value {
    let grant = json!({ "grant_type": { "const": "client_credentials" },
        "scope": { "type": "string", "description": "Permissions, separated by spaces; all of the client's when there are none." } });
    let token = json!({ "token": { "type": "string", "minLength": 1 }, "token_type_hint": { "type": "string" } });
    json!({
        "/oauth2/token": { "post": endpoint(
            ("fetch_token", "Fetch a token", "Client credentials (RFC 6749). The token is good for an hour."),
            (&grant, "grant_type", &json!({ "grant_type": "client_credentials" })),
            &json!({ "$ref": "#/components/schemas/Token" }),
        ) },
        "/oauth2/revoke": { "post": endpoint(
            ("revoke_token", "End a token", "RFC 7009. The answer is 200 whether or not there was one."),
            (&token, "token", &json!({ "token": "gha_…" })),
            &json!({ "type": "object" }),
        ) },
        "/oauth2/introspect": { "post": endpoint(
            ("introspect_token", "Ask about a token", "RFC 7662, of the client's own tokens."),
            (&token, "token", &json!({ "token": "gha_…" })),
            &json!({ "$ref": "#/components/schemas/Introspection" }),
        ) },
    })
}

fn endpoint(
    (id, summary, about): (&str, &str, &str),
    (fields, needed, example): (&Value, &str, &Value),
    answer: &Value,
) -> Value {
    let mut responses =
        json!({ "200": { "description": "Done.", "content": { "application/json": { "schema": answer } } } });
    for status in [400, 401, 408, 413, 415, 429, 500, 503] {
        responses[status.to_string()] = errors::response(Dialect::Token, status);
    }
    let body = json!({ "type": "object", "properties": fields, "required": [needed],
        "additionalProperties": { "type": "string" } });
    json!({
        "operationId": id,
        "summary": summary,
        "description": format!("{about} The client authenticates by HTTP Basic, or by client_id and client_secret in the form."),
        "tags": ["Tokens"],
        "security": [{ "client": [] }],
        "requestBody": { "required": true, "content": { "application/x-www-form-urlencoded": { "schema": body, "example": example } } },
        "responses": responses,
    })
}
