//! Settings > Profile > Partners: the table (S1-02, S1-03).

use actix_web::{HttpResponse, web};
use askama::Template;

use super::super::counts::{self, CountCache, Counts};
use super::super::model::State;
use super::super::queries::{Filter, OrganisationRow, Sort};
use super::super::search::{self, Found, Search};
use crate::access::{Actor, Permission, ReadPartners};
use crate::db::page::Cursor;
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
    /// What stands instead of the table when it has no rows.
    pub nothing: Nothing,
    /// Which partners were searched, at the beginning of a sentence.
    pub searched: &'static str,
    /// Nothing matches as typed: the rows are close to it.
    pub near: bool,
    /// More match than were sorted.
    pub cut: bool,
    /// The same list without the search.
    pub all: String,
    /// The same list as a file.
    pub export: String,
    pub pager: Pager,
}

/// Why there are no rows, and the way on.
#[derive(Default)]
pub struct Nothing {
    pub icon: &'static str,
    pub title: String,
    pub text: &'static str,
    pub label: &'static str,
    /// Empty prints no link.
    pub href: String,
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
#[derive(Clone)]
pub struct Asked {
    search: String,
    state: Option<State>,
    sort: Sort,
    descending: bool,
    from: Option<Cursor>,
}

impl Asked {
    pub fn of(frame: &Frame) -> Self {
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

    /// Which rows, whatever their order.
    pub fn filter(&self) -> Filter {
        Filter { search: self.search.clone(), state: self.state, sort: self.sort, descending: self.descending }
    }

    /// The address of the same rows as a file.
    fn export(&self) -> String {
        let state = self.state.map_or("", State::as_str);
        query::address(paths::PARTNERS_EXPORT, &[("q", &self.search), ("state", state)])
    }

    /// Tells one tab of the browser from another.
    fn title(&self) -> String {
        let place = match (self.state, self.search.is_empty()) {
            (None, true) => "Partners".to_owned(),
            (Some(state), true) => of_state(state).to_owned(),
            (None, false) => format!("“{}” in Partners", self.search),
            (Some(state), false) => format!("“{}” in {}", self.search, of_state(state)),
        };
        if self.from.is_some() { format!("{place}, continued") } else { place }
    }

    const fn counted(&self, counts: Counts) -> i64 {
        match self.state {
            Some(State::Active) => counts.active,
            Some(State::Suspended) => counts.suspended,
            Some(State::Deleted) => counts.deleted,
            None => counts.all(),
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
    let filter = asked.filter();
    let (from, tenant, now) = (asked.from.clone(), who.tenant.id, frame.portal.clock.now());
    let (counts, found) = frame
        .portal
        .db
        .read_as(frame.freshness(), move |conn| {
            let counts = cache.get(conn, tenant, now)?;
            let (total, filter, from) = (counts.all(), &filter, from.as_ref());
            Ok((counts, search::page(conn, &Search { tenant, filter, total, from, size: PAGE })?))
        })
        .await?;
    frame.page(&view(&frame, &who, &asked, counts, &found))
}

fn view(
    frame: &Frame,
    who: &Actor<ReadPartners>,
    asked: &Asked,
    counts: Counts,
    Found { page, near, cut }: &Found,
) -> List {
    let sorting = (asked.sort, asked.descending);
    let link = |cursor: &Cursor| asked.address(asked.state, sorting, &cursor.encode());
    List {
        shell: frame.shell(asked.title()),
        crumbs: super::crumbs().into_iter().take(2).collect(),
        // How many match a search is not counted.
        count: if asked.search.is_empty() { counts::words(asked.counted(counts)) } else { String::new() },
        filters: filters(asked, counts),
        columns: columns(asked),
        rows: page.rows.iter().map(|row| row_view(frame, row)).collect(),
        search: asked.search.clone(),
        may_write: who.may(Permission::WritePartner),
        nothing: if page.rows.is_empty() {
            nothing(asked, who.may(Permission::WritePartner))
        } else {
            Nothing::default()
        },
        searched: asked.state.map_or("Partners", of_state),
        near: *near,
        cut: *cut,
        export: asked.export(),
        all: Asked { search: String::new(), ..asked.clone() }.address(asked.state, sorting, ""),
        pager: Pager {
            newer: page.before.as_ref().map(link),
            older: page.after.as_ref().map(link),
            summary: String::new(),
        },
    }
}

/// The partners in a state, as a name.
const fn of_state(state: State) -> &'static str {
    match state {
        State::Active => "Active partners",
        State::Suspended => "Suspended partners",
        State::Deleted => "Deleted partners",
    }
}

/// The reasons for an empty table, the nearest first.
fn nothing(asked: &Asked, may_write: bool) -> Nothing {
    let start = || asked.address(asked.state, (asked.sort, asked.descending), "");
    let everywhere = || asked.address(None, (asked.sort, asked.descending), "");
    let (icon, title, text, label, href) = match asked.state {
        _ if asked.from.is_some() => (
            "building-2",
            "The list ends here".to_owned(),
            "There are no more partners on this page.",
            "Back to the beginning",
            start(),
        ),
        Some(state) if !asked.search.is_empty() => (
            "search",
            format!("Nothing {} matches “{}”", state.as_str(), asked.search),
            searched(&asked.search),
            "Search all partners",
            everywhere(),
        ),
        None if !asked.search.is_empty() => (
            "search",
            format!("Nothing matches “{}”", asked.search),
            searched(&asked.search),
            "Clear the search",
            paths::PARTNERS.into(),
        ),
        Some(state) => (
            "building-2",
            format!("No {} partners", state.as_str()),
            "Partners whose state changes appear here.",
            "Show all partners",
            everywhere(),
        ),
        None if may_write => {
            ("building-2", "No partners yet".into(), FIRST, "Create Partner", paths::PARTNERS_NEW.into())
        }
        None => ("building-2", "No partners yet".into(), FIRST_BY_OTHERS, "", String::new()),
    };
    Nothing { icon, title, text, label, href }
}

const FIRST: &str = "Partner organisations appear here with their people and state. Create the first one; its users can \
     then sign in and see their own page.";
const FIRST_BY_OTHERS: &str = "Partner organisations appear here as soon as an administrator creates the first one.";

/// What a search looked at (`queries::list`).
fn searched(search: &str) -> &'static str {
    if search.chars().count() < 3 && !search.contains('@') {
        "The beginnings of words were searched. From three letters on, all of names, codes and account IDs are."
    } else {
        "Names, codes, Zuora and Salesforce account IDs, the beginnings of organisation IDs and of email addresses \
         were searched."
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
