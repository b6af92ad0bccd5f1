//! Configuration: the environment, read once into one struct. Reports every fault together and never prints a value.
//! The table in the README is tested against [`VARIABLES`].

mod base_url;
mod limits;
#[cfg(test)]
mod tests;

use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::sync::Arc;

use secrecy::SecretString;
use url::Url;

pub use base_url::{BaseUrl, is_loopback};
pub use limits::read_limits;

use crate::api::Limits;
use crate::mail::{Sender, SmtpUrl};
use crate::secrets::SecretKey;
use crate::signin::provider::{Alg, AuthMethod, ProviderConfig};
use crate::web::client::TrustedProxies;

/// Every variable that is read, for the README's table. `*` stands for a provider's key in capitals.
pub const VARIABLES: &[&str] = &[
    "DATABASE_URL",
    "BASE_URL",
    "GUILDHALL_SECRET_KEY",
    "GUILDHALL_FORMER_SECRET_KEYS",
    "OIDC_PROVIDERS",
    "OIDC_*_NAME",
    "OIDC_*_ISSUER",
    "OIDC_*_CLIENT_ID",
    "OIDC_*_CLIENT_SECRET",
    "OIDC_*_SCOPES",
    "OIDC_*_ALGORITHMS",
    "OIDC_*_TRUST_EMAIL",
    "OIDC_*_AUTH_METHOD",
    "SMTP_URL",
    "MAIL_FROM",
    "LISTEN",
    "PORT",
    "WORKERS",
    "DATABASE_POOL_SIZE",
    "METRICS_LISTEN",
    "OTEL_EXPORTER_OTLP_ENDPOINT",
    "OTEL_TRACES_SAMPLER_ARG",
    "API_CALLS_PER_MINUTE",
    "API_INVITATION_READS_PER_MINUTE",
    "API_FAILURES_PER_MINUTE",
    "SIGN_INS_PER_MINUTE",
    "HSTS_SUBDOMAINS",
    "TRUSTED_PROXIES",
    "DATABASE_POOLER",
    "DATABASE_REPLICA_URL",
    "GUILDHALL_LOG",
    "GUILDHALL_DATA_DIR",
];

/// Everything the program can be told.
pub struct Config {
    pub database_url: SecretString,
    pub pool_size: u32,
    /// PgBouncer in transaction mode stands before the database.
    pub pooler: bool,
    /// A streaming replica, for reads that may be some seconds old.
    pub replica_url: Option<SecretString>,
    pub base_url: BaseUrl,
    /// Shared by the pages and the worker of the outbox.
    pub secret_key: Arc<SecretKey>,
    pub providers: Vec<ProviderConfig>,
    /// The mail server; without one mails stay in the outbox.
    pub smtp: Option<SmtpUrl>,
    pub mail_from: Sender,
    pub listen: IpAddr,
    pub port: u16,
    pub workers: usize,
    /// Where Prometheus asks; nowhere by default.
    pub metrics: Option<SocketAddr>,
    /// Where traces go; nowhere by default.
    pub traces: Option<TraceTarget>,
    /// Calls of the API, and beginnings of sign-ins, in a minute.
    pub limits: Limits,
    /// Browsers are told that the host's subdomains speak HTTPS too.
    pub hsts_subdomains: bool,
    /// Proxies that say from where they were asked.
    pub trusted_proxies: TrustedProxies,
}

/// A collector of traces, and the share of requests that it gets.
#[derive(Debug, Clone)]
pub struct TraceTarget {
    pub endpoint: Url,
    /// Between 0 and 1.
    pub share: f64,
}

/// One thing that is wrong with the environment: the variable and how to mend it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ConfigFault {
    pub variable: String,
    pub remedy: String,
}

impl std::fmt::Display for ConfigFault {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}: {}", self.variable, self.remedy)
    }
}

