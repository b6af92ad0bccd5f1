//! Diesel for partner records. Every statement is scoped by the organisation whose records they are.

use chrono::{DateTime, Utc};
use diesel::dsl::{Eq, IntoBoxed, LeftJoinOn, Nullable};
use diesel::pg::{Pg, PgConnection};
use diesel::prelude::*;
use uuid::Uuid;

use super::model::{NewRecord, PartnerType, Record};
use crate::access::OrganisationKind;
use crate::db::page::{Cursor, Paged};
use crate::db::schema::{invitations, organisations, partner_records};
use crate::db::search::planned_anew;
use crate::input::name_key;
use crate::invitations::State;

/// A row of the table of records.
#[derive(Debug, Clone, Queryable, Selectable)]
#[diesel(table_name = partner_records, check_for_backend(diesel::pg::Pg))]
pub struct RecordRow {
    pub id: Uuid,
    pub company_name: String,
    pub partner_type: PartnerType,
    pub email: String,
    pub sales_amount: i32,
    pub frequency: String,
    pub payment_terms: String,
    pub created_at: DateTime<Utc>,
    pub sort_key: String,
}

/// What is shown of the newest invitation made from a record.
#[derive(Debug, Clone, Queryable, Selectable)]
#[diesel(table_name = invitations, check_for_backend(diesel::pg::Pg))]
pub struct Invited {
    pub id: Uuid,
    pub state: State,
    pub expires_at: DateTime<Utc>,
    pub created_at: DateTime<Utc>,
}

/// The organisation that accepted.
#[derive(Debug, Clone, Queryable, Selectable)]
#[diesel(table_name = organisations, check_for_backend(diesel::pg::Pg))]
pub struct Guest {
    pub id: Uuid,
    pub name: String,
    pub kind: OrganisationKind,
}

crate::text_enum! {
    /// What the table can be sorted by.
    Sort {
        Name = "name",
        Created = "created",
        Sales = "sales",
    }
}

crate::text_enum! {
    /// How far the invitation of a company has come: seed 002's null, invited and accepted.
    Progress {
        NotInvited = "none",
        Invited = "invited",
        Accepted = "accepted",
    }
}

/// Which rows of the table, in which order.
#[derive(Debug, Clone)]
pub struct Filter {
    /// Folded by `input::search`; empty for all.
    pub search: String,
    pub partner_type: Option<PartnerType>,
    pub progress: Option<Progress>,
    pub sort: Sort,
    pub descending: bool,
}

type OnInvitation = Eq<Nullable<invitations::id>, partner_records::invitation_id>;
type Boxed<'a> = IntoBoxed<'a, LeftJoinOn<partner_records::table, invitations::table, OnInvitation>, Pg>;

/// A page of an organisation's records, each with its invitation.
pub fn list(
    conn: &mut PgConnection,
    organisation: Uuid,
    filter: &Filter,
    (from, size): (Option<&Cursor>, usize),
    now: DateTime<Utc>,
) -> QueryResult<Paged<(RecordRow, Option<Invited>)>> {
    let mut query: Boxed<'_> = partner_records::table
        .left_join(invitations::table.on(invitations::id.nullable().eq(partner_records::invitation_id)))
        .into_boxed()
        .filter(partner_records::organisation_id.eq(organisation))
        .filter(partner_records::deleted_at.is_null());
    if let Some(partner_type) = filter.partner_type {
        query = query.filter(partner_records::partner_type.eq(partner_type));
    }
    query = progressed(searched(query, &filter.search), organisation, filter.progress, now);
    let upwards = filter.descending == from.is_some_and(|cursor| cursor.backwards);
    let rows = sorted(query, filter.sort, upwards, from)
        .limit(i64::try_from(size).unwrap_or(100) + 1)
        .select((RecordRow::as_select(), Option::<Invited>::as_select()))
        .load(conn)?;
    Ok(Paged::new(rows, size, from, |(row, _)| (place(row, filter.sort), row.id)))
}

fn place(row: &RecordRow, sort: Sort) -> String {
    match sort {
        Sort::Name => row.sort_key.clone(),
        Sort::Created => row.created_at.to_rfc3339(),
        Sort::Sales => row.sales_amount.to_string(),
    }
}

/// Words of the name or of the address, accents or not. Fewer than three letters have no trigram inside a word, so
/// they are looked up where words begin.
fn searched<'a>(query: Boxed<'a>, search: &str) -> Boxed<'a> {
    let query = if search.is_empty() { query } else { query.filter(planned_anew()) };
    search.split(' ').filter(|word| !word.is_empty()).fold(query, |query, word| {
        let begins = if word.chars().count() < 3 { " " } else { "" };
        query.filter(partner_records::search_text.like(format!("%{begins}{}%", escaped(word))))
    })
}

