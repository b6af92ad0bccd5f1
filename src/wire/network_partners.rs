//! Seed 003: `/api/network/partners`. Paths, names of fields and shapes; nothing is decided here.
//!
//! The seed has the creation only; list, one and update follow its siblings. An update changes the fields that are sent;
//! a parent is chosen once, at creation.

use std::future::Future;
use std::pin::Pin;

use actix_web::dev::Payload;
use actix_web::{FromRequest, HttpRequest, HttpResponse, web};
use diesel::pg::PgConnection;
use serde_json::{Value, json};
use uuid::Uuid;

use super::outcome::{done, refused};
use crate::access::{Actor, Permission, WritePartners};
use crate::api::door::Api;
use crate::api::edits::Edits;
use crate::api::page::{Parameters, offset};
use crate::api::{ApiError, Body, Fault as FieldFault, Fields};
use crate::db::{Fault, Whose};
use crate::input;
use crate::organisations::{self, Details, Organisation, model};
use crate::settings;
use crate::web::path::Id;
use crate::web::portal::Shared;

const TENANT: &str = "X-Servitly-Tenant";
/// A page's standard and greatest length.
const STANDARD: i64 = 20;
const LARGEST: i64 = 1_000;
const MOST_CUSTOMERS: i64 = i32::MAX as i64;

/// Routes of this format.
pub fn routes(config: &mut web::ServiceConfig) {
    config
        .service(web::resource("/network/partners").route(web::get().to(list)).route(web::post().to(create)))
        .service(web::resource("/network/partners/{id}").route(web::get().to(show)).route(web::put().to(update)));
}

/// A caller who may read and write partners, in the tenant that the header names.
struct Member(Actor<WritePartners>);

impl FromRequest for Member {
    type Error = ApiError;
    type Future = Pin<Box<dyn Future<Output = Result<Self, ApiError>>>>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let request = request.clone();
        let writer = Api::<WritePartners>::from_request(&request, payload);
        Box::pin(async move {
            let slug = tenant(&request)?;
            let who = writer.await?.0;
            if !who.may(Permission::ReadPartner) {
                return Err(ApiError::forbidden());
            }
            if slug == who.tenant.slug {
                return Ok(Self(who));
            }
            let portal = request.app_data::<Shared>().cloned().ok_or_else(ApiError::internal)?;
            let look = move |conn: &mut PgConnection| Ok::<_, Fault>(settings::is_tenant(conn, &slug)?);
            let known = portal.db.read(look).await?;
            Err(if known { ApiError::forbidden() } else { ApiError::not_found() })
        })
    }
}

/// The header's one value.
fn tenant(request: &HttpRequest) -> Result<String, ApiError> {
    let mut all = request.headers().get_all(TENANT);
    let slug = all.next().and_then(|value| value.to_str().ok()).filter(|slug| !slug.is_empty());
    match (slug, all.next()) {
        (Some(slug), None) => Ok(slug.to_owned()),
        _ => Err(ApiError::malformed(FieldFault {
            place: "header",
            path: TENANT.into(),
            code: "required",
            message: "Send the tenant's name once.".into(),
        })),
    }
}

async fn list(request: HttpRequest, who: Member, portal: Shared) -> Result<HttpResponse, ApiError> {
    let parameters = Parameters::read(&request, &["page", "size"])?;
    let page = parameters.number("page", 0, (0, i64::from(i32::MAX)))?;
    let size = parameters.number("size", STANDARD, (1, LARGEST))?;
    let (tenant, host) = (who.0.tenant.id, who.0.organisation.id);
    offset(page, size)?;
    let (now, totals) = (portal.clock.now(), portal.db.totals());
    let read = move |conn: &mut PgConnection| {
        let rows = organisations::numbered(conn, tenant, (page, size))?;
        let whose = Whose::of((tenant, tenant), &["partners"]);
        Ok::<_, Fault>((rows, totals.remembered(conn, whose, now, |conn| organisations::number(conn, tenant))?))
    };
    let (rows, total) = portal.db.read(read).await?;
    let pages = (total + size - 1) / size;
    Ok(HttpResponse::Ok().json(json!({
        "content": rows.iter().map(|row| partner(row, host)).collect::<Vec<_>>(),
        "first": page == 0,
        "last": page + 1 >= pages,
        "totalPages": pages,
        "totalElements": total,
        "numberOfElements": rows.len(),
        "size": size,
        "number": page,
    })))
}

