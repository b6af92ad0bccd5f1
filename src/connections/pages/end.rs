//! Ending a connection: a page that says what goes with it, since there is no way back.

use actix_web::{HttpRequest, HttpResponse, Responder as _};

use super::super::actions::{self, Ending, Refusal};
use super::super::queries::Found;
use super::show;
use crate::access::WriteRecords;
use crate::db::Fault;
use crate::organisations::desk::Desk;
use crate::organisations::pages::lifecycle::{Consequences, Pressed, Toll};
use crate::web::path::ItemId;
use crate::web::view::Link;
use crate::web::{AppError, Flash, Frame, Reply, Submitted, see_other};

/// `GET …/connections/{item}/end`
pub async fn ask(
    request: HttpRequest,
    desk: Desk<WriteRecords>,
    frame: Frame,
    item: ItemId,
) -> Result<HttpResponse, AppError> {
    super::decides(&desk)?;
    let (found, _) = show::load(&frame, &desk, item).await?;
    if !found.connection.is_live() {
        return Ok(see_other(show::address(&desk, item.0)).respond_to(&request));
    }
    frame.page(&asking(&frame, &desk, &found))
}

fn asking(frame: &Frame, desk: &Desk<WriteRecords>, found: &Found) -> Consequences {
    let (connection, name, own) = (&found.connection, &found.other.name, desk.organisation);
    let back = show::address(desk, connection.id);
    let mut crumbs = super::crumbs(desk);
    crumbs.push(Link::new(name, &back));
    let (given, taken) = (connection.given_by(own).len(), connection.given_to(own).len());
    let permissions = |count| if count == 1 { "permission" } else { "permissions" };
    let toll = |number: usize, text| Toll { number: number.to_string(), text };
    Consequences {
        shell: frame.shell(format!("End the connection with {name}")),
        crumbs,
        back,
        lead: format!(
            "Access to records ends at once, on both sides. This cannot be undone: only a new invitation connects you \
             with {name} again. The connection and its history stay here to be read."
        ),
        toll: vec![
            toll(given, format!("{} that you give {name} to use your partner records", permissions(given))),
            toll(taken, format!("{} that {name} gives you to use its partner records", permissions(taken))),
            toll(0, "records are deleted: each side keeps its own".into()),
        ],
        button: "End the connection".into(),
        keep: "Keep it".into(),
    }
}

/// `POST …/connections/{item}/end`
pub async fn end(
    desk: Desk<WriteRecords>,
    frame: Frame,
    item: ItemId,
    _: Submitted<Pressed>,
) -> Result<Reply, AppError> {
    super::decides(&desk)?;
    let (who, now) = (desk.who.clone(), frame.portal.clock.now());
    let flash = match frame.portal.db.write(move |tx| actions::end(tx, &who, now, item.0)).await {
        Ok(Ending::Now(other)) => Flash::done(format!("The connection with {other} has ended.")),
        Ok(Ending::Before(other)) => Flash::warning(format!("The connection with {other} had ended before.")),
        Err(Fault::Refused(Refusal::Gone | Refusal::Stale(_) | Refusal::Ended)) => return Err(AppError::NotFound),
        Err(Fault::Db(error)) => return Err(error.into()),
    };
    Ok(see_other(show::address(&desk, item.0)).flash(flash))
}
