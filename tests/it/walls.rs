//! The second wall: what PostgreSQL itself refuses a partner, whatever statement is sent.
//!
//! Half of it asks the database directly, table by table, as a partner's request does; a new table that does not stand
//! behind the wall fails here. The other half makes sure that requests do run behind it, and nobody else's.

use std::collections::BTreeMap;

use diesel::connection::SimpleConnection as _;

use super::house;
use super::support::api::ALL;
use super::support::fixture::{API_CLIENTS, INVITATIONS, RECORDS};
use super::support::process::guildhall;
use super::support::{App, Who, cluster, id};

/// Whose a row is, table by table. A new table gets a line here, and policies in its migration.
const OWNERS: [(&str, &str); 21] = [
    (
        "tenants",
        "(SELECT o.id FROM organisations o WHERE o.tenant_id = t.id AND o.kind = 'partner' ORDER BY o.id LIMIT 1)",
    ),
    ("organisations", "t.id"),
    ("users", "t.organisation_id"),
    ("identities", "(SELECT u.organisation_id FROM users u WHERE u.id = t.user_id)"),
    ("sessions", "(SELECT u.organisation_id FROM users u WHERE u.id = t.user_id)"),
    ("kept_forms", "(SELECT u.organisation_id FROM users u WHERE u.id = t.user_id)"),
    ("used_form_keys", "(SELECT u.organisation_id FROM users u WHERE u.id = t.user_id)"),
    (
        "signin_proofs",
        "(SELECT u.organisation_id FROM users u JOIN identities i ON i.user_id = u.id WHERE i.subject = t.subject)",
    ),
    ("audit_events", "t.organisation_id"),
    ("partner_records", "t.organisation_id"),
    ("invitation_batches", "t.organisation_id"),
    ("invitations", "t.organisation_id"),
    ("invitation_links", "(SELECT i.organisation_id FROM invitations i WHERE i.id = t.invitation_id)"),
    ("mail_stops", "t.organisation_id"),
    ("mails", "t.organisation_id"),
    ("connections", "t.host_organisation_id"),
    ("connections", "t.guest_organisation_id"),
    ("api_clients", "t.organisation_id"),
    ("api_secrets", "(SELECT c.organisation_id FROM api_clients c WHERE c.id = t.client_id)"),
    ("api_tokens", "(SELECT c.organisation_id FROM api_clients c WHERE c.id = t.client_id)"),
    ("api_repeats", "(SELECT c.organisation_id FROM api_clients c WHERE c.id = t.client_id)"),
];

/// Tables that a partner's request has no business with at all.
const CLOSED: [&str; 8] = [
    "__diesel_schema_migrations",
    "api_calls",
    "installation",
    "organisation_imports",
    "organisation_words",
    "rate_limit_calls",
    "rate_limits",
    "signin_flows",
];

/// Of every organisation one of everything that the fixture does not make.
const THINGS: &str = "
INSERT INTO identities SELECT u.id, u.tenant_id, u.id, 'https://idp.example', u.id::text, now() FROM users u;
INSERT INTO sessions (id, key_hash, user_id, provider, device, created_at, last_seen_at)
SELECT u.id, sha256(u.id::text::bytea), u.id, 'dev', 'a browser', now(), now() FROM users u;
INSERT INTO signin_proofs (id, browser_hash, issuer, subject, verified, provider, created_at)
SELECT u.id, sha256(u.id::text::bytea), 'https://idp.example', u.id::text, true, 'dev', now() FROM users u;
INSERT INTO kept_forms SELECT u.id, u.id, '/', '', now() FROM users u;
INSERT INTO used_form_keys SELECT u.id, u.id, '', '/', now() FROM users u;
INSERT INTO audit_events (id, tenant_id, organisation_id, at, actor_kind, actor_name, verb, object_kind, object_name)
SELECT o.id, o.tenant_id, o.id, now(), 'system', 'Guildhall', 'create', 'organisation', o.name FROM organisations o;
INSERT INTO invitation_batches SELECT o.id, o.tenant_id, o.id, (SELECT id FROM users WHERE organisation_id = o.id LIMIT 1), 1, now()
FROM organisations o;
INSERT INTO invitation_links SELECT sha256(i.id::text::bytea), i.id, 1, i.email, now() FROM invitations i;
INSERT INTO mail_stops SELECT o.id, 'somebody@else.example', now() FROM organisations o;
INSERT INTO mails (id, tenant_id, organisation_id, kind, to_email, to_key, language, letter, due_at, created_at, updated_at)
SELECT o.id, o.tenant_id, o.id, 'invitation', 'a@b.example', 'a@b.example', 'en', '{}', now(), now(), now() FROM organisations o;
INSERT INTO connections (id, tenant_id, host_organisation_id, guest_organisation_id, created_at, updated_at)
SELECT o.id, o.tenant_id, h.id, o.id, now(), now() FROM organisations o
JOIN organisations h ON h.tenant_id = o.tenant_id AND h.kind = 'host' WHERE o.kind = 'partner';
INSERT INTO connections (id, tenant_id, host_organisation_id, guest_organisation_id, ended_at, created_at, updated_at)
SELECT h.id, o.tenant_id, o.id, h.id, now(), now(), now() FROM organisations o
JOIN organisations h ON h.tenant_id = o.tenant_id AND h.kind = 'host' WHERE o.kind = 'partner' ON CONFLICT DO NOTHING;
INSERT INTO api_tokens SELECT sha256(c.id::text::bytea), c.id, '{}', now(), now() FROM api_clients c;
INSERT INTO api_repeats SELECT c.id, 'key', '', 200, '', now() FROM api_clients c;
";

