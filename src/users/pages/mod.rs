//! Pages of people, at three places (see `roster.rs`). No SQL, no rules.

pub mod create;
pub mod edit;
pub mod leave;
pub mod list;

use actix_web::web;
use chrono::{DateTime, Utc};
use chrono_tz::Tz;

use super::actions::Refusal;
use super::model::State;
use super::queries::UserRow;
use crate::db::Fault;
use crate::web::view::Badge;
use crate::web::{AppError, dates};

/// The three places. Under each of them lie the same pages.
pub const PLACES: [&str; 3] = ["/settings/profile/partners/{id}/users", "/settings/staff", "/organisation/users"];

/// The same pages at each place, told apart below it only: the router tries every pattern in turn, and a pattern is dear.
pub fn pages_at(place: &str) -> actix_web::Scope {
    let at = |page: &'static str| web::resource(page);
    web::scope(place)
        .service(at("").route(web::get().to(list::index)))
        .service(at("/new").route(web::get().to(create::form)).route(web::post().to(create::create)))
        .service(at("/{user}").route(web::get().to(edit::form)).route(web::post().to(edit::update)))
        .service(at("/{user}/suspension").route(web::post().to(leave::suspend)))
        .service(at("/{user}/suspension/end").route(web::post().to(leave::resume)))
        .service(at("/{user}/removal").route(web::get().to(leave::ask_removal)).route(web::post().to(leave::remove)))
        .service(at("/{user}/removal/undo").route(web::post().to(leave::bring_back)))
        .service(at("/{user}/identity/reset").route(web::post().to(leave::reset_identity)))
}

/// A person in a table.
#[derive(Debug, Clone)]
pub struct PersonRow {
    pub name: String,
    pub email: String,
    pub role: &'static str,
    pub state: Badge,
    pub last_seen: String,
    pub last_seen_at: String,
    /// Their page, where the reader may change them.
    pub href: Option<String>,
}

impl PersonRow {
    /// `base` is the list that they are in, `zone` the one of the page's dates.
    pub fn of(user: &UserRow, base: &str, (zone, now): (Tz, DateTime<Utc>), may_write: bool) -> Self {
        Self {
            name: user.name.clone(),
            email: user.email.clone(),
            role: user.role.word(),
            state: badge(user.state),
            last_seen: user.last_signed_in_at.map_or_else(|| "never".into(), |at| dates::age(at, now, zone)),
            last_seen_at: user.last_signed_in_at.map(dates::machine).unwrap_or_default(),
            href: may_write.then(|| format!("{base}/{}", user.id)),
        }
    }
}

fn badge(state: State) -> Badge {
    match state {
        State::Active => Badge::new("active", "Active"),
        State::Suspended => Badge::new("suspended", "Suspended"),
    }
}

/// The error behind a refusal that no form can show.
fn refused(fault: Fault<Refusal>) -> AppError {
    match fault {
        Fault::Refused(Refusal::Forbidden(_)) => AppError::Forbidden,
        Fault::Refused(Refusal::Stale(_) | Refusal::Fields(_)) => AppError::Stale,
        Fault::Refused(Refusal::Gone | Refusal::AddressTaken) => AppError::NotFound,
        Fault::Db(error) => error.into(),
    }
}
