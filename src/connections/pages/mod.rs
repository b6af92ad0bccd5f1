//! Pages of connections, at three places: one's own, the host's, and a partner's for staff, who only look there:
//! what two partners let each other do is theirs to decide.

pub mod end;
pub mod grants;
pub mod list;
pub mod show;

use actix_web::web;

use crate::access::Permission;
use crate::organisations::desk::{Desk, Place, Section};
use crate::web::AppError;
use crate::web::view::{Badge, Link};

/// The three places. Under each of them lie the same pages.
pub const PLACES: [&str; 3] =
    ["/settings/profile/partners/{id}/connections", "/settings/connections", "/organisation/connections"];

/// The same pages at each place, told apart below it only: the router tries every pattern in turn, and a pattern is dear.
pub fn pages_at(place: &str) -> actix_web::Scope {
    let at = |page: &'static str| web::resource(page);
    web::scope(place)
        .service(at("").route(web::get().to(list::index)))
        .service(at("/{item}").route(web::get().to(show::show)))
        .service(at("/{item}/grants").route(web::get().to(grants::form)).route(web::post().to(grants::save)))
        .service(at("/{item}/end").route(web::get().to(end::ask)).route(web::post().to(end::end)))
}

/// Whether the reader decides about the connections of this desk: only for the organisation that they belong to.
fn may_decide<G>(desk: &Desk<G>) -> bool {
    !matches!(desk.place, Place::Partner(_)) && desk.who.may(Permission::WritePartner)
}

/// Refuses to decide for others.
fn decides<G>(desk: &Desk<G>) -> Result<(), AppError> {
    if may_decide(desk) { Ok(()) } else { Err(AppError::NotFound) }
}

/// The desk's organisation at the beginning of a sentence or after "What": "we" to its own people, its name to staff.
fn us<G>(desk: &Desk<G>) -> String {
    match desk.place {
        Place::Partner(_) => desk.name.clone(),
        Place::Host | Place::Own => "we".into(),
    }
}

/// Who invited whom.
fn invited<G>(desk: &Desk<G>, hosted: bool) -> String {
    match (desk.place, hosted) {
        (Place::Partner(_), true) => format!("{} invited them", desk.name),
        (Place::Partner(_), false) => format!("They invited {}", desk.name),
        (Place::Host | Place::Own, true) => "You invited them".into(),
        (Place::Host | Place::Own, false) => "They invited you".into(),
    }
}

fn badge(live: bool) -> Badge {
    if live { Badge::new("active", "Active") } else { Badge::new("expired", "Ended") }
}

/// The way to the list, and from there on.
fn crumbs<G>(desk: &Desk<G>) -> Vec<Link> {
    desk.crumbs(Section::Connections, "Connections")
}
