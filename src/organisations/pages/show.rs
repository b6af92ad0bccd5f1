//! A partner's page for staff: what decides everything, and its people.

use actix_web::HttpResponse;
use askama::Template;
use chrono_tz::Tz;

use super::super::model::Organisation;
use super::super::queries;
use super::Header;
use super::access::{self, Switch};
use crate::access::{Actor, Permission, ReadPartners};
use crate::users::{self, PersonRow};
use crate::web::view::{Fact, Shell};
use crate::web::{AppError, Frame, Id, countries, dates, paths};

/// People shown on the overview; the People tab has all.
const PEOPLE: usize = 10;

#[derive(Template)]
#[template(path = "organisations/show.html")]
pub struct Show {
    pub shell: Shell,
    pub header: Header,
    pub facts: Vec<Fact>,
    pub switches: Vec<Switch>,
    pub people: Vec<PersonRow>,
    pub more_people: bool,
    pub restorable_until: Option<String>,
}

/// `GET /settings/profile/partners/{id}`
pub async fn show(who: Actor<ReadPartners>, frame: Frame, id: Id) -> Result<HttpResponse, AppError> {
    let tenant = who.tenant.id;
    let (organisation, people) = frame
        .portal
        .db
        .read(move |conn| {
            let organisation = queries::find_in(conn, tenant, id.0)?;
            Ok((organisation, users::first(conn, id.0, PEOPLE)?))
        })
        .await?;
    let may_write = who.may(Permission::WritePartner);
    let base = paths::partner_page(id.0, "users");
    let (zone, now) = (zone_of(&organisation), frame.portal.clock.now());
    let mut shell = frame.shell(&organisation.name);
    // The API does not reach into the bin.
    shell.call = shell.call.filter(|_| !organisation.is_deleted());
    frame.page(&Show {
        shell,
        header: Header::of(&organisation, may_write, who.may(Permission::ReadAudit), "Overview"),
        facts: facts(&organisation, zone),
        switches: access::switches(&organisation),
        people: people.iter().map(|user| PersonRow::of(user, &base, (zone, now), may_write)).collect(),
        more_people: usize::try_from(organisation.user_count).unwrap_or_default() > PEOPLE,
        restorable_until: organisation.restorable_until().map(|until| dates::moment(until, zone)),
    })
}

/// The clock of an organisation's own page, whoever reads it.
fn zone_of(organisation: &Organisation) -> Tz {
    dates::zone(&organisation.time_zone).unwrap_or(Tz::UTC)
}

fn facts(organisation: &Organisation, zone: Tz) -> Vec<Fact> {
    let text = |value: &Option<String>| value.clone().unwrap_or_default();
    let mut facts = vec![
        Fact::id("Partner Organisation ID", organisation.id.to_string()),
        Fact::id("Zuora account ID", text(&organisation.zuora_account_id)),
        Fact::new("Zuora Invoice Owner", organisation.invoice_owner.map_or("", |owner| owner.word())),
        Fact::id("Salesforce account ID", text(&organisation.salesforce_account_id)),
        Fact::new("Time zone", dates::place(zone)),
        Fact::time("Created", dates::moment(organisation.created_at, zone), dates::machine(organisation.created_at)),
    ];
    facts.extend(optional(organisation));
    facts
}

/// What only some organisations have.
pub(super) fn optional(organisation: &Organisation) -> impl Iterator<Item = Fact> {
    let code = organisation.code.as_ref().map(|code| Fact::new("Code", code));
    let country = organisation.country.as_deref().map(|code| Fact::new("Country", countries::name(code)));
    code.into_iter().chain(country)
}
