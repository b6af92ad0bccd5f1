//! What the invited person's buttons do. Only a person whom a provider has named decides; anybody may ask for a fresh
//! link, which goes to the invited address, and stop the mail by typing that address.

use actix_session::Session;
use actix_web::http::StatusCode;
use actix_web::{HttpRequest, HttpResponse, Responder as _};
use askama::Template;
use diesel::pg::PgConnection;

use super::super::acceptance::{self, Accepted, Bearer, Refusal, Visit as Bringing};
use super::super::forms::{AcceptForm, StopForm};
use super::super::sight::Sight;
use super::says;
use super::visit::{self, Opened};
use crate::access::EmailAddress;
use crate::db::Fault;
use crate::input::{Problem, Problems};
use crate::organisations::pages::lifecycle::Pressed;
use crate::secrets;
use crate::web::view::Shell;
use crate::web::{AppError, Flash, Frame, Submitted, paths, query, see_other, session};

/// The page that asks before mail is stopped, and the one that says that it is.
#[derive(Template)]
#[template(path = "invitations/stop.html")]
pub struct Stop {
    pub shell: Shell,
    pub skip: String,
    pub portal: String,
    pub heading: String,
    pub lead: String,
    pub error_word: String,
    /// The form; None once it is done.
    pub ask: Option<StopAsk>,
}

/// The one field of the form.
pub struct StopAsk {
    pub label: String,
    pub help: String,
    pub typed: String,
    pub error: Option<String>,
    pub button: String,
    /// Mail was stopped before; the button allows it again.
    pub again: bool,
}

/// `POST /invitations/{key}/acceptance`
pub async fn accept(
    request: HttpRequest,
    frame: Frame,
    browser_session: Session,
    sent: Submitted<AcceptForm>,
) -> Result<HttpResponse, AppError> {
    let Some(opened) = visit::open(&request, &frame).await? else { return visit::nothing(&request, &frame) };
    let sight = opened.seen.sight(frame.portal.clock.now());
    if sight != Sight::Open {
        return visit::answer(&frame, &opened, sight, &Problems::default());
    }
    if sent.0.is_forged() {
        let forged = Problem::NotAllowed("This form has fields that it was not given.");
        return visit::answer(&frame, &opened, sight, &Problems::one("form", forged));
    }
    let wanted = match sent.0.parse() {
        Ok(wanted) => wanted,
        Err(problems) => return visit::answer(&frame, &typed(opened, &sent.0), sight, &problems),
    };
    let done = bring(&request, &frame, &opened, move |tx, bringing| acceptance::accept(tx, bringing, &wanted)).await;
    match done {
        Ok(accepted) => arrive(&request, &frame, &browser_session, &accepted).await,
        Err(fault) => refused(&request, &frame, typed(opened, &sent.0), fault).await,
    }
}

/// Sends whoever accepted to their organisation, with a session if they had none.
async fn arrive(
    request: &HttpRequest,
    frame: &Frame,
    browser_session: &Session,
    accepted: &Accepted,
) -> Result<HttpResponse, AppError> {
    frame.portal.bell.ring();
    if let Some(key) = &accepted.session {
        session::begin(browser_session, key);
        let hash = secrets::sha256(frame.browser());
        frame
            .portal
            .db
            .beyond("an invitation is decided by whoever it is for")
            .write(move |tx| Ok(acceptance::forget_bearer(tx, &hash)?))
            .await?;
    }
    let name = &accepted.host.name;
    let said = match accepted.invitation.role {
        Some(_) => format!("Welcome. You belong to {name} now."),
        None => format!("You are connected with {name} now."),
    };
    let to = if accepted.host.kind == crate::access::OrganisationKind::Host && accepted.invitation.role.is_some() {
        paths::HOME
    } else {
        paths::ORGANISATION
    };
    Ok(see_other(to).flash(Flash::done(said)).respond_to(request))
}

/// What was typed, shown again.
fn typed(mut opened: Opened, form: &AcceptForm) -> Opened {
    if let Some(company) = &form.company {
        opened.seen.invitation.company_name = Some(company.clone());
    }
    if let (Some(name), Bearer::Proven(proof)) = (&form.name, &mut opened.seen.bearer) {
        proof.name = Some(name.clone());
    }
    opened
}

