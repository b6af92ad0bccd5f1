//! A person known in several tenants picks one.

use actix_session::Session;
use actix_web::{HttpRequest, HttpResponse};
use askama::Template;
use serde::Deserialize;
use uuid::Uuid;

use super::super::actions::{self, Outcome, Proof};
use super::super::queries::{self, Candidate, Flow};
use super::callback::arrive;
use super::refusal;
use crate::access::OrganisationKind;
use crate::db::Fault;
use crate::organisations::pages::logo;
use crate::secrets;
use crate::web::view::{Logo, Shell};
use crate::web::{AppError, Frame, Submitted, actor};

#[derive(Template)]
#[template(path = "signin/choose.html")]
pub struct ChooseTenant {
    pub shell: Shell,
    pub choices: Vec<Choice>,
}

/// One of the tenants.
pub struct Choice {
    pub tenant: Uuid,
    pub name: String,
    pub sub: String,
    pub logo: Logo,
}

/// Which tenant was picked.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct Picked {
    tenant: String,
}

/// `GET /signin/choose`
pub async fn ask(request: HttpRequest, frame: Frame) -> Result<HttpResponse, AppError> {
    let Some((_, proof)) = waiting(&request, &frame).await? else { return refusal::lost(&frame) };
    let found = match super::db(&frame.portal).read(move |conn| actions::whom(conn, &proof)).await {
        Ok(found) => found,
        Err(Fault::Refused(refused)) => return refusal::refused(&frame, &refused),
        Err(Fault::Db(error)) => return Err(error.into()),
    };
    let choices = found.iter().filter(|candidate| candidate.admitted).map(choice).collect();
    frame.page(&ChooseTenant { shell: frame.shell("Choose where to work"), choices })
}

fn choice(candidate: &Candidate) -> Choice {
    let sub = match candidate.kind {
        OrganisationKind::Host => "You are one of its own staff".to_owned(),
        OrganisationKind::Partner => format!("As a partner: {}", candidate.organisation_name),
    };
    Choice {
        tenant: candidate.tenant,
        name: candidate.tenant_name.clone(),
        sub,
        logo: logo(candidate.tenant, &candidate.tenant_name, None),
    }
}

/// `POST /signin/choose`
pub async fn choose(
    request: HttpRequest,
    frame: Frame,
    browser_session: Session,
    sent: Submitted<Picked>,
) -> Result<HttpResponse, AppError> {
    let Some((flow, proof)) = waiting(&request, &frame).await? else { return refusal::lost(&frame) };
    let tenant =
        Uuid::parse_str(&sent.0.tenant).map_err(|_| AppError::Malformed("Choose one of the portals.".into()))?;
    let (now, old) = (frame.portal.clock.now(), actor::principal(&request)?);
    let hash = flow.browser_hash.clone();
    let db = super::db(&frame.portal);
    let decided = db.write(move |tx| {
        // Of two clicks the second finds nothing to choose any more.
        if queries::drop_flows(tx, &hash)? == 0 {
            return Ok(Outcome::Choose(Vec::new()));
        }
        if let Some(old) = &old {
            crate::access::queries::end_session(tx, old.user.id, old.session_id, now)?;
        }
        actions::sign_in(tx, &proof, Some(tenant), now)
    });
    match decided.await {
        Ok(Outcome::SignedIn { key }) => Ok(arrive(&browser_session, &key, &flow.return_to)),
        Ok(Outcome::Choose(_)) => refusal::lost(&frame),
        Err(Fault::Refused(refused)) => refusal::refused(&frame, &refused),
        Err(Fault::Db(error)) => Err(error.into()),
    }
}

/// The flow of this browser that waits for a choice, and who it proved to be there.
async fn waiting(request: &HttpRequest, frame: &Frame) -> Result<Option<(Flow, Proof)>, AppError> {
    let Some(browser) = super::browser(request, &frame.portal) else { return Ok(None) };
    let (hash, since) = (secrets::sha256(&browser), actions::since(frame.portal.clock.now()));
    let flow = super::db(&frame.portal).read(move |conn| Ok(queries::waiting_flow(conn, &hash, since)?)).await?;
    let device = super::device(request);
    Ok(flow.and_then(|flow| actions::proof_of(&flow, device).map(|proof| (flow, proof))))
}
