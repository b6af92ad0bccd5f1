//! What can be done with users. Rules, writes and history of each in the caller's transaction.
//!
//! Each locks the organisation first: of two owners who remove each other, the second finds themselves the last one.

use chrono::{DateTime, Utc};
use diesel::pg::PgConnection;
use uuid::Uuid;

use super::model::{Forbidden, NewUser, Profile, State, User};
use super::queries;
use crate::access::{Actor, EmailAddress, Role, WriteUsers};
use crate::audit::{self, Change, Event, Object, Verb};
use crate::db::Fault;
use crate::input::{Problem, Problems};

/// Why an action on a user was refused.
#[derive(Debug)]
pub enum Refusal {
    /// By the rules for fields.
    Fields(Problems),
    /// By the rules for roles.
    Forbidden(Forbidden),
    /// Somebody changed the person since the form was opened; how they are now.
    Stale(Box<User>),
    /// There is no such person (any more), or no such organisation.
    Gone,
    /// Undo came too late: somebody else has the address by now.
    AddressTaken,
}

type Outcome<T> = Result<T, Fault<Refusal>>;

/// Who acts, when, and on the people of which organisation.
pub struct Scope<'a> {
    pub who: &'a Actor<WriteUsers>,
    pub organisation: Uuid,
    pub now: DateTime<Utc>,
}

/// Creates a user under an id that the caller has chosen.
pub fn create(tx: &mut PgConnection, scope: &Scope<'_>, id: Uuid, new: &NewUser) -> Outcome<()> {
    lock(tx, scope)?;
    if !scope.who.user.role.stands_at_or_above(new.role) {
        return Err(Fault::Refused(Refusal::Fields(Problems::one(
            "role",
            Problem::NotAllowed(Forbidden::Role.words()),
        ))));
    }
    if let Some(problem) = address_problem(tx, scope, new)? {
        return Err(Fault::Refused(Refusal::Fields(Problems::one("email", problem))));
    }
    queries::insert(tx, (scope.who.tenant.id, scope.organisation), id, new, scope.now).map_err(address_taken)?;
    let changes =
        [Change::of("email", None, Some(new.email.as_typed())), Change::of("role", None, Some(new.role.word()))];
    note(tx, scope, Verb::Create, (id, &new.name), changes.into_iter().flatten().collect())
}

/// Creates a user of a partner of whom nothing but the address is known, which is their name until somebody says
/// otherwise. The first one manages the organisation, so that it has somebody who can; the others are members.
pub fn create_by_address(tx: &mut PgConnection, scope: &Scope<'_>, id: Uuid, email: &EmailAddress) -> Outcome<()> {
    lock(tx, scope)?;
    let managed = queries::has_role(tx, scope.organisation, Role::Manager)?;
    let role = if managed { Role::Member } else { Role::Manager };
    create(tx, scope, id, &NewUser { name: email.as_typed().into(), email: email.clone(), role })
}

/// Makes a user of somebody who accepted an invitation; the caller has locked the organisation. Their own history
/// begins with it.
///
/// # Errors
/// [`Refusal::Fields`] when somebody else got the address meanwhile.
pub fn admit(
    tx: &mut PgConnection,
    (tenant, organisation): (Uuid, Uuid),
    id: Uuid,
    new: &NewUser,
    now: DateTime<Utc>,
) -> Outcome<()> {
    queries::insert(tx, (tenant, organisation), id, new, now).map_err(address_taken)?;
    let changes =
        [Change::of("email", None, Some(new.email.as_typed())), Change::of("role", None, Some(new.role.word()))];
    let (object, object_name) = (Object::User(id), new.name.clone());
    let organisation_id = Some(organisation);
    let changes = changes.into_iter().flatten().collect();
    let event = Event { verb: Verb::Join, object, object_name, organisation_id, changes };
    Ok(audit::record_for(tx, tenant, Some((id, &new.name)), now, &event)?)
}

/// Changes name and role, if the person still has `version`.
pub fn edit(tx: &mut PgConnection, scope: &Scope<'_>, (id, version): (Uuid, i32), new: &Profile) -> Outcome<()> {
    update(tx, scope, (id, Some(version)), |profile| profile.clone_from(new))
}

