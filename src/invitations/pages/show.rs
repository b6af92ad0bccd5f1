//! One invitation for those who sent it: where it stands, where its mail is, and what can be done about it.

use actix_web::http::StatusCode;
use actix_web::{HttpRequest, HttpResponse, Responder as _};
use askama::Template;
use chrono::{DateTime, Utc};
use diesel::pg::PgConnection;
use uuid::Uuid;

use super::super::actions::{self, Refusal, Scope};
use super::super::forms::{self, AddressForm, ReminderForm};
use super::super::model::{self, Invitation, Standing, State};
use super::super::rules;
use super::super::{Loaded, load_one};
use super::create::too_many;
use crate::access::{Permission, ReadInvitations, WriteInvitations};
use crate::db::Fault;
use crate::input::Problems;
use crate::mail::{self, Delivery};
use crate::organisations::desk::{Desk, Section};
use crate::organisations::pages::lifecycle::Pressed;
use crate::web::path::ItemId;
use crate::web::view::{Badge, Fact, Field, FieldError, Link, Shell};
use crate::web::{AppError, Flash, Frame, Submitted, dates, see_other};

/// One step of its way, newest first.
pub struct Step {
    pub badge: Badge,
    pub text: String,
    pub at: String,
    pub datetime: String,
}

#[derive(Template)]
#[template(path = "invitations/show.html")]
pub struct Show {
    pub shell: Shell,
    pub crumbs: Vec<Link>,
    pub title: String,
    pub badge: Badge,
    pub stuck: Option<String>,
    pub facts: Vec<Fact>,
    pub steps: Vec<Step>,
    pub action: String,
    /// Whether the reader may send it again, correct and revoke it.
    pub may_change: bool,
    /// From when on it can be sent again, while it is too early.
    pub cool_until: Option<String>,
    pub reminds: bool,
    pub errors: Vec<FieldError>,
    pub email: Field,
    /// Where to invite the address anew, once this one is settled.
    pub anew: Option<String>,
}

/// `GET …/invitations/{item}`
pub async fn show(desk: Desk<ReadInvitations>, frame: Frame, id: ItemId) -> Result<HttpResponse, AppError> {
    let loaded = load(&frame, &desk, id.0).await?;
    let may_write = desk.who.may(Permission::WriteInvitation) && desk.is_open();
    frame.page(&page(&frame, &desk, &loaded, may_write, (None, &Problems::default())))
}

async fn load<G>(frame: &Frame, desk: &Desk<G>, id: Uuid) -> Result<Loaded, AppError> {
    let (tenant, organisation) = (desk.who.tenant.id, desk.organisation);
    let loaded = frame.portal.db.read(move |conn| Ok(load_one(conn, tenant, organisation, id)?)).await?;
    Ok(loaded)
}

fn page<G>(
    frame: &Frame,
    desk: &Desk<G>,
    loaded: &Loaded,
    may_write: bool,
    (typed, problems): (Option<&str>, &Problems),
) -> Show {
    let (invitation, now, zone) = (&loaded.invitation, frame.portal.clock.now(), frame.zone());
    let standing = invitation.standing(now);
    let pending = may_write && invitation.state == State::Pending;
    let prefix = if problems.is_empty() { "" } else { "Error: " };
    let base = desk.place.address(Section::Invitations);
    Show {
        shell: frame.shell(format!("{prefix}Invitation for {}", invitation.printable())),
        crumbs: desk.crumbs(Section::Invitations, "Invitations"),
        title: invitation.printable().to_owned(),
        badge: super::badge(standing),
        stuck: stuck(loaded, standing, now),
        facts: facts(frame, loaded),
        steps: steps(loaded, now, zone),
        action: format!("{base}/{}", invitation.id),
        may_change: pending,
        cool_until: (invitation.cool_until() > now).then(|| dates::moment(invitation.cool_until(), zone)),
        reminds: invitation.reminder,
        errors: forms::summary(problems),
        email: forms::email_field(typed.unwrap_or(&invitation.email), problems),
        anew: (may_write && !pending && standing != Standing::Accepted).then(|| anew(&base, invitation)),
    }
}

fn anew(base: &str, invitation: &Invitation) -> String {
    if invitation.company_name.is_some() { format!("{base}/new?kind=partner") } else { format!("{base}/new") }
}

