//! Diesel for the gate: one statement, and no other.

use diesel::pg::PgConnection;
use diesel::prelude::*;
use uuid::Uuid;

use crate::db::schema::{organisations, tenants};
use crate::organisations::Application;

/// What an organisation and its tenant say of an application.
pub struct Standing {
    pub granted: bool,
    pub address: Option<String>,
}

/// How an active partner stands with an application, as it is now; None for anybody else, the tenant's own people too.
pub fn standing(conn: &mut PgConnection, organisation: Uuid, what: Application) -> QueryResult<Option<Standing>> {
    let row = organisations::table
        .inner_join(tenants::table)
        .filter(organisations::id.eq(organisation))
        .filter(organisations::kind.eq("partner"))
        .filter(organisations::state.eq("active"))
        .select((
            (organisations::shop_access, tenants::shop_url),
            (organisations::self_service_access, tenants::self_service_url),
        ))
        .first::<((bool, Option<String>), (bool, Option<String>))>(conn)
        .optional()?;
    Ok(row.map(|(shop, self_service)| {
        let (granted, address) = match what {
            Application::Shop => shop,
            Application::SelfService => self_service,
        };
        Standing { granted, address }
    }))
}
