//! An API client and an API key of the first demo company, so that its API can be tried at once: drawn once for each
//! data folder, and kept in the file `demo.env` for as long as they work.

use chrono::{DateTime, Utc};
use diesel::prelude::*;
use diesel::{PgConnection, QueryResult};
use uuid::Uuid;

use crate::access::Permission;
use crate::api_clients::model::NewClient;
use crate::api_clients::secret::{self, Purpose};
use crate::api_clients::{self, Kind, Presented, actions};
use crate::db::schema::users;
use crate::secrets;

const OWNER: &str = "owner@acme.example";

/// What `demo.env` holds: the values of `known` that still work, and new ones in place of the others. Only the
/// address, when there is nobody to make them for.
pub(super) fn environment(
    conn: &mut PgConnection,
    known: &str,
    origin: &str,
    now: DateTime<Utc>,
) -> QueryResult<String> {
    let base = format!("BASE_URL={origin}\n");
    conn.transaction(|tx| {
        let Some(place) = place(tx)? else { return Ok(base) };
        let (id, client_secret) = client(tx, place, known, now)?;
        let key = key(tx, place, known, now)?;
        Ok(format!("{base}CLIENT_ID={id}\nCLIENT_SECRET={client_secret}\nAPI_KEY={key}\n"))
    })
}

/// Tenant, organisation and person that the credentials belong to.
fn place(tx: &mut PgConnection) -> QueryResult<Option<(Uuid, Uuid, Uuid)>> {
    users::table
        .filter(users::email_key.eq(OWNER).and(users::removed_at.is_null()))
        .select((users::tenant_id, users::organisation_id, users::id))
        .first(tx)
        .optional()
}

fn client(
    tx: &mut PgConnection,
    place: (Uuid, Uuid, Uuid),
    known: &str,
    now: DateTime<Utc>,
) -> QueryResult<(String, String)> {
    let (id, secret) = (value(known, "CLIENT_ID"), value(known, "CLIENT_SECRET"));
    if actions::authenticate(tx, (id, secret), now)?.is_some() {
        return Ok((id.to_owned(), secret.to_owned()));
    }
    let (id, secret) = (secrets::new_id(now), secret::draw(Purpose::ClientSecret));
    actions::provide(tx, place, (id, &new(Kind::Client, "Demo API client")), &secret, now)?;
    Ok((id.to_string(), secret))
}

fn key(tx: &mut PgConnection, place: (Uuid, Uuid, Uuid), known: &str, now: DateTime<Utc>) -> QueryResult<String> {
    let key = value(known, "API_KEY").to_owned();
    if api_clients::find(tx, &Presented::Key(key.clone()), now)?.is_some() {
        return Ok(key);
    }
    let key = secret::draw(Purpose::ApiKey);
    actions::provide(tx, place, (secrets::new_id(now), &new(Kind::Key, "Demo API key")), &key, now)?;
    Ok(key)
}

fn new(kind: Kind, name: &str) -> NewClient {
    let permissions = Permission::ALL.iter().copied().filter(|one| *one != Permission::ManageTenant).collect();
    NewClient { kind, name: name.to_owned(), permissions }
}

fn value<'a>(file: &'a str, name: &str) -> &'a str {
    let values = file.lines().filter_map(|line| line.split_once('='));
    values.filter(|(known, _)| *known == name).map(|(_, value)| value.trim()).next().unwrap_or_default()
}
