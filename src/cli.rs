//! The command line: `serve`, `migrate`, `tenant create`, and development mode when started without configuration.

mod import;

use std::net::{SocketAddr, TcpListener};
use std::process::ExitCode;

use clap::{Parser, Subcommand};
use diesel::Connection as _;
use diesel::pg::PgConnection;
use secrecy::ExposeSecret as _;

use crate::access::EmailAddress;
use crate::clock::Clock;
use crate::config::Config;
use crate::db::{Fault, migrate};
use crate::development::Extras;
use crate::mail::{Bell, Worker, retry};
use crate::settings::actions::{self, NewTenant};
use crate::telemetry::{Traces, door, log};
use crate::{app, development, doctor, input, restored};

const EXAMPLES: &str = "Examples:
  guildhall                      development mode: everything it needs, on this machine only
  guildhall migrate && guildhall serve
  guildhall tenant create --slug acme --name 'Acme Cloud' --owner-email ana@acme.example --owner-name 'Ana Sousa'

The variables of the configuration are listed in README.md, under Configuration.";

/// A partner portal in one binary beside PostgreSQL.
///
/// Started without a command: serves, by the configuration in the environment; without any configuration, in
/// development mode, with everything it needs.
#[derive(Parser)]
#[command(name = "guildhall", version, after_help = EXAMPLES)]
struct Cli {
    #[command(subcommand)]
    command: Option<Command>,
}

#[derive(Subcommand)]
enum Command {
    /// Serves the portal, by the configuration in the environment.
    Serve,
    /// Sends mail from the outbox and does nothing else, beside or instead of the worker that `serve` brings.
    Worker,
    /// Brings the database to this version's schema.
    Migrate,
    /// Examines this installation and says what to do: configuration, database, identity providers, mail, clocks.
    Doctor,
    /// After a backup was restored: holds the mails that may have left since it was made, and ends all sessions. A dump
    /// that was restored is noticed at the start; say it yourself after restoring files or to a point in time.
    Restored {
        /// Sends the mails that are held.
        #[arg(long, conflicts_with = "drop")]
        release: bool,
        /// Never sends the mails that are held.
        #[arg(long)]
        drop: bool,
    },
    /// Creates partner organisations from a CSV file, with the columns of an export.
    Import {
        /// The file; - is standard input.
        file: String,
        /// The tenant's short name.
        #[arg(long)]
        tenant: String,
        /// Checks every row and creates nothing.
        #[arg(long)]
        dry_run: bool,
    },
    /// Manages tenants.
    Tenant {
        #[command(subcommand)]
        command: TenantCommand,
    },
}

#[derive(Subcommand)]
enum TenantCommand {
    /// Creates a tenant with its own organisation and its first owner, who can then sign in.
    Create {
        /// Short name in small letters, digits and hyphens, such as acme.
        #[arg(long)]
        slug: String,
        /// The company's name.
        #[arg(long)]
        name: String,
        /// The first owner's email address, as their identity provider knows it.
        #[arg(long)]
        owner_email: String,
        /// The first owner's name.
        #[arg(long)]
        owner_name: String,
    },
}

/// Runs the program; errors are told on standard error, in sentences.
pub fn run() -> ExitCode {
    let command = Cli::parse().command;
    let result = match command {
        None if !is_configured() => development::run(),
        None | Some(Command::Serve) => serve(),
        Some(Command::Worker) => work(),
        Some(Command::Migrate) => migrate_now(),
        Some(Command::Doctor) => return examine(),
        Some(Command::Restored { release, drop }) => after_restoring(release, drop),
        Some(Command::Import { file, tenant, dry_run }) => import::run(&config, &file, &tenant, dry_run),
        Some(Command::Tenant { command: TenantCommand::Create { slug, name, owner_email, owner_name } }) => {
            create_tenant(&slug, &name, &owner_email, &owner_name)
        }
    };
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(message) => {
            eprintln!("guildhall: {message}");
            ExitCode::FAILURE
        }
    }
}