/// What is wrong, in a sentence that says what to do.
fn stuck(loaded: &Loaded, standing: Standing, now: DateTime<Utc>) -> Option<String> {
    let newest = loaded.deliveries.iter().find(|mail| mail.kind == mail::Kind::Invitation);
    let state = newest.map(|mail| mail.state);
    if !model::is_stuck(standing, state, loaded.invitation.last_sent_at, now) {
        return None;
    }
    let reason = newest.and_then(|mail| mail.last_error.clone()).unwrap_or_default();
    Some(match state {
        Some(mail::State::Failed) => {
            format!("The mail was not delivered: {reason} Correct the address, or ask the person by another way.")
        }
        Some(mail::State::Deferred) => {
            format!("The mail could not be handed over yet: {reason} It is tried again by itself.")
        }
        Some(mail::State::Held) => {
            "The mail is held back, since the portal was restored from a backup and it may have left \
             before. Send it again if the person has not got it."
                .into()
        }
        _ => "Nobody has answered for some days. Send it again, or ask the person by another way.".into(),
    })
}

fn facts(frame: &Frame, loaded: &Loaded) -> Vec<Fact> {
    let (invitation, zone) = (&loaded.invitation, frame.zone());
    let time = |label, at: DateTime<Utc>| Fact::time(label, dates::moment(at, zone), dates::machine(at));
    let what = invitation.role.map_or("Partner".to_owned(), |role| format!("Colleague, as {}", role.word()));
    let mut facts = vec![
        Fact::new("Email address", &invitation.email),
        Fact::new("Invited as", what),
        Fact::new("Invited by", &loaded.inviter),
        time("Sent", invitation.last_sent_at),
        time("Open until", invitation.expires_at),
        Fact::new("Language", invitation.language.name()),
    ];
    if let Some(at) = invitation.decided_at {
        facts.push(time("Settled", at));
    }
    facts
}

/// The way of its mails, and whether its page was seen.
fn steps(loaded: &Loaded, now: DateTime<Utc>, zone: chrono_tz::Tz) -> Vec<Step> {
    let opened = loaded.opened_at.map(|at| Step {
        badge: Badge::new("active", "Page opened"),
        text: "By a browser; some mail filters open links too.".into(),
        at: dates::age(at, now, zone),
        datetime: dates::machine(at),
    });
    let mails = loaded.deliveries.iter().filter(|mail| mail.kind.invites()).map(|mail| step(mail, now, zone));
    opened.into_iter().chain(mails).collect()
}

fn step(mail: &Delivery, now: DateTime<Utc>, zone: chrono_tz::Tz) -> Step {
    let kind = match mail.state {
        mail::State::Sent => "active",
        mail::State::Queued => "invited",
        mail::State::Deferred | mail::State::Held => "suspended",
        mail::State::Failed => "deleted",
        mail::State::Cancelled => "expired",
    };
    let word = super::delivery_word(Some(mail.state));
    let what = if mail.kind == mail::Kind::Reminder { "Reminder to" } else { "Mail to" };
    let reason = mail.last_error.as_ref().map(|error| format!(": {error}")).unwrap_or_default();
    let at = mail.sent_at.unwrap_or(if mail.state == mail::State::Queued { mail.due_at } else { mail.updated_at });
    let when = if at > now { dates::moment(at, zone) } else { dates::age(at, now, zone) };
    Step {
        badge: Badge::new(kind, word),
        text: format!("{what} {}{reason}", mail.to),
        at: when,
        datetime: dates::machine(at),
    }
}

/// Runs one of the inviting side's actions.
async fn act<T: Send + 'static>(
    desk: &Desk<WriteInvitations>,
    frame: &Frame,
    work: impl Fn(&mut PgConnection, &Scope<'_>) -> Result<T, Fault<Refusal>> + Send + 'static,
) -> Result<T, Fault<Refusal>> {
    let (portal, now) = (frame.portal.clone(), frame.portal.clock.now());
    let (who, organisation) = (desk.who.clone(), desk.organisation);
    let whole = move |tx: &mut PgConnection| {
        let scope = Scope { who: &who, organisation, now, key: &portal.key };
        work(tx, &scope)
    };
    let done = frame.portal.db.write(whole).await?;
    frame.portal.bell.ring();
    Ok(done)
}

/// `POST …/invitations/{item}/resend`
pub async fn resend(
    request: HttpRequest,
    desk: Desk<WriteInvitations>,
    frame: Frame,
    id: ItemId,
    _: Submitted<Pressed>,
) -> Result<HttpResponse, AppError> {
    let here = format!("{}/{}", desk.place.address(Section::Invitations), id.0);
    let said = match act(&desk, &frame, move |tx, scope| actions::resend(tx, scope, id.0)).await {
        Ok(sent) => {
            Flash::done(format!("A new link is on its way to {}. The old one does not work any more.", sent.email))
        }
        Err(fault) => unsaid(&frame, fault)?,
    };
    Ok(see_other(here).flash(said).respond_to(&request))
}