/// `%`, `_` and `\` are themselves.
fn escaped(text: &str) -> String {
    text.replace('\\', "\\\\").replace('%', "\\%").replace('_', "\\_")
}

/// The invitation's organisation is named too, so that PostgreSQL can begin at the few invitations of a state instead
/// of at all records.
fn progressed(query: Boxed<'_>, organisation: Uuid, progress: Option<Progress>, now: DateTime<Utc>) -> Boxed<'_> {
    let own = invitations::organisation_id.eq(organisation);
    match progress {
        None => query,
        Some(Progress::Invited) => {
            query.filter(own.and(invitations::state.eq(State::Pending)).and(invitations::expires_at.gt(now)))
        }
        Some(Progress::Accepted) => query.filter(own.and(invitations::state.eq(State::Accepted))),
        Some(Progress::NotInvited) => {
            let over = invitations::state.ne_all([State::Pending, State::Accepted]);
            let expired = invitations::state.eq(State::Pending).and(invitations::expires_at.le(now));
            query.filter(partner_records::invitation_id.is_null().or(over).or(expired))
        }
    }
}

/// Orders by a column and the id, from a place on. `>= key AND (> key OR id > id)` rather than a bare OR, so that the
/// index is entered at the key.
macro_rules! keyset {
    ($query:expr, $column:expr, $upwards:expr, $from:expr) => {{
        let query = $query;
        match ($upwards, $from) {
            (true, Some((key, id))) => query
                .filter($column.ge(key.clone()))
                .filter($column.gt(key).or(partner_records::id.gt(id)))
                .order(($column.asc(), partner_records::id.asc())),
            (false, Some((key, id))) => query
                .filter($column.le(key.clone()))
                .filter($column.lt(key).or(partner_records::id.lt(id)))
                .order(($column.desc(), partner_records::id.desc())),
            (true, None) => query.order(($column.asc(), partner_records::id.asc())),
            (false, None) => query.order(($column.desc(), partner_records::id.desc())),
        }
    }};
}

fn sorted<'a>(query: Boxed<'a>, sort: Sort, upwards: bool, from: Option<&Cursor>) -> Boxed<'a> {
    match sort {
        Sort::Name => {
            let from = from.map(|cursor| (cursor.key.clone(), cursor.id));
            keyset!(query, partner_records::sort_key, upwards, from)
        }
        Sort::Created => {
            let from = from.and_then(|cursor| Some((cursor.moment()?, cursor.id)));
            keyset!(query, partner_records::created_at, upwards, from)
        }
        Sort::Sales => {
            let from = from.and_then(|cursor| Some((cursor.key.parse::<i32>().ok()?, cursor.id)));
            keyset!(query, partner_records::sales_amount, upwards, from)
        }
    }
}

/// A record of an organisation, not deleted, with its invitation and the organisation that accepted it.
pub fn find_in(
    conn: &mut PgConnection,
    organisation: Uuid,
    id: Uuid,
) -> QueryResult<(Record, Option<Invited>, Option<Guest>)> {
    let guest = organisations::id.nullable().eq(partner_records::guest_organisation_id);
    partner_records::table
        .left_join(invitations::table.on(invitations::id.nullable().eq(partner_records::invitation_id)))
        .left_join(organisations::table.on(guest.and(organisations::tenant_id.eq(partner_records::tenant_id))))
        .filter(partner_records::id.eq(id))
        .filter(partner_records::organisation_id.eq(organisation))
        .filter(partner_records::deleted_at.is_null())
        .select((Record::as_select(), Option::<Invited>::as_select(), Option::<Guest>::as_select()))
        .first(conn)
}

/// Another record of the same organisation and company name.
pub fn twin_of(conn: &mut PgConnection, record: &Record) -> QueryResult<Option<Uuid>> {
    partner_records::table
        .filter(partner_records::organisation_id.eq(record.organisation_id))
        // The sort key has the index, the name key tells names apart that differ in accents only.
        .filter(partner_records::sort_key.eq(&record.sort_key))
        .filter(partner_records::name_key.eq(name_key(&record.company_name)))
        .filter(partner_records::deleted_at.is_null())
        .filter(partner_records::id.ne(record.id))
        .select(partner_records::id)
        .first(conn)
        .optional()
}

/// A record of an organisation, deleted or not, locked until the transaction ends.
pub fn find_for_update(tx: &mut PgConnection, organisation: Uuid, id: Uuid) -> QueryResult<Record> {
    partner_records::table
        .find(id)
        .filter(partner_records::organisation_id.eq(organisation))
        .select(Record::as_select())
        .for_update()
        .first(tx)
}

