//! Request ids and the access log: one line a request, with the route's pattern instead of its address, so that no
//! id, name, mail address or secret can get into it. Client addresses are not logged.

use std::time::Instant;

use actix_web::body::MessageBody;
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::http::header::{HeaderName, HeaderValue};
use actix_web::middleware::Next;
use actix_web::{Error, HttpMessage as _};
use tracing::Instrument as _;
use tracing::field::Empty;
use uuid::Uuid;

use super::portal::Shared;
use crate::secrets;
use crate::telemetry::{SPANS, figures};

tokio::task_local! {
    static REQUEST_ID: String;
}

/// The id of a request, in its extensions.
#[derive(Debug, Clone)]
pub struct RequestId(pub String);

/// The id of the request being handled; empty outside one.
pub fn current_request_id() -> String {
    REQUEST_ID.try_with(Clone::clone).unwrap_or_default()
}

/// Gives the request an id of ours (never one from outside), logs how it ended, and names the id in the answer.
pub async fn requests(
    request: ServiceRequest,
    next: Next<impl MessageBody + 'static>,
) -> Result<ServiceResponse<impl MessageBody>, Error> {
    let began = Instant::now();
    let id = new_request_id(&request);
    request.extensions_mut().insert(RequestId(id.clone()));
    let method = request.method().clone();
    // The name cannot be given later; the routes are asked only where somebody wants to know.
    let name = if tracing::enabled!(target: SPANS, tracing::Level::TRACE) { pattern(&request) } else { String::new() };
    let span = tracing::trace_span!(target: SPANS, "request", otel.kind = "server", otel.name = name, request_id = id,
        http.request.method = method.as_str(), http.route = Empty, http.response.status_code = Empty);
    let answer = REQUEST_ID.scope(id.clone(), next.call(request)).instrument(span.clone()).await;
    let mut response = match answer {
        Ok(response) => response,
        Err(error) => {
            log(method.as_str(), "(given up)", error.as_response_error().status_code().as_u16(), &id, began);
            return Err(error);
        }
    };
    if let Ok(value) = HeaderValue::from_str(&id) {
        response.headers_mut().insert(HeaderName::from_static("x-request-id"), value);
    }
    let route = response.request().match_pattern().unwrap_or_else(|| "(none)".into());
    let status = response.status().as_u16();
    span.record("http.route", route.as_str()).record("http.response.status_code", status);
    log(method.as_str(), &route, status, &id, began);
    Ok(response)
}

fn pattern(request: &ServiceRequest) -> String {
    format!("{} {}", request.method(), request.match_pattern().as_deref().unwrap_or("(none)"))
}

fn new_request_id(request: &ServiceRequest) -> String {
    let now = request.app_data::<Shared>().map(|portal| portal.clock.now());
    now.map_or_else(Uuid::new_v4, secrets::new_id).simple().to_string()
}

fn log(method: &str, route: &str, status: u16, id: &str, began: Instant) {
    let took = began.elapsed();
    figures::request(route, method, status, took);
    let milliseconds = took.as_secs_f64() * 1_000.0;
    tracing::info!(target: "guildhall::access", request_id = id, method, route, status, milliseconds, "request");
}
