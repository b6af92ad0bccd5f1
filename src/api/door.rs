//! The door of the API: who calls, by which credential, and how often they may. Nothing behind it runs for anybody else.
//!
//! A session cookie opens nothing here, and a token opens no page: pages lie outside this scope.

use std::future::{Ready, ready};
use std::sync::Arc;

use actix_web::body::{BoxBody, MessageBody};
use actix_web::dev::{Payload, ServiceRequest, ServiceResponse};
use actix_web::error::InternalError;
use actix_web::http::StatusCode;
use actix_web::http::header::{self, HeaderMap, HeaderName, HeaderValue};
use actix_web::middleware::Next;
use actix_web::{Error, FromRequest, HttpMessage as _, HttpRequest};
use chrono::{DateTime, Utc};
use diesel::pg::PgConnection;

use super::dialect::Dialect;
use super::error::ApiError;
use super::limit::{self, Count, Limits};
use super::page;
use crate::access::{Actor, Grant, Principal};
use crate::api_clients::{self, Known, Presented};
use crate::db::{self, DbError, Fault};
use crate::web::actor::request_id;
use crate::web::portal::Shared;
use crate::web::{AppError, client, guard, wall};

/// The machine that calls.
#[derive(Debug, Clone)]
pub struct Caller(pub Arc<Principal>);

/// The caller with a grant; 403 without it.
pub struct Api<G>(pub Actor<G>);

impl<G: Grant> FromRequest for Api<G> {
    type Error = ApiError;
    type Future = Ready<Result<Self, ApiError>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        ready(
            caller(request).and_then(|caller| {
                Actor::granted(caller.0, request_id(request)).map(Self).ok_or_else(ApiError::forbidden)
            }),
        )
    }
}

/// The caller whom the door let in.
///
/// # Errors
/// 401 where the door was not passed, which the routes do not allow.
pub fn caller(request: &HttpRequest) -> Result<Caller, ApiError> {
    request.extensions().get::<Caller>().cloned().ok_or_else(|| ApiError::unauthorised(None))
}

/// Every call passes here: credential, limits, then the answer or the error in the words of its wire format.
pub async fn keep(
    request: ServiceRequest,
    next: Next<impl MessageBody + 'static>,
) -> Result<ServiceResponse<BoxBody>, Error> {
    let dialect = Dialect::of(request.path());
    match admit(&request).await {
        Err(error) => Ok(request.into_response(dialect.answer(&error))),
        Ok((caller, count)) => {
            let asker = wall::of(&caller.0);
            request.extensions_mut().insert(caller);
            let mut answer = told(dialect, db::wall::behind(asker, next.call(request)).await)?;
            note_limit(answer.headers_mut(), count);
            Ok(answer)
        }
    }
}

/// For what lies before the door: errors in the words of the wire format, and nothing else.
pub async fn in_words(
    request: ServiceRequest,
    next: Next<impl MessageBody + 'static>,
) -> Result<ServiceResponse<BoxBody>, Error> {
    let dialect = Dialect::of(request.path());
    told(dialect, next.call(request).await)
}

/// Whatever went wrong, in the words of the wire format.
fn told(
    dialect: Dialect,
    outcome: Result<ServiceResponse<impl MessageBody + 'static>, Error>,
) -> Result<ServiceResponse<BoxBody>, Error> {
    match outcome {
        Ok(answer) => match answer.response().error().map(as_api_error).or_else(|| method(&answer)) {
            None => Ok(answer.map_into_boxed_body()),
            Some(error) => Ok(answer.into_response(dialect.answer(&error))),
        },
        Err(error) => {
            let answer = dialect.answer(&as_api_error(&error));
            Err(InternalError::from_response(error, answer).into())
        }
    }
}

/// The error of an address that is there for other methods.
fn method<B>(answer: &ServiceResponse<B>) -> Option<ApiError> {
    let allow = guard::methods(answer.headers())?;
    (answer.status() == StatusCode::METHOD_NOT_ALLOWED).then(|| ApiError::method(allow))
}

fn as_api_error(error: &Error) -> ApiError {
    if let Some(error) = error.as_error::<ApiError>() {
        return error.clone();
    }
    error.as_error::<AppError>().map_or_else(ApiError::internal, ApiError::from)
}

/// What the database has to know to let a call in.
#[derive(Clone)]
struct Knock {
    presented: Option<Presented>,
    /// Of the credential alone, where the call has one.
    own_limit: Option<i32>,
    limits: Limits,
    address: String,
    now: DateTime<Utc>,
}

impl Knock {
    fn find(&self, conn: &mut PgConnection) -> Result<Option<Known>, Fault> {
        let found = self.presented.as_ref().map(|presented| api_clients::find(conn, presented, self.now)).transpose();
        Ok(found?.flatten())
    }

