//! Configuration: the environment, read once into one struct. Reports every fault together and never prints a value.
//! The table in the README is tested against [`VARIABLES`].

mod base_url;
mod limits;

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

/// Every variable that is read, for the README's table. `*` stands for a provider's key in capitals.
pub const VARIABLES: &[&str] = &[
    "DATABASE_URL",
    "BASE_URL",
    "GUILDHALL_SECRET_KEY",
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
    "GUILDHALL_LOG",
    "GUILDHALL_DATA_DIR",
];

/// Everything the program can be told.
pub struct Config {
    pub database_url: SecretString,
    pub pool_size: u32,
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
    /// Calls of the API in a minute.
    pub limits: Limits,
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
        }
    }

    /// Reads the production configuration.
    ///
    /// # Errors
    /// Every fault of the environment, in the order of [`VARIABLES`].
    pub fn read(get: &dyn Fn(&str) -> Option<String>) -> Result<Self, Vec<ConfigFault>> {
        let mut reader = Reader { get, faults: Vec::new() };
        let database_url = reader.required("DATABASE_URL", DATABASE_REMEDY, |text| {
            (text.starts_with("postgres://") || text.starts_with("postgresql://"))
                .then(|| SecretString::from(text.to_owned()))
        });
        let base_url = reader.required("BASE_URL", BASE_URL_REMEDY, BaseUrl::parse);
        let secret_key = reader.required("GUILDHALL_SECRET_KEY", SECRET_KEY_REMEDY, SecretKey::from_hex);
        let providers = providers(&mut reader, base_url.as_ref());
        let smtp = reader.or("SMTP_URL", None, SMTP_URL_REMEDY, |text| SmtpUrl::parse(text).map(Some));
        let mail_from = reader.or("MAIL_FROM", None, MAIL_FROM_REMEDY, |text| Sender::parse(text).map(Some));
        let listen =
            reader.or("LISTEN", LOCALHOST, "an IP address to listen on, such as 0.0.0.0", |text| text.parse().ok());
        let port = reader.or("PORT", 8080, "a port between 1 and 65535", |text| text.parse().ok());
        let workers = reader.or("WORKERS", cores(), "a number of threads between 1 and 256", |text| number(text, 256));
        let pool = reader.or("DATABASE_POOL_SIZE", cores() * 2, "a number of connections between 1 and 100", |text| {
            number(text, 100)
        });
        let (metrics, traces) = (metrics(&mut reader), traces(&mut reader));
        let limits = limits::of(&mut reader);
        match (database_url, base_url, secret_key) {
            (Some(database_url), Some(base_url), Some(secret_key)) if reader.faults.is_empty() => Ok(Self {
                database_url,
                pool_size: u32::try_from(pool).unwrap_or(4),
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
            }),
            _ => Err(reader.faults),
        }
    }
}

const DATABASE_REMEDY: &str = "the address of a PostgreSQL database, as postgres://user:password@host/database";
const BASE_URL_REMEDY: &str =
    "the address that people type, without a path: https://portal.example.com (http only for localhost)";
const SECRET_KEY_REMEDY: &str = "64 hexadecimal digits that nobody else knows; `openssl rand -hex 32` prints some";
const PROVIDERS_REMEDY: &str = "at least one key of letters and digits, separated by commas, such as google,keycloak";

const SMTP_URL_REMEDY: &str = "the mail server, as smtp://user:password@host:587 or smtps://user:password@host, without \
    weakened encryption where there is a password (see the README, Mail)";
const MAIL_FROM_REMEDY: &str = "one email address, or Name <address>";

const TRACES_REMEDY: &str =
    "a collector that speaks OTLP over HTTP without TLS, on this machine or in your own network: http://localhost:4318";

const LOCALHOST: IpAddr = IpAddr::V4(Ipv4Addr::LOCALHOST);

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

#[cfg(test)]
mod tests {
    use super::*;

