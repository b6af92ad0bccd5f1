//! Reading a collection: one by its id, a page, a find, all of it. One set of handlers for all of them; the grant is a
//! type, and so is whose items an address is about.

use std::marker::PhantomData;

use actix_web::{HttpRequest, HttpResponse, Resource, web};
use diesel::OptionalExtension as _;

use super::collections as all;
use super::export;
use crate::access::{
    Actor, Grant, ManageClients, ReadInvitations, ReadOwnHistory, ReadPartners, ReadRecords, ReadUsers,
};
use crate::api::collection::{Collection, Scope};
use crate::api::door::Api;
use crate::api::find::{self, Condition};
use crate::api::page::{KNOWN, Page, Parameters};
use crate::api::write::tag;
use crate::api::{ApiError, Body};
use crate::db::Fault;
use crate::organisations::find_in;
use crate::web::portal::Shared;
use crate::web::{freshness, path};

/// A collection that callers with a grant may read.
pub trait Readable: 'static {
    type Needs: Grant;
    /// As it stands in addresses.
    const NAME: &'static str;
    const COLLECTION: Collection;
}

macro_rules! readable {
    ($($name:ident: $path:literal, $grant:ty, $collection:expr;)+) => {
        $(pub struct $name;

        impl Readable for $name {
            type Needs = $grant;
            const NAME: &'static str = $path;
            const COLLECTION: Collection = $collection;
        })+
    };
}

readable! {
    Organisations: "organisations", ReadRecords, all::ORGANISATIONS;
    Users: "users", ReadUsers, all::USERS;
    Partners: "partners", ReadRecords, all::PARTNERS;
    Connections: "connections", ReadRecords, all::CONNECTIONS;
    ApiClients: "api-clients", ManageClients, all::API_CLIENTS;
    AuditEvents: "audit-events", ReadOwnHistory, all::AUDIT_EVENTS;
    Invitations: "invitations", ReadInvitations, all::INVITATIONS;
    InvitationBatches: "invitation-batches", ReadInvitations, all::BATCHES;
    ReceivedInvitations: "received-invitations", ReadInvitations, all::RECEIVED;
    DeletedOrganisations: "deleted-organisations", ReadPartners, all::DELETED;
    OrganisationImports: "organisation-imports", ReadPartners, all::IMPORTS;
}

/// Whose items an address is about.
trait Place: 'static {
    /// Where the item's id stands in the address.
    const ITEM: &'static str;

    async fn scope<G>(who: &Actor<G>, portal: &Shared, request: &HttpRequest) -> Result<Scope, ApiError>;
}

/// What the caller sees as its own.
struct Callers;

impl Place for Callers {
    const ITEM: &'static str = "id";

    async fn scope<G>(who: &Actor<G>, portal: &Shared, _: &HttpRequest) -> Result<Scope, ApiError> {
        Ok(Scope::of(who, portal.clock.now()))
    }
}

/// Those of the organisation that the address names.
struct Of;

impl Place for Of {
    const ITEM: &'static str = "item";

    async fn scope<G>(who: &Actor<G>, portal: &Shared, request: &HttpRequest) -> Result<Scope, ApiError> {
        let id = path::id(request, "id").map_err(|_| ApiError::not_found())?;
        let own = Callers::scope(who, portal, request).await?;
        if id == own.organisation {
            return Ok(own);
        }
        if !own.host {
            return Err(ApiError::not_found());
        }
        let look = move |conn: &mut _| Ok::<_, Fault>(find_in(conn, own.tenant, id).optional()?);
        let there = portal.db.read(look).await?.filter(|organisation| !organisation.is_deleted());
        there.map(|there| Scope { organisation: there.id, ..own }).ok_or_else(ApiError::not_found)
    }
}

/// Calls that stand where an id could: registered before whatever takes one.
pub fn named(config: &mut web::ServiceConfig) {
    asked::<Organisations>(config);
    asked::<Users>(config);
    asked::<Partners>(config);
    asked::<Connections>(config);
    asked::<ApiClients>(config);
    asked::<AuditEvents>(config);
    asked::<Invitations>(config);
    asked::<InvitationBatches>(config);
    asked::<ReceivedInvitations>(config);
    asked::<DeletedOrganisations>(config);
    asked::<OrganisationImports>(config);
    of_one::<Partners>(config);
    of_one::<Connections>(config);
}

/// Lists and items that nothing can be written to; those of the others stand beside their writes.
pub fn routes(config: &mut web::ServiceConfig) {
    config
        .service(list::<Connections>())
        .service(list::<AuditEvents>())
        .service(one::<AuditEvents>())
        .service(one::<ApiClients>())
        .service(one::<InvitationBatches>())
        .service(list::<ReceivedInvitations>())
        .service(one::<ReceivedInvitations>())
        .service(list::<DeletedOrganisations>())
        .service(one::<DeletedOrganisations>())
        .service(list::<OrganisationImports>())
        .service(one::<OrganisationImports>());
}

