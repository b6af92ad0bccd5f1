//! `GET /api/v1/invitations/{id}/mails`: the way of an invitation's mails, as its page tells it.

use actix_web::{HttpRequest, HttpResponse};
use diesel::pg::PgConnection;

use super::collections::{INVITATIONS, MAILS};
use crate::access::ReadInvitations;
use crate::api::ApiError;
use crate::api::collection::Scope;
use crate::api::door::Api;
use crate::api::find::{Bind, Condition};
use crate::api::page::{KNOWN, Page, Parameters};
use crate::db::Fault;
use crate::web::portal::Shared;
use crate::web::{freshness, path};

/// Those to the invited person, the oldest first unless told otherwise.
pub async fn list(who: Api<ReadInvitations>, portal: Shared, request: HttpRequest) -> Result<HttpResponse, ApiError> {
    let page = Page::of(&Parameters::read(&request, &KNOWN)?)?;
    let (order, scope) = (MAILS.order(&page)?, Scope::of(&who.0, portal.clock.now()));
    let id = path::id(&request, "id").map_err(|_| ApiError::not_found())?;
    let of_invitation = Condition {
        sql: "m.invitation_id = ANY($4::text[]::uuid[])".into(),
        binds: vec![Bind::Texts(vec![id.to_string()])],
    };
    let totals = portal.db.totals();
    let look = move |conn: &mut PgConnection| {
        if INVITATIONS.one(conn, scope, &INVITATIONS.is(id))?.is_none() {
            return Ok::<_, Fault>(None);
        }
        Ok(Some(MAILS.list((conn, &totals), scope, (&page, order), Some(&of_invitation))?))
    };
    let listed = portal.db.read_as(freshness::of_machine(&request), look).await?;
    listed.map(|listed| listed.answer()).ok_or_else(ApiError::not_found)
}
