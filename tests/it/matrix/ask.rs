//! Asks cells and judges the answers.

use std::collections::{BTreeSet, HashMap};

use super::line::Line;
use super::others::shown_though_gone;
use super::policy::{Expected, Route};
use super::slots::{Class, Kind, REQUESTER, Slot, TENANT, filled, fits, slots, tenant, value};
use super::world::{Key, Principal, World, marks, organisation};
use crate::access_table::IN;
use crate::support::Answer;

/// Refused cells that are settled together: one look at the tables for all of them.
const SETTLED_TOGETHER: usize = 400;

/// A request that was asked and must have changed nothing.
#[derive(Debug, Clone)]
struct Cell {
    who: usize,
    method: String,
    address: String,
    headers: Vec<(String, String)>,
    body: String,
}

/// Asks one portal.
pub struct Asker {
    pub world: World,
    line: Line,
    /// The public numbers of invitations, by their ids.
    numbers: HashMap<String, String>,
    forbidden: Vec<Vec<String>>,
    unsettled: Vec<Cell>,
    pub cells: usize,
    pub wrong: Vec<String>,
}

/// What of an answer may not differ between two things that are not there.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Told {
    status: u16,
    headers: Vec<(String, String)>,
    body: String,
}

impl Asker {
    pub fn new() -> Self {
        let mut world = World::new();
        let all = world.text("SELECT string_agg(id::text || ' ' || number, ',') FROM invitations");
        let numbers = all.split(',').filter_map(|pair| pair.split_once(' '));
        let numbers = numbers.map(|(id, number)| (id.to_owned(), number.to_owned())).collect();
        let forbidden = world.principals.iter().map(Principal::forbidden).collect();
        let line = Line::to(world.app.server.clone());
        Self { world, line, numbers, forbidden, unsettled: Vec::new(), cells: 0, wrong: Vec::new() }
    }

    pub fn principals(&self) -> usize {
        self.world.principals.len()
    }

    /// Every cell of a route and a principal.
    pub fn unit(&mut self, route: &Route, who: usize) {
        let places = route.slots();
        let random: Vec<_> = places.iter().map(|slot| (slot.clone(), Class::Random)).collect();
        let nothing = (!places.is_empty()).then(|| self.cell(route, who, &random, None));
        for classes in self.combinations(route, who, &places) {
            self.cell(route, who, &classes, nothing.as_ref());
        }
    }

    /// One place: every class. Two: every pair; for whoever is refused at the door, whatever they ask, fewer.
    fn combinations(&self, route: &Route, who: usize, places: &[Slot]) -> Vec<Vec<(Slot, Class)>> {
        let principal = &self.world.principals[who];
        let at_the_door = matches!(route.own(principal), IN | 401 | 403);
        match places {
            [] => vec![Vec::new()],
            [only] => fits(only).map(|class| vec![(only.clone(), class)]).collect(),
            [outer, inner] => {
                let pairs = fits(outer).flat_map(|one| fits(inner).map(move |two| (one, two)));
                // Whoever names themselves as another one does so throughout.
                let in_headers = outer.is_header() && inner.is_header();
                let plain = |one, two| [one, two].contains(&Class::Own) || (in_headers && one == two);
                let asked = pairs.filter(|(one, two)| !(at_the_door || in_headers) || plain(*one, *two));
                asked.map(|(one, two)| vec![(outer.clone(), one), (inner.clone(), two)]).collect()
            }
            _ => panic!("{} has more places for ids than this test knows", route.pattern),
        }
    }

