//! What an address's places for ids mean, and everything that can be put there.

use super::world::{Key, Principal, organisation};
use crate::support::id;

/// What an id is of; the number stands in the ids of the world's things.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    Organisation,
    Record,
    Invitation,
    Client,
    Batch,
    User,
    Connection,
    Event,
    Session,
    /// An invitation's public number.
    Number,
    Import,
    /// An invitation's secret.
    Secret,
    /// A tenant's name.
    Tenant,
}

impl Kind {
    const fn number(self) -> u8 {
        match self {
            Self::Organisation | Self::Tenant => 0,
            Self::Record => 1,
            Self::Invitation | Self::Number | Self::Secret => 2,
            Self::Client => 3,
            Self::Batch => 4,
            Self::User => 5,
            Self::Connection => 6,
            Self::Event => 7,
            Self::Session => 8,
            Self::Import => 9,
        }
    }

    /// Whether what is deleted of this kind stays visible as ended.
    pub const fn ends(self) -> bool {
        matches!(
            self,
            Self::Invitation
                | Self::Number
                | Self::Client
                | Self::Batch
                | Self::Import
                | Self::Connection
                | Self::Event
        )
    }
}

/// What is put into a place.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Class {
    Own,
    /// Another one of the same organisation; for a place of organisations, of the same tenant.
    Other,
    /// One of another organisation of the same tenant; for a place of organisations, the host itself.
    Neighbour,
    /// One of another tenant.
    Foreign,
    /// Deleted, or ended.
    Deleted,
    /// One of an organisation of the same tenant that is in the bin.
    Binned,
    /// Well formed, of nothing.
    Random,
    /// Of a thing of another kind, the caller's own.
    OtherType,
    Malformed,
    /// In capitals, or in braces.
    Spelt,
    Empty,
}

impl Class {
    pub const ALL: [Self; 11] = [
        Self::Own,
        Self::Other,
        Self::Neighbour,
        Self::Foreign,
        Self::Deleted,
        Self::Binned,
        Self::Random,
        Self::OtherType,
        Self::Malformed,
        Self::Spelt,
        Self::Empty,
    ];
}

/// A place for an id.
#[derive(Debug, Clone)]
pub struct Slot {
    /// With its braces, as it stands in the pattern.
    pub name: String,
    pub kind: Kind,
}

/// The places of a pattern, from left to right. `Target-Organization-ID` is one as well.
pub fn slots(pattern: &str) -> Vec<Slot> {
    let mut found = Vec::new();
    let parts: Vec<&str> = pattern.split('/').collect();
    for (at, part) in parts.iter().enumerate().filter(|(_, part)| part.starts_with('{')) {
        if ["{provider}", "{file}"].contains(part) {
            continue;
        }
        let kind = kind(parts[at - 1], part, pattern);
        let kind = kind.unwrap_or_else(|| {
            panic!("{pattern}: say in tests/it/matrix/slots.rs, fn kind, what {part} after {:?} is", parts[at - 1])
        });
        found.push(Slot { name: (*part).to_owned(), kind });
    }
    let header = |name: &str, kind| Slot { name: name.to_owned(), kind };
    if pattern == "/api/partners" {
        found.extend([header(TARGET, Kind::Organisation), header(REQUESTER, Kind::Organisation)]);
    }
    if pattern == "/api/network/partners" {
        found.push(header(TENANT, Kind::Tenant));
    }
    found
}

/// The places of a filled form, or of what an address asks for.
pub fn fields(text: &str) -> Vec<Slot> {
    let named = text.contains(RECORD).then(|| Slot { name: RECORD.to_owned(), kind: Kind::Record });
    named.into_iter().collect()
}

/// The field that names a partner record.
pub const RECORD: &str = "{record}";

impl Slot {
    /// Whether this is a header's.
    pub fn is_header(&self) -> bool {
        !self.name.starts_with('{')
    }
}

/// What can be put into a place.
pub fn fits(slot: &Slot) -> impl Iterator<Item = Class> + use<> {
    let of_organisations = !matches!(slot.kind, Kind::Organisation | Kind::Session | Kind::Secret | Kind::Tenant);
    Class::ALL.into_iter().filter(move |class| of_organisations || *class != Class::Binned)
}

/// The name of somebody's tenant.
pub const fn tenant(who: &Principal) -> &'static str {
    if who.is_of_second_tenant() { "globex" } else { "acme" }
}

/// The header that names the organisation that is asked about.
pub const TARGET: &str = "Target-Organization-ID";
/// The one that names who asks.
pub const REQUESTER: &str = "Requester-Organization-ID";
/// The one that names a tenant.
pub const TENANT: &str = "X-Servitly-Tenant";

fn kind(before: &str, name: &str, pattern: &str) -> Option<Kind> {
    Some(match (before, name) {
        (_, "{key}") => Kind::Secret,
        (_, "{number}") => Kind::Number,
        ("partners", "{id}") if !pattern.starts_with("/api/v1/") => Kind::Organisation,
        ("partners" | "partner-records", _) => Kind::Record,
        ("organisations" | "deleted-organisations" | "partner-organisation", _) => Kind::Organisation,
        ("users" | "staff", _) => Kind::User,
        ("sessions", _) => Kind::Session,
        ("invitations" | "partner-invitations" | "received-invitations", _) => Kind::Invitation,
        ("batches" | "invitation-batches", _) => Kind::Batch,
        ("imports" | "organisation-imports", _) => Kind::Import,
        ("connections", _) => Kind::Connection,
        ("api" | "api-clients", _) => Kind::Client,
        ("audit-events", _) => Kind::Event,
        _ => return None,
    })
}

