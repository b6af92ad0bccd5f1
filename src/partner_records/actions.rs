//! What can be done with partner records. Rules, writes and history of each in the caller's transaction.
//!
//! Each holds the organisation, so that nothing is written for one that goes into the bin meanwhile.

use chrono::{DateTime, Utc};
use diesel::pg::PgConnection;
use uuid::Uuid;

use super::model::{NewRecord, Record};
use super::queries;
use crate::access::{Actor, WriteRecords};
use crate::audit::{self, Change, Event, Object, Verb};
use crate::db::Fault;

/// Why an action on a record was refused.
#[derive(Debug)]
pub enum Refusal {
    /// Somebody changed the record since the form was opened; how it is now.
    Stale(Box<Record>),
    /// There is no such record (any more), or no such organisation.
    Gone,
    /// The form that creates was sent before, with other values.
    UsedBefore,
}

type Outcome<T> = Result<T, Fault<Refusal>>;

/// Who acts, when, and on the records of which organisation.
pub struct Scope<'a> {
    pub who: &'a Actor<WriteRecords>,
    pub organisation: Uuid,
    pub now: DateTime<Utc>,
}

/// Records a company under an id that the caller has chosen.
pub fn create(tx: &mut PgConnection, scope: &Scope<'_>, id: Uuid, new: &NewRecord) -> Outcome<()> {
    hold(tx, scope)?;
    queries::insert(tx, (scope.who.tenant.id, scope.organisation), id, new, scope.now)?;
    note(tx, scope, Verb::Create, (id, &new.company_name), changes(None, new))
}

/// Changes a record, if it still has `version`; None takes it as it is.
pub fn edit(
    tx: &mut PgConnection,
    scope: &Scope<'_>,
    (id, version): (Uuid, Option<i32>),
    new: &NewRecord,
) -> Outcome<()> {
    update(tx, scope, (id, version), |record| record.clone_from(new))
}

/// Changes whatever `change` changes, if the record still has `version`; None takes it as it is.
pub fn update(
    tx: &mut PgConnection,
    scope: &Scope<'_>,
    (id, version): (Uuid, Option<i32>),
    change: impl FnOnce(&mut NewRecord),
) -> Outcome<()> {
    let old = present(tx, scope, id)?;
    let mut new = old.noted().ok_or(Fault::Refused(Refusal::Gone))?;
    change(&mut new);
    if version.is_some_and(|version| version != old.version) {
        return Err(Fault::Refused(Refusal::Stale(Box::new(old))));
    }
    let changes = changes(Some(&old), &new);
    if changes.is_empty() {
        return Ok(());
    }
    queries::update(tx, (scope.organisation, id), &new, scope.now)?;
    note(tx, scope, Verb::Edit, (id, &new.company_name), changes)
}

/// Deletes a record; an invitation made from it goes on by itself.
pub fn remove(tx: &mut PgConnection, scope: &Scope<'_>, id: Uuid) -> Outcome<Record> {
    let record = present(tx, scope, id)?;
    queries::set_deleted(tx, (scope.organisation, id), Some(scope.now), scope.now)?;
    note(tx, scope, Verb::Remove, (id, &record.company_name), Vec::new())?;
    Ok(record)
}

/// Undoes a deletion.
pub fn bring_back(tx: &mut PgConnection, scope: &Scope<'_>, id: Uuid) -> Outcome<Record> {
    hold(tx, scope)?;
    let record = found(queries::find_for_update(tx, scope.organisation, id))?;
    if record.deleted_at.is_some() {
        queries::set_deleted(tx, (scope.organisation, id), None, scope.now)?;
        note(tx, scope, Verb::Restore, (id, &record.company_name), Vec::new())?;
    }
    Ok(record)
}

/// Shared, since records of one company do not get into each other's way.
fn hold(tx: &mut PgConnection, scope: &Scope<'_>) -> Outcome<()> {
    found(queries::hold_organisation(tx, (scope.who.tenant.id, scope.organisation)))?;
    Ok(crate::access::queries::still_stands(tx, scope.who)?)
}

/// The record, locked, if it has not been deleted.
fn present(tx: &mut PgConnection, scope: &Scope<'_>, id: Uuid) -> Outcome<Record> {
    hold(tx, scope)?;
    let record = found(queries::find_for_update(tx, scope.organisation, id))?;
    if record.deleted_at.is_some() { Err(Fault::Refused(Refusal::Gone)) } else { Ok(record) }
}

fn found<T>(result: diesel::QueryResult<T>) -> Outcome<T> {
    result.map_err(|error| match error {
        diesel::result::Error::NotFound => Fault::Refused(Refusal::Gone),
        other => other.into(),
    })
}

/// The fields that differ, in the order of the form.
fn changes(old: Option<&Record>, new: &NewRecord) -> Vec<Change> {
    let (sales_then, sales) = (old.map(|old| old.sales_amount.to_string()), new.sales_amount.to_string());
    [
        ("company_name", old.map(|old| old.company_name.as_str()), new.company_name.as_str()),
        ("partner_type", old.map(|old| old.partner_type.word()), new.partner_type.word()),
        ("email", old.map(|old| old.email.as_str()), new.email.as_typed()),
        ("sales_amount", sales_then.as_deref(), &sales),
        ("frequency", old.map(|old| old.frequency.as_str()), &new.frequency),
        ("payment_terms", old.map(|old| old.payment_terms.as_str()), &new.payment_terms),
    ]
    .into_iter()
    // A creation names the company in its sentence.
    .filter(|(field, ..)| old.is_some() || *field != "company_name")
    .filter_map(|(field, then, now)| Change::of(field, then, Some(now)))
    .collect()
}

fn note(
    tx: &mut PgConnection,
    scope: &Scope<'_>,
    verb: Verb,
    (id, name): (Uuid, &str),
    changes: Vec<Change>,
) -> Outcome<()> {
    let organisation_id = Some(scope.organisation);
    let event = Event { verb, object: Object::PartnerRecord(id), object_name: name.into(), organisation_id, changes };
    Ok(audit::record(tx, scope.who, scope.now, &event)?)
}
