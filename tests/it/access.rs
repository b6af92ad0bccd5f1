//! The authorisation table: every route × everybody → status, and for every id in an address: own, foreign, of
//! nothing, malformed.
//!
//! The routes are read from the sources, since actix does not tell what was registered; one without a row fails, and
//! so does a row without a route.

use std::collections::BTreeSet;

use super::access_table::{IN, TABLE};
use super::house::{self, Source};
use super::support::fixture::{API_CLIENTS, INVITATIONS, RECORDS};
use super::support::{Actor, App, Who, id};

/// Every route of the portal's pages, as method and pattern. Figures stand at another address, and the API has no sessions:
/// `wire_*.rs` ask its routes.
pub fn routes() -> BTreeSet<(String, String)> {
    let sources = house::sources();
    let constants = constants(&sources);
    let elsewhere = ["src/development", "src/telemetry/", "src/wire/", "src/api/"];
    let portal = sources.iter().filter(|source| !elsewhere.iter().any(|folder| source.path.starts_with(folder)));
    portal.flat_map(|source| registered(&source.code, places_of(&source.path), &constants)).collect()
}

/// Where the pages of a feature lie, if they lie at three places.
fn places_of(source: &str) -> &'static [&'static str] {
    let places: [(&str, &'static [&'static str]); 5] = [
        ("src/users/", &guildhall::users::pages::PLACES),
        ("src/partner_records/", &guildhall::partner_records::pages::PLACES),
        ("src/invitations/", &guildhall::invitations::pages::PLACES),
        ("src/connections/", &guildhall::connections::pages::PLACES),
        ("src/api_clients/", &guildhall::api_clients::pages::PLACES),
    ];
    places.iter().find(|(folder, _)| source.starts_with(folder)).map_or(&[], |(_, places)| *places)
}

/// `paths.rs`: what each constant stands for.
fn constants(sources: &[Source]) -> Vec<(String, String)> {
    let paths = sources.iter().find(|source| source.path == "src/web/paths.rs").expect("the addresses are in one file");
    let lines = paths.code.lines().filter_map(|line| line.strip_prefix("pub const ")?.split_once(": &str = \""));
    lines.map(|(name, rest)| (format!("paths::{name}"), rest.trim_end_matches("\";").to_owned())).collect()
}

/// Reads `resource(…).route(web::get()…)…`, `.route(pattern, web::get()…)` and the `at("…")` of features at three places.
fn registered(code: &str, places: &[&str], constants: &[(String, String)]) -> Vec<(String, String)> {
    let code = code.split("#[cfg(test)]").next().unwrap_or_default();
    let flat: String = code.split_whitespace().collect();
    let mut found = Vec::new();
    let mut patterns: Vec<String> = Vec::new();
    for (at, _) in flat.match_indices(['(']) {
        let (before, after) = (&flat[..at], &flat[at + 1..]);
        let argument = after.split([',', ')']).next().unwrap_or_default();
        if before.ends_with("web::resource") && !argument.starts_with("format!") {
            patterns = vec![resolved(argument, constants)];
        } else if before.ends_with("at") && argument.starts_with('"') && flat.contains("forplaceinPLACES") {
            let page = argument.trim_matches('"');
            patterns = places.iter().map(|place| format!("{place}{page}")).collect();
        } else if before.rsplit('.').next() == Some("route") && !argument.starts_with("web::") {
            patterns = vec![resolved(argument, constants)];
        } else if let Some(method) =
            ["get", "post", "put", "patch", "delete"].iter().find(|method| before.ends_with(&format!("web::{method}")))
        {
            found.extend(patterns.iter().map(|pattern| (method.to_ascii_uppercase(), pattern.clone())));
        }
    }
    found
}

fn resolved(argument: &str, constants: &[(String, String)]) -> String {
    if argument.starts_with('"') {
        return argument.trim_matches('"').to_owned();
    }
    let known = constants.iter().find(|(name, _)| name == argument);
    known.unwrap_or_else(|| panic!("a route's pattern is {argument}, which paths.rs does not have")).1.clone()
}