/// Reads variables and collects faults.
struct Reader<'a> {
    get: &'a dyn Fn(&str) -> Option<String>,
    faults: Vec<ConfigFault>,
}

impl Reader<'_> {
    fn fault(&mut self, variable: &str, remedy: &str) {
        self.faults.push(ConfigFault { variable: variable.into(), remedy: remedy.into() });
    }

    fn text(&self, variable: &str) -> Option<String> {
        (self.get)(variable).map(|value| value.trim().to_owned()).filter(|value| !value.is_empty())
    }

    /// The value as `parse` understands it; None and a fault when it is missing or not understood.
    fn required<T>(&mut self, variable: &str, remedy: &str, parse: impl Fn(&str) -> Option<T>) -> Option<T> {
        let value = self.text(variable).as_deref().and_then(parse);
        if value.is_none() {
            self.fault(variable, remedy);
        }
        value
    }

    /// The value, or `default` when it is not set; a fault when it is set and not understood.
    fn or<T>(&mut self, variable: &str, default: T, remedy: &str, parse: impl Fn(&str) -> Option<T>) -> T {
        match self.text(variable) {
            None => default,
            Some(text) => parse(&text).unwrap_or_else(|| {
                self.fault(variable, remedy);
                default
            }),
        }
    }
}

impl Config {
    /// The configuration of development mode, which is made and not read.
    pub fn for_development(
        database_url: SecretString,
        base_url: BaseUrl,
        secret_key: SecretKey,
        provider: ProviderConfig,
        port: u16,
    ) -> Self {
        Self {
            database_url,
            pool_size: u32::try_from(cores() * 2).unwrap_or(4),
            pooler: false,
            replica_url: None,
            mail_from: Sender::of_host(base_url.host()),
            base_url,
            secret_key: Arc::new(secret_key),
            providers: vec![provider],
            smtp: None,
            listen: LOCALHOST,
            port,
            workers: cores(),
            metrics: None,
            traces: None,
            limits: Limits::default(),
            hsts_subdomains: false,
            trusted_proxies: TrustedProxies::default(),
        }
    }

    /// Reads the production configuration.
    ///
    /// # Errors
    /// Every fault of the environment, in the order of [`VARIABLES`].
    pub fn read(get: &dyn Fn(&str) -> Option<String>) -> Result<Self, Vec<ConfigFault>> {
        let mut reader = Reader { get, faults: Vec::new() };
        let database_url = reader.required("DATABASE_URL", DATABASE_REMEDY, database);
        let base_url = reader.required("BASE_URL", BASE_URL_REMEDY, BaseUrl::parse);
        let secret_key = secret_key(&mut reader);
        let providers = providers(&mut reader, base_url.as_ref());
        let smtp = reader.or("SMTP_URL", None, SMTP_URL_REMEDY, |text| SmtpUrl::parse(text).map(Some));
        let mail_from = reader.or("MAIL_FROM", None, MAIL_FROM_REMEDY, |text| Sender::parse(text).map(Some));
        let (listen, port) = listen(&mut reader);
        let workers = reader.or("WORKERS", cores(), "a number of threads between 1 and 256", |text| number(text, 256));
        let pool = reader.or("DATABASE_POOL_SIZE", cores() * 2, "a number of connections between 1 and 100", |text| {
            number(text, 100)
        });
        let (metrics, traces) = (metrics(&mut reader), traces(&mut reader));
        let (limits, pooler, hsts_subdomains) = (limits::of(&mut reader), pooler(&mut reader), subdomains(&mut reader));
        let (replica_url, trusted_proxies) = (replica(&mut reader), proxies(&mut reader));
        match (database_url, base_url, secret_key) {
            (Some(database_url), Some(base_url), Some(secret_key)) if reader.faults.is_empty() => Ok(Self {
                database_url,
                pool_size: u32::try_from(pool).unwrap_or(4),
                pooler,
                replica_url,
                mail_from: mail_from.unwrap_or_else(|| Sender::of_host(base_url.host())),
                base_url,
                secret_key: Arc::new(secret_key),
                providers,
                smtp,
                listen,
                port,
                workers,
                metrics,
                traces,
                limits,
                hsts_subdomains,
                trusted_proxies,
            }),
            _ => Err(reader.faults),
        }
    }
}

