//! People: created, changed, suspended, removed and brought back, under the rules for roles. The host's credentials reach
//! everybody of the tenant, a partner's its own people.

use actix_web::HttpResponse;
use diesel::pg::PgConnection;
use uuid::Uuid;

use super::super::collections::USERS;
use super::{deleted, found, item, members, place, reach, refused};
use crate::access::{Role, WriteUsers};
use crate::api::ApiError;
use crate::api::repeat::Done;
use crate::api::write::{Hand, Outcome, Write};
use crate::db::Fault;
use crate::input::{self, Problem, Problems};
use crate::secrets;
use crate::users::actions::{self, Refusal, Scope};
use crate::users::model::{self, NewUser};
use crate::users::{self, User};
use crate::web::Id;

/// `POST /v1/users`
pub async fn create(mut call: Write<WriteUsers>) -> Result<HttpResponse, ApiError> {
    let mut fields = call.fields()?;
    let organisation = members::id(&mut fields, "organisationId");
    let email = fields.text("email", model::email);
    let name = members::sent(&mut fields, "name", input::person_name);
    let role = members::sent(&mut fields, "role", any_role);
    fields.done_strictly()?;
    let email = email.ok_or_else(ApiError::internal)?;
    // A user goes by their address until somebody says otherwise (domain.md, conflict 2).
    let name = name.unwrap_or_else(|| email.as_typed().to_owned());
    let id = secrets::new_id(call.now);
    call.run(move |tx, hand| {
        let (organisation, kind) = place(tx, hand, organisation)?;
        let role = model::role_or_lowest(role.map_or("", Role::as_str), kind)
            .map_err(|problem| Fault::Refused(refused::fields(&Problems::one("role", problem))))?;
        let new = NewUser { name: name.clone(), email: email.clone(), role };
        actions::create(tx, &scope(hand, organisation), id, &new).map_err(refused::user(None))?;
        Ok(Done::created(item(tx, hand, &USERS, id)?))
    })
    .await
}

/// `PATCH /v1/users/{id}`
pub async fn update(mut call: Write<WriteUsers>, id: Id) -> Result<HttpResponse, ApiError> {
    let mut fields = call.fields()?;
    let expected = call.expected(&mut fields);
    let name = members::sent(&mut fields, "name", input::person_name);
    let role = members::sent(&mut fields, "role", any_role);
    fields.done_strictly()?;
    call.run(move |tx, hand| {
        let organisation = home(tx, hand, id.0)?;
        let which = (id.0, expected.map(|expected| expected.version));
        let change = |profile: &mut model::Profile| {
            if let Some(name) = &name {
                profile.name.clone_from(name);
            }
            profile.role = role.unwrap_or(profile.role);
        };
        actions::update(tx, &scope(hand, organisation), which, change).map_err(refused::user(expected))?;
        Ok(Done::ok(item(tx, hand, &USERS, id.0)?))
    })
    .await
}

/// Any role; whether the organisation has it is the action's question.
fn any_role(raw: &str) -> Result<Role, Problem> {
    Role::parse(raw).ok_or(Problem::NotAChoice("Choose what this person may do."))
}

const fn scope(hand: &Hand<WriteUsers>, organisation: Uuid) -> Scope<'_> {
    Scope { who: &hand.who, organisation, now: hand.now }
}

/// The organisation of somebody whom the caller reaches, removed or not.
fn home(tx: &mut PgConnection, hand: &Hand<WriteUsers>, id: Uuid) -> Outcome<Uuid> {
    found(users::organisation_of(tx, hand.who.tenant.id, reach(hand), id))
}

type Action = fn(&mut PgConnection, &Scope<'_>, Uuid) -> Result<User, Fault<Refusal>>;

async fn act(mut call: Write<WriteUsers>, id: Id, action: Action) -> Result<HttpResponse, ApiError> {
    call.nothing()?;
    call.run(move |tx, hand| {
        let organisation = home(tx, hand, id.0)?;
        action(tx, &scope(hand, organisation), id.0).map_err(refused::user(None))?;
        Ok(Done::ok(item(tx, hand, &USERS, id.0)?))
    })
    .await
}

/// `POST /v1/users/{id}/suspend`
pub async fn suspend(call: Write<WriteUsers>, id: Id) -> Result<HttpResponse, ApiError> {
    act(call, id, actions::suspend).await
}

/// `POST /v1/users/{id}/resume`
pub async fn resume(call: Write<WriteUsers>, id: Id) -> Result<HttpResponse, ApiError> {
    act(call, id, actions::resume).await
}

/// `POST /v1/users/{id}/restore`
pub async fn restore(call: Write<WriteUsers>, id: Id) -> Result<HttpResponse, ApiError> {
    act(call, id, actions::bring_back).await
}

/// `POST /v1/users/{id}/reset-identity`
pub async fn reset_identity(call: Write<WriteUsers>, id: Id) -> Result<HttpResponse, ApiError> {
    act(call, id, actions::reset_identity).await
}

/// `DELETE /v1/users/{id}`
pub async fn remove(mut call: Write<WriteUsers>, id: Id) -> Result<HttpResponse, ApiError> {
    call.nothing()?;
    call.run(move |tx, hand| {
        let organisation = home(tx, hand, id.0)?;
        actions::remove(tx, &scope(hand, organisation), id.0).map_err(refused::user(None))?;
        Ok(Done::ok(deleted("user", id.0)))
    })
    .await
}
