//! Seed 004: `/api/v1/partner-invitations`, its three reads. The account is the credential's own organisation.

use actix_web::{HttpRequest, HttpResponse, Resource, web};

use crate::access::ReadInvitations;
use crate::api::collection::{Collection, Scope};
use crate::api::door::Api;
use crate::api::find::{self, Bind, Condition, Field, Kind};
use crate::api::page::{KNOWN, Page, Parameters};
use crate::api::v1::export::whole;
use crate::api::{ApiError, Body};
use crate::db::Fault;
use crate::web::portal::Shared;
use crate::web::{freshness, path};

const NAME: &str = "partner-invitations";

/// Partner invitations of the caller's organisation, as seed 004 shows them.
pub const INVITATIONS: Collection = Collection {
    from: "FROM invitations i LEFT JOIN users u ON u.id = i.inviter_id LEFT JOIN organisations o ON o.id = i.organisation_id \
           WHERE i.tenant_id = $1 AND i.organisation_id = $2 AND i.kind = 'partner'",
    own: None,
    members: &[
        ("object", "'partner_invitation'::text"),
        ("id", "i.number::text"),
        ("createdAt", "i.created_at"),
        ("updatedAt", "i.updated_at"),
        ("accountId", "o.number::text"),
        ("fromUserId", "u.number::text"),
        ("toAccountName", "i.company_name"),
        ("toUserEmail", "i.email"),
        ("status", "CASE WHEN i.state = 'pending' AND i.expires_at <= $3 THEN 'EXPIRED' ELSE upper(i.state) END"),
    ],
    fields: &[
        Field { name: "id", sql: "i.number", kind: Kind::Number },
        Field { name: "status", sql: STATUS, kind: Kind::Word },
        Field { name: "fromUserId", sql: "u.number", kind: Kind::SearchableNumber },
        Field { name: "toAccountName", sql: "i.company_name", kind: Kind::Text },
        Field { name: "toUserEmail", sql: "i.email", kind: Kind::Text },
        Field { name: "createdAt", sql: "i.created_at", kind: Kind::Moment },
        Field { name: "updatedAt", sql: "i.updated_at", kind: Kind::Moment },
    ],
    sorts: &[("accountId", "o.number")],
    id: "i.number",
};

/// Expired is told by the clock, as everywhere.
const STATUS: &str = "(CASE WHEN i.state = 'pending' AND i.expires_at <= $3 THEN 'EXPIRED' ELSE upper(i.state) END)";

/// The address of the list, to which the portal's own API adds what the seed does not have.
pub fn invitations() -> Resource {
    web::resource("/v1/partner-invitations").route(web::get().to(list))
}

/// As [`invitations`], for one of them.
pub fn invitation() -> Resource {
    web::resource("/v1/partner-invitations/{number}").route(web::get().to(one))
}

/// Calls that stand where a number could: registered before whatever takes one.
pub fn named(config: &mut web::ServiceConfig) {
    config.service(web::resource("/v1/partner-invitations/find").route(web::post().to(search))).service(
        web::resource("/v1/partner-invitations/export")
            .route(web::get().to(export))
            .route(web::post().to(export_found)),
    );
}

fn scope(who: &Api<ReadInvitations>, portal: &Shared) -> Scope {
    Scope::of(&who.0, portal.clock.now())
}

/// `GET /v1/partner-invitations/{partnerInvitationId}`
async fn one(who: Api<ReadInvitations>, portal: Shared, request: HttpRequest) -> Result<HttpResponse, ApiError> {
    Parameters::read(&request, &[])?;
    let text = path::word(&request, "number").map_err(|_| ApiError::not_found())?;
    let number = text.parse().ok().filter(|number: &i64| number.to_string() == text).ok_or_else(ApiError::not_found)?;
    let condition = Condition { sql: "i.number = ANY($4)".into(), binds: vec![Bind::Numbers(vec![number])] };
    let scope = scope(&who, &portal);
    let look = move |conn: &mut _| Ok::<_, Fault>(INVITATIONS.one(conn, scope, &condition)?);
    let found = portal.db.read(look).await?.ok_or_else(ApiError::not_found)?;
    Ok(HttpResponse::Ok().content_type("application/json").body(found))
}

/// `GET /v1/partner-invitations`
async fn list(who: Api<ReadInvitations>, portal: Shared, request: HttpRequest) -> Result<HttpResponse, ApiError> {
    answer(&who, &portal, &request, None).await
}

/// `POST /v1/partner-invitations/find`
async fn search(
    who: Api<ReadInvitations>,
    portal: Shared,
    request: HttpRequest,
    body: Body,
) -> Result<HttpResponse, ApiError> {
    let condition = find::compile(&body.0, INVITATIONS.fields, 4)?;
    answer(&who, &portal, &request, Some(condition)).await
}

/// `GET /v1/partner-invitations/export`
async fn export(who: Api<ReadInvitations>, portal: Shared, request: HttpRequest) -> Result<HttpResponse, ApiError> {
    let scope = Scope::of(&who.0, portal.clock.now());
    whole(&who.0, (&portal, scope), &request, (NAME, INVITATIONS), None).await
}

/// `POST /v1/partner-invitations/export`
async fn export_found(
    who: Api<ReadInvitations>,
    portal: Shared,
    request: HttpRequest,
    body: Body,
) -> Result<HttpResponse, ApiError> {
    let condition = find::compile(&body.0, INVITATIONS.fields, 4)?;
    let scope = Scope::of(&who.0, portal.clock.now());
    whole(&who.0, (&portal, scope), &request, (NAME, INVITATIONS), Some(condition)).await
}

async fn answer(
    who: &Api<ReadInvitations>,
    portal: &Shared,
    request: &HttpRequest,
    condition: Option<Condition>,
) -> Result<HttpResponse, ApiError> {
    let page = Page::of(&Parameters::read(request, &KNOWN)?)?;
    let (order, scope) = (INVITATIONS.order(&page)?, scope(who, portal));
    let totals = portal.db.totals();
    let look = move |conn: &mut _| {
        Ok::<_, Fault>(INVITATIONS.list((conn, &totals), scope, (&page, order), condition.as_ref())?)
    };
    Ok(portal.db.read_as(freshness::of_machine(request), look).await?.answer())
}
