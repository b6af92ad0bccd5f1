//! *As API call*: the call that answers what a page shows, from one table of pages. It names operations of the table
//! behind `/api/docs` only, and keeps silent where the API could not answer the same.

use serde_json::Value;
use uuid::Uuid;

use super::openapi::{self, Operation};
use crate::access::{Permission, Principal};
use crate::invitations::Standing;
use crate::web::view::ApiCall;
use crate::web::{Shown, paths, query};
use crate::{input, mail};

/// What a page shows of a collection.
#[derive(Clone, Copy)]
enum Shows {
    /// One item, by the last id of the address.
    One,
    /// The reader's own organisation.
    Own,
    /// What there is one of.
    Alone,
    /// A list: so many rows, of these.
    List(usize, fn(&Shown<'_>) -> Option<Narrowed>),
}

/// A page, its collection below `/api/v1/`, and what it shows of it.
type Row = (&'static str, &'static str, Shows);

const TABLE: &[Row] = &[
    (paths::PROFILE, "tenant", Shows::Alone),
    (paths::BIN, "deleted-organisations", Shows::List(25, bin)),
    (paths::PARTNERS, "organisations", Shows::List(25, partners)),
    ("/settings/profile/partners/{id}", "organisations", Shows::One),
    ("/settings/profile/partners/{id}/users", "users", Shows::List(50, people)),
    ("/settings/profile/partners/{id}/users/{user}", "users", Shows::One),
    ("/settings/profile/partners/{id}/history", "audit-events", Shows::List(50, history)),
    ("/settings/profile/partners/{id}/partners", "organisations/{id}/partners", Shows::List(25, records)),
    ("/settings/profile/partners/{id}/partners/{item}", "organisations/{id}/partners", Shows::One),
    ("/settings/profile/partners/{id}/connections", "organisations/{id}/connections", Shows::List(25, connections)),
    ("/settings/profile/partners/{id}/connections/{item}", "organisations/{id}/connections", Shows::One),
    ("/settings/profile/partners/imports/{item}", "organisation-imports", Shows::One),
    ("/settings/profile/partners/{id}/invitations", "invitations", Shows::List(25, invitations)),
    ("/settings/profile/partners/{id}/invitations/received", "received-invitations", Shows::List(25, received)),
    ("/settings/profile/partners/{id}/invitations/{item}", "invitations", Shows::One),
    (paths::STAFF, "users", Shows::List(50, people)),
    ("/settings/staff/{user}", "users", Shows::One),
    (paths::RECORDS, "partners", Shows::List(25, records)),
    ("/settings/partner-records/{item}", "partners", Shows::One),
    (paths::CONNECTIONS, "connections", Shows::List(25, connections)),
    ("/settings/connections/{item}", "connections", Shows::One),
    (paths::INVITATIONS, "invitations", Shows::List(25, invitations)),
    ("/settings/invitations/received", "received-invitations", Shows::List(25, received)),
    ("/settings/invitations/batches/{item}", "invitation-batches", Shows::One),
    ("/settings/invitations/{item}", "invitations", Shows::One),
    (paths::API_CLIENTS, "api-clients", Shows::List(25, clients)),
    ("/settings/api-clients/{item}", "api-clients", Shows::One),
    (paths::HISTORY, "audit-events", Shows::List(50, history)),
    (paths::ORGANISATION, "organisations", Shows::Own),
    (paths::OWN_USERS, "users", Shows::List(50, people)),
    ("/organisation/users/{user}", "users", Shows::One),
    (paths::OWN_RECORDS, "partners", Shows::List(25, records)),
    ("/organisation/partners/{item}", "partners", Shows::One),
    (paths::OWN_CONNECTIONS, "connections", Shows::List(25, connections)),
    ("/organisation/connections/{item}", "connections", Shows::One),
    (paths::OWN_INVITATIONS, "invitations", Shows::List(25, invitations)),
    ("/organisation/invitations/received", "received-invitations", Shows::List(25, received)),
    ("/organisation/invitations/batches/{item}", "invitation-batches", Shows::One),
    ("/organisation/invitations/{item}", "invitations", Shows::One),
    (paths::OWN_API_CLIENTS, "api-clients", Shows::List(25, clients)),
    ("/organisation/api/{item}", "api-clients", Shows::One),
    (paths::OWN_HISTORY, "audit-events", Shows::List(50, history)),
];

/// Pages and the operations that they may name, for the test that compares them with the document.
pub fn named() -> impl Iterator<Item = (&'static str, &'static str, String)> {
    TABLE.iter().flat_map(|(page, collection, shows)| {
        let (one, list, find) = operations(collection);
        let operations = match shows {
            Shows::One | Shows::Own => vec![one],
            Shows::Alone => vec![list],
            Shows::List(..) => vec![list, find],
        };
        operations.into_iter().map(|(method, path)| (*page, method, path))
    })
}

type Named = (&'static str, String);

fn operations(collection: &str) -> (Named, Named, Named) {
    let base = format!("/api/v1/{collection}");
    // Below an organisation, that is the one which the address names first.
    let id = if base.contains("{id}") { "{item}" } else { "{id}" };
    (("get", format!("{base}/{id}")), ("get", base.clone()), ("post", format!("{base}/find")))
}

/// The rows of a list.
#[derive(Default)]
struct Narrowed {
    /// In the query language of `find`, members in the order in which people read them.
    queries: Vec<String>,
    sort: &'static str,
    descending: bool,
}

/// The call for a page; none where the API would answer something else, or where nobody would want it.
pub fn of(shown: &Shown<'_>) -> Option<ApiCall> {
    let (_, collection, kind) = TABLE.iter().find(|(page, ..)| *page == shown.pattern)?;
    if !wanted_by(shown.reader) {
        return None;
    }
    let (one, list, find) = operations(collection);
    match kind {
        Shows::One => item(shown, &one, shown.ids().last()?),
        Shows::Own => item(shown, &one, shown.reader.organisation.id),
        Shows::Alone => call(shown, &list, &list.1, None),
        // A later page begins at a row that calls do not know of.
        Shows::List(..) if shown.parameter("from").is_some() => None,
        Shows::List(size, narrow) => {
            let narrowed = narrow(shown)?;
            let direction = if narrowed.descending { "DESC" } else { "ASC" };
            let (size, sort) = (size.to_string(), ("sort", narrowed.sort));
            let parameters = [("size", size.as_str()), sort, ("sortOrder", direction)];
            let (named, body) = match &narrowed.queries[..] {
                [] => (list, None),
                [query] => (find, Some(query.clone())),
                queries => (find, Some(format!(r#"{{"type":"and","queries":[{}]}}"#, queries.join(",")))),
            };
            let path = named.1.replace("{id}", &whose(shown).to_string());
            let address = query::address(&path, &parameters);
            call(shown, &named, &address, body.as_deref())
        }
    }
}

/// Whoever can make credentials, and staff; a partner's members come for something else.
fn wanted_by(reader: &Principal) -> bool {
    reader.is_staff() || reader.may(Permission::ManageApiClients)
}

fn item(shown: &Shown<'_>, named: &Named, id: Uuid) -> Option<ApiCall> {
    let (path, id) = (&named.1, id.to_string());
    let below = path.replace("{item}", &id).replace("{id}", &whose(shown).to_string());
    let address = if path.contains("{item}") { below } else { path.replace("{id}", &id) };
    call(shown, named, &address, None)
}

fn call(shown: &Shown<'_>, named: &Named, address: &str, body: Option<&str>) -> Option<ApiCall> {
    let is_named = |operation: &Operation| operation.method == named.0 && operation.path == named.1;
    let permissions = openapi::all().into_iter().find(is_named)?.needs().collect::<Vec<_>>().join(" ");
    let mut lines = vec![format!("curl {}", quoted(&format!("{}{address}", shown.origin)))];
    lines.push("-H \"X-Api-Key: $API_KEY\"".into());
    if let Some(body) = body {
        lines.push("-H 'Content-Type: application/json'".into());
        lines.push(format!("-d {}", quoted(body)));
    }
    let manages = shown.reader.may(Permission::ManageApiClients);
    let keys = if shown.reader.is_staff() { paths::API_CLIENTS } else { paths::OWN_API_CLIENTS };
    Some(ApiCall {
        curl: lines.join(" \\\n  "),
        permissions,
        organisation: shown.reader.organisation.name.clone(),
        keys: manages.then_some(keys),
    })
}

/// As a shell takes it literally.
fn quoted(text: &str) -> String {
    format!("'{}'", text.replace('\'', "'\\''"))
}

fn eq(field: &str, value: &str) -> String {
    leaf("eq", field, value)
}

fn leaf(kind: &str, field: &str, value: &str) -> String {
    format!(r#"{{"type":"{kind}","field":"{field}","value":{}}}"#, Value::from(value))
}

/// One query a word, as the pages' own searches do it: fewer than three letters are looked up where words begin.
fn words(search: &str) -> impl Iterator<Item = String> {
    search.split(' ').filter(|word| !word.is_empty()).map(|word| {
        let begins = if word.chars().count() < 3 { " " } else { "" };
        leaf("search", "searchText", &format!("{begins}{word}"))
    })
}

fn is_descending(shown: &Shown<'_>, usually: bool) -> bool {
    shown.parameter("order").map_or(usually, |order| order == "descending")
}

fn partners(shown: &Shown<'_>) -> Option<Narrowed> {
    let search = input::search(&shown.parameter("q").unwrap_or_default());
    // People's addresses and beginnings of ids are looked up elsewhere than in the text.
    let hexadecimal = |c: char| c == '-' || c.is_ascii_hexdigit();
    if search.contains('@') || (search.len() >= 8 && search.chars().all(hexadecimal)) {
        return None;
    }
    let mut queries = vec![eq("kind", "partner")];
    let states = ["active", "suspended"];
    queries.extend(shown.parameter("state").filter(|one| states.contains(&one.as_str())).map(|one| eq("state", &one)));
    queries.extend(words(&search));
    let sort = match shown.parameter("sort").as_deref() {
        Some("name") => "name",
        Some("users") => "users",
        _ => "createdAt",
    };
    Some(Narrowed { queries, sort, descending: is_descending(shown, sort != "name") })
}

/// Of the partner that the address names, else of the reader's own organisation.
fn whose(shown: &Shown<'_>) -> Uuid {
    shown.ids().next().unwrap_or(shown.reader.organisation.id)
}

#[expect(clippy::unnecessary_wraps, reason = "one shape for every list in TABLE, some of which the API cannot tell")]
fn people(shown: &Shown<'_>) -> Option<Narrowed> {
    let queries = vec![eq("organisationId", &whose(shown).to_string())];
    Some(Narrowed { queries, sort: "name", ..Narrowed::default() })
}

#[expect(clippy::unnecessary_wraps, reason = "one shape for every list in TABLE, some of which the API cannot tell")]
fn history(shown: &Shown<'_>) -> Option<Narrowed> {
    let all = shown.pattern == paths::HISTORY;
    let queries = if all { Vec::new() } else { vec![eq("organisationId", &whose(shown).to_string())] };
    Some(Narrowed { queries, descending: true, ..Narrowed::default() })
}

fn records(shown: &Shown<'_>) -> Option<Narrowed> {
    // How far an invitation has come is told by the API, and cannot be asked for.
    if shown.parameter("invitation").is_some() {
        return None;
    }
    let types = ["customer", "supplier"];
    let one_type = shown.parameter("type").filter(|one| types.contains(&one.as_str()));
    let mut queries: Vec<_> = one_type.map(|one| eq("type", &one)).into_iter().collect();
    queries.extend(words(&input::search(&shown.parameter("q").unwrap_or_default())));
    let sort = match shown.parameter("sort").as_deref() {
        Some("created") => "createdAt",
        Some("sales") => "salesAmount",
        _ => "companyName",
    };
    Some(Narrowed { queries, sort, descending: is_descending(shown, sort != "companyName") })
}

#[expect(clippy::unnecessary_wraps, reason = "one shape for every list in TABLE, some of which the API cannot tell")]
fn connections(shown: &Shown<'_>) -> Option<Narrowed> {
    let state = shown.parameter("state").filter(|state| state == "ended").map_or("live", |_| "ended");
    Some(Narrowed { queries: vec![eq("state", state)], descending: true, ..Narrowed::default() })
}

#[expect(clippy::unnecessary_wraps, reason = "one shape for every list in TABLE, some of which the API cannot tell")]
fn clients(shown: &Shown<'_>) -> Option<Narrowed> {
    let state = shown.parameter("state").filter(|state| state == "revoked").map_or("active", |_| "revoked");
    let mut queries = vec![eq("state", state)];
    // The host's credentials see those of every organisation.
    if shown.reader.is_staff() {
        queries.push(eq("organisationId", &whose(shown).to_string()));
    }
    Some(Narrowed { queries, descending: true, ..Narrowed::default() })
}

fn invitations(shown: &Shown<'_>) -> Option<Narrowed> {
    // How long ago is long, and what is stuck, the page knows alone.
    if shown.parameter("age").is_some() {
        return None;
    }
    let mut queries = Vec::new();
    if shown.pattern != paths::INVITATIONS {
        queries.push(eq("organisationId", &whose(shown).to_string()));
    }
    if let Some(state) = shown.parameter("state") {
        queries.push(eq("state", Standing::parse(&state)?.as_str()));
    }
    if let Some(delivery) = shown.parameter("delivery") {
        queries.push(eq("delivery", mail::State::parse(&delivery)?.as_str()));
    }
    if let Some(inviter) = shown.parameter("inviter") {
        queries.push(eq("inviterId", &Uuid::try_parse(&inviter).ok()?.to_string()));
    }
    queries.extend(words(&input::search(&shown.parameter("q").unwrap_or_default())));
    Some(Narrowed { queries, descending: true, ..Narrowed::default() })
}

#[expect(clippy::unnecessary_wraps, reason = "one shape for every list in TABLE, some of which the API cannot tell")]
fn received(shown: &Shown<'_>) -> Option<Narrowed> {
    let queries = vec![eq("toOrganisationId", &whose(shown).to_string())];
    Some(Narrowed { queries, descending: true, ..Narrowed::default() })
}

#[expect(clippy::unnecessary_wraps, reason = "one shape for every list in TABLE, some of which the API cannot tell")]
fn bin(_: &Shown<'_>) -> Option<Narrowed> {
    Some(Narrowed { sort: "deletedAt", descending: true, ..Narrowed::default() })
}
