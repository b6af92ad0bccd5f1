//! The people and companies that every test starts with. Made by SQL, so that a broken page breaks its own tests only.

use diesel::connection::SimpleConnection as _;
use diesel::pg::PgConnection;

/// Ids of the fixture, as they stand in addresses.
pub mod id {
    pub const ACME: &str = "00000000-0000-7000-8000-000000000001";
    /// The organisations of the tenants' own people.
    pub const ACME_HOST: &str = "00000000-0000-7000-8000-000000000011";
    pub const GLOBEX_HOST: &str = "00000000-0000-7000-8000-000000000021";
    pub const NORTHWIND: &str = "00000000-0000-7000-8000-000000000012";
    pub const CONTOSO: &str = "00000000-0000-7000-8000-000000000013";
    /// A partner of Globex: foreign to everybody of Acme.
    pub const INITECH: &str = "00000000-0000-7000-8000-000000000022";
    pub const OWNER: &str = "00000000-0000-7000-8000-000000000101";
    pub const ADMINISTRATOR: &str = "00000000-0000-7000-8000-000000000102";
    pub const AUDITOR: &str = "00000000-0000-7000-8000-000000000103";
    pub const MANAGER: &str = "00000000-0000-7000-8000-000000000104";
    pub const MEMBER: &str = "00000000-0000-7000-8000-000000000105";
    pub const CONTOSO_MANAGER: &str = "00000000-0000-7000-8000-000000000106";
    pub const GLOBEX_OWNER: &str = "00000000-0000-7000-8000-000000000201";
    pub const INITECH_MANAGER: &str = "00000000-0000-7000-8000-000000000202";
    /// Well formed, of nothing.
    pub const RANDOM: &str = "00000000-0000-7000-8000-00000000ffff";

    /// The invitation of an organisation that [`super::INVITATIONS`] makes.
    pub fn invitation(organisation: &str) -> String {
        organisation.replacen("-8000-", "-8002-", 1)
    }

    /// The API key of an organisation that [`super::API_CLIENTS`] makes.
    pub fn api_client(organisation: &str) -> String {
        organisation.replacen("-8000-", "-8003-", 1)
    }

    /// The record of an organisation that [`super::RECORDS`] makes.
    pub fn record(organisation: &str) -> String {
        organisation.replacen("-8000-", "-8001-", 1)
    }
}

/// Somebody to be.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Who {
    Anonymous,
    Owner,
    Administrator,
    Auditor,
    Manager,
    Member,
    /// The manager of Contoso, another partner of the same tenant.
    OtherOrganisation,
    /// The owner of Globex, another tenant.
    OtherTenant,
}

impl Who {
    /// The address that they sign in with; empty for nobody.
    pub const fn email(self) -> &'static str {
        match self {
            Self::Anonymous => "",
            Self::Owner => "owner@acme.example",
            Self::Administrator => "administrator@acme.example",
            Self::Auditor => "auditor@acme.example",
            Self::Manager => "manager@northwind.example",
            Self::Member => "member@northwind.example",
            Self::OtherOrganisation => "manager@contoso.example",
            Self::OtherTenant => "owner@globex.example",
        }
    }
}

/// Loads everything into an empty, migrated database.
pub fn load(conn: &mut PgConnection) {
    conn.batch_execute(ROWS).expect("the fixture fits the schema");
}

/// One partner record for every organisation, named like it.
pub const RECORDS: &str = "
INSERT INTO partner_records
    (id, tenant_id, organisation_id, company_name, name_key, partner_type, email, email_key, sales_amount, frequency,
     payment_terms, created_at, updated_at)
SELECT replace(id::text, '-8000-', '-8001-')::uuid, tenant_id, id, name, lower(name), 'customer',
    'record@' || number || '.example', 'record@' || number || '.example', 1250000, left(name, 30), left(name, 50),
    '2026-03-01 09:00Z', '2026-03-01 09:00Z'
FROM organisations
ON CONFLICT DO NOTHING;
UPDATE partner_records SET deleted_at = NULL WHERE deleted_at IS NOT NULL;
";

/// One invitation for every organisation, by one of its people, to somebody new; put back where it was.
pub const INVITATIONS: &str = "
INSERT INTO invitations
    (id, tenant_id, organisation_id, inviter_id, kind, company_name, email, email_key, language, lifetime_days,
     expires_at, last_sent_at, created_at, updated_at)
SELECT replace(o.id::text, '-8000-', '-8002-')::uuid, o.tenant_id, o.id,
    (SELECT u.id FROM users u WHERE u.organisation_id = o.id ORDER BY u.id LIMIT 1), 'partner', o.name,
    'invited@' || number || '.example', 'invited@' || number || '.example', 'en', 7, '2026-11-27 09:00Z',
    '2026-11-19 09:00Z', '2026-11-19 09:00Z', '2026-11-19 09:00Z'
