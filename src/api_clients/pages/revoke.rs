//! Revoking a credential: a page that says what stops, since there is no way back.

use actix_web::{HttpRequest, HttpResponse, Responder as _};

use super::super::actions;
use super::{Hand, show};
use crate::access::ManageClients;
use crate::organisations::desk::Desk;
use crate::organisations::pages::lifecycle::{Consequences, Pressed, Toll};
use crate::web::path::ItemId;
use crate::web::view::Link;
use crate::web::{AppError, Flash, Frame, Reply, Submitted, see_other};

/// `GET …/{item}/revocation`
pub async fn ask(
    request: HttpRequest,
    desk: Desk<ManageClients>,
    frame: Frame,
    item: ItemId,
) -> Result<HttpResponse, AppError> {
    let loaded = show::load(&frame, &desk, item).await?;
    let back = super::address(&desk, item.0);
    if loaded.client.revoked_at.is_some() || !desk.is_open() {
        return Ok(see_other(back).respond_to(&request));
    }
    let name = &loaded.client.name;
    let mut crumbs = super::crumbs(&desk);
    crumbs.push(Link::new(name, &back));
    let working = loaded.secrets.len();
    let text = if working == 1 { "secret stops working" } else { "secrets stop working" };
    frame.page(&Consequences {
        shell: frame.shell(format!("Revoke {name}")),
        crumbs,
        back,
        lead:
            "It is revoked at once, with every token that it has fetched. This cannot be undone: whatever uses it is \
               refused from then on. Its history stays."
                .into(),
        toll: vec![Toll { number: working.to_string(), text: text.into() }],
        button: "Revoke it".into(),
        keep: "Keep it".into(),
    })
}

/// `POST …/{item}/revocation`
pub async fn revoke(
    desk: Desk<ManageClients>,
    frame: Frame,
    item: ItemId,
    _: Submitted<Pressed>,
) -> Result<Reply, AppError> {
    let hand = Hand::of(&desk, frame.portal.clock.now());
    let done = frame.portal.db.write(move |tx| actions::revoke(tx, &hand.scope(), item.0)).await;
    let client = done.map_err(super::refused)?;
    Ok(see_other(super::address(&desk, item.0)).flash(Flash::done(format!("{} is revoked.", client.name))))
}
