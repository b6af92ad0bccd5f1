//! Signing out: here first and always; at the provider by a link on the page that follows.

use actix_session::Session;
use actix_web::http::header::{HeaderName, HeaderValue};
use actix_web::{HttpRequest, HttpResponse, Responder as _};
use askama::Template;

use super::super::{actions, queries};
use crate::organisations::pages::lifecycle::Pressed;
use crate::secrets;
use crate::web::view::{Link, Shell};
use crate::web::{AppError, Frame, Submitted, actor, paths, see_other, session};

#[derive(Template)]
#[template(path = "signin/signed_out.html")]
pub struct SignedOut {
    pub shell: Shell,
    pub providers: Vec<Link>,
}

/// `POST /signout`
pub async fn sign_out(
    request: HttpRequest,
    frame: Frame,
    browser_session: Session,
    _: Submitted<Pressed>,
) -> Result<HttpResponse, AppError> {
    if let Some(browser) = super::browser(&request, &frame.portal) {
        let hash = secrets::sha256(&browser);
        let all = move |tx: &mut _| Ok(queries::drop_flows(tx, &hash)? + actions::forget(tx, &hash)?);
        super::db(&frame.portal).write(all).await?;
    }
    if let Some(reader) = actor::principal(&request)? {
        let now = frame.portal.clock.now();
        frame
            .portal
            .db
            .write(move |tx| Ok(crate::access::queries::end_session(tx, reader.user.id, reader.session_id, now)?))
            .await?;
    }
    session::end(&browser_session);
    let mut answer = see_other(paths::SIGNED_OUT).respond_to(&request).map_into_boxed_body();
    // Not the cookies: that order would also take those of every other site on this domain.
    let order = HeaderValue::from_static("\"cache\", \"storage\"");
    answer.headers_mut().insert(HeaderName::from_static("clear-site-data"), order);
    Ok(answer)
}

/// `GET /signed-out`
pub async fn signed_out(frame: Frame) -> Result<HttpResponse, AppError> {
    let back = frame.portal.base_url.join(paths::SIGNED_OUT);
    let mut providers = Vec::new();
    for provider in &frame.portal.providers {
        if let Some(url) = provider.sign_out_url(&back) {
            providers.push(Link::new(format!("Sign out of {} too", provider.config().name), url.to_string()));
        }
    }
    frame.page(&SignedOut { shell: frame.shell("You are signed out"), providers })
}
