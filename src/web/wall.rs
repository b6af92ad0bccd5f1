//! Around whom the second wall stands: partners and their machines, whatever page or call they are at. Staff work in the
//! whole of their tenant, and for them the planner keeps its indexes. The wall itself is `db/wall.rs`.

use actix_web::Error;
use actix_web::body::MessageBody;
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::middleware::Next;

use super::actor;
use crate::access::Principal;
use crate::db::wall::{self, Behind};

/// The wall around somebody.
pub fn of(who: &Principal) -> Option<Behind> {
    (!who.is_staff()).then_some(Behind { tenant: who.tenant.id, organisation: who.organisation.id })
}

/// Everything behind the session runs behind its reader's wall; what is asked to know the reader lies before it.
pub async fn around_pages(
    request: ServiceRequest,
    next: Next<impl MessageBody + 'static>,
) -> Result<ServiceResponse<impl MessageBody>, Error> {
    // Where the database could not tell who asks, no handler runs for anybody.
    let who = actor::principal(request.request()).ok().flatten();
    wall::behind(who.as_deref().and_then(of), next.call(request)).await
}
