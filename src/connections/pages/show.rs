//! A connection's page: who is at the other end, what each side lets the other do, and what has happened.

use actix_web::HttpResponse;
use askama::Template;

use super::super::forms::{self, GrantsForm};
use super::super::model::{Side, told};
use super::super::queries::{self, Found};
use crate::access::ReadRecords;
use crate::audit::{self, EventRow};
use crate::input::Problems;
use crate::organisations::desk::{Desk, Section};
use crate::organisations::pages as organisations;
use crate::organisations::{Header, State};
use crate::web::path::ItemId;
use crate::web::view::{Badge, Fact, Field, FieldError, HistoryDay, Link, Logo, Shell};
use crate::web::{AppError, Frame, dates};

/// Entries of history on the page.
const HISTORY: usize = 50;

#[derive(Template)]
#[template(path = "connections/show.html")]
pub struct Show {
    pub shell: Shell,
    pub header: Option<Header>,
    pub crumbs: Vec<Link>,
    pub errors: Vec<FieldError>,
    /// The other organisation's name.
    pub name: String,
    pub logo: Logo,
    pub badge: Badge,
    /// The other organisation's state, unless it is active.
    pub other_state: Option<Badge>,
    /// What stands in the way, in a sentence; empty when nothing does.
    pub lead: String,
    pub facts: Vec<Fact>,
    pub us: String,
    /// The form of one's own grants; without it they are only told.
    pub form: Option<Grants>,
    pub given: &'static str,
    pub taken: &'static str,
    pub live: bool,
    /// Where it is ended, if the reader may.
    pub end_href: Option<String>,
    pub bond: Bond,
    pub days: Vec<HistoryDay>,
    /// Whether there is more history than is shown.
    pub older: bool,
    /// Somebody saved in between: the form holds what was typed, the rest of the page how it is now.
    pub stale: bool,
}

/// The form of what one's own organisation lets the other do.
pub struct Grants {
    pub action: String,
    pub version: i32,
    pub boxes: Vec<(Field, bool)>,
}

/// The picture of the two sides, and the same in words.
pub struct Bond {
    pub us: Logo,
    pub them: Logo,
    pub words: [String; 2],
}

/// A connection with its history.
pub type Loaded = (Found, Vec<EventRow>);

/// `GET …/connections/{item}`
pub async fn show(desk: Desk<ReadRecords>, frame: Frame, item: ItemId) -> Result<HttpResponse, AppError> {
    let loaded = load(&frame, &desk, item).await?;
    frame.page(&Show::of(&frame, desk, &loaded, None, &Problems::default()))
}

/// The connection, if this desk has it.
pub(super) async fn load<G>(frame: &Frame, desk: &Desk<G>, item: ItemId) -> Result<Loaded, AppError> {
    let (tenant, organisation) = (desk.who.tenant.id, desk.organisation);
    let read = move |conn: &mut _| {
        let found = queries::find(conn, tenant, organisation, item.0)?;
        Ok((found, audit::of_object(conn, organisation, item.0, HISTORY + 1)?))
    };
    Ok(frame.portal.db.read(read).await?)
}

impl Show {
    /// The page; `typed` is what the form holds when that is not how things are.
    pub(super) fn of<G>(
        frame: &Frame,
        desk: Desk<G>,
        (found, events): &Loaded,
        typed: Option<&GrantsForm>,
        problems: &Problems,
    ) -> Self {
        let (connection, other) = (&found.connection, &found.other);
        let (own, page) = (desk.organisation, address(&desk, connection.id));
        let decides = super::may_decide(&desk) && connection.is_live();
        let prefix = if problems.is_empty() { "" } else { "Error: " };
        Self {
            shell: frame.shell(format!("{prefix}Connection with {}", other.name)),
            crumbs: super::crumbs(&desk),
            errors: forms::summary(problems),
            name: other.name.clone(),
            logo: organisations::logo(other.id, &other.name, other.logo_url.as_deref()),
            badge: super::badge(connection.is_live()),
            other_state: (other.state != State::Active).then(|| organisations::badge(other.state)),
            lead: lead(&desk, found),
            facts: facts(frame, &desk, found),
            us: super::us(&desk),
            form: decides.then(|| grants(found, own, &page, typed, problems)),
            given: told(connection.given_by(own)),
            taken: told(connection.given_to(own)),
            live: connection.is_live(),
            end_href: decides.then(|| format!("{page}/end")),
            bond: bond(&desk, found),
            days: audit::days(&events[..events.len().min(HISTORY)], frame.zone(), audit::Place::Object),
            older: events.len() > HISTORY,
            stale: false,
            header: desk.header,
        }
    }
}

