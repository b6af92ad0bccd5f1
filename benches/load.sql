-- Fills an empty, migrated database with one tenant of :n partner organisations, three users each, and one owner with
-- a session. For benches/run, and by hand:
--
--     psql -v n=100000 -v session=some-cookie-value -f benches/load.sql DATABASE
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
    WHERE indrelid IN ('organisations'::regclass, 'users'::regclass, 'audit_events'::regclass)
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
    SELECT pg_temp.id_at(organisations.created_at, 'e' || organisations.number), organisations.tenant_id, organisations.id,
        organisations.created_at, 'user', users.id, users.name, 'create', 'organisation', organisations.id, organisations.name
    FROM organisations, users
    WHERE organisations.kind = 'partner' AND users.email_key = 'owner@bench.example';

SELECT definition FROM put_aside \gexec
SET session_replication_role = origin;
VACUUM (ANALYZE) tenants, organisations, users, sessions, audit_events;
