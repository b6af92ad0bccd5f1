//! Who stands around an invitation: the organisation and the person that invite, and whoever has the address.

use chrono::{DateTime, Utc};
use diesel::pg::PgConnection;
use diesel::prelude::*;
use uuid::Uuid;

use crate::access::{OrganisationKind, Permission, Role};
use crate::db::schema::{organisations, tenants, users};
use crate::db::wall;
use crate::organisations::State as OrganisationState;

/// The organisation behind an invitation.
#[derive(Debug, Clone)]
pub struct Host {
    pub id: Uuid,
    pub name: String,
    pub kind: OrganisationKind,
    pub state: OrganisationState,
    pub time_zone: String,
    pub logo_url: Option<String>,
    pub tenant: Uuid,
    pub programme: String,
}

/// The person behind an invitation, and whether they still may invite.
#[derive(Debug, Clone)]
pub struct Inviter {
    pub name: String,
    pub email: String,
    pub role: Role,
    pub organisation: Uuid,
    pub kind: OrganisationKind,
    /// Active and not removed, in an active organisation.
    pub stands: bool,
}

impl Inviter {
    /// Whether they may still invite for this organisation, with this role; asked again when somebody accepts.
    pub fn may_invite(&self, host: &Host, role: Option<Role>) -> bool {
        let belongs = self.organisation == host.id || self.kind == OrganisationKind::Host;
        let may = self.role.may(Permission::WriteInvitation);
        self.stands && belongs && may && role.is_none_or(|role| self.role.stands_at_or_above(role))
    }
}

type HostRow = (Uuid, String, OrganisationKind, OrganisationState, String, Option<String>, Uuid, String);

/// An organisation of the tenant; locked against suspension and deletion until the transaction ends.
pub fn host_for_write(tx: &mut PgConnection, tenant: Uuid, id: Uuid) -> QueryResult<Host> {
    organisations::table
        .find(id)
        .filter(organisations::tenant_id.eq(tenant))
        .select(organisations::id)
        .for_no_key_update()
        .first::<Uuid>(tx)?;
    host(tx, id)
}

/// An organisation with its programme.
pub fn host(conn: &mut PgConnection, id: Uuid) -> QueryResult<Host> {
    let row: HostRow = organisations::table
        .inner_join(tenants::table)
        .filter(organisations::id.eq(id))
        .select((
            organisations::id,
            organisations::name,
            organisations::kind,
            organisations::state,
            organisations::time_zone,
            organisations::logo_url,
            tenants::id,
            tenants::name,
        ))
        .first(conn)?;
    let (id, name, kind, state, time_zone, logo_url, tenant, programme) = row;
    Ok(Host { id, name, kind, state, time_zone, logo_url, tenant, programme })
}

type InviterRow = ((Uuid, String, String, Role, String, Option<DateTime<Utc>>), (Uuid, OrganisationKind, String));

/// Who invites, as they are now.
pub fn inviter(conn: &mut PgConnection, id: Uuid) -> QueryResult<Inviter> {
    let (user, organisation): InviterRow = users::table
        .inner_join(organisations::table)
        .filter(users::id.eq(id))
        .select((
            (users::id, users::name, users::email, users::role, users::state, users::removed_at),
            (organisations::id, organisations::kind, organisations::state),
        ))
        .first(conn)?;
    Ok(Inviter {
        name: user.1,
        email: user.2,
        role: user.3,
        organisation: organisation.0,
        kind: organisation.1,
        stands: user.4 == "active" && user.5.is_none() && organisation.2 == "active",
    })
}

/// Somebody who may invite for an organisation with any role that a machine can give: one of its own people first, else
/// one of the tenant's. There always is one: a tenant keeps an active owner.
pub fn answerable(conn: &mut PgConnection, host: &Host) -> QueryResult<(Uuid, String)> {
    let people = users::table
        .inner_join(organisations::table)
        .filter(users::tenant_id.eq(host.tenant))
        .filter(users::state.eq("active"))
        .filter(users::removed_at.is_null())
        .filter(users::role.eq_any([Role::Owner, Role::Administrator, Role::Manager]))
        .filter(organisations::id.eq(host.id).or(organisations::kind.eq(OrganisationKind::Host)))
        .order((organisations::id.ne(host.id), users::created_at, users::id))
        .select((users::id, users::email));
    wall::beyond(conn, "the tenant's own people may answer for a partner's machine", |conn| people.first(conn))
}

/// A user of the tenant who has an address.
#[derive(Debug, Clone)]
pub struct Holder {
    pub id: Uuid,
    pub name: String,
    pub role: Role,
    pub organisation: Uuid,
    pub organisation_name: String,
    pub kind: OrganisationKind,
    /// Active, in an active organisation.
    pub admitted: bool,
}

type HolderRow = ((Uuid, String, Role, String), (Uuid, String, OrganisationKind, String));

/// Whose address it is in the tenant, if anybody's.
pub fn holder(conn: &mut PgConnection, tenant: Uuid, email_key: &str) -> QueryResult<Option<Holder>> {
    let holder = users::table
        .inner_join(organisations::table)
        .filter(users::tenant_id.eq(tenant))
        .filter(users::email_key.eq(email_key))
        .filter(users::removed_at.is_null())
        .select((
            (users::id, users::name, users::role, users::state),
            (organisations::id, organisations::name, organisations::kind, organisations::state),
        ));
    let row: Option<HolderRow> =
        wall::beyond(conn, "an address has one user in the whole tenant", |conn| holder.first(conn).optional())?;
    Ok(row.map(|(user, organisation)| Holder {
        id: user.0,
        name: user.1,
        role: user.2,
        organisation: organisation.0,
        organisation_name: organisation.1,
        kind: organisation.2,
        admitted: user.3 == "active" && organisation.3 == "active",
    }))
}
