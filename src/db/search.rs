//! Statements that are put together from pieces, with bound values only, and patterns that a trigram index can answer
//! quickly. Knows no table.

use std::collections::HashSet;

use diesel::expression::SqlLiteral;
use diesel::pg::Pg;
use diesel::query_builder::{BoxedSqlQuery, SqlQuery};
use diesel::sql_query;
use diesel::sql_types::{Array, BigInt, Bool, Text, Uuid as SqlUuid};
use uuid::Uuid;

/// A value to be bound.
#[derive(Debug, Clone)]
pub enum Value {
    Text(String),
    Texts(Vec<String>),
    Id(Uuid),
    Ids(Vec<Uuid>),
    Number(i64),
}

impl Value {
    /// Its type, so that the statement means the same to whoever sends it.
    const fn cast(&self) -> &'static str {
        match self {
            Self::Text(_) => "text",
            Self::Texts(_) => "text[]",
            Self::Id(_) => "uuid",
            Self::Ids(_) => "uuid[]",
            Self::Number(_) => "bigint",
        }
    }
}

/// A statement under construction. Its pieces are constants of ours; whatever was typed is bound.
#[derive(Debug, Clone)]
pub struct Statement {
    text: String,
    values: Vec<Value>,
}

impl Statement {
    pub fn new(text: &str) -> Self {
        Self { text: text.to_owned(), values: Vec::new() }
    }

    /// More text.
    #[must_use]
    pub fn then(mut self, text: &str) -> Self {
        self.text.push_str(text);
        self
    }

    /// More text, and a value behind it.
    #[must_use]
    pub fn and(mut self, text: &str, value: Value) -> Self {
        let cast = value.cast();
        self.values.push(value);
        for piece in [text, "$", &self.values.len().to_string(), "::", cast] {
            self.text.push_str(piece);
        }
        self
    }

    /// For execution.
    pub fn query(self) -> BoxedSqlQuery<'static, Pg, SqlQuery> {
        self.values.into_iter().fold(sql_query(self.text).into_boxed::<Pg>(), |query, value| match value {
            Value::Text(text) => query.bind::<Text, _>(text),
            Value::Texts(texts) => query.bind::<Array<Text>, _>(texts),
            Value::Id(id) => query.bind::<SqlUuid, _>(id),
            Value::Ids(ids) => query.bind::<Array<SqlUuid>, _>(ids),
            Value::Number(number) => query.bind::<BigInt, _>(number),
        })
    }
}

/// A condition that holds always and has the statement planned for its values each time. PostgreSQL takes up a plan for
/// any value after five runs of a kept statement, and that one asks no index for a pattern that it does not know.
pub fn planned_anew() -> SqlLiteral<Bool> {
    // Diesel keeps no statement with text of ours in it.
    diesel::dsl::sql("true")
}

/// Characters of a pattern that are enough for the index.
const ENOUGH: usize = 16;

/// A pattern that fits whatever `%pattern%` fits, and that a trigram index answers without reading rows in vain: short,
/// and ending where a trigram would come a second time (an index does not know how often a text has one).
pub fn reduced(pattern: &str) -> String {
    let letters: Vec<char> = pattern.trim_matches('%').chars().collect();
    if letters.contains(&'\\') {
        return pattern.to_owned();
    }
    let mut seen = HashSet::new();
    let fresh = letters.windows(3).take_while(|three| seen.insert(three.to_vec())).count();
    let length = letters.len().min(fresh + 2).min(ENOUGH);
    format!("%{}%", letters.iter().take(length).collect::<String>())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_reduced_pattern_is_the_beginning_of_the_whole() {
        for (whole, part) in [
            ("%north%", "%north%"),
            ("% no%", "% no%"),
            ("%aaaaaaaa%", "%aaa%"),
            ("%abababab%", "%abab%"),
            ("%0123456789abcdefghij%", "%0123456789abcdef%"),
            ("%100\\% sure%", "%100\\% sure%"),
        ] {
            assert_eq!(reduced(whole), part);
        }
    }

    #[test]
    fn values_are_bound_in_order() {
        let statement = Statement::new("SELECT ").and("", Value::Number(1)).and(" + ", Value::Number(2)).then(" AS n");
        assert_eq!((statement.text.as_str(), statement.values.len()), ("SELECT $1::bigint + $2::bigint AS n", 2));
    }
}
