//! Searching the partners of a tenant, however many there are: a bounded look along the list's order, then a bounded look
//! into the trigram index, then what was probably meant. Every statement is scoped by tenant and reaches partners only.
//!
//! Each look has a cap, so that no term is dear: common words are found within the first rows of the list, rare ones by
//! the index, and a word between both is cut off and said to be (docs/performance.md has the figures).

use diesel::connection::SimpleConnection as _;
use diesel::pg::PgConnection;
use diesel::prelude::*;
use diesel::sql_types::{BigInt, Text, Uuid as SqlUuid};
use uuid::Uuid;

use super::queries::{self, Filter, OrganisationRow, Sort, escaped, ids_beginning_with, place};
use crate::db::page::{Cursor, Paged};
use crate::db::search::{Statement, Value, reduced};
use crate::input::slips;

/// Rows of the list that are looked through before the index is asked: a word that one row in 250 has fills a page.
const WALKED: i64 = 6_500;
/// Hits of the index that are sorted.
const CANDIDATES: i64 = 4_000;
/// The same for a word of which the index can be asked a few letters only, which fit much that the word does not.
const CANDIDATES_OF_WEAK: i64 = 500;
const WEAK: usize = 6;
/// People whose address begins as typed.
const PEOPLE: i64 = 1_000;
/// What may have been meant: words for one, combinations of them, mistyped words that are looked at.
const MEANINGS: usize = 4;
const COMBINATIONS: usize = 6;
const WORDS: usize = 4;

/// What a search found.
#[derive(Debug, Clone)]
pub struct Found {
    pub page: Paged<OrganisationRow>,
    /// Nothing matches as typed; this is close to it.
    pub near: bool,
    /// More match than were sorted.
    pub cut: bool,
}

/// Where to search, and for what page of it.
pub struct Search<'a> {
    pub tenant: Uuid,
    pub filter: &'a Filter,
    /// Partners of the tenant, as far as known.
    pub total: i64,
    pub from: Option<&'a Cursor>,
    pub size: usize,
}

/// What a row must have.
enum Wanted {
    /// For each word its patterns, one of which fits.
    Words(Vec<Vec<String>>),
    /// One of these ids.
    Ids(Vec<Uuid>),
}

/// A page of the partners table, or of what was searched for in it.
pub fn page(conn: &mut PgConnection, search: &Search<'_>) -> QueryResult<Found> {
    if search.filter.search.is_empty() {
        let page = queries::list(conn, search.tenant, search.filter, search.from, search.size)?;
        return Ok(Found { page, near: false, cut: false });
    }
    find(conn, search)
}

/// What was searched for, or what is close to it.
fn find(conn: &mut PgConnection, search: &Search<'_>) -> QueryResult<Found> {
    // Plans for the values at hand, never for any; no scan of the whole table, whatever the estimates say.
    conn.transaction(|tx| {
        tx.batch_execute(
            "SET LOCAL plan_cache_mode = force_custom_plan; SET LOCAL enable_seqscan = off; SET LOCAL jit = off",
        )?;
        let text = search.filter.search.as_str();
        let exact = exact(tx, search.tenant, text)?;
        let (page, hits) = look(tx, search, &exact)?;
        if hits > 0 {
            return Ok(Found { page, near: false, cut: hits > CANDIDATES });
        }
        let Some(near) = near(tx, search.tenant, text)? else { return Ok(Found { page, near: false, cut: false }) };
        let (page, hits) = look(tx, search, &near)?;
        Ok(Found { page, near: hits > 0, cut: hits > CANDIDATES })
    })
}

/// A page, and how many rows are known to fit.
fn look(tx: &mut PgConnection, search: &Search<'_>, wanted: &Wanted) -> QueryResult<(Paged<OrganisationRow>, i64)> {
    if let Wanted::Words(words) = wanted
        && let Some(page) = walk(tx, search, words)?
    {
        let hits = i64::try_from(page.rows.len()).unwrap_or(1);
        return Ok((page, hits));
    }
    look_up(tx, search, wanted)
}

