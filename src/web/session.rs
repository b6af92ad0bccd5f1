//! Sessions in PostgreSQL behind actix-session. The only file that touches actix-session's types.
//!
//! The cookie holds a random key, the database its hash. Loading is one statement that brings the whole visitor; the
//! row itself is written by the action that signs a person in, in its own transaction, so that the store never writes
//! after the work was committed (security fact 9): [`begin`] merely tells the store which key to hand to the browser.

use std::cell::RefCell;
use std::collections::HashMap;
use std::rc::Rc;

use actix_session::config::{BrowserSession, CookieContentSecurity};
use actix_session::storage::{LoadError, SaveError, SessionKey, SessionStore, UpdateError};
use actix_session::{Session, SessionMiddleware};
use actix_web::Error;
use actix_web::body::MessageBody;
use actix_web::cookie::time::Duration;
use actix_web::cookie::{Cookie, CookieJar, Key, SameSite};
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::http::header::{self, HeaderMap, HeaderValue};
use actix_web::middleware::Next;

use super::cookies;
use super::portal::{Portal, Shared};
use crate::access::session::{Visitor, visitor};
use crate::secrets;

const LOADED: &str = "loaded";
const NEW_KEY: &str = "new_key";
const PURPOSE: &str = "session-cookie";

tokio::task_local! {
    /// What the store found out about the request at hand. actix-session carries texts only, and to write a visitor as
    /// one and to read it again would cost more than the rest of a session.
    static FOUND: RefCell<Found>;
}

#[derive(Clone)]
enum Found {
    /// No session, or a bad one.
    Nobody,
    Visitor(Rc<Visitor>),
    /// The database could not say.
    Unknown,
}

/// actix-session's view of our table.
pub struct PgSessions(Shared);

/// The middleware for pages. API and public routes lie outside it: a cookie opens nothing there.
pub fn middleware(portal: &Shared) -> SessionMiddleware<PgSessions> {
    let https = portal.base_url.is_https();
    let key = Key::derive_from(&portal.key.mac(PURPOSE, &[]));
    SessionMiddleware::builder(PgSessions(portal.clone()), key)
        .cookie_name(cookies::SESSION.on(https).to_owned())
        .cookie_secure(https)
        .cookie_http_only(true)
        .cookie_same_site(SameSite::Lax)
        .cookie_path("/".into())
        .cookie_content_security(CookieContentSecurity::Signed)
        .session_lifecycle(BrowserSession::default())
        .build()
}

/// Signs a session cookie anew that was signed under a key which has been replaced: its session lives on.
pub fn sign_anew(portal: &Portal, headers: &mut HeaderMap) {
    let former = portal.key.former_macs(PURPOSE, &[]);
    let Some(sent) = headers.get(header::COOKIE).filter(|_| !former.is_empty()) else { return };
    let (name, present) = (cookies::SESSION.on(portal.base_url.is_https()), portal.key.mac(PURPOSE, &[]));
    let anew = |pair: &str| {
        let cookie = Cookie::parse_encoded(pair.to_owned()).ok().filter(|cookie| cookie.name() == name)?;
        let mut jar = CookieJar::new();
        jar.add_original(cookie);
        let found = former.iter().find_map(|key| jar.signed(&Key::derive_from(key)).get(name))?;
        jar.signed_mut(&Key::derive_from(&present)).add(found);
        Some(jar.get(name)?.encoded().to_string())
    };
    let all = sent.to_str().unwrap_or_default().split("; ").map(|pair| anew(pair).unwrap_or_else(|| pair.to_owned()));
    if let Ok(value) = HeaderValue::from_str(&all.collect::<Vec<_>>().join("; ")) {
        headers.insert(header::COOKIE, value);
    }
}

/// Hands `key` to the browser as its new session; the row must have been written.
pub fn begin(session: &Session, key: &str) {
    session.renew();
    session.clear();
    // Inserting a string into a map of strings cannot fail.
    drop(session.insert(NEW_KEY, key));
}

/// Makes the browser forget its session; the row must have been ended.
pub fn end(session: &Session) {
    session.purge();
}

/// Has the store's answer at hand while a request is answered. Stands around [`middleware`].
///
/// # Errors
/// Those of what it stands around.
pub async fn remembered(
    request: ServiceRequest,
    next: Next<impl MessageBody + 'static>,
) -> Result<ServiceResponse<impl MessageBody>, Error> {
    FOUND.scope(RefCell::new(Found::Nobody), next.call(request)).await
}

/// Who is asking. None when the database could not say.
pub fn who() -> Option<Rc<Visitor>> {
    match FOUND.try_with(|found| found.borrow().clone()) {
        Ok(Found::Visitor(visitor)) => Some(visitor),
        Ok(Found::Unknown) => None,
        Ok(Found::Nobody) | Err(_) => Some(Rc::new(Visitor::Anonymous)),
    }
}

impl SessionStore for PgSessions {
    /// A store that fails would answer 500 before any handler runs; instead the state says so, and [`who`] with it.
    async fn load(&self, session_key: &SessionKey) -> Result<Option<HashMap<String, String>>, LoadError> {
        let hash = secrets::sha256(session_key.as_ref());
        let now = self.0.clock.now();
        let found = self.0.db.read(move |conn| visitor(conn, &hash, now)).await;
        let found = match found {
            Ok(Visitor::Anonymous) => return Ok(None),
            Ok(visitor) => Found::Visitor(Rc::new(visitor)),
            Err(_) => Found::Unknown,
        };
        // Outside a request nobody asks.
        drop(FOUND.try_with(|here| here.replace(found)));
        Ok(Some(HashMap::from([(LOADED.to_owned(), "true".to_owned())])))
    }

    async fn save(&self, state: HashMap<String, String>, _: &Duration) -> Result<SessionKey, SaveError> {
        let key: String = state.get(NEW_KEY).and_then(|json| serde_json::from_str(json).ok()).unwrap_or_default();
        SessionKey::try_from(key).map_err(|error| SaveError::Other(error.into()))
    }

    /// Never creates: a session that was ended while a request was under way stays ended.
    async fn update(
        &self,
        key: SessionKey,
        _: HashMap<String, String>,
        _: &Duration,
    ) -> Result<SessionKey, UpdateError> {
        Ok(key)
    }

    async fn update_ttl(&self, _: &SessionKey, _: &Duration) -> anyhow::Result<()> {
        Ok(())
    }

    async fn delete(&self, _: &SessionKey) -> anyhow::Result<()> {
        Ok(())
    }
}
