//! Requests to identity providers within hard limits: no redirect followed, no request repeated, 256 KiB of answer,
//! a few seconds. Owns the client and its limits; must not understand what it carries.

use std::time::Duration;

use chrono::{DateTime, Utc};
use openidconnect::http::StatusCode;
use openidconnect::reqwest::{Client, Error, RequestBuilder, Response, header, redirect, retry, tls};
use openidconnect::url::Url;
use serde::de::DeserializeOwned;

use super::config::is_loopback;
use super::error::{Door, ProviderError};

/// Most bytes of one answer. Discovery documents and key sets of real providers have 1–20 KiB.
const LARGEST_ANSWER: usize = 256 * 1024;
/// Longest wait for a connection.
const CONNECT: Duration = Duration::from_secs(3);

/// The bounded client. One connection per request: sign-ins are rare, and a connection that the provider has
/// meanwhile closed would otherwise cost the one use of a code.
pub(super) struct Http {
    client: Option<Client>,
    /// Longest time of one request, from connecting to the last byte of the answer.
    limit: Duration,
}

/// What came back, whole and within limits.
pub(super) struct Answer {
    door: Door,
    pub(super) status: StatusCode,
    is_json: bool,
    body: Vec<u8>,
    /// The provider's own time, to the second, if it says it.
    pub(super) date: Option<DateTime<Utc>>,
}

impl Http {
    /// A client for the provider at `issuer`. A loopback provider is never asked through a proxy.
    pub(super) fn new(issuer: Option<&Url>, limit: Duration) -> Self {
        let loopback = issuer.is_some_and(is_loopback);
        let builder = Client::builder()
            .redirect(redirect::Policy::none())
            .retry(retry::never())
            .pool_max_idle_per_host(0)
            .no_gzip()
            .no_brotli()
            .no_deflate()
            .no_zstd()
            .referer(false)
            .https_only(!loopback)
            .min_tls_version(tls::Version::TLS_1_2)
            .connect_timeout(CONNECT)
            .user_agent(concat!("guildhall/", env!("CARGO_PKG_VERSION")));
        let builder = if loopback { builder.no_proxy() } else { builder };
        Self { client: builder.build().ok(), limit }
    }

    /// Asks for a document, with an access token where one is needed.
    pub(super) async fn get(&self, door: Door, url: &Url, bearer: Option<&str>) -> Result<Answer, ProviderError> {
        let request = self.client(door)?.get(url.clone());
        let request = match bearer {
            Some(token) => request.bearer_auth(token),
            None => request,
        };
        self.send(door, request).await
    }

    /// Sends a form, with the client's name and secret (already encoded, RFC 6749, 2.3.1) in the header or not.
    pub(super) async fn post(
        &self,
        door: Door,
        url: &Url,
        form: &[(&str, &str)],
        basic: Option<(String, String)>,
    ) -> Result<Answer, ProviderError> {
        let body = serde_urlencoded::to_string(form).map_err(|_| door.unavailable("form"))?;
        let request = self
            .client(door)?
            .post(url.clone())
            .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded")
            .body(body);
        let request = match basic {
            Some((id, secret)) => request.basic_auth(id, Some(secret)),
            None => request,
        };
        self.send(door, request).await
    }

    fn client(&self, door: Door) -> Result<&Client, ProviderError> {
        self.client.as_ref().ok_or_else(|| door.unavailable("client"))
    }

    async fn send(&self, door: Door, request: RequestBuilder) -> Result<Answer, ProviderError> {
        let request = request.header(header::ACCEPT, "application/json").timeout(self.limit);
        let mut response = request.send().await.map_err(|error| unavailable(door, &error))?;
        let body = capped(door, &mut response).await?;
        let date = response.headers().get(header::DATE).and_then(|value| value.to_str().ok());
        let date = date.and_then(|text| DateTime::parse_from_rfc2822(text).ok()).map(|date| date.to_utc());
        Ok(Answer { door, status: response.status(), is_json: is_json(&response), body, date })
    }
}

impl Answer {
    /// The document of a 200 answer.
    pub(super) fn document<T: DeserializeOwned>(&self) -> Result<T, ProviderError> {
        if self.status == StatusCode::OK { self.json() } else { Err(self.door.status(self.status)) }
    }

    /// The body as JSON, whatever the status.
    pub(super) fn json<T: DeserializeOwned>(&self) -> Result<T, ProviderError> {
        if !self.is_json {
            return Err(self.door.unavailable("not_json"));
        }
        serde_json::from_slice(&self.body).map_err(|_| self.door.unavailable("unreadable"))
    }
}

/// Reads the body and stops at the limit, so that an endless answer costs no memory.
async fn capped(door: Door, response: &mut Response) -> Result<Vec<u8>, ProviderError> {
    let mut body = Vec::new();
    while let Some(chunk) = response.chunk().await.map_err(|error| unavailable(door, &error))? {
        if body.len() + chunk.len() > LARGEST_ANSWER {
            return Err(door.unavailable("too_large"));
        }
        body.extend_from_slice(&chunk);
    }
    Ok(body)
}

/// `application/json` and its relatives such as `application/jwk-set+json`; some providers send no type at all.
fn is_json(response: &Response) -> bool {
    response.headers().get(header::CONTENT_TYPE).is_none_or(|value| {
        let essence = value.to_str().unwrap_or_default().split(';').next().unwrap_or_default().trim();
        let essence = essence.to_ascii_lowercase();
        essence == "application/json" || (essence.starts_with("application/") && essence.ends_with("+json"))
    })
}

/// The reason only: reqwest's own words contain the address with its parameters.
fn unavailable(door: Door, error: &Error) -> ProviderError {
    door.unavailable(if error.is_timeout() {
        "timeout"
    } else if error.is_connect() {
        "unreachable"
    } else {
        "broken_off"
    })
}
