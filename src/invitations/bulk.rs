//! What each row of a list of addresses is worth: new, or why not. A pure decision over facts that were loaded for all
//! rows at once; writing is in `batches.rs`, taking the text apart in `sheet.rs`.

use std::collections::{HashMap, HashSet};

use chrono::{DateTime, Utc};
use uuid::Uuid;

use super::model::{NewInvitation, Wish};
use super::sheet::Entry;
use super::typos;
use crate::access::{EmailAddress, OrganisationKind, Principal, Role};
use crate::input::Problem;
use crate::words::Language;

/// People that one list may hold.
pub const ROWS_AT_MOST: usize = 1_000;

/// A list with what holds for every row that says nothing else.
#[derive(Debug, Clone)]
pub struct Order {
    pub header: Option<String>,
    pub entries: Vec<Entry>,
    pub role: Role,
    pub language: Language,
    pub lifetime_days: i16,
    pub reminder: bool,
    /// Send to addresses that look mistyped as well.
    pub typos: bool,
}

/// What a row is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Class {
    New,
    /// Somebody has the address; the sentence says who may know.
    Member(String),
    /// This invitation to it waits already.
    Waiting(Uuid),
    NotAnAddress,
    /// The address that was probably meant.
    Typo(String),
    /// The row where it stands first, counted from one.
    Twice(usize),
    Stopped,
    Busy,
    Role,
    Language,
    /// No more invitations may wait in this organisation.
    Full,
}

impl Class {
    /// A few words for it.
    pub const fn word(&self) -> &'static str {
        match self {
            Self::New => "New",
            Self::Member(_) => "Already a member",
            Self::Waiting(_) => "Waits already",
            Self::NotAnAddress => "Not an address",
            Self::Typo(_) => "Likely a typo",
            Self::Twice(_) => "Twice in the list",
            Self::Stopped => "Wants no mail",
            Self::Busy => "Had enough mail today",
            Self::Role => "Role not yours to give",
            Self::Language => "Unknown language",
            Self::Full => "No room",
        }
    }

    /// A stable word for machines.
    pub const fn code(&self) -> &'static str {
        match self {
            Self::New => "new",
            Self::Member(_) => "member",
            Self::Waiting(_) => "waiting",
            Self::NotAnAddress => "not_an_address",
            Self::Typo(_) => "typo",
            Self::Twice(_) => "twice",
            Self::Stopped => "stopped",
            Self::Busy => "busy",
            Self::Role => "role",
            Self::Language => "language",
            Self::Full => "full",
        }
    }

    /// What it means for the row, to somebody with `own` role who invites to an organisation of this kind.
    pub fn sentence(&self, own: Role, kind: OrganisationKind) -> String {
        match self {
            Self::New => "An invitation will be sent.".into(),
            Self::Member(sentence) => sentence.clone(),
            Self::Waiting(_) => "An invitation to this address waits for an answer.".into(),
            Self::NotAnAddress => Problem::NotAnEmail.words(),
            Self::Typo(meant) => format!("Did you mean {meant}?"),
            Self::Twice(first) => format!("The same address as in row {first}."),
            Self::Stopped => "The person at this address wants no mail from this organisation.".into(),
            Self::Busy => "This address got enough mail for now. Try again tomorrow.".into(),
            Self::Role => {
                let may = Role::of(kind).iter().filter(|role| own.stands_at_or_above(**role));
                let may = may.map(|role| role.as_str()).collect::<Vec<_>>().join(", ");
                format!("Use a role that you may give: {may}.")
            }
            Self::Language => {
                let known = Language::ALL.iter().map(|one| one.as_str()).collect::<Vec<_>>().join(", ");
                format!("Use one of the languages {known}.")
            }
            Self::Full => "Too many invitations wait. Revoke some, or wait for answers.".into(),
        }
    }
}

/// A row of the list with its class.
#[derive(Debug, Clone)]
pub struct Row {
    /// Its place in the list, counted from one.
    pub number: usize,
    pub entry: Entry,
    pub email: Option<EmailAddress>,
    pub role: Option<Role>,
    pub language: Option<Language>,
    pub class: Class,
}

impl Row {
    /// The invitation that this row asks for, if it may be made.
    pub fn invitation(&self, order: &Order) -> Option<NewInvitation> {
        let wanted = match self.class {
            Class::New => true,
            Class::Typo(_) => order.typos,
            _ => false,
        };
        match (&self.email, self.role, self.language) {
            (Some(email), Some(role), Some(language)) if wanted => Some(NewInvitation {
                email: email.clone(),
                wish: Wish::Colleague { role },
                language,
                lifetime_days: order.lifetime_days,
                reminder: order.reminder,
            }),
            _ => None,
        }
    }
}

