//! The query language of `find`: typed against a collection's fields, bounded, compiled to SQL with bound values only.
//!
//! Leaf: `{type, field, value, caseSensitive?}`; group: `{type: "and"|"or", queries: […]}` (seed 004). What is not
//! understood is a 400 that names the JSON path.

use chrono::{DateTime, Utc};
use serde_json::{Map, Value};
use uuid::Uuid;

use super::error::{ApiError, Fault};
use crate::db::search::reduced;
use crate::input;

/// Nesting.
pub const DEPTH: usize = 5;
/// Queries in all, values of one `in`, characters of one value.
const NODES: usize = 250;
/// Queries of one group.
pub const MEMBERS: usize = 50;
const VALUES: usize = 200;
const LENGTH: usize = 200;

const TOO_LARGE: &str = "Queries go 5 levels deep, with 50 in a group and 250 in all at most.";

/// What a field holds, and with it what can be asked of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// Text: `eq`, `in`, `search`.
    Text,
    /// One of some words: `eq`, `in`.
    Word,
    /// A public number, told as text: `eq`, `in`.
    Number,
    /// A public number that can also be searched in.
    SearchableNumber,
    /// A moment: `greater`, `greaterOrEqual`, `lower`, `lowerOrEqual`.
    Moment,
}

/// A field of a collection.
#[derive(Debug, Clone, Copy)]
pub struct Field {
    pub name: &'static str,
    /// The expression behind it; never anything that a caller sent.
    pub sql: &'static str,
    pub kind: Kind,
}

/// A value to be bound.
#[derive(Debug, Clone, PartialEq)]
pub enum Bind {
    Text(String),
    Texts(Vec<String>),
    Numbers(Vec<i64>),
    Moment(DateTime<Utc>),
}

/// A condition with its values, numbered from `first` on.
#[derive(Debug, Clone, PartialEq)]
pub struct Condition {
    pub sql: String,
    pub binds: Vec<Bind>,
}

/// Compiles a query against these fields.
///
/// # Errors
/// 400 that names the JSON path of what is not understood.
pub fn compile(query: &Value, fields: &[Field], first: usize) -> Result<Condition, ApiError> {
    let mut compiler = Compiler { fields, first, binds: Vec::new(), nodes: 0 };
    let sql = compiler.node(query, "", 1)?;
    Ok(Condition { sql, binds: compiler.binds })
}

struct Compiler<'a> {
    fields: &'a [Field],
    first: usize,
    binds: Vec<Bind>,
    nodes: usize,
}

