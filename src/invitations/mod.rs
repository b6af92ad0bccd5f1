//! Invitations: to colleagues, and to companies that become partners.
//!
//! Staff and managers invite (`actions`), the invited person decides (`acceptance`). The secret in the link only names
//! the invitation; accepting takes a person whose verified address is the invited one.

pub mod acceptance;
pub mod actions;
pub mod batches;
mod bearer;
pub mod bulk;
mod forms;
mod key;
pub mod model;
pub mod pages;
mod post;
mod queries;
pub mod rules;
pub mod sheet;
mod sight;
mod typos;
mod voice;

use queries::lists;
use queries::lists::{list as find_page, stuck};
use queries::weeks;

pub use key::rebound;
pub use model::{Invitation, Kind, NewInvitation, Standing, State, Wish};
pub use pages::{PLACES, pages_at, routes};
pub use queries::bulk::organisation_of as organisation_of_batch;
pub use queries::{by_number, organisation_of};

/// The entries of a pasted list, for `fuzz/`.
#[cfg(feature = "fuzzing")]
pub(crate) fn read_list(text: &str) -> Vec<String> {
    sheet::read(text).entries.into_iter().map(|entry| entry.source).collect()
}

#[cfg(feature = "fuzzing")]
pub(crate) use pages::first_language;

/// One invitation as its own page shows it.
pub(crate) struct Loaded {
    pub invitation: Invitation,
    /// The name of whoever stands behind it.
    pub inviter: String,
    pub deliveries: Vec<crate::mail::Delivery>,
    pub opened_at: Option<chrono::DateTime<chrono::Utc>>,
}

/// An invitation that an organisation sent, with the way of its mails.
fn load_one(
    conn: &mut diesel::pg::PgConnection,
    tenant: uuid::Uuid,
    organisation: uuid::Uuid,
    id: uuid::Uuid,
) -> diesel::QueryResult<Loaded> {
    let invitation = queries::find_in(conn, tenant, Some(organisation), id)?;
    let inviter = queries::inviter(conn, invitation.inviter_id)?.name;
    let deliveries = crate::mail::of_invitation(conn, id)?;
    let opened_at = queries::opened_at(conn, id)?;
    Ok(Loaded { invitation, inviter, deliveries, opened_at })
}
