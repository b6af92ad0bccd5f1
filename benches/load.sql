-- Fills an empty, migrated database with one tenant of :n partner organisations, three users each, and for each of them
-- two invitations with their mails, a partner record, two events of history, and half a connection. The tenant's own
-- organisation has an owner with a session and an API key. For benches/run, and by hand:
--
--     psql -v n=100000 -v session=some-cookie-value -v key=ghk_… -f benches/load.sql DATABASE
--
-- Needs a superuser: triggers and foreign keys are off while loading, and indexes are built afterwards, which is
-- several times faster than keeping them up to date row by row.

\set ON_ERROR_STOP on
\timing off
SET session_replication_role = replica;
SET synchronous_commit = off;
SET maintenance_work_mem = '256MB';
SET client_min_messages = warning;

CREATE TEMP TABLE put_aside AS
    SELECT indexrelid::regclass::text AS name, pg_get_indexdef(indexrelid) AS definition
    FROM pg_index
    WHERE indrelid = ANY (ARRAY['organisations', 'users', 'audit_events', 'invitations', 'mails', 'partner_records',
            'connections']::regclass[])
      AND NOT EXISTS (SELECT FROM pg_constraint WHERE conindid = indexrelid);
SELECT format('DROP INDEX %s', name) FROM put_aside \gexec

-- A version 7 UUID from a time and a number, so that rows lie in the tables as the program would have put them.
CREATE FUNCTION pg_temp.id_at(at timestamptz, seed text) RETURNS uuid LANGUAGE sql IMMUTABLE AS $$
    SELECT (lpad(to_hex((extract(epoch FROM at) * 1000)::bigint), 12, '0') || '7' || substr(md5(seed), 1, 3)
        || '8' || substr(md5(seed), 4, 15))::uuid
$$;

INSERT INTO tenants (id, slug, name, created_at, updated_at)
    VALUES (pg_temp.id_at(now() - interval '600 days', 'tenant'), 'bench', 'Bench Cloud', now(), now());

INSERT INTO organisations (id, tenant_id, kind, name, name_key, code, time_zone, user_count, created_at, updated_at)
    SELECT pg_temp.id_at(now() - interval '600 days', 'host'), id, 'host', 'Bench Cloud', 'bench cloud', 'BENCH',
        'Europe/London', 1, now() - interval '600 days', now() - interval '600 days'
    FROM tenants;

INSERT INTO users (id, tenant_id, organisation_id, name, email, email_key, role, created_at, updated_at)
    SELECT pg_temp.id_at(created_at, 'owner'), tenant_id, id, 'Margaret Oyelaran', 'owner@bench.example',
        'owner@bench.example', 'owner', created_at, created_at
    FROM organisations WHERE kind = 'host';

INSERT INTO sessions (id, key_hash, user_id, provider, device, created_at, last_seen_at)
    SELECT gen_random_uuid(), sha256(convert_to(:'session', 'UTF8')), id, 'bench', 'Benchmark', now(), now()
    FROM users WHERE email_key = 'owner@bench.example';

