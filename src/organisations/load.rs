//! The good rows of an import into the database: many at once, by COPY, with their history. What a row is worth is decided
//! in `import.rs`; which rows make an import, in `imports.rs`. Every statement is scoped by tenant.
//!
//! COPY knows no *on conflict*: where a name or a code is taken the rows are inserted one by one after all, in one
//! statement that passes over them.

#![expect(clippy::ref_option_ref, reason = "Insertable makes them, which knows no better")]

use std::collections::HashSet;

use chrono::{DateTime, Utc};
use diesel::connection::SimpleConnection as _;
use diesel::pg::PgConnection;
use diesel::prelude::*;
use diesel::result::DatabaseErrorKind::UniqueViolation;
use diesel::result::Error as Diesel;
use uuid::Uuid;

use super::actions;
use super::import::{Row, RowFault, Target};
use super::model::{Details, InvoiceOwner, name_key};
use crate::access::OrganisationKind;
use crate::audit::{self, Event, Object, Verb};
use crate::db::Fault;
use crate::db::schema::organisations;
use crate::secrets;

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
    // Ids in the order of the file, so that it reads the same afterwards.
    let mut ids: Vec<Uuid> = rows.iter().map(|_| secrets::new_id(now)).collect();
    ids.sort_unstable();
    let all: Vec<(Uuid, &Candidate)> = ids.into_iter().zip(&candidates).collect();
    let new = || all.iter().map(|(id, one)| one.partner(*id, target, now)).collect::<Vec<_>>();
    // In a savepoint, so that a name that is taken costs the attempt only.
    let (made, left): (Vec<_>, Vec<_>) = match tx.transaction(|tx| copy(tx, new())) {
        Err(Diesel::DatabaseError(UniqueViolation, _)) => {
            let created = insert(tx, new())?;
            all.iter().copied().partition(|(id, _)| created.contains(id))
        }
        done => {
            done?;
            (all, Vec::new())
        }
    };
    let events: Vec<Event> = made.iter().map(|(id, one)| event(*id, &one.row.details)).collect();
    audit::record_all(tx, target.tenant, target.by.as_ref(), now, &events)?;
    refused(tx, target.tenant, left.into_iter().map(|(_, one)| one).collect())
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

/// All of them, or none when a name or a code is taken.
fn copy(tx: &mut PgConnection, partners: Vec<NewPartner<'_>>) -> QueryResult<usize> {
    diesel::copy_from(organisations::table).from_insertable(partners).execute(tx)
}

/// Those whose name and code nobody has.
fn insert(tx: &mut PgConnection, partners: Vec<NewPartner<'_>>) -> QueryResult<HashSet<Uuid>> {
    let created: Vec<Uuid> = diesel::insert_into(organisations::table)
        .values(partners)
        .on_conflict_do_nothing()
        .returning(organisations::id)
        .get_results(tx)?;
    Ok(created.into_iter().collect())
}

/// Why rows are not in.
fn refused(tx: &mut PgConnection, tenant: Uuid, left: Vec<&Candidate<'_>>) -> Result<Vec<RowFault>, Fault> {
    if left.is_empty() {
        return Ok(Vec::new());
    }
    let keys: Vec<&str> = left.iter().map(|one| one.key.as_str()).collect();
    let names: Vec<String> = organisations::table
        .filter(organisations::tenant_id.eq(tenant))
        .filter(organisations::name_key.eq_any(keys))
        .filter(organisations::state.ne("deleted"))
        .select(organisations::name_key)
        .load(tx)?;
    let names: HashSet<String> = names.into_iter().collect();
    let fault = |one: &Candidate<'_>| {
        let column = if names.contains(&one.key) { "name" } else { "code" };
        let message = format!("Another organisation has this {column}.");
        RowFault { row: one.row.row, column, code: "taken", message }
    };
    Ok(left.into_iter().map(fault).collect())
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
