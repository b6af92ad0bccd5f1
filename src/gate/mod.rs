//! The gate of Shop and Self-Service: tells a reverse proxy who may pass, and leads people back to where they were.
//!
//! Reads on every request and writes nothing. Who has access is decided on the partner's page (`organisations`), where
//! the applications lie in the profile (`settings`).

mod model;
mod pages;
mod queries;

#[cfg(feature = "fuzzing")]
pub(crate) use model::within;
pub use pages::{doors, routes};
