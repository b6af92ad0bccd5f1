//! The tenant's history, an organisation's, and one's own organisation's.

use actix_web::{HttpResponse, web};
use askama::Template;
use uuid::Uuid;

use super::queries::{self, EventRow};
use super::sentences;
use crate::access::{Actor, ReadHistory, ReadOwnHistory};
use crate::db::page::{Cursor, Paged};
use crate::organisations::{self, Header};
use crate::web::view::{HistoryDay, Pager, Shell};
use crate::web::{AppError, Frame, Id, paths, query};

/// Events on a page.
const PAGE: usize = 50;

#[derive(Template)]
#[template(path = "audit/index.html")]
pub struct History {
    pub shell: Shell,
    /// The organisation whose history it is; None for the tenant's.
    pub header: Option<Header>,
    pub days: Vec<HistoryDay>,
    pub pager: Pager,
}

/// Routes of this feature.
pub fn routes(config: &mut web::ServiceConfig) {
    config
        .route(paths::HISTORY, web::get().to(of_tenant))
        .route("/settings/profile/partners/{id}/history", web::get().to(of_partner))
        .route(paths::OWN_HISTORY, web::get().to(of_own_organisation));
}

async fn of_tenant(who: Actor<ReadHistory>, frame: Frame) -> Result<HttpResponse, AppError> {
    let page = load(&frame, who.tenant.id, None).await?;
    let host = who.organisation.id;
    let days = sentences::days(&page.rows, frame.zone(), |row| sentences::staff_href(row, host));
    frame.page(&History { shell: frame.shell("History"), header: None, days, pager: pager(&frame, &page) })
}

async fn of_partner(who: Actor<ReadHistory>, frame: Frame, id: Id) -> Result<HttpResponse, AppError> {
    let header = organisations::header_for_staff(&frame, &who, id.0, "History").await?;
    let page = load(&frame, who.tenant.id, Some(id.0)).await?;
    let host = who.organisation.id;
    let days = sentences::days(&page.rows, frame.zone(), |row| sentences::staff_href(row, host));
    let shell = frame.shell(format!("History of {}", header.name));
    frame.page(&History { shell, header: Some(header), days, pager: pager(&frame, &page) })
}

async fn of_own_organisation(who: Actor<ReadOwnHistory>, frame: Frame) -> Result<HttpResponse, AppError> {
    let page = load(&frame, who.tenant.id, Some(who.organisation.id)).await?;
    let own_user = |row: &EventRow| {
        let user = row.object_id.filter(|_| row.object_kind == "user")?;
        Some(format!("{}/{user}", paths::OWN_USERS))
    };
    let days = sentences::days(&page.rows, frame.zone(), own_user);
    frame.page(&History { shell: frame.shell("History"), header: None, days, pager: pager(&frame, &page) })
}

async fn load(frame: &Frame, tenant: Uuid, organisation: Option<Uuid>) -> Result<Paged<EventRow>, AppError> {
    let from = Cursor::decode(&frame.parameter("from"));
    Ok(frame.portal.db.read(move |conn| Ok(queries::list(conn, tenant, organisation, from.as_ref(), PAGE)?)).await?)
}

fn pager(frame: &Frame, page: &Paged<EventRow>) -> Pager {
    let link = |cursor: &Cursor| query::address(frame.path(), &[("from", &cursor.encode())]);
    Pager { newer: page.before.as_ref().map(link), older: page.after.as_ref().map(link), summary: String::new() }
}
