//! A credential's page: what it may do, which secrets work, and the ways to change or end them.

use actix_web::HttpResponse;
use askama::Template;

use super::super::forms;
use super::super::model::{ApiClient, Kind};
use super::super::queries::{self, Working};
use super::list::Secret;
use crate::access::ManageClients;
use crate::audit::{self, EventRow};
use crate::organisations::Header;
use crate::organisations::desk::Desk;
use crate::web::path::ItemId;
use crate::web::view::{Badge, Fact, HistoryDay, Link, Shell};
use crate::web::{AppError, Frame, dates, once};

/// Entries of history on the page.
const HISTORY: usize = 50;

#[derive(Template)]
#[template(path = "api_clients/show.html")]
pub struct Show {
    pub shell: Shell,
    pub header: Option<Header>,
    pub crumbs: Vec<Link>,
    pub list: String,
    pub base: String,
    pub name: String,
    pub badge: Badge,
    pub facts: Vec<Fact>,
    pub permissions: Vec<&'static str>,
    pub secrets: Vec<Secret>,
    /// Whether anything can still be done with it.
    pub open: bool,
    pub once: String,
    pub days: Vec<HistoryDay>,
}

/// A credential with everything that its page tells.
pub(super) struct Loaded {
    pub client: ApiClient,
    pub maker: String,
    pub secrets: Vec<Working>,
    pub events: Vec<EventRow>,
}

/// The credential, if this desk has it.
pub(super) async fn load(frame: &Frame, desk: &Desk<ManageClients>, item: ItemId) -> Result<Loaded, AppError> {
    let (organisation, now) = (desk.organisation, frame.portal.clock.now());
    let read = move |conn: &mut _| {
        let (client, maker) = queries::find_with_maker(conn, organisation, item.0)?;
        let secrets = queries::secrets_of(conn, &[client.id], now)?;
        let events = audit::of_object(conn, organisation, client.id, HISTORY)?;
        Ok(Loaded { client, maker, secrets, events })
    };
    Ok(frame.portal.db.read(read).await?)
}

/// `GET …/{item}`
pub async fn show(desk: Desk<ManageClients>, frame: Frame, item: ItemId) -> Result<HttpResponse, AppError> {
    let loaded = load(&frame, &desk, item).await?;
    let (client, zone) = (&loaded.client, frame.zone());
    let works = client.revoked_at.is_none();
    frame.page(&Show {
        shell: frame.shell(&client.name),
        crumbs: super::crumbs(&desk),
        list: super::base(&desk),
        base: super::address(&desk, client.id),
        name: client.name.clone(),
        badge: super::badge(works),
        facts: facts(&frame, &loaded),
        permissions: forms::told(&client.permissions),
        secrets: if works { Secret::all(&loaded.secrets, zone) } else { Vec::new() },
        open: works && desk.is_open(),
        once: once::new_key(frame.portal.clock.now()),
        days: audit::days(&loaded.events, zone, audit::Place::Object),
        header: desk.header,
    })
}

fn facts(frame: &Frame, loaded: &Loaded) -> Vec<Fact> {
    let (client, zone) = (&loaded.client, frame.zone());
    let time = |label, at| Fact::time(label, dates::moment(at, zone), dates::machine(at));
    let mut facts = vec![Fact::new("Kind", client.kind.word())];
    if client.kind == Kind::Client {
        facts.push(Fact::id("Client ID", client.id.to_string()));
    }
    facts.extend([time("Created", client.created_at), Fact::new("Created by", &loaded.maker)]);
    facts.push(client.last_used_at.map_or_else(|| Fact::new("Last used", "Never"), |at| time("Last used", at)));
    facts.extend(client.revoked_at.map(|at| time("Revoked", at)));
    facts
}
