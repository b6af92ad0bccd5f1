//! Many invitations at once: a list is judged row by row as the page judges it; with `dry_run` that is all.

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use diesel::pg::PgConnection;
use serde_json::{Value, json};
use uuid::Uuid;

use super::super::collections::BATCHES;
use super::invitations::{how, scope};
use super::{found, item, joined, members, place, reach, refused};
use crate::access::{OrganisationKind, WriteInvitations};
use crate::api::repeat::Done;
use crate::api::write::{Hand, Outcome, Write, ring};
use crate::api::{ApiError, Fault as FieldFault, Fields};
use crate::db::Fault;
use crate::input::{Problems, shown};
use crate::invitations::batches::{self, Unsent};
use crate::invitations::bulk::{Class, Order, Row, Standpoint};
use crate::invitations::sheet::{Entry, Sheet};
use crate::invitations::{self, rules};
use crate::secrets;
use crate::web::Id;
use crate::words::Language;

/// What a body asks for, before it is known what kind of organisation invites.
struct Sent {
    organisation: Option<Uuid>,
    sheet: Sheet,
    role: String,
    how: (Language, i16, bool),
    typos: bool,
}

impl Sent {
    fn order(&self, hand: &Hand<WriteInvitations>, kind: OrganisationKind) -> Outcome<Order> {
        let role = rules::role_to_give(&self.role, kind, hand.who.user.role)
            .map_err(|problem| Fault::Refused(refused::fields(&Problems::one("role", problem))))?;
        let (language, lifetime_days, reminder) = self.how;
        let Sheet { header, entries } = self.sheet.clone();
        Ok(Order { header, entries, role, language, lifetime_days, reminder, typos: self.typos })
    }
}

/// `POST /v1/invitation-batches`
pub async fn create(mut call: Write<WriteInvitations>) -> Result<HttpResponse, ApiError> {
    let mut fields = call.fields()?;
    let dry_run = members::flag(&mut fields, "dry_run", false);
    let organisation = members::id(&mut fields, "organisationId");
    let sheet = sheet(&mut fields);
    let role = members::sent(&mut fields, "role", |raw| Ok(raw.to_owned())).unwrap_or_default();
    let typos = members::flag(&mut fields, "includeTypos", false);
    let how = how(&mut fields);
    fields.done_strictly()?;
    let (Some(sheet), Some(how)) = (sheet, how) else { return Err(ApiError::internal()) };
    let sent = Sent { organisation, sheet, role, how, typos };
    if dry_run {
        return call.look(move |conn, hand| judge(conn, hand, &sent)).await;
    }
    let (portal, id) = (call.portal.clone(), secrets::new_id(call.now));
    let answer = call.run(move |tx, hand| send(tx, hand, id, &sent)).await?;
    ring(&portal, &answer);
    Ok(answer)
}

/// `list` as it is pasted or kept in a CSV file, or `rows` of objects: one of the two.
fn sheet(fields: &mut Fields) -> Option<Sheet> {
    match (fields.has("list"), fields.raw("rows")) {
        (true, None) => fields.text("list", rules::list),
        (false, Some(Value::Array(rows))) => {
            let entries: Vec<Entry> =
                rows.into_iter().enumerate().filter_map(|(at, row)| entry(fields, at, row)).collect();
            match rules::number_of_rows(entries.len()) {
                Ok(()) => Some(Sheet { header: None, entries }),
                Err(problem) => {
                    fields.fault("rows", problem.code(), problem.words());
                    None
                }
            }
        }
        (false, Some(_)) => {
            fields.fault("rows", "not_a_list", "Send a list of objects with an email each.");
            None
        }
        (true, Some(_)) => {
            drop(fields.raw("list"));
            fields.fault("rows", "not_allowed", "Send list or rows, not both.");
            None
        }
        (false, None) => {
            fields.fault("rows", "required", "Send rows, or a list as text.");
            None
        }
    }
}

