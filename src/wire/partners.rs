//! Seed 002: `/api/partners`, creating a partner record and listing them, for oneself or (with a connection and its
//! grant) for another organisation. The row belongs to the target.

use actix_web::http::StatusCode;
use actix_web::{HttpRequest, HttpResponse, web};
use diesel::pg::PgConnection;
use url::form_urlencoded;
use uuid::Uuid;

use crate::access::{Principal, ReadRecords, WriteRecords};
use crate::api::collection::{Collection, Scope};
use crate::api::door::Api;
use crate::api::find::{Bind, Condition, Field, Kind};
use crate::api::page::Page;
use crate::api::{ApiError, Body, Fault, Fields};
use crate::connections::{self, Allowance};
use crate::partner_records::actions::{self, Refusal};
use crate::partner_records::model::{self, NewRecord};
use crate::web::portal::Shared;
use crate::{db, input, secrets};

const PARTNERS: Collection = Collection {
    from: "FROM partner_records r LEFT JOIN invitations i ON i.id = r.invitation_id \
           WHERE r.tenant_id = $1 AND r.organisation_id = $2 AND r.deleted_at IS NULL",
    own: None,
    members: &[
        ("id", "r.id"),
        ("company_name", "r.company_name"),
        ("sales_amount", "r.sales_amount"),
        ("partner_type", "r.partner_type"),
        ("email", "r.email"),
        ("frequency", "r.frequency"),
        ("payment_terms", "r.payment_terms"),
        ("created_at", "to_char(r.created_at AT TIME ZONE 'UTC', 'YYYY-MM-DD\"T\"HH24:MI:SS.US\"Z\"')"),
        ("updated_at", "to_char(r.updated_at AT TIME ZONE 'UTC', 'YYYY-MM-DD\"T\"HH24:MI:SS.US\"Z\"')"),
        (
            "invitation_status",
            "CASE WHEN i.state = 'accepted' THEN 'accepted' WHEN i.state = 'pending' AND i.expires_at > $3 THEN 'invited' END",
        ),
        ("guest_organization_id", "r.guest_organisation_id"),
    ],
    fields: &[
        Field { name: "company_name", sql: "r.sort_key", kind: Kind::Text },
        Field { name: "sales_amount", sql: "r.sales_amount", kind: Kind::Number },
        Field { name: "partner_type", sql: "r.partner_type", kind: Kind::Word },
        Field { name: "email", sql: "r.email_key", kind: Kind::Text },
        Field { name: "frequency", sql: "r.frequency", kind: Kind::Text },
        Field { name: "payment_terms", sql: "r.payment_terms", kind: Kind::Text },
    ],
    sorts: &[],
    id: "r.id",
};

/// Routes of this format.
pub fn routes(config: &mut web::ServiceConfig) {
    config.service(web::resource("/partners").route(web::post().to(create)).route(web::get().to(list)));
}

/// `POST /partners`
async fn create(
    who: Api<WriteRecords>,
    portal: Shared,
    request: HttpRequest,
    body: Body,
) -> Result<HttpResponse, ApiError> {
    let target = target(&portal, &who.0, &request, Allowance::Write).await?;
    let new = read(Fields::of(body)?)?;
    let (now, actor) = (portal.clock.now(), who.0.clone());
    let (id, tenant) = (secrets::new_id(now), who.0.tenant.id);
    let work = move |tx: &mut PgConnection| {
        let scope = actions::Scope { who: &actor, organisation: target, now };
        actions::create(tx, &scope, id, &new)
    };
    portal.db.write(work).await.map_err(refused)?;
    let scope = Scope { tenant, organisation: target, host: false, now };
    let condition = PARTNERS.is(id);
    let look = move |conn: &mut PgConnection| Ok::<_, db::Fault>(PARTNERS.one(conn, scope, &condition)?);
    let made = portal.db.read(look).await?.ok_or_else(ApiError::internal)?;
    Ok(HttpResponse::Created().content_type("application/json").body(made))
}

fn read(mut fields: Fields) -> Result<NewRecord, ApiError> {
    let company_name = fields.text("company_name", input::company_name);
    let most = i64::from(i32::MAX);
    let sales_amount = fields.integer("sales_amount", (0, most), None).and_then(|amount| i32::try_from(amount).ok());
    let partner_type = fields.text("partner_type", model::partner_type);
    let email = fields.text("email", model::email);
    let frequency = fields.text("frequency", model::frequency);
    let payment_terms = fields.text("payment_terms", model::payment_terms);
    fields.done()?;
    match (company_name, partner_type, email, sales_amount, frequency, payment_terms) {
        (
            Some(company_name),
            Some(partner_type),
            Some(email),
            Some(sales_amount),
            Some(frequency),
            Some(payment_terms),
        ) => Ok(NewRecord { company_name, partner_type, email, sales_amount, frequency, payment_terms }),
        _ => Err(ApiError::internal()),
    }
}

