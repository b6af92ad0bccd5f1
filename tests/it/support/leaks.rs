//! What a secret must never be found in: everything that the program logs, every answer that is not the secret's own
//! page, and every row of the database. Looked at when a test's portal ends, so that every test is one of this.

use std::collections::HashMap;
use std::io::{self, Write};
use std::sync::{Mutex, Once, PoisonError};

use aho_corasick::AhoCorasick;
use tracing_subscriber::fmt::MakeWriter;

use super::http::Answer;

static LOG: Mutex<Vec<u8>> = Mutex::new(Vec::new());
static ANSWERS: Mutex<Option<HashMap<u16, String>>> = Mutex::new(None);

/// Writes into the one log of the run.
#[derive(Debug, Clone, Copy)]
struct Log;

impl Write for Log {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        LOG.lock().unwrap_or_else(PoisonError::into_inner).extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl MakeWriter<'_> for Log {
    type Writer = Self;

    fn make_writer(&self) -> Self {
        *self
    }
}

/// Keeps the log from now on, in more detail than production has.
pub fn keep_log() {
    static ONCE: Once = Once::new();
    ONCE.call_once(|| {
        let filter = tracing_subscriber::EnvFilter::new("info,guildhall=trace");
        drop(tracing_subscriber::fmt().json().with_env_filter(filter).with_writer(Log).try_init());
    });
}

/// Whether a line of the log holds all of these.
pub fn logged(words: &[&str]) -> bool {
    let log = String::from_utf8_lossy(&LOG.lock().unwrap_or_else(PoisonError::into_inner)).into_owned();
    log.lines().any(|line| words.iter().all(|word| line.contains(word)))
}

/// Empties the log, for a run of many hours.
pub fn forget_log() {
    LOG.lock().unwrap_or_else(PoisonError::into_inner).clear();
}

/// Keeps an answer, unless its address is the secret's own page or the mailbox of development mode.
pub fn keep_answer(port: u16, answer: &Answer) {
    if answer.address.starts_with("/invitations/") || answer.address.starts_with("/dev/") {
        return;
    }
    let mut answers = ANSWERS.lock().unwrap_or_else(PoisonError::into_inner);
    let kept = answers.get_or_insert_with(HashMap::new).entry(port).or_default();
    kept.push_str(&answer.body);
    for (name, value) in &answer.headers {
        kept.extend([name, ": ", value, "\n"]);
    }
}

/// The places in which a secret was found.
pub fn found(port: u16, secrets: &[String], rows: &str) -> Vec<String> {
    if secrets.is_empty() {
        return Vec::new();
    }
    // All at once: a portal with twenty thousand invitations has as many secrets.
    let any = AhoCorasick::new(secrets).expect("secrets can be looked for");
    let log = String::from_utf8_lossy(&LOG.lock().unwrap_or_else(PoisonError::into_inner)).into_owned();
    // Copied, so that nobody else's answers wait for the search.
    let kept = |all: &Option<HashMap<u16, String>>| all.as_ref().and_then(|all| all.get(&port)).cloned();
    let answers = kept(&ANSWERS.lock().unwrap_or_else(PoisonError::into_inner)).unwrap_or_default();
    let places = [("the log", log.as_str()), ("an answer", answers.as_str()), ("the database", rows)];
    let hits = places.into_iter().filter(|(_, text)| any.is_match(text));
    hits.map(|(place, _)| place.to_owned()).collect()
}

#[test]
fn a_planted_leak_is_found() {
    let secret = "planted-secret-that-nothing-else-holds".to_owned();
    assert_eq!(found(0, std::slice::from_ref(&secret), ""), Vec::<String>::new());
    keep_log();
    tracing::info!(what = %secret, "a planted leak");
    assert_eq!(found(0, std::slice::from_ref(&secret), &secret), ["the log", "the database"]);
    LOG.lock().unwrap_or_else(PoisonError::into_inner).clear();
}
