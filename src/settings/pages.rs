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
    pub shop: Field,
    pub self_service: Field,
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
    shop_url: String,
    self_service_url: String,
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
    if who.may(Permission::ManageApiClients) {
        places.push(place("key-round", "API", "API clients and API keys of your own systems", paths::API_CLIENTS));
    }
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
            Fact::new("Shop", tenant.shop_url.unwrap_or_default()),
            Fact::new("Self-Service", tenant.self_service_url.unwrap_or_default()),
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
        shop_url: tenant.shop_url.clone().unwrap_or_default(),
        self_service_url: tenant.self_service_url.clone().unwrap_or_default(),
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
    let new = match parse(&sent.0, frame.portal.base_url.is_loopback()) {
        Ok(new) => new,
        Err(problems) => return frame.refused(&edit_page(&frame, &sent.0, &problems)),
    };
    let (now, version) = (frame.portal.clock.now(), sent.0.version.parse().unwrap_or(0));
    let work = move |tx: &mut _| actions::edit(tx, &who, now, Some(version), |profile| profile.clone_from(&new));
    match frame.portal.db.write(work).await {
        Ok(()) => Ok(see_other(paths::PROFILE).flash(Flash::done("The profile is saved.")).respond_to(&request)),
        Err(Fault::Refused(stale)) => {
            sent.0.version = stale.version.to_string();
            let mut page = edit_page(&frame, &sent.0, &Problems::default());
            page.shell.title = format!("Error: {}", page.shell.title);
            frame.answer(StatusCode::CONFLICT, &EditProfile { now: Some(stale.now), ..page })
        }
        Err(Fault::Db(error)) => Err(error.into()),
    }
}

fn parse(sent: &ProfileForm, on_this_machine: bool) -> Result<actions::Profile, Problems> {
    let mut problems = Problems::default();
    let name = problems.check("name", input::programme_name(&sent.name));
    let shop = problems.check("shop_url", input::application_url(&sent.shop_url, on_this_machine));
    let self_service =
        problems.check("self_service_url", input::application_url(&sent.self_service_url, on_this_machine));
    match (name, shop, self_service) {
        (Some(name), Some(shop_url), Some(self_service_url)) => {
            Ok(actions::Profile { name, uses_salesforce: sent.uses_salesforce == "true", shop_url, self_service_url })
        }
        _ => Err(problems),
    }
}

/// The address of an application; both are asked for in the same way.
fn address(name: &'static str, label: &'static str, value: &str, problems: &Problems) -> Field {
    Field::new(name, label)
        .help("Partners who have it find the link on their page.")
        .kind("url")
        .value(value)
        .optional()
        .error(problems.of(name))
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
        shop: address("shop_url", "Address of Shop", &typed.shop_url, problems),
        self_service: address("self_service_url", "Address of Self-Service", &typed.self_service_url, problems),
        version: typed.version.clone(),
        now: None,
    }
}
