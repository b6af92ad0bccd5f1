//! The good rows of an import into the database: many at once, by COPY, with their history. What a row is worth is decided
//! in `import.rs`; which rows make an import, in `imports.rs`. Every statement is scoped by tenant.
//!
//! COPY knows no *on conflict*, so rows whose name or code is taken are asked for before. Whoever takes one in between is
//! met by the unique indexes: the rows are then asked for once more.

use std::collections::HashMap;

use chrono::{DateTime, Utc};
use diesel::connection::SimpleConnection as _;
use diesel::pg::PgConnection;
use diesel::prelude::*;
use diesel::result::DatabaseErrorKind::UniqueViolation;
use diesel::result::Error as Diesel;
use diesel::sql_types::{Array, BigInt, Bool, Nullable, Text};
use uuid::Uuid;

use super::actions;
use super::import::{Row, RowFault, Target};
use super::model::{Details, InvoiceOwner, name_key};
use crate::access::OrganisationKind;
use crate::audit::{self, Event, Object, Verb};
use crate::db::Fault;
use crate::db::schema::organisations;
use crate::secrets;

/// How often rows are tried that somebody else takes the names of meanwhile.
const TRIES: u32 = 5;

/// An organisation to be written. None is NULL, as COPY wants it.
#[derive(Insertable)]
#[diesel(table_name = organisations, treat_none_as_default_value = false)]
struct NewPartner<'a> {
    id: Uuid,
    tenant_id: Uuid,
    parent_id: Uuid,
    kind: OrganisationKind,
    name: &'a str,
    name_key: &'a str,
    code: Option<&'a str>,
    country: Option<&'a str>,
    time_zone: &'a str,
    logo_url: Option<&'a str>,
    zuora_account_id: Option<&'a str>,
    salesforce_account_id: Option<&'a str>,
    invoice_owner: Option<InvoiceOwner>,
    customer_count: i32,
    properties: &'a serde_json::Value,
    created_at: DateTime<Utc>,
    updated_at: DateTime<Utc>,
    import_id: Option<Uuid>,
}

/// A row, and what it is found by.
struct Candidate<'a> {
    row: &'a Row,
    key: String,
}

/// Creates the partners of some rows, but for those whose name or code is taken, which come back.
///
/// # Errors
/// When the database fails, or whoever imports is no longer who they were.
pub fn save(tx: &mut PgConnection, target: &Target, now: DateTime<Utc>, rows: &[Row]) -> Result<Vec<RowFault>, Fault> {
    if rows.is_empty() {
        return Ok(Vec::new());
    }
    if let Some(who) = &target.by {
        crate::access::queries::still_stands(tx, who)?;
    }
    let candidates: Vec<Candidate> = rows.iter().map(Candidate::of).collect();
    let mut tries = 1;
    let (made, refused) = loop {
        let (free, refused) = apart(tx, target.tenant, &candidates)?;
        // Ids in the order of the file, so that it reads the same afterwards.
        let mut ids: Vec<Uuid> = free.iter().map(|_| secrets::new_id(now)).collect();
        ids.sort_unstable();
        let made: Vec<(Uuid, &Candidate)> = ids.into_iter().zip(free).collect();
        // In a savepoint, so that a name that is taken in between costs the attempt only.
        match tx.transaction(|tx| insert(tx, target, now, &made)) {
            Err(Diesel::DatabaseError(UniqueViolation, _)) if tries < TRIES => tries += 1,
            done => {
                done?;
                break (made, refused);
            }
        }
    };
    let events: Vec<Event> = made.iter().map(|(id, one)| event(*id, &one.row.details)).collect();
    audit::record_all(tx, target.tenant, target.by.as_ref(), now, &events)?;
    Ok(refused)
}

impl<'a> Candidate<'a> {
    fn of(row: &'a Row) -> Self {
        Self { row, key: name_key(&row.details.name) }
    }

    fn partner<'b>(&'b self, id: Uuid, target: &'b Target, now: DateTime<Utc>) -> NewPartner<'b> {
        let new = &self.row.details;
        NewPartner {
            id,
            tenant_id: target.tenant,
            parent_id: target.parent,
            kind: OrganisationKind::Partner,
            name: &new.name,
            name_key: &self.key,
            code: new.code.as_deref(),
            country: new.country.as_deref(),
            time_zone: new.time_zone.as_deref().unwrap_or(&target.time_zone),
            logo_url: new.logo_url.as_deref(),
            zuora_account_id: new.zuora_account_id.as_deref(),
            salesforce_account_id: new.salesforce_account_id.as_deref(),
            invoice_owner: new.invoice_owner,
            customer_count: new.customer_count,
            properties: &new.properties,
            created_at: now,
            updated_at: now,
            import_id: target.import,
        }
    }
}