fn refused(fault: db::Fault<Refusal>) -> ApiError {
    match fault {
        db::Fault::Refused(_) => ApiError::new(StatusCode::CONFLICT, "It was changed meanwhile."),
        db::Fault::Db(error) => error.into(),
    }
}

/// The organisation that the call is about: the caller's own, or one that is connected and allows it (S2-04 … S2-10).
/// Whether another organisation exists makes no difference to the answer.
async fn target(
    portal: &Shared,
    who: &Principal,
    request: &HttpRequest,
    allowance: Allowance,
) -> Result<Uuid, ApiError> {
    let requester = header(request, "Requester-Organization-ID")?;
    let target = header(request, "Target-Organization-ID")?;
    if requester != who.organisation.id {
        return Err(ApiError::forbidden());
    }
    if target == requester {
        return Ok(target);
    }
    let tenant = who.tenant.id;
    let ask = move |conn: &mut PgConnection| {
        Ok::<_, db::Fault>(connections::allows(conn, tenant, target, requester, allowance)?)
    };
    if portal.db.read(ask).await? { Ok(target) } else { Err(ApiError::forbidden()) }
}

fn header(request: &HttpRequest, name: &'static str) -> Result<Uuid, ApiError> {
    let mut values = request.headers().get_all(name);
    let first = values.next().and_then(|value| value.to_str().ok()).unwrap_or_default();
    let once = values.next().is_none();
    let wrong = |code, message: &str| {
        ApiError::refused(vec![Fault { place: "header", path: name.into(), code, message: message.into() }])
    };
    if first.is_empty() {
        return Err(wrong("required", "Send this header, an organisation's UUID."));
    }
    let id = Uuid::try_parse(first).ok().filter(|_| once && is_uuid(first));
    id.ok_or_else(|| wrong("not_a_uuid", "Send one UUID with hyphens."))
}

/// Thirty-two hexadecimal digits with their hyphens, in any case.
fn is_uuid(text: &str) -> bool {
    Uuid::try_parse(text).is_ok_and(|id| id.hyphenated().to_string() == text.to_ascii_lowercase())
}

/// `GET /partners`, as the system's public documentation describes it: `{items, total_items}`.
async fn list(who: Api<ReadRecords>, portal: Shared, request: HttpRequest) -> Result<HttpResponse, ApiError> {
    let organisation = target(&portal, &who.0, &request, Allowance::Read).await?;
    let asked = Asked::read(&request)?;
    let scope = Scope { organisation, host: false, ..Scope::of(&who.0, portal.clock.now()) };
    let totals = portal.db.totals();
    let look = move |conn: &mut PgConnection| {
        let page = (&asked.page, asked.order.as_str());
        Ok::<_, db::Fault>(PARTNERS.list((conn, &totals), scope, page, Some(&asked.condition))?)
    };
    let listed = portal.db.read(look).await?;
    let body = format!("{{\"items\":[{}],\"total_items\":{}}}", listed.items.join(","), listed.total);
    Ok(HttpResponse::Ok().content_type("application/json").body(body))
}

/// What the address of a list asks for.
struct Asked {
    page: Page,
    order: String,
    condition: Condition,
}

/// Parameters that may come several times, with or without brackets.
const MANY: [&str; 3] = ["partner_types", "partner_ids", "invitation_statuses"];
const ONCE: [&str; 6] = ["search_field", "search_text", "order_by", "order_dir", "limit", "offset"];

impl Asked {
    fn read(request: &HttpRequest) -> Result<Self, ApiError> {
        let mut many: Vec<(String, String)> = Vec::new();
        let mut once: Vec<(String, String)> = Vec::new();
        for (name, value) in form_urlencoded::parse(request.query_string().as_bytes()) {
            let bare = name.trim_end_matches("[]").to_owned();
            if MANY.contains(&bare.as_str()) {
                many.push((bare, value.into_owned()));
            } else if ONCE.contains(&name.as_ref()) && !once.iter().any(|(known, _)| *known == name) {
                once.push((name.into_owned(), value.into_owned()));
            } else {
                return Err(wrong(&name, "unknown", "This parameter is not known here, or came twice."));
            }
        }
        let of = |name: &str| once.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str());
        let limit =
            number(of("limit"), "limit", (1, 1_000))?.ok_or_else(|| wrong("limit", "required", "Send a limit."))?;
        let offset = number(of("offset"), "offset", (0, 100_000))?.unwrap_or(0);
        Ok(Self {
            page: Page { offset, size: limit, sort: None, descending: descending(of("order_dir"))? },
            order: order(of("order_by"))?,
            condition: condition(&many, (of("search_field"), of("search_text")))?,
        })
    }
}

