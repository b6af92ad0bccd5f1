//! *Invitations sent*: of one organisation, or of the whole tenant. What is stuck stands out.

use actix_web::HttpResponse;
use askama::Template;
use uuid::Uuid;

use super::super::batches::{self, Batch};
use super::super::lists::{Age, Filter, Row, Whose};
use super::super::model::{self, Standing};
use super::super::pages;
use super::super::{find_page, model::Kind};
use crate::access::{Permission, ReadInvitations};
use crate::db::page::{Cursor, Paged};
use crate::input;
use crate::mail;
use crate::organisations::Header;
use crate::organisations::desk::{Desk, Place, Section};
use crate::web::view::{Badge, Choice, Field, Link, Pager, Shell, Tab};
use crate::web::{AppError, Frame, dates, paths, query};

/// Rows on a page.
pub const PAGE: usize = 25;

#[derive(Template)]
#[template(path = "invitations/index.html")]
pub struct List {
    pub shell: Shell,
    pub header: Option<Header>,
    pub crumbs: Vec<Link>,
    pub title: String,
    /// Sent and received.
    pub sides: Vec<Tab>,
    pub filters: Vec<Tab>,
    /// The form of the finer filters; None on the received side.
    pub finer: Option<Finer>,
    pub rows: Vec<RowView>,
    pub show_organisation: bool,
    pub search: String,
    /// Where the list without any filter is.
    pub all: String,
    pub is_filtered: bool,
    /// Where to invite, if the reader may.
    pub invite: Vec<Link>,
    pub pager: Pager,
    /// The newest batches, on the first page.
    pub batches: Vec<Link>,
    /// Said when no mail server is configured.
    pub no_mail: bool,
}

/// Filters beyond the state.
pub struct Finer {
    pub action: String,
    pub state: String,
    pub search: Field,
    pub delivery: Field,
    pub deliveries: Vec<Choice>,
    pub age: Field,
    pub ages: Vec<Choice>,
    pub inviter: String,
}

/// One invitation of the table.
pub struct RowView {
    pub href: String,
    pub name: String,
    pub sub: String,
    pub what: String,
    pub organisation: String,
    pub inviter: String,
    pub inviter_href: String,
    pub badge: Badge,
    pub delivery: &'static str,
    pub stuck: bool,
    pub sent: String,
    pub sent_at: String,
    pub sent_full: String,
}

/// What the address asks for.
struct Asked {
    state: String,
    search: String,
    delivery: String,
    age: String,
    inviter: String,
    from: Option<Cursor>,
}

impl Asked {
    fn of(frame: &Frame) -> Self {
        Self {
            state: frame.parameter("state"),
            search: input::search(&frame.parameter("q")),
            delivery: frame.parameter("delivery"),
            age: frame.parameter("age"),
            inviter: frame.parameter("inviter"),
            from: Cursor::decode(&frame.parameter("from")),
        }
    }

    fn filter(&self, tenant: Uuid, whose: Whose, now: chrono::DateTime<chrono::Utc>) -> Filter {
        Filter {
            tenant,
            whose,
            standing: Standing::parse(&self.state),
            stuck: self.state == "stuck",
            delivery: mail::State::parse(&self.delivery),
            age: Age::parse(&self.age),
            inviter: Uuid::try_parse(&self.inviter).ok(),
            search: self.search.clone(),
            now,
        }
    }

    fn is_filtered(&self) -> bool {
        [&self.state, &self.search, &self.delivery, &self.age, &self.inviter].iter().any(|one| !one.is_empty())
    }

    fn address(&self, base: &str, state: &str, from: &str) -> String {
        query::address(
            base,
            &[
                ("q", &self.search),
                ("state", state),
                ("delivery", &self.delivery),
                ("age", &self.age),
                ("inviter", &self.inviter),
                ("from", from),
            ],
        )
    }
}

/// `GET …/invitations`
pub async fn index(desk: Desk<ReadInvitations>, frame: Frame) -> Result<HttpResponse, AppError> {
    let whose = if desk.place == Place::Host { Whose::Tenant } else { Whose::SentBy(desk.organisation) };
    let asked = Asked::of(&frame);
    let filter = asked.filter(desk.who.tenant.id, whose, frame.portal.clock.now());
    let (from, plain) = (asked.from.clone(), asked.from.is_none() && !asked.is_filtered());
    let of = (desk.who.tenant.id, desk.organisation);
    let load = move |conn: &mut _| {
        let page = find_page(conn, &filter, from.as_ref(), PAGE)?;
        let batches = if plain { batches::recent(conn, of)? } else { Vec::new() };
        Ok((page, super::super::stuck(conn, &filter)?, batches))
    };
    let (page, stuck, batches) = frame.portal.db.read_as(frame.freshness(), load).await?;
    let batches = batch_links(&frame, &desk, &batches);
    frame.page(&List { batches, ..view(&frame, desk, &asked, &page, stuck) })
}

fn view(frame: &Frame, desk: Desk<ReadInvitations>, asked: &Asked, page: &Paged<Row>, stuck: usize) -> List {
    let base = desk.place.address(Section::Invitations);
    let link = |cursor: &Cursor| asked.address(&base, &asked.state, &cursor.encode());
    List {
        shell: frame.shell(title(&desk)),
        crumbs: crumbs(&desk),
        title: title(&desk),
        sides: sides(&base, Side::Sent),
        filters: filters(asked, &base, stuck),
        finer: Some(finer(asked, &base)),
        rows: page.rows.iter().map(|row| row_view(frame, &desk, row, &base)).collect(),
        show_organisation: desk.place == Place::Host,
        search: asked.search.clone(),
        all: base.clone(),
        is_filtered: asked.is_filtered() || asked.from.is_some(),
        invite: invite(&desk, &base),
        pager: Pager {
            newer: page.before.as_ref().map(link),
            older: page.after.as_ref().map(link),
            summary: String::new(),
        },
        batches: Vec::new(),
        no_mail: !frame.portal.mail_is_configured,
        header: desk.header,
    }
}