/// The id of a thing of the world: `a` its first, `b` another, `c` the deleted one.
pub fn thing(kind: Kind, variant: char, of: &str) -> String {
    of.replacen("-8000-", &format!("-8{variant}0{}-", kind.number()), 1)
}

/// What stands in a place for a principal.
pub fn value(slot: &Slot, class: Class, pattern: &str, who: &Principal) -> String {
    let owner = owner(pattern, who);
    match (class, slot.kind) {
        (Class::Empty, _) => String::new(),
        (Class::Random, Kind::Number) => "999999".into(),
        (Class::Random, _) => id::RANDOM.into(),
        (Class::Malformed, _) => "1%2f..".into(),
        (Class::Own, Kind::Tenant) => tenant(who).into(),
        (Class::Spelt, Kind::Tenant) => tenant(who).to_ascii_uppercase(),
        (Class::OtherType, Kind::Tenant) => organisation(owner),
        (_, Kind::Tenant) => if who.is_of_second_tenant() { "acme" } else { "globex" }.into(),
        (Class::OtherType, Kind::Organisation) => thing(Kind::User, 'a', &organisation(owner)),
        (Class::OtherType, _) => organisation(owner),
        (Class::Spelt, Kind::Organisation) => format!("%7B{}%7D", organisation(owner)),
        (Class::Spelt, _) => value(slot, Class::Own, pattern, who).to_ascii_uppercase(),
        // One that was connected and allowed it, until the connection ended.
        (Class::Deleted, _) if slot.name == TARGET => organisation(if who.is_of_second_tenant() { 26 } else { 16 }),
        (_, Kind::Organisation) => organisation(place_of_organisations(class, owner, who)),
        (_, Kind::Session) => session(class, who),
        (_, kind) => {
            let (neighbour, foreign) = strangers(owner, who);
            match class {
                Class::Neighbour => thing(kind, 'a', &organisation(neighbour)),
                // Only a tenant's own organisation imports.
                Class::Foreign if kind == Kind::Import => thing(kind, 'a', &organisation(foreign / 10 * 10 + 1)),
                Class::Foreign => thing(kind, 'a', &organisation(foreign)),
                Class::Binned => thing(kind, 'a', &organisation(if who.is_of_second_tenant() { 25 } else { 15 })),
                Class::Other => thing(kind, 'b', &organisation(owner)),
                Class::Deleted => thing(kind, 'c', &organisation(owner)),
                _ => thing(kind, 'a', &organisation(owner)),
            }
        }
    }
}

/// The number of an organisation: the caller's, another partner of the tenant, the host, a stranger, one in the bin.
const fn place_of_organisations(class: Class, owner: u8, who: &Principal) -> u8 {
    let (neighbour, foreign) = strangers(owner, who);
    let second = who.is_of_second_tenant();
    match (class, owner) {
        (Class::Other, _) => neighbour,
        (Class::Neighbour, 11) => 12,
        (Class::Neighbour, 21) => 22,
        (Class::Neighbour, _) => {
            if second {
                21
            } else {
                11
            }
        }
        (Class::Foreign, _) => foreign,
        (Class::Deleted, _) => {
            if second {
                25
            } else {
                15
            }
        }
        _ => owner,
    }
}

/// A session: the caller's own beside the one they use, a colleague's, a neighbour's, a stranger's, an ended one.
fn session(class: Class, who: &Principal) -> String {
    let another = |wanted, instead| if who.user == wanted { instead } else { wanted };
    let own = if who.user.is_empty() { id::MEMBER } else { who.user };
    match class {
        Class::Other => thing(Kind::Session, 'a', another(id::MEMBER, id::MANAGER)),
        Class::Neighbour => thing(Kind::Session, 'a', another(id::CONTOSO_MANAGER, id::MANAGER)),
        Class::Foreign => {
            thing(Kind::Session, 'a', if who.is_of_second_tenant() { id::OWNER } else { id::INITECH_MANAGER })
        }
        Class::Deleted => thing(Kind::Session, 'c', own),
        _ => thing(Kind::Session, 'a', own),
    }
}

/// The organisation whose things an address is about, by its number: below a partner's page that partner; in the
/// settings the host; else the caller's own.
fn owner(pattern: &str, who: &Principal) -> u8 {
    let (partner, host) = if who.is_of_second_tenant() { (22, 21) } else { (12, 11) };
    let of_partner = pattern.starts_with("/settings/profile/partners/{id}")
        || pattern.starts_with("/api/partner-organisation/")
        || (pattern.starts_with("/api/v1/organisations/") && matches!(who.key, Key::Host(_)))
        || pattern.starts_with("/api/network/partners/");
    if of_partner {
        partner
    } else if pattern.starts_with("/settings/") {
        host
    } else {
        who.home
    }
}

/// An organisation of the same tenant, and one of another.
const fn strangers(owner: u8, who: &Principal) -> (u8, u8) {
    if who.is_of_second_tenant() {
        (if owner == 23 { 22 } else { 23 }, 12)
    } else {
        (if owner == 13 { 12 } else { 13 }, 22)
    }
}

/// The pattern with its places filled, and the headers that name something.
pub fn filled(pattern: &str, values: &[(Slot, String)]) -> (String, Vec<(String, String)>) {
    let mut address = pattern.replace("{provider}", "dev").replace("{file}", "none.css");
    let mut named = Vec::new();
    for (slot, value) in values {
        if slot.is_header() {
            named.push((slot.name.clone(), value.clone()));
        } else {
            address = address.replacen(&slot.name, value, 1);
        }
    }
    (address, named)
}