    /// Who calls, if known, and what the call was counted as.
    fn counted(&self, tx: &mut PgConnection) -> Result<(Option<Principal>, Count), Fault> {
        match self.find(tx)? {
            Some((principal, used)) => {
                let count = count(tx, (&principal, used), (self.own_limit, self.limits.calls), self.now)?;
                Ok((Some(principal), count))
            }
            None => Ok((None, limit::count(tx, &format!("failed {}", self.address), self.limits.failures, self.now)?)),
        }
    }
}

async fn admit(request: &ServiceRequest) -> Result<(Caller, Count), ApiError> {
    let portal = request.app_data::<Shared>().cloned().ok_or_else(ApiError::internal)?;
    let limits = portal.limits;
    let knock = Knock {
        presented: presented(request.headers())?,
        own_limit: is_seed_004(request).then_some(limits.invitation_reads),
        limits,
        address: client::counted(request.request()),
        now: portal.clock.now(),
    };
    let again = knock.clone();
    let (known, count) = match portal.db.write(move |tx| knock.counted(tx)).await {
        // Nothing can be counted while nothing can be written; reading goes on.
        Err(Fault::Db(DbError::ReadOnly)) => {
            let known = portal.db.read(move |conn| again.find(conn)).await?;
            (known.map(|(principal, _)| principal), Count::not_taken(limits.calls))
        }
        counted => counted?,
    };
    if count.over {
        return Err(ApiError::too_many(count.reset));
    }
    let Some(principal) = known else {
        let tried = request.headers().contains_key(header::AUTHORIZATION);
        return Err(ApiError::unauthorised(tried.then_some("invalid_token")));
    };
    page::legible(request.query_string())?;
    Ok((Caller(Arc::new(principal)), count))
}

/// The credential's own limit first, then the tenant's.
fn count(
    tx: &mut PgConnection,
    (who, used): (&Principal, Option<DateTime<Utc>>),
    (own, calls): (Option<i32>, i32),
    now: DateTime<Utc>,
) -> Result<Count, Fault> {
    let client = who.client.as_ref().map(|client| client.id).unwrap_or_default();
    if api_clients::touch(tx, client, used, now)? > 0 {
        // All calls of the tenant wait for this one's commit, which else waits for the disk.
        db::need_not_last(tx)?;
    }
    let own = own.map(|limit| limit::count(tx, &format!("invitations {client}"), limit, now)).transpose()?;
    if let Some(full) = own.filter(|own| own.over) {
        return Ok(full);
    }
    let all = limit::count(tx, &format!("tenant {}", who.tenant.id), calls, now)?;
    Ok(own.filter(|_| !all.over).unwrap_or(all))
}

/// Seed 004's three reads, which have a limit of their own (S4-10).
fn is_seed_004(request: &ServiceRequest) -> bool {
    let Some(rest) = request.path().strip_prefix("/api/v1/partner-invitations") else { return false };
    let method = request.method().as_str();
    match rest.trim_start_matches('/') {
        "" => method == "GET",
        "find" => method == "POST",
        id => method == "GET" && !id.contains('/'),
    }
}

/// One credential, in a header: a bearer token or an API key, not both.
fn presented(headers: &HeaderMap) -> Result<Option<Presented>, ApiError> {
    let one = |name: &HeaderName| {
        let mut all = headers.get_all(name);
        let first = all.next();
        match all.next() {
            Some(_) => Err(ApiError::new(StatusCode::BAD_REQUEST, "Send one credential.")),
            None => Ok(first.map(|value| value.to_str().unwrap_or_default().to_owned())),
        }
    };
    let key = one(&HeaderName::from_static("x-api-key"))?;
    let bearer = one(&header::AUTHORIZATION)?;
    match (bearer, key) {
        (Some(_), Some(_)) => {
            Err(ApiError::new(StatusCode::BAD_REQUEST, "Send one credential: Authorization or X-Api-Key."))
        }
        (Some(bearer), None) => {
            let (scheme, token) = bearer.split_once(' ').unwrap_or((bearer.as_str(), ""));
            let token = token.trim();
            if scheme.eq_ignore_ascii_case("bearer") && !token.is_empty() {
                Ok(Some(Presented::Token(token.to_owned())))
            } else {
                Err(ApiError::unauthorised(Some("invalid_token")))
            }
        }
        (None, Some(key)) => Ok(Some(Presented::Key(key))),
        (None, None) => Ok(None),
    }
}

fn note_limit(headers: &mut HeaderMap, count: Count) {
    let all = [
        ("ratelimit-limit", i64::from(count.limit)),
        ("ratelimit-remaining", i64::from(count.remaining)),
        ("ratelimit-reset", i64::try_from(count.reset).unwrap_or(60)),
    ];
    for (name, value) in all {
        headers.insert(HeaderName::from_static(name), HeaderValue::from(value));
    }
}
