//! Whose things an address is about, and whether the caller may see or change them.
//!
//! Invitations, partner records, connections and API credentials lie at three places: below a partner's page for staff, under the
//! settings for the tenant's own organisation, and under `/organisation` for one's own. This extractor is the
//! permission check of all of them. A foreign organisation is a 404 before anything else is known.

use actix_web::dev::Payload;
use actix_web::{FromRequest, HttpRequest};
use futures_util::future::LocalBoxFuture;
use uuid::Uuid;

use super::pages::{Header, crumbs};
use super::queries;
use crate::access::{Actor, Grant, OrganisationKind, Permission};
use crate::web::portal::Shared;
use crate::web::view::Link;
use crate::web::{AppError, path, paths};

/// Where a page lies.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Place {
    /// Below a partner's page, for staff.
    Partner(Uuid),
    /// Under the settings, for staff: the tenant's own organisation.
    Host,
    /// Under `/organisation`: one's own.
    Own,
}

/// A list with three addresses.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Section {
    Invitations,
    Records,
    Connections,
    ApiClients,
}

impl Section {
    const fn below_partner(self) -> &'static str {
        match self {
            Self::Invitations => "invitations",
            Self::Records => "partners",
            Self::Connections => "connections",
            Self::ApiClients => "api",
        }
    }

    const fn of_host(self) -> &'static str {
        match self {
            Self::Invitations => paths::INVITATIONS,
            Self::Records => paths::RECORDS,
            Self::Connections => paths::CONNECTIONS,
            Self::ApiClients => paths::API_CLIENTS,
        }
    }

    const fn own(self) -> &'static str {
        match self {
            Self::Invitations => paths::OWN_INVITATIONS,
            Self::Records => paths::OWN_RECORDS,
            Self::Connections => paths::OWN_CONNECTIONS,
            Self::ApiClients => paths::OWN_API_CLIENTS,
        }
    }

    /// The tab of a partner's page.
    const fn tab(self) -> &'static str {
        match self {
            Self::Invitations => "Invitations",
            Self::Records => "Partner records",
            Self::Connections => "Connections",
            Self::ApiClients => "API",
        }
    }
}

impl Place {
    /// The address of a list at this place; things lie below it.
    pub fn address(self, section: Section) -> String {
        match self {
            Self::Partner(id) => paths::partner_page(id, section.below_partner()),
            Self::Host => section.of_host().into(),
            Self::Own => section.own().into(),
        }
    }
}

/// The desk of one organisation, reached by somebody who may.
pub struct Desk<G> {
    pub who: Actor<G>,
    pub place: Place,
    /// Whose things these are.
    pub organisation: Uuid,
    pub kind: OrganisationKind,
    pub name: String,
    /// The header of a partner's pages; None elsewhere.
    pub header: Option<Header>,
}

impl<G> Desk<G> {
    /// The way to a list, for the reader of a page below it.
    pub fn crumbs(&self, section: Section, title: &str) -> Vec<Link> {
        let list = Link::new(title, self.place.address(section));
        match self.place {
            Place::Partner(id) => {
                let mut crumbs = crumbs();
                crumbs.extend([Link::new(&self.name, paths::partner(id)), list]);
                crumbs
            }
            Place::Host => vec![Link::new("Settings", paths::SETTINGS), list],
            Place::Own => vec![Link::new(&self.name, paths::ORGANISATION), list],
        }
    }

    /// Whether the things of this place can be changed at all: not those of an organisation in the bin.
    pub fn is_open(&self) -> bool {
        !self.header.as_ref().is_some_and(|header| header.deleted)
    }
}

impl<G: Grant> FromRequest for Desk<G> {
    type Error = AppError;
    type Future = LocalBoxFuture<'static, Result<Self, AppError>>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let request = request.clone();
        let who = Actor::<G>::from_request(&request, payload);
        Box::pin(async move { reach(&request, who.await?).await })
    }
}

async fn reach<G: Grant>(request: &HttpRequest, who: Actor<G>) -> Result<Desk<G>, AppError> {
    let (place, section) = place(request)?;
    if place != Place::Own && !who.is_staff() {
        return Err(AppError::Forbidden);
    }
    let header = match place {
        Place::Partner(id) => Some(partner_header(request, &who, id, section).await?),
        Place::Host | Place::Own => None,
    };
    let (organisation, kind, name) = match &header {
        Some(header) => (header.id, OrganisationKind::Partner, header.name.clone()),
        None => (who.organisation.id, who.organisation.kind, who.organisation.name.clone()),
    };
    Ok(Desk { who, place, organisation, kind, name, header })
}

fn place(request: &HttpRequest) -> Result<(Place, Section), AppError> {
    // The route's pattern, not the address: an address can be written in many ways.
    let pattern = request.match_pattern().unwrap_or_default();
    let sections = [Section::Invitations, Section::Records, Section::Connections, Section::ApiClients];
    let lies_under =
        |list: &str| pattern.strip_prefix(list).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'));
    for section in sections {
        if lies_under(&format!("{}/{{id}}/{}", paths::PARTNERS, section.below_partner())) {
            return Ok((Place::Partner(path::id(request, "id")?), section));
        }
        if lies_under(section.of_host()) {
            return Ok((Place::Host, section));
        }
        if lies_under(section.own()) {
            return Ok((Place::Own, section));
        }
    }
    Err(AppError::NotFound)
}

async fn partner_header<G>(
    request: &HttpRequest,
    who: &Actor<G>,
    id: Uuid,
    section: Section,
) -> Result<Header, AppError> {
    let portal = request.app_data::<Shared>().cloned().ok_or(AppError::Internal)?;
    let tenant = who.tenant.id;
    let organisation = portal.db.read(move |conn| Ok(queries::find_in(conn, tenant, id)?)).await?;
    if organisation.is_deleted() && !request.method().is_safe() {
        return Err(AppError::NotFound);
    }
    let (may_write, may_read_history) = (who.may(Permission::WritePartner), who.may(Permission::ReadAudit));
    Ok(Header::of(&organisation, may_write, may_read_history, section.tab()))
}
