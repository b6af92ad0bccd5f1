//! The forms of users: raw text in, typed input or problems by field out.

use serde::Deserialize;

use super::model::{NewUser, Profile, email, role, role_or_lowest};
use crate::access::{OrganisationKind, Role};
use crate::input::{self, Problems};
use crate::web::view::{Choice, Field, FieldError};

/// *Create user* (seed 001).
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub struct CreateForm {
    pub name: String,
    pub email: String,
    pub role: String,
    pub once: String,
}

impl CreateForm {
    /// The typed input for an organisation of this kind. A role that is not sent is the lowest.
    pub fn parse(&self, kind: OrganisationKind) -> Result<NewUser, Problems> {
        let mut problems = Problems::default();
        let name = problems.check("name", input::person_name(&self.name));
        let email = problems.check("email", email(&self.email));
        let role = problems.check("role", role_or_lowest(&self.role, kind));
        match (name, email, role) {
            (Some(name), Some(email), Some(role)) => Ok(NewUser { name, email, role }),
            _ => Err(problems),
        }
    }
}

/// Name and role; the address is who they are and stays.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub struct EditForm {
    pub name: String,
    pub role: String,
    pub version: String,
}

impl EditForm {
    pub fn parse(&self, kind: OrganisationKind) -> Result<Profile, Problems> {
        let mut problems = Problems::default();
        let name = problems.check("name", input::person_name(&self.name));
        let role = problems.check("role", role(&self.role, kind));
        match (name, role) {
            (Some(name), Some(role)) => Ok(Profile { name, role }),
            _ => Err(problems),
        }
    }
}

/// The summary above a refused form.
pub fn summary(problems: &Problems) -> Vec<FieldError> {
    problems.sentences().map(|(field, message)| FieldError { field, message }).collect()
}

pub fn name_field(value: &str, problems: &Problems) -> Field {
    Field::new("name", "Name").value(value).max(100).error(problems.of("name"))
}

pub fn email_field(value: &str, problems: &Problems) -> Field {
    Field::new("email", "Email address")
        .value(value)
        .kind("email")
        .max(254)
        .help("They sign in with this address. One address belongs to one person in the whole programme.")
        .error(problems.of("email"))
}

pub fn role_field(problems: &Problems) -> Field {
    Field::new("role", "Role").error(problems.of("role"))
}

/// The roles that somebody with `own` role may give in an organisation of this kind.
pub fn role_choices(kind: OrganisationKind, own: Role, chosen: &str) -> Vec<Choice> {
    let offered: Vec<Role> = Role::of(kind).iter().copied().filter(|role| own.stands_at_or_above(*role)).collect();
    let lowest = offered.last().map_or("", |role| role.as_str());
    let chosen = if chosen.is_empty() { lowest } else { chosen };
    offered
        .iter()
        .map(|role| Choice::new(role.as_str(), role.word(), role.as_str() == chosen).help(role.explanation()))
        .collect()
}
