//! `guildhall import`: partners from a CSV file of any size, in constant memory but for the names that it has seen.
//! Rows that cannot be imported are told on standard error; the others are in.

use std::io::Read;

use diesel::Connection as _;
use diesel::pg::PgConnection;
use secrecy::ExposeSecret as _;

use crate::clock::Clock;
use crate::config::Config;
use crate::db::{Fault, migrate};
use crate::organisations::import::{self, BATCH, Row, RowFault, Rows, Target};

/// Imports a file into a tenant.
///
/// # Errors
/// A sentence, also when some rows could not be imported.
pub fn run(
    config: &impl Fn() -> Result<Config, String>,
    file: &str,
    tenant: &str,
    dry_run: bool,
) -> Result<(), String> {
    let database = config()?.database_url;
    let mut conn = migrate::connect(database.expose_secret())?;
    let reader: Box<dyn Read> = if file == "-" {
        Box::new(std::io::stdin())
    } else {
        Box::new(std::fs::File::open(file).map_err(|error| format!("{file}: {error}"))?)
    };
    let target = import::target(&mut conn, tenant).map_err(|error| format!("the database refused: {error}"))?;
    let target = target.ok_or_else(|| format!("there is no tenant {tenant}"))?;
    let mut rows = Rows::of(reader, target.salesforce).map_err(|message| format!("{file}: {message}"))?;
    let (mut created, mut failed) = (0, 0);
    loop {
        let mut batch: Vec<Row> = Vec::with_capacity(BATCH);
        let mut more = false;
        for row in rows.by_ref().take(BATCH) {
            more = true;
            match row {
                Ok(row) => batch.push(row),
                Err(faults) => failed += tell(&faults),
            }
        }
        if !more {
            break;
        }
        let refused = save(&mut conn, &target, &batch, dry_run)?;
        created += batch.len() - refused.len();
        failed += refused.iter().map(|fault| tell(std::slice::from_ref(fault))).sum::<usize>();
    }
    let done = if dry_run { "can be imported; nothing was written" } else { "imported" };
    println!("{created} organisations {done}.");
    if failed == 0 { Ok(()) } else { Err(format!("{failed} rows cannot be imported")) }
}

/// One batch in its transaction, undone if it is only tried.
fn save(conn: &mut PgConnection, target: &Target, batch: &[Row], dry_run: bool) -> Result<Vec<RowFault>, String> {
    let now = Clock::system().now();
    let outcome = conn.transaction(|tx| {
        let refused =
            import::save(tx, target, now, batch).map_err(|fault| fault.map_refusal(|never| match never {}))?;
        if dry_run { Err(Fault::Refused(refused)) } else { Ok(refused) }
    });
    match outcome {
        Ok(refused) | Err(Fault::Refused(refused)) => Ok(refused),
        Err(Fault::Db(error)) => Err(format!("the database refused: {error}")),
    }
}

/// Tells why one row is not imported.
fn tell(faults: &[RowFault]) -> usize {
    for fault in faults {
        eprintln!("row {}: {}: {}", fault.row, fault.column, fault.message);
    }
    1
}