async fn show(request: HttpRequest, who: Member, id: Id, portal: Shared) -> Result<HttpResponse, ApiError> {
    Parameters::read(&request, &[])?;
    let (tenant, host) = (who.0.tenant.id, who.0.organisation.id);
    let read = move |conn: &mut PgConnection| Ok::<_, Fault>(organisations::find_in(conn, tenant, id.0)?);
    let found = portal.db.read(read).await?;
    if found.is_deleted() { Err(ApiError::not_found()) } else { Ok(HttpResponse::Ok().json(partner(&found, host))) }
}

async fn create(who: Member, portal: Shared, body: Body) -> Result<HttpResponse, ApiError> {
    let (sent, who, now) = (Sent::read(body, true)?, who.0, portal.clock.now());
    let host = who.organisation.id;
    let parent = sent.parent.unwrap_or(host);
    let (id, new) = (organisations::actions::new_id(now), sent.edits.whole());
    let work = move |tx: &mut PgConnection| {
        organisations::actions::create_below(tx, &who, now, (id, parent), &new).map_err(refused)?;
        Ok(organisations::find_in(tx, who.tenant.id, id)?)
    };
    Ok(HttpResponse::Created().json(partner(&done(portal.db.write(work).await)?, host)))
}

async fn update(who: Member, id: Id, portal: Shared, body: Body) -> Result<HttpResponse, ApiError> {
    let (sent, who, now) = (Sent::read(body, false)?, who.0, portal.clock.now());
    let host = who.organisation.id;
    let work = move |tx: &mut PgConnection| {
        let change = |details: &mut Details| sent.edits.make(details);
        organisations::actions::update(tx, &who, now, (id.0, None), change).map_err(refused)?;
        let saved = organisations::find_in(tx, who.tenant.id, id.0)?;
        match sent.parent {
            Some(parent) if saved.parent_id.unwrap_or(host) != parent => Err(Fault::Refused(settled_parent())),
            _ => Ok(saved),
        }
    };
    Ok(HttpResponse::Ok().json(partner(&done(portal.db.write(work).await)?, host)))
}

fn settled_parent() -> ApiError {
    ApiError::malformed(FieldFault {
        place: "body",
        path: "organization.id".into(),
        code: "not_allowed",
        message: "A partner's parent is chosen when the partner is created.".into(),
    })
}

/// A body: what it changes, and the parent that it names.
struct Sent {
    edits: Edits,
    parent: Option<Uuid>,
}

impl Sent {
    /// The fields of a partner; `whole` asks for those that a new one must have. Null is as good as nothing.
    fn read(body: Body, whole: bool) -> Result<Self, ApiError> {
        let mut body = body;
        if let Value::Object(members) = &mut body.0 {
            members.retain(|_, value| !value.is_null());
        }
        let (mut fields, mut edits) = (Fields::of(body)?, Edits::default());
        let parent = parent(&mut fields)?;
        if whole || fields.has("name") {
            edits.note(fields.text("name", input::organisation_name), |details, name| details.name = name);
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
        fields.done()?;
        Ok(Self { edits, parent })
    }
}

/// The id of `organization`; one that cannot be an id is an id of nothing.
fn parent(fields: &mut Fields) -> Result<Option<Uuid>, ApiError> {
    match fields.raw("organization") {
        None => Ok(None),
        Some(Value::Object(members)) => match members.get("id") {
            None | Some(Value::Null) => Ok(None),
            Some(Value::String(id)) => {
                let parsed = Uuid::try_parse(id).ok().filter(|parsed| parsed.hyphenated().to_string() == *id);
                parsed.map(Some).ok_or_else(ApiError::not_found)
            }
            Some(_) => {
                fields.fault("organization.id", "not_a_string", "Send a string.");
                Ok(None)
            }
        },
        Some(_) => {
            fields.fault("organization", "not_an_object", "Send an object with the parent's id.");
            Ok(None)
        }
    }
}

/// `host` is the parent of whatever names none.
fn partner(organisation: &Organisation, host: Uuid) -> Value {
    json!({
        "id": organisation.id,
        "name": organisation.name,
        "code": organisation.code,
        "country": organisation.country,
        "timezone": organisation.time_zone,
        "customerCount": organisation.customer_count,
        "properties": organisation.properties,
        "organization": { "id": organisation.parent_id.unwrap_or(host) },
        "creationTimestamp": organisation.created_at.timestamp_millis(),
    })
}
