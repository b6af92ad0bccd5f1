//! What can be done with machine credentials. Rules, writes and history of each in the caller's transaction.

use chrono::{DateTime, Duration, Utc};
use diesel::pg::PgConnection;
use uuid::Uuid;

use super::model::{ApiClient, Kind, NewClient, TOKEN_SECONDS, offered, overlap_ends};
use super::queries;
use super::secret::{self, Purpose};
use crate::access::{Actor, ManageClients, OrganisationKind, Permission, Principal};
use crate::audit::{self, Change, Event, Object, Verb};
use crate::db::Fault;
use crate::secrets;

/// Why an action on a credential was refused.
#[derive(Debug, PartialEq, Eq)]
pub enum Refusal {
    /// A permission that whoever makes it does not have.
    Permission,
    /// No such credential, or revoked already.
    Gone,
    /// The form made something else before.
    UsedBefore,
}

type Outcome<T> = Result<T, Fault<Refusal>>;

/// Who acts, when, for which organisation.
pub struct Scope<'a> {
    pub who: &'a Actor<ManageClients>,
    pub organisation: (Uuid, OrganisationKind),
    pub now: DateTime<Utc>,
}

/// Makes a credential; its secret is drawn by the caller, shown once and never stored.
pub fn create(tx: &mut PgConnection, scope: &Scope<'_>, id: Uuid, new: &NewClient, secret: &str) -> Outcome<()> {
    crate::access::queries::still_stands(tx, scope.who)?;
    let offered = offered(scope.organisation.1, scope.who);
    if new.permissions.is_empty() || !new.permissions.iter().all(|permission| offered.contains(permission)) {
        return Err(Fault::Refused(Refusal::Permission));
    }
    let place = (scope.who.tenant.id, scope.organisation.0, scope.who.user.id);
    queries::insert(tx, place, id, new, scope.now)?;
    queries::insert_secret(tx, (secrets::new_id(scope.now), id), secret, scope.now)?;
    let words: Vec<&str> = new.permissions.iter().map(|permission| permission.as_str()).collect();
    let changes =
        [Change::of("kind", None, Some(new.kind.word())), Change::of("permissions", None, Some(&words.join(", ")))];
    note(tx, scope, Verb::Create, (id, &new.name), changes.into_iter().flatten().collect())
}

/// Gives a credential a second secret; the first works for another week.
pub fn rotate(tx: &mut PgConnection, scope: &Scope<'_>, id: Uuid, secret: &str) -> Outcome<ApiClient> {
    let client = present(tx, scope, id)?;
    // Whoever holds the new secret may all that the credential may.
    let offered = offered(scope.organisation.1, scope.who);
    let mut taken_over = client.permissions.iter().filter_map(|word| Permission::parse(word));
    if !taken_over.all(|permission| offered.contains(&permission)) {
        return Err(Fault::Refused(Refusal::Permission));
    }
    queries::end_secrets(tx, id, overlap_ends(scope.now))?;
    queries::insert_secret(tx, (secrets::new_id(scope.now), id), secret, scope.now)?;
    note(tx, scope, Verb::Rotate, (id, &client.name), Vec::new())?;
    Ok(client)
}

/// Ends the older secrets of a credential at once.
pub fn end_older(tx: &mut PgConnection, scope: &Scope<'_>, id: Uuid) -> Outcome<ApiClient> {
    let client = present(tx, scope, id)?;
    queries::end_older_secrets(tx, id, scope.now)?;
    note(tx, scope, Verb::EndSecret, (id, &client.name), Vec::new())?;
    Ok(client)
}

/// Ends a credential and every token of it, at once.
pub fn revoke(tx: &mut PgConnection, scope: &Scope<'_>, id: Uuid) -> Outcome<ApiClient> {
    let client = present(tx, scope, id)?;
    queries::revoke(tx, id, scope.now)?;
    note(tx, scope, Verb::Revoke, (id, &client.name), Vec::new())?;
    Ok(client)
}

/// Makes a credential that nobody asked for by a form: development mode's own, for `by` of the tenant's organisation.
pub fn provide(
    tx: &mut PgConnection,
    (tenant, organisation, by): (Uuid, Uuid, Uuid),
    (id, new): (Uuid, &NewClient),
    secret: &str,
    now: DateTime<Utc>,
) -> diesel::QueryResult<()> {
    queries::insert(tx, (tenant, organisation, by), id, new, now)?;
    queries::insert_secret(tx, (secrets::new_id(now), id), secret, now)?;
    let (object, object_name) = (Object::ApiClient(id), new.name.clone());
    let organisation_id = Some(organisation);
    let event = Event { verb: Verb::Create, object, object_name, organisation_id, changes: Vec::new() };
    audit::record_for(tx, tenant, None, now, &event)
}

/// What a secret is drawn for.
pub const fn purpose(kind: Kind) -> Purpose {
    match kind {
        Kind::Client => Purpose::ClientSecret,
        Kind::Key => Purpose::ApiKey,
    }
}

/// A client that has proven its secret, as a caller.
pub fn authenticate(
    conn: &mut PgConnection,
    (client_id, secret): (&str, &str),
    now: DateTime<Utc>,
) -> diesel::QueryResult<Option<Principal>> {
    let Ok(id) = Uuid::try_parse(client_id) else { return Ok(None) };
    if !secret::is_one(Purpose::ClientSecret, secret) {
        return Ok(None);
    }
    match queries::by_secret(conn, Kind::Client, secret, now)? {
        Some(found) if found == id => queries::principal(conn, id),
        _ => Ok(None),
    }
}

/// Issues a token for an hour, with these permissions of the client's.
pub fn issue(
    tx: &mut PgConnection,
    client: Uuid,
    permissions: &[Permission],
    token: &str,
    now: DateTime<Utc>,
) -> diesel::QueryResult<usize> {
    queries::touch(tx, client, None, now)?;
    queries::insert_token(tx, (client, permissions), token, (now, now + Duration::seconds(TOKEN_SECONDS)))
}

/// Ends a token of the client's own.
pub fn drop_token(tx: &mut PgConnection, client: Uuid, token: &str) -> diesel::QueryResult<usize> {
    queries::drop_token(tx, client, token)
}

/// What a token of the client's own may do, since when and until when.
pub fn look_at_token(
    conn: &mut PgConnection,
    client: Uuid,
    token: &str,
    now: DateTime<Utc>,
) -> diesel::QueryResult<Option<queries::TokenRow>> {
    Ok(queries::token_of(conn, token, now)?.filter(|(owner, ..)| *owner == client))
}

fn present(tx: &mut PgConnection, scope: &Scope<'_>, id: Uuid) -> Outcome<ApiClient> {
    let found = queries::find_for_update(tx, scope.organisation.0, id).map_err(|error| match error {
        diesel::result::Error::NotFound => Fault::Refused(Refusal::Gone),
        other => other.into(),
    })?;
    crate::access::queries::still_stands(tx, scope.who)?;
    if found.revoked_at.is_some() { Err(Fault::Refused(Refusal::Gone)) } else { Ok(found) }
}

fn note(
    tx: &mut PgConnection,
    scope: &Scope<'_>,
    verb: Verb,
    (id, name): (Uuid, &str),
    changes: Vec<Change>,
) -> Outcome<()> {
    let (object, object_name) = (Object::ApiClient(id), name.to_owned());
    let event = Event { verb, object, object_name, organisation_id: Some(scope.organisation.0), changes };
    Ok(audit::record(tx, scope.who, scope.now, &event)?)
}
