//! Everybody of one organisation.

use actix_web::HttpResponse;
use askama::Template;

use super::super::queries;
use super::super::roster::{Place, Reading};
use super::PersonRow;
use crate::access::Permission;
use crate::db::page::Cursor;
use crate::organisations::Header;
use crate::web::view::{Link, Pager, Shell};
use crate::web::{AppError, Frame, query};

/// People on a page.
const PAGE: usize = 50;

#[derive(Template)]
#[template(path = "users/index.html")]
pub struct People {
    pub shell: Shell,
    pub header: Option<Header>,
    pub crumbs: Vec<Link>,
    pub title: String,
    pub people: Vec<PersonRow>,
    /// Where a user is created, if the reader may.
    pub new_href: Option<String>,
    pub pager: Pager,
}

/// `GET …/users`
pub async fn index(roster: Reading, frame: Frame) -> Result<HttpResponse, AppError> {
    let (from, organisation) = (Cursor::decode(&frame.parameter("from")), roster.organisation);
    let page = frame
        .portal
        .db
        .read_as(frame.freshness(), move |conn| Ok(queries::list(conn, organisation, from.as_ref(), PAGE)?))
        .await?;
    let base = roster.base();
    let gone = roster.header.as_ref().is_some_and(|header| header.deleted);
    let may_write = roster.who.may(Permission::WriteUser) && !gone;
    let title = if roster.place == Place::Staff { "Staff".to_owned() } else { format!("People of {}", roster.name) };
    let clock = (frame.zone(), frame.portal.clock.now());
    let link = |cursor: &Cursor| query::address(&base, &[("from", &cursor.encode())]);
    frame.page(&People {
        shell: frame.shell(&title),
        crumbs: roster.crumbs().into_iter().take(usize::from(roster.place == Place::Own)).collect(),
        title,
        people: page.rows.iter().map(|user| PersonRow::of(user, &base, clock, may_write)).collect(),
        new_href: may_write.then(|| format!("{base}/new")),
        pager: Pager {
            newer: page.before.as_ref().map(link),
            older: page.after.as_ref().map(link),
            summary: String::new(),
        },
        header: roster.header,
    })
}
