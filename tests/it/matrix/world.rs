//! A portal in which everything that belongs to an organisation carries the organisation's own mark, and every way to
//! be somebody: signed in, ended in each way, a machine, or nobody.

use std::collections::HashMap;

use diesel::connection::SimpleConnection as _;
use diesel::pg::PgConnection;
use guildhall::secrets::{SecretKey, csrf_token};

use super::back::WAY_BACK;
use super::marked::MARKS;
use super::others::{MORE, WAITING};
use crate::support::api::{ALL, Machine};
use crate::support::{Actor, App, Who, cluster, id, proof};

/// The marks of an organisation, by its number in the fixture: of everything, of its records, of its credentials.
pub fn marks(number: u8) -> [String; 3] {
    ["", "r", "c"].map(|what| format!("zqmark{number}{what}qz"))
}

/// Organisations of the fixture that anybody here belongs to, or must not hear of.
pub const ORGANISATIONS: [u8; 11] = [11, 12, 13, 14, 15, 21, 22, 23, 25, 16, 26];

/// The id of an organisation by its number.
pub fn organisation(number: u8) -> String {
    format!("00000000-0000-7000-8000-0000000000{number}")
}

/// What lets a caller into the API.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Key {
    /// Nothing: 401.
    None,
    /// A credential of an organisation that is not the host, and what it may do.
    Partner(&'static str),
    /// A credential of the host.
    Host(&'static str),
}

/// Somebody who asks.
pub struct Principal {
    pub name: &'static str,
    /// The column of `access_table.rs` that tells what they get.
    pub column: usize,
    pub key: Key,
    /// What is sent with every request: cookies or a credential.
    pub headers: Vec<(String, String)>,
    pub csrf: String,
    /// Their session is of no use any more; the form's token with it.
    pub ended: bool,
    /// The number of the organisation that they belong to.
    pub home: u8,
    /// Their own id, if they are a person with a session.
    pub user: &'static str,
    /// Whose marks they may see.
    pub sees: &'static [u8],
}

impl Principal {
    pub const fn is_of_second_tenant(&self) -> bool {
        self.home >= 20
    }

    /// The organisations in which nothing may change by what they do, as PostgreSQL reads a list.
    fn others(&self) -> String {
        let others = ORGANISATIONS.into_iter().filter(|number| *number != self.home && !self.sees.contains(number));
        others.map(organisation).collect::<Vec<_>>().join(",")
    }

    /// Marks that nothing they get may hold.
    pub fn forbidden(&self) -> Vec<String> {
        let foreign = ORGANISATIONS.into_iter().filter(|number| !self.sees.contains(number));
        let mut marks: Vec<String> = foreign.flat_map(marks).collect();
        if let Key::Host(_) = self.key {
            // Partner records are each organisation's own, whoever the caller's tenant is.
            let others = self.sees.iter().filter(|number| **number != self.home);
            marks.extend(others.flat_map(|number| self::marks(*number).into_iter().skip(1).take(1)));
        }
        marks
    }
}

/// The portal, the principals, and a way back to where it began.
pub struct World {
    pub app: App,
    pub principals: Vec<Principal>,
    conn: PgConnection,
    before: String,
    /// What others had at first, by those who are not they.
    others: HashMap<String, String>,
}

/// All, and what only an owner gives to a credential.
const MANAGES: &str = "READ_PARTNER,WRITE_PARTNER,READ_USER,WRITE_USER,READ_INVITATION,WRITE_INVITATION,READ_AUDIT,\
                       MANAGE_API_CLIENTS,MANAGE_TENANT";
const READS: &str = "READ_PARTNER,READ_USER,READ_INVITATION,READ_AUDIT";
const WRITES: &str = "WRITE_PARTNER,WRITE_USER,WRITE_INVITATION";
const ACME: &[u8] = &[11, 12, 13, 14, 15, 16];
const GLOBEX: &[u8] = &[21, 22, 23, 25, 26];

impl World {
    pub fn new() -> Self {
        let app = App::start();
        app.sql(PEOPLE);
        app.sql(&things());
        let principals = principals(&app);
        app.sql(STATES);
        if proof::planted(PLANT) {
            app.sql(HOLE);
        }
        app.sql(MARKS);
        app.sql(MORE);
        app.sql(WAY_BACK);
        app.sql(WAITING);
        let mut world =
            Self { conn: app.database.connect(), app, principals, before: String::new(), others: HashMap::new() };
        world.before = world.tables();
        for who in 0..world.principals.len() {
            let others = world.principals[who].others();
            if !world.others.contains_key(&others) {
                let theirs = world.theirs(&others);
                world.others.insert(others, theirs);
            }
        }
        world
    }

    /// A digest of what these organisations have.
    fn theirs(&mut self, organisations: &str) -> String {
        cluster::text(&mut self.conn, &format!("SELECT matrix.foreign_digest('{{{organisations}}}')"))
    }

    /// The tables in which something of an organisation is different that `who` has no business with.
    pub fn touched(&mut self, who: usize) -> Vec<String> {
        let others = self.principals[who].others();
        let now = self.theirs(&others);
        differing(&now, &self.others[&others])
    }

    /// A digest of every table, a line each.
    fn tables(&mut self) -> String {
        cluster::text(&mut self.conn, "SELECT matrix.digest() || matrix.waiting()")
    }

    /// The tables that are not as they were at first.
    pub fn changed(&mut self) -> Vec<String> {
        let now = self.tables();
        if now == self.before {
            return Vec::new();
        }
        differing(&now, &self.before)
    }

    /// Makes everything as it was at first.
    pub fn restore(&mut self) {
        self.conn.batch_execute("SELECT matrix.restore()").expect("the tables can be put back");
    }

    /// One text from the database.
    pub fn text(&mut self, query: &str) -> String {
        cluster::text(&mut self.conn, query)
    }
}

/// The tables whose digest is another one.
fn differing(now: &str, before: &str) -> Vec<String> {
    let pairs = now.lines().zip(before.lines()).filter(|(now, before)| now != before);
    pairs.map(|(now, _)| now.split(' ').next().unwrap_or_default().to_owned()).collect()
}

/// A browser as a principal; its cookies stay as they are now.
fn person(
    name: &'static str,
    column: usize,
    mut actor: Actor,
    of: (u8, &'static str),
    sees: &'static [u8],
) -> Principal {
    let csrf = actor.csrf();
    Principal { csrf, user: of.1, home: of.0, sees, ..nobody(name, column, &actor) }
}

/// A browser without a session.
fn nobody(name: &'static str, column: usize, actor: &Actor) -> Principal {
    let cookies: Vec<_> = actor.cookies.iter().map(|(name, value)| format!("{name}={value}")).collect();
    let key = SecretKey::from_hex(crate::support::app::KEY).expect("the key of the tests");
    Principal {
        name,
        column,
        key: Key::None,
        headers: vec![("Cookie".into(), cookies.join("; "))],
        csrf: csrf_token(&key, actor.cookie("guildhall_browser").as_bytes()),
        ended: false,
        home: 12,
        user: "",
        sees: &[],
    }
}

fn machine(name: &'static str, key: Key, machine: &Machine, home: u8, sees: &'static [u8]) -> Principal {
    let headers = machine.headers().to_vec();
    Principal { name, column: 0, key, headers, csrf: String::new(), ended: false, home, user: "", sees }
}

fn principals(app: &App) -> Vec<Principal> {
    let mut all = Vec::from(strangers(app));
    all.extend(people(app));
    all.extend(machines(app));
    all
}

/// Nobody, somebody with an invitation, and somebody whom a provider knows and the portal does not.
fn strangers(app: &App) -> [Principal; 3] {
    let link = app.invite(&mut app.sign_in(Who::Manager), "/organisation/invitations", "invited@elsewhere.example");
    let [mut visitor, mut invited, mut proven] = [app.visitor(), app.visitor(), app.visitor()];
    visitor.open("/signin");
    invited.open(&link);
    invited.open("/signin");
    proven.sign_in_at(&link, "somebody@nowhere.example");
    [
        nobody("anonymous", 0, &visitor),
        nobody("anonymous with an invitation", 0, &invited),
        nobody("proved to be somebody without membership", 0, &proven),
    ]
}

fn people(app: &App) -> Vec<Principal> {
    let by_address = |address: &str| {
        let mut actor = app.visitor();
        actor.sign_in(address).is(200);
        actor
    };
    let ended = |name, address: &str, home| Principal {
        ended: true,
        sees: &[],
        ..person(name, 0, by_address(address), (home, ""), &[])
    };
    let initech = by_address("secret@initech.example");
    vec![
        person("owner", 1, app.sign_in(Who::Owner), (11, id::OWNER), ACME),
        person("administrator", 2, app.sign_in(Who::Administrator), (11, id::ADMINISTRATOR), ACME),
        person("auditor", 3, app.sign_in(Who::Auditor), (11, id::AUDITOR), ACME),
        person("owner demoted to auditor", 3, by_address("demoted@acme.example"), (11, DEMOTED), ACME),
        person("manager of A", 4, app.sign_in(Who::Manager), (12, id::MANAGER), &[12, 16]),
        person("member of A", 5, app.sign_in(Who::Member), (12, id::MEMBER), &[12, 16]),
        person("manager of B", 6, app.sign_in(Who::OtherOrganisation), (13, id::CONTOSO_MANAGER), &[13, 16]),
        person("owner of another tenant", 7, app.sign_in(Who::OtherTenant), (21, id::GLOBEX_OWNER), GLOBEX),
        person("manager in another tenant", 6, initech, (22, id::INITECH_MANAGER), &[22, 26]),
        ended("manager of a suspended organisation", "manager@suspended.example", 14),
        ended("disabled user", "disabled@northwind.example", 12),
        ended("removed member", "removed@northwind.example", 12),
        ended("expired session", "expired@northwind.example", 12),
        ended("ended session", "ended@northwind.example", 12),
    ]
}

fn machines(app: &App) -> Vec<Principal> {
    let token = |organisation: &str| app.client(organisation, ALL).with_token();
    let host = app.client(id::ACME_HOST, MANAGES).with_token();
    let (revoked, expired) = (token(id::NORTHWIND), token(id::NORTHWIND));
    app.sql(&format!("UPDATE api_clients SET revoked_at = now() WHERE id = '{}'", revoked.id));
    let key = |organisation: &str| app.key(organisation, ALL);
    let (revoked_key, suspended) = (key(id::NORTHWIND), organisation(14));
    app.sql(&format!("UPDATE api_clients SET revoked_at = now() WHERE id = '{}'", revoked_key.id));
    let all = vec![
        machine("key of A that reads", Key::Partner(READS), &app.key(id::NORTHWIND, READS), 12, &[12, 16]),
        machine("key of A that writes", Key::Partner(ALL), &app.key(id::NORTHWIND, ALL), 12, &[12, 16]),
        machine("key of B", Key::Partner(ALL), &app.key(id::CONTOSO, ALL), 13, &[13, 16]),
        machine("token of the host", Key::Host(MANAGES), &host, 11, ACME),
        // Nobody else sees the whole programme and may not change it: what only they can undo has no other guard.
        machine("key of the host that reads", Key::Host(READS), &app.key(id::ACME_HOST, READS), 11, ACME),
        machine("key of the host that only writes", Key::Host(WRITES), &app.key(id::ACME_HOST, WRITES), 11, ACME),
        machine("token of another tenant's host", Key::Host(ALL), &token(id::GLOBEX_HOST), 21, GLOBEX),
        machine("key in another tenant", Key::Partner(ALL), &app.key(id::INITECH, ALL), 22, &[22, 26]),
        machine("revoked token", Key::None, &revoked, 12, &[]),
        machine("expired token", Key::None, &expired, 12, &[]),
        machine("revoked key", Key::None, &revoked_key, 12, &[]),
        machine("key of a suspended organisation", Key::None, &key(&suspended), 14, &[]),
        machine("token of a suspended organisation", Key::None, &token(&suspended), 14, &[]),
    ];
    // Last of all: whoever gets a token has some of those forgotten that have expired.
    app.sql(&format!("UPDATE api_tokens SET expires_at = '2026-11-20 11:59Z' WHERE client_id = '{}'", expired.id));
    all
}

/// The fault that the matrix has to notice: somebody who was demoted may still do what an owner may.
pub const PLANT: &str = "matrix";
const HOLE: &str = "UPDATE users SET role = 'owner' WHERE id::text LIKE '%0110'";

const DEMOTED: &str = "00000000-0000-7000-8000-000000000110";

/// More organisations and people, before anybody signs in.
const PEOPLE: &str = "
INSERT INTO organisations (id, tenant_id, kind, name, name_key, created_at, updated_at)
SELECT ('00000000-0000-7000-8000-0000000000' || n)::uuid, ('00000000-0000-7000-8000-00000000000' || left(n, 1))::uuid,
    'partner', 'Partner ' || n, 'partner ' || n, '2026-02-05 09:00Z', '2026-02-05 09:00Z'
FROM unnest('{14,15,16,17,23,25,26,27}'::text[]) n;

INSERT INTO users (id, tenant_id, organisation_id, name, email, email_key, role, created_at, updated_at)
SELECT ('00000000-0000-7000-8000-000000000' || id)::uuid, '00000000-0000-7000-8000-000000000001',
    ('00000000-0000-7000-8000-0000000000' || organisation)::uuid, 'Somebody', email, email, role,
    '2026-02-05 09:00Z', '2026-02-05 09:00Z'
FROM (VALUES
    ('107', '14', 'manager@suspended.example', 'manager'),
    ('108', '12', 'disabled@northwind.example', 'manager'),
    ('109', '12', 'removed@northwind.example', 'manager'),
    ('110', '11', 'demoted@acme.example', 'owner'),
    ('111', '12', 'expired@northwind.example', 'manager'),
    ('112', '12', 'ended@northwind.example', 'manager')
) AS rows (id, organisation, email, role);
";

/// Of every organisation one thing of each kind, another one, and one that is deleted or ended. The letter and the
/// kind's number stand in the third group of its id.
fn things() -> String {
    let mut whole = THINGS.to_owned();
    for kind in ["01", "02", "03", "04", "05", "06", "07", "09"] {
        whole = whole
            .replace(&format!("ID_{kind}"), &format!("replace(o.id::text, '-8000-', '-8' || v || '{kind}-')::uuid"));
    }
    whole
        .replace("PERSON", "(SELECT u.id FROM users u WHERE u.organisation_id = o.id ORDER BY u.id LIMIT 1)")
        .replace("EACH", "FROM organisations o CROSS JOIN unnest('{a,b,c}'::text[]) v")
        .replace("ENDED", "CASE WHEN v = 'c' THEN '2026-11-19 09:00Z'::timestamptz END")
        .replace("GRANTED", "CASE v WHEN 'c' THEN '{READ_PARTNER,WRITE_PARTNER}'::text[] ELSE '{}' END")
        .replace("BEFORE", "'2026-11-19 09:00Z'::timestamptz")
}

const THINGS: &str = "
INSERT INTO users (id, tenant_id, organisation_id, name, email, email_key, role, removed_at, created_at, updated_at)
SELECT ID_05, o.tenant_id, o.id, 'Spare', v || number || '@spare.example', v || number || '@spare.example',
    CASE o.kind WHEN 'host' THEN 'auditor' ELSE 'member' END, ENDED, BEFORE, BEFORE EACH;
INSERT INTO partner_records (id, tenant_id, organisation_id, company_name, name_key, partner_type, email, email_key,
    sales_amount, frequency, payment_terms, deleted_at, created_at, updated_at)
SELECT ID_01, o.tenant_id, o.id, 'Record ' || v, 'record ' || v, 'customer', v || '@record.example',
    v || '@record.example', 5, 'monthly', '30 days', ENDED, BEFORE, BEFORE EACH;
INSERT INTO invitation_batches (id, tenant_id, organisation_id, inviter_id, size, created_at, undone_at)
SELECT ID_04, o.tenant_id, o.id, PERSON, 1, BEFORE, ENDED EACH;
INSERT INTO organisation_imports (id, tenant_id, imported_by, size, created_at, undone_at)
SELECT ID_09, o.tenant_id, PERSON, 1, BEFORE, ENDED EACH WHERE o.kind = 'host';
INSERT INTO invitations (id, tenant_id, organisation_id, to_organisation_id, inviter_id, kind, company_name, email,
    email_key, language, lifetime_days, state, batch_id, expires_at, last_sent_at, created_at, updated_at)
SELECT ID_02, o.tenant_id, o.id, o.id, PERSON, 'partner', 'Company', v || number || '@invited.example',
    v || number || '@invited.example', 'en', 7, CASE v WHEN 'c' THEN 'revoked' ELSE 'pending' END, ID_04,
    '2026-11-27 09:00Z', BEFORE, BEFORE, BEFORE EACH;
INSERT INTO invitations (id, tenant_id, organisation_id, inviter_id, kind, company_name, email, email_key, language,
    lifetime_days, state, partner_record_id, expires_at, last_sent_at, created_at, updated_at)
SELECT replace(r.id::text, '-8b01-', '-8d02-')::uuid, r.tenant_id, o.id, PERSON, 'partner', 'Company', 'late@late.example',
    'late@late.example', 'en', 7, 'pending', r.id, BEFORE, BEFORE, BEFORE, BEFORE
FROM partner_records r JOIN organisations o ON o.id = r.organisation_id WHERE r.id::text LIKE '%-8b01-%';
INSERT INTO api_clients (id, tenant_id, organisation_id, kind, name, permissions, created_by, created_at, updated_at,
    revoked_at)
SELECT ID_03, o.tenant_id, o.id, 'key', 'Machine', ARRAY['READ_PARTNER'], PERSON, BEFORE, BEFORE, ENDED EACH;
INSERT INTO api_secrets (id, client_id, hash, hint, created_at)
SELECT id, id, sha256(id::text::bytea), 'abcd', created_at FROM api_clients;
INSERT INTO connections (id, tenant_id, host_organisation_id, guest_organisation_id, ended_at, created_at, updated_at,
    host_grants, guest_grants)
SELECT ID_06, o.tenant_id, o.id, g.id, ENDED, BEFORE, BEFORE, GRANTED, GRANTED EACH
JOIN organisations g ON right(g.id::text, 2) = left(right(o.id::text, 2), 1) || CASE v WHEN 'b' THEN '7' ELSE '6' END
WHERE right(o.id::text, 1) NOT IN ('6', '7');
INSERT INTO audit_events (id, tenant_id, organisation_id, at, actor_kind, actor_name, verb, object_kind, object_name)
SELECT ID_07, o.tenant_id, o.id, BEFORE, 'system', 'Guildhall', 'create', 'organisation',
    'zqmark' || right(o.id::text, 2) || 'qz' EACH;
INSERT INTO audit_events (id, tenant_id, organisation_id, at, actor_kind, actor_name, verb, object_kind, object_id, object_name)
SELECT replace(o.id::text, '-8000-', '-8e' || k || '-')::uuid, o.tenant_id, other.id, BEFORE, 'system', 'Guildhall', 'create',
    'organisation', replace(o.id::text, '-8000-', '-8a' || k || '-')::uuid, 'zqmark' || right(other.id::text, 2) || 'qz'
FROM organisations o CROSS JOIN unnest('{02,03,05,06}'::text[]) k JOIN organisations other
    ON other.tenant_id = o.tenant_id AND right(other.id::text, 2) IN ('14', '25');
INSERT INTO sessions (id, key_hash, user_id, provider, device, created_at, last_seen_at, ended_at)
SELECT replace(u.id::text, '-8000-', '-8' || v || '08-')::uuid, sha256((u.id::text || v)::bytea), u.id, 'dev', 'a browser',
    '2026-11-20 11:58Z', '2026-11-20 11:58Z', ENDED
FROM users u CROSS JOIN unnest('{a,b,c}'::text[]) v WHERE u.id::text LIKE '%-8000-%';
";

/// What becomes of people while they are signed in.
const STATES: &str = "
UPDATE organisations SET state = 'suspended' WHERE id::text LIKE '%0014';
UPDATE organisations SET state = 'deleted', deleted_at = '2026-11-19 09:00Z', state_before_deletion = 'active'
WHERE right(id::text, 2) IN ('15', '25');
UPDATE users SET state = 'suspended' WHERE id::text LIKE '%0108';
UPDATE users SET removed_at = '2026-11-20 11:59Z' WHERE id::text LIKE '%0109';
UPDATE users SET role = 'auditor' WHERE id::text LIKE '%0110';
UPDATE users SET removed_with_organisation = true WHERE id::text ~ '-8c05-.*[12]6$';
UPDATE sessions SET created_at = '2026-11-20 09:00Z', last_seen_at = '2026-11-20 10:00Z' WHERE user_id::text LIKE '%0111';
";
