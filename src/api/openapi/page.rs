//! `/api/docs`: the API for people, made from the same table as the document; no script, nothing from elsewhere.

use actix_web::HttpResponse;
use askama::Template;

use super::operations::{Operation, all};
use crate::web::portal::Shared;
use crate::web::view::Shell;
use crate::web::{AppError, assets};

/// A group of calls.
pub struct Group {
    pub name: &'static str,
    pub anchor: String,
    pub calls: Vec<Call>,
}

/// One call, with a line to copy.
pub struct Call {
    pub operation: Operation,
    pub method: String,
    pub curl: String,
}

#[derive(Template)]
#[template(path = "api/docs.html")]
pub struct Docs {
    pub shell: Shell,
    pub origin: String,
    pub groups: Vec<Group>,
}

/// `GET /api/docs`
pub async fn show(portal: Shared) -> Result<HttpResponse, AppError> {
    let shell = Shell { title: "API".into(), assets: assets::urls(), ..Shell::default() };
    let origin = portal.base_url.origin();
    let page = Docs { shell, groups: groups(&origin), origin };
    Ok(HttpResponse::Ok().content_type("text/html; charset=utf-8").body(page.render()?))
}

fn groups(origin: &str) -> Vec<Group> {
    let mut groups: Vec<Group> = Vec::new();
    for operation in all() {
        if groups.last().is_none_or(|group| group.name != operation.group) {
            let anchor = operation.group.to_lowercase().replace(' ', "-");
            groups.push(Group { name: operation.group, anchor, calls: Vec::new() });
        }
        let call = Call { method: operation.method.to_uppercase(), curl: curl(&operation, origin), operation };
        if let Some(group) = groups.last_mut() {
            group.calls.push(call);
        }
    }
    groups
}

fn curl(operation: &Operation, origin: &str) -> String {
    let mut lines = vec![format!("curl -X {} '{origin}{}'", operation.method.to_uppercase(), operation.path)];
    lines.push("-H \"X-Api-Key: $API_KEY\"".into());
    let headers = operation.parameters.iter().filter(|parameter| parameter.place == "header" && parameter.required);
    lines.extend(headers.map(|header| format!("-H '{}: …'", header.name)));
    if let Some((_, example)) = operation.body {
        lines.push("-H 'Content-Type: application/json'".into());
        lines.push(format!("-d '{example}'"));
    }
    lines.join(" \\\n  ")
}
