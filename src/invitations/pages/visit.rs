//! The page of an invitation, in the language that the inviter chose: for people who have never seen the portal.
//!
//! Looking changes nothing: link scanners fetch it, `HEAD` it, and press its buttons without being signed in.

use actix_web::http::StatusCode;
use actix_web::http::header::{self, HeaderName};
use actix_web::{HttpRequest, HttpResponse};
use askama::Template;

use super::super::acceptance::Bearer;
use super::super::key::{self, Key};
use super::super::model::{Invitation, Standing};
use super::super::sight::{self, Seen, Sight};
use super::says::{self, Saying};
use crate::input::Problems;
use crate::secrets;
use crate::web::view::{Link, Logo, Shell, Tab};
use crate::web::{AppError, Frame, actor, dates, path, paths, query};
use crate::words::Language;

/// One line of what is offered.
#[derive(Debug, Clone, Default)]
pub struct Term {
    pub label: String,
    pub value: String,
    /// The machine form, if it is a moment; scripts add the reader's own time.
    pub datetime: String,
}

/// A text field with words in the page's language.
#[derive(Debug, Clone, Default)]
pub struct Asked {
    pub name: &'static str,
    pub label: String,
    pub help: String,
    pub value: String,
    pub error: Option<String>,
    pub autocomplete: &'static str,
}

/// The two buttons.
#[derive(Debug, Clone, Default)]
pub struct Decision {
    pub accept: String,
    pub accept_to: String,
    pub decline: String,
    pub decline_to: String,
    pub fields: Vec<Asked>,
    pub error_word: String,
    pub error_title: String,
}

impl Decision {
    /// Whether something in the form was refused.
    pub fn has_errors(&self) -> bool {
        self.fields.iter().any(|field| field.error.is_some())
    }
}

/// How to see that it is real, and the way out for whoever it is not meant for.
#[derive(Debug, Clone, Default)]
pub struct Check {
    pub title: String,
    pub text: String,
    pub stop: Link,
}

#[derive(Template)]
#[template(path = "invitations/visit.html")]
pub struct Visit {
    pub shell: Shell,
    pub skip: String,
    pub portal: String,
    pub logo: Option<Logo>,
    pub heading: String,
    pub lead: String,
    pub terms: Vec<Term>,
    pub note: String,
    pub decision: Option<Decision>,
    /// Where to ask for a fresh link, and the button's words.
    pub fresh: Option<Link>,
    pub steps: Vec<Link>,
    pub check: Option<Check>,
    pub languages: Vec<Tab>,
    pub languages_label: String,
    pub local_time: String,
}

/// What an address of an invitation leads to, for this reader.
pub struct Opened {
    pub seen: Seen,
    /// The address's last part, as it was asked for.
    pub key: String,
    pub language: Language,
}

/// Finds the invitation that an address names; None when it leads to nothing.
pub async fn open(request: &HttpRequest, frame: &Frame) -> Result<Option<Opened>, AppError> {
    let text = path::word(request, "key")?;
    let Some(key) = Key::read(&text, frame.browser(), &frame.portal.key) else { return Ok(None) };
    let (principal, now) = (actor::principal(request)?, frame.portal.clock.now());
    let browser = secrets::sha256(frame.browser());
    let look = move |conn: &mut _| Ok(sight::look(conn, &key, (&browser, principal.as_deref()), now)?);
    let seen = frame.portal.db.beyond("an invitation is opened by whoever it is for").read(look).await?;
    let chosen = Language::parse(&frame.parameter("lang"));
    Ok(seen.map(|seen| Opened { language: chosen.unwrap_or(seen.invitation.language), key: text, seen }))
}

/// `GET /invitations/{key}`
pub async fn show(request: HttpRequest, frame: Frame) -> Result<HttpResponse, AppError> {
    let Some(opened) = open(&request, &frame).await? else { return nothing(&request, &frame) };
    let sight = opened.seen.sight(frame.portal.clock.now());
    if sight == Sight::Open && is_looked_at(&request) {
        note_opened(&frame, &opened).await;
    }
    answer(&frame, &opened, sight, &Problems::default())
}

/// A browser that shows the page to somebody, as far as can be told; a hint for the inviter and nothing more.
fn is_looked_at(request: &HttpRequest) -> bool {
    let says = |name: &'static str, wanted: &str| {
        request.headers().get(HeaderName::from_static(name)).is_some_and(|value| value == wanted)
    };
    says("sec-fetch-mode", "navigate") && says("sec-fetch-dest", "document")
}

