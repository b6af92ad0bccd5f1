//! A second secret for a credential, shown once, and the end of the first.

use actix_web::http::StatusCode;
use actix_web::{HttpRequest, HttpResponse, Responder as _};

use super::super::actions::{self, Refusal};
use super::super::forms::RotateForm;
use super::super::secret;
use super::create::SHOWN_BEFORE;
use super::shown::{self, Fresh};
use super::{Hand, show};
use crate::access::ManageClients;
use crate::db::Fault;
use crate::organisations::desk::Desk;
use crate::organisations::pages::lifecycle::Pressed;
use crate::web::once::{self, Claim};
use crate::web::path::ItemId;
use crate::web::{AppError, Flash, Frame, Reply, Submitted, see_other};

/// `POST …/{item}/rotation`
pub async fn rotate(
    request: HttpRequest,
    desk: Desk<ManageClients>,
    frame: Frame,
    item: ItemId,
    sent: Submitted<RotateForm>,
) -> Result<HttpResponse, AppError> {
    let kind = show::load(&frame, &desk, item).await?.client.kind;
    let (now, location) = (frame.portal.clock.now(), super::address(&desk, item.0));
    let (hand, secret) = (Hand::of(&desk, now), secret::draw(actions::purpose(kind)));
    let (user, content) = (desk.who.user.id, format!("rotate {}", item.0));
    let (form, drawn) = (once::Sent { key: sent.0.once, user, content }, secret.clone());
    let done = frame.portal.db.write(move |tx| match once::claim(tx, &form, &location, now)? {
        Claim::First => actions::rotate(tx, &hand.scope(), item.0, &drawn).map(Some),
        Claim::Again(_) => Ok(None),
        Claim::Changed => Err(Fault::Refused(Refusal::UsedBefore)),
    });
    match done.await {
        Ok(Some(client)) => {
            let fresh = Fresh { id: client.id, kind, name: client.name, secret };
            shown::answer(&frame, &desk, fresh, StatusCode::OK)
        }
        Ok(None) => {
            let reply = see_other(super::address(&desk, item.0)).flash(Flash::warning(SHOWN_BEFORE));
            Ok(reply.respond_to(&request))
        }
        Err(fault) => Err(super::refused(fault)),
    }
}

/// `POST …/{item}/rotation/end`
pub async fn end_older(
    desk: Desk<ManageClients>,
    frame: Frame,
    item: ItemId,
    _: Submitted<Pressed>,
) -> Result<Reply, AppError> {
    let hand = Hand::of(&desk, frame.portal.clock.now());
    let done = frame.portal.db.write(move |tx| actions::end_older(tx, &hand.scope(), item.0)).await;
    let client = done.map_err(super::refused)?;
    let flash = Flash::done(format!("Only the newest secret of {} works now.", client.name));
    Ok(see_other(super::address(&desk, item.0)).flash(flash))
}
