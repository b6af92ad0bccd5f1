//! Statements that are put together and come again and again in one of few forms: PostgreSQL keeps their plan. Whatever
//! differs from call to call is a value; a text of which there could be any number belongs to `sql_query`. Knows no table.

use chrono::{DateTime, Utc};
use diesel::pg::{Pg, PgConnection};
use std::marker::PhantomData;

use diesel::expression::{
    AppearsOnTable, Expression, SelectableExpression, TypedExpressionType, ValidGrouping, is_aggregate,
};
use diesel::query_builder::{AstPass, Query, QueryFragment, QueryId};
use diesel::sql_types::{BigInt, Bool, Text, Timestamptz, Untyped, Uuid as SqlUuid};
use diesel::{QueryResult, RunQueryDsl};
use uuid::Uuid;

/// A value of a kept statement.
#[derive(Debug, Clone)]
pub enum Given {
    Id(Uuid),
    Moment(DateTime<Utc>),
    Number(i64),
    Text(String),
    Flag(bool),
}

/// A statement whose `$1`, `$2` … are its values, in any order and as often as wanted.
#[derive(Debug, Clone)]
pub struct Kept {
    text: String,
    values: Vec<Given>,
}

impl Kept {
    pub fn new(text: String, values: Vec<Given>) -> Self {
        Self { text, values }
    }
}

impl QueryFragment<Pg> for Kept {
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, Pg>) -> QueryResult<()> {
        let mut rest = self.text.as_str();
        while let Some(at) = rest.find('$') {
            let (before, behind) = (&rest[..at], &rest[at + 1..]);
            let digits = behind.bytes().take_while(u8::is_ascii_digit).count();
            let number: usize = behind[..digits].parse().unwrap_or_default();
            out.push_sql(before);
            match number.checked_sub(1).and_then(|place| self.values.get(place)) {
                Some(Given::Id(id)) => out.push_bind_param::<SqlUuid, _>(id)?,
                Some(Given::Moment(moment)) => out.push_bind_param::<Timestamptz, _>(moment)?,
                Some(Given::Number(number)) => out.push_bind_param::<BigInt, _>(number)?,
                Some(Given::Flag(flag)) => out.push_bind_param::<Bool, _>(flag)?,
                Some(Given::Text(text)) => out.push_bind_param::<Text, _>(text)?,
                None => out.push_sql("$"),
            }
            rest = &behind[digits..];
        }
        out.push_sql(rest);
        Ok(())
    }
}

impl QueryId for Kept {
    type QueryId = ();

    const HAS_STATIC_QUERY_ID: bool = false;
}

impl Query for Kept {
    type SqlType = Untyped;
}

impl RunQueryDsl<PgConnection> for Kept {}

/// SQL without values in a statement of Diesel's. Diesel's own `sql` has the whole statement planned anew each time.
#[derive(Debug, Clone, Copy)]
pub struct Piece<ST> {
    text: &'static str,
    kind: PhantomData<ST>,
}

impl<ST> Piece<ST> {
    pub const fn new(text: &'static str) -> Self {
        Self { text, kind: PhantomData }
    }
}

impl<ST: TypedExpressionType> Expression for Piece<ST> {
    type SqlType = ST;
}

impl<ST> QueryFragment<Pg> for Piece<ST> {
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, Pg>) -> QueryResult<()> {
        out.push_sql(self.text);
        Ok(())
    }
}

impl<ST> QueryId for Piece<ST> {
    type QueryId = ();

    const HAS_STATIC_QUERY_ID: bool = false;
}

impl<ST, From> AppearsOnTable<From> for Piece<ST> where Self: Expression {}
impl<ST, From> SelectableExpression<From> for Piece<ST> where Self: Expression {}

impl<ST, Groups> ValidGrouping<Groups> for Piece<ST> {
    type IsAggregate = is_aggregate::Never;
}

/// A query of so many rows at most, with the number in its text. As a value, as Diesel's `limit` has it, PostgreSQL would
/// count on a tenth of the table, take no kept plan and plan anew each time, which is dearer than reading a page. For lists
/// of a whole tenant: those of one organisation have kept plans by `limit`, which fit small ones and large ones alike.
#[derive(Debug, Clone, Copy)]
pub struct AtMost<Q> {
    query: Q,
    rows: usize,
}

/// What may be asked for some rows only.
pub trait Short: Sized {
    /// A page of this size, and a row more that tells whether there are others. There should be few sizes: each is a
    /// statement that is kept.
    fn page_of(self, size: usize) -> AtMost<Self> {
        AtMost { query: self, rows: size + 1 }
    }
}

impl<Q: Query> Short for Q {}

impl<Q: QueryFragment<Pg>> QueryFragment<Pg> for AtMost<Q> {
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, Pg>) -> QueryResult<()> {
        self.query.walk_ast(out.reborrow())?;
        out.push_sql(&format!(" LIMIT {}", self.rows));
        Ok(())
    }
}

impl<Q> QueryId for AtMost<Q> {
    type QueryId = ();

    const HAS_STATIC_QUERY_ID: bool = false;
}

impl<Q: Query> Query for AtMost<Q> {
    type SqlType = Q::SqlType;
}

impl<Q> RunQueryDsl<PgConnection> for AtMost<Q> {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_piece_of_sql_and_the_size_of_a_page_leave_a_statement_keepable() {
        use crate::db::schema::tenants;
        use diesel::prelude::*;
        use diesel::sql_types::Bool;
        let kept = |query: &dyn QueryFragment<Pg>| query.is_safe_to_cache_prepared(&Pg).expect("it can be told");
        let page = tenants::table.select(tenants::id).filter(Piece::<Bool>::new("tenants.slug <> ''")).page_of(25);
        assert!(kept(&page));
        let text = diesel::debug_query::<Pg, _>(&page).to_string();
        assert!(text.ends_with("WHERE tenants.slug <> '' LIMIT 26 -- binds: []"), "{text}");
        assert!(!kept(&tenants::table.select(tenants::id).filter(diesel::dsl::sql::<Bool>("true"))));
    }

    #[test]
    fn a_value_may_come_twice_and_in_any_order() {
        let kept = Kept::new("SELECT $2, $1, $2".into(), vec![Given::Number(7), Given::Text("x".into())]);
        assert_eq!(diesel::debug_query::<Pg, _>(&kept).to_string(), "SELECT $1, $2, $3 -- binds: [\"x\", 7, \"x\"]");
    }
}
