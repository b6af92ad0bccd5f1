//! What a query of the find language means: thousands of random expressions, asked of PostgreSQL and of a few lines of
//! Rust that know no SQL, find the same rows.

use std::fmt::Write as _;

use chrono::{DateTime, Duration, SubsecRound as _, TimeZone as _, Utc};
use diesel::connection::SimpleConnection as _;
use guildhall::api::collection::{Collection, Scope};
use guildhall::api::find::{self, Field, Kind};
use guildhall::api::page::Page;
use guildhall::db::Totals;
use rand::rngs::StdRng;
use rand::seq::IndexedRandom as _;
use rand::{Rng as _, SeedableRng as _};
use serde_json::{Value, json};

use super::support::cluster::Database;
use super::support::proof;

const SEED: u64 = 20_261_121;
const EXPRESSIONS: usize = 3_000;
const ROWS: i64 = 60;

/// One field of every kind, and of those that can be empty an empty one.
const THINGS: Collection = Collection {
    from: "FROM things t WHERE $1::uuid IS NOT NULL AND $2::uuid IS NOT NULL AND $3::timestamptz IS NOT NULL",
    own: None,
    members: &[("id", "t.id")],
    fields: &[
        Field { name: "id", sql: "t.id", kind: Kind::Number },
        Field { name: "serial", sql: "t.serial", kind: Kind::SearchableNumber },
        Field { name: "name", sql: "t.name", kind: Kind::Text },
        Field { name: "note", sql: "t.note", kind: Kind::Text },
        Field { name: "state", sql: "t.state", kind: Kind::Word },
        Field { name: "at", sql: "t.at", kind: Kind::Moment },
        Field { name: "ended", sql: "t.ended", kind: Kind::Moment },
    ],
    sorts: &[],
    id: "t.id",
};

/// What means something to SQL, to LIKE, to JSON, to a bind; letters in two cases, with and without accents.
const LETTERS: [&str; 20] =
    ["a", "A", "b", "B", "é", "É", "ö", "Ö", "%", "_", "\\", "'", "\"", " ", "$4", ";", "--", "1", "\n", "株"];
const STATES: [&str; 4] = ["PENDING", "ACCEPTED", "pending", "A_%"];

/// A row, as both sides know it.
#[derive(Debug)]
struct Thing {
    id: i64,
    serial: Option<i64>,
    name: String,
    note: Option<String>,
    state: &'static str,
    at: DateTime<Utc>,
    ended: Option<DateTime<Utc>>,
}

impl Thing {
    fn random(id: i64, rng: &mut StdRng) -> Self {
        Self {
            id,
            serial: rng.random_bool(0.8).then(|| rng.random_range(0..2_000)),
            name: word(rng),
            note: rng.random_bool(0.6).then(|| word(rng)),
            state: STATES.choose(rng).expect("a state"),
            at: moment(rng),
            ended: rng.random_bool(0.5).then(|| moment(rng)),
        }
    }

    /// A field's value as text; moments are asked for by [`Thing::moment`].
    fn text(&self, field: &str) -> Option<String> {
        match field {
            "id" => Some(self.id.to_string()),
            "serial" => self.serial.map(|serial| serial.to_string()),
            "name" => Some(self.name.clone()),
            "note" => self.note.clone(),
            "state" => Some(self.state.to_owned()),
            _ => panic!("{field} is no text"),
        }
    }

    fn moment(&self, field: &str) -> Option<DateTime<Utc>> {
        if field == "at" { Some(self.at) } else { self.ended }
    }
}

fn word(rng: &mut StdRng) -> String {
    (0..rng.random_range(0..4)).map(|_| *LETTERS.choose(rng).expect("a letter")).collect()
}

/// Within some milliseconds of one of three moments, so that boundaries are met.
fn moment(rng: &mut StdRng) -> DateTime<Utc> {
    let years = [1970, 2026, 9998];
    let start = Utc.with_ymd_and_hms(*years.choose(rng).expect("a year"), 3, 1, 0, 0, 0).single().expect("a moment");
    start + Duration::microseconds(rng.random_range(0..4) * 500)
}

fn lower(text: &str) -> String {
    text.chars().flat_map(char::to_lowercase).collect()
}

/// The language in memory. A field without a value fits nothing that can be asked of it.
fn fits(query: &Value, thing: &Thing) -> bool {
    let queries = || query["queries"].as_array().expect("queries").iter();
    let kind = query["type"].as_str().expect("a type");
    if kind == "and" || kind == "or" {
        return if kind == "and" {
            queries().all(|one| fits(one, thing))
        } else {
            queries().any(|one| fits(one, thing))
        };
    }
    let field = query["field"].as_str().expect("a field");
    if let "greater" | "greaterOrEqual" | "lower" | "lowerOrEqual" = kind {
        let value = query["value"].as_str().and_then(|value| value.parse::<DateTime<Utc>>().ok()).expect("a moment");
        let Some(own) = thing.moment(field).map(|own| own.trunc_subsecs(3)) else { return false };
        return match kind {
            "greater" => own > value,
            "greaterOrEqual" => own >= value,
            "lower" => own < value,
            _ => own <= value,
        };
    }
    let Some(own) = thing.text(field) else { return false };
    let cased = query["caseSensitive"] == true;
    let folded = |text: String| if cased { text } else { lower(&text) };
    let own = folded(own);
    let value = |value: &Value| folded(value.as_str().map_or_else(|| value.to_string(), str::to_owned));
    match kind {
        "eq" => own == value(&query["value"]),
        "in" => query["value"].as_array().expect("values").iter().any(|one| own == value(one)),
        _ => own.contains(&value(&query["value"])),
    }
}

/// Makes expressions that the language allows.
struct Expressions<'a> {
    rng: StdRng,
    things: &'a [Thing],
}

