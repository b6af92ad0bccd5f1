//! The one error type of handlers, and the page that each error becomes.
//!
//! Every variant has a status, a sentence and a next step. Sources are logged once, here, and never shown: a reader
//! gets a reference to quote. Input that fits a form's rules badly is not an error (see `form.rs`), nor is a redirect.

use std::borrow::Cow;

use actix_web::body::{BoxBody, MessageBody};
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::http::{StatusCode, header};
use actix_web::middleware::Next;
use actix_web::{HttpMessage as _, HttpRequest, HttpResponse, ResponseError};
use askama::Template;

use super::frame::Frame;
use super::view::{Link, Shell};
use super::{assets, headers, paths, trace};
use crate::db::{DbError, Fault};

/// The page of every error.
#[derive(Template)]
#[template(path = "errors/page.html")]
pub struct ErrorPage {
    pub shell: Shell,
    pub heading: String,
    pub text: String,
    pub steps: Vec<Link>,
    /// To quote when asking for help; names the request in the log.
    pub reference: String,
}

/// The page of an error for somebody who is signed in: they keep their places.
#[derive(Template)]
#[template(path = "errors/framed.html")]
pub struct FramedErrorPage {
    pub shell: Shell,
    pub heading: String,
    pub text: String,
    pub steps: Vec<Link>,
    /// To quote when asking for help; names the request in the log.
    pub reference: String,
}

const HTML: &str = "text/html; charset=utf-8";
const FORBIDDEN: &str =
    "Your role does not include it. If you need it, ask an owner or administrator of your programme.";
const CSRF: &str = "It was opened before you last signed in, or on another site. Nothing was changed: go back, reload \
     the page and send it again.";
const STALE: &str =
    "This was changed since you opened it. Nothing of yours was saved over it: reload the page to see how it is now.";
const INTERNAL: &str = "It has been noted. What was saved before is safe; what you just sent may not have been saved. \
     Try again, and quote the reference below if it happens again.";

fn provider_text(name: &str) -> String {
    format!("{name} does not answer. People who are signed in can go on working; try again in a minute.")
}

/// Why a request was not done.
#[derive(Debug)]
pub enum AppError {
    /// Nobody is signed in; the page to come back to.
    SignIn { return_to: String },
    /// Signed in and known, but not allowed.
    Forbidden,
    /// There is no such thing, or none that this reader may know of.
    NotFound,
    /// The address exists for other methods.
    Method,
    /// The request cannot be read; what is wrong with it.
    Malformed(Cow<'static, str>),
    /// The form's token is missing or from another session.
    Csrf,
    /// Somebody else changed the thing in between.
    Stale,
    /// The body is over its limit.
    TooLarge,
    /// The body did not arrive in time.
    TooSlow,
    /// The body is of a kind that is not taken here.
    MediaType,
    /// The request names a host that this portal is not.
    Misdirected,
    /// More than an address may ask for; when to come back.
    TooMany { seconds: u64 },
    /// The database, or something else that passes, is not answering.
    Busy,
    /// The database takes no writes for now.
    ReadOnly,
    /// An identity provider cannot be reached; its name.
    Provider(String),
    /// A fault of ours.
    Internal,
}

impl AppError {
    /// An internal error; `source` goes to the log and nowhere else.
    pub fn internal(source: impl std::fmt::Display) -> Self {
        tracing::error!(request_id = %trace::current_request_id(), error = %source, "internal error");
        Self::Internal
    }

    const fn status(&self) -> StatusCode {
        match self {
            Self::SignIn { .. } => StatusCode::SEE_OTHER,
            Self::Forbidden | Self::Csrf => StatusCode::FORBIDDEN,
            Self::NotFound => StatusCode::NOT_FOUND,
            Self::Method => StatusCode::METHOD_NOT_ALLOWED,
            Self::Malformed(_) => StatusCode::BAD_REQUEST,
            Self::Stale => StatusCode::CONFLICT,
            Self::TooLarge => StatusCode::PAYLOAD_TOO_LARGE,
            Self::TooSlow => StatusCode::REQUEST_TIMEOUT,
            Self::MediaType => StatusCode::UNSUPPORTED_MEDIA_TYPE,
            Self::Misdirected => StatusCode::MISDIRECTED_REQUEST,
            Self::TooMany { .. } => StatusCode::TOO_MANY_REQUESTS,
            Self::Busy | Self::ReadOnly | Self::Provider(_) => StatusCode::SERVICE_UNAVAILABLE,
            Self::Internal => StatusCode::INTERNAL_SERVER_ERROR,
        }
    }

