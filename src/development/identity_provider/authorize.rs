//! The authorisation endpoint: shows the form, and turns a filled form into a code (`OpenID` Connect Core §3.1.2).

use actix_web::http::StatusCode;
use actix_web::{HttpRequest, HttpResponse, web};

use super::IdentityProvider;
use super::pages::{self, Entry};
use super::parameters::Parameters;
use super::requests::{AuthorizationRequest, Fault, Reply};
use super::store::Grant;
use crate::secrets;

/// RFC 5321 §4.5.3.1.3, less the angle brackets.
const LONGEST_EMAIL: usize = 254;
/// In characters.
const LONGEST_NAME: usize = 200;

/// `GET /authorize`: the form, or the fault.
pub(super) async fn show(provider: web::Data<IdentityProvider>, request: HttpRequest) -> HttpResponse {
    let parameters = Parameters::parse(request.query_string().as_bytes());
    answer(&provider, &parameters, false)
}

/// `POST /authorize`: the filled form. A relying party may also send its request by POST; without an e-mail field
/// that is a request for the form.
pub(super) async fn sign_in(provider: web::Data<IdentityProvider>, body: web::Bytes) -> HttpResponse {
    let parameters = Parameters::parse(&body);
    answer(&provider, &parameters, parameters.has("email"))
}

fn answer(provider: &IdentityProvider, parameters: &Parameters, filled: bool) -> HttpResponse {
    let request = match AuthorizationRequest::read(parameters, &provider.inner.clients) {
        Ok(request) => request,
        Err(fault) => return refuse(provider, fault),
    };
    if !filled {
        let email = request.login_hint.clone().unwrap_or_default();
        let entry = Entry { email, ..Entry::default() };
        return pages::form(provider, &request, &entry, StatusCode::OK);
    }
    match read_entry(parameters) {
        Ok((email, name)) => grant(provider, request, email, name),
        Err(entry) => pages::form(provider, &request, &entry, StatusCode::UNPROCESSABLE_ENTITY),
    }
}

/// The address and name typed, or the same with what is wrong.
fn read_entry(parameters: &Parameters) -> Result<(String, String), Entry> {
    let typed = |name| parameters.get(name).ok().flatten().unwrap_or_default().trim().to_owned();
    let (email, name) = (typed("email"), typed("name"));
    let email_problem = if is_address(&email) {
        String::new()
    } else if email.is_empty() {
        "Enter an email address.".to_owned()
    } else {
        "This is not an email address. One looks like name@company.example.".to_owned()
    };
    let name_problem = if name.chars().count() > LONGEST_NAME {
        format!("Use at most {LONGEST_NAME} characters.")
    } else if name.chars().any(char::is_control) {
        "Leave out line breaks and other control characters.".to_owned()
    } else {
        String::new()
    };
    if email_problem.is_empty() && name_problem.is_empty() {
        return Ok((email, name));
    }
    Err(Entry { email, name, email_problem, name_problem })
}

/// Loose on purpose: real providers send addresses of many forms, and the portal must judge them itself.
fn is_address(text: &str) -> bool {
    let misplaced =
        |letter: char| letter.is_whitespace() || letter.is_control() || matches!(letter, '@' | '<' | '>' | ',' | ';');
    let Some((local, domain)) = text.split_once('@') else { return false };
    text.len() <= LONGEST_EMAIL
        && !local.is_empty()
        && !local.contains(misplaced)
        && !domain.contains(misplaced)
        && domain.split('.').all(|label| !label.is_empty())
}

fn grant(provider: &IdentityProvider, request: AuthorizationRequest, email: String, name: String) -> HttpResponse {
    let name = if name.is_empty() { known_name(provider, &email) } else { name };
    let code = secrets::random_token();
    let reply = request.reply;
    let grant = Grant {
        client_id: request.client_id,
        redirect_uri: reply.redirect_uri.clone(),
        code_challenge: request.code_challenge,
        nonce: request.nonce,
        scope: request.scope,
        email,
        name,
        signed_in_at: provider.now(),
    };
    provider.store().keep_code(code.clone(), grant);
    send_back(provider, &reply, &[("code", &code)])
}

/// The demo person's name, else what stands before the @.
fn known_name(provider: &IdentityProvider, email: &str) -> String {
    let lowered = email.to_lowercase();
    let known = provider.inner.people.iter().find(|person| person.email.to_lowercase() == lowered);
    match known {
        Some(person) => person.name.clone(),
        None => email.split('@').next().unwrap_or_default().to_owned(),
    }
}

fn refuse(provider: &IdentityProvider, fault: Fault) -> HttpResponse {
    match fault {
        Fault::Shown(explanation) => pages::refused(provider, &explanation),
        Fault::Returned { reply, error, description } => {
            let answer = [("error", error), ("error_description", description.as_str())];
            send_back(provider, &reply, &answer)
        }
    }
}

/// 303, so that the browser asks for the client's address by GET and does not send the form there.
fn send_back(provider: &IdentityProvider, reply: &Reply, answer: &[(&str, &str)]) -> HttpResponse {
    match reply.location(&provider.inner.issuer, answer) {
        Some(location) => pages::see_other(&location),
        None => pages::refused(provider, "The application's registered address is not a URL."),
    }
}