fn asked<R: Readable>(config: &mut web::ServiceConfig) {
    finding::<R, Callers>(config, R::NAME);
}

fn finding<R: Readable, P: Place>(config: &mut web::ServiceConfig, base: &str) {
    let at = |call| web::resource(format!("/v1/{base}/{call}"));
    config.service(at("find").route(web::post().to(Reading::<R, P>::search))).service(
        at("export").route(web::get().to(Reading::<R, P>::export)).route(web::post().to(Reading::<R, P>::export_found)),
    );
}

/// What belongs to each organisation alone, of one that the address names.
fn of_one<R: Readable>(config: &mut web::ServiceConfig) {
    let base = format!("organisations/{{id}}/{}", R::NAME);
    finding::<R, Of>(config, &base);
    let (all, one) = (format!("/v1/{base}"), format!("/v1/{base}/{{{}}}", Of::ITEM));
    config
        .service(web::resource(all).route(web::get().to(Reading::<R, Of>::list)))
        .service(web::resource(one).route(web::get().to(Reading::<R, Of>::one)));
}

/// The address of a collection, to which its writes are added: one resource for a path, so that a 405 knows all of its
/// methods.
pub fn list<R: Readable>() -> Resource {
    web::resource(format!("/v1/{}", R::NAME)).route(web::get().to(Reading::<R, Callers>::list))
}

/// As [`list`], for one item.
pub fn one<R: Readable>() -> Resource {
    web::resource(format!("/v1/{}/{{id}}", R::NAME)).route(web::get().to(Reading::<R, Callers>::one))
}

struct Reading<R, P>(PhantomData<(R, P)>);

impl<R: Readable, P: Place> Reading<R, P> {
    async fn one(who: Api<R::Needs>, portal: Shared, request: HttpRequest) -> Result<HttpResponse, ApiError> {
        Parameters::read(&request, &[])?;
        let id = path::id(&request, P::ITEM).map_err(|_| ApiError::not_found())?;
        let condition = R::COLLECTION.is(id);
        let scope = P::scope(&who.0, &portal, &request).await?;
        let look = move |conn: &mut _| Ok::<_, Fault>(R::COLLECTION.one(conn, scope, &condition)?);
        let found = portal.db.read(look).await?.ok_or_else(ApiError::not_found)?;
        let mut answer = HttpResponse::Ok();
        tag(answer.content_type("application/json"), &found);
        Ok(answer.body(found))
    }

    async fn list(who: Api<R::Needs>, portal: Shared, request: HttpRequest) -> Result<HttpResponse, ApiError> {
        Self::answer(&who, &portal, &request, None).await
    }

    async fn search(
        who: Api<R::Needs>,
        portal: Shared,
        request: HttpRequest,
        body: Body,
    ) -> Result<HttpResponse, ApiError> {
        let condition = find::compile(&body.0, R::COLLECTION.fields, 4)?;
        Self::answer(&who, &portal, &request, Some(condition)).await
    }

    async fn export(who: Api<R::Needs>, portal: Shared, request: HttpRequest) -> Result<HttpResponse, ApiError> {
        let scope = P::scope(&who.0, &portal, &request).await?;
        export::whole(&who.0, (&portal, scope), &request, (R::NAME, R::COLLECTION), None).await
    }

    async fn export_found(
        who: Api<R::Needs>,
        portal: Shared,
        request: HttpRequest,
        body: Body,
    ) -> Result<HttpResponse, ApiError> {
        let condition = find::compile(&body.0, R::COLLECTION.fields, 4)?;
        let scope = P::scope(&who.0, &portal, &request).await?;
        export::whole(&who.0, (&portal, scope), &request, (R::NAME, R::COLLECTION), Some(condition)).await
    }

    async fn answer(
        who: &Api<R::Needs>,
        portal: &Shared,
        request: &HttpRequest,
        condition: Option<Condition>,
    ) -> Result<HttpResponse, ApiError> {
        let page = Page::of(&Parameters::read(request, &KNOWN)?)?;
        let (order, scope) = (R::COLLECTION.order(&page)?, P::scope(&who.0, portal, request).await?);
        let totals = portal.db.totals();
        let look = move |conn: &mut _| {
            Ok::<_, Fault>(R::COLLECTION.list((conn, &totals), scope, (&page, order), condition.as_ref())?)
        };
        Ok(portal.db.read_as(freshness::of_machine(request), look).await?.answer())
    }
}
