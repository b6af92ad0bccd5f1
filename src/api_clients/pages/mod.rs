//! Pages of machine credentials, at three places: one's own, the host's, and a partner's for staff.

pub mod create;
pub mod list;
pub mod revoke;
pub mod rotate;
pub mod show;
pub mod shown;

use actix_web::web;
use uuid::Uuid;

use super::actions::{Refusal, Scope};
use crate::access::{Actor, ManageClients, OrganisationKind};
use crate::db::Fault;
use crate::organisations::desk::{Desk, Section};
use crate::web::AppError;
use crate::web::view::{Badge, Link};

/// The three places. Under each of them lie the same pages.
pub const PLACES: [&str; 3] = ["/settings/profile/partners/{id}/api", "/settings/api-clients", "/organisation/api"];

/// The same pages at each place, told apart below it only: the router tries every pattern in turn, and a pattern is dear.
pub fn pages_at(place: &str) -> actix_web::Scope {
    let at = |page: &'static str| web::resource(page);
    web::scope(place)
        .service(at("").route(web::get().to(list::index)))
        .service(at("/new").route(web::get().to(create::form)).route(web::post().to(create::create)))
        .service(at("/{item}").route(web::get().to(show::show)))
        .service(at("/{item}/rotation").route(web::post().to(rotate::rotate)))
        .service(at("/{item}/rotation/end").route(web::post().to(rotate::end_older)))
        .service(at("/{item}/revocation").route(web::get().to(revoke::ask)).route(web::post().to(revoke::revoke)))
}

/// Whoever acts, for which organisation: what a transaction takes along of the desk.
#[derive(Clone)]
struct Hand {
    who: Actor<ManageClients>,
    organisation: (Uuid, OrganisationKind),
    now: chrono::DateTime<chrono::Utc>,
}

impl Hand {
    fn of(desk: &Desk<ManageClients>, now: chrono::DateTime<chrono::Utc>) -> Self {
        Self { who: desk.who.clone(), organisation: (desk.organisation, desk.kind), now }
    }

    const fn scope(&self) -> Scope<'_> {
        Scope { who: &self.who, organisation: self.organisation, now: self.now }
    }
}

fn base<G>(desk: &Desk<G>) -> String {
    desk.place.address(Section::ApiClients)
}

fn address<G>(desk: &Desk<G>, id: Uuid) -> String {
    format!("{}/{id}", base(desk))
}

/// The way to the list, and from there on.
fn crumbs<G>(desk: &Desk<G>) -> Vec<Link> {
    desk.crumbs(Section::ApiClients, "API")
}

fn badge(works: bool) -> Badge {
    if works { Badge::new("active", "Active") } else { Badge::new("removed", "Revoked") }
}

/// The error behind a refusal that no form can show.
fn refused(fault: Fault<Refusal>) -> AppError {
    match fault {
        Fault::Refused(Refusal::Gone) => AppError::NotFound,
        Fault::Refused(Refusal::Permission) => AppError::Forbidden,
        Fault::Refused(Refusal::UsedBefore) => AppError::Stale,
        Fault::Db(error) => error.into(),
    }
}
