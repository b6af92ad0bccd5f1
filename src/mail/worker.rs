//! Works the outbox: takes what is due, hands it over, writes down what came of it.
//!
//! Any number of workers may run, in any number of processes, and each may be killed at any moment: a mail whose
//! worker is gone is taken again when its lease has run out. No transaction is open while the network is waited for.

use std::cell::Cell;
use std::panic::AssertUnwindSafe;
use std::sync::Arc;
use std::time::Duration;

use futures_util::FutureExt as _;
use futures_util::future::join_all;
use uuid::Uuid;

use super::bell::Bell;
use super::claims::{self, Claimed, Outcome};
use super::model::{Letter, State};
use super::retry;
use super::sender::Sender;
use super::transport::{Answer, Transport};
use super::{Envelope, render};
use crate::clock::Clock;
use crate::config::BaseUrl;
use crate::db::{Db, DbError, Fault};
use crate::restored;
use crate::secrets::{self, SecretKey};
use crate::telemetry::figures;

/// Mails that one worker has in hand at the same time.
const AT_ONCE: i32 = 8;
/// How often a worker looks by itself, and how long it lets a failing database alone.
const LOOK_AGAIN: Duration = Duration::from_secs(2);
const RECOVER: Duration = Duration::from_secs(5);
/// An answer is worth several tries at writing it down: what is lost here is a second copy there.
const SETTLE_TRIES: u32 = 5;

/// A worker of the outbox. Clones share the transport.
#[derive(Clone)]
pub struct Worker {
    pub db: Db,
    pub clock: Clock,
    pub key: Arc<SecretKey>,
    pub base_url: BaseUrl,
    pub from: Sender,
    pub transport: Transport,
    /// How long one attempt may take: [`retry::ATTEMPT`], or less where tests wait for it.
    pub patience: Duration,
}

/// What one step did, in mails.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Done {
    pub sent: usize,
    pub deferred: usize,
    pub failed: usize,
    pub cancelled: usize,
    /// Taken and not settled: taken back meanwhile, or the database failed.
    pub dropped: usize,
}

impl Done {
    /// How many mails were due.
    pub const fn claimed(&self) -> usize {
        self.sent + self.deferred + self.failed + self.cancelled + self.dropped
    }

    fn count(&mut self, state: Option<State>) {
        match state {
            Some(State::Sent) => self.sent += 1,
            Some(State::Deferred) => self.deferred += 1,
            Some(State::Failed) => self.failed += 1,
            Some(State::Cancelled) => self.cancelled += 1,
            Some(State::Queued | State::Held) | None => self.dropped += 1,
        }
    }
}

impl Worker {
    /// Works until `stop` is done, between mails only.
    pub async fn run(&self, bell: Bell, stop: impl Future<Output = ()>) {
        tokio::pin!(stop);
        loop {
            let round = AssertUnwindSafe(self.step()).catch_unwind().await;
            let pause = match round {
                Ok(Ok(done)) if done.claimed() > 0 => Duration::ZERO,
                Ok(Ok(_)) => LOOK_AGAIN,
                Ok(Err(error)) => {
                    tracing::warn!(%error, "the outbox cannot be read");
                    RECOVER
                }
                Err(_) => {
                    tracing::error!("the worker of the outbox panicked and goes on");
                    RECOVER
                }
            };
            tokio::select! {
                biased;
                () = &mut stop => return,
                () = tokio::time::sleep(pause) => {}
                () = bell.rung(), if pause == LOOK_AGAIN => {}
            }
        }
    }

    /// Sends what is due, and waits for what others are sending, for at most `limit`.
    pub async fn flush(&self, limit: Duration) {
        let all = async {
            loop {
                let now = self.clock.now();
                match self.step().await {
                    Ok(done) if done.claimed() > 0 => continue,
                    Err(_) => return,
                    Ok(_) => {}
                }
                let waits = self.db.read(move |conn| -> Result<bool, Fault> { Ok(claims::any_under_way(conn, now)?) });
                if !matches!(waits.await, Ok(true)) {
                    return;
                }
                tokio::time::sleep(Duration::from_millis(20)).await;
            }
        };
        // Whoever flushes goes on either way; what did not leave is still in the outbox.
        drop(tokio::time::timeout(limit, all).await);
    }

    /// Takes some mails that are due and sends them side by side.
    ///
    /// # Errors
    /// When the outbox cannot be read. Nothing was taken then.
    pub async fn step(&self) -> Result<Done, DbError> {
        let now = self.clock.now();
        let lease = secrets::new_id(now);
        let claim = move |tx: &mut _| -> Result<Vec<Claimed>, Fault> {
            // The database may have been replaced by a backup of it while this process went on.
            restored::notice(tx, now)?;
            Ok(claims::claim(tx, lease, AT_ONCE, now)?)
        };
        let claimed = self.db.write(claim).await.map_err(|fault| match fault {
            Fault::Db(error) => error,
            Fault::Refused(never) => match never {},
        })?;
        let mut done = Done::default();
        for state in join_all(claimed.iter().map(|mail| self.handle(lease, mail))).await {
            done.count(state);
            figures::mails(state.map_or("dropped", State::as_str), 1);
        }
        Ok(done)
    }

