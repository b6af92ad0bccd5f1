//! Finds every form and every list that can be filtered, as a person finds them: page by page, link by link.

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use scraper::ElementRef;

use super::super::access_table::TABLE;
use super::super::support::http::Answer;
use super::super::support::page::select;
use super::super::support::{Actor, id};
use super::ground::{Ground, Person};
use super::kinds::{self, Kind};
use super::target::{Face, Field, Target};
use super::values::Place;

/// Pages of one pattern that are looked at: what stands on them depends on the state of what they show.
const PAGES_OF_A_PATTERN: usize = 5;
/// Buttons that stand beside what was just done, or in states that the corpus does not begin with; their forms have
/// nothing but a token.
const BUTTONS: [&str; 4] = ["/undo", "/identity/reset", "/fresh-link", "/rotation/end"];
/// What staff look at and only the partner itself may change: nobody has a form there.
const CLOSED: [&str; 2] = ["/settings/profile/partners/{id}/connections/", "/settings/profile/partners/{id}/partners/"];
/// Only for somebody with two programmes, on the way in.
const NEVER_SHOWN: [&str; 1] = ["/signin/choose"];
/// Parameters that come from elsewhere than from a link of ours.
const FROM_ELSEWHERE: [(&str, &str, &[&str]); 5] = [
    ("visitor", "/signin", &["return_to"]),
    ("visitor", "/signin/begin/dev", &["return_to"]),
    ("visitor", "/signin/callback/dev", &["code", "state", "error", "iss", "error_description"]),
    ("manager", "/gate/shop", &["tenant"]),
    ("manager", "/gate/shop/enter", &["to"]),
];

/// Every target on the pages of everybody.
pub fn targets(ground: &Ground) -> Vec<Target> {
    let posts = TABLE.iter().filter(|(method, _, _)| *method == "POST");
    let routes: Vec<String> = posts.map(|(_, path, _)| (*path).to_owned()).collect();
    let mut found: BTreeMap<String, Target> = BTreeMap::new();
    for person in &ground.people {
        Crawl { person, actor: person.actor.clone(), seen: BTreeMap::new(), found: &mut found, routes: &routes }.walk();
    }
    for (who, path, names) in FROM_ELSEWHERE {
        let person = ground.person(who);
        let names = names.iter().map(|name| (*name).to_owned()).collect();
        found.extend(listed(person, path, &names).map(|target| (target.name.clone(), target)));
    }
    complete(ground, &routes, &mut found);
    found.into_values().collect()
}

/// A route whose form nobody was shown is tried with a token alone, or is one of those that cannot be.
fn complete(ground: &Ground, routes: &[String], found: &mut BTreeMap<String, Target>) {
    let reached: BTreeSet<String> =
        found.values().filter(|one| one.is_form()).filter_map(|one| pattern_of(routes, &one.path)).collect();
    let unseen: Vec<&String> =
        routes.iter().filter(|route| !reached.contains(*route) && !NEVER_SHOWN.contains(&route.as_str())).collect();
    let owner = ground.person("owner");
    let token = owner.actor.clone().csrf();
    for route in &unseen {
        let path = route
            .replace("{id}", id::NORTHWIND)
            .replace("{user}", id::MEMBER)
            .replace("{item}", &id::record(id::ACME_HOST));
        let token = Field { name: "csrf".into(), place: Place::Form, kind: Kind::Token, right: Some(token.clone()) };
        let target = target_of((owner, &owner.actor), "POST", &path, route, vec![token]);
        found.insert(target.name.clone(), Target { closed: true, ..target });
    }
    let explained = |route: &str| {
        BUTTONS.iter().any(|end| route.ends_with(end)) || CLOSED.iter().any(|start| route.starts_with(start))
    };
    let blind: Vec<_> = unseen.iter().filter(|route| !explained(route)).collect();
    assert!(blind.is_empty(), "no page shows a form for {blind:?}: the crawl has gone blind");
}

struct Crawl<'a> {
    person: &'a Person,
    actor: Actor,
    seen: BTreeMap<String, usize>,
    found: &'a mut BTreeMap<String, Target>,
    routes: &'a [String],
}

