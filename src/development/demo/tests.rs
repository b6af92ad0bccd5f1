//! The demo data on many days: whatever the weekday and the hour, the story holds together.

use std::collections::{HashMap, HashSet};

use chrono::{DateTime, Duration, Utc};

use super::programme::{Programme, build};
use super::tenants::TENANTS;

/// Six weeks of moments, seven hours and a bit apart, so that every weekday and hour occurs.
fn moments() -> impl Iterator<Item = DateTime<Utc>> {
    let first = DateTime::from_timestamp(1_790_000_000, 0).unwrap();
    (0..140).map(move |step| first + Duration::minutes(433 * step))
}

fn programmes() -> impl Iterator<Item = (DateTime<Utc>, Programme)> {
    moments().flat_map(|now| TENANTS.iter().map(move |tenant| (now, build(tenant, now))))
}

#[test]
fn nothing_lies_in_the_future() {
    for (now, programme) in programmes() {
        assert!(programme.events.iter().all(|event| event.at < now));
        assert!(programme.users.iter().all(|user| user.last_signed_in_at.is_none_or(|at| at < now)));
        assert!(programme.users.iter().all(|user| user.last_signed_in_at.is_none_or(|at| at > user.created_at)));
    }
}

#[test]
fn every_object_begins_with_its_creation_and_ends_in_its_state() {
    for (_, programme) in programmes() {
        let mut verbs: HashMap<_, Vec<_>> = HashMap::new();
        for event in &programme.events {
            verbs.entry(event.object_id).or_default().push(event.verb);
        }
        let created_once = |verbs: &[&str]| {
            verbs.first() == Some(&"create") && verbs.iter().filter(|verb| **verb == "create").count() == 1
        };
        assert!(verbs.values().all(|verbs| created_once(verbs)));
        for organisation in programme.organisations.iter().filter(|one| one.kind == "partner") {
            let last = verbs[&organisation.id].iter().rev().find(|verb| **verb != "edit").unwrap();
            assert_eq!(organisation.state == "suspended", *last == "suspend");
            assert_eq!(organisation.state == "deleted", *last == "delete");
        }
        for user in &programme.users {
            assert_eq!(user.state == "suspended", verbs[&user.id].last() == Some(&"suspend"));
            let removed_alone = user.removed_at.is_some() && !user.removed_with_organisation;
            assert_eq!(removed_alone, verbs[&user.id].last() == Some(&"remove"));
        }
    }
}

#[test]
fn nobody_acts_before_they_exist_or_upon_themselves() {
    for (_, programme) in programmes() {
        let people: HashMap<_, _> = programme.users.iter().map(|user| (user.id, user)).collect();
        for event in programme.events.iter().filter(|event| event.verb != "sign_in_first") {
            let Some(actor) = event.actor_id else { continue };
            assert!(people[&actor].created_at < event.at);
            assert_ne!(actor, event.object_id);
        }
    }
}

#[test]
fn names_codes_and_addresses_are_unique_and_zones_exist() {
    for (_, programme) in programmes().take(TENANTS.len()) {
        let organisations = &programme.organisations;
        let names: HashSet<_> = organisations.iter().map(|one| &one.name_key).collect();
        let codes: HashSet<_> = organisations.iter().map(|one| one.code).collect();
        let addresses: HashSet<_> = programme.users.iter().map(|user| &user.email_key).collect();
        assert_eq!((names.len(), codes.len()), (organisations.len(), organisations.len()));
        assert_eq!(addresses.len(), programme.users.len());
        assert!(organisations.iter().all(|one| one.time_zone.parse::<chrono_tz::Tz>().is_ok()));
        assert!(addresses.iter().all(|address| address.is_ascii() && address.ends_with(".example")));
    }
}