#[test]
fn every_route_has_a_row_and_every_row_a_route() {
    let routes = routes();
    let rows: BTreeSet<_> =
        TABLE.iter().map(|(method, pattern, _)| ((*method).to_owned(), (*pattern).to_owned())).collect();
    assert_eq!(routes.difference(&rows).collect::<Vec<_>>(), Vec::<&(String, String)>::new(), "routes without a row");
    assert_eq!(rows.difference(&routes).collect::<Vec<_>>(), Vec::<&(String, String)>::new(), "rows without a route");
    assert_eq!(rows.len(), TABLE.len(), "a row stands twice");
}

#[test]
fn everybody_gets_what_the_table_says() {
    let app = App::start();
    for (column, who) in Who::ALL.into_iter().enumerate() {
        let mut session = Session::of(&app, who);
        for (method, pattern, statuses) in TABLE {
            let expected = statuses[column];
            restore(&app);
            let status = session.ask(&app, method, &session.own(pattern)).0;
            assert_eq!(status, expected, "{who:?} {method} {pattern}");
        }
    }
}

#[test]
fn what_is_foreign_of_nothing_or_malformed_is_not_found_and_looks_the_same() {
    let app = App::start();
    restore(&app);
    for (column, who) in Who::ALL.into_iter().enumerate() {
        let mut session = Session::of(&app, who);
        let rows =
            TABLE.iter().filter(|(_, pattern, _)| ["{id}", "{user}", "{item}"].iter().any(|id| pattern.contains(id)));
        for (method, pattern, statuses) in rows {
            let refused = statuses[column] == IN || statuses[column] == 403;
            let expected = if refused { statuses[column] } else { 404 };
            let nothing = session.ask(&app, method, &filled(pattern, id::RANDOM, id::RANDOM));
            // Whoever is refused is refused before ids are looked at: a few will do.
            let few = if refused { 3 } else { usize::MAX };
            for address in session.wrong(pattern).into_iter().take(few) {
                let (status, body) = session.ask(&app, method, &address);
                // An id of nothing may be told from a place that is closed: whoever sent it knew.
                assert!(status == expected || status == 404, "{who:?} {method} {address}: {status}");
                assert!(
                    body == nothing.1 || status != 404 || nothing.0 != 404,
                    "{who:?} {method} {address} tells more than a random id"
                );
            }
        }
    }
}

/// The addresses of all pages that somebody may open.
pub fn pages_of(app: &App, who: Who) -> Vec<String> {
    restore(app);
    let (session, column) = (Session::of(app, who), Who::ALL.iter().position(|one| *one == who).unwrap_or_default());
    let pages = TABLE.iter().filter(|(method, _, statuses)| *method == "GET" && statuses[column] == 200);
    pages.map(|(_, pattern, _)| session.own(pattern)).collect()
}

/// `thing` is what lies below the organisation: a user, or an item.
fn filled(pattern: &str, organisation: &str, thing: &str) -> String {
    let pattern = pattern.replace("{id}", organisation).replace("{user}", thing).replace("{item}", thing);
    pattern.replace("{provider}", "dev").replace("{key}", "nothing").replace("{file}", "none.css")
}

/// The item of an organisation that a pattern means.
fn item(pattern: &str, organisation: &str) -> String {
    if pattern.contains("/invitations/") {
        return id::invitation(organisation);
    }
    if pattern.contains("/api/{item}") || pattern.contains("/api-clients/") {
        return id::api_client(organisation);
    }
    if !pattern.contains("/connections/") {
        return id::record(organisation);
    }
    let connection = match organisation {
        id::NORTHWIND | id::CONTOSO => NORTHWIND_CONNECTION,
        id::ACME_HOST => ACME_CONNECTION,
        _ => GLOBEX_CONNECTION,
    };
    connection.to_owned()
}

/// Somebody with a token, and the things that are theirs.
struct Session {
    who: Who,
    actor: Actor,
    csrf: String,
}

