//! How errors read in each wire format. One place, so that a format is its paths, its shapes and a line here.

use actix_web::HttpResponse;
use actix_web::http::{StatusCode, header};
use serde_json::{Value, json};

use super::error::ApiError;

/// A wire format's way to tell errors (`domain.md`, conflict 8).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Dialect {
    /// Seed 000: `{"message"}`.
    PartnerOrganisations,
    /// Seed 002: `{"detail":[…]}`.
    Partners,
    /// Seed 003: `{"message"}` with its own sentences.
    Network,
    /// Seed 004 and the portal's own: `{"statusCode","message","error"}`.
    Own,
    /// RFC 6749: `{"error","error_description"}`.
    Token,
}

/// Seed 000's sentence, word by word (S0-04).
const UNAUTHORISED: &str = "Unauthorized — the request lacks valid authentication credentials. Verify your Bearer token or \
     API key is correct and has not expired.";

impl Dialect {
    /// The dialect of a path below `/api`.
    pub fn of(path: &str) -> Self {
        let path = path.strip_prefix("/api").unwrap_or(path);
        let under =
            |prefix: &str| path.strip_prefix(prefix).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'));
        if under("/partner-organisation") || under("/partner-organisations") {
            Self::PartnerOrganisations
        } else if under("/partners") {
            Self::Partners
        } else if under("/network") {
            Self::Network
        } else if under("/oauth2") {
            Self::Token
        } else {
            Self::Own
        }
    }

    /// The answer that an error becomes.
    pub fn answer(self, error: &ApiError) -> HttpResponse {
        // Seed 000 knows 400, not 422.
        let status = match (self, error.status) {
            (Self::PartnerOrganisations | Self::Network, StatusCode::UNPROCESSABLE_ENTITY) => StatusCode::BAD_REQUEST,
            (_, status) => status,
        };
        let mut answer = HttpResponse::build(status);
        answer.insert_header((header::CACHE_CONTROL, "no-store"));
        if status == StatusCode::UNAUTHORIZED || error.bearer == Some("insufficient_scope") {
            // RFC 6749, section 5.2: a client that failed is asked the way it came.
            let asked = if self == Self::Token { "Basic realm=\"token\"".to_owned() } else { challenge(error.bearer) };
            answer.insert_header((header::WWW_AUTHENTICATE, asked));
        }
        if let Some(seconds) = error.retry_after {
            answer.insert_header((header::RETRY_AFTER, seconds.to_string()));
        }
        if let Some(methods) = &error.allow {
            answer.insert_header((header::ALLOW, methods.as_str()));
        }
        answer.json(self.body(error, status))
    }

    /// The body of an error.
    pub fn body(self, error: &ApiError, status: StatusCode) -> Value {
        match self {
            Self::PartnerOrganisations => json!({ "message": self.sentence(error, status) }),
            Self::Network => json!({ "message": network(error, status) }),
            Self::Partners => json!({ "detail": detail(error, status) }),
            Self::Own => own(error, status),
            Self::Token => json!({ "error": token_code(error, status), "error_description": error.message }),
        }
    }

    fn sentence(self, error: &ApiError, status: StatusCode) -> String {
        match (self, status) {
            (Self::PartnerOrganisations, StatusCode::UNAUTHORIZED) => UNAUTHORISED.into(),
            _ => named(error),
        }
    }
}

/// Every fault with the field that it is about.
fn named(error: &ApiError) -> String {
    if error.faults.is_empty() {
        return error.message.clone();
    }
    let one = |fault: &super::Fault| format!("{}: {}", fault.path, fault.message);
    error.faults.iter().map(one).collect::<Vec<_>>().join(" ")
}

fn challenge(bearer: Option<&str>) -> String {
    bearer.map_or_else(|| "Bearer".into(), |error| format!("Bearer error=\"{error}\""))
}

/// Seed 003's sentences, its spelling included.
fn network(error: &ApiError, status: StatusCode) -> String {
    match status {
        StatusCode::UNAUTHORIZED => "User not authenticated".into(),
        StatusCode::FORBIDDEN => "User not authorized".into(),
        StatusCode::NOT_FOUND => "Resource not found".into(),
        StatusCode::TOO_MANY_REQUESTS => "API call rate limit exeeded".into(),
        status if status.is_server_error() => "Internal Server Error".into(),
        _ => format!("Bad request: {}", named(error)),
    }
}

/// Seed 002's list: one item for each fault, or one for the whole.
fn detail(error: &ApiError, status: StatusCode) -> Vec<Value> {
    if error.faults.is_empty() {
        let kind = if status.is_server_error() { "server_error" } else { "request_error" };
        return vec![json!({ "loc": [], "msg": error.message, "type": kind, "code": status.as_u16().to_string() })];
    }
    let one = |fault: &super::Fault| json!({ "loc": [fault.place, fault.path], "msg": fault.message, "type": "value_error", "code": fault.code });
    error.faults.iter().map(one).collect()
}

fn own(error: &ApiError, status: StatusCode) -> Value {
    let mut body = json!({
        "statusCode": status.as_u16(),
        "message": named(error),
        "error": status.canonical_reason().unwrap_or("Error"),
    });
    if !error.faults.is_empty() {
        let one = |fault: &super::Fault| json!({ "in": fault.place, "path": fault.path, "code": fault.code, "message": fault.message });
        body["errors"] = error.faults.iter().map(one).collect();
    }
    body
}

/// RFC 6749, section 5.2.
fn token_code(error: &ApiError, status: StatusCode) -> &'static str {
    match (status, error.faults.first()) {
        (StatusCode::UNAUTHORIZED, _) => "invalid_client",
        (_, Some(fault)) => fault.code,
        (status, None) if status.is_server_error() => "server_error",
        _ => "invalid_request",
    }
}
