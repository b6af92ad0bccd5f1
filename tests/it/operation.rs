//! What the people who run the portal rely on: migrations, new tenants, health, and answers while the database hangs.

use std::time::{Duration, Instant};

use diesel::Connection as _;
use diesel::connection::SimpleConnection as _;
use diesel_migrations::MigrationHarness as _;
use guildhall::access::EmailAddress;
use guildhall::db::{Fault, MIGRATIONS, migrate};
use guildhall::settings::actions::{self, NewTenant, Refusal};
use serde_json::json;

use super::support::{App, id};

fn initrode() -> NewTenant {
    NewTenant {
        slug: "initrode".into(),
        name: "Initrode".into(),
        owner_name: "Irma".into(),
        owner_email: EmailAddress::parse("Irma@Initrode.example").unwrap(),
    }
}

#[test]
fn the_first_owner_of_a_new_tenant_can_sign_in_and_sees_an_empty_programme() {
    let app = App::start();
    let now = app.now();
    app.database.connect().transaction(|tx| actions::create(tx, now, &initrode())).unwrap();
    let mut irma = app.visitor();
    let page = irma.sign_in("irma@initrode.example");
    page.is(200).shows("No partners yet").hides("Northwind");
    irma.open("/settings/history").shows("created");
    let again = app.database.connect().transaction(|tx| actions::create(tx, now, &initrode()));
    assert!(matches!(again, Err(Fault::Refused(Refusal::SlugTaken))), "{again:?}");
}

#[test]
fn every_migration_can_be_undone_and_done_again() {
    let app = App::start();
    let mut conn = app.database.connect();
    conn.revert_all_migrations(MIGRATIONS).unwrap();
    conn.run_pending_migrations(MIGRATIONS).unwrap();
    assert_eq!(app.count("users"), 0);
    assert_eq!(migrate::run(&app.database.url), Ok(0), "a second run has nothing to do");
}

#[test]
fn migrations_that_start_together_wait_for_each_other() {
    let app = App::start();
    app.database.connect().revert_all_migrations(MIGRATIONS).unwrap();
    let url = app.database.url.as_str();
    let done: Vec<_> = std::thread::scope(|scope| {
        let threads: Vec<_> = (0..3).map(|_| scope.spawn(|| migrate::run(url))).collect();
        threads.into_iter().map(|thread| thread.join().unwrap()).collect()
    });
    assert_eq!(done.iter().filter(|done| matches!(done, Ok(0))).count(), 2, "{done:?}");
    assert!(done.iter().all(Result::is_ok), "{done:?}");
}

#[test]
fn the_portal_is_ready_only_with_the_schema_that_it_knows() {
    let app = App::start();
    let ready = || app.server.send("GET", "/health/ready", &[("Host", "10.0.0.1")], b"").status;
    assert_eq!(ready(), 200);
    app.sql(
        "DELETE FROM __diesel_schema_migrations WHERE version = (SELECT max(version) FROM __diesel_schema_migrations)",
    );
    assert_eq!(ready(), 503);
    let behind = migrate::check(&mut app.database.connect());
    assert!(behind.is_err_and(|error| error.contains("guildhall migrate")));
    assert_eq!(app.server.send("GET", "/health/live", &[("Host", "10.0.0.1")], b"").status, 200);
}

#[test]
fn a_database_that_hangs_frees_its_requests_and_recovers() {
    let app = App::start();
    let owner = app.owner();
    let mut blocker = app.database.connect();
    blocker.batch_execute("BEGIN; LOCK TABLE organisations IN ACCESS EXCLUSIVE MODE").unwrap();
    let began = Instant::now();
    let cookie = format!("guildhall_session={}", owner.cookie("guildhall_session"));
    let headers = [("Host", app.server.authority.as_str()), ("Cookie", cookie.as_str())];
    let answer = app.server.send("GET", "/settings/profile/partners", &headers, b"");
    assert_eq!(answer.status, 503);
    assert!(!answer.header("retry-after").is_empty());
    answer.shows("What is saved is safe; try again in a few seconds.");
    assert!(began.elapsed() < Duration::from_secs(10), "{:?}", began.elapsed());
    blocker.batch_execute("ROLLBACK").unwrap();
    let page = app.server.send("GET", &format!("/settings/profile/partners/{}", id::NORTHWIND), &headers, b"");
    assert_eq!(page.status, 200);
}

/// Statements that take most of the time that one may, so that two take longer than a request waits.
const DAWDLING: &str = "
CREATE FUNCTION dawdle() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN PERFORM pg_sleep(2.5); RETURN NEW; END $$;
CREATE TRIGGER dawdle BEFORE INSERT ON organisations FOR EACH ROW EXECUTE FUNCTION dawdle();
CREATE TRIGGER dawdle BEFORE INSERT ON audit_events FOR EACH ROW EXECUTE FUNCTION dawdle();";
const UNTIL_ALL_HAS_ENDED: &str = "DO $$ BEGIN
    WHILE EXISTS (SELECT FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid() AND xact_start IS NOT NULL) LOOP
        PERFORM pg_stat_clear_snapshot();
    END LOOP;
END $$";

#[test]
fn a_change_that_nobody_waited_for_is_not_made() {
    let app = App::start();
    let machine = app.key(id::ACME_HOST, "WRITE_PARTNER");
    app.sql(DAWDLING);
    let new = json!({ "name": "Tardy Traders", "zuoraAccountId": "z", "isZuoraInvoiceOwner": true });
    let mut headers = vec![("Host", app.server.authority.as_str()), ("Content-Type", "application/json")];
    headers.extend(machine.headers().iter().map(|(name, value)| (name.as_str(), value.as_str())));
    let sent = new.to_string();
    assert_eq!(app.server.send("POST", "/api/v1/organisations", &headers, sent.as_bytes()).status, 503);
    app.sql(UNTIL_ALL_HAS_ENDED);
    assert_eq!(app.count("organisations WHERE name = 'Tardy Traders'"), 0, "it was said that it could not be done");
    app.sql("DROP FUNCTION dawdle CASCADE");
    machine.post("/api/v1/organisations", &new).is(201);
}

#[test]
fn connections_that_the_database_cut_are_replaced() {
    let app = App::start();
    let mut owner = app.owner();
    app.sql("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()");
    owner.open("/account");
    owner.submit("/settings/profile/edit", "Save", &[("name", "Acme Again")]).is(303);
    assert_eq!(app.count("tenants WHERE name = 'Acme Again'"), 1);
}
