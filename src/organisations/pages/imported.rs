//! An import that was made: what it brought, and the way to take it back.

use actix_web::{HttpRequest, HttpResponse, Responder as _};
use askama::Template;

use super::super::imports::{self, Import, Undone};
use super::super::queries::OrganisationRow;
use super::import;
use super::lifecycle::Pressed;
use crate::access::{Actor, Permission, ReadPartners, WritePartners};
use crate::db::page::{Cursor, Paged};
use crate::web::path::ItemId;
use crate::web::view::{Badge, Link, Logo, Pager, Shell};
use crate::web::{AppError, Flash, Frame, Submitted, dates, paths, query, see_other};

const PAGE: usize = 50;

#[derive(Template)]
#[template(path = "organisations/imported.html")]
pub struct Imported {
    pub shell: Shell,
    pub crumbs: Vec<Link>,
    pub title: String,
    pub lead: String,
    /// Where to take it back, for whoever may, while there is something to take back.
    pub undo: Option<String>,
    pub rows: Vec<RowView>,
    pub pager: Pager,
}

/// A partner of the import.
pub struct RowView {
    pub href: String,
    pub name: String,
    pub code: String,
    pub logo: Logo,
    pub users: String,
    pub badge: Badge,
}

/// `GET /settings/profile/partners/imports/{item}`
pub async fn show(who: Actor<ReadPartners>, frame: Frame, id: ItemId) -> Result<HttpResponse, AppError> {
    let (tenant, from) = (who.tenant.id, Cursor::decode(&frame.parameter("from")));
    let load = move |conn: &mut _| {
        let import = imports::find(conn, tenant, id.0)?;
        let left = imports::untouched(conn, tenant, id.0)?;
        Ok((import, left, imports::partners(conn, tenant, id.0, from.as_ref(), PAGE)?))
    };
    let (import, left, page) = frame.portal.db.read(load).await?;
    let undo = who.may(Permission::WritePartner) && left > 0;
    frame.page(&view(&frame, &import, undo, &page))
}

fn view(frame: &Frame, import: &Import, undo: bool, page: &Paged<OrganisationRow>) -> Imported {
    let here = paths::partners_import(import.id);
    let link = |cursor: &Cursor| query::address(&here, &[("from", &cursor.encode())]);
    let title = format!("{} imported", import::partners(usize::try_from(import.size).unwrap_or_default()));
    let mut lead = format!("By {}, {}.", import.by, dates::moment(import.created_at, frame.zone()));
    if let Some(at) = import.undone_at {
        lead.extend([" Undone on ", &dates::moment(at, frame.zone()), "."]);
    }
    Imported {
        shell: frame.shell(&title),
        crumbs: super::crumbs(),
        title,
        lead,
        undo: undo.then(|| format!("{here}/undo")),
        rows: page.rows.iter().map(row_view).collect(),
        pager: Pager {
            newer: page.before.as_ref().map(link),
            older: page.after.as_ref().map(link),
            summary: String::new(),
        },
    }
}

fn row_view(row: &OrganisationRow) -> RowView {
    RowView {
        href: paths::partner(row.id),
        name: row.name.clone(),
        code: row.code.clone().unwrap_or_default(),
        logo: super::logo(row.id, &row.name, row.logo_url.as_deref()),
        users: row.user_count.to_string(),
        badge: super::badge(row.state),
    }
}

/// `POST /settings/profile/partners/imports/{item}/undo`
pub async fn undo(
    request: HttpRequest,
    who: Actor<WritePartners>,
    frame: Frame,
    id: ItemId,
    _: Submitted<Pressed>,
) -> Result<HttpResponse, AppError> {
    let now = frame.portal.clock.now();
    let undone = frame.portal.db.write(move |tx| imports::undo(tx, &who, now, id.0)).await.map_err(super::refused)?;
    Ok(see_other(paths::partners_import(id.0)).flash(words(undone)).respond_to(&request))
}

fn words(undone: Undone) -> Flash {
    let stay = match undone.stay {
        0 => String::new(),
        1 => " 1 has people by now and stays.".into(),
        number => format!(" {number} have people by now and stay."),
    };
    match undone.deleted {
        0 => Flash::warning(format!("Nothing was changed: no partner of this import can be taken back.{stay}")),
        1 => Flash::done(format!("1 partner is in the bin, for 30 days.{stay}")),
        number => Flash::done(format!("{} are in the bin, for 30 days.{stay}", import::partners(number))),
    }
}
