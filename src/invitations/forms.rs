//! The forms of invitations: raw text in, typed input or problems by field out.

use serde::Deserialize;

use super::acceptance::Wanted;
use super::bulk::{Order, ROWS_AT_MOST};
use super::model::{LIFETIME_DAYS, NewInvitation, Wish};
use super::rules::{company, email, language, lifetime, list, role, role_to_give};
use crate::access::{OrganisationKind, Role};
use crate::input::{self, Problems};
use crate::web::view::{Choice, Field, FieldError};
use crate::words::Language;

/// *Invite a colleague*, or *Invite a partner* when `kind` says so.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub struct InviteForm {
    /// `partner`, or empty for a colleague.
    pub kind: String,
    pub email: String,
    pub role: String,
    pub company: String,
    /// The partner record that it is made from, if it is.
    pub record: String,
    pub language: String,
    pub lifetime_days: String,
    pub reminder: String,
    pub once: String,
}

impl InviteForm {
    /// An empty form with what most invitations have.
    pub fn fresh() -> Self {
        Self {
            language: Language::default().as_str().into(),
            lifetime_days: LIFETIME_DAYS.to_string(),
            reminder: "true".into(),
            ..Self::default()
        }
    }

    pub fn is_partner(&self) -> bool {
        self.kind == "partner"
    }

    /// The typed input for an organisation of this kind.
    pub fn parse(&self, kind: OrganisationKind) -> Result<NewInvitation, Problems> {
        let mut problems = Problems::default();
        let company = self.is_partner().then(|| problems.check("company", company(&self.company)));
        let email = problems.check("email", email(&self.email));
        let role = (!self.is_partner()).then(|| problems.check("role", role(&self.role, kind)));
        let language = problems.check("language", language(&self.language));
        let lifetime_days = problems.check("lifetime_days", lifetime(&self.lifetime_days));
        let record = uuid::Uuid::try_parse(&self.record).ok();
        let wish = match (role, company) {
            (Some(Some(role)), _) => Some(Wish::Colleague { role }),
            (_, Some(Some(company))) => Some(Wish::Partner { company, record }),
            _ => None,
        };
        match (email, wish, language, lifetime_days) {
            (Some(email), Some(wish), Some(language), Some(lifetime_days)) => {
                Ok(NewInvitation { email, wish, language, lifetime_days, reminder: self.reminder == "true" })
            }
            _ => Err(problems),
        }
    }
}

/// *Invite many*: a list, and what holds for every row that says nothing else.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub struct ManyForm {
    pub list: String,
    pub role: String,
    pub language: String,
    pub lifetime_days: String,
    pub reminder: String,
    /// Send to addresses that look mistyped as well.
    pub typos: String,
    /// Set once the rows were shown and are to be sent.
    pub confirm: String,
    pub once: String,
}

impl ManyForm {
    /// An empty form with what most invitations have.
    pub fn fresh() -> Self {
        let InviteForm { language, lifetime_days, reminder, .. } = InviteForm::fresh();
        Self { language, lifetime_days, reminder, ..Self::default() }
    }

    /// The list, taken apart, for an organisation of this kind.
    pub fn parse(&self, kind: OrganisationKind, own: Role) -> Result<Order, Problems> {
        let mut problems = Problems::default();
        let list = problems.check("list", list(&self.list));
        let role = problems.check("role", role_to_give(&self.role, kind, own));
        let language = problems.check("language", language(&self.language));
        let lifetime_days = problems.check("lifetime_days", lifetime(&self.lifetime_days));
        match (list, role, language, lifetime_days) {
            (Some(list), Some(role), Some(language), Some(lifetime_days)) => Ok(Order {
                header: list.header,
                entries: list.entries,
                role,
                language,
                lifetime_days,
                reminder: self.reminder == "true",
                typos: self.typos == "true",
            }),
            _ => Err(problems),
        }
    }
}

/// A corrected address.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub struct AddressForm {
    pub email: String,
}

/// Whether to remind.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub struct ReminderForm {
    pub reminder: String,
}

