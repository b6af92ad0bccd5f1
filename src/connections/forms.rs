//! The form of a connection: raw text in, typed input or problems by field out.

use serde::Deserialize;

use super::model::Allowance;
use crate::input::{Problem, Problems};
use crate::web::view::{Field, FieldError};

/// What one's own organisation lets the other do: a box for each allowance.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub struct GrantsForm {
    pub read: String,
    pub write: String,
    pub version: String,
}

impl GrantsForm {
    /// The form as it stands for these grants.
    pub fn of(grants: &[Allowance]) -> Self {
        let ticked = |what| if grants.contains(&what) { "true".into() } else { String::new() };
        Self { read: ticked(Allowance::Read), write: ticked(Allowance::Write), version: String::new() }
    }

    pub fn parse(&self) -> Result<Vec<Allowance>, Problems> {
        let mut problems = Problems::default();
        let mut grants = Vec::new();
        for what in Allowance::ALL {
            if problems.check(name(*what), ticked(self.raw(*what))) == Some(true) {
                grants.push(*what);
            }
        }
        if problems.is_empty() { Ok(grants) } else { Err(problems) }
    }

    fn raw(&self, what: Allowance) -> &str {
        match what {
            Allowance::Read => &self.read,
            Allowance::Write => &self.write,
        }
    }

    /// The boxes, ticked as they were sent.
    pub fn boxes(&self, problems: &Problems) -> Vec<(Field, bool)> {
        let one = |what: &Allowance| {
            let field = Field::new(name(*what), what.words()).error(problems.of(name(*what)));
            (field, !self.raw(*what).is_empty())
        };
        Allowance::ALL.iter().map(one).collect()
    }
}

const fn name(what: Allowance) -> &'static str {
    match what {
        Allowance::Read => "read",
        Allowance::Write => "write",
    }
}

fn ticked(raw: &str) -> Result<bool, Problem> {
    match raw {
        "" => Ok(false),
        "true" => Ok(true),
        _ => Err(Problem::NotAChoice("Tick this or leave it.")),
    }
}

/// The summary above a refused form.
pub fn summary(problems: &Problems) -> Vec<FieldError> {
    problems.sentences().map(|(field, message)| FieldError { field, message }).collect()
}