impl Compiler<'_> {
    fn node(&mut self, query: &Value, path: &str, depth: usize) -> Result<String, ApiError> {
        self.nodes += 1;
        if depth > DEPTH || self.nodes > NODES {
            return Err(fault(path, "too_large", TOO_LARGE));
        }
        let Value::Object(query) = query else { return Err(fault(path, "not_an_object", "Send a query, an object.")) };
        let kind = match query.get("type") {
            Some(Value::String(kind)) => kind.as_str(),
            _ => return Err(fault(&below(path, "type"), "required", "Send the type of this query, a string.")),
        };
        match kind {
            "and" => self.group(query, path, depth, " AND "),
            "or" => self.group(query, path, depth, " OR "),
            _ => self.leaf(query, path, kind),
        }
    }

    fn group(&mut self, query: &Map<String, Value>, path: &str, depth: usize, joint: &str) -> Result<String, ApiError> {
        only(query, path, &["type", "queries"])?;
        let inner = below(path, "queries");
        let queries = match query.get("queries") {
            Some(Value::Array(queries)) if !queries.is_empty() => queries,
            _ => return Err(fault(&inner, "required", "Send an array with one query or more.")),
        };
        if queries.len() > MEMBERS {
            return Err(fault(&inner, "too_large", TOO_LARGE));
        }
        let parts: Result<Vec<String>, ApiError> = queries
            .iter()
            .enumerate()
            .map(|(at, query)| self.node(query, &format!("{inner}[{at}]"), depth + 1))
            .collect();
        Ok(format!("({})", parts?.join(joint)))
    }

    fn leaf(&mut self, query: &Map<String, Value>, path: &str, kind: &str) -> Result<String, ApiError> {
        only(query, path, &["type", "field", "value", "caseSensitive"])?;
        let field = self.field(query, path)?;
        let value = query.get("value").ok_or_else(|| fault(&below(path, "value"), "required", "Send a value."))?;
        let cased = match query.get("caseSensitive") {
            None => false,
            Some(Value::Bool(cased)) => *cased,
            Some(_) => return Err(fault(&below(path, "caseSensitive"), "not_a_boolean", "Send true or false.")),
        };
        let at = below(path, "value");
        let numeric = matches!(field.kind, Kind::Number | Kind::SearchableNumber);
        match (kind, field.kind) {
            ("eq" | "in", Kind::Moment) => Err(unfit(path, kind, field)),
            ("eq", _) if numeric => Ok(self.numbers(field, &[text(value, &at)?])),
            ("eq", _) => Ok(self.texts(field, vec![text(value, &at)?], cased)),
            ("in", _) if numeric => Ok(self.numbers(field, &texts(value, &at)?)),
            ("in", _) => {
                let values = texts(value, &at)?;
                Ok(self.texts(field, values, cased))
            }
            ("search", Kind::Text | Kind::SearchableNumber) => self.search(field, value, &at, cased),
            ("greater" | "greaterOrEqual" | "lower" | "lowerOrEqual", Kind::Moment) => {
                self.compare(field, kind, value, &at)
            }
            ("search" | "greater" | "greaterOrEqual" | "lower" | "lowerOrEqual", _) => Err(unfit(path, kind, field)),
            _ => Err(fault(&below(path, "type"), "unknown", "This type of query is not known.")),
        }
    }

    fn field(&self, query: &Map<String, Value>, path: &str) -> Result<Field, ApiError> {
        let at = below(path, "field");
        let Some(Value::String(name)) = query.get("field") else {
            return Err(fault(&at, "required", "Send the name of a field, a string."));
        };
        let known = self.fields.iter().find(|field| field.name == name).copied();
        known.ok_or_else(|| {
            let names: Vec<_> = self.fields.iter().map(|field| field.name).collect();
            fault(&at, "unknown", &format!("Fields that can be asked for: {}.", names.join(", ")))
        })
    }

    fn bind(&mut self, value: Bind) -> String {
        self.binds.push(value);
        format!("${}", self.first + self.binds.len() - 1)
    }

    /// A number that nothing can have matches nothing; it is no fault.
    fn numbers(&mut self, field: Field, values: &[String]) -> String {
        let numbers = values.iter().filter_map(|text| text.parse().ok().filter(|n: &i64| n.to_string() == *text));
        let place = self.bind(Bind::Numbers(numbers.collect()));
        format!("{} = ANY({place})", field.sql)
    }

    fn texts(&mut self, field: Field, values: Vec<String>, cased: bool) -> String {
        if let Some(column) = field.sql.strip_suffix("::text") {
            return self.ids(column, &values, cased);
        }
        let own = WHOLE.contains(&field.sql);
        let patterns = values.iter().map(|value| pattern(value)).collect::<Option<Vec<_>>>();
        let wider = indexed(field.sql).filter(|_| !own).zip(patterns);
        let place = self.bind(Bind::Texts(values));
        // As an array, which an index can be asked for.
        let lower = format!("{} = ANY(ARRAY(SELECT lower(v) FROM unnest({place}::text[]) v))", lowered(field.sql));
        let condition = if cased && own {
            format!("({} = ANY({place}) AND {lower})", field.sql)
        } else if cased {
            format!("{} = ANY({place})", field.sql)
        } else {
            lower
        };
        let Some((index, patterns)) = wider else { return condition };
        let place = self.bind(Bind::Texts(patterns));
        format!("({index} LIKE ANY({place}) AND {condition})")
    }

    /// An id told as text: compared as an id, which has an index. What cannot be one matches nothing.
    fn ids(&mut self, column: &str, values: &[String], cased: bool) -> String {
        let parsed = values.iter().filter_map(|text| {
            let id = Uuid::try_parse(text).ok()?.hyphenated().to_string();
            (id == if cased { text.clone() } else { text.to_lowercase() }).then_some(id)
        });
        let place = self.bind(Bind::Texts(parsed.collect()));
        format!("{column} = ANY({place}::text[]::uuid[])")
    }

    fn search(&mut self, field: Field, value: &Value, at: &str, cased: bool) -> Result<String, ApiError> {
        let wanted = text(value, at)?;
        if wanted.is_empty() {
            return Err(fault(at, "too_short", "Send at least one character to search for."));
        }
        let pattern = indexed(field.sql).and_then(|index| Some((index, pattern(&wanted)?)));
        let place = self.bind(Bind::Text(wanted));
        // `position` knows no wildcards: % and _ are themselves.
        let condition = if cased {
            format!("position({place} IN ({})::text) > 0", field.sql)
        } else {
            format!("position(lower({place}) IN lower(({})::text)) > 0", field.sql)
        };
        Ok(match pattern {
            None => condition,
            Some((index, pattern)) => {
                let place = self.bind(Bind::Text(pattern));
                format!("({index} LIKE {place} AND {condition})")
            }
        })
    }

    /// Moments are told, and so compared, to the millisecond; the column itself beside that is for its index.
    fn compare(&mut self, field: Field, kind: &str, value: &Value, at: &str) -> Result<String, ApiError> {
        let moment = value.as_str().and_then(|text| DateTime::parse_from_rfc3339(text).ok());
        let moment = moment.map(|moment| moment.with_timezone(&Utc)).filter(|moment| {
            use chrono::Datelike as _;
            (1..=9_999).contains(&moment.year())
        });
        let Some(moment) = moment else {
            return Err(fault(at, "not_a_moment", "Send a moment such as 2026-11-21T10:30:00.000Z."));
        };
        let (operator, edge) = match kind {
            "greater" => (">", ">="),
            "greaterOrEqual" => (">=", ">="),
            "lower" => ("<", "< interval '1 millisecond' +"),
            _ => ("<=", "< interval '1 millisecond' +"),
        };
        let (place, sql) = (self.bind(Bind::Moment(moment)), field.sql);
        Ok(format!("({sql} {edge} {place} AND date_trunc('milliseconds', {sql}) {operator} {place})"))
    }
}

