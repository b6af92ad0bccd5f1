//! Identity providers: sending people there and judging what comes back (OIDC authorization code flow with PKCE,
//! state and nonce; RFC 9700). Owns every request to a provider and every reason to believe or refuse an answer;
//! must not know the web framework, the database or the pages, and must not decide who may come in.

mod config;
mod directory;
mod error;
mod examine;
mod exchange;
mod http;
mod id_token;
mod keys;
mod members;
mod metadata;
mod person;
#[cfg(test)]
mod tests;

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use chrono::{DateTime, Utc};
use openidconnect::url::Url;
use openidconnect::{CsrfToken, Nonce, PkceCodeChallenge};
use serde_json::{Map, Value};
use tokio::time::timeout;

use directory::{Directory, Known};
use http::Http;
use id_token::{Expected, Signature, Token};
use metadata::Metadata;

pub use config::{Alg, AuthMethod, ProviderConfig};
pub use error::ProviderError;
pub use examine::Examined;
pub use person::Claims;

/// Bytes of chance in state and nonce.
const CHANCE: u32 = 32;
/// Longest code that is passed on, in bytes; real ones have 20–2,000.
const LONGEST_CODE: usize = 4096;

/// How long a provider may keep us waiting.
#[derive(Clone, Copy)]
struct Limits {
    /// One request.
    request: Duration,
    /// Discovery document and keys together.
    load: Duration,
    /// A whole sign-in, all its requests together.
    finish: Duration,
}

const LIMITS: Limits =
    Limits { request: Duration::from_secs(8), load: Duration::from_secs(8), finish: Duration::from_secs(10) };

/// One identity provider. Cheap to make; nothing is asked of the provider until somebody signs in.
pub struct Provider {
    directory: Arc<Directory>,
    finish_limit: Duration,
}

/// What the sign-in button asked for.
#[derive(Clone, Debug, Default)]
pub struct BeginOptions {
    /// Who is expected to sign in, so that the provider can fill in the address.
    pub login_hint: Option<String>,
    /// Whether the provider must ask again. A wish, not a proof: no `auth_time` is checked.
    pub prompt: Option<Prompt>,
}

/// What the provider is to ask even if it knows the person (OIDC Core, 3.1.2.1).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Prompt {
    /// To sign in again.
    Login,
    /// To pick an account.
    SelectAccount,
}

/// A sign-in under way. All but `url` are secrets of this one browser; none is printed.
pub struct Started {
    /// Where to send the browser.
    pub url: Url,
    /// Comes back in the answer; proves that this browser began.
    pub state: String,
    /// Comes back inside the ID token; proves that the token was made for this sign-in.
    pub nonce: String,
    /// Proves to the provider that the code is ours (RFC 7636).
    pub pkce_verifier: String,
}

/// The provider's answer, as the browser brings it. `state` has been compared by then.
pub struct CallbackQuery {
    /// The code to exchange; good for one use.
    pub code: String,
    /// The answer's `iss` parameter (RFC 9207), if there is one.
    pub iss: Option<String>,
}

impl Provider {
    /// A provider by its settings, with the clock that it is to go by. Makes no request.
    pub fn new(config: ProviderConfig, clock: impl Fn() -> DateTime<Utc> + Send + Sync + 'static) -> Self {
        Self::within(LIMITS, config, clock)
    }

    fn within(
        limits: Limits,
        config: ProviderConfig,
        clock: impl Fn() -> DateTime<Utc> + Send + Sync + 'static,
    ) -> Self {
        let http = Http::new(config.issuer_url().as_ref(), limits.request);
        let directory = Arc::new(Directory::new(config, http, limits.load, Box::new(clock)));
        Self { directory, finish_limit: limits.finish }
    }

    /// The settings.
    pub fn config(&self) -> &ProviderConfig {
        self.directory.config()
    }

    /// Prepares one sign-in: where to send the browser and what to keep until it comes back.
    ///
    /// # Errors
    /// `Unavailable` when the provider was never reached: after at most 8 s, then at once for 5 s.
    pub async fn begin(&self, options: BeginOptions) -> Result<Started, ProviderError> {
        let known = self.directory.known().await?;
        let (challenge, verifier) = PkceCodeChallenge::new_random_sha256();
        let (state, nonce) = (CsrfToken::new_random_len(CHANCE), Nonce::new_random_len(CHANCE));
        let mut url = known.metadata.authorization.clone();
        url.query_pairs_mut()
            .append_pair("response_type", "code")
            .append_pair("client_id", &self.config().client_id)
            .append_pair("redirect_uri", &self.config().redirect_uri)
            .append_pair("scope", &scope(&self.config().scopes))
            .append_pair("state", state.secret())
            .append_pair("nonce", nonce.secret())
            .append_pair("code_challenge", challenge.as_str())
            .append_pair("code_challenge_method", "S256")
            .extend_pairs(options.prompt.map(|prompt| ("prompt", prompt.as_str())))
            .extend_pairs(options.login_hint.map(|hint| ("login_hint", hint)));
        let pkce_verifier = verifier.secret().clone();
        Ok(Started { url, state: state.secret().clone(), nonce: nonce.secret().clone(), pkce_verifier })
    }

    /// Exchanges the code and judges everything that comes with it. `nonce` and `pkce_verifier` are those of the
    /// [`Started`] that this answer belongs to; the caller lets each be used once.
    ///
    /// # Errors
    /// Any reason not to believe the answer; the code is used up either way. Takes at most 10 s.
    pub async fn finish(
        &self,
        answer: CallbackQuery,
        nonce: &str,
        pkce_verifier: &str,
    ) -> Result<Claims, ProviderError> {
        let judged = timeout(self.finish_limit, self.judge(answer, nonce, pkce_verifier)).await;
        judged.unwrap_or(Err(ProviderError::unavailable("provider_timeout")))
    }

