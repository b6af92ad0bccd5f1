//! The environment, right and wrong.

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
    let read = Config::read(&|variable| if variable == change { to.map(str::to_owned) } else { complete(variable) });
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
    for wrong in ["http://portal.example.com", "portal.example.com", "https://portal.example.com/a", "ftp://localhost"]
    {
        assert_eq!(faults("BASE_URL", Some(wrong)).first().map(String::as_str), Some("BASE_URL"), "{wrong}");
    }
    assert!(faults("BASE_URL", Some("http://localhost:8080")).is_empty());
}

#[test]
fn a_short_key_and_a_foreign_plain_issuer_are_refused() {
    const TWO: &str = "0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f, \
                       1e1e1e1e1e1e1e1e1e1e1e1e1e1e1e1e1e1e1e1e1e1e1e1e1e1e1e1e1e1e1e1e";
    assert_eq!(faults("GUILDHALL_SECRET_KEY", Some("abc")), ["GUILDHALL_SECRET_KEY"]);
    assert_eq!(faults("OIDC_GOOGLE_ISSUER", Some("http://accounts.google.com")), ["OIDC_GOOGLE_ISSUER"]);
    assert_eq!(faults("PORT", Some("eighty")), ["PORT"]);
    assert_eq!(faults("HSTS_SUBDOMAINS", Some("yes")), ["HSTS_SUBDOMAINS"]);
    assert_eq!(faults("TRUSTED_PROXIES", Some("nginx")), ["TRUSTED_PROXIES"]);
    assert_eq!(faults("GUILDHALL_FORMER_SECRET_KEYS", Some("abc")), ["GUILDHALL_FORMER_SECRET_KEYS"]);
    assert!(faults("GUILDHALL_FORMER_SECRET_KEYS", Some(TWO)).is_empty());
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
