//! Starting development mode: the order of things, and what is printed at the end.

use std::net::{Ipv4Addr, TcpListener};
use std::path::{Path, PathBuf};

use diesel::Connection as _;
use diesel::pg::PgConnection;
use secrecy::SecretString;

use super::demo;
use super::extras::Extras;
use super::identity_provider::{Assets, Client, IdentityProvider, Person};
use super::postgres::{Durability, NAME, PrivatePostgres};
use super::{applications, credentials};
use crate::app;
use crate::cli::{self, Service};
use crate::clock::Clock;
use crate::config::{BaseUrl, Config, read_limits};
use crate::db::migrate;
use crate::mail::{Mailbox, Transport, Worker};
use crate::secrets::{self, SecretKey};
use crate::signin::provider::{Alg, ProviderConfig};
use crate::web::assets;

const CLIENT_ID: &str = "guildhall";
const PROVIDER_KEY: &str = "dev";

/// Configuration and extras of a portal in development mode.
pub struct Prepared {
    pub config: Config,
    /// Sends mail into the data folder instead of out of this machine.
    pub worker: Worker,
    pub extras: Extras,
}

/// Starts everything, prints where to go, serves until told to stop, stops PostgreSQL.
pub fn run() -> Result<(), String> {
    log_for_people();
    let port = port()?;
    let data_dir = std::env::var_os("GUILDHALL_DATA_DIR").map_or_else(|| PathBuf::from(".data"), PathBuf::from);
    refuse_other_addresses()?;
    let limits = read_limits(&|variable| std::env::var(variable).ok())
        .map_err(|faults| faults.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n"))?;
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, port))
        .map_err(|error| format!("port {port} is not free ({error}); set PORT to another one"))?;
    let postgres = PrivatePostgres::start(&data_dir, Durability::Full).map_err(|error| error.to_string())?;
    let clock = Clock::system();
    let mut prepared = prepare(&data_dir, &postgres.url(NAME), port, &clock)?;
    prepared.config.limits = limits;
    println!("{}", welcome(port, &data_dir));
    let workers = prepared.config.workers;
    let portal = app::portal(prepared.config, &clock, true);
    let (worker, extras) = (Some(prepared.worker), prepared.extras);
    let served = cli::run_until_told(Service { portal, listener, workers, worker, metrics: None, extras });
    let stopped = postgres.stop().map_err(|error| error.to_string());
    served.and(stopped)
}

/// Migrates, loads demo data once, opens the identity provider, and makes the configuration that production would
/// read from its environment.
pub fn prepare(data_dir: &Path, database_url: &str, port: u16, clock: &Clock) -> Result<Prepared, String> {
    migrate::run(database_url)?;
    let mut conn = PgConnection::establish(database_url).map_err(|error| error.to_string())?;
    demo::load(&mut conn, clock.now()).map_err(|error| format!("the demo data could not be loaded: {error}"))?;
    let people = demo::people(&mut conn).map_err(|error| error.to_string())?;
    let base_url = BaseUrl::parse(&format!("http://localhost:{port}")).ok_or("the address cannot be made")?;
    applications::locate(&mut conn, &base_url)
        .map_err(|error| format!("the demo applications could not be located: {error}"))?;
    let key_text = kept_secret(&data_dir.join("secret-key"))?;
    let secret_key =
        SecretKey::from_hex(&key_text).ok_or("the file secret-key in the data folder is damaged; delete it")?;
    let client_secret = secrets::random_token();
    let redirect_uri = base_url.join(&format!("/signin/callback/{PROVIDER_KEY}"));
    let client = Client {
        id: CLIENT_ID.into(),
        secret: client_secret.clone(),
        redirect_uris: vec![redirect_uri.clone()],
        post_logout_redirect_uris: vec![base_url.join("/signed-out")],
    };
    let people = people.into_iter().map(person).collect();
    let assets = Assets { stylesheet: assets::urls().stylesheet };
    let provider = IdentityProvider::open(data_dir, base_url.url(), vec![client], people, assets, clock.clone())
        .map_err(|error| format!("the development identity provider cannot start: {error}"))?;
    let own = relying_party(&provider.issuer(), &redirect_uri, client_secret);
    write_demo_env(&mut conn, &data_dir.join("demo.env"), &base_url, clock)?;
    let config = Config::for_development(SecretString::from(database_url.to_owned()), base_url, secret_key, own, port);
    let mailbox = Mailbox::open(&data_dir.join("mails.jsonl")).map_err(|error| format!("mails.jsonl: {error}"))?;
    let worker = app::worker_by(&config, clock, Transport::Mailbox(mailbox.clone()));
    Ok(Prepared { config, extras: Extras::of(provider, mailbox, worker.clone()), worker })
}

