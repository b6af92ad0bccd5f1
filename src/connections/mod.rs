//! Connections: two organisations that work together, since one accepted the other's invitation.
//!
//! A connection gives nothing by itself: each side grants the other what it wants to, and either side ends it. Other
//! features call [`begin`], and ask [`allows`].

pub mod actions;
mod forms;
pub mod model;
pub mod pages;
mod queries;

pub use actions::{Begun, NewConnection, begin};
pub use model::Allowance;
pub use pages::{PLACES, pages_at};

use diesel::QueryResult;
use diesel::pg::PgConnection;
use uuid::Uuid;

/// Whether `other` may do this with the partner records of `owner_of_records`: they are connected, the connection has
/// not ended, the owner grants it, and both are active organisations of the tenant. One statement, on one index.
pub fn allows(
    conn: &mut PgConnection,
    tenant: Uuid,
    owner_of_records: Uuid,
    other: Uuid,
    allowance: Allowance,
) -> QueryResult<bool> {
    queries::allows(conn, tenant, owner_of_records, other, allowance)
}
