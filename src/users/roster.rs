//! Whose people are meant by an address, and whether the caller may see or change them.
//!
//! The same pages serve `/settings/profile/partners/{id}/users`, `/settings/staff` and `/organisation/users`; this
//! extractor is the permission check of all of them. A foreign organisation is a 404 before anything else is known.

use std::marker::PhantomData;

use actix_web::dev::Payload;
use actix_web::{FromRequest, HttpRequest};
use futures_util::future::LocalBoxFuture;
use uuid::Uuid;

use super::actions::Scope;
use crate::access::{Actor, Grant, OrganisationKind, Permission, ReadPartners, ReadStaff, SignedIn, WriteUsers};
use crate::organisations::{self, Header};
use crate::web::portal::Shared;
use crate::web::view::Link;
use crate::web::{AppError, path, paths};

/// Where a page of people lies.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Place {
    Partner(Uuid),
    Staff,
    Own,
}

/// The people of one organisation, reached by somebody who may.
pub struct Roster<G> {
    pub who: Actor<G>,
    pub place: Place,
    pub organisation: Uuid,
    pub kind: OrganisationKind,
    pub name: String,
    /// The header of a partner's pages; None elsewhere.
    pub header: Option<Header>,
    mark: PhantomData<G>,
}

/// May look.
pub type Reading = Roster<SignedIn>;
/// May change.
pub type Writing = Roster<WriteUsers>;

impl<G> Roster<G> {
    /// The address of the list; a person's pages lie below it.
    pub fn base(&self) -> String {
        match self.place {
            Place::Partner(id) => paths::partner_page(id, "users"),
            Place::Staff => paths::STAFF.into(),
            Place::Own => paths::OWN_USERS.into(),
        }
    }

    /// The address of a person's page.
    pub fn person(&self, id: Uuid) -> String {
        format!("{}/{id}", self.base())
    }

    /// The way here, for the reader.
    pub fn crumbs(&self) -> Vec<Link> {
        match self.place {
            Place::Partner(id) => {
                let mut crumbs = organisations::pages::crumbs();
                crumbs.push(Link::new(&self.name, paths::partner(id)));
                crumbs
            }
            Place::Staff => vec![Link::new("Staff", paths::STAFF)],
            Place::Own => vec![Link::new(&self.name, paths::ORGANISATION), Link::new("People", paths::OWN_USERS)],
        }
    }
}

impl Writing {
    /// What actions need to know.
    pub fn scope(who: &Actor<WriteUsers>, organisation: Uuid, now: chrono::DateTime<chrono::Utc>) -> Scope<'_> {
        Scope { who, organisation, now }
    }
}

impl<G: Grant> FromRequest for Roster<G> {
    type Error = AppError;
    type Future = LocalBoxFuture<'static, Result<Self, AppError>>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let request = request.clone();
        let who = Actor::<G>::from_request(&request, payload);
        Box::pin(async move { reach(&request, who.await?).await })
    }
}

async fn reach<G: Grant>(request: &HttpRequest, who: Actor<G>) -> Result<Roster<G>, AppError> {
    let place = place(request)?;
    let allowed = match place {
        Place::Partner(_) => who.also::<ReadPartners>().is_some(),
        Place::Staff => who.also::<ReadStaff>().is_some(),
        Place::Own => true,
    };
    if !allowed {
        return Err(AppError::Forbidden);
    }
    let header = match place {
        Place::Partner(id) => Some(partner_header(request, &who, id).await?),
        Place::Staff | Place::Own => None,
    };
    let own = &who.organisation;
    let (organisation, kind, name) = match &header {
        Some(header) => (header.id, OrganisationKind::Partner, header.name.clone()),
        None => (own.id, own.kind, own.name.clone()),
    };
    Ok(Roster { who, place, organisation, kind, name, header, mark: PhantomData })
}

fn place(request: &HttpRequest) -> Result<Place, AppError> {
    // The route's pattern, not the address: an address can be written in many ways.
    let pattern = request.match_pattern().unwrap_or_default();
    if pattern.starts_with(paths::PARTNERS) {
        path::id(request, "id").map(Place::Partner)
    } else if pattern.starts_with(paths::STAFF) {
        Ok(Place::Staff)
    } else if pattern.starts_with(paths::OWN_USERS) {
        Ok(Place::Own)
    } else {
        Err(AppError::NotFound)
    }
}

async fn partner_header<G>(request: &HttpRequest, who: &Actor<G>, id: Uuid) -> Result<Header, AppError> {
    let portal = request.app_data::<Shared>().cloned().ok_or(AppError::Internal)?;
    let tenant = who.tenant.id;
    let organisation = portal.db.read(move |conn| Ok(organisations::find_in(conn, tenant, id)?)).await?;
    if organisation.is_deleted() && !request.method().is_safe() {
        return Err(AppError::NotFound);
    }
    let (may_write, may_read_history) = (who.may(Permission::WritePartner), who.may(Permission::ReadAudit));
    Ok(Header::of(&organisation, may_write, may_read_history, "People"))
}