    fn complete(variable: &str) -> Option<String> {
        let value = match variable {
            "DATABASE_URL" => "postgres://localhost/guildhall",
            "BASE_URL" => "https://portal.example.com/",
            "GUILDHALL_SECRET_KEY" => "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef",
            "OIDC_PROVIDERS" => "google, keycloak",
            "OIDC_GOOGLE_ISSUER" => "https://accounts.google.com",
            "OIDC_KEYCLOAK_ISSUER" => "https://id.example.com/realms/acme",
            "OIDC_GOOGLE_CLIENT_ID" | "OIDC_KEYCLOAK_CLIENT_ID" => "guildhall",
            _ => return None,
        };
        Some(value.to_owned())
    }

    fn faults(change: &'static str, to: Option<&'static str>) -> Vec<String> {
        let read =
            Config::read(&|variable| if variable == change { to.map(str::to_owned) } else { complete(variable) });
        read.err().unwrap_or_default().into_iter().map(|fault| fault.variable).collect()
    }

    #[test]
    fn a_complete_environment_is_understood() {
        let config = Config::read(&complete).ok().unwrap();
        assert_eq!(config.base_url.origin(), "https://portal.example.com");
        assert_eq!(config.providers[1].redirect_uri, "https://portal.example.com/signin/callback/keycloak");
        assert_eq!(config.providers[0].name, "Google");
    }

    #[test]
    fn every_fault_of_an_empty_environment_is_reported_at_once() {
        let faults = Config::read(&|_| None).err().unwrap();
        let variables: Vec<_> = faults.iter().map(|fault| fault.variable.as_str()).collect();
        assert_eq!(variables, ["DATABASE_URL", "BASE_URL", "GUILDHALL_SECRET_KEY", "OIDC_PROVIDERS"]);
    }

    #[test]
    fn a_base_url_is_https_or_this_machine() {
        for wrong in
            ["http://portal.example.com", "portal.example.com", "https://portal.example.com/a", "ftp://localhost"]
        {
            assert_eq!(faults("BASE_URL", Some(wrong)).first().map(String::as_str), Some("BASE_URL"), "{wrong}");
        }
        assert!(faults("BASE_URL", Some("http://localhost:8080")).is_empty());
    }

    #[test]
    fn a_short_key_and_a_foreign_plain_issuer_are_refused() {
        assert_eq!(faults("GUILDHALL_SECRET_KEY", Some("abc")), ["GUILDHALL_SECRET_KEY"]);
        assert_eq!(faults("OIDC_GOOGLE_ISSUER", Some("http://accounts.google.com")), ["OIDC_GOOGLE_ISSUER"]);
        assert_eq!(faults("PORT", Some("eighty")), ["PORT"]);
    }

    #[test]
    fn figures_and_traces_go_nowhere_unless_told() {
        let config = Config::read(&complete).ok().unwrap();
        assert!(config.metrics.is_none() && config.traces.is_none());
        assert_eq!(faults("METRICS_LISTEN", Some("9464")), ["METRICS_LISTEN"]);
        assert_eq!(faults("OTEL_EXPORTER_OTLP_ENDPOINT", Some("https://collector")), ["OTEL_EXPORTER_OTLP_ENDPOINT"]);
        assert_eq!(faults("OTEL_TRACES_SAMPLER_ARG", Some("2")), ["OTEL_TRACES_SAMPLER_ARG"]);
        assert!(faults("OTEL_EXPORTER_OTLP_ENDPOINT", Some("http://localhost:4318")).is_empty());
    }

    #[test]
    fn mail_leaves_from_the_portals_own_host_unless_told_otherwise() {
        let config = Config::read(&complete).ok().unwrap();
        assert_eq!(config.mail_from.address.to_string(), "noreply@portal.example.com");
        assert!(config.smtp.is_none());
        assert!(faults("SMTP_URL", Some("smtp://user:secret@mail.example.com")).is_empty());
        assert_eq!(faults("SMTP_URL", Some("smtp://user:secret@mail.example.com?tls=none")), ["SMTP_URL"]);
        assert_eq!(faults("MAIL_FROM", Some("nobody")), ["MAIL_FROM"]);
    }

    #[test]
    fn a_fault_never_shows_the_value() {
        let faults =
            Config::read(&|variable| (variable == "GUILDHALL_SECRET_KEY").then(|| "hunter2".into())).err().unwrap();
        assert!(faults.iter().all(|fault| !fault.to_string().contains("hunter2")));
    }
}
