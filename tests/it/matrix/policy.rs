//! What every cell must answer: the two tables, and what follows from them for ids that are not the caller's.

use super::filled::{FILLED, FILLED_API};
use super::slots::{Class, Kind, RECORD, Slot, TENANT, fields, slots};
use super::world::{Key, Principal};
use crate::access_api::{ANY, API, PUBLIC};
use crate::access_table::{IN, TABLE};

/// A route with its row.
#[derive(Debug, Clone, Copy)]
pub struct Route {
    pub method: &'static str,
    pub pattern: &'static str,
    pub query: &'static str,
    /// For the API; a page's form has its token besides.
    pub body: &'static str,
    /// Whether something is filled in or asked for.
    pub filled: bool,
    row: Row,
}

#[derive(Debug, Clone, Copy)]
enum Row {
    Page([u16; 8]),
    Api { needs: &'static str, partner: u16, host: u16 },
}

/// What a cell must answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Expected {
    /// This, and it is no refusal.
    Allowed(u16),
    /// This, and nothing that a random id does not tell.
    Refused(u16),
    /// One of these; told alike where the status is.
    OneOf(Vec<u16>),
}

impl Expected {
    /// Whether an answer that fits may have changed something.
    pub fn may_change(&self) -> bool {
        let changes = |status: &u16| *status < 400 && *status != IN;
        match self {
            Self::Allowed(status) | Self::Refused(status) => changes(status),
            Self::OneOf(all) => all.iter().any(changes),
        }
    }
}

/// Every route of both tables.
pub fn routes() -> Vec<Route> {
    all_routes().into_iter().filter(|route| !route.filled).collect()
}

/// As [`routes`], and some of them once more with something filled in.
pub fn all_routes() -> Vec<Route> {
    let of_page = |(method, pattern, statuses): &(&'static str, &'static str, [u16; 8])| Route {
        method,
        pattern,
        query: "",
        body: "",
        filled: false,
        row: Row::Page(*statuses),
    };
    let filled = FILLED.iter().map(|(method, pattern, query, body, statuses)| Route {
        query,
        body,
        filled: true,
        ..of_page(&(method, pattern, *statuses))
    });
    let filled = filled.chain(FILLED_API.iter().map(|row| of_api(row, true)));
    // Whoever signs out comes last.
    filled.chain(TABLE.iter().map(of_page)).chain(API.iter().map(|row| of_api(row, false))).collect()
}

const fn of_api(row: &crate::access_api::Row, filled: bool) -> Route {
    let (needs, partner, host) = (row.needs, row.partner, row.host);
    let row_of = Row::Api { needs, partner, host };
    Route { method: row.method, pattern: row.path, query: row.query, body: row.body, filled, row: row_of }
}

impl Route {
    pub const fn is_api(&self) -> bool {
        matches!(self.row, Row::Api { .. })
    }

    /// Every place for an id: in its address, in a header, in what it asks for, in its form.
    pub fn slots(&self) -> Vec<Slot> {
        let mut all = slots(self.pattern);
        all.extend(fields(self.query).into_iter().chain(fields(self.body)));
        all
    }

    /// Whether whoever is allowed changes nothing by asking. The way to a provider begins a flow, which is a row.
    pub fn reads(&self) -> bool {
        let asks = ["/find", "/export"].iter().any(|end| self.pattern.ends_with(end));
        asks || (self.method == "GET" && !self.pattern.starts_with("/signin/"))
    }

    /// The status for the caller's own ids.
    pub fn own(&self, who: &Principal) -> u16 {
        match self.row {
            Row::Page(statuses) => self.corrected(statuses[who.column]),
            Row::Api { needs: PUBLIC, partner, .. } => partner,
            Row::Api { needs, partner, host } => {
                let (holds, status) = match who.key {
                    Key::None => return 401,
                    Key::Partner(holds) => (holds, partner),
                    Key::Host(holds) => (holds, host),
                };
                let missing = |wanted: &str| wanted != ANY && !holds.split(',').any(|held| held == wanted);
                if needs.split(',').any(missing) { 403 } else { status }
            }
        }
    }

    /// In the table nobody has a batch or another session, and nothing is in the bin; here they have.
    fn corrected(&self, status: u16) -> u16 {
        let here = ["/batches/{item}", "/imports/{item}"].iter().any(|part| self.pattern.contains(part))
            || self.pattern.starts_with("/account/sessions/");
        match (here && status == 404, self.method) {
            (true, "GET") => 200,
            (true, _) => 303,
            (false, _) => status,
        }
    }

