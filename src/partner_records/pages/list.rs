//! The table of an organisation's partner records: searched, filtered, sorted, page by page.

use actix_web::HttpResponse;
use askama::Template;

use super::super::model::PartnerType;
use super::super::queries::{self, Filter, Invited, Progress, RecordRow, Sort};
use crate::access::{Permission, ReadRecords};
use crate::db::page::{Cursor, Paged};
use crate::input;
use crate::organisations::Header;
use crate::organisations::desk::{Desk, Place, Section};
use crate::web::view::{Badge, Column, Link, Pager, Shell, Tab};
use crate::web::{AppError, Frame, dates, query};

/// Rows on a page.
const PAGE: usize = 25;

#[derive(Template)]
#[template(path = "partner_records/index.html")]
pub struct List {
    pub shell: Shell,
    pub header: Option<Header>,
    pub crumbs: Vec<Link>,
    pub title: &'static str,
    pub tabs: Vec<Tab>,
    pub types: Vec<Tab>,
    pub progress: Vec<Tab>,
    /// What travels along with a search.
    pub kept: Vec<(&'static str, String)>,
    pub action: String,
    pub columns: Vec<Column>,
    pub rows: Vec<Row>,
    pub search: String,
    /// The same list without the search.
    pub all: String,
    /// Where a record is made, if the reader may.
    pub new_href: Option<String>,
    pub nothing: Nothing,
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

/// One record of the table.
pub struct Row {
    pub href: String,
    pub name: String,
    pub email: String,
    pub partner_type: &'static str,
    pub sales: String,
    pub frequency: String,
    pub payment_terms: String,
    pub invitation: Badge,
    pub created: String,
    pub created_full: String,
    pub created_at: String,
}

/// What the address asks for.
#[derive(Clone)]
struct Asked {
    base: String,
    filter: Filter,
    from: Option<Cursor>,
}

impl Asked {
    fn of(frame: &Frame, base: String) -> Self {
        let sort = Sort::parse(&frame.parameter("sort")).unwrap_or(Sort::Name);
        let order = frame.parameter("order");
        let filter = Filter {
            search: input::search(&frame.parameter("q")),
            partner_type: PartnerType::parse(&frame.parameter("type")),
            progress: Progress::parse(&frame.parameter("invitation")),
            sort,
            descending: if order.is_empty() { sort != Sort::Name } else { order == "descending" },
        };
        Self { base, filter, from: Cursor::decode(&frame.parameter("from")) }
    }

    fn is_narrowed(&self) -> bool {
        self.filter.partner_type.is_some() || self.filter.progress.is_some()
    }

    /// The address of the same list with something changed, from its beginning.
    fn with(&self, change: impl FnOnce(&mut Filter)) -> String {
        let mut filter = self.filter.clone();
        change(&mut filter);
        self.address(&filter, "")
    }

    fn address(&self, filter: &Filter, from: &str) -> String {
        let mut parameters = vec![("q", filter.search.clone())];
        parameters.extend(narrowing(filter));
        parameters.push(("from", from.to_owned()));
        let parameters: Vec<_> = parameters.iter().map(|(name, value)| (*name, value.as_str())).collect();
        query::address(&self.base, &parameters)
    }

    /// Tells one tab of the browser from another.
    fn title(&self, title: &str) -> String {
        let place = if self.filter.search.is_empty() {
            self.filter.partner_type.map_or_else(|| title.to_owned(), |one| one.plural().to_owned())
        } else {
            format!("“{}” in {title}", self.filter.search)
        };
        if self.from.is_some() { format!("{place}, continued") } else { place }
    }
}

/// Everything but the search, as parameters; what is usual is left out.
fn narrowing(filter: &Filter) -> Vec<(&'static str, String)> {
    let usual = filter.sort == Sort::Name && !filter.descending;
    let (sort, order) = match (usual, filter.descending) {
        (true, _) => ("", ""),
        (false, true) => (filter.sort.as_str(), "descending"),
        (false, false) => (filter.sort.as_str(), "ascending"),
    };
    let all = [
        ("type", filter.partner_type.map_or("", PartnerType::as_str)),
        ("invitation", filter.progress.map_or("", Progress::as_str)),
        ("sort", sort),
        ("order", order),
    ];
    all.into_iter().filter(|(_, value)| !value.is_empty()).map(|(name, value)| (name, value.to_owned())).collect()
}

/// `GET …`
pub async fn index(desk: Desk<ReadRecords>, frame: Frame) -> Result<HttpResponse, AppError> {
    let asked = Asked::of(&frame, super::base(&desk));
    let (filter, from) = (asked.filter.clone(), asked.from.clone());
    let (organisation, now) = (desk.organisation, frame.portal.clock.now());
    let page = frame
        .portal
        .db
        .read_as(frame.freshness(), move |conn| {
            Ok(queries::list(conn, organisation, &filter, (from.as_ref(), PAGE), now)?)
        })
        .await?;
    frame.page(&view(&frame, desk, &asked, &page))
}

fn view(frame: &Frame, desk: Desk<ReadRecords>, asked: &Asked, page: &Paged<(RecordRow, Option<Invited>)>) -> List {
    let may_write = desk.who.may(Permission::WritePartner) && !matches!(desk.place, Place::Partner(_));
    let title = super::title(&desk);
    let new_href = may_write.then(|| format!("{}/new", asked.base));
    let link = |cursor: &Cursor| asked.address(&asked.filter, &cursor.encode());
    // The box at the top searches organisations; what is asked here is not in it.
    let shell = frame.shell(asked.title(title));
    let search_above = shell.search.as_ref().map(|_| String::new());
    List {
        shell: Shell { search: search_above, ..shell },
        crumbs: desk.crumbs(Section::Records, title).into_iter().take(1).collect(),
        title,
        tabs: tabs(&desk),
        types: types(asked),
        progress: progress(asked),
        kept: narrowing(&asked.filter),
        action: asked.base.clone(),
        columns: columns(asked),
        rows: page.rows.iter().map(|row| row_view(frame, &desk, row)).collect(),
        search: asked.filter.search.clone(),
        all: asked.with(|filter| filter.search.clear()),
        nothing: if page.rows.is_empty() { nothing(asked, new_href.clone()) } else { Nothing::default() },
        new_href,
        pager: Pager {
            newer: page.before.as_ref().map(link),
            older: page.after.as_ref().map(link),
            summary: String::new(),
        },
        header: desk.header,
    }
}

/// Records and connections are two sides of one place; a partner's page has a tab for each already.
fn tabs(desk: &Desk<ReadRecords>) -> Vec<Tab> {
    if desk.header.is_some() {
        return Vec::new();
    }
    let tab = |label: &str, section, current| Tab {
        label: label.into(),
        href: desk.place.address(section),
        current,
        count: None,
    };
    vec![tab("Records", Section::Records, true), tab("Connections", Section::Connections, false)]
}

fn types(asked: &Asked) -> Vec<Tab> {
    let tab = |label: &str, partner_type: Option<PartnerType>| Tab {
        label: label.into(),
        href: asked.with(|filter| filter.partner_type = partner_type),
        current: asked.filter.partner_type == partner_type,
        count: None,
    };
    let each = PartnerType::ALL.iter().map(|one| tab(one.plural(), Some(*one)));
    std::iter::once(tab("All", None)).chain(each).collect()
}

fn progress(asked: &Asked) -> Vec<Tab> {
    let tab = |label: &str, progress: Option<Progress>| Tab {
        label: label.into(),
        href: asked.with(|filter| filter.progress = progress),
        current: asked.filter.progress == progress,
        count: None,
    };
    let each = Progress::ALL.iter().map(|one| tab(word(*one), Some(*one)));
    std::iter::once(tab("Any invitation", None)).chain(each).collect()
}

const fn word(progress: Progress) -> &'static str {
    match progress {
        Progress::NotInvited => "Not invited",
        Progress::Invited => "Invited",
        Progress::Accepted => "Accepted",
    }
}

fn columns(asked: &Asked) -> Vec<Column> {
    let Filter { sort: by, descending, .. } = asked.filter;
    let sortable = |label, sort: Sort, numeric| Column {
        label,
        href: Some(asked.with(|filter| {
            filter.descending = if by == sort { !descending } else { sort != Sort::Name };
            filter.sort = sort;
        })),
        sort: match (by == sort, descending) {
            (false, _) => "",
            (true, true) => "descending",
            (true, false) => "ascending",
        },
        numeric,
    };
    let plain = |label| Column { label, ..Column::default() };
    vec![
        sortable("Company name", Sort::Name, false),
        plain("Type"),
        sortable("Sales a year", Sort::Sales, true),
        plain("Frequency"),
        plain("Payment terms"),
        plain("Invitation"),
        sortable("Added", Sort::Created, false),
    ]
}

fn row_view(frame: &Frame, desk: &Desk<ReadRecords>, (row, invited): &(RecordRow, Option<Invited>)) -> Row {
    let (zone, now) = (frame.zone(), frame.portal.clock.now());
    Row {
        href: super::address(desk, row.id),
        name: row.company_name.clone(),
        email: row.email.clone(),
        partner_type: row.partner_type.word(),
        sales: super::sales(row.sales_amount),
        frequency: row.frequency.clone(),
        payment_terms: row.payment_terms.clone(),
        invitation: super::badge(invited.as_ref(), (zone, now)),
        created: dates::age(row.created_at, now, zone),
        created_full: dates::moment(row.created_at, zone),
        created_at: dates::machine(row.created_at),
    }
}

/// The reasons for an empty table, the nearest first.
fn nothing(asked: &Asked, new_href: Option<String>) -> Nothing {
    let search = &asked.filter.search;
    let unsearched = || asked.with(|filter| filter.search.clear());
    let everything = || asked.with(|filter| (filter.partner_type, filter.progress) = (None, None));
    let (icon, title, text, label, href) = match new_href {
        _ if asked.from.is_some() => (
            "inbox",
            "The list ends here".to_owned(),
            "There are no more records.",
            "Back to the beginning",
            asked.with(|_| {}),
        ),
        _ if !search.is_empty() && asked.is_narrowed() => {
            ("search", format!("Nothing here matches “{search}”"), SEARCHED, "Search all records", everything())
        }
        _ if !search.is_empty() => {
            ("search", format!("Nothing matches “{search}”"), SEARCHED, "Clear the search", unsearched())
        }
        _ if asked.is_narrowed() => (
            "inbox",
            "No records of this kind".to_owned(),
            "Others may be in the whole list.",
            "Show all records",
            everything(),
        ),
        Some(href) => ("inbox", "No records yet".to_owned(), FIRST, "Add the first partner", href),
        None => ("inbox", "No records yet".to_owned(), FIRST, "", String::new()),
    };
    Nothing { icon, title, text, label, href }
}

const FIRST: &str = "Companies that are sold to or bought from belong here, on the portal or not: how to reach them, \
     the sales of a year, how often, and when invoices are paid. From a record the company can be invited.";
const SEARCHED: &str =
    "Company names and email addresses were searched, words of one or two letters by their beginning.";