/// Whether anything of production is set; then development mode must not start by accident.
fn is_configured() -> bool {
    ["DATABASE_URL", "BASE_URL", "GUILDHALL_SECRET_KEY", "OIDC_PROVIDERS"]
        .iter()
        .any(|name| std::env::var_os(name).is_some())
}

fn config() -> Result<Config, String> {
    Config::read(&|name| std::env::var(name).ok()).map_err(|faults| {
        let lines: Vec<String> = faults.iter().map(|fault| format!("  {fault}")).collect();
        format!("the configuration is not complete:\n{}", lines.join("\n"))
    })
}

fn serve() -> Result<(), String> {
    let config = config()?;
    let traces = begin_to_tell(&config)?;
    if let Some(remedy) = wall_that_is_down(&mut ready(&config)?) {
        tracing::warn!(remedy, "the second wall: {}", migrate::WALL_IS_DOWN);
    }
    let workers = config.workers;
    let listener = listen((config.listen, config.port).into())?;
    let metrics = config.metrics.map(listen).transpose()?;
    let worker = app::worker(&config, &Clock::system())?;
    if worker.is_none() {
        tracing::warn!("SMTP_URL is not set: mail stays in the outbox until it is");
    }
    let portal = app::portal(config, &Clock::system(), false);
    let served = run_until_told(Service { portal, listener, workers, worker, metrics, extras: Extras::none() });
    if let Some(traces) = traces {
        traces.finish();
    }
    served
}

/// A connection to a database that the portal can work with; one for everything that is asked at the start.
fn ready(config: &Config) -> Result<PgConnection, String> {
    let mut conn = migrate::connect(config.database_url.expose_secret())?;
    migrate::check(&mut conn)?;
    restored::look(&mut conn, &Clock::system())?;
    Ok(conn)
}

fn listen(address: SocketAddr) -> Result<TcpListener, String> {
    TcpListener::bind(address).map_err(|error| format!("cannot listen on {address}: {error}"))
}

/// Log lines from here on, and traces where they are wanted.
fn begin_to_tell(config: &Config) -> Result<Option<Traces>, String> {
    let traces = config.traces.as_ref().map(|target| Traces::to(&target.endpoint, target.share)).transpose()?;
    log::begin(traces.as_ref());
    Ok(traces)
}

/// Works the outbox until SIGTERM or SIGINT.
fn work() -> Result<(), String> {
    let config = config()?;
    let traces = begin_to_tell(&config)?;
    drop(ready(&config)?);
    let worker = app::worker(&config, &Clock::system())?;
    let worker = worker.ok_or("SMTP_URL is not set: there is no mail server to send by")?;
    actix_web::rt::System::new().block_on(async move { worker.run(Bell::default(), told_to_stop()).await });
    if let Some(traces) = traces {
        traces.finish();
    }
    Ok(())
}

/// All that one process does.
pub struct Service {
    pub portal: crate::web::Portal,
    pub listener: TcpListener,
    /// Threads that serve.
    pub workers: usize,
    /// Sends mail.
    pub worker: Option<Worker>,
    /// Where Prometheus asks.
    pub metrics: Option<TcpListener>,
    pub extras: Extras,
}

/// Serves and works the outbox until SIGTERM or SIGINT, then finishes the requests and the mails under way.
pub fn run_until_told(service: Service) -> Result<(), String> {
    let Service { portal, listener, workers, worker, metrics, extras } = service;
    actix_web::rt::System::new().block_on(async move {
        let portal = actix_web::web::Data::new(portal);
        let bell = portal.bell.clone();
        let working = worker.map(|worker| {
            let told = told_to_stop();
            actix_web::rt::spawn(async move { worker.run(bell, told).await })
        });
        if let Some(listener) = metrics {
            // Ends with the process: figures are wanted while it stops, too.
            actix_web::rt::spawn(door::serve(portal.clone(), listener).map_err(|error| error.to_string())?);
        }
        let server = app::serve(portal, listener, workers, extras).map_err(|error| error.to_string())?;
        let handle = server.handle();
        let stopping = actix_web::rt::spawn(async move {
            told_to_stop().await;
            tracing::info!("stopping: finishing the requests under way");
            handle.stop(true).await;
        });
        let ended = server.await.map_err(|error| error.to_string());
        stopping.abort();
        if let Some(working) = working {
            // An attempt ends by itself within its limit; what is cut off is taken up at the next start.
            let grace = std::time::Duration::from_secs(5) + retry::ATTEMPT;
            if ended.is_err() || tokio::time::timeout(grace, working).await.is_err() {
                tracing::warn!("stopped while mail was on its way");
            }
        }
        ended
    })
}

