//! Machine credentials of an organisation: API clients, which fetch tokens with a secret, and API keys, sent as they are.
//!
//! Secrets are shown once and only their hashes are kept. The API's door asks [`find`]; nothing else turns a secret into a
//! caller.

pub mod actions;
mod forms;
pub mod model;
pub mod pages;
mod queries;
pub mod secret;

pub use forms::words;
pub use model::{ApiClient, Kind, NewClient, Presented};
pub use pages::{PLACES, pages_at};
pub use queries::{Known, find, kind_of, organisation_of, touch};
