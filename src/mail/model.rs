//! What a mail is before it is text: whom it is for, what it tells, and where it is on its way.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::access::EmailAddress;
use crate::words::Language;

crate::text_enum! {
    /// What a mail is about; each kind has templates of its own.
    Kind {
        /// To the invited person, with the link.
        Invitation = "invitation",
        /// To the invited person again, once, before the invitation expires.
        Reminder = "reminder",
        /// To the inviter: it was accepted.
        Accepted = "accepted",
        /// To the inviter: it was declined.
        Declined = "declined",
    }
}

impl Kind {
    /// Whether it goes to the invited person: such mails are limited by address and stop with the invitation.
    pub const fn invites(self) -> bool {
        matches!(self, Self::Invitation | Self::Reminder)
    }
}

crate::text_enum! {
    /// Where a mail is on its way.
    State {
        /// Not tried yet.
        Queued = "queued",
        /// The mail server asked to try again later, or did not answer.
        Deferred = "deferred",
        /// Kept back since a backup was restored: it may have left before.
        Held = "held",
        /// The mail server took it.
        Sent = "sent",
        /// Given up; why is beside it.
        Failed = "failed",
        /// Not sent: what it told was no longer so.
        Cancelled = "cancelled",
    }
}

/// What the templates print: names and dates as they were when the mail was caused. Never a link.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Letter {
    /// The company whose portal it is.
    pub programme: String,
    /// The organisation that invites.
    pub organisation: String,
    /// The person who invites.
    pub inviter: String,
    /// Where an answer goes: the inviter's address.
    pub reply_to: String,
    /// The invited address as it was typed.
    pub invited: String,
    /// What the invited person becomes, as `Role::as_str`; None for a partner invitation.
    pub role: Option<String>,
    /// The invited company; None for a colleague.
    pub company: Option<String>,
    pub expires_at: DateTime<Utc>,
    /// IANA name of the inviting organisation's zone.
    pub time_zone: String,
    /// In answers to the inviter: who accepted, by name.
    pub person: Option<String>,
}

/// A mail to be sent, caused by an action in its transaction.
#[derive(Debug, Clone)]
pub struct NewMail<'a> {
    pub id: Uuid,
    pub tenant: Uuid,
    pub organisation: Uuid,
    pub invitation: Uuid,
    pub generation: i32,
    pub kind: Kind,
    /// Who caused it, for the limit an hour; None where nobody pays for it.
    pub sender: Option<Uuid>,
    pub to: &'a EmailAddress,
    pub language: Language,
    pub letter: &'a Letter,
    /// Not before this moment.
    pub due_at: DateTime<Utc>,
}

/// Where one mail of an invitation is, for whoever sent it.
#[derive(Debug, Clone)]
pub struct Delivery {
    pub kind: Kind,
    pub generation: Option<i32>,
    pub to: String,
    pub state: State,
    pub due_at: DateTime<Utc>,
    pub sent_at: Option<DateTime<Utc>>,
    pub attempts: i32,
    /// The mail server's code and words, or ours where none answered.
    pub last_code: Option<i32>,
    pub last_error: Option<String>,
    pub created_at: DateTime<Utc>,
    pub updated_at: DateTime<Utc>,
}
