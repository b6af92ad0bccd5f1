//! A mail in sentences: what each kind says, in the reader's language. Knows no headers and no markup.

use chrono_tz::Tz;

use super::Envelope;
use super::model::{Kind, Letter};
use super::retry::is_hidden;
use crate::config::BaseUrl;
use crate::words::{Language, moment};

/// Everything that a template may print. Kinds leave empty what they do not say.
#[derive(Debug, Clone, Default)]
pub struct Sheet {
    pub language: &'static str,
    pub organisation: String,
    pub subject: String,
    pub greeting: String,
    pub lead: String,
    pub offer: String,
    pub action: String,
    pub link: String,
    pub until: String,
    pub account: String,
    pub once: String,
    pub copy: String,
    pub real_title: String,
    pub real: String,
    pub stop_title: String,
    pub stop: String,
    pub stop_link: String,
    pub why: String,
    pub footer: String,
}

/// The names of a letter as they may be printed, and the language that they are printed in.
struct Speaker<'a> {
    language: Language,
    names: [(&'static str, String); 11],
    letter: &'a Letter,
}

impl Speaker<'_> {
    fn say(&self, sentence: &str) -> String {
        let names: Vec<_> = self.names.iter().map(|(name, value)| (*name, value.as_str())).collect();
        self.language.say_with(sentence, &names)
    }

    /// A sentence that differs between colleagues and companies.
    fn say_of(&self, sentence: &str) -> String {
        let kind = if self.letter.company.is_some() { "partner" } else { "colleague" };
        self.say(&format!("{sentence}-{kind}"))
    }
}

/// Puts a letter into sentences.
pub fn write(envelope: &Envelope<'_>, letter: &Letter, base_url: &BaseUrl) -> Sheet {
    let speaker = speaker(envelope, letter, base_url);
    let mut sheet = Sheet {
        language: envelope.language.as_str(),
        organisation: printable(&letter.organisation),
        copy: speaker.say("mail-copy"),
        footer: speaker.say("mail-footer"),
        ..Sheet::default()
    };
    match envelope.kind {
        Kind::Invitation => {
            sheet.subject = speaker.say_of("mail-subject");
            sheet.lead = speaker.say_of("mail-lead");
        }
        Kind::Reminder => {
            sheet.subject = speaker.say("mail-subject-reminder");
            sheet.lead = speaker.say_of("mail-lead-reminder");
            sheet.once = speaker.say("mail-once");
        }
        Kind::Accepted => {
            sheet.subject = speaker.say_of("mail-subject-accepted");
            sheet.lead = speaker.say_of("mail-lead-accepted");
            sheet.offer = speaker.say_of("mail-offer-accepted");
        }
        Kind::Declined => {
            sheet.subject = speaker.say_of("mail-subject-declined");
            sheet.lead = speaker.say_of("mail-lead-declined");
            sheet.offer = speaker.say("mail-offer-declined");
        }
    }
    match envelope.secret {
        Some(secret) => to_the_invited(&mut sheet, &speaker, &base_url.join(&format!("/invitations/{secret}"))),
        None => to_the_inviter(&mut sheet, &speaker, base_url.join("/")),
    }
    sheet
}

fn to_the_invited(sheet: &mut Sheet, speaker: &Speaker<'_>, link: &str) {
    sheet.greeting = speaker.say("mail-greeting");
    sheet.offer = speaker.say_of("mail-offer");
    sheet.action = speaker.say("mail-action-invitation");
    sheet.until = speaker.say("mail-until");
    sheet.account = speaker.say("mail-account");
    sheet.real_title = speaker.say("mail-real-title");
    sheet.real = speaker.say("mail-real");
    sheet.stop_title = speaker.say("mail-stop-title");
    sheet.stop = speaker.say("mail-stop");
    sheet.stop_link = format!("{link}/stop");
    link.clone_into(&mut sheet.link);
}

fn to_the_inviter(sheet: &mut Sheet, speaker: &Speaker<'_>, link: String) {
    sheet.greeting = speaker.say("mail-greeting-inviter");
    sheet.action = speaker.say("mail-action-portal");
    sheet.why = speaker.say("mail-why");
    sheet.link = link;
}

fn speaker<'a>(envelope: &Envelope<'_>, letter: &'a Letter, base_url: &BaseUrl) -> Speaker<'a> {
    let language = envelope.language;
    let zone: Tz = letter.time_zone.parse().unwrap_or(Tz::UTC);
    // A role that is not known has no sentence; its own word says enough.
    let role = letter.role.as_deref().map(|role| match crate::access::Role::parse(role) {
        Some(role) => language.say(&format!("mail-role-{}", role.as_str())),
        None => printable(role),
    });
    let own = if letter.organisation == letter.programme { "yes" } else { "no" };
    let person = letter.person.as_ref().unwrap_or(&letter.invited);
    let names = [
        ("own", own.to_owned()),
        ("programme", named(&letter.programme)),
        ("organisation", named(&letter.organisation)),
        ("inviter", named(&letter.inviter)),
        ("reply-to", printable(&letter.reply_to)),
        ("invited", printable(&letter.invited)),
        ("company", named(letter.company.as_deref().unwrap_or_default())),
        ("role", role.unwrap_or_default()),
        ("person", named(person)),
        ("host", base_url.authority().to_owned()),
        ("until", moment(language, letter.expires_at, zone)),
    ];
    Speaker { language, names, letter }
}

/// A name in a sentence. Somebody who goes by their address keeps it whole.
fn named(name: &str) -> String {
    let line = printable(name);
    if line.contains('@') { line } else { broken(&line) }
}

/// Between a dot and a letter, something that no address has and nobody sees: mail programs turn *evil.example* into a
/// link of their own.
fn broken(line: &str) -> String {
    let mut out = String::with_capacity(line.len() + 8);
    let mut letters = line.chars().peekable();
    while let Some(letter) = letters.next() {
        out.push(letter);
        if letter == '.' && letters.peek().is_some_and(|next| next.is_alphanumeric()) {
            out.push('\u{2060}');
        }
    }
    out
}

/// A name as it may stand in a mail: one line, nothing hidden, and nothing that a mail program takes for a link or
/// for an encoded word of a header.
pub fn printable(name: &str) -> String {
    let visible = name.chars().map(|c| if c.is_control() || is_hidden(c) { ' ' } else { c }).collect::<String>();
    let line = visible.split_whitespace().collect::<Vec<_>>().join(" ");
    line.replace("://", ": //").replace("=?", "= ?").replace("?=", "? =")
}
