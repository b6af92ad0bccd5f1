//! Deleting a record, and taking that back.

use super::super::actions;
use super::super::queries;
use super::Keeper;
use crate::organisations::pages::lifecycle::Pressed;
use crate::web::path::ItemId;
use crate::web::{AppError, Flash, Frame, Reply, Submitted, see_other};

/// `GET …/{item}/removal`: somebody whose session ran out before they pressed the button comes back here. The button
/// is on the record's page.
pub async fn back(Keeper(desk): Keeper, frame: Frame, id: ItemId) -> Result<Reply, AppError> {
    let organisation = desk.organisation;
    frame.portal.db.read(move |conn| Ok(queries::find_in(conn, organisation, id.0)?)).await?;
    Ok(see_other(super::address(&desk, id.0)))
}

/// `POST …/{item}/removal`
pub async fn remove(Keeper(desk): Keeper, frame: Frame, id: ItemId, _: Submitted<Pressed>) -> Result<Reply, AppError> {
    let (who, organisation, now) = (desk.who.clone(), desk.organisation, frame.portal.clock.now());
    let removed = frame.portal.db.write(move |tx| actions::remove(tx, &Keeper::scope(&who, organisation, now), id.0));
    let record = removed.await.map_err(super::refused)?;
    let said = Flash::done(format!("The record of {} is deleted.", record.company_name));
    Ok(see_other(super::base(&desk)).flash(said.undo(format!("{}/removal/undo", super::address(&desk, id.0)))))
}

/// `POST …/{item}/removal/undo`
pub async fn bring_back(
    Keeper(desk): Keeper,
    frame: Frame,
    id: ItemId,
    _: Submitted<Pressed>,
) -> Result<Reply, AppError> {
    let (who, organisation, now) = (desk.who.clone(), desk.organisation, frame.portal.clock.now());
    let back = frame.portal.db.write(move |tx| actions::bring_back(tx, &Keeper::scope(&who, organisation, now), id.0));
    let record = back.await.map_err(super::refused)?;
    Ok(see_other(super::address(&desk, id.0))
        .flash(Flash::done(format!("The record of {} is back.", record.company_name))))
}
