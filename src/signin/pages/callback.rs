//! What comes back from a provider. Checks that it belongs to this browser, then asks the provider, then decides.

use actix_session::Session;
use actix_web::http::header;
use actix_web::{HttpRequest, HttpResponse};
use serde::Deserialize;

use super::super::actions::{self, Outcome, Proof, Refusal};
use super::super::provider::{CallbackQuery, Claims, ProviderError};
use super::super::queries::{self, Flow};
use super::{begin, refusal};
use crate::db::Fault;
use crate::secrets;
use crate::web::portal::Shared;
use crate::web::{AppError, Frame, actor, path, paths, session};

/// A provider's answer. Everything in it may come from an attacker.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Answer {
    code: String,
    state: String,
    iss: Option<String>,
    error: String,
}

/// `GET /signin/callback/{provider}`
pub async fn callback(request: HttpRequest, frame: Frame, browser_session: Session) -> Result<HttpResponse, AppError> {
    let portal = frame.portal.clone();
    let key = path::word(&request, "provider")?;
    let provider =
        portal.providers.iter().find(|provider| provider.config().key == key).cloned().ok_or(AppError::NotFound)?;
    let answer: Answer = serde_urlencoded::from_str(request.query_string()).unwrap_or_default();
    let Some(flow) = take_flow(&request, &portal, &answer.state).await? else { return refusal::lost(&frame) };
    if flow.provider != key {
        tracing::warn!(reason = "provider_mixed_up", "a sign-in was refused");
        return refusal::failed(&frame, &provider.config().name);
    }
    if !answer.error.is_empty() {
        let reason = provider.refusal(&answer.error, answer.iss.as_deref());
        tracing::warn!(reason = reason.code(), provider = key, "a sign-in was refused");
        return refusal::cancelled(&frame, &provider.config().name, &answer.error);
    }
    let query = CallbackQuery { code: answer.code, iss: answer.iss };
    match provider.finish(query, &flow.nonce, &flow.pkce_verifier).await {
        Ok(claims) => decide(&request, &frame, &browser_session, flow, claims).await,
        Err(error @ ProviderError::Unavailable(_)) => Err(begin::unavailable(&provider.config().name, &error)),
        Err(error) => {
            tracing::warn!(reason = error.code(), provider = key, "a sign-in was refused");
            refusal::failed(&frame, &provider.config().name)
        }
    }
}

async fn take_flow(request: &HttpRequest, portal: &Shared, state: &str) -> Result<Option<Flow>, AppError> {
    let Some(browser) = super::browser(request, portal) else { return Ok(None) };
    if state.is_empty() || state.len() > 1_000 {
        return Ok(None);
    }
    let (browser, state) = (secrets::sha256(&browser), secrets::sha256(state));
    let since = actions::since(portal.clock.now());
    Ok(portal.db.write(move |tx| Ok(queries::take_flow(tx, &browser, &state, since)?)).await?)
}

async fn decide(
    request: &HttpRequest,
    frame: &Frame,
    browser_session: &Session,
    flow: Flow,
    claims: Claims,
) -> Result<HttpResponse, AppError> {
    let now = frame.portal.clock.now();
    let proof = Proof {
        issuer: claims.issuer,
        subject: claims.subject,
        email: claims.email,
        verified: claims.email_verified,
        provider: flow.provider.clone(),
        device: super::device(request),
    };
    let (asked, old) = (proof.clone(), actor::principal(request)?);
    let (waiting, return_to) = (flow.clone(), flow.return_to.clone());
    let decided = frame.portal.db.write(move |tx| {
        let outcome = actions::sign_in(tx, &asked, None, now)?;
        if let Outcome::Choose(_) = outcome {
            actions::wait_for_choice(tx, &waiting, &asked, now)
                .map_err(|fault| fault.map_refusal(|never| match never {}))?;
        } else if let Some(old) = &old {
            crate::access::queries::end_session(tx, old.user.id, old.session_id, now)?;
        }
        Ok(outcome)
    });
    match decided.await {
        Ok(Outcome::SignedIn { key }) => Ok(arrive(browser_session, &key, &return_to)),
        Ok(Outcome::Choose(_)) => Ok(redirect(paths::CHOOSE_TENANT)),
        Err(Fault::Refused(refused)) => {
            if let Refusal::Conflict { .. } = refused {
                frame.portal.db.write(move |tx| actions::note_conflict(tx, &proof, now)).await?;
            }
            refusal::refused(frame, &refused)
        }
        Err(Fault::Db(error)) => Err(error.into()),
    }
}

/// Hands the session to the browser and sends it where it was going.
pub fn arrive(browser_session: &Session, key: &str, return_to: &str) -> HttpResponse {
    session::begin(browser_session, key);
    redirect(return_to)
}

fn redirect(to: &str) -> HttpResponse {
    HttpResponse::SeeOther().insert_header((header::LOCATION, to)).finish()
}
