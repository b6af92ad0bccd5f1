//! From a letter to the bytes of a mail: both parts, and the headers around them.
//!
//! Every copy of a mail is the same mail: date, Message-ID and boundary come from its row.

use std::time::SystemTime;

use askama::Template;
use chrono::{DateTime, Utc};
use lettre::message::header::{ContentType, HeaderName, HeaderValue};
use lettre::message::{Mailbox, MultiPart, SinglePart};
use uuid::Uuid;

use super::model::{Kind, Letter};
use super::sender::Sender;
use super::sheet::{self, Sheet, printable};
use super::transport::Message;
use crate::config::BaseUrl;
use crate::words::Language;

/// What the outbox knows of a mail beside its letter.
pub struct Envelope<'a> {
    pub id: Uuid,
    pub kind: Kind,
    pub generation: i32,
    pub to: &'a str,
    pub language: Language,
    pub created_at: DateTime<Utc>,
    /// Of the invitation's link; None in answers to the inviter.
    pub secret: Option<&'a str>,
}

/// A template that prints a sheet.
macro_rules! page {
    ($name:ident, $path:tt) => {
        #[derive(Template)]
        #[template(path = $path)]
        struct $name<'a> {
            sheet: &'a Sheet,
        }
    };
}

page!(InvitationHtml, "mail/invitation.html");
page!(InvitationText, "mail/invitation.txt");
page!(ReminderHtml, "mail/reminder.html");
page!(ReminderText, "mail/reminder.txt");
page!(AcceptedHtml, "mail/accepted.html");
page!(AcceptedText, "mail/accepted.txt");
page!(DeclinedHtml, "mail/declined.html");
page!(DeclinedText, "mail/declined.txt");

/// Both parts, text first.
fn parts(kind: Kind, sheet: &Sheet) -> askama::Result<(String, String)> {
    Ok(match kind {
        Kind::Invitation => (InvitationText { sheet }.render()?, InvitationHtml { sheet }.render()?),
        Kind::Reminder => (ReminderText { sheet }.render()?, ReminderHtml { sheet }.render()?),
        Kind::Accepted => (AcceptedText { sheet }.render()?, AcceptedHtml { sheet }.render()?),
        Kind::Declined => (DeclinedText { sheet }.render()?, DeclinedHtml { sheet }.render()?),
    })
}

/// The mail, whole. None when its addresses are none, which the outbox never took.
pub fn message(envelope: &Envelope<'_>, letter: &Letter, base_url: &BaseUrl, from: &Sender) -> Option<Message> {
    let sheet = sheet::write(envelope, letter, base_url);
    let (text, html) = parts(envelope.kind, &sheet).ok()?;
    let to: lettre::Address = envelope.to.parse().ok()?;
    let host = base_url.url().host_str()?;
    let both = MultiPart::alternative()
        .boundary(format!("guildhall-{}", envelope.id.simple()))
        .singlepart(SinglePart::builder().content_type(ContentType::TEXT_PLAIN).body(text.clone()))
        .singlepart(SinglePart::builder().content_type(ContentType::TEXT_HTML).body(html.clone()));
    let mut mail = lettre::Message::builder()
        .from(Mailbox::new(Some(from_name(letter, from)), from.address.clone()))
        .to(Mailbox::new(None, to.clone()))
        .subject(&sheet.subject)
        .date(SystemTime::from(envelope.created_at))
        .message_id(Some(format!("<{}.{}@{host}>", envelope.id, envelope.generation)))
        .raw_header(header("Auto-Submitted", "auto-generated".into()))
        .raw_header(header("X-Auto-Response-Suppress", "All".into()))
        .raw_header(header("List-Id", format!("<invitations.{}>", host.trim_matches(['[', ']']))));
    if envelope.secret.is_some() {
        let address = letter.reply_to.parse().ok();
        mail = address
            .map_or(mail.clone(), |address| mail.reply_to(Mailbox::new(Some(printable(&letter.inviter)), address)));
        mail = mail.raw_header(header("List-Unsubscribe", format!("<{}>", sheet.stop_link)));
    }
    let mail = mail.multipart(both).ok()?;
    Some(Message { from: from.address.clone(), to, subject: sheet.subject, text, html, formatted: mail.formatted() })
}

/// *Northwind via Acme*, or just *Acme* where they are the same.
fn from_name(letter: &Letter, from: &Sender) -> String {
    let (organisation, programme) = (printable(&letter.organisation), printable(&letter.programme));
    let portal = from.name.clone().unwrap_or(programme);
    if organisation == portal { portal } else { format!("{organisation} via {portal}") }
}

/// A header of our own words only: nothing that anybody typed comes here.
fn header(name: &'static str, value: String) -> HeaderValue {
    HeaderValue::dangerous_new_pre_encoded(HeaderName::new_from_ascii_str(name), value.clone(), value)
}
