//! `/organisation`: where a partner user lands. Name and logo, its own details, its people; dates in its time zone.

use actix_web::HttpResponse;
use askama::Template;

use super::super::model::Organisation;
use super::super::queries;
use super::access::{self, Tile};
use crate::access::{Actor, SignedIn, WriteUsers};
use crate::users::{self, PersonRow};
use crate::web::view::{Fact, Logo, Shell};
use crate::web::{AppError, Frame, dates, paths};

const PEOPLE: usize = 10;

#[derive(Template)]
#[template(path = "organisations/own.html")]
pub struct Own {
    pub shell: Shell,
    pub name: String,
    pub logo: Logo,
    pub greeting: String,
    pub tiles: Vec<Tile>,
    pub facts: Vec<Fact>,
    pub people: Vec<PersonRow>,
    pub people_count: i32,
    pub people_href: &'static str,
    pub may_invite: bool,
}

/// `GET /organisation`
pub async fn show(who: Actor<SignedIn>, frame: Frame) -> Result<HttpResponse, AppError> {
    let id = who.organisation.id;
    let ((organisation, addresses), people) =
        frame.portal.db.read(move |conn| Ok((queries::find_own(conn, id)?, users::first(conn, id, PEOPLE)?))).await?;
    let may_write = who.also::<WriteUsers>().is_some();
    let people_href = if who.is_staff() { paths::STAFF } else { paths::OWN_USERS };
    let clock = (frame.zone(), frame.portal.clock.now());
    frame.page(&Own {
        shell: frame.shell(&organisation.name),
        name: organisation.name.clone(),
        logo: super::logo(id, &organisation.name, organisation.logo_url.as_deref()),
        greeting: format!("{} · {} in the {} partner programme", who.user.name, who.user.role.word(), who.tenant.name),
        tiles: access::tiles(&organisation, addresses),
        facts: facts(&organisation, &frame),
        people: people.iter().map(|user| PersonRow::of(user, people_href, clock, may_write)).collect(),
        people_count: organisation.user_count,
        people_href,
        may_invite: may_write,
    })
}

fn facts(organisation: &Organisation, frame: &Frame) -> Vec<Fact> {
    let zone = frame.zone();
    let mut facts = vec![
        Fact::id("Partner Organisation ID", organisation.id.to_string()),
        Fact::time("Partner since", dates::day(organisation.created_at, zone), dates::machine(organisation.created_at)),
        Fact::new("Time zone", format!("{}, now {}", dates::city(zone), dates::time(frame.portal.clock.now(), zone))),
    ];
    facts.extend(super::show::optional(organisation));
    facts
}
