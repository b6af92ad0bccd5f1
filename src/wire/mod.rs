//! The foreign wire formats: one file each, thin adapters over the same actions and queries that pages use.

mod network_partners;
mod outcome;
mod partner_invitations;
mod partner_organisations;
mod partners;

pub use partner_invitations::INVITATIONS;

use actix_web::web;

pub use partner_invitations::named;

/// Every format, a line each.
pub fn routes(config: &mut web::ServiceConfig) {
    config
        .configure(partner_organisations::routes)
        .configure(partners::routes)
        .configure(network_partners::routes)
        .configure(partner_invitations::routes);
}