/// What of one table is not as it should be, for the organisation `own`, which has nothing to do with `others`.
const BREACHES: &str = "
CREATE FUNCTION breaches(name regclass, owner text, own uuid, others uuid[]) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
    role text := standing_wall();
    seen tid[]; theirs tid[]; columns text; first text; n bigint; told text := ''; attempt text;
BEGIN
    SELECT string_agg(quote_ident(attname), ',' ORDER BY attnum), (array_agg(quote_ident(attname) ORDER BY attnum))[1] INTO columns, first
        FROM pg_attribute WHERE attrelid = name AND attnum > 0 AND NOT attisdropped AND attgenerated = '' AND attidentity = '';
    EXECUTE format('SELECT array_agg(ctid) FROM %s t WHERE %s = ANY ($1)', name, owner) INTO theirs USING others;
    IF theirs IS NULL THEN RETURN format('%s: nothing there to be hidden', name); END IF;
    EXECUTE format('CREATE TEMP TABLE foreigner AS SELECT * FROM %s WHERE ctid = ($1)[1]', name) USING theirs;
    GRANT SELECT ON foreigner TO PUBLIC;
    PERFORM set_config('guildhall.organisation', own::text, true);
    PERFORM set_config('guildhall.tenant', (SELECT tenant_id::text FROM organisations WHERE id = own), true);
    EXECUTE format('SET LOCAL ROLE %I', role);
    EXECUTE format('SELECT array_agg(ctid) FROM %s', name) INTO seen;
    SET LOCAL ROLE NONE;
    IF seen && theirs THEN told := told || format('%s: shows another organisation''s rows; ', name); END IF;
    EXECUTE format('SELECT count(*) FROM %s t WHERE %s = $1 AND NOT ctid = ANY ($2)', name, owner) INTO n USING own, coalesce(seen, '{}');
    IF n > 0 THEN told := told || format('%s: hides %s of one''s own rows; ', name, n); END IF;
    FOREACH attempt IN ARRAY ARRAY[
        format('UPDATE %s SET %s = %s WHERE ctid = ANY ($1)', name, first, first),
        format('DELETE FROM %s WHERE ctid = ANY ($1)', name),
        format('INSERT INTO %s (%s) SELECT %s FROM foreigner WHERE $1 IS NOT NULL', name, columns, columns)]
    LOOP
        EXECUTE format('SET LOCAL ROLE %I', role);
        BEGIN
            EXECUTE attempt USING theirs;
            GET DIAGNOSTICS n = ROW_COUNT;
        EXCEPTION WHEN insufficient_privilege THEN n := 0;
            WHEN OTHERS THEN n := 1; told := told || SQLERRM || ' at ';
        END;
        SET LOCAL ROLE NONE;
        IF n > 0 THEN told := told || format('%s; ', attempt); END IF;
    END LOOP;
    IF columns ~ '\\morganisation_id\\M' THEN
        EXECUTE format('SET LOCAL ROLE %I', role);
        BEGIN
            EXECUTE format('UPDATE %s SET organisation_id = $1 WHERE organisation_id = $2', name) USING others[1], own;
            told := told || format('%s: gives a row away; ', name);
        EXCEPTION WHEN insufficient_privilege THEN NULL;
        END;
        SET LOCAL ROLE NONE;
    END IF;
    DROP TABLE foreigner;
    RETURN told;
END
$$;";

