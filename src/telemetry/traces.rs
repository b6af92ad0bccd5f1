//! Traces by OpenTelemetry: OTLP over HTTP with protobuf, to a collector that `OTEL_EXPORTER_OTLP_ENDPOINT` names.
//!
//! A request, a unit of work on the database and a mail are a span each. A request begins a trace of its own: what a
//! client claims in `traceparent` is not believed, since anybody can send it. Spans are sent by a thread of its own in
//! batches; a collector that is slow or gone costs nothing but the spans.

use std::time::Duration;

use opentelemetry::trace::TracerProvider as _;
use opentelemetry_otlp::{Protocol, SpanExporter, WithExportConfig as _};
use opentelemetry_sdk::Resource;
use opentelemetry_sdk::trace::{Sampler, SdkTracerProvider, Tracer};
use tracing::Subscriber;
use tracing_opentelemetry::OpenTelemetryLayer;
use tracing_subscriber::registry::LookupSpan;
use url::Url;

/// Longest wait for the collector, in the background and once more at the end.
const PATIENCE: Duration = Duration::from_secs(5);

/// The way out for spans. Call [`Traces::finish`] before the process ends, or the last batch is lost.
pub struct Traces(SdkTracerProvider);

impl Traces {
    /// Prepares to send to the collector at `endpoint`, a share of all requests between 0 and 1. Connects to nothing
    /// yet.
    ///
    /// # Errors
    /// In words, when the exporter cannot be made.
    pub fn to(endpoint: &Url, share: f64) -> Result<Self, String> {
        let exporter = SpanExporter::builder()
            .with_http()
            .with_protocol(Protocol::HttpBinary)
            .with_endpoint(format!("{}/v1/traces", endpoint.as_str().trim_end_matches('/')))
            .with_timeout(PATIENCE)
            .build()
            .map_err(|error| format!("OTEL_EXPORTER_OTLP_ENDPOINT: {error}"))?;
        let provider = SdkTracerProvider::builder()
            .with_batch_exporter(exporter)
            .with_sampler(Sampler::TraceIdRatioBased(share))
            .with_resource(Resource::builder().with_service_name("guildhall").build())
            .build();
        Ok(Self(provider))
    }

    /// What turns spans of the program into spans of a trace.
    pub(super) fn layer<S>(&self) -> OpenTelemetryLayer<S, Tracer>
    where
        S: Subscriber + for<'span> LookupSpan<'span>,
    {
        tracing_opentelemetry::layer().with_tracer(self.0.tracer("guildhall")).with_location(false).with_threads(false)
    }

    /// Sends what is left.
    pub fn finish(&self) {
        if let Err(error) = self.0.shutdown_with_timeout(PATIENCE) {
            tracing::warn!(%error, "the last traces were not sent");
        }
    }
}
