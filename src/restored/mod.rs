//! After a backup was restored: notices it, holds what may have been sent since the backup, ends what may have ended.
//!
//! A dump knows the mails that waited when it was made, not that they have left meanwhile. A mail whose time had not
//! come when the restored database is first met cannot have left, so it stays in the outbox; every other one waits for
//! `guildhall restored`, or for staff who send the invitation again. Must not send anything itself.

mod queries;

use chrono::{DateTime, Utc};
use diesel::pg::PgConnection;
use diesel::{Connection as _, QueryResult};

use crate::audit::{self, Event, Object, Verb};
use crate::clock::Clock;

/// What became of the held mails.
pub use queries::Standing;

/// Called at every start and before mail is taken from the outbox, in the same transaction: whether the data was found
/// in another database than before. It has then been dealt with.
pub fn notice(tx: &mut PgConnection, now: DateTime<Utc>) -> QueryResult<bool> {
    if !queries::has_moved(tx)? || !queries::settle_in(tx, now)? {
        return Ok(false);
    }
    hold(tx, now)?;
    Ok(true)
}

/// Holds the mails that are due, and ends sessions, sign-ins under way and access tokens.
fn hold(tx: &mut PgConnection, now: DateTime<Utc>) -> QueryResult<()> {
    let held = queries::hold_mails(tx, now)?;
    let ended = queries::end_sessions(tx, now)?;
    for (tenant, name) in queries::tenants(tx)? {
        let event = Event {
            verb: Verb::Restore,
            object: Object::Tenant(tenant),
            object_name: name,
            organisation_id: None,
            changes: Vec::new(),
        };
        audit::record_for(tx, tenant, None, now, &event)?;
    }
    tracing::warn!(
        held,
        ended,
        "this database was restored from a backup: mails that were due are held, sessions are ended"
    );
    Ok(())
}

/// Looks at the start, before anything is served.
///
/// # Errors
/// A sentence, when the database cannot be asked. One that takes no writes is not.
pub fn look(conn: &mut PgConnection, clock: &Clock) -> Result<(), String> {
    let now = clock.now();
    let restored = conn.transaction(|tx| if queries::takes_writes(tx)? { notice(tx, now) } else { Ok(false) });
    restored.map_err(|error| format!("whether this database was restored cannot be read: {error}"))?;
    let standing = conn.transaction(queries::standing).map_err(|error| error.to_string())?;
    if standing.held > 0 {
        tracing::warn!(
            held = standing.held,
            "mails are held since a backup was restored: see `guildhall restored --help`"
        );
    }
    Ok(())
}

/// What to do with the held mails.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Order {
    /// The database was restored in place, which cannot be noticed: hold.
    Hold,
    /// Send them after all.
    Release,
    /// Never send them.
    Drop,
}

/// `guildhall restored`: does it and tells in a sentence what was done.
///
/// # Errors
/// A sentence.
pub fn carry_out(url: &str, order: Order, clock: &Clock) -> Result<String, String> {
    let now = clock.now();
    let mut conn = queries::connect(url)?;
    let done = conn.transaction(|tx| match order {
        Order::Hold => {
            queries::settle_in_again(tx, now)?;
            hold(tx, now)?;
            let held = queries::standing(tx)?.held;
            Ok(format!(
                "{held} mails that were due are held, everybody is signed out. `guildhall restored --release` sends them, \
                 `--drop` never does."
            ))
        }
        Order::Release => Ok(format!("{} mails are on their way.", queries::release(tx, now)?)),
        Order::Drop => Ok(format!("{} mails will not be sent.", queries::drop_held(tx, now)?)),
    });
    done.map_err(|error: diesel::result::Error| format!("the database refused: {error}"))
}

/// How many mails are held, and since when.
pub fn standing(conn: &mut PgConnection) -> QueryResult<Standing> {
    queries::standing(conn)
}
