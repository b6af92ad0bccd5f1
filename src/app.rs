//! The running program: the only file that knows every feature, and the order of the layers around them.

use std::net::TcpListener;
use std::sync::Arc;
use std::time::Duration;

use actix_web::body::MessageBody;
use actix_web::dev::{Server, ServiceFactory, ServiceRequest, ServiceResponse};
use actix_web::middleware::{Compress, from_fn};
use actix_web::{App, Error, HttpServer, Scope, web};

use crate::clock::Clock;
use crate::config::Config;
use crate::db::{Db, Reach};
use crate::development::Extras;
use crate::mail::{Bell, Smtp, Transport, Worker, retry};
use crate::organisations::CountCache;
use crate::signin::provider::Provider;
use crate::web::portal::{Portal, Shared};
use crate::web::{AppError, assets, error, freshness, guard, headers, kept, session, trace, wall};
use crate::{
    account, api, api_clients, audit, connections, gate, health, invitations, organisations, partner_records, settings,
    signin, users,
};

/// How long requests under way may take to finish after SIGTERM.
const SHUTDOWN_SECONDS: u64 = 30;
/// Threads of each worker for what is no work on the database.
const SPARE_THREADS: usize = 4;
/// Connections to the database that the worker of the outbox has for itself.
const WORKER_CONNECTIONS: u32 = 2;

/// Builds the portal's state from its configuration. Connects to nothing yet.
pub fn portal(config: Config, clock: &Clock, development: bool) -> Portal {
    use secrecy::ExposeSecret;
    let provider = |config| {
        let clock = clock.clone();
        Arc::new(Provider::new(config, move || clock.now()))
    };
    Portal {
        db: Db::reach(Reach {
            url: config.database_url.expose_secret(),
            size: config.pool_size,
            shared: config.pooler,
            replica: config.replica_url.as_ref().map(ExposeSecret::expose_secret),
        }),
        clock: clock.clone(),
        base_url: config.base_url,
        key: config.secret_key,
        limits: config.limits,
        hsts_subdomains: config.hsts_subdomains,
        trusted_proxies: config.trusted_proxies,
        bell: Bell::default(),
        mail_is_configured: development || config.smtp.is_some(),
        providers: config.providers.into_iter().map(provider).collect(),
        development,
        equivalent: api::equivalent::of,
    }
}

/// The worker of the outbox, with connections of its own, so that neither waits for the other. None without a mail
/// server.
///
/// # Errors
/// When the mail server's certificate could not be checked on this machine.
pub fn worker(config: &Config, clock: &Clock) -> Result<Option<Worker>, String> {
    let Some(url) = config.smtp.clone() else { return Ok(None) };
    let transport = Transport::Smtp(Smtp::new(url, config.base_url.host())?);
    Ok(Some(worker_by(config, clock, transport)))
}

/// The worker of the outbox, by this way out.
pub fn worker_by(config: &Config, clock: &Clock, transport: Transport) -> Worker {
    use secrecy::ExposeSecret as _;
    Worker {
        db: Db::reach(Reach {
            url: config.database_url.expose_secret(),
            size: WORKER_CONNECTIONS,
            shared: config.pooler,
            replica: None,
        }),
        clock: clock.clone(),
        key: Arc::clone(&config.secret_key),
        base_url: config.base_url.clone(),
        from: config.mail_from.clone(),
        transport,
        patience: retry::ATTEMPT,
    }
}

/// Starts serving on `listener`. Returns at once; the server runs when awaited.
///
/// # Errors
/// When the listener cannot be used.
pub fn serve(portal: Shared, listener: TcpListener, workers: usize, extras: Extras) -> std::io::Result<Server> {
    let (memory, turns) = (Memory::default(), portal.db.turns());
    let server = HttpServer::new(move || program(&portal, &memory, &extras));
    let server = server
        .workers(workers)
        // More threads than turns at the database would only wait, and keep memory.
        .worker_max_blocking_threads(turns + SPARE_THREADS)
        .keep_alive(Duration::from_secs(75))
        .client_request_timeout(Duration::from_secs(5))
        .shutdown_timeout(SHUTDOWN_SECONDS)
        .disable_signals()
        .listen(listener)?;
    Ok(server.run())
}

