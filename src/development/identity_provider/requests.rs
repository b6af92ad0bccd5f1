//! The authorisation request: which faults the person sees and which go back to the relying party.
//! Must not act on a request; it only says what was asked.

use url::Url;

use super::Client;
use super::parameters::Parameters;

/// Parameters that the form carries along as hidden fields, so that the POST is checked exactly like the GET.
const CARRIED: [&str; 9] = [
    "client_id",
    "redirect_uri",
    "response_type",
    "response_mode",
    "scope",
    "state",
    "nonce",
    "code_challenge",
    "code_challenge_method",
];

/// A request that may be answered with a code.
#[derive(Debug)]
pub(super) struct AuthorizationRequest {
    pub(super) client_id: String,
    pub(super) reply: Reply,
    pub(super) scope: String,
    pub(super) nonce: Option<String>,
    pub(super) code_challenge: String,
    pub(super) login_hint: Option<String>,
    /// Hidden fields for the form.
    pub(super) carried: Vec<(String, String)>,
}

/// Where the answer goes.
#[derive(Debug)]
pub(super) struct Reply {
    pub(super) redirect_uri: String,
    pub(super) state: Option<String>,
}

/// Why a request gets no code.
#[derive(Debug)]
pub(super) enum Fault {
    /// The client or its address is unknown, so nothing may be sent to that address (RFC 6749 §4.1.2.1).
    Shown(String),
    /// The client is known; it learns the error code and a description.
    Returned { reply: Reply, error: &'static str, description: String },
}

/// An error code of RFC 6749 §4.1.2.1 or `OpenID` Connect Core §3.1.2.6, with its description.
type Refusal = (&'static str, String);

impl AuthorizationRequest {
    /// Checks a request in the order RFC 6749 asks for: client and address first, all else after.
    pub(super) fn read(parameters: &Parameters, clients: &[Client]) -> Result<Self, Fault> {
        let (client, redirect_uri) = read_client(parameters, clients).map_err(Fault::Shown)?;
        // A state that cannot be read cannot be echoed; the refusal below says so.
        let state = parameters.get("state").ok().flatten().map(str::to_owned);
        let reply = Reply { redirect_uri, state };
        match Details::read(parameters) {
            Ok(details) => Ok(Self {
                client_id: client.id.clone(),
                reply,
                scope: details.scope,
                nonce: details.nonce,
                code_challenge: details.code_challenge,
                login_hint: parameters.get("login_hint").ok().flatten().map(str::to_owned),
                carried: carried(parameters),
            }),
            Err((error, description)) => Err(Fault::Returned { reply, error, description }),
        }
    }
}

impl Reply {
    /// The client's address with the answer added, `iss` always among it (RFC 9207).
    pub(super) fn location(&self, issuer: &str, answer: &[(&str, &str)]) -> Option<String> {
        let mut location = Url::parse(&self.redirect_uri).ok()?;
        {
            let mut query = location.query_pairs_mut();
            query.extend_pairs(answer);
            if let Some(state) = &self.state {
                query.append_pair("state", state);
            }
            query.append_pair("iss", issuer);
        }
        Some(location.into())
    }
}

fn read_client<'a>(parameters: &Parameters, clients: &'a [Client]) -> Result<(&'a Client, String), String> {
    let required = |name: &str| match parameters.get(name) {
        Ok(Some(value)) => Ok(value),
        Ok(None) => Err(format!("The request names no {name}.")),
        Err(problem) => Err(format!("The request's {name} cannot be used: {problem}.")),
    };
    let id = required("client_id")?;
    let client = clients
        .iter()
        .find(|client| client.id == id)
        .ok_or_else(|| format!("No application is registered here as “{id}”."))?;
    let redirect_uri = required("redirect_uri")?;
    if !client.redirect_uris.iter().any(|known| known == redirect_uri) {
        return Err(format!("“{redirect_uri}” is not a registered address of “{id}”."));
    }
    Ok((client, redirect_uri.to_owned()))
}

/// What is left to read once the client is known.
struct Details {
    scope: String,
    nonce: Option<String>,
    code_challenge: String,
}

impl Details {
    fn read(parameters: &Parameters) -> Result<Self, Refusal> {
        let optional = |name: &str| parameters.get(name).map_err(|problem| invalid(&format!("{name}: {problem}")));
        optional("state")?;
        optional("login_hint")?;
        if parameters.has("request") {
            return Err(("request_not_supported", "request objects are not supported".into()));
        }
        if parameters.has("request_uri") {
            return Err(("request_uri_not_supported", "request_uri is not supported".into()));
        }
        match optional("response_type")? {
            Some("code") => {}
            Some(_) => {
                return Err(("unsupported_response_type", "response_type must be code".into()));
            }
            None => return Err(invalid("response_type is missing")),
        }
        if !matches!(optional("response_mode")?, None | Some("query")) {
            return Err(invalid("response_mode must be query"));
        }
        let scope = optional("scope")?.unwrap_or_default().to_owned();
        if !scope.split(' ').any(|part| part == "openid") {
            return Err(("invalid_scope", "scope must contain openid".into()));
        }
        read_prompt(optional("prompt")?.unwrap_or_default())?;
        let code_challenge = read_challenge(optional("code_challenge")?, optional("code_challenge_method")?)?;
        Ok(Self { scope, nonce: optional("nonce")?.map(str::to_owned), code_challenge })
    }
}

/// Everybody is always asked, so `login`, `consent` and `select_account` are met already and `none` never can be.
fn read_prompt(prompt: &str) -> Result<(), Refusal> {
    let mut parts = prompt.split(' ').filter(|part| !part.is_empty());
    match (parts.any(|part| part == "none"), prompt.trim()) {
        (false, _) => Ok(()),
        (true, "none") => Err(("login_required", "this provider keeps no session".into())),
        (true, _) => Err(invalid("prompt none goes with no other value")),
    }
}

/// PKCE is required and only `S256` is taken (RFC 9700 §2.1.1); a method left out would mean `plain`.
fn read_challenge(challenge: Option<&str>, method: Option<&str>) -> Result<String, Refusal> {
    let challenge = challenge.ok_or_else(|| invalid("code_challenge is missing"))?;
    if method != Some("S256") {
        return Err(invalid("code_challenge_method must be S256"));
    }
    let is_base64url = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_');
    if challenge.len() != 43 || !challenge.bytes().all(is_base64url) {
        return Err(invalid("code_challenge must be 43 characters of base64url"));
    }
    Ok(challenge.to_owned())
}

fn invalid(description: &str) -> Refusal {
    ("invalid_request", description.to_owned())
}

fn carried(parameters: &Parameters) -> Vec<(String, String)> {
    CARRIED
        .iter()
        .filter_map(|&name| {
            let value = parameters.get(name).ok()??;
            Some((name.to_owned(), value.to_owned()))
        })
        .collect()
}