impl Expressions<'_> {
    fn any(&mut self, depth: usize) -> Value {
        if depth < 5 && self.rng.random_bool(if depth == 1 { 0.8 } else { 0.35 }) {
            let kind = if self.rng.random_bool(0.5) { "and" } else { "or" };
            // Five levels of three are more than fifty parts; two are not.
            let most = if depth == 1 { 3 } else { 2 };
            let queries: Vec<Value> = (0..self.rng.random_range(1..=most)).map(|_| self.any(depth + 1)).collect();
            return json!({ "type": kind, "queries": queries });
        }
        self.leaf()
    }

    fn leaf(&mut self) -> Value {
        let field = *THINGS.fields.choose(&mut self.rng).expect("a field");
        if field.kind == Kind::Moment {
            let kinds = ["greater", "greaterOrEqual", "lower", "lowerOrEqual"];
            let value = moment(&mut self.rng).to_rfc3339();
            return json!({ "type": kinds.choose(&mut self.rng), "field": field.name, "value": value });
        }
        let searchable = matches!(field.kind, Kind::Text | Kind::SearchableNumber);
        let kinds = if searchable { &["eq", "in", "search"][..] } else { &["eq", "in"] };
        let kind = *kinds.choose(&mut self.rng).expect("a type");
        let value = match kind {
            "in" => (0..self.rng.random_range(1..5)).map(|_| self.value(field)).collect::<Vec<_>>().into(),
            "search" => self.part(field).into(),
            _ => self.value(field),
        };
        let mut leaf = json!({ "type": kind, "field": field.name, "value": value });
        if self.rng.random_bool(0.6) {
            leaf["caseSensitive"] = self.rng.random_bool(0.5).into();
        }
        leaf
    }

    /// Mostly what some row has, in one case or another; numbers also as JSON numbers and in shapes that none has.
    fn value(&mut self, field: Field) -> Value {
        let thing = self.things.choose(&mut self.rng).expect("a thing");
        let known = thing.text(field.name).unwrap_or_default();
        match self.rng.random_range(0..8) {
            0 => word(&mut self.rng).into(),
            1 => known.to_uppercase().into(),
            2 => lower(&known).into(),
            3 => format!("0{known}").into(),
            4 => known.parse::<i64>().map_or_else(|_| true.into(), Value::from),
            _ => known.into(),
        }
    }

    /// At least a letter of what some row has.
    fn part(&mut self, field: Field) -> String {
        let value = self.value(field);
        let letters: Vec<char> = value.as_str().map_or_else(|| value.to_string(), str::to_owned).chars().collect();
        let (Some(from), true) = (letters.len().checked_sub(1), self.rng.random_bool(0.9)) else {
            return LETTERS.choose(&mut self.rng).map_or_else(String::new, ToString::to_string);
        };
        let from = self.rng.random_range(0..=from);
        letters[from..self.rng.random_range(from + 1..=letters.len())].iter().collect()
    }
}

fn table(things: &[Thing]) -> String {
    let text = |text: &str| format!("'{}'", text.replace('\'', "''"));
    let mut sql = String::from(
        "CREATE TABLE things (id bigint, serial bigint, name text, note text, state text, at timestamptz, ended timestamptz);",
    );
    for thing in things {
        let null = || "NULL".to_owned();
        write!(
            sql,
            "INSERT INTO things VALUES ({}, {}, {}, {}, '{}', '{}', {});",
            thing.id,
            thing.serial.map_or_else(null, |serial| serial.to_string()),
            text(&thing.name),
            thing.note.as_deref().map_or_else(null, text),
            thing.state,
            thing.at.to_rfc3339(),
            thing.ended.map_or_else(null, |ended| format!("'{}'", ended.to_rfc3339())),
        )
        .expect("memory");
    }
    sql
}

#[test]
fn a_query_finds_what_it_says() {
    // S4-12 … S4-17
    let mut rng = StdRng::seed_from_u64(SEED);
    let things: Vec<Thing> = (1..=ROWS).map(|id| Thing::random(id, &mut rng)).collect();
    let (database, page) = (Database::fresh(), Page { offset: 0, size: 1_000, sort: None, descending: false });
    let mut conn = database.connect();
    conn.batch_execute(&table(&things)).expect("a table");
    let nobody = uuid::Uuid::nil();
    let scope = Scope { tenant: nobody, organisation: nobody, host: false, now: Utc.timestamp_nanos(0) };
    if proof::planted("find") {
        conn.batch_execute("UPDATE things SET at = at + interval '1 millisecond' WHERE id = 7").expect("a fault");
    }
    let mut expressions = Expressions { rng, things: &things };
    let mut telling = 0;
    for number in 0..EXPRESSIONS {
        let query = expressions.any(1);
        let asked = format!("expression {number} of seed {SEED}: {query}");
        let condition = find::compile(&query, THINGS.fields, 4).unwrap_or_else(|error| panic!("{asked}: {error}"));
        let found = THINGS.list((&mut conn, &Totals::default()), scope, (&page, THINGS.id), Some(&condition));
        let found = found.unwrap_or_else(|error| panic!("{asked}: {error}: {}", condition.sql));
        let expected: Vec<String> =
            things.iter().filter(|thing| fits(&query, thing)).map(|thing| format!("{{\"id\":{}}}", thing.id)).collect();
        proof::tried("find", "expressions", 1);
        assert_eq!(found.items, expected, "{asked}\n{}", condition.sql);
        assert_eq!(found.total, i64::try_from(expected.len()).expect("a few"), "{asked}");
        telling += usize::from(!expected.is_empty() && expected.len() < things.len());
    }
    assert!(telling > EXPRESSIONS / 2, "only {telling} expressions tell one row from another");
}
