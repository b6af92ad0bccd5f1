//! The authorisation matrix: every route of the running program × everybody × everything that can stand in its ids.
//!
//! For each cell its status follows from the tables (`access_table.rs`, `access_api.rs`). Whoever is refused learns
//! nothing that a random id does not tell, changes no table, and nowhere in any answer stands another organisation's
//! mark.

mod ask;
mod back;
mod filled;
mod line;
mod lists;
mod marked;
mod others;
mod policy;
mod slots;
mod world;

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, PoisonError};
use std::time::Instant;

use crate::support::{App, proof};
use ask::Asker;

/// Portals that are asked at once.
const WORLDS: usize = 3;
/// Wrong cells that a failure tells.
const SHOWN: usize = 60;

/// Every method and pattern of both tables.
fn rows() -> BTreeSet<(String, String)> {
    policy::routes().iter().map(|route| (route.method.to_owned(), route.pattern.to_owned())).collect()
}

#[test]
fn every_route_has_a_row_and_every_row_a_route() {
    let (running, rows) = (App::start().routes(), rows());
    let mut said = String::new();
    for (method, path) in running.difference(&rows) {
        let api = ["/api", "/oauth2", "/.well-known"].iter().any(|prefix| path.starts_with(prefix));
        let add = if api {
            format!(
                "tests/it/access_api.rs:   row((\"{method}\", \"{path}\"), NEEDS, (PARTNER'S STATUS, HOST'S), \"\", BODY),"
            )
        } else {
            format!("tests/it/access_table.rs: (\"{method}\", \"{path}\", STATUSES),")
        };
        writeln!(said, "{method} {path} has no row. Add to {add}").expect("text grows");
    }
    for (method, path) in rows.difference(&running) {
        writeln!(said, "{method} {path} is a row without a route: take it out").expect("text grows");
    }
    assert!(said.is_empty(), "\n{said}");
    assert_eq!(rows.len(), policy::routes().len(), "a row stands twice");
}

/// All routes; where a fault is planted, those on which it shows.
fn asked() -> Vec<policy::Route> {
    let shows = |route: &policy::Route| route.pattern.starts_with("/settings/profile") && !route.pattern.contains('{');
    policy::all_routes().into_iter().filter(|route| !proof::planted(world::PLANT) || shows(route)).collect()
}

#[test]
fn no_cell_is_open_that_the_tables_close() {
    let begun = Instant::now();
    let routes = asked();
    let (next, cells, wrong) = (AtomicUsize::new(0), AtomicUsize::new(0), Mutex::new(Vec::new()));
    let principals = AtomicUsize::new(0);
    std::thread::scope(|scope| {
        for _ in 0..WORLDS {
            scope.spawn(|| {
                let mut asker = Asker::new();
                let everybody = asker.principals();
                principals.store(everybody, Ordering::Relaxed);
                loop {
                    let unit = next.fetch_add(1, Ordering::Relaxed);
                    let Some(route) = routes.get(unit / everybody) else { break };
                    asker.unit(route, unit % everybody);
                }
                asker.settle();
                cells.fetch_add(asker.cells, Ordering::Relaxed);
                wrong.lock().unwrap_or_else(PoisonError::into_inner).extend(asker.wrong);
            });
        }
    });
    let (cells, principals) = (cells.into_inner(), principals.into_inner());
    let wrong = wrong.into_inner().unwrap_or_else(PoisonError::into_inner);
    let told = format!(
        "authorisation matrix: {cells} cells ({} routes, {principals} principals, {} classes of ids), {} wrong, {:.0} s",
        routes.len(),
        slots::Class::ALL.len(),
        wrong.len(),
        begun.elapsed().as_secs_f32()
    );
    println!("{told}");
    proof::tell("matrix", &told);
    for (what, number) in [("cells", cells), ("routes", routes.len()), ("kinds of caller", principals)] {
        proof::tried("matrix", what, number);
    }
    proof::wrong("matrix", "wrong cells", wrong.len());
    none_of(&told, &wrong);
}

#[test]
fn other_methods_are_refused_and_head_is_get_without_a_body() {
    let running = App::start().routes();
    let mut asker = Asker::new();
    let paths: BTreeSet<&String> = running.iter().map(|(_, path)| path).collect();
    // Whoever asks a gate asks about a person, by whatever method.
    for path in paths.into_iter().filter(|path| !path.starts_with("/gate/")) {
        let declared: Vec<&str> =
            running.iter().filter(|(_, known)| known == path).map(|(method, _)| method.as_str()).collect();
        for who in ["anonymous", "owner", "manager of A", "key of A that writes", "token of the host"] {
            asker.methods(path, &declared, who);
        }
    }
    asker.settle();
    let told = format!("methods: {} cells, {} wrong", asker.cells, asker.wrong.len());
    println!("{told}");
    none_of(&told, &asker.wrong);
}

/// Fails with the first wrong cells; all of them are left in a file.
fn none_of(told: &str, wrong: &[String]) {
    let all = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("target/figures/matrix-wrong.txt");
    if !wrong.is_empty() {
        std::fs::write(&all, wrong.join("\n")).expect("the wrong cells are kept");
    }
    let shown: Vec<_> = wrong.iter().take(SHOWN).cloned().collect();
    assert!(wrong.is_empty(), "{told}; all in {}\n{}", all.display(), shown.join("\n"));
}
