//! What can be done with organisations. Rules, writes and history of each in the caller's transaction.

use chrono::{DateTime, Utc};
use diesel::pg::PgConnection;
use uuid::Uuid;

use super::model::{Appearance, Application, Details, Organisation, State};
use super::queries;
use crate::access::{Actor, WritePartners};
use crate::audit::{self, Change, Event, Object, Verb};
use crate::db::Fault;
use crate::input::{Problem, Problems};
use crate::secrets;

/// Why an action on an organisation was refused.
#[derive(Debug)]
pub enum Refusal {
    /// By the rules for its fields.
    Fields(Problems),
    /// Somebody changed it since the form was opened; how it is now.
    Stale(Box<Organisation>),
    /// It is in the bin, or was never there.
    Gone,
    /// Another organisation has taken its name meanwhile.
    NameTaken,
    /// The organisation that it should lie below is not there.
    NoParent,
}

type Outcome<T> = Result<T, Fault<Refusal>>;

/// Creates a partner under an id that the caller has chosen, below the tenant's own organisation.
pub fn create(
    tx: &mut PgConnection,
    who: &Actor<WritePartners>,
    now: DateTime<Utc>,
    id: Uuid,
    new: &Details,
) -> Outcome<()> {
    // Whoever may write partners belongs to the tenant's own organisation.
    create_below(tx, who, now, (id, who.organisation.id), new)
}

/// Creates a partner below another organisation of the tenant.
pub fn create_below(
    tx: &mut PgConnection,
    who: &Actor<WritePartners>,
    now: DateTime<Utc>,
    (id, parent): (Uuid, Uuid),
    new: &Details,
) -> Outcome<()> {
    crate::access::queries::still_stands(tx, who)?;
    // Its own organisation stands as long as whoever asks does.
    if parent != who.organisation.id && !queries::is_parent(tx, who.tenant.id, parent)? {
        return Err(Fault::Refused(Refusal::NoParent));
    }
    queries::insert(tx, (who.tenant.id, parent, &who.organisation.time_zone), id, new, now).map_err(taken)?;
    // The name is the entry's own; a time zone is told where somebody chose it.
    let before = Details { name: new.name.clone(), ..Details::default() };
    note(tx, who, now, Verb::Create, (id, &new.name), changes(&before, new))
}

/// What differs between two states of an organisation.
pub(super) fn changes(old: &Details, new: &Details) -> Vec<Change> {
    let owner = |details: &Details| details.invoice_owner.map(super::model::InvoiceOwner::word);
    let count = |details: &Details| details.customer_count.to_string();
    let properties = |details: &Details| details.properties.to_string();
    let all = [
        Change::of("name", Some(&old.name), Some(&new.name)),
        Change::of("logo", old.logo_url.as_deref(), new.logo_url.as_deref()),
        Change::of("code", old.code.as_deref(), new.code.as_deref()),
        Change::of("zuora_account_id", old.zuora_account_id.as_deref(), new.zuora_account_id.as_deref()),
        Change::of("salesforce_account_id", old.salesforce_account_id.as_deref(), new.salesforce_account_id.as_deref()),
        Change::of("invoice_owner", owner(old), owner(new)),
        Change::of("country", old.country.as_deref(), new.country.as_deref()),
        Change::of("time_zone", old.time_zone.as_deref(), new.time_zone.as_deref()),
        Change::of("customer_count", Some(&count(old)), Some(&count(new))),
        Change::of("properties", Some(&properties(old)), Some(&properties(new))),
    ];
    all.into_iter().flatten().collect()
}

/// A partner that its own first manager founds by accepting an invitation.
#[derive(Debug, Clone)]
pub struct Founding<'a> {
    pub tenant: Uuid,
    pub id: Uuid,
    pub name: &'a str,
    /// IANA name; the one of whoever invited, until somebody says otherwise.
    pub time_zone: &'a str,
    /// Who founds it: the id and name of the user to be.
    pub by: (Uuid, &'a str),
}

