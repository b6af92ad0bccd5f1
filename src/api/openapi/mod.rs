//! The API described by itself: one table of operations, from which the `OpenAPI` 3.1 document and the page at `/api/docs`
//! are made. `tests/it/openapi.rs` holds the table against the routes.

mod document;
mod errors;
mod groups;
mod links;
mod oauth;
mod operations;
mod page;
mod parameters;
mod queries;
mod schemas;
mod write_schemas;
mod writes;

use actix_web::middleware::from_fn;
use actix_web::{HttpResponse, web};

pub use document::document;
pub use operations::{Operation, all};
pub use page::Docs;

use super::door;
use crate::web::portal::Shared;

/// Public routes: whoever reads them has no credential yet.
pub fn routes(config: &mut web::ServiceConfig) {
    config
        .service(web::resource("/api/openapi.json").wrap(from_fn(door::in_words)).route(web::get().to(json)))
        .service(web::resource("/api/docs").route(web::get().to(page::show)));
}

async fn json(portal: Shared) -> HttpResponse {
    HttpResponse::Ok().json(document(&portal.base_url.origin()))
}
