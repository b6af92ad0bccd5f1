//! *Add a partner*: a company is recorded.

use actix_web::{HttpRequest, HttpResponse, Responder as _};
use askama::Template;

use super::super::actions::{self, Refusal};
use super::super::forms::{self, Controls, RecordForm};
use super::Keeper;
use crate::access::WriteRecords;
use crate::db::Fault;
use crate::input::{Problem, Problems};
use crate::organisations::desk::Desk;
use crate::secrets;
use crate::web::kept::Kept;
use crate::web::once::{self, Claim};
use crate::web::view::{FieldError, Link, Shell};
use crate::web::{AppError, Flash, Frame, Submitted, see_other};

#[derive(Template)]
#[template(path = "partner_records/new.html")]
pub struct New {
    pub shell: Shell,
    pub crumbs: Vec<Link>,
    pub errors: Vec<FieldError>,
    pub action: String,
    pub back: String,
    pub once: String,
    pub controls: Controls,
}

impl New {
    fn of(frame: &Frame, desk: &Desk<WriteRecords>, typed: &RecordForm, problems: &Problems) -> Self {
        let prefix = if problems.is_empty() { "" } else { "Error: " };
        Self {
            shell: frame.shell(format!("{prefix}Add a partner")),
            crumbs: super::crumbs(desk),
            errors: forms::summary(problems),
            action: format!("{}/new", super::base(desk)),
            back: super::base(desk),
            once: typed.once.clone(),
            controls: Controls::of(typed, problems),
        }
    }
}

/// `GET …/new`
pub async fn form(Keeper(desk): Keeper, frame: Frame, kept: Kept<RecordForm>) -> Result<HttpResponse, AppError> {
    let typed = RecordForm { once: once::new_key(frame.portal.clock.now()), ..kept.0.unwrap_or_default() };
    frame.page(&New::of(&frame, &desk, &typed, &Problems::default()))
}

/// `POST …/new`
pub async fn create(
    request: HttpRequest,
    Keeper(desk): Keeper,
    frame: Frame,
    mut sent: Submitted<RecordForm>,
) -> Result<HttpResponse, AppError> {
    let new = match sent.0.parse() {
        Ok(new) => new,
        Err(problems) => return frame.refused(&New::of(&frame, &desk, &sent.0, &problems)),
    };
    let (now, name) = (frame.portal.clock.now(), new.company_name.clone());
    let (who, organisation, id) = (desk.who.clone(), desk.organisation, secrets::new_id(now));
    let location = super::address(&desk, id);
    let content = format!("{}\n{}", super::base(&desk), sent.0.content());
    let form = once::Sent { key: sent.0.once.clone(), user: who.user.id, content };
    let created = frame.portal.db.write(move |tx| match once::claim(tx, &form, &location, now)? {
        Claim::Again(first) => Ok(first),
        Claim::Changed => Err(Fault::Refused(Refusal::UsedBefore)),
        Claim::First => {
            actions::create(tx, &Keeper::scope(&who, organisation, now), id, &new).map(|()| location.clone())
        }
    });
    match created.await {
        Ok(location) => Ok(see_other(location).flash(Flash::done(format!("{name} is added."))).respond_to(&request)),
        Err(Fault::Refused(Refusal::UsedBefore)) => {
            sent.0.once = once::new_key(now);
            frame.refused(&New::of(&frame, &desk, &sent.0, &used_before()))
        }
        Err(fault) => Err(super::refused(fault)),
    }
}

/// The Back button brought an old form, and something was changed in it.
fn used_before() -> Problems {
    let sentence = "This form has added a partner already. To add another one with these details, send it again.";
    Problems::one("company_name", Problem::NotAllowed(sentence))
}