/// The address of a connection's page.
pub(super) fn address<G>(desk: &Desk<G>, id: uuid::Uuid) -> String {
    format!("{}/{id}", desk.place.address(Section::Connections))
}

fn grants(found: &Found, own: uuid::Uuid, page: &str, typed: Option<&GrantsForm>, problems: &Problems) -> Grants {
    let connection = &found.connection;
    let as_it_is = GrantsForm::of(connection.given_by(own));
    let typed = typed.unwrap_or(&as_it_is);
    // A form that comes back keeps its version too: what others saved since is not overwritten unseen.
    let version = typed.version.parse().unwrap_or(connection.version);
    Grants { action: format!("{page}/grants"), version, boxes: typed.boxes(problems) }
}

fn lead<G>(desk: &Desk<G>, found: &Found) -> String {
    let other = &found.other.name;
    if !found.connection.is_live() {
        return "This connection has ended: neither side can do anything with the other’s records any more. A new \
                invitation can connect both again."
            .into();
    }
    let state = match found.other.state {
        State::Active => return String::new(),
        State::Suspended => "suspended",
        State::Deleted => "in the bin",
    };
    let still = if super::may_decide(desk) { " You can still take back what you allow it." } else { "" };
    format!("{other} is {state}. Until that changes, what is allowed here has no effect.{still}")
}

fn facts<G>(frame: &Frame, desk: &Desk<G>, found: &Found) -> Vec<Fact> {
    let (connection, zone) = (&found.connection, frame.zone());
    let time = |label, at| Fact::time(label, dates::moment(at, zone), dates::machine(at));
    let host = connection.side_of(desk.organisation) == Side::Host;
    let named = |ours: bool| if ours { desk.name.as_str() } else { found.other.name.as_str() };
    let mut facts =
        vec![time("Connected since", connection.created_at), Fact::new("Invitation", super::invited(desk, host))];
    if let (Some(at), Some(by)) = (found.invited_at, &found.invited_by) {
        facts.extend([Fact::new("Invited by", format!("{by}, {}", named(host))), time("Invited", at)]);
    }
    if let (Some(id), Some(name)) = (found.record_id, &found.record_name) {
        let href = format!("{}/{id}", desk.place.address(Section::Records));
        facts.push(Fact::new("Partner record", name).href(href));
    }
    if let Some(at) = connection.ended_at {
        let by = connection.ended_by_organisation_id.map(|by| named(by == desk.organisation));
        facts.extend([time("Ended", at), Fact::new("Ended by", by.unwrap_or_default())]);
    }
    facts
}

fn bond<G>(desk: &Desk<G>, found: &Found) -> Bond {
    let (connection, other) = (&found.connection, &found.other);
    let (ours, theirs) = (desk.name.as_str(), other.name.as_str());
    let lends = |from: &str, to: &str, grants| match (connection.is_live(), told(grants)) {
        (true, "nothing") => format!("{from} lets {to} do nothing yet."),
        (true, words) => format!("{from} lets {to} {words}."),
        (false, "nothing") => format!("{from} let {to} do nothing."),
        (false, words) => format!("{from} let {to} {words} until the end."),
    };
    Bond {
        us: organisations::logo(desk.organisation, ours, None),
        them: organisations::logo(other.id, theirs, None),
        words: [
            lends(ours, theirs, connection.given_by(desk.organisation)),
            lends(theirs, ours, connection.given_to(desk.organisation)),
        ],
    }
}
