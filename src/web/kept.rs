//! Typed input outlives its session: what somebody sends after their session ran out is kept for them, and shown in
//! the same form once they have signed in again. Kept an hour, for the same person and the same page only.

use actix_web::body::{BoxBody, MessageBody};
use actix_web::dev::{Payload, ServiceRequest, ServiceResponse};
use actix_web::http::Method;
use actix_web::middleware::Next;
use actix_web::{Error, FromRequest, HttpMessage as _, HttpRequest};
use chrono::{DateTime, Duration, Utc};
use diesel::pg::PgConnection;
use diesel::prelude::*;
use futures_util::future::LocalBoxFuture;
use serde::de::DeserializeOwned;
use uuid::Uuid;

use super::error::AppError;
use super::form;
use super::portal::Shared;
use super::{actor, guard, query};
use crate::access::session::Visitor;
use crate::db::schema::kept_forms;
use crate::secrets;

/// How long an unsent form waits for its author.
pub const KEPT_FOR_MINUTES: i64 = 60;
/// Nobody has more forms open that matter.
const KEPT_AT_MOST: i64 = 5;
/// Fields that belong to one sending and are never kept.
const PASSING: [&str; 2] = ["csrf", "once"];

/// A post whose session has run out is kept, and its author sent to sign in.
pub async fn forms(
    mut request: ServiceRequest,
    next: Next<impl MessageBody + 'static>,
) -> Result<ServiceResponse<BoxBody>, Error> {
    // The page of an invitation is for people without a session too, and its address must not be kept anywhere.
    if request.method() != Method::POST || request.path().starts_with("/invitations/") {
        return Ok(next.call(request).await?.map_into_boxed_body());
    }
    let visitor = actor::visitor(request.request());
    let refusal = match visitor.as_deref() {
        Ok(Visitor::Expired { user_id }) => {
            let payload = request.take_payload();
            match keep(request.request(), payload, *user_id).await {
                Ok(return_to) => AppError::SignIn { return_to },
                Err(error) => error,
            }
        }
        Ok(Visitor::Known(_) | Visitor::Anonymous) => return Ok(next.call(request).await?.map_into_boxed_body()),
        Err(_) => AppError::Busy,
    };
    Ok(guard::refuse(request, &refusal))
}

/// The ends of addresses that only take a press of a button: nothing was typed there, and there is no page to go back to.
const BUTTONS: [&str; 8] =
    ["/access", "/end", "/end-others", "/undo", "/reset", "/signout", "/identity/reset", "/suspension"];

async fn keep(request: &HttpRequest, payload: Payload, user_id: Uuid) -> Result<String, AppError> {
    if BUTTONS.iter().any(|button| request.path().ends_with(button)) {
        return Ok("/".into());
    }
    let portal = request.app_data::<Shared>().cloned().ok_or(AppError::Internal)?;
    let body = form::read(request, payload).await?;
    let mut fields = form::decode(&body)?;
    fields.retain(|(name, _)| !PASSING.contains(&name.as_str()));
    let body = serde_urlencoded::to_string(&fields).map_err(AppError::internal)?;
    let (path, now) = (request.path().to_owned(), portal.clock.now());
    let id = secrets::new_id(now);
    let row_path = path.clone();
    portal.db.write(move |tx| Ok(insert(tx, id, user_id, (&row_path, &body), now)?)).await?;
    Ok(format!("{path}?kept={id}"))
}

fn insert(
    tx: &mut PgConnection,
    id: Uuid,
    user: Uuid,
    (path, body): (&str, &str),
    now: DateTime<Utc>,
) -> QueryResult<usize> {
    diesel::delete(kept_forms::table.filter(kept_forms::created_at.lt(now - Duration::minutes(KEPT_FOR_MINUTES))))
        .execute(tx)?;
    let newest = kept_forms::table.filter(kept_forms::user_id.eq(user)).select(kept_forms::id);
    let newest: Vec<Uuid> = newest.order(kept_forms::created_at.desc()).limit(KEPT_AT_MOST - 1).load(tx)?;
    diesel::delete(kept_forms::table.filter(kept_forms::user_id.eq(user)).filter(kept_forms::id.ne_all(newest)))
        .execute(tx)?;
    diesel::insert_into(kept_forms::table)
        .values((
            kept_forms::id.eq(id),
            kept_forms::user_id.eq(user),
            kept_forms::path.eq(path),
            kept_forms::body.eq(body),
            kept_forms::created_at.eq(now),
        ))
        .execute(tx)
}

fn find(conn: &mut PgConnection, id: Uuid, user: Uuid, path: &str, now: DateTime<Utc>) -> QueryResult<Option<String>> {
    kept_forms::table
        .find(id)
        .filter(kept_forms::user_id.eq(user))
        .filter(kept_forms::path.eq(path))
        .filter(kept_forms::created_at.gt(now - Duration::minutes(KEPT_FOR_MINUTES)))
        .select(kept_forms::body)
        .first(conn)
        .optional()
}

/// What the reader had typed into this page's form before their session ran out, if anything.
pub struct Kept<T>(pub Option<T>);

impl<T: DeserializeOwned + 'static> FromRequest for Kept<T> {
    type Error = AppError;
    type Future = LocalBoxFuture<'static, Result<Self, AppError>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let request = request.clone();
        Box::pin(async move { lookup(&request).await.map(Self) })
    }
}

async fn lookup<T: DeserializeOwned>(request: &HttpRequest) -> Result<Option<T>, AppError> {
    let Some(id) = query::value(request.query_string(), "kept").and_then(|id| Uuid::parse_str(&id).ok()) else {
        return Ok(None);
    };
    let (Some(principal), Some(portal)) = (actor::principal(request)?, request.app_data::<Shared>().cloned()) else {
        return Ok(None);
    };
    let (path, now) = (request.path().to_owned(), portal.clock.now());
    let body = portal.db.read(move |conn| Ok(find(conn, id, principal.user.id, &path, now)?)).await?;
    body.map(|body| form::decode(body.as_bytes()).and_then(|fields| form::parse(&fields))).transpose()
}
