//! Partner records: what an organisation notes about a counterparty, present on the portal or not (seed 002).
//!
//! Invitations are made from a record and fill in its guest; they call [`for_invitation`], [`note_invitation`] and
//! [`note_guest`].

pub mod actions;
mod forms;
pub mod model;
pub mod pages;
mod queries;

pub use model::{NewRecord, PartnerType, Record, invitation_status};
pub use pages::{PLACES, pages_at};
pub use queries::{Invitable, for_invitation, note_guest, note_invitation};
