//! Seed 004's collection with the writes that the seed leaves to a page: partner invitations of the caller's own
//! organisation, by their numbers. The same actions as `invitations.rs`; other names and shapes.

use actix_web::{HttpRequest, HttpResponse};
use diesel::pg::PgConnection;
use uuid::Uuid;

use super::invitations::{Action, Sent, change, how, scope, send};
use super::{found, members, refused};
use crate::access::WriteInvitations;
use crate::api::ApiError;
use crate::api::repeat::Done;
use crate::api::write::{Hand, Outcome, Write, ring};
use crate::invitations::{self, Kind, actions, rules};
use crate::web::path;

/// `POST /v1/partner-invitations`
pub async fn create(mut call: Write<WriteInvitations>) -> Result<HttpResponse, ApiError> {
    let mut fields = call.fields()?;
    let email = fields.text("toUserEmail", rules::email);
    let company = fields.text("toAccountName", rules::company);
    let record = members::id(&mut fields, "partnerId");
    let how = how(&mut fields);
    fields.done_strictly()?;
    let (Some(email), Some(company), Some((language, lifetime_days, reminder))) = (email, company, how) else {
        return Err(ApiError::internal());
    };
    let (kind, role) = (Kind::Partner, String::new());
    send(call, None, Sent { email, kind, role, company, record, language, lifetime_days, reminder }, shown).await
}

/// The item as the seed has it.
fn shown(tx: &mut PgConnection, hand: &Hand<WriteInvitations>, id: Uuid) -> Outcome<String> {
    super::item_by(tx, hand, &crate::wire::INVITATIONS, "i.id", id)
}

/// The invitation of the caller's own organisation with the number in the address.
fn numbered(tx: &mut PgConnection, hand: &Hand<WriteInvitations>, number: i64) -> Outcome<Uuid> {
    let of = (hand.who.tenant.id, hand.who.organisation.id);
    found(invitations::by_number(tx, of, Kind::Partner, number))
}

fn number(request: &HttpRequest) -> Result<i64, ApiError> {
    let text = path::word(request, "number").map_err(|_| ApiError::not_found())?;
    text.parse().ok().filter(|number: &i64| number.to_string() == text).ok_or_else(ApiError::not_found)
}

/// `PATCH /v1/partner-invitations/{number}`
pub async fn update(mut call: Write<WriteInvitations>, request: HttpRequest) -> Result<HttpResponse, ApiError> {
    let number = number(&request)?;
    let mut fields = call.fields()?;
    let email = members::sent(&mut fields, "toUserEmail", rules::email);
    let reminder = if fields.has("reminder") { fields.boolean("reminder") } else { None };
    fields.done_strictly()?;
    let portal = call.portal.clone();
    let answer = call
        .run(move |tx, hand| {
            let id = numbered(tx, hand, number)?;
            let scope = scope(hand, hand.who.organisation.id);
            change(tx, &scope, id, (email.as_ref(), reminder)).map_err(refused::invitation)?;
            Ok(Done::ok(shown(tx, hand, id)?))
        })
        .await?;
    ring(&portal, &answer);
    Ok(answer)
}

async fn act(
    mut call: Write<WriteInvitations>,
    request: &HttpRequest,
    action: Action,
) -> Result<HttpResponse, ApiError> {
    let number = number(request)?;
    call.nothing()?;
    let portal = call.portal.clone();
    let answer = call
        .run(move |tx, hand| {
            let id = numbered(tx, hand, number)?;
            action(tx, &scope(hand, hand.who.organisation.id), id).map_err(refused::invitation)?;
            Ok(Done::ok(shown(tx, hand, id)?))
        })
        .await?;
    ring(&portal, &answer);
    Ok(answer)
}

/// `POST /v1/partner-invitations/{number}/resend`
pub async fn resend(call: Write<WriteInvitations>, request: HttpRequest) -> Result<HttpResponse, ApiError> {
    act(call, &request, actions::resend).await
}

/// `POST /v1/partner-invitations/{number}/revoke`
pub async fn revoke(call: Write<WriteInvitations>, request: HttpRequest) -> Result<HttpResponse, ApiError> {
    act(call, &request, actions::revoke).await
}
