//! `GET /api/v1/organisations/{id}/invoice-owner`: which Zuora account owns a new subscription's invoices.

use actix_web::http::StatusCode;
use actix_web::{HttpRequest, HttpResponse};
use serde_json::json;

use crate::access::ReadPartners;
use crate::api::door::Api;
use crate::api::page::{self, Parameters};
use crate::api::{ApiError, Fault};
use crate::organisations::{self, invoice_owner_account};
use crate::web::Id;
use crate::web::portal::Shared;

const CUSTOMER: &str = "customerZuoraAccountId";
const NOT_SET: &str = "The organisation has no invoice owner yet: set it, with its Zuora account ID.";

/// Answers `{object:"invoice_owner", organisationId, owner, zuoraAccountId}`.
pub async fn show(
    who: Api<ReadPartners>,
    request: HttpRequest,
    portal: Shared,
    id: Id,
) -> Result<HttpResponse, ApiError> {
    let parameters = Parameters::read(&request, &[CUSTOMER])?;
    let customer = customer(&parameters)?;
    let tenant = who.0.tenant.id;
    let organisation = portal.db.read(move |conn| Ok(organisations::find_in(conn, tenant, id.0)?)).await?;
    if organisation.is_deleted() {
        return Err(ApiError::not_found());
    }
    let (owner, account) =
        invoice_owner_account(&organisation, &customer).ok_or_else(|| ApiError::new(StatusCode::CONFLICT, NOT_SET))?;
    Ok(HttpResponse::Ok().json(json!({
        "object": "invoice_owner",
        "organisationId": organisation.id,
        "owner": owner.as_str(),
        "zuoraAccountId": account,
    })))
}

fn customer(parameters: &Parameters) -> Result<String, ApiError> {
    let sent = crate::input::optional(parameters.get(CUSTOMER).unwrap_or_default());
    let problem = match sent {
        Ok(Some(account)) => return Ok(account),
        Ok(None) => return Err(page::wrong(CUSTOMER, "required", "Send the customer's Zuora account ID.")),
        Err(problem) => problem,
    };
    let (code, message) = (problem.code(), problem.words());
    Err(ApiError::malformed(Fault { place: "query", path: CUSTOMER.into(), code, message }))
}
