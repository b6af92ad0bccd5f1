//! A collection as it is declared: where its items come from, what they look like, which fields can be asked for.
//! Reading one by its id, a page of them, and what a `find` asks are the same for every collection.

use std::borrow::Cow;

use actix_web::HttpResponse;
use chrono::{DateTime, Utc};
use diesel::pg::{Pg, PgConnection};
use diesel::query_builder::BoxedSqlQuery;
use diesel::sql_types::{Array, BigInt, Text, Timestamptz, Uuid as SqlUuid};
use diesel::{Connection as _, OptionalExtension as _, QueryResult, QueryableByName, RunQueryDsl as _, sql_query};
use uuid::Uuid;

use super::error::ApiError;
use super::find::{Bind, Condition, Field, Kind};
use super::page::{self, Page};
use super::rows::Line;
use crate::access::Principal;
use crate::db::kept::{Given, Kept};
use crate::db::{Totals, Whose};

/// A collection. In `from`, `$1` is the tenant, `$2` the caller's organisation, `$3` the present moment.
#[derive(Debug, Clone, Copy)]
pub struct Collection {
    /// FROM and WHERE, the scope included: nothing outside of it can be reached.
    pub from: &'static str,
    /// Where the tenant's own organisation sees all of `from`: the column that holds whose an item is for all others.
    pub own: Option<&'static str>,
    /// The members of an item in their order: name, and the expression behind it, whose type says how it is told.
    pub members: &'static [(&'static str, &'static str)],
    pub fields: &'static [Field],
    /// What else can be sorted by, or by what else than a field's own expression: name and expression.
    pub sorts: &'static [(&'static str, &'static str)],
    /// The expression that breaks ties, and the order when none is asked for.
    pub id: &'static str,
}

/// Whose items are read, and when.
#[derive(Debug, Clone, Copy)]
pub struct Scope {
    pub tenant: Uuid,
    pub organisation: Uuid,
    /// Whether that is the tenant's own organisation.
    pub host: bool,
    pub now: DateTime<Utc>,
}

#[derive(QueryableByName)]
struct Total {
    #[diesel(sql_type = BigInt)]
    total: i64,
}

impl Scope {
    /// What somebody sees as their own.
    pub fn of(who: &Principal, now: DateTime<Utc>) -> Self {
        Self { tenant: who.tenant.id, organisation: who.organisation.id, host: who.is_staff(), now }
    }
}

/// Items that are found by their ids once they are known.
const FEW: usize = 1_000;

#[derive(QueryableByName)]
struct Found {
    #[diesel(sql_type = Text)]
    id: String,
}

/// A page of items, as JSON texts, and how many there are in all.
#[derive(Debug, Clone)]
pub struct Listed {
    pub items: Vec<String>,
    pub total: i64,
}

impl Listed {
    fn of(lines: Vec<Line>, total: i64) -> Self {
        Self { items: lines.into_iter().map(|line| line.item).collect(), total }
    }

    /// `{object:"list", data, totalElements}` (S4-05).
    pub fn answer(&self) -> HttpResponse {
        let data = self.items.join(",");
        let body = format!("{{\"object\":\"list\",\"data\":[{data}],\"totalElements\":{}}}", self.total);
        HttpResponse::Ok().content_type("application/json").body(body)
    }
}

type Query = BoxedSqlQuery<'static, Pg, diesel::query_builder::SqlQuery>;