/// Creates a partner by its own first manager. Zuora's and Salesforce's ids are staff's to add.
pub fn found_by_guest(tx: &mut PgConnection, new: &Founding<'_>, now: DateTime<Utc>) -> Outcome<()> {
    queries::insert_bare(tx, (new.tenant, new.time_zone), new.id, new.name, now).map_err(taken)?;
    let (object, object_name) = (Object::Organisation(new.id), new.name.to_owned());
    let event = Event { verb: Verb::Create, object, object_name, organisation_id: Some(new.id), changes: Vec::new() };
    Ok(audit::record_for(tx, new.tenant, Some(new.by), now, &event)?)
}

/// A new id for [`create`]; chosen before, so that a form's key can point at it.
pub fn new_id(now: DateTime<Utc>) -> Uuid {
    secrets::new_id(now)
}

/// Changes name and logo, if the organisation still has `version`.
pub fn edit(
    tx: &mut PgConnection,
    who: &Actor<WritePartners>,
    now: DateTime<Utc>,
    (id, version): (Uuid, i32),
    new: &Appearance,
) -> Outcome<()> {
    update(tx, who, now, (id, Some(version)), |details| {
        details.name.clone_from(&new.name);
        details.logo_url.clone_from(&new.logo_url);
    })
}

/// Changes whatever `change` changes, if the organisation still has `version`; None takes it as it is.
pub fn update(
    tx: &mut PgConnection,
    who: &Actor<WritePartners>,
    now: DateTime<Utc>,
    (id, version): (Uuid, Option<i32>),
    change: impl FnOnce(&mut Details),
) -> Outcome<()> {
    let old = kept(tx, who, id)?;
    if version.is_some_and(|version| version != old.version) {
        return Err(Fault::Refused(Refusal::Stale(Box::new(old))));
    }
    let mut new = old.details();
    change(&mut new);
    save(tx, who, now, &old, &new)
}

/// Writes new details, if they are new.
fn save(
    tx: &mut PgConnection,
    who: &Actor<WritePartners>,
    now: DateTime<Utc>,
    old: &Organisation,
    new: &Details,
) -> Outcome<()> {
    let changes = changes(&old.details(), new);
    if changes.is_empty() {
        return Ok(());
    }
    queries::set_details(tx, old.id, new, now).map_err(taken)?;
    note(tx, who, now, Verb::Edit, (old.id, &new.name), changes)
}

/// Keeps everybody of an organisation out until it is resumed. Doing it twice changes nothing.
pub fn suspend(
    tx: &mut PgConnection,
    who: &Actor<WritePartners>,
    now: DateTime<Utc>,
    id: Uuid,
) -> Outcome<Organisation> {
    let organisation = kept(tx, who, id)?;
    if organisation.state == State::Active {
        queries::set_state(tx, id, State::Suspended, now)?;
        crate::access::queries::end_sessions_in(tx, id, now)?;
        note(tx, who, now, Verb::Suspend, (id, &organisation.name), Vec::new())?;
    }
    Ok(organisation)
}

/// Lets a suspended organisation in again.
pub fn resume(
    tx: &mut PgConnection,
    who: &Actor<WritePartners>,
    now: DateTime<Utc>,
    id: Uuid,
) -> Outcome<Organisation> {
    let organisation = kept(tx, who, id)?;
    if organisation.state == State::Suspended {
        queries::set_state(tx, id, State::Active, now)?;
        note(tx, who, now, Verb::Resume, (id, &organisation.name), Vec::new())?;
    }
    Ok(organisation)
}

/// Gives a partner an application or takes it, from the next request on. Doing it twice changes nothing.
pub fn set_access(
    tx: &mut PgConnection,
    who: &Actor<WritePartners>,
    now: DateTime<Utc>,
    id: Uuid,
    (what, on): (Application, bool),
) -> Outcome<Organisation> {
    let organisation = kept(tx, who, id)?;
    let field = match what {
        Application::Shop => "shop_access",
        Application::SelfService => "self_service_access",
    };
    let word = |on: bool| Some(if on { "on" } else { "off" });
    if let Some(change) = Change::of(field, word(organisation.may_open(what)), word(on)) {
        super::standing::set_access(tx, id, (what, on), now)?;
        note(tx, who, now, Verb::Edit, (id, &organisation.name), vec![change])?;
    }
    Ok(organisation)
}

