//! Why a sign-in at an identity provider came to nothing. Owns the reasons that logs and tests name;
//! must never carry a token, a code, a secret or a claim.

use std::borrow::Cow;

use openidconnect::http::StatusCode;
use thiserror::Error;

/// The outcome of a sign-in that did not work. `Debug` and `Display` show the code only.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum ProviderError {
    /// The provider cannot be reached, answers nonsense or is set up wrongly: 503, somebody should look at it.
    #[error("identity provider unavailable: {0}")]
    Unavailable(Cow<'static, str>),
    /// The provider answered and the answer must not be trusted, or the provider refused: 400, start again.
    #[error("sign-in refused: {0}")]
    Refused(Cow<'static, str>),
    /// The person said no at the provider, or has to do something there first (RFC 6749, 4.1.2.1).
    #[error("sign-in declined: {0}")]
    Declined(Cow<'static, str>),
}

impl ProviderError {
    /// A short, stable reason for logs, such as `id_token_nonce` or `token_timeout`: lower case, digits, underscores.
    pub fn code(&self) -> &str {
        match self {
            Self::Unavailable(code) | Self::Refused(code) | Self::Declined(code) => code,
        }
    }

    pub(super) const fn unavailable(code: &'static str) -> Self {
        Self::Unavailable(Cow::Borrowed(code))
    }

    pub(super) const fn refused(code: &'static str) -> Self {
        Self::Refused(Cow::Borrowed(code))
    }
}

/// Which of the provider's doors a request goes to: the first half of a reason.
#[derive(Clone, Copy, Debug)]
pub(super) enum Door {
    Discovery,
    Keys,
    Token,
    Userinfo,
}

impl Door {
    /// The provider failed here for this reason.
    pub(super) fn unavailable(self, reason: &str) -> ProviderError {
        ProviderError::Unavailable(Cow::Owned(format!("{}_{reason}", self.name())))
    }

    /// The provider's status is not the one that was asked for.
    pub(super) fn status(self, status: StatusCode) -> ProviderError {
        if status.is_redirection() {
            self.unavailable("redirect")
        } else if status.is_server_error() {
            self.unavailable("server_error")
        } else {
            self.unavailable("status")
        }
    }

    const fn name(self) -> &'static str {
        match self {
            Self::Discovery => "discovery",
            Self::Keys => "keys",
            Self::Token => "token",
            Self::Userinfo => "userinfo",
        }
    }
}
