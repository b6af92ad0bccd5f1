//! Who comes with an invitation's link, and why they may be turned away. Knows no database.

use chrono::{DateTime, Utc};
use uuid::Uuid;

use super::model::Standing;
use crate::access::{EmailAddress, Principal};
use crate::input::Problems;
use crate::secrets::SecretKey;
use crate::signin::actions::Proof;

/// Who stands before an invitation.
#[derive(Debug, Clone)]
pub enum Bearer {
    /// Nobody has said who they are.
    Nobody,
    /// Somebody whom a provider has named in this browser just now; perhaps nobody's user.
    Proven(Proof),
    /// Somebody who is signed in.
    User(Box<Principal>),
}

impl Bearer {
    /// The address that they go by, verified or not.
    pub fn email(&self) -> Option<&str> {
        match self {
            Self::Nobody => None,
            Self::Proven(proof) => proof.email.as_deref(),
            Self::User(principal) => Some(&principal.user.email),
        }
    }

    /// Whether a provider vouches for the address. A user's was vouched for when their account was bound.
    pub const fn is_verified(&self) -> bool {
        match self {
            Self::Nobody => false,
            Self::Proven(proof) => proof.verified,
            Self::User(_) => true,
        }
    }

    /// Whether the address is this one.
    pub(super) fn is(&self, email_key: &str) -> bool {
        self.email().and_then(|email| EmailAddress::parse(email).ok()).is_some_and(|email| email.key() == email_key)
    }

    pub(super) fn proof(&self) -> Option<&Proof> {
        match self {
            Self::Proven(proof) => Some(proof),
            Self::Nobody | Self::User(_) => None,
        }
    }

    pub(super) fn user(&self) -> Option<Uuid> {
        match self {
            Self::User(principal) => Some(principal.user.id),
            Self::Nobody | Self::Proven(_) => None,
        }
    }
}

/// Why the invited person could not do it. Each has a page of its own.
#[derive(Debug)]
pub enum Refusal {
    /// Nobody has said who they are, or not to a provider lately.
    SignIn,
    /// Signed in with another address than the invited one.
    WrongPerson,
    /// The address is the invited one, but the provider does not vouch for it.
    Unverified,
    /// It is in another state by now, or a newer link was sent.
    Settled(Standing),
    Replaced,
    /// Whoever invited may not do so any more.
    InviterGone,
    /// The organisation that invites is suspended or gone.
    HostClosed,
    /// The address is a user of this organisation already.
    Member {
        organisation: String,
    },
    /// The address is a user whose role cannot accept for their organisation.
    NotManager {
        organisation: String,
    },
    /// The account signs in a user with another address.
    AccountTaken {
        organisation: String,
    },
    /// By the rules for fields.
    Fields(Problems),
    /// A fresh link cannot be sent yet; when it can.
    NotBefore(DateTime<Utc>),
}

/// Which invitation, by which of its links, who stands before it, and when.
pub struct Visit<'a> {
    pub id: Uuid,
    pub generation: i32,
    pub bearer: &'a Bearer,
    pub device: &'a str,
    pub now: DateTime<Utc>,
    pub key: &'a SecretKey,
}
