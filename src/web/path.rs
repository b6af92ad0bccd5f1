//! Ids in addresses. A malformed id is an id of nothing: 404, like an unknown one.

use std::future::{Ready, ready};

use actix_web::dev::Payload;
use actix_web::{FromRequest, HttpRequest};
use uuid::Uuid;

use super::error::AppError;

/// The id that a route calls `{id}`.
#[derive(Debug, Clone, Copy)]
pub struct Id(pub Uuid);

/// The id under `name` in the matched route: lower case, hyphenated, nothing else.
///
/// # Errors
/// [`AppError::NotFound`].
pub fn id(request: &HttpRequest, name: &str) -> Result<Uuid, AppError> {
    let text = request.match_info().get(name).ok_or(AppError::NotFound)?;
    let id = Uuid::try_parse(text).map_err(|_| AppError::NotFound)?;
    if id.hyphenated().to_string() == text { Ok(id) } else { Err(AppError::NotFound) }
}

/// A word of the matched route.
///
/// # Errors
/// [`AppError::NotFound`].
pub fn word(request: &HttpRequest, name: &str) -> Result<String, AppError> {
    request.match_info().get(name).map(str::to_owned).ok_or(AppError::NotFound)
}

impl FromRequest for Id {
    type Error = AppError;
    type Future = Ready<Result<Self, AppError>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        ready(id(request, "id").map(Self))
    }
}

/// The id that a route calls `{item}`: an invitation, a batch, a partner record, a connection.
#[derive(Debug, Clone, Copy)]
pub struct ItemId(pub Uuid);

impl FromRequest for ItemId {
    type Error = AppError;
    type Future = Ready<Result<Self, AppError>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        ready(id(request, "item").map(Self))
    }
}

/// The id that a route calls `{user}`.
#[derive(Debug, Clone, Copy)]
pub struct UserId(pub Uuid);

impl FromRequest for UserId {
    type Error = AppError;
    type Future = Ready<Result<Self, AppError>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        ready(id(request, "user").map(Self))
    }
}
