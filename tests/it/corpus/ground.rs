//! What the corpus is thrown at: a portal of its own with something of everything in it, people who are signed in, and
//! the digests of its tables. After a case that changed something, everything is put back.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use diesel::connection::SimpleConnection as _;
use diesel::pg::PgConnection;

use super::super::support::api::{ALL, Machine};
use super::super::support::fixture::{API_CLIENTS, INVITATIONS, RECORDS};
use super::super::support::{Actor, App, Who, cluster, id, proof};

/// What a request may change without having done anything: the time somebody was last seen, what counts calls, and the
/// flow that begins with a sign-in page. Everything else counts.
const ASIDE: [(&str, &[&str]); 4] = [
    ("sessions", &["last_seen_at"]),
    ("api_clients", &["last_used_at"]),
    ("api_secrets", &["last_used_at"]),
    ("invitation_links", &["opened_at"]),
];
/// The counter of calls, which is there to count refusals too.
const PASSING: [&str; 2] = ["rate_limits", "rate_limit_calls"];

/// One portal, and everybody who attacks it.
pub struct Ground {
    pub app: App,
    pub people: Vec<Person>,
    pub client: Machine,
    conn: PgConnection,
    tables: Vec<Table>,
    digest: String,
}

/// Somebody at a browser. `link` is the page of their invitation.
#[derive(Debug, Clone)]
pub struct Person {
    pub name: &'static str,
    pub actor: Actor,
    pub links: Vec<String>,
}

struct Table {
    name: String,
    columns: String,
}

/// What each table holds.
pub type Digests = BTreeMap<String, String>;

impl Ground {
    pub fn lay() -> Self {
        let app = App::start();
        for rows in [RECORDS, INVITATIONS, API_CLIENTS, MORE] {
            app.sql(rows);
        }
        if proof::planted("corpus") {
            app.sql(FAULT);
        }
        let mut people = vec![
            person(&app, "owner", Who::Owner),
            person(&app, "manager", Who::Manager),
            person(&app, "visitor", Who::Anonymous),
        ];
        people.extend(invited(&app));
        let client = app.client(id::ACME_HOST, &format!("{ALL},MANAGE_TENANT")).with_token();
        let mut conn = app.database.connect();
        let tables = tables(&mut conn);
        let digest = digest_of(&mut conn, &tables);
        Self { app, people, client, conn, tables, digest }
    }

    /// From now on everything is to stay as it is.
    pub fn settle(&mut self) -> Digests {
        keep(&mut self.conn, &self.tables);
        self.digests()
    }

    /// What the tables hold now.
    pub fn digests(&mut self) -> Digests {
        let told = cluster::text(&mut self.conn, &self.digest);
        told.split(';').filter_map(|one| one.split_once('=')).map(|(a, b)| (a.to_owned(), b.to_owned())).collect()
    }

    /// Puts back what a case changed.
    pub fn restore(&mut self, changed: &[String]) {
        let mut all = String::from("BEGIN; SET LOCAL session_replication_role = replica;");
        for table in self.tables.iter().filter(|table| changed.contains(&table.name)) {
            let Table { name, columns } = table;
            write!(
                all,
                "DELETE FROM public.{name}; INSERT INTO public.{name} ({columns}) OVERRIDING SYSTEM VALUE \
                 SELECT {columns} FROM pristine.{name};"
            )
            .expect("a string takes it");
        }
        all.push_str("COMMIT");
        self.conn.batch_execute(&all).expect("everything is put back");
    }

    /// Keeps a long run fast: rows that were put back again and again leave room behind, and lines fill the log.
    pub fn tidy(&mut self) {
        self.conn.batch_execute("VACUUM").expect("the room is freed");
        super::super::support::leaks::forget_log();
    }

    /// Nobody waits a minute here.
    pub fn forget_calls(&mut self) {
        self.conn.batch_execute("TRUNCATE rate_limits, rate_limit_calls").expect("the calls are forgotten");
    }

    pub fn person(&self, name: &str) -> &Person {
        self.people.iter().find(|person| person.name == name).expect("a person of the corpus")
    }
}

