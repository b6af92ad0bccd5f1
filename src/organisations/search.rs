//! Searching the partners of a tenant, however many there are: a bounded look along the list's order, then a bounded look
//! into the trigram index, then what was probably meant. Every statement is scoped by tenant and reaches partners only.
//!
//! Each look has a cap, so that no term is dear: common words are found within the first rows of the list, rare ones by
//! the index, and a word between both is cut off and said to be (docs/performance.md has the figures).

use diesel::connection::SimpleConnection as _;
use diesel::pg::PgConnection;
use diesel::prelude::*;
use diesel::sql_types::{BigInt, Uuid as SqlUuid};
use uuid::Uuid;

use super::meant;
use super::queries::{self, Filter, OrganisationRow, Sort, escaped, ids_beginning_with, place};
use crate::db::page::{Cursor, Paged};
use crate::db::search::{Statement, Value, reduced};

/// A look along the list.
struct Walk {
    /// So many rows.
    length: i64,
    /// A list of which it surely saw all: some partners may have come since they were counted.
    whole: i64,
}

/// The first look tells a word that soon fills a page from one that the index has sooner.
const GLANCE: Walk = Walk { length: 500, whole: 400 };
/// Hits there of a word with which to go on along the list.
const PROMISING: usize = 2;
/// The longest: a word that one row in 250 has fills a page.
const STROLL: Walk = Walk { length: 6_500, whole: 6_000 };
/// Hits of the index that are sorted.
const CANDIDATES: i64 = 4_000;
/// The same for a word of which the index can be asked a few letters only, which fit much that the word does not.
const CANDIDATES_OF_WEAK: i64 = 500;
const WEAK: usize = 6;
/// People whose address begins as typed.
const PEOPLE: usize = 400;
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

impl Walk {
    /// Whether what was found is the page: it fills it, or there is no more of the list.
    const fn settles(&self, rows: &[OrganisationRow], search: &Search<'_>) -> bool {
        rows.len() > search.size || search.total < self.whole
    }
}

/// What a row must have.
pub(super) enum Wanted {
    /// For each word its patterns, one of which fits.
    Words(Vec<Vec<String>>),
    /// One of these ids.
    Ids(Vec<Uuid>),
    /// The same, and there are more.
    SomeIds(Vec<Uuid>),
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
        let (mut page, mut hits) = look(tx, search, &exact)?;
        if hits == 0 && !text.contains(['@', ' ']) {
            // Nobody's name or code, but people's addresses may begin so.
            let people = by_address(tx, search.tenant, text)?;
            (page, hits) = look(tx, search, &people)?;
        }
        if hits > 0 {
            return Ok(Found { page, near: false, cut: hits > CANDIDATES });
        }
        let Some(near) = meant::near(tx, search.tenant, text)? else {
            return Ok(Found { page, near: false, cut: false });
        };
        tx.batch_execute(INDEXES_IN_ORDER)?;
        let (page, hits) = look(tx, search, &near)?;
        Ok(Found { page, near: hits > 0, cut: hits > CANDIDATES })
    })
}

/// A page, and how many rows are known to fit.
fn look(tx: &mut PgConnection, search: &Search<'_>, wanted: &Wanted) -> QueryResult<(Paged<OrganisationRow>, i64)> {
    let Wanted::Words(words) = wanted else { return look_up(tx, search, wanted) };
    // The index shows only some of what fits a weak word; a short list is looked through instead.
    let first = if is_any_weak(words) && search.total < STROLL.whole { &STROLL } else { &GLANCE };
    let (mut way, mut rows) = (first, walk(tx, search, words, first)?);
    if !way.settles(&rows, search) && rows.len() >= PROMISING && way.length < STROLL.length {
        (way, rows) = (&STROLL, walk(tx, search, words, &STROLL)?);
    }
    if way.settles(&rows, search) {
        return Ok(counted(rows, search));
    }
    let found = look_up(tx, search, wanted)?;
    if found.1 <= CANDIDATES || way.length == STROLL.length {
        return Ok(found);
    }
    // More than are sorted: a full page may lie along the list all the same.
    tx.batch_execute(INDEXES_IN_ORDER)?;
    let rows = walk(tx, search, words, &STROLL)?;
    Ok(if STROLL.settles(&rows, search) { counted(rows, search) } else { found })
}

fn counted(rows: Vec<OrganisationRow>, search: &Search<'_>) -> (Paged<OrganisationRow>, i64) {
    let hits = i64::try_from(rows.len()).unwrap_or(1);
    (paged(rows, search), hits)
}

