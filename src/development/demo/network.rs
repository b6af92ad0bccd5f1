//! The network of demo tenant `acme`: partner records, invitations in every state with the way of their mail, and
//! connections. Written as SQL over the rows that are there already, since each row names organisations and people.

use chrono::{DateTime, Utc};
use diesel::pg::PgConnection;
use diesel::sql_types::Timestamptz;
use diesel::{QueryResult, RunQueryDsl as _, sql_query};

/// Inserts everything; the organisations and users of the tenant must be there.
///
/// # Errors
/// Whatever the database answers.
pub fn insert(conn: &mut PgConnection, now: DateTime<Utc>) -> QueryResult<()> {
    for statement in [RECORDS, INVITATIONS, MAILS, CONNECTIONS, LINKED_RECORDS, HISTORY, BOTH_HISTORIES] {
        sql_query(statement).bind::<Timestamptz, _>(now).execute(conn)?;
    }
    Ok(())
}

/// Whose record, company, type, address, sales a year, frequency, payment terms, days ago.
const RECORDS: &str = "
INSERT INTO partner_records (id, tenant_id, organisation_id, company_name, name_key, partner_type, email, email_key,
    sales_amount, frequency, payment_terms, created_at, updated_at)
SELECT gen_random_uuid(), o.tenant_id, o.id, company, lower(company), type, email, lower(email), sales, frequency, terms,
    $1 - ago * interval '1 day', $1 - ago * interval '1 day'
FROM (VALUES
    ('Acme', 'Northwind Resellers', 'customer', 'manager@northwind.example', 1840000, 'monthly', '30 days net', 210),
    ('Acme', 'Contoso Distribution', 'customer', 'manager@contoso.example', 3120000, 'weekly', '45 days net', 188),
    ('Acme', 'Halvorsen Marine', 'customer', 'ingrid@halvorsen-marine.example', 420000, 'quarterly', '30 days net', 31),
    ('Acme', 'Kestrel Components', 'supplier', 'sales@kestrel-components.example', 96000, 'yearly', 'On delivery', 12),
    ('Northwind Resellers', 'Contoso Distribution', 'supplier', 'manager@contoso.example', 780000, 'weekly', '14 days net', 96),
    ('Northwind Resellers', 'Bluefin Retail Group', 'customer', 'orders@bluefin-retail.example', 1250000, 'weekly', '30 days net', 74),
    ('Northwind Resellers', 'Larkspur Clinics', 'customer', 'it@larkspur.example', 230000, 'monthly', '30 days net', 40),
    ('Northwind Resellers', 'Old Mill Freight', 'supplier', 'dispatch@oldmill.example', 54000, 'monthly', '10 days, 2 % discount', 9),
    ('Contoso Distribution', 'Northwind Resellers', 'customer', 'manager@northwind.example', 780000, 'weekly', '14 days net', 95),
    ('Contoso Distribution', 'Nordlicht Handel', 'customer', 'einkauf@nordlicht.example', 640000, 'monthly', '30 days net', 22)
) AS rows (owner, company, type, email, sales, frequency, terms, ago)
JOIN tenants t ON t.slug = 'acme'
JOIN organisations o ON o.tenant_id = t.id
    AND CASE WHEN owner = 'Acme' THEN o.kind = 'host' ELSE o.name = owner AND o.kind = 'partner' END";

/// Who invites (by address), whom, as what, in which language, state, days ago, days to live.
const INVITATIONS: &str = "
INSERT INTO invitations (id, tenant_id, organisation_id, kind, inviter_id, email, email_key, role, company_name, language,
    lifetime_days, state, expires_at, last_sent_at, decided_at, to_organisation_id, created_at, updated_at)
