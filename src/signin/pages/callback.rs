//! What comes back from a provider. Checks that it belongs to this browser, then asks the provider, then decides.

use actix_session::Session;
use actix_web::http::header;
use actix_web::{HttpRequest, HttpResponse};
use serde::Deserialize;

use super::super::actions::{self, Outcome, Proof, Refusal};
use super::super::provider::{CallbackQuery, Claims, ProviderError};
use super::super::queries::{self, Flow};
use super::super::return_to;
use super::{begin, refusal};
use crate::db::Fault;
use crate::secrets;
use crate::web::portal::Shared;
use crate::web::{AppError, Frame, actor, cookies, path, paths, session};

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
    Ok(super::db(portal).write(move |tx| Ok(queries::take_flow(tx, &browser, &state, since)?)).await?)
}

async fn decide(
    request: &HttpRequest,
    frame: &Frame,
    browser_session: &Session,
    flow: Flow,
    claims: Claims,
) -> Result<HttpResponse, AppError> {
    let proof = proof(request, &flow, claims);
    let old = flow.browser_hash.clone();
    let (flow, browser) = renewed(request, frame, flow);
    let return_to = flow.return_to.clone();
    let invited = return_to::leads_to_invitation(&return_to);
    let settled = settle(request, frame, (old, &flow), &proof).await;
    // A sign-in that leaves nothing behind but a session leaves the other tabs' flows alone.
    let leaves_proof = invited || matches!(settled, Ok(Outcome::Choose(_)));
    let mut answer = match settled {
        Ok(Outcome::SignedIn { key }) => arrive(browser_session, &key, &return_to),
        Ok(Outcome::Choose(_)) | Err(Fault::Refused(Refusal::Unknown { .. } | Refusal::Unverified { .. }))
            if invited =>
        {
            // Nobody's user yet, or somebody's elsewhere: the invitation's page goes on with what was proven.
            leave(request, frame).await?;
            session::end(browser_session);
            redirect(&return_to)
        }
        Ok(Outcome::Choose(_)) => redirect(paths::CHOOSE_TENANT),
        Err(Fault::Refused(refused)) => refuse(frame, proof, &refused).await?,
        Err(Fault::Db(error)) => return Err(error.into()),
    };
    if leaves_proof {
        let cookie = cookies::make(cookies::BROWSER, browser, frame.portal.base_url.is_https());
        answer.add_cookie(&cookie).map_err(AppError::internal)?;
    }
    Ok(answer)
}

/// The flow of a browser with a new secret: what was proven is not for somebody who knew, or had planted, the old one.
fn renewed(request: &HttpRequest, frame: &Frame, flow: Flow) -> (Flow, String) {
    let (old, new) = (super::browser(request, &frame.portal).unwrap_or_default(), secrets::random_token());
    let moved = crate::invitations::rebound(&flow.return_to, (&old, &new), &frame.portal.key);
    let return_to = moved.unwrap_or_else(|| flow.return_to.clone());
    (Flow { browser_hash: secrets::sha256(&new), return_to, ..flow }, new)
}

async fn refuse(frame: &Frame, proof: Proof, refused: &Refusal) -> Result<HttpResponse, AppError> {
    if let Refusal::Conflict { .. } = refused {
        let now = frame.portal.clock.now();
        super::db(&frame.portal).write(move |tx| actions::note_conflict(tx, &proof, now)).await?;
    }
    refusal::refused(frame, refused)
}

fn proof(request: &HttpRequest, flow: &Flow, claims: Claims) -> Proof {
    Proof {
        issuer: claims.issuer,
        subject: claims.subject,
        email: claims.email,
        verified: claims.email_verified,
        name: claims.name,
        provider: flow.provider.clone(),
        device: super::device(request),
    }
}

/// What the proof comes to. On the way to an invitation it is remembered whatever that is, since whoever was invited
/// may be nobody's user yet.
async fn settle(
    request: &HttpRequest,
    frame: &Frame,
    (old_browser, flow): (Vec<u8>, &Flow),
    proof: &Proof,
) -> Result<Outcome, Fault<Refusal>> {
    let (now, old) = (frame.portal.clock.now(), actor::principal(request).ok().flatten());
    let (waiting, asked) = (flow.clone(), proof.clone());
    let invited = return_to::leads_to_invitation(&flow.return_to);
    let (browser, known) = (flow.browser_hash.clone(), proof.clone());
    let remember = move |tx: &mut _| {
        actions::forget(tx, &old_browser)?;
        if invited {
            actions::remember(tx, &browser, &known, now)?;
        }
        Ok(())
    };
    super::db(&frame.portal).write(remember).await?;
    let db = super::db(&frame.portal);
    let decided = db.write(move |tx| {
        let outcome = actions::sign_in(tx, &asked, None, now)?;
        match (&outcome, &old) {
            (Outcome::Choose(_), _) if !invited => actions::wait_for_choice(tx, &waiting, &asked, now)
                .map_err(|fault| fault.map_refusal(|never| match never {}))?,
            (Outcome::SignedIn { .. }, Some(old)) => {
                crate::access::queries::end_session(tx, old.user.id, old.session_id, now)?;
            }
            _ => {}
        }
        Ok(outcome)
    });
    decided.await
}

/// Ends the session of whoever was signed in here before.
async fn leave(request: &HttpRequest, frame: &Frame) -> Result<(), AppError> {
    let Some(old) = actor::principal(request)? else { return Ok(()) };
    let now = frame.portal.clock.now();
    let ended = move |tx: &mut _| Ok(crate::access::queries::end_session(tx, old.user.id, old.session_id, now)?);
    super::db(&frame.portal).write(ended).await?;
    Ok(())
}

/// Hands the session to the browser and sends it where it was going.
pub fn arrive(browser_session: &Session, key: &str, return_to: &str) -> HttpResponse {
    session::begin(browser_session, key);
    redirect(return_to)
}

fn redirect(to: &str) -> HttpResponse {
    HttpResponse::SeeOther().insert_header((header::LOCATION, to)).finish()
}
