//! Permissions (seed 003's names) and the grants that handlers ask for by type.
//! A grant joins a permission with the place it must be held: staff pages want it in the host organisation.

use super::principal::Principal;
use super::role::OrganisationKind;

crate::text_enum! {
    /// What a role or an API client may do.
    #[derive(serde::Serialize, serde::Deserialize)]
    Permission {
        ReadPartner = "READ_PARTNER",
        WritePartner = "WRITE_PARTNER",
        ReadUser = "READ_USER",
        WriteUser = "WRITE_USER",
        ReadInvitation = "READ_INVITATION",
        WriteInvitation = "WRITE_INVITATION",
        ReadAudit = "READ_AUDIT",
        ManageApiClients = "MANAGE_API_CLIENTS",
        ManageTenant = "MANAGE_TENANT",
    }
}

impl Permission {
    /// Whether holding it changes nothing.
    pub const fn only_reads(self) -> bool {
        matches!(self, Self::ReadPartner | Self::ReadUser | Self::ReadInvitation | Self::ReadAudit)
    }
}

/// What a handler demands of its caller. Implemented by the marker types below and by nothing else.
pub trait Grant: 'static {
    fn allows(principal: &Principal) -> bool;
}

macro_rules! grants {
    ($($(#[$doc:meta])* $name:ident: $place:pat, $permission:expr;)+) => {
        $($(#[$doc])*
        #[derive(Debug, Clone, Copy)]
        pub struct $name;

        impl Grant for $name {
            fn allows(principal: &Principal) -> bool {
                matches!(principal.organisation.kind, $place) && principal.may($permission)
            }
        })+
    };
}

grants! {
    /// Staff who see the tenant's organisations and their users.
    ReadPartners: OrganisationKind::Host, Permission::ReadPartner;
    /// Staff who create, change, suspend and delete organisations.
    WritePartners: OrganisationKind::Host, Permission::WritePartner;
    /// Staff who see the other members of staff.
    ReadStaff: OrganisationKind::Host, Permission::ReadUser;
    /// Staff who read the tenant's whole history.
    ReadHistory: OrganisationKind::Host, Permission::ReadAudit;
    /// Owners, who change the programme's own settings.
    ManageTenant: OrganisationKind::Host, Permission::ManageTenant;
    /// Whoever may create, change, suspend and remove users: staff those of the tenant, a manager those of their own
    /// organisation. Which users these are is the roster's question (`users/roster.rs`).
    WriteUsers: _, Permission::WriteUser;
    /// Whoever sees invitations; whose they are is the desk's question (`organisations/desk.rs`).
    ReadInvitations: _, Permission::ReadInvitation;
    /// Whoever invites, and sends, corrects and revokes invitations.
    WriteInvitations: _, Permission::WriteInvitation;
    /// Whoever sees partner records and connections.
    ReadRecords: _, Permission::ReadPartner;
    /// Whoever keeps partner records and decides about connections.
    WriteRecords: _, Permission::WritePartner;
    /// Whoever sees users; which ones is the scope's question.
    ReadUsers: _, Permission::ReadUser;
    /// Whoever makes and ends machine credentials.
    ManageClients: _, Permission::ManageApiClients;
    /// Whoever may read the history of the organisation they belong to.
    ReadOwnHistory: _, Permission::ReadAudit;
}

/// Anybody who is signed in: their own organisation's page and their own account.
#[derive(Debug, Clone, Copy)]
pub struct SignedIn;

impl Grant for SignedIn {
    fn allows(_: &Principal) -> bool {
        true
    }
}
