//! `POST /api/v1/organisations/import`: partners from CSV, all good rows of it, or with `dry_run` none and the same
//! answer. What it created is an import, which can be looked at and undone. Files beyond its limits are the command
//! line's.

use std::sync::Arc;

use actix_web::http::{StatusCode, header};
use actix_web::{HttpRequest, HttpResponse, web};
use diesel::pg::PgConnection;
use serde_json::{Value, json};
use uuid::Uuid;

use crate::access::{Actor, WritePartners};
use crate::api::door::Api;
use crate::api::page::{self, Parameters};
use crate::api::{ApiError, Fault as FieldFault, json};
use crate::db::Fault;
use crate::organisations::import::{BATCH, Row, RowFault, Rows, Target};
use crate::organisations::imports;
use crate::secrets;
use crate::web::portal::Shared;

/// What one call takes.
const BYTES: usize = 4 * 1024 * 1024;
const ROWS: usize = 10_000;
/// Faults that an answer tells; it counts all.
const TOLD: usize = 1_000;

/// Answers `{object:"import", dryRun, importId, rows, created, failed, errors}`.
pub async fn organisations(
    who: Api<WritePartners>,
    portal: Shared,
    request: HttpRequest,
    payload: web::Payload,
) -> Result<HttpResponse, ApiError> {
    let dry_run = match Parameters::read(&request, &["dry_run"])?.get("dry_run") {
        None | Some("false") => false,
        Some("true") => true,
        Some(_) => return Err(page::wrong("dry_run", "not_a_boolean", "Send true or false.")),
    };
    is_csv(&request)?;
    let body = json::read_within(payload.into_inner(), BYTES).await?;
    let (good, mut faults) = checked(&body, who.0.tenant.uses_salesforce)?;
    let rows = good.len() + faults.iter().map(|fault| fault.row).collect::<std::collections::BTreeSet<_>>().len();
    let id = secrets::new_id(portal.clock.now());
    let mut created = good.len();
    for batch in good.chunks(BATCH) {
        let refused = save(&portal, (&who.0, id), batch.into(), dry_run).await?;
        created -= refused.len();
        faults.extend(refused);
    }
    faults.sort_by_key(|fault| fault.row);
    Ok(HttpResponse::Ok().json(json!({
        "object": "import",
        "dryRun": dry_run,
        "importId": (created > 0 && !dry_run).then_some(id),
        "rows": rows,
        "created": created,
        "failed": rows - created,
        "errors": faults.iter().take(TOLD).map(told).collect::<Vec<_>>(),
    })))
}

fn is_csv(request: &HttpRequest) -> Result<(), ApiError> {
    let kind = request.headers().get(header::CONTENT_TYPE).and_then(|kind| kind.to_str().ok()).unwrap_or_default();
    let plain = kind.split(';').next().unwrap_or_default().trim().eq_ignore_ascii_case("text/csv");
    if plain && !request.headers().contains_key(header::CONTENT_ENCODING) {
        return Ok(());
    }
    Err(ApiError::new(StatusCode::UNSUPPORTED_MEDIA_TYPE, "Send CSV, with the header Content-Type: text/csv."))
}

/// The rows that can be tried, and what is wrong with the others.
fn checked(body: &[u8], salesforce: bool) -> Result<(Vec<Row>, Vec<RowFault>), ApiError> {
    let header = |message| {
        let (place, path, code) = ("body", String::new(), "header");
        ApiError::malformed(FieldFault { place, path, code, message })
    };
    let (mut good, mut faults) = (Vec::new(), Vec::new());
    for (at, row) in Rows::of(body, salesforce).map_err(header)?.enumerate() {
        if at >= ROWS {
            let message = "Send 10,000 rows at most; the command line takes more.";
            return Err(ApiError::new(StatusCode::PAYLOAD_TOO_LARGE, message));
        }
        match row {
            Ok(row) => good.push(row),
            Err(why) => faults.extend(why),
        }
    }
    Ok((good, faults))
}

/// One batch, in its transaction; without a trace if it is only tried.
async fn save(
    portal: &Shared,
    (who, id): (&Actor<WritePartners>, Uuid),
    rows: Arc<[Row]>,
    dry_run: bool,
) -> Result<Vec<RowFault>, ApiError> {
    let (who, target, now) = (who.clone(), Target::of(who), portal.clock.now());
    let work = move |tx: &mut PgConnection| {
        let refused = imports::add(tx, (&target, &who), (id, now), &rows)
            .map_err(|fault| fault.map_refusal(|never| match never {}))?;
        // A refusal undoes the transaction.
        if dry_run { Err(Fault::Refused(refused)) } else { Ok(refused) }
    };
    match portal.db.write(work).await {
        Ok(refused) | Err(Fault::Refused(refused)) => Ok(refused),
        Err(Fault::Db(error)) => Err(error.into()),
    }
}

fn told(fault: &RowFault) -> Value {
    json!({ "row": fault.row, "column": fault.column, "code": fault.code, "message": fault.message })
}