-- Names are four words: 40 x 50 x 100 x 7 = 1.4 million that differ. The place of an organisation among them is its
-- number times a prime, so neighbours by name are not neighbours by age. Sixteen carry a rare word to search for.
WITH words AS (
    SELECT string_to_array('Amber Birch Cedar Copper Coral Crimson Dawn Delta Drift East Ember Falcon Fern Flint Frost '
        'Garnet Golden Granite Harbour Hazel Heron Indigo Iron Ivory Juniper Lantern Linden Maple Marble North Oak Onyx '
        'Osprey Pine Quartz River Sable Silver Summit Willow', ' ') AS first,
    string_to_array('bank bay beck bell bourne brae bridge brook cliff combe cove crest croft dale dell down edge fall '
        'field fold ford gate glen grove ham haven heath hill holm hurst ing lake land lea ley march mere moor mouth park '
        'pool ridge rock shaw shore stead vale view water wood', ' ') AS second,
    string_to_array('Analytics Automation Bakeries Broadband Builders Capital Ceramics Chemicals Cloud Coatings Components '
        'Computing Connect Consulting Controls Data Delivery Design Digital Distribution Electric Electronics Energy '
        'Engineering Equipment Exports Fabrics Finance Foods Forestry Foundry Freight Furniture Gardens Glass Grain Health '
        'Hosting Hotels Imaging Imports Insurance Integration Interiors Investments Labs Leasing Lighting Logistics Machines '
        'Marine Markets Materials Media Metals Mills Minerals Mobility Motors Networks Office Optics Outfitters Packaging '
        'Papers Partners Pharma Plastics Power Precision Print Produce Projects Publishing Rail Recruiting Recycling Resellers '
        'Retail Robotics Safety Security Semiconductor Services Shipping Software Solutions Steel Storage Supply Systems '
        'Technology Telecom Textiles Tools Trading Training Transport Travel Ventures', ' ') AS third,
    string_to_array('AG,B.V.,GmbH,Inc.,Ltd,Oy,S.A.', ',') AS fourth,
    string_to_array('DE NL AT US GB FI ES FR BR IN JP ZA', ' ') AS country,
    string_to_array('Europe/Berlin Europe/Amsterdam Europe/Vienna America/New_York Europe/London Europe/Helsinki Europe/Madrid '
        'Europe/Paris America/Sao_Paulo Asia/Kolkata Asia/Tokyo Africa/Johannesburg', ' ') AS zone
), numbered AS (
    SELECT i, (i * 611953::bigint) % 1400000 AS place, now() - interval '540 days' + i * (interval '539 days' / :n) AS at
    FROM generate_series(1, :n) AS i
), named AS (
    SELECT i, at, md5('zuora' || i) AS hash, country[1 + i % 12] AS country, zone[1 + i % 12] AS zone,
        first[1 + place % 40] || second[1 + place / 40 % 50] || ' ' || third[1 + place / 2000 % 100] || ' '
        || fourth[1 + place / 200000] || CASE WHEN i % greatest(1, :n / 16) = 0 THEN ' Quillwort' ELSE '' END AS name
    FROM numbered, words
)
INSERT INTO organisations (id, tenant_id, kind, name, name_key, code, zuora_account_id, invoice_owner, salesforce_account_id,
        country, time_zone, customer_count, properties, state, user_count, created_at, updated_at)
    SELECT pg_temp.id_at(at, 'o' || i), tenants.id, 'partner', named.name, lower(named.name),
        'P' || lpad(i::text, 7, '0'), '2c92c0f9' || substr(hash, 9), CASE WHEN i % 3 = 0 THEN 'end_customer' ELSE 'partner' END,
        '0015g00000' || substr(upper(hash), 1, 5) || 'AAQ', named.country, named.zone, i % 200,
        jsonb_build_object('tier', CASE i % 3 WHEN 0 THEN 'Gold' WHEN 1 THEN 'Silver' ELSE 'Registered' END),
        CASE WHEN i % 40 = 0 THEN 'suspended' ELSE 'active' END, 3, at, at
    FROM named, tenants;

WITH words AS (
    SELECT string_to_array('Adaeze Anand Beatriz Callum Chiara Dana Emre Fatima Grace Hiroshi Ines Jonas Katarzyna Luis '
        'Mei Nadia Oskar Priya Ruth Tomas', ' ') AS given,
    string_to_array('Adeyemi Bauer Castellanos Dlamini Eriksen Fischer Garcia Haddad Ito Jansen Kovalenko Lindqvist '
        'Mistry Novak Okafor Pratt Quispe Rossi Silva Tan', ' ') AS family
), people AS (
    SELECT organisations.id AS organisation_id, tenant_id, created_at + k * interval '1 hour' AS at, number, k,
        given[1 + (number * 7 + k * 3) % 20] AS given, family[1 + (number / 20 + k) % 20] AS family
    FROM organisations, words, generate_series(1, 3) AS k
    WHERE kind = 'partner'
)
INSERT INTO users (id, tenant_id, organisation_id, name, email, email_key, role, last_signed_in_at, created_at, updated_at)
    SELECT pg_temp.id_at(at, 'u' || number || '.' || k), tenant_id, organisation_id, given || ' ' || family, email, email,
        CASE k WHEN 1 THEN 'manager' ELSE 'member' END, now() - interval '1 day' * k, at, at
    FROM people, lower(given || '.' || family || k || '@p' || number || '.example') AS email;

INSERT INTO audit_events (id, tenant_id, organisation_id, at, actor_kind, actor_id, actor_name, verb, object_kind, object_id,
        object_name)
    SELECT pg_temp.id_at(at, 'e' || k || '.' || o.number), o.tenant_id, o.id, at, 'user', users.id, users.name,
        CASE k WHEN 1 THEN 'create' ELSE 'edit' END, 'organisation', o.id, o.name
    FROM organisations o, users, generate_series(1, 2) AS k, LATERAL (SELECT o.created_at + k * interval '1 hour') AS moment(at)
    WHERE o.kind = 'partner' AND users.email_key = 'owner@bench.example';

-- The tenant's own organisation invites every partner, and every partner a colleague. One in ten of either still waits.
CREATE TEMP TABLE bench AS
    SELECT tenants.id AS tenant, organisations.id AS host, users.id AS owner
    FROM tenants, organisations, users
    WHERE organisations.kind = 'host' AND users.email_key = 'owner@bench.example';