impl Session {
    fn of(app: &App, who: Who) -> Self {
        let mut actor = app.sign_in(who);
        let csrf = if who == Who::Anonymous { String::new() } else { actor.csrf() };
        Self { who, actor, csrf }
    }

    /// Status and body, without what differs each time.
    fn ask(&mut self, app: &App, method: &str, address: &str) -> (u16, String) {
        let body = format!("csrf={}", self.csrf);
        let answer = if method == "GET" {
            self.actor.clone().get(address)
        } else if self.csrf.is_empty() {
            let mut visitor = app.visitor();
            let token = visitor.open("/signin").page();
            let token = anonymous_token(&visitor, &token.csrf());
            visitor.post(address, &format!("csrf={token}"))
        } else {
            self.actor.clone().post(address, &body)
        };
        let sent_to_sign_in = answer.status == 303
            && answer.location().starts_with("/signin")
            && !answer.location().starts_with("/signin/");
        let at_provider = answer.location().starts_with("/dev/");
        let status = if sent_to_sign_in && !at_provider { IN } else { answer.status };
        let reference = answer.header("x-request-id").to_owned();
        (status, without_tokens(&answer.body.replace(&reference, "").replace(address, "")))
    }

    /// A partner of the caller's tenant, and one of its people; for own pages, somebody of the caller's organisation.
    fn own(&self, pattern: &str) -> String {
        let (organisation, user) =
            if self.who == Who::OtherTenant { (id::INITECH, INITECH_MEMBER) } else { (id::NORTHWIND, id::MEMBER) };
        let own_people = pattern.starts_with("/settings/staff") || pattern.starts_with("/organisation");
        let user = match self.who {
            Who::Owner | Who::Administrator | Who::Auditor if own_people => SECOND_AUDITOR,
            Who::OtherTenant if own_people => GLOBEX_AUDITOR,
            Who::OtherOrganisation if own_people => CONTOSO_MEMBER,
            _ => user,
        };
        if pattern.contains("{item}") {
            let whose = if pattern.contains("{id}") { organisation } else { self.organisation() };
            return filled(pattern, organisation, &item(pattern, whose));
        }
        filled(pattern, if pattern.starts_with("/account") { id::RANDOM } else { organisation }, user)
    }

    /// Where the caller belongs.
    const fn organisation(&self) -> &'static str {
        match self.who {
            Who::Owner | Who::Administrator | Who::Auditor => id::ACME_HOST,
            Who::OtherOrganisation => id::CONTOSO,
            Who::OtherTenant => id::GLOBEX_HOST,
            Who::Anonymous | Who::Manager | Who::Member => id::NORTHWIND,
        }
    }

    /// Every way to name something that is not there for the caller.
    fn wrong(&self, pattern: &str) -> Vec<String> {
        let foreign =
            if self.who == Who::OtherTenant { (id::NORTHWIND, id::MEMBER) } else { (id::INITECH, id::INITECH_MANAGER) };
        let own =
            if self.who == Who::OtherTenant { (id::INITECH, id::INITECH_MANAGER) } else { (id::NORTHWIND, id::MEMBER) };
        let upper = own.0.replace("00000000-0000-7000", "00000000-0000-7ABC");
        let mut wrong = vec![filled(pattern, foreign.0, foreign.1), filled(pattern, own.1, own.0)];
        for malformed in ["1", "..%2f", &format!("%7B{}%7D", own.0), &upper, &own.0.replace('-', ""), "%00", "%ff"] {
            wrong.push(filled(pattern, malformed, malformed));
        }
        if pattern.contains("{id}") && pattern.contains("{user}") {
            wrong.push(filled(pattern, foreign.0, own.1));
            wrong.push(filled(pattern, own.0, foreign.1));
            wrong.push(filled(pattern, own.0, id::CONTOSO_MANAGER));
            wrong.push(filled(pattern, own.0, "1"));
        }
        if pattern.contains("{item}") {
            let own_item = item(pattern, own.0);
            let neighbour = if self.who == Who::OtherOrganisation { id::NORTHWIND } else { id::CONTOSO };
            let theirs = [foreign.0, neighbour].map(|whose| item(pattern, whose));
            let theirs = theirs.iter().filter(|thing| **thing != own_item);
            wrong.extend(theirs.map(|thing| filled(pattern, own.0, thing)));
            if pattern.contains("{id}") {
                wrong.push(filled(pattern, foreign.0, &own_item));
            }
        }
        wrong
    }
}

