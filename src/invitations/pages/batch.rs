//! A batch of invitations: how far its mails are, who has answered, and the way to take it back.

use actix_web::{HttpRequest, HttpResponse, Responder as _};
use askama::Template;
use chrono::{DateTime, Duration, Utc};
use uuid::Uuid;

use super::super::actions::{Refusal, Scope};
use super::super::batches::{self, Progress, Tally, Undone};
use super::super::model::MAILS_PER_SENDER_AN_HOUR;
use crate::access::{Permission, ReadInvitations, WriteInvitations};
use crate::db::Fault;
use crate::db::page::Cursor;
use crate::organisations::desk::{Desk, Section};
use crate::organisations::pages::lifecycle::Pressed;
use crate::web::path::ItemId;
use crate::web::view::{Badge, Fact, Link, Pager, Shell};
use crate::web::{AppError, Flash, Frame, Submitted, dates, query, see_other};

/// The page looks again by itself while a mail leaves within this.
const SOON_SECONDS: i64 = 60;

#[derive(Template)]
#[template(path = "invitations/batch.html")]
pub struct BatchPage {
    pub shell: Shell,
    pub crumbs: Vec<Link>,
    pub title: String,
    pub lead: String,
    /// The page looks again by itself.
    pub refreshes: bool,
    /// Mails that wait no more, and all of them.
    pub done: i64,
    pub size: i64,
    pub sentences: Vec<String>,
    pub facts: Vec<Fact>,
    /// Where to take it back, for whoever may, while there is something to take back.
    pub undo: Option<String>,
    pub rows: Vec<ItemView>,
    pub pager: Pager,
}

/// One invitation of the table.
pub struct ItemView {
    pub href: String,
    pub email: String,
    pub role: &'static str,
    pub badge: Badge,
    pub delivery: &'static str,
}

/// `GET …/invitations/batches/{item}`
pub async fn show(desk: Desk<ReadInvitations>, frame: Frame, id: ItemId) -> Result<HttpResponse, AppError> {
    let (of, now) = ((desk.who.tenant.id, desk.organisation), frame.portal.clock.now());
    let from = Cursor::decode(&frame.parameter("from"));
    let load = move |conn: &mut _| Ok(batches::progress(conn, of, id.0, (from.as_ref(), now))?);
    let progress = frame.portal.db.read(load).await?;
    frame.page(&view(&frame, &desk, &progress, now))
}

fn view(frame: &Frame, desk: &Desk<ReadInvitations>, progress: &Progress, now: DateTime<Utc>) -> BatchPage {
    let base = desk.place.address(Section::Invitations);
    let Progress { batch, tally, page } = progress;
    let here = format!("{base}/batches/{}", batch.id);
    let link = |cursor: &Cursor| query::address(&here, &[("from", &cursor.encode())]);
    let may_undo = desk.who.may(Permission::WriteInvitation) && desk.is_open() && tally.pending > 0;
    let title = format!("{} invited", batches::people(usize::try_from(batch.size).unwrap_or_default()));
    let soon = tally.next_due.is_some_and(|at| at - now <= Duration::seconds(SOON_SECONDS));
    let size = i64::from(batch.size);
    BatchPage {
        shell: frame.shell(&title),
        crumbs: desk.crumbs(Section::Invitations, "Invitations"),
        title,
        lead: format!("By {}, {}.", batch.inviter, dates::moment(batch.created_at, frame.zone())),
        refreshes: soon && frame.portal.mail_is_configured,
        done: size - tally.waiting(),
        size,
        sentences: sentences(frame, progress, now),
        facts: facts(tally),
        undo: may_undo.then(|| format!("{here}/undo")),
        rows: page.rows.iter().map(|item| item_view(item, &base, now)).collect(),
        pager: Pager {
            newer: page.before.as_ref().map(link),
            older: page.after.as_ref().map(link),
            summary: String::new(),
        },
    }
}