FROM organisations o
ON CONFLICT DO NOTHING;
UPDATE invitations SET state = 'pending' WHERE state <> 'pending';
";

/// One API key for every organisation, with a secret that nobody has; put back where it was.
pub const API_CLIENTS: &str = "
INSERT INTO api_clients (id, tenant_id, organisation_id, kind, name, permissions, created_by, created_at, updated_at)
SELECT replace(o.id::text, '-8000-', '-8003-')::uuid, o.tenant_id, o.id, 'key', o.name, ARRAY['READ_PARTNER'],
    (SELECT u.id FROM users u WHERE u.organisation_id = o.id ORDER BY u.id LIMIT 1),
    '2026-11-19 09:00Z', '2026-11-19 09:00Z'
FROM organisations o
ON CONFLICT DO NOTHING;
INSERT INTO api_secrets (id, client_id, hash, hint, created_at)
SELECT id, id, sha256(id::text::bytea), 'abcd', created_at FROM api_clients WHERE name IN (SELECT name FROM organisations)
ON CONFLICT DO NOTHING;
UPDATE api_clients SET revoked_at = NULL WHERE revoked_at IS NOT NULL;
";

const ROWS: &str = "
INSERT INTO tenants (id, slug, name, created_at, updated_at) VALUES
    ('00000000-0000-7000-8000-000000000001', 'acme', 'Acme Software', '2026-01-05 09:00Z', '2026-01-05 09:00Z'),
    ('00000000-0000-7000-8000-000000000002', 'globex', 'Globex Corporation', '2026-01-06 09:00Z', '2026-01-06 09:00Z');

INSERT INTO organisations
    (id, tenant_id, kind, name, name_key, code, logo_url, zuora_account_id, invoice_owner, salesforce_account_id,
     country, time_zone, created_at, updated_at)
SELECT ('00000000-0000-7000-8000-0000000000' || id)::uuid, ('00000000-0000-7000-8000-00000000000' || tenant)::uuid,
    kind, name, lower(name), code, logo, zuora, CASE WHEN zuora IS NULL THEN NULL ELSE 'partner' END, salesforce,
    country, zone, created::timestamptz, created::timestamptz
FROM (VALUES
    ('11', 1, 'host', 'Acme Software', NULL, NULL, NULL, NULL, NULL, 'UTC', '2026-01-05 09:00Z'),
    ('12', 1, 'partner', 'Northwind Traders', 'NWT-01', 'https://northwind.example/logo.png', 'zu-northwind',
        'sf-northwind', 'IT', 'Europe/Rome', '2026-02-01 09:00Z'),
    ('13', 1, 'partner', 'Contoso Resale', 'CON-01', NULL, 'zu-contoso', NULL, 'JP', 'Asia/Tokyo',
        '2026-02-02 09:00Z'),
    ('21', 2, 'host', 'Globex Corporation', NULL, NULL, NULL, NULL, NULL, 'UTC', '2026-01-06 09:00Z'),
    ('22', 2, 'partner', 'Initech Secretpartner', 'INI-77', NULL, 'zu-initech-secret', NULL, 'US',
        'America/Chicago', '2026-02-03 09:00Z')
) AS rows (id, tenant, kind, name, code, logo, zuora, salesforce, country, zone, created);

INSERT INTO users (id, tenant_id, organisation_id, name, email, email_key, role, created_at, updated_at)
SELECT ('00000000-0000-7000-8000-000000000' || id)::uuid, ('00000000-0000-7000-8000-00000000000' || tenant)::uuid,
    ('00000000-0000-7000-8000-0000000000' || organisation)::uuid, name, email, email, role,
    '2026-02-05 09:00Z', '2026-02-05 09:00Z'
FROM (VALUES
    ('101', 1, '11', 'Olivia Owner', 'owner@acme.example', 'owner'),
    ('102', 1, '11', 'Adam Administrator', 'administrator@acme.example', 'administrator'),
    ('103', 1, '11', 'Audrey Auditor', 'auditor@acme.example', 'auditor'),
    ('104', 1, '12', 'Mona Manager', 'manager@northwind.example', 'manager'),
    ('105', 1, '12', 'Milo Member', 'member@northwind.example', 'member'),
    ('106', 1, '13', 'Carla Contoso', 'manager@contoso.example', 'manager'),
    ('201', 2, '21', 'Gloria Globex', 'owner@globex.example', 'owner'),
    ('202', 2, '22', 'Ines Initech', 'secret@initech.example', 'manager')
) AS rows (id, tenant, organisation, name, email, role);
";

/// A connection of two organisations of Acme's programme, the one that invited first.
pub fn connection(host: &str, guest: &str) -> String {
    format!(
        "INSERT INTO connections (id, tenant_id, host_organisation_id, guest_organisation_id, created_at, updated_at)
         VALUES (gen_random_uuid(), '{}', '{host}', '{guest}', now(), now())",
        id::ACME
    )
}