/// A page without its forms' tokens, which are drawn anew each time.
fn without_tokens(page: &str) -> String {
    let mut parts = page.split("name=\"csrf\" value=\"");
    let first = parts.next().unwrap_or_default().to_owned();
    parts.fold(first, |page, part| page + part.split_once('"').map_or(part, |(_, rest)| rest))
}

/// A token that fits a browser without session.
fn anonymous_token(visitor: &Actor, shown: &str) -> String {
    use guildhall::secrets::{SecretKey, csrf_token};
    if !shown.is_empty() {
        return shown.to_owned();
    }
    let key = SecretKey::from_hex(super::support::app::KEY).expect("the key of the tests");
    csrf_token(&key, visitor.cookie("guildhall_browser").as_bytes())
}

const SECOND_AUDITOR: &str = "00000000-0000-7000-8000-000000000301";
const GLOBEX_AUDITOR: &str = "00000000-0000-7000-8000-000000000302";
const CONTOSO_MEMBER: &str = "00000000-0000-7000-8000-000000000303";
const INITECH_MEMBER: &str = "00000000-0000-7000-8000-000000000304";
/// Northwind and Contoso, the host and Northwind, the other tenant's host and its partner.
const NORTHWIND_CONNECTION: &str = "00000000-0000-7000-8000-000000000401";
const ACME_CONNECTION: &str = "00000000-0000-7000-8000-000000000402";
const GLOBEX_CONNECTION: &str = "00000000-0000-7000-8000-000000000403";

/// Undoes what an allowed question did, and makes people whom nobody in the table is.
fn restore(app: &App) {
    app.sql(RECORDS);
    app.sql(
        "INSERT INTO users (id, tenant_id, organisation_id, name, email, email_key, role, created_at, updated_at)
         SELECT ('00000000-0000-7000-8000-000000000' || id)::uuid, ('00000000-0000-7000-8000-00000000000' || tenant)::uuid,
             ('00000000-0000-7000-8000-0000000000' || organisation)::uuid, 'Spare ' || id, id || '@spare.example',
             id || '@spare.example', role, now(), now()
         FROM (VALUES ('301', 1, '11', 'auditor'), ('302', 2, '21', 'auditor'), ('303', 1, '13', 'member'),
             ('304', 2, '22', 'member')) AS rows (id, tenant, organisation, role)
         ON CONFLICT DO NOTHING;
         UPDATE organisations SET state = 'active', deleted_at = NULL, state_before_deletion = NULL WHERE state <> 'active';
         UPDATE users SET state = 'active', removed_at = NULL, removed_with_organisation = false
         WHERE state <> 'active' OR removed_at IS NOT NULL;
         UPDATE sessions SET ended_at = NULL WHERE ended_at IS NOT NULL",
    );
    app.sql(INVITATIONS);
    app.sql(API_CLIENTS);
    restore_connections(app);
}

fn restore_connections(app: &App) {
    app.sql(
        "INSERT INTO connections (id, tenant_id, host_organisation_id, guest_organisation_id, created_at, updated_at)
         SELECT ('00000000-0000-7000-8000-000000000' || id)::uuid, ('00000000-0000-7000-8000-00000000000' || tenant)::uuid,
             ('00000000-0000-7000-8000-0000000000' || host)::uuid, ('00000000-0000-7000-8000-0000000000' || guest)::uuid,
             now(), now()
         FROM (VALUES ('401', 1, '12', '13'), ('402', 1, '11', '12'), ('403', 2, '21', '22')) AS rows (id, tenant, host, guest)
         ON CONFLICT DO NOTHING;
         UPDATE connections SET ended_at = NULL, ended_by_organisation_id = NULL WHERE ended_at IS NOT NULL",
    );
}
