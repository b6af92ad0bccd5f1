//! The pencil: name and logo only (S1-21, S1-22). Of two people who save at once the second sees both versions.

use actix_web::http::StatusCode;
use actix_web::{HttpRequest, HttpResponse, Responder as _};
use askama::Template;

use super::super::actions::{self, Refusal};
use super::super::forms::{self, EditForm};
use super::super::model::Organisation;
use super::super::queries;
use crate::access::{Actor, WritePartners};
use crate::db::Fault;
use crate::input::Problems;
use crate::web::kept::Kept;
use crate::web::view::{Field, FieldError, Link, Shell};
use crate::web::{AppError, Flash, Frame, Id, Submitted, paths, see_other};

#[derive(Template)]
#[template(path = "organisations/edit.html")]
pub struct Edit {
    pub shell: Shell,
    pub crumbs: Vec<Link>,
    pub back: String,
    pub title: String,
    pub errors: Vec<FieldError>,
    pub version: i32,
    pub name: Field,
    pub logo: Field,
    /// How it is now, when somebody else saved in between.
    pub now: Option<Organisation>,
}

impl Edit {
    pub fn of(mut shell: Shell, organisation: &Organisation, typed: &EditForm, problems: &Problems) -> Self {
        if !problems.is_empty() {
            shell.title = format!("Error: {}", shell.title);
        }
        let mut crumbs = super::crumbs();
        crumbs.push(Link::new(&organisation.name, paths::partner(organisation.id)));
        Self {
            shell,
            crumbs,
            back: paths::partner(organisation.id),
            title: format!("Edit {}", organisation.name),
            errors: forms::summary(problems),
            version: organisation.version,
            name: forms::name_field(&typed.name, problems),
            logo: forms::logo_field(&typed.logo, problems),
            now: None,
        }
    }
}

/// `GET /settings/profile/partners/{id}/edit`
pub async fn form(
    who: Actor<WritePartners>,
    frame: Frame,
    id: Id,
    kept: Kept<EditForm>,
) -> Result<HttpResponse, AppError> {
    let organisation = load(&frame, &who, id).await?;
    let typed = kept.0.unwrap_or_else(|| EditForm {
        name: organisation.name.clone(),
        logo: organisation.logo_url.clone().unwrap_or_default(),
        version: String::new(),
    });
    // A form that was kept over an expired session keeps its version too: what others saved since is not overwritten.
    let version = typed.version.parse().unwrap_or(organisation.version);
    let page = Edit::of(shell(&frame, &organisation), &organisation, &typed, &Problems::default());
    frame.page(&Edit { version, ..page })
}

/// `POST /settings/profile/partners/{id}/edit`
pub async fn update(
    request: HttpRequest,
    who: Actor<WritePartners>,
    frame: Frame,
    id: Id,
    sent: Submitted<EditForm>,
) -> Result<HttpResponse, AppError> {
    let version = sent.0.version.parse().unwrap_or(0);
    let saved = match sent.0.parse() {
        Err(problems) => Err(Refusal::Fields(problems)),
        Ok(new) => {
            let (now, actor, name) = (frame.portal.clock.now(), who.clone(), new.name.clone());
            match frame.portal.db.write(move |tx| actions::edit(tx, &actor, now, (id.0, version), &new)).await {
                Ok(()) => Ok(name),
                Err(Fault::Refused(refusal)) => Err(refusal),
                Err(Fault::Db(error)) => return Err(error.into()),
            }
        }
    };
    match saved {
        Ok(name) => {
            Ok(see_other(paths::partner(id.0)).flash(Flash::done(format!("{name} is saved."))).respond_to(&request))
        }
        Err(refusal) => show_refusal(&who, &frame, id, &sent.0, refusal).await,
    }
}

async fn show_refusal(
    who: &Actor<WritePartners>,
    frame: &Frame,
    id: Id,
    typed: &EditForm,
    refusal: Refusal,
) -> Result<HttpResponse, AppError> {
    match refusal {
        Refusal::Fields(problems) => {
            let organisation = load(frame, who, id).await?;
            let version = typed.version.parse().unwrap_or(0);
            frame.refused(&Edit { version, ..Edit::of(shell(frame, &organisation), &organisation, typed, &problems) })
        }
        Refusal::Stale(now) => {
            let mut page = Edit::of(shell(frame, &now), &now, typed, &Problems::default());
            page.shell.title = format!("Error: {}", page.shell.title);
            frame.answer(StatusCode::CONFLICT, &Edit { now: Some(*now), ..page })
        }
        Refusal::Gone | Refusal::NameTaken | Refusal::NoParent => Err(AppError::NotFound),
    }
}

fn shell(frame: &Frame, organisation: &Organisation) -> Shell {
    frame.shell(format!("Edit {}", organisation.name))
}

async fn load(frame: &Frame, who: &Actor<WritePartners>, id: Id) -> Result<Organisation, AppError> {
    let tenant = who.tenant.id;
    let organisation = frame.portal.db.read(move |conn| Ok(queries::find_in(conn, tenant, id.0)?)).await?;
    if organisation.is_deleted() { Err(AppError::NotFound) } else { Ok(organisation) }
}
