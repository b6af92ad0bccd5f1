//! The addresses of all pages that somebody may open, with things of their own in the places of ids.

use super::fixture::{API_CLIENTS, INVITATIONS, RECORDS};
use super::{App, Who, id};
use crate::access_table::TABLE;

const COLLEAGUE_OF_THE_HOST: &str = "00000000-0000-7000-8000-000000000301";
const CONNECTION_OF_NORTHWIND: &str = "00000000-0000-7000-8000-000000000401";
const CONNECTION_OF_THE_HOST: &str = "00000000-0000-7000-8000-000000000402";

/// For the owner and for a partner's manager; their things are made first.
pub fn of(app: &App, who: Who) -> Vec<String> {
    make_things(app);
    // The columns of the table: nobody, owner, administrator, auditor, manager.
    let column = if who == Who::Owner { 1 } else { 4 };
    let pages = TABLE.iter().filter(|(method, _, statuses)| *method == "GET" && statuses[column] == 200);
    pages.map(|(_, pattern, _)| filled(pattern, who)).collect()
}

fn make_things(app: &App) {
    for statements in [RECORDS, INVITATIONS, API_CLIENTS] {
        app.sql(statements);
    }
    app.sql(&format!(
        "INSERT INTO users (id, tenant_id, organisation_id, name, email, email_key, role, created_at, updated_at)
         VALUES ('{COLLEAGUE_OF_THE_HOST}', '00000000-0000-7000-8000-000000000001', '{host}', 'Spare', 's@spare.example',
             's@spare.example', 'auditor', now(), now()) ON CONFLICT DO NOTHING;
         INSERT INTO connections (id, tenant_id, host_organisation_id, guest_organisation_id, created_at, updated_at)
         SELECT id::uuid, '00000000-0000-7000-8000-000000000001', host::uuid, guest::uuid, now(), now()
         FROM (VALUES ('{CONNECTION_OF_NORTHWIND}', '{northwind}', '{contoso}'),
             ('{CONNECTION_OF_THE_HOST}', '{host}', '{northwind}')) AS rows (id, host, guest) ON CONFLICT DO NOTHING",
        host = id::ACME_HOST,
        northwind = id::NORTHWIND,
        contoso = id::CONTOSO,
    ));
}

fn filled(pattern: &str, who: Who) -> String {
    let own = if who == Who::Owner { id::ACME_HOST } else { id::NORTHWIND };
    let organisation = if pattern.contains("{id}") { id::NORTHWIND } else { own };
    let user = if pattern.contains("{id}") || who != Who::Owner { id::MEMBER } else { COLLEAGUE_OF_THE_HOST };
    let item = if pattern.contains("/invitations/") {
        id::invitation(organisation)
    } else if pattern.contains("/api/{item}") || pattern.contains("/api-clients/") {
        id::api_client(organisation)
    } else if !pattern.contains("/connections/") {
        id::record(organisation)
    } else if organisation == id::ACME_HOST {
        CONNECTION_OF_THE_HOST.to_owned()
    } else {
        CONNECTION_OF_NORTHWIND.to_owned()
    };
    let address = pattern.replace("{id}", organisation).replace("{user}", user).replace("{item}", &item);
    address.replace("{provider}", "dev").replace("{key}", "nothing").replace("{file}", "none.css")
}
