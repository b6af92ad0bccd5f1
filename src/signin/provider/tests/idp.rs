//! An identity provider for tests, in this process on a loopback port. Honest until a script tells it how to misbehave.

use std::collections::HashMap;
use std::sync::{Arc, Mutex};

use actix_web::http::StatusCode;
use actix_web::web::{Bytes, Data};
use actix_web::{App, HttpRequest, HttpResponse, HttpServer, web};
use base64::Engine as _;
use base64::prelude::{BASE64_STANDARD, BASE64_URL_SAFE_NO_PAD};
use futures_util::stream;
use openidconnect::core::{CoreHmacKey, CoreJwsSigningAlgorithm, CoreRsaPrivateSigningKey};
use openidconnect::url::Url;
use openidconnect::{JsonWebKeyId, PkceCodeChallenge, PkceCodeVerifier, PrivateSigningKey as _};
use p256::ecdsa::signature::Signer as _;
use serde_json::{Value, json};

pub const CLIENT: &str = "guildhall & co";
pub const SECRET: &str = "s:cr%t +";
/// Both as RFC 6749 (2.3.1) wants them in the header.
const BASIC: &str = "guildhall+%26+co:s%3Acr%25t+%2B";
pub const CODE: &str = "good-code";
pub const ACCESS: &str = "access-token";
/// When every test takes place: 15 January 2027, 08:00 UTC.
pub const NOW: i64 = 1_800_000_000;

/// How a door answers.
#[derive(Clone, Default)]
pub enum Reply {
    #[default]
    Honest,
    Text(u16, &'static str, &'static str),
    Redirect(u16),
    /// Honest, with blanks up to this many bytes.
    Padded(usize),
    /// Claims to be gzip.
    Packed,
    Silence,
    /// One byte, then silence.
    Drip,
    Endless,
    BreakOff,
}

/// Who signs the ID token.
#[derive(Clone, Default)]
pub enum Signer {
    /// The published elliptic key (`es`).
    #[default]
    Own,
    /// Another elliptic key, under any name.
    Attacker,
    /// The RSA key (`rs`), with RS256.
    Rsa,
    /// HMAC under the client's secret.
    Secret,
    /// These bytes for a signature.
    Bytes(Vec<u8>),
    /// This whole token, whatever the claims.
    Whole(&'static str),
}

/// What to do, with changes to the honest documents: `discovery`, `keys`, `header`, `claims`, `tokens`, `userinfo`.
#[derive(Clone, Default)]
pub struct Script {
    pub signer: Signer,
    replies: HashMap<&'static str, Reply>,
    changes: Vec<(&'static str, &'static str, Option<Value>)>,
    nonce: String,
    challenge: String,
}

impl Script {
    pub fn set(&mut self, document: &'static str, field: &'static str, value: Value) {
        self.changes.push((document, field, Some(value)));
    }

    pub fn drop(&mut self, document: &'static str, field: &'static str) {
        self.changes.push((document, field, None));
    }

    pub fn reply(&mut self, door: &'static str, reply: Reply) {
        self.replies.insert(door, reply);
    }

    /// Signs with RS256 from now on.
    pub fn use_rsa(&mut self) {
        self.signer = Signer::Rsa;
        self.set("header", "alg", json!("RS256"));
        self.set("header", "kid", json!("rs"));
    }

    fn changed(&self, document: &str, mut honest: Value) -> Value {
        let Some(fields) = honest.as_object_mut() else { return honest };
        for (_, field, value) in self.changes.iter().filter(|(changed, ..)| *changed == document) {
            match value {
                Some(value) => fields.insert((*field).to_owned(), value.clone()),
                None => fields.remove(*field),
            };
        }
        honest
    }
}

/// One request: its path, its form, its `Authorization`.
#[derive(Clone)]
struct Seen {
    path: String,
    form: HashMap<String, String>,
    auth: Option<String>,
}

#[derive(Default)]
struct Shared {
    issuer: Mutex<String>,
    script: Mutex<Script>,
    seen: Mutex<Vec<Seen>>,
}

pub struct Idp {
    pub issuer: String,
    shared: Arc<Shared>,
    server: actix_web::dev::ServerHandle,
}

impl Idp {
    /// Starts listening in the test's own runtime.
    pub fn start() -> Self {
        let shared = Arc::new(Shared::default());
        let data = Data::from(Arc::clone(&shared));
        let app = move || App::new().app_data(data.clone()).default_service(web::to(answer));
        let server = HttpServer::new(app).workers(1).disable_signals().bind(("127.0.0.1", 0)).unwrap();
        let issuer = format!("http://{}", server.addrs()[0]);
        shared.issuer.lock().unwrap().clone_from(&issuer);
        let server = server.run();
        let handle = server.handle();
        actix_web::rt::spawn(server);
        Self { issuer, shared, server: handle }
    }

