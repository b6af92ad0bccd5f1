//! Seed 000: `/api/partner-organisation` and its siblings. Paths, names of fields and shapes; nothing is decided here.
//!
//! Only credentials of the tenant's own organisation get in: a partner's people are managed by the partner on pages.

use actix_web::{HttpRequest, HttpResponse, web};
use diesel::pg::PgConnection;
use serde_json::{Value, json};
use uuid::Uuid;

use super::outcome::{done, not_for_users, refused};
use crate::access::{Actor, EmailAddress, ReadPartners, WritePartners, WriteUsers};
use crate::api::door::Api;
use crate::api::edits::Edits;
use crate::api::page::{Parameters, wrong};
use crate::api::{ApiError, Body, Fields};
use crate::db::Fault;
use crate::db::page::Cursor;
use crate::input::{self, Problem};
use crate::organisations::{self, Details, InvoiceOwner, Organisation, model};
use crate::secrets;
use crate::users::{self, UserRow};
use crate::web::path::{Id, UserId};
use crate::web::portal::{Portal, Shared};

const STANDARD: i64 = 20;
const BOUNDS: (i64, i64) = (1, 1_000);
const SERVICE: &str = "limio";

/// Routes of this format.
pub fn routes(config: &mut web::ServiceConfig) {
    config
        .service(web::resource("/partner-organisations").route(web::get().to(list)))
        .service(web::resource("/partner-organisation").route(web::post().to(create)))
        .service(
            web::resource("/partner-organisation/{id}")
                .route(web::post().to(create_user))
                .route(web::put().to(update))
                .route(web::patch().to(update))
                .route(web::delete().to(delete)),
        )
        .service(web::resource("/partner-organisation/{id}/users").route(web::get().to(list_users)))
        .service(web::resource("/partner-organisation/{id}/users/{user}").route(web::delete().to(delete_user)));
}

async fn list(request: HttpRequest, who: Api<ReadPartners>, portal: Shared) -> Result<HttpResponse, ApiError> {
    let purpose = purpose(&request, &who.0);
    let Page { size, from } = Page::of(&request, &portal, &purpose)?;
    let tenant = who.0.tenant.id;
    let read = move |conn: &mut PgConnection| Ok::<_, Fault>(organisations::walk(conn, tenant, from.as_ref(), size)?);
    let page = portal.db.read(read).await?;
    Ok(items(&page.rows.iter().map(organisation).collect::<Vec<_>>(), more(&portal, &purpose, size, page.after)))
}

async fn create(who: Api<WritePartners>, portal: Shared, body: Body) -> Result<HttpResponse, ApiError> {
    let (edits, who, now) = (edits(body, true)?, who.0, portal.clock.now());
    let (id, new) = (organisations::actions::new_id(now), edits.whole());
    let work = move |tx: &mut PgConnection| {
        organisations::actions::create(tx, &who, now, id, &new).map_err(refused)?;
        Ok(organisations::find_in(tx, who.tenant.id, id)?)
    };
    Ok(HttpResponse::Ok().json(organisation(&done(portal.db.write(work).await)?)))
}

async fn update(who: Api<WritePartners>, id: Id, portal: Shared, body: Body) -> Result<HttpResponse, ApiError> {
    let (edits, who, now) = (edits(body, false)?, who.0, portal.clock.now());
    let work = move |tx: &mut PgConnection| {
        let change = |details: &mut Details| edits.make(details);
        organisations::actions::update(tx, &who, now, (id.0, None), change).map_err(refused)?;
        Ok(organisations::find_in(tx, who.tenant.id, id.0)?)
    };
    Ok(HttpResponse::Ok().json(organisation(&done(portal.db.write(work).await)?)))
}

async fn delete(who: Api<WritePartners>, id: Id, portal: Shared) -> Result<HttpResponse, ApiError> {
    let (who, now) = (who.0, portal.clock.now());
    let work =
        move |tx: &mut PgConnection| organisations::actions::delete(tx, &who, now, id.0).map_err(refused).map(drop);
    done(portal.db.write(work).await)?;
    Ok(HttpResponse::Ok().json(json!({ "success": true })))
}

async fn list_users(
    request: HttpRequest,
    who: Api<ReadPartners>,
    id: Id,
    portal: Shared,
) -> Result<HttpResponse, ApiError> {
    let purpose = purpose(&request, &who.0);
    let Page { size, from } = Page::of(&request, &portal, &purpose)?;
    let tenant = who.0.tenant.id;
    let read = move |conn: &mut PgConnection| {
        reach(conn, tenant, id.0)?;
        Ok(users::list(conn, id.0, from.as_ref(), size)?)
    };
    let page = done(portal.db.read(read).await)?;
    let people: Vec<Value> = page.rows.iter().map(|row| user(id.0, row)).collect();
    Ok(items(&people, more(&portal, &purpose, size, page.after)))
}

