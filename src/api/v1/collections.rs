//! The portal's collections, declared: where their items lie, what they look like, what can be asked for. A host's
//! credential sees its tenant, a partner's sees its own organisation; records and connections are each one's own.
//!
//! What only names things is joined from the left, so that counting leaves it out.

mod invitations;

pub use invitations::{BATCHES, INVITATIONS, MAILS, RECEIVED};

use crate::api::collection::Collection;
use crate::api::find::{Field, Kind};
use crate::organisations::days_in_bin;

const fn text(name: &'static str, sql: &'static str) -> Field {
    Field { name, sql, kind: Kind::Text }
}

const fn word(name: &'static str, sql: &'static str) -> Field {
    Field { name, sql, kind: Kind::Word }
}

const fn moment(name: &'static str, sql: &'static str) -> Field {
    Field { name, sql, kind: Kind::Moment }
}

pub const ORGANISATIONS: Collection = Collection {
    from: "FROM organisations o WHERE o.tenant_id = $1 AND o.state <> 'deleted'",
    own: Some("o.id"),
    members: &[
        ("object", "'organisation'::text"),
        ("id", "o.id"),
        ("number", "o.number::text"),
        ("kind", "o.kind"),
        ("name", "o.name"),
        ("code", "o.code"),
        ("logo", "o.logo_url"),
        ("parentId", "o.parent_id"),
        ("importId", "o.import_id"),
        ("zuoraAccountId", "o.zuora_account_id"),
        ("isZuoraInvoiceOwner", "o.invoice_owner = 'partner'"),
        ("salesforceAccountId", "o.salesforce_account_id"),
        ("country", "o.country"),
        ("timezone", "o.time_zone"),
        ("customerCount", "o.customer_count"),
        ("properties", "o.properties"),
        ("shop", "o.shop_access"),
        ("selfService", "o.self_service_access"),
        ("state", "o.state"),
        ("users", "o.user_count"),
        ("version", "o.version"),
        ("createdAt", "o.created_at"),
        ("updatedAt", "o.updated_at"),
    ],
    fields: &[
        word("id", "o.id::text"),
        text("name", "o.name"),
        text("code", "o.code"),
        text("searchText", "o.search_text"),
        text("zuoraAccountId", "o.zuora_account_id"),
        text("salesforceAccountId", "o.salesforce_account_id"),
        word("country", "o.country"),
        word("kind", "o.kind"),
        word("state", "o.state"),
        word("importId", "o.import_id::text"),
        moment("createdAt", "o.created_at"),
        moment("updatedAt", "o.updated_at"),
    ],
    // Names as pages sort them: without accents and letter case.
    sorts: &[("name", "o.sort_key"), ("users", "o.user_count")],
    id: "o.id",
};

/// The bin: partners that were deleted and can still be restored.
pub const DELETED: Collection = Collection {
    from: concat!(
        "FROM organisations o WHERE o.tenant_id = $1 AND o.state = 'deleted' AND o.deleted_at > $3 - interval '",
        days_in_bin!(),
        " days'"
    ),
    own: None,
    members: &[
        ("object", "'deleted_organisation'::text"),
        ("id", "o.id"),
        ("number", "o.number::text"),
        ("name", "o.name"),
        ("code", "o.code"),
        ("logo", "o.logo_url"),
        ("stateBefore", "o.state_before_deletion"),
        ("version", "o.version"),
        ("deletedAt", "o.deleted_at"),
        ("restorableUntil", concat!("o.deleted_at + interval '", days_in_bin!(), " days'")),
        ("createdAt", "o.created_at"),
    ],
    fields: &[
        word("id", "o.id::text"),
        text("name", "o.name"),
        text("code", "o.code"),
        moment("deletedAt", "o.deleted_at"),
        moment("createdAt", "o.created_at"),
    ],
    sorts: &[],
    id: "o.id",
};

/// Files of partners that were brought in.
pub const IMPORTS: Collection = Collection {
    from: "FROM organisation_imports m LEFT JOIN users u ON u.id = m.imported_by WHERE m.tenant_id = $1",
    own: None,
    members: &[
        ("object", "'organisation_import'::text"),
        ("id", "m.id"),
        ("size", "m.size"),
        ("importedById", "m.imported_by"),
        ("importedByName", "u.name"),
        ("undoneAt", "m.undone_at"),
        ("createdAt", "m.created_at"),
    ],
    fields: &[
        word("id", "m.id::text"),
        word("importedById", "m.imported_by::text"),
        moment("createdAt", "m.created_at"),
    ],
    sorts: &[],
    id: "m.id",
};

/// The caller's tenant: one item, whose settings those of the host read and change.
pub const TENANT: Collection = Collection {
    from: "FROM tenants t WHERE t.id = $1",
    own: None,
    members: &[
        ("object", "'tenant'::text"),
        ("id", "t.id"),
        ("slug", "t.slug"),
        ("name", "t.name"),
        ("usesSalesforce", "t.uses_salesforce"),
        ("shopUrl", "t.shop_url"),
        ("selfServiceUrl", "t.self_service_url"),
        ("version", "t.version"),
        ("createdAt", "t.created_at"),
        ("updatedAt", "t.updated_at"),
    ],
    fields: &[],
    sorts: &[],
    id: "t.id",
};

