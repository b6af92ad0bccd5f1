//! `guildhall import`: partners from a CSV file of any size, in constant memory but for the names that it has seen.
//! Rows that cannot be imported are told on standard error; the others are in.

use std::io::Read;
use std::sync::mpsc::{self, Receiver, Sender, SyncSender};
use std::thread;

use chrono::{DateTime, Utc};
use diesel::Connection as _;
use diesel::pg::PgConnection;
use secrecy::ExposeSecret as _;

use crate::clock::Clock;
use crate::config::Config;
use crate::db::{Fault, migrate};
use crate::organisations::import::{self, BATCH, Row, RowFault, Rows, Target};

/// Connections at most. A batch is nobody else's business, so as many are written at once as there are cores.
const WRITERS: usize = 4;

/// Rows on their way to the database, and the moment of their creation: later batches are younger.
type Batch = (DateTime<Utc>, Vec<Row>);

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
    let refused = |error| format!("the database refused: {error}");
    let target = import::target(&mut conn, tenant).map_err(refused)?;
    let target = target.ok_or_else(|| format!("there is no tenant {tenant}"))?;
    let rows = Rows::of(reader, target.salesforce).map_err(|message| format!("{file}: {message}"))?;
    let order = Order { url: database.expose_secret(), target, dry_run };
    let Tally { created, failed } = order.carry_out(rows)?;
    if !dry_run {
        import::settle(&mut conn).map_err(refused)?;
    }
    let done = if dry_run { "can be imported; nothing was written" } else { "imported" };
    println!("{created} organisations {done}.");
    if failed == 0 { Ok(()) } else { Err(format!("{failed} rows cannot be imported")) }
}

/// What is done with every batch.
struct Order<'a> {
    url: &'a str,
    target: Target,
    dry_run: bool,
}

/// What has become of the rows so far.
#[derive(Default)]
struct Tally {
    created: usize,
    failed: usize,
}

/// How many rows of a batch are in, and why the others are not.
type Written = Result<(usize, Vec<RowFault>), String>;

impl Order<'_> {
    /// Reads rows and has them written, a batch at a time by each writer in turn.
    fn carry_out(&self, mut rows: Rows<impl Read>) -> Result<Tally, String> {
        let most = thread::available_parallelism().map_or(1, usize::from).min(WRITERS);
        let (done, results) = mpsc::channel();
        let mut tally = Tally::default();
        thread::scope(|scope| {
            let mut writers: Vec<SyncSender<Batch>> = Vec::with_capacity(most);
            for turn in (0..most).cycle() {
                let Some(batch) = tally.next(&mut rows) else { break };
                if writers.len() <= turn {
                    // One may wait while another is written.
                    let (writer, batches) = mpsc::sync_channel(1);
                    let done = done.clone();
                    scope.spawn(move || self.write(batches, &done));
                    writers.push(writer);
                }
                if writers[turn].send(batch).is_err() {
                    break; // It has failed, and says why below.
                }
                results.try_iter().try_for_each(|written| tally.add(written))?;
            }
            drop((writers, done));
            results.into_iter().try_for_each(|written| tally.add(written))
        })?;
        Ok(tally)
    }

    /// A writer, on a connection of its own.
    fn write(&self, batches: Receiver<Batch>, done: &Sender<Written>) {
        let refused = |error| format!("the database refused: {error}");
        let ready = migrate::connect(self.url).and_then(|mut conn| {
            import::prepare(&mut conn).map_err(refused)?;
            Ok(conn)
        });
        let mut conn = match ready {
            Ok(conn) => conn,
            // Nobody listens when another writer has failed before.
            Err(message) => return drop(done.send(Err(message))),
        };
        for (now, batch) in batches {
            let written = save(&mut conn, self, now, &batch).map(|refused| (batch.len() - refused.len(), refused));
            let failed = written.is_err();
            if done.send(written).is_err() || failed {
                return;
            }
        }
    }
}

impl Tally {
    /// The next rows that can be written; why others cannot is told. None at the end of the file.
    fn next(&mut self, rows: &mut Rows<impl Read>) -> Option<Batch> {
        let mut batch: Vec<Row> = Vec::with_capacity(BATCH);
        let mut more = false;
        for row in rows.by_ref().take(BATCH) {
            more = true;
            match row {
                Ok(row) => batch.push(row),
                Err(faults) => self.tell(&faults),
            }
        }
        more.then(|| (Clock::system().now(), batch))
    }

    fn add(&mut self, written: Written) -> Result<(), String> {
        let (created, refused) = written?;
        self.created += created;
        for fault in &refused {
            self.tell(std::slice::from_ref(fault));
        }
        Ok(())
    }

    /// Tells why one row is not imported.
    fn tell(&mut self, faults: &[RowFault]) {
        for fault in faults {
            eprintln!("row {}: {}: {}", fault.row, fault.column, fault.message);
        }
        self.failed += 1;
    }
}

/// One batch in its transaction, undone if it is only tried.
fn save(conn: &mut PgConnection, order: &Order, now: DateTime<Utc>, batch: &[Row]) -> Result<Vec<RowFault>, String> {
    let outcome = conn.transaction(|tx| {
        let refused =
            import::save(tx, &order.target, now, batch).map_err(|fault| fault.map_refusal(|never| match never {}))?;
        if order.dry_run { Err(Fault::Refused(refused)) } else { Ok(refused) }
    });
    match outcome {
        Ok(refused) | Err(Fault::Refused(refused)) => Ok(refused),
        Err(Fault::Db(error)) => Err(format!("the database refused: {error}")),
    }
}
