//! The routes that only development mode has. Production gets [`Extras::none`].

use actix_web::{HttpResponse, web};
use askama::Template;

use super::identity_provider::IdentityProvider;
use crate::web::view::Shell;
use crate::web::{AppError, assets};

/// What is served beside the portal.
#[derive(Clone)]
pub struct Extras(Option<IdentityProvider>);

impl Extras {
    /// Nothing: production.
    pub const fn none() -> Self {
        Self(None)
    }

    /// Everything of development mode.
    pub const fn of(provider: IdentityProvider) -> Self {
        Self(Some(provider))
    }

    /// Adds the routes, or answers 404 under `/dev` like anything that does not exist.
    pub fn routes(&self, config: &mut web::ServiceConfig) {
        match &self.0 {
            Some(provider) => {
                config.configure(provider.routes());
                config
                    .service(web::resource("/dev/mail").route(web::get().to(mail)))
                    .service(web::resource("/dev/mail.json").route(web::get().to(mail_json)));
            }
            None => {
                config.service(web::scope("/dev").default_service(web::to(nothing)));
            }
        }
    }
}

async fn nothing() -> Result<HttpResponse, AppError> {
    Err(AppError::NotFound)
}

/// The page of mail.
#[derive(Template)]
#[template(path = "development/mail.html")]
pub struct Mail {
    pub shell: Shell,
}

/// `GET /dev/mail`: every mail sent, for people.
async fn mail() -> Result<HttpResponse, AppError> {
    let shell = Shell { title: "Mail".into(), assets: assets::urls(), ..Shell::default() };
    Ok(HttpResponse::Ok().content_type("text/html; charset=utf-8").body(Mail { shell }.render()?))
}

/// `GET /dev/mail.json`: every mail sent, newest first, for programs. No feature sends mail yet, so the list is empty.
async fn mail_json() -> HttpResponse {
    HttpResponse::Ok().json(serde_json::json!([]))
}
