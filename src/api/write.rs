//! A call that changes something: whose it is, what it sent, under which key and on which condition. Runs its work in
//! one transaction and answers a repeat with the first answer.

use std::future::Future;
use std::pin::Pin;

use actix_web::dev::Payload;
use actix_web::http::{StatusCode, header};
use actix_web::{FromRequest, HttpRequest, HttpResponse, HttpResponseBuilder};
use chrono::{DateTime, Utc};
use diesel::pg::PgConnection;
use serde_json::Value;

use super::collection::Scope;
use super::door::Api;
use super::error::{ApiError, Fault};
use super::json::{self, Body, Fields};
use super::page::Parameters;
use super::repeat::{Done, Once};
use crate::access::{Actor, Grant};
use crate::db;
use crate::web::portal::{Portal, Shared};

/// How work ends that is not done.
pub type Outcome<T> = Result<T, db::Fault<ApiError>>;

/// A call that changes something, by somebody who may.
pub struct Write<G> {
    pub who: Actor<G>,
    pub portal: Shared,
    pub now: DateTime<Utc>,
    body: Option<Value>,
    once: Option<Once>,
    if_match: Option<i32>,
}

/// What the work of a call knows beside its transaction.
pub struct Hand<G> {
    pub who: Actor<G>,
    pub portal: Shared,
    pub now: DateTime<Utc>,
}

impl<G> Hand<G> {
    /// Whose items the answer may show.
    pub fn scope(&self) -> Scope {
        Scope::of(&self.who, self.now)
    }
}

/// The version that a change expects, and where it was sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Expected {
    pub version: i32,
    by_header: bool,
}

impl Expected {
    /// The answer to a change of something that was changed meanwhile: 412 to the header, 409 to the member.
    pub fn stale(self, now: i32) -> ApiError {
        let message = format!("It has version {now} by now, and the call expects {}. Read it again.", self.version);
        let (place, path, status) = if self.by_header {
            ("header", "If-Match", StatusCode::PRECONDITION_FAILED)
        } else {
            ("body", "version", StatusCode::CONFLICT)
        };
        let faults = vec![Fault { place, path: path.into(), code: "stale", message: message.clone() }];
        ApiError { faults, ..ApiError::new(status, message) }
    }
}

impl<G: Grant> FromRequest for Write<G> {
    type Error = ApiError;
    type Future = Pin<Box<dyn Future<Output = Result<Self, ApiError>>>>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let who = Api::<G>::from_request(request, payload);
        let (request, payload) = (request.clone(), payload.take());
        Box::pin(async move {
            let who = who.await?.0;
            Parameters::read(&request, &[])?;
            let if_match = if_match(&request)?;
            let body = body(&request, payload).await?;
            let client = who.client.as_ref().map(|client| client.id).unwrap_or_default();
            let once = Once::read(request.headers(), client, &fingerprint(&request, if_match, body.as_ref()))?;
            let portal = request.app_data::<Shared>().cloned().ok_or_else(ApiError::internal)?;
            let now = portal.clock.now();
            Ok(Self { who, portal, now, body, once, if_match })
        })
    }
}

/// What tells one request from another under the same key.
fn fingerprint(request: &HttpRequest, if_match: Option<i32>, body: Option<&Value>) -> String {
    let body = body.map(Value::to_string).unwrap_or_default();
    format!("{} {}\n{if_match:?}\n{body}", request.method(), request.path())
}

async fn body(request: &HttpRequest, payload: Payload) -> Result<Option<Value>, ApiError> {
    let bytes = json::read(payload).await?;
    // Many clients name the type of a body that they do not send.
    if bytes.is_empty() {
        return Ok(None);
    }
    json::is_json(request)?;
    json::parse(&bytes).map(Some)
}

/// The version of `If-Match: "3"`; None without the header, and for `*`, which anything matches.
fn if_match(request: &HttpRequest) -> Result<Option<i32>, ApiError> {
    let mut all = request.headers().get_all(header::IF_MATCH);
    let Some(first) = all.next() else { return Ok(None) };
    let text = first.to_str().unwrap_or_default().trim();
    if text == "*" && all.next().is_none() {
        return Ok(None);
    }
    let digits = text.strip_prefix('"').and_then(|rest| rest.strip_suffix('"'));
    let version = digits.filter(|digits| digits.bytes().all(|byte| byte.is_ascii_digit())).and_then(|d| d.parse().ok());
    version.filter(|_| all.next().is_none()).map(Some).ok_or_else(|| {
        let message = "Send the version in quotes, as ETag gives it, such as \"3\".".into();
        ApiError::malformed(Fault { place: "header", path: "If-Match".into(), code: "not_a_version", message })
    })
}