/// Keeps an organisation that is not in the bin from going there while its records change.
pub fn hold_organisation(tx: &mut PgConnection, (tenant, id): (Uuid, Uuid)) -> QueryResult<Uuid> {
    organisations::table
        .find(id)
        .filter(organisations::tenant_id.eq(tenant))
        .filter(organisations::state.ne("deleted"))
        .select(organisations::id)
        .for_share()
        .first(tx)
}

/// A new record.
pub fn insert(
    tx: &mut PgConnection,
    (tenant, organisation): (Uuid, Uuid),
    id: Uuid,
    new: &NewRecord,
    now: DateTime<Utc>,
) -> QueryResult<()> {
    diesel::insert_into(partner_records::table)
        .values((
            partner_records::id.eq(id),
            (partner_records::tenant_id.eq(tenant), partner_records::organisation_id.eq(organisation)),
            (
                partner_records::company_name.eq(&new.company_name),
                partner_records::name_key.eq(name_key(&new.company_name)),
            ),
            partner_records::partner_type.eq(new.partner_type),
            (partner_records::email.eq(new.email.as_typed()), partner_records::email_key.eq(new.email.key())),
            partner_records::sales_amount.eq(new.sales_amount),
            (partner_records::frequency.eq(&new.frequency), partner_records::payment_terms.eq(&new.payment_terms)),
            (partner_records::created_at.eq(now), partner_records::updated_at.eq(now)),
        ))
        .execute(tx)
        .map(drop)
}

/// Changes everything that a person records.
pub fn update(
    tx: &mut PgConnection,
    (organisation, id): (Uuid, Uuid),
    new: &NewRecord,
    now: DateTime<Utc>,
) -> QueryResult<()> {
    diesel::update(partner_records::table.find(id).filter(partner_records::organisation_id.eq(organisation)))
        .set((
            (
                partner_records::company_name.eq(&new.company_name),
                partner_records::name_key.eq(name_key(&new.company_name)),
            ),
            partner_records::partner_type.eq(new.partner_type),
            (partner_records::email.eq(new.email.as_typed()), partner_records::email_key.eq(new.email.key())),
            partner_records::sales_amount.eq(new.sales_amount),
            (partner_records::frequency.eq(&new.frequency), partner_records::payment_terms.eq(&new.payment_terms)),
            (partner_records::version.eq(partner_records::version + 1), partner_records::updated_at.eq(now)),
        ))
        .execute(tx)
        .map(drop)
}

/// Deletes a record (`Some`) or brings it back (`None`).
pub fn set_deleted(
    tx: &mut PgConnection,
    (organisation, id): (Uuid, Uuid),
    at: Option<DateTime<Utc>>,
    now: DateTime<Utc>,
) -> QueryResult<()> {
    diesel::update(partner_records::table.find(id).filter(partner_records::organisation_id.eq(organisation)))
        .set((
            partner_records::deleted_at.eq(at),
            partner_records::version.eq(partner_records::version + 1),
            partner_records::updated_at.eq(now),
        ))
        .execute(tx)
        .map(drop)
}

/// What an invitation takes from a record.
#[derive(Debug, Clone, Queryable, Selectable)]
#[diesel(table_name = partner_records, check_for_backend(diesel::pg::Pg))]
pub struct Invitable {
    pub id: Uuid,
    pub company_name: String,
    pub email: String,
    pub guest_organisation_id: Option<Uuid>,
}

/// The record that an invitation is made from.
pub fn for_invitation(conn: &mut PgConnection, organisation: Uuid, id: Uuid) -> QueryResult<Invitable> {
    partner_records::table
        .find(id)
        .filter(partner_records::organisation_id.eq(organisation))
        .filter(partner_records::deleted_at.is_null())
        .select(Invitable::as_select())
        .first(conn)
}

/// Notes the newest invitation made from a record, whose state is shown beside it.
pub fn note_invitation(
    tx: &mut PgConnection,
    organisation: Uuid,
    id: Uuid,
    invitation: Uuid,
    now: DateTime<Utc>,
) -> QueryResult<usize> {
    diesel::update(partner_records::table.find(id).filter(partner_records::organisation_id.eq(organisation)))
        .set((
            partner_records::invitation_id.eq(invitation),
            partner_records::version.eq(partner_records::version + 1),
            partner_records::updated_at.eq(now),
        ))
        .execute(tx)
}

/// Notes which organisation accepted (S2-19).
pub fn note_guest(tx: &mut PgConnection, id: Uuid, guest: Uuid, now: DateTime<Utc>) -> QueryResult<usize> {
    let first = partner_records::guest_organisation_id.is_null();
    diesel::update(partner_records::table.find(id).filter(first))
        .set((
            partner_records::guest_organisation_id.eq(guest),
            partner_records::version.eq(partner_records::version + 1),
            partner_records::updated_at.eq(now),
        ))
        .execute(tx)
}