/// What could not be done, as a sentence on the page that follows.
fn unsaid(frame: &Frame, fault: Fault<Refusal>) -> Result<Flash, AppError> {
    Ok(Flash::warning(match fault {
        Fault::Refused(Refusal::NotBefore(at)) => too_many(frame, at).words(),
        Fault::Refused(Refusal::Settled(standing)) => {
            format!("Nothing was changed: it is {} by now.", standing.word().to_lowercase())
        }
        Fault::Refused(Refusal::Fields(problems)) => {
            problems.sentences().map(|(_, sentence)| sentence).collect::<Vec<_>>().join(" ")
        }
        Fault::Refused(Refusal::Waiting(_)) => "Nothing was changed: another invitation to this address waits.".into(),
        other => return Err(super::refused(other)),
    }))
}

/// `POST …/invitations/{item}/address`
pub async fn correct(
    request: HttpRequest,
    desk: Desk<WriteInvitations>,
    frame: Frame,
    id: ItemId,
    sent: Submitted<AddressForm>,
) -> Result<HttpResponse, AppError> {
    let here = format!("{}/{}", desk.place.address(Section::Invitations), id.0);
    let email = match rules::email(&sent.0.email) {
        Ok(email) => email,
        Err(problem) => return wrong_address(&frame, &desk, id, &sent.0, &Problems::one("email", problem)).await,
    };
    match act(&desk, &frame, move |tx, scope| actions::correct_address(tx, scope, id.0, &email)).await {
        Ok(new) => {
            let said = format!("The invitation goes to {} now. The old link does not work any more.", new.email);
            Ok(see_other(here).flash(Flash::done(said)).respond_to(&request))
        }
        Err(Fault::Refused(Refusal::Fields(problems))) => wrong_address(&frame, &desk, id, &sent.0, &problems).await,
        Err(fault) => Ok(see_other(here).flash(unsaid(&frame, fault)?).respond_to(&request)),
    }
}

async fn wrong_address(
    frame: &Frame,
    desk: &Desk<WriteInvitations>,
    id: ItemId,
    typed: &AddressForm,
    problems: &Problems,
) -> Result<HttpResponse, AppError> {
    let loaded = load(frame, desk, id.0).await?;
    let page = page(frame, desk, &loaded, true, (Some(&typed.email), problems));
    frame.answer(StatusCode::UNPROCESSABLE_ENTITY, &page)
}

/// `POST …/invitations/{item}/reminder`
pub async fn remind(
    request: HttpRequest,
    desk: Desk<WriteInvitations>,
    frame: Frame,
    id: ItemId,
    sent: Submitted<ReminderForm>,
) -> Result<HttpResponse, AppError> {
    let here = format!("{}/{}", desk.place.address(Section::Invitations), id.0);
    let wanted = sent.0.reminder == "true";
    let said = match act(&desk, &frame, move |tx, scope| actions::set_reminder(tx, scope, id.0, wanted)).await {
        Ok(_) if wanted => Flash::done("One reminder is sent before it ends."),
        Ok(_) => Flash::done("No reminder is sent."),
        Err(fault) => unsaid(&frame, fault)?,
    };
    Ok(see_other(here).flash(said).respond_to(&request))
}

/// `POST …/invitations/{item}/revocation`
pub async fn revoke(
    request: HttpRequest,
    desk: Desk<WriteInvitations>,
    frame: Frame,
    id: ItemId,
    _: Submitted<Pressed>,
) -> Result<HttpResponse, AppError> {
    let base = desk.place.address(Section::Invitations);
    let undo = format!("{base}/{}/revocation/undo", id.0);
    let said = match act(&desk, &frame, move |tx, scope| actions::revoke(tx, scope, id.0)).await {
        Ok(done) => Flash::done(format!("The invitation for {} is revoked.", done.printable())).undo(undo),
        Err(fault) => unsaid(&frame, fault)?,
    };
    Ok(see_other(base).flash(said).respond_to(&request))
}

/// `POST …/invitations/{item}/revocation/undo`
pub async fn reinstate(
    request: HttpRequest,
    desk: Desk<WriteInvitations>,
    frame: Frame,
    id: ItemId,
    _: Submitted<Pressed>,
) -> Result<HttpResponse, AppError> {
    let here = format!("{}/{}", desk.place.address(Section::Invitations), id.0);
    let said = match act(&desk, &frame, move |tx, scope| actions::reinstate(tx, scope, id.0)).await {
        Ok(done) => Flash::done(format!("The invitation for {} is open again; its link works.", done.printable())),
        Err(fault) => unsaid(&frame, fault)?,
    };
    Ok(see_other(here).flash(said).respond_to(&request))
}