fn furnished() -> App {
    let app = App::start();
    for sql in [RECORDS, INVITATIONS, API_CLIENTS, THINGS, BREACHES] {
        app.sql(sql);
    }
    app
}

fn breaches(app: &App) -> Vec<String> {
    let one = |(table, owner): &(&str, &str)| {
        let owner = owner.replace('\'', "''");
        let asked = format!(
            "SELECT breaches('{table}', '{owner}', '{}', ARRAY['{}', '{}']::uuid[])",
            id::NORTHWIND,
            id::CONTOSO,
            id::INITECH
        );
        app.text(&asked)
    };
    // Of a tenant its first partner counts as the owner: Contoso's is Northwind's.
    OWNERS.iter().map(one).filter(|told| !told.is_empty()).collect()
}

#[test]
fn behind_the_wall_nothing_of_another_organisation_can_be_read_or_written() {
    assert_eq!(breaches(&furnished()), Vec::<String>::new());
}

#[test]
fn a_hole_in_the_wall_is_seen() {
    let app = furnished();
    app.sql("CREATE POLICY wall_hole ON mails FOR SELECT USING (true)");
    app.sql("DROP POLICY wall_new ON users; CREATE POLICY wall_new ON users FOR INSERT WITH CHECK (true)");
    let found = breaches(&app).join("\n");
    assert!(
        found.contains("mails: shows another organisation's rows") && found.contains("INSERT INTO users"),
        "{found}"
    );
}

#[test]
fn every_table_stands_behind_the_wall_or_is_closed() {
    let app = App::start();
    let tables = app.text(
        "SELECT string_agg(relname::text, ' ' ORDER BY relname) FROM pg_class WHERE relkind IN ('r', 'p') \
         AND relnamespace = 'public'::regnamespace",
    );
    for table in tables.split(' ') {
        let may =
            |what: &str| app.text(&format!("SELECT has_any_column_privilege(standing_wall(), '{table}', '{what}')"));
        if CLOSED.contains(&table) {
            assert_eq!(may("SELECT, INSERT, UPDATE"), "false", "{table}: partners have nothing to do with it");
        } else {
            let known = OWNERS.iter().any(|(name, _)| *name == table);
            assert!(known, "{table}: say in tests/it/walls.rs whose its rows are, and give it policies named wall_…");
            let secured = app.text(&format!("SELECT relrowsecurity FROM pg_class WHERE oid = '{table}'::regclass"));
            assert_eq!(secured, "true", "{table}: ALTER TABLE … ENABLE ROW LEVEL SECURITY");
        }
    }
}

/// The rows of API credentials that somebody's page shows.
fn credentials(app: &App, who: Who, page: &str) -> usize {
    app.sign_in(who).open(page).is(200).body.matches("a machine of ").count()
}

#[test]
fn requests_of_partners_run_behind_the_wall_and_those_of_staff_do_not() {
    let app = App::start();
    app.sql(API_CLIENTS);
    app.sql("UPDATE api_clients SET name = 'a machine of ' || name");
    let own = "/organisation/api";
    let below = format!("/settings/profile/partners/{}/api", id::NORTHWIND);
    assert!(credentials(&app, Who::Manager, own) > 0 && credentials(&app, Who::Owner, &below) > 0);
    // Without a policy nobody but the owner of the table sees a row, whatever a statement asks for.
    app.sql("DROP POLICY wall_own ON api_clients");
    assert_eq!(credentials(&app, Who::Manager, own), 0);
    assert!(credentials(&app, Who::Owner, &below) > 0);
    assert!(credentials(&app, Who::OtherTenant, "/settings/api-clients") > 0);
}

#[test]
fn calls_of_partners_run_behind_the_wall_to_the_last_batch_of_an_export() {
    let app = App::start();
    app.sql(
        "INSERT INTO partner_records (id, tenant_id, organisation_id, company_name, name_key, partner_type, email, email_key, \
         sales_amount, frequency, payment_terms, created_at, updated_at) \
         SELECT gen_random_uuid(), tenant_id, o.id, 'Record ' || n, 'record ' || n, 'customer', 'a@b.example', 'a@b.example', 1, \
         '', '', now(), now() FROM organisations o, generate_series(1, 3000) n",
    );
    let (key, host) = (app.key(id::NORTHWIND, ALL), app.key(id::ACME_HOST, ALL));
    let lines =
        |machine: &super::support::api::Machine| machine.get("/api/v1/partners/export").is(200).body.lines().count();
    assert_eq!((lines(&key), lines(&host)), (3_000, 3_000));
    // A wall with a hole in the middle: whatever batch is read without it still finds all.
    app.sql(
        "DROP POLICY wall_shared ON partner_records; CREATE POLICY wall_shared ON partner_records FOR SELECT \
         USING (organisation_id = wall_organisation() AND right(company_name, 1) = '7')",
    );
    assert_eq!((lines(&key), lines(&host)), (300, 3_000));
}