impl Collection {
    /// The expression to sort by.
    ///
    /// # Errors
    /// 400 for a field that cannot be sorted by.
    pub fn order(&self, page: &Page) -> Result<&'static str, ApiError> {
        let Some(wanted) = &page.sort else { return Ok(self.id) };
        let own = self.fields.iter().map(|field| (field.name, field.sql));
        let known = self.sorts.iter().copied().chain(own).find(|(name, _)| name == wanted);
        known.map(|(_, sql)| sql).ok_or_else(|| page::wrong("sort", "unknown", "This field cannot be sorted by."))
    }

    /// FROM and WHERE for this caller: two texts instead of a condition that asks who it is, since a plan that leaves it
    /// open reads the whole tenant for a partner that has three rows.
    fn seen(&self, scope: Scope) -> Cow<'static, str> {
        match self.own {
            Some(own) if !scope.host => format!("{} AND {own} = $2", self.from).into(),
            _ => self.from.into(),
        }
    }

    /// The columns of an item, its key before them.
    fn selected(&self) -> String {
        let mut text = format!("{} AS \" key\"", self.id);
        for (name, sql) in self.members {
            text.extend([", ", sql, " AS \"", name, "\""]);
        }
        text
    }

    /// How many items there are. A large number may be a minute old.
    fn total(&self, conn: &mut PgConnection, scope: Scope, (from, totals): (&str, &Totals)) -> QueryResult<i64> {
        let whose = Whose::of((scope.tenant, scope.organisation), &[self.from]);
        totals.remembered(conn, whose, scope.now, |conn| {
            let most = page::DEEPEST + 1;
            let some =
                kept(format!("SELECT count(*) AS total FROM (SELECT 1 {from} LIMIT {most}) AS found"), scope, &[]);
            let some = some.get_result::<Total>(conn)?.total;
            if some < most {
                return Ok(some);
            }
            // What takes too long to be counted is at least as much as pages reach. In a (nested) transaction of its own,
            // so that its failure spoils no other that may be open.
            let all = kept(format!("SELECT count(*) AS total {from}"), scope, &[]);
            Ok(conn.transaction(|tx| all.get_result::<Total>(tx)).map_or(some, |row| row.total))
        })
    }

    /// How many items a condition fits, as far as pages reach.
    fn fitting(
        &self,
        conn: &mut PgConnection,
        scope: Scope,
        (from, totals): (&str, &Totals),
        condition: &Condition,
    ) -> QueryResult<i64> {
        let whose = Whose::of((scope.tenant, scope.organisation), &[self.from, &format!("{condition:?}")]);
        totals.remembered(conn, whose, scope.now, |conn| {
            let text = format!(
                "WITH fit AS MATERIALIZED (SELECT 1 {from} AND {}) \
                 SELECT count(*) AS total FROM (SELECT FROM fit LIMIT {}) AS found",
                condition.sql,
                page::DEEPEST + 1
            );
            Ok(bound(text, scope, &condition.binds).get_result::<Total>(conn)?.total)
        })
    }

    /// The ids of all items that a condition fits, unless they are many. Planned as if all were wanted: whoever looks for
    /// some only walks along a table until enough fit, which may be never.
    fn few(
        &self,
        conn: &mut PgConnection,
        scope: Scope,
        (from, condition): (&str, &Condition),
    ) -> QueryResult<Option<Vec<String>>> {
        let text = format!(
            "WITH fit AS MATERIALIZED (SELECT {} AS id {from} AND {}) SELECT id::text AS id FROM fit LIMIT {}",
            self.id,
            condition.sql,
            FEW + 1
        );
        let rows = bound(text, scope, &condition.binds).load::<Found>(conn)?;
        Ok((rows.len() <= FEW).then(|| rows.into_iter().map(|row| row.id).collect()))
    }

    /// The condition that an item has this id.
    pub fn is(&self, id: Uuid) -> Condition {
        let sql = format!("{} = ANY($4::text[]::uuid[])", self.id);
        Condition { sql, binds: vec![Bind::Texts(vec![id.to_string()])] }
    }

    /// One item by a condition on it, with its value.
    pub fn one(&self, conn: &mut PgConnection, scope: Scope, condition: &Condition) -> QueryResult<Option<String>> {
        let text = format!("SELECT {} {} AND {} LIMIT 1", self.selected(), self.seen(scope), condition.sql);
        bound(text, scope, &condition.binds).get_result::<Line>(conn).optional().map(|line| line.map(|line| line.item))
    }

    /// A page of the items, or of those that fit a condition.
    pub fn list(
        &self,
        (conn, totals): (&mut PgConnection, &Totals),
        scope: Scope,
        (page, order): (&Page, &str),
        condition: Option<&Condition>,
    ) -> QueryResult<Listed> {
        let from = self.seen(scope);
        if let Some(condition) = condition {
            return self.found((conn, totals), scope, (page, order), (&from, condition));
        }
        let total = self.total(conn, scope, (&from, totals))?;
        self.all(conn, scope, (page, order), (&from, total))
    }

    /// A page of all items.
    fn all(
        &self,
        conn: &mut PgConnection,
        scope: Scope,
        (page, order): (&Page, &str),
        (from, total): (&str, i64),
    ) -> QueryResult<Listed> {
        if page.offset >= total {
            return Ok(Listed { items: Vec::new(), total });
        }
        let (selected, id) = (self.selected(), self.id);
        let sorting = self.sorting(page, order);
        let text = if page.offset == 0 {
            // With one of few numbers in it: PostgreSQL keeps no plan for a limit that it does not know. Nothing on the
            // way to the outer limit changes the order.
            let most = [10, 20, 50, 100].into_iter().find(|most| *most >= page.size).unwrap_or(page::LARGEST);
            format!("SELECT * FROM (SELECT {selected} {from} {sorting} LIMIT {most}) AS first LIMIT $4")
        } else {
            // The ids first: of an item that is not shown nothing but its place is read.
            format!(
                "SELECT {selected} {from} AND {id} = ANY(ARRAY(SELECT {id} {from} {sorting} LIMIT $4 OFFSET $5)) {sorting}"
            )
        };
        // There are few of these texts: a collection's orders.
        let lines = kept(text, scope, &[Given::Number(page.size), Given::Number(page.offset)]).load(conn)?;
        Ok(Listed::of(lines, total))
    }

    /// A page of the items that fit a condition.
    fn found(
        &self,
        (conn, totals): (&mut PgConnection, &Totals),
        scope: Scope,
        (page, order): (&Page, &str),
        (from, condition): (&str, &Condition),
    ) -> QueryResult<Listed> {
        let (selected, id, fit) = (self.selected(), self.id, &condition.sql);
        let (sorting, piece) = (self.sorting(page, order), format!("LIMIT {} OFFSET {}", page.size, page.offset));
        if let Some(ids) = self.few(conn, scope, (from, condition))? {
            let total = i64::try_from(ids.len()).unwrap_or_default();
            if page.offset >= total {
                return Ok(Listed { items: Vec::new(), total });
            }
            let key = self.key();
            let text = format!("SELECT {selected} {from} AND {id} = ANY($4::text[]::{key}[]) {sorting} {piece}");
            return Ok(Listed::of(bound(text, scope, &[Bind::Texts(ids)]).load(conn)?, total));
        }
        let total = self.fitting(conn, scope, (from, totals), condition)?;
        let text = if total > page::DEEPEST {
            // What is so common fits early in any order.
            format!("SELECT {selected} {from} AND {fit} {sorting} {piece}")
        } else {
            let direction = direction(page);
            format!(
                "WITH fit AS MATERIALIZED (SELECT {id} AS id, {order} AS place {from} AND {fit}), \
                 shown AS (SELECT id FROM fit ORDER BY place {direction}, id {direction} {piece}) \
                 SELECT {selected} {from} AND {id} = ANY(ARRAY(SELECT id FROM shown)) {sorting}"
            )
        };
        Ok(Listed::of(bound(text, scope, &condition.binds).load(conn)?, total))
    }

    fn sorting(&self, page: &Page, order: &str) -> String {
        let direction = direction(page);
        format!("ORDER BY {order} {direction}, {} {direction}", self.id)
    }
}

