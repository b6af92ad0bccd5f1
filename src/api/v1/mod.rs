//! The portal's own API, `/api/v1`: collections that are declared, in the style of seed 004.

pub mod collections;
pub mod export;
mod import;
mod invoice_owner;
mod mails;
mod me;
mod read;
mod writes;

use actix_web::web;

/// Routes below `/api/v1`.
pub fn routes(config: &mut web::ServiceConfig) {
    config
        .service(web::resource("/v1/organisations/import").route(web::post().to(import::organisations)))
        .service(web::resource("/v1/organisations/{id}/invoice-owner").route(web::get().to(invoice_owner::show)))
        .service(web::resource("/v1/invitations/{id}/mails").route(web::get().to(mails::list)))
        .service(web::resource("/v1/me").route(web::get().to(me::show)))
        .configure(read::named)
        .configure(writes::routes)
        .configure(read::routes);
}
