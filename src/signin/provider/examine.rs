//! A look at a provider without signing in, for `guildhall doctor`: whether its documents can be had and used, and
//! whether its clock agrees with ours. Sends no secret.

use chrono::Duration;

use super::Provider;
use super::error::{Door, ProviderError};
use super::metadata::Metadata;

/// What was found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Examined {
    /// Whether PKCE with S256 is advertised.
    pub advertises_s256: bool,
    /// How far the provider's clock is ahead of ours, to the second; None if it does not say.
    pub ahead: Option<Duration>,
}

impl Provider {
    /// Fetches and judges the provider's documents.
    ///
    /// # Errors
    /// Why nobody could sign in by it.
    pub async fn examine(&self) -> Result<Examined, ProviderError> {
        let known = self.directory.known().await?;
        let location = Metadata::location(self.config()).ok_or(ProviderError::unavailable("config_issuer"))?;
        let answer = self.directory.http.get(Door::Discovery, &location, None).await?;
        let ahead = answer.date.map(|date| date - self.directory.now());
        Ok(Examined { advertises_s256: known.metadata.advertises_s256, ahead })
    }
}