const fn direction(page: &Page) -> &'static str {
    if page.descending { "DESC" } else { "ASC" }
}

impl Collection {
    /// The items that fit a condition behind the one with this id, by id: how whole collections are walked through.
    pub fn after(
        &self,
        conn: &mut PgConnection,
        scope: Scope,
        condition: Option<&Condition>,
        after: Option<&str>,
        size: i64,
    ) -> QueryResult<Vec<Line>> {
        let filter = condition.map(|condition| format!(" AND {}", condition.sql)).unwrap_or_default();
        let mut binds = condition.map(|condition| condition.binds.clone()).unwrap_or_default();
        let mut place = String::new();
        if let Some(after) = after {
            place = format!(" AND {} > ${}::text::{}", self.id, binds.len() + 4, self.key());
            binds.push(Bind::Text(after.to_owned()));
        }
        let (from, id) = (self.seen(scope), self.id);
        let text = format!("SELECT {} {from}{filter}{place} ORDER BY {id} LIMIT {size}", self.selected());
        bound(text, scope, &binds).load(conn)
    }

    /// Whether a text can be an item's id.
    pub fn is_key(&self, text: &str) -> bool {
        if self.is_numbered() { text.parse::<i64>().is_ok() } else { Uuid::try_parse(text).is_ok() }
    }

    /// The type of an id.
    fn key(&self) -> &'static str {
        if self.is_numbered() { "bigint" } else { "uuid" }
    }

    fn is_numbered(&self) -> bool {
        self.fields.iter().any(|field| field.name == "id" && field.kind == Kind::Number)
    }

    /// The names of an item's members, in their order.
    pub fn columns(&self) -> Vec<&'static str> {
        self.members.iter().map(|(name, _)| *name).collect()
    }
}

/// A statement of which there are few, with its scope and further values bound.
fn kept(text: String, scope: Scope, more: &[Given]) -> Kept {
    let own = [Given::Id(scope.tenant), Given::Id(scope.organisation), Given::Moment(scope.now)];
    Kept::new(text, own.into_iter().chain(more.iter().cloned()).collect())
}

/// The statement with its scope and values bound.
fn bound(text: String, scope: Scope, binds: &[Bind]) -> Query {
    let query = sql_query(text)
        .into_boxed::<Pg>()
        .bind::<SqlUuid, _>(scope.tenant)
        .bind::<SqlUuid, _>(scope.organisation)
        .bind::<Timestamptz, _>(scope.now);
    binds.iter().cloned().fold(query, |query, bind| match bind {
        Bind::Text(text) => query.bind::<Text, _>(text),
        Bind::Texts(texts) => query.bind::<Array<Text>, _>(texts),
        Bind::Numbers(numbers) => query.bind::<Array<BigInt>, _>(numbers),
        Bind::Moment(moment) => query.bind::<Timestamptz, _>(moment),
    })
}
