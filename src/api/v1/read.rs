//! Reading a collection: one by its id, a page, a find. One set of handlers for all of them; the grant is a type.

use std::marker::PhantomData;

use actix_web::{HttpRequest, HttpResponse, Resource, web};

use super::collections as all;
use super::export;
use crate::access::{Grant, ManageClients, ReadInvitations, ReadOwnHistory, ReadPartners, ReadRecords, ReadUsers};
use crate::api::collection::{Collection, Scope};
use crate::api::door::Api;
use crate::api::find::{self, Bind, Condition};
use crate::api::page::{KNOWN, Page, Parameters};
use crate::api::write::tag;
use crate::api::{ApiError, Body};
use crate::db::Fault;
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
        .service(one::<DeletedOrganisations>());
}

fn asked<R: Readable>(config: &mut web::ServiceConfig) {
    let at = |call| web::resource(format!("/v1/{}/{call}", R::NAME));
    config.service(at("find").route(web::post().to(Reading::<R>::search))).service(
        at("export").route(web::get().to(Reading::<R>::export)).route(web::post().to(Reading::<R>::export_found)),
    );
}

/// The address of a collection, to which its writes are added: one resource for a path, so that a 405 knows all of its
/// methods.
pub fn list<R: Readable>() -> Resource {
    web::resource(format!("/v1/{}", R::NAME)).route(web::get().to(Reading::<R>::list))
}

/// As [`list`], for one item.
pub fn one<R: Readable>() -> Resource {
    web::resource(format!("/v1/{}/{{id}}", R::NAME)).route(web::get().to(Reading::<R>::one))
}

struct Reading<R>(PhantomData<R>);

impl<R: Readable> Reading<R> {
    async fn one(who: Api<R::Needs>, portal: Shared, request: HttpRequest) -> Result<HttpResponse, ApiError> {
        Parameters::read(&request, &[])?;
        let id = path::id(&request, "id").map_err(|_| ApiError::not_found())?;
        let sql = format!("{} = ANY($4::text[]::uuid[])", R::COLLECTION.id);
        let condition = Condition { sql, binds: vec![Bind::Texts(vec![id.to_string()])] };
        let scope = scope(&who, &portal);
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
        export::whole(&who.0, &portal, &request, (R::NAME, R::COLLECTION), None).await
    }

    async fn export_found(
        who: Api<R::Needs>,
        portal: Shared,
        request: HttpRequest,
        body: Body,
    ) -> Result<HttpResponse, ApiError> {
        let condition = find::compile(&body.0, R::COLLECTION.fields, 4)?;
        export::whole(&who.0, &portal, &request, (R::NAME, R::COLLECTION), Some(condition)).await
    }

    async fn answer(
        who: &Api<R::Needs>,
        portal: &Shared,
        request: &HttpRequest,
        condition: Option<Condition>,
    ) -> Result<HttpResponse, ApiError> {
        let page = Page::of(&Parameters::read(request, &KNOWN)?)?;
        let (order, scope) = (R::COLLECTION.order(&page)?, scope(who, portal));
        let totals = portal.db.totals();
        let look = move |conn: &mut _| {
            Ok::<_, Fault>(R::COLLECTION.list((conn, &totals), scope, (&page, order), condition.as_ref())?)
        };
        Ok(portal.db.read_as(freshness::of_machine(request), look).await?.answer())
    }
}

fn scope<G>(who: &Api<G>, portal: &Shared) -> Scope {
    Scope::of(&who.0, portal.clock.now())
}
