//! Bringing a database to this binary's schema. One at a time, by an advisory lock that is polled: a blocking one
//! would hold a snapshot that concurrent index builds wait for.

use std::time::Duration;

use diesel::connection::{CacheSize, SimpleConnection as _};
use diesel::migration::MigrationSource;
use diesel::pg::{Pg, PgConnection};
use diesel::prelude::*;
use diesel::sql_types::{Array, BigInt, Bool, Nullable, Text};
use diesel_migrations::MigrationHarness as _;

use super::MIGRATIONS;

/// Any number, as long as nothing else of ours uses it.
const LOCK: i64 = 0x6775_696c_6468;
const POLLS: u32 = 600;

/// Runs what is pending and tells how many that were. Then raises the second wall anew: its role is in no dump.
///
/// # Errors
/// A sentence: which migration failed, or that the database cannot be reached.
pub fn run(url: &str) -> Result<usize, String> {
    let mut conn = connect(url)?;
    lock(&mut conn)?;
    clear_halves(&mut conn).map_err(|error| format!("what a migration left half done cannot be removed: {error}"))?;
    let done = conn.run_pending_migrations(MIGRATIONS).map(|done| done.len());
    if done.is_ok() {
        // What stands in its way, `wall` tells; the first wall stands without it.
        drop(diesel::sql_query("SELECT raise_wall()").execute(&mut conn));
    }
    // The lock goes with the connection in any case.
    drop(diesel::sql_query(format!("SELECT pg_advisory_unlock({LOCK})")).execute(&mut conn));
    done.map_err(|error| format!("a migration failed, and nothing of it was kept: {error}"))
}

/// Indexes that their migrations build beside writes, outside of a transaction: what a build that was cut off leaves is
/// none, and would be taken for one.
const BESIDE_WRITES: [(&str, &str); 5] = [
    ("20261123000040", "connections_of_tenant"),
    ("20261123000041", "users_parts"),
    ("20261123000043", "users_of_tenant_by_created"),
    ("20261123000044", "invitations_of_tenant_by_created"),
    ("20261123000045", "connections_of_tenant_by_created"),
];

/// Removes what a migration left that was cut off, so that it can begin anew.
fn clear_halves(conn: &mut PgConnection) -> Result<(), Box<dyn std::error::Error + Send + Sync>> {
    #[derive(QueryableByName)]
    struct Half {
        #[diesel(sql_type = Text)]
        name: String,
    }
    let applied: Vec<String> = conn.applied_migrations()?.iter().map(ToString::to_string).collect();
    let pending = BESIDE_WRITES.iter().filter(|(version, _)| !applied.iter().any(|known| known == version));
    let names: Vec<&str> = pending.map(|(_, name)| *name).collect();
    let text = "SELECT c.relname::text AS name FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid \
        WHERE NOT i.indisvalid AND c.relname = ANY($1) AND pg_table_is_visible(i.indrelid)";
    for half in diesel::sql_query(text).bind::<Array<Text>, _>(names).load::<Half>(conn)? {
        conn.batch_execute(&format!("DROP INDEX CONCURRENTLY {}", half.name))?;
    }
    Ok(())
}

/// What it means that it does not stand.
pub const WALL_IS_DOWN: &str =
    "it is down: PostgreSQL does not check that a partner's statements stay in their organisation";

/// Whether the second wall stands, and by which role; else what has to be done by whoever administers the database. Changes
/// nothing.
///
/// # Errors
/// When the database does not answer.
pub fn wall(conn: &mut PgConnection) -> QueryResult<Result<String, String>> {
    #[derive(QueryableByName)]
    struct Wall {
        #[diesel(sql_type = Nullable<Text>)]
        role: Option<String>,
        #[diesel(sql_type = Text)]
        remedy: String,
    }
    let asked = "SELECT standing_wall() AS role, wall_remedy() AS remedy";
    // Behind PgBouncer each statement may meet another backend.
    conn.set_prepared_statement_cache_size(CacheSize::Disabled);
    let wall: Wall = conn.transaction(|tx| diesel::sql_query(asked).get_result(tx))?;
    Ok(wall.role.ok_or_else(|| format!("as somebody who may make roles: {} Then run guildhall migrate", wall.remedy)))
}

