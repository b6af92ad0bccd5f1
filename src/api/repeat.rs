//! `Idempotency-Key`: a call that is sent again gets the first answer and does nothing.
//!
//! Owns the table of repeats. The answer is written in the transaction of the work, so that there is never one without
//! the other; a call that was refused changed nothing, leaves nothing here, and is tried anew.

use actix_web::http::StatusCode;
use actix_web::http::header::HeaderMap;
use chrono::{DateTime, Duration, Utc};
use diesel::pg::PgConnection;
use diesel::prelude::*;
use diesel::sql_types::{Bool, Text};
use uuid::Uuid;

use super::error::{ApiError, Fault};
use crate::db;
use crate::db::kept::{Given, Kept};
use crate::db::schema::api_repeats;
use crate::db::wall;
use crate::secrets::sha256;

/// The header, as the IETF's draft names it.
pub const HEADER: &str = "Idempotency-Key";
/// Characters of a key.
const LONGEST: usize = 255;
const REMEMBERED_HOURS: i64 = 24;
/// Old answers that one call forgets.
const FORGOTTEN_AT_ONCE: i64 = 50;

/// A key, who sent it, and with which request.
#[derive(Debug, Clone)]
pub struct Once {
    client: Uuid,
    key: String,
    request: Vec<u8>,
}

/// An answer, and what of it is kept for a repeat.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Done {
    pub status: StatusCode,
    pub body: String,
    /// What a repeat gets instead, where the answer shows a secret.
    pub kept: Option<String>,
}

impl Done {
    pub const fn ok(body: String) -> Self {
        Self { status: StatusCode::OK, body, kept: None }
    }

    pub const fn created(body: String) -> Self {
        Self { status: StatusCode::CREATED, body, kept: None }
    }
}

impl Once {
    /// Reads the key of a call whose request is told apart by `request`; None without one.
    ///
    /// # Errors
    /// 400 for a key that is none.
    pub fn read(headers: &HeaderMap, client: Uuid, request: &str) -> Result<Option<Self>, ApiError> {
        let mut all = headers.get_all(HEADER);
        let Some(first) = all.next() else { return Ok(None) };
        let key = first.to_str().ok().and_then(parse).filter(|_| all.next().is_none());
        let key = key.ok_or_else(|| wrong("Send one key of 1 to 255 visible ASCII characters, such as a UUID."))?;
        Ok(Some(Self { client, key, request: sha256(request) }))
    }

    /// The answer that this key has got already; None when the work is still to be done. Until the transaction ends
    /// nobody else gets past here with the same key.
    ///
    /// # Errors
    /// 409 while the first call is under way, 422 when the key belongs to another request.
    pub fn claim(&self, tx: &mut PgConnection, now: DateTime<Utc>) -> Result<Option<Done>, db::Fault<ApiError>> {
        if !self.take_turn(tx)? {
            return Err(db::Fault::Refused(under_way()));
        }
        wall::beyond(tx, "what is old is forgotten by whoever comes next", |tx| forget_old(tx, now))?;
        let known: Option<(Vec<u8>, Option<i16>, Option<String>)> = api_repeats::table
            .find((self.client, &self.key))
            .filter(api_repeats::created_at.gt(now - Duration::hours(REMEMBERED_HOURS)))
            .select((api_repeats::request_hash, api_repeats::status, api_repeats::body))
            .first(tx)
            .optional()?;
        match known {
            None => Ok(None),
            Some((request, ..)) if request != self.request => Err(db::Fault::Refused(other_request())),
            Some((_, status, body)) => Ok(Some(first_answer(status, body))),
        }
    }

    /// Keeps the answer, in the transaction of the work.
    pub fn keep(&self, tx: &mut PgConnection, done: &Done, now: DateTime<Utc>) -> QueryResult<usize> {
        diesel::delete(api_repeats::table.find((self.client, &self.key))).execute(tx)?;
        diesel::insert_into(api_repeats::table)
            .values((
                (api_repeats::client_id.eq(self.client), api_repeats::key.eq(&self.key)),
                api_repeats::request_hash.eq(&self.request),
                api_repeats::status.eq(i16::try_from(done.status.as_u16()).ok()),
                api_repeats::body.eq(done.kept.as_ref().unwrap_or(&done.body)),
                api_repeats::created_at.eq(now),
            ))
            .execute(tx)
    }

