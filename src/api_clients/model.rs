//! What a machine credential is. No database, no pages.

use chrono::{DateTime, Duration, Utc};
use diesel::prelude::*;
use uuid::Uuid;

use crate::access::{OrganisationKind, Permission, Principal};
use crate::db::schema::api_clients;
use crate::input::{self, Problem};

/// How long an access token is good for.
pub const TOKEN_SECONDS: i64 = 3_600;
/// How long the old secret works beside the new one.
pub const OVERLAP_DAYS: i64 = 7;

crate::text_enum! {
    /// How a credential is presented.
    Kind {
        /// An id and a secret, exchanged for tokens.
        Client = "client",
        /// One secret, sent as `X-Api-Key`.
        Key = "key",
    }
}

impl Kind {
    /// The word that people read.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Client => "API client",
            Self::Key => "API key",
        }
    }
}

/// What a call brought along.
#[derive(Debug, Clone)]
pub enum Presented {
    Token(String),
    Key(String),
}

/// A credential, whole; its secrets are elsewhere.
#[derive(Debug, Clone, Queryable, Selectable)]
#[diesel(table_name = api_clients, check_for_backend(diesel::pg::Pg))]
pub struct ApiClient {
    pub id: Uuid,
    pub tenant_id: Uuid,
    pub organisation_id: Uuid,
    pub kind: Kind,
    pub name: String,
    pub permissions: Vec<String>,
    pub version: i32,
    pub created_at: DateTime<Utc>,
    pub last_used_at: Option<DateTime<Utc>>,
    pub revoked_at: Option<DateTime<Utc>>,
}

/// What a credential is called.
pub fn name(raw: &str) -> Result<String, Problem> {
    input::credential_name(raw)
}

/// How it is to be presented.
pub fn kind(raw: &str) -> Result<Kind, Problem> {
    Kind::parse(raw).ok_or(Problem::NotAChoice("Choose an API client or an API key."))
}

/// What it takes to make one.
#[derive(Debug, Clone)]
pub struct NewClient {
    pub kind: Kind,
    pub name: String,
    pub permissions: Vec<Permission>,
}

/// The permissions that a credential of such an organisation can have, as far as whoever makes it has them.
pub fn offered(kind: OrganisationKind, who: &Principal) -> Vec<Permission> {
    let fits = |permission: &&Permission| kind == OrganisationKind::Host || **permission != Permission::ManageTenant;
    Permission::ALL.iter().filter(fits).copied().filter(|permission| who.may(*permission)).collect()
}

/// When a secret that was replaced now stops working.
pub fn overlap_ends(now: DateTime<Utc>) -> DateTime<Utc> {
    now + Duration::days(OVERLAP_DAYS)
}
