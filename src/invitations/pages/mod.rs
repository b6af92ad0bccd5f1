//! Pages of invitations: those of the inviting side at three places, and the one for the invited person.

mod batch;
mod create;
mod decide;
pub mod list;
mod many;
mod received;
mod says;
mod show;
mod visit;
mod weeks;

use actix_web::web;

use super::actions::Refusal;
use super::model::Standing;
use crate::db::Fault;
use crate::mail;
use crate::web::AppError;
use crate::web::view::Badge;

pub use batch::BatchPage;
pub use create::New;
pub use decide::Stop;
pub use list::List;
pub use many::Many;
pub use show::Show;
pub use visit::Visit;
#[cfg(feature = "fuzzing")]
pub(crate) use visit::first_language;

/// The three places. Under each of them lie the same pages.
pub const PLACES: [&str; 3] =
    ["/settings/profile/partners/{id}/invitations", "/settings/invitations", "/organisation/invitations"];

/// Routes of whoever was invited.
pub fn routes(config: &mut web::ServiceConfig) {
    let of_the_invited = web::scope("/invitations")
        .service(web::resource("/{key}").route(web::get().to(visit::show)))
        .service(web::resource("/{key}/acceptance").route(web::post().to(decide::accept)))
        .service(web::resource("/{key}/refusal").route(web::post().to(decide::decline)))
        .service(web::resource("/{key}/fresh-link").route(web::post().to(decide::fresh_link)))
        .service(
            web::resource("/{key}/stop").route(web::get().to(decide::ask_stop)).route(web::post().to(decide::stop)),
        );
    config.service(of_the_invited);
}

/// The same pages at each place, told apart below it only: the router tries every pattern in turn, and a pattern is dear.
pub fn pages_at(place: &str) -> actix_web::Scope {
    let at = |page: &'static str| web::resource(page);
    web::scope(place)
        .service(at("").route(web::get().to(list::index)))
        .service(at("/received").route(web::get().to(received::index)))
        .service(at("/weeks").route(web::get().to(weeks::index)))
        .service(at("/new").route(web::get().to(create::form)).route(web::post().to(create::create)))
        .service(at("/many").route(web::get().to(many::form)).route(web::post().to(many::create)))
        .service(at("/batches/{item}").route(web::get().to(batch::show)))
        .service(at("/batches/{item}/undo").route(web::post().to(batch::undo)))
        .service(at("/{item}").route(web::get().to(show::show)))
        .service(at("/{item}/resend").route(web::post().to(show::resend)))
        .service(at("/{item}/address").route(web::post().to(show::correct)))
        .service(at("/{item}/reminder").route(web::post().to(show::remind)))
        .service(at("/{item}/revocation").route(web::post().to(show::revoke)))
        .service(at("/{item}/revocation/undo").route(web::post().to(show::reinstate)))
}

/// An invitation's state as word, shape and colour.
pub fn badge(standing: Standing) -> Badge {
    let kind = match standing {
        Standing::Waiting => "invited",
        Standing::Accepted => "active",
        Standing::Declined | Standing::Revoked => "removed",
        Standing::Expired | Standing::Superseded => "expired",
    };
    Badge::new(kind, standing.word())
}

/// Where its mail is, in two words.
pub const fn delivery_word(state: Option<mail::State>) -> &'static str {
    match state {
        None => "No mail yet",
        Some(mail::State::Queued) => "Waiting to leave",
        Some(mail::State::Deferred) => "Delayed",
        Some(mail::State::Held) => "Held back",
        Some(mail::State::Sent) => "Handed over",
        Some(mail::State::Failed) => "Not delivered",
        Some(mail::State::Cancelled) => "Not sent",
    }
}

/// The error behind a refusal that no form can show.
fn refused(fault: Fault<Refusal>) -> AppError {
    match fault {
        Fault::Refused(Refusal::Gone) => AppError::NotFound,
        Fault::Refused(_) => AppError::Stale,
        Fault::Db(error) => error.into(),
    }
}