    /// What the caller must get for these ids.
    pub fn expected(&self, who: &Principal, classes: &[(Slot, Class)]) -> Expected {
        let own = self.own(who);
        let is = |wanted: Class| classes.iter().any(|(_, class)| *class == wanted);
        let (empty, no_id) = (is(Class::Empty), is(Class::Malformed) || is(Class::Spelt));
        let without_token = self.method != "GET" && !self.is_api() && (who.ended || who.is_machine());
        if without_token {
            // A form needs the token of a session that lives.
            return Expected::OneOf(vec![IN, 403, 404]);
        }
        if let Some(expected) = Self::in_headers(own, classes) {
            return expected;
        }
        if matches!(own, IN | 401 | 403) {
            // An address with a hole in it is no route, and what is no id is nothing. Any id tells the same.
            return Expected::OneOf(if empty || no_id { vec![own, 404] } else { vec![own] });
        }
        if classes.is_empty() {
            return Expected::Allowed(own);
        }
        if empty && classes.iter().all(|(slot, _)| slot.name != RECORD) {
            return Expected::OneOf(vec![404, 405]);
        }
        match classes {
            // A form without a record, or with what is no id, is one without.
            [(slot, Class::Malformed | Class::Spelt | Class::Empty)] if slot.name == RECORD => {
                Expected::OneOf(vec![own, 404, 422])
            }
            [(slot, class)] => self.one(who, own, slot.kind, *class),
            [(_, Class::Own), (inner, class)] => self.one(who, own, inner.kind, *class),
            // What went into the bin can be looked at, and nothing can be done to it.
            [(_, Class::Deleted), (_, Class::Binned)] if !self.is_api() && self.method == "GET" => {
                Expected::OneOf(vec![own, 303, 404])
            }
            // The other organisation's own, for those of the host.
            [(_, Class::Other), (_, Class::Neighbour)] if !matches!(who.key, Key::Partner(_)) => Expected::Allowed(own),
            _ => Expected::Refused(404),
        }
    }

    /// What headers name: a tenant; or whose records are asked for, and by whom.
    fn in_headers(own: u16, classes: &[(Slot, Class)]) -> Option<Expected> {
        let refused = matches!(own, 401 | 403);
        match classes {
            [(slot, class)] if slot.name == TENANT => Some(match class {
                // Without a name nobody is asked for their permissions.
                Class::Empty if own == 401 => Expected::Refused(own),
                Class::Empty => Expected::OneOf(vec![400]),
                _ if refused => Expected::Refused(own),
                Class::Own => Expected::Allowed(own),
                Class::Random | Class::OtherType | Class::Malformed | Class::Spelt => Expected::Refused(404),
                _ => Expected::Refused(403),
            }),
            [(target, class), (_, requester)] if target.is_header() => Some(match (class, requester) {
                _ if refused => Expected::Refused(own),
                (Class::Malformed | Class::Spelt | Class::Empty, _)
                | (_, Class::Malformed | Class::Spelt | Class::Empty) => Expected::OneOf(vec![400, 422]),
                (Class::Own, Class::Own) => Expected::Allowed(own),
                // Whether another organisation exists makes no difference; nobody asks in another one's name.
                _ => Expected::Refused(403),
            }),
            _ => None,
        }
    }

    fn one(&self, who: &Principal, own: u16, kind: Kind, class: Class) -> Expected {
        let host = matches!(who.key, Key::Host(_));
        let partner = matches!(who.key, Key::Partner(_));
        let of_tenant = host && self.pattern.starts_with("/api/v1/");
        match (class, kind) {
            // Records are each organisation's own, to the host's credentials too.
            (_, Kind::Secret)
            | (Class::Other, Kind::Session)
            | (Class::Neighbour | Class::Binned, Kind::Record | Kind::Connection | Kind::Session) => {
                Expected::Refused(404)
            }
            // Its people and credentials are told until they go with it.
            // The rest of their whole tenant those see too.
            (Class::Binned, Kind::User | Kind::Client | Kind::Event) | (Class::Neighbour, _) if of_tenant => {
                Expected::OneOf(vec![own, 404])
            }
            (Class::Binned, _) if of_tenant && self.pattern.contains("/received-invitations/") => {
                Expected::OneOf(vec![own, 404])
            }
            (Class::Other, Kind::Organisation) if partner => Expected::Refused(404),
            (Class::Own | Class::Other, _) => Expected::Allowed(own),
            (Class::Deleted, kind) if kind.ends() => Expected::OneOf(vec![own, 200, 303, 404, 409, 422]),
            (Class::Deleted, Kind::Organisation) if !self.is_api() => self.in_the_bin(own),
            (Class::Deleted, Kind::Organisation) if self.brings_back() || self.is_bin() => Expected::Allowed(200),
            (Class::Deleted, Kind::User | Kind::Record) if self.brings_back() => Expected::Allowed(own),
            _ => Expected::Refused(404),
        }
    }

    /// Whether this takes back a deletion.
    pub fn brings_back(&self) -> bool {
        ["/removal/undo", "/restore"].iter().any(|end| self.pattern.ends_with(end))
    }

    /// Whether this tells what is in the bin.
    fn is_bin(&self) -> bool {
        self.pattern.starts_with("/api/v1/deleted-organisations/")
    }

    /// What is in the bin can be looked at and taken out again.
    fn in_the_bin(&self, own: u16) -> Expected {
        match (self.method, self.pattern.ends_with("/deletion/undo")) {
            ("GET", _) => Expected::OneOf(vec![own, 404]),
            (_, true) => Expected::OneOf(vec![303]),
            (_, false) => Expected::Refused(404),
        }
    }
}

impl Principal {
    /// Whether this is a machine: pages know nothing of it, so its form has no token.
    pub fn is_machine(&self) -> bool {
        self.csrf.is_empty()
    }
}
