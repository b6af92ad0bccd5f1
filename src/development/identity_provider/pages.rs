//! The provider's pages: the form, a refusal, and the end of a session. Must not decide anything.

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use actix_web::http::header::{CACHE_CONTROL, ContentType, LOCATION};
use askama::Template;

use super::requests::AuthorizationRequest;
use super::{IdentityProvider, PATH, Person};

/// What is in the form's fields, and what is wrong with it.
#[derive(Default)]
pub(super) struct Entry {
    pub(super) email: String,
    pub(super) name: String,
    pub(super) email_problem: String,
    pub(super) name_problem: String,
}

/// Demo people under one heading.
struct Group<'a> {
    heading: &'a str,
    people: Vec<&'a Person>,
}

#[derive(Template)]
#[template(path = "development/identity_sign_in.html")]
struct SignInPage<'a> {
    stylesheet: &'a str,
    action: String,
    carried: &'a [(String, String)],
    entry: &'a Entry,
    groups: Vec<Group<'a>>,
}

#[derive(Template)]
#[template(path = "development/identity_refused.html")]
struct RefusedPage<'a> {
    stylesheet: &'a str,
    explanation: &'a str,
}

#[derive(Template)]
#[template(path = "development/identity_signed_out.html")]
struct SignedOutPage<'a> {
    stylesheet: &'a str,
}

/// The sign-in form, with the demo people beneath it.
pub(super) fn form(
    provider: &IdentityProvider,
    request: &AuthorizationRequest,
    entry: &Entry,
    status: StatusCode,
) -> HttpResponse {
    let page = SignInPage {
        stylesheet: &provider.inner.assets.stylesheet,
        action: format!("{PATH}/authorize"),
        carried: &request.carried,
        entry,
        groups: grouped(&provider.inner.people),
    };
    respond(status, &page)
}

/// A request that may not be sent back to whoever made it.
pub(super) fn refused(provider: &IdentityProvider, explanation: &str) -> HttpResponse {
    let stylesheet = &provider.inner.assets.stylesheet;
    respond(StatusCode::BAD_REQUEST, &RefusedPage { stylesheet, explanation })
}

/// The end of a sign-out that names no page to go to.
pub(super) fn signed_out(provider: &IdentityProvider) -> HttpResponse {
    let stylesheet = &provider.inner.assets.stylesheet;
    respond(StatusCode::OK, &SignedOutPage { stylesheet })
}

/// A redirect that no cache keeps: its address may hold a code.
pub(super) fn see_other(location: &str) -> HttpResponse {
    HttpResponse::SeeOther().insert_header((CACHE_CONTROL, "no-store")).insert_header((LOCATION, location)).finish()
}

/// Groups in the order their first person came in.
fn grouped(people: &[Person]) -> Vec<Group<'_>> {
    let mut groups: Vec<Group<'_>> = Vec::new();
    for person in people {
        match groups.iter_mut().find(|group| group.heading == person.group) {
            Some(group) => group.people.push(person),
            None => groups.push(Group { heading: &person.group, people: vec![person] }),
        }
    }
    groups
}

fn respond(status: StatusCode, page: &impl Template) -> HttpResponse {
    match page.render() {
        Ok(html) => HttpResponse::build(status)
            .insert_header((CACHE_CONTROL, "no-store"))
            .content_type(ContentType::html())
            .body(html),
        Err(error) => {
            tracing::error!(%error, "a page of the development identity provider cannot be rendered");
            HttpResponse::InternalServerError().finish()
        }
    }
}
