//! Forms that create something carry a key, so that a double click, a reload or a lost answer makes one object.
//! Owns the table of used keys; the key is claimed in the transaction that creates, so a refused form keeps its key.

use chrono::{DateTime, Duration, Utc};
use diesel::pg::PgConnection;
use diesel::prelude::*;
use uuid::Uuid;

use crate::db::schema::used_form_keys;

/// How long a key is remembered.
const REMEMBERED_HOURS: i64 = 24;

/// What became of a key.
#[derive(Debug, PartialEq, Eq)]
pub enum Claim {
    /// It is ours now: go on and create.
    First,
    /// The same form was sent before; this is where its object is.
    Again(String),
}

/// A fresh key for a form.
pub fn new_key(now: DateTime<Utc>) -> String {
    crate::secrets::new_id(now).to_string()
}

/// Claims the key that a form of `user` carried, for an object at `location`. Waits for a twin under way.
/// A form without a key that can be read is treated as new.
pub fn claim(tx: &mut PgConnection, key: &str, user: Uuid, location: &str, now: DateTime<Utc>) -> QueryResult<Claim> {
    let Ok(key) = Uuid::parse_str(key) else { return Ok(Claim::First) };
    let inserted = diesel::insert_into(used_form_keys::table)
        .values((
            used_form_keys::key.eq(key),
            used_form_keys::user_id.eq(user),
            used_form_keys::location.eq(location),
            used_form_keys::created_at.eq(now),
        ))
        .on_conflict_do_nothing()
        .execute(tx)?;
    if inserted == 1 {
        return Ok(Claim::First);
    }
    let first = used_form_keys::table
        .find(key)
        .filter(used_form_keys::user_id.eq(user))
        .select(used_form_keys::location)
        .first(tx)
        .optional()?;
    Ok(first.map_or(Claim::First, Claim::Again))
}

/// Forgets keys that nobody will send again.
pub fn forget_old(conn: &mut PgConnection, now: DateTime<Utc>) -> QueryResult<usize> {
    diesel::delete(used_form_keys::table.filter(used_form_keys::created_at.lt(now - Duration::hours(REMEMBERED_HOURS))))
        .execute(conn)
}
