//! Health, for whoever watches the program. `live`: the process answers. `ready`: the database does too, with the
//! schema that this binary knows.

use actix_web::{HttpResponse, web};
use diesel_migrations::MigrationHarness as _;

use crate::db::{DbError, Fault, MIGRATIONS};
use crate::web::portal::Shared;

/// Routes outside every scope: no session, no Host check.
pub fn routes(config: &mut web::ServiceConfig) {
    config
        .service(web::resource("/health/live").route(web::get().to(live)).route(web::head().to(live)))
        .service(web::resource("/health/ready").route(web::get().to(ready)).route(web::head().to(ready)));
}

async fn live() -> HttpResponse {
    HttpResponse::Ok().json(serde_json::json!({ "status": "live" }))
}

async fn ready(portal: Shared) -> HttpResponse {
    let state = portal.db.read(|conn| -> Result<bool, Fault> {
        conn.has_pending_migration(MIGRATIONS).map_err(|_| DbError::Unavailable.into())
    });
    match state.await {
        Ok(false) => HttpResponse::Ok().json(serde_json::json!({ "status": "ready" })),
        Ok(true) => unready("migrations are pending: run `guildhall migrate`"),
        Err(_) => unready("the database does not answer"),
    }
}

fn unready(reason: &str) -> HttpResponse {
    HttpResponse::ServiceUnavailable()
        .insert_header(("retry-after", "2"))
        .json(serde_json::json!({ "status": "unready", "reason": reason }))
}
