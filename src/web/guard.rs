//! What is refused before any handler runs: foreign hosts, cookies that pretend, requests that never end, panics.
//! Each is a middleware of its own; `app.rs` puts them in order.

use std::panic::AssertUnwindSafe;
use std::time::Duration;

use actix_web::body::{BoxBody, MessageBody};
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::error::InternalError;
use actix_web::http::header::HeaderMap;
use actix_web::http::{Method, Version, header};
use actix_web::middleware::Next;
use actix_web::{Error, HttpMessage as _, HttpResponse, ResponseError as _};
use futures_util::FutureExt as _;
use url::form_urlencoded;

use super::error::AppError;
use super::portal::{Portal, Shared};
use super::{cookies, session, trace};

/// From the first header to the last byte of the answer's head.
pub const REQUEST_LIMIT: Duration = Duration::from_secs(15);

/// Refuses a request that no handler has seen.
pub fn refuse(request: ServiceRequest, error: &AppError) -> ServiceResponse<BoxBody> {
    request.into_response(error.error_response())
}

/// Ends a request that a handler has taken. The answer is made here, where its request id is known.
fn give_up(error: AppError) -> Error {
    let answer = error.error_response();
    InternalError::from_response(error, answer).into()
}

/// A panic answers 500 and the process lives; the request's transaction was rolled back by its unwinding.
pub async fn panics(
    request: ServiceRequest,
    next: Next<impl MessageBody + 'static>,
) -> Result<ServiceResponse<impl MessageBody>, Error> {
    if let Ok(answer) = AssertUnwindSafe(next.call(request)).catch_unwind().await {
        return answer;
    }
    tracing::error!(request_id = %trace::current_request_id(), "a handler panicked");
    crate::telemetry::figures::panicked();
    Err(give_up(AppError::Internal))
}

/// Ends a request that takes too long, whoever is slow.
pub async fn deadline(
    request: ServiceRequest,
    next: Next<impl MessageBody + 'static>,
) -> Result<ServiceResponse<impl MessageBody>, Error> {
    match tokio::time::timeout(REQUEST_LIMIT, next.call(request)).await {
        Ok(answer) => answer,
        Err(_) => Err(give_up(AppError::Busy)),
    }
}

/// Answers only to the host of `BASE_URL`: nobody makes the portal believe that it is somewhere else. Health checks
/// come from machines that know an address and no name, so they are let through.
pub async fn host(
    request: ServiceRequest,
    next: Next<impl MessageBody + 'static>,
) -> Result<ServiceResponse<BoxBody>, Error> {
    let Some(portal) = request.app_data::<Shared>().cloned() else { return Err(AppError::Internal.into()) };
    let named = request.headers().get(header::HOST).and_then(|host| host.to_str().ok()).unwrap_or_default();
    let absolute = request.uri().authority().map(actix_web::http::uri::Authority::as_str);
    let is_ours = |name: &str| name.eq_ignore_ascii_case(portal.base_url.authority());
    if (is_ours(named) && absolute.is_none_or(is_ours)) || request.path().starts_with("/health/") {
        return Ok(next.call(request).await?.map_into_boxed_body());
    }
    match other_name(&portal, named, &request) {
        Some(address) => {
            let answer = HttpResponse::Found().insert_header((header::LOCATION, address)).finish();
            Ok(request.into_response(answer))
        }
        None => Ok(refuse(request, &AppError::Misdirected)),
    }
}

/// In development mode this machine's other name is no attack but habit: the same page under the right one.
fn other_name(portal: &Portal, named: &str, request: &ServiceRequest) -> Option<String> {
    let port = portal.base_url.authority().rsplit(':').next()?;
    let habit = named == format!("127.0.0.1:{port}") || named == format!("[::1]:{port}");
    let address = request.uri().path_and_query()?.as_str();
    (portal.development && habit && request.method().is_safe()).then(|| portal.base_url.join(address))
}

/// Removes cookies whose names only pretend to be ours (security fact 1) before anything reads them.
pub async fn cookie_names(
    mut request: ServiceRequest,
    next: Next<impl MessageBody + 'static>,
) -> Result<ServiceResponse<BoxBody>, Error> {
    match cookies::keep_honest(request.headers_mut()) {
        Ok(()) => {
            if let Some(portal) = request.app_data::<Shared>().cloned() {
                session::sign_anew(&portal, request.headers_mut());
            }
            Ok(next.call(request).await?.map_into_boxed_body())
        }
        Err(what) => Ok(refuse(request, &AppError::Malformed(what.into()))),
    }
}

/// In the extensions of a request whose answer's body nobody wants, for those who would make a long one.
#[derive(Debug, Clone, Copy)]
pub struct NoBody;

/// `HEAD` is `GET` without a body; the body is left out further down, so that handlers need not know.
pub async fn head_as_get(
    mut request: ServiceRequest,
    next: Next<impl MessageBody + 'static>,
) -> Result<ServiceResponse<impl MessageBody>, Error> {
    if request.method() == Method::HEAD {
        request.extensions_mut().insert(NoBody);
        request.head_mut().method = Method::GET;
    }
    let mut answer = next.call(request).await?;
    if let Some(allow) = methods(answer.headers()).and_then(|all| all.parse().ok()) {
        answer.headers_mut().insert(header::ALLOW, allow);
    }
    Ok(answer)
}

/// The methods that an answer's `Allow` names, each once, and `HEAD` wherever there is `GET`.
pub fn methods(headers: &HeaderMap) -> Option<String> {
    let told = headers.get(header::ALLOW)?.to_str().ok()?;
    let mut all: Vec<&str> = Vec::new();
    for method in told.split(',').map(str::trim) {
        let with_head: &[&str] = if method == "GET" { &["GET", "HEAD"] } else { &[method] };
        for one in with_head {
            if !all.contains(one) {
                all.push(one);
            }
        }
    }
    Some(all.join(", "))
}

/// A page's address says each thing once: of two values neither is picked silently.
pub async fn query_twice(
    request: ServiceRequest,
    next: Next<impl MessageBody + 'static>,
) -> Result<ServiceResponse<impl MessageBody>, Error> {
    let mut names: Vec<_> = form_urlencoded::parse(request.query_string().as_bytes()).map(|(name, _)| name).collect();
    names.sort_unstable();
    if names.windows(2).any(|pair| pair.first() == pair.last()) {
        return Err(
            AppError::Malformed("The address says one thing twice. Open the page by a link of ours.".into()).into()
        );
    }
    next.call(request).await
}

/// A client of HTTP/1.0 knows no chunks, and a compressed page has no length beforehand: it gets the page as it is. So
/// does one that forbids encodings: what is left might be nothing at all, and an answer in no encoding is better.
pub async fn old_clients(
    mut request: ServiceRequest,
    next: Next<impl MessageBody + 'static>,
) -> Result<ServiceResponse<impl MessageBody>, Error> {
    let never = |part: &str| part.split_once("q=").is_some_and(|(_, weight)| weight.trim().parse() == Ok(0.0_f32));
    let forbids = |value: &header::HeaderValue| value.to_str().is_ok_and(|text| text.split(',').any(never));
    if request.version() <= Version::HTTP_10 || request.headers().get(header::ACCEPT_ENCODING).is_some_and(forbids) {
        request.headers_mut().remove(header::ACCEPT_ENCODING);
    }
    next.call(request).await
}
