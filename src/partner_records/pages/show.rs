//! A record's page: what is noted, how far its invitation has come, and the form that changes it.

use actix_web::http::StatusCode;
use actix_web::{HttpRequest, HttpResponse, Responder as _};
use askama::Template;
use uuid::Uuid;

use super::super::actions::{self, Refusal};
use super::super::forms::{self, Controls, RecordForm};
use super::super::model::Record;
use super::super::queries::{self, Guest, Invited};
use super::Keeper;
use crate::access::{OrganisationKind, Permission, ReadRecords};
use crate::db::Fault;
use crate::input::Problems;
use crate::invitations::Standing;
use crate::organisations::desk::{Desk, Place, Section};
use crate::web::kept::Kept;
use crate::web::path::ItemId;
use crate::web::view::{Badge, Fact, FieldError, Link, Shell};
use crate::web::{AppError, Flash, Frame, Submitted, dates, paths, see_other};

#[derive(Template)]
#[template(path = "partner_records/show.html")]
pub struct Show {
    pub shell: Shell,
    pub crumbs: Vec<Link>,
    pub title: String,
    pub badge: Badge,
    pub facts: Vec<Fact>,
    /// Where the company is invited from, if it can be.
    pub invite_href: Option<String>,
    /// Another record of the same name.
    pub twin_href: Option<String>,
    pub action: String,
    pub back: String,
    /// For whoever may change it.
    pub changing: Option<Changing>,
}

/// The form of a record.
pub struct Changing {
    pub errors: Vec<FieldError>,
    pub version: String,
    pub controls: Controls,
    /// How the record is now, when somebody else saved in between.
    pub now: Option<Now>,
}

/// What somebody else saved.
pub struct Now {
    pub name: String,
    pub rest: String,
}

/// A record with all that its page tells.
struct Loaded {
    record: Record,
    invited: Option<Invited>,
    guest: Option<Guest>,
    twin: Option<Uuid>,
}

impl Show {
    fn of<G>(frame: &Frame, desk: &Desk<G>, loaded: &Loaded, form: Option<Changing>) -> Self {
        let record = &loaded.record;
        let clock = (frame.zone(), frame.portal.clock.now());
        let troubled = form.as_ref().is_some_and(|form| !form.errors.is_empty() || form.now.is_some());
        Self {
            shell: frame.shell(format!("{}{}", if troubled { "Error: " } else { "" }, record.company_name)),
            crumbs: super::crumbs(desk),
            title: record.company_name.clone(),
            badge: super::badge(loaded.invited.as_ref(), clock),
            facts: facts(frame, desk, loaded, form.is_some()),
            invite_href: invitable(desk, loaded, clock.1)
                .then(|| format!("{}/new?kind=partner&record={}", desk.place.address(Section::Invitations), record.id)),
            twin_href: loaded.twin.map(|twin| super::address(desk, twin)),
            action: super::address(desk, record.id),
            back: super::base(desk),
            changing: form,
        }
    }
}

/// Whether the reader may invite the company now: it is not here yet, and no invitation of it waits.
fn invitable<G>(desk: &Desk<G>, loaded: &Loaded, now: chrono::DateTime<chrono::Utc>) -> bool {
    let waits = |invited: &Invited| invited.state.standing(invited.expires_at, now) == Standing::Waiting;
    desk.who.may(Permission::WriteInvitation)
        && desk.is_open()
        && loaded.record.guest_organisation_id.is_none()
        && !loaded.invited.as_ref().is_some_and(waits)
}

/// The form shows what can be changed, so that the facts are the others; without a form they are all.
fn facts<G>(frame: &Frame, desk: &Desk<G>, loaded: &Loaded, in_form: bool) -> Vec<Fact> {
    let (record, zone) = (&loaded.record, frame.zone());
    let mut facts = Vec::new();
    if !in_form {
        facts.extend([
            Fact::new("Type", record.partner_type.word()),
            Fact::new("Email address", &record.email),
            Fact::new("Sales a year", super::sales(record.sales_amount)),
            Fact::new("Frequency", &record.frequency),
            Fact::new("Payment terms", &record.payment_terms),
        ]);
    }
    facts.push(invitation(desk, loaded.invited.as_ref(), frame.portal.clock.now()));
    facts.extend(loaded.guest.as_ref().map(|guest| on_the_portal(desk, guest)));
    facts.push(Fact::time("Added", dates::moment(record.created_at, zone), dates::machine(record.created_at)));
    facts.push(Fact::time("Changed", dates::moment(record.updated_at, zone), dates::machine(record.updated_at)));
    facts
}

