//! Collections of what invitations are: sent, received, in lists, and their mails.

use super::{moment, text, word};
use crate::api::collection::Collection;

/// How far the newest mail with its link is.
const DELIVERY: &str = "(SELECT m.state FROM mails m WHERE m.invitation_id = i.id AND m.kind = 'invitation' \
                        ORDER BY m.id DESC LIMIT 1)";

/// Expired is told by the clock, as everywhere.
const STANDING: &str = "(CASE WHEN i.state <> 'pending' THEN i.state WHEN i.expires_at > $3 THEN 'waiting' \
                        ELSE 'expired' END)";

const OPENED: &str = "(SELECT l.opened_at FROM invitation_links l WHERE l.invitation_id = i.id AND l.opened_at IS NOT NULL \
                      ORDER BY l.generation DESC LIMIT 1)";

/// Invitations of both kinds; seed 004's own collection has the partners' only.
pub const INVITATIONS: Collection = Collection {
    from: "FROM invitations i LEFT JOIN users u ON u.id = i.inviter_id WHERE i.tenant_id = $1 AND i.organisation_id NOT IN \
               (SELECT o.id FROM organisations o WHERE o.tenant_id = $1 AND o.state = 'deleted')",
    own: Some("i.organisation_id"),
    members: &[
        ("object", "'invitation'::text"),
        ("id", "i.id"),
        ("number", "i.number::text"),
        ("kind", "i.kind"),
        ("organisationId", "i.organisation_id"),
        ("inviterId", "i.inviter_id"),
        ("inviterName", "u.name"),
        ("email", "i.email"),
        ("role", "i.role"),
        ("companyName", "i.company_name"),
        ("partnerId", "i.partner_record_id"),
        ("batchId", "i.batch_id"),
        ("language", "i.language"),
        ("lifetimeDays", "i.lifetime_days"),
        ("reminder", "i.reminder"),
        ("delivery", DELIVERY),
        ("openedAt", OPENED),
        ("state", STANDING),
        ("expiresAt", "i.expires_at"),
        ("lastSentAt", "i.last_sent_at"),
        ("decidedAt", "i.decided_at"),
        ("createdAt", "i.created_at"),
        ("updatedAt", "i.updated_at"),
    ],
    fields: &[
        word("id", "i.id::text"),
        word("kind", "i.kind"),
        word("state", STANDING),
        text("email", "i.email_key"),
        text("companyName", "i.company_name"),
        text("searchText", "i.search_text"),
        word("role", "i.role"),
        word("organisationId", "i.organisation_id::text"),
        word("batchId", "i.batch_id::text"),
        word("inviterId", "i.inviter_id::text"),
        word("delivery", DELIVERY),
        moment("openedAt", OPENED),
        moment("expiresAt", "i.expires_at"),
        moment("lastSentAt", "i.last_sent_at"),
        moment("decidedAt", "i.decided_at"),
        moment("createdAt", "i.created_at"),
        moment("updatedAt", "i.updated_at"),
    ],
    sorts: &[],
    id: "i.id",
};

/// Invitations to people of an organisation, and those that it accepted. Deciding is left to the invited person.
pub const RECEIVED: Collection = Collection {
    from: "FROM invitations i LEFT JOIN users u ON u.id = i.inviter_id LEFT JOIN organisations o ON o.id = i.organisation_id \
           WHERE i.tenant_id = $1 AND i.to_organisation_id IS NOT NULL",
    own: Some("i.to_organisation_id"),
    members: &[
        ("object", "'received_invitation'::text"),
        ("id", "i.id"),
        ("number", "i.number::text"),
        ("kind", "i.kind"),
        ("toOrganisationId", "i.to_organisation_id"),
        ("organisationId", "i.organisation_id"),
        ("organisationName", "o.name"),
        ("inviterName", "u.name"),
        ("email", "i.email"),
        ("role", "i.role"),
        ("companyName", "i.company_name"),
        ("state", STANDING),
        ("expiresAt", "i.expires_at"),
        ("lastSentAt", "i.last_sent_at"),
        ("decidedAt", "i.decided_at"),
        ("createdAt", "i.created_at"),
    ],
    fields: &[
        word("id", "i.id::text"),
        word("kind", "i.kind"),
        word("state", STANDING),
        text("email", "i.email_key"),
        word("organisationId", "i.organisation_id::text"),
        word("toOrganisationId", "i.to_organisation_id::text"),
        moment("expiresAt", "i.expires_at"),
        moment("createdAt", "i.created_at"),
    ],
    sorts: &[],
    id: "i.id",
};

/// Invitations made from one list.
pub const BATCHES: Collection = Collection {
    from: "FROM invitation_batches b JOIN organisations o ON o.id = b.organisation_id WHERE b.tenant_id = $1 \
           AND o.state <> 'deleted'",
    own: Some("b.organisation_id"),
    members: &[
        ("object", "'invitation_batch'::text"),
        ("id", "b.id"),
        ("organisationId", "b.organisation_id"),
        ("size", "b.size"),
        (
            "states",
            "(SELECT coalesce(json_object_agg(s.state, s.number), '{}') FROM (SELECT i.state, count(*) AS number FROM invitations i WHERE i.batch_id = b.id GROUP BY i.state) s)",
        ),
        ("undoneAt", "b.undone_at"),
        ("createdAt", "b.created_at"),
    ],
    fields: &[
        word("id", "b.id::text"),
        word("organisationId", "b.organisation_id::text"),
        moment("createdAt", "b.created_at"),
    ],
    sorts: &[],
    id: "b.id",
};

/// Mails to the invited person, without what is in them. They are read below their invitation, whose index has them.
pub const MAILS: Collection = Collection {
    from: "FROM mails m WHERE m.tenant_id = $1 AND m.kind IN ('invitation', 'reminder')",
    own: Some("m.organisation_id"),
    members: &[
        ("object", "'mail'::text"),
        ("id", "m.id"),
        ("invitationId", "m.invitation_id"),
        ("kind", "m.kind"),
        ("email", "m.to_email"),
        ("state", "m.state"),
        ("attempts", "m.attempts"),
        ("lastCode", "m.last_code"),
        ("lastError", "m.last_error"),
        ("dueAt", "m.due_at"),
        ("sentAt", "m.sent_at"),
        ("createdAt", "m.created_at"),
        ("updatedAt", "m.updated_at"),
    ],
    fields: &[moment("createdAt", "m.created_at"), moment("dueAt", "m.due_at")],
    sorts: &[],
    id: "m.id",
};
