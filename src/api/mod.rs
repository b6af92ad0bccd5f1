//! The API's common ground: who calls, how fast, in which words errors are told, how bodies and pages are read.
//!
//! Knows no feature's rules: those are in the features' actions, which pages call too. The foreign wire formats are thin
//! adapters in `wire/`; the portal's own collections are declared in `v1/`.

pub mod collection;
pub mod dialect;
pub mod door;
pub mod edits;
pub mod equivalent;
pub mod error;
pub mod export;
pub mod find;
pub mod json;
pub mod limit;
pub mod openapi;
pub mod page;
pub mod repeat;
pub mod rows;
pub mod token;
pub mod v1;
pub mod write;

use actix_web::middleware::from_fn;
use actix_web::web;

pub use error::{ApiError, Fault};
pub use json::{Body, Fields};
pub use limit::Limits;

/// Everything below `/api`, behind the door; the token endpoints lie before it.
pub fn routes(config: &mut web::ServiceConfig) {
    config.configure(token::routes).configure(openapi::routes);
    config.service(
        web::scope("/api")
            .wrap(from_fn(door::keep))
            // Words that stand where a number could come first.
            .configure(crate::wire::named)
            .configure(v1::routes)
            .configure(crate::wire::routes)
            .default_service(web::to(nothing_here)),
    );
}

async fn nothing_here() -> Result<actix_web::HttpResponse, ApiError> {
    Err(ApiError::not_found())
}
