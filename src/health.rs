//! Health, for whoever watches the program. `live`: the process answers. `ready`: the database does too, with the
//! schema that this binary knows. `worker`: whether mail leaves.

use actix_web::{HttpResponse, web};

use crate::db::{Fault, migrate};
use crate::mail;
use crate::web::portal::Shared;

/// Routes outside every scope: no session, no Host check.
pub fn routes(config: &mut web::ServiceConfig) {
    config
        .service(web::resource("/health/worker").route(web::get().to(worker)).route(web::head().to(worker)))
        .service(web::resource("/health/live").route(web::get().to(live)).route(web::head().to(live)))
        .service(web::resource("/health/ready").route(web::get().to(ready)).route(web::head().to(ready)));
}

async fn live() -> HttpResponse {
    HttpResponse::Ok().json(serde_json::json!({ "status": "live" }))
}

async fn ready(portal: Shared) -> HttpResponse {
    let state = portal.db.read(|conn| -> Result<bool, Fault> { Ok(migrate::is_behind(conn)?) });
    match state.await {
        Ok(false) => match portal.db.replica_is_used() {
            None => HttpResponse::Ok().json(serde_json::json!({ "status": "ready" })),
            Some(used) => HttpResponse::Ok().json(serde_json::json!({ "status": "ready", "replica_is_read": used })),
        },
        Ok(true) => unready("migrations are pending: run `guildhall migrate`"),
        Err(_) => unready("the database does not answer"),
    }
}

/// How the outbox is doing. A full one is no reason to restart the portal, so only a silent database is a 503.
async fn worker(portal: Shared) -> HttpResponse {
    let (configured, now) = (portal.mail_is_configured, portal.clock.now());
    let figures =
        portal.db.read(move |conn| -> Result<mail::Health, Fault> { Ok(mail::health(conn, configured, now)?) });
    figures.await.map_or_else(|_| unready("the database does not answer"), |figures| HttpResponse::Ok().json(figures))
}

fn unready(reason: &str) -> HttpResponse {
    HttpResponse::ServiceUnavailable()
        .insert_header(("retry-after", "2"))
        .json(serde_json::json!({ "status": "unready", "reason": reason }))
}
