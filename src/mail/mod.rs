//! Mail by outbox: written in the transaction of what it tells, sent by a worker after the commit.
//!
//! Features call [`queue`] and [`cancel`]; nothing else writes to the table. The link in a mail is derived from the
//! installation's key at the moment of sending, so that no secret is ever stored.

mod bell;
mod claims;
pub mod mailbox;
pub mod model;
mod queries;
mod render;
pub mod retry;
mod sender;
mod sheet;
mod smtp;
mod smtp_url;
mod transport;
mod watch;
mod worker;

use chrono::{DateTime, Utc};
use diesel::QueryResult;
use diesel::pg::PgConnection;
use uuid::Uuid;

pub use bell::Bell;
pub use mailbox::Mailbox;
pub use model::{Delivery, Kind, Letter, NewMail, State};
pub use queries::{caused_between, is_on_its_way, mailbox_of, newest_due, of_invitation};
pub use render::{Envelope, message};
pub use sender::Sender;
pub use smtp::Smtp;
pub use smtp_url::SmtpUrl;
pub use transport::{Message, Transport};
pub use watch::{Health, health};
pub use worker::{Done, Worker};

/// Puts a mail into the outbox, in the caller's transaction.
pub fn queue(tx: &mut PgConnection, new: &NewMail<'_>, now: DateTime<Utc>) -> QueryResult<()> {
    queries::insert(tx, new, now)
}

/// Takes back what has not left yet of an invitation's mails to the invited person.
pub fn cancel(tx: &mut PgConnection, invitation: Uuid, now: DateTime<Utc>) -> QueryResult<usize> {
    queries::cancel(tx, invitation, now)
}