fn number(text: Option<&str>, name: &str, (least, most): (i64, i64)) -> Result<Option<i64>, ApiError> {
    let Some(text) = text else { return Ok(None) };
    let digits = !text.is_empty() && text.chars().all(|c| c.is_ascii_digit());
    let number = text.parse().ok().filter(|number| digits && (least..=most).contains(number));
    number.map(Some).ok_or_else(|| wrong(name, "out_of_range", &format!("Send a whole number from {least} to {most}.")))
}

fn descending(text: Option<&str>) -> Result<bool, ApiError> {
    match text {
        None | Some("asc") => Ok(false),
        Some("desc") => Ok(true),
        Some(_) => Err(wrong("order_dir", "not_a_choice", "Send asc or desc.")),
    }
}

fn order(text: Option<&str>) -> Result<String, ApiError> {
    let wanted = text.unwrap_or("company_name");
    let known = PARTNERS.fields.iter().find(|field| field.name == wanted);
    known
        .map(|field| field.sql.to_owned())
        .ok_or_else(|| wrong("order_by", "not_a_choice", "This cannot be sorted by."))
}

fn condition(many: &[(String, String)], search: (Option<&str>, Option<&str>)) -> Result<Condition, ApiError> {
    let all = |name: &str| -> Vec<String> {
        many.iter().filter(|(known, _)| known == name).map(|(_, value)| value.clone()).collect()
    };
    let types = all("partner_types");
    if types.is_empty() || !types.iter().all(|word| model::PartnerType::parse(word).is_some()) {
        return Err(wrong("partner_types", "required", "Send one or more of customer, supplier."));
    }
    let mut binds = vec![Bind::Texts(types)];
    let mut sql = "r.partner_type = ANY($4)".to_owned();
    let mut add = |bind: Bind, make: &dyn Fn(usize) -> String| {
        binds.push(bind);
        sql = format!("{sql} AND {}", make(binds.len() + 3));
    };
    let ids = all("partner_ids");
    if !ids.iter().all(|id| is_uuid(id)) {
        return Err(wrong("partner_ids", "not_a_uuid", "Send UUIDs with hyphens."));
    }
    if !ids.is_empty() {
        add(Bind::Texts(ids), &|at| format!("r.id = ANY(${at}::text[]::uuid[])"));
    }
    let statuses = all("invitation_statuses");
    if !statuses.iter().all(|status| ["invited", "accepted"].contains(&status.as_str())) {
        return Err(wrong("invitation_statuses", "not_a_choice", "Send one or more of invited, accepted."));
    }
    if !statuses.is_empty() {
        add(Bind::Texts(statuses), &|at| {
            format!(
                "(CASE WHEN i.state = 'accepted' THEN 'accepted' WHEN i.state = 'pending' AND i.expires_at > $3 THEN \
                 'invited' END) = ANY(${at})"
            )
        });
    }
    if let Some((column, text)) = searched(search)? {
        add(Bind::Text(text), &|at| format!("position(lower(${at}) IN lower({column})) > 0"));
    }
    Ok(Condition { sql, binds })
}

/// The column that is searched, and what for.
fn searched((field, text): (Option<&str>, Option<&str>)) -> Result<Option<(&'static str, String)>, ApiError> {
    let column = match field {
        None | Some("company_name") => "r.company_name",
        Some("email") => "r.email",
        Some(_) => return Err(wrong("search_field", "not_a_choice", "Send company_name or email.")),
    };
    match text {
        Some(text) if text.is_empty() || text.chars().count() > 255 || text.contains('\0') => {
            Err(wrong("search_text", "too_long", "Send 1 to 255 characters."))
        }
        text => Ok(text.map(|text| (column, text.to_owned()))),
    }
}

fn wrong(name: &str, code: &'static str, message: &str) -> ApiError {
    let path: String = name.chars().filter(|c| !c.is_control()).take(60).collect();
    ApiError::refused(vec![Fault { place: "query", path, code, message: message.into() }])
}
