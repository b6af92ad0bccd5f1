//! The address at which Prometheus asks, apart from the portal's own: it is not for the world, and it answers while
//! the portal is too busy to.

use std::net::TcpListener;

use actix_web::dev::Server;
use actix_web::http::header::{CACHE_CONTROL, CONTENT_TYPE};
use actix_web::{App, HttpResponse, HttpServer, web};

use super::figures::{self, Moment};
use crate::db::Fault;
use crate::mail;
use crate::web::portal::Shared;

/// Serves `GET /metrics` and nothing else, on one thread.
///
/// # Errors
/// When the listener cannot be used.
pub fn serve(portal: Shared, listener: TcpListener) -> std::io::Result<Server> {
    let server = HttpServer::new(move || {
        App::new().app_data(portal.clone()).service(web::resource("/metrics").route(web::get().to(metrics)))
    });
    Ok(server.workers(1).disable_signals().listen(listener)?.run())
}

async fn metrics(portal: Shared) -> HttpResponse {
    let (busy, idle) = portal.db.connections();
    let outbox = outbox(&portal).await;
    HttpResponse::Ok()
        .insert_header((CONTENT_TYPE, "text/plain; version=0.0.4; charset=utf-8"))
        .insert_header((CACHE_CONTROL, "no-store"))
        .body(figures::text(Moment { busy, idle, outbox }))
}

async fn outbox(portal: &Shared) -> Option<[i64; 4]> {
    let (configured, now) = (portal.mail_is_configured, portal.clock.now());
    let asked = portal.db.read(move |conn| -> Result<_, Fault> { Ok(mail::health(conn, configured, now)?) });
    let health = asked.await.ok()?;
    let oldest = health.oldest_waiting_seconds.unwrap_or_default();
    Some([health.waiting, health.deferred, health.failed_last_day, oldest])
}
