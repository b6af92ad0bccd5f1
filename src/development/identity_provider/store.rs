//! What the provider remembers: codes waiting to be exchanged and access tokens. In memory and bounded; a restart
//! forgets it all, which costs the reader one more click. Must not check who asks: the token endpoint does.

use std::collections::{HashMap, VecDeque};

use chrono::{DateTime, TimeDelta, Utc};

use super::tokens::TOKEN_SECONDS;

/// How long a code may wait; RFC 6749 §4.1.2 allows up to ten minutes.
pub(super) const CODE_SECONDS: i64 = 60;

/// The most entries of each kind; past it the oldest one goes.
const MOST_ENTRIES: usize = 4_096;

/// What a code stands for: one person's sign-in, bound to the request that asked for it.
#[derive(Clone, Debug)]
pub(super) struct Grant {
    pub(super) client_id: String,
    pub(super) redirect_uri: String,
    pub(super) code_challenge: String,
    pub(super) nonce: Option<String>,
    pub(super) scope: String,
    pub(super) email: String,
    pub(super) name: String,
    pub(super) signed_in_at: DateTime<Utc>,
}

/// The person an access token speaks for.
#[derive(Clone, Debug)]
pub(super) struct Access {
    pub(super) email: String,
    pub(super) name: String,
    issued_at: DateTime<Utc>,
}

struct Code {
    grant: Grant,
    used: bool,
    access_token: Option<String>,
}

/// All state of the provider.
#[derive(Default)]
pub(super) struct Store {
    codes: Bounded<Code>,
    accesses: Bounded<Access>,
}

impl Store {
    pub(super) fn keep_code(&mut self, code: String, grant: Grant) {
        self.codes.insert(code, Code { grant, used: false, access_token: None });
    }

    /// Uses a code up and gives its grant while it is fresh. A second use also withdraws the access token of the
    /// first (RFC 6749 §4.1.2), since one of the two callers must be a thief.
    pub(super) fn use_code(&mut self, code: &str, now: DateTime<Utc>) -> Option<Grant> {
        let entry = self.codes.get_mut(code)?;
        if entry.used {
            if let Some(token) = entry.access_token.take() {
                self.accesses.remove(&token);
            }
            return None;
        }
        entry.used = true;
        let age = now - entry.grant.signed_in_at;
        (age < TimeDelta::seconds(CODE_SECONDS)).then(|| entry.grant.clone())
    }

    /// Keeps the access token that `code` was exchanged for.
    pub(super) fn keep_access(&mut self, code: &str, token: &str, grant: &Grant, now: DateTime<Utc>) {
        if let Some(entry) = self.codes.get_mut(code) {
            entry.access_token = Some(token.to_owned());
        }
        let access = Access { email: grant.email.clone(), name: grant.name.clone(), issued_at: now };
        self.accesses.insert(token.to_owned(), access);
    }

    pub(super) fn access(&mut self, token: &str, now: DateTime<Utc>) -> Option<Access> {
        let access = self.accesses.get_mut(token)?;
        let age = now - access.issued_at;
        (age < TimeDelta::seconds(TOKEN_SECONDS)).then(|| access.clone())
    }
}

/// A map that forgets its oldest entry when it is full.
struct Bounded<V> {
    entries: HashMap<String, V>,
    order: VecDeque<String>,
}

impl<V> Default for Bounded<V> {
    fn default() -> Self {
        Self { entries: HashMap::new(), order: VecDeque::new() }
    }
}

impl<V> Bounded<V> {
    /// Keys are random, so a key never comes twice.
    fn insert(&mut self, key: String, value: V) {
        while self.order.len() >= MOST_ENTRIES {
            if let Some(oldest) = self.order.pop_front() {
                self.entries.remove(&oldest);
            }
        }
        self.order.push_back(key.clone());
        self.entries.insert(key, value);
    }

    fn get_mut(&mut self, key: &str) -> Option<&mut V> {
        self.entries.get_mut(key)
    }

    /// The key stays in the order until its turn comes, so the bound holds all the same.
    fn remove(&mut self, key: &str) {
        self.entries.remove(key);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_oldest_entry_goes_when_the_map_is_full() {
        let mut map = Bounded::default();
        for number in 0..=MOST_ENTRIES {
            map.insert(number.to_string(), number);
        }
        assert!(map.get_mut("0").is_none());
        assert!(map.get_mut("1").is_some());
        assert_eq!(map.entries.len(), MOST_ENTRIES);
    }
}