/// One box for everything: an e-mail address of one of its people by its beginning, an id or its beginning, else words
/// of name, code or external ids, accents or not. Fewer than three letters have no trigram inside a word, so they are
/// looked up where words begin.
fn exact(tx: &mut PgConnection, tenant: Uuid, text: &str) -> QueryResult<Wanted> {
    if text.contains('@') {
        return Ok(Wanted::Ids(by_address(tx, tenant, text)?));
    }
    let found = match ids_beginning_with(text) {
        Some(between) => by_id(tx, tenant, between)?,
        None => Vec::new(),
    };
    if !found.is_empty() {
        return Ok(Wanted::Ids(found));
    }
    let pattern = |word: &str| {
        let begins = if word.chars().count() < 3 { " " } else { "" };
        vec![format!("%{begins}{}%", escaped(word))]
    };
    Ok(Wanted::Words(text.split(' ').map(pattern).collect()))
}

fn by_id(tx: &mut PgConnection, tenant: Uuid, (first, last): (Uuid, Uuid)) -> QueryResult<Vec<Uuid>> {
    let statement = Statement::new(&format!("SELECT id{PARTNERS}"))
        .and(" AND tenant_id = ", Value::Id(tenant))
        .and(" AND id BETWEEN ", Value::Id(first))
        .and(" AND ", Value::Id(last))
        .and(" LIMIT ", Value::Number(CANDIDATES));
    ids(tx, statement)
}

