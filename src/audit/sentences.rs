//! History in words that a person understands. The only place that turns verbs into sentences.

use chrono_tz::Tz;
use uuid::Uuid;

use super::model::{Change, Verb};
use super::queries::EventRow;
use crate::web::view::{self, HistoryDay, HistoryEntry};
use crate::web::{dates, paths};

/// Events, newest first, grouped by the reader's days.
pub fn days(rows: &[EventRow], zone: Tz, href: impl Fn(&EventRow) -> Option<String>) -> Vec<HistoryDay> {
    let mut days: Vec<HistoryDay> = Vec::new();
    for row in rows {
        let date = dates::date(row.at, zone);
        if days.last().is_none_or(|day| day.date != date) {
            days.push(HistoryDay { label: dates::long_day(row.at, zone), date, entries: Vec::new() });
        }
        if let Some(day) = days.last_mut() {
            day.entries.push(entry(row, zone, href(row)));
        }
    }
    days
}

/// Where staff find the object of an event.
pub fn staff_href(row: &EventRow, host: Uuid) -> Option<String> {
    let organisation = row.organisation_id.filter(|id| *id != host);
    match (row.object_kind.as_str(), organisation, row.object_id) {
        ("organisation", Some(organisation), _) => Some(paths::partner(organisation)),
        ("user", Some(organisation), Some(user)) => Some(paths::partner_page(organisation, &format!("users/{user}"))),
        ("user", None, Some(user)) => Some(format!("{}/{user}", paths::STAFF)),
        ("tenant", _, _) => Some(paths::PROFILE.into()),
        _ => None,
    }
}

fn entry(row: &EventRow, zone: Tz, href: Option<String>) -> HistoryEntry {
    let (icon, action, rest) = words(row);
    // Whoever signs in does it to themselves: one name is enough.
    let own = row.verb == Verb::SignInFirst;
    HistoryEntry {
        icon,
        actor: row.actor_name.clone(),
        action: action.into(),
        object: if own { String::new() } else { row.object_name.clone() },
        href: href.filter(|_| !own),
        rest,
        time: dates::time(row.at, zone),
        datetime: dates::machine(row.at),
        changes: changes(row).iter().map(changed).collect(),
    }
}

/// Icon, verb phrase and the end of the sentence.
fn words(row: &EventRow) -> (&'static str, &'static str, String) {
    let user = row.object_kind == "user";
    match row.verb {
        Verb::Create => ("plus", if user { "created the user" } else { "created" }, String::new()),
        Verb::Edit => ("pencil", "edited", String::new()),
        Verb::ChangeRole => ("key-round", "changed the role of", role_words(row)),
        Verb::Suspend => ("pause", "suspended", if user { "’s access".into() } else { String::new() }),
        Verb::Resume => ("play", "resumed", if user { "’s access".into() } else { String::new() }),
        Verb::Delete => ("trash-2", "moved", " to the bin".into()),
        Verb::Restore => ("undo-2", "restored", String::new()),
        Verb::Remove => ("trash-2", "removed", String::new()),
        Verb::ResetIdentity => ("shield-check", "let", " sign in with a new account".into()),
        Verb::RefuseIdentity => ("triangle-alert", "refused an unknown account for", String::new()),
        Verb::SignInFirst => ("log-in", "signed in for the first time", String::new()),
    }
}

fn role_words(row: &EventRow) -> String {
    changes(row)
        .iter()
        .find(|change| change.field == "role")
        .and_then(|change| change.to.as_deref())
        .map(|role| format!(" to {role}"))
        .unwrap_or_default()
}

fn changes(row: &EventRow) -> Vec<Change> {
    serde_json::from_value(row.changes.clone()).unwrap_or_default()
}

fn changed(change: &Change) -> view::Change {
    let label = match change.field.as_str() {
        "name" => "Name",
        "logo" => "Logo",
        "role" => "Role",
        "email" => "Email address",
        "zuora_account_id" => "Zuora account ID",
        "salesforce_account_id" => "Salesforce account ID",
        "invoice_owner" => "Zuora Invoice Owner",
        "code" => "Code",
        "country" => "Country",
        "time_zone" => "Time zone",
        "uses_salesforce" => "Uses Salesforce",
        other => other,
    };
    view::Change {
        field: label.into(),
        before: change.from.clone().unwrap_or_default(),
        after: change.to.clone().unwrap_or_default(),
    }
}
