//! The token endpoint by the book: RFC 6749 client credentials, by form or by JSON (seed 002), RFC 7009 revocation,
//! RFC 7662 introspection, RFC 8414 metadata. Tokens are opaque and last an hour.

use actix_web::dev::Payload;
use actix_web::http::{StatusCode, header};
use actix_web::middleware::from_fn;
use actix_web::{HttpRequest, HttpResponse, web};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use percent_encoding::percent_decode_str;
use serde_json::{Value, json};
use url::form_urlencoded;

use super::dialect::Dialect;
use super::door;
use super::error::{ApiError, Fault};
use super::json;
use super::limit;
use super::page;
use crate::access::{Permission, Principal};
use crate::api_clients::actions;
use crate::api_clients::model::TOKEN_SECONDS;
use crate::api_clients::secret::{self, Purpose};
use crate::db;
use crate::web::client;
use crate::web::portal::Shared;

/// Routes outside the door: whoever comes here has no token yet.
pub fn routes(config: &mut web::ServiceConfig) {
    for prefix in ["", "/api"] {
        let at = |path: &str| web::resource(format!("{prefix}/oauth2/{path}")).wrap(from_fn(door::in_words));
        config
            .service(at("token").route(web::post().to(token)))
            .service(at("revoke").route(web::post().to(revoke)))
            .service(at("introspect").route(web::post().to(introspect)));
    }
    let metadata = web::resource("/.well-known/oauth-authorization-server").route(web::get().to(metadata));
    config.service(metadata.wrap(from_fn(door::in_words)));
}

/// `POST /oauth2/token`
async fn token(request: HttpRequest, payload: web::Payload) -> HttpResponse {
    answered(issue(&request, payload).await)
}

async fn issue(request: &HttpRequest, payload: web::Payload) -> Result<Value, ApiError> {
    let asked = Asked::read(request, payload.into_inner()).await?;
    let client = authenticate(request, &asked).await?;
    // Seed 002's system sends no grant type; anything but its one meaning is refused.
    match asked.get("grant_type") {
        None if asked.is_json => {}
        Some("client_credentials") => {}
        None => return Err(refused("invalid_request", "Send grant_type=client_credentials.")),
        Some(_) => return Err(refused("unsupported_grant_type", "Only client_credentials is granted here.")),
    }
    let permissions = scope(&client, asked.get("scope"))?;
    let (portal, token) = (portal(request)?, secret::draw(Purpose::AccessToken));
    let (id, now, issued) = (client_id(&client), portal.clock.now(), token.clone());
    let granted = permissions.clone();
    portal.db.write(move |tx| Ok::<_, db::Fault>(actions::issue(tx, id, &granted, &issued, now)?)).await?;
    let words: Vec<&str> = permissions.iter().map(|permission| permission.as_str()).collect();
    Ok(json!({
        "access_token": token,
        "token_type": "Bearer",
        "expires_in": TOKEN_SECONDS,
        "scope": words.join(" "),
    }))
}

/// `POST /oauth2/revoke`: 200 for whatever is not there, only one's own is ended.
async fn revoke(request: HttpRequest, payload: web::Payload) -> HttpResponse {
    let done = async {
        let asked = Asked::read(&request, payload.into_inner()).await?;
        let client = authenticate(&request, &asked).await?;
        let token = asked.get("token").ok_or_else(|| refused("invalid_request", "Send the token."))?.to_owned();
        let id = client_id(&client);
        let work = move |tx: &mut _| Ok::<_, db::Fault>(actions::drop_token(tx, id, &token)?);
        portal(&request)?.db.write(work).await?;
        Ok(json!({}))
    };
    answered(done.await)
}

