//! Lists of invitations: sent and received, of the tenant and of one organisation. Newest first, by keyset.

use chrono::{DateTime, Duration, Utc};
use diesel::pg::{Pg, PgConnection};
use diesel::prelude::*;
use diesel::sql_types::{Nullable, Text};
use uuid::Uuid;

use super::super::model::{Kind, STUCK_AFTER_DAYS, Standing, State};
use crate::access::Role;
use crate::db::kept::{Given, Kept, Piece, Short as _};
use crate::db::page::{Cursor, Paged};
use crate::db::schema::{invitations, organisations, users};
use crate::db::search::planned_anew;
use crate::mail;

/// Whose invitations.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Whose {
    /// All that organisations of the tenant sent.
    Tenant,
    SentBy(Uuid),
    ReceivedBy(Uuid),
}

crate::text_enum! {
    /// How old.
    Age {
        Day = "day",
        Week = "week",
        Older = "older",
    }
}

/// Which rows.
#[derive(Debug, Clone)]
pub struct Filter {
    pub tenant: Uuid,
    pub whose: Whose,
    pub standing: Option<Standing>,
    /// Only those that wait and are worth a look.
    pub stuck: bool,
    pub delivery: Option<mail::State>,
    pub age: Option<Age>,
    pub inviter: Option<Uuid>,
    /// Folded by `input::search`; empty for all.
    pub search: String,
    pub now: DateTime<Utc>,
}

/// A row of a list.
#[derive(Debug, Clone)]
pub struct Row {
    pub id: Uuid,
    pub kind: Kind,
    pub email: String,
    pub company: Option<String>,
    pub role: Option<Role>,
    pub state: State,
    pub generation: i32,
    pub expires_at: DateTime<Utc>,
    pub last_sent_at: DateTime<Utc>,
    pub inviter: (Uuid, String),
    pub organisation: (Uuid, String),
    pub delivery: Option<mail::State>,
}

/// The newest mail with a link, as SQL: one look into an index for each row.
pub const DELIVERY: &str = "(SELECT m.state FROM mails m WHERE m.invitation_id = invitations.id AND m.kind = 'invitation' \
     ORDER BY m.id DESC LIMIT 1)";

type Boxed<'a> = diesel::helper_types::IntoBoxed<
    'a,
    diesel::helper_types::InnerJoin<
        diesel::helper_types::InnerJoin<invitations::table, users::table>,
        organisations::table,
    >,
    Pg,
>;

type RowOf = (
    (Uuid, Kind, String, Option<String>, Option<Role>),
    (State, i32, DateTime<Utc>, DateTime<Utc>),
    (Uuid, String),
    (Uuid, String),
    Option<mail::State>,
);

/// A page of invitations.
pub fn list(conn: &mut PgConnection, filter: &Filter, from: Option<&Cursor>, size: usize) -> QueryResult<Paged<Row>> {
    let mut query = filtered(filter);
    query = match from {
        Some(cursor) if cursor.backwards => query.filter(invitations::id.gt(cursor.id)).order(invitations::id.asc()),
        Some(cursor) => query.filter(invitations::id.lt(cursor.id)).order(invitations::id.desc()),
        None => query.order(invitations::id.desc()),
    };
    let query = query.select((
        (invitations::id, invitations::kind, invitations::email, invitations::company_name, invitations::role),
        (invitations::state, invitations::generation, invitations::expires_at, invitations::last_sent_at),
        (users::id, users::name),
        (organisations::id, organisations::name),
        delivery(),
    ));
    let rows: Vec<RowOf> = match filter.whose {
        Whose::Tenant => query.page_of(size).load(conn)?,
        Whose::SentBy(_) | Whose::ReceivedBy(_) => query.limit(i64::try_from(size).unwrap_or(100) + 1).load(conn)?,
    };
    let rows = rows.into_iter().map(row).collect();
    Ok(Paged::new(rows, size, from, |row: &Row| (String::new(), row.id)))
}

fn row((about, life, inviter, organisation, delivery): RowOf) -> Row {
    let (id, kind, email, company, role) = about;
    let (state, generation, expires_at, last_sent_at) = life;
    Row { id, kind, email, company, role, state, generation, expires_at, last_sent_at, inviter, organisation, delivery }
}

/// How many are stuck, counted up to a hundred.
pub fn stuck(conn: &mut PgConnection, filter: &Filter) -> QueryResult<usize> {
    if filter.search.is_empty() && filter.inviter.is_none() {
        return stuck_of_all(conn, filter);
    }
    let filter = Filter { stuck: true, standing: None, delivery: None, age: None, ..filter.clone() };
    let found: Vec<Uuid> = filtered(&filter).select(invitations::id).limit(100).load(conn)?;
    Ok(found.len())
}