/// Columns that hold lower case only need not be lowered, and so keep their index.
fn lowered(sql: &str) -> String {
    if sql.ends_with("_key") { sql.to_owned() } else { format!("lower({sql})") }
}

/// Where a trigram index holds the text of a column, and with it whatever a search for a part of it finds.
fn indexed(sql: &str) -> Option<&'static str> {
    match sql {
        "r.company_name" | "r.email" | "r.email_key" => Some("r.search_text"),
        "i.company_name" | "i.email" | "i.email_key" => Some("i.search_text"),
        "u.name" => Some("lower(u.name)"),
        "u.email_key" => Some("u.email_key"),
        "o.name" | "o.code" | "o.zuora_account_id" | "o.salesforce_account_id" => Some("o.search_text"),
        _ => None,
    }
}

/// Columns whose values an index has in lower case, each as a whole.
const WHOLE: [&str; 5] = ["o.code", "o.zuora_account_id", "o.salesforce_account_id", "u.name", "u.email_key"];

/// What the index is asked for: a wider condition than the search itself. None where it would help nothing.
fn pattern(wanted: &str) -> Option<String> {
    let folded = input::search(wanted);
    let plain = wanted.is_ascii() && !wanted.contains("  ") && folded.chars().count() >= 3;
    plain.then(|| reduced(&format!("%{}%", folded.replace('\\', "\\\\").replace('%', "\\%").replace('_', "\\_"))))
}

fn text(value: &Value, at: &str) -> Result<String, ApiError> {
    let text = match value {
        Value::String(text) => text.clone(),
        Value::Number(number) => number.to_string(),
        Value::Bool(value) => value.to_string(),
        _ => return Err(fault(at, "not_a_value", "Send a string, a number or a boolean.")),
    };
    if text.contains('\0') || text.chars().count() > LENGTH {
        return Err(fault(at, "too_long", "Values have 200 characters at most, none of them NUL."));
    }
    Ok(text)
}

fn texts(value: &Value, at: &str) -> Result<Vec<String>, ApiError> {
    match value {
        Value::Array(values) if (1..=VALUES).contains(&values.len()) => {
            values.iter().enumerate().map(|(index, value)| text(value, &format!("{at}[{index}]"))).collect()
        }
        _ => Err(fault(at, "not_an_array", "Send an array of 1 to 200 values.")),
    }
}

fn only(query: &Map<String, Value>, path: &str, known: &[&str]) -> Result<(), ApiError> {
    match query.keys().find(|name| !known.contains(&name.as_str())) {
        None => Ok(()),
        Some(name) => Err(fault(&below(path, name), "unknown", "This member is not known here.")),
    }
}

fn unfit(path: &str, kind: &str, field: Field) -> ApiError {
    fault(&below(path, "type"), "not_allowed", &format!("{kind} cannot be asked of {}.", field.name))
}

fn below(path: &str, member: &str) -> String {
    let member: String = member.chars().filter(|c| !c.is_control()).take(60).collect();
    if path.is_empty() { member } else { format!("{path}.{member}") }
}

