//! Development mode: what `guildhall` without configuration gives. A private PostgreSQL, demo data, an identity
//! provider that signs anybody in, a page of mail. None of it exists in production, and none of it starts on an
//! address that other machines can reach.

mod applications;
mod credentials;
pub mod demo;
mod extras;
pub mod identity_provider;
pub mod postgres;
mod start;

pub use extras::Extras;
pub use start::{Prepared, prepare, run};