pub const USERS: Collection = Collection {
    from: "FROM users u LEFT JOIN organisations o ON o.id = u.organisation_id WHERE u.tenant_id = $1 AND u.removed_at IS NULL",
    own: Some("u.organisation_id"),
    members: &[
        ("object", "'user'::text"),
        ("id", "u.id"),
        ("number", "u.number::text"),
        ("name", "u.name"),
        ("email", "u.email"),
        ("role", "u.role"),
        ("state", "u.state"),
        ("organisationId", "u.organisation_id"),
        ("organisationName", "o.name"),
        ("version", "u.version"),
        ("lastSignedInAt", "u.last_signed_in_at"),
        ("createdAt", "u.created_at"),
        ("updatedAt", "u.updated_at"),
    ],
    fields: &[
        word("id", "u.id::text"),
        text("name", "u.name"),
        text("email", "u.email_key"),
        word("role", "u.role"),
        word("state", "u.state"),
        word("organisationId", "u.organisation_id::text"),
        moment("createdAt", "u.created_at"),
        moment("updatedAt", "u.updated_at"),
    ],
    sorts: &[("name", "lower(u.name)")],
    id: "u.id",
};

pub const PARTNERS: Collection = Collection {
    from: "FROM partner_records r LEFT JOIN invitations i ON i.id = r.invitation_id WHERE r.tenant_id = $1 \
           AND r.organisation_id = $2 AND r.deleted_at IS NULL",
    own: None,
    members: &[
        ("object", "'partner'::text"),
        ("id", "r.id"),
        ("companyName", "r.company_name"),
        ("type", "r.partner_type"),
        ("email", "r.email"),
        ("salesAmount", "r.sales_amount"),
        ("frequency", "r.frequency"),
        ("paymentTerms", "r.payment_terms"),
        (
            "invitationStatus",
            "CASE WHEN i.state = 'accepted' THEN 'accepted' WHEN i.state = 'pending' AND i.expires_at > $3 THEN 'invited' END",
        ),
        ("guestOrganisationId", "r.guest_organisation_id"),
        ("version", "r.version"),
        ("createdAt", "r.created_at"),
        ("updatedAt", "r.updated_at"),
    ],
    fields: &[
        word("id", "r.id::text"),
        text("companyName", "r.company_name"),
        text("searchText", "r.search_text"),
        word("type", "r.partner_type"),
        text("email", "r.email_key"),
        Field { name: "salesAmount", sql: "r.sales_amount::bigint", kind: Kind::Number },
        moment("createdAt", "r.created_at"),
        moment("updatedAt", "r.updated_at"),
    ],
    sorts: &[("companyName", "r.sort_key")],
    id: "r.id",
};

pub const CONNECTIONS: Collection = Collection {
    from: "FROM connections c LEFT JOIN organisations h ON h.id = c.host_organisation_id \
           LEFT JOIN organisations g ON g.id = c.guest_organisation_id WHERE c.tenant_id = $1 \
           AND (c.host_organisation_id = $2 OR c.guest_organisation_id = $2)",
    own: None,
    members: &[
        ("object", "'connection'::text"),
        ("id", "c.id"),
        ("number", "c.number::text"),
        ("hostOrganisationId", "h.id"),
        ("hostOrganisationName", "h.name"),
        ("guestOrganisationId", "g.id"),
        ("guestOrganisationName", "g.name"),
        ("hostGrants", "c.host_grants"),
        ("guestGrants", "c.guest_grants"),
        ("state", "CASE WHEN c.ended_at IS NULL THEN 'live' ELSE 'ended' END"),
        ("version", "c.version"),
        ("createdAt", "c.created_at"),
        ("endedAt", "c.ended_at"),
    ],
    fields: &[
        word("id", "c.id::text"),
        text("hostOrganisationName", "h.name"),
        text("guestOrganisationName", "g.name"),
        word("state", "(CASE WHEN c.ended_at IS NULL THEN 'live' ELSE 'ended' END)"),
        moment("createdAt", "c.created_at"),
    ],
    sorts: &[],
    id: "c.id",
};

pub const API_CLIENTS: Collection = Collection {
    from: "FROM api_clients a WHERE a.tenant_id = $1",
    own: Some("a.organisation_id"),
    members: &[
        ("object", "'api_client'::text"),
        ("id", "a.id"),
        ("organisationId", "a.organisation_id"),
        ("kind", "a.kind"),
        ("name", "a.name"),
        ("permissions", "a.permissions"),
        ("state", "CASE WHEN a.revoked_at IS NULL THEN 'active' ELSE 'revoked' END"),
        ("lastUsedAt", "a.last_used_at"),
        ("createdAt", "a.created_at"),
    ],
    fields: &[
        word("id", "a.id::text"),
        text("name", "a.name"),
        word("kind", "a.kind"),
        word("state", "(CASE WHEN a.revoked_at IS NULL THEN 'active' ELSE 'revoked' END)"),
        word("organisationId", "a.organisation_id::text"),
        moment("createdAt", "a.created_at"),
    ],
    sorts: &[],
    id: "a.id",
};

pub const AUDIT_EVENTS: Collection = Collection {
    from: "FROM audit_events e WHERE e.tenant_id = $1",
    own: Some("e.organisation_id"),
    members: &[
        ("object", "'audit_event'::text"),
        ("id", "e.id"),
        ("organisationId", "e.organisation_id"),
        ("at", "e.at"),
        ("actorKind", "e.actor_kind"),
        ("actorId", "e.actor_id"),
        ("actorName", "e.actor_name"),
        ("verb", "e.verb"),
        ("objectKind", "e.object_kind"),
        ("objectId", "e.object_id"),
        ("objectName", "e.object_name"),
        ("changes", "e.changes"),
    ],
    fields: &[
        word("id", "e.id::text"),
        word("organisationId", "e.organisation_id::text"),
        word("verb", "e.verb"),
        word("objectKind", "e.object_kind"),
        word("objectId", "e.object_id::text"),
        text("actorName", "e.actor_name"),
        text("objectName", "e.object_name"),
        moment("at", "e.at"),
    ],
    sorts: &[],
    id: "e.id",
};