/// The same where nothing else is asked, as on every visit of the list. The moments are hidden from the planner, which
/// would find a plan for each of them and never keep one.
fn stuck_of_all(conn: &mut PgConnection, filter: &Filter) -> QueryResult<usize> {
    let (whose, id) = match filter.whose {
        Whose::Tenant => ("tenant_id", filter.tenant),
        Whose::SentBy(id) => ("organisation_id", id),
        Whose::ReceivedBy(id) => ("to_organisation_id", id),
    };
    let text = format!(
        "SELECT id FROM invitations \
         WHERE tenant_id = $1 AND {whose} = $2 AND state = 'pending' AND expires_at > (SELECT $3::timestamptz) \
             AND (last_sent_at <= (SELECT $4::timestamptz) OR {DELIVERY} IN ('deferred', 'failed')) LIMIT 100"
    );
    let long_ago = filter.now - Duration::days(STUCK_AFTER_DAYS);
    let values = [Given::Id(filter.tenant), Given::Id(id), Given::Moment(filter.now), Given::Moment(long_ago)];
    let found: Vec<Stuck> = Kept::new(text, values.to_vec()).load(conn)?;
    Ok(found.len())
}

#[derive(QueryableByName)]
struct Stuck {
    #[diesel(sql_type = diesel::sql_types::Uuid, column_name = id)]
    _id: Uuid,
}

fn filtered(filter: &Filter) -> Boxed<'static> {
    let mut query = invitations::table
        .inner_join(users::table)
        .inner_join(organisations::table)
        .into_boxed()
        .filter(invitations::tenant_id.eq(filter.tenant));
    query = match filter.whose {
        Whose::Tenant => query,
        Whose::SentBy(id) => query.filter(invitations::organisation_id.eq(id)),
        Whose::ReceivedBy(id) => query.filter(invitations::to_organisation_id.eq(id)),
    };
    if let Some(standing) = filter.standing {
        query = standing_is(query, standing, filter.now);
    }
    if filter.stuck {
        query = standing_is(query, Standing::Waiting, filter.now);
        let long_ago = invitations::last_sent_at.le(filter.now - Duration::days(STUCK_AFTER_DAYS));
        let troubled = delivery().eq_any(["deferred", "failed"]);
        query = query.filter(long_ago.nullable().or(troubled));
    }
    if filter.delivery.is_some() || filter.age.is_some() || filter.inviter.is_some() {
        query = query.filter(planned_anew());
    }
    if let Some(state) = filter.delivery {
        query = query.filter(delivery().eq(state.as_str()));
    }
    query = match filter.age {
        Some(Age::Day) => query.filter(invitations::created_at.gt(filter.now - Duration::days(1))),
        Some(Age::Week) => query.filter(invitations::created_at.gt(filter.now - Duration::days(7))),
        Some(Age::Older) => query.filter(invitations::created_at.le(filter.now - Duration::days(7))),
        None => query,
    };
    if let Some(inviter) = filter.inviter {
        query = query.filter(invitations::inviter_id.eq(inviter));
    }
    searched(query, &filter.search)
}

fn searched(query: Boxed<'static>, search: &str) -> Boxed<'static> {
    search.split(' ').filter(|word| !word.is_empty()).fold(query, |query, word| {
        let begins = if word.chars().count() < 3 { " " } else { "" };
        let pattern = format!("%{begins}{}%", escaped(word));
        query.filter(planned_anew()).filter(invitations::search_text.like(pattern))
    })
}

fn standing_is(query: Boxed<'static>, standing: Standing, now: DateTime<Utc>) -> Boxed<'static> {
    let state = match standing {
        Standing::Waiting | Standing::Expired => State::Pending,
        Standing::Accepted => State::Accepted,
        Standing::Declined => State::Declined,
        Standing::Revoked => State::Revoked,
        Standing::Superseded => State::Superseded,
    };
    let query = query.filter(invitations::state.eq(state));
    match standing {
        Standing::Waiting => query.filter(invitations::expires_at.gt(now)),
        Standing::Expired => query.filter(invitations::expires_at.le(now)),
        _ => query,
    }
}

pub(super) fn delivery() -> Piece<Nullable<Text>> {
    Piece::new(DELIVERY)
}

/// `%`, `_` and `\` are themselves.
fn escaped(text: &str) -> String {
    text.replace('\\', "\\\\").replace('%', "\\%").replace('_', "\\_")
}