    const fn heading(&self) -> &'static str {
        match self {
            Self::SignIn { .. } => "Sign in",
            Self::Forbidden => "This page is not open to you",
            Self::NotFound => "There is nothing here",
            Self::Method => "This address does not work that way",
            Self::Malformed(_) => "This request cannot be read",
            Self::Csrf => "This form is too old to send",
            Self::Stale => "Somebody else was faster",
            Self::TooLarge => "That is too much at once",
            Self::TooSlow => "The request did not arrive in time",
            Self::MediaType => "This kind of content is not taken here",
            Self::Misdirected => "This is not the address of this portal",
            Self::TooMany { .. } => "Too many at once",
            Self::Busy => "The portal cannot answer right now",
            Self::ReadOnly => "Under maintenance: reading only",
            Self::Provider(_) => "Signing in is not possible right now",
            Self::Internal => "Something went wrong on our side",
        }
    }

    /// What it means for the reader, and what to do next.
    fn text(&self) -> Cow<'static, str> {
        Cow::Borrowed(match self {
            Self::Malformed(what) => return what.clone(),
            Self::Provider(name) => return provider_text(name).into(),
            Self::SignIn { .. } => "Sign in to go on.",
            Self::Forbidden => FORBIDDEN,
            Self::NotFound => "The address may be mistyped, or what was here has been removed. Nothing was changed.",
            Self::Method => "Open the page and use its buttons. Nothing was changed.",
            Self::Csrf => CSRF,
            Self::Stale => STALE,
            Self::TooLarge => "Forms take 64 KB. Nothing was changed.",
            Self::TooSlow => "The connection may be slow. Nothing was changed: try again.",
            Self::MediaType => "Use the form on the page. Nothing was changed.",
            Self::Misdirected => "Use the address that your programme gave you.",
            Self::TooMany { .. } => {
                "More sign-ins were begun from your network than the portal takes in a minute. Try again in a minute."
            }
            Self::Busy => "It could not answer in time. What is saved is safe; try again in a few seconds.",
            Self::ReadOnly => "Pages can be read, but nothing can be saved for the moment. Nothing was changed.",
            Self::Internal => INTERNAL,
        })
    }

    fn page(&self) -> ErrorPage {
        let (status, heading) = (self.status(), self.heading());
        let shell =
            Shell { title: format!("{heading} ({})", status.as_u16()), assets: assets::urls(), ..Shell::default() };
        // Who asks is not known here; where signing in is no way out, the first page is one.
        let (label, href) = match self {
            Self::Provider(_) => ("Back to sign-in", paths::SIGN_IN),
            Self::Busy | Self::ReadOnly | Self::Internal | Self::TooSlow => ("Go to the portal", paths::HOME),
            _ => ("Sign in", paths::SIGN_IN),
        };
        ErrorPage {
            shell,
            heading: heading.into(),
            text: self.text().into_owned(),
            steps: vec![Link::new(label, href)],
            reference: trace::current_request_id(),
        }
    }

    fn bare(&self) -> String {
        self.page().render().unwrap_or_else(|_| self.to_string())
    }

    /// The same page inside the frame of somebody who is signed in; None for everybody else, whose page is bare.
    fn framed(&self, request: &HttpRequest) -> Option<String> {
        if matches!(self, Self::SignIn { .. }) {
            return None;
        }
        let frame = Frame::of_error(request)?;
        let reader = frame.reader()?;
        let bare = self.page();
        // What lies under the settings is the staff's; a partner's own pages ask for a role.
        let staff_only =
            matches!(self, Self::Forbidden) && !reader.is_staff() && frame.path().starts_with(paths::SETTINGS);
        let text =
            if staff_only { format!("This page is for the staff of {}.", reader.tenant.name) } else { bare.text };
        let step = if reader.is_staff() {
            Link::new("Go to Partners", paths::PARTNERS)
        } else {
            Link::new(format!("Go to {}", reader.organisation.name), paths::ORGANISATION)
        };
        let shell = Shell { flash: None, ..frame.shell(bare.shell.title) };
        let page = FramedErrorPage { shell, heading: bare.heading, text, steps: vec![step], reference: bare.reference };
        page.render().ok()
    }
}

