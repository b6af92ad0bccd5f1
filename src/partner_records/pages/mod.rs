//! Pages of partner records, at three places: one's own, the host's, and a partner's for staff. No SQL, no rules.

pub mod create;
pub mod list;
pub mod remove;
pub mod show;

use actix_web::dev::Payload;
use actix_web::{FromRequest, HttpRequest, web};
use chrono::{DateTime, Utc};
use chrono_tz::Tz;
use futures_util::future::LocalBoxFuture;
use uuid::Uuid;

use super::actions::{Refusal, Scope};
use super::queries::Invited;
use crate::access::{Actor, WriteRecords};
use crate::db::Fault;
use crate::invitations::Standing;
use crate::organisations::desk::{Desk, Place, Section};
use crate::web::view::{Badge, Link};
use crate::web::{AppError, dates, numbers};

/// The three places. Under each of them lie the same pages.
pub const PLACES: [&str; 3] =
    ["/settings/profile/partners/{id}/partners", "/settings/partner-records", "/organisation/partners"];

/// The same pages at each place, told apart below it only: the router tries every pattern in turn, and a pattern is dear.
pub fn pages_at(place: &str) -> actix_web::Scope {
    let at = |page: &'static str| web::resource(page);
    web::scope(place)
        .service(at("").route(web::get().to(list::index)))
        .service(at("/new").route(web::get().to(create::form)).route(web::post().to(create::create)))
        .service(at("/{item}").route(web::get().to(show::show)).route(web::post().to(show::update)))
        .service(at("/{item}/removal").route(web::get().to(remove::back)).route(web::post().to(remove::remove)))
        .service(at("/{item}/removal/undo").route(web::post().to(remove::bring_back)))
}

/// The desk of somebody who keeps the records there. Staff read a partner's records and leave them alone: they are
/// the partner's own notes, so at that place there is nothing to write to.
pub struct Keeper(pub Desk<WriteRecords>);

impl FromRequest for Keeper {
    type Error = AppError;
    type Future = LocalBoxFuture<'static, Result<Self, AppError>>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let desk = Desk::<WriteRecords>::from_request(request, payload);
        Box::pin(async move {
            let desk = desk.await?;
            if matches!(desk.place, Place::Partner(_)) { Err(AppError::NotFound) } else { Ok(Self(desk)) }
        })
    }
}

impl Keeper {
    /// What actions need to know.
    fn scope(who: &Actor<WriteRecords>, organisation: Uuid, now: DateTime<Utc>) -> Scope<'_> {
        Scope { who, organisation, now }
    }
}

/// What the list is called at a place.
fn title<G>(desk: &Desk<G>) -> &'static str {
    if desk.place == Place::Own { "Partners" } else { "Partner records" }
}

fn crumbs<G>(desk: &Desk<G>) -> Vec<Link> {
    desk.crumbs(Section::Records, title(desk))
}

/// The list's address.
fn base<G>(desk: &Desk<G>) -> String {
    desk.place.address(Section::Records)
}

fn address<G>(desk: &Desk<G>, record: Uuid) -> String {
    format!("{}/{record}", base(desk))
}

/// How far the invitation of a company has come. One that waits or was accepted is a badge; what is over is a word.
fn badge(invited: Option<&Invited>, (zone, now): (Tz, DateTime<Utc>)) -> Badge {
    let Some(invited) = invited else { return Badge::new("", "Not invited") };
    match invited.state.standing(invited.expires_at, now) {
        Standing::Waiting => {
            let age = dates::age(invited.created_at, now, zone);
            Badge::new("invited", format!("Invited, {age}"))
        }
        Standing::Accepted => Badge::new("active", Standing::Accepted.word()),
        over @ (Standing::Declined | Standing::Expired | Standing::Revoked | Standing::Superseded) => {
            Badge::new("", over.word())
        }
    }
}

/// A year's sales as people read them.
fn sales(amount: i32) -> String {
    numbers::grouped(amount.unsigned_abs().into())
}

/// The error behind a refusal that no form can show.
fn refused(fault: Fault<Refusal>) -> AppError {
    match fault {
        Fault::Refused(Refusal::Gone) => AppError::NotFound,
        Fault::Refused(Refusal::Stale(_) | Refusal::UsedBefore) => AppError::Stale,
        Fault::Db(error) => error.into(),
    }
}
