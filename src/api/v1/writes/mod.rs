//! What the pages can do, for machines: thin adapters over the features' actions. Paths, names of fields and shapes;
//! nothing is decided here. The object answers as reading it does.

mod api_clients;
mod batches;
mod connections;
mod imports;
mod invitations;
mod members;
mod organisations;
mod partner_invitations;
mod partners;
mod refused;
mod tenant;
mod users;

use actix_web::{Resource, web};
use diesel::pg::PgConnection;
use serde_json::json;
use uuid::Uuid;

use super::read::{ApiClients, Connections, InvitationBatches, Invitations, Organisations, Partners, Users, list, one};
use crate::access::OrganisationKind;
use crate::api::ApiError;
use crate::api::collection::Collection;
use crate::api::find::{Bind, Condition};
use crate::api::write::{Hand, Outcome};
use crate::{db, wire};

/// Routes of everything that changes something, each path with its reads.
pub fn routes(config: &mut web::ServiceConfig) {
    config.configure(of_organisations).configure(of_users).configure(of_records);
    config.configure(of_invitations).configure(of_batches).configure(of_clients);
    config.service(act("tenant").route(web::get().to(tenant::show)).route(web::patch().to(tenant::update)));
}

fn act(path: &str) -> Resource {
    web::resource(format!("/v1/{path}"))
}

fn of_organisations(config: &mut web::ServiceConfig) {
    config
        .service(list::<Organisations>().route(web::post().to(organisations::create)))
        .service(
            one::<Organisations>()
                .route(web::patch().to(organisations::update))
                .route(web::delete().to(organisations::delete)),
        )
        .service(act("organisations/{id}/suspend").route(web::post().to(organisations::suspend)))
        .service(act("organisations/{id}/resume").route(web::post().to(organisations::resume)))
        .service(act("organisations/{id}/restore").route(web::post().to(organisations::restore)))
        .service(act("organisation-imports/{id}/undo").route(web::post().to(imports::undo)));
}

fn of_users(config: &mut web::ServiceConfig) {
    config
        .service(list::<Users>().route(web::post().to(users::create)))
        .service(one::<Users>().route(web::patch().to(users::update)).route(web::delete().to(users::remove)))
        .service(act("users/{id}/suspend").route(web::post().to(users::suspend)))
        .service(act("users/{id}/resume").route(web::post().to(users::resume)))
        .service(act("users/{id}/restore").route(web::post().to(users::restore)))
        .service(act("users/{id}/reset-identity").route(web::post().to(users::reset_identity)));
}

fn of_records(config: &mut web::ServiceConfig) {
    config
        .service(list::<Partners>().route(web::post().to(partners::create)))
        .service(one::<Partners>().route(web::patch().to(partners::update)).route(web::delete().to(partners::remove)))
        .service(act("partners/{id}/restore").route(web::post().to(partners::restore)))
        .service(one::<Connections>().route(web::patch().to(connections::grant)))
        .service(act("connections/{id}/end").route(web::post().to(connections::end)));
}

fn of_invitations(config: &mut web::ServiceConfig) {
    config
        .service(list::<Invitations>().route(web::post().to(invitations::create)))
        .service(one::<Invitations>().route(web::patch().to(invitations::update)))
        .service(act("invitations/{id}/resend").route(web::post().to(invitations::resend)))
        .service(act("invitations/{id}/revoke").route(web::post().to(invitations::revoke)))
        .service(act("invitations/{id}/reinstate").route(web::post().to(invitations::reinstate)))
        // Seed 004 reads here.
        .service(wire::invitations().route(web::post().to(partner_invitations::create)))
        .service(wire::invitation().route(web::patch().to(partner_invitations::update)))
        .service(act("partner-invitations/{number}/resend").route(web::post().to(partner_invitations::resend)))
        .service(act("partner-invitations/{number}/revoke").route(web::post().to(partner_invitations::revoke)));
}

fn of_batches(config: &mut web::ServiceConfig) {
    config
        .service(list::<InvitationBatches>().route(web::post().to(batches::create)))
        .service(act("invitation-batches/{id}/undo").route(web::post().to(batches::undo)));
}

fn of_clients(config: &mut web::ServiceConfig) {
    config
        .service(list::<ApiClients>().route(web::post().to(api_clients::create)))
        .service(act("api-clients/{id}/rotate").route(web::post().to(api_clients::rotate)))
        .service(act("api-clients/{id}/end-older-secrets").route(web::post().to(api_clients::end_older)))
        .service(act("api-clients/{id}/revoke").route(web::post().to(api_clients::revoke)));
}

/// An item as reading it gives it, within the transaction that changed it.
fn item<G>(tx: &mut PgConnection, hand: &Hand<G>, collection: &Collection, id: Uuid) -> Outcome<String> {
    item_by(tx, hand, collection, collection.id, id)
}

/// As [`item`], by the column that holds its UUID.
fn item_by<G>(
    tx: &mut PgConnection,
    hand: &Hand<G>,
    collection: &Collection,
    column: &str,
    id: Uuid,
) -> Outcome<String> {
    let sql = format!("{column} = ANY($4::text[]::uuid[])");
    let condition = Condition { sql, binds: vec![Bind::Texts(vec![id.to_string()])] };
    collection.one(tx, hand.scope(), &condition)?.ok_or_else(nothing)
}

/// The answer about something that is gone.
fn deleted(object: &str, id: Uuid) -> String {
    json!({ "object": object, "id": id, "deleted": true }).to_string()
}

/// There is no such thing for this caller.
fn nothing() -> db::Fault<ApiError> {
    db::Fault::Refused(ApiError::not_found())
}

/// What a statement found; nothing is a 404.
fn found<T>(result: diesel::QueryResult<T>) -> Outcome<T> {
    result.map_err(|error| if error == diesel::NotFound { nothing() } else { error.into() })
}

/// How far a caller reaches: the host's to the whole tenant (None), a partner's to its own organisation.
fn reach<G>(hand: &Hand<G>) -> Option<Uuid> {
    (!hand.who.is_staff()).then_some(hand.who.organisation.id)
}

/// The organisation that a body names, with its kind: the caller's own, or for the host's any partner that is not in
/// the bin. Whether another exists makes no difference to a partner's.
fn place<G>(tx: &mut PgConnection, hand: &Hand<G>, named: Option<Uuid>) -> Outcome<(Uuid, OrganisationKind)> {
    let own = &hand.who.organisation;
    match named {
        None => Ok((own.id, own.kind)),
        Some(id) if id == own.id => Ok((own.id, own.kind)),
        Some(id) if hand.who.is_staff() => match crate::organisations::find_in(tx, hand.who.tenant.id, id) {
            Ok(found) if !found.is_deleted() => Ok((found.id, found.kind)),
            Ok(_) | Err(diesel::NotFound) => Err(no_organisation("organisationId")),
            Err(error) => Err(error.into()),
        },
        Some(_) => Err(no_organisation("organisationId")),
    }
}

fn no_organisation(path: &str) -> db::Fault<ApiError> {
    db::Fault::Refused(refused::unfit(path, "not_found", refused::NO_ORGANISATION))
}

/// Two objects as one, the members of the first first.
fn joined(first: &str, second: &str) -> String {
    let first = first.trim_end().strip_suffix('}').unwrap_or(first);
    let second = second.trim_start().strip_prefix('{').unwrap_or(second);
    format!("{first}, {second}")
}
