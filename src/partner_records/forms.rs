//! The form of a partner record: raw text in, typed input or problems by field out.

use serde::Deserialize;

use super::model::{
    self, LONGEST_EMAIL, LONGEST_FREQUENCY, LONGEST_NAME, LONGEST_TERMS, NewRecord, PartnerType, Record,
};
use crate::input::{self, Problems};
use crate::web::view::{Choice, Field, FieldError};

/// One form creates and edits; `once` belongs to the former, `version` to the latter.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub struct RecordForm {
    pub company_name: String,
    pub partner_type: String,
    pub email: String,
    pub sales_amount: String,
    pub frequency: String,
    pub payment_terms: String,
    pub once: String,
    pub version: String,
}

impl RecordForm {
    /// The form of a record as it is.
    pub fn of(record: &Record) -> Self {
        Self {
            company_name: record.company_name.clone(),
            partner_type: record.partner_type.as_str().into(),
            email: record.email.clone(),
            sales_amount: record.sales_amount.to_string(),
            frequency: record.frequency.clone(),
            payment_terms: record.payment_terms.clone(),
            once: String::new(),
            version: record.version.to_string(),
        }
    }

    pub fn parse(&self) -> Result<NewRecord, Problems> {
        let mut problems = Problems::default();
        let company_name = problems.check("company_name", input::company_name(&self.company_name));
        let partner_type = problems.check("partner_type", model::partner_type(&self.partner_type));
        let email = problems.check("email", model::email(&self.email));
        let sales_amount = problems.check("sales_amount", input::sales_amount(&self.sales_amount));
        let frequency = problems.check("frequency", model::frequency(&self.frequency));
        let payment_terms = problems.check("payment_terms", model::payment_terms(&self.payment_terms));
        match (company_name, partner_type, email, sales_amount, frequency, payment_terms) {
            (
                Some(company_name),
                Some(partner_type),
                Some(email),
                Some(sales_amount),
                Some(frequency),
                Some(payment_terms),
            ) => Ok(NewRecord { company_name, partner_type, email, sales_amount, frequency, payment_terms }),
            _ => Err(problems),
        }
    }

    /// What the form holds, for its key.
    pub fn content(&self) -> String {
        [&self.company_name, &self.partner_type, &self.email, &self.sales_amount, &self.frequency, &self.payment_terms]
            .map(String::as_str)
            .join("\n")
    }
}

/// The controls of the form.
pub struct Controls {
    pub company_name: Field,
    pub partner_type: Field,
    pub types: Vec<Choice>,
    pub email: Field,
    pub sales_amount: Field,
    pub frequency: Field,
    pub frequencies: Vec<Choice>,
    pub payment_terms: Field,
    pub terms: Vec<Choice>,
}

/// Offered, not prescribed.
const FREQUENCIES: [&str; 5] = ["weekly", "monthly", "quarterly", "twice a year", "yearly"];
const TERMS: [&str; 5] = ["in advance", "on receipt", "14 days net", "30 days net", "60 days net"];

impl Controls {
    pub fn of(typed: &RecordForm, problems: &Problems) -> Self {
        let field = |name, label, value: &str| Field::new(name, label).value(value).error(problems.of(name));
        let suggested = |words: &[&str]| words.iter().map(|word| Choice::new(*word, *word, false)).collect();
        let each = PartnerType::ALL
            .iter()
            .map(|one| Choice::new(one.as_str(), one.word(), one.as_str() == typed.partner_type))
            .collect();
        Self {
            company_name: field("company_name", "Company name", &typed.company_name).max(LONGEST_NAME),
            partner_type: field("partner_type", "Type", &typed.partner_type),
            types: each,
            email: field("email", "Email address", &typed.email)
                .kind("email")
                .max(LONGEST_EMAIL)
                .help("Where you reach the company. An invitation goes to this address."),
            sales_amount: field("sales_amount", "Sales a year", &typed.sales_amount)
                .help("A whole number in digits only, such as 1250000, in the currency that you count in."),
            frequency: field("frequency", "Frequency", &typed.frequency)
                .max(LONGEST_FREQUENCY)
                .help("How often you do business, in 30 characters."),
            frequencies: suggested(&FREQUENCIES),
            payment_terms: field("payment_terms", "Payment terms", &typed.payment_terms)
                .max(LONGEST_TERMS)
                .help("When invoices are paid, in 50 characters."),
            terms: suggested(&TERMS),
        }
    }
}

/// The summary above a refused form.
pub fn summary(problems: &Problems) -> Vec<FieldError> {
    problems.sentences().map(|(field, message)| FieldError { field, message }).collect()
}
