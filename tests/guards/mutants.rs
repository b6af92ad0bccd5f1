//! Guards that can be off, one at a time. `tests/guards/run` puts this into a copy of the sources; the product has none
//! of it.

use std::cell::Cell;
use std::collections::BTreeSet;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};

use actix_web::HttpRequest;
use diesel::expression::SqlLiteral;
use diesel::sql_types::Bool;

static OFF: Mutex<BTreeSet<usize>> = Mutex::new(BTreeSet::new());
static REACHED: Mutex<BTreeSet<usize>> = Mutex::new(BTreeSet::new());
static OPEN_ROUTE: Mutex<Option<(String, String)>> = Mutex::new(None);
static MATTERED: AtomicBool = AtomicBool::new(false);
static WALL: AtomicBool = AtomicBool::new(true);

thread_local! {
    static OPEN: Cell<bool> = const { Cell::new(false) };
}

fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Turns these off, and every other one on.
pub fn turn_off(numbers: &[usize]) {
    *locked(&OFF) = numbers.iter().copied().collect();
}

/// Takes the second wall, that of the database, down or raises it again.
pub fn raise_wall(up: bool) {
    WALL.store(up, Ordering::Relaxed);
}

/// Whether it stands.
pub fn wall_stands() -> bool {
    WALL.load(Ordering::Relaxed)
}

/// Opens this route to everybody who is known at all.
pub fn open_route(route: Option<(&str, &str)>) {
    MATTERED.store(false, Ordering::Relaxed);
    *locked(&OPEN_ROUTE) = route.map(|(method, pattern)| (method.to_owned(), pattern.to_owned()));
}

/// Whether the open route let in anybody who would have been refused.
pub fn mattered() -> bool {
    MATTERED.load(Ordering::Relaxed)
}

/// The guards that were met since this was last asked.
pub fn take_reached() -> BTreeSet<usize> {
    std::mem::take(&mut *locked(&REACHED))
}

/// Whether a guard is off.
pub fn gone(number: usize) -> bool {
    locked(&REACHED).insert(number);
    locked(&OFF).contains(&number)
}

/// True in SQL where a guard is off.
pub fn predicate(number: usize) -> SqlLiteral<Bool> {
    diesel::dsl::sql(if gone(number) { "true" } else { "false" })
}

/// A statement with its switches set.
pub fn statement(text: &str) -> String {
    let mut parts = text.split("mutant_");
    let first = parts.next().unwrap_or_default().to_owned();
    parts.fold(first, |whole, part| {
        let (number, rest) = part.split_once('_').unwrap_or((part, ""));
        whole + if gone(number.parse().unwrap_or_default()) { "true" } else { "false" } + rest
    })
}

/// Runs an extractor's check for this request.
pub fn at<T>(request: &HttpRequest, check: impl FnOnce() -> T) -> T {
    let pattern = request.match_pattern().unwrap_or_default();
    let open = locked(&OPEN_ROUTE)
        .as_ref()
        .is_some_and(|(method, route)| *method == request.method().as_str() && *route == pattern);
    OPEN.set(open);
    let checked = check();
    OPEN.set(false);
    checked
}

/// What a grant says, unless its route is open.
pub fn allowed(by_grant: bool) -> bool {
    if OPEN.get() && !by_grant {
        MATTERED.store(true, Ordering::Relaxed);
    }
    by_grant || OPEN.get()
}
