//! Bad input, generated: every form that a page shows and every operation that the API describes, each field with the
//! values of `values.rs` and each request with the rows of `rows.rs`, against a running portal (security.md, section 4).
//!
//! Nothing here names a form or an operation: what is new joins by itself, and what is not understood stops the run.
//! `GUILDHALL_CORPUS_CASES=1000000` goes on with random combinations; `GUILDHALL_CORPUS_SEED` repeats a run of them.

mod chance;
mod crawl;
mod framing;
mod ground;
mod kinds;
mod operations;
mod oracle;
mod own;
mod plan;
mod rows;
mod run;
mod target;
mod values;

use std::fmt::Write as _;
use std::time::Instant;

use super::support::proof;
use run::{Run, Tally};

/// What a merge tries; a few more than are promised.
const CASES: usize = 4_000;
const PROMISED: usize = 3_000;
/// Portals beside each other, each with a database of its own, so that each case can be told from the next.
const PORTALS: usize = 2;

/// What is refused even when nothing is wrong with it: buttons of states that are not, what is closed to staff, an address
/// that has to be typed again, an answer that belongs to a sign-in under way.
const REFUSED_ALL_THE_SAME: [&str; 12] = [
    // Of the API, what is done to something in another state than it is.
    "machine POST /api/v1/",
    "machine PATCH /api/v1/",
    "machine DELETE /api/v1/",
    "GET /api/v1/invitation-batches/{id} ",
    "/undo ",
    "/fresh-link ",
    "/identity/reset ",
    "/rotation/end ",
    "/settings/profile/partners/{id}/connections/",
    "/settings/profile/partners/{id}/partners/",
    "POST /invitations/{key}/stop ",
    "/signin/callback/",
];

#[test]
fn no_bad_input_is_a_fault_or_leaves_a_trace() {
    let number = |name: &str| std::env::var(name).ok().and_then(|text| text.parse::<usize>().ok());
    let cases = number("GUILDHALL_CORPUS_CASES").unwrap_or(CASES);
    let seed = number("GUILDHALL_CORPUS_SEED").unwrap_or(20_261_121) as u64;
    let start = Instant::now();
    let portals: Vec<_> =
        (0..PORTALS).map(|portal| std::thread::spawn(move || Run::new((portal, PORTALS), cases, seed).go())).collect();
    let tallies = portals.into_iter().map(|portal| portal.join().expect("a portal's run ends"));
    let all = tallies.reduce(Tally::and).expect("a run");
    let told = figures(&all, seed, start.elapsed().as_secs());
    println!("{told}");
    proof::tell("corpus", &told);
    proof::tried("corpus", "cases", all.cases);
    proof::tried("corpus", "random cases", all.random);
    proof::tried("corpus", "fields", all.fields);
    proof::wrong("corpus", "faults", all.faults.len());
    assert!(all.faults.is_empty(), "{} faults, the first of them:\n{}", all.faults.len(), listed(&all.faults));
    let unknown: Vec<_> =
        all.unfit.iter().filter(|name| !REFUSED_ALL_THE_SAME.iter().any(|known| name.contains(known))).collect();
    assert!(unknown.is_empty(), "refused though nothing is wrong, so that little is learnt: {unknown:?}");
    assert!(all.cases >= PROMISED.min(cases), "only {} cases", all.cases);
}

fn listed(faults: &[String]) -> String {
    faults.iter().take(80).fold(String::new(), |all, fault| all + fault + "\n")
}

fn figures(all: &Tally, seed: u64, seconds: u64) -> String {
    let mut told = format!(
        "Bad input: {} cases ({} of them random, seed {seed}) over {} forms, lists and operations with {} fields, in {seconds} s\n\
         faults {}, slowest answer {} ms, not sent when nothing is wrong: {}\n",
        all.cases,
        all.random,
        all.targets,
        all.fields,
        all.faults.len(),
        all.slowest.as_millis(),
        all.unfit.len()
    );
    for (status, number) in &all.statuses {
        writeln!(told, "{status:>7}: {number}").expect("a string takes it");
    }
    for name in &all.unfit {
        writeln!(told, "refused even when right: {name}").expect("a string takes it");
    }
    told
}