    /// What an answer with `error=` means, by its code and its `iss` parameter. The description is not looked at:
    /// anybody can write it into a link.
    pub fn refusal(&self, error: &str, iss: Option<&str>) -> ProviderError {
        let known = self.directory.cached();
        if let Err(mixed_up) = self.judge_issuer(known.as_ref().map(|known| &*known.metadata), iss) {
            return mixed_up;
        }
        match error {
            "access_denied" => ProviderError::Declined("access_denied".into()),
            "login_required" | "interaction_required" | "consent_required" | "account_selection_required" => {
                ProviderError::Declined("interaction_required".into())
            }
            "temporarily_unavailable" => ProviderError::unavailable("answer_temporarily_unavailable"),
            "server_error" => ProviderError::unavailable("answer_server_error"),
            _ => ProviderError::refused("answer_error"),
        }
    }

    /// Where the browser can end its session at the provider too (OIDC RP-Initiated Logout), if the provider has such
    /// a place and we know it already: signing out never waits for a provider.
    pub fn sign_out_url(&self, post_logout: &str) -> Option<Url> {
        let mut url = self.directory.cached()?.metadata.end_session.clone()?;
        url.query_pairs_mut()
            .append_pair("client_id", &self.config().client_id)
            .append_pair("post_logout_redirect_uri", post_logout);
        Some(url)
    }

    async fn judge(&self, answer: CallbackQuery, nonce: &str, verifier: &str) -> Result<Claims, ProviderError> {
        let known = self.directory.known().await?;
        self.judge_issuer(Some(&known.metadata), answer.iss.as_deref())?;
        if !(1..=LONGEST_CODE).contains(&answer.code.len()) || nonce.is_empty() {
            return Err(ProviderError::refused("answer_code"));
        }
        let (http, config) = (&self.directory.http, self.config());
        let tokens = exchange::tokens(http, &known.metadata, config, &answer.code, verifier).await?;
        let token = Token::read(&tokens.id_token, &config.algorithms)?;
        let expected = Expected { config, nonce, access_token: &tokens.access_token, now: self.directory.now() };
        let (subject, claims) = self.believe(token, &known, &expected).await?;
        let mut email = person::email(&claims, config.trust_email)?;
        let mut name = person::name(&claims);
        if email.is_none() {
            let more = exchange::userinfo(http, &known.metadata, &tokens.access_token, &subject).await?;
            email = person::email(&more, config.trust_email)?;
            name = name.or_else(|| person::name(&more));
        }
        let (email, email_verified) = email.map_or((None, false), |email| (Some(email.address), email.verified));
        Ok(Claims { issuer: config.issuer.clone(), subject, email, email_verified, name })
    }

    /// Subject and claims of a token that holds, after one look for newer keys if ours do not know its key.
    async fn believe(
        &self,
        token: Token<'_>,
        known: &Arc<Known>,
        expected: &Expected<'_>,
    ) -> Result<(String, Map<String, Value>), ProviderError> {
        if let Signature::By(key) = token.signature(&known.keys)? {
            return token.judge(key, expected);
        }
        let newer = self.directory.newer_keys(known).await?;
        match token.signature(&newer.keys)? {
            Signature::By(key) => token.judge(key, expected),
            Signature::KeyUnknown => Err(ProviderError::refused("id_token_key_unknown")),
        }
    }

    /// The answer comes from this provider, as far as it says (RFC 9207, 2.4): else it may be meant for another one.
    fn judge_issuer(&self, metadata: Option<&Metadata>, iss: Option<&str>) -> Result<(), ProviderError> {
        let expected = metadata.is_some_and(|metadata| metadata.answers_name_issuer);
        match iss {
            Some(iss) if iss == self.config().issuer => Ok(()),
            None if !expected => Ok(()),
            _ => Err(ProviderError::refused("answer_issuer")),
        }
    }
}

impl Prompt {
    const fn as_str(self) -> &'static str {
        match self {
            Self::Login => "login",
            Self::SelectAccount => "select_account",
        }
    }
}

/// Whether a token under these keys would be believed, for `fuzz/`.
#[cfg(feature = "fuzzing")]
pub(crate) fn believes(keys: &str, token: &str) -> bool {
    let config = ProviderConfig {
        algorithms: vec![Alg::Rs256, Alg::Es256],
        ..ProviderConfig::new("fuzz", "https://id.example", "guildhall", "https://portal.example/callback")
    };
    let Ok(document) = serde_json::from_str(keys) else { return false };
    let keys = keys::Keys::judge(&document);
    let Ok(token) = Token::read(token, &config.algorithms) else { return false };
    let Ok(Signature::By(key)) = token.signature(&keys) else { return false };
    let expected = Expected { config: &config, nonce: "nonce", access_token: "access", now: DateTime::UNIX_EPOCH };
    token.judge(key, &expected).is_ok()
}

/// The scopes as one parameter, `openid` first and once.
fn scope(scopes: &[String]) -> String {
    let others = scopes.iter().map(String::as_str).filter(|scope| *scope != "openid");
    std::iter::once("openid").chain(others).collect::<Vec<_>>().join(" ")
}

impl fmt::Debug for Provider {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Provider").field("key", &self.config().key).finish_non_exhaustive()
    }
}

impl fmt::Debug for Started {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Started").finish_non_exhaustive()
    }
}

impl fmt::Debug for CallbackQuery {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("CallbackQuery").finish_non_exhaustive()
    }
}