async fn create_user(who: Api<WriteUsers>, id: Id, portal: Shared, body: Body) -> Result<HttpResponse, ApiError> {
    let (who, now) = (staff(who.0)?, portal.clock.now());
    let mut fields = Fields::of(body)?;
    let email = fields.text("email", |text| EmailAddress::parse(text).map_err(|_| Problem::NotAnEmail));
    fields.done()?;
    let (email, new) = (email.ok_or_else(ApiError::internal)?, secrets::new_id(now));
    let work = move |tx: &mut PgConnection| {
        reach(tx, who.tenant.id, id.0)?;
        let scope = users::actions::Scope { who: &who, organisation: id.0, now };
        users::actions::create_by_address(tx, &scope, new, &email).map_err(not_for_users)?;
        Ok(users::find_row(tx, id.0, new)?)
    };
    Ok(HttpResponse::Ok().json(user(id.0, &done(portal.db.write(work).await)?)))
}

async fn delete_user(who: Api<WriteUsers>, id: Id, person: UserId, portal: Shared) -> Result<HttpResponse, ApiError> {
    let (who, now) = (staff(who.0)?, portal.clock.now());
    let work = move |tx: &mut PgConnection| {
        reach(tx, who.tenant.id, id.0)?;
        let scope = users::actions::Scope { who: &who, organisation: id.0, now };
        users::actions::remove(tx, &scope, person.0).map_err(not_for_users).map(drop)
    };
    done(portal.db.write(work).await)?;
    Ok(HttpResponse::Ok().json(json!({ "success": true })))
}

/// The fields of an organisation; `whole` asks for those that a new one must have.
fn edits(body: Body, whole: bool) -> Result<Edits, ApiError> {
    let (mut fields, mut edits) = (Fields::of(body)?, Edits::default());
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
    if fields.has("salesforceAccountId") {
        let id = fields.optional_text("salesforceAccountId", input::optional);
        edits.note(id, |details, id| details.salesforce_account_id = id);
    }
    if fields.has("logo") {
        edits.note(fields.optional_text("logo", input::https_url), |details, logo| details.logo_url = logo);
    }
    fields.done()?;
    Ok(edits)
}

fn organisation(organisation: &Organisation) -> Value {
    json!({
        "id": organisation.id,
        "name": organisation.name,
        "data": {
            "zuoraAccountId": organisation.zuora_account_id,
            "isZuoraInvoiceOwner": organisation.invoice_owner.map(|owner| owner == InvoiceOwner::Partner),
            "salesforceAccountId": organisation.salesforce_account_id,
            "logo": organisation.logo_url,
        },
        "record_type": "partner_org",
        "service": SERVICE,
        "created": organisation.created_at,
        "modified": organisation.updated_at,
    })
}

/// A user's name is their address in this format, whatever they are called.
fn user(organisation: Uuid, row: &UserRow) -> Value {
    json!({
        "id": row.id,
        "name": row.email,
        "data": {},
        "partner_org": organisation,
        "record_type": "partner_user",
        "service": SERVICE,
        "created": row.created_at,
        "modified": row.updated_at,
    })
}

fn items(items: &[Value], more: Option<String>) -> HttpResponse {
    let mut body = json!({ "items": items });
    if let Some(more) = more {
        body["queryMore"] = more.into();
    }
    HttpResponse::Ok().json(body)
}

/// Where a page begins and how long it is.
struct Page {
    size: usize,
    from: Option<Cursor>,
}

impl Page {
    /// Reads `limit` and `queryMore`. A token keeps the limit that it was made with, so `limit` need not be sent again;
    /// another one is refused.
    fn of(request: &HttpRequest, portal: &Portal, purpose: &str) -> Result<Self, ApiError> {
        let parameters = Parameters::read(request, &["limit", "queryMore"])?;
        let limit = parameters.number("limit", STANDARD, BOUNDS)?;
        let asked = usize::try_from(limit).unwrap_or(20);
        let Some(token) = parameters.get("queryMore") else { return Ok(Self { size: asked, from: None }) };
        opened(portal, purpose, token)
            .filter(|page| parameters.get("limit").is_none() || page.size == asked)
            .ok_or_else(|| wrong("queryMore", "not_a_token", "Send a queryMore of this list, with the same limit."))
    }
}

fn opened(portal: &Portal, purpose: &str, token: &str) -> Option<Page> {
    let text = String::from_utf8(portal.key.open(purpose, token)?).ok()?;
    let (size, cursor) = text.split_once(' ')?;
    Some(Page { size: size.parse().ok()?, from: Some(Cursor::decode(cursor)?) })
}

fn more(portal: &Portal, purpose: &str, size: usize, after: Option<Cursor>) -> Option<String> {
    after.map(|cursor| portal.key.seal(purpose, format!("{size} {}", cursor.encode()).as_bytes()))
}

/// What a token is good for: this list, asked for by this credential.
fn purpose<G>(request: &HttpRequest, who: &Actor<G>) -> String {
    let client = who.client.as_ref().map(|client| client.id).unwrap_or_default();
    format!("queryMore {client} {}", request.path())
}

/// The users of partners are staff's to write here.
fn staff(who: Actor<WriteUsers>) -> Result<Actor<WriteUsers>, ApiError> {
    if who.is_staff() { Ok(who) } else { Err(ApiError::forbidden()) }
}

/// A partner of the tenant that is not in the bin.
fn reach(conn: &mut PgConnection, tenant: Uuid, id: Uuid) -> Result<(), Fault<ApiError>> {
    let organisation = organisations::find_in(conn, tenant, id)?;
    if organisation.is_deleted() { Err(Fault::Refused(ApiError::not_found())) } else { Ok(()) }
}