impl Crawl<'_> {
    fn walk(&mut self) {
        let mut queue: VecDeque<String> =
            ["/", "/account", "/settings", "/organisation", "/signin"].map(Into::into).into();
        for link in &self.person.links {
            queue.extend([link.clone(), format!("{link}/stop")]);
        }
        let mut visited = BTreeSet::new();
        while let Some(address) = queue.pop_front() {
            let shape = shape(&address);
            if !visited.insert(address.clone()) || self.seen.get(&shape).is_some_and(|seen| *seen >= PAGES_OF_A_PATTERN)
            {
                continue;
            }
            *self.seen.entry(shape).or_default() += 1;
            let answer = self.actor.get(&address);
            if answer.status == 303 {
                queue.push_back(answer.location().to_owned());
            } else if answer.status == 200 && answer.header("content-type").starts_with("text/html") {
                queue.extend(self.read(&answer));
            }
        }
    }

    /// Takes the forms of a page, and gives its links.
    fn read(&mut self, answer: &Answer) -> Vec<String> {
        let page = answer.page();
        let here = answer.address.split('?').next().unwrap_or_default();
        let links: Vec<String> = page
            .all("a[href]")
            .iter()
            .filter_map(|link| link.value().attr("href"))
            .filter_map(|href| resolved(here, href))
            .collect();
        for form in page.all("form") {
            let target = self.form(form, here);
            self.found.entry(target.name.clone()).or_insert(target);
        }
        let mut parameters: BTreeMap<&str, BTreeSet<String>> = BTreeMap::new();
        for (path, query) in links.iter().filter_map(|link| link.split_once('?')) {
            parameters
                .entry(path)
                .or_default()
                .extend(query.split('&').filter_map(|pair| pair.split('=').next()).map(str::to_owned));
        }
        for (path, names) in parameters.into_iter().filter(|(path, _)| *path == here) {
            let target = listed(self.person, path, &names);
            self.found.extend(target.map(|target| (target.name.clone(), target)));
        }
        links
    }

    fn form(&self, form: ElementRef<'_>, here: &str) -> Target {
        let action = form.value().attr("action").filter(|action| !action.is_empty()).unwrap_or(here).to_owned();
        let action = resolved(here, &action).unwrap_or(action);
        let method = if form.value().attr("method") == Some("post") { "POST" } else { "GET" };
        let place = if method == "POST" { Place::Form } else { Place::Query };
        let mut fields: Vec<Field> = Vec::new();
        for control in form.select(&select("input[name], select[name], textarea[name], button[name]")) {
            let field = field(form, control, place, &action);
            match fields.iter_mut().find(|known| known.name == field.name) {
                Some(known) => known.right = known.right.clone().or(field.right),
                None => fields.push(field),
            }
        }
        let pattern = pattern_of(self.routes, &action).unwrap_or_else(|| shape(&action));
        target_of((self.person, &self.actor), method, &action, &pattern, fields)
    }
}

/// One control with what it would send, or with something right where a person would have to type.
fn field(form: ElementRef<'_>, control: ElementRef<'_>, place: Place, action: &str) -> Field {
    let attribute = |name: &str| control.value().attr(name).unwrap_or_default().to_owned();
    let (name, element) = (attribute("name"), control.value().name());
    let control_kind = match (element, attribute("type").as_str()) {
        ("input", "") => "text".to_owned(),
        ("input", kind) => kind.to_owned(),
        ("button", _) => "hidden".to_owned(),
        _ => element.to_owned(),
    };
    let choices = format!("[name='{name}'] option, input[type=radio][name='{name}']");
    let options: Vec<String> =
        form.select(&select(&choices)).filter_map(|one| one.value().attr("value").map(str::to_owned)).collect();
    let chosen = matches!(control_kind.as_str(), "select" | "radio" | "checkbox" | "hidden");
    let kind = if place == Place::Query {
        kinds::of_page_query(&name).or(chosen.then_some(Kind::Search))
    } else {
        kinds::of_control(&name, &control_kind, &options)
    };
    let kind = kind.unwrap_or_else(|| {
        panic!(
            "the corpus does not understand the {control_kind} field {name:?} of the form at {action}: give it a kind"
        )
    });
    let shown = match control_kind.as_str() {
        "textarea" => control.text().collect(),
        "select" => control
            .select(&select("option[selected]"))
            .find_map(|one| one.value().attr("value").map(str::to_owned))
            .unwrap_or_default(),
        "radio" | "checkbox" if control.value().attr("checked").is_none() => String::new(),
        _ => attribute("value"),
    };
    let right = if shown.is_empty() || kind == Kind::Email { kind.right(&name) } else { shown };
    Field { name, place, right: Some(right), kind }
}

