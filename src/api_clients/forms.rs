//! The form of a new credential: raw text in, typed input or problems by field out. And what permissions are called.

use std::collections::BTreeMap;

use serde::Deserialize;

use super::model::{self, Kind, NewClient};
use crate::access::Permission;
use crate::input::{Problem, Problems};
use crate::web::view::{Choice, Field, FieldError};

/// A new credential as the form sends it; each permission is a box of its own name.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub struct ClientForm {
    pub name: String,
    pub kind: String,
    pub once: String,
    #[serde(flatten)]
    pub boxes: BTreeMap<String, String>,
}

/// The form's button, which carries nothing but its once-key.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub struct RotateForm {
    pub once: String,
}

impl ClientForm {
    pub fn parse(&self) -> Result<NewClient, Problems> {
        let mut problems = Problems::default();
        let name = problems.check("name", model::name(&self.name));
        let kind = problems.check("kind", model::kind(&self.kind));
        let permissions = problems.check("permissions", self.permissions());
        match (name, kind, permissions) {
            (Some(name), Some(kind), Some(permissions)) => Ok(NewClient { kind, name, permissions }),
            _ => Err(problems),
        }
    }

    fn permissions(&self) -> Result<Vec<Permission>, Problem> {
        let mut ticked = Vec::new();
        for permission in Permission::ALL {
            match self.boxes.get(permission.as_str()).map(String::as_str) {
                None | Some("") => {}
                Some("true") => ticked.push(*permission),
                Some(_) => return Err(Problem::NotAChoice("Tick a permission or leave it.")),
            }
        }
        if ticked.is_empty() { Err(Problem::Missing("Tick at least one permission.")) } else { Ok(ticked) }
    }

    /// All fields in the order of the form, for the once-key.
    pub fn content(&self) -> String {
        let ticked = Permission::ALL.iter().filter(|permission| self.is_ticked(**permission));
        let ticked: Vec<&str> = ticked.map(|permission| permission.as_str()).collect();
        [self.name.as_str(), &self.kind, &ticked.join(" ")].join("\n")
    }

    fn is_ticked(&self, permission: Permission) -> bool {
        self.boxes.get(permission.as_str()).is_some_and(|sent| !sent.is_empty())
    }

    /// The name as the form holds it.
    pub fn name_field(&self, problems: &Problems) -> Field {
        let help = "What uses it, such as Billing sync. It stands in the history beside everything that it does.";
        Field::new("name", "Name").value(&self.name).help(help).max(100).error(problems.of("name"))
    }

    /// The two kinds.
    pub fn kinds(&self) -> Vec<Choice> {
        let choice = |kind: Kind, help| Choice::new(kind.as_str(), kind.word(), self.kind == kind.as_str()).help(help);
        vec![
            choice(Kind::Client, "An id and a secret, exchanged for tokens that last an hour (OAuth 2)."),
            choice(Kind::Key, "One secret, sent with every call in the header X-Api-Key."),
        ]
    }

    /// A box for each permission that is offered, ticked as it was sent.
    pub fn boxes(&self, offered: &[Permission]) -> Vec<(Field, bool)> {
        let one = |permission: &Permission| {
            let field = Field::new(permission.as_str(), words(*permission)).help(permission.as_str());
            (field, self.is_ticked(*permission))
        };
        offered.iter().map(one).collect()
    }
}

/// What a permission lets its holder do.
pub const fn words(permission: Permission) -> &'static str {
    match permission {
        Permission::ReadPartner => "See organisations, partner records and connections",
        Permission::WritePartner => "Change organisations, partner records and connections",
        Permission::ReadUser => "See people",
        Permission::WriteUser => "Change people",
        Permission::ReadInvitation => "See invitations",
        Permission::WriteInvitation => "Send and revoke invitations",
        Permission::ReadAudit => "Read the history",
        Permission::ManageApiClients => "Manage API credentials",
        Permission::ManageTenant => "Change the programme’s settings",
    }
}

/// Stored permissions in words.
pub fn told(permissions: &[String]) -> Vec<&'static str> {
    permissions.iter().filter_map(|word| Permission::parse(word)).map(words).collect()
}

/// The summary above a refused form.
pub fn summary(problems: &Problems) -> Vec<FieldError> {
    problems.sentences().map(|(field, message)| FieldError { field, message }).collect()
}