fn person(app: &App, name: &'static str, who: Who) -> Person {
    Person { name, actor: app.sign_in(who), links: Vec::new() }
}

/// People with an invitation, before and after they have signed in, and one who founds a company by it.
fn invited(app: &App) -> Vec<Person> {
    let (mut manager, mut owner) = (app.sign_in(Who::Manager), app.owner());
    let colleague = app.invite(&mut manager, "/organisation/invitations", "ines@northwind.example");
    let partner = app.invite_partner(&mut owner, "/settings/invitations", ("Zephyr", "zoe@zephyr.example"));
    let stranger = Person { name: "invited stranger", actor: app.visitor(), links: vec![colleague.clone()] };
    let mut here = Person { name: "invited", actor: app.visitor(), links: vec![colleague.clone()] };
    here.actor.sign_in_at(&colleague, "ines@northwind.example").is(200);
    let mut founder = Person { name: "invited founder", actor: app.visitor(), links: vec![partner.clone()] };
    founder.actor.sign_in_at(&partner, "zoe@zephyr.example").is(200);
    vec![stranger, here, founder]
}

fn tables(conn: &mut PgConnection) -> Vec<Table> {
    let all = cluster::text(
        conn,
        "SELECT string_agg(table_name || ':' || columns, ';' ORDER BY table_name) FROM (
             SELECT c.table_name, string_agg(quote_ident(c.column_name), ',' ORDER BY c.ordinal_position) AS columns
             FROM information_schema.columns c JOIN information_schema.tables t USING (table_schema, table_name)
             WHERE c.table_schema = 'public' AND t.table_type = 'BASE TABLE' AND c.is_generated = 'NEVER'
                 AND c.table_name NOT LIKE '\\_\\_%' GROUP BY c.table_name) AS tables",
    );
    let table = |(name, columns): (&str, &str)| Table { name: name.to_owned(), columns: columns.to_owned() };
    all.split(';').filter_map(|one| one.split_once(':')).map(table).collect()
}

fn keep(conn: &mut PgConnection, tables: &[Table]) {
    let copies = tables.iter().map(|table| format!("CREATE TABLE pristine.{0} AS TABLE public.{0};", table.name));
    let all = format!("CREATE SCHEMA pristine; {}", copies.collect::<String>());
    conn.batch_execute(&all).expect("the tables are copied");
}

/// One statement that tells what every table holds.
fn digest_of(conn: &mut PgConnection, tables: &[Table]) -> String {
    let one = |table: &Table| {
        let name = &table.name;
        let aside = ASIDE.iter().find(|(of, _)| of == name).map_or(&[][..], |(_, columns)| *columns);
        let without: String = aside.iter().fold(String::new(), |all, column| all + &format!(" - '{column}'"));
        format!(
            "SELECT '{name}=' || coalesce(md5(string_agg(md5((to_jsonb(t){without})::text), '' ORDER BY md5((to_jsonb(t){without})::text))), '') AS d FROM {name} t"
        )
    };
    let counted = tables.iter().filter(|table| !PASSING.contains(&table.name.as_str()));
    let all: Vec<String> = counted.map(one).collect();
    let statement = format!("SELECT string_agg(d, ';') FROM ({}) AS digests", all.join(" UNION ALL "));
    assert!(!cluster::text(conn, &statement).is_empty(), "the tables have digests");
    statement
}

/// What is different.
pub fn changed(before: &Digests, after: &Digests) -> Vec<String> {
    after.iter().filter(|(name, digest)| before.get(*name) != Some(*digest)).map(|(name, _)| name.clone()).collect()
}

/// The fault that the corpus has to notice: a rule of the database that no form knows.
const FAULT: &str = "
CREATE FUNCTION planted() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
    IF to_jsonb(NEW)::text ~ '[^ -~]|[<%$;|`]' THEN RAISE EXCEPTION 'planted'; END IF;
    RETURN NEW;
