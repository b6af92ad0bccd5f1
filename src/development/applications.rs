//! What stands in for Shop and Self-Service in development mode, so that the way there can be walked: their addresses in
//! the first demo tenant, and a page at each. Production has the company's own applications and none of this.

use actix_web::{HttpResponse, web};
use askama::Template;
use diesel::prelude::*;
use diesel::{PgConnection, QueryResult};

use crate::config::BaseUrl;
use crate::db::schema::tenants;
use crate::web::view::Shell;
use crate::web::{AppError, assets, paths};

const SHOP: &str = "/dev/applications/shop";
const SELF_SERVICE: &str = "/dev/applications/self-service";

/// The page at an application's address.
#[derive(Template)]
#[template(path = "development/application.html")]
pub struct Application {
    pub shell: Shell,
    pub name: &'static str,
    /// What a reverse proxy asks about each request.
    pub gate: &'static str,
}

/// Both pages.
pub fn routes(config: &mut web::ServiceConfig) {
    config
        .service(web::resource(SHOP).route(web::get().to(shop)))
        .service(web::resource(SELF_SERVICE).route(web::get().to(self_service)));
}

async fn shop() -> Result<HttpResponse, AppError> {
    page("Shop", paths::GATE_SHOP)
}

async fn self_service() -> Result<HttpResponse, AppError> {
    page("Self-Service", paths::GATE_SELF_SERVICE)
}

fn page(name: &'static str, gate: &'static str) -> Result<HttpResponse, AppError> {
    let shell = Shell { title: name.into(), assets: assets::urls(), ..Shell::default() };
    let page = Application { shell, name, gate };
    Ok(HttpResponse::Ok().content_type("text/html; charset=utf-8").body(page.render()?))
}

/// Puts the addresses into the first demo tenant, unless somebody has put others there. The port may have changed.
pub(super) fn locate(conn: &mut PgConnection, base_url: &BaseUrl) -> QueryResult<()> {
    let acme = || tenants::table.filter(tenants::slug.eq("acme"));
    let ours = "http://localhost:%/dev/applications/%";
    let (shop, self_service) = (base_url.join(SHOP), base_url.join(SELF_SERVICE));
    diesel::update(acme().filter(tenants::shop_url.is_null().or(tenants::shop_url.like(ours))))
        .set(tenants::shop_url.eq(shop))
        .execute(conn)?;
    diesel::update(acme().filter(tenants::self_service_url.is_null().or(tenants::self_service_url.like(ours))))
        .set(tenants::self_service_url.eq(self_service))
        .execute(conn)
        .map(drop)
}