/// Changes whatever `change` changes, if the person still has `version`; None takes them as they are.
pub fn update(
    tx: &mut PgConnection,
    scope: &Scope<'_>,
    (id, version): (Uuid, Option<i32>),
    change: impl FnOnce(&mut Profile),
) -> Outcome<()> {
    let old = present(tx, scope, id)?;
    let mut new = Profile { name: old.name.clone(), role: old.role };
    change(&mut new);
    old.can_be_changed_by(scope.who).map_err(forbidden)?;
    old.can_become(new.role, scope.who).map_err(forbidden)?;
    if version.is_some_and(|version| version != old.version) {
        return Err(Fault::Refused(Refusal::Stale(Box::new(old))));
    }
    save(tx, scope, &old, &new)
}

/// Writes a new name and role, if they are new.
fn save(tx: &mut PgConnection, scope: &Scope<'_>, old: &User, new: &Profile) -> Outcome<()> {
    let id = old.id;
    if old.is_active_owner() && new.role != Role::Owner {
        keep_an_owner(tx, scope, id)?;
    }
    let renamed: Vec<_> = Change::of("name", Some(&old.name), Some(&new.name)).into_iter().collect();
    let role: Vec<_> = Change::of("role", Some(old.role.word()), Some(new.role.word())).into_iter().collect();
    if renamed.is_empty() && role.is_empty() {
        return Ok(());
    }
    queries::set_profile(tx, id, new, scope.now)?;
    if !renamed.is_empty() {
        note(tx, scope, Verb::Edit, (id, &new.name), renamed)?;
    }
    if !role.is_empty() {
        note(tx, scope, Verb::ChangeRole, (id, &new.name), role)?;
    }
    Ok(())
}

/// Keeps a person out until they are resumed; their sessions end in this transaction.
pub fn suspend(tx: &mut PgConnection, scope: &Scope<'_>, id: Uuid) -> Outcome<User> {
    let user = present(tx, scope, id)?;
    user.can_be_kept_out_by(scope.who).map_err(forbidden)?;
    if user.state == State::Suspended {
        return Ok(user);
    }
    if user.is_active_owner() {
        keep_an_owner(tx, scope, id)?;
    }
    queries::set_state(tx, id, State::Suspended, scope.now)?;
    crate::access::queries::end_sessions_of(tx, id, None, scope.now)?;
    note(tx, scope, Verb::Suspend, (id, &user.name), Vec::new())?;
    Ok(user)
}

/// Lets a suspended person in again.
pub fn resume(tx: &mut PgConnection, scope: &Scope<'_>, id: Uuid) -> Outcome<User> {
    let user = present(tx, scope, id)?;
    user.can_be_changed_by(scope.who).map_err(forbidden)?;
    if user.state == State::Suspended {
        queries::set_state(tx, id, State::Active, scope.now)?;
        note(tx, scope, Verb::Resume, (id, &user.name), Vec::new())?;
    }
    Ok(user)
}

/// Removes a person; their sessions end in this transaction, their name stays in the history.
pub fn remove(tx: &mut PgConnection, scope: &Scope<'_>, id: Uuid) -> Outcome<User> {
    let user = present(tx, scope, id)?;
    user.can_be_kept_out_by(scope.who).map_err(forbidden)?;
    if user.is_active_owner() {
        keep_an_owner(tx, scope, id)?;
    }
    queries::set_removed(tx, id, Some(scope.now), scope.now)?;
    crate::access::queries::end_sessions_of(tx, id, None, scope.now)?;
    note(tx, scope, Verb::Remove, (id, &user.name), Vec::new())?;
    Ok(user)
}