    fn cell(&mut self, route: &Route, who: usize, classes: &[(Slot, Class)], nothing: Option<&Told>) -> Told {
        let cell = self.request(route, who, classes);
        let expected = route.expected(&self.world.principals[who], classes);
        let may_change = !route.reads() && expected.may_change();
        if may_change {
            // What it changes must not be put back before what was refused has been looked at.
            self.settle();
        }
        let answer = self.ask(&cell);
        let told = told(&cell, &answer);
        let nothing = nothing.filter(|_| classes.iter().all(|(_, class)| *class != Class::Empty));
        let problem = judged(&told, &expected, nothing)
            .or_else(|| marked(&answer, &self.forbidden[who], named(&self.world.principals[who], &cell).as_deref()))
            .or_else(|| shown_though_gone(route, &answer))
            .or_else(|| miscounted(&answer));
        let changes = may_change || (!route.reads() && told.status < 400 && told.status != IN);
        if let Some(problem) = problem {
            let classes: Vec<_> = classes.iter().map(|(slot, class)| format!("{} {class:?}", slot.name)).collect();
            let name = self.world.principals[who].name;
            self.wrong.push(format!("{name} · {} {} ({}): {problem}", cell.method, cell.address, classes.join(", ")));
        }
        if changes && told.status < 400 {
            self.touched(who, &cell);
        }
        if changes {
            self.world.restore();
        } else {
            self.unsettled.push(cell);
            self.settle_if_many(SETTLED_TOGETHER);
        }
        told
    }

    /// Fails a cell that was allowed to change something and changed what is others'.
    fn touched(&mut self, who: usize, cell: &Cell) {
        let tables = self.world.touched(who);
        if !tables.is_empty() {
            let name = self.world.principals[who].name;
            let tables = tables.join(", ");
            self.wrong.push(format!("{name} · {} {}: changed others' {tables}", cell.method, cell.address));
        }
    }

    /// The request of a cell.
    fn request(&self, route: &Route, who: usize, classes: &[(Slot, Class)]) -> Cell {
        let principal = &self.world.principals[who];
        let values = classes.iter().map(|(slot, class)| {
            let value = value(slot, *class, route.pattern, principal);
            let number = self.numbers.get(&value).filter(|_| slot.kind == Kind::Number);
            (slot.clone(), number.cloned().unwrap_or(value))
        });
        let values: Vec<_> = values.collect();
        let (address, named) = filled(route.pattern, &values);
        let body = written(route.body, principal, &values);
        Cell {
            who,
            method: route.method.to_owned(),
            address: address + &written(route.query, principal, &values),
            headers: headers(route, principal, named),
            body: if route.is_api() { body } else { format!("csrf={}&{body}", principal.csrf) },
        }
    }

    fn ask(&mut self, cell: &Cell) -> Answer {
        self.cells += 1;
        let body = if cell.method == "GET" { "" } else { &cell.body };
        self.line.send(&cell.method, &cell.address, &cell.headers, body)
    }

    fn settle_if_many(&mut self, many: usize) {
        if self.unsettled.len() >= many {
            self.settle();
        }
    }

    /// Fails the cells that changed a table although they were refused, by name.
    pub fn settle(&mut self) {
        let cells = std::mem::take(&mut self.unsettled);
        if cells.is_empty() || self.world.changed().is_empty() {
            return;
        }
        self.world.restore();
        let before = self.wrong.len();
        for cell in &cells {
            self.ask(cell);
            let tables = self.world.changed();
            if !tables.is_empty() {
                let name = self.world.principals[cell.who].name;
                self.wrong.push(format!("{name} · {} {}: changed {}", cell.method, cell.address, tables.join(", ")));
                self.world.restore();
            }
        }
        if before == self.wrong.len() {
            self.wrong.push(format!("something between {:?} and {:?} changed a table", cells.first(), cells.last()));
        }
    }

