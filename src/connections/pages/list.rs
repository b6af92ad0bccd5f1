//! Every organisation that this one works with, or worked with.

use actix_web::HttpResponse;
use askama::Template;

use super::super::model::told;
use super::super::queries::{self, ConnectionRow};
use crate::access::{Permission, ReadRecords};
use crate::db::page::{Cursor, Paged};
use crate::organisations::desk::{Desk, Section};
use crate::organisations::pages as organisations;
use crate::organisations::{Header, State};
use crate::web::view::{Badge, Link, Logo, Pager, Shell, Tab};
use crate::web::{AppError, Frame, dates, query};

/// Connections on a page.
const PAGE: usize = 25;

#[derive(Template)]
#[template(path = "connections/index.html")]
pub struct Connections {
    pub shell: Shell,
    pub header: Option<Header>,
    pub crumbs: Vec<Link>,
    /// Records and connections, which are two views of the same network.
    pub tabs: Vec<Tab>,
    pub filters: Vec<Tab>,
    pub rows: Vec<Row>,
    /// Whose rights the last column tells.
    pub us: String,
    pub ended: bool,
    /// Where a partner is invited, if the reader may.
    pub invite_href: String,
    pub pager: Pager,
}

/// One connection of the table.
pub struct Row {
    pub href: String,
    pub name: String,
    pub logo: Logo,
    /// The other organisation's state, unless it is active.
    pub other_state: Option<Badge>,
    pub invited: String,
    pub since: String,
    pub since_full: String,
    pub since_at: String,
    pub given: &'static str,
    pub taken: &'static str,
    pub state: Badge,
}

/// `GET …/connections`
pub async fn index(desk: Desk<ReadRecords>, frame: Frame) -> Result<HttpResponse, AppError> {
    let (from, organisation) = (Cursor::decode(&frame.parameter("from")), desk.organisation);
    let ended = frame.parameter("state") == "ended";
    let read = move |conn: &mut _| Ok(queries::list(conn, organisation, ended, from.as_ref(), PAGE)?);
    let page = frame.portal.db.read_as(frame.freshness(), read).await?;
    let mut crumbs = super::crumbs(&desk);
    crumbs.pop();
    frame.page(&Connections {
        shell: frame.shell("Connections"),
        crumbs,
        tabs: tabs(&desk),
        filters: filters(&desk, ended),
        rows: page.rows.iter().map(|row| Row::of(&frame, &desk, row)).collect(),
        us: super::us(&desk),
        ended,
        invite_href: invite_href(&desk),
        pager: pager(&desk, &page, ended),
        header: desk.header,
    })
}

impl Row {
    fn of(frame: &Frame, desk: &Desk<ReadRecords>, row: &ConnectionRow) -> Self {
        let (zone, now) = (frame.zone(), frame.portal.clock.now());
        Self {
            href: format!("{}/{}", desk.place.address(Section::Connections), row.id),
            name: row.name.clone(),
            logo: organisations::logo(row.other_id, &row.name, row.logo_url.as_deref()),
            other_state: (row.state != State::Active).then(|| organisations::badge(row.state)),
            invited: super::invited(desk, row.hosted),
            since: dates::age(row.created_at, now, zone),
            since_full: dates::moment(row.created_at, zone),
            since_at: dates::machine(row.created_at),
            given: told(&row.given),
            taken: told(&row.taken),
            state: super::badge(row.ended_at.is_none()),
        }
    }
}

/// A partner's pages have their own tabs already.
fn tabs(desk: &Desk<ReadRecords>) -> Vec<Tab> {
    let tab = |label: &str, section, current| {
        let (label, href) = (label.into(), desk.place.address(section));
        Tab { label, href, current, count: None }
    };
    let both = [tab("Records", Section::Records, false), tab("Connections", Section::Connections, true)];
    if desk.header.is_some() { Vec::new() } else { both.into() }
}

fn filters(desk: &Desk<ReadRecords>, ended: bool) -> Vec<Tab> {
    let base = desk.place.address(Section::Connections);
    let tab = |label: &str, state, current| {
        let (label, href) = (label.into(), query::address(&base, &[("state", state)]));
        Tab { label, href, current, count: None }
    };
    vec![tab("Live", "", !ended), tab("Ended", "ended", ended)]
}

fn invite_href(desk: &Desk<ReadRecords>) -> String {
    if desk.is_open() && desk.who.may(Permission::WriteInvitation) {
        format!("{}/new?kind=partner", desk.place.address(Section::Invitations))
    } else {
        String::new()
    }
}

fn pager(desk: &Desk<ReadRecords>, page: &Paged<ConnectionRow>, ended: bool) -> Pager {
    let base = desk.place.address(Section::Connections);
    let state = if ended { "ended" } else { "" };
    let link = |cursor: &Cursor| query::address(&base, &[("state", state), ("from", &cursor.encode())]);
    Pager { newer: page.before.as_ref().map(link), older: page.after.as_ref().map(link), summary: String::new() }
}
