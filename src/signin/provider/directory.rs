//! What we know about a provider and when we may ask again. Owns the cache of metadata and keys and its pace: load on
//! first use, renew hourly behind a request, rest after a failure; must not judge tokens.
//!
//! A provider that fails never takes away what is already known: the last good document and keys stay in use.

use std::sync::{Arc, Mutex, PoisonError, RwLock};
use std::time::Duration as Wait;

use chrono::{DateTime, Duration, Utc};
use tokio::time::timeout;

use super::config::ProviderConfig;
use super::error::{Door, ProviderError};
use super::http::Http;
use super::keys::{self, Keys};
use super::metadata::{self, Metadata};

/// Age at which metadata and keys are renewed.
const STALE: Duration = Duration::hours(1);
/// Shortest pause after a failed load; until then the failure is the answer, at once.
const REST: Duration = Duration::seconds(5);
/// Shortest time between two fetches of keys because a token named an unknown one.
const KEY_HUNT: Duration = Duration::seconds(60);

/// Tells the time.
pub(super) type Now = Box<dyn Fn() -> DateTime<Utc> + Send + Sync>;

/// The cache of one provider.
pub(super) struct Directory {
    config: ProviderConfig,
    pub(super) http: Http,
    /// Longest time of one load, both documents together.
    limit: Wait,
    now: Now,
    known: RwLock<Option<Arc<Known>>>,
    pace: Mutex<Pace>,
    /// Held while asking, so that a crowd at the door makes one request.
    asking: tokio::sync::Mutex<()>,
}

/// One good answer of the provider.
pub(super) struct Known {
    pub(super) metadata: Arc<Metadata>,
    pub(super) keys: Keys,
    since: DateTime<Utc>,
}

#[derive(Default)]
struct Pace {
    failed: Option<(DateTime<Utc>, ProviderError)>,
    hunted: Option<DateTime<Utc>>,
    renewing: bool,
}

impl Directory {
    pub(super) fn new(config: ProviderConfig, http: Http, limit: Wait, now: Now) -> Self {
        let (known, pace, asking) = (RwLock::default(), Mutex::default(), tokio::sync::Mutex::default());
        Self { config, http, limit, now, known, pace, asking }
    }

    pub(super) const fn config(&self) -> &ProviderConfig {
        &self.config
    }

    pub(super) fn now(&self) -> DateTime<Utc> {
        (self.now)()
    }

    /// What is known already, without asking.
    pub(super) fn cached(&self) -> Option<Arc<Known>> {
        self.known.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// What is known, after asking if nothing is. What is stale is handed out and renewed in the background.
    pub(super) async fn known(self: &Arc<Self>) -> Result<Arc<Known>, ProviderError> {
        if let Some(known) = self.cached() {
            self.renew_if_stale(&known);
            return Ok(known);
        }
        let _asking = self.asking.lock().await;
        match self.cached() {
            Some(known) => Ok(known),
            None => self.load().await,
        }
    }

    /// Newer keys than those of `old`, which lack the one that a token names.
    ///
    /// # Errors
    /// `id_token_key_unknown` when they were fetched less than a minute ago, else why they cannot be had.
    pub(super) async fn newer_keys(&self, old: &Arc<Known>) -> Result<Arc<Known>, ProviderError> {
        let _asking = self.asking.lock().await;
        if let Some(known) = self.cached().filter(|known| !Arc::ptr_eq(known, old)) {
            return Ok(known);
        }
        if !self.may_hunt() {
            return Err(ProviderError::refused("id_token_key_unknown"));
        }
        let keys = self.fetch_keys(&old.metadata).await?;
        Ok(self.remember(Known { metadata: Arc::clone(&old.metadata), keys, since: old.since }))
    }

    /// Whether a renewal is under way, for tests to wait for its end.
    #[cfg(test)]
    pub(super) fn is_renewing(&self) -> bool {
        self.pace().renewing
    }

    fn renew_if_stale(self: &Arc<Self>, known: &Known) {
        if (self.now() - known.since) < STALE || !self.may_renew() {
            return;
        }
        let directory = Arc::clone(self);
        tokio::spawn(async move {
            let _asking = directory.asking.lock().await;
            if let Err(error) = directory.load().await {
                tracing::warn!(provider = directory.config.key, reason = error.code(), "provider not renewed");
            }
            directory.pace().renewing = false;
        });
    }

    /// Asks for both documents, unless the last failure is too fresh. To be called by the one who holds `asking`.
    async fn load(&self) -> Result<Arc<Known>, ProviderError> {
        if let Some(error) = self.fresh_failure() {
            return Err(error);
        }
        let loaded = timeout(self.limit, self.fetch()).await.unwrap_or(Err(Door::Discovery.unavailable("timeout")));
        self.pace().failed = loaded.as_ref().err().map(|error| (self.now(), error.clone()));
        loaded.map(|known| self.remember(known))
    }

    async fn fetch(&self) -> Result<Known, ProviderError> {
        if let Some(fault) = self.config.fault() {
            return Err(ProviderError::unavailable(fault));
        }
        let location = Metadata::location(&self.config).ok_or(ProviderError::unavailable("config_issuer"))?;
        let document: metadata::Document = self.http.get(Door::Discovery, &location, None).await?.document()?;
        let metadata = Metadata::judge(&document, &self.config)?;
        if !metadata.advertises_s256 {
            tracing::warn!(provider = self.config.key, "provider does not advertise PKCE with S256; sent anyway");
        }
        let keys = self.fetch_keys(&metadata).await?;
        Ok(Known { metadata: Arc::new(metadata), keys, since: self.now() })
    }

    async fn fetch_keys(&self, metadata: &Metadata) -> Result<Keys, ProviderError> {
        let document: keys::Document = self.http.get(Door::Keys, &metadata.keys, None).await?.document()?;
        let keys = Keys::judge(&document);
        if keys.is_empty() { Err(Door::Keys.unavailable("none_fit")) } else { Ok(keys) }
    }

    fn remember(&self, known: Known) -> Arc<Known> {
        let known = Arc::new(known);
        *self.known.write().unwrap_or_else(PoisonError::into_inner) = Some(Arc::clone(&known));
        known
    }

    fn fresh_failure(&self) -> Option<ProviderError> {
        let now = self.now();
        let pace = self.pace();
        pace.failed.as_ref().filter(|(at, _)| within(*at, now, REST)).map(|(_, error)| error.clone())
    }

    /// Whether to renew now, and if so nobody else.
    fn may_renew(&self) -> bool {
        let resting = self.fresh_failure().is_some();
        let mut pace = self.pace();
        let may = !resting && !pace.renewing;
        pace.renewing |= may;
        may
    }

    /// Whether to look for an unknown key now, and if so not again for a minute.
    fn may_hunt(&self) -> bool {
        let now = self.now();
        let mut pace = self.pace();
        let may = !pace.hunted.is_some_and(|at| within(at, now, KEY_HUNT));
        if may {
            pace.hunted = Some(now);
        }
        may
    }

    fn pace(&self) -> std::sync::MutexGuard<'_, Pace> {
        self.pace.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Whether `at` is less than `span` ago. A clock that was set back must not prolong a pause.
fn within(at: DateTime<Utc>, now: DateTime<Utc>, span: Duration) -> bool {
    (Duration::zero()..span).contains(&(now - at))
}