fn invitation<G>(desk: &Desk<G>, invited: Option<&Invited>, now: chrono::DateTime<chrono::Utc>) -> Fact {
    let Some(invited) = invited else { return Fact::new("Invitation", "Not invited") };
    let fact = Fact::new("Invitation", invited.state.standing(invited.expires_at, now).word());
    if desk.who.may(Permission::ReadInvitation) {
        fact.href(format!("{}/{}", desk.place.address(Section::Invitations), invited.id))
    } else {
        fact
    }
}

/// The organisation that accepted; staff can open it.
fn on_the_portal<G>(desk: &Desk<G>, guest: &Guest) -> Fact {
    let fact = Fact::new("On the portal as", &guest.name);
    if desk.who.is_staff() && guest.kind == OrganisationKind::Partner {
        fact.href(paths::partner(guest.id))
    } else {
        fact
    }
}

impl Changing {
    fn of(typed: &RecordForm, problems: &Problems) -> Self {
        Self {
            errors: forms::summary(problems),
            version: typed.version.clone(),
            controls: Controls::of(typed, problems),
            now: None,
        }
    }
}

impl Now {
    fn of(record: &Record) -> Self {
        let sales = super::sales(record.sales_amount);
        let kind = record.partner_type.word().to_lowercase();
        let Record { company_name, email, frequency, payment_terms, .. } = record;
        Self {
            name: company_name.clone(),
            rest: format!("{kind}, {email}, sales of {sales} a year, {frequency}, {payment_terms}"),
        }
    }
}

/// `GET …/{item}`
pub async fn show(
    desk: Desk<ReadRecords>,
    frame: Frame,
    id: ItemId,
    kept: Kept<RecordForm>,
) -> Result<HttpResponse, AppError> {
    let loaded = load(&frame, desk.organisation, id).await?;
    let may_write = desk.who.may(Permission::WritePartner) && !matches!(desk.place, Place::Partner(_));
    // A form that was kept over an expired session keeps its version too: what others saved since is not overwritten.
    let typed = kept.0.unwrap_or_else(|| RecordForm::of(&loaded.record));
    let form = may_write.then(|| Changing::of(&typed, &Problems::default()));
    frame.page(&Show::of(&frame, &desk, &loaded, form))
}

/// `POST …/{item}`
pub async fn update(
    request: HttpRequest,
    Keeper(desk): Keeper,
    frame: Frame,
    id: ItemId,
    sent: Submitted<RecordForm>,
) -> Result<HttpResponse, AppError> {
    let new = match sent.0.parse() {
        Ok(new) => new,
        Err(problems) => {
            let loaded = load(&frame, desk.organisation, id).await?;
            return frame.refused(&Show::of(&frame, &desk, &loaded, Some(Changing::of(&sent.0, &problems))));
        }
    };
    let (who, organisation, now) = (desk.who.clone(), desk.organisation, frame.portal.clock.now());
    let (name, version) = (new.company_name.clone(), Some(sent.0.version.parse().unwrap_or(0)));
    let saved = frame
        .portal
        .db
        .write(move |tx| actions::edit(tx, &Keeper::scope(&who, organisation, now), (id.0, version), &new));
    match saved.await {
        Ok(()) => {
            let said = Flash::done(format!("{name} is saved."));
            Ok(see_other(super::address(&desk, id.0)).flash(said).respond_to(&request))
        }
        Err(Fault::Refused(Refusal::Stale(now))) => {
            let typed = RecordForm { version: now.version.to_string(), ..sent.0 };
            let form = Changing { now: Some(Now::of(&now)), ..Changing::of(&typed, &Problems::default()) };
            let loaded = load(&frame, desk.organisation, id).await?;
            frame.answer(StatusCode::CONFLICT, &Show::of(&frame, &desk, &loaded, Some(form)))
        }
        Err(fault) => Err(super::refused(fault)),
    }
}

async fn load(frame: &Frame, organisation: Uuid, id: ItemId) -> Result<Loaded, AppError> {
    let read = move |conn: &mut _| {
        let (record, invited, guest) = queries::find_in(conn, organisation, id.0)?;
        let twin = queries::twin_of(conn, &record)?;
        Ok(Loaded { record, invited, guest, twin })
    };
    Ok(frame.portal.db.read(read).await?)
}
