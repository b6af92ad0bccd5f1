//! Who may do what: roles, permissions, and the person (or, one day, the machine) on whose behalf something happens.
//!
//! Owns the one table of role × permission and the lifetime of sessions. Knows neither actix nor pages: the
//! extractors that hand an [`Actor`] to a handler are in `web/actor.rs`.

mod actor;
pub mod email;
mod permission;
mod principal;
pub mod queries;
mod role;
pub mod session;

pub use actor::Actor;
pub use email::EmailAddress;
pub use permission::{
    Grant, ManageClients, ManageTenant, Permission, ReadHistory, ReadInvitations, ReadOwnHistory, ReadPartners,
    ReadRecords, ReadStaff, ReadUsers, SignedIn, WriteInvitations, WritePartners, WriteRecords, WriteUsers,
};
pub use principal::{ClientRef, OrganisationRef, Principal, TenantRef, UserRef};
pub use role::{OrganisationKind, Role};
