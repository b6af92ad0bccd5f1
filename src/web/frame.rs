//! What every page has around it: the reader, the places they may go, the last action's sentence, the form token.
//! Knows the places by their addresses; knows no feature.

use std::future::{Ready, ready};
use std::sync::Arc;

use actix_web::dev::Payload;
use actix_web::http::StatusCode;
use actix_web::{FromRequest, HttpRequest, HttpResponse};
use askama::Template;

use super::error::AppError;
use super::flash::Flash;
use super::portal::Shared;
use super::shown::Shown;
use super::view::{ApiCall, NavItem, Person, Shell};
use super::{actor, assets, cookies, paths, query};
use super::{form, freshness};
use crate::access::{Permission, Principal};
use crate::db::Freshness;
use crate::secrets;

/// Said above a form that was kept over an expired session.
const KEPT: &str = "You are signed in again. What you typed is here; it has not been sent yet.";

/// The frame of the page that a request asks for.
pub struct Frame {
    pub portal: Shared,
    principal: Option<Arc<Principal>>,
    path: String,
    query: String,
    flash: Option<Flash>,
    seed: Vec<u8>,
    browser: String,
    freshness: Freshness,
    /// A browser without session that gets a form needs something to bind its token to.
    new_browser: Option<String>,
    /// The call that answers what the page shows.
    call: Option<ApiCall>,
}

impl FromRequest for Frame {
    type Error = AppError;
    type Future = Ready<Result<Self, AppError>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        ready(Self::of(request))
    }
}

impl Frame {
    fn of(request: &HttpRequest) -> Result<Self, AppError> {
        let portal = request.app_data::<Shared>().cloned().ok_or(AppError::Internal)?;
        let principal = actor::principal(request)?;
        let flash = request
            .cookie(cookies::FLASH.on(portal.base_url.is_https()))
            .and_then(|cookie| Flash::open(&portal.key, cookie.value()))
            .or_else(|| query::value(request.query_string(), "kept").map(|_| Flash::warning(KEPT)));
        let known = form::token_seed(request, &portal);
        let browser = form::browser(request, &portal);
        // The page of an invitation gives out tickets that are bound to the browser, whoever is signed in.
        let wanted = known.is_none() || request.path().starts_with("/invitations/");
        let new_browser = (browser.is_none() && wanted).then(secrets::random_token);
        let seed = known.or_else(|| new_browser.as_ref().map(|new| new.as_bytes().to_vec())).unwrap_or_default();
        let (path, query) = (request.path().to_owned(), request.query_string().to_owned());
        let browser = browser.or_else(|| new_browser.clone()).unwrap_or_default();
        let freshness = freshness::of_browser(request, portal.base_url.is_https());
        let call = call(request, &portal, principal.as_deref());
        Ok(Self { portal, principal, path, query, flash, seed, browser, freshness, new_browser, call })
    }

    /// The frame around an error, for whoever is known to be signed in; works after the handler has failed.
    pub(super) fn of_error(request: &HttpRequest) -> Option<Self> {
        // Nothing is shown that a call could answer.
        Self::of(request).ok().filter(|frame| frame.principal.is_some()).map(|frame| Self { call: None, ..frame })
    }

    /// Who is signed in.
    pub(super) fn reader(&self) -> Option<&Principal> {
        self.principal.as_deref()
    }

    /// The first value of a parameter in the address; empty when it is missing.
    pub fn parameter(&self, name: &str) -> String {
        query::value(&self.query, name).unwrap_or_default()
    }

    /// The secret of this browser, for what is bound to it; empty where none was needed so far.
    pub fn browser(&self) -> &str {
        &self.browser
    }

    /// How old a list on this page may be.
    pub const fn freshness(&self) -> Freshness {
        self.freshness
    }

    /// This page's path.
    pub fn path(&self) -> &str {
        &self.path
    }

    /// The time zone in which the reader sees dates.
    pub fn zone(&self) -> chrono_tz::Tz {
        let name = self.principal.as_ref().map_or("UTC", |reader| reader.organisation.time_zone.as_str());
        super::dates::zone(name).unwrap_or(chrono_tz::Tz::UTC)
    }

    /// The frame's data for a page with this title.
    pub fn shell(&self, title: impl Into<String>) -> Shell {
        let reader = self.principal.as_deref();
        Shell {
            title: title.into(),
            tenant_name: reader.map(|reader| reader.tenant.name.clone()).unwrap_or_default(),
            person: reader.map(person),
            nav: reader.map(|reader| places(reader, &self.path)).unwrap_or_default(),
            flash: self.flash.clone().map(Into::into),
            csrf: secrets::csrf_token(&self.portal.key, &self.seed),
            assets: assets::urls(),
            search: reader.filter(|reader| reader.is_staff()).map(|_| self.parameter("q")),
            sign_out: reader.is_some(),
            lang: "",
            call: self.call.clone(),
        }
    }

