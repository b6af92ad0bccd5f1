//! The schema of each parameter: bounds, choices and defaults that the handlers hold to.

use serde_json::{Value, json};

use super::operations::{Operation, Parameter};
use super::queries;
use super::schemas;
use crate::api::page::LARGEST;

/// A parameter of a call as the document tells it.
pub fn described(operation: &Operation, one: &Parameter) -> Value {
    let mut described = json!({
        "name": one.name,
        "in": one.place,
        "required": one.required,
        "description": one.about,
        "schema": schema(operation, one),
    });
    if one.name.ends_with("[]") {
        described["style"] = "form".into();
        described["explode"] = true.into();
    }
    described
}

fn schema(operation: &Operation, one: &Parameter) -> Value {
    let numbers = |least: i64, most: i64| json!({ "type": "integer", "minimum": least, "maximum": most });
    match (one.place, one.name) {
        ("path" | "header", name) => placed(one.place, name),
        (_, "page") => defaulted(numbers(0, i64::from(i32::MAX)), 0),
        (_, "size") if operation.path.contains("/network/") => defaulted(numbers(1, LARGEST), 20),
        (_, "size") => defaulted(numbers(1, LARGEST), 10),
        (_, "sort") => json!({ "type": "string", "enum": queries::sorts(operation.path) }),
        (_, "sortOrder") => json!({ "type": "string", "enum": ["ASC", "DESC"], "default": "ASC" }),
        (_, "limit") if operation.path.ends_with("/export") => numbers(1, 9_999_999_999),
        (_, "limit") if one.required => numbers(1, LARGEST),
        (_, "limit") => defaulted(numbers(1, LARGEST), 20),
        (_, "offset") => defaulted(numbers(0, 100_000), 0),
        (_, "after") if operation.path.contains("/partner-invitations/") => {
            json!({ "type": "string", "pattern": "^[0-9]{1,18}$" })
        }
        (_, "after") => schemas::uuid(),
        (_, "dry_run") => json!({ "type": "boolean", "default": false }),
        (_, "format") => json!({ "type": "string", "enum": ["ndjson", "csv"] }),
        (_, "customerZuoraAccountId") => schemas::printable(64),
        (_, name) => of_partners(name),
    }
}

/// What stands in the path or in a header.
fn placed(place: &str, name: &str) -> Value {
    match (place, name) {
        ("path", "number") => json!({ "type": "string", "pattern": "^[0-9]{1,19}$", "examples": ["789"] }),
        ("path", _) => schemas::uuid(),
        // By pattern, not by format: generated clients hand a UUID to HTTP libraries that want a text.
        ("header", "Requester-Organization-ID" | "Target-Organization-ID") => {
            json!({ "type": "string", "pattern": "^[0-9A-Fa-f]{8}(?:-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12}$" })
        }
        ("header", "Idempotency-Key") => {
            json!({ "type": "string", "minLength": 1, "maxLength": 255, "pattern": "^[!-~]+$" })
        }
        ("header", "Cache-Control") => json!({ "type": "string", "examples": ["max-stale"] }),
        ("header", "If-Match") => {
            json!({ "type": "string", "pattern": "^\"[0-9]{1,9}\"$", "examples": ["\"1\""] })
        }
        ("header", "X-Servitly-Tenant") => json!({ "type": "string", "pattern": "^[!-~]+$", "examples": ["acme"] }),
        _ => json!({ "type": "string" }),
    }
}

/// The parameters of seed 002's list.
fn of_partners(name: &str) -> Value {
    let uuids = || json!({ "type": "array", "items": { "type": "string", "format": "uuid" } });
    match name {
        "partner_types[]" => many(&["customer", "supplier"], 1),
        "invitation_statuses[]" => many(&["invited", "accepted"], 0),
        "partner_ids[]" => uuids(),
        "search_field" => {
            json!({ "type": "string", "enum": ["company_name", "email"], "default": "company_name" })
        }
        "search_text" => json!({ "type": "string", "minLength": 1, "maxLength": 255, "pattern": schemas::NO_NUL }),
        "order_by" => {
            let fields = ["company_name", "sales_amount", "partner_type", "email", "frequency", "payment_terms"];
            json!({ "type": "string", "enum": fields, "default": "company_name" })
        }
        "order_dir" => json!({ "type": "string", "enum": ["asc", "desc"], "default": "asc" }),
        _ => json!({ "type": "string" }),
    }
}

fn defaulted(mut schema: Value, standard: i64) -> Value {
    schema["default"] = standard.into();
    schema
}

fn many(words: &[&str], least: u32) -> Value {
    json!({ "type": "array", "items": { "type": "string", "enum": words }, "minItems": least })
}