const DATABASE_REMEDY: &str = "the address of a PostgreSQL database, as postgres://user:password@host/database";
const PROXIES_REMEDY: &str = "addresses and networks of your proxies, separated by commas: 127.0.0.1, 10.0.0.0/8";
const POOLER_REMEDY: &str = "transaction, where DATABASE_URL leads to PgBouncer in transaction mode; else nothing";
const BASE_URL_REMEDY: &str =
    "the address that people type, without a path: https://portal.example.com (http only for localhost)";
const SECRET_KEY_REMEDY: &str = "64 hexadecimal digits that nobody else knows; `openssl rand -hex 32` prints some";
const FORMER_KEYS_REMEDY: &str =
    "the keys that GUILDHALL_SECRET_KEY has replaced, each as that one, separated by commas";
const PROVIDERS_REMEDY: &str = "at least one key of letters and digits, separated by commas, such as google,keycloak";

const SMTP_URL_REMEDY: &str = "the mail server, as smtp://user:password@host:587 or smtps://user:password@host, without \
    weakened encryption where there is a password (see the README, Mail)";
const MAIL_FROM_REMEDY: &str = "one email address, or Name <address>";

const TRACES_REMEDY: &str =
    "a collector that speaks OTLP over HTTP without TLS, on this machine or in your own network: http://localhost:4318";

const LOCALHOST: IpAddr = IpAddr::V4(Ipv4Addr::LOCALHOST);

/// The key, and those that it has replaced.
fn secret_key(reader: &mut Reader<'_>) -> Option<SecretKey> {
    let present = reader.required("GUILDHALL_SECRET_KEY", SECRET_KEY_REMEDY, SecretKey::from_hex);
    let several = |text: &str| text.split(',').map(SecretKey::from_hex).collect();
    let former: Option<Vec<SecretKey>> =
        reader.text("GUILDHALL_FORMER_SECRET_KEYS").map_or(Some(Vec::new()), |text| several(&text));
    if former.is_none() {
        reader.fault("GUILDHALL_FORMER_SECRET_KEYS", FORMER_KEYS_REMEDY);
    }
    Some(present?.instead_of(former?))
}

fn listen(reader: &mut Reader<'_>) -> (IpAddr, u16) {
    let address =
        reader.or("LISTEN", LOCALHOST, "an IP address to listen on, such as 0.0.0.0", |text| text.parse().ok());
    (address, reader.or("PORT", 8080, "a port between 1 and 65535", |text| text.parse().ok()))
}

fn replica(reader: &mut Reader<'_>) -> Option<SecretString> {
    reader.or("DATABASE_REPLICA_URL", None, DATABASE_REMEDY, |text| database(text).map(Some))
}

fn proxies(reader: &mut Reader<'_>) -> TrustedProxies {
    reader.or("TRUSTED_PROXIES", TrustedProxies::default(), PROXIES_REMEDY, TrustedProxies::parse)
}

fn pooler(reader: &mut Reader<'_>) -> bool {
    reader.or("DATABASE_POOLER", false, POOLER_REMEDY, |text| (text == "transaction").then_some(true))
}

fn subdomains(reader: &mut Reader<'_>) -> bool {
    reader.or("HSTS_SUBDOMAINS", false, "true or false", |text| text.parse().ok())
}

fn metrics(reader: &mut Reader<'_>) -> Option<SocketAddr> {
    let remedy = "an address and a port, such as 127.0.0.1:9464";
    reader.or("METRICS_LISTEN", None, remedy, |text| text.parse().ok().map(Some))
}