    /// Answers with a page.
    ///
    /// # Errors
    /// When the template fails, which is a fault of ours.
    pub fn page(&self, page: &impl Template) -> Result<HttpResponse, AppError> {
        self.answer(StatusCode::OK, page)
    }

    /// Answers with a form that was refused: 422, with everything that was typed.
    ///
    /// # Errors
    /// As [`Frame::page`].
    pub fn refused(&self, page: &impl Template) -> Result<HttpResponse, AppError> {
        self.answer(StatusCode::UNPROCESSABLE_ENTITY, page)
    }

    /// Answers with a page and a status of its own.
    ///
    /// # Errors
    /// As [`Frame::page`].
    pub fn answer(&self, status: StatusCode, page: &impl Template) -> Result<HttpResponse, AppError> {
        let https = self.portal.base_url.is_https();
        let mut response = HttpResponse::build(status);
        response.content_type("text/html; charset=utf-8");
        if self.flash.is_some() {
            response.cookie(cookies::forget(cookies::FLASH, https));
        }
        let mut response = response.body(page.render()?);
        self.keep_browser(&mut response)?;
        Ok(response)
    }

    /// Gives a browser that has none yet its secret, with an answer that is not a page.
    ///
    /// # Errors
    /// When the cookie cannot be written, which is a fault of ours.
    pub fn keep_browser(&self, answer: &mut HttpResponse) -> Result<(), AppError> {
        if let Some(browser) = &self.new_browser {
            let cookie = cookies::make(cookies::BROWSER, browser.clone(), self.portal.base_url.is_https());
            answer.add_cookie(&cookie).map_err(AppError::internal)?;
        }
        Ok(())
    }
}

fn call(request: &HttpRequest, portal: &Shared, reader: Option<&Principal>) -> Option<ApiCall> {
    let (pattern, reader) = (request.match_pattern().filter(|_| request.method().is_safe())?, reader?);
    let origin = portal.base_url.origin();
    let (path, query) = (request.path(), request.query_string());
    (portal.equivalent)(&Shown { pattern: &pattern, path, query, reader, origin: &origin })
}

fn person(reader: &Principal) -> Person {
    Person {
        name: reader.user.name.clone(),
        email: reader.user.email.clone(),
        initials: initials(&reader.user.name),
        role_word: reader.user.role.word().into(),
        organisation_name: reader.organisation.name.clone(),
    }
}

/// The first letters of the first and the last word.
pub fn initials(name: &str) -> String {
    let mut letters = name.split_whitespace().filter_map(|word| word.chars().find(|c| c.is_alphanumeric()));
    let (first, last) = (letters.next(), letters.next_back());
    first.into_iter().chain(last).flat_map(char::to_uppercase).collect()
}

/// The rail: at most seven places, those that the reader may open.
fn places(reader: &Principal, path: &str) -> Vec<NavItem> {
    // Connections are a tab of the records' page.
    let path = match path {
        path if lies_under(path, paths::CONNECTIONS) => paths::RECORDS,
        path if lies_under(path, paths::OWN_CONNECTIONS) => paths::OWN_RECORDS,
        path => path,
    };
    let all: &[(&str, &str, &str, bool)] = if reader.is_staff() {
        &[
            ("Partners", paths::PARTNERS, "building-2", true),
            ("Invitations", paths::INVITATIONS, "mail", true),
            ("Partner records", paths::RECORDS, "inbox", true),
            ("Staff", paths::STAFF, "users", true),
            ("History", paths::HISTORY, "history", reader.may(Permission::ReadAudit)),
            ("Bin", paths::BIN, "trash-2", true),
            ("Settings", paths::SETTINGS, "settings", true),
        ]
    } else {
        &[
            ("Organisation", paths::ORGANISATION, "building-2", true),
            ("People", paths::OWN_USERS, "users", true),
            ("Invitations", paths::OWN_INVITATIONS, "mail", reader.may(Permission::ReadInvitation)),
            ("Partners", paths::OWN_RECORDS, "inbox", reader.may(Permission::ReadPartner)),
            ("API", paths::OWN_API_CLIENTS, "key-round", reader.may(Permission::ManageApiClients)),
            ("History", paths::OWN_HISTORY, "history", reader.may(Permission::ReadAudit)),
        ]
    };
    let deepest = all.iter().filter(|place| lies_under(path, place.1)).map(|place| place.1.len()).max();
    let item = |&(label, href, icon, _): &(&str, &str, &str, bool)| NavItem {
        label: label.into(),
        href: href.into(),
        icon: icon.into(),
        current: lies_under(path, href) && Some(href.len()) == deepest,
    };
    all.iter().filter(|place| place.3).map(item).collect()
}

fn lies_under(path: &str, place: &str) -> bool {
    path.strip_prefix(place).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn initials_are_the_first_letters_of_the_first_and_last_word() {
        assert_eq!(["Ana de la Cruz", "Zebra", "  ", "élan (Paris)"].map(initials), ["AC", "Z", "", "ÉP"]);
    }
}
