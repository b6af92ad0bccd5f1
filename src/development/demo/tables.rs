//! The shapes of the demo tables: a company with its people and what happened to them, written so that the
//! tables read like tables. Owns no data and no SQL.
//!
//! Every `days` is a number of days before the moment of loading, so the programme never grows old.

/// One organisation of the demo programme and everything known about it.
#[derive(Clone, Copy)]
pub struct Company {
    pub name: &'static str,
    /// First label of its `.example` domain.
    pub domain: &'static str,
    pub code: &'static str,
    /// ISO 3166-1 alpha-2.
    pub country: &'static str,
    /// IANA name.
    pub zone: &'static str,
    pub age: u32,
    pub customers: i32,
    pub tier: Tier,
    pub industry: &'static str,
    pub billing: Billing,
    pub story: &'static [Step],
    pub people: &'static [Person],
}

/// Level in the partner programme; decides what the organisation may open.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Tier {
    Gold,
    Silver,
    Registered,
    /// Not classified yet: the organisation has no properties at all.
    None,
}

impl Tier {
    pub const fn word(self) -> Option<&'static str> {
        match self {
            Self::Gold => Some("Gold"),
            Self::Silver => Some("Silver"),
            Self::Registered => Some("Registered"),
            Self::None => None,
        }
    }
}

/// Who owns the invoices. Both known answers come with a Zuora account.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Billing {
    Partner,
    EndCustomer,
    NotYet,
}

impl Billing {
    /// As the database spells it.
    pub const fn word(self) -> Option<&'static str> {
        match self {
            Self::Partner => Some("partner"),
            Self::EndCustomer => Some("end_customer"),
            Self::NotYet => None,
        }
    }

    /// As pages and history print it.
    pub const fn label(self) -> Option<&'static str> {
        match self {
            Self::Partner => Some("Partner"),
            Self::EndCustomer => Some("End customer"),
            Self::NotYet => None,
        }
    }
}

/// Something that happened to an organisation after it was created, oldest first in a table.
#[derive(Clone, Copy)]
pub enum Step {
    /// It had this name until then.
    Renamed(u32, &'static str),
    Suspended(u32),
    Resumed(u32),
    Deleted(u32),
    Restored(u32),
}

impl Step {
    pub const fn days(self) -> u32 {
        match self {
            Self::Renamed(days, _)
            | Self::Suspended(days)
            | Self::Resumed(days)
            | Self::Deleted(days)
            | Self::Restored(days) => days,
        }
    }
}

/// A user of the demo programme.
#[derive(Clone, Copy)]
pub struct Person {
    pub name: &'static str,
    /// What stands before the @.
    pub mail: &'static str,
    /// The role held today.
    pub role: &'static str,
    pub fate: Fate,
}

/// What happened to a user after their creation: one thing at most keeps the tables readable.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Fate {
    Plain,
    /// Created in these last days and not seen yet.
    Newcomer(u32),
    Suspended(u32),
    /// Suspended and resumed.
    Paused(u32, u32),
    Removed(u32),
    /// Held this other role until then.
    WasRole(u32, &'static str),
    /// Had this other name until then.
    WasNamed(u32, &'static str),
}

impl Fate {
    /// Days before now of the first thing that happened; the creation lies before it.
    pub const fn first_day(self) -> u32 {
        match self {
            Self::Plain => 0,
            Self::Newcomer(days)
            | Self::Suspended(days)
            | Self::Paused(days, _)
            | Self::Removed(days)
            | Self::WasRole(days, _)
            | Self::WasNamed(days, _) => days,
        }
    }
}

const fn person(name: &'static str, mail: &'static str, role: &'static str) -> Person {
    Person { name, mail, role, fate: Fate::Plain }
}

pub const fn owner(name: &'static str, mail: &'static str) -> Person {
    person(name, mail, "owner")
}

pub const fn administrator(name: &'static str, mail: &'static str) -> Person {
    person(name, mail, "administrator")
}

pub const fn auditor(name: &'static str, mail: &'static str) -> Person {
    person(name, mail, "auditor")
}

pub const fn manager(name: &'static str, mail: &'static str) -> Person {
    person(name, mail, "manager")
}

pub const fn member(name: &'static str, mail: &'static str) -> Person {
    person(name, mail, "member")
}

impl Person {
    pub const fn newcomer(self, days: u32) -> Self {
        Self { fate: Fate::Newcomer(days), ..self }
    }

    pub const fn suspended(self, days: u32) -> Self {
        Self { fate: Fate::Suspended(days), ..self }
    }

    pub const fn paused(self, from: u32, until: u32) -> Self {
        Self { fate: Fate::Paused(from, until), ..self }
    }

    pub const fn removed(self, days: u32) -> Self {
        Self { fate: Fate::Removed(days), ..self }
    }

    pub const fn was_role(self, role: &'static str, days: u32) -> Self {
        Self { fate: Fate::WasRole(days, role), ..self }
    }

    pub const fn was_named(self, name: &'static str, days: u32) -> Self {
        Self { fate: Fate::WasNamed(days, name), ..self }
    }
}

/// A role as pages and history print it; the database's word for one that is not known.
pub fn role_label(role: &str) -> &str {
    match role {
        "owner" => "Owner",
        "administrator" => "Administrator",
        "auditor" => "Auditor",
        "manager" => "Manager",
        "member" => "Member",
        other => other,
    }
}