/// Marks a request whose error has its page, so that the outer of two layers leaves it as it is.
struct Finished;

fn finished(response: ServiceResponse) -> ServiceResponse {
    response.request().extensions_mut().insert(Finished);
    response
}

/// Answers that actix made itself (an unknown address, a method that a route does not take) become pages too, and
/// the page of every error gets the frame of whoever is signed in. Only the body is replaced: status and headers
/// (`Allow`, `Retry-After`, cookies) stay as they were. The session is emptied when its own middleware is done:
/// inside of that, every error finds its reader; outside, only those whose handler had asked who it is.
pub async fn pages(
    request: ServiceRequest,
    next: Next<impl MessageBody + 'static>,
) -> Result<ServiceResponse<BoxBody>, actix_web::Error> {
    let response = next.call(request).await?.map_into_boxed_body();
    if response.request().extensions().contains::<Finished>() {
        return Ok(response);
    }
    if let Some(error) = response.response().error().and_then(|error| error.as_error::<AppError>()) {
        let framed = error.framed(response.request());
        return Ok(match framed {
            Some(page) => finished(response).map_body(|_, _| BoxBody::new(page)),
            None => response,
        });
    }
    let error = match response.status() {
        StatusCode::NOT_FOUND => AppError::NotFound,
        StatusCode::METHOD_NOT_ALLOWED => AppError::Method,
        _ => return Ok(response),
    };
    if response.headers().contains_key(header::CONTENT_TYPE) {
        return Ok(response);
    }
    let page = error.framed(response.request()).unwrap_or_else(|| error.bare());
    let mut response = response.map_body(|_, _| BoxBody::new(page));
    response.headers_mut().insert(header::CONTENT_TYPE, header::HeaderValue::from_static(HTML));
    Ok(response)
}

impl std::fmt::Display for AppError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.heading())
    }
}

impl ResponseError for AppError {
    fn status_code(&self) -> StatusCode {
        self.status()
    }

    fn error_response(&self) -> HttpResponse {
        let mut response = if let Self::SignIn { return_to } = self {
            let query = serde_urlencoded::to_string([("return_to", return_to)]).unwrap_or_default();
            HttpResponse::SeeOther().insert_header((header::LOCATION, format!("/signin?{query}"))).finish()
        } else {
            HttpResponse::build(self.status_code()).content_type(HTML).body(self.bare())
        };
        if self.status_code() == StatusCode::SERVICE_UNAVAILABLE {
            response.headers_mut().insert(header::RETRY_AFTER, header::HeaderValue::from_static("5"));
        }
        if let Self::TooMany { seconds } = self {
            response.headers_mut().insert(header::RETRY_AFTER, header::HeaderValue::from(*seconds));
        }
        headers::secure(response.headers_mut());
        response
    }
}

impl From<DbError> for AppError {
    fn from(error: DbError) -> Self {
        match error {
            DbError::Busy | DbError::Unavailable => Self::Busy,
            DbError::ReadOnly => Self::ReadOnly,
            DbError::Query(diesel::result::Error::NotFound) => Self::NotFound,
            DbError::Query(error) => Self::internal(error),
        }
    }
}

impl From<Fault> for AppError {
    fn from(fault: Fault) -> Self {
        match fault {
            Fault::Refused(never) => match never {},
            Fault::Db(error) => error.into(),
        }
    }
}

impl From<askama::Error> for AppError {
    fn from(error: askama::Error) -> Self {
        Self::internal(error)
    }
}
