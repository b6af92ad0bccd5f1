//! The programme's own settings: the way to everything that staff manage, and the tenant's profile.

pub mod actions;
mod pages;
mod queries;

pub use pages::{EditProfile, Overview, Profile, routes};
pub use queries::is_tenant;
