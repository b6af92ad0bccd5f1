//! Every credential of an organisation: what it may do, when it was used, which secrets of it work.

use actix_web::HttpResponse;
use askama::Template;
use chrono_tz::Tz;
use uuid::Uuid;

use super::super::forms;
use super::super::model::ApiClient;
use super::super::queries::{self, Working};
use crate::access::ManageClients;
use crate::db::page::{Cursor, Paged};
use crate::organisations::Header;
use crate::organisations::desk::Desk;
use crate::web::view::{Badge, Link, Pager, Shell, Tab};
use crate::web::{AppError, Frame, dates, query};

/// Credentials on a page.
const PAGE: usize = 25;

#[derive(Template)]
#[template(path = "api_clients/index.html")]
pub struct Clients {
    pub shell: Shell,
    pub header: Option<Header>,
    pub crumbs: Vec<Link>,
    pub filters: Vec<Tab>,
    pub rows: Vec<Row>,
    pub revoked: bool,
    /// Where one is made; empty for an organisation in the bin.
    pub new_href: String,
    pub pager: Pager,
}

/// One credential of the table.
pub struct Row {
    pub href: String,
    pub name: String,
    pub kind: &'static str,
    pub maker: String,
    pub created: String,
    pub permissions: String,
    /// In words, with the whole moment; `None` for never.
    pub used: Option<(String, String, String)>,
    pub secrets: Vec<Secret>,
    pub state: Badge,
}

/// A secret that works, by its last characters.
pub struct Secret {
    pub hint: String,
    pub since: String,
    /// Until when, if another has taken over.
    pub until: Option<String>,
}

impl Secret {
    /// Secrets in the order given.
    pub(super) fn all(secrets: &[Working], zone: Tz) -> Vec<Self> {
        let one = |secret: &Working| Self {
            hint: secret.hint.clone(),
            since: dates::moment(secret.since, zone),
            until: secret.until.map(|at| dates::moment(at, zone)),
        };
        secrets.iter().map(one).collect()
    }
}

/// `GET …/api`
pub async fn index(desk: Desk<ManageClients>, frame: Frame) -> Result<HttpResponse, AppError> {
    let (from, organisation) = (Cursor::decode(&frame.parameter("from")), desk.organisation);
    let (revoked, now) = (frame.parameter("state") == "revoked", frame.portal.clock.now());
    let read = move |conn: &mut _| {
        let page = queries::list(conn, organisation, revoked, from.as_ref(), PAGE)?;
        let ids: Vec<Uuid> = page.rows.iter().map(|(client, _)| client.id).collect();
        let secrets = queries::secrets_of(conn, &ids, now)?;
        Ok((page, secrets))
    };
    let (page, secrets) = frame.portal.db.read(read).await?;
    let mut crumbs = super::crumbs(&desk);
    crumbs.pop();
    frame.page(&Clients {
        shell: frame.shell("API"),
        crumbs,
        filters: filters(&desk, revoked),
        rows: page.rows.iter().map(|row| Row::of(&frame, &desk, row, &secrets)).collect(),
        revoked,
        new_href: if desk.is_open() { format!("{}/new", super::base(&desk)) } else { String::new() },
        pager: pager(&desk, &page, revoked),
        header: desk.header,
    })
}

impl Row {
    fn of(
        frame: &Frame,
        desk: &Desk<ManageClients>,
        (client, maker): &(ApiClient, String),
        secrets: &[Working],
    ) -> Self {
        let (zone, now) = (frame.zone(), frame.portal.clock.now());
        let used = |at| (dates::age(at, now, zone), dates::moment(at, zone), dates::machine(at));
        let own: Vec<Working> = secrets.iter().filter(|secret| secret.client == client.id).cloned().collect();
        let works = client.revoked_at.is_none();
        Self {
            href: super::address(desk, client.id),
            name: client.name.clone(),
            kind: client.kind.word(),
            maker: maker.clone(),
            created: dates::day(client.created_at, zone),
            permissions: forms::told(&client.permissions).join("; "),
            used: client.last_used_at.map(used),
            secrets: if works { Secret::all(&own, zone) } else { Vec::new() },
            state: super::badge(works),
        }
    }
}

fn filters(desk: &Desk<ManageClients>, revoked: bool) -> Vec<Tab> {
    let base = super::base(desk);
    let tab = |label: &str, state, current| {
        let (label, href) = (label.into(), query::address(&base, &[("state", state)]));
        Tab { label, href, current, count: None }
    };
    vec![tab("Active", "", !revoked), tab("Revoked", "revoked", revoked)]
}

fn pager(desk: &Desk<ManageClients>, page: &Paged<(ApiClient, String)>, revoked: bool) -> Pager {
    let base = super::base(desk);
    let state = if revoked { "revoked" } else { "" };
    let link = |cursor: &Cursor| query::address(&base, &[("state", state), ("from", &cursor.encode())]);
    Pager { newer: page.before.as_ref().map(link), older: page.after.as_ref().map(link), summary: String::new() }
}
