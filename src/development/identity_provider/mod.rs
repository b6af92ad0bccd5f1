//! The development identity provider: an `OpenID` provider that signs anybody in by the e-mail address they type.
//!
//! Owns everything under `/dev/identity`: discovery, the authorisation code flow with PKCE, signed ID tokens,
//! userinfo and sign-out. The portal meets it as it meets any provider, over HTTP and by configuration, so the
//! production sign-in code is the only sign-in code. It must never be mounted outside development mode, must not
//! touch the portal's database or sessions, and asks for no password, because it proves nothing about anybody.
//!
//! It keeps no session of its own: every sign-in shows the form, which is what lets one browser become each demo
//! person in turn.

mod authorize;
mod discovery;
mod keys;
mod logout;
mod pages;
mod parameters;
mod requests;
mod store;
#[cfg(test)]
mod tests;
mod token;
mod tokens;
mod userinfo;

use std::io;
use std::path::Path;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use actix_web::web::{self, ServiceConfig};
use chrono::{DateTime, Utc};
use url::Url;

use crate::clock::Clock;
use keys::SigningKeys;
use store::Store;

/// Where the provider is mounted, below the portal's base URL.
pub const PATH: &str = "/dev/identity";

/// The file, in the data folder, that keeps the signing key between starts.
pub const KEY_FILE: &str = "development-identity-key.pem";

/// One demo person offered on the sign-in form.
#[derive(Clone, Debug)]
pub struct Person {
    /// The address that signs in; compared without regard to case.
    pub email: String,
    /// The name put into the ID token.
    pub name: String,
    /// What the reader should know about the person, for example "Owner".
    pub note: String,
    /// The heading the person is listed under, for example "Acme · staff". People keep the order they came in.
    pub group: String,
}

/// One relying party that may ask for sign-ins.
#[derive(Clone, Debug)]
pub struct Client {
    /// `client_id`.
    pub id: String,
    /// `client_secret`; every client of this provider is confidential.
    pub secret: String,
    /// Redirect addresses, compared byte by byte (RFC 6749 §3.1.2.3).
    pub redirect_uris: Vec<String>,
    /// Where a browser may be sent after sign-out, compared byte by byte.
    pub post_logout_redirect_uris: Vec<String>,
}

/// The portal's files that the provider's pages link to.
#[derive(Clone, Debug)]
pub struct Assets {
    /// Address of the stylesheet, same origin.
    pub stylesheet: String,
}

/// The provider; clones share one state.
#[derive(Clone)]
pub struct IdentityProvider {
    inner: Arc<Inner>,
}

struct Inner {
    issuer: String,
    clients: Vec<Client>,
    people: Vec<Person>,
    assets: Assets,
    keys: SigningKeys,
    clock: Clock,
    store: Mutex<Store>,
}

impl IdentityProvider {
    /// Opens the provider, reading the signing key from `data_dir` or creating it there (readable by its owner only).
    ///
    /// # Errors
    /// When the folder or the key cannot be read or written, or the key file holds something else.
    pub fn open(
        data_dir: &Path,
        base_url: &Url,
        clients: Vec<Client>,
        people: Vec<Person>,
        assets: Assets,
        clock: Clock,
    ) -> io::Result<Self> {
        let keys = SigningKeys::open(&data_dir.join(KEY_FILE))?;
        let issuer = format!("{}{PATH}", base_url.as_str().trim_end_matches('/'));
        let store = Mutex::new(Store::default());
        Ok(Self { inner: Arc::new(Inner { issuer, clients, people, assets, keys, clock, store }) })
    }

    /// The issuer identifier, which relying parties compare byte by byte.
    pub fn issuer(&self) -> String {
        self.inner.issuer.clone()
    }

    /// Mounts every address of the provider; give it to `App::configure`.
    pub fn routes(&self) -> impl Fn(&mut ServiceConfig) + Clone + Send + use<> {
        let provider = self.clone();
        move |config: &mut ServiceConfig| {
            let scope = web::scope(PATH)
                .app_data(web::Data::new(provider.clone()))
                .service(web::resource("/.well-known/openid-configuration").get(discovery::configuration))
                .service(web::resource("/jwks").get(discovery::keys))
                .service(web::resource("/authorize").get(authorize::show).post(authorize::sign_in))
                .service(web::resource("/token").post(token::exchange))
                .service(web::resource("/userinfo").get(userinfo::show).post(userinfo::show))
                .service(web::resource("/logout").get(logout::by_query).post(logout::by_form));
            config.service(scope);
        }
    }

    fn now(&self) -> DateTime<Utc> {
        self.inner.clock.now()
    }

    fn client(&self, id: &str) -> Option<&Client> {
        self.inner.clients.iter().find(|client| client.id == id)
    }

    /// A poisoned lock is taken over: the store holds whole entries only, so a panic elsewhere cannot tear it.
    fn store(&self) -> MutexGuard<'_, Store> {
        self.inner.store.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
