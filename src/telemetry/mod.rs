//! What the portal tells its operators about itself: log lines, figures for Prometheus, traces for OpenTelemetry.
//!
//! Owns how they are named and where they go. Nothing of it names a person, an organisation, an address or a secret:
//! labels are route patterns, methods, statuses and kinds, so their number is known in advance. Must not know a
//! feature, and never delays or fails a request.

pub mod door;
pub mod figures;
pub mod log;
mod traces;

pub use traces::Traces;

/// The target of all spans. They are made at TRACE level, so that a log never shows them unless it is asked to.
pub const SPANS: &str = "guildhall::span";
