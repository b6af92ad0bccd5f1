//! The rules for the single fields of invitations, for forms and APIs alike. No database, no pages.

use super::bulk::ROWS_AT_MOST;
use super::model::{LIFETIME_DAYS, LIFETIMES};
use super::sheet;
use crate::access::{EmailAddress, OrganisationKind, Role};
use crate::input::{self, Problem};
use crate::words::Language;

/// The name of a company to invite.
pub fn company(raw: &str) -> Result<String, Problem> {
    input::organisation_name(raw).map_err(|problem| match problem {
        Problem::Missing(_) => Problem::Missing("Enter the company's name."),
        other => other,
    })
}

/// One address to invite.
pub fn email(raw: &str) -> Result<EmailAddress, Problem> {
    if raw.trim().is_empty() {
        return Err(Problem::Missing("Enter the email address to send the invitation to."));
    }
    EmailAddress::parse(raw).map_err(|_| Problem::NotAnEmail)
}

/// A role of this kind of organisation; one that is not sent is the lowest.
pub fn role(raw: &str, kind: OrganisationKind) -> Result<Role, Problem> {
    let lowest = Role::of(kind).last().copied();
    let chosen = if raw.is_empty() { lowest } else { Role::parse(raw) };
    chosen.filter(|role| Role::of(kind).contains(role)).ok_or(Problem::NotAChoice("Choose what this person may do."))
}

/// As [`role`], one that whoever has `own` may give.
pub fn role_to_give(raw: &str, kind: OrganisationKind, own: Role) -> Result<Role, Problem> {
    let refusal = Problem::NotAllowed("Choose one of the roles that you may give.");
    role(raw, kind).and_then(|role| if own.stands_at_or_above(role) { Ok(role) } else { Err(refusal) })
}

/// The language of the mail; English when none is sent.
pub fn language(raw: &str) -> Result<Language, Problem> {
    let raw = if raw.is_empty() { Language::default().as_str() } else { raw };
    Language::parse(raw).ok_or(Problem::NotAChoice("Choose one of the languages."))
}

/// How long it is open, in days; seven when nothing is sent.
pub fn lifetime(raw: &str) -> Result<i16, Problem> {
    let raw = raw.trim();
    let days = if raw.is_empty() { Some(LIFETIME_DAYS) } else { raw.parse().ok() };
    let plain = raw.chars().all(|c| c.is_ascii_digit());
    days.filter(|days| plain && LIFETIMES.contains(days))
        .ok_or(Problem::NotAChoice("Enter a number of days from 1 to 30."))
}

/// A list of people, as the sheet takes it apart.
pub fn list(raw: &str) -> Result<sheet::Sheet, Problem> {
    let list = sheet::read(raw);
    number_of_rows(list.entries.len()).map(|()| list)
}

/// How many people one list may hold.
pub fn number_of_rows(number: usize) -> Result<(), Problem> {
    match number {
        0 => Err(Problem::Missing("Enter the email addresses to send invitations to.")),
        number if number > ROWS_AT_MOST => Err(Problem::Taken(format!(
            "The list has {number} entries. Send {ROWS_AT_MOST} at a time, and the others in a list of their own."
        ))),
        _ => Ok(()),
    }
}