/// Which of some names and codes somebody has. Each is looked up by itself: PostgreSQL knows little of a table that is
/// being filled, and would rather read all of it.
const TAKEN: &str = "SELECT wanted.place, name.taken IS NOT NULL AS by_name \
    FROM unnest($2, $3) WITH ORDINALITY AS wanted (key, code, place) \
    LEFT JOIN LATERAL (SELECT true AS taken FROM organisations o \
        WHERE o.tenant_id = $1 AND o.name_key = wanted.key AND o.state <> 'deleted' LIMIT 1) AS name ON true \
    LEFT JOIN LATERAL (SELECT true AS taken FROM organisations o \
        WHERE o.tenant_id = $1 AND lower(o.code) = lower(wanted.code) AND o.state <> 'deleted' LIMIT 1) AS code ON true \
    WHERE name.taken OR code.taken";

#[derive(QueryableByName)]
struct Taken {
    /// Counted from 1.
    #[diesel(sql_type = BigInt)]
    place: i64,
    #[diesel(sql_type = Bool)]
    by_name: bool,
}

/// Those that can be created, and why the others cannot.
fn apart<'a, 'b>(
    tx: &mut PgConnection,
    tenant: Uuid,
    candidates: &'b [Candidate<'a>],
) -> QueryResult<(Vec<&'b Candidate<'a>>, Vec<RowFault>)> {
    let keys: Vec<&str> = candidates.iter().map(|one| one.key.as_str()).collect();
    let codes: Vec<Option<&str>> = candidates.iter().map(|one| one.row.details.code.as_deref()).collect();
    let taken: Vec<Taken> = diesel::sql_query(TAKEN)
        .bind::<diesel::sql_types::Uuid, _>(tenant)
        .bind::<Array<Text>, _>(keys)
        .bind::<Array<Nullable<Text>>, _>(codes)
        .load(tx)?;
    let taken: HashMap<i64, bool> = taken.into_iter().map(|one| (one.place, one.by_name)).collect();
    let (mut free, mut refused) = (Vec::with_capacity(candidates.len()), Vec::new());
    for (place, one) in (1..).zip(candidates) {
        let Some(by_name) = taken.get(&place) else {
            free.push(one);
            continue;
        };
        let column = if *by_name { "name" } else { "code" };
        let message = format!("Another organisation has this {column}.");
        refused.push(RowFault { row: one.row.row, column, code: "taken", message });
    }
    Ok((free, refused))
}

fn insert(
    tx: &mut PgConnection,
    target: &Target,
    now: DateTime<Utc>,
    made: &[(Uuid, &Candidate<'_>)],
) -> QueryResult<usize> {
    if made.is_empty() {
        return Ok(0);
    }
    let partners: Vec<NewPartner> = made.iter().map(|(id, one)| one.partner(*id, target, now)).collect();
    diesel::copy_from(organisations::table).from_insertable(partners).execute(tx)
}

fn event(id: Uuid, new: &Details) -> Event {
    let before = Details { name: new.name.clone(), ..Details::default() };
    Event {
        verb: Verb::Create,
        object: Object::Organisation(id),
        object_name: new.name.clone(),
        organisation_id: Some(id),
        changes: actions::changes(&before, new),
    }
}

/// Lets a connection that imports whole files wait longer before it sorts new words into the search index: what is sorted
/// in at once is sorted in for a fraction of the price.
///
/// # Errors
/// When the database fails.
pub fn prepare(conn: &mut PgConnection) -> QueryResult<()> {
    conn.batch_execute("SET gin_pending_list_limit = '4MB'")
}

/// Sorts in what waits, so that neither the next search nor the next partner pays for it.
///
/// # Errors
/// When the database fails.
pub fn settle(conn: &mut PgConnection) -> QueryResult<()> {
    diesel::sql_query("SELECT gin_clean_pending_list('organisations_search')").execute(conn).map(drop)
}
