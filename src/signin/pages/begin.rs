//! The sign-in page, and the way to a provider.

use actix_web::http::header;
use actix_web::{HttpRequest, HttpResponse};
use askama::Template;
use serde::Deserialize;

use super::super::provider::{BeginOptions, Prompt};
use super::super::queries::{self, Flow};
use super::super::return_to;
use crate::api::limit;
use crate::db::Fault;
use crate::secrets;
use crate::web::portal::Shared;
use crate::web::view::{Link, Shell};
use crate::web::{AppError, Frame, Reply, actor, client, cookies, path, paths, query, see_other};

#[derive(Template)]
#[template(path = "signin/index.html")]
pub struct SignIn {
    pub shell: Shell,
    pub providers: Vec<Link>,
    /// The reader was on their way somewhere.
    pub on_the_way: bool,
    pub kept: bool,
}

/// `GET /`: the first page of whoever asks.
pub async fn home(request: HttpRequest) -> Result<Reply, AppError> {
    Ok(see_other(match actor::principal(&request)? {
        None => paths::SIGN_IN,
        Some(reader) if reader.is_staff() => paths::PARTNERS,
        Some(_) => paths::ORGANISATION,
    }))
}

/// `GET /signin`
pub async fn sign_in(frame: Frame) -> Result<HttpResponse, AppError> {
    let return_to = return_to::safe(&frame.parameter("return_to"));
    let (hint, prompt) = (frame.parameter("login_hint"), frame.parameter("prompt"));
    let link = |provider: &std::sync::Arc<super::super::provider::Provider>| {
        let config = provider.config();
        Link::new(
            format!("Continue with {}", config.name),
            query::address(
                &paths::sign_in_with(&config.key),
                &[("return_to", &return_to), ("login_hint", &hint), ("prompt", &prompt)],
            ),
        )
    };
    frame.page(&SignIn {
        shell: frame.shell("Sign in"),
        providers: frame.portal.providers.iter().map(link).collect(),
        on_the_way: return_to != "/",
        kept: return_to.contains("kept="),
    })
}

/// What a link to sign in may carry.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Asked {
    return_to: String,
    login_hint: String,
    /// `login` to be asked again even when the provider knows the person.
    prompt: String,
}

/// `GET /signin/begin/{provider}`
pub async fn begin(request: HttpRequest, portal: Shared) -> Result<HttpResponse, AppError> {
    let key = path::word(&request, "provider")?;
    let provider =
        portal.providers.iter().find(|provider| provider.config().key == key).cloned().ok_or(AppError::NotFound)?;
    let asked: Asked = serde_urlencoded::from_str(request.query_string()).unwrap_or_default();
    let options = BeginOptions {
        login_hint: Some(asked.login_hint).filter(|hint| !hint.is_empty() && hint.len() <= 254),
        prompt: (asked.prompt == "login").then_some(Prompt::Login),
    };
    let started = provider.begin(options).await.map_err(|error| unavailable(&provider.config().name, &error))?;
    let now = portal.clock.now();
    let browser = secrets::random_token();
    let flow = Flow {
        id: secrets::new_id(now),
        browser_hash: secrets::sha256(&browser),
        state_hash: secrets::sha256(&started.state),
        provider: key,
        pkce_verifier: started.pkce_verifier,
        nonce: started.nonce,
        return_to: String::new(),
        created_at: now,
        issuer: None,
        subject: None,
        email: None,
    };
    let https = portal.base_url.is_https();
    // A browser that has a secret keeps it, so that a second tab does not end the first one's flow.
    let browser = super::browser(&request, &portal).unwrap_or(browser);
    let way = return_to::safe(&asked.return_to);
    // Only a browser's own ticket leads to an invitation; anything else that looks like one leads to the first page.
    let lost = return_to::leads_to_invitation(&way)
        && crate::invitations::rebound(&way, (&browser, &browser), &portal.key).is_none();
    let return_to = if lost { paths::HOME.to_owned() } else { way };
    let flow = Flow { browser_hash: secrets::sha256(&browser), return_to, ..flow };
    begun(&request, &portal, flow).await?;
    Ok(HttpResponse::SeeOther()
        .insert_header((header::LOCATION, started.url.to_string()))
        .cookie(cookies::make(cookies::BROWSER, browser, https))
        .finish())
}

/// Writes the flow down, unless its address has begun too many.
async fn begun(request: &HttpRequest, portal: &Shared, flow: Flow) -> Result<(), AppError> {
    let address = client::counted(request);
    let most = portal.limits.sign_ins;
    let work = move |tx: &mut _| {
        let count = limit::count(tx, &format!("sign-in {address}"), most, flow.created_at)?;
        if !count.over {
            queries::insert_flow(tx, &flow)?;
        }
        Ok::<_, Fault>(count)
    };
    let count = super::db(portal).write(work).await?;
    if count.over { Err(AppError::TooMany { seconds: count.reset }) } else { Ok(()) }
}

/// A provider that cannot be used right now, as an answer and a line in the log.
pub fn unavailable(name: &str, error: &super::super::provider::ProviderError) -> AppError {
    tracing::warn!(provider = name, reason = error.code(), "the identity provider cannot be used");
    AppError::Provider(name.to_owned())
}
