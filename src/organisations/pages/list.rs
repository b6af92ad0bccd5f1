//! Settings > Profile > Partners: the table (S1-02, S1-03).

use actix_web::{HttpResponse, web};
use askama::Template;

use super::super::counts::{self, CountCache, Counts};
use super::super::model::State;
use super::super::queries::{self, Filter, OrganisationRow, Sort};
use crate::access::{Actor, Permission, ReadPartners};
use crate::db::page::{Cursor, Paged};
use crate::input;
use crate::web::view::{Badge, Column, Link, Logo, Pager, Shell, Tab};
use crate::web::{AppError, Frame, dates, paths, query};

/// Rows on a page.
const PAGE: usize = 25;

#[derive(Template)]
#[template(path = "organisations/index.html")]
pub struct List {
    pub shell: Shell,
    pub crumbs: Vec<Link>,
    pub count: String,
    pub filters: Vec<Tab>,
    pub columns: Vec<Column>,
    pub rows: Vec<Row>,
    pub search: String,
    pub may_write: bool,
    /// A place in the list rather than its beginning.
    pub inside: bool,
    pub pager: Pager,
}

/// One organisation of the table.
pub struct Row {
    pub href: String,
    pub id: String,
    pub name: String,
    pub code: String,
    pub logo: Logo,
    pub users: i32,
    pub state: Badge,
    pub created: String,
    pub created_full: String,
    pub created_at: String,
}

/// What the address asks for.
struct Asked {
    search: String,
    state: Option<State>,
    sort: Sort,
    descending: bool,
    from: Option<Cursor>,
}

impl Asked {
    fn of(frame: &Frame) -> Self {
        let sort = Sort::parse(&frame.parameter("sort")).unwrap_or(Sort::Created);
        let order = frame.parameter("order");
        Self {
            search: input::search(&frame.parameter("q")),
            state: State::parse(&frame.parameter("state")).filter(|state| *state != State::Deleted),
            sort,
            descending: if order.is_empty() { sort != Sort::Name } else { order == "descending" },
            from: Cursor::decode(&frame.parameter("from")),
        }
    }

    fn address(&self, state: Option<State>, (sort, descending): (Sort, bool), from: &str) -> String {
        let order = if descending { "descending" } else { "ascending" };
        let standard = sort == Sort::Created && descending;
        query::address(
            paths::PARTNERS,
            &[
                ("q", &self.search),
                ("state", state.map_or("", State::as_str)),
                ("sort", if standard { "" } else { sort.as_str() }),
                ("order", if standard { "" } else { order }),
                ("from", from),
            ],
        )
    }
}

/// `GET /settings/profile/partners`
pub async fn index(
    who: Actor<ReadPartners>,
    frame: Frame,
    cache: web::Data<CountCache>,
) -> Result<HttpResponse, AppError> {
    let asked = Asked::of(&frame);
    let filter =
        Filter { search: asked.search.clone(), state: asked.state, sort: asked.sort, descending: asked.descending };
    let (from, tenant, now) = (asked.from.clone(), who.tenant.id, frame.portal.clock.now());
    let (counts, page) = frame
        .portal
        .db
        .read(move |conn| {
            let counts = cache.get(conn, tenant, now)?;
            Ok((counts, queries::list(conn, tenant, &filter, from.as_ref(), PAGE)?))
        })
        .await?;
    frame.page(&view(&frame, &who, &asked, counts, &page))
}

fn view(
    frame: &Frame,
    who: &Actor<ReadPartners>,
    asked: &Asked,
    counts: Counts,
    page: &Paged<OrganisationRow>,
) -> List {
    let sorting = (asked.sort, asked.descending);
    let link = |cursor: &Cursor| asked.address(asked.state, sorting, &cursor.encode());
    List {
        shell: frame.shell("Partners"),
        crumbs: super::crumbs().into_iter().take(2).collect(),
        count: counts::words(counts.all()),
        filters: filters(asked, counts),
        columns: columns(asked),
        rows: page.rows.iter().map(|row| row_view(frame, row)).collect(),
        search: asked.search.clone(),
        may_write: who.may(Permission::WritePartner),
        inside: asked.from.is_some(),
        pager: Pager {
            newer: page.before.as_ref().map(link),
            older: page.after.as_ref().map(link),
            summary: String::new(),
        },
    }
}

fn filters(asked: &Asked, counts: Counts) -> Vec<Tab> {
    let tab = |label: &str, state: Option<State>, number: i64| Tab {
        label: label.into(),
        href: asked.address(state, (asked.sort, asked.descending), ""),
        current: asked.state == state,
        count: Some(counts::words(number)).filter(|_| asked.search.is_empty()),
    };
    vec![
        tab("All", None, counts.all()),
        tab("Active", Some(State::Active), counts.active),
        tab("Suspended", Some(State::Suspended), counts.suspended),
    ]
}

fn columns(asked: &Asked) -> Vec<Column> {
    let sortable = |label, sort: Sort, numeric| {
        let current = asked.sort == sort;
        let descending = if current { !asked.descending } else { sort != Sort::Name };
        let direction = if asked.descending { "descending" } else { "ascending" };
        Column {
            label,
            href: Some(asked.address(asked.state, (sort, descending), "")),
            sort: if current { direction } else { "" },
            numeric,
        }
    };
    let plain = |label| Column { label, ..Column::default() };
    vec![
        sortable("Name", Sort::Name, false),
        plain("Partner Organisation ID"),
        sortable("Users", Sort::Users, true),
        plain("State"),
        sortable("Created", Sort::Created, false),
    ]
}

fn row_view(frame: &Frame, row: &OrganisationRow) -> Row {
    let zone = frame.zone();
    Row {
        href: paths::partner(row.id),
        id: row.id.to_string(),
        name: row.name.clone(),
        code: row.code.clone().unwrap_or_default(),
        logo: super::logo(row.id, &row.name, row.logo_url.as_deref()),
        users: row.user_count,
        state: super::badge(row.state),
        created: dates::age(row.created_at, frame.portal.clock.now(), zone),
        created_full: dates::moment(row.created_at, zone),
        created_at: dates::machine(row.created_at),
    }
}
