//! Counters, gauges and histograms of this process, as Prometheus reads them (text exposition format 0.0.4).
//!
//! They belong to the process, like its log: every instance is asked at its own address, and whoever collects them
//! adds them up. Names follow Prometheus' habits: base units, `_total` for counters.

use std::sync::LazyLock;
use std::time::Duration;

use prometheus::{Encoder as _, HistogramOpts, HistogramVec, IntCounterVec, IntGaugeVec, Opts, Registry, TextEncoder};

/// Upper edges in seconds: a page takes one to five milliseconds, and nothing takes longer than ten seconds.
const BUCKETS: [f64; 11] = [0.001, 0.002, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 1.0, 2.5, 10.0];

/// None only if two figures had one name, which a test excludes.
static FIGURES: LazyLock<Option<Figures>> = LazyLock::new(|| Figures::new().ok());

struct Figures {
    registry: Registry,
    requests: IntCounterVec,
    request_seconds: HistogramVec,
    database_seconds: HistogramVec,
    mails: IntCounterVec,
    panics: IntCounterVec,
    connections: IntGaugeVec,
    database_up: IntGaugeVec,
    outbox: IntGaugeVec,
    outbox_oldest: IntGaugeVec,
}

impl Figures {
    fn new() -> prometheus::Result<Self> {
        let figures = Self {
            registry: Registry::new(),
            requests: counter(
                "http_requests_total",
                "Requests answered, by route pattern, method and status.",
                &["route", "method", "status"],
            )?,
            request_seconds: seconds(
                "http_request_seconds",
                "From the request's head to the answer's, by kind of route.",
                &["kind"],
            )?,
            database_seconds: seconds(
                "database_seconds",
                "A unit of work on the database, the wait for its turn included.",
                &["work", "outcome"],
            )?,
            mails: counter("mails_handled_total", "Mails that this process took from the outbox.", &["outcome"])?,
            panics: counter("panics_total", "Requests that ended in a fault of the program.", &[])?,
            connections: gauge("database_connections", "Connections of the pool, by what they do.", &["state"])?,
            database_up: gauge("database_up", "1 if the database answered just now, else 0.", &[])?,
            outbox: gauge("outbox_mails", "Mails in the outbox of all instances together.", &["state"])?,
            outbox_oldest: gauge("outbox_oldest_waiting_seconds", "Age of the oldest mail that is due, or 0.", &[])?,
        };
        figures.register()?;
        Ok(figures)
    }

    fn register(&self) -> prometheus::Result<()> {
        let build = gauge("build_info", "Always 1; says the version.", &["version"])?;
        build.with_label_values(&[env!("CARGO_PKG_VERSION")]).set(1);
        let all: [Box<dyn prometheus::core::Collector>; 10] = [
            Box::new(self.requests.clone()),
            Box::new(self.request_seconds.clone()),
            Box::new(self.database_seconds.clone()),
            Box::new(self.mails.clone()),
            Box::new(self.panics.clone()),
            Box::new(self.connections.clone()),
            Box::new(self.database_up.clone()),
            Box::new(self.outbox.clone()),
            Box::new(self.outbox_oldest.clone()),
            Box::new(build),
        ];
        all.into_iter().try_for_each(|figure| self.registry.register(figure))?;
        // Zero, not absent, before the first of its kind: an alert on "grew" needs a value to grow from.
        self.panics.with_label_values::<&str>(&[]);
        let own = prometheus::process_collector::ProcessCollector::for_self();
        self.registry.register(Box::new(own))
    }
}

fn named(name: &str, help: &str) -> Opts {
    Opts::new(name, help).namespace("guildhall")
}

fn counter(name: &str, help: &str, labels: &[&str]) -> prometheus::Result<IntCounterVec> {
    IntCounterVec::new(named(name, help), labels)
}

fn gauge(name: &str, help: &str, labels: &[&str]) -> prometheus::Result<IntGaugeVec> {
    IntGaugeVec::new(named(name, help), labels)
}

fn seconds(name: &str, help: &str, labels: &[&str]) -> prometheus::Result<HistogramVec> {
    HistogramVec::new(HistogramOpts { common_opts: named(name, help), buckets: BUCKETS.to_vec() }, labels)
}

