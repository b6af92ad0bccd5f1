//! How PostgreSQL answers what pages and API ask for, when there is much of everything: no statement reads a large table
//! from end to end. The plans are those of the statements as they were really sent, told by PostgreSQL's own
//! `auto_explain`, so that a new page or collection is looked at without being named here.

use std::collections::BTreeSet;
use std::fs;

use serde_json::{Value, json};

use super::support::api::{ALL, Machine};
use super::support::{App, Who, cluster, crowd, every_page, id, proof};

/// Appended to the addresses of lists: searches for what is common, rare, mistyped, and orders that have an index.
const ASKED: [&str; 10] = [
    "q=firm",
    "q=fi",
    "q=c17",
    "q=frim+c17",
    "q=nothing+of+it",
    "q=p17@c1",
    "sort=name&order=ascending",
    "sort=users",
    "sort=sales",
    "state=suspended",
];

/// Five runs are planned for their values; from then on PostgreSQL may keep a plan for any.
const RUNS_BEFORE_A_PLAN_IS_KEPT: usize = 5;

/// Lists of the API that take parameters of their own.
const LISTS: [&str; 4] = [
    "/api/partner-organisations?limit=50",
    "/api/partners?limit=20&partner_types=customer",
    "/api/partners?limit=20&partner_types=customer&search_text=firm&order_by=company_name",
    "/api/network/partners?size=20",
];

/// Read much by their nature: counts, which are remembered or capped, and what a `find` fits where no index has its
/// values (two letters, a type that half of all have). What a whole programme received has no index.
const KNOWN: [&str; 6] = [
    "select count(",
    "select \"organisations\".\"state\", count(",
    "select states.state, (select count(",
    // Of this it wants the plan and runs nothing.
    "explain ",
    "with fit as materialized (",
    "select i.id as \" key\", 'received_invitation'",
];

/// The fault that this has to notice: nobody has thought of an index for the largest table.
const WITHOUT_INDEXES: &str = "DO $$ DECLARE one text; BEGIN
    FOR one IN SELECT indexrelid::regclass FROM pg_index WHERE indrelid = 'organisations'::regclass AND NOT indisunique LOOP
        EXECUTE 'DROP INDEX ' || one;
    END LOOP; END $$";

#[test]
fn no_page_and_no_list_reads_a_large_table_from_end_to_end() {
    let app = App::start();
    let addresses = every_page::of(&app, Who::Owner);
    let own = every_page::of(&app, Who::Manager);
    crowd::gather(&app);
    if proof::planted("plans") {
        app.sql(WITHOUT_INDEXES);
    }
    explain_everything(&app);
    for (who, addresses) in [(Who::Owner, addresses), (Who::Manager, own)] {
        open_all(&app, who, &addresses);
    }
    for organisation in [id::ACME_HOST, id::NORTHWIND] {
        ask_all(&app, &app.key(organisation, ALL), organisation);
    }
    let plans = plans(&app);
    assert!(plans.len() > 200, "PostgreSQL told {} plans", plans.len());
    let mut scans = BTreeSet::new();
    for plan in &plans {
        let text = plan["Query Text"].as_str().unwrap_or_default();
        if KNOWN.iter().any(|beginning| text.to_lowercase().starts_with(beginning)) {
            continue;
        }
        scans.extend(full_scans(&plan["Plan"]).into_iter().map(|table| format!("{table}: {text}")));
    }
    proof::tried("plans", "plans", plans.len());
    proof::wrong("plans", "tables read from end to end", scans.len());
    assert!(scans.is_empty(), "read from end to end:\n  {}", scans.into_iter().collect::<Vec<_>>().join("\n  "));
}

/// Opens every page, and those with a table with what can be asked of it too: so often that a kept statement has got the
/// plan that it keeps.
fn open_all(app: &App, who: Who, addresses: &[String]) {
    let mut actor = app.sign_in(who);
    for address in addresses {
        let is_list = actor.get(address).body.contains("<table");
        for asked in ASKED.iter().filter(|_| is_list) {
            actor.get(&format!("{address}?{asked}"));
        }
        for _ in 0..RUNS_BEFORE_A_PLAN_IS_KEPT {
            actor.get(address);
            // Searches are planned for their words each time.
            for asked in ASKED.iter().filter(|asked| is_list && asked.starts_with("sort=")) {
                actor.get(&format!("{address}?{asked}"));
            }
        }
    }
}

/// Asks every collection of the API: a page, the next ones, and by each field that a find knows.
fn ask_all(app: &App, key: &Machine, organisation: &str) {
    let key =
        key.clone().header("Requester-Organization-ID", organisation).header("Target-Organization-ID", organisation);
    let key = key.header("X-Servitly-Tenant", "acme");
    for list in LISTS {
        key.get(list);
    }
    for operation in guildhall::api::openapi::all() {
        let Some(collection) = operation.path.strip_suffix("/find") else { continue };
        for order in ["", "?sortOrder=DESC&size=50", "?page=3&size=50", "?sort=name", "?sort=createdAt"] {
            for _ in 0..=RUNS_BEFORE_A_PLAN_IS_KEPT {
                key.get(&format!("{collection}{order}"));
            }
            app.minutes_pass(2);
        }
        for field in ["id", "name", "email", "code", "companyName", "toAccountName", "toUserEmail"] {
            for (kind, value) in [("eq", json!("c17")), ("in", json!([id::MEMBER, "17"])), ("search", json!("p17@"))] {
                key.post(operation.path, &json!({ "type": kind, "field": field, "value": value }));
            }
        }
    }
    app.minutes_pass(2);
}

/// Lets PostgreSQL tell the plan of everything that connections made from now on ask it.
fn explain_everything(app: &App) {
    let database = app.text("SELECT current_database()");
    for setting in [
        "session_preload_libraries = 'auto_explain'",
        "auto_explain.log_min_duration = 0",
        "auto_explain.log_format = 'json'",
    ] {
        app.sql(&format!("ALTER DATABASE {database} SET {setting}"));
    }
    app.sql("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()");
}

/// Every plan that the portal's connections were told about.
fn plans(app: &App) -> Vec<Value> {
    let pids = app.text(
        "SELECT string_agg(pid::text, ' ') FROM pg_stat_activity WHERE datname = current_database() AND application_name = 'guildhall'",
    );
    let log = fs::read_to_string(cluster::folder().join("postgres.log")).expect("PostgreSQL keeps a log");
    let (mut plans, mut open) = (Vec::new(), None::<String>);
    for line in log.lines() {
        match (&mut open, line.strip_prefix('\t')) {
            (Some(text), Some(more)) => text.push_str(more),
            (told, _) => {
                plans.extend(told.take().and_then(|text| serde_json::from_str(&text).ok()));
                let ours = pids.split(' ').any(|pid| line.contains(&format!("[{pid}]")));
                open = (ours && line.ends_with("plan:")).then(String::new);
            }
        }
    }
    plans.extend(open.and_then(|text| serde_json::from_str(&text).ok()));
    plans
}

/// The large tables that a plan reads from end to end.
fn full_scans(plan: &Value) -> Vec<String> {
    let below = plan["Plans"].as_array().into_iter().flatten().flat_map(full_scans);
    let table = plan["Relation Name"].as_str().unwrap_or_default();
    let whole = plan["Node Type"].as_str().is_some_and(|kind| kind.ends_with("Seq Scan"));
    below.chain((whole && crowd::LARGE.contains(&table)).then(|| table.to_owned())).collect()
}
