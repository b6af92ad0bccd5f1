//! What can be done with a tenant: create it (command line), change its profile (owners).

use chrono::{DateTime, Utc};
use diesel::pg::PgConnection;

use super::queries;
use crate::access::{Actor, EmailAddress, ManageTenant};
use crate::audit::{self, Change, Event, Object, Verb};
use crate::db::Fault;
use crate::secrets;

/// What it takes to create a tenant.
#[derive(Debug, Clone)]
pub struct NewTenant {
    pub slug: String,
    pub name: String,
    pub owner_name: String,
    pub owner_email: EmailAddress,
}

/// Why a tenant was not created.
#[derive(Debug, PartialEq, Eq)]
pub enum Refusal {
    /// Another tenant has the slug.
    SlugTaken,
}

/// Creates a tenant with its own organisation and its first owner, who can then sign in.
pub fn create(tx: &mut PgConnection, now: DateTime<Utc>, new: &NewTenant) -> Result<(), Fault<Refusal>> {
    let (tenant, host, owner) = (secrets::new_id(now), secrets::new_id(now), secrets::new_id(now));
    queries::insert(tx, tenant, &new.slug, &new.name, now).map_err(|error| {
        let fault: Fault<Refusal> = error.into();
        match fault {
            Fault::Db(error) if error.taken() == Some("tenants_slug_is_unique") => Fault::Refused(Refusal::SlugTaken),
            other => other,
        }
    })?;
    queries::insert_host(tx, host, tenant, &new.name, now)?;
    queries::insert_owner(tx, (owner, tenant, host), &new.owner_name, &new.owner_email, now)?;
    for (object, name) in [(Object::Tenant(tenant), &new.name), (Object::User(owner), &new.owner_name)] {
        let event = Event {
            verb: Verb::Create,
            object,
            object_name: name.clone(),
            organisation_id: Some(host),
            changes: Vec::new(),
        };
        audit::record_for(tx, tenant, None, now, &event)?;
    }
    Ok(())
}

/// What can be changed of a tenant.
#[derive(Debug, Clone)]
pub struct Profile {
    pub name: String,
    pub uses_salesforce: bool,
    pub shop_url: Option<String>,
    pub self_service_url: Option<String>,
}

/// Somebody saved the profile since it was read; how it is now.
#[derive(Debug)]
pub struct Stale {
    pub now: Profile,
    pub version: i32,
}

/// Changes the tenant's profile; if it still has `version`, where one is told.
pub fn edit(
    tx: &mut PgConnection,
    who: &Actor<ManageTenant>,
    now: DateTime<Utc>,
    version: Option<i32>,
    change: impl Fn(&mut Profile),
) -> Result<(), Fault<Stale>> {
    let old = queries::find_for_update(tx, who.tenant.id)?;
    crate::access::queries::still_stands(tx, who)?;
    let mut new = profile(&old);
    if version.is_some_and(|version| version != old.version) {
        return Err(Fault::Refused(Stale { now: new, version: old.version }));
    }
    change(&mut new);
    let word = |uses: bool| Some(if uses { "yes" } else { "no" });
    let changes: Vec<_> = [
        Change::of("name", Some(&old.name), Some(&new.name)),
        Change::of("uses_salesforce", word(old.uses_salesforce), word(new.uses_salesforce)),
        Change::of("shop_url", old.shop_url.as_deref(), new.shop_url.as_deref()),
        Change::of("self_service_url", old.self_service_url.as_deref(), new.self_service_url.as_deref()),
    ]
    .into_iter()
    .flatten()
    .collect();
    if changes.is_empty() {
        return Ok(());
    }
    let addresses = (new.shop_url.as_deref(), new.self_service_url.as_deref());
    queries::update(tx, old.id, (&new.name, new.uses_salesforce), addresses, now)?;
    let event = Event {
        verb: Verb::Edit,
        object: Object::Tenant(old.id),
        object_name: new.name.clone(),
        organisation_id: Some(who.organisation.id),
        changes,
    };
    Ok(audit::record(tx, who, now, &event)?)
}

fn profile(tenant: &queries::Tenant) -> Profile {
    Profile {
        name: tenant.name.clone(),
        uses_salesforce: tenant.uses_salesforce,
        shop_url: tenant.shop_url.clone(),
        self_service_url: tenant.self_service_url.clone(),
    }
}
