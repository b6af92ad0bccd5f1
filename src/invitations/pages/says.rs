//! The sentences of an invitation's page, put together in its language. Decides nothing.

use super::super::acceptance::Bearer;
use super::super::model::Standing;
use super::super::sight::Sight;
use super::visit::{Asked, Decision, Opened, Term, moment, settled_at};
use crate::input::Problems;
use crate::web::dates;
use crate::words::Language;

/// Title, heading and first sentence.
pub struct Saying {
    pub title: String,
    pub heading: String,
    pub lead: String,
}

/// What to say about an invitation as it is now.
pub fn of(opened: &Opened, sight: Sight) -> Saying {
    match sight {
        Sight::Open => invitation(opened),
        Sight::WrongPerson => Saying { title: say(opened, "wrong-title"), ..plain(opened, "wrong") },
        Sight::Unverified => Saying { title: say(opened, "unverified-title"), ..plain(opened, "unverified") },
        Sight::Replaced => plain(opened, "replaced"),
        Sight::Moved => plain(opened, "moved"),
        Sight::InviterGone => plain(opened, "inviter-gone"),
        Sight::HostClosed => plain(opened, "host-closed"),
        Sight::Member => plain(opened, "member"),
        Sight::NotManager => plain(opened, "not-manager"),
        Sight::Settled(standing) => plain(
            opened,
            match standing {
                Standing::Accepted => "accepted",
                Standing::Declined => "declined",
                Standing::Revoked => "revoked",
                Standing::Superseded => "superseded",
                Standing::Expired | Standing::Waiting => "expired",
            },
        ),
    }
}

fn invitation(opened: &Opened) -> Saying {
    let kind = if opened.seen.invitation.role.is_some() { "colleague" } else { "partner" };
    let sentence = |part: &str| say(opened, &format!("{kind}-{part}"));
    Saying { title: sentence("title"), heading: sentence("heading"), lead: sentence("lead") }
}

fn plain(opened: &Opened, name: &str) -> Saying {
    let heading = say(opened, &format!("{name}-heading"));
    Saying { title: heading.clone(), heading, lead: say(opened, &format!("{name}-lead")) }
}

/// One sentence with whatever of the invitation it names.
pub fn say(opened: &Opened, sentence: &str) -> String {
    let (seen, language) = (&opened.seen, opened.language);
    let invitation = &seen.invitation;
    let role = invitation.role.map(|role| language.say(&format!("role-{}", role.as_str()))).unwrap_or_default();
    let date = moment(
        opened,
        match sentence {
            "expired-lead" => invitation.expires_at,
            "replaced-lead" => invitation.last_sent_at,
            _ => settled_at(invitation),
        },
    );
    // Where a user stands in the way, it is their organisation that is named.
    let organisation = match (&seen.holder, sentence.split('-').next()) {
        (Some(holder), Some("member" | "not")) => &holder.organisation_name,
        _ => &seen.host.name,
    };
    language.say_with(
        sentence,
        &[
            ("organisation", organisation),
            ("programme", &seen.host.programme),
            ("inviter", &seen.inviter.name),
            ("company", invitation.company_name.as_deref().unwrap_or_default()),
            ("role", &role),
            ("invited", &invitation.email),
            ("email", seen.bearer.email().unwrap_or(&invitation.email)),
            ("date", &date),
        ],
    )
}

/// What is offered, line by line.
pub fn terms(opened: &Opened) -> Vec<Term> {
    let (seen, language) = (&opened.seen, opened.language);
    let invitation = &seen.invitation;
    let term = |label: &str, value: String| Term { label: language.say(label), value, datetime: String::new() };
    let mut terms = vec![term("term-for", invitation.email.clone())];
    terms.push(term("term-from", format!("{}, {} ({})", seen.inviter.name, seen.host.name, seen.inviter.email)));
    let shared = match (invitation.role, &invitation.company_name) {
        (Some(role), _) => {
            terms.push(term("term-as", language.say(&format!("role-{}", role.as_str()))));
            "shared-colleague"
        }
        (None, company) => {
            terms.push(term("term-company", company.clone().unwrap_or_default()));
            "shared-partner"
        }
    };
    let until = term("term-until", moment(opened, invitation.expires_at));
    terms.push(Term { datetime: dates::machine(invitation.expires_at), ..until });
    terms.push(term("term-shared", say(opened, shared)));
    terms
}

/// Who is signed in, or has to.
pub fn note(opened: &Opened) -> String {
    say(opened, if opened.seen.is_recognised() { "signed-in-as" } else { "sign-in-first" })
}

/// The form with its two buttons; what is asked depends on who stands before it.
pub fn decision(opened: &Opened, here: &str, problems: &Problems) -> Decision {
    let language = opened.language;
    let (path, lang) = here.split_once('?').map_or((here, String::new()), |(path, lang)| (path, format!("?{lang}")));
    Decision {
        accept: language.say("accept"),
        accept_to: format!("{path}/acceptance{lang}"),
        decline: language.say("decline"),
        decline_to: format!("{path}/refusal{lang}"),
        fields: fields(opened, problems),
        error_word: language.say("error"),
        error_title: language.say("error-summary"),
    }
}

/// What is wrong with a field, in the page's language.
fn wrong(language: Language, field: &str, problems: &Problems) -> Option<String> {
    let (_, problem) = problems.iter().find(|(name, _)| *name == field)?;
    Some(language.say(match (problem.code(), field) {
        ("required", "company") => "company-missing",
        ("required", _) => "name-missing",
        ("too_long", _) => "name-too-long",
        ("holds_link", _) => "name-holds-link",
        ("taken", _) => "company-taken",
        _ => "name-unprintable",
    }))
}

/// Only a new user is asked for a name, only a new organisation for its own.
fn fields(opened: &Opened, problems: &Problems) -> Vec<Asked> {
    let (seen, language) = (&opened.seen, opened.language);
    if seen.holder.is_some() || !matches!(seen.bearer, Bearer::Proven(_)) {
        return Vec::new();
    }
    let name = Asked {
        name: "name",
        label: language.say("your-name"),
        value: seen.person(),
        error: wrong(language, "name", problems),
        autocomplete: "name",
        ..Asked::default()
    };
    let company = seen.invitation.company_name.as_ref().map(|company| Asked {
        name: "company",
        label: language.say("your-company"),
        help: language.say("your-company-help"),
        value: company.clone(),
        error: wrong(language, "company", problems),
        autocomplete: "organization",
    });
    company.into_iter().chain([name]).collect()
}