/// A row: the address, and a role and a language if they differ from the rest.
fn entry(fields: &mut Fields, at: usize, row: Value) -> Option<Entry> {
    let Value::Object(mut members) = row else {
        fields.fault(&format!("rows[{at}]"), "not_an_object", "Send an object with an email.");
        return None;
    };
    let mut text = |name: &str| match members.remove(name) {
        None | Some(Value::Null) => String::new(),
        Some(Value::String(text)) => text.trim().to_owned(),
        Some(_) => {
            fields.fault(&format!("rows[{at}].{name}"), "not_a_string", "Send a string.");
            String::new()
        }
    };
    let (address, role, language) = (text("email"), text("role"), text("language"));
    if let Some(name) = members.keys().next() {
        let name: String = name.chars().take(60).collect();
        fields.fault(&format!("rows[{at}].{name}"), "unknown", "This field is not known here.");
    }
    Some(Entry { source: address.clone(), address, role, language })
}

/// What would happen.
fn judge(conn: &mut PgConnection, hand: &Hand<WriteInvitations>, sent: &Sent) -> Outcome<Done> {
    let (organisation, kind) = place(conn, hand, sent.organisation)?;
    let order = sent.order(hand, kind)?;
    let by = Standpoint::of(&hand.who, organisation, kind, hand.now);
    let judged = batches::check(conn, &hand.who, &order, &by)?;
    let number = judged.iter().filter(|row| row.invitation(&order).is_some()).count();
    let rows = rows(hand, kind, &order, &judged);
    let body = json!({ "object": "invitation_batch_check", "dry_run": true, "wouldInvite": number, "rows": rows });
    Ok(Done::ok(body.to_string()))
}

fn send(tx: &mut PgConnection, hand: &Hand<WriteInvitations>, id: Uuid, sent: &Sent) -> Outcome<Done> {
    let (organisation, kind) = place(tx, hand, sent.organisation)?;
    let order = sent.order(hand, kind)?;
    let done = batches::send(tx, &scope(hand, organisation), id, &order)
        .map_err(|fault| fault.map_refusal(|unsent| unsent_because(hand, kind, unsent)))?;
    let rows = rows(hand, kind, &order, &done.rows);
    let rest = json!({ "invited": done.number, "lastMailAt": done.last_due, "rows": rows }).to_string();
    Ok(Done::created(joined(&item(tx, hand, &BATCHES, id)?, &rest)))
}

fn unsent_because(hand: &Hand<WriteInvitations>, kind: OrganisationKind, unsent: Unsent) -> ApiError {
    match unsent {
        Unsent::Refused(refusal) => refused::of_invitation(refusal),
        Unsent::Nothing(rows) | Unsent::Used(rows) => {
            let fault = |row: &Row| FieldFault {
                place: "body",
                path: format!("rows[{}]", row.number - 1),
                code: row.class.code(),
                message: row.class.sentence(hand.who.user.role, kind),
            };
            let message = "No row of this list can be sent. The reasons are beside them.";
            let faults = rows.iter().map(fault).collect();
            ApiError { faults, ..ApiError::new(StatusCode::CONFLICT, message) }
        }
    }
}

/// Every row with its class, in the order of the list.
fn rows(hand: &Hand<WriteInvitations>, kind: OrganisationKind, order: &Order, judged: &[Row]) -> Vec<Value> {
    let one = |row: &Row| {
        let typed = || shown(&row.entry.address);
        json!({
            "row": row.number,
            "email": row.email.as_ref().map_or_else(typed, |email| email.as_typed().to_owned()),
            "role": row.role.map(crate::access::Role::as_str),
            "language": row.language.map(Language::as_str),
            "class": row.class.code(),
            "invites": row.invitation(order).is_some(),
            "message": row.class.sentence(hand.who.user.role, kind),
            "meant": if let Class::Typo(meant) = &row.class { Some(meant) } else { None },
            "invitationId": if let Class::Waiting(id) = row.class { Some(id) } else { None },
        })
    };
    judged.iter().map(one).collect()
}

/// `POST /v1/invitation-batches/{id}/undo`
pub async fn undo(mut call: Write<WriteInvitations>, id: Id) -> Result<HttpResponse, ApiError> {
    call.nothing()?;
    call.run(move |tx, hand| {
        let organisation = found(invitations::organisation_of_batch(tx, hand.who.tenant.id, reach(hand), id.0))?;
        let undone = batches::undo(tx, &scope(hand, organisation), id.0).map_err(refused::invitation)?;
        let rest = json!({ "revoked": undone.revoked, "accepted": undone.accepted }).to_string();
        Ok(Done::ok(joined(&item(tx, hand, &BATCHES, id.0)?, &rest)))
    })
    .await
}
