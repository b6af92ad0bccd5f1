//! *Invitations received*: those to people of an organisation, and those that it accepted.

use actix_web::HttpResponse;

use super::super::find_page;
use super::super::key;
use super::super::lists::{Filter, Row, Whose};
use super::super::model::Standing;
use super::list::{self, List, PAGE, RowView, Side};
use crate::access::ReadInvitations;
use crate::db::page::Cursor;
use crate::organisations::desk::{Desk, Section};
use crate::web::view::Pager;
use crate::web::{AppError, Frame, query};

/// `GET …/invitations/received`
pub async fn index(desk: Desk<ReadInvitations>, frame: Frame) -> Result<HttpResponse, AppError> {
    let filter = everything(&frame, &desk);
    let from = Cursor::decode(&frame.parameter("from"));
    let continued = from.is_some();
    let page = frame
        .portal
        .db
        .read_as(frame.freshness(), move |conn| Ok(find_page(conn, &filter, from.as_ref(), PAGE)?))
        .await?;
    let base = desk.place.address(Section::Invitations);
    let link = |cursor: &Cursor| query::address(&format!("{base}/received"), &[("from", &cursor.encode())]);
    frame.page(&List {
        shell: frame.shell("Invitations received"),
        crumbs: list::crumbs(&desk),
        title: "Invitations".into(),
        sides: list::sides(&base, Side::Received),
        filters: Vec::new(),
        finer: None,
        rows: page.rows.iter().map(|row| received(&frame, &desk, row, &base)).collect(),
        show_organisation: true,
        search: String::new(),
        all: format!("{base}/received"),
        is_filtered: continued,
        invite: list::invite(&desk, &base),
        pager: Pager {
            newer: page.before.as_ref().map(link),
            older: page.after.as_ref().map(link),
            summary: String::new(),
        },
        batches: Vec::new(),
        no_mail: false,
        header: desk.header,
    })
}

/// Whatever the organisation received.
fn everything(frame: &Frame, desk: &Desk<ReadInvitations>) -> Filter {
    Filter {
        tenant: desk.who.tenant.id,
        whose: Whose::ReceivedBy(desk.organisation),
        standing: None,
        stuck: false,
        delivery: None,
        age: None,
        inviter: None,
        search: String::new(),
        now: frame.portal.clock.now(),
    }
}

/// One's own invitation leads to the page where it is decided; others are only listed.
fn received(frame: &Frame, desk: &Desk<ReadInvitations>, row: &Row, base: &str) -> RowView {
    let mine = row.email.eq_ignore_ascii_case(&desk.who.user.email);
    let waits = row.state.standing(row.expires_at, frame.portal.clock.now()) == Standing::Waiting;
    let ticket = || key::ticket(&frame.portal.key, frame.browser(), row.id, row.generation);
    let href = if mine && waits && !frame.browser().is_empty() {
        crate::web::paths::invitation(&ticket())
    } else {
        String::new()
    };
    RowView { href, delivery: "", stuck: false, inviter_href: String::new(), ..list::row_view(frame, desk, row, base) }
}