/// One box for everything: an e-mail address of one of its people by its beginning, an id or its beginning, else words
/// of name, code or external ids, accents or not. Fewer than three letters have no trigram inside a word, so they are
/// looked up where words begin.
fn exact(tx: &mut PgConnection, tenant: Uuid, text: &str) -> QueryResult<Wanted> {
    if text.contains('@') {
        return by_address(tx, tenant, text);
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

fn by_address(tx: &mut PgConnection, tenant: Uuid, beginning: &str) -> QueryResult<Wanted> {
    let statement = Statement::new("SELECT organisation_id AS id FROM users WHERE removed_at IS NULL")
        .and(" AND tenant_id = ", Value::Id(tenant))
        .and(" AND email_key LIKE ", Value::Text(format!("{}%", escaped(beginning))))
        .and(" LIMIT ", Value::Number(i64::try_from(PEOPLE).unwrap_or(400) + 1));
    let mut found = ids(tx, statement)?;
    let more = found.len() > PEOPLE;
    found.sort_unstable();
    found.dedup();
    Ok(if more { Wanted::SomeIds(found) } else { Wanted::Ids(found) })
}

/// The ids that a statement finds.
pub(super) fn ids(tx: &mut PgConnection, statement: Statement) -> QueryResult<Vec<Uuid>> {
    #[derive(QueryableByName)]
    struct Id {
        #[diesel(sql_type = SqlUuid)]
        id: Uuid,
    }
    Ok(statement.query().load::<Id>(tx)?.into_iter().map(|row| row.id).collect())
}

const COLUMNS: &str = "id, name, sort_key, code, logo_url, user_count, state, deleted_at, created_at, search_text";
pub(super) const PARTNERS: &str = " FROM organisations WHERE kind = 'partner' AND state <> 'deleted'";

/// An index is asked for everything at once: walking another one with a filter may go on for a million rows.
pub(super) const INDEXES_AS_A_WHOLE: &str = "SET LOCAL enable_indexscan = off; SET LOCAL enable_indexonlyscan = off";
/// A trigram index can stop collecting. What it then drops it draws by lot, so that is for weak words only.
const SOME_HITS: &str = "SET LOCAL gin_fuzzy_search_limit = 1000";
/// As when the search began.
pub(super) const INDEXES_IN_ORDER: &str =
    "SET LOCAL enable_indexscan = on; SET LOCAL enable_indexonlyscan = on; SET LOCAL gin_fuzzy_search_limit = 0";

/// What fits along the list, up to one more than a page.
fn walk(
    tx: &mut PgConnection,
    search: &Search<'_>,
    words: &[Vec<String>],
    way: &Walk,
) -> QueryResult<Vec<OrganisationRow>> {
    let rows = Statement::new(&format!("SELECT * FROM (SELECT {COLUMNS}{PARTNERS}"))
        .and(" AND tenant_id = ", Value::Id(search.tenant));
    // Of one state in the order of creation there is an index; in other orders the state is looked at afterwards.
    let rows = if search.filter.sort == Sort::Created { in_state(rows, search) } else { rows };
    let rows =
        ordered(beyond(rows, search), search).and(" LIMIT ", Value::Number(way.length)).then(") AS near WHERE true");
    limited(ordered(matching(in_state(rows, search), words), search), search).query().load(tx)
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
    let weak = matches!(wanted, Wanted::Words(words) if is_any_weak(words));
    tx.batch_execute(INDEXES_AS_A_WHOLE)?;
    if weak {
        tx.batch_execute(SOME_HITS)?;
    }
    let most = if weak { CANDIDATES_OF_WEAK } else { CANDIDATES };
    let hits = Statement::new(&format!("WITH hits AS MATERIALIZED (SELECT {COLUMNS}{PARTNERS}"))
        .and(" AND tenant_id = ", Value::Id(search.tenant));
    let hits = match wanted {
        Wanted::Words(words) => {
            let beginnings: Vec<Vec<String>> =
                words.iter().map(|all| all.iter().map(|one| reduced(one)).collect()).collect();
            matching(hits, &beginnings)
        }
        Wanted::Ids(ids) | Wanted::SomeIds(ids) => hits.and(" AND id = ANY(", Value::Ids(ids.clone())).then(")"),
    };
    let hits = hits
        .and(" LIMIT ", Value::Number(most + 1))
        .then(") SELECT *, (SELECT count(*) FROM hits) AS hits FROM hits WHERE true");
    let hits = match wanted {
        Wanted::Words(words) => matching(hits, words),
        Wanted::Ids(_) | Wanted::SomeIds(_) => hits,
    };
    let hits = limited(ordered(beyond(in_state(hits, search), search), search), search);
    let rows: Vec<Row> = hits.query().load(tx)?;
    let more = |hits| hits > most || matches!(wanted, Wanted::SomeIds(_));
    let hits = rows.first().map_or(0, |row| if more(row.hits) { CANDIDATES + 1 } else { row.hits });
    Ok((paged(rows.into_iter().map(|row| row.partner).collect(), search), hits))
}

fn is_any_weak(words: &[Vec<String>]) -> bool {
    words.iter().flatten().any(|pattern| is_weak(pattern))
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
