//! Identity providers: their documents can be had and used, and their clocks agree with ours.

use chrono::Duration;

use super::Report;
use crate::clock::Clock;
use crate::signin::provider::{Provider, ProviderConfig};

const PART: &str = "Identity provider";
/// Tokens are refused when the clocks differ by about a minute; this warns well before.
const DRIFT: Duration = Duration::seconds(20);

pub(super) async fn examine(providers: &[ProviderConfig], clock: &Clock, report: &mut Report) {
    for config in providers {
        let (name, ours) = (config.name.clone(), clock.clone());
        let provider = Provider::new(config.clone(), move || ours.now());
        match provider.examine().await {
            Ok(found) => {
                report.fine(PART, format!("{name}: documents and keys can be had"));
                if !found.advertises_s256 {
                    let remedy = "PKCE is sent anyway; nothing to do if people can sign in";
                    report.warn(PART, format!("{name} does not say that it knows PKCE (S256)"), remedy);
                }
                if found.ahead.is_some_and(|ahead| ahead.abs() > DRIFT) {
                    let apart = found.ahead.unwrap_or_default().num_seconds();
                    let remedy = "let this machine follow a time server; sign-ins fail when clocks differ by a minute";
                    report.fault("Clock", format!("{name}'s is {apart} s ahead of this machine's"), remedy);
                }
            }
            Err(error) => {
                report.fault(PART, format!("{name}: nobody can sign in ({})", error.code()), remedy(error.code()));
            }
        }
    }
}

/// What to do about a reason.
fn remedy(code: &str) -> &'static str {
    match code {
        "discovery_issuer" => {
            "the provider names another issuer than the one configured: copy its `issuer` letter by letter"
        }
        "discovery_unreachable" | "keys_unreachable" | "discovery_timeout" => {
            "the provider cannot be reached from here: check name resolution, firewall and HTTPS_PROXY"
        }
        "keys_none_fit" => {
            "the provider's keys fit none of the algorithms: set OIDC_…_ALGORITHMS to the ones that it signs with"
        }
        code if code.starts_with("config_") => {
            "the provider's settings do not fit together: see the README, Identity providers"
        }
        _ => "open <issuer>/.well-known/openid-configuration from this machine and see what it answers",
    }
}
