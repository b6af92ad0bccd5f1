//! *Invite a colleague* and *Invite a partner*.

use actix_web::{HttpRequest, HttpResponse, Responder as _};
use askama::Template;
use chrono::{DateTime, Utc};
use diesel::pg::PgConnection;
use uuid::Uuid;

use super::super::actions::{self, Refusal, Scope};
use super::super::forms::{self, InviteForm};
use super::super::model::NewInvitation;
use crate::access::{OrganisationKind, WriteInvitations};
use crate::db::Fault;
use crate::input::{Problem, Problems};
use crate::organisations::desk::{Desk, Section};
use crate::partner_records;
use crate::secrets;
use crate::web::kept::Kept;
use crate::web::once::{self, Claim};
use crate::web::view::{Choice, Field, FieldError, Link, Shell};
use crate::web::{AppError, Flash, Frame, Submitted, dates, see_other};

#[derive(Template)]
#[template(path = "invitations/new.html")]
pub struct New {
    pub shell: Shell,
    pub crumbs: Vec<Link>,
    pub title: String,
    pub lead: String,
    pub errors: Vec<FieldError>,
    /// The invitation that stands in the way, if one does.
    pub waiting: Option<String>,
    pub action: String,
    pub back: String,
    pub once: String,
    pub is_partner: bool,
    pub record: String,
    pub company: Field,
    pub email: Field,
    pub role: Field,
    pub roles: Vec<Choice>,
    pub language: Field,
    pub languages: Vec<Choice>,
    pub lifetime: Field,
    pub reminder: Field,
    pub reminds: bool,
    pub button: &'static str,
}

impl New {
    fn of(frame: &Frame, desk: &Desk<WriteInvitations>, typed: &InviteForm, problems: &Problems) -> Self {
        let base = desk.place.address(Section::Invitations);
        let (title, lead, button) = words(desk, typed.is_partner());
        let prefix = if problems.is_empty() { "" } else { "Error: " };
        Self {
            shell: frame.shell(format!("{prefix}{title}")),
            crumbs: desk.crumbs(Section::Invitations, "Invitations"),
            title,
            lead,
            errors: forms::summary(problems),
            waiting: None,
            action: format!("{base}/new{}", if typed.is_partner() { "?kind=partner" } else { "" }),
            back: base,
            once: typed.once.clone(),
            is_partner: typed.is_partner(),
            record: typed.record.clone(),
            company: forms::company_field(&typed.company, problems),
            email: forms::email_field(&typed.email, problems),
            role: forms::role_field(problems),
            roles: forms::role_choices(desk.kind, desk.who.user.role, &typed.role),
            language: forms::language_field(problems),
            languages: forms::language_choices(&typed.language),
            lifetime: forms::lifetime_field(&typed.lifetime_days, problems),
            reminder: forms::reminder_field(),
            reminds: typed.reminder == "true",
            button,
        }
    }
}

fn words(desk: &Desk<WriteInvitations>, partner: bool) -> (String, String, &'static str) {
    let name = &desk.name;
    if partner {
        let lead = format!(
            "Whoever accepts brings their company here as a partner of {name}, or connects the organisation that they \
             manage already. Nothing is shared until one of you allows it."
        );
        ("Invite a partner".into(), lead, "Send invitation")
    } else {
        let who = if desk.kind == OrganisationKind::Host { "a member of your staff" } else { "one of its people" };
        (format!("Invite a colleague to {name}"), format!("Whoever accepts becomes {who}."), "Send invitation")
    }
}

/// `GET …/invitations/new`
pub async fn form(
    desk: Desk<WriteInvitations>,
    frame: Frame,
    kept: Kept<InviteForm>,
) -> Result<HttpResponse, AppError> {
    if !desk.is_open() {
        return Err(AppError::NotFound);
    }
    let mut typed = kept.0.unwrap_or_else(InviteForm::fresh);
    if typed.kind.is_empty() && frame.parameter("kind") == "partner" {
        typed.kind = "partner".into();
    }
    if let Ok(record) = Uuid::try_parse(&frame.parameter("record")) {
        let organisation = desk.organisation;
        let load = move |conn: &mut PgConnection| Ok(partner_records::for_invitation(conn, organisation, record)?);
        let record = frame.portal.db.read(load).await?;
        typed.record = record.id.to_string();
        typed.company = record.company_name;
        typed.email = record.email;
    }
    typed.once = once::new_key(frame.portal.clock.now());
    frame.page(&New::of(&frame, &desk, &typed, &Problems::default()))
}

