//! Taking an import back.

use actix_web::HttpResponse;
use serde_json::json;

use super::super::collections::IMPORTS;
use super::{item, joined, refused};
use crate::access::WritePartners;
use crate::api::ApiError;
use crate::api::repeat::Done;
use crate::api::write::Write;
use crate::organisations::imports;
use crate::web::Id;

/// `POST /v1/organisation-imports/{id}/undo`: the import, and what became of its partners.
pub async fn undo(mut call: Write<WritePartners>, id: Id) -> Result<HttpResponse, ApiError> {
    call.nothing()?;
    call.run(move |tx, hand| {
        let undone = imports::undo(tx, &hand.who, hand.now, id.0).map_err(refused::organisation(None))?;
        let rest = json!({ "deleted": undone.deleted, "stay": undone.stay }).to_string();
        Ok(Done::ok(joined(&item(tx, hand, &IMPORTS, id.0)?, &rest)))
    })
    .await
}
