//! A machine that calls the API: a credential of an organisation, made behind the portal's back, and its requests.

use guildhall::api_clients::secret::{self, Purpose};
use serde_json::Value;

use super::app::App;
use super::http::{Answer, Server};

/// Everything that a credential can be allowed.
pub const ALL: &str = "READ_PARTNER,WRITE_PARTNER,READ_USER,WRITE_USER,READ_INVITATION,WRITE_INVITATION,READ_AUDIT,\
                       MANAGE_API_CLIENTS";

/// A credential and where it is used.
#[derive(Debug, Clone)]
pub struct Machine {
    pub server: Server,
    /// The credential's id, which is an API client's `client_id`.
    pub id: String,
    pub secret: String,
    headers: Vec<(String, String)>,
}

impl App {
    /// An API key of an organisation of the fixture.
    pub fn key(&self, organisation: &str, permissions: &str) -> Machine {
        self.machine(organisation, permissions, Purpose::ApiKey)
    }

    /// An API client of an organisation; it has no token yet.
    pub fn client(&self, organisation: &str, permissions: &str) -> Machine {
        self.machine(organisation, permissions, Purpose::ClientSecret)
    }

    fn machine(&self, organisation: &str, permissions: &str, purpose: Purpose) -> Machine {
        let (id, secret) = (guildhall::secrets::new_id(self.now()).to_string(), secret::draw(purpose));
        let kind = if purpose == Purpose::ApiKey { "key" } else { "client" };
        self.sql(&format!(
            "INSERT INTO api_clients (id, tenant_id, organisation_id, kind, name, permissions, created_by, created_at, updated_at)
             SELECT '{id}', o.tenant_id, o.id, '{kind}', 'A machine', string_to_array('{permissions}', ','), u.id, now(), now()
             FROM organisations o JOIN users u ON u.organisation_id = o.id WHERE o.id = '{organisation}' ORDER BY u.id LIMIT 1;
             INSERT INTO api_secrets (id, client_id, hash, hint, created_at)
             VALUES (gen_random_uuid(), '{id}', sha256('{secret}'), right('{secret}', 4), now())"
        ));
        let headers = if purpose == Purpose::ApiKey { vec![("X-Api-Key".into(), secret.clone())] } else { Vec::new() };
        Machine { server: self.server.clone(), id, secret, headers }
    }
}

impl Machine {
    /// The same machine with another header.
    #[must_use]
    pub fn header(mut self, name: &str, value: &str) -> Self {
        self.headers.push((name.into(), value.into()));
        self
    }

    /// The same machine, without what it authenticates by.
    #[must_use]
    pub fn stranger(mut self) -> Self {
        self.headers.clear();
        self
    }

    /// The same machine with a token fetched at the token endpoint.
    #[must_use]
    pub fn with_token(mut self) -> Self {
        let token = self.token().json()["access_token"].as_str().expect("a token").to_owned();
        self.headers.push(("Authorization".into(), format!("Bearer {token}")));
        self
    }

    /// Asks the token endpoint by form.
    pub fn token(&self) -> Answer {
        let body = format!("grant_type=client_credentials&client_id={}&client_secret={}", self.id, self.secret);
        self.form("/oauth2/token", &body)
    }

    /// What it sends with every request.
    pub fn headers(&self) -> &[(String, String)] {
        &self.headers
    }

    /// Posts a form.
    pub fn form(&self, path: &str, body: &str) -> Answer {
        self.send("POST", path, "application/x-www-form-urlencoded", body.as_bytes())
    }

    pub fn get(&self, path: &str) -> Answer {
        self.send("GET", path, "", b"")
    }

    pub fn delete(&self, path: &str) -> Answer {
        self.send("DELETE", path, "", b"")
    }

    pub fn post(&self, path: &str, body: &Value) -> Answer {
        self.send("POST", path, "application/json", body.to_string().as_bytes())
    }

    pub fn put(&self, path: &str, body: &Value) -> Answer {
        self.send("PUT", path, "application/json", body.to_string().as_bytes())
    }

    /// Sends anything.
    pub fn send(&self, method: &str, path: &str, kind: &str, body: &[u8]) -> Answer {
        let mut headers = vec![("Host", self.server.authority.as_str()), ("Accept", "*/*")];
        headers.extend(self.headers.iter().map(|(name, value)| (name.as_str(), value.as_str())));
        if !kind.is_empty() {
            headers.push(("Content-Type", kind));
        }
        let answer = self.server.send(method, path, &headers, body);
        assert!(answer.status < 500, "{method} {path} answers {}: {}", answer.status, answer.body);
        answer
    }
}

impl Answer {
    /// The answer as JSON.
    #[track_caller]
    pub fn json(&self) -> Value {
        serde_json::from_str(&self.body).unwrap_or_else(|error| panic!("{}: {error}: {}", self.address, self.body))
    }
}
