//! What can be done with a connection. Rules, writes and history of each in the caller's transaction.

use chrono::{DateTime, Utc};
use diesel::QueryResult;
use diesel::pg::PgConnection;
use uuid::Uuid;

use super::model::{Allowance, Connection, told};
use super::queries;
use crate::access::{Actor, WriteRecords};
use crate::audit::{self, Change, Event, Object, Verb};
use crate::db::Fault;

/// A connection to be made. The caller has made sure that both organisations belong to the tenant and are active.
#[derive(Debug, Clone)]
pub struct NewConnection<'a> {
    pub id: Uuid,
    pub tenant: Uuid,
    /// Who invited: id and name.
    pub host: (Uuid, &'a str),
    /// Who accepted: id and name.
    pub guest: (Uuid, &'a str),
    pub invitation: Uuid,
    /// The person who accepted: id and name.
    pub by: (Uuid, &'a str),
}

/// What came of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Begun {
    New(Uuid),
    /// They were connected already; nothing was changed.
    Already(Uuid),
}

/// Connects two organisations, in the transaction that accepts the invitation. Each side's history tells it.
pub fn begin(tx: &mut PgConnection, new: &NewConnection<'_>, now: DateTime<Utc>) -> QueryResult<Begun> {
    if let Some(live) = queries::live_between(tx, new.host.0, new.guest.0)? {
        return Ok(Begun::Already(live));
    }
    queries::insert(tx, new, now)?;
    for (side, other) in [(new.host, new.guest), (new.guest, new.host)] {
        let (object, object_name) = (Object::Connection(new.id), other.1.to_owned());
        let event =
            Event { verb: Verb::Connect, object, object_name, organisation_id: Some(side.0), changes: Vec::new() };
        audit::record_for(tx, new.tenant, Some(new.by), now, &event)?;
    }
    Ok(Begun::New(new.id))
}

/// Why an action on a connection was refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Refusal {
    /// Somebody changed it since the form was opened; the version that it has now.
    Stale(i32),
    /// It has ended, so nothing can be granted any more.
    Ended,
    /// The actor's organisation has no such connection.
    Gone,
}

type Outcome<T> = Result<T, Fault<Refusal>>;

/// Replaces what the actor's own organisation lets the other do, if the connection still has `version`; None takes it
/// as it is. Nobody can decide for another organisation: which one it is comes from the actor. Gives the other's name.
pub fn grant(
    tx: &mut PgConnection,
    who: &Actor<WriteRecords>,
    now: DateTime<Utc>,
    (id, version): (Uuid, Option<i32>),
    grants: &[Allowance],
) -> Outcome<String> {
    let (connection, other) = locked(tx, who, id)?;
    if !connection.is_live() {
        return Err(Fault::Refused(Refusal::Ended));
    }
    if version.is_some_and(|version| version != connection.version) {
        return Err(Fault::Refused(Refusal::Stale(connection.version)));
    }
    let own = who.organisation.id;
    let (before, after) = (told(connection.given_by(own)), told(grants));
    if before != after {
        queries::set_grants(tx, id, connection.side_of(own), grants, now)?;
        let change = |field| Change::of(field, Some(before), Some(after)).into_iter().collect();
        let both = [change("grants"), change("grants_received")];
        note(tx, who, now, (&connection, &other), Verb::Grant, both)?;
    }
    Ok(other)
}

/// What came of ending a connection, with the name of the other side.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Ending {
    Now(String),
    /// Somebody else was faster.
    Before(String),
}

/// Ends a connection for both sides. It stays to be read.
pub fn end(tx: &mut PgConnection, who: &Actor<WriteRecords>, now: DateTime<Utc>, id: Uuid) -> Outcome<Ending> {
    let (connection, other) = locked(tx, who, id)?;
    if !connection.is_live() {
        return Ok(Ending::Before(other));
    }
    queries::end(tx, id, who.organisation.id, now)?;
    note(tx, who, now, (&connection, &other), Verb::Disconnect, [Vec::new(), Vec::new()])?;
    Ok(Ending::Now(other))
}

/// A connection of the actor's organisation, locked, and the name of the other side.
fn locked(tx: &mut PgConnection, who: &Actor<WriteRecords>, id: Uuid) -> Outcome<(Connection, String)> {
    let (tenant, own) = (who.tenant.id, who.organisation.id);
    let connection = found(queries::find_for_update(tx, tenant, own, id))?;
    crate::access::queries::still_stands(tx, who)?;
    let other = queries::name_of(tx, tenant, connection.other_than(own))?;
    Ok((connection, other))
}

/// Tells it in both histories; each names the other side, and has changes in its own words.
fn note(
    tx: &mut PgConnection,
    who: &Actor<WriteRecords>,
    now: DateTime<Utc>,
    (connection, other): (&Connection, &str),
    verb: Verb,
    [ours, theirs]: [Vec<Change>; 2],
) -> Outcome<()> {
    let own = &who.organisation;
    for (side, name, changes) in [(own.id, other, ours), (connection.other_than(own.id), &own.name, theirs)] {
        let object = Object::Connection(connection.id);
        let event = Event { verb, object, object_name: name.into(), organisation_id: Some(side), changes };
        audit::record(tx, who, now, &event)?;
    }
    Ok(())
}

fn found<T>(result: QueryResult<T>) -> Outcome<T> {
    result.map_err(|error| match error {
        diesel::result::Error::NotFound => Fault::Refused(Refusal::Gone),
        other => other.into(),
    })
}
