//! A collection as it is declared: where its items come from, what they look like, which fields can be asked for.
//! Reading one by its id, a page of them, and what a `find` asks are the same for every collection.

use std::borrow::Cow;

use actix_web::HttpResponse;
use chrono::{DateTime, Utc};
use diesel::pg::{Pg, PgConnection};
use diesel::query_builder::BoxedSqlQuery;
use diesel::sql_types::{Array, BigInt, Bool, Text, Timestamptz, Uuid as SqlUuid};
use diesel::{OptionalExtension as _, QueryResult, QueryableByName, RunQueryDsl as _, sql_query};
use uuid::Uuid;

use super::error::ApiError;
use super::export::Line;
use super::find::{Bind, Condition, Field, Kind};
use super::page::{self, Page};
use crate::db::Totals;

/// What a collection's `from` says where the tenant's own organisation sees more than others.
const OPEN: &str = "me.kind = 'host'";

/// A collection. In `from`, `$1` is the tenant, `$2` the caller's organisation, `$3` the present moment.
#[derive(Debug, Clone, Copy)]
pub struct Collection {
    /// FROM and WHERE, the scope included: nothing outside of it can be reached.
    pub from: &'static str,
    /// The item as SQL's `json_build_object`.
    pub item: &'static str,
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
    pub now: DateTime<Utc>,
}

#[derive(QueryableByName)]
struct Item {
    #[diesel(sql_type = Text)]
    item: String,
}

#[derive(QueryableByName)]
struct Keyed {
    #[diesel(sql_type = Text)]
    key: String,
    #[diesel(sql_type = Text)]
    item: String,
}

#[derive(QueryableByName)]
struct Host {
    #[diesel(sql_type = Bool)]
    host: bool,
}

#[derive(QueryableByName)]
struct Total {
    #[diesel(sql_type = BigInt)]
    total: i64,
}

/// A page of items, as JSON texts, and how many there are in all.
#[derive(Debug, Clone)]
pub struct Listed {
    pub items: Vec<String>,
    pub total: i64,
}

impl Listed {
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