/// Done when the process is told to stop. Listens from the call on, not from the first look at it: a signal that comes
/// before would end the process on the spot.
fn told_to_stop() -> impl Future<Output = ()> {
    use tokio::signal::unix::{SignalKind, signal};
    let signals = (signal(SignalKind::terminate()), signal(SignalKind::interrupt()));
    async move {
        let (Ok(mut term), Ok(mut int)) = signals else { return std::future::pending().await };
        tokio::select! {
            _ = term.recv() => {}
            _ = int.recv() => {}
        }
    }
}

/// What raises the second wall, if it is down. A portal serves without it.
fn wall_that_is_down(conn: &mut PgConnection) -> Option<String> {
    migrate::wall(conn).ok()?.err()
}

fn migrate_now() -> Result<(), String> {
    let database = config()?.database_url;
    let done = migrate::run(database.expose_secret())?;
    println!("{}", if done == 0 { "The database is up to date.".into() } else { format!("{done} migrations done.") });
    if let Some(remedy) =
        migrate::connect(database.expose_secret()).ok().and_then(|mut conn| wall_that_is_down(&mut conn))
    {
        eprintln!("guildhall: the second wall: {}. To raise it, {remedy}", migrate::WALL_IS_DOWN);
    }
    Ok(())
}

/// Tells what it found on standard output; fails when something has to be mended.
fn examine() -> ExitCode {
    let report = match Config::read(&|name| std::env::var(name).ok()) {
        Ok(config) => doctor::examine(&config, &Clock::system()),
        Err(faults) => doctor::incomplete(&faults),
    };
    println!("{report}");
    if report.count(doctor::Verdict::Fault) == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

fn after_restoring(release: bool, drop: bool) -> Result<(), String> {
    use restored::Order;
    let config = config()?;
    migrate::check(&mut migrate::connect(config.database_url.expose_secret())?)?;
    let order = match (release, drop) {
        (true, _) => Order::Release,
        (_, true) => Order::Drop,
        _ => Order::Hold,
    };
    println!("{}", restored::carry_out(config.database_url.expose_secret(), order, &Clock::system())?);
    Ok(())
}

fn create_tenant(slug: &str, name: &str, owner_email: &str, owner_name: &str) -> Result<(), String> {
    let database = config()?.database_url;
    let fits = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
    if slug.is_empty() || slug.len() > 32 || slug.starts_with('-') || !slug.chars().all(fits) {
        return Err("--slug: use 1 to 32 small letters, digits and hyphens".into());
    }
    let new = NewTenant {
        slug: slug.into(),
        name: input::organisation_name(name).map_err(|problem| format!("--name: {}", problem.words()))?,
        owner_name: input::person_name(owner_name).map_err(|problem| format!("--owner-name: {}", problem.words()))?,
        owner_email: EmailAddress::parse(owner_email)
            .map_err(|_| "--owner-email: enter one email address".to_owned())?,
    };
    let mut conn =
        PgConnection::establish(database.expose_secret()).map_err(|_| "the database cannot be reached".to_owned())?;
    let now = Clock::system().now();
    match conn.transaction(|tx| actions::create(tx, now, &new)) {
        Ok(()) => {
            println!("Tenant {slug} is created. {owner_email} can sign in as its owner.");
            Ok(())
        }
        Err(Fault::Refused(actions::Refusal::SlugTaken)) => Err(format!("there is a tenant {slug} already")),
        Err(Fault::Db(error)) => Err(format!("the database refused: {error}")),
    }
}