/// `POST /oauth2/introspect`: of one's own tokens.
async fn introspect(request: HttpRequest, payload: web::Payload) -> HttpResponse {
    let done = async {
        let asked = Asked::read(&request, payload.into_inner()).await?;
        let client = authenticate(&request, &asked).await?;
        let token = asked.get("token").ok_or_else(|| refused("invalid_request", "Send the token."))?.to_owned();
        let (portal, id) = (portal(&request)?, client_id(&client));
        let now = portal.clock.now();
        let look = move |conn: &mut _| Ok::<_, db::Fault>(actions::look_at_token(conn, id, &token, now)?);
        Ok(match portal.db.read(look).await? {
            None => json!({ "active": false }),
            Some((_, permissions, since, until)) => json!({
                "active": true,
                "client_id": id.to_string(),
                "scope": permissions.join(" "),
                "token_type": "Bearer",
                "iat": since.timestamp(),
                "exp": until.timestamp(),
            }),
        })
    };
    answered(done.await)
}

/// `GET /.well-known/oauth-authorization-server` (RFC 8414): what is really there, no more.
async fn metadata(portal: Shared) -> HttpResponse {
    let at = |path: &str| portal.base_url.join(path);
    let scopes: Vec<&str> = Permission::ALL.iter().map(|permission| permission.as_str()).collect();
    let ways = ["client_secret_basic", "client_secret_post"];
    HttpResponse::Ok().json(json!({
        "issuer": portal.base_url.origin(),
        "token_endpoint": at("/oauth2/token"),
        "revocation_endpoint": at("/oauth2/revoke"),
        "introspection_endpoint": at("/oauth2/introspect"),
        "grant_types_supported": ["client_credentials"],
        "response_types_supported": [],
        "token_endpoint_auth_methods_supported": ways,
        "revocation_endpoint_auth_methods_supported": ways,
        "introspection_endpoint_auth_methods_supported": ways,
        "scopes_supported": scopes,
        "service_documentation": at("/api/docs"),
    }))
}

fn answered(outcome: Result<Value, ApiError>) -> HttpResponse {
    match outcome {
        Ok(body) => HttpResponse::Ok()
            .insert_header((header::CACHE_CONTROL, "no-store"))
            .insert_header((header::PRAGMA, "no-cache"))
            .json(body),
        Err(error) => Dialect::Token.answer(&error),
    }
}

fn portal(request: &HttpRequest) -> Result<Shared, ApiError> {
    request.app_data::<Shared>().cloned().ok_or_else(ApiError::internal)
}

fn client_id(client: &Principal) -> uuid::Uuid {
    client.client.as_ref().map(|client| client.id).unwrap_or_default()
}

fn refused(code: &'static str, message: &str) -> ApiError {
    ApiError::malformed(Fault { place: "body", path: String::new(), code, message: message.into() })
}

/// The parameters of a request, however they were sent.
struct Asked {
    parameters: Vec<(String, String)>,
    is_json: bool,
}

impl Asked {
    async fn read(request: &HttpRequest, payload: Payload) -> Result<Self, ApiError> {
        if request.query_string().contains("client_secret") || request.query_string().contains("token=") {
            return Err(refused("invalid_request", "Secrets belong into the body or the Authorization header."));
        }
        let kind = request.headers().get(header::CONTENT_TYPE).and_then(|kind| kind.to_str().ok()).unwrap_or_default();
        let kind = kind.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
        let body = json::read(payload).await?;
        match kind.as_str() {
            "application/json" => Self::of_json(&body),
            "application/x-www-form-urlencoded" => Self::of_form(&body),
            _ => Err(ApiError::new(StatusCode::UNSUPPORTED_MEDIA_TYPE, "Send a form, or JSON.")),
        }
    }

    fn of_form(body: &[u8]) -> Result<Self, ApiError> {
        let readable = std::str::from_utf8(body).is_ok_and(|text| page::legible(text).is_ok());
        if !readable {
            return Err(refused("invalid_request", "The body holds characters that are not valid text (UTF-8)."));
        }
        let mut parameters: Vec<(String, String)> = Vec::new();
        for (name, value) in form_urlencoded::parse(body) {
            if parameters.iter().any(|(known, _)| *known == name) {
                return Err(refused("invalid_request", "A parameter came twice."));
            }
            parameters.push((name.into_owned(), value.into_owned()));
        }
        Ok(Self { parameters, is_json: false })
    }

