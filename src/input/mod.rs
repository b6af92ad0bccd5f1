//! What people and machines may type: the rules for single fields, shared by every form and every API.
//!
//! Owns each field's limits (security.md §4) and the words for breaking them. Knows no form, no page, no table.
//! Rules return kinds, so that a test and an API can name them; [`Problem::words`] is the one place with sentences.

mod rules;
mod slips;

pub use rules::{
    COUNTRIES, MOST_SALES, application_url, code, company_name, country, credential_name, https_url, name_key,
    optional, organisation_name, person_name, plain, programme_name, sales_amount, search, short_text, time_zone,
};
pub use slips::slips;

/// What is wrong with one value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Problem {
    /// Nothing was typed; what to do instead.
    Missing(&'static str),
    /// Longer than this many characters.
    TooLong(usize),
    /// Control, bidirectional or invisible characters.
    Unprintable,
    /// An address inside a name: a way to send phishing through our pages and mails.
    HoldsLink,
    NotAnAddress,
    NotHttps,
    NotACode,
    NotACountry,
    NotATimeZone,
    NotAnEmail,
    NotAWholeNumber,
    /// More than this.
    TooMuch(i32),
    /// None of the choices offered.
    NotAChoice(&'static str),
    /// Somebody else has it; the whole sentence.
    Taken(String),
    /// The rules for roles forbid it; the whole sentence.
    NotAllowed(&'static str),
}

impl Problem {
    /// How to mend it, as a sentence.
    pub fn words(&self) -> String {
        match self {
            Self::Missing(sentence) | Self::NotAChoice(sentence) | Self::NotAllowed(sentence) => (*sentence).into(),
            Self::TooLong(most) => format!("Use {most} characters or fewer."),
            Self::Unprintable => "Remove the invisible or control characters; retyping the text helps.".into(),
            Self::HoldsLink => "Leave out web addresses: a name is only a name.".into(),
            Self::NotAnAddress => "Enter a whole web address, such as https://example.com/logo.png.".into(),
            Self::NotHttps => "Enter an address that begins with https:// and names a public site.".into(),
            Self::NotACode => "Use letters, digits, hyphens and underscores, 32 at most.".into(),
            Self::NotACountry => "Enter the two letters of a country, such as DE or BR.".into(),
            Self::NotATimeZone => "Enter a time zone by its full name, such as Europe/Rome.".into(),
            Self::NotAnEmail => "Enter one email address, such as ana@example.com.".into(),
            Self::NotAWholeNumber => "Enter a whole number, 0 or more, in digits only, such as 1250000.".into(),
            Self::TooMuch(most) => format!("Enter {most} or less."),
            Self::Taken(sentence) => sentence.clone(),
        }
    }

    /// A stable word for machines and tests.
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Missing(_) => "required",
            Self::TooLong(_) => "too_long",
            Self::Unprintable => "unprintable",
            Self::HoldsLink => "holds_link",
            Self::NotAnAddress | Self::NotHttps => "not_a_url",
            Self::NotACode => "not_a_code",
            Self::NotACountry => "not_a_country",
            Self::NotATimeZone => "not_a_time_zone",
            Self::NotAnEmail => "not_an_email",
            Self::NotAWholeNumber => "not_a_whole_number",
            Self::TooMuch(_) => "too_much",
            Self::NotAChoice(_) => "not_a_choice",
            Self::Taken(_) => "taken",
            Self::NotAllowed(_) => "not_allowed",
        }
    }
}

/// Problems by field, in the order of the form.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Problems(Vec<(&'static str, Problem)>);

impl Problems {
    /// A single problem.
    pub fn one(field: &'static str, problem: Problem) -> Self {
        Self(vec![(field, problem)])
    }

    /// The value, or None with its problem noted under `field`.
    pub fn check<T>(&mut self, field: &'static str, value: Result<T, Problem>) -> Option<T> {
        value.map_err(|problem| self.0.push((field, problem))).ok()
    }

    /// Every problem with its field.
    pub fn iter(&self) -> impl Iterator<Item = (&'static str, &Problem)> {
        self.0.iter().map(|(field, problem)| (*field, problem))
    }

    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The sentence for a field, if it has a problem.
    pub fn of(&self, field: &str) -> Option<String> {
        self.0.iter().find(|(name, _)| *name == field).map(|(_, problem)| problem.words())
    }

    /// Field and sentence of each, in order.
    pub fn sentences(&self) -> impl Iterator<Item = (&'static str, String)> {
        self.0.iter().map(|(field, problem)| (*field, problem.words()))
    }
}

/// Characters of what somebody typed that are shown back.
const SHOWN: usize = 100;

/// What somebody typed in place of an address or a word: cut short, and nothing in it turns the line around.
pub fn shown(text: &str) -> String {
    let turns = |c: char| c.is_control() || matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}');
    let cut: String = text.chars().take(SHOWN).map(|c| if turns(c) { '\u{fffd}' } else { c }).collect();
    if text.chars().count() > SHOWN { cut + "…" } else { cut }
}