INSERT INTO invitations (id, tenant_id, organisation_id, kind, inviter_id, email, email_key, role, company_name,
        to_organisation_id, language, lifetime_days, state, expires_at, last_sent_at, decided_at, created_at, updated_at)
    SELECT pg_temp.id_at(at, 'i' || k || '.' || o.number), o.tenant_id, CASE k WHEN 1 THEN bench.host ELSE o.id END,
        CASE k WHEN 1 THEN 'partner' ELSE 'colleague' END, bench.owner, email, email, CASE k WHEN 2 THEN 'member' END,
        CASE k WHEN 1 THEN o.name END, CASE k WHEN 1 THEN o.id END, 'en', 7, made.state,
        at + interval '7 days', at, CASE WHEN made.state <> 'pending' THEN at + interval '1 day' END, at, at
    FROM organisations o, bench, generate_series(1, 2) AS k, LATERAL (
        SELECT o.created_at + k * interval '1 hour' AS at,
            CASE k WHEN 1 THEN 'office' ELSE 'colleague' END || '@p' || o.number || '.example' AS email,
            (ARRAY['accepted', 'accepted', 'pending', 'accepted', 'declined', 'accepted', 'revoked', 'accepted', 'superseded',
                'accepted'])[1 + (o.number + k) % 10] AS state
    ) AS made
    WHERE o.kind = 'partner';

INSERT INTO mails (id, tenant_id, organisation_id, invitation_id, generation, kind, sender_id, to_email, to_key, language,
        letter, state, due_at, attempts, created_at, sent_at, updated_at)
    SELECT overlay(id::text PLACING 'aaa' FROM 16 FOR 3)::uuid, tenant_id, organisation_id, id, 1, 'invitation', inviter_id, email, email_key, 'en', '{}',
        CASE WHEN state = 'revoked' THEN 'cancelled' WHEN number % 500 = 0 THEN 'failed' ELSE 'sent' END,
        created_at, 1, created_at, created_at, created_at
    FROM invitations;

-- Half of the records are the tenant's own organisation's, the others lie with the partners.
INSERT INTO partner_records (id, tenant_id, organisation_id, company_name, name_key, partner_type, email, email_key,
        sales_amount, frequency, payment_terms, invitation_id, guest_organisation_id, created_at, updated_at)
    SELECT pg_temp.id_at(o.created_at, 'r' || o.number), o.tenant_id, CASE WHEN half THEN bench.host ELSE o.id END,
        o.name, o.name_key, CASE WHEN o.number % 3 = 0 THEN 'supplier' ELSE 'customer' END, made.email, made.email,
        o.number % 5000 * 1000, 'monthly', '30 days', CASE WHEN half THEN i.id END,
        CASE WHEN half AND i.state = 'accepted' THEN o.id END, o.created_at, o.created_at
    FROM organisations o JOIN invitations i ON i.to_organisation_id = o.id AND i.kind = 'partner', bench,
        LATERAL (SELECT o.number % 2 = 0 AS half, 'office@p' || o.number || '.example' AS email) AS made
    WHERE o.kind = 'partner';

INSERT INTO connections (id, tenant_id, host_organisation_id, guest_organisation_id, invitation_id, host_grants, created_at,
        updated_at, ended_at, ended_by_organisation_id)
    SELECT pg_temp.id_at(i.created_at, 'c' || i.number), i.tenant_id, bench.host, i.to_organisation_id, i.id,
        CASE WHEN i.number % 4 = 0 THEN ARRAY['READ_PARTNER'] ELSE '{}' END, i.created_at, i.created_at,
        CASE WHEN i.number % 20 = 0 THEN i.created_at END, CASE WHEN i.number % 20 = 0 THEN bench.host END
    FROM invitations i, bench WHERE i.kind = 'partner' AND i.state = 'accepted';

INSERT INTO api_clients (id, tenant_id, organisation_id, kind, name, permissions, created_by, created_at, updated_at)
    SELECT gen_random_uuid(), tenant, host, 'key', 'Benchmark', ARRAY['READ_PARTNER', 'WRITE_PARTNER', 'READ_USER', 'WRITE_USER',
        'READ_INVITATION', 'WRITE_INVITATION', 'READ_AUDIT', 'MANAGE_API_CLIENTS'], owner, now(), now()
    FROM bench;
INSERT INTO api_secrets (id, client_id, hash, hint, created_at)
    SELECT gen_random_uuid(), id, sha256(convert_to(:'key', 'UTF8')), right(:'key', 4), now() FROM api_clients;

INSERT INTO organisation_words (tenant_id, word)
    SELECT DISTINCT tenant_id, word FROM organisations, string_to_table(sort_key, ' ') AS word WHERE char_length(word) > 2;

SET session_replication_role = origin;

SELECT definition FROM put_aside \gexec
VACUUM (ANALYZE) tenants, organisations, users, sessions, audit_events, invitations, mails, partner_records, connections,
    api_clients, api_secrets, organisation_words;
