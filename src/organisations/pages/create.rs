//! *Create Partner* (S1-05 … S1-10, S1-13).

use actix_web::{HttpRequest, HttpResponse, Responder as _};
use askama::Template;

use super::super::actions::{self, Refusal};
use super::super::forms::{self, CreateForm};
use crate::access::{Actor, WritePartners};
use crate::db::Fault;
use crate::input::{Problem, Problems};
use crate::web::kept::Kept;
use crate::web::once::{self, Claim};
use crate::web::view::{Choice, Field, FieldError, Link, Shell};
use crate::web::{AppError, Flash, Frame, Submitted, paths, see_other};

#[derive(Template)]
#[template(path = "organisations/new.html")]
pub struct New {
    pub shell: Shell,
    pub crumbs: Vec<Link>,
    pub errors: Vec<FieldError>,
    pub once: String,
    pub name: Field,
    pub logo: Field,
    pub zuora: Field,
    pub salesforce: Field,
    pub owner: Field,
    pub owners: Vec<Choice>,
}

impl New {
    pub fn of(mut shell: Shell, typed: &CreateForm, salesforce: bool, problems: &Problems) -> Self {
        if !problems.is_empty() {
            shell.title = format!("Error: {}", shell.title);
        }
        Self {
            shell,
            crumbs: super::crumbs(),
            errors: forms::summary(problems),
            once: typed.once.clone(),
            name: forms::name_field(&typed.name, problems),
            logo: forms::logo_field(&typed.logo, problems),
            zuora: forms::zuora_field(&typed.zuora_account_id, problems),
            salesforce: forms::salesforce_field(&typed.salesforce_account_id, salesforce, problems),
            owner: forms::owner_field(problems),
            owners: forms::owner_choices(&typed.invoice_owner),
        }
    }
}

const TITLE: &str = "Create a partner organisation";

/// `GET /settings/profile/partners/new`
pub async fn form(who: Actor<WritePartners>, frame: Frame, kept: Kept<CreateForm>) -> Result<HttpResponse, AppError> {
    let once = once::new_key(frame.portal.clock.now());
    let typed = CreateForm { once, ..kept.0.unwrap_or_default() };
    frame.page(&New::of(frame.shell(TITLE), &typed, who.tenant.uses_salesforce, &Problems::default()))
}

/// `POST /settings/profile/partners/new`
pub async fn create(
    request: HttpRequest,
    who: Actor<WritePartners>,
    frame: Frame,
    mut sent: Submitted<CreateForm>,
) -> Result<HttpResponse, AppError> {
    let salesforce = who.tenant.uses_salesforce;
    let refuse = |typed: &CreateForm, problems: &Problems| {
        frame.refused(&New::of(frame.shell(TITLE), typed, salesforce, problems))
    };
    let new = match sent.0.parse(salesforce) {
        Ok(new) => new,
        Err(problems) => return refuse(&sent.0, &problems),
    };
    let now = frame.portal.clock.now();
    let (id, name, actor) = (actions::new_id(now), new.name.clone(), who.clone());
    let form = once::Sent { key: sent.0.once.clone(), user: who.user.id, content: format!("{new:?}") };
    let created = frame.portal.db.write(move |tx| match once::claim(tx, &form, &paths::partner(id), now)? {
        Claim::Again(first) => Ok(first),
        Claim::Changed => Err(Fault::Refused(Refusal::Fields(used_before()))),
        Claim::First => actions::create(tx, &actor, now, id, &new).map(|()| paths::partner(id)),
    });
    match created.await {
        Ok(location) => {
            let said = Flash::done(format!("{name} is created. Add its first user, who can then sign in."));
            Ok(see_other(location).flash(said).respond_to(&request))
        }
        Err(Fault::Refused(Refusal::Fields(problems))) => {
            sent.0.once = once::new_key(now);
            refuse(&sent.0, &problems)
        }
        Err(fault) => Err(super::refused(fault)),
    }
}

/// The Back button brought an old form, and something was changed in it.
fn used_before() -> Problems {
    let sentence =
        "This form has created an organisation already. To create another one with these details, send it again.";
    Problems::one("name", Problem::NotAllowed(sentence))
}
