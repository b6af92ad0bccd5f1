//! `guildhall doctor`: examines an installation from the inside and says, line by line, what is well, what deserves a
//! look and what is wrong, each with what to do. Changes nothing, sends no mail, shows no secret.
//!
//! Each part looks at one neighbour of the program; none stops the others.

mod database;
mod dns;
mod mail;
mod providers;
mod report;

use secrecy::ExposeSecret as _;

use crate::clock::Clock;
use crate::config::{Config, ConfigFault};

pub use database::INDEXES;
pub use dns::{Dns, Records};
pub use report::{Finding, Report, Verdict};

/// Examines everything that a complete configuration names.
pub fn examine(config: &Config, clock: &Clock) -> Report {
    let mut report = Report::default();
    configuration(config, &mut report);
    database::examine(config.database_url.expose_secret(), config.pool_size, clock, &mut report);
    actix_web::rt::System::new().block_on(async {
        providers::examine(&config.providers, clock, &mut report).await;
        mail::examine(config, &Dns::of_this_machine(), &mut report).await;
    });
    report
}

/// What is left to say when the configuration is not complete.
pub fn incomplete(faults: &[ConfigFault]) -> Report {
    let mut report = Report::default();
    for fault in faults {
        report.fault("Configuration", format!("{} is missing or not understood", fault.variable), &fault.remedy);
    }
    report
}

fn configuration(config: &Config, report: &mut Report) {
    let part = "Configuration";
    report.fine(part, format!("complete; people come to {}", config.base_url.origin()));
    if !config.base_url.is_https() {
        report.warn(
            part,
            "BASE_URL is not https",
            "fine on your own machine; set the https address that people type before anybody else signs in",
        );
    }
    if config.listen.is_unspecified() && config.base_url.is_https() {
        report.warn(
            part,
            format!("LISTEN={} lets anybody in your network speak plain HTTP to the portal", config.listen),
            "listen on the address that your reverse proxy uses, such as 127.0.0.1, or keep others out by a firewall",
        );
    }
    if config.metrics.is_some_and(|address| address.ip().is_unspecified()) {
        report.warn(
            part,
            "METRICS_LISTEN is open to every network of this machine",
            "listen on an address that only your Prometheus reaches",
        );
    }
}
