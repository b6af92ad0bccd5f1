//! Partner records of the caller's own organisation: created, changed, deleted and brought back.

use actix_web::HttpResponse;

use super::super::collections::PARTNERS;
use super::{deleted, item, members, refused};
use crate::access::WriteRecords;
use crate::api::repeat::Done;
use crate::api::write::{Hand, Write};
use crate::api::{ApiError, Fields};
use crate::input;
use crate::partner_records::NewRecord;
use crate::partner_records::actions::{self, Scope};
use crate::partner_records::model::{self, PartnerType};
use crate::secrets;
use crate::web::Id;

/// What a body says of a record; None is as it was.
struct Sent {
    company_name: Option<String>,
    partner_type: Option<PartnerType>,
    email: Option<crate::access::EmailAddress>,
    sales_amount: Option<i32>,
    frequency: Option<String>,
    payment_terms: Option<String>,
}

impl Sent {
    fn whole(self) -> Option<NewRecord> {
        Some(NewRecord {
            company_name: self.company_name?,
            partner_type: self.partner_type?,
            email: self.email?,
            sales_amount: self.sales_amount?,
            frequency: self.frequency?,
            payment_terms: self.payment_terms?,
        })
    }

    fn change(&self, record: &mut NewRecord) {
        let old = record.clone();
        *record = NewRecord {
            company_name: self.company_name.clone().unwrap_or(old.company_name),
            partner_type: self.partner_type.unwrap_or(old.partner_type),
            email: self.email.clone().unwrap_or(old.email),
            sales_amount: self.sales_amount.unwrap_or(old.sales_amount),
            frequency: self.frequency.clone().unwrap_or(old.frequency),
            payment_terms: self.payment_terms.clone().unwrap_or(old.payment_terms),
        };
    }
}

/// The members of a record; `whole` asks for all of them.
fn read(fields: &mut Fields, whole: bool) -> Sent {
    let names = ["companyName", "type", "email", "frequency", "paymentTerms"];
    if whole {
        for name in names.into_iter().filter(|name| !fields.has(name)).collect::<Vec<_>>() {
            fields.fault(name, "required", "Send this field.");
        }
    }
    let amount = (whole || fields.has("salesAmount"))
        .then(|| fields.integer("salesAmount", (0, input::MOST_SALES.into()), None))
        .flatten();
    Sent {
        company_name: members::sent(fields, "companyName", input::company_name),
        partner_type: members::sent(fields, "type", model::partner_type),
        email: members::sent(fields, "email", model::email),
        sales_amount: amount.and_then(|amount| i32::try_from(amount).ok()),
        frequency: members::sent(fields, "frequency", model::frequency),
        payment_terms: members::sent(fields, "paymentTerms", model::payment_terms),
    }
}

fn scope(hand: &Hand<WriteRecords>) -> Scope<'_> {
    Scope { who: &hand.who, organisation: hand.who.organisation.id, now: hand.now }
}

/// `POST /v1/partners`
pub async fn create(mut call: Write<WriteRecords>) -> Result<HttpResponse, ApiError> {
    let mut fields = call.fields()?;
    let sent = read(&mut fields, true);
    fields.done_strictly()?;
    let new = sent.whole().ok_or_else(ApiError::internal)?;
    let id = secrets::new_id(call.now);
    call.run(move |tx, hand| {
        actions::create(tx, &scope(hand), id, &new).map_err(refused::record(None))?;
        Ok(Done::created(item(tx, hand, &PARTNERS, id)?))
    })
    .await
}

/// `PATCH /v1/partners/{id}`
pub async fn update(mut call: Write<WriteRecords>, id: Id) -> Result<HttpResponse, ApiError> {
    let mut fields = call.fields()?;
    let expected = call.expected(&mut fields);
    let sent = read(&mut fields, false);
    fields.done_strictly()?;
    call.run(move |tx, hand| {
        let which = (id.0, expected.map(|expected| expected.version));
        let change = |record: &mut NewRecord| sent.change(record);
        actions::update(tx, &scope(hand), which, change).map_err(refused::record(expected))?;
        Ok(Done::ok(item(tx, hand, &PARTNERS, id.0)?))
    })
    .await
}

/// `DELETE /v1/partners/{id}`
pub async fn remove(mut call: Write<WriteRecords>, id: Id) -> Result<HttpResponse, ApiError> {
    call.nothing()?;
    call.run(move |tx, hand| {
        actions::remove(tx, &scope(hand), id.0).map_err(refused::record(None))?;
        Ok(Done::ok(deleted("partner", id.0)))
    })
    .await
}

/// `POST /v1/partners/{id}/restore`
pub async fn restore(mut call: Write<WriteRecords>, id: Id) -> Result<HttpResponse, ApiError> {
    call.nothing()?;
    call.run(move |tx, hand| {
        actions::bring_back(tx, &scope(hand), id.0).map_err(refused::record(None))?;
        Ok(Done::ok(item(tx, hand, &PARTNERS, id.0)?))
    })
    .await
}