/// A request was answered.
pub fn request(route: &str, method: &str, status: u16, took: Duration) {
    let Some(figures) = FIGURES.as_ref() else { return };
    figures.requests.with_label_values(&[route, known_method(method), &status.to_string()]).inc();
    figures.request_seconds.with_label_values(&[kind(route)]).observe(took.as_secs_f64());
}

/// A request ended in a fault of the program.
pub fn panicked() {
    if let Some(figures) = FIGURES.as_ref() {
        figures.panics.with_label_values::<&str>(&[]).inc();
    }
}

/// A unit of work on the database ended: `read` or `write`, `done`, `refused`, `busy` or `failed`.
pub fn database(work: &str, outcome: &str, took: Duration) {
    if let Some(figures) = FIGURES.as_ref() {
        figures.database_seconds.with_label_values(&[work, outcome]).observe(took.as_secs_f64());
    }
}

/// So many mails of the outbox came to this end.
pub fn mails(outcome: &str, number: u64) {
    if let Some(figures) = FIGURES.as_ref() {
        figures.mails.with_label_values(&[outcome]).inc_by(number);
    }
}

/// What is so at this moment and is asked when somebody looks.
#[derive(Debug, Clone, Copy, Default)]
pub struct Moment {
    /// Connections that work and that wait for work.
    pub busy: u32,
    pub idle: u32,
    /// Waiting, deferred, failed within a day, and the age of the oldest; None when the database does not answer.
    pub outbox: Option<[i64; 4]>,
}

/// All figures as text.
pub fn text(now: Moment) -> Vec<u8> {
    let mut text = Vec::with_capacity(32 * 1024);
    let Some(figures) = FIGURES.as_ref() else { return text };
    figures.connections.with_label_values(&["busy"]).set(now.busy.into());
    figures.connections.with_label_values(&["idle"]).set(now.idle.into());
    figures.database_up.with_label_values::<&str>(&[]).set(now.outbox.is_some().into());
    if let Some([waiting, deferred, failed, oldest]) = now.outbox {
        for (state, number) in [("waiting", waiting), ("deferred", deferred), ("failed_last_day", failed)] {
            figures.outbox.with_label_values(&[state]).set(number);
        }
        figures.outbox_oldest.with_label_values::<&str>(&[]).set(oldest);
    }
    if let Err(error) = TextEncoder::new().encode(&figures.registry.gather(), &mut text) {
        tracing::warn!(%error, "the figures cannot be written");
    }
    text
}

/// The kind of a route: few enough for a histogram each.
fn kind(route: &str) -> &'static str {
    match route.split('/').nth(1).unwrap_or_default() {
        "api" | "partner_organizations" | "oauth2" | ".well-known" => "api",
        "static" => "static",
        "health" => "health",
        "gate" => "gate",
        _ => "page",
    }
}

/// Methods that we know; whatever else a client makes up is one label.
fn known_method(method: &str) -> &'static str {
    const KNOWN: [&str; 7] = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"];
    KNOWN.into_iter().find(|known| *known == method).unwrap_or("other")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_figure_has_a_name_of_its_own_and_is_shown() {
        assert!(FIGURES.is_some());
        request("/settings/profile/partners/{id}", "GET", 200, Duration::from_millis(3));
        request("(none)", "BREW", 405, Duration::from_millis(1));
        database("read", "done", Duration::from_millis(1));
        let text = String::from_utf8(text(Moment { busy: 1, idle: 2, outbox: Some([3, 2, 1, 60]) })).unwrap();
        for line in [
            "guildhall_http_requests_total{method=\"GET\",route=\"/settings/profile/partners/{id}\",status=\"200\"}",
            "guildhall_http_requests_total{method=\"other\",route=\"(none)\",status=\"405\"}",
            "guildhall_http_request_seconds_bucket{kind=\"page\",le=\"0.005\"}",
            "guildhall_database_connections{state=\"busy\"} 1",
            "guildhall_outbox_mails{state=\"waiting\"} 3",
            "guildhall_outbox_oldest_waiting_seconds 60",
            "guildhall_database_up 1",
            "guildhall_panics_total",
            "guildhall_build_info{version=",
            "process_resident_memory_bytes",
        ] {
            assert!(text.contains(line), "{line} in\n{text}");
        }
    }

    #[test]
    fn a_database_that_is_silent_shows() {
        let text = String::from_utf8(text(Moment::default())).unwrap();
        assert!(text.contains("guildhall_database_up "), "{text}");
    }
}