/// The page is shown whether or not this can be written down.
async fn note_opened(frame: &Frame, opened: &Opened) {
    let (id, generation, now) = (opened.seen.invitation.id, opened.seen.generation, frame.portal.clock.now());
    let noted =
        move |tx: &mut _| Ok::<_, crate::db::Fault>(super::super::acceptance::note_opened(tx, (id, generation), now)?);
    drop(frame.portal.db.beyond("an invitation is opened by whoever it is for").write(noted).await);
}

/// The page that a sight of the invitation becomes, with what is wrong in its form.
pub fn answer(frame: &Frame, opened: &Opened, sight: Sight, problems: &Problems) -> Result<HttpResponse, AppError> {
    let says = says::of(opened, sight);
    let status = if problems.is_empty() { status(sight) } else { StatusCode::UNPROCESSABLE_ENTITY };
    let page = page(frame, opened, sight, says, problems);
    Ok(private(frame.answer(status, &page)?))
}

/// Nobody else's cache, no search engine, and no address for the next site.
pub fn private(mut answer: HttpResponse) -> HttpResponse {
    let headers = answer.headers_mut();
    headers.insert(header::REFERRER_POLICY, header::HeaderValue::from_static("no-referrer"));
    headers.insert(HeaderName::from_static("x-robots-tag"), header::HeaderValue::from_static("noindex, nofollow"));
    answer
}

const fn status(sight: Sight) -> StatusCode {
    match sight {
        Sight::Open | Sight::Settled(Standing::Accepted | Standing::Declined | Standing::Waiting) => StatusCode::OK,
        Sight::WrongPerson | Sight::Unverified | Sight::Member | Sight::NotManager => StatusCode::FORBIDDEN,
        Sight::Replaced | Sight::Moved | Sight::Settled(_) | Sight::InviterGone | Sight::HostClosed => StatusCode::GONE,
    }
}

fn page(frame: &Frame, opened: &Opened, sight: Sight, says: Saying, problems: &Problems) -> Visit {
    let (seen, language) = (&opened.seen, opened.language);
    let prefix = if problems.is_empty() { String::new() } else { format!("{} ", language.say("error")) };
    let host = &seen.host;
    let is_open = sight == Sight::Open;
    Visit {
        shell: shell(frame, language, &format!("{prefix}{}", says.title), &host.programme),
        skip: language.say("skip"),
        portal: language.say_with("portal-of", &[("programme", &host.programme)]),
        logo: Some(crate::organisations::pages::logo(host.id, &host.name, host.logo_url.as_deref())),
        heading: says.heading,
        lead: says.lead,
        terms: if is_open { says::terms(opened) } else { Vec::new() },
        note: if is_open { says::note(opened) } else { String::new() },
        decision: is_open.then(|| says::decision(opened, &here(frame, opened, ""), problems)),
        fresh: matches!(sight, Sight::Replaced | Sight::Settled(Standing::Expired))
            .then(|| Link::new(language.say("fresh-link"), here(frame, opened, "fresh-link"))),
        steps: steps(frame, opened, sight),
        check: is_open.then(|| check(frame, opened)),
        languages: languages(opened),
        languages_label: language.say("languages"),
        local_time: language.say_with("local-time", &[("time", "{time}")]),
    }
}

/// The shell of a page for people outside: no places, no search, their language.
pub fn shell(frame: &Frame, language: Language, title: &str, programme: &str) -> Shell {
    let shell = frame.shell(title);
    Shell { nav: Vec::new(), search: None, lang: language.as_str(), tenant_name: programme.to_owned(), ..shell }
}

/// An address below this page's; in the language that was chosen.
fn here(_: &Frame, opened: &Opened, page: &str) -> String {
    let base = paths::invitation(&opened.key);
    let path = if page.is_empty() { base } else { format!("{base}/{page}") };
    query::address(&path, &[("lang", other_language(opened))])
}

fn other_language(opened: &Opened) -> &'static str {
    if opened.language == opened.seen.invitation.language { "" } else { opened.language.as_str() }
}

/// Where a sign-in comes back to: this page, by a ticket of this browser.
pub fn way_back(frame: &Frame, opened: &Opened) -> String {
    let (id, generation) = (opened.seen.invitation.id, opened.seen.generation);
    let ticket = key::ticket(&frame.portal.key, frame.browser(), id, generation);
    query::address(&paths::invitation(&ticket), &[("lang", other_language(opened))])
}