/// The numbers in words.
fn sentences(frame: &Frame, progress: &Progress, now: DateTime<Utc>) -> Vec<String> {
    let Progress { batch, tally, .. } = progress;
    let mut said = vec![format!("{} of {} mails have left.", tally.left, batch.size)];
    if tally.queued > 0 {
        let waits = if tally.queued == 1 { "waits for its" } else { "wait for their" };
        said.push(format!(
            "{} {waits} turn: at most {MAILS_PER_SENDER_AN_HOUR} mails of one person leave in an hour.",
            tally.queued
        ));
    }
    if let Some(at) = tally.last_due.filter(|at| *at > now) {
        said.push(format!("The last one leaves at {}.", dates::moment(at, frame.zone())));
    }
    if !frame.portal.mail_is_configured && tally.waiting() > 0 {
        said.push("No mail leaves this portal yet: whoever runs it has to name a mail server.".into());
    }
    if let Some(at) = batch.undone_at {
        said.push(format!("The batch was undone on {}.", dates::moment(at, frame.zone())));
    }
    said
}

fn facts(tally: &Tally) -> Vec<Fact> {
    let fact = |label, number: i64| Fact::new(label, number.to_string());
    let mut facts = vec![
        fact("Have left", tally.left),
        fact("Wait for their turn", tally.queued),
        fact("Delayed", tally.delayed),
        fact("Not delivered", tally.failed),
        fact("Accepted", tally.accepted),
        fact("Declined", tally.declined),
    ];
    let rest = [("Expired", tally.expired), ("Revoked", tally.revoked)];
    facts.extend(rest.into_iter().filter(|(_, number)| *number > 0).map(|(label, number)| fact(label, number)));
    facts
}

fn item_view(item: &batches::Item, base: &str, now: DateTime<Utc>) -> ItemView {
    ItemView {
        href: format!("{base}/{}", item.id),
        email: item.email.clone(),
        role: item.role.map_or("", |role| role.word()),
        badge: super::badge(item.state.standing(item.expires_at, now)),
        delivery: super::delivery_word(item.mail),
    }
}

/// `POST …/invitations/batches/{item}/undo`
pub async fn undo(
    request: HttpRequest,
    desk: Desk<WriteInvitations>,
    frame: Frame,
    id: ItemId,
    _: Submitted<Pressed>,
) -> Result<HttpResponse, AppError> {
    let here = format!("{}/batches/{}", desk.place.address(Section::Invitations), id.0);
    let said = match take_back(&desk, &frame, id.0).await {
        Ok(undone) => undone_words(undone),
        Err(fault) => unsaid(fault)?,
    };
    Ok(see_other(here).flash(said).respond_to(&request))
}

async fn take_back(desk: &Desk<WriteInvitations>, frame: &Frame, id: Uuid) -> Result<Undone, Fault<Refusal>> {
    let (portal, now) = (frame.portal.clone(), frame.portal.clock.now());
    let (who, organisation) = (desk.who.clone(), desk.organisation);
    let work = move |tx: &mut _| {
        let scope = Scope { who: &who, organisation, now, key: &portal.key };
        batches::undo(tx, &scope, id)
    };
    frame.portal.db.write(work).await
}

/// What could not be done, as a sentence on the page that follows.
fn unsaid(fault: Fault<Refusal>) -> Result<Flash, AppError> {
    let Fault::Refused(Refusal::Fields(problems)) = fault else { return Err(super::refused(fault)) };
    Ok(Flash::warning(problems.sentences().map(|(_, sentence)| sentence).collect::<Vec<_>>().join(" ")))
}

fn undone_words(undone: Undone) -> Flash {
    let stay = match undone.accepted {
        0 => String::new(),
        1 => " 1 was accepted already and stays.".into(),
        number => format!(" {number} were accepted already and stay."),
    };
    match undone.revoked {
        0 if undone.again => Flash::warning(format!("Nothing was changed: the batch was undone before.{stay}")),
        0 => Flash::warning(format!("No invitation of the batch waits any more.{stay}")),
        1 => Flash::done(format!("1 invitation is revoked.{stay}")),
        number => Flash::done(format!("{number} invitations are revoked.{stay}")),
    }
}
