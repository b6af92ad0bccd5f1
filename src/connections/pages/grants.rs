//! What one's own organisation lets the other do. Of two people who save at once the second sees both versions.

use actix_web::http::StatusCode;
use actix_web::{HttpRequest, HttpResponse, Responder as _};

use super::super::actions::{self, Refusal};
use super::super::forms::GrantsForm;
use super::show::{self, Show};
use crate::access::WriteRecords;
use crate::db::Fault;
use crate::input::Problems;
use crate::organisations::desk::Desk;
use crate::web::kept::Kept;
use crate::web::path::ItemId;
use crate::web::{AppError, Flash, Frame, Submitted, see_other};

/// `GET …/connections/{item}/grants`: the connection's page, with what was ticked before a session ran out.
pub async fn form(
    desk: Desk<WriteRecords>,
    frame: Frame,
    item: ItemId,
    kept: Kept<GrantsForm>,
) -> Result<HttpResponse, AppError> {
    super::decides(&desk)?;
    let loaded = show::load(&frame, &desk, item).await?;
    frame.page(&Show::of(&frame, desk, &loaded, kept.0.as_ref(), &Problems::default()))
}

/// `POST …/connections/{item}/grants`
pub async fn save(
    request: HttpRequest,
    desk: Desk<WriteRecords>,
    frame: Frame,
    item: ItemId,
    sent: Submitted<GrantsForm>,
) -> Result<HttpResponse, AppError> {
    super::decides(&desk)?;
    let grants = match sent.0.parse() {
        Ok(grants) => grants,
        Err(problems) => return show_problems(desk, &frame, item, &sent.0, &problems).await,
    };
    let (who, now, version) = (desk.who.clone(), frame.portal.clock.now(), sent.0.version.parse().unwrap_or(0));
    let saved = frame.portal.db.write(move |tx| actions::grant(tx, &who, now, (item.0, Some(version)), &grants)).await;
    let flash = match saved {
        Ok(other) => Flash::done(format!("What {other} may do is saved.")),
        Err(Fault::Refused(Refusal::Ended)) => Flash::warning("Not saved: the connection has ended."),
        Err(Fault::Refused(Refusal::Stale(_))) => return show_both(desk, &frame, item, &sent.0).await,
        Err(Fault::Refused(Refusal::Gone)) => return Err(AppError::NotFound),
        Err(Fault::Db(error)) => return Err(error.into()),
    };
    Ok(see_other(show::address(&desk, item.0)).flash(flash).respond_to(&request))
}

async fn show_problems(
    desk: Desk<WriteRecords>,
    frame: &Frame,
    item: ItemId,
    typed: &GrantsForm,
    problems: &Problems,
) -> Result<HttpResponse, AppError> {
    let loaded = show::load(frame, &desk, item).await?;
    frame.refused(&Show::of(frame, desk, &loaded, Some(typed), problems))
}

async fn show_both(
    desk: Desk<WriteRecords>,
    frame: &Frame,
    item: ItemId,
    typed: &GrantsForm,
) -> Result<HttpResponse, AppError> {
    let loaded = show::load(frame, &desk, item).await?;
    let seen_now = GrantsForm { version: String::new(), ..typed.clone() };
    let mut page = Show::of(frame, desk, &loaded, Some(&seen_now), &Problems::default());
    page.shell.title = format!("Error: {}", page.shell.title);
    frame.answer(StatusCode::CONFLICT, &Show { stale: true, ..page })
}
