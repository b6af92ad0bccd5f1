//! What a user is, and what one user may do to another. No database, no pages.

use chrono::{DateTime, Utc};
use diesel::prelude::*;
use uuid::Uuid;

use crate::access::{EmailAddress, OrganisationKind, Principal, Role};
use crate::db::schema::users;
use crate::input::Problem;

crate::text_enum! {
    /// Whether a user may sign in. Removed users are told by `removed_at`.
    State {
        Active = "active",
        Suspended = "suspended",
    }
}

/// A user, whole.
#[derive(Debug, Clone, Queryable, Selectable)]
#[diesel(table_name = users, check_for_backend(diesel::pg::Pg))]
pub struct User {
    pub id: Uuid,
    pub organisation_id: Uuid,
    pub name: String,
    pub email: String,
    pub role: Role,
    pub state: State,
    pub removed_at: Option<DateTime<Utc>>,
    pub last_signed_in_at: Option<DateTime<Utc>>,
    pub version: i32,
    pub created_at: DateTime<Utc>,
}

/// Why somebody may not do something to somebody.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Forbidden {
    /// They stand above the person who asks.
    StandsAbove,
    /// It is the person who asks.
    Self_,
    /// The tenant would be left without an active owner.
    LastOwner,
    /// The role does not exist in this organisation, or stands above the person who asks.
    Role,
}

impl Forbidden {
    /// What to say.
    pub const fn words(self) -> &'static str {
        match self {
            Self::StandsAbove => "Their role stands above yours. Ask somebody with a higher role.",
            Self::Self_ => "You cannot do this to yourself. Ask somebody else with your role or a higher one.",
            Self::LastOwner => "This is the last active owner. Make somebody else an owner first.",
            Self::Role => "Choose one of the roles that you may give.",
        }
    }
}

impl User {
    /// Whether `who` may change this person at all; pages ask before they offer, actions before they write.
    pub fn can_be_changed_by(&self, who: &Principal) -> Result<(), Forbidden> {
        if who.user.role.stands_at_or_above(self.role) { Ok(()) } else { Err(Forbidden::StandsAbove) }
    }

    /// Whether `who` may suspend or remove this person.
    pub fn can_be_kept_out_by(&self, who: &Principal) -> Result<(), Forbidden> {
        if who.is(self.id) { Err(Forbidden::Self_) } else { self.can_be_changed_by(who) }
    }

    /// Whether `who` may give this person `role`.
    pub fn can_become(&self, role: Role, who: &Principal) -> Result<(), Forbidden> {
        if role == self.role {
            return Ok(());
        }
        if who.is(self.id) {
            return Err(Forbidden::Self_);
        }
        let same_house =
            Role::of(OrganisationKind::Host).contains(&role) == Role::of(OrganisationKind::Host).contains(&self.role);
        if same_house && who.user.role.stands_at_or_above(role) { Ok(()) } else { Err(Forbidden::Role) }
    }

    /// Whether the tenant counts on this person as an owner.
    pub fn is_active_owner(&self) -> bool {
        self.role == Role::Owner && self.state == State::Active && self.removed_at.is_none()
    }
}

/// The address that somebody signs in with.
pub fn email(raw: &str) -> Result<EmailAddress, Problem> {
    if raw.trim().is_empty() {
        return Err(Problem::Missing("Enter the person's email address."));
    }
    EmailAddress::parse(raw).map_err(|_| Problem::NotAnEmail)
}

/// A role that an organisation of this kind has.
pub fn role(raw: &str, kind: OrganisationKind) -> Result<Role, Problem> {
    let chosen = Role::parse(raw).filter(|role| Role::of(kind).contains(role));
    chosen.ok_or(Problem::NotAChoice("Choose what this person may do."))
}

/// As [`role`]; one that is not sent is the lowest.
pub fn role_or_lowest(raw: &str, kind: OrganisationKind) -> Result<Role, Problem> {
    match Role::of(kind).last() {
        Some(lowest) if raw.is_empty() => Ok(*lowest),
        _ => role(raw, kind),
    }
}

/// What it takes to create a user.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewUser {
    pub name: String,
    pub email: EmailAddress,
    pub role: Role,
}

/// What can be edited of a user.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Profile {
    pub name: String,
    pub role: Role,
}