END $$;
DO $$ DECLARE t text; BEGIN
    FOREACH t IN ARRAY '{organisations,users,partner_records,invitations,api_clients}'::text[] LOOP
        EXECUTE format('CREATE TRIGGER planted BEFORE INSERT OR UPDATE ON %I FOR EACH ROW EXECUTE FUNCTION planted()', t);
    END LOOP;
END $$;
";

/// Something in every state: a suspended and a removed person, a suspended and a deleted partner, a removed record, a
/// revoked invitation, a batch, a connection, a credential with two secrets, applications.
const MORE: &str = "
INSERT INTO connections (id, tenant_id, host_organisation_id, guest_organisation_id, created_at, updated_at)
SELECT ('00000000-0000-7000-8000-000000000' || id)::uuid, '00000000-0000-7000-8000-000000000001',
    ('00000000-0000-7000-8000-0000000000' || host)::uuid, ('00000000-0000-7000-8000-0000000000' || guest)::uuid,
    '2026-11-01 09:00Z', '2026-11-01 09:00Z'
FROM (VALUES ('401', '12', '13'), ('402', '11', '12')) AS rows (id, host, guest);
INSERT INTO users (id, tenant_id, organisation_id, name, email, email_key, role, state, removed_at, created_at, updated_at)
SELECT ('00000000-0000-7000-8000-000000000' || id)::uuid, '00000000-0000-7000-8000-000000000001',
    ('00000000-0000-7000-8000-0000000000' || organisation)::uuid, 'Spare ' || id, id || '@spare.example',
    id || '@spare.example', role, state, removed::timestamptz, '2026-11-01 09:00Z', '2026-11-01 09:00Z'
FROM (VALUES ('301', '11', 'auditor', 'active', NULL), ('302', '11', 'auditor', 'suspended', NULL),
    ('303', '11', 'auditor', 'active', '2026-11-20 11:59Z'), ('304', '12', 'member', 'suspended', NULL),
    ('305', '12', 'member', 'active', '2026-11-20 11:59Z')) AS rows (id, organisation, role, state, removed);
INSERT INTO organisations (id, tenant_id, kind, name, name_key, zuora_account_id, invoice_owner, time_zone, state,
    deleted_at, state_before_deletion, created_at, updated_at)
SELECT ('00000000-0000-7000-8000-0000000000' || id)::uuid, '00000000-0000-7000-8000-000000000001', 'partner', name,
    lower(name), 'zu-' || id, 'partner', 'UTC', state, deleted::timestamptz, before, '2026-03-01 09:00Z', '2026-03-01 09:00Z'
FROM (VALUES ('14', 'Sleepy Partner', 'suspended', NULL, NULL),
    ('15', 'Binned Partner', 'deleted', '2026-11-20 11:00Z', 'active')) AS rows (id, name, state, deleted, before);
INSERT INTO invitation_batches (id, tenant_id, organisation_id, inviter_id, size, created_at)
SELECT replace(o.id::text, '-8000-', '-8004-')::uuid, o.tenant_id, o.id,
    (SELECT u.id FROM users u WHERE u.organisation_id = o.id ORDER BY u.id LIMIT 1), 1, '2026-11-20 11:59Z'
FROM organisations o WHERE o.id IN ('00000000-0000-7000-8000-000000000011', '00000000-0000-7000-8000-000000000012');
INSERT INTO organisation_imports (id, tenant_id, imported_by, size, created_at)
SELECT replace(o.id::text, '-8000-', '-8009-')::uuid, o.tenant_id,
    (SELECT u.id FROM users u WHERE u.organisation_id = o.id ORDER BY u.id LIMIT 1), 1, '2026-11-20 11:59Z'
FROM organisations o WHERE o.kind = 'host';
INSERT INTO api_secrets (id, client_id, hash, hint, created_at)
SELECT gen_random_uuid(), id, sha256(('second' || id)::bytea), 'efgh', '2026-11-20 11:00Z' FROM api_clients;
UPDATE invitations SET to_organisation_id = organisation_id;
UPDATE tenants SET shop_url = 'https://shop.example/', self_service_url = 'https://help.example/';
UPDATE organisations SET shop_access = true, self_service_access = true WHERE kind = 'partner';
";