/// Undoes a removal, unless somebody else has the address by now.
pub fn bring_back(tx: &mut PgConnection, scope: &Scope<'_>, id: Uuid) -> Outcome<User> {
    lock(tx, scope)?;
    let user = found(queries::find_for_update(tx, scope.organisation, id))?;
    user.can_be_changed_by(scope.who).map_err(forbidden)?;
    if user.removed_at.is_some() {
        queries::set_removed(tx, id, None, scope.now).map_err(|error| match address_taken(error) {
            Fault::Refused(_) => Fault::Refused(Refusal::AddressTaken),
            other @ Fault::Db(_) => other,
        })?;
        note(tx, scope, Verb::Restore, (id, &user.name), Vec::new())?;
    }
    Ok(user)
}

/// Forgets which provider account signs a person in: the next one with their verified address will be bound.
pub fn reset_identity(tx: &mut PgConnection, scope: &Scope<'_>, id: Uuid) -> Outcome<User> {
    let user = present(tx, scope, id)?;
    user.can_be_changed_by(scope.who).map_err(forbidden)?;
    // Sessions first: what was proven is found by the identity.
    crate::access::queries::end_sessions_of(tx, id, Some(scope.who.session_id), scope.now)?;
    if queries::forget_identity(tx, id)? > 0 {
        note(tx, scope, Verb::ResetIdentity, (id, &user.name), Vec::new())?;
    }
    Ok(user)
}

fn lock(tx: &mut PgConnection, scope: &Scope<'_>) -> Outcome<Uuid> {
    let organisation = found(queries::lock_organisation(tx, scope.organisation))?;
    crate::access::queries::still_stands(tx, scope.who)?;
    Ok(organisation)
}

/// The person, locked with their organisation, if they have not been removed.
fn present(tx: &mut PgConnection, scope: &Scope<'_>, id: Uuid) -> Outcome<User> {
    lock(tx, scope)?;
    let user = found(queries::find_for_update(tx, scope.organisation, id))?;
    if user.removed_at.is_some() { Err(Fault::Refused(Refusal::Gone)) } else { Ok(user) }
}

fn keep_an_owner(tx: &mut PgConnection, scope: &Scope<'_>, but: Uuid) -> Outcome<()> {
    if queries::other_active_owners(tx, scope.organisation, but)? == 0 {
        return Err(forbidden(Forbidden::LastOwner));
    }
    Ok(())
}

/// Says where an address is in use, as far as the reader may know.
fn address_problem(tx: &mut PgConnection, scope: &Scope<'_>, new: &NewUser) -> Outcome<Option<Problem>> {
    let holder = queries::holder_of(tx, scope.who.tenant.id, new.email.key())?;
    Ok(holder.map(|(organisation, name)| {
        let address = new.email.as_typed();
        Problem::Taken(if organisation == scope.organisation {
            format!("{address} is already one of its users.")
        } else if scope.who.is_staff() {
            format!("{address} is already a user, in {name}. One address belongs to one person.")
        } else {
            format!("{address} belongs to another organisation. Ask {} which address to use.", scope.who.tenant.name)
        })
    }))
}

fn address_taken(error: diesel::result::Error) -> Fault<Refusal> {
    let fault: Fault<Refusal> = error.into();
    match fault {
        Fault::Db(error) if error.taken() == Some("users_email_is_taken") => {
            let sentence = "This address was given to somebody else just now. One address belongs to one person.";
            Fault::Refused(Refusal::Fields(Problems::one("email", Problem::Taken(sentence.into()))))
        }
        other => other,
    }
}

const fn forbidden(reason: Forbidden) -> Fault<Refusal> {
    Fault::Refused(Refusal::Forbidden(reason))
}

fn found<T>(result: diesel::QueryResult<T>) -> Outcome<T> {
    result.map_err(|error| match error {
        diesel::result::Error::NotFound => Fault::Refused(Refusal::Gone),
        other => other.into(),
    })
}

fn note(
    tx: &mut PgConnection,
    scope: &Scope<'_>,
    verb: Verb,
    (id, name): (Uuid, &str),
    changes: Vec<Change>,
) -> Outcome<()> {
    let organisation_id = Some(scope.organisation);
    let event = Event { verb, object: Object::User(id), object_name: name.into(), organisation_id, changes };
    Ok(audit::record(tx, scope.who, scope.now, &event)?)
}