#[test]
fn what_a_connection_shares_is_seen_and_no_more() {
    let app = furnished();
    let seen = |what: &str| {
        app.text(&format!(
            "SELECT string_agg(organisation_id::text, ',' ORDER BY organisation_id) FROM partner_records \
             WHERE organisation_id = ANY ({what})"
        ))
    };
    app.sql(&format!(
        "UPDATE connections SET host_organisation_id = '{}', ended_at = NULL, host_grants = '{{READ_PARTNER}}' \
         WHERE guest_organisation_id = '{}' AND host_organisation_id = '{}'",
        id::CONTOSO,
        id::NORTHWIND,
        id::ACME_HOST
    ));
    let mut conn = app.database.connect();
    conn.batch_execute(&format!("SET guildhall.organisation = '{}'", id::NORTHWIND)).expect("a setting");
    let sharing = |conn: &mut _, grant: &str| cluster::text(conn, &format!("SELECT wall_sharing(ARRAY['{grant}'])"));
    assert_eq!(sharing(&mut conn, "READ_PARTNER"), format!("{{{}}}", id::CONTOSO));
    assert_eq!(sharing(&mut conn, "WRITE_PARTNER"), "{}");
    assert_eq!(seen(&format!("ARRAY['{}'::uuid]", id::CONTOSO)), id::CONTOSO, "there is one to be shared");
    app.sql("UPDATE connections SET ended_at = now() WHERE ended_at IS NULL");
    assert_eq!(sharing(&mut conn, "READ_PARTNER"), "{}");
}

#[test]
fn a_portal_without_the_role_serves_and_says_what_is_missing() {
    let app = App::start();
    app.sql("UPDATE installation SET partner_role = NULL");
    app.sign_in(Who::Manager).open("/organisation/users").is(200);
    let output = guildhall(&app, "doctor").output().expect("the doctor comes");
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    assert!(output.status.success(), "it is no fault, only a wall less: {text}");
    let line = text.lines().find(|line| line.contains("Second wall")).unwrap_or_else(|| panic!("{text}"));
    assert!(line.contains("look") && text.contains("GRANT ") && text.contains("guildhall migrate"), "{text}");
}

/// Where the program steps out of the wall, and how often. Each place says why.
const BEYOND: [(&str, usize); 9] = [
    ("src/api/repeat.rs", 1),
    ("src/invitations/pages/decide.rs", 2),
    ("src/invitations/pages/visit.rs", 2),
    ("src/invitations/queries/bulk.rs", 2),
    ("src/invitations/queries/sides.rs", 2),
    ("src/mail/queries.rs", 1),
    ("src/signin/pages/mod.rs", 1),
    ("src/users/queries.rs", 1),
    ("src/web/once.rs", 1),
];

#[test]
fn nothing_steps_out_of_the_wall_but_where_it_is_listed() {
    let mut found = BTreeMap::new();
    for source in house::sources().iter().filter(|source| !source.path.starts_with("src/db/")) {
        let steps: usize = ["wall::beyond(", ".beyond("].iter().map(|call| source.code.matches(call).count()).sum();
        if steps > 0 {
            found.insert(source.path.clone(), steps);
        }
        let sets_roles = ["SET ROLE", "SET LOCAL ROLE", "SESSION AUTHORIZATION", "guildhall.organisation"];
        assert!(
            !sets_roles.iter().any(|words| source.code.contains(words)),
            "{}: only src/db/wall.rs does",
            source.path
        );
        // A task of its own has no asker any more: it has to take one along.
        let spawns = ["rt::spawn(", "tokio::spawn(", "spawn_local("].iter().any(|words| source.code.contains(words));
        let request =
            !["src/cli.rs", "src/mail/", "src/signin/provider/"].iter().any(|path| source.path.starts_with(path));
        let takes_along = source.code.contains(".for_this_asker()");
        assert!(!spawns || !request || takes_along, "{}: spawns, and does not say for whom", source.path);
    }
    let listed: BTreeMap<_, _> = BEYOND.iter().map(|(path, steps)| ((*path).to_owned(), *steps)).collect();
    assert_eq!(found, listed);
}
