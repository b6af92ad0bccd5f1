//! What every test starts from: a running portal with its own database and clock, and people who use it.
//!
//! Knows the program from outside only: its pages, its tables where a page cannot tell, and its clock.

pub mod actor;
pub mod api;
pub mod app;
pub mod cluster;
pub mod crowd;
pub mod every_page;
pub mod fixture;
pub mod form;
pub mod http;
pub mod invited;
pub mod leaks;
pub mod outbox;
pub mod page;
pub mod process;
pub mod proof;
pub mod routes;
pub mod smtp;

pub use actor::Actor;
pub use app::App;
pub use fixture::{Who, id};
pub use http::Answer;

/// The button that saves a new user.
pub const SAVE_USER: &str = "Save";
