//! What the portal's own stack can do at most: three pages that look up the session and render rows, without
//! permissions, forms, navigation or a log. `benches/run --ceiling` measures the portal against it.

use actix_web::error::{ErrorInternalServerError, ErrorNotFound, ErrorUnauthorized};
use actix_web::web::{self, Data, Html, Path};
use actix_web::{App, HttpRequest, HttpServer, Result};
use askama::Template;
use chrono::{DateTime, Utc};
use diesel::pg::PgConnection;
use diesel::prelude::*;
use diesel::r2d2::ConnectionManager;
use sha2::{Digest as _, Sha256};
use uuid::Uuid;

#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

diesel::table! { tenants (id) { id -> Uuid, name -> Text, } }
diesel::table! { sessions (id) { id -> Uuid, key_hash -> Bytea, user_id -> Uuid, ended_at -> Nullable<Timestamptz>, } }
diesel::table! {
    users (id) {
        id -> Uuid, tenant_id -> Uuid, organisation_id -> Uuid, name -> Text, email -> Text, role -> Text,
        removed_at -> Nullable<Timestamptz>,
    }
}
diesel::table! {
    organisations (id) {
        id -> Uuid, tenant_id -> Uuid, kind -> Text, name -> Text, code -> Nullable<Text>, logo_url -> Nullable<Text>,
        zuora_account_id -> Nullable<Text>, salesforce_account_id -> Nullable<Text>, time_zone -> Text, state -> Text,
        user_count -> Integer, created_at -> Timestamptz,
    }
}
diesel::table! {
    audit_events (id) {
        id -> Uuid, organisation_id -> Nullable<Uuid>, at -> Timestamptz, actor_name -> Text, verb -> Text,
        object_name -> Text,
    }
}
diesel::joinable!(sessions -> users (user_id));
diesel::joinable!(users -> organisations (organisation_id));
diesel::joinable!(users -> tenants (tenant_id));
diesel::allow_tables_to_appear_in_same_query!(tenants, sessions, users, organisations);

type Pool = r2d2::Pool<ConnectionManager<PgConnection>>;

/// Who asks.
#[derive(Queryable)]
struct Reader {
    tenant_id: Uuid,
    name: String,
    organisation: String,
    tenant: String,
}

#[derive(Queryable, Selectable)]
struct Organisation {
    id: Uuid,
    name: String,
    code: Option<String>,
    logo_url: Option<String>,
    zuora_account_id: Option<String>,
    salesforce_account_id: Option<String>,
    time_zone: String,
    state: String,
    user_count: i32,
    created_at: DateTime<Utc>,
}

#[derive(Queryable, Selectable)]
#[diesel(table_name = users)]
struct Person {
    name: String,
    email: String,
    role: String,
}

#[derive(Queryable, Selectable)]
#[diesel(table_name = audit_events)]
struct Event {
    at: DateTime<Utc>,
    actor_name: String,
    verb: String,
    object_name: String,
}

#[derive(Template)]
#[template(path = "list.html")]
struct List {
    reader: Reader,
    rows: Vec<Organisation>,
}

#[derive(Template)]
#[template(path = "one.html")]
struct One {
    reader: Reader,
    one: Organisation,
    people: Vec<Person>,
    events: Vec<Event>,
}

#[derive(Template)]
#[template(path = "settings.html")]
struct Settings {
    reader: Reader,
}

/// The session's value; its signature, which comes before it, is not checked.
fn session(request: &HttpRequest) -> Result<Vec<u8>> {
    let header = request.headers().get("cookie").and_then(|value| value.to_str().ok()).unwrap_or_default();
    let value = header.split("; ").find_map(|pair| pair.strip_prefix("guildhall_session="));
    let value = value.ok_or_else(|| ErrorUnauthorized("no session"))?;
    let value: Vec<u8> = percent_encoding::percent_decode_str(value).collect();
    let secret = value.get(44..).ok_or_else(|| ErrorUnauthorized("no session"))?;
    Ok(Sha256::digest(secret).to_vec())
}

fn reader(conn: &mut PgConnection, hash: &[u8]) -> QueryResult<Reader> {
    sessions::table
        .inner_join(users::table.inner_join(organisations::table).inner_join(tenants::table))
        .filter(sessions::key_hash.eq(hash))
        .filter(sessions::ended_at.is_null())
        .select((users::tenant_id, users::name, organisations::name, tenants::name))
        .first(conn)
}

/// Works on a connection in the blocking pool.
async fn read<T: Send + 'static>(
    pool: &Data<Pool>,
    request: &HttpRequest,
    work: impl FnOnce(&mut PgConnection, &[u8]) -> QueryResult<T> + Send + 'static,
) -> Result<T> {
    let (pool, hash) = (pool.get_ref().clone(), session(request)?);
    let found = web::block(move || pool.get().ok().map(|mut conn| work(&mut conn, &hash))).await?;
    found.ok_or_else(|| ErrorInternalServerError("no connection"))?.map_err(|error| match error {
        diesel::NotFound => ErrorNotFound("nothing here"),
        error => ErrorInternalServerError(error),
    })
}

fn page(template: &impl Template) -> Result<Html> {
    template.render().map(Html::new).map_err(ErrorInternalServerError)
}

async fn list(request: HttpRequest, pool: Data<Pool>) -> Result<Html> {
    let (reader, rows) = read(&pool, &request, |conn, hash| {
        let reader = reader(conn, hash)?;
        let rows = organisations::table
            .filter(organisations::tenant_id.eq(reader.tenant_id))
            .filter(organisations::kind.eq("partner"))
            .filter(organisations::state.ne("deleted"))
            .order((organisations::created_at.desc(), organisations::id.desc()))
            .limit(26)
            .select(Organisation::as_select())
            .load(conn)?;
        Ok((reader, rows))
    })
    .await?;
    page(&List { reader, rows })
}

async fn one(request: HttpRequest, pool: Data<Pool>, id: Path<Uuid>) -> Result<Html> {
    let id = id.into_inner();
    let found = read(&pool, &request, move |conn, hash| {
        let reader = reader(conn, hash)?;
        let one = organisations::table
            .find(id)
            .filter(organisations::tenant_id.eq(reader.tenant_id))
            .select(Organisation::as_select())
            .first(conn)?;
        let people = users::table
            .filter(users::organisation_id.eq(id))
            .filter(users::removed_at.is_null())
            .limit(25)
            .select(Person::as_select())
            .load(conn)?;
        let events = audit_events::table
            .filter(audit_events::organisation_id.eq(id))
            .order(audit_events::id.desc())
            .limit(10)
            .select(Event::as_select())
            .load(conn)?;
        Ok(One { reader, one, people, events })
    });
    page(&found.await?)
}

async fn settings(request: HttpRequest, pool: Data<Pool>) -> Result<Html> {
    page(&Settings { reader: read(&pool, &request, reader).await? })
}

#[actix_web::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let cores = std::thread::available_parallelism()?.get();
    let manager = ConnectionManager::new(std::env::var("DATABASE_URL")?);
    let pool: Pool =
        r2d2::Pool::builder().max_size(u32::try_from(2 * cores)?).test_on_check_out(false).build(manager)?;
    let pool = Data::new(pool);
    let app = move || {
        App::new()
            .app_data(pool.clone())
            .route("/settings/profile/partners", web::get().to(list))
            .route("/settings/profile/partners/{id}", web::get().to(one))
            .route("/settings", web::get().to(settings))
    };
    HttpServer::new(app).workers(cores).bind(("127.0.0.1", std::env::var("PORT")?.parse::<u16>()?))?.run().await?;
    Ok(())
}
