//! *Create an API credential*. The secret is in the answer, and nowhere afterwards.

use actix_web::http::StatusCode;
use actix_web::{HttpRequest, HttpResponse, Responder as _};
use askama::Template;

use super::super::actions::{self, Refusal};
use super::super::forms::{self, ClientForm};
use super::super::model::offered;
use super::super::secret;
use super::Hand;
use super::shown::{self, Fresh};
use crate::access::ManageClients;
use crate::db::Fault;
use crate::input::{Problem, Problems};
use crate::organisations::desk::Desk;
use crate::secrets;
use crate::web::kept::Kept;
use crate::web::once::{self, Claim};
use crate::web::view::{Choice, Field, FieldError, Link, Shell};
use crate::web::{AppError, Flash, Frame, Submitted, see_other};

/// What is said to whoever sends a form twice.
pub(super) const SHOWN_BEFORE: &str =
    "This form was sent before. Its secret was shown then and cannot be shown again; rotate it if you do not have it.";

#[derive(Template)]
#[template(path = "api_clients/new.html")]
pub struct New {
    pub shell: Shell,
    pub crumbs: Vec<Link>,
    pub errors: Vec<FieldError>,
    pub action: String,
    pub back: String,
    pub once: String,
    pub name: Field,
    pub kind: Field,
    pub kinds: Vec<Choice>,
    pub error: Option<String>,
    pub boxes: Vec<(Field, bool)>,
    /// Whose it will be.
    pub organisation: String,
}

impl New {
    fn of(frame: &Frame, desk: &Desk<ManageClients>, typed: &ClientForm, problems: &Problems) -> Self {
        let prefix = if problems.is_empty() { "" } else { "Error: " };
        Self {
            shell: frame.shell(format!("{prefix}Create an API credential")),
            crumbs: super::crumbs(desk),
            errors: forms::summary(problems),
            action: format!("{}/new", super::base(desk)),
            back: super::base(desk),
            once: typed.once.clone(),
            name: typed.name_field(problems),
            kind: Field::new("kind", "Kind").error(problems.of("kind")),
            kinds: typed.kinds(),
            error: problems.of("permissions"),
            boxes: typed.boxes(&offered(desk.kind, &desk.who)),
            organisation: desk.name.clone(),
        }
    }
}

/// `GET …/new`
pub async fn form(desk: Desk<ManageClients>, frame: Frame, kept: Kept<ClientForm>) -> Result<HttpResponse, AppError> {
    if !desk.is_open() {
        return Err(AppError::NotFound);
    }
    let typed = ClientForm { once: once::new_key(frame.portal.clock.now()), ..kept.0.unwrap_or_default() };
    frame.page(&New::of(&frame, &desk, &typed, &Problems::default()))
}

/// `POST …/new`
pub async fn create(
    request: HttpRequest,
    desk: Desk<ManageClients>,
    frame: Frame,
    mut sent: Submitted<ClientForm>,
) -> Result<HttpResponse, AppError> {
    let new = match sent.0.parse() {
        Ok(new) => new,
        Err(problems) => return frame.refused(&New::of(&frame, &desk, &sent.0, &problems)),
    };
    let now = frame.portal.clock.now();
    let (hand, id, secret) = (Hand::of(&desk, now), secrets::new_id(now), secret::draw(actions::purpose(new.kind)));
    let fresh = Fresh { id, kind: new.kind, name: new.name.clone(), secret: secret.clone() };
    let location = super::address(&desk, id);
    let content = format!("{}\n{}", super::base(&desk), sent.0.content());
    let form = once::Sent { key: sent.0.once.clone(), user: desk.who.user.id, content };
    let made = frame.portal.db.write(move |tx| match once::claim(tx, &form, &location, now)? {
        Claim::Again(first) => Ok(Some(first)),
        Claim::Changed => Err(Fault::Refused(Refusal::UsedBefore)),
        Claim::First => actions::create(tx, &hand.scope(), id, &new, &secret).map(|()| None),
    });
    match made.await {
        Ok(None) => shown::answer(&frame, &desk, fresh, StatusCode::CREATED),
        Ok(Some(first)) => Ok(see_other(first).flash(Flash::warning(SHOWN_BEFORE)).respond_to(&request)),
        Err(Fault::Refused(refusal @ (Refusal::UsedBefore | Refusal::Permission))) => {
            sent.0.once = once::new_key(now);
            frame.refused(&New::of(&frame, &desk, &sent.0, &problem(&refusal)))
        }
        Err(fault) => Err(super::refused(fault)),
    }
}

fn problem(refusal: &Refusal) -> Problems {
    if *refusal == Refusal::Permission {
        let sentence = "Tick only permissions that you have yourself.";
        return Problems::one("permissions", Problem::NotAllowed(sentence));
    }
    // The Back button brought an old form, and something was changed in it.
    let sentence = "This form has made a credential already. To make another one with these details, send it again.";
    Problems::one("name", Problem::NotAllowed(sentence))
}
