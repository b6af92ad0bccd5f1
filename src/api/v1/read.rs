//! Reading a collection: one by its id, a page, a find. One set of handlers for all of them; the grant is a type.

use std::marker::PhantomData;

use actix_web::{HttpRequest, HttpResponse, web};

use super::collections as all;
use super::export;
use crate::access::{Grant, ManageClients, ReadInvitations, ReadOwnHistory, ReadRecords, ReadUsers};
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
trait Readable: 'static {
    type Needs: Grant;
    /// As it stands in addresses.
    const NAME: &'static str;
    const COLLECTION: Collection;
}

macro_rules! readable {
    ($($name:ident: $path:literal, $grant:ty, $collection:expr;)+) => {
        $(struct $name;

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
}

/// Calls that stand where an id could: registered before whatever takes one.
pub fn named(config: &mut web::ServiceConfig) {
    asked::<Organisations>(config, "organisations");
    asked::<Users>(config, "users");
    asked::<Partners>(config, "partners");
    asked::<Connections>(config, "connections");
    asked::<ApiClients>(config, "api-clients");
    asked::<AuditEvents>(config, "audit-events");
    asked::<Invitations>(config, "invitations");
    asked::<InvitationBatches>(config, "invitation-batches");
}

/// Lists and items of every collection.
pub fn routes(config: &mut web::ServiceConfig) {
    at::<Organisations>(config, "organisations");
    at::<Users>(config, "users");
    at::<Partners>(config, "partners");
    at::<Connections>(config, "connections");
    at::<ApiClients>(config, "api-clients");
    at::<AuditEvents>(config, "audit-events");
    at::<Invitations>(config, "invitations");
    at::<InvitationBatches>(config, "invitation-batches");
}

fn asked<R: Readable>(config: &mut web::ServiceConfig, name: &str) {
    config.service(web::resource(format!("/v1/{name}/find")).route(web::post().to(Reading::<R>::search))).service(
        web::resource(format!("/v1/{name}/export"))
            .route(web::get().to(Reading::<R>::export))
            .route(web::post().to(Reading::<R>::export_found)),
    );
}

fn at<R: Readable>(config: &mut web::ServiceConfig, name: &str) {
    config
        .service(web::resource(format!("/v1/{name}")).route(web::get().to(Reading::<R>::list)))
        .service(web::resource(format!("/v1/{name}/{{id}}")).route(web::get().to(Reading::<R>::one)));
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