/// Who invites, to which organisation.
#[derive(Debug, Clone)]
pub struct Standpoint {
    pub organisation: Uuid,
    pub kind: OrganisationKind,
    pub own: Role,
    pub is_staff: bool,
    pub programme: String,
    pub now: DateTime<Utc>,
}

impl Standpoint {
    pub fn of(who: &Principal, organisation: Uuid, kind: OrganisationKind, now: DateTime<Utc>) -> Self {
        let (own, is_staff) = (who.user.role, who.is_staff());
        Self { organisation, kind, own, is_staff, programme: who.tenant.name.clone(), now }
    }

    fn may_give(&self, role: Role) -> bool {
        Role::of(self.kind).contains(&role) && self.own.stands_at_or_above(role)
    }
}

/// What is known about the addresses of a list, by their keys.
#[derive(Debug, Clone, Default)]
pub struct Facts {
    /// The organisation of whoever has the address: its id and name.
    pub holders: HashMap<String, (Uuid, String)>,
    /// The pending invitation to the address, and when it ends.
    pub pending: HashMap<String, (Uuid, DateTime<Utc>)>,
    pub stopped: HashSet<String>,
    /// Addresses that got as much mail as anybody may get in a day.
    pub busy: HashSet<String>,
    /// How many more invitations may wait.
    pub room: usize,
    /// The domains of the organisation's people, most used first.
    pub domains: Vec<String>,
}

/// The addresses of a list, once each.
pub fn keys(order: &Order) -> Vec<String> {
    let parsed = order.entries.iter().filter_map(|entry| EmailAddress::parse(&entry.address).ok());
    let keys: HashSet<String> = parsed.map(|email| email.key().to_owned()).collect();
    keys.into_iter().collect()
}

/// Judges every row, in the order of the list.
pub fn classify(order: &Order, by: &Standpoint, facts: &Facts) -> Vec<Row> {
    let mut judge = Judge { by, facts, seen: HashMap::new(), room: facts.room };
    let mut rows = Vec::with_capacity(order.entries.len());
    for (at, entry) in order.entries.iter().enumerate() {
        let email = EmailAddress::parse(&entry.address).ok();
        let role = if entry.role.is_empty() { Some(order.role) } else { role(&entry.role) };
        let role = role.filter(|role| by.may_give(*role));
        let language = if entry.language.is_empty() { Some(order.language) } else { language(&entry.language) };
        let class = match &email {
            None => Class::NotAnAddress,
            Some(email) => judge.class(at + 1, email, role.is_some(), language.is_some()),
        };
        let mut row = Row { number: at + 1, entry: entry.clone(), email, role, language, class };
        if row.invitation(order).is_some() && !judge.takes_room() {
            row.class = Class::Full;
        }
        rows.push(row);
    }
    rows
}

struct Judge<'a> {
    by: &'a Standpoint,
    facts: &'a Facts,
    /// Where each address stands first.
    seen: HashMap<String, usize>,
    room: usize,
}

impl Judge<'_> {
    fn class(&mut self, number: usize, email: &EmailAddress, role: bool, language: bool) -> Class {
        let (key, facts) = (email.key(), self.facts);
        let first = *self.seen.entry(key.to_owned()).or_insert(number);
        let waits = facts.pending.get(key).filter(|(_, ends)| self.by.now < *ends);
        if first != number {
            Class::Twice(first)
        } else if !role {
            Class::Role
        } else if !language {
            Class::Language
        } else if let Some(holder) = facts.holders.get(key) {
            Class::Member(self.member(email, holder))
        } else if let Some((id, _)) = waits {
            Class::Waiting(*id)
        } else if facts.stopped.contains(key) {
            Class::Stopped
        } else if facts.busy.contains(key) {
            Class::Busy
        } else {
            typos::meant(key, &facts.domains).map_or(Class::New, Class::Typo)
        }
    }

    /// Who has an address; where, only for staff.
    fn member(&self, email: &EmailAddress, (organisation, name): &(Uuid, String)) -> String {
        let address = email.as_typed();
        if *organisation == self.by.organisation {
            format!("{address} is already one of its users.")
        } else if self.by.is_staff {
            format!("{address} is already a user, in {name}. One address belongs to one person.")
        } else {
            format!("{address} belongs to another organisation. Ask {} which address to use.", self.by.programme)
        }
    }

    const fn takes_room(&mut self) -> bool {
        let fits = self.room > 0;
        self.room = self.room.saturating_sub(1);
        fits
    }
}

