//! Suspend, resume, remove, bring back, and a new start for the account that signs somebody in.

use actix_web::HttpResponse;
use diesel::pg::PgConnection;

use super::super::actions::{self, Refusal, Scope};
use super::super::model::User;
use super::super::queries;
use super::super::roster::Writing;
use crate::db::Fault;
use crate::organisations::pages::lifecycle::{Consequences, Pressed, Toll};
use crate::web::path::UserId;
use crate::web::view::Link;
use crate::web::{AppError, Flash, Frame, Reply, Submitted, see_other};

/// `POST …/users/{user}/suspension`
pub async fn suspend(roster: Writing, frame: Frame, id: UserId, _: Submitted<Pressed>) -> Result<Reply, AppError> {
    let undo = format!("{}/suspension/end", roster.person(id.0));
    act(&roster, &frame, id, actions::suspend, |user| {
        Flash::done(format!("{} is suspended and signed out.", user.name)).undo(undo)
    })
    .await
}

/// `POST …/users/{user}/suspension/end`
pub async fn resume(roster: Writing, frame: Frame, id: UserId, _: Submitted<Pressed>) -> Result<Reply, AppError> {
    act(&roster, &frame, id, actions::resume, |user| Flash::done(format!("{} can sign in again.", user.name))).await
}

/// `GET …/users/{user}/removal`
pub async fn ask_removal(roster: Writing, frame: Frame, id: UserId) -> Result<HttpResponse, AppError> {
    let organisation = roster.organisation;
    let user = frame.portal.db.read(move |conn| Ok(queries::find_in(conn, organisation, id.0)?)).await?;
    if user.can_be_kept_out_by(&roster.who).is_err() {
        return Err(AppError::Forbidden);
    }
    let mut crumbs = roster.crumbs();
    crumbs.push(Link::new(&user.name, roster.person(id.0)));
    frame.page(&Consequences {
        shell: frame.shell(format!("Remove {}", user.name)),
        crumbs,
        back: roster.person(id.0),
        lead: format!(
            "{} is signed out at once and can no longer sign in to {}. Their history stays. You can undo this right \
             afterwards.",
            user.name, roster.name
        ),
        toll: vec![Toll { number: "1".into(), text: format!("email address can be used again: {}", user.email) }],
        button: format!("Remove {}", user.name),
        keep: format!("Keep {}", user.name),
    })
}

/// `POST …/users/{user}/removal`
pub async fn remove(roster: Writing, frame: Frame, id: UserId, _: Submitted<Pressed>) -> Result<Reply, AppError> {
    let undo = format!("{}/removal/undo", roster.person(id.0));
    act(&roster, &frame, id, actions::remove, |user| Flash::done(format!("{} is removed.", user.name)).undo(undo)).await
}

/// `POST …/users/{user}/removal/undo`
pub async fn bring_back(roster: Writing, frame: Frame, id: UserId, _: Submitted<Pressed>) -> Result<Reply, AppError> {
    act(&roster, &frame, id, actions::bring_back, |user| Flash::done(format!("{} is back.", user.name))).await
}

/// `POST …/users/{user}/identity/reset`
pub async fn reset_identity(
    roster: Writing,
    frame: Frame,
    id: UserId,
    _: Submitted<Pressed>,
) -> Result<Reply, AppError> {
    act(&roster, &frame, id, actions::reset_identity, |user| {
        Flash::done(format!("The next account with {}’s verified address will sign them in.", user.name))
    })
    .await
}

type Action = fn(&mut PgConnection, &Scope<'_>, uuid::Uuid) -> Result<User, Fault<Refusal>>;

async fn act(
    roster: &Writing,
    frame: &Frame,
    id: UserId,
    action: Action,
    said: impl FnOnce(&User) -> Flash,
) -> Result<Reply, AppError> {
    let (who, organisation, now) = (roster.who.clone(), roster.organisation, frame.portal.clock.now());
    match frame.portal.db.write(move |tx| action(tx, &Writing::scope(&who, organisation, now), id.0)).await {
        Ok(user) => Ok(see_other(roster.base()).flash(said(&user))),
        Err(Fault::Refused(Refusal::Forbidden(reason))) => {
            Ok(see_other(roster.base()).flash(Flash::warning(reason.words())))
        }
        Err(Fault::Refused(Refusal::AddressTaken)) => {
            let said = "Not brought back: somebody else has the email address by now.";
            Ok(see_other(roster.base()).flash(Flash::warning(said)))
        }
        Err(fault) => Err(super::refused(fault)),
    }
}
