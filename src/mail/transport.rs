//! The two ways out, and what may come of an attempt.

use chrono::{DateTime, Utc};
use lettre::Address;

use super::mailbox::{Kept, Mailbox};
use super::smtp::Smtp;

/// Where mail goes.
#[derive(Clone)]
pub enum Transport {
    /// To a mail server.
    Smtp(Smtp),
    /// Nowhere: development mode keeps it.
    Mailbox(Mailbox),
}

/// A mail as it leaves.
pub struct Message {
    /// The envelope's sender and its one recipient.
    pub from: Address,
    pub to: Address,
    pub subject: String,
    pub text: String,
    pub html: String,
    /// Headers and both parts, in ASCII, lines of at most 998 characters.
    pub formatted: Vec<u8>,
}

/// What came of one attempt.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Answer {
    /// The server has taken the mail over.
    Taken { code: u16 },
    /// It said that another time may do, or refuses us and not the mail.
    Later { code: u16, words: String },
    /// It will never take this mail.
    Refused { code: u16, words: String },
    /// No server, or none that talked to the end; it cannot have the mail.
    Unreached { words: String },
    /// It had the whole mail and said nothing: it may have taken it (RFC 1047).
    Unknown { words: String },
    /// The mail is not ours to send any more: taken back, or somebody else's turn. Nothing left.
    Stopped,
}

impl Transport {
    /// Hands a mail over. `may_leave` is asked at the last moment before any of its content does.
    pub async fn send(&self, message: &Message, now: DateTime<Utc>, may_leave: impl AsyncFn() -> bool) -> Answer {
        match self {
            Self::Smtp(smtp) => smtp.send(message, may_leave).await,
            Self::Mailbox(_) if !may_leave().await => Answer::Stopped,
            Self::Mailbox(mailbox) => {
                let kept = Kept {
                    to: message.to.to_string(),
                    subject: message.subject.clone(),
                    text: message.text.clone(),
                    html: message.html.clone(),
                    sent_at: now,
                };
                match mailbox.keep(kept) {
                    Ok(()) => Answer::Taken { code: 250 },
                    Err(error) => Answer::Later { code: 452, words: format!("the file of mail: {error}") },
                }
            }
        }
    }
}