impl<G: Grant> Write<G> {
    /// The members of the body.
    ///
    /// # Errors
    /// 415 without a body, 400 when it is no object.
    pub fn fields(&mut self) -> Result<Fields, ApiError> {
        Fields::of(Body(self.body.take().ok_or_else(json::not_json)?))
    }

    /// Makes sure that nothing was sent that would be ignored.
    ///
    /// # Errors
    /// 400 or 422 for a body with anything in it.
    pub fn nothing(&mut self) -> Result<(), ApiError> {
        self.body.take().map_or(Ok(()), |body| Fields::of(Body(body))?.done_strictly())
    }

    /// The version that the change expects: `If-Match`, or the member `version`; None takes it as it is.
    pub fn expected(&self, fields: &mut Fields) -> Option<Expected> {
        let member = if fields.has("version") { fields.integer("version", (1, i32::MAX.into()), None) } else { None };
        let member = member.and_then(|version| i32::try_from(version).ok());
        let by = |by_header| move |version| Expected { version, by_header };
        self.if_match.map(by(true)).or_else(|| member.map(by(false)))
    }

    /// Does the work in one transaction, or gives the answer that its key has got already.
    ///
    /// # Errors
    /// What the work refuses, and what its key forbids.
    pub async fn run<W>(self, work: W) -> Result<HttpResponse, ApiError>
    where
        W: Fn(&mut PgConnection, &Hand<G>) -> Outcome<Done> + Send + 'static,
    {
        let portal = self.portal.clone();
        let (once, hand) = (self.once, Hand { who: self.who, portal: self.portal, now: self.now });
        let whole = move |tx: &mut PgConnection| {
            let Some(once) = &once else { return Ok((work(tx, &hand)?, false)) };
            if let Some(first) = once.claim(tx, hand.now)? {
                return Ok((first, true));
            }
            let done = work(tx, &hand)?;
            once.keep(tx, &done, hand.now)?;
            Ok((done, false))
        };
        let (done, again) = settled(portal.db.write(whole).await)?;
        Ok(answer(done, again))
    }

    /// Looks without changing anything: for `dry_run`.
    ///
    /// # Errors
    /// What the work refuses.
    pub async fn look<W>(self, work: W) -> Result<HttpResponse, ApiError>
    where
        W: Fn(&mut PgConnection, &Hand<G>) -> Outcome<Done> + Send + 'static,
    {
        let portal = self.portal.clone();
        let hand = Hand { who: self.who, portal: self.portal, now: self.now };
        Ok(answer(settled(portal.db.read(move |conn| work(conn, &hand)).await)?, false))
    }
}

/// What a transaction gave; what is not in the database is not there for the caller either.
fn settled<T>(outcome: Outcome<T>) -> Result<T, ApiError> {
    outcome.map_err(|fault| match fault {
        db::Fault::Refused(error) => error,
        db::Fault::Db(error) => error.into(),
    })
}

fn answer(done: Done, again: bool) -> HttpResponse {
    let mut answer = HttpResponse::build(done.status);
    answer.content_type("application/json").insert_header((header::CACHE_CONTROL, "no-store"));
    if again {
        answer.insert_header(("Idempotency-Replayed", "true"));
    }
    tag(&mut answer, &done.body);
    answer.body(done.body)
}

/// The version of an item as its `ETag`, which `If-Match` takes.
pub fn tag(answer: &mut HttpResponseBuilder, item: &str) {
    let item: Option<Value> = serde_json::from_str(item).ok();
    if let Some(version) = item.as_ref().and_then(|item| item.get("version")).and_then(Value::as_i64) {
        answer.insert_header((header::ETAG, format!("\"{version}\"")));
    }
}

/// Wakes the worker of the outbox once something may lie in it.
pub fn ring(portal: &Portal, answer: &HttpResponse) {
    if answer.status().is_success() {
        portal.bell.ring();
    }
}