SELECT (lpad(to_hex((extract(epoch FROM at) * 1000)::bigint), 12, '0') || '7' || substr(md5(rows.email || rows.inviter), 1, 3)
    || '8' || substr(md5(rows.email || rows.inviter), 5, 15))::uuid,
    u.tenant_id, u.organisation_id, CASE WHEN company IS NULL THEN 'colleague' ELSE 'partner' END,
    u.id, rows.email, lower(rows.email), rows.role, company, language, days, rows.state, at + days * interval '1 day', at,
    CASE WHEN rows.state = 'pending' THEN NULL ELSE at + interval '26 hours' END,
    (SELECT organisation_id FROM users r WHERE r.tenant_id = u.tenant_id AND r.email_key = rows.email), at,
    CASE WHEN rows.state = 'pending' THEN at ELSE at + interval '26 hours' END
FROM (VALUES
    ('owner@acme.example', 'manager@northwind.example', NULL, 'Northwind Resellers', 'en', 'accepted', 205, 14),
    ('owner@acme.example', 'manager@contoso.example', NULL, 'Contoso Distribution', 'de', 'accepted', 180, 14),
    ('administrator@acme.example', 'ingrid@halvorsen-marine.example', NULL, 'Halvorsen Marine', 'en', 'pending', 5, 14),
    ('administrator@acme.example', 'sales@kestrel-components.example', NULL, 'Kestrel Components', 'en', 'pending', 1, 7),
    ('owner@acme.example', 'lea.fontaine@acme.example', 'auditor', NULL, 'fr', 'pending', 0, 7),
    ('owner@acme.example', 'paul.reyes@acme.example', 'administrator', NULL, 'es', 'declined', 44, 7),
    ('manager@northwind.example', 'manager@contoso.example', NULL, 'Contoso Distribution', 'en', 'accepted', 92, 7),
    ('manager@northwind.example', 'dana.whitlock@northwind.example', 'member', NULL, 'en', 'pending', 2, 7),
    ('manager@northwind.example', 'orders@bluefin-retial.example', NULL, 'Bluefin Retail Group', 'en', 'pending', 1, 7),
    ('manager@northwind.example', 'sam.ibarra@northwind.example', 'member', NULL, 'es', 'pending', 19, 7),
    ('manager@northwind.example', 'it@larkspur.example', NULL, 'Larkspur Clinics', 'en', 'revoked', 33, 7)
) AS rows (inviter, email, role, company, language, state, ago, days)
JOIN tenants t ON t.slug = 'acme'
JOIN users u ON u.tenant_id = t.id AND u.email_key = inviter
CROSS JOIN LATERAL (SELECT $1 - ago * interval '1 day' - interval '3 hours' AS at) AS moment";

/// One mail for each invitation: handed over, but for one whose address is mistyped.
const MAILS: &str = "
INSERT INTO mails (id, tenant_id, organisation_id, invitation_id, generation, kind, to_email, to_key, language, letter, state,
    due_at, attempts, last_code, last_error, created_at, first_tried_at, sent_at, updated_at)
SELECT gen_random_uuid(), i.tenant_id, i.organisation_id, i.id, 1, 'invitation', i.email, i.email_key, i.language, '{}',
    CASE WHEN failed THEN 'failed' ELSE 'sent' END, i.created_at, 1, CASE WHEN failed THEN 550 ELSE 250 END,
    CASE WHEN failed THEN 'The domain bluefin-retial.example takes no mail.' END, i.created_at, i.created_at,
    CASE WHEN failed THEN NULL ELSE i.created_at + interval '4 seconds' END, i.created_at + interval '4 seconds'
FROM invitations i JOIN tenants t ON t.id = i.tenant_id AND t.slug = 'acme'
CROSS JOIN LATERAL (SELECT i.email LIKE '%retial%' AS failed) AS outcome
WHERE i.created_at < $1";

/// What came of the accepted ones.
const CONNECTIONS: &str = "
INSERT INTO connections (id, tenant_id, host_organisation_id, guest_organisation_id, invitation_id, host_grants, guest_grants,
    created_at, updated_at)
