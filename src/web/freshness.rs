//! Which reads may be some seconds old. Lists may, when there is a replica; but nobody misses what they did themselves:
//! for twice the age that a read can have, a browser that has changed something reads the newest.
//!
//! The browser's own cookie says that it has, so every instance knows without asking, and nothing has to be kept.
//! A machine, which keeps no cookies, says itself that it takes something older (`Cache-Control: max-stale`).

use actix_web::body::MessageBody;
use actix_web::cookie::time::Duration;
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::http::header;
use actix_web::middleware::Next;
use actix_web::{Error, HttpRequest};

use super::cookies;
use super::error::AppError;
use super::portal::Shared;
use crate::db::{Freshness, STALE_AT_MOST};

/// What this browser can live with.
pub fn of_browser(request: &HttpRequest, https: bool) -> Freshness {
    let wrote = request.cookie(cookies::WROTE.on(https)).is_some();
    if wrote || !request.method().is_safe() { Freshness::Newest } else { Freshness::MayLag }
}

/// What this machine can live with: a `max-stale` that allows as much as a read can lag.
pub fn of_machine(request: &HttpRequest) -> Freshness {
    let mut wishes = request.headers().get_all(header::CACHE_CONTROL).filter_map(|value| value.to_str().ok());
    if wishes.any(allows) { Freshness::MayLag } else { Freshness::Newest }
}

fn allows(wish: &str) -> bool {
    wish.split(',').map(str::trim).any(|part| match part.split_once('=') {
        Some((name, seconds)) => {
            name.trim().eq_ignore_ascii_case("max-stale")
                && seconds.trim().parse::<u64>().is_ok_and(|seconds| seconds >= STALE_AT_MOST.as_secs())
        }
        None => part.eq_ignore_ascii_case("max-stale"),
    })
}

/// Notes in the browser that it has changed something.
pub async fn note(
    request: ServiceRequest,
    next: Next<impl MessageBody + 'static>,
) -> Result<ServiceResponse<impl MessageBody>, Error> {
    let changes = !request.method().is_safe();
    let mut answer = next.call(request).await?;
    let portal = answer.request().app_data::<Shared>().cloned();
    let Some(portal) = portal.filter(|portal| changes && portal.db.replica_is_used().is_some()) else {
        return Ok(answer);
    };
    if answer.status().is_success() || answer.status().is_redirection() {
        let mut cookie = cookies::make(cookies::WROTE, "1".into(), portal.base_url.is_https());
        let seconds = i64::try_from(2 * STALE_AT_MOST.as_secs()).unwrap_or(10);
        cookie.set_max_age(Duration::seconds(seconds));
        answer.response_mut().add_cookie(&cookie).map_err(AppError::internal)?;
    }
    Ok(answer)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_wish_that_allows_enough_is_one() {
        assert!(["max-stale", "no-store, Max-Stale", "max-stale=5", "max-stale = 60"].into_iter().all(allows));
        assert!(!["max-stale=4", "max-stale=", "max-age=60", ""].into_iter().any(allows));
    }
}
