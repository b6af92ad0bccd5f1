//! Shop and Self-Service: staff turn them on and off for a partner; its people find the way there on their own page.

use super::super::actions;
use super::super::model::{Application, Organisation};
use super::lifecycle::Pressed;
use crate::access::{Actor, WritePartners};
use crate::web::{AppError, Flash, Frame, Id, Reply, Submitted, paths, see_other};

/// An application on a partner's page for staff.
pub struct Switch {
    pub word: &'static str,
    /// Who it is for.
    pub text: &'static str,
    pub on: bool,
    /// Posting here turns it round.
    pub action: String,
}

/// An application on the partner's own page.
pub struct Tile {
    pub icon: &'static str,
    pub word: &'static str,
    pub text: &'static str,
    pub href: String,
}

/// `POST …/{id}/access?shop=on`: the address says all of it, so that Undo is the same order the other way round.
pub async fn switch(who: Actor<WritePartners>, frame: Frame, id: Id, _: Submitted<Pressed>) -> Result<Reply, AppError> {
    let orders: Vec<_> = Application::ALL.iter().filter_map(|what| Some((*what, order(&frame, *what)?))).collect();
    let [(what, on)] = orders[..] else { return Err(AppError::NotFound) };
    let now = frame.portal.clock.now();
    let work = frame.portal.db.write(move |tx| actions::set_access(tx, &who, now, id.0, (what, on)));
    let (name, application) = (work.await.map_err(super::refused)?.name, what.word());
    let said = if on { format!("{name} has {application}.") } else { format!("{name} no longer has {application}.") };
    Ok(see_other(paths::partner(id.0)).flash(Flash::done(said).undo(address(id.0, what, !on))))
}

fn order(frame: &Frame, what: Application) -> Option<bool> {
    match frame.parameter(what.as_str()).as_str() {
        "on" => Some(true),
        "off" => Some(false),
        _ => None,
    }
}

fn address(id: uuid::Uuid, what: Application, on: bool) -> String {
    format!("{}?{}={}", paths::partner_page(id, "access"), what.as_str(), if on { "on" } else { "off" })
}

/// Both switches of a partner.
pub fn switches(organisation: &Organisation) -> Vec<Switch> {
    let switch = |what: &Application| {
        let on = organisation.may_open(*what);
        let text = match what {
            Application::Shop => "Its people browse and order for their customers",
            Application::SelfService => "Its people manage what their customers have",
        };
        Switch { word: what.word(), text, on, action: address(organisation.id, *what, !on) }
    };
    Application::ALL.iter().map(switch).collect()
}

/// The applications that a partner has, where the programme says where they lie.
pub fn tiles(organisation: &Organisation, addresses: (Option<String>, Option<String>)) -> Vec<Tile> {
    let (shop, self_service) = addresses;
    let tile = |what: Application, address: Option<String>| {
        let href = address.filter(|_| organisation.may_open(what))?;
        let (icon, text) = match what {
            Application::Shop => ("store", "Browse and order for your customers"),
            Application::SelfService => ("life-buoy", "Manage what your customers have"),
        };
        Some(Tile { icon, word: what.word(), text, href })
    };
    [tile(Application::Shop, shop), tile(Application::SelfService, self_service)].into_iter().flatten().collect()
}
