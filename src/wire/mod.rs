//! The foreign wire formats: one file each, thin adapters over the same actions and queries that pages use.

mod network_partners;
mod outcome;
mod partner_invitations;
mod partner_organisations;
mod partners;

use actix_web::web;

pub use partner_invitations::{INVITATIONS, invitation, invitations, named};

/// Every format, a line each; partner invitations stand among the portal's own, which write to the same addresses.
pub fn routes(config: &mut web::ServiceConfig) {
    config.configure(partner_organisations::routes).configure(partners::routes).configure(network_partners::routes);
}
