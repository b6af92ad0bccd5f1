//! What everything is called by whose it is.

/// Writes the marks. The hosts' own names stay: their partners know them.
pub const MARKS: &str = "
CREATE FUNCTION mark(organisation uuid, what text) RETURNS text LANGUAGE sql AS
    $$ SELECT 'zqmark' || right(organisation::text, 2) || what || 'qz' $$;
UPDATE organisations SET name = 'Partner ' || mark(id, ''), name_key = 'partner ' || mark(id, '') WHERE kind = 'partner';
UPDATE organisations SET code = mark(id, ''), zuora_account_id = mark(id, ''), invoice_owner = 'partner',
    salesforce_account_id = mark(id, ''), logo_url = 'https://' || mark(id, '') || '.example/logo.png',
    properties = json_build_object('tier', mark(id, ''));
UPDATE users SET name = 'Person ' || mark(organisation_id, ''),
    email = number || '@' || mark(organisation_id, '') || '.example',
    email_key = number || '@' || mark(organisation_id, '') || '.example';
UPDATE partner_records SET company_name = mark(organisation_id, 'r'), name_key = mark(organisation_id, 'r'),
    email = number || '@' || mark(organisation_id, 'r') || '.example',
    email_key = number || '@' || mark(organisation_id, 'r') || '.example',
    frequency = mark(organisation_id, 'r'), payment_terms = mark(organisation_id, 'r');
UPDATE invitations SET company_name = mark(organisation_id, ''), email = number || '@' || mark(organisation_id, '') || '.example',
    email_key = number || '@' || mark(organisation_id, '') || '.example' WHERE kind = 'partner';
-- Addresses without a mark, for forms: what is typed comes back.
UPDATE users SET email = 'person' || substr(id::text, 21, 1) || right(organisation_id::text, 2) || '@people.example'
WHERE id::text ~ '-8[bc]05-';
UPDATE users SET email_key = email WHERE id::text ~ '-8[bc]05-';
UPDATE invitations SET email = 'invited' || right(organisation_id::text, 2) || '@people.example' WHERE id::text LIKE '%-8b02-%';
UPDATE invitations SET email_key = email WHERE id::text LIKE '%-8b02-%';
INSERT INTO mail_stops (organisation_id, email_key, created_at)
SELECT id, 'stopped' || right(id::text, 2) || '@people.example', '2026-11-19 09:00Z' FROM organisations;
INSERT INTO kept_forms (id, user_id, path, body, created_at)
SELECT '00000000-0000-7000-8d00-000000000001', id, '/organisation/partners/new', 'company_name=' || mark(organisation_id, ''),
    '2026-11-20 11:58Z' FROM users WHERE id::text LIKE '%0107';
INSERT INTO used_form_keys (key, user_id, sent_hash, location, created_at)
SELECT '00000000-0000-7000-8d00-000000000002', id,
    sha256(E'/organisation/partners\\nCompany\\ncustomer\\nnew@people.example\\n5\\nmonthly\\nnet'::bytea),
    '/organisation/partners/' || mark(organisation_id, ''), '2026-11-20 11:58Z' FROM users WHERE id::text LIKE '%0107';
UPDATE api_clients SET name = mark(organisation_id, 'c');
UPDATE sessions s SET device = mark(u.organisation_id, '') FROM users u WHERE u.id = s.user_id;
-- Limits have their own tests: here every call is the first of its bucket.
CREATE OR REPLACE FUNCTION count_call(asked text, most bigint, moment bigint, OUT used bigint, OUT oldest_micros bigint,
    OUT is_over boolean) LANGUAGE sql AS $$ SELECT 1::bigint, moment, false $$;
";