/// The invited person's form: their name, and their organisation's.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub struct AcceptForm {
    pub name: Option<String>,
    pub company: Option<String>,
    /// Whatever else was sent.
    #[serde(flatten)]
    pub others: std::collections::BTreeMap<String, String>,
}

impl AcceptForm {
    /// Whether it has fields that the page did not give it: nothing is guessed where people become users.
    pub fn is_forged(&self) -> bool {
        self.others.keys().any(|name| name != "csrf")
    }

    /// What is not in the form stays as it is known.
    pub fn parse(&self) -> Result<Wanted, Problems> {
        let mut problems = Problems::default();
        let name = match &self.name {
            Some(name) => problems.check("name", input::person_name(name)).map(Some),
            None => Some(None),
        };
        let company = match &self.company {
            Some(name) => problems.check("company", company(name)).map(Some),
            None => Some(None),
        };
        match (name, company) {
            (Some(name), Some(company)) => Ok(Wanted { name, company }),
            _ => Err(problems),
        }
    }
}

/// The address typed to stop mail to it.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub struct StopForm {
    pub email: String,
    /// `true` to allow mail again.
    pub again: String,
}

/// The summary above a refused form.
pub fn summary(problems: &Problems) -> Vec<FieldError> {
    problems.sentences().map(|(field, message)| FieldError { field, message }).collect()
}

pub fn email_field(value: &str, problems: &Problems) -> Field {
    Field::new("email", "Email address")
        .value(value)
        .kind("email")
        .max(254)
        .help("The invitation goes here, and only the person with this address can accept it.")
        .error(problems.of("email"))
}

pub fn list_field(value: &str, problems: &Problems) -> Field {
    Field::new("list", "Email addresses")
        .value(value)
        .help(format!(
            "One a line, or with commas, semicolons or spaces between them; names may stand before addresses in angle \
             brackets. Or CSV with a first line such as email,role,language. At most {ROWS_AT_MOST} people and 64 KiB \
             at a time. Nothing is sent before you have seen every row."
        ))
        .error(problems.of("list"))
}

pub fn typos_field(number: usize) -> Field {
    let help = "They look mistyped. Tick this if they are right; or correct them in the list below.";
    let label = if number == 1 { "Send to the likely typo as well" } else { "Send to the likely typos as well" };
    Field::new("typos", label).help(help)
}

pub fn company_field(value: &str, problems: &Problems) -> Field {
    Field::new("company", "Company name")
        .value(value)
        .max(100)
        .help("As you know it. Whoever accepts can correct it for their organisation.")
        .error(problems.of("company"))
}

pub fn role_field(problems: &Problems) -> Field {
    Field::new("role", "Role").error(problems.of("role"))
}

pub fn language_field(problems: &Problems) -> Field {
    Field::new("language", "Language of the mail").error(problems.of("language"))
}

pub fn language_choices(chosen: &str) -> Vec<Choice> {
    Language::ALL.iter().map(|one| Choice::new(one.as_str(), one.name(), one.as_str() == chosen)).collect()
}

pub fn lifetime_field(value: &str, problems: &Problems) -> Field {
    Field::new("lifetime_days", "Open for")
        .value(value)
        .kind("number")
        .unit("days")
        .max(2)
        .help("From 1 to 30. Afterwards you can send it again.")
        .error(problems.of("lifetime_days"))
}

pub fn reminder_field() -> Field {
    Field::new("reminder", "Remind once, two days before it ends").help("Only if nobody has answered by then.")
}

/// The roles that somebody with `own` role may give in an organisation of this kind.
pub fn role_choices(kind: OrganisationKind, own: Role, chosen: &str) -> Vec<Choice> {
    let offered: Vec<Role> = Role::of(kind).iter().copied().filter(|role| own.stands_at_or_above(*role)).collect();
    let lowest = offered.last().map_or("", |role| role.as_str());
    let chosen = if chosen.is_empty() { lowest } else { chosen };
    let choice =
        |role: &Role| Choice::new(role.as_str(), role.word(), role.as_str() == chosen).help(role.explanation());
    offered.iter().map(choice).collect()
}
