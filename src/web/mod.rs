//! The shell around every feature: errors, forms, sessions, headers, assets, the frame of a page.
//!
//! Knows actix and askama, and who is asking (`access`); knows no feature. Handlers take [`Actor`](crate::access::Actor),
//! [`Frame`] and [`Submitted`] from here and answer with what `frame.rs` and `reply.rs` offer.

pub mod actor;
pub mod assets;
pub mod client;
pub mod cookies;
pub mod countries;
pub mod dates;
pub mod error;
pub mod flash;
pub mod form;
pub mod frame;
pub mod freshness;
pub mod guard;
pub mod headers;
pub mod kept;
pub mod numbers;
pub mod once;
pub mod path;
pub mod paths;
pub mod portal;
pub mod query;
pub mod reply;
pub mod session;
pub mod shown;
pub mod trace;
pub mod view;
pub mod wall;

pub use error::AppError;
pub use flash::Flash;
pub use form::Submitted;
pub use frame::Frame;
pub use path::Id;
pub use portal::Portal;
pub use reply::{Reply, see_other};
pub use shown::Shown;
