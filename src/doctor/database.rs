//! The database: reached, new enough, migrated, its indexes whole, its clock like ours, its connections enough.

use std::time::Instant;

use chrono::{DateTime, Utc};
use diesel::pg::PgConnection;
use diesel::prelude::*;
use diesel::sql_types::{Array, Bool, Integer, Nullable, Text, Timestamptz};

use super::Report;
use crate::clock::Clock;
use crate::db::migrate;

const PART: &str = "Database";
/// PostgreSQL 14, as `server_version_num` counts.
const OLDEST: i32 = 140_000;
/// A round trip that takes longer makes every page slow.
const SLOW: std::time::Duration = std::time::Duration::from_millis(10);
/// Seconds that two clocks may differ by.
const DRIFT: i64 = 2;

/// Every index of the schema that this binary knows, one a line; a test compares it with a fresh database.
pub const INDEXES: &str = include_str!("indexes.txt");

#[derive(QueryableByName)]
#[expect(clippy::struct_excessive_bools, reason = "a row of answers, each of them yes or no")]
struct Facts {
    #[diesel(sql_type = Integer)]
    version: i32,
    #[diesel(sql_type = Text)]
    version_name: String,
    #[diesel(sql_type = Text)]
    encoding: String,
    #[diesel(sql_type = Integer)]
    connections: i32,
    #[diesel(sql_type = Bool)]
    superuser: bool,
    #[diesel(sql_type = Nullable<Bool>)]
    encrypted: Option<bool>,
    #[diesel(sql_type = Bool)]
    remote: bool,
    #[diesel(sql_type = Bool)]
    read_only: bool,
    #[diesel(sql_type = Bool)]
    durable: bool,
    #[diesel(sql_type = Timestamptz)]
    now: DateTime<Utc>,
}

const FACTS: &str = "
SELECT current_setting('server_version_num')::int AS version, current_setting('server_version') AS version_name,
    pg_encoding_to_char(encoding) AS encoding, current_setting('max_connections')::int AS connections,
    coalesce((SELECT rolsuper FROM pg_roles WHERE rolname = current_user), false) AS superuser,
    (SELECT ssl FROM pg_stat_ssl WHERE pid = pg_backend_pid()) AS encrypted,
    coalesce(inet_server_addr() NOT IN ('127.0.0.1', '::1'), false) AS remote,
    pg_is_in_recovery() OR current_setting('transaction_read_only')::bool AS read_only,
    current_setting('fsync')::bool AND current_setting('synchronous_commit') <> 'off' AS durable,
    clock_timestamp() AS now
FROM pg_database WHERE datname = current_database()";

/// Looks at the database at `url`, of which the portal takes `pool` connections.
pub(super) fn examine(url: &str, pool: u32, clock: &Clock, report: &mut Report) {
    let Ok(mut conn) = migrate::connect(url) else {
        let remedy =
            "is it running, does the address reach it, are user and password right? psql \"$DATABASE_URL\" tells more";
        return report.fault(PART, "cannot be reached", remedy);
    };
    match diesel::sql_query(FACTS).get_result::<Facts>(&mut conn) {
        Ok(facts) => {
            server(&facts, report);
            sizes(&facts, pool, report);
            clocks(facts.now, clock.now(), report);
        }
        Err(error) => report.fault(PART, format!("does not answer questions about itself: {error}"), "see its log"),
    }
    speed(&mut conn, report);
    schema(&mut conn, report);
}

fn server(facts: &Facts, report: &mut Report) {
    if facts.version < OLDEST {
        report.fault(PART, format!("PostgreSQL {} is too old", facts.version_name), "14 or later is needed");
    } else {
        report.fine(PART, format!("PostgreSQL {}", facts.version_name));
    }
    if facts.encoding != "UTF8" {
        report.fault(
            PART,
            format!("its encoding is {}", facts.encoding),
            "create a database with ENCODING 'UTF8' and move there",
        );
    }
    if facts.read_only {
        report.fault(
            PART,
            "it only lets us read",
            "point DATABASE_URL at the primary, or end default_transaction_read_only",
        );
    }
    if !facts.durable {
        report.warn(
            PART,
            "a crash of its machine may lose what was confirmed",
            "set fsync and synchronous_commit to on",
        );
    }
    if facts.remote && facts.encrypted != Some(true) {
        report.warn(PART, "the way to it is not encrypted", "add ?sslmode=verify-full to DATABASE_URL");
    }
    if facts.superuser {
        report.warn(PART, "the portal's role is a superuser", "a role that owns this one database is enough");
    }
}