/// Puts an organisation and its people into the bin, for thirty days.
pub fn delete(
    tx: &mut PgConnection,
    who: &Actor<WritePartners>,
    now: DateTime<Utc>,
    id: Uuid,
) -> Outcome<Organisation> {
    let organisation = kept(tx, who, id)?;
    crate::access::queries::end_sessions_in(tx, id, now)?;
    queries::put_in_bin(tx, &[id], now)?;
    note(tx, who, now, Verb::Delete, (id, &organisation.name), Vec::new())?;
    Ok(organisation)
}

/// What a restore brought back.
#[derive(Debug, Clone)]
pub struct Restored {
    pub name: String,
    pub people: usize,
    /// People whose address belongs to somebody else by now; they stay out.
    pub left_out: usize,
}

/// Takes an organisation and its people out of the bin.
pub fn restore(tx: &mut PgConnection, who: &Actor<WritePartners>, now: DateTime<Utc>, id: Uuid) -> Outcome<Restored> {
    let organisation = found(queries::find_for_update(tx, who.tenant.id, id))?;
    crate::access::queries::still_stands(tx, who)?;
    if !organisation.can_be_restored(now) {
        return Err(Fault::Refused(Refusal::Gone));
    }
    let (people, left_out) = queries::take_from_bin(tx, id, now).map_err(|error| {
        let fault: Fault<Refusal> = error.into();
        match fault {
            Fault::Db(error)
                if matches!(error.taken(), Some("organisations_name_is_taken" | "organisations_code_is_taken")) =>
            {
                Fault::Refused(Refusal::NameTaken)
            }
            other => other,
        }
    })?;
    note(tx, who, now, Verb::Restore, (id, &organisation.name), Vec::new())?;
    Ok(Restored { name: organisation.name, people, left_out })
}

/// The organisation, locked, if it is not in the bin.
fn kept(tx: &mut PgConnection, who: &Actor<WritePartners>, id: Uuid) -> Outcome<Organisation> {
    let organisation = found(queries::find_for_update(tx, who.tenant.id, id))?;
    crate::access::queries::still_stands(tx, who)?;
    if organisation.is_deleted() { Err(Fault::Refused(Refusal::Gone)) } else { Ok(organisation) }
}

fn found(result: diesel::QueryResult<Organisation>) -> Outcome<Organisation> {
    result.map_err(|error| match error {
        diesel::result::Error::NotFound => Fault::Refused(Refusal::Gone),
        other => other.into(),
    })
}

fn taken(error: diesel::result::Error) -> Fault<Refusal> {
    let fault: Fault<Refusal> = error.into();
    let taken =
        |field, sentence: &str| Fault::Refused(Refusal::Fields(Problems::one(field, Problem::Taken(sentence.into()))));
    match &fault {
        Fault::Db(error) if error.taken() == Some("organisations_name_is_taken") => {
            taken("name", "Another organisation has this name. Open it, or add what tells the two apart.")
        }
        Fault::Db(error) if error.taken() == Some("organisations_code_is_taken") => {
            taken("code", "Another organisation has this code.")
        }
        _ => fault,
    }
}

fn note(
    tx: &mut PgConnection,
    who: &Actor<WritePartners>,
    now: DateTime<Utc>,
    verb: Verb,
    (id, name): (Uuid, &str),
    changes: Vec<Change>,
) -> Outcome<()> {
    let (object, object_name) = (Object::Organisation(id), name.into());
    let event = Event { verb, object, object_name, organisation_id: Some(id), changes };
    Ok(audit::record(tx, who, now, &event)?)
}