    fn of_json(body: &[u8]) -> Result<Self, ApiError> {
        let Value::Object(members) = json::parse(body)? else {
            return Err(refused("invalid_request", "Send an object."));
        };
        let text = |(name, value): (String, Value)| match value {
            Value::String(text) => Ok((name, text)),
            _ => Err(refused("invalid_request", "Every member is a string.")),
        };
        Ok(Self { parameters: members.into_iter().map(text).collect::<Result<_, _>>()?, is_json: true })
    }

    /// A parameter; one without a value counts as not sent (RFC 6749, section 3.2).
    fn get(&self, name: &str) -> Option<&str> {
        let found = self.parameters.iter().find(|(known, _)| known == name);
        found.map(|(_, value)| value.as_str()).filter(|value| !value.is_empty())
    }
}

/// The client, by the Authorization header or by the body, never by both (RFC 6749, section 2.3).
async fn authenticate(request: &HttpRequest, asked: &Asked) -> Result<Principal, ApiError> {
    let (portal, now) = (portal(request)?, request.app_data::<Shared>().map(|portal| portal.clock.now()));
    let now = now.ok_or_else(ApiError::internal)?;
    let (id, secret) = presented(request, asked)?;
    let look = move |conn: &mut _| Ok::<_, db::Fault>(actions::authenticate(conn, (&id, &secret), now)?);
    if let Some(client) = portal.db.read(look).await? {
        return Ok(client);
    }
    let address = client::counted(request);
    let failures = portal.limits.failures;
    let count = move |tx: &mut _| Ok::<_, db::Fault>(limit::count(tx, &format!("failed {address}"), failures, now)?);
    match portal.db.write(count).await {
        Ok(count) if count.over => Err(ApiError::too_many(count.reset)),
        _ => Err(ApiError::new(StatusCode::UNAUTHORIZED, "The client is unknown, or its secret is wrong.")),
    }
}

fn presented(request: &HttpRequest, asked: &Asked) -> Result<(String, String), ApiError> {
    let mut headers = request.headers().get_all(header::AUTHORIZATION).map(|value| value.to_str().unwrap_or_default());
    let (header, second) = (headers.next(), headers.next());
    let by_body = asked.get("client_secret").is_some();
    match header {
        Some(_) if by_body || second.is_some() => {
            Err(refused("invalid_request", "Authenticate once: by header or by body."))
        }
        Some(header) => {
            let (id, secret) = basic(header).ok_or_else(|| {
                ApiError::new(StatusCode::UNAUTHORIZED, "The Authorization header is not Basic with id and secret.")
            })?;
            match asked.get("client_id") {
                Some(other) if other != id => Err(refused("invalid_request", "Name one client.")),
                _ => Ok((id, secret)),
            }
        }
        None => {
            let of = |name: &str| asked.get(name).unwrap_or_default().to_owned();
            Ok((of("client_id"), of("client_secret")))
        }
    }
}

/// Id and secret of a Basic header, each form-encoded as RFC 6749 asks.
fn basic(header: &str) -> Option<(String, String)> {
    let (scheme, encoded) = header.split_once(' ')?;
    if !scheme.eq_ignore_ascii_case("basic") {
        return None;
    }
    let text = String::from_utf8(STANDARD.decode(encoded.trim()).ok()?).ok()?;
    let (id, secret) = text.split_once(':')?;
    let plain = |part: &str| percent_decode_str(part).decode_utf8().ok().map(std::borrow::Cow::into_owned);
    Some((plain(id)?, plain(secret)?))
}

/// The permissions of a token: all of the client's, or those asked for.
fn scope(client: &Principal, asked: Option<&str>) -> Result<Vec<Permission>, ApiError> {
    let own = client.client.as_ref().map(|client| client.permissions.clone()).unwrap_or_default();
    let Some(asked) = asked.filter(|asked| !asked.trim().is_empty()) else { return Ok(own) };
    let wanted: Option<Vec<Permission>> = asked.split_whitespace().map(Permission::parse).collect();
    wanted
        .filter(|wanted| wanted.iter().all(|permission| own.contains(permission)))
        .ok_or_else(|| refused("invalid_scope", "The client does not have every permission that was asked for."))
}