/// What the worker threads remember together.
#[derive(Clone, Default)]
pub struct Memory {
    counts: web::Data<CountCache>,
    exports: web::Data<crate::api::export::Exports>,
}

/// The program of one worker thread: every route, and the layers around them. Whoever wants to know which routes there
/// are asks this, not the sources.
pub fn program(
    portal: &Shared,
    memory: &Memory,
    extras: &Extras,
) -> App<
    impl ServiceFactory<
        ServiceRequest,
        Config = (),
        Response = ServiceResponse<impl MessageBody + use<>>,
        Error = Error,
        InitError = (),
    > + use<>,
> {
    // actix runs the last `wrap` first; a request meets these from the bottom to the top.
    App::new()
        .app_data(portal.clone())
        .app_data(memory.counts.clone())
        .app_data(memory.exports.clone())
        .wrap(from_fn(error::pages)) // 8: no empty error
        .wrap(from_fn(guard::head_as_get)) // 7
        .wrap(from_fn(guard::deadline)) // 6: no request for ever
        .wrap(from_fn(guard::cookie_names)) // 5: only honest cookies
        .wrap(from_fn(guard::host)) // 4: only this host
        .wrap(Compress::default()) // 3
        .wrap(from_fn(guard::old_clients)) // 3a: nothing compressed that cannot be read
        .wrap(from_fn(guard::panics)) // 2: a panic is an answer
        .wrap(from_fn(headers::on_every_answer)) // 1
        .wrap(from_fn(trace::requests)) // 0: an id, a log line
        .configure(health::routes)
        .configure(|config| extras.routes(config))
        .service(web::scope("/static").service(assets::resource()))
        .configure(crate::api::routes)
        .configure(|config| gate::doors(config, portal))
        .service(pages(portal))
}

/// Everything that a browser sees, behind the session.
fn pages(portal: &Shared) -> impl actix_web::dev::HttpServiceFactory + 'static {
    web::scope("")
        .wrap(from_fn(freshness::note)) // 3: who has changed something reads the newest
        .wrap(from_fn(guard::query_twice)) // 2a: no address with two meanings
        .wrap(from_fn(error::pages)) // 2: errors in the reader's own frame, while the session can be read
        .wrap(from_fn(kept::forms)) // 1: what was typed outlives its session
        .wrap(from_fn(wall::around_pages)) // 0a: their statements, and nobody else's rows
        .wrap(session::middleware(portal)) // 0: who is asking
        .wrap(from_fn(session::remembered)) // 00: what was found out about them, while the request lasts
        .configure(organisations::routes)
        .configure(|config| placed(config, false))
        .configure(invitations::routes)
        .configure(audit::pages::routes)
        .configure(account::routes)
        .configure(settings::routes)
        .configure(gate::routes)
        .configure(signin::routes)
        .configure(pages_of_a_partner)
        .default_service(web::to(nothing_here))
}

/// A feature whose pages are the same below a partner, for staff, and for one's own organisation.
type Placed = ([&'static str; 3], fn(&str) -> Scope);

const PLACED: [Placed; 5] = [
    (users::PLACES, users::pages_at),
    (invitations::PLACES, invitations::pages_at),
    (partner_records::PLACES, partner_records::pages_at),
    (connections::PLACES, connections::pages_at),
    (api_clients::PLACES, api_clients::pages_at),
];

/// Their pages at the places that have a pattern in their address, or at those that have none.
fn placed(config: &mut web::ServiceConfig, with_pattern: bool) {
    for (places, pages_at) in PLACED {
        for place in places.into_iter().filter(|place| place.contains('{') == with_pattern) {
            config.service(pages_at(place));
        }
    }
}

/// Their addresses are patterns, which the router tries in turn and which are dear: so they come last, and the page of
/// the partner itself first of them.
fn pages_of_a_partner(config: &mut web::ServiceConfig) {
    config
        .configure(organisations::routes_of_a_partner)
        .configure(|config| placed(config, true))
        .configure(audit::pages::routes_of_a_partner)
        .configure(organisations::routes_below);
}

async fn nothing_here() -> Result<actix_web::HttpResponse, AppError> {
    Err(AppError::NotFound)
}
