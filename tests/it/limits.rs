//! Limits in a sliding minute, as the database counts them: exact at the edge, whoever counts at once, and forgetful.

use super::support::App;

const MINUTE: i64 = 60_000_000;
const START: i64 = 1_800_000_000_000_000;

/// `used`, the oldest moment after the start and whether it was one too many, of a call at a moment after the start.
fn call(app: &App, bucket: &str, most: i64, after: i64) -> (i64, i64, bool) {
    let counted = app.text(&format!(
        "SELECT used || ' ' || oldest_micros - {START} || ' ' || is_over FROM count_call('{bucket}', {most}, {})",
        START + after
    ));
    let words: Vec<&str> = counted.split(' ').collect();
    (words[0].parse().expect("a number"), words[1].parse().expect("a moment"), words[2] == "true")
}

#[test]
fn a_call_leaves_the_minute_to_the_microsecond() {
    let app = App::start();
    assert_eq!(call(&app, "one", 2, 0), (1, 0, false));
    assert_eq!(call(&app, "one", 2, 7), (2, 0, false));
    assert_eq!(call(&app, "one", 2, MINUTE - 1), (2, 0, true), "the first has not left yet");
    assert_eq!(call(&app, "one", 2, MINUTE), (2, 7, false), "and now it has");
    assert_eq!(call(&app, "one", 2, MINUTE + 6), (2, 7, true));
    assert_eq!(call(&app, "one", 2, 9 * MINUTE), (1, 9 * MINUTE, false), "all have left");
    assert_eq!(app.count("rate_limit_calls"), 1, "what has left is forgotten");
    assert_eq!(call(&app, "another", 2, 9 * MINUTE), (1, 9 * MINUTE, false), "buckets know nothing of each other");
}

#[test]
fn a_lower_limit_holds_at_once_and_a_clock_that_went_back_stops_nobody() {
    let app = App::start();
    app.sql(&format!("SELECT count_call('one', 9, {START} + i) FROM generate_series(1, 9) i"));
    assert!(call(&app, "one", 3, 20).2);
    assert_eq!(call(&app, "one", 10, 5), (10, 1, false), "a clock that is a little behind counts on");
    app.sql(&format!("SELECT count_call('two', 1, {})", START + 60 * MINUTE));
    assert_eq!(call(&app, "two", 1, 0), (1, 0, false), "an hour ahead was no minute of ours");
}

#[test]
fn callers_at_once_get_as_many_calls_as_there_are() {
    let app = App::start();
    let counted: usize = std::thread::scope(|scope| {
        let callers: Vec<_> =
            (0..8).map(|_| scope.spawn(|| (0..20).filter(|_| !call(&app, "one", 50, 0).2).count())).collect();
        callers.into_iter().map(|caller| caller.join().expect("a caller ends")).sum()
    });
    assert_eq!((counted, app.count("rate_limit_calls")), (50, 50), "one row a call");
}

#[test]
fn buckets_that_nobody_uses_are_forgotten() {
    let app = App::start();
    app.sql(&format!("SELECT count_call('address ' || i, 5, {START}) FROM generate_series(1, 40) i"));
    assert_eq!(app.count("rate_limits"), 40, "none of this minute");
    for late in 0..6 {
        call(&app, &format!("later {late}"), 5, 3 * MINUTE);
    }
    assert_eq!((app.count("rate_limits"), app.count("rate_limit_calls")), (6, 6));
}