SELECT (lpad(to_hex((extract(epoch FROM i.decided_at) * 1000)::bigint), 12, '0') || '7' || substr(md5(i.id::text), 1, 3)
    || '8' || substr(md5(i.id::text), 5, 15))::uuid,
    i.tenant_id, i.organisation_id, g.id, i.id,
    CASE WHEN h.kind = 'host' THEN '{}' ELSE '{READ_PARTNER}'::text[] END,
    CASE WHEN h.kind = 'host' THEN '{READ_PARTNER}'::text[] ELSE '{}' END, i.decided_at, least(i.decided_at, $1)
FROM invitations i
JOIN tenants t ON t.id = i.tenant_id AND t.slug = 'acme'
JOIN organisations h ON h.id = i.organisation_id
JOIN organisations g ON g.tenant_id = i.tenant_id AND g.kind = 'partner' AND g.name = i.company_name
WHERE i.state = 'accepted'";

/// The records point at the invitation made from them, and at the guest that accepted.
const LINKED_RECORDS: &str = "
UPDATE partner_records r SET invitation_id = i.id, guest_organisation_id = c.guest_organisation_id, updated_at = least(i.updated_at, $1)
FROM invitations i LEFT JOIN connections c ON c.invitation_id = i.id
WHERE i.organisation_id = r.organisation_id AND i.company_name = r.company_name";

/// The history tells who invited and who accepted.
const HISTORY: &str = "
INSERT INTO audit_events (id, tenant_id, organisation_id, at, actor_kind, actor_id, actor_name, verb, object_kind, object_id,
    object_name, changes)
SELECT (lpad(to_hex((extract(epoch FROM told.at) * 1000)::bigint), 12, '0') || '7' || substr(md5(i.id::text || verb), 1, 3)
        || '8' || substr(md5(i.id::text || verb), 5, 15))::uuid,
    i.tenant_id, i.organisation_id, told.at, 'user', who.id, who.name, verb, 'invitation', i.id,
    coalesce(i.company_name, i.email), '[]'
FROM invitations i
JOIN tenants t ON t.id = i.tenant_id AND t.slug = 'acme'
JOIN users inviter ON inviter.id = i.inviter_id
LEFT JOIN users invited ON invited.tenant_id = i.tenant_id AND invited.email_key = i.email_key
CROSS JOIN LATERAL (VALUES
    ('invite', i.created_at, inviter.id, inviter.name),
    (CASE i.state WHEN 'accepted' THEN 'accept' WHEN 'revoked' THEN 'revoke' WHEN 'declined' THEN 'decline' END, i.decided_at,
        CASE WHEN i.state = 'revoked' THEN inviter.id ELSE invited.id END,
        CASE WHEN i.state = 'revoked' THEN inviter.name ELSE coalesce(invited.name, i.email) END)
) AS told (verb, at, id, name)
CROSS JOIN LATERAL (SELECT told.id, told.name) AS who
WHERE told.verb IS NOT NULL AND told.at < $1";

/// Each side of a connection reads in its history that it began.
const BOTH_HISTORIES: &str = "
INSERT INTO audit_events (id, tenant_id, organisation_id, at, actor_kind, actor_id, actor_name, verb, object_kind, object_id,
    object_name, changes)
SELECT (lpad(to_hex((extract(epoch FROM c.created_at) * 1000)::bigint), 12, '0') || '7' || substr(md5(c.id::text || side), 1, 3)
        || '8' || substr(md5(c.id::text || side), 5, 15))::uuid,
    c.tenant_id, side, c.created_at, 'user', u.id, u.name, 'connect', 'connection', c.id, o.name, '[]'
FROM connections c
JOIN invitations i ON i.id = c.invitation_id
JOIN users u ON u.tenant_id = c.tenant_id AND u.email_key = i.email_key
CROSS JOIN LATERAL (VALUES (c.host_organisation_id, c.guest_organisation_id),
    (c.guest_organisation_id, c.host_organisation_id)) AS sides (side, other)
JOIN organisations o ON o.id = other
WHERE c.created_at < $1";