/// What can be done next, where there are no buttons.
fn steps(frame: &Frame, opened: &Opened, sight: Sight) -> Vec<Link> {
    let (seen, language) = (&opened.seen, opened.language);
    let write =
        Link::new(language.say_with("write-to", &[("inviter", &seen.inviter.name)]), mailto(&seen.inviter.email));
    match sight {
        Sight::Open => Vec::new(),
        Sight::WrongPerson | Sight::Unverified => {
            let mut steps = switches(frame, opened);
            steps.push(write);
            steps
        }
        Sight::Member | Sight::Settled(Standing::Accepted) => vec![enter(language, seen)],
        Sight::HostClosed if !seen.inviter.stands => Vec::new(),
        _ => vec![write],
    }
}

fn enter(language: Language, seen: &Seen) -> Link {
    match seen.bearer {
        Bearer::User(_) => Link::new(language.say("open-organisation"), paths::ORGANISATION),
        Bearer::Nobody | Bearer::Proven(_) => Link::new(language.say("sign-in"), paths::SIGN_IN),
    }
}

/// A link to write to an address; its characters stay characters of the address.
fn mailto(email: &str) -> String {
    const TAKEN: percent_encoding::AsciiSet =
        percent_encoding::NON_ALPHANUMERIC.remove(b'@').remove(b'.').remove(b'-').remove(b'_').remove(b'+');
    format!("mailto:{}", percent_encoding::utf8_percent_encode(email, &TAKEN))
}

/// One link for each provider: ask again who it is, and suggest the invited address.
fn switches(frame: &Frame, opened: &Opened) -> Vec<Link> {
    let back = way_back(frame, opened);
    let link = |provider: &std::sync::Arc<crate::signin::provider::Provider>| {
        let config = provider.config();
        let address = query::address(
            &paths::sign_in_with(&config.key),
            &[("return_to", &back), ("prompt", "login"), ("login_hint", &opened.seen.invitation.email)],
        );
        Link::new(opened.language.say_with("switch-account", &[("provider", &config.name)]), address)
    };
    frame.portal.providers.iter().map(link).collect()
}

fn check(frame: &Frame, opened: &Opened) -> Check {
    let (language, seen) = (opened.language, &opened.seen);
    let origin = frame.portal.base_url.origin();
    Check {
        title: language.say("check-title"),
        text: language.say_with("check-text", &[("address", &origin), ("inviter", &seen.inviter.name)]),
        stop: Link::new(
            language.say_with("not-you", &[("organisation", &seen.host.name)]),
            here(frame, opened, "stop"),
        ),
    }
}

fn languages(opened: &Opened) -> Vec<Tab> {
    let tab = |language: &Language| Tab {
        label: language.name().into(),
        href: query::address(&paths::invitation(&opened.key), &[("lang", language.as_str())]),
        current: *language == opened.language,
        count: None,
    };
    Language::ALL.iter().map(tab).collect()
}

/// The one page of every link that leads to nothing: cut off, made up, of another browser.
pub fn nothing(request: &HttpRequest, frame: &Frame) -> Result<HttpResponse, AppError> {
    let language = spoken(request);
    let page = Visit {
        shell: shell(frame, language, &language.say("unknown-heading"), ""),
        skip: language.say("skip"),
        portal: String::new(),
        logo: None,
        heading: language.say("unknown-heading"),
        lead: language.say("unknown-lead"),
        terms: Vec::new(),
        note: String::new(),
        decision: None,
        fresh: None,
        steps: Vec::new(),
        check: None,
        languages: Vec::new(),
        languages_label: String::new(),
        local_time: String::new(),
    };
    Ok(private(frame.answer(StatusCode::NOT_FOUND, &page)?))
}

/// The first language of the browser that the portal speaks.
fn spoken(request: &HttpRequest) -> Language {
    let wanted = request.headers().get(header::ACCEPT_LANGUAGE).and_then(|value| value.to_str().ok());
    first_language(wanted.unwrap_or_default())
}

/// The first language of a list that the portal speaks.
pub fn first_language(wanted: &str) -> Language {
    let mut words = wanted.split(',').map(|one| one.trim().get(..2).unwrap_or_default());
    words.find_map(Language::parse).unwrap_or_default()
}

/// A moment of the invitation as its page tells it: in the inviting organisation's zone.
pub fn moment(opened: &Opened, at: chrono::DateTime<chrono::Utc>) -> String {
    let zone = dates::zone(&opened.seen.host.time_zone).unwrap_or(chrono_tz::Tz::UTC);
    crate::words::moment(opened.language, at, zone)
}

/// When the invitation was settled, as far as it is known.
pub fn settled_at(invitation: &Invitation) -> chrono::DateTime<chrono::Utc> {
    invitation.decided_at.unwrap_or(invitation.updated_at)
}
