//! `/api/docs`: the API for people, made from the same table as the document; no script, nothing from elsewhere.

use actix_web::HttpResponse;
use askama::Template;

use super::errors;
use super::groups;
use super::operations::{CSV, Operation, all};
use crate::access::Permission;
use crate::api::dialect::Dialect;
use crate::api_clients;
use crate::web::portal::Shared;
use crate::web::view::Shell;
use crate::web::{AppError, assets};

/// A group of calls.
pub struct Group {
    pub name: &'static str,
    pub anchor: String,
    pub about: &'static str,
    pub calls: Vec<Call>,
}

/// One call, with a line to copy.
pub struct Call {
    pub operation: Operation,
    pub anchor: String,
    pub method: String,
    pub needs: Vec<&'static str>,
    pub curl: String,
}

/// How a wire format tells errors.
pub struct Format {
    pub name: &'static str,
    pub refuses: &'static str,
    pub example: String,
}

#[derive(Template)]
#[template(path = "api/docs.html")]
pub struct Docs {
    pub shell: Shell,
    pub origin: String,
    pub formats: Vec<Format>,
    /// Each permission, with what it lets its holder do.
    pub permissions: Vec<(&'static str, &'static str)>,
    pub groups: Vec<Group>,
    pub calls: i32,
    pub invitation_reads: i32,
}

/// `GET /api/docs`
pub async fn show(portal: Shared) -> Result<HttpResponse, AppError> {
    let shell = Shell { title: "API".into(), assets: assets::urls(), ..Shell::default() };
    let page = Docs {
        shell,
        origin: portal.base_url.origin(),
        formats: formats()?,
        permissions: Permission::ALL.iter().map(|one| (one.as_str(), api_clients::words(*one))).collect(),
        groups: groups(),
        calls: portal.limits.calls,
        invitation_reads: portal.limits.invitation_reads,
    };
    Ok(HttpResponse::Ok().content_type("text/html; charset=utf-8").body(page.render()?))
}

fn formats() -> Result<Vec<Format>, AppError> {
    let all = [
        ("/api/v1", "422", Dialect::Own),
        ("/api/partner-organisation", "400", Dialect::PartnerOrganisations),
        ("/api/partners", "422", Dialect::Partners),
        ("/api/network", "400", Dialect::Network),
        ("/oauth2", "400", Dialect::Token),
    ];
    let one = |(name, refuses, dialect): (&'static str, &'static str, Dialect)| {
        let status = refuses.parse().unwrap_or(400);
        let example = serde_json::to_string_pretty(&errors::example(dialect, status)).map_err(AppError::internal)?;
        Ok(Format { name, refuses, example })
    };
    all.into_iter().map(one).collect()
}

fn groups() -> Vec<Group> {
    let mut groups: Vec<Group> = Vec::new();
    for operation in all() {
        let known = groups.iter_mut().find(|group| group.name == operation.group);
        if let Some(group) = known {
            group.calls.push(call(operation));
            continue;
        }
        let anchor = operation.group.to_lowercase().replace(' ', "-");
        let (name, about) = (operation.group, groups::about(operation.group));
        groups.push(Group { name, anchor, about, calls: vec![call(operation)] });
    }
    groups
}

fn call(operation: Operation) -> Call {
    Call {
        anchor: format!("{}{}", operation.method, operation.path.replace(['/', '{', '}'], "-").replace("--", "-")),
        method: operation.method.to_uppercase(),
        needs: operation.needs().collect(),
        curl: curl(&operation),
        operation,
    }
}

/// A line that runs as it stands once the variables that it names are set.
fn curl(operation: &Operation) -> String {
    let method =
        if operation.method == "get" { String::new() } else { format!(" -X {}", operation.method.to_uppercase()) };
    let mut lines = vec![format!("curl{method} \"$BASE_URL{}\"", address(operation))];
    lines.push("-H \"X-Api-Key: $API_KEY\"".into());
    let headers = operation.parameters.iter().filter(|parameter| parameter.place == "header" && parameter.required);
    let value = |name: &str| if name == "X-Servitly-Tenant" { "$TENANT" } else { "$ORGANISATION_ID" };
    lines.extend(headers.map(|header| format!("-H \"{}: {}\"", header.name, value(header.name))));
    if operation.body.is_some_and(|(name, _)| name == CSV) {
        lines.extend(["-H 'Content-Type: text/csv'".into(), "--data-binary @partners.csv".into()]);
    } else if let Some((_, example)) = operation.body {
        lines.push("-H 'Content-Type: application/json'".into());
        lines.push(format!("-d '{}'", indented(example)));
    }
    lines.join(" \\\n  ")
}

/// JSON over several lines where one would be long; members stay in their order.
fn indented(json: &str) -> String {
    if json.len() < 60 {
        return json.to_owned();
    }
    let (mut told, mut depth, mut quoted) = (String::new(), 1_usize, false);
    for letter in json.chars() {
        quoted ^= letter == '"';
        match letter {
            '{' | '[' if !quoted => depth += 1,
            '}' | ']' if !quoted => {
                depth = depth.saturating_sub(1);
                told.push_str(&line_break(depth));
            }
            _ => {}
        }
        told.push(letter);
        match letter {
            '{' | '[' | ',' if !quoted => told.push_str(&line_break(depth)),
            ':' if !quoted => told.push(' '),
            _ => {}
        }
    }
    told
}

fn line_break(depth: usize) -> String {
    format!("\n{}", "  ".repeat(depth))
}

/// The path with the ids that its reader fills in, and the parameters that it cannot do without.
fn address(operation: &Operation) -> String {
    let parts: Vec<&str> = operation.path.trim_start_matches("/api/v1/").split('/').collect();
    let id = match parts[..] {
        ["users", ..] => "$USER_ID",
        ["partners", ..] => "$RECORD_ID",
        ["connections", ..] => "$CONNECTION_ID",
        ["api-clients", ..] => "$API_CLIENT_ID",
        ["audit-events", ..] => "$EVENT_ID",
        ["partner-invitations", ..] => "$INVITATION_ID",
        ["invitations", ..] => "$INVITATION_UUID",
        ["invitation-batches", ..] => "$BATCH_ID",
        ["received-invitations", ..] => "$RECEIVED_ID",
        ["deleted-organisations", ..] => "$DELETED_ID",
        ["organisation-imports", ..] => "$IMPORT_ID",
        [_, _, "partners" | "connections", ..] => "$ORGANISATION_ID",
        _ => "$PARTNER_ID",
    };
    let item = if operation.path.ends_with("/connections/{item}") { "$CONNECTION_ID" } else { "$RECORD_ID" };
    let path = operation
        .path
        .replace("{id}", id)
        .replace("{item}", item)
        .replace("{user}", "$USER_ID")
        .replace("{number}", "$INVITATION_ID");
    let needed = operation.parameters.iter().filter(|parameter| parameter.place == "query" && parameter.required);
    let value = |name: &str| match name {
        "partner_types[]" => "partner_types%5B%5D=customer".to_owned(),
        "limit" => "limit=20".to_owned(),
        name => format!("{name}=2c92c0f978"),
    };
    let query: Vec<String> = needed.map(|parameter| value(parameter.name)).collect();
    if query.is_empty() { path } else { format!("{path}?{}", query.join("&")) }
}
