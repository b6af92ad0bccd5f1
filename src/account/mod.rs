//! One's own account: who one is here, and where one is signed in.

mod pages;
mod queries;

pub use pages::{Account, routes};