/// A page with parameters in its address.
fn listed(person: &Person, path: &str, names: &BTreeSet<String>) -> Option<Target> {
    let fields: Vec<Field> = names
        .iter()
        .map(|name| {
            let kind = kinds::of_page_query(name);
            let kind = kind.unwrap_or_else(|| {
                panic!("the corpus does not understand the parameter {name:?} of {path}: give it a kind")
            });
            Field { name: name.clone(), place: Place::Query, kind, right: None }
        })
        .collect();
    (!fields.is_empty()).then(|| target_of((person, &person.actor), "GET", path, &shape(path), fields))
}

fn target_of(
    (person, actor): (&Person, &Actor),
    method: &str,
    path: &str,
    pattern: &str,
    fields: Vec<Field>,
) -> Target {
    let cookies: Vec<_> = actor.cookies.iter().map(|(name, value)| format!("{name}={value}")).collect();
    let server = &person.actor.server;
    let mut headers = vec![("Host".to_owned(), server.authority.clone())];
    if !cookies.is_empty() {
        headers.push(("Cookie".into(), cookies.join("; ")));
    }
    if method == "POST" {
        headers.extend([("Sec-Fetch-Site".into(), "same-origin".into()), ("Origin".into(), server.origin.clone())]);
    }
    let mut names: Vec<&str> = fields.iter().map(|field| field.name.as_str()).filter(|name| *name != "csrf").collect();
    names.sort_unstable();
    let name = format!("{} {method} {pattern} ({})", person.name, names.join(","));
    let face = if path.starts_with("/gate/") && !path.ends_with("/enter") { Face::Gate } else { Face::Page };
    Target { name, method: method.into(), path: path.into(), fields, headers, face, closed: false }
}

/// A path with its ids as `{}`, and the names of its parameters.
pub fn shape(address: &str) -> String {
    let (path, query) = address.split_once('?').unwrap_or((address, ""));
    let is_id = |segment: &str| uuid::Uuid::parse_str(segment).is_ok() || segment.len() >= 40;
    let path: Vec<&str> = path.split('/').map(|segment| if is_id(segment) { "{}" } else { segment }).collect();
    let mut names: Vec<&str> =
        query.split('&').filter_map(|pair| pair.split('=').next()).filter(|name| !name.is_empty()).collect();
    names.sort_unstable();
    format!("{}?{}", path.join("/"), names.join("&")).trim_end_matches('?').to_owned()
}

/// The route that an address is of.
fn pattern_of(routes: &[String], address: &str) -> Option<String> {
    let path = address.split('?').next().unwrap_or_default();
    let fits = |route: &&String| {
        let (route, path): (Vec<&str>, Vec<&str>) = (route.split('/').collect(), path.split('/').collect());
        route.len() == path.len()
            && route.iter().zip(&path).all(|(a, b)| a == b || (a.starts_with('{') && shape(&format!("/{b}")) == "/{}"))
    };
    routes.iter().find(fits).cloned()
}

/// A link of ours as an address; None for what leads elsewhere, or into development mode.
fn resolved(here: &str, href: &str) -> Option<String> {
    let href = href.split('#').next().unwrap_or_default();
    let address = if href.starts_with('?') { format!("{here}{href}") } else { href.to_owned() };
    let ours = address.starts_with('/') && !address.starts_with("//");
    let elsewhere = ["/dev/", "/static/", "/signin/begin", "/health", "/api/"];
    (ours && !elsewhere.iter().any(|prefix| address.starts_with(prefix))).then_some(address)
}