fn sizes(facts: &Facts, pool: u32, report: &mut Report) {
    // The pool, two for the worker of the outbox, and some for people who look after the database.
    let wanted = i64::from(pool) + 2 + 5;
    let all = i64::from(facts.connections);
    if wanted > all {
        report.warn(
            PART,
            format!("it allows {all} connections, and one instance may want {}", pool + 2),
            "raise max_connections, lower DATABASE_POOL_SIZE, or put PgBouncer between them",
        );
    }
}

fn clocks(theirs: DateTime<Utc>, ours: DateTime<Utc>, report: &mut Report) {
    let apart = (theirs - ours).num_seconds().abs();
    if apart > DRIFT {
        let words = format!("the database's clock and this machine's are {apart} s apart");
        report.warn("Clock", words, "let both follow a time server (chrony, systemd-timesyncd)");
    } else {
        report.fine("Clock", "agrees with the database's");
    }
}

fn speed(conn: &mut PgConnection, report: &mut Report) {
    let began = Instant::now();
    if diesel::sql_query("SELECT 1").execute(conn).is_err() {
        return;
    }
    let took = began.elapsed();
    let words = format!("a question and its answer take {:.1} ms", took.as_secs_f64() * 1000.0);
    if took > SLOW {
        report.warn(PART, words, "every page asks two or three: bring the portal nearer to the database");
    } else {
        report.fine(PART, words);
    }
}

fn schema(conn: &mut PgConnection, report: &mut Report) {
    let part = "Migrations";
    match migrate::difference(conn) {
        Ok((missing, unknown)) => {
            if !missing.is_empty() {
                report.fault(part, format!("{} are missing", missing.len()), "run guildhall migrate");
            } else if !unknown.is_empty() {
                let words = format!("the database is {} migrations ahead of this program", unknown.len());
                report.warn(part, words, "fine during an upgrade; then run the newer program everywhere");
            } else {
                report.fine(part, "all done");
            }
            if missing.is_empty() {
                indexes(conn, report);
                wall(conn, report);
                tenants(conn, report);
            }
        }
        Err(words) => report.fault(part, words, "run guildhall migrate"),
    }
}

#[derive(QueryableByName)]
struct Name {
    #[diesel(sql_type = Text)]
    name: String,
}

fn indexes(conn: &mut PgConnection, report: &mut Report) {
    let part = "Indexes";
    let wanted: Vec<&str> = INDEXES.lines().collect();
    let missing = "SELECT w.name FROM unnest($1) AS w(name) WHERE NOT EXISTS (SELECT FROM pg_class c \
        JOIN pg_index i ON i.indexrelid = c.oid WHERE c.relname = w.name AND i.indisvalid AND i.indisready \
        AND pg_table_is_visible(c.oid)) ORDER BY 1";
    match diesel::sql_query(missing).bind::<Array<Text>, _>(&wanted).load::<Name>(conn) {
        Ok(names) if names.is_empty() => report.fine(part, format!("all {} are there and valid", wanted.len())),
        Ok(names) => {
            let names: Vec<String> = names.into_iter().map(|row| row.name).collect();
            let remedy = "REINDEX INDEX CONCURRENTLY makes an invalid one whole; one that is gone is in the migrations of this version";
            report.fault(part, format!("missing or invalid: {}", names.join(", ")), remedy);
        }
        Err(error) => report.fault(part, format!("cannot be listed: {error}"), "see the database's log"),
    }
}

fn wall(conn: &mut PgConnection, report: &mut Report) {
    let part = "Second wall";
    match migrate::wall(conn) {
        Ok(Ok(role)) => {
            report.fine(part, format!("partners' statements run as {role}, which sees its own organisation"));
        }
        Ok(Err(remedy)) => report.warn(part, migrate::WALL_IS_DOWN, &remedy),
        Err(error) => report.fault(part, format!("cannot be looked at: {error}"), "see the database's log"),
    }
}

fn tenants(conn: &mut PgConnection, report: &mut Report) {
    let part = "Programmes";
    let slugs = diesel::sql_query("SELECT slug AS name FROM tenants ORDER BY slug LIMIT 5").load::<Name>(conn);
    match slugs {
        Ok(slugs) if slugs.is_empty() => {
            report.warn(part, "there is none yet", "guildhall tenant create makes the first, with its owner");
        }
        Ok(slugs) => {
            let slugs: Vec<String> = slugs.into_iter().map(|row| row.name).collect();
            report.fine(part, slugs.join(", "));
        }
        Err(error) => report.fault(part, format!("cannot be listed: {error}"), "see the database's log"),
    }
}
