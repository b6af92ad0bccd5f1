//! What is refused before any handler runs: foreign hosts, cookies that pretend, requests that never end, panics.
//! Each is a middleware of its own; `app.rs` puts them in order.

use std::panic::AssertUnwindSafe;
use std::time::Duration;

use actix_web::Error;
use actix_web::body::MessageBody;
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::http::{Method, header};
use actix_web::middleware::Next;
use futures_util::FutureExt as _;

use super::error::AppError;
use super::portal::Shared;
use super::{cookies, trace};

/// From the first header to the last byte of the answer's head.
pub const REQUEST_LIMIT: Duration = Duration::from_secs(15);

/// A panic answers 500 and the process lives; the request's transaction was rolled back by its unwinding.
pub async fn panics(
    request: ServiceRequest,
    next: Next<impl MessageBody + 'static>,
) -> Result<ServiceResponse<impl MessageBody>, Error> {
    if let Ok(answer) = AssertUnwindSafe(next.call(request)).catch_unwind().await {
        return answer;
    }
    tracing::error!(request_id = %trace::current_request_id(), "a handler panicked");
    Err(AppError::Internal.into())
}

/// Ends a request that takes too long, whoever is slow.
pub async fn deadline(
    request: ServiceRequest,
    next: Next<impl MessageBody + 'static>,
) -> Result<ServiceResponse<impl MessageBody>, Error> {
    match tokio::time::timeout(REQUEST_LIMIT, next.call(request)).await {
        Ok(answer) => answer,
        Err(_) => Err(AppError::Busy.into()),
    }
}

/// Answers only to the host of `BASE_URL`: nobody makes the portal believe that it is somewhere else. Health checks
/// come from machines that know an address and no name, so they are let through.
pub async fn host(
    request: ServiceRequest,
    next: Next<impl MessageBody + 'static>,
) -> Result<ServiceResponse<impl MessageBody>, Error> {
    let named = request.headers().get(header::HOST).and_then(|host| host.to_str().ok()).unwrap_or_default();
    let absolute = request.uri().authority().map(actix_web::http::uri::Authority::as_str);
    let portal = request.app_data::<Shared>();
    let ours = portal.is_some_and(|portal| {
        let is_ours = |name: &str| name.eq_ignore_ascii_case(portal.base_url.authority());
        is_ours(named) && absolute.is_none_or(is_ours)
    });
    if ours || request.path().starts_with("/health/") {
        next.call(request).await
    } else {
        Err(AppError::Misdirected.into())
    }
}

/// Removes cookies whose names only pretend to be ours (security fact 1) before anything reads them.
pub async fn cookie_names(
    mut request: ServiceRequest,
    next: Next<impl MessageBody + 'static>,
) -> Result<ServiceResponse<impl MessageBody>, Error> {
    cookies::keep_honest(request.headers_mut()).map_err(|what| AppError::Malformed(what.into()))?;
    next.call(request).await
}

/// `HEAD` is `GET` without a body; the body is left out further down, so that handlers need not know.
pub async fn head_as_get(
    mut request: ServiceRequest,
    next: Next<impl MessageBody + 'static>,
) -> Result<ServiceResponse<impl MessageBody>, Error> {
    if request.method() == Method::HEAD {
        request.head_mut().method = Method::GET;
    }
    next.call(request).await
}