/// Where the portal is, and by which credentials its API can be tried.
fn write_demo_env(conn: &mut PgConnection, path: &Path, base_url: &BaseUrl, clock: &Clock) -> Result<(), String> {
    let known = std::fs::read_to_string(path).unwrap_or_default();
    let environment = credentials::environment(conn, &known, &base_url.origin(), clock.now());
    let environment = environment.map_err(|error| format!("the demo credentials could not be made: {error}"))?;
    write_for_owner(path, &environment).map_err(|error| format!("demo.env: {error}"))
}

/// The portal's side of the development identity provider: configured like any provider.
fn relying_party(issuer: &str, redirect_uri: &str, secret: String) -> ProviderConfig {
    let mut config = ProviderConfig::new(PROVIDER_KEY, issuer, CLIENT_ID, redirect_uri);
    config.name = "development sign-in".into();
    config.client_secret = Some(SecretString::from(secret));
    config.algorithms = vec![Alg::Es256];
    config
}

fn person(person: demo::DemoPerson) -> Person {
    Person { email: person.email, name: person.name, note: person.note, group: person.group }
}

fn port() -> Result<u16, String> {
    let text = std::env::var("PORT").unwrap_or_else(|_| "8080".into());
    text.parse().map_err(|_| format!("PORT: {text} is not a port"))
}

/// Anybody can sign in as anybody here, so nobody else may reach it.
fn refuse_other_addresses() -> Result<(), String> {
    let Ok(listen) = std::env::var("LISTEN") else { return Ok(()) };
    match listen.trim().parse::<std::net::IpAddr>() {
        Ok(ip) if ip.is_loopback() => Ok(()),
        _ => Err("LISTEN: development mode signs anybody in as anybody, so it serves this machine only. \
                  Configure the portal for production (see the README) to serve others."
            .into()),
    }
}

/// A secret of 64 hexadecimal digits, made once and readable by its owner only.
fn kept_secret(path: &Path) -> Result<String, String> {
    if let Ok(text) = std::fs::read_to_string(path) {
        return Ok(text);
    }
    let mut bytes = [0_u8; 32];
    secrets::fill_random(&mut bytes);
    let text = secrets::hex(&bytes);
    write_for_owner(path, &text).map_err(|error| format!("the data folder cannot be written: {error}"))?;
    Ok(text)
}

/// Writes a file that nobody else on this machine can read.
fn write_for_owner(path: &Path, text: &str) -> std::io::Result<()> {
    use std::io::Write as _;
    use std::os::unix::fs::OpenOptionsExt as _;
    let mut options = std::fs::OpenOptions::new();
    options.write(true).create(true).truncate(true).mode(0o600).open(path)?.write_all(text.as_bytes())
}

/// People read this log in a terminal; requests are left out unless asked for.
fn log_for_people() {
    let filter = tracing_subscriber::EnvFilter::try_from_env("GUILDHALL_LOG")
        .unwrap_or_else(|_| "warn,guildhall=info,guildhall::access=warn".into());
    drop(tracing_subscriber::fmt().compact().with_env_filter(filter).with_writer(std::io::stderr).try_init());
}

fn welcome(port: u16, data_dir: &Path) -> String {
    let demo = data_dir.join("demo.env");
    format!(
        "\n  Guildhall is running, in development mode: http://localhost:{port}\n\n  \
         Sign in as    owner@acme.example         everything in the programme of Acme\n                \
         manager@northwind.example  one of its partners\n                \
         owner@globex.example       another company's programme\n  \
         No password is asked for.\n\n  \
         Mail          http://localhost:{port}/dev/mail\n  \
         API           http://localhost:{port}/api/docs, credentials in {}\n\n  \
         Stop with Ctrl-C; data stays in the data folder.\n",
        demo.display()
    )
}
