//! Connections: what the caller's own organisation lets the other do, and the end.

use super::super::collections::CONNECTIONS;
use super::{item, refused};
use crate::access::WriteRecords;
use crate::api::repeat::Done;
use crate::api::write::Write;
use crate::api::{ApiError, Fields};
use crate::connections::Allowance;
use crate::connections::actions;
use crate::web::Id;
use actix_web::HttpResponse;

/// `PATCH /v1/connections/{id}`
pub async fn grant(mut call: Write<WriteRecords>, id: Id) -> Result<HttpResponse, ApiError> {
    let mut fields = call.fields()?;
    let expected = call.expected(&mut fields);
    let grants = grants(&mut fields);
    fields.done_strictly()?;
    call.run(move |tx, hand| {
        let which = (id.0, expected.map(|expected| expected.version));
        actions::grant(tx, &hand.who, hand.now, which, &grants).map_err(refused::connection(expected))?;
        Ok(Done::ok(item(tx, hand, &CONNECTIONS, id.0)?))
    })
    .await
}

/// The allowances in their own order, each once.
fn grants(fields: &mut Fields) -> Vec<Allowance> {
    let Some(sent) = fields.raw("grants") else {
        fields.fault("grants", "required", "Send what your organisation lets the other do; an empty list is nothing.");
        return Vec::new();
    };
    let words = sent.as_array().cloned().unwrap_or_default();
    if !sent.is_array() {
        fields.fault("grants", "not_a_list", "Send a list.");
    }
    let parsed: Vec<Option<Allowance>> = words.iter().map(|word| word.as_str().and_then(Allowance::parse)).collect();
    for at in parsed.iter().enumerate().filter_map(|(at, one)| one.is_none().then_some(at)).take(20) {
        fields.fault(&format!("grants[{at}]"), "not_a_choice", "Send READ_PARTNER or WRITE_PARTNER.");
    }
    Allowance::ALL.iter().copied().filter(|one| parsed.contains(&Some(*one))).collect()
}

/// `POST /v1/connections/{id}/end`
pub async fn end(mut call: Write<WriteRecords>, id: Id) -> Result<HttpResponse, ApiError> {
    call.nothing()?;
    call.run(move |tx, hand| {
        actions::end(tx, &hand.who, hand.now, id.0).map_err(refused::connection(None))?;
        Ok(Done::ok(item(tx, hand, &CONNECTIONS, id.0)?))
    })
    .await
}
