//! What every handler may use: database, clock, configuration. Built once by `app.rs`; holds no state of a request.

use std::sync::Arc;

use actix_web::web;

use crate::api::Limits;
use crate::clock::Clock;
use crate::config::BaseUrl;
use crate::db::Db;
use crate::mail::Bell;
use crate::secrets::SecretKey;
use crate::signin::provider::Provider;
use crate::web::Shown;
use crate::web::client::TrustedProxies;
use crate::web::view::ApiCall;

/// The running portal.
pub struct Portal {
    pub db: Db,
    pub clock: Clock,
    pub base_url: BaseUrl,
    pub key: Arc<SecretKey>,
    pub providers: Vec<Arc<Provider>>,
    /// How many calls of the API in a minute.
    pub limits: Limits,
    /// Browsers are told that the host's subdomains speak HTTPS too.
    pub hsts_subdomains: bool,
    /// Proxies that say from where they were asked.
    pub trusted_proxies: TrustedProxies,
    /// Wakes the worker of the outbox: rung after a commit that queued mail.
    pub bell: Bell,
    /// Whether mail can leave. Without a mail server it waits in the outbox, and pages say so.
    pub mail_is_configured: bool,
    /// Development mode: its pages exist and its name is shown.
    pub development: bool,
    /// The call that answers what a page shows: the shell prints it and knows nothing of the API.
    pub equivalent: fn(&Shown<'_>) -> Option<ApiCall>,
}

/// The portal as handlers take it.
pub type Shared = web::Data<Portal>;
