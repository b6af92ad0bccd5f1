//! The forms of organisations: raw text in, typed input or problems by field out.

use serde::Deserialize;

use super::model::{Appearance, Details, InvoiceOwner, salesforce_account_id, zuora_account_id};
use crate::input::{self, Problem, Problems};
use crate::web::view::{Choice, Field, FieldError};

/// Partners that the page takes at once: one transaction, and a list that somebody can read.
pub const IMPORTED_AT_MOST: usize = 1_000;

/// *Create Partner* (seed 001).
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub struct CreateForm {
    pub name: String,
    pub logo: String,
    pub zuora_account_id: String,
    pub salesforce_account_id: String,
    pub invoice_owner: String,
    /// The form's key, see `web/once.rs`.
    pub once: String,
}

impl CreateForm {
    /// The typed input; `salesforce` says whether the tenant uses it (S1-09).
    pub fn parse(&self, salesforce: bool) -> Result<Details, Problems> {
        let mut problems = Problems::default();
        let name = problems.check("name", input::organisation_name(&self.name));
        let logo_url = problems.check("logo", input::https_url(&self.logo));
        let zuora = problems.check("zuora_account_id", zuora_account_id(&self.zuora_account_id));
        let salesforce =
            problems.check("salesforce_account_id", salesforce_account_id(&self.salesforce_account_id, salesforce));
        let owner = problems.check("invoice_owner", invoice_owner(&self.invoice_owner));
        match (name, logo_url, zuora, salesforce, owner) {
            (Some(name), Some(logo_url), Some(zuora_account_id), Some(salesforce_account_id), Some(invoice_owner)) => {
                let (zuora_account_id, invoice_owner) = (Some(zuora_account_id), Some(invoice_owner));
                let rest = Details::default();
                Ok(Details { name, logo_url, zuora_account_id, invoice_owner, salesforce_account_id, ..rest })
            }
            _ => Err(problems),
        }
    }
}

fn invoice_owner(raw: &str) -> Result<InvoiceOwner, Problem> {
    InvoiceOwner::parse(raw).ok_or(Problem::NotAChoice("Choose who owns the invoices in Zuora."))
}

/// *Import*: a file's text, looked at first and sent then.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub struct ImportForm {
    pub file: String,
    /// `true` once every row was seen.
    pub confirm: String,
    pub once: String,
}

pub fn file_field(value: &str, problems: &Problems) -> Field {
    Field::new("file", "Partners")
        .value(value)
        .help(format!(
            "Copy the rows in your spreadsheet, with the line of headings, and paste them here. Or paste a CSV file. At \
             most {} partners at a time. Nothing is created before you have seen every row.",
            crate::web::numbers::grouped(IMPORTED_AT_MOST as u64)
        ))
        .error(problems.of("file"))
}

/// The pencil: name and logo (S1-21). Other fields, forged or not, are not in it and change nothing (S1-22).
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub struct EditForm {
    pub name: String,
    pub logo: String,
    pub version: String,
}

impl EditForm {
    pub fn parse(&self) -> Result<Appearance, Problems> {
        let mut problems = Problems::default();
        let name = problems.check("name", input::organisation_name(&self.name));
        let logo_url = problems.check("logo", input::https_url(&self.logo));
        match (name, logo_url) {
            (Some(name), Some(logo_url)) => Ok(Appearance { name, logo_url }),
            _ => Err(problems),
        }
    }
}

/// The summary above a refused form.
pub fn summary(problems: &Problems) -> Vec<FieldError> {
    problems.sentences().map(|(field, message)| FieldError { field, message }).collect()
}

pub fn name_field(value: &str, problems: &Problems) -> Field {
    Field::new("name", "Partner organisation name")
        .value(value)
        .max(100)
        .autocomplete("organization")
        .error(problems.of("name"))
}

pub fn logo_field(value: &str, problems: &Problems) -> Field {
    Field::new("logo", "Logo (URL)")
        .value(value)
        .kind("url")
        .optional()
        .max(2_048)
        .help("A square picture at an https:// address.")
        .error(problems.of("logo"))
}

pub fn zuora_field(value: &str, problems: &Problems) -> Field {
    Field::new("zuora_account_id", "Zuora account ID")
        .value(value)
        .max(64)
        .help("You find it in Zuora under Customers.")
        .error(problems.of("zuora_account_id"))
}

pub fn salesforce_field(value: &str, required: bool, problems: &Problems) -> Field {
    let field = Field::new("salesforce_account_id", "Salesforce account ID")
        .value(value)
        .max(64)
        .error(problems.of("salesforce_account_id"));
    if required { field } else { field.optional() }
}

pub fn owner_field(problems: &Problems) -> Field {
    Field::new("invoice_owner", "Zuora Invoice Owner").error(problems.of("invoice_owner"))
}

pub fn owner_choices(chosen: &str) -> Vec<Choice> {
    let help = |owner| match owner {
        InvoiceOwner::Partner => "Invoices of new subscriptions go to this organisation's Zuora account.",
        InvoiceOwner::EndCustomer => "Invoices of new subscriptions go to the customer's own Zuora account.",
    };
    let choice =
        |owner: &InvoiceOwner| Choice::new(owner.as_str(), owner.word(), chosen == owner.as_str()).help(help(*owner));
    InvoiceOwner::ALL.iter().map(choice).collect()
}