    /// Every other method of a path.
    pub fn methods(&mut self, path: &str, declared: &[&str], who: &str) {
        let at = self.world.principals.iter().position(|one| one.name == who).expect("a principal of the world");
        let principal = &self.world.principals[at];
        let values: Vec<_> =
            slots(path).into_iter().map(|slot| (slot.clone(), value(&slot, Class::Own, path, principal))).collect();
        let (address, named) = filled(path, &values);
        let is_api = path.starts_with("/api/");
        let csrf = if is_api { String::new() } else { format!("csrf={}", principal.csrf) };
        let headers = all_headers(is_api, principal, named);
        let cell = |method: &str, body: &str| Cell {
            who: at,
            method: method.into(),
            address: address.clone(),
            headers: headers.clone(),
            body: body.into(),
        };
        let other = ["GET", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE"].into_iter();
        for method in other.filter(|method| !declared.contains(method)) {
            self.undeclared(cell(method, &csrf), is_api, declared);
        }
        if declared.contains(&"GET") {
            let (get, head) = (self.ask(&cell("GET", "")), self.ask(&cell("HEAD", "")));
            if get.status != head.status || !head.body.is_empty() {
                self.wrong.push(format!("{who} · HEAD {address}: {}, GET {}", head.status, get.status));
            }
        }
        if path.starts_with("/signin/") {
            // The way to a provider begins a flow.
            self.world.restore();
            self.unsettled.clear();
        }
        self.settle_if_many(SETTLED_TOGETHER);
    }

    /// A method that a path does not take: 405 with all of those that it takes (RFC 9110, 15.5.6); a stranger does not
    /// even get past the API's door.
    fn undeclared(&mut self, cell: Cell, is_api: bool, declared: &[&str]) {
        let answer = self.ask(&cell);
        let head = declared.contains(&"GET").then_some("HEAD");
        let wanted: BTreeSet<&str> = declared.iter().copied().chain(head).collect();
        let named: Vec<&str> = answer.header("allow").split(", ").collect();
        let all = named.len() == wanted.len() && named.into_iter().collect::<BTreeSet<_>>() == wanted;
        let closed = is_api && answer.status == 401 && !answer.header("www-authenticate").is_empty();
        let refused = answer.status == 405 && all;
        let shares = answer.headers.iter().any(|(name, _)| name.starts_with("access-control"));
        if !(refused || closed) || shares {
            let (name, allow) = (self.world.principals[cell.who].name, answer.header("allow"));
            let (method, address) = (&cell.method, &cell.address);
            self.wrong.push(format!("{name} · {method} {address}: {}, Allow {allow:?}", answer.status));
        }
        self.unsettled.push(cell);
    }
}

/// What is asked for or filled in, as this caller writes it.
fn written(text: &str, who: &Principal, values: &[(Slot, String)]) -> String {
    let (friend, foreign) = if who.is_of_second_tenant() { ("26", "12") } else { ("16", "22") };
    let text = text.replace("{friend}", friend).replace("{foreign}", foreign);
    values.iter().fold(text, |text, (slot, value)| text.replace(&slot.name, value))
}

fn headers(route: &Route, who: &Principal, named: Vec<(String, String)>) -> Vec<(String, String)> {
    let mut headers = all_headers(route.is_api(), who, named);
    if route.method != "GET" {
        let kind = if route.is_api() { "application/json" } else { "application/x-www-form-urlencoded" };
        headers.push(("Content-Type".into(), kind.into()));
    }
    headers
}

/// As a browser sends them, or as the API's formats want them.
fn all_headers(api: bool, who: &Principal, named: Vec<(String, String)>) -> Vec<(String, String)> {
    let mut headers = who.headers.clone();
    if api {
        let own = [(TENANT, tenant(who).to_owned()), (REQUESTER, organisation(who.home))];
        let own = own.into_iter().filter(|(name, _)| named.iter().all(|(known, _)| known != name));
        headers.extend(own.map(|(name, value)| (name.to_owned(), value)));
        headers.extend(named);
    } else {
        headers.push(("Sec-Fetch-Site".into(), "same-origin".into()));
        headers.push(("User-Agent".into(), "Mozilla/5.0 (X11; Linux) Firefox/140.0".into()));
    }
    headers
}

/// What the cell told, without what differs each time.
fn told(cell: &Cell, answer: &Answer) -> Told {
    const EACH_TIME: [&str; 5] = ["x-request-id", "date", "content-length", "set-cookie", "connection"];
    let location = answer.location();
    let sent_to_sign_in = answer.status == 303 && location.starts_with("/signin") && !location.starts_with("/signin/");
    let status = if sent_to_sign_in { IN } else { answer.status };
    let reference = answer.header("x-request-id");
    let body = if reference.is_empty() { answer.body.clone() } else { answer.body.replace(reference, "") };
    let path = cell.address.split('?').next().unwrap_or_default();
    let body = body.replace(&cell.address, "").replace(path, "");
    let kept =
        |(name, _): &&(String, String)| !(EACH_TIME.contains(&name.as_str()) || sent_to_sign_in && name == "location");
    let mut headers: Vec<_> = answer.headers.iter().filter(kept).cloned().collect();
    headers.sort();
    Told { status, headers, body: without_tokens(&body) }
}

/// A page without its forms' tokens, which are drawn anew each time.
fn without_tokens(page: &str) -> String {
    let mut parts = page.split("name=\"csrf\" value=\"");
    let first = parts.next().unwrap_or_default().to_owned();
    parts.fold(first, |page, part| page + part.split_once('"').map_or(part, |(_, rest)| rest))
}

fn judged(told: &Told, expected: &Expected, nothing: Option<&Told>) -> Option<String> {
    let fits = match expected {
        Expected::Allowed(status) | Expected::Refused(status) => told.status == *status,
        Expected::OneOf(all) => all.contains(&told.status),
    };
    if !fits {
        return Some(format!("{}, not {expected:?}", told.status));
    }
    let refused = matches!(expected, Expected::Refused(_)) || matches!(told.status, IN | 401 | 403 | 404);
    let nothing = nothing.filter(|nothing| refused && nothing.status == told.status)?;
    (told != nothing).then(|| format!("tells more than a random id: {}", difference(told, nothing)))
}

fn difference(told: &Told, nothing: &Told) -> String {
    if told.headers != nothing.headers {
        return format!("{:?} instead of {:?}", told.headers, nothing.headers);
    }
    let at = told.body.bytes().zip(nothing.body.bytes()).take_while(|(one, other)| one == other).count();
    let around = |body: &str| body.chars().skip(at.saturating_sub(40)).take(120).collect::<String>();
    format!("{:?} instead of {:?}", around(&told.body), around(&nothing.body))
}

/// The mark of a partner's records where the host's credential asks for just these: below that organisation.
fn named(who: &Principal, cell: &Cell) -> Option<String> {
    let below = |number: &&u8| cell.address.starts_with(&format!("/api/v1/organisations/{}/", organisation(**number)));
    let number = who.sees.iter().find(below).filter(|_| matches!(who.key, Key::Host(_)))?;
    Some(marks(*number)[1].clone())
}

/// Another organisation's mark, anywhere in the answer, but for one that was asked for.
fn marked(answer: &Answer, forbidden: &[String], asked: Option<&str>) -> Option<String> {
    if answer.status >= 500 {
        return Some(format!("answers {}", answer.status));
    }
    let may_hold = answer.body.contains("zqmark") || answer.headers.iter().any(|(_, value)| value.contains("zqmark"));
    if !may_hold {
        return None;
    }
    let held = forbidden.iter().filter(|mark| asked != Some(mark.as_str())).find(|mark| {
        answer.body.contains(mark.as_str()) || answer.headers.iter().any(|(_, value)| value.contains(mark.as_str()))
    })?;
    Some(format!("shows {held}"))
}

/// A list of the API tells how many there are: as many as it shows.
fn miscounted(answer: &Answer) -> Option<String> {
    if answer.status != 200 || !answer.header("content-type").starts_with("application/json") {
        return None;
    }
    let json: serde_json::Value = serde_json::from_str(&answer.body).ok()?;
    let shown = ["data", "items", "content"].iter().find_map(|name| json[name].as_array())?.len();
    let told = ["totalElements", "total_items"].iter().find_map(|name| json[name].as_u64())?;
    (told != shown as u64).then(|| format!("tells {told} and shows {shown}"))
}
