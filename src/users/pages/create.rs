//! *Create user* (S1-14 … S1-16).

use actix_web::{HttpRequest, HttpResponse, Responder as _};
use askama::Template;

use super::super::actions::{self, Refusal};
use super::super::forms::{self, CreateForm};
use super::super::roster::{Place, Writing};
use crate::db::Fault;
use crate::input::{Problem, Problems};
use crate::secrets;
use crate::web::kept::Kept;
use crate::web::once::{self, Claim};
use crate::web::view::{Choice, Field, FieldError, Link, Shell};
use crate::web::{AppError, Flash, Frame, Submitted, paths, see_other};

#[derive(Template)]
#[template(path = "users/new.html")]
pub struct New {
    pub shell: Shell,
    pub crumbs: Vec<Link>,
    pub title: String,
    pub errors: Vec<FieldError>,
    pub action: String,
    pub back: String,
    pub once: String,
    pub name: Field,
    pub email: Field,
    pub role: Field,
    pub roles: Vec<Choice>,
}

impl New {
    fn of(frame: &Frame, roster: &Writing, typed: &CreateForm, problems: &Problems) -> Self {
        let title = if roster.place == Place::Staff {
            "Create a staff user".to_owned()
        } else {
            format!("Create a user of {}", roster.name)
        };
        let prefix = if problems.is_empty() { "" } else { "Error: " };
        Self {
            shell: frame.shell(format!("{prefix}{title}")),
            crumbs: roster.crumbs(),
            title,
            errors: forms::summary(problems),
            action: format!("{}/new", roster.base()),
            back: back(roster),
            once: typed.once.clone(),
            name: forms::name_field(&typed.name, problems),
            email: forms::email_field(&typed.email, problems),
            role: forms::role_field(problems),
            roles: forms::role_choices(roster.kind, roster.who.user.role, &typed.role),
        }
    }
}

/// Where the new user will be seen: a partner's page, or the list.
fn back(roster: &Writing) -> String {
    match roster.place {
        Place::Partner(id) => paths::partner(id),
        Place::Staff | Place::Own => roster.base(),
    }
}

/// `GET …/users/new`
pub async fn form(roster: Writing, frame: Frame, kept: Kept<CreateForm>) -> Result<HttpResponse, AppError> {
    if roster.header.as_ref().is_some_and(|header| header.deleted) {
        return Err(AppError::NotFound);
    }
    let typed = CreateForm { once: once::new_key(frame.portal.clock.now()), ..kept.0.unwrap_or_default() };
    frame.page(&New::of(&frame, &roster, &typed, &Problems::default()))
}

/// `POST …/users/new`
pub async fn create(
    request: HttpRequest,
    roster: Writing,
    frame: Frame,
    mut sent: Submitted<CreateForm>,
) -> Result<HttpResponse, AppError> {
    let new = match sent.0.parse(roster.kind) {
        Ok(new) => new,
        Err(problems) => return frame.refused(&New::of(&frame, &roster, &sent.0, &problems)),
    };
    let (now, location, name) = (frame.portal.clock.now(), back(&roster), new.name.clone());
    let form = once::Sent { key: sent.0.once.clone(), user: roster.who.user.id, content: content(&location, &sent.0) };
    let (who, organisation, id) = (roster.who.clone(), roster.organisation, secrets::new_id(now));
    let created = frame.portal.db.write(move |tx| match once::claim(tx, &form, &location, now)? {
        Claim::Again(first) => Ok(first),
        Claim::Changed => Err(Fault::Refused(Refusal::Fields(used_before()))),
        Claim::First => {
            actions::create(tx, &Writing::scope(&who, organisation, now), id, &new).map(|()| location.clone())
        }
    });
    match created.await {
        Ok(location) => {
            Ok(see_other(location).flash(Flash::done(format!("{name} can sign in now."))).respond_to(&request))
        }
        Err(Fault::Refused(Refusal::Fields(problems))) => {
            sent.0.once = once::new_key(now);
            frame.refused(&New::of(&frame, &roster, &sent.0, &problems))
        }
        Err(fault) => Err(super::refused(fault)),
    }
}

/// What the form held, for its key.
fn content(location: &str, typed: &CreateForm) -> String {
    [location, &typed.name, &typed.email, &typed.role].join("\n")
}

/// The Back button brought an old form, and something was changed in it.
fn used_before() -> Problems {
    let sentence = "This form has created a user already. To create another one with these details, send it again.";
    Problems::one("name", Problem::NotAllowed(sentence))
}
