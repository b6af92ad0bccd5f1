//! History in words that a person understands. The only place that turns verbs into sentences.

use chrono_tz::Tz;
use uuid::Uuid;

use super::model::{Change, Verb};
use super::queries::EventRow;
use crate::web::view::{self, HistoryDay, HistoryEntry};
use crate::web::{dates, paths};

/// Whose history is read: it decides where the things in it are found.
#[derive(Debug, Clone, Copy)]
pub enum Place {
    /// Everything, read by staff; the tenant's own organisation is `host`.
    Tenant { host: Uuid },
    /// One partner's, read by staff.
    Partner,
    /// A partner's, read by its own people.
    Own,
    /// That of one object, on its own page: nothing leads anywhere.
    Object,
}

impl Place {
    /// Where the object of an event is, if it surely is there. People lead to their list: whether one of them was
    /// removed since, or may be opened by this reader, is not known here.
    fn href(self, row: &EventRow) -> Option<String> {
        if row.verb == Verb::Remove {
            return None;
        }
        match (self, row.object_kind.as_str(), row.organisation_id) {
            (Self::Own, "user", _) => Some(paths::OWN_USERS.into()),
            (Self::Own, "organisation", _) => Some(paths::ORGANISATION.into()),
            (Self::Own, "invitation" | "batch", _) => Some(paths::OWN_INVITATIONS.into()),
            (Self::Own, "partner_record", _) => Some(paths::OWN_RECORDS.into()),
            (Self::Own, "connection", _) => Some(paths::OWN_CONNECTIONS.into()),
            (Self::Own, "api_client", _) => Some(paths::OWN_API_CLIENTS.into()),
            (Self::Tenant { host }, "user", Some(id)) if id == host => Some(paths::STAFF.into()),
            (Self::Tenant { .. }, "user", None) => Some(paths::STAFF.into()),
            (Self::Tenant { host }, "organisation", Some(id)) if id == host => Some(paths::PROFILE.into()),
            (Self::Tenant { .. } | Self::Partner, "user", Some(id)) => Some(paths::partner_page(id, "users")),
            (Self::Tenant { .. } | Self::Partner, "organisation", Some(id)) => Some(paths::partner(id)),
            (Self::Tenant { .. }, "tenant", _) => Some(paths::PROFILE.into()),
            (Self::Tenant { host }, kind, Some(id)) if id == host => of_host(kind).map(Into::into),
            (Self::Tenant { .. } | Self::Partner, kind, Some(id)) => {
                below_partner(kind).map(|page| paths::partner_page(id, page))
            }
            _ => None,
        }
    }

    /// Which partner a person belongs to, where that is not clear from the page.
    fn whereabouts(self, row: &EventRow) -> String {
        match (self, &row.organisation_name) {
            (Self::Tenant { host }, Some(name))
                if row.object_kind != "organisation" && row.organisation_id != Some(host) =>
            {
                format!(" at {name}")
            }
            _ => String::new(),
        }
    }
}

/// The host's own list of a kind of thing.
fn of_host(kind: &str) -> Option<&'static str> {
    match kind {
        "invitation" | "batch" => Some(paths::INVITATIONS),
        "partner_record" => Some(paths::RECORDS),
        "connection" => Some(paths::CONNECTIONS),
        "api_client" => Some(paths::API_CLIENTS),
        _ => None,
    }
}

/// A partner's list of a kind of thing.
fn below_partner(kind: &str) -> Option<&'static str> {
    match kind {
        "invitation" | "batch" => Some("invitations"),
        "partner_record" => Some("partners"),
        "connection" => Some("connections"),
        "api_client" => Some("api"),
        _ => None,
    }
}

/// Events, newest first, grouped by the days of `zone`.
pub fn days(rows: &[EventRow], zone: Tz, place: Place) -> Vec<HistoryDay> {
    let mut days: Vec<HistoryDay> = Vec::new();
    for row in rows {
        let date = dates::date(row.at, zone);
        if days.last().is_none_or(|day| day.date != date) {
            days.push(HistoryDay { label: dates::long_day(row.at, zone), date, entries: Vec::new() });
        }
        if let Some(day) = days.last_mut() {
            day.entries.push(entry(row, zone, place));
        }
    }
    days
}

fn entry(row: &EventRow, zone: Tz, place: Place) -> HistoryEntry {
    let changes = changes(row);
    let Words { icon, action, object, rest } = edited(row, &changes).unwrap_or_else(|| words(row, &changes));
    // A new name is in the sentence already.
    let told = action == "renamed";
    let folded: Vec<_> = if told { Vec::new() } else { changes.iter().map(changed).collect() };
    HistoryEntry {
        icon,
        actor: row.actor_name.clone(),
        action: action.into(),
        href: place.href(row).filter(|_| !object.is_empty()),
        object,
        rest: rest + &place.whereabouts(row),
        time: dates::time(row.at, zone),
        datetime: dates::machine(row.at),
        summary: folded.iter().map(|change| change.field.as_str()).collect::<Vec<_>>().join(", "),
        changes: folded,
        creation: matches!(row.verb, Verb::Create | Verb::Invite | Verb::Join),
    }
}

/// A sentence in pieces: who did it stands before, the fields that changed come after.
struct Words {
    icon: &'static str,
    action: &'static str,
    object: String,
    rest: String,
}

