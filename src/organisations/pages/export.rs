//! *Export* on the partners table: the rows that are filtered there, as CSV.

use std::sync::Arc;

use actix_web::{HttpRequest, HttpResponse};

use super::super::export::Partners;
use super::list::Asked;
use crate::access::{Actor, ReadPartners};
use crate::api::collection::Scope;
use crate::api::export::{self, Format, Order};
use crate::web::{AppError, Frame};

/// `GET /settings/profile/partners/export`
pub async fn export(who: Actor<ReadPartners>, frame: Frame, request: HttpRequest) -> Result<HttpResponse, AppError> {
    let now = frame.portal.clock.now();
    let scope = Scope::of(&who, now);
    let order = Order {
        who: (*who).clone(),
        source: Arc::new(Partners { scope, filter: Asked::of(&frame).filter() }),
        name: "partners",
        format: Format::Csv,
        after: None,
        limit: i64::MAX,
    };
    Ok(export::answer(&request, &frame.portal, order).await?)
}