/// `POST /invitations/{key}/refusal`
pub async fn decline(request: HttpRequest, frame: Frame, _: Submitted<Pressed>) -> Result<HttpResponse, AppError> {
    let Some(opened) = visit::open(&request, &frame).await? else { return visit::nothing(&request, &frame) };
    let sight = opened.seen.sight(frame.portal.clock.now());
    if sight != Sight::Open {
        return visit::answer(&frame, &opened, sight, &Problems::default());
    }
    match bring(&request, &frame, &opened, acceptance::decline).await {
        Ok(_) => {
            frame.portal.bell.ring();
            // By a ticket: the secret belongs into no header.
            Ok(see_other(visit::way_back(&frame, &opened)).respond_to(&request))
        }
        Err(fault) => refused(&request, &frame, opened, fault).await,
    }
}

/// `POST /invitations/{key}/fresh-link`
pub async fn fresh_link(request: HttpRequest, frame: Frame, _: Submitted<Pressed>) -> Result<HttpResponse, AppError> {
    let Some(opened) = visit::open(&request, &frame).await? else { return visit::nothing(&request, &frame) };
    match bring(&request, &frame, &opened, acceptance::ask_fresh_link).await {
        Ok(_) => {
            frame.portal.bell.ring();
            fresh_sent(&frame, &opened, &says::say(&opened, "fresh-sent-lead"), StatusCode::OK)
        }
        Err(Fault::Refused(Refusal::NotBefore(at))) => {
            let date = visit::moment(&opened, at);
            let values = [("invited", opened.seen.invitation.email.as_str()), ("date", date.as_str())];
            let sentence = opened.language.say_with("fresh-later", &values);
            fresh_sent(&frame, &opened, &sentence, StatusCode::TOO_MANY_REQUESTS)
        }
        Err(fault) => refused(&request, &frame, opened, fault).await,
    }
}

fn fresh_sent(frame: &Frame, opened: &Opened, lead: &str, status: StatusCode) -> Result<HttpResponse, AppError> {
    let language = opened.language;
    let heading = language.say("fresh-sent-heading");
    let page = Stop {
        shell: visit::shell(frame, language, &heading, &opened.seen.host.programme),
        skip: language.say("skip"),
        portal: says::say(opened, "portal-of"),
        heading,
        lead: lead.to_owned(),
        error_word: String::new(),
        ask: None,
    };
    Ok(visit::private(frame.answer(status, &page)?))
}

/// `GET /invitations/{key}/stop`
pub async fn ask_stop(request: HttpRequest, frame: Frame) -> Result<HttpResponse, AppError> {
    let Some(opened) = visit::open(&request, &frame).await? else { return visit::nothing(&request, &frame) };
    let page = stop_page(&frame, &opened, "", None);
    Ok(visit::private(frame.page(&page)?))
}

/// `POST /invitations/{key}/stop`
pub async fn stop(request: HttpRequest, frame: Frame, sent: Submitted<StopForm>) -> Result<HttpResponse, AppError> {
    let Some(opened) = visit::open(&request, &frame).await? else { return visit::nothing(&request, &frame) };
    let typed = EmailAddress::parse(&sent.0.email).ok().map(|typed| typed.key().to_owned());
    let own = EmailAddress::parse(&opened.seen.mailed_to).ok().map(|own| own.key().to_owned());
    if typed.is_none() || typed != own {
        let page = stop_page(&frame, &opened, &sent.0.email, Some(opened.language.say("stop-wrong")));
        return Ok(visit::private(frame.refused(&page)?));
    }
    let again = sent.0.again == "true";
    let work = move |tx: &mut PgConnection, bringing: &Bringing<'_>| {
        if again { acceptance::allow_mail(tx, bringing) } else { acceptance::stop_mail(tx, bringing) }
    };
    match bring(&request, &frame, &opened, work).await {
        Ok(_) => {
            let name = if again { "allowed" } else { "stopped" };
            let heading = says::say(&opened, &format!("{name}-heading"));
            let lead = says::say(&opened, &format!("{name}-lead"));
            let page = Stop { heading, lead, ask: None, ..stop_page(&frame, &opened, "", None) };
            Ok(visit::private(frame.page(&page)?))
        }
        Err(fault) => refused(&request, &frame, opened, fault).await,
    }
}

