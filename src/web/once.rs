//! Forms that create something carry a key, so that a double click, a reload or a lost answer makes one object.
//! Owns the table of used keys; the key is claimed in the transaction that creates, so a refused form keeps its key.

use chrono::{DateTime, Duration, Utc};
use diesel::pg::PgConnection;
use diesel::prelude::*;
use uuid::Uuid;

use crate::db::schema::used_form_keys;
use crate::db::wall;

/// How long a key is remembered.
const REMEMBERED_HOURS: i64 = 24;

/// What became of a key.
#[derive(Debug, PartialEq, Eq)]
pub enum Claim {
    /// It is ours now: go on and create.
    First,
    /// The same form was sent before; this is where its object is.
    Again(String),
    /// The key was used for other input (the Back button, then a change): show the form again, with a new key.
    Changed,
}

/// A form as it was sent: its key, who sent it, and what was in it.
#[derive(Debug, Clone)]
pub struct Sent {
    pub key: String,
    pub user: Uuid,
    /// All fields in the order of the form.
    pub content: String,
}

/// A fresh key for a form.
pub fn new_key(now: DateTime<Utc>) -> String {
    crate::secrets::new_id(now).to_string()
}

/// Claims the key of a form for an object at `location`. Waits for a twin under way. A form without a key that can be
/// read is treated as new.
pub fn claim(tx: &mut PgConnection, sent: &Sent, location: &str, now: DateTime<Utc>) -> QueryResult<Claim> {
    let Ok(key) = Uuid::parse_str(&sent.key) else { return Ok(Claim::First) };
    wall::beyond(tx, "what is old is forgotten by whoever comes next", |tx| forget_old(tx, now))?;
    let hash = crate::secrets::sha256(&sent.content);
    let inserted = diesel::insert_into(used_form_keys::table)
        .values((
            used_form_keys::key.eq(key),
            used_form_keys::user_id.eq(sent.user),
            used_form_keys::sent_hash.eq(&hash),
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
        .filter(used_form_keys::user_id.eq(sent.user))
        .select((used_form_keys::sent_hash, used_form_keys::location))
        .first::<(Vec<u8>, String)>(tx)
        .optional()?;
    Ok(match first {
        Some((known, location)) if known == hash => Claim::Again(location),
        _ => Claim::Changed,
    })
}

/// Forgets keys that nobody will send again; a few at a time, so that no form waits for it.
fn forget_old(tx: &mut PgConnection, now: DateTime<Utc>) -> QueryResult<usize> {
    let old = used_form_keys::table
        .filter(used_form_keys::created_at.lt(now - Duration::hours(REMEMBERED_HOURS)))
        .select(used_form_keys::key)
        .limit(20)
        .for_update()
        .skip_locked();
    let old: Vec<Uuid> = old.load(tx)?;
    diesel::delete(used_form_keys::table.filter(used_form_keys::key.eq_any(old))).execute(tx)
}
