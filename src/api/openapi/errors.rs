//! What can go wrong with a call, in the words of its wire format: the examples are what the portal really answers.

use actix_web::http::StatusCode;
use serde_json::{Map, Value, json};

use super::operations::Operation;
use crate::api::dialect::Dialect;
use crate::api::{ApiError, Fault};

/// The errors of a call, by status.
pub fn of(operation: &Operation) -> Map<String, Value> {
    let dialect = Dialect::of(operation.path);
    statuses(operation).into_iter().map(|status| (status.to_string(), response(dialect, status))).collect()
}

fn statuses(operation: &Operation) -> Vec<u16> {
    let dialect = Dialect::of(operation.path);
    let reads = operation.method == "get" || operation.path.ends_with("/find") || operation.path.ends_with("/export");
    let mut all = vec![400, 401, 403, 429, 500, 503];
    // Seed 003's tenant, named by a header, may be unknown too.
    if operation.path.contains('{') || dialect == Dialect::Network {
        all.push(404);
    }
    let takes = |header: &str| operation.parameters.iter().any(|parameter| parameter.name == header);
    if operation.body.is_some() || takes("Idempotency-Key") {
        all.extend([408, 413, 415]);
    }
    if takes("If-Match") {
        all.push(412);
    }
    if !reads || operation.path.ends_with("/invoice-owner") {
        all.push(409);
    }
    // Seeds 000 and 003 know 400 only; seed 002 refuses parameters and headers by 422 too.
    let refuses = (!reads && dialect == Dialect::Own) || dialect == Dialect::Partners;
    if refuses {
        all.push(422);
    }
    all.sort_unstable();
    all
}

/// One error of a wire format, with an example.
pub fn response(dialect: Dialect, status: u16) -> Value {
    let mut response = json!({
        "description": about(status),
        "content": { "application/json": { "schema": { "$ref": schema(dialect) }, "example": example(dialect, status) } },
    });
    match status {
        429 | 503 => {
            response["headers"] = json!({ "Retry-After": header("Seconds to wait.", &json!({ "type": "integer" })) });
        }
        401 => {
            response["headers"] =
                json!({ "WWW-Authenticate": header("How to authenticate.", &json!({ "type": "string" })) });
        }
        _ => {}
    }
    response
}

fn header(about: &str, schema: &Value) -> Value {
    json!({ "description": about, "required": true, "schema": schema })
}

const fn schema(dialect: Dialect) -> &'static str {
    match dialect {
        Dialect::PartnerOrganisations | Dialect::Network => "#/components/schemas/MessageError",
        Dialect::Partners => "#/components/schemas/DetailError",
        Dialect::Own => "#/components/schemas/Error",
        Dialect::Token => "#/components/schemas/TokenError",
    }
}

const fn about(status: u16) -> &'static str {
    match status {
        400 => "The request cannot be read; the message names the place.",
        401 => "The credential is missing, unknown or has expired.",
        403 => "The credential lacks a permission.",
        404 => "There is no such thing for this caller.",
        408 => "The body did not arrive in time.",
        409 => "It is there already, or does not fit what is there; a field is named.",
        412 => "It has another version by now; both are named.",
        413 => "The body is over 256 KiB; an import over 4 MiB or 10,000 rows.",
        415 => "The body is of another kind than is taken here.",
        422 => "A field is not allowed; every one is named.",
        429 => "Too many calls in a minute.",
        503 => "The portal cannot answer right now; nothing was changed.",
        _ => "A fault of the portal.",
    }
}

/// What the portal says, made by what says it.
pub fn example(dialect: Dialect, status: u16) -> Value {
    let status = StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    let error = match status.as_u16() {
        400 => ApiError::malformed(fault(dialect, 400)),
        401 if dialect == Dialect::Token => ApiError::new(status, "The client is unknown, or its secret is wrong."),
        401 => ApiError::unauthorised(None),
        403 => ApiError::forbidden(),
        404 => ApiError::not_found(),
        409 => ApiError::conflict("name", "Another organisation has this name."),
        422 => ApiError::refused(vec![fault(dialect, 422)]),
        429 => ApiError::too_many(30),
        500 => ApiError::internal(),
        503 => ApiError::busy(),
        _ => ApiError::new(status, about(status.as_u16())),
    };
    dialect.body(&error, status)
}

/// A fault that a format's callers meet.
fn fault(dialect: Dialect, status: u16) -> Fault {
    let (place, path, code, message) = match (dialect, status) {
        (Dialect::Own, 400) => ("query", "size", "out_of_range", "Send a whole number from 1 to 1000."),
        (Dialect::Partners, 400) => ("body", "", "not_json", "The body is not JSON that can be read."),
        (Dialect::Partners, _) => ("body", "company_name", "required", "Send this field."),
        (Dialect::Token, _) => ("body", "", "invalid_request", "Send grant_type=client_credentials."),
        _ => ("body", "name", "required", "Send this field."),
    };
    Fault { place, path: path.into(), code, message: message.into() }
}
