//! What people see when they were not signed in: what happened, and what to do next. Never a dead end.

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use askama::Template;

use super::super::actions::Refusal;
use super::provider_name;
use crate::web::view::{Link, Shell};
use crate::web::{AppError, Frame, paths, trace};

#[derive(Template)]
#[template(path = "signin/refusal.html")]
pub struct Refused {
    pub shell: Shell,
    pub heading: String,
    pub text: String,
    pub advice: String,
    pub steps: Vec<Link>,
    pub reference: String,
}

/// The flow is not this browser's, too old, or used.
pub fn lost(frame: &Frame) -> Result<HttpResponse, AppError> {
    tracing::warn!(reason = "flow_unknown", "a sign-in was refused");
    page(
        frame,
        StatusCode::BAD_REQUEST,
        "This sign-in has run out",
        "It was begun in another browser, more than ten minutes ago, or has been used already. You are not signed in by it.",
        "Begin again; it takes one click.",
    )
}

/// The provider's answer does not hold.
pub fn failed(frame: &Frame, provider: &str) -> Result<HttpResponse, AppError> {
    page(
        frame,
        StatusCode::BAD_REQUEST,
        "Signing in did not work",
        &format!("{provider} gave an answer that the portal cannot rely on. Nothing was changed."),
        "Try again. If it happens twice, give the reference below to the people who run this portal.",
    )
}

/// The provider said no, or the person did.
pub fn cancelled(frame: &Frame, provider: &str, code: &str) -> Result<HttpResponse, AppError> {
    let text = match code {
        "access_denied" => format!("You, or {provider}, stopped it before it was done."),
        "temporarily_unavailable" | "server_error" => format!("{provider} has a problem at the moment."),
        _ => format!("{provider} did not let you through."),
    };
    page(frame, StatusCode::BAD_REQUEST, "You are not signed in", &text, "You can try again, or use another account.")
}

/// The identity is genuine, but signs nobody in.
pub fn refused(frame: &Frame, refusal: &Refusal) -> Result<HttpResponse, AppError> {
    let named = |email: &Option<String>| email.clone().unwrap_or_else(|| "your account".into());
    let (heading, text, advice) = match refusal {
        Refusal::Unknown { email } => (
            "You do not have access yet",
            format!("You signed in as {}. No organisation on this portal knows that address.", named(email)),
            "Ask the person at the company that you work with to add exactly this address. If you have another account, use that one.",
        ),
        Refusal::Unverified { email } => (
            "Your address is not verified",
            format!("You signed in as {}, but your provider does not confirm that the address is yours.", named(email)),
            "Verify the address with your provider, then sign in again.",
        ),
        Refusal::Conflict { issuer } => (
            "Another account is already in use for you",
            format!(
                "Your address belongs to a user who signs in with {}, with a different account than the one you just used.",
                provider_name(&frame.portal, issuer).unwrap_or_else(|| issuer.clone())
            ),
            "Sign in with the account that you used before. If you no longer have it, ask your programme to let you sign in with a \
             new one.",
        ),
        Refusal::Suspended { organisation } => (
            "Your access is suspended",
            format!(
                "You are known here, in {organisation}, but cannot sign in at the moment. Nothing of yours is deleted."
            ),
            "Ask your contact at the company whose portal this is.",
        ),
    };
    tracing::warn!(reason = code(refusal), "a sign-in was refused");
    page(frame, StatusCode::FORBIDDEN, heading, &text, advice)
}

const fn code(refusal: &Refusal) -> &'static str {
    match refusal {
        Refusal::Unknown { .. } => "user_unknown",
        Refusal::Unverified { .. } => "email_unverified",
        Refusal::Conflict { .. } => "identity_conflict",
        Refusal::Suspended { .. } => "suspended",
    }
}

fn page(frame: &Frame, status: StatusCode, heading: &str, text: &str, advice: &str) -> Result<HttpResponse, AppError> {
    let again = |provider: &std::sync::Arc<super::super::provider::Provider>| {
        let config = provider.config();
        Link::new(
            format!("Use another account with {}", config.name),
            format!("{}?prompt=login", paths::sign_in_with(&config.key)),
        )
    };
    let mut steps = vec![Link::new("Back to sign-in", paths::SIGN_IN)];
    steps.extend(frame.portal.providers.iter().map(again));
    frame.answer(
        status,
        &Refused {
            shell: frame.shell(heading),
            heading: heading.into(),
            text: text.into(),
            advice: advice.into(),
            steps,
            reference: trace::current_request_id(),
        },
    )
}
