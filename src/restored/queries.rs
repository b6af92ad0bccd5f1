//! Diesel for a restored database. Knows tables and nothing else; speaks of all tenants at once.

use chrono::{DateTime, Utc};
use diesel::connection::CacheSize;
use diesel::pg::PgConnection;
use diesel::prelude::*;
use diesel::sql_types::{BigInt, Bool, Nullable, Timestamptz};
use uuid::Uuid;

use crate::db::migrate;
use crate::db::schema::{api_tokens, sessions, signin_flows, signin_proofs, tenants};

/// How many mails are held, and when the data was last found to be restored.
#[derive(Debug, Clone, Copy, PartialEq, Eq, QueryableByName)]
pub struct Standing {
    #[diesel(sql_type = BigInt)]
    pub held: i64,
    #[diesel(sql_type = Nullable<Timestamptz>)]
    pub restored_at: Option<DateTime<Utc>>,
}

#[derive(QueryableByName)]
struct Yes {
    #[diesel(sql_type = Bool)]
    yes: bool,
}

/// A connection of its own, outside the pool: for the start and for commands.
pub fn connect(url: &str) -> Result<PgConnection, String> {
    let mut conn = migrate::connect(url)?;
    conn.set_prepared_statement_cache_size(CacheSize::Disabled);
    Ok(conn)
}

pub fn takes_writes(conn: &mut PgConnection) -> QueryResult<bool> {
    let question = "SELECT current_setting('transaction_read_only') = 'off' AS yes";
    Ok(diesel::sql_query(question).get_result::<Yes>(conn)?.yes)
}

/// Whether the data lies in another database than when the portal last looked.
pub fn has_moved(conn: &mut PgConnection) -> QueryResult<bool> {
    let question = "SELECT EXISTS (SELECT FROM installation WHERE mark <> database_mark()) AS yes";
    Ok(diesel::sql_query(question).get_result::<Yes>(conn)?.yes)
}

/// Remembers the new place. False when another instance was faster.
pub fn settle_in(tx: &mut PgConnection, now: DateTime<Utc>) -> QueryResult<bool> {
    let update = "UPDATE installation SET mark = database_mark(), restored_at = $1 WHERE mark <> database_mark()";
    Ok(diesel::sql_query(update).bind::<Timestamptz, _>(now).execute(tx)? == 1)
}

/// As [`settle_in`], because somebody says so.
pub fn settle_in_again(tx: &mut PgConnection, now: DateTime<Utc>) -> QueryResult<usize> {
    diesel::sql_query("UPDATE installation SET mark = database_mark(), restored_at = $1")
        .bind::<Timestamptz, _>(now)
        .execute(tx)
}

/// Mails that could have left since the backup.
pub fn hold_mails(tx: &mut PgConnection, now: DateTime<Utc>) -> QueryResult<usize> {
    // As many as there are, however long it takes; nobody is served meanwhile.
    diesel::sql_query("SET LOCAL statement_timeout = '5min'").execute(tx)?;
    diesel::sql_query(
        "UPDATE mails SET state = 'held', lease = NULL, leased_until = NULL, updated_at = $1
         WHERE state IN ('queued', 'deferred') AND due_at <= $1",
    )
    .bind::<Timestamptz, _>(now)
    .execute(tx)
}

/// Ends what may have been ended since the backup.
pub fn end_sessions(tx: &mut PgConnection, now: DateTime<Utc>) -> QueryResult<usize> {
    diesel::delete(api_tokens::table).execute(tx)?;
    diesel::delete(signin_flows::table).execute(tx)?;
    diesel::delete(signin_proofs::table).execute(tx)?;
    diesel::update(sessions::table.filter(sessions::ended_at.is_null())).set(sessions::ended_at.eq(now)).execute(tx)
}

pub fn tenants(tx: &mut PgConnection) -> QueryResult<Vec<(Uuid, String)>> {
    tenants::table.select((tenants::id, tenants::name)).load(tx)
}

pub fn standing(conn: &mut PgConnection) -> QueryResult<Standing> {
    diesel::sql_query(
        "SELECT (SELECT count(*) FROM mails WHERE state = 'held') AS held, (SELECT restored_at FROM installation) AS restored_at",
    )
    .get_result(conn)
}

/// Puts the held mails back; the worker asks again whether what they tell is still so.
pub fn release(tx: &mut PgConnection, now: DateTime<Utc>) -> QueryResult<usize> {
    diesel::sql_query("UPDATE mails SET state = 'queued', due_at = $1, updated_at = $1 WHERE state = 'held'")
        .bind::<Timestamptz, _>(now)
        .execute(tx)
}

pub fn drop_held(tx: &mut PgConnection, now: DateTime<Utc>) -> QueryResult<usize> {
    diesel::sql_query(
        "UPDATE mails SET state = 'cancelled', updated_at = $1,
             last_error = 'The database was restored from a backup, and this mail may have left before.'
         WHERE state = 'held'",
    )
    .bind::<Timestamptz, _>(now)
    .execute(tx)
}
