//! People: creating, changing, suspending and removing users, under the rules for roles.
//!
//! One set of pages serves three places: a partner's people for staff, the staff themselves, and a manager's own
//! people. Which of them is meant, and whether the caller may, is decided once, by the [`roster`].

pub mod actions;
mod forms;
pub mod model;
pub mod pages;
mod queries;
pub mod roster;

pub use model::User;
pub use pages::{PLACES, PersonRow, pages_at};
pub use queries::{UserRow, find_row, first, list, organisation_of};
