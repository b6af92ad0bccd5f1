//! What was probably meant by a search that nothing matches: words, codes and addresses that are one slip of the keyboard
//! away. Looks up what could have been typed instead, so that its cost does not grow with the number of partners. Knows
//! neither pages nor orders: `search.rs` looks for what this guesses.

use diesel::connection::SimpleConnection as _;
use diesel::pg::PgConnection;
use diesel::prelude::*;
use diesel::sql_types::{BigInt, Text};
use uuid::Uuid;

use super::queries::escaped;
use super::search::{INDEXES_AS_A_WHOLE, INDEXES_IN_ORDER, PARTNERS, Wanted, ids};
use crate::db::search::{Statement, Value};
use crate::input::slips;

/// What may have been meant: words for one, combinations of them, mistyped words that are looked at.
const MEANINGS: usize = 4;
const COMBINATIONS: usize = 6;
const WORDS: usize = 4;

/// What may have been meant by a text that nothing matches; None when there is no guess.
pub(super) fn near(tx: &mut PgConnection, tenant: Uuid, text: &str) -> QueryResult<Option<Wanted>> {
    if text.contains('@') {
        let found = by_mistyped_address(tx, tenant, text)?;
        return Ok((!found.is_empty()).then_some(Wanted::Ids(found)));
    }
    if !text.contains(' ') && text.chars().any(|c| c.is_ascii_digit() || "-_".contains(c)) {
        let found = by_mistyped_id(tx, tenant, text)?;
        if !found.is_empty() {
            return Ok(Some(Wanted::Ids(found)));
        }
    }
    let words: Vec<&str> = text.split(' ').collect();
    let known = meant(tx, tenant, &words)?;
    let mut combinations = 1;
    let meanings = words.iter().enumerate().map(|(at, word)| {
        let own = known.iter().filter(|(place, _)| *place == at).map(|(_, word)| word.as_str());
        // One word alone is known to be nowhere; of several, some may be right.
        let itself = (words.len() > 1).then_some(*word);
        let mut all: Vec<&str> = itself.into_iter().chain(own).collect();
        all.truncate((COMBINATIONS / combinations).clamp(1, MEANINGS + 1));
        combinations *= all.len();
        all.into_iter().map(|word| format!("%{}%", escaped(word))).collect()
    });
    let meanings: Vec<Vec<String>> = meanings.collect();
    Ok((!known.is_empty()).then_some(Wanted::Words(meanings)))
}

/// Beginnings of words in partners' names that the first few words are one slip away from, each with its word's place.
fn meant(tx: &mut PgConnection, tenant: Uuid, words: &[&str]) -> QueryResult<Vec<(usize, String)>> {
    #[derive(QueryableByName)]
    struct Meaning {
        #[diesel(sql_type = BigInt)]
        place: i64,
        #[diesel(sql_type = Text)]
        word: String,
    }
    tx.batch_execute(INDEXES_IN_ORDER)?;
    let mut found = Vec::new();
    for (at, word) in words.iter().enumerate().filter(|(_, word)| word.chars().count() > 3).take(WORDS) {
        let statement = Statement::new("SELECT ").and("", Value::Number(i64::try_from(at).unwrap_or_default()))
            .and(" AS place, typed.word FROM unnest(", Value::Texts(slips(word)))
            .and(") AS typed(word), LATERAL (SELECT FROM organisation_words k WHERE k.tenant_id = ", Value::Id(tenant))
            // The last character there is: an upper end for every word with this beginning.
            .then(" AND k.word >= typed.word COLLATE \"C\" AND k.word < (typed.word || chr(1114111)) COLLATE \"C\" LIMIT 1) AS known")
            .and(" LIMIT ", Value::Number(i64::try_from(MEANINGS).unwrap_or(4)));
        let rows: Vec<Meaning> = statement.query().load(tx)?;
        found.extend(rows.into_iter().map(|row| (usize::try_from(row.place).unwrap_or_default(), row.word)));
    }
    Ok(found)
}

/// The organisations of people whose address is one slip away.
fn by_mistyped_address(tx: &mut PgConnection, tenant: Uuid, text: &str) -> QueryResult<Vec<Uuid>> {
    let statement = Statement::new("SELECT DISTINCT organisation_id AS id FROM users WHERE removed_at IS NULL")
        .and(" AND tenant_id = ", Value::Id(tenant))
        .and(" AND email_key = ANY(", Value::Texts(slips(text)))
        .then(") LIMIT 100");
    tx.batch_execute(INDEXES_AS_A_WHOLE)?;
    ids(tx, statement)
}

/// The organisations whose code or external ids are one slip away.
fn by_mistyped_id(tx: &mut PgConnection, tenant: Uuid, text: &str) -> QueryResult<Vec<Uuid>> {
    let near = slips(text);
    let columns = ["code", "zuora_account_id", "salesforce_account_id"];
    // One look for each column: each has an index of its own.
    let statement = columns.iter().enumerate().fold(Statement::new(""), |statement, (at, column)| {
        let joint = if at == 0 { "" } else { " UNION " };
        statement
            .and(&format!("{joint}(SELECT id{PARTNERS} AND tenant_id = "), Value::Id(tenant))
            .and(&format!(" AND lower({column}) = ANY("), Value::Texts(near.clone()))
            .then(") LIMIT 100)")
    });
    tx.batch_execute(INDEXES_AS_A_WHOLE)?;
    ids(tx, statement)
}
