//! The programme's own settings: read by its credentials, changed by those that manage the tenant.

use actix_web::{HttpRequest, HttpResponse};
use diesel::pg::PgConnection;

use super::super::collections::TENANT;
use super::{item, members, refused};
use crate::access::{ManageTenant, ReadPartners};
use crate::api::ApiError;
use crate::api::collection::Scope;
use crate::api::door::Api;
use crate::api::find::Condition;
use crate::api::page::Parameters;
use crate::api::repeat::Done;
use crate::api::write::{Write, tag};
use crate::db::Fault;
use crate::input;
use crate::settings::actions::{self, Profile};
use crate::web::portal::Shared;

/// `GET /v1/tenant`
pub async fn show(who: Api<ReadPartners>, portal: Shared, request: HttpRequest) -> Result<HttpResponse, ApiError> {
    Parameters::read(&request, &[])?;
    let scope = Scope::of(&who.0, portal.clock.now());
    let own = Condition { sql: "true".into(), binds: Vec::new() };
    let look = move |conn: &mut PgConnection| Ok::<_, Fault>(TENANT.one(conn, scope, &own)?);
    let found = portal.db.read(look).await?.ok_or_else(ApiError::not_found)?;
    let mut answer = HttpResponse::Ok();
    tag(answer.content_type("application/json"), &found);
    Ok(answer.body(found))
}

/// `PATCH /v1/tenant`
pub async fn update(mut call: Write<ManageTenant>) -> Result<HttpResponse, ApiError> {
    let mut fields = call.fields()?;
    let expected = call.expected(&mut fields);
    let here = call.portal.base_url.is_loopback();
    let name = members::sent(&mut fields, "name", input::programme_name);
    let salesforce = if fields.has("usesSalesforce") { fields.boolean("usesSalesforce") } else { None };
    let mut address = |name| {
        let rule = |raw: &str| input::application_url(raw, here);
        if fields.has(name) { fields.optional_text(name, rule) } else { None }
    };
    let (shop, self_service) = (address("shopUrl"), address("selfServiceUrl"));
    fields.done_strictly()?;
    call.run(move |tx, hand| {
        let change = |profile: &mut Profile| {
            profile.name = name.clone().unwrap_or_else(|| profile.name.clone());
            profile.uses_salesforce = salesforce.unwrap_or(profile.uses_salesforce);
            profile.shop_url = shop.clone().unwrap_or_else(|| profile.shop_url.clone());
            profile.self_service_url = self_service.clone().unwrap_or_else(|| profile.self_service_url.clone());
        };
        let version = expected.map(|expected| expected.version);
        actions::edit(tx, &hand.who, hand.now, version, change).map_err(refused::tenant(expected))?;
        Ok(Done::ok(item(tx, hand, &TENANT, hand.who.tenant.id)?))
    })
    .await
}
