//! The provider against an identity provider that lies, stalls and breaks in every way we could think of.
//! Time stands still unless a test moves it; nothing sleeps.

mod documents;
mod doors;
mod flow;
mod idp;
mod pace;
mod people;
mod tokens;

use std::sync::atomic::{AtomicI64, Ordering};

use super::*;
use idp::{CLIENT, CODE, Idp, NOW, SECRET, Script};

const BACK: &str = "https://portal.example/sign-in/test/callback";

/// A clock that tests move, in seconds.
#[derive(Clone)]
struct TestClock(Arc<AtomicI64>);

impl TestClock {
    fn new() -> Self {
        Self(Arc::new(AtomicI64::new(NOW)))
    }

    fn advance(&self, seconds: i64) {
        self.0.fetch_add(seconds, Ordering::SeqCst);
    }

    /// A provider that goes by this clock, with limits far above what an honest answer takes.
    fn provider(&self, config: ProviderConfig) -> Provider {
        self.provider_within(Duration::from_secs(20), config)
    }

    fn provider_within(&self, limit: Duration, config: ProviderConfig) -> Provider {
        let clock = self.clone();
        let limits = Limits { request: limit, load: 2 * limit, finish: 4 * limit };
        Provider::within(limits, config, move || DateTime::from_timestamp(clock.0.load(Ordering::SeqCst), 0).unwrap())
    }
}

/// Our settings at this provider: a secret, and ES256, which is quicker to sign in tests.
fn config(idp: &Idp) -> ProviderConfig {
    let mut config = ProviderConfig::new("test", &idp.issuer, CLIENT, BACK);
    config.client_secret = Some(SECRET.into());
    config.algorithms = vec![Alg::Es256];
    config
}

/// A whole sign-in by an honest browser.
async fn sign_in(idp: &Idp, provider: &Provider) -> Result<Claims, ProviderError> {
    let started = provider.begin(BeginOptions::default()).await?;
    idp.visit(&started.url);
    provider.finish(callback(None), &started.nonce, &started.pkce_verifier).await
}

fn callback(iss: Option<&str>) -> CallbackQuery {
    CallbackQuery { code: CODE.to_owned(), iss: iss.map(str::to_owned) }
}

fn code(outcome: &Result<Claims, ProviderError>) -> &str {
    outcome.as_ref().map_or_else(ProviderError::code, |_| "ok")
}

/// One misbehaviour and the reason that must come of it; `ok` for none.
type Case = (&'static str, fn(&mut Script), &'static str);

/// Signs in under each misbehaviour with a fresh provider, and names every case that came out differently.
async fn try_all(cases: &[Case]) {
    try_all_with(cases, |_| ()).await;
}

async fn try_all_with(cases: &[Case], adjust: fn(&mut ProviderConfig)) {
    let idp = Idp::start();
    let mut wrong = Vec::new();
    for (name, misbehave, expected) in cases {
        idp.reset();
        idp.script(misbehave);
        let mut config = config(&idp);
        adjust(&mut config);
        let outcome = sign_in(&idp, &TestClock::new().provider(config)).await;
        if code(&outcome) != *expected {
            wrong.push(format!("{name}: expected {expected}, came {}", code(&outcome)));
        }
        if idp.count("/token") > 1 || idp.count("/trap") > 0 {
            wrong.push(format!("{name}: asked more than it may"));
        }
    }
    idp.stop().await;
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
