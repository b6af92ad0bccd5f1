//! Where log lines and spans go. Lines are one JSON object each on standard output; spans leave by OpenTelemetry where
//! that is configured, and are not even made where it is not.

use tracing_subscriber::filter::{LevelFilter, Targets};
use tracing_subscriber::layer::{Layer as _, SubscriberExt as _};
use tracing_subscriber::util::SubscriberInitExt as _;
use tracing_subscriber::{EnvFilter, fmt, registry};

use super::{SPANS, Traces};

/// Begins to log, and to trace if there is somewhere to send traces to.
pub fn begin(traces: Option<&Traces>) {
    let filter = EnvFilter::try_from_env("GUILDHALL_LOG").unwrap_or_else(|_| "info".into());
    let lines = fmt::layer().json().flatten_event(true).with_current_span(false).with_span_list(false);
    let spans = traces.map(|traces| traces.layer().with_filter(Targets::new().with_target(SPANS, LevelFilter::TRACE)));
    // Fails only when a subscriber is set already, which then stays.
    drop(registry().with(spans).with(lines.with_filter(filter)).try_init());
}
