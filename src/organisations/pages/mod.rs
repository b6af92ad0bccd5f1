//! Pages of organisations. Handlers ask for the actor, read or act once, and answer; no SQL, no rules.

pub mod access;
pub mod bin;
pub mod create;
pub mod edit;
pub mod export;
pub mod import;
pub mod imported;
pub mod lifecycle;
pub mod list;
pub mod own;
pub mod show;

use actix_web::web;
use chrono::{DateTime, Utc};
use uuid::Uuid;

use super::actions::Refusal;
use super::model::{Organisation, State};
use crate::db::Fault;
use crate::web::view::{Badge, Link, Logo, Tab};
use crate::web::{AppError, paths};

/// Routes of this feature, but for those of one partner and of imports.
pub fn routes(config: &mut web::ServiceConfig) {
    config
        .service(web::resource(paths::PARTNERS).route(web::get().to(list::index)))
        .service(
            web::resource(paths::PARTNERS_NEW).route(web::get().to(create::form)).route(web::post().to(create::create)),
        )
        .service(web::resource(paths::PARTNERS_EXPORT).route(web::get().to(export::export)))
        .service(
            web::resource(paths::PARTNERS_IMPORT)
                .route(web::get().to(import::form))
                .route(web::post().to(import::create)),
        )
        .service(web::resource(paths::BIN).route(web::get().to(bin::index)))
        .service(web::resource(paths::ORGANISATION).route(web::get().to(own::show)));
}

/// The page of a partner.
pub fn routes_of_a_partner(config: &mut web::ServiceConfig) {
    config.service(web::resource("/settings/profile/partners/{id}").route(web::get().to(show::show)));
}

/// What changes one partner, and imports. Comes after all that lies below a partner in other features, since nothing
/// below it is looked for elsewhere.
pub fn routes_below(config: &mut web::ServiceConfig) {
    let imports = web::scope("/settings/profile/partners/imports")
        .service(web::resource("/{item}").route(web::get().to(imported::show)))
        .service(web::resource("/{item}/undo").route(web::post().to(imported::undo)));
    let one = web::scope("/settings/profile/partners/{id}")
        .service(web::resource("/edit").route(web::get().to(edit::form)).route(web::post().to(edit::update)))
        .service(
            web::resource("/suspension")
                .route(web::get().to(lifecycle::ask_suspension))
                .route(web::post().to(lifecycle::suspend)),
        )
        .service(web::resource("/suspension/end").route(web::post().to(lifecycle::resume)))
        .service(
            web::resource("/deletion")
                .route(web::get().to(lifecycle::ask_deletion))
                .route(web::post().to(lifecycle::delete)),
        )
        .service(web::resource("/deletion/undo").route(web::post().to(lifecycle::restore)))
        .service(web::resource("/access").route(web::post().to(access::switch)));
    config.service(imports).service(one);
}

/// What stands above every page of one partner: who it is, how it is, and its tabs.
#[derive(Debug, Clone)]
pub struct Header {
    pub id: Uuid,
    pub name: String,
    pub logo: Logo,
    pub badge: Badge,
    pub crumbs: Vec<Link>,
    pub tabs: Vec<Tab>,
    pub may_write: bool,
    pub suspended: bool,
    pub deleted: bool,
}

impl Header {
    pub fn of(organisation: &Organisation, may_write: bool, may_read_history: bool, current: &str) -> Self {
        let id = organisation.id;
        let tab = |label: &str, href: String, count: Option<i64>| Tab {
            current: label == current,
            label: label.into(),
            href,
            count: count.map(super::counts::words),
        };
        let mut tabs = vec![
            tab("Overview", paths::partner(id), None),
            tab("People", paths::partner_page(id, "users"), Some(organisation.user_count.into())),
        ];
        tabs.extend([
            tab("Invitations", paths::partner_page(id, "invitations"), None),
            tab("Partner records", paths::partner_page(id, "partners"), None),
            tab("Connections", paths::partner_page(id, "connections"), None),
        ]);
        // Whoever may change organisations may make credentials for them: owners and administrators.
        if may_write {
            tabs.push(tab("API", paths::partner_page(id, "api"), None));
        }
        if may_read_history {
            tabs.push(tab("History", paths::partner_page(id, "history"), None));
        }
        Self {
            id,
            name: organisation.name.clone(),
            logo: logo(id, &organisation.name, organisation.logo_url.as_deref()),
            badge: badge(organisation.state),
            crumbs: crumbs(),
            tabs,
            may_write,
            suspended: organisation.state == State::Suspended,
            deleted: organisation.is_deleted(),
        }
    }
}

/// Settings › Profile › Partners (S1-02).
pub fn crumbs() -> Vec<Link> {
    vec![
        Link::new("Settings", paths::SETTINGS),
        Link::new("Profile", paths::PROFILE),
        Link::new("Partners", paths::PARTNERS),
    ]
}

/// The logo over a monogram whose colour belongs to the id.
pub fn logo(id: Uuid, name: &str, url: Option<&str>) -> Logo {
    let tint = u8::try_from(id.as_u128() % 12).unwrap_or_default();
    Logo { initials: crate::web::frame::initials(name), tint, url: url.map(str::to_owned) }
}

/// State as word, shape and colour.
pub fn badge(state: State) -> Badge {
    match state {
        State::Active => Badge::new("active", "Active"),
        State::Suspended => Badge::new("suspended", "Suspended"),
        State::Deleted => Badge::new("deleted", "In the bin"),
    }
}

/// The error behind a refusal that no form can show.
fn refused(fault: Fault<Refusal>) -> AppError {
    match fault {
        Fault::Refused(Refusal::Gone) => AppError::NotFound,
        Fault::Refused(Refusal::Stale(_) | Refusal::Fields(_) | Refusal::NameTaken | Refusal::NoParent) => {
            AppError::Stale
        }
        Fault::Db(error) => error.into(),
    }
}

/// The moment since which somebody counts as signed in.
fn seen_since(now: DateTime<Utc>) -> DateTime<Utc> {
    now - chrono::Duration::minutes(crate::access::session::IDLE_MINUTES)
}
