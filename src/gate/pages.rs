//! `/gate/…`: what proxies ask about each request, and where people come in after signing in.
//!
//! The doors answer with a status and headers, never with a page; they lie outside the layer that keeps typed forms,
//! since a proxy may ask with the method of the request it asks about.

use actix_web::http::header;
use actix_web::middleware::from_fn;
use actix_web::{HttpRequest, HttpResponse, web};

use super::model;
use super::queries::{self, Standing};
use crate::access::{Actor, SignedIn};
use crate::organisations::Application;
use crate::web::portal::Shared;
use crate::web::{AppError, actor, paths, query, session};

/// The doors, each behind the session and nothing else.
pub fn doors(config: &mut web::ServiceConfig, portal: &Shared) {
    config
        .service(
            web::resource(paths::GATE_SHOP)
                .wrap(session::middleware(portal))
                .wrap(from_fn(session::remembered))
                .route(web::get().to(shop))
                .default_service(web::to(shop)),
        )
        .service(
            web::resource(paths::GATE_SELF_SERVICE)
                .wrap(session::middleware(portal))
                .wrap(from_fn(session::remembered))
                .route(web::get().to(self_service))
                .default_service(web::to(self_service)),
        );
}

/// The ways in, which are pages: whoever is not signed in is asked to.
pub fn routes(config: &mut web::ServiceConfig) {
    config
        .service(web::resource(paths::ENTER_SHOP).route(web::get().to(enter_shop)))
        .service(web::resource(paths::ENTER_SELF_SERVICE).route(web::get().to(enter_self_service)));
}

async fn shop(request: HttpRequest, portal: Shared) -> Result<HttpResponse, AppError> {
    judge(&request, &portal, Application::Shop).await
}

async fn self_service(request: HttpRequest, portal: Shared) -> Result<HttpResponse, AppError> {
    judge(&request, &portal, Application::SelfService).await
}

async fn enter_shop(who: Actor<SignedIn>, request: HttpRequest, portal: Shared) -> Result<HttpResponse, AppError> {
    enter(&who, &request, &portal, Application::Shop).await
}

async fn enter_self_service(
    who: Actor<SignedIn>,
    request: HttpRequest,
    portal: Shared,
) -> Result<HttpResponse, AppError> {
    enter(&who, &request, &portal, Application::SelfService).await
}

/// 204 with who it is, 401, or 403. Staff are refused too: an application acts for a partner, and they are none.
async fn judge(request: &HttpRequest, portal: &Shared, what: Application) -> Result<HttpResponse, AppError> {
    let Some(reader) = actor::principal(request)? else {
        let way = portal.base_url.join(way_in(what));
        return Ok(HttpResponse::Unauthorized().insert_header(("x-guildhall-sign-in", way)).finish());
    };
    // One portal may serve several programmes: a proxy says whose application it guards.
    let other = query::value(request.query_string(), "tenant").is_some_and(|tenant| tenant != reader.tenant.slug);
    let granted = standing(portal, reader.organisation.id, what).await?.is_some_and(|standing| standing.granted);
    if other || !granted {
        return Ok(HttpResponse::Forbidden().finish());
    }
    Ok(HttpResponse::NoContent()
        .insert_header(("x-guildhall-user", reader.user.id.to_string()))
        .insert_header(("x-guildhall-organisation", reader.organisation.id.to_string()))
        .insert_header(("x-guildhall-tenant", reader.tenant.slug.as_str()))
        .finish())
}

/// Into the application, to the page that was asked for if it is one of the application's.
async fn enter(
    who: &Actor<SignedIn>,
    request: &HttpRequest,
    portal: &Shared,
    what: Application,
) -> Result<HttpResponse, AppError> {
    let found = standing(portal, who.organisation.id, what).await?;
    let standing = found.filter(|standing| standing.granted).ok_or(AppError::Forbidden)?;
    let address = standing.address.ok_or(AppError::NotFound)?;
    let to = model::within(&address, &model::wanted(request.query_string())).unwrap_or(address);
    Ok(HttpResponse::SeeOther().insert_header((header::LOCATION, to)).finish())
}

const fn way_in(what: Application) -> &'static str {
    match what {
        Application::Shop => paths::ENTER_SHOP,
        Application::SelfService => paths::ENTER_SELF_SERVICE,
    }
}

async fn standing(portal: &Shared, organisation: uuid::Uuid, what: Application) -> Result<Option<Standing>, AppError> {
    Ok(portal.db.read(move |conn| Ok(queries::standing(conn, organisation, what)?)).await?)
}
