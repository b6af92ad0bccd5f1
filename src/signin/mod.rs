//! Signing in by OpenID Connect: begin, callback, choosing a tenant, signing out.
//!
//! `provider` talks to identity providers and judges their answers; `actions` decides whom an identity signs in;
//! `pages` is what people see. A flow is bound to the browser that began it and can be used once.

pub mod actions;
mod device;
pub mod pages;
pub mod provider;
mod queries;
mod return_to;

pub use pages::{provider_name, routes};
#[cfg(feature = "fuzzing")]
pub(crate) use return_to::safe as safe_return;
