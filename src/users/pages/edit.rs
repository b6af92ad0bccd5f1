//! A person's page: name and role, and what else can be done.

use actix_web::http::StatusCode;
use actix_web::{HttpRequest, HttpResponse, Responder as _};
use askama::Template;

use super::super::actions::{self, Refusal};
use super::super::forms::{self, EditForm};
use super::super::model::{State, User};
use super::super::queries;
use super::super::roster::Writing;
use crate::db::Fault;
use crate::input::{Problem, Problems};
use crate::web::kept::Kept;
use crate::web::path::UserId;
use crate::web::view::{Badge, Choice, Fact, Field, FieldError, Link, Shell};
use crate::web::{AppError, Flash, Frame, Submitted, dates, see_other};

#[derive(Template)]
#[template(path = "users/edit.html")]
pub struct Edit {
    pub shell: Shell,
    pub crumbs: Vec<Link>,
    pub title: String,
    pub badge: Badge,
    pub facts: Vec<Fact>,
    pub errors: Vec<FieldError>,
    pub action: String,
    pub back: String,
    pub version: i32,
    pub name: Field,
    pub role: Field,
    pub roles: Vec<Choice>,
    pub suspended: bool,
    /// Whether the reader may suspend and remove this person; the reason if not.
    pub kept_in: Option<&'static str>,
    pub bound: bool,
    /// How the person is now, when somebody else saved in between.
    pub now: Option<User>,
}

/// A person with the issuer that signs them in.
type Loaded = (User, Option<String>);

impl Edit {
    fn of(frame: &Frame, roster: &Writing, (user, issuer): &Loaded, typed: &EditForm, problems: &Problems) -> Self {
        let prefix = if problems.is_empty() { "" } else { "Error: " };
        Self {
            shell: frame.shell(format!("{prefix}{}", user.name)),
            crumbs: roster.crumbs(),
            title: user.name.clone(),
            badge: super::badge(user.state),
            facts: facts(frame, user, issuer.as_deref()),
            errors: forms::summary(problems),
            action: roster.person(user.id),
            back: roster.base(),
            version: user.version,
            name: forms::name_field(&typed.name, problems),
            role: forms::role_field(problems),
            roles: forms::role_choices(roster.kind, roster.who.user.role, &typed.role),
            suspended: user.state == State::Suspended,
            kept_in: user.can_be_kept_out_by(&roster.who).err().map(super::super::model::Forbidden::words),
            bound: issuer.is_some(),
            now: None,
        }
    }
}

fn facts(frame: &Frame, user: &User, issuer: Option<&str>) -> Vec<Fact> {
    let zone = frame.zone();
    let last = user.last_signed_in_at;
    let mut facts = vec![
        Fact::new("Email address", &user.email),
        Fact::id("User ID", user.id.to_string()),
        Fact::time("Created", dates::moment(user.created_at, zone), dates::machine(user.created_at)),
    ];
    facts.push(match last {
        Some(at) => Fact::time("Last sign-in", dates::moment(at, zone), dates::machine(at)),
        None => Fact::new("Last sign-in", "never"),
    });
    let named = |issuer: &str| crate::signin::provider_name(&frame.portal, issuer).unwrap_or_else(|| issuer.to_owned());
    let way = issuer.map_or_else(|| "The first account that has this verified address".to_owned(), named);
    facts.push(Fact::new("Signs in with", way));
    facts
}

/// `GET …/users/{user}`
pub async fn form(roster: Writing, frame: Frame, id: UserId, kept: Kept<EditForm>) -> Result<HttpResponse, AppError> {
    let loaded = load(&frame, &roster, id).await?;
    let (user, _) = &loaded;
    let as_it_is = || EditForm { name: user.name.clone(), role: user.role.as_str().into(), version: String::new() };
    let typed = kept.0.unwrap_or_else(as_it_is);
    // A form that was kept over an expired session keeps its version too: what others saved since is not overwritten.
    let version = typed.version.parse().unwrap_or(user.version);
    frame.page(&Edit { version, ..Edit::of(&frame, &roster, &loaded, &typed, &Problems::default()) })
}

/// `POST …/users/{user}`
pub async fn update(
    request: HttpRequest,
    roster: Writing,
    frame: Frame,
    id: UserId,
    sent: Submitted<EditForm>,
) -> Result<HttpResponse, AppError> {
    let new = match sent.0.parse(roster.kind) {
        Ok(new) => new,
        Err(problems) => return show_refusal(&roster, &frame, id, &sent.0, Refusal::Fields(problems)).await,
    };
    let (now, version, name) = (frame.portal.clock.now(), sent.0.version.parse().unwrap_or(0), new.name.clone());
    let (who, organisation) = (roster.who.clone(), roster.organisation);
    let saved = frame
        .portal
        .db
        .write(move |tx| actions::edit(tx, &Writing::scope(&who, organisation, now), (id.0, version), &new));
    match saved.await {
        Ok(()) => Ok(see_other(roster.base()).flash(Flash::done(format!("{name} is saved."))).respond_to(&request)),
        Err(Fault::Refused(refusal)) => show_refusal(&roster, &frame, id, &sent.0, refusal).await,
        Err(Fault::Db(error)) => Err(error.into()),
    }
}

async fn show_refusal(
    roster: &Writing,
    frame: &Frame,
    id: UserId,
    typed: &EditForm,
    refusal: Refusal,
) -> Result<HttpResponse, AppError> {
    let loaded = load(frame, roster, id).await?;
    let problems = match refusal {
        Refusal::Fields(problems) => problems,
        Refusal::Forbidden(reason) => Problems::one("role", Problem::NotAllowed(reason.words())),
        Refusal::Stale(now) => {
            let mut page = Edit::of(frame, roster, &loaded, typed, &Problems::default());
            page.shell.title = format!("Error: {}", page.shell.title);
            return frame.answer(StatusCode::CONFLICT, &Edit { now: Some(*now), ..page });
        }
        Refusal::Gone | Refusal::AddressTaken => return Err(AppError::NotFound),
    };
    let version = typed.version.parse().unwrap_or(0);
    frame.refused(&Edit { version, ..Edit::of(frame, roster, &loaded, typed, &problems) })
}

async fn load(frame: &Frame, roster: &Writing, id: UserId) -> Result<Loaded, AppError> {
    let organisation = roster.organisation;
    let found = frame
        .portal
        .db
        .read(move |conn| Ok((queries::find_in(conn, organisation, id.0)?, queries::issuer_of(conn, id.0)?)))
        .await?;
    Ok(found)
}