/// An edit of one field that has a verb of its own.
fn edited(row: &EventRow, changes: &[Change]) -> Option<Words> {
    let [Change { field, from, to }] = changes else { return None };
    if row.verb != Verb::Edit {
        return None;
    }
    let (action, object, rest) = match (field.as_str(), from, to) {
        ("name", Some(from), Some(to)) => ("renamed", from.clone(), format!(" to {to}")),
        ("shop_access", _, Some(to)) => (turned(to), "Shop".into(), format!(" for {}", row.object_name)),
        ("self_service_access", _, Some(to)) => {
            (turned(to), "Self-Service".into(), format!(" for {}", row.object_name))
        }
        ("logo", _, _) => ("changed the logo of", row.object_name.clone(), String::new()),
        _ => return None,
    };
    Some(Words { icon: "pencil", action, object, rest })
}

fn turned(to: &str) -> &'static str {
    if to == "on" { "turned on" } else { "turned off" }
}

/// Icon, verb phrase, object and the end of the sentence.
fn words(row: &EventRow, changes: &[Change]) -> Words {
    let user = row.object_kind == "user";
    let machine = row.object_kind == "api_client";
    let (icon, action, rest) = match row.verb {
        Verb::Create if machine => ("key-round", "created the API credential", String::new()),
        Verb::Revoke if machine => ("x", "revoked the API credential", String::new()),
        Verb::Create => ("plus", if user { "created the user" } else { "created" }, String::new()),
        Verb::Edit => ("pencil", "edited", String::new()),
        Verb::ChangeRole => ("key-round", "changed the role of", role_words(changes)),
        Verb::Suspend => ("pause", "suspended", if user { "’s access".into() } else { String::new() }),
        Verb::Resume => ("play", "resumed", if user { "’s access".into() } else { String::new() }),
        Verb::Delete => ("trash-2", "moved", " to the bin".into()),
        Verb::Restore if row.object_kind == "tenant" => {
            ("undo-2", "noticed that", " was restored from a backup".into())
        }
        Verb::Restore => ("undo-2", "restored", String::new()),
        Verb::Remove => ("trash-2", "removed", String::new()),
        Verb::ResetIdentity => ("shield-check", "let", " sign in with a new account".into()),
        Verb::RefuseIdentity => ("triangle-alert", "refused an unknown account for", String::new()),
        Verb::SignInFirst => ("log-in", "signed in for the first time", String::new()),
        verb => network(verb, changes),
    };
    // Whoever signs in or joins does it to themselves: one name is enough.
    let object =
        if matches!(row.verb, Verb::SignInFirst | Verb::Join) { String::new() } else { row.object_name.clone() };
    Words { icon, action, object, rest }
}

/// The sentences of invitations and connections.
fn network(verb: Verb, changes: &[Change]) -> (&'static str, &'static str, String) {
    match verb {
        Verb::Invite => ("mail", "invited", invited_words(changes)),
        Verb::InviteMany => ("mail", "invited", String::new()),
        Verb::UndoBatch => ("undo-2", "took back the invitations of", String::new()),
        Verb::Resend => ("mail", "sent a new link to", String::new()),
        Verb::CorrectAddress => ("pencil", "corrected the address of the invitation for", String::new()),
        Verb::Revoke => ("x", "revoked the invitation for", String::new()),
        Verb::Reinstate => ("undo-2", "took back the revocation of the invitation for", String::new()),
        Verb::AskFreshLink => ("mail", "sent a fresh link, as asked for on its page, to", String::new()),
        Verb::Accept => ("check", "accepted the invitation for", String::new()),
        Verb::Decline => ("x", "declined the invitation for", String::new()),
        Verb::StopMail => ("x", "stopped mail to", " by the link in it".into()),
        Verb::AllowMail => ("check", "allowed mail again to", String::new()),
        Verb::Join => ("log-in", "joined by invitation", role_words(changes).replace(" to ", " as ")),
        Verb::Connect => ("globe", "connected with", String::new()),
        Verb::Grant if changes.iter().any(|change| change.field == "grants_received") => {
            ("key-round", "changed what may be done with the records of", String::new())
        }
        Verb::Grant => ("key-round", "changed what may be done by", String::new()),
        Verb::Rotate => ("key-round", "gave a second secret to", String::new()),
        Verb::EndSecret => ("key-round", "ended the older secret of", String::new()),
        Verb::Disconnect => ("x", "ended the connection with", String::new()),
        _ => ("", "changed", String::new()),
    }
}

fn invited_words(changes: &[Change]) -> String {
    let role = changes.iter().find(|change| change.field == "role").and_then(|change| change.to.as_deref());
    role.map(|role| format!(" as {role}")).unwrap_or_default()
}

fn role_words(changes: &[Change]) -> String {
    changes
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
        "customer_count" => "Customers",
        "properties" => "Properties",
        "uses_salesforce" => "Uses Salesforce",
        "shop_access" => "Shop",
        "self_service_access" => "Self-Service",
        "shop_url" => "Address of Shop",
        "self_service_url" => "Address of Self-Service",
        "company_name" => "Company name",
        "partner_type" => "Type",
        "sales_amount" => "Sales a year",
        "frequency" => "Frequency",
        "payment_terms" => "Payment terms",
        "kind" => "Kind",
        "permissions" => "Permissions",
        "grants" => "What they may do",
        "grants_received" => "What we may do",
        other => other,
    };
    view::Change {
        field: label.into(),
        before: change.from.clone().unwrap_or_default(),
        after: change.to.clone().unwrap_or_default(),
    }
}