/// Refuses a database whose schema is behind this binary. A schema that is ahead is fine: migrations are made so that
/// the version before them goes on working.
///
/// # Errors
/// A sentence with what to do.
pub fn check(conn: &mut PgConnection) -> Result<(), String> {
    conn.set_prepared_statement_cache_size(CacheSize::Disabled);
    // In a transaction, since PgBouncer may give each statement another backend.
    match conn.transaction(is_behind) {
        Ok(false) => Ok(()),
        Ok(true) => Err("the database's schema is older than this program: run `guildhall migrate` first".into()),
        Err(error) => Err(format!("the database's schema cannot be read: {error}")),
    }
}

/// The versions that this binary knows and the database lacks, and those of the database that it does not know.
///
/// # Errors
/// In words, when the database's list cannot be read.
pub fn difference(conn: &mut PgConnection) -> Result<(Vec<String>, Vec<String>), String> {
    let unreadable = |error: &dyn std::fmt::Display| format!("the list of migrations cannot be read: {error}");
    let known: Vec<Box<dyn diesel::migration::Migration<diesel::pg::Pg>>> =
        diesel::migration::MigrationSource::migrations(&MIGRATIONS).map_err(|error| unreadable(&error))?;
    let known: Vec<String> = known.iter().map(|migration| migration.name().version().to_string()).collect();
    let applied = conn.applied_migrations().map_err(|error| unreadable(&error))?;
    let applied: Vec<String> = applied.iter().map(ToString::to_string).collect();
    let lacks = |list: &[String], other: &[String]| -> Vec<String> {
        list.iter().filter(|version| !other.contains(version)).cloned().collect()
    };
    Ok((lacks(&known, &applied), lacks(&applied, &known)))
}

/// Whether migrations of this binary are missing. Only reads: a database that takes no writes is asked too.
pub fn is_behind(conn: &mut PgConnection) -> QueryResult<bool> {
    #[derive(QueryableByName)]
    struct There {
        #[diesel(sql_type = Bool)]
        there: bool,
    }
    #[derive(QueryableByName)]
    struct Missing {
        #[diesel(sql_type = BigInt)]
        missing: i64,
    }
    let table = "SELECT to_regclass('__diesel_schema_migrations') IS NOT NULL AS there";
    if !diesel::sql_query(table).get_result::<There>(conn)?.there {
        return Ok(true);
    }
    let ours: Vec<String> = MigrationSource::<Pg>::migrations(&MIGRATIONS)
        .map(|all| all.iter().map(|migration| migration.name().version().to_string()).collect())
        .unwrap_or_default();
    let missing = "SELECT count(*) AS missing FROM unnest($1) AS ours WHERE ours NOT IN (SELECT version FROM __diesel_schema_migrations)";
    let row = diesel::sql_query(missing).bind::<Array<Text>, _>(ours).get_result::<Missing>(conn)?;
    Ok(row.missing > 0)
}

/// One connection outside the pool, for work that is not a request's.
///
/// # Errors
/// A sentence with what to look at.
pub fn connect(url: &str) -> Result<PgConnection, String> {
    let hint = "DATABASE_URL: the database cannot be reached; is it running, and are name and password right?";
    PgConnection::establish(url).map_err(|_| hint.to_owned())
}

fn lock(conn: &mut PgConnection) -> Result<(), String> {
    #[derive(QueryableByName)]
    struct Taken {
        #[diesel(sql_type = Bool)]
        taken: bool,
    }
    for _ in 0..POLLS {
        let asked =
            diesel::sql_query(format!("SELECT pg_try_advisory_lock({LOCK}) AS taken")).get_result::<Taken>(conn);
        match asked {
            Ok(answer) if answer.taken => return Ok(()),
            Ok(_) => std::thread::sleep(Duration::from_millis(100)),
            Err(error) => return Err(format!("the database does not answer: {error}")),
        }
    }
    Err("another migration has been running for a minute; this one gave up".into())
}
