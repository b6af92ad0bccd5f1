//! What every handler may use: database, clock, configuration. Built once by `app.rs`; holds no state of a request.

use std::sync::Arc;

use actix_web::web;

use crate::clock::Clock;
use crate::config::BaseUrl;
use crate::db::Db;
use crate::secrets::SecretKey;
use crate::signin::provider::Provider;

/// The running portal.
pub struct Portal {
    pub db: Db,
    pub clock: Clock,
    pub base_url: BaseUrl,
    pub key: SecretKey,
    pub providers: Vec<Arc<Provider>>,
    /// Development mode: its pages exist and its name is shown.
    pub development: bool,
}

/// The portal as handlers take it.
pub type Shared = web::Data<Portal>;