fn stop_page(frame: &Frame, opened: &Opened, typed: &str, error: Option<String>) -> Stop {
    let language = opened.language;
    let stopped = opened.seen.stopped;
    let (heading, lead) =
        if stopped { ("stopped-heading", "stopped-before-lead") } else { ("stop-heading", "stop-lead") };
    let prefix = if error.is_some() { format!("{} ", language.say("error")) } else { String::new() };
    let title = format!("{prefix}{}", says::say(opened, "stop-title"));
    Stop {
        shell: visit::shell(frame, language, &title, &opened.seen.host.programme),
        skip: language.say("skip"),
        portal: says::say(opened, "portal-of"),
        heading: says::say(opened, heading),
        lead: says::say(opened, lead),
        error_word: language.say("error"),
        ask: Some(StopAsk {
            label: language.say("stop-confirm"),
            help: language.say("stop-help"),
            typed: typed.to_owned(),
            error,
            button: language.say(if stopped { "allow-button" } else { "stop-button" }),
            again: stopped,
        }),
    }
}

/// Runs one of the invited person's actions in a transaction.
async fn bring<T: Send + 'static>(
    request: &HttpRequest,
    frame: &Frame,
    opened: &Opened,
    act: impl Fn(&mut PgConnection, &Bringing<'_>) -> Result<T, Fault<Refusal>> + Send + 'static,
) -> Result<T, Fault<Refusal>> {
    let (portal, now) = (frame.portal.clone(), frame.portal.clock.now());
    let (id, generation) = (opened.seen.invitation.id, opened.seen.generation);
    let (bearer, device) = (opened.seen.bearer.clone(), crate::signin::pages::device(request));
    let work = move |tx: &mut PgConnection| {
        let bringing = Bringing { id, generation, bearer: &bearer, device: &device, now, key: &portal.key };
        act(tx, &bringing)
    };
    frame.portal.db.beyond("an invitation is decided by whoever it is for").write(work).await
}

/// What a refusal looks like: the sign-in page on the way, or the invitation's page as it is now.
async fn refused(
    request: &HttpRequest,
    frame: &Frame,
    opened: Opened,
    fault: Fault<Refusal>,
) -> Result<HttpResponse, AppError> {
    let none = Problems::default();
    let sight = match fault {
        Fault::Db(error) => return Err(error.into()),
        Fault::Refused(Refusal::SignIn) => return to_sign_in(request, frame, &opened),
        Fault::Refused(Refusal::Fields(problems)) => return visit::answer(frame, &opened, Sight::Open, &problems),
        Fault::Refused(Refusal::WrongPerson) => Sight::WrongPerson,
        Fault::Refused(Refusal::Unverified) => Sight::Unverified,
        Fault::Refused(Refusal::Settled(standing)) => Sight::Settled(standing),
        Fault::Refused(Refusal::Replaced | Refusal::NotBefore(_)) => Sight::Replaced,
        Fault::Refused(Refusal::InviterGone) => Sight::InviterGone,
        Fault::Refused(Refusal::HostClosed) => Sight::HostClosed,
        Fault::Refused(Refusal::Member { .. }) => Sight::Member,
        Fault::Refused(Refusal::NotManager { .. }) => Sight::NotManager,
        Fault::Refused(Refusal::AccountTaken { organisation }) => return account_taken(frame, &opened, &organisation),
    };
    // Read again: somebody may have decided, or revoked it, since the page was loaded.
    let fresh = visit::open(request, frame).await?.unwrap_or(opened);
    let now = fresh.seen.sight(frame.portal.clock.now());
    visit::answer(frame, &fresh, if now == Sight::Open { sight } else { now }, &none)
}

/// To the sign-in page, with the invited address suggested, and back here.
fn to_sign_in(request: &HttpRequest, frame: &Frame, opened: &Opened) -> Result<HttpResponse, AppError> {
    let back = visit::way_back(frame, opened);
    let hint = opened.seen.invitation.email.as_str();
    let address = query::address(paths::SIGN_IN, &[("return_to", &back), ("login_hint", hint)]);
    let mut answer = see_other(address).respond_to(request);
    frame.keep_browser(&mut answer)?;
    Ok(answer)
}

/// The account signs in another user of the programme.
fn account_taken(frame: &Frame, opened: &Opened, organisation: &str) -> Result<HttpResponse, AppError> {
    let (language, seen) = (opened.language, &opened.seen);
    let heading = language.say("account-taken-heading");
    let values = [("organisation", organisation), ("inviter", seen.inviter.name.as_str())];
    let page = Stop {
        shell: visit::shell(frame, language, &heading, &seen.host.programme),
        skip: language.say("skip"),
        portal: says::say(opened, "portal-of"),
        heading,
        lead: language.say_with("account-taken-lead", &values),
        error_word: String::new(),
        ask: None,
    };
    Ok(visit::private(frame.answer(StatusCode::FORBIDDEN, &page)?))
}