/// The names are those of the OpenTelemetry specification.
fn traces(reader: &mut Reader<'_>) -> Option<TraceTarget> {
    let endpoint = reader.or("OTEL_EXPORTER_OTLP_ENDPOINT", None, TRACES_REMEDY, |text| {
        Url::parse(text).ok().filter(|url| url.scheme() == "http" && url.has_host()).map(Some)
    });
    let share = reader.or("OTEL_TRACES_SAMPLER_ARG", 1.0, "a share of all requests between 0 and 1", |text| {
        text.parse().ok().filter(|share| (0.0..=1.0).contains(share))
    });
    endpoint.map(|endpoint| TraceTarget { endpoint, share })
}

fn database(text: &str) -> Option<SecretString> {
    let fits = text.starts_with("postgres://") || text.starts_with("postgresql://");
    fits.then(|| SecretString::from(text.to_owned()))
}

fn cores() -> usize {
    std::thread::available_parallelism().map_or(2, std::num::NonZero::get)
}

fn number(text: &str, most: usize) -> Option<usize> {
    text.parse().ok().filter(|number| (1..=most).contains(number))
}

fn providers(reader: &mut Reader<'_>, base_url: Option<&BaseUrl>) -> Vec<ProviderConfig> {
    let text = reader.text("OIDC_PROVIDERS").unwrap_or_default().to_ascii_lowercase();
    let fits = |key: &&str| !key.is_empty() && key.len() <= 20 && key.chars().all(|c| c.is_ascii_alphanumeric());
    let (keys, others): (Vec<&str>, Vec<&str>) = text.split(',').map(str::trim).partition(fits);
    if !others.is_empty() {
        reader.fault("OIDC_PROVIDERS", PROVIDERS_REMEDY);
    }
    keys.into_iter().filter_map(|key| provider(reader, key, base_url)).collect()
}

fn provider(reader: &mut Reader<'_>, key: &str, base_url: Option<&BaseUrl>) -> Option<ProviderConfig> {
    let name = |suffix: &str| format!("OIDC_{}_{suffix}", key.to_ascii_uppercase());
    let issuer =
        reader.required(&name("ISSUER"), "the provider's issuer, https://…, exactly as it names itself", |text| {
            let url = Url::parse(text).ok()?;
            (url.scheme() == "https" || is_loopback(&url)).then(|| text.to_owned())
        });
    let client_id =
        reader.required(&name("CLIENT_ID"), "the client id that the provider gave you", |text| Some(text.to_owned()));
    let algorithms =
        reader.or(&name("ALGORITHMS"), vec![Alg::Rs256], "signature algorithms such as RS256,ES256", |text| {
            text.split(',').map(|word| word.trim().parse().ok()).collect()
        });
    let trust_email = reader.or(&name("TRUST_EMAIL"), false, "true or false", |text| text.parse().ok());
    let auth_method = reader.or(&name("AUTH_METHOD"), None, "basic or post", |text| match text {
        "basic" => Some(Some(AuthMethod::Basic)),
        "post" => Some(Some(AuthMethod::Post)),
        _ => None,
    });
    let scopes = reader.text(&name("SCOPES")).unwrap_or_else(|| "openid email profile".into());
    let label = reader.text(&name("NAME")).unwrap_or_else(|| capitalised(key));
    let client_secret = reader.text(&name("CLIENT_SECRET")).map(SecretString::from);
    Some(ProviderConfig {
        key: key.to_owned(),
        name: label,
        issuer: issuer?,
        client_id: client_id?,
        client_secret,
        scopes: scopes.split([' ', ',']).filter(|scope| !scope.is_empty()).map(str::to_owned).collect(),
        algorithms,
        trust_email,
        auth_method,
        redirect_uri: base_url?.join(&format!("/signin/callback/{key}")),
    })
}

fn capitalised(key: &str) -> String {
    let mut letters = key.chars();
    letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
}
