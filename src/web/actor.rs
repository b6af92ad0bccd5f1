//! The extractor that is the permission check: a handler that takes an `Actor<G>` cannot run for anybody else.

use std::future::{Ready, ready};
use std::rc::Rc;
use std::sync::Arc;

use actix_web::dev::Payload;
use actix_web::{FromRequest, HttpMessage as _, HttpRequest};

use super::error::AppError;
use super::session;
use super::trace::RequestId;
use crate::access::session::Visitor;
use crate::access::{Actor, Grant, Principal};

/// The visitor of a request, read from its session once: actor, frame and form token all ask.
#[derive(Clone)]
struct Known(Rc<Visitor>);

/// Who sent this request; the session was read by the middleware.
///
/// # Errors
/// [`AppError::Busy`] when the database could not tell.
pub fn visitor(request: &HttpRequest) -> Result<Rc<Visitor>, AppError> {
    if let Some(Known(visitor)) = request.extensions().get::<Known>() {
        return Ok(Rc::clone(visitor));
    }
    let visitor = session::who().ok_or(AppError::Busy)?;
    request.extensions_mut().insert(Known(Rc::clone(&visitor)));
    Ok(visitor)
}

/// The signed-in person behind a request, if there is one.
pub fn principal(request: &HttpRequest) -> Result<Option<Arc<Principal>>, AppError> {
    Ok(match &*visitor(request)? {
        Visitor::Known(principal) => Some(Arc::clone(principal)),
        Visitor::Expired { .. } | Visitor::Anonymous => None,
    })
}

/// The id that names this request in history and log.
pub fn request_id(request: &HttpRequest) -> String {
    request.extensions().get::<RequestId>().map(|id| id.0.clone()).unwrap_or_default()
}

fn granted<G: Grant>(request: &HttpRequest) -> Result<Actor<G>, AppError> {
    let Some(principal) = principal(request)? else {
        let address = request.uri().path_and_query().map_or("/", |address| address.as_str());
        let return_to = if request.method().is_safe() { address } else { "/" };
        return Err(AppError::SignIn { return_to: return_to.to_owned() });
    };
    Actor::granted(principal, request_id(request)).ok_or(AppError::Forbidden)
}

impl<G: Grant> FromRequest for Actor<G> {
    type Error = AppError;
    type Future = Ready<Result<Self, AppError>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        ready(granted(request))
    }
}