    fn take_turn(&self, tx: &mut PgConnection) -> QueryResult<bool> {
        #[derive(QueryableByName)]
        struct Turn {
            #[diesel(sql_type = Bool)]
            ours: bool,
        }
        let text = "SELECT pg_try_advisory_xact_lock(hashtextextended($1, 20261122)) AS ours";
        let values = vec![Given::Text(format!("{} {}", self.client, self.key))];
        Ok(Kept::new(text.to_owned(), values).get_result::<Turn>(tx)?.ours)
    }
}

/// The draft's string in quotes, or the bare word that most clients send. Both name the same key.
fn parse(raw: &str) -> Option<String> {
    let raw = raw.trim();
    let key = match raw.strip_prefix('"') {
        Some(rest) => unescaped(rest.strip_suffix('"')?)?,
        None if raw.contains(['"', ',', ';', ' ']) => return None,
        None => raw.to_owned(),
    };
    let printable = key.bytes().all(|byte| (b' '..=b'~').contains(&byte));
    (printable && (1..=LONGEST).contains(&key.len())).then_some(key)
}

/// The inside of an RFC 9651 string.
fn unescaped(inner: &str) -> Option<String> {
    let mut out = String::with_capacity(inner.len());
    let mut characters = inner.chars();
    while let Some(c) = characters.next() {
        match c {
            '"' => return None,
            '\\' => out.push(characters.next().filter(|next| matches!(next, '"' | '\\'))?),
            c => out.push(c),
        }
    }
    Some(out)
}

fn first_answer(status: Option<i16>, body: Option<String>) -> Done {
    let status = status.and_then(|status| u16::try_from(status).ok()).and_then(|code| StatusCode::from_u16(code).ok());
    Done { status: status.unwrap_or(StatusCode::OK), body: body.unwrap_or_default(), kept: None }
}

fn fault(code: &'static str, message: &str) -> Fault {
    Fault { place: "header", path: HEADER.into(), code, message: message.into() }
}

fn wrong(message: &str) -> ApiError {
    ApiError::malformed(fault("not_a_key", message))
}

fn under_way() -> ApiError {
    let message = "The first call with this key is still under way. Ask again in a moment.";
    let faults = vec![fault("in_flight", message)];
    ApiError { faults, retry_after: Some(1), ..ApiError::new(StatusCode::CONFLICT, message) }
}

fn other_request() -> ApiError {
    ApiError::refused(vec![fault("used", "This key was used for another request. Send a new key with a new request.")])
}

/// Forgets answers that nobody will ask for again; a few at a time, so that no call waits for it.
fn forget_old(tx: &mut PgConnection, now: DateTime<Utc>) -> QueryResult<usize> {
    let old: Vec<(Uuid, String)> = api_repeats::table
        .filter(api_repeats::created_at.lt(now - Duration::hours(REMEMBERED_HOURS)))
        .order(api_repeats::created_at)
        .select((api_repeats::client_id, api_repeats::key))
        .limit(FORGOTTEN_AT_ONCE)
        .for_update()
        .skip_locked()
        .load(tx)?;
    if old.is_empty() {
        return Ok(0);
    }
    let (clients, keys): (Vec<Uuid>, Vec<String>) = old.into_iter().unzip();
    diesel::sql_query(
        "DELETE FROM api_repeats r USING unnest($1, $2) AS old (client_id, key) \
         WHERE r.client_id = old.client_id AND r.key = old.key",
    )
    .bind::<diesel::sql_types::Array<diesel::sql_types::Uuid>, _>(clients)
    .bind::<diesel::sql_types::Array<Text>, _>(keys)
    .execute(tx)
}

#[cfg(test)]
mod tests {
    use super::parse;

    #[test]
    fn a_key_comes_bare_or_in_quotes() {
        for (raw, key) in [
            ("8e03978e-40d5-43dd-bc93-6894a57f9324", "8e03978e-40d5-43dd-bc93-6894a57f9324"),
            ("\"8e03978e\"", "8e03978e"),
            (" a ", "a"),
            ("\"a \\\"b\\\\\"", "a \"b\\"),
        ] {
            assert_eq!(parse(raw).as_deref(), Some(key), "{raw}");
        }
        assert_eq!(parse(&"k".repeat(255)).map(|key| key.len()), Some(255));
    }

    #[test]
    fn what_is_no_key_is_refused() {
        let long = "k".repeat(256);
        for raw in
            ["", " ", "\"\"", "\"", "\"a", "a\"", "\"a\"b\"", "\"a\\x\"", "a b", "a,b", "a;b", "é", long.as_str()]
        {
            assert_eq!(parse(raw), None, "{raw}");
        }
    }
}
