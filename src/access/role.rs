//! Roles and where they exist. Decisions only; no database, no pages.

use serde::{Deserialize, Serialize};

use super::permission::Permission;

crate::text_enum! {
    /// Whether an organisation is the tenant's own or one of its partners.
    #[derive(Serialize, Deserialize)]
    OrganisationKind {
        Host = "host",
        Partner = "partner",
    }
}

crate::text_enum! {
    /// What a user is in their organisation. The first three exist in the host organisation, the others in partners.
    #[derive(Serialize, Deserialize)]
    Role {
        Owner = "owner",
        Administrator = "administrator",
        Auditor = "auditor",
        Manager = "manager",
        Member = "member",
    }
}

impl Role {
    /// The word that people read.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Owner => "Owner",
            Self::Administrator => "Administrator",
            Self::Auditor => "Auditor",
            Self::Manager => "Manager",
            Self::Member => "Member",
        }
    }

    /// One sentence on what the role may do, for forms.
    pub const fn explanation(self) -> &'static str {
        match self {
            Self::Owner => "Everything, including the programme's own settings.",
            Self::Administrator => "Everything but the programme's own settings.",
            Self::Auditor => "Reads everything, changes nothing.",
            Self::Manager => "Manages the people and records of their own organisation.",
            Self::Member => "Reads their own organisation's pages.",
        }
    }

    /// The roles that an organisation of this kind has, highest first.
    pub const fn of(kind: OrganisationKind) -> &'static [Self] {
        match kind {
            OrganisationKind::Host => &[Self::Owner, Self::Administrator, Self::Auditor],
            OrganisationKind::Partner => &[Self::Manager, Self::Member],
        }
    }

    /// The table of `domain.md`, "Who may do what".
    pub fn may(self, permission: Permission) -> bool {
        match self {
            Self::Owner => true,
            Self::Administrator | Self::Manager => permission != Permission::ManageTenant,
            Self::Auditor => permission.only_reads(),
            Self::Member => {
                matches!(permission, Permission::ReadPartner | Permission::ReadUser | Permission::ReadInvitation)
            }
        }
    }

    /// How high a role stands; equal only for itself.
    const fn rank(self) -> u8 {
        match self {
            Self::Owner => 5,
            Self::Administrator => 4,
            Self::Auditor => 3,
            Self::Manager => 2,
            Self::Member => 1,
        }
    }

    /// Nobody grants a role above their own, nor changes a person who stands above them.
    ///
    /// An auditor stands above partner roles in rank but lacks the permission to write at all.
    pub const fn stands_at_or_above(self, other: Self) -> bool {
        self.rank() >= other.rank()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_an_owner_manages_the_tenant() {
        for role in Role::ALL {
            assert_eq!(role.may(Permission::ManageTenant), *role == Role::Owner, "{role:?}");
        }
    }

    #[test]
    fn an_auditor_and_a_member_write_nothing() {
        for permission in Permission::ALL.iter().filter(|permission| !permission.only_reads()) {
            assert!(!Role::Auditor.may(*permission) && !Role::Member.may(*permission), "{permission:?}");
        }
    }

    #[test]
    fn nobody_stands_above_an_owner() {
        for role in Role::ALL.iter().filter(|role| **role != Role::Owner) {
            assert!(!role.stands_at_or_above(Role::Owner) && Role::Owner.stands_at_or_above(*role), "{role:?}");
        }
    }
}
