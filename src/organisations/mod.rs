//! Organisations: the tenant's partners, from creation to the bin, and the page a partner has of its own.
//!
//! Staff's pages and the partner's own in `pages`; rules in `actions` and `model`; every statement in `queries` is
//! scoped by tenant. Other features may use what is re-exported here.

pub mod actions;
mod counts;
pub mod desk;
mod export;
mod forms;
pub mod import;
pub mod imports;
mod load;
mod meant;
pub mod model;
pub mod pages;
mod queries;
mod search;
mod standing;

pub use counts::CountCache;
pub(crate) use model::days_in_bin;
pub use model::{Application, Details, InvoiceOwner, Organisation, State, invoice_owner_account};
pub use pages::{Header, routes, routes_below, routes_of_a_partner};
pub use queries::{find_in, number, numbered, walk};