fn title(desk: &Desk<ReadInvitations>) -> String {
    match desk.place {
        Place::Partner(_) => format!("Invitations of {}", desk.name),
        Place::Host | Place::Own => "Invitations".into(),
    }
}

/// The way here; a partner's pages have theirs in the header.
pub fn crumbs(desk: &Desk<ReadInvitations>) -> Vec<Link> {
    match desk.place {
        Place::Own => vec![Link::new(&desk.name, paths::ORGANISATION)],
        Place::Host => vec![Link::new("Settings", paths::SETTINGS)],
        Place::Partner(_) => Vec::new(),
    }
}

/// Which of the pages about invitations.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Side {
    Sent,
    Received,
    Weeks,
}

/// Sent, received, and what became of them, as tabs.
pub fn sides(base: &str, current: Side) -> Vec<Tab> {
    let tab = |label: &str, href, side| Tab { label: label.into(), href, current: side == current, count: None };
    vec![
        tab("Invitations sent", base.to_owned(), Side::Sent),
        tab("Invitations received", format!("{base}/received"), Side::Received),
        tab("Twelve weeks", format!("{base}/weeks"), Side::Weeks),
    ]
}

/// What the reader can begin here.
pub fn invite(desk: &Desk<ReadInvitations>, base: &str) -> Vec<Link> {
    if !desk.who.may(Permission::WriteInvitation) || !desk.is_open() {
        return Vec::new();
    }
    vec![
        Link::new("Invite a colleague", format!("{base}/new")),
        Link::new("Invite a partner", format!("{base}/new?kind=partner")),
        Link::new("Invite many", format!("{base}/many")),
    ]
}

fn batch_links(frame: &Frame, desk: &Desk<ReadInvitations>, batches: &[Batch]) -> Vec<Link> {
    let base = desk.place.address(Section::Invitations);
    let link = |batch: &Batch| {
        let people = batches::people(usize::try_from(batch.size).unwrap_or_default());
        let label = format!("{people}, {}", dates::moment(batch.created_at, frame.zone()));
        Link::new(label, format!("{base}/batches/{}", batch.id))
    };
    batches.iter().map(link).collect()
}

fn filters(asked: &Asked, base: &str, stuck: usize) -> Vec<Tab> {
    let tab = |label: &str, state: &str| Tab {
        label: label.into(),
        href: asked.address(base, state, ""),
        current: asked.state == state,
        count: None,
    };
    let number = if stuck < 100 { stuck.to_string() } else { "100 or more".into() };
    let mut tabs = vec![tab("All", "")];
    tabs.push(tab("Waiting", Standing::Waiting.as_str()));
    tabs.push(Tab { count: Some(number).filter(|_| stuck > 0), ..tab("Stuck", "stuck") });
    let rest = [Standing::Accepted, Standing::Declined, Standing::Expired, Standing::Revoked];
    tabs.extend(rest.into_iter().map(|standing| tab(standing.word(), standing.as_str())));
    tabs
}

fn finer(asked: &Asked, base: &str) -> Finer {
    let choice = |value: &str, label: &str, chosen: &str| Choice::new(value, label, value == chosen);
    let deliveries = mail::State::ALL.iter().filter(|state| **state != mail::State::Cancelled);
    let deliveries = deliveries.map(|one| choice(one.as_str(), pages::delivery_word(Some(*one)), &asked.delivery));
    Finer {
        action: base.to_owned(),
        state: asked.state.clone(),
        search: Field::new("q", "Address or company").value(&asked.search).kind("search").max(200),
        delivery: Field::new("delivery", "Mail"),
        deliveries: std::iter::once(choice("", "Any", &asked.delivery)).chain(deliveries).collect(),
        age: Field::new("age", "Made"),
        ages: [("", "Any time"), ("day", "In the last 24 hours"), ("week", "In the last 7 days"), ("older", "Earlier")]
            .map(|(value, label)| choice(value, label, &asked.age))
            .into(),
        inviter: asked.inviter.clone(),
    }
}

/// A row as the table prints it; `base` is the list that it stands in.
pub fn row_view(frame: &Frame, desk: &Desk<ReadInvitations>, row: &Row, base: &str) -> RowView {
    let (now, zone) = (frame.portal.clock.now(), frame.zone());
    let standing = row.state.standing(row.expires_at, now);
    // In the tenant's list an invitation of a partner is managed at the partner's page.
    let place = if desk.place == Place::Host && row.organisation.0 != desk.organisation {
        Place::Partner(row.organisation.0).address(Section::Invitations)
    } else {
        base.to_owned()
    };
    RowView {
        href: format!("{place}/{}", row.id),
        name: row.company.clone().unwrap_or_else(|| row.email.clone()),
        sub: if row.company.is_some() { row.email.clone() } else { String::new() },
        what: match row.kind {
            Kind::Colleague => row.role.map_or("", |role| role.word()).to_owned(),
            Kind::Partner => "Partner".into(),
        },
        organisation: row.organisation.1.clone(),
        inviter: row.inviter.1.clone(),
        inviter_href: query::address(base, &[("inviter", &row.inviter.0.to_string())]),
        badge: super::badge(standing),
        delivery: super::delivery_word(row.delivery),
        stuck: model::is_stuck(standing, row.delivery, row.last_sent_at, now),
        sent: dates::age(row.last_sent_at, now, zone),
        sent_at: dates::machine(row.last_sent_at),
        sent_full: dates::moment(row.last_sent_at, zone),
    }
}
