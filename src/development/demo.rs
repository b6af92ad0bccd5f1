//! The demo data of development mode: two tenants, their partner organisations, people and history, inserted once.
//! Owns the insertion and the list of people to sign in as; the data stand in the tables below `demo/`.
//! Never used in production mode, and never touches a database that already has the first demo tenant.

mod africa_and_middle_east;
mod americas;
mod asia_pacific;
mod derived;
mod europe;
mod globex;
mod journal;
mod life;
mod network;
mod programme;
mod rows;
mod tables;
mod tenants;
#[cfg(test)]
mod tests;
mod vayunetra;

use chrono::{DateTime, Utc};
use diesel::prelude::*;
use diesel::{PgConnection, QueryResult};

use crate::db::schema::{audit_events, organisations, tenants as tenants_table, users};
use programme::Programme;

/// What [`load`] did.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Loaded {
    /// The demo data were inserted; the numbers of rows over both tenants.
    Inserted { organisations: usize, users: usize, events: usize },
    /// Tenant `acme` exists, so nothing was done.
    AlreadyThere,
}

/// Inserts the demo data in one transaction, with every time of day relative to `now`.
///
/// # Errors
/// Whatever the database answers; nothing is stored then.
pub fn load(conn: &mut PgConnection, now: DateTime<Utc>) -> QueryResult<Loaded> {
    conn.transaction(|conn| {
        let first = tenants_table::table.filter(tenants_table::slug.eq("acme"));
        if diesel::select(diesel::dsl::exists(first)).get_result(conn)? {
            return Ok(Loaded::AlreadyThere);
        }
        let (mut organisations, mut users, mut events) = (0, 0, 0);
        for tenant in tenants::TENANTS {
            let programme = programme::build(tenant, now);
            insert(conn, &programme)?;
            organisations += programme.organisations.len();
            users += programme.users.len();
            events += programme.events.len();
        }
        network::insert(conn, now)?;
        Ok(Loaded::Inserted { organisations, users, events })
    })
}

/// One statement per table, not per row. The largest binds about 7,500 values of the 65,535 that the protocol allows.
fn insert(conn: &mut PgConnection, programme: &Programme) -> QueryResult<()> {
    diesel::insert_into(tenants_table::table).values(&programme.tenant).execute(conn)?;
    diesel::insert_into(organisations::table).values(&programme.organisations).execute(conn)?;
    diesel::insert_into(users::table).values(&programme.users).execute(conn)?;
    diesel::insert_into(audit_events::table).values(&programme.events).execute(conn)?;
    Ok(())
}

/// Somebody to click on the sign-in form of the development identity provider.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DemoPerson {
    pub email: String,
    pub name: String,
    /// The company whose programme it is, or the partner organisation.
    pub group: String,
    /// The role, and what is worth trying as this person.
    pub note: String,
}

/// Tenant, address and note of the people worth offering, in the order of the form.
const OFFERED: &[(&str, &str, &str)] = &[
    ("acme", "owner@acme.example", "may do everything"),
    ("acme", "administrator@acme.example", "manages partners and users"),
    ("acme", "auditor@acme.example", "reads everything, changes nothing"),
    ("acme", "manager@northwind.example", "sees their own organisation"),
    ("acme", "member@northwind.example", "sees their own organisation"),
    ("acme", "manager@contoso.example", "sees their own organisation"),
    ("globex", "owner@globex.example", "another company's programme"),
    ("acme", "imogen.harrow@harrowquill.example", "partner of both companies, picks one"),
    ("acme", "theo.marchetti@northwind.example", "cannot sign in"),
];

/// The demo people as they are now: under their present names, without those removed since.
///
/// # Errors
/// Whatever the database answers.
pub fn people(conn: &mut PgConnection) -> QueryResult<Vec<DemoPerson>> {
    let emails: Vec<&str> = OFFERED.iter().map(|(_, email, _)| *email).collect();
    let found: Vec<(String, String, String, String, String, String)> = users::table
        .inner_join(tenants_table::table)
        .inner_join(organisations::table)
        .filter(users::email_key.eq_any(emails).and(users::removed_at.is_null()))
        .select((tenants_table::slug, users::email_key, users::name, organisations::name, users::role, users::state))
        .load(conn)?;
    let offered = OFFERED.iter().filter_map(|(slug, email, hint)| {
        let (.., name, group, role, state) = found.iter().find(|row| row.0 == *slug && row.1 == *email)?;
        let standing = if state == "suspended" { "Suspended" } else { tables::role_label(role) };
        Some(DemoPerson {
            email: (*email).to_owned(),
            name: name.clone(),
            group: group.clone(),
            note: format!("{standing}: {hint}"),
        })
    });
    Ok(offered.collect())
}
