//! A crowd: so many partners, people, records, invitations, connections and events that a statement without an index
//! shows in its plan. Made by SQL in one go, with the counting triggers off.

use super::app::App;

/// Tables that the crowd makes large.
pub const LARGE: [&str; 7] =
    ["organisations", "users", "partner_records", "invitations", "connections", "mails", "audit_events"];

/// Fills the portal's database and lets PostgreSQL know what is in it.
pub fn gather(app: &App) {
    app.sql(ROWS);
    for table in LARGE.iter().chain(&["organisation_words", "sessions", "tenants"]) {
        app.sql(&format!("VACUUM (ANALYZE) {table}"));
    }
}

const ROWS: &str = "
SET session_replication_role = replica;
CREATE FUNCTION pg_temp.nth(kind integer, n integer) RETURNS uuid LANGUAGE sql IMMUTABLE AS $$
    SELECT ('0190' || lpad(to_hex(n), 8, '0') || '7000900' || kind || lpad(to_hex(n), 12, '0'))::uuid
$$;
CREATE TEMP VIEW acme AS SELECT o.tenant_id AS tenant, o.id AS host, u.id AS owner
    FROM organisations o JOIN users u ON u.organisation_id = o.id
    WHERE u.email_key = 'owner@acme.example';
INSERT INTO organisations (id, tenant_id, kind, name, name_key, code, zuora_account_id, invoice_owner, state, user_count,
        created_at, updated_at)
    SELECT pg_temp.nth(1, n), tenant, 'partner', name, lower(name), 'C' || n, 'zu-' || md5(n::text), 'partner',
        CASE WHEN n % 40 = 0 THEN 'suspended' ELSE 'active' END, n % 7, at, at
    FROM acme, generate_series(1, 20000) AS n, LATERAL (SELECT 'Firm ' || md5(n::text) || ' ' || n % 97 AS name,
        '2026-01-02Z'::timestamptz + n * interval '20 minutes' AS at) AS made;
INSERT INTO users (id, tenant_id, organisation_id, name, email, email_key, role, created_at, updated_at)
    SELECT pg_temp.nth(2, n), tenant, pg_temp.nth(1, 1 + n % 20000), 'Person ' || n, email, email, 'member', now(), now()
    FROM acme, generate_series(1, 30000) AS n, LATERAL (SELECT 'p' || n || '@c' || n % 20000 || '.example' AS email) AS made;
INSERT INTO invitations (id, tenant_id, organisation_id, kind, inviter_id, email, email_key, company_name,
        to_organisation_id, language, lifetime_days, state, expires_at, last_sent_at, created_at, updated_at)
    SELECT pg_temp.nth(3, n), tenant, CASE n % 2 WHEN 0 THEN host ELSE pg_temp.nth(1, n) END, 'partner', owner, email, email,
        'Firm ' || n, pg_temp.nth(1, n), 'en', 7, CASE n % 10 WHEN 0 THEN 'pending' ELSE 'accepted' END, at, at, at, at
    FROM acme, generate_series(1, 20000) AS n, LATERAL (SELECT 'office@c' || n || '.example' AS email,
        '2026-01-02Z'::timestamptz + n * interval '20 minutes' AS at) AS made;
INSERT INTO mails (id, tenant_id, organisation_id, invitation_id, generation, kind, to_email, to_key, language, letter, state,
        due_at, created_at, updated_at)
    SELECT id, tenant_id, organisation_id, id, 1, 'invitation', email, email_key, 'en', '{}', 'sent', created_at, created_at,
        created_at
    FROM invitations;
INSERT INTO partner_records (id, tenant_id, organisation_id, company_name, name_key, partner_type, email, email_key,
        sales_amount, frequency, payment_terms, invitation_id, created_at, updated_at)
    SELECT pg_temp.nth(4, n), i.tenant_id, i.organisation_id, company_name, lower(company_name), 'customer', email, email_key,
        n, 'monthly', '30 days', i.id, i.created_at, i.created_at
    FROM acme, generate_series(1, 20000) AS n JOIN invitations i ON i.id = pg_temp.nth(3, n);
INSERT INTO connections (id, tenant_id, host_organisation_id, guest_organisation_id, created_at, updated_at)
    SELECT pg_temp.nth(5, n), tenant, CASE n % 2 WHEN 0 THEN host ELSE pg_temp.nth(1, n + 1) END, pg_temp.nth(1, n), now(), now()
    FROM acme, generate_series(1, 19000) AS n;
INSERT INTO audit_events (id, tenant_id, organisation_id, at, actor_kind, actor_id, actor_name, verb, object_kind, object_id,
        object_name)
    SELECT pg_temp.nth(6, n), tenant, pg_temp.nth(1, n), now(), 'user', owner, 'Somebody', 'create', 'organisation',
        pg_temp.nth(1, n), 'Firm ' || n
    FROM acme, generate_series(1, 20000) AS n;
INSERT INTO organisation_words SELECT DISTINCT tenant_id, word FROM organisations, string_to_table(sort_key, ' ') AS word;
SET session_replication_role = origin;
";
