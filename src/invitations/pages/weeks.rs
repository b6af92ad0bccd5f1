//! *Twelve weeks*: what became of the invitations that were sent, as a picture and as a table with the same numbers.

use actix_web::HttpResponse;
use askama::Template;
use chrono::Duration;

use super::super::lists::Whose;
use super::super::weeks::{self, WEEKS, Week};
use super::list::{self, Side};
use crate::access::ReadInvitations;
use crate::organisations::Header;
use crate::organisations::desk::{Desk, Place, Section};
use crate::web::numbers::grouped;
use crate::web::view::{Link, Shell, Tab};
use crate::web::{AppError, Frame, dates};

/// The picture's own units.
const HEIGHT: i64 = 160;
const STEP: usize = 40;
/// Every which bar has its day below it: more do not fit on a phone.
const LABELLED: usize = 3;

#[derive(Template)]
#[template(path = "invitations/weeks.html")]
pub struct Weeks {
    pub shell: Shell,
    pub crumbs: Vec<Link>,
    pub header: Option<Header>,
    pub title: String,
    pub sides: Vec<Tab>,
    pub invite: Vec<Link>,
    /// The picture in a sentence or two.
    pub said: String,
    /// Oldest first; empty when nothing was sent.
    pub bars: Vec<Bar>,
}

/// One week.
pub struct Bar {
    /// Where it stands in the picture.
    pub left: usize,
    /// Above the bar.
    pub top: i64,
    pub parts: Vec<Part>,
    /// Below the bar, if there is room.
    pub label: String,
    /// The first of its seven days.
    pub day: String,
    pub date: String,
    pub sent: String,
    pub accepted: String,
    pub waiting: String,
    pub stuck: String,
    pub over: String,
}

/// A piece of a bar.
pub struct Part {
    pub kind: &'static str,
    pub top: i64,
    pub height: i64,
}

/// `GET …/invitations/weeks`
pub async fn index(desk: Desk<ReadInvitations>, frame: Frame) -> Result<HttpResponse, AppError> {
    let whose = if desk.place == Place::Host { Whose::Tenant } else { Whose::SentBy(desk.organisation) };
    let (tenant, now) = (desk.who.tenant.id, frame.portal.clock.now());
    let load = move |conn: &mut _| Ok(weeks::weeks(conn, tenant, whose, now)?);
    let found = frame.portal.db.read_as(frame.freshness(), load).await?;
    let base = desk.place.address(Section::Invitations);
    let empty = found.iter().all(|week| week.sent() == 0);
    frame.page(&Weeks {
        shell: frame.shell("Invitations of twelve weeks"),
        crumbs: list::crumbs(&desk),
        title: "Invitations".into(),
        sides: list::sides(&base, Side::Weeks),
        invite: list::invite(&desk, &base),
        said: sentence(&found),
        bars: if empty { Vec::new() } else { bars(&frame, &found) },
        header: desk.header,
    })
}

fn sentence(weeks: &[Week]) -> String {
    let sum = |of: fn(&Week) -> i64| weeks.iter().map(of).sum::<i64>();
    let words = |number: i64| grouped(number.unsigned_abs());
    let (sent, accepted) = (sum(|week| week.sent()), sum(|week| week.accepted));
    let were = if sent == 1 { "invitation was" } else { "invitations were" };
    let are = if accepted == 1 { "is" } else { "are" };
    let mut said = format!("{} {were} sent in the last twelve weeks, {} {are} accepted.", words(sent), words(accepted));
    match sum(|week| week.stuck) {
        0 => {}
        1 => said += " 1 is stuck.",
        stuck => said.extend([" ", &words(stuck), " are stuck."]),
    }
    if sent >= weeks::MOST {
        said += " There were more; these are the newest.";
    }
    said
}

fn bars(frame: &Frame, weeks: &[Week]) -> Vec<Bar> {
    let highest = weeks.iter().map(|week| week.sent()).max().unwrap_or_default().max(1);
    let now = frame.portal.clock.now();
    let bar = |(place, (age, week)): (usize, (usize, &Week))| {
        let first = now - Duration::days(7 * (i64::try_from(age).unwrap_or_default() + 1)) + Duration::days(1);
        let words = |number: i64| grouped(number.unsigned_abs());
        let (parts, day) = (parts(week, highest), dates::day(first, frame.zone()));
        Bar {
            left: place * STEP,
            top: parts.last().map_or(HEIGHT, |part| part.top) - 6,
            parts,
            label: if place % LABELLED == 1 { short(&day) } else { String::new() },
            day,
            date: dates::date(first, frame.zone()),
            sent: words(week.sent()),
            accepted: words(week.accepted),
            waiting: words(week.waiting),
            stuck: words(week.stuck),
            over: words(week.over),
        }
    };
    weeks.iter().enumerate().rev().enumerate().take(WEEKS).map(bar).collect()
}

/// A day without its year.
fn short(day: &str) -> String {
    day.rsplit_once(' ').map_or(day, |(day, _)| day).to_owned()
}

/// From the ground up. What is there at all can be seen.
fn parts(week: &Week, highest: i64) -> Vec<Part> {
    let all = [("accepted", week.accepted), ("waiting", week.waiting), ("stuck", week.stuck), ("over", week.over)];
    let mut ground = HEIGHT;
    let part = |(kind, number): (&'static str, i64)| {
        let height = (number * (HEIGHT - 20) / highest).max(3);
        ground -= height;
        Part { kind, top: ground, height }
    };
    all.into_iter().filter(|(_, number)| *number > 0).map(part).collect()
}