    /// FROM and WHERE for this caller. Whether it is the tenant's own organisation is settled before, since a plan that
    /// leaves it open reads the whole tenant for a partner that has three rows.
    fn seen(&self, conn: &mut PgConnection, scope: Scope) -> QueryResult<Cow<'static, str>> {
        if !self.from.contains(OPEN) {
            return Ok(self.from.into());
        }
        let text = "SELECT kind = 'host' AS host FROM organisations WHERE id = $1";
        let host = sql_query(text).bind::<SqlUuid, _>(scope.organisation).get_result::<Host>(conn)?.host;
        Ok(self.from.replace(OPEN, if host { "true" } else { "false" }).into())
    }

    /// How many items there are: a whole collection by a count that may be a minute old when it is large; of those that a
    /// condition fits as many as pages reach.
    fn total(
        &self,
        conn: &mut PgConnection,
        scope: Scope,
        (from, totals): (&str, &Totals),
        condition: Option<&Condition>,
    ) -> QueryResult<i64> {
        let capped = |conn: &mut PgConnection| -> QueryResult<i64> {
            let filter = condition.map(|condition| format!(" AND {}", condition.sql)).unwrap_or_default();
            let binds = condition.map(|condition| condition.binds.as_slice()).unwrap_or_default();
            let most = page::DEEPEST + 1;
            let text = format!("SELECT count(*) AS total FROM (SELECT 1 {from}{filter} LIMIT {most}) AS found");
            Ok(bound(text, scope, binds).get_result::<Total>(conn)?.total)
        };
        if condition.is_some() {
            return capped(conn);
        }
        totals.remembered(conn, (self.from, scope.tenant, scope.organisation), scope.now, |conn| {
            let some = capped(conn)?;
            if some <= page::DEEPEST {
                return Ok(some);
            }
            // What takes too long to be counted is at least as much as pages reach.
            let whole = bound(format!("SELECT count(*) AS total {from}"), scope, &[]).get_result::<Total>(conn);
            Ok(whole.map_or(some, |row| row.total))
        })
    }

    /// One item by a condition on it, with its value.
    pub fn one(&self, conn: &mut PgConnection, scope: Scope, condition: &Condition) -> QueryResult<Option<String>> {
        let from = self.seen(conn, scope)?;
        let text = format!("SELECT ({})::text AS item {from} AND {} LIMIT 1", self.item, condition.sql);
        bound(text, scope, &condition.binds).get_result::<Item>(conn).optional().map(|item| item.map(|item| item.item))
    }

    /// A page of the items that fit a condition.
    pub fn list(
        &self,
        (conn, totals): (&mut PgConnection, &Totals),
        scope: Scope,
        (page, order): (&Page, &str),
        condition: Option<&Condition>,
    ) -> QueryResult<Listed> {
        let filter = condition.map(|condition| format!(" AND {}", condition.sql)).unwrap_or_default();
        let binds = condition.map(|condition| condition.binds.as_slice()).unwrap_or_default();
        let direction = if page.descending { "DESC" } else { "ASC" };
        let from = self.seen(conn, scope)?;
        let total = self.total(conn, scope, (&from, totals), condition)?;
        if page.offset >= total {
            return Ok(Listed { items: Vec::new(), total });
        }
        let sorting = format!("ORDER BY {order} {direction}, {} {direction}", self.id);
        let text = if page.offset == 0 && order == self.id {
            format!("SELECT ({})::text AS item {from}{filter} {sorting} LIMIT {}", self.item, page.size)
        } else {
            // The ids first: an item that is not shown is not made.
            format!(
                "SELECT ({})::text AS item {from} AND {id} = ANY(ARRAY(SELECT {id} {from}{filter} {sorting} LIMIT {} OFFSET {})) \
                 {sorting}",
                self.item,
                page.size,
                page.offset,
                id = self.id
            )
        };
        let items = bound(text, scope, binds).load::<Item>(conn)?.into_iter().map(|item| item.item).collect();
        Ok(Listed { items, total })
    }
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
            let key = if self.is_numbered() { "bigint" } else { "uuid" };
            place = format!(" AND {} > ${}::text::{key}", self.id, binds.len() + 4);
            binds.push(Bind::Text(after.to_owned()));
        }
        let from = self.seen(conn, scope)?;
        // The ids first: PostgreSQL would make every item of the collection before it sorts them and takes some.
        let text = format!(
            "SELECT ({id})::text AS key, ({item})::text AS item {from} AND {id} = ANY(ARRAY( \
             SELECT {id} {from}{filter}{place} ORDER BY {id} LIMIT {size})) ORDER BY {id}",
            item = self.item,
            id = self.id
        );
        let rows = bound(text, scope, &binds).load::<Keyed>(conn)?;
        Ok(rows.into_iter().map(|row| Line { key: row.key, item: row.item }).collect())
    }

    /// Whether a text can be an item's id.
    pub fn is_key(&self, text: &str) -> bool {
        if self.is_numbered() { text.parse::<i64>().is_ok() } else { Uuid::try_parse(text).is_ok() }
    }

    fn is_numbered(&self) -> bool {
        self.fields.iter().any(|field| field.name == "id" && field.kind == Kind::Number)
    }

    /// The names of an item's members, in their order: every other argument of its `json_build_object`.
    pub fn columns(&self) -> Vec<&'static str> {
        let (mut depth, mut quoted, mut start) = (0_i32, false, 0);
        let arguments = self.item.strip_prefix("json_build_object(").unwrap_or_default();
        let mut parts = Vec::new();
        for (at, letter) in arguments.char_indices() {
            match letter {
                '\'' => quoted = !quoted,
                '(' if !quoted => depth += 1,
                ')' if !quoted => depth -= 1,
                ',' if !quoted && depth == 0 => {
                    parts.push(&arguments[start..at]);
                    start = at + 1;
                }
                _ => {}
            }
        }
        parts.into_iter().step_by(2).map(|name| name.trim().trim_matches('\'')).collect()
    }
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