    /// One mail, from the claim to its outcome. None when it was not ours to settle.
    async fn handle(&self, lease: Uuid, mail: &Claimed) -> Option<State> {
        if !matches!(mail.state, State::Queued | State::Deferred) {
            tracing::info!(mail = %mail.id, state = mail.state.as_str(), "mail was settled without being sent");
            return Some(mail.state);
        }
        let attempt = AssertUnwindSafe(self.attempt(lease, mail)).catch_unwind().await;
        let outcome = attempt.unwrap_or_else(|_| {
            Some(self.later(mail, None, "The portal failed while it wrote this mail.".into(), false))
        })?;
        self.settle(lease, mail.id, outcome).await
    }

    /// One attempt. None when the mail was taken back before it left.
    async fn attempt(&self, lease: Uuid, mail: &Claimed) -> Option<Outcome> {
        let Some(message) = self.written(mail) else {
            let words = "The portal cannot write this mail: what it should tell is damaged.";
            return Some(failed(None, words.into(), false));
        };
        let begun = Cell::new(false);
        let may_leave = async || {
            let ours = self.begin(lease, mail.id).await;
            begun.set(ours);
            ours
        };
        let sending = self.transport.send(&message, self.clock.now(), may_leave);
        let answer = tokio::time::timeout(self.patience, sending).await.unwrap_or_else(|_| {
            let words = "The mail server did not answer in time.".to_owned();
            if begun.get() { Answer::Unknown { words } } else { Answer::Unreached { words } }
        });
        self.judged(mail, answer, begun.get()).await
    }

    fn written(&self, mail: &Claimed) -> Option<super::transport::Message> {
        let letter: Letter = serde_json::from_value(mail.letter.clone()).ok()?;
        let secret = match (mail.kind.invites(), mail.invitation_id, mail.generation) {
            (true, Some(invitation), Some(generation)) => {
                // Under the key that made the link, which may have been replaced since.
                Some(match &mail.link_hash {
                    Some(hash) => secrets::invitation_secret_of(&self.key, invitation, generation, hash)?,
                    None => secrets::invitation_secret(&self.key, invitation, generation),
                })
            }
            (true, ..) => return None,
            (false, ..) => None,
        };
        let envelope = Envelope {
            id: mail.id,
            kind: mail.kind,
            generation: mail.generation.unwrap_or_default(),
            to: &mail.to_email,
            language: mail.language,
            created_at: mail.created_at,
            secret: secret.as_deref(),
        };
        render::message(&envelope, &letter, &self.base_url, &self.from)
    }

    async fn begin(&self, lease: Uuid, id: Uuid) -> bool {
        let now = self.clock.now();
        let begin = move |tx: &mut _| -> Result<bool, Fault> { Ok(claims::begin(tx, id, lease, now)?) };
        self.db.write(begin).await.unwrap_or(false)
    }

    /// What an answer means for the mail.
    async fn judged(&self, mail: &Claimed, answer: Answer, begun: bool) -> Option<Outcome> {
        Some(match answer {
            Answer::Taken { code } => {
                Outcome { state: State::Sent, code: Some(code.into()), words: None, due_at: None, confirmed: begun }
            }
            Answer::Later { code, words } => self.later(mail, Some(code), words, begun),
            Answer::Refused { code, words } => failed(Some(code), words, begun),
            Answer::Unreached { words } => self.later(mail, None, words, begun),
            Answer::Unknown { .. } if self.is_risked_enough(mail.id).await => {
                failed(None, retry::NEVER_CONFIRMED.into(), false)
            }
            Answer::Unknown { words } => self.later(mail, None, words, false),
            Answer::Stopped => return None,
        })
    }

    async fn is_risked_enough(&self, id: Uuid) -> bool {
        let count = self.db.read(move |conn| -> Result<i32, Fault> { Ok(claims::unconfirmed(conn, id)?) });
        // Not known now: the next claim decides.
        count.await.is_ok_and(|count| count >= retry::UNCONFIRMED_AT_MOST)
    }

    fn later(&self, mail: &Claimed, code: Option<u16>, words: String, confirmed: bool) -> Outcome {
        let now = self.clock.now();
        match retry::next(mail.attempts, mail.first_tried_at.unwrap_or(now), now) {
            Some(due) => Outcome {
                state: State::Deferred,
                code: code.map(i32::from),
                words: Some(words),
                due_at: Some(due),
                confirmed,
            },
            None => failed(code, words, confirmed),
        }
    }

    async fn settle(&self, lease: Uuid, id: Uuid, outcome: Outcome) -> Option<State> {
        let (state, code) = (outcome.state, outcome.code);
        let outcome = Arc::new(outcome);
        for tried in 1..=SETTLE_TRIES {
            let (outcome, now) = (Arc::clone(&outcome), self.clock.now());
            let write = move |tx: &mut _| -> Result<bool, Fault> { Ok(claims::settle(tx, id, lease, &outcome, now)?) };
            match self.db.write(write).await {
                Ok(ours) => {
                    tracing::info!(mail = %id, state = state.as_str(), code, ours, "mail was tried");
                    return ours.then_some(state);
                }
                Err(_) if tried < SETTLE_TRIES => tokio::time::sleep(Duration::from_secs(1)).await,
                Err(_) => tracing::warn!(mail = %id, state = state.as_str(), "what came of a mail cannot be written"),
            }
        }
        None
    }
}

fn failed(code: Option<u16>, words: String, confirmed: bool) -> Outcome {
    Outcome { state: State::Failed, code: code.map(i32::from), words: Some(words), due_at: None, confirmed }
}
