//! The tenant's history, an organisation's, and one's own organisation's.

use actix_web::{HttpResponse, web};
use askama::Template;
use chrono_tz::Tz;

use super::queries::{self, EventRow};
use super::sentences::{self, Place};
use crate::access::{Actor, Permission, ReadHistory, ReadOwnHistory};
use crate::db::page::{Cursor, Paged};
use crate::organisations::{self, Header};
use crate::web::view::{HistoryDay, Pager, Shell};
use crate::web::{AppError, Frame, Id, dates, paths, query};

/// Events on a page.
const PAGE: usize = 50;

#[derive(Template)]
#[template(path = "audit/index.html")]
pub struct History {
    pub shell: Shell,
    /// The organisation whose history it is; None for the tenant's.
    pub header: Option<Header>,
    /// Whose clock the times are: the organisation's on its own history, else the reader's.
    pub city: String,
    pub days: Vec<HistoryDay>,
    pub pager: Pager,
}

/// Routes of this feature.
pub fn routes(config: &mut web::ServiceConfig) {
    config
        .service(web::resource(paths::HISTORY).route(web::get().to(of_tenant)))
        .service(web::resource(paths::OWN_HISTORY).route(web::get().to(of_own_organisation)));
}

/// The one below a partner.
pub fn routes_of_a_partner(config: &mut web::ServiceConfig) {
    config.service(web::resource("/settings/profile/partners/{id}/history").route(web::get().to(of_partner)));
}

async fn of_tenant(who: Actor<ReadHistory>, frame: Frame) -> Result<HttpResponse, AppError> {
    let (tenant, from) = (who.tenant.id, cursor(&frame));
    let page = frame
        .portal
        .db
        .read_as(frame.freshness(), move |conn| Ok(queries::list(conn, tenant, None, from.as_ref(), PAGE)?))
        .await?;
    let place = Place::Tenant { host: who.organisation.id };
    answer(&frame, "History", None, frame.zone(), place, &page)
}

async fn of_partner(who: Actor<ReadHistory>, frame: Frame, id: Id) -> Result<HttpResponse, AppError> {
    let (tenant, from) = (who.tenant.id, cursor(&frame));
    let (organisation, page) = frame
        .portal
        .db
        .read_as(frame.freshness(), move |conn| {
            let organisation = organisations::find_in(conn, tenant, id.0)?;
            Ok((organisation, queries::list(conn, tenant, Some(id.0), from.as_ref(), PAGE)?))
        })
        .await?;
    let zone = dates::zone(&organisation.time_zone).unwrap_or(Tz::UTC);
    let header = Header::of(&organisation, who.may(Permission::WritePartner), true, "History");
    answer(&frame, &format!("History of {}", organisation.name), Some(header), zone, Place::Partner, &page)
}

async fn of_own_organisation(who: Actor<ReadOwnHistory>, frame: Frame) -> Result<HttpResponse, AppError> {
    let (tenant, own, from) = (who.tenant.id, who.organisation.id, cursor(&frame));
    let page = frame
        .portal
        .db
        .read_as(frame.freshness(), move |conn| Ok(queries::list(conn, tenant, Some(own), from.as_ref(), PAGE)?))
        .await?;
    answer(&frame, &format!("History of {}", who.organisation.name), None, frame.zone(), Place::Own, &page)
}

fn answer(
    frame: &Frame,
    title: &str,
    header: Option<Header>,
    zone: Tz,
    place: Place,
    page: &Paged<EventRow>,
) -> Result<HttpResponse, AppError> {
    frame.page(&History {
        shell: frame.shell(title),
        header,
        city: dates::city(zone),
        days: sentences::days(&page.rows, zone, place),
        pager: pager(frame, page),
    })
}

fn cursor(frame: &Frame) -> Option<Cursor> {
    Cursor::decode(&frame.parameter("from"))
}

fn pager(frame: &Frame, page: &Paged<EventRow>) -> Pager {
    let link = |cursor: &Cursor| query::address(frame.path(), &[("from", &cursor.encode())]);
    Pager { newer: page.before.as_ref().map(link), older: page.after.as_ref().map(link), summary: String::new() }
}