    /// Changes the script.
    pub fn script(&self, change: impl FnOnce(&mut Script)) {
        change(&mut self.shared.script.lock().unwrap());
    }

    /// Forgets the script and the requests.
    pub fn reset(&self) {
        self.script(|script| *script = Script::default());
        self.shared.seen.lock().unwrap().clear();
    }

    /// The browser arrives with this address, and the person signs in.
    pub fn visit(&self, url: &Url) {
        let query: HashMap<_, _> = url.query_pairs().into_owned().collect();
        self.script(|script| {
            script.nonce.clone_from(&query["nonce"]);
            script.challenge.clone_from(&query["code_challenge"]);
        });
    }

    /// How often this path was asked for.
    pub fn count(&self, path: &str) -> usize {
        self.shared.seen.lock().unwrap().iter().filter(|seen| seen.path == path).count()
    }

    /// All requests so far.
    pub fn total(&self) -> usize {
        self.shared.seen.lock().unwrap().len()
    }

    /// Form and `Authorization` of the last token request.
    pub fn token_request(&self) -> (HashMap<String, String>, Option<String>) {
        let seen = self.shared.seen.lock().unwrap();
        let last = seen.iter().rev().find(|seen| seen.path == "/token").unwrap().clone();
        (last.form, last.auth)
    }

    /// An ID token as the script has it.
    pub fn id_token(&self) -> String {
        id_token(&self.shared.script.lock().unwrap(), &self.issuer)
    }

