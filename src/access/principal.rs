//! On whose behalf something happens, read anew for every request. Plain data and predicates.

use uuid::Uuid;

use super::permission::Permission;
use super::role::{OrganisationKind, Role};

/// A signed-in user, with their organisation and tenant as they are now.
#[derive(Debug, Clone)]
pub struct Principal {
    pub session_id: Uuid,
    pub user: UserRef,
    pub organisation: OrganisationRef,
    pub tenant: TenantRef,
    /// The machine credential that acts, if it is no person. Then `user` is whoever answers for it, under its name.
    pub client: Option<ClientRef>,
}

/// A machine credential of the organisation.
#[derive(Debug, Clone)]
pub struct ClientRef {
    pub id: Uuid,
    pub name: String,
    /// What it may do, whatever anybody's role says.
    pub permissions: Vec<Permission>,
}

/// What every page knows of its reader.
#[derive(Debug, Clone)]
pub struct UserRef {
    pub id: Uuid,
    pub name: String,
    pub email: String,
    pub role: Role,
}

/// The reader's organisation.
#[derive(Debug, Clone)]
pub struct OrganisationRef {
    pub id: Uuid,
    pub name: String,
    pub kind: OrganisationKind,
    /// IANA name; dates on pages are shown in it.
    pub time_zone: String,
    pub logo_url: Option<String>,
}

/// The reader's tenant.
#[derive(Debug, Clone)]
pub struct TenantRef {
    pub id: Uuid,
    pub slug: String,
    pub name: String,
    pub uses_salesforce: bool,
}

impl Principal {
    /// Whether the role holds `permission`; where it holds it is the grant's question.
    pub fn may(&self, permission: Permission) -> bool {
        match &self.client {
            Some(client) => client.permissions.contains(&permission),
            None => self.user.role.may(permission),
        }
    }

    /// Whether this is that very person. A machine is nobody, whoever made it.
    pub fn is(&self, user: Uuid) -> bool {
        self.client.is_none() && self.user.id == user
    }

    /// Whether this is one of the tenant's own people.
    pub fn is_staff(&self) -> bool {
        self.organisation.kind == OrganisationKind::Host
    }
}
