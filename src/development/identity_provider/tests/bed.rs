//! A provider for one test: a folder and a clock of its own, and the requests that a relying party makes.

use std::path::{Path, PathBuf};

use actix_web::http::StatusCode;
use actix_web::http::header::{self, HeaderMap};
use actix_web::test::{self, TestRequest};
use actix_web::{App, body};
use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use chrono::{DateTime, TimeDelta};
use serde_json::Value;
use url::Url;

use super::super::{Assets, Client, IdentityProvider, Person, tokens};
use crate::clock::Clock;
use crate::secrets;

pub(super) const CLIENT: &str = "portal";
pub(super) const SECRET: &str = "s3cret: with + signs";
pub(super) const REDIRECT: &str = "http://localhost:8080/signin/callback/development";
pub(super) const VERIFIER: &str = "a-code-verifier-of-more-than-forty-three-characters";
pub(super) const FORM: &str = "application/x-www-form-urlencoded";

/// A provider in a folder of its own, which goes with it.
pub(super) struct Bed {
    pub(super) provider: IdentityProvider,
    pub(super) folder: PathBuf,
    pub(super) clock: Clock,
}

impl Bed {
    pub(super) fn new() -> Self {
        let folder = std::env::temp_dir().join(format!("identity-{}", secrets::random_token()));
        let clock = Clock::standing(DateTime::from_timestamp(1_790_000_000, 0).unwrap());
        let provider = open(&folder, &clock);
        Self { provider, folder, clock }
    }

    pub(super) fn wait(&self, seconds: i64) {
        self.clock.advance(TimeDelta::seconds(seconds));
    }

    pub(super) async fn call(&self, request: TestRequest) -> Answer {
        let app = test::init_service(App::new().configure(self.provider.routes())).await;
        let response = test::call_service(&app, request.to_request()).await;
        let (status, headers) = (response.status(), response.headers().clone());
        let bytes = body::to_bytes(response.into_body()).await.unwrap();
        Answer { status, headers, text: String::from_utf8(bytes.to_vec()).unwrap() }
    }

    pub(super) async fn get(&self, path: &str) -> Answer {
        self.call(TestRequest::get().uri(&format!("/dev/identity{path}"))).await
    }

    pub(super) async fn post(&self, path: &str, form: &str) -> Answer {
        self.call(posting(path, form)).await
    }

    /// Signs in and gives the code.
    pub(super) async fn code(&self, changes: &[(&str, &str)]) -> String {
        let form = format!("{}&{}", request_with(changes), encoded(&[("email", "Owner@ACME.example")]));
        let answer = self.post("/authorize", &form).await;
        assert_eq!(answer.status, StatusCode::SEE_OTHER, "{}", answer.text);
        answer.parameter("code").unwrap()
    }

    /// Exchanges a code as the portal would, with `changes` made to the form.
    pub(super) async fn exchange(&self, code: &str, changes: &[(&str, &str)]) -> Answer {
        let secret = header_of(CLIENT, "s3cret%3A+with+%2B+signs");
        let form = exchange_form(code, changes);
        self.call(posting("/token", &form).insert_header((header::AUTHORIZATION, secret))).await
    }
}

/// What came back.
pub(super) struct Answer {
    pub(super) status: StatusCode,
    pub(super) headers: HeaderMap,
    pub(super) text: String,
}

impl Answer {
    pub(super) fn location(&self) -> Url {
        Url::parse(self.headers.get(header::LOCATION).unwrap().to_str().unwrap()).unwrap()
    }

    pub(super) fn parameter(&self, name: &str) -> Option<String> {
        self.location().query_pairs().find(|(key, _)| key == name).map(|(_, value)| value.into_owned())
    }

    pub(super) fn json(&self) -> Value {
        serde_json::from_str(&self.text).unwrap()
    }

    /// Asserts an error of the token endpoint.
    pub(super) fn assert_error(&self, status: StatusCode, error: &str) {
        assert_eq!(self.status, status, "{}", self.text);
        assert_eq!(self.json()["error"], error);
        assert_eq!(self.headers.get(header::CACHE_CONTROL).unwrap(), "no-store");
    }
}

pub(super) fn posting(path: &str, form: &str) -> TestRequest {
    TestRequest::post()
        .uri(&format!("/dev/identity{path}"))
        .insert_header((header::CONTENT_TYPE, FORM))
        .set_payload(form.to_owned())
}

pub(super) fn header_of(id: &str, secret: &str) -> String {
    format!("Basic {}", STANDARD.encode(format!("{id}:{secret}")))
}

pub(super) fn exchange_form(code: &str, changes: &[(&str, &str)]) -> String {
    let mut pairs = vec![
        ("grant_type", "authorization_code"),
        ("code", code),
        ("redirect_uri", REDIRECT),
        ("code_verifier", VERIFIER),
    ];
    for &(name, value) in changes {
        pairs.retain(|(known, _)| *known != name);
        pairs.push((name, value));
    }
    encoded(&pairs)
}

impl Drop for Bed {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.folder);
    }
}

pub(super) fn open(folder: &Path, clock: &Clock) -> IdentityProvider {
    let client = |id: &str, secret: &str| Client {
        id: id.into(),
        secret: secret.into(),
        redirect_uris: vec![REDIRECT.into()],
        post_logout_redirect_uris: vec!["http://localhost:8080/".into()],
    };
    let person = |email: &str, name: &str, group: &str| Person {
        email: email.into(),
        name: name.into(),
        note: "Owner".into(),
        group: group.into(),
    };
    let people = vec![
        person("owner@acme.example", "Olivia <Owner>", "Acme · staff"),
        person("mia@northwind.example", "Mia Manager", "Northwind Resellers"),
    ];
    let base_url = Url::parse("http://localhost:8080").unwrap();
    let assets = Assets { stylesheet: "/assets/portal.css".into() };
    let clients = vec![client(CLIENT, SECRET), client("other", "other secret")];
    IdentityProvider::open(folder, &base_url, clients, people, assets, clock.clone()).unwrap()
}

pub(super) fn encoded(pairs: &[(&str, &str)]) -> String {
    url::form_urlencoded::Serializer::new(String::new()).extend_pairs(pairs).finish()
}

/// A good authorisation request, with `changes` made to it; an empty value takes a parameter out.
pub(super) fn request_with(changes: &[(&str, &str)]) -> String {
    let challenge = tokens::code_challenge(VERIFIER);
    let mut pairs = vec![
        ("client_id", CLIENT),
        ("redirect_uri", REDIRECT),
        ("response_type", "code"),
        ("scope", "openid email profile"),
        ("state", "the state & more"),
        ("nonce", "the nonce"),
        ("code_challenge", challenge.as_str()),
        ("code_challenge_method", "S256"),
    ];
    for &(name, value) in changes {
        pairs.retain(|(known, _)| *known != name);
        if !value.is_empty() {
            pairs.push((name, value));
        }
    }
    encoded(&pairs)
}

pub(super) fn payload(id_token: &str) -> Value {
    let part = id_token.split('.').nth(1).unwrap();
    serde_json::from_slice(&URL_SAFE_NO_PAD.decode(part).unwrap()).unwrap()
}