fn by_address(tx: &mut PgConnection, tenant: Uuid, beginning: &str) -> QueryResult<Vec<Uuid>> {
    let statement = Statement::new(
        "SELECT DISTINCT organisation_id AS id FROM (SELECT organisation_id FROM users WHERE removed_at IS NULL",
    )
    .and(" AND tenant_id = ", Value::Id(tenant))
    .and(" AND email_key LIKE ", Value::Text(format!("{}%", escaped(beginning))))
    .and(" LIMIT ", Value::Number(PEOPLE))
    .then(") AS people");
    ids(tx, statement)
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

/// What may have been meant by a text that nothing matches; None when there is no guess.
fn near(tx: &mut PgConnection, tenant: Uuid, text: &str) -> QueryResult<Option<Wanted>> {
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

fn ids(tx: &mut PgConnection, statement: Statement) -> QueryResult<Vec<Uuid>> {
    #[derive(QueryableByName)]
    struct Id {
        #[diesel(sql_type = SqlUuid)]
        id: Uuid,
    }
    Ok(statement.query().load::<Id>(tx)?.into_iter().map(|row| row.id).collect())
}

const COLUMNS: &str = "id, name, sort_key, code, logo_url, user_count, state, deleted_at, created_at, search_text";
const PARTNERS: &str = " FROM organisations WHERE kind = 'partner' AND state <> 'deleted'";

/// An index is asked for everything at once: walking another one with a filter may go on for a million rows.
const INDEXES_AS_A_WHOLE: &str = "SET LOCAL enable_indexscan = off; SET LOCAL enable_indexonlyscan = off";
const INDEXES_IN_ORDER: &str = "SET LOCAL enable_indexscan = on; SET LOCAL enable_indexonlyscan = on";

/// A page from the beginning of the list on, if a full one lies there or the list is not longer. What is known of the
/// list's length may be a minute old, hence some room.
fn walk(
    tx: &mut PgConnection,
    search: &Search<'_>,
    words: &[Vec<String>],
) -> QueryResult<Option<Paged<OrganisationRow>>> {
    tx.batch_execute(INDEXES_IN_ORDER)?;
    let whole = search.total < WALKED - 500;
    let rows = Statement::new(&format!("SELECT * FROM (SELECT {COLUMNS}{PARTNERS}"))
        .and(" AND tenant_id = ", Value::Id(search.tenant));
    // Of one state in the order of creation there is an index; in other orders the state is looked at afterwards.
    let rows = if search.filter.sort == Sort::Created { in_state(rows, search) } else { rows };
    let rows = ordered(beyond(rows, search), search).and(" LIMIT ", Value::Number(WALKED)).then(") AS near WHERE true");
    let rows = limited(ordered(matching(in_state(rows, search), words), search), search);
    let rows: Vec<OrganisationRow> = rows.query().load(tx)?;
    let settled = whole || rows.len() > search.size;
    Ok(settled.then(|| paged(rows, search)))
}

/// A page of what the index has, and how many that are, counted up to one more than are sorted.
fn look_up(tx: &mut PgConnection, search: &Search<'_>, wanted: &Wanted) -> QueryResult<(Paged<OrganisationRow>, i64)> {
    #[derive(QueryableByName)]
    struct Row {
        #[diesel(embed)]
        partner: OrganisationRow,
        #[diesel(sql_type = BigInt)]
        hits: i64,
    }
    tx.batch_execute(INDEXES_AS_A_WHOLE)?;
    let most = match wanted {
        Wanted::Words(words) if words.iter().any(|all| all.iter().any(|one| is_weak(one))) => CANDIDATES_OF_WEAK,
        _ => CANDIDATES,
    };
    let hits = Statement::new(&format!("WITH hits AS MATERIALIZED (SELECT {COLUMNS}{PARTNERS}"))
        .and(" AND tenant_id = ", Value::Id(search.tenant));
    let hits = match wanted {
        Wanted::Words(words) => {
            let beginnings: Vec<Vec<String>> =
                words.iter().map(|all| all.iter().map(|one| reduced(one)).collect()).collect();
            matching(hits, &beginnings)
        }
        Wanted::Ids(ids) => hits.and(" AND id = ANY(", Value::Ids(ids.clone())).then(")"),
    };
    let hits = hits
        .and(" LIMIT ", Value::Number(most + 1))
        .then(") SELECT *, (SELECT count(*) FROM hits) AS hits FROM hits WHERE true");
    let hits = match wanted {
        Wanted::Words(words) => matching(hits, words),
        Wanted::Ids(_) => hits,
    };
    let hits = limited(ordered(beyond(in_state(hits, search), search), search), search);
    let rows: Vec<Row> = hits.query().load(tx)?;
    let hits = rows.first().map_or(0, |row| if row.hits > most { CANDIDATES + 1 } else { row.hits });
    Ok((paged(rows.into_iter().map(|row| row.partner).collect(), search), hits))
}

/// Whether little is left of a pattern where the index is asked, as of a letter that is typed again and again.
fn is_weak(pattern: &str) -> bool {
    let part = reduced(pattern);
    part.len() < pattern.len() && part.trim_matches('%').chars().count() < WEAK
}

fn paged(rows: Vec<OrganisationRow>, search: &Search<'_>) -> Paged<OrganisationRow> {
    Paged::new(rows, search.size, search.from, |row| (place(row, search.filter.sort), row.id))
}

/// One pattern of each word fits.
fn matching(statement: Statement, words: &[Vec<String>]) -> Statement {
    words.iter().fold(statement, |statement, patterns| match patterns.as_slice() {
        [one] => statement.and(" AND search_text LIKE ", Value::Text(one.clone())),
        several => statement.and(" AND search_text LIKE ANY(", Value::Texts(several.to_vec())).then(")"),
    })
}

fn in_state(statement: Statement, search: &Search<'_>) -> Statement {
    match search.filter.state {
        Some(state) => statement.and(" AND state = ", Value::Text(state.as_str().to_owned())),
        None => statement,
    }
}

/// From the cursor on.
fn beyond(statement: Statement, search: &Search<'_>) -> Statement {
    let Some(cursor) = search.from else { return statement };
    let (sort, cast) = key(search.filter.sort);
    let good = match search.filter.sort {
        Sort::Created => cursor.moment().is_some(),
        Sort::Users => cursor.key.parse::<i32>().is_ok(),
        Sort::Name => true,
    };
    if !good {
        return statement;
    }
    let sign = if upwards(search) { ">" } else { "<" };
    statement
        .and(&format!(" AND {sort} {sign}= "), Value::Text(cursor.key.clone()))
        .then(cast)
        .and(&format!(" AND ({sort} {sign} "), Value::Text(cursor.key.clone()))
        .then(cast)
        .and(&format!(" OR id {sign} "), Value::Id(cursor.id))
        .then(")")
}

fn upwards(search: &Search<'_>) -> bool {
    search.filter.descending == search.from.is_some_and(|cursor| cursor.backwards)
}

/// The column to sort by, and what makes a text comparable with it.
const fn key(sort: Sort) -> (&'static str, &'static str) {
    match sort {
        Sort::Created => ("created_at", "::timestamptz"),
        Sort::Name => ("sort_key", " COLLATE \"C\""),
        Sort::Users => ("user_count", "::integer"),
    }
}

fn ordered(statement: Statement, search: &Search<'_>) -> Statement {
    let (sort, _) = key(search.filter.sort);
    let direction = if upwards(search) { "ASC" } else { "DESC" };
    statement.then(&format!(" ORDER BY {sort} {direction}, id {direction}"))
}

fn limited(statement: Statement, search: &Search<'_>) -> Statement {
    statement.and(" LIMIT ", Value::Number(i64::try_from(search.size).unwrap_or(100) + 1))
}