/// What sending the form came to.
enum Sent {
    /// It is written; the mail leaves at this moment.
    Now(DateTime<Utc>),
    Before(String),
}

/// `POST …/invitations/new`
pub async fn create(
    request: HttpRequest,
    desk: Desk<WriteInvitations>,
    frame: Frame,
    mut sent: Submitted<InviteForm>,
) -> Result<HttpResponse, AppError> {
    let new = match sent.0.parse(desk.kind) {
        Ok(new) => new,
        Err(problems) => return frame.refused(&New::of(&frame, &desk, &sent.0, &problems)),
    };
    let base = desk.place.address(Section::Invitations);
    let (now, address) = (frame.portal.clock.now(), new.email.as_typed().to_owned());
    match write(&frame, &desk, &sent.0, new).await {
        Ok(Sent::Before(location)) => Ok(see_other(location).respond_to(&request)),
        Ok(Sent::Now(due_at)) => {
            frame.portal.bell.ring();
            let said = if due_at > now + chrono::Duration::minutes(1) {
                format!("{address} is invited. The mail leaves at {}.", dates::moment(due_at, frame.zone()))
            } else {
                format!("{address} is invited.")
            };
            Ok(see_other(base).flash(Flash::done(said)).respond_to(&request))
        }
        Err(Fault::Refused(refusal)) => {
            sent.0.once = once::new_key(now);
            show_refusal(&frame, &desk, &sent.0, refusal)
        }
        Err(Fault::Db(error)) => Err(error.into()),
    }
}

async fn write(
    frame: &Frame,
    desk: &Desk<WriteInvitations>,
    typed: &InviteForm,
    new: NewInvitation,
) -> Result<Sent, Fault<Refusal>> {
    let (portal, now) = (frame.portal.clone(), frame.portal.clock.now());
    let (who, organisation, id) = (desk.who.clone(), desk.organisation, secrets::new_id(now));
    let location = desk.place.address(Section::Invitations);
    let form = once::Sent { key: typed.once.clone(), user: who.user.id, content: content(&location, typed) };
    let work = move |tx: &mut PgConnection| match once::claim(tx, &form, &location, now)? {
        Claim::Again(first) => Ok(Sent::Before(first)),
        Claim::Changed => Err(Fault::Refused(Refusal::Fields(used_before()))),
        Claim::First => {
            let scope = Scope { who: &who, organisation, now, key: &portal.key };
            actions::invite(tx, &scope, id, &new).map(Sent::Now)
        }
    };
    frame.portal.db.write(work).await
}

fn show_refusal(
    frame: &Frame,
    desk: &Desk<WriteInvitations>,
    typed: &InviteForm,
    refusal: Refusal,
) -> Result<HttpResponse, AppError> {
    let base = desk.place.address(Section::Invitations);
    let (problems, waiting) = match refusal {
        Refusal::Fields(problems) => (problems, None),
        Refusal::Waiting(id) => {
            let sentence = "An invitation to this address waits already. Open it to send it again or correct it.";
            (Problems::one("email", Problem::Taken(sentence.into())), Some(format!("{base}/{id}")))
        }
        Refusal::NotBefore(at) => (Problems::one("email", too_many(frame, at)), None),
        Refusal::Settled(_) | Refusal::Gone => return Err(AppError::NotFound),
    };
    frame.refused(&New { waiting, ..New::of(frame, desk, typed, &problems) })
}

/// The limit for an address, in words.
pub fn too_many(frame: &Frame, at: DateTime<Utc>) -> Problem {
    Problem::Taken(format!(
        "This address got enough mail for now. It can be sent again from {} on.",
        dates::moment(at, frame.zone())
    ))
}

/// What the form held, for its key.
fn content(location: &str, typed: &InviteForm) -> String {
    [location, &typed.kind, &typed.email, &typed.role, &typed.company, &typed.record].join("\n")
}

/// The Back button brought an old form, and something was changed in it.
fn used_before() -> Problems {
    let sentence =
        "This form has sent an invitation already. To send another one with these details, press the button again.";
    Problems::one("email", Problem::NotAllowed(sentence))
}