/// A role by either of its words.
fn role(text: &str) -> Option<Role> {
    Role::ALL.iter().copied().find(|role| role.as_str().eq_ignore_ascii_case(text))
}

/// A language by its letters, its own name, or its English one.
fn language(text: &str) -> Option<Language> {
    let text = text.to_lowercase();
    let english = |language: Language| format!("{language:?}").to_lowercase();
    let fits = |one: Language| one.as_str() == text || one.name().to_lowercase() == text || english(one) == text;
    Language::ALL.iter().copied().find(|one| fits(*one))
}

#[cfg(test)]
mod tests {
    use super::super::sheet;
    use super::*;

    const HERE: Uuid = Uuid::from_u128(12);

    fn order(text: &str) -> Order {
        let sheet = sheet::read(text);
        Order {
            header: sheet.header,
            entries: sheet.entries,
            role: Role::Member,
            language: Language::English,
            lifetime_days: 7,
            reminder: true,
            typos: false,
        }
    }

    fn manager() -> Standpoint {
        Standpoint {
            organisation: HERE,
            kind: OrganisationKind::Partner,
            own: Role::Manager,
            is_staff: false,
            programme: "Acme".into(),
            now: DateTime::UNIX_EPOCH,
        }
    }

    fn facts() -> Facts {
        Facts { room: 10, domains: vec!["northwind.example".into()], ..Facts::default() }
    }

    fn classes(text: &str, facts: &Facts) -> Vec<Class> {
        classify(&order(text), &manager(), facts).into_iter().map(|row| row.class).collect()
    }

    #[test]
    fn an_address_that_nobody_has_is_new_once() {
        assert_eq!(classes("a@x.org, A@X.org, ana", &facts()), [Class::New, Class::Twice(1), Class::NotAnAddress]);
    }

    #[test]
    fn what_is_known_of_an_address_decides() {
        let key = |text: &str| text.to_owned();
        let mut facts = facts();
        facts.holders.insert(key("in@x.org"), (HERE, "Northwind".into()));
        facts.holders.insert(key("out@x.org"), (Uuid::nil(), "Contoso".into()));
        let later = DateTime::UNIX_EPOCH + chrono::Duration::seconds(1);
        facts.pending.insert(key("waits@x.org"), (Uuid::from_u128(7), later));
        facts.pending.insert(key("over@x.org"), (Uuid::from_u128(8), DateTime::UNIX_EPOCH));
        facts.stopped.insert(key("stop@x.org"));
        facts.busy.insert(key("busy@x.org"));
        let found = classes("in@x.org out@x.org waits@x.org over@x.org stop@x.org busy@x.org ana@gmial.com", &facts);
        let [Class::Member(here), Class::Member(elsewhere), rest @ ..] = found.as_slice() else {
            panic!("{found:?}");
        };
        assert!(here.contains("one of its users") && !elsewhere.contains("Contoso"));
        let wanted = [
            Class::Waiting(Uuid::from_u128(7)),
            Class::New,
            Class::Stopped,
            Class::Busy,
            Class::Typo("ana@gmail.com".into()),
        ];
        assert_eq!(rest, wanted);
    }

    #[test]
    fn a_row_may_have_a_role_and_a_language_of_its_own() {
        let text = "email,role,language\na@x.org,MANAGER,Deutsch\nb@x.org,owner,\nc@x.org,,klingon\nd@x.org,,french";
        let rows = classify(&order(text), &manager(), &facts());
        let classes: Vec<_> = rows.iter().map(|row| &row.class).collect();
        assert_eq!(classes, [&Class::New, &Class::Role, &Class::Language, &Class::New]);
        assert_eq!((rows[0].role, rows[0].language), (Some(Role::Manager), Some(Language::German)));
        assert_eq!((rows[3].role, rows[3].language), (Some(Role::Member), Some(Language::French)));
    }

    #[test]
    fn likely_typos_are_sent_only_when_wished() {
        let mut order = order("a@x.org ana@gmial.com");
        let sent = |order: &Order| {
            let rows = classify(order, &manager(), &facts());
            rows.iter().filter(|row| row.invitation(order).is_some()).count()
        };
        assert_eq!(sent(&order), 1);
        order.typos = true;
        assert_eq!(sent(&order), 2);
    }

    #[test]
    fn no_more_are_taken_than_there_is_room_for() {
        let facts = Facts { room: 1, ..facts() };
        assert_eq!(classes("ana@gmial.com a@x.org b@x.org", &facts)[1..], [Class::New, Class::Full]);
    }
}
