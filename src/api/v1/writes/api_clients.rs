//! Machine credentials: made, rotated, ended. A secret is in the first answer and nowhere afterwards: a repeat gets the
//! credential without it, and is told so.

use actix_web::HttpResponse;
use diesel::pg::PgConnection;
use serde_json::json;
use uuid::Uuid;

use super::super::collections::API_CLIENTS;
use super::{found, item, joined, members, place, reach, refused};
use crate::access::{ManageClients, OrganisationKind, Permission};
use crate::api::repeat::Done;
use crate::api::write::{Hand, Outcome, Write};
use crate::api::{ApiError, Fields};
use crate::api_clients::actions::{self, Scope};
use crate::api_clients::{self, ApiClient, Kind, NewClient, model, secret};
use crate::db::Fault;
use crate::secrets;
use crate::web::Id;

/// What a repeat is told in place of the secret.
const SHOWN_BEFORE: &str =
    "The secret was in the first answer and cannot be shown again. Rotate it if you do not have it.";

/// `POST /v1/api-clients`
pub async fn create(mut call: Write<ManageClients>) -> Result<HttpResponse, ApiError> {
    let mut fields = call.fields()?;
    let organisation = members::id(&mut fields, "organisationId");
    let name = fields.text("name", model::name);
    let kind = fields.text("kind", model::kind);
    let permissions = permissions(&mut fields);
    fields.done_strictly()?;
    let (Some(name), Some(kind)) = (name, kind) else { return Err(ApiError::internal()) };
    let new = NewClient { kind, name, permissions };
    let (id, secret) = (secrets::new_id(call.now), secret::draw(actions::purpose(kind)));
    call.run(move |tx, hand| {
        let place = place(tx, hand, organisation)?;
        actions::create(tx, &scope(hand, place), id, &new, &secret).map_err(refused::client)?;
        let done = Done::created(item(tx, hand, &API_CLIENTS, id)?);
        Ok(shown_once(done, &secret))
    })
    .await
}

/// `POST /v1/api-clients/{id}/rotate`
pub async fn rotate(mut call: Write<ManageClients>, id: Id) -> Result<HttpResponse, ApiError> {
    call.nothing()?;
    let drawn = [Kind::Client, Kind::Key].map(|kind| (kind, secret::draw(actions::purpose(kind))));
    call.run(move |tx, hand| {
        let place = home(tx, hand, id.0)?;
        let kind = found(api_clients::kind_of(tx, id.0))?;
        let secret = drawn.iter().find(|(of, _)| *of == kind).map(|(_, secret)| secret.as_str()).unwrap_or_default();
        actions::rotate(tx, &scope(hand, place), id.0, secret).map_err(refused::client)?;
        Ok(shown_once(Done::ok(item(tx, hand, &API_CLIENTS, id.0)?), secret))
    })
    .await
}

/// The answer with the secret, and what a repeat gets.
#[expect(clippy::needless_pass_by_value, reason = "every caller makes the answer for this")]
fn shown_once(done: Done, secret: &str) -> Done {
    let body = joined(&done.body, &json!({ "secret": secret }).to_string());
    let kept = joined(&done.body, &json!({ "secret": null, "note": SHOWN_BEFORE }).to_string());
    Done { body, kept: Some(kept), ..done }
}

/// The permissions in their own order, each once.
fn permissions(fields: &mut Fields) -> Vec<Permission> {
    let sent = fields.raw("permissions").unwrap_or_default();
    let words = sent.as_array().cloned().unwrap_or_default();
    if words.is_empty() {
        fields.fault("permissions", "required", "Send a list of one or more permissions.");
    }
    let parsed: Vec<Option<Permission>> = words.iter().map(|word| word.as_str().and_then(Permission::parse)).collect();
    for at in parsed.iter().enumerate().filter_map(|(at, one)| one.is_none().then_some(at)).take(20) {
        fields.fault(&format!("permissions[{at}]"), "not_a_choice", "Send a permission, such as READ_PARTNER.");
    }
    Permission::ALL.iter().copied().filter(|one| parsed.contains(&Some(*one))).collect()
}

const fn scope(hand: &Hand<ManageClients>, organisation: (Uuid, OrganisationKind)) -> Scope<'_> {
    Scope { who: &hand.who, organisation, now: hand.now }
}

/// The organisation of a credential that the caller reaches.
fn home(tx: &mut PgConnection, hand: &Hand<ManageClients>, id: Uuid) -> Outcome<(Uuid, OrganisationKind)> {
    found(api_clients::organisation_of(tx, hand.who.tenant.id, reach(hand), id))
}

type Action = fn(&mut PgConnection, &Scope<'_>, Uuid) -> Result<ApiClient, Fault<actions::Refusal>>;

async fn act(mut call: Write<ManageClients>, id: Id, action: Action) -> Result<HttpResponse, ApiError> {
    call.nothing()?;
    call.run(move |tx, hand| {
        let place = home(tx, hand, id.0)?;
        action(tx, &scope(hand, place), id.0).map_err(refused::client)?;
        Ok(Done::ok(item(tx, hand, &API_CLIENTS, id.0)?))
    })
    .await
}

/// `POST /v1/api-clients/{id}/end-older-secrets`
pub async fn end_older(call: Write<ManageClients>, id: Id) -> Result<HttpResponse, ApiError> {
    act(call, id, actions::end_older).await
}

/// `POST /v1/api-clients/{id}/revoke`
pub async fn revoke(call: Write<ManageClients>, id: Id) -> Result<HttpResponse, ApiError> {
    act(call, id, actions::revoke).await
}
