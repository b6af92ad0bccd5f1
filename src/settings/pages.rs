//! `/settings` and `/settings/profile`.

use actix_web::http::StatusCode;
use actix_web::{HttpRequest, HttpResponse, Responder as _, web};
use askama::Template;
use serde::Deserialize;

use super::actions;
use super::queries;
use crate::access::{Actor, ManageTenant, Permission, ReadPartners};
use crate::db::Fault;
use crate::input::{self, Problems};
use crate::web::kept::Kept;
use crate::web::view::{Fact, Field, FieldError, Link, Shell};
use crate::web::{AppError, Flash, Frame, Submitted, dates, paths, see_other};

/// A place among the settings.
pub struct Place {
    pub icon: &'static str,
    pub label: &'static str,
    pub text: &'static str,
    pub href: &'static str,
}

#[derive(Template)]
#[template(path = "settings/index.html")]
pub struct Overview {
    pub shell: Shell,
    pub places: Vec<Place>,
}

#[derive(Template)]
#[template(path = "settings/profile.html")]
pub struct Profile {
    pub shell: Shell,
    pub crumbs: Vec<Link>,
    pub facts: Vec<Fact>,
    pub may_edit: bool,
}

#[derive(Template)]
#[template(path = "settings/edit.html")]
pub struct EditProfile {
    pub shell: Shell,
    pub crumbs: Vec<Link>,
    pub errors: Vec<FieldError>,
    pub name: Field,
    pub salesforce: Field,
    pub uses_salesforce: bool,
    pub version: String,
    /// How it is now, when somebody else saved in between.
    pub now: Option<actions::Profile>,
}

/// The profile's form.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub struct ProfileForm {
    name: String,
    uses_salesforce: String,
    version: String,
}

/// Routes of this feature.
pub fn routes(config: &mut web::ServiceConfig) {
    config
        .service(web::resource(paths::SETTINGS).route(web::get().to(index)))
        .service(web::resource(paths::PROFILE).route(web::get().to(show)))
        .service(web::resource(paths::PROFILE_EDIT).route(web::get().to(form)).route(web::post().to(update)));
}

async fn index(who: Actor<ReadPartners>, frame: Frame) -> Result<HttpResponse, AppError> {
    let place = |icon, label, text, href| Place { icon, label, text, href };
    let mut places = vec![
        place("guildhall", "Profile", "The programme's name, what it uses, and its partners", paths::PROFILE),
        place("building-2", "Partners", "Organisations that sell with you, and their people", paths::PARTNERS),
        place("users", "Staff", "Your own people and what each of them may do", paths::STAFF),
        place("trash-2", "Bin", "What was deleted in the last 30 days", paths::BIN),
    ];
    if who.may(Permission::ReadAudit) {
        places.push(place("history", "History", "Who did what, and when", paths::HISTORY));
    }
    frame.page(&Overview { shell: frame.shell("Settings"), places })
}

async fn show(who: Actor<ReadPartners>, frame: Frame) -> Result<HttpResponse, AppError> {
    let tenant = load(&frame, who.tenant.id).await?;
    let salesforce = if tenant.uses_salesforce { "Used: partners need an account ID" } else { "Not used" };
    frame.page(&Profile {
        shell: frame.shell("Profile"),
        crumbs: vec![Link::new("Settings", paths::SETTINGS)],
        facts: vec![
            Fact::new("Programme", &tenant.name),
            Fact::id("Short name", &tenant.slug),
            Fact::new("Salesforce", salesforce),
            Fact::time("Created", dates::moment(tenant.created_at, frame.zone()), dates::machine(tenant.created_at)),
        ],
        may_edit: who.may(Permission::ManageTenant),
    })
}

async fn form(who: Actor<ManageTenant>, frame: Frame, kept: Kept<ProfileForm>) -> Result<HttpResponse, AppError> {
    let tenant = load(&frame, who.tenant.id).await?;
    let as_it_is = || ProfileForm {
        name: tenant.name.clone(),
        uses_salesforce: if tenant.uses_salesforce { "true".into() } else { String::new() },
        version: tenant.version.to_string(),
    };
    let typed = kept.0.unwrap_or_else(as_it_is);
    frame.page(&edit_page(&frame, &typed, &Problems::default()))
}

async fn load(frame: &Frame, id: uuid::Uuid) -> Result<queries::Tenant, AppError> {
    Ok(frame.portal.db.read(move |conn| Ok(queries::find(conn, id)?)).await?)
}

async fn update(
    request: HttpRequest,
    who: Actor<ManageTenant>,
    frame: Frame,
    mut sent: Submitted<ProfileForm>,
) -> Result<HttpResponse, AppError> {
    let mut problems = Problems::default();
    let Some(name) = problems.check("name", input::programme_name(&sent.0.name)) else {
        return frame.refused(&edit_page(&frame, &sent.0, &problems));
    };
    let new = actions::Profile { name, uses_salesforce: sent.0.uses_salesforce == "true" };
    let (now, id, version) = (frame.portal.clock.now(), who.tenant.id, sent.0.version.parse().unwrap_or(0));
    match frame.portal.db.write(move |tx| actions::edit(tx, &who, now, version, &new)).await {
        Ok(()) => Ok(see_other(paths::PROFILE).flash(Flash::done("The profile is saved.")).respond_to(&request)),
        Err(Fault::Refused(actions::Stale(theirs))) => {
            sent.0.version = load(&frame, id).await?.version.to_string();
            let mut page = edit_page(&frame, &sent.0, &problems);
            page.shell.title = format!("Error: {}", page.shell.title);
            frame.answer(StatusCode::CONFLICT, &EditProfile { now: Some(theirs), ..page })
        }
        Err(Fault::Db(error)) => Err(error.into()),
    }
}

fn edit_page(frame: &Frame, typed: &ProfileForm, problems: &Problems) -> EditProfile {
    let prefix = if problems.is_empty() { "" } else { "Error: " };
    EditProfile {
        shell: frame.shell(format!("{prefix}Edit profile")),
        crumbs: vec![Link::new("Settings", paths::SETTINGS), Link::new("Profile", paths::PROFILE)],
        errors: problems.sentences().map(|(field, message)| FieldError { field, message }).collect(),
        name: Field::new("name", "Programme name").value(&typed.name).max(100).error(problems.of("name")),
        salesforce: Field::new("uses_salesforce", "We use Salesforce")
            .help("New partner organisations then need a Salesforce account ID."),
        uses_salesforce: typed.uses_salesforce == "true",
        version: typed.version.clone(),
        now: None,
    }
}