    pub async fn stop(self) {
        self.server.stop(false).await;
    }
}

async fn answer(request: HttpRequest, body: Bytes, shared: Data<Shared>) -> HttpResponse {
    let auth = request.headers().get("authorization").map(|value| value.to_str().unwrap().to_owned());
    let form = serde_urlencoded::from_bytes(&body).unwrap_or_default();
    let seen = Seen { path: request.path().to_owned(), form, auth };
    shared.seen.lock().unwrap().push(seen.clone());
    let issuer = shared.issuer.lock().unwrap().clone();
    let script = shared.script.lock().unwrap().clone();
    let (door, document) = match seen.path.as_str() {
        "/.well-known/openid-configuration" => ("discovery", script.changed("discovery", discovery(&issuer))),
        "/jwks" => ("keys", script.changed("keys", json!({"keys": [es_key(), rs_key()]}))),
        "/token" => ("token", tokens(&script, &issuer, &seen)),
        "/userinfo" if seen.auth.as_deref() == Some("Bearer access-token") => {
            let honest = json!({"sub": "ada-1", "email": "ada@example.org", "email_verified": true, "name": "Ada"});
            ("userinfo", script.changed("userinfo", honest))
        }
        _ => return HttpResponse::NotFound().finish(),
    };
    send(script.replies.get(door).cloned().unwrap_or_default(), &document).await
}

async fn send(reply: Reply, document: &Value) -> HttpResponse {
    let opening = || Ok::<_, actix_web::Error>(Bytes::from_static(b"{"));
    let status = |code| HttpResponse::build(StatusCode::from_u16(code).unwrap());
    let mut json = HttpResponse::Ok();
    json.content_type("application/json;charset=UTF-8");
    match reply {
        Reply::Honest if document.get("error").is_some() => status(400).json(document),
        Reply::Honest => json.body(document.to_string()),
        Reply::Padded(size) => {
            let mut body = document.to_string().into_bytes();
            body.resize(size, b' ');
            json.body(body)
        }
        Reply::Text(code, kind, text) => status(code).content_type(kind).body(text),
        Reply::Redirect(code) => status(code).insert_header(("location", "/trap")).finish(),
        Reply::Packed => json.insert_header(("content-encoding", "gzip")).body(vec![0x1f, 0x8b, 8, 0]),
        Reply::Silence => std::future::pending().await,
        Reply::Drip => json.streaming(stream::unfold(true, move |first| async move {
            if !first {
                std::future::pending::<()>().await;
            }
            Some((opening(), false))
        })),
        Reply::Endless => {
            json.streaming(stream::repeat_with(|| Ok::<_, actix_web::Error>(Bytes::from_static(&[b' '; 8_192]))))
        }
        Reply::BreakOff => {
            let enough = actix_web::error::ErrorImATeapot("enough");
            json.streaming(stream::iter([opening(), Err(enough)]))
        }
    }
}

fn discovery(issuer: &str) -> Value {
    json!({
        "issuer": issuer,
        "authorization_endpoint": format!("{issuer}/authorize?tenant=1"),
        "token_endpoint": format!("{issuer}/token"),
        "userinfo_endpoint": format!("{issuer}/userinfo"),
        "jwks_uri": format!("{issuer}/jwks"),
        "end_session_endpoint": format!("{issuer}/logout"),
        "id_token_signing_alg_values_supported": ["RS256", "ES256", "HS256"],
        "code_challenge_methods_supported": ["S256"],
    })
}

fn tokens(script: &Script, issuer: &str, seen: &Seen) -> Value {
    let field = |name: &str| seen.form.get(name).map(String::as_str);
    let in_form = field("client_id") == Some(CLIENT) && field("client_secret") == Some(SECRET);
    let in_header = seen.auth == Some(format!("Basic {}", BASE64_STANDARD.encode(BASIC)));
    if !in_form && !in_header {
        return json!({"error": "invalid_client"});
    }
    let verifier = field("code_verifier").unwrap_or_default().to_owned();
    let proven = (43..=128).contains(&verifier.len())
        && PkceCodeChallenge::from_code_verifier_sha256(&PkceCodeVerifier::new(verifier)).as_str() == script.challenge;
    if field("code") != Some(CODE) || !proven {
        return json!({"error": "invalid_grant", "error_description": "<script>"});
    }
    let honest = json!({"access_token": ACCESS, "token_type": "Bearer", "id_token": id_token(script, issuer)});
    script.changed("tokens", honest)
}

fn id_token(script: &Script, issuer: &str) -> String {
    if let Signer::Whole(token) = &script.signer {
        return (*token).to_owned();
    }
    let header = script.changed("header", json!({"alg": "ES256", "kid": "es", "typ": "JWT"}));
    let claims = json!({
        "iss": issuer, "aud": CLIENT, "sub": "ada-1", "nonce": script.nonce, "iat": NOW, "exp": NOW + 300,
        "email": "ada@example.org", "email_verified": true, "name": "Ada Lovelace",
        "groups": ["a", {"b": 1}], "updated_at": "2026-01-01T00:00:00Z", "address": "none",
    });
    let part = |value: Value| BASE64_URL_SAFE_NO_PAD.encode(value.to_string());
    let signed = format!("{}.{}", part(header), part(script.changed("claims", claims)));
    let bytes = signed.as_bytes();
    let signature = match &script.signer {
        Signer::Own => elliptic(1, bytes),
        Signer::Attacker => elliptic(2, bytes),
        Signer::Rsa => rsa().sign(&CoreJwsSigningAlgorithm::RsaSsaPkcs1V15Sha256, bytes).unwrap(),
        Signer::Secret => CoreHmacKey::new(SECRET).sign(&CoreJwsSigningAlgorithm::HmacSha256, bytes).unwrap(),
        Signer::Bytes(bytes) => bytes.clone(),
        Signer::Whole(_) => Vec::new(),
    };
    format!("{signed}.{}", BASE64_URL_SAFE_NO_PAD.encode(signature))
}

fn elliptic_key(seed: u8) -> p256::ecdsa::SigningKey {
    p256::ecdsa::SigningKey::from_slice(&[seed; 32]).unwrap()
}

fn elliptic(seed: u8, signed: &[u8]) -> Vec<u8> {
    let signature: p256::ecdsa::Signature = elliptic_key(seed).sign(signed);
    signature.to_bytes().to_vec()
}

/// The published elliptic key.
pub fn es_key() -> Value {
    public(1, "es")
}

/// The public half of the elliptic key with this seed, under this name.
pub fn public(seed: u8, kid: &str) -> Value {
    let point = elliptic_key(seed).verifying_key().to_encoded_point(false);
    let part = |bytes: &[u8]| BASE64_URL_SAFE_NO_PAD.encode(bytes);
    json!({"kty": "EC", "crv": "P-256", "use": "sig", "alg": "ES256", "kid": kid,
        "x": part(point.x().unwrap()), "y": part(point.y().unwrap())})
}

/// A key used by these tests and nowhere else.
fn rsa() -> CoreRsaPrivateSigningKey {
    CoreRsaPrivateSigningKey::from_pem(include_str!("rsa.pem"), Some(JsonWebKeyId::new("rs".to_owned()))).unwrap()
}

/// The published RSA key, 2048 bits.
pub fn rs_key() -> Value {
    serde_json::to_value(rsa().as_verification_key()).unwrap()
}

/// A document with one field changed.
pub fn with(mut document: Value, field: &str, value: Value) -> Value {
    document[field] = value;
    document
}
