//! Suspend, resume, delete, restore: pages that say in numbers what goes with it, and Undo afterwards.

use actix_web::HttpResponse;
use askama::Template;
use serde::Deserialize;
use uuid::Uuid;

use super::super::actions::{self, Refusal};
use super::super::model::{DAYS_IN_BIN, Organisation};
use super::super::queries;
use crate::access::{Actor, WritePartners};
use crate::db::Fault;
use crate::web::view::{Link, Shell};
use crate::web::{AppError, Flash, Frame, Id, Reply, Submitted, dates, paths, see_other};

/// A page that asks before something grave.
#[derive(Template)]
#[template(path = "organisations/consequences.html")]
pub struct Consequences {
    pub shell: Shell,
    pub crumbs: Vec<Link>,
    pub back: String,
    pub lead: String,
    pub toll: Vec<Toll>,
    pub button: String,
    pub keep: String,
}

/// A number and what it is of.
pub struct Toll {
    pub number: String,
    pub text: String,
}

/// A form that says only that the button was pressed.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct Pressed {}

/// `GET …/{id}/suspension`
pub async fn ask_suspension(who: Actor<WritePartners>, frame: Frame, id: Id) -> Result<HttpResponse, AppError> {
    let (organisation, signed_in, _) = load(&frame, &who, id.0).await?;
    let name = &organisation.name;
    frame.page(&Consequences {
        lead: format!(
            "People of {name} are signed out at once and cannot sign in until you resume it. Nothing is deleted."
        ),
        toll: vec![people(&organisation, signed_in)],
        button: format!("Suspend {name}"),
        keep: "Leave it active".into(),
        ..asking(&frame, &organisation, "Suspend")
    })
}

/// `POST …/{id}/suspension`
pub async fn suspend(
    who: Actor<WritePartners>,
    frame: Frame,
    id: Id,
    _: Submitted<Pressed>,
) -> Result<Reply, AppError> {
    let now = frame.portal.clock.now();
    let done = frame.portal.db.write(move |tx| actions::suspend(tx, &who, now, id.0)).await.map_err(super::refused)?;
    let said = Flash::done(format!("{} is suspended.", done.name)).undo(paths::partner_page(id.0, "suspension/end"));
    Ok(see_other(paths::partner(id.0)).flash(said))
}

/// `POST …/{id}/suspension/end`
pub async fn resume(who: Actor<WritePartners>, frame: Frame, id: Id, _: Submitted<Pressed>) -> Result<Reply, AppError> {
    let now = frame.portal.clock.now();
    let done = frame.portal.db.write(move |tx| actions::resume(tx, &who, now, id.0)).await.map_err(super::refused)?;
    Ok(see_other(paths::partner(id.0)).flash(Flash::done(format!("{} is active again.", done.name))))
}

/// `GET …/{id}/deletion`
pub async fn ask_deletion(who: Actor<WritePartners>, frame: Frame, id: Id) -> Result<HttpResponse, AppError> {
    let (organisation, signed_in, history) = load(&frame, &who, id.0).await?;
    let name = &organisation.name;
    let until = frame.portal.clock.now() + chrono::Duration::days(DAYS_IN_BIN);
    frame.page(&Consequences {
        lead: format!(
            "{name} goes to the bin. Its people are signed out at once and cannot sign in until it is restored."
        ),
        toll: vec![
            people(&organisation, signed_in),
            Toll {
                number: history.to_string(),
                text: "entries of history are kept; they stay in the programme's history".into(),
            },
            Toll {
                number: DAYS_IN_BIN.to_string(),
                text: format!("days to undo: until {}", dates::moment(until, frame.zone())),
            },
        ],
        button: format!("Delete {name}"),
        keep: "Keep it".into(),
        ..asking(&frame, &organisation, "Delete")
    })
}

/// `POST …/{id}/deletion`
pub async fn delete(who: Actor<WritePartners>, frame: Frame, id: Id, _: Submitted<Pressed>) -> Result<Reply, AppError> {
    let now = frame.portal.clock.now();
    let done = frame.portal.db.write(move |tx| actions::delete(tx, &who, now, id.0)).await.map_err(super::refused)?;
    let said = format!("{} is in the bin, where it can be restored for {DAYS_IN_BIN} days.", done.name);
    Ok(see_other(paths::PARTNERS).flash(Flash::done(said).undo(paths::partner_page(id.0, "deletion/undo"))))
}

/// `POST …/{id}/deletion/undo`
pub async fn restore(
    who: Actor<WritePartners>,
    frame: Frame,
    id: Id,
    _: Submitted<Pressed>,
) -> Result<Reply, AppError> {
    let now = frame.portal.clock.now();
    match frame.portal.db.write(move |tx| actions::restore(tx, &who, now, id.0)).await {
        Ok(done) if done.left_out == 0 => {
            let said = format!("{} is restored, with {}.", done.name, counted(done.people));
            Ok(see_other(paths::partner(id.0)).flash(Flash::done(said)))
        }
        Ok(done) => {
            let said = format!(
                "{} is restored, with {}. {} stayed out: their email address belongs to somebody else by now.",
                done.name,
                counted(done.people),
                done.left_out
            );
            Ok(see_other(paths::partner(id.0)).flash(Flash::warning(said)))
        }
        Err(Fault::Refused(Refusal::NameTaken)) => {
            let said = "It was not restored: another organisation has its name or code by now. Rename that one first.";
            Ok(see_other(paths::BIN).flash(Flash::warning(said)))
        }
        Err(fault) => Err(super::refused(fault)),
    }
}

fn asking(frame: &Frame, organisation: &Organisation, verb: &str) -> Consequences {
    let mut crumbs = super::crumbs();
    crumbs.push(Link::new(&organisation.name, paths::partner(organisation.id)));
    Consequences {
        shell: frame.shell(format!("{verb} {}", organisation.name)),
        crumbs,
        back: paths::partner(organisation.id),
        lead: String::new(),
        toll: Vec::new(),
        button: String::new(),
        keep: String::new(),
    }
}

fn people(organisation: &Organisation, signed_in: i64) -> Toll {
    let noun = if organisation.user_count == 1 { "person loses access" } else { "people lose their access" };
    let now = if signed_in == 0 { "none of them".into() } else { format!("{signed_in} of them") };
    Toll { number: organisation.user_count.to_string(), text: format!("{noun}, {now} signed in right now") }
}

fn counted(people: usize) -> String {
    if people == 1 { "1 person".into() } else { format!("{people} people") }
}

async fn load(frame: &Frame, who: &Actor<WritePartners>, id: Uuid) -> Result<(Organisation, i64, i64), AppError> {
    let (tenant, since) = (who.tenant.id, super::seen_since(frame.portal.clock.now()));
    let loaded = frame.portal.db.read(move |conn| {
        let organisation = queries::find_in(conn, tenant, id)?;
        let (signed_in, history) = super::super::standing::toll(conn, id, since)?;
        Ok((organisation, signed_in, history))
    });
    let loaded = loaded.await?;
    if loaded.0.is_deleted() { Err(AppError::NotFound) } else { Ok(loaded) }
}