fn fault(path: &str, code: &'static str, message: &str) -> ApiError {
    ApiError::malformed(Fault { place: "body", path: path.to_owned(), code, message: message.into() })
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    const FIELDS: &[Field] = &[
        Field { name: "name", sql: "t.name", kind: Kind::Text },
        Field { name: "status", sql: "t.status", kind: Kind::Word },
        Field { name: "id", sql: "t.number", kind: Kind::Number },
        Field { name: "at", sql: "t.at", kind: Kind::Moment },
    ];

    fn refused(query: &Value) -> (String, &'static str) {
        let error = compile(query, FIELDS, 1).unwrap_err();
        assert_eq!(error.status.as_u16(), 400);
        (error.faults[0].path.clone(), error.faults[0].code)
    }

    #[test]
    fn every_value_is_bound_and_none_is_in_the_sql() {
        let query = json!({ "type": "and", "queries": [
            { "type": "eq", "field": "name", "value": "'; DROP TABLE x; --", "caseSensitive": true },
            { "type": "or", "queries": [
                { "type": "in", "field": "id", "value": ["1", 2, "x", "01"] },
                { "type": "search", "field": "name", "value": "%_\\" },
            ] },
            { "type": "greaterOrEqual", "field": "at", "value": "2026-01-01T00:00:00.000Z" },
        ] });
        let condition = compile(&query, FIELDS, 4).unwrap();
        assert_eq!(
            condition.sql,
            "(t.name = ANY($4) AND (t.number = ANY($5) OR position(lower($6) IN lower((t.name)::text)) > 0) AND \
             (t.at >= $7 AND date_trunc('milliseconds', t.at) >= $7))"
        );
        assert_eq!(condition.binds[1], Bind::Numbers(vec![1, 2]));
        assert_eq!(condition.binds[2], Bind::Text("%_\\".into()));
    }

    #[test]
    fn a_refusal_names_the_place() {
        for (query, path, code) in [
            (json!([]), "", "not_an_object"),
            (json!({}), "type", "required"),
            (json!({ "type": "not", "field": "name", "value": "x" }), "type", "unknown"),
            (json!({ "type": "eq", "field": "secret", "value": "x" }), "field", "unknown"),
            (json!({ "type": "eq", "field": "name" }), "value", "required"),
            (json!({ "type": "eq", "field": "name", "value": [] }), "value", "not_a_value"),
            (
                json!({ "type": "eq", "field": "name", "value": "x", "caseSensitive": "yes" }),
                "caseSensitive",
                "not_a_boolean",
            ),
            (json!({ "type": "in", "field": "name", "value": "x" }), "value", "not_an_array"),
            (json!({ "type": "in", "field": "name", "value": [] }), "value", "not_an_array"),
            (json!({ "type": "in", "field": "name", "value": ["x", {}] }), "value[1]", "not_a_value"),
            (json!({ "type": "search", "field": "status", "value": "x" }), "type", "not_allowed"),
            (json!({ "type": "search", "field": "id", "value": "1" }), "type", "not_allowed"),
            (json!({ "type": "greater", "field": "name", "value": "x" }), "type", "not_allowed"),
            (json!({ "type": "greater", "field": "at", "value": "yesterday" }), "value", "not_a_moment"),
            (json!({ "type": "eq", "field": "at", "value": "x" }), "type", "not_allowed"),
            (json!({ "type": "and", "queries": [] }), "queries", "required"),
            (json!({ "type": "and", "queries": [{ "type": "or" }] }), "queries[0].queries", "required"),
            (json!({ "type": "eq", "field": "name", "value": "a\0b" }), "value", "too_long"),
            (json!({ "type": "eq", "field": "name", "value": "x", "sql": "1" }), "sql", "unknown"),
        ] {
            assert_eq!(refused(&query), (path.to_owned(), code), "{query}");
        }
    }

    #[test]
    fn depth_and_number_are_bounded() {
        let mut deep = json!({ "type": "eq", "field": "name", "value": "x" });
        for _ in 0..5 {
            deep = json!({ "type": "and", "queries": [deep] });
        }
        assert_eq!(refused(&deep).1, "too_large");
        let group = |of: usize, with: &Value| json!({ "type": "or", "queries": vec![with; of] });
        let leaf = json!({ "type": "eq", "field": "name", "value": "x" });
        assert!(compile(&group(50, &leaf), FIELDS, 1).is_ok());
        assert!(compile(&group(4, &group(50, &leaf)), FIELDS, 1).is_ok());
        assert_eq!(refused(&group(5, &group(50, &leaf))).1, "too_large");
        let many: Vec<_> = (0..60).map(|_| json!({ "type": "eq", "field": "name", "value": "x" })).collect();
        assert_eq!(refused(&json!({ "type": "or", "queries": many })).1, "too_large");
    }
}
