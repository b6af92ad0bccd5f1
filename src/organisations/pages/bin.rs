//! The bin: what was deleted in the last thirty days, and the way back.

use actix_web::HttpResponse;
use askama::Template;

use super::super::model::DAYS_IN_BIN;
use super::super::queries::{self, OrganisationRow};
use crate::access::{Actor, Permission, ReadPartners};
use crate::db::page::Cursor;
use crate::web::view::{Logo, Pager, Shell};
use crate::web::{AppError, Frame, dates, paths, query};

const PAGE: usize = 25;

#[derive(Template)]
#[template(path = "organisations/bin.html")]
pub struct Bin {
    pub shell: Shell,
    pub rows: Vec<Row>,
    pub may_write: bool,
    pub pager: Pager,
}

/// One organisation in the bin.
pub struct Row {
    pub href: String,
    pub restore: String,
    pub name: String,
    pub logo: Logo,
    pub deleted: String,
    pub deleted_at: String,
    pub until: String,
    pub until_at: String,
}

/// `GET /settings/bin`
pub async fn index(who: Actor<ReadPartners>, frame: Frame) -> Result<HttpResponse, AppError> {
    let (from, tenant) = (Cursor::decode(&frame.parameter("from")), who.tenant.id);
    let since = frame.portal.clock.now() - chrono::Duration::days(DAYS_IN_BIN);
    let page = frame
        .portal
        .db
        .read_as(frame.freshness(), move |conn| Ok(queries::bin(conn, tenant, since, from.as_ref(), PAGE)?))
        .await?;
    let link = |cursor: &Cursor| query::address(paths::BIN, &[("from", &cursor.encode())]);
    frame.page(&Bin {
        shell: frame.shell("Bin"),
        rows: page.rows.iter().map(|row| row_view(&frame, row)).collect(),
        may_write: who.may(Permission::WritePartner),
        pager: Pager {
            newer: page.before.as_ref().map(link),
            older: page.after.as_ref().map(link),
            summary: String::new(),
        },
    })
}

fn row_view(frame: &Frame, row: &OrganisationRow) -> Row {
    let (zone, deleted_at) = (frame.zone(), row.deleted_at.unwrap_or_default());
    let until = deleted_at + chrono::Duration::days(DAYS_IN_BIN);
    Row {
        href: paths::partner(row.id),
        restore: paths::partner_page(row.id, "deletion/undo"),
        name: row.name.clone(),
        logo: super::logo(row.id, &row.name, row.logo_url.as_deref()),
        deleted: dates::age(deleted_at, frame.portal.clock.now(), zone),
        deleted_at: dates::machine(deleted_at),
        until: dates::day(until, zone),
        until_at: dates::machine(until),
    }
}
