//! The one page that shows a secret: the answer to the form that drew it, and to nothing else.

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use askama::Template;

use super::super::model::{Kind, OVERLAP_DAYS};
use crate::access::ManageClients;
use crate::organisations::desk::Desk;
use crate::web::view::{Link, Shell};
use crate::web::{AppError, Frame};

#[derive(Template)]
#[template(path = "api_clients/shown.html")]
pub struct Shown {
    pub shell: Shell,
    pub crumbs: Vec<Link>,
    pub name: String,
    /// Only an API client has one to send.
    pub client_id: Option<String>,
    pub secret: String,
    /// A line for a terminal.
    pub curl: String,
    /// What becomes of the secret before; empty when there was none.
    pub before: String,
    pub base: String,
}

/// A credential with a secret that was just drawn.
pub(super) struct Fresh {
    pub id: uuid::Uuid,
    pub kind: Kind,
    pub name: String,
    pub secret: String,
}

/// Shows a secret for the only time.
pub(super) fn answer(
    frame: &Frame,
    desk: &Desk<ManageClients>,
    fresh: Fresh,
    status: StatusCode,
) -> Result<HttpResponse, AppError> {
    let is_client = fresh.kind == Kind::Client;
    let (origin, secret) = (frame.portal.base_url.origin(), &fresh.secret);
    let curl = if is_client {
        format!("curl -u \"{}:{secret}\" -d grant_type=client_credentials {origin}/oauth2/token", fresh.id)
    } else {
        format!("curl -H \"X-Api-Key: {secret}\" {origin}/api/v1/me")
    };
    let before = if status == StatusCode::CREATED {
        String::new()
    } else {
        format!("The secret before works for {OVERLAP_DAYS} more days, so that nothing stops while you change it.")
    };
    let page = Shown {
        shell: frame.shell(format!("Secret of {}", fresh.name)),
        crumbs: super::crumbs(desk),
        base: super::address(desk, fresh.id),
        client_id: is_client.then(|| fresh.id.to_string()),
        name: fresh.name,
        secret: fresh.secret,
        curl,
        before,
    };
    frame.answer(status, &page)
}
