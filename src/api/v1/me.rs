//! `GET /api/v1/me`: who the credential is, as the portal sees it.

use actix_web::{HttpRequest, HttpResponse};
use serde_json::json;

use crate::api::page::Parameters;
use crate::api::{ApiError, door};

/// Answers `{object:"me", id, organisationId, tenant, permissions}`.
pub async fn show(request: HttpRequest) -> Result<HttpResponse, ApiError> {
    let caller = door::caller(&request)?.0;
    Parameters::read(&request, &[])?;
    let client = caller.client.as_ref().ok_or_else(|| ApiError::unauthorised(None))?;
    let permissions: Vec<&str> = client.permissions.iter().map(|permission| permission.as_str()).collect();
    Ok(HttpResponse::Ok().json(json!({
        "object": "me",
        "id": client.id,
        "name": client.name,
        "organisationId": caller.organisation.id,
        "tenant": caller.tenant.slug,
        "permissions": permissions,
    })))
}
