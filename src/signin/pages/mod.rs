//! Pages of signing in and out. Signing in begins with a GET link, since `form-action` would stop a form's redirect
//! to the provider (security fact 12); it changes nothing that anybody could be tricked into.

mod begin;
mod callback;
mod choose;
mod leave;
pub mod refusal;

use actix_web::http::header;
use actix_web::{HttpRequest, web};

use crate::db::Db;
use crate::web::portal::Portal;
use crate::web::{form, paths};

pub use begin::SignIn;
pub use choose::{Choice, ChooseTenant};
pub use leave::SignedOut;

/// Routes of this feature.
pub fn routes(config: &mut web::ServiceConfig) {
    config
        .service(web::resource(paths::HOME).route(web::get().to(begin::home)))
        .service(web::resource(paths::SIGN_IN).route(web::get().to(begin::sign_in)))
        .service(web::scope("/signin/begin").service(web::resource("/{provider}").route(web::get().to(begin::begin))))
        .service(
            web::scope("/signin/callback")
                .service(web::resource("/{provider}").route(web::get().to(callback::callback))),
        )
        .service(
            web::resource(paths::CHOOSE_TENANT).route(web::get().to(choose::ask)).route(web::post().to(choose::choose)),
        )
        .service(web::resource(paths::SIGN_OUT).route(web::post().to(leave::sign_out)))
        .service(web::resource(paths::SIGNED_OUT).route(web::get().to(leave::signed_out)));
}

/// The browser's secret, if it has one.
fn browser(request: &HttpRequest, portal: &Portal) -> Option<String> {
    form::browser(request, portal)
}

/// The browser in a few words.
pub fn device(request: &HttpRequest) -> String {
    let agent = request.headers().get(header::USER_AGENT).and_then(|agent| agent.to_str().ok()).unwrap_or_default();
    super::device::words(agent)
}

/// The name of the provider with this issuer, if it is configured.
pub fn provider_name(portal: &Portal, issuer: &str) -> Option<String> {
    let named = |provider: &&std::sync::Arc<super::provider::Provider>| provider.config().issuer == issuer;
    portal.providers.iter().find(named).map(|provider| provider.config().name.clone())
}

/// The database for somebody who is on their way in, whoever they may have been before.
fn db(portal: &Portal) -> Db {
    portal.db.beyond("a sign-in is anybody's until it ends")
}
