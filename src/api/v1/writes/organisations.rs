//! Organisations: created, changed with Shop and Self-Service, suspended, put into the bin and taken out again.

use actix_web::HttpResponse;
use diesel::pg::PgConnection;
use serde_json::json;
use uuid::Uuid;

use super::super::collections::ORGANISATIONS;
use super::{deleted, item, members, refused};
use crate::access::{Actor, TenantRef, WritePartners};
use crate::api::edits::Edits;
use crate::api::repeat::Done;
use crate::api::write::{Hand, Outcome, Write};
use crate::api::{ApiError, Fields};
use crate::db::Fault;
use crate::input;
use crate::organisations::actions::{self, Refusal};
use crate::organisations::{Application, Details, InvoiceOwner, Organisation, model};
use crate::secrets;
use crate::web::Id;

const MOST_CUSTOMERS: i64 = i32::MAX as i64;

/// What a body changes.
struct Sent {
    edits: Edits,
    access: Vec<(Application, bool)>,
}

/// `POST /v1/organisations`
pub async fn create(mut call: Write<WritePartners>) -> Result<HttpResponse, ApiError> {
    let mut fields = call.fields()?;
    let parent = members::id(&mut fields, "parentId");
    let sent = read(&mut fields, true, &call.who.tenant);
    fields.done_strictly()?;
    let new = sent.edits.whole();
    let id = secrets::new_id(call.now);
    call.run(move |tx, hand| {
        let place = (id, parent.unwrap_or(hand.who.organisation.id));
        actions::create_below(tx, &hand.who, hand.now, place, &new).map_err(refused::organisation(None))?;
        switch(tx, hand, id, &sent.access)?;
        Ok(Done::created(item(tx, hand, &ORGANISATIONS, id)?))
    })
    .await
}

/// `PATCH /v1/organisations/{id}`
pub async fn update(mut call: Write<WritePartners>, id: Id) -> Result<HttpResponse, ApiError> {
    let mut fields = call.fields()?;
    let expected = call.expected(&mut fields);
    let sent = read(&mut fields, false, &call.who.tenant);
    fields.done_strictly()?;
    call.run(move |tx, hand| {
        let change = |details: &mut Details| sent.edits.make(details);
        let place = (id.0, expected.map(|expected| expected.version));
        actions::update(tx, &hand.who, hand.now, place, change).map_err(refused::organisation(expected))?;
        switch(tx, hand, id.0, &sent.access)?;
        Ok(Done::ok(item(tx, hand, &ORGANISATIONS, id.0)?))
    })
    .await
}

fn switch(tx: &mut PgConnection, hand: &Hand<WritePartners>, id: Uuid, access: &[(Application, bool)]) -> Outcome<()> {
    for switch in access {
        actions::set_access(tx, &hand.who, hand.now, id, *switch).map_err(refused::organisation(None))?;
    }
    Ok(())
}

/// The fields of an organisation; `whole` asks for those that a new one must have, as the page does.
fn read(fields: &mut Fields, whole: bool, tenant: &TenantRef) -> Sent {
    let mut edits = Edits::default();
    if whole || fields.has("name") {
        edits.note(fields.text("name", input::organisation_name), |details, name| details.name = name);
    }
    if whole || fields.has("zuoraAccountId") {
        let id = fields.text("zuoraAccountId", model::zuora_account_id);
        edits.note(id, |details, id| details.zuora_account_id = Some(id));
    }
    if whole || fields.has("isZuoraInvoiceOwner") {
        edits.note(fields.boolean("isZuoraInvoiceOwner"), |details, partner| {
            details.invoice_owner = Some(if partner { InvoiceOwner::Partner } else { InvoiceOwner::EndCustomer });
        });
    }
    let required = tenant.uses_salesforce;
    if required && whole || fields.has("salesforceAccountId") {
        let rule = |text: &str| model::salesforce_account_id(text, required);
        let id = if required {
            fields.text("salesforceAccountId", rule)
        } else {
            fields.optional_text("salesforceAccountId", rule)
        };
        edits.note(id, |details, id| details.salesforce_account_id = id);
    }
    optional(fields, &mut edits);
    Sent { edits, access: access(fields) }
}

fn optional(fields: &mut Fields, edits: &mut Edits) {
    if fields.has("logo") {
        edits.note(fields.optional_text("logo", input::https_url), |details, logo| details.logo_url = logo);
    }
    if fields.has("code") {
        edits.note(fields.optional_text("code", input::code), |details, code| details.code = code);
    }
    if fields.has("country") {
        edits.note(fields.optional_text("country", input::country), |details, country| details.country = country);
    }
    if fields.has("timezone") {
        edits.note(fields.text("timezone", input::time_zone), |details, zone| details.time_zone = Some(zone));
    }
    if fields.has("customerCount") {
        let count = fields.integer("customerCount", (0, MOST_CUSTOMERS), None);
        let count = count.and_then(|count| i32::try_from(count).ok());
        edits.note(count, |details, count| details.customer_count = count);
    }
    if let Some(properties) = fields.raw("properties") {
        match model::properties_problem(&properties) {
            Some((code, message)) => fields.fault("properties", code, message),
            None => edits.note(Some(properties), |details, properties| details.properties = properties),
        }
    }
}

fn access(fields: &mut Fields) -> Vec<(Application, bool)> {
    let both = [("shop", Application::Shop), ("selfService", Application::SelfService)];
    let one = |(name, what)| if fields.has(name) { fields.boolean(name).map(|on| (what, on)) } else { None };
    both.into_iter().filter_map(one).collect()
}

type Action = fn(
    &mut PgConnection,
    &Actor<WritePartners>,
    chrono::DateTime<chrono::Utc>,
    Uuid,
) -> Result<Organisation, Fault<Refusal>>;

async fn act(mut call: Write<WritePartners>, id: Id, action: Action) -> Result<HttpResponse, ApiError> {
    call.nothing()?;
    call.run(move |tx, hand| {
        action(tx, &hand.who, hand.now, id.0).map_err(refused::organisation(None))?;
        Ok(Done::ok(item(tx, hand, &ORGANISATIONS, id.0)?))
    })
    .await
}

/// `POST /v1/organisations/{id}/suspend`
pub async fn suspend(call: Write<WritePartners>, id: Id) -> Result<HttpResponse, ApiError> {
    act(call, id, actions::suspend).await
}

/// `POST /v1/organisations/{id}/resume`
pub async fn resume(call: Write<WritePartners>, id: Id) -> Result<HttpResponse, ApiError> {
    act(call, id, actions::resume).await
}

/// `DELETE /v1/organisations/{id}`
pub async fn delete(mut call: Write<WritePartners>, id: Id) -> Result<HttpResponse, ApiError> {
    call.nothing()?;
    call.run(move |tx, hand| {
        actions::delete(tx, &hand.who, hand.now, id.0).map_err(refused::organisation(None))?;
        Ok(Done::ok(deleted("organisation", id.0)))
    })
    .await
}

/// `POST /v1/organisations/{id}/restore`
pub async fn restore(mut call: Write<WritePartners>, id: Id) -> Result<HttpResponse, ApiError> {
    call.nothing()?;
    call.run(move |tx, hand| {
        let back = actions::restore(tx, &hand.who, hand.now, id.0).map_err(refused::organisation(None))?;
        let organisation = item(tx, hand, &ORGANISATIONS, id.0)?;
        let people = json!({ "usersRestored": back.people, "usersLeftOut": back.left_out }).to_string();
        Ok(Done::ok(super::joined(&organisation, &people)))
    })
    .await
}
