//! A whole collection as NDJSON or CSV: `GET …/export`, or `POST …/export` with a query for those that fit it. The same
//! rows, scope and permission as the list.

use std::sync::Arc;

use actix_web::{HttpRequest, HttpResponse};
use diesel::QueryResult;
use diesel::pg::PgConnection;

use crate::access::Actor;
use crate::api::collection::{Collection, Scope};
use crate::api::export::{self, Line, Order, Source};
use crate::api::find::Condition;
use crate::api::page::Parameters;
use crate::api::{ApiError, page};
use crate::web::portal::Shared;

/// Far beyond what there can be.
const ALL: i64 = 9_999_999_999;

/// The items of a collection that fit a condition.
struct Items {
    collection: Collection,
    scope: Scope,
    condition: Option<Condition>,
}

impl Source for Items {
    fn columns(&self) -> Vec<&'static str> {
        self.collection.columns()
    }

    fn batch(&self, conn: &mut PgConnection, after: Option<&str>, size: i64) -> QueryResult<Vec<Line>> {
        self.collection.after(conn, self.scope, self.condition.as_ref(), after, size)
    }
}

/// Exports what fits a condition. `after` goes on behind a row that one has; `limit` ends after so many.
pub async fn whole<G>(
    who: &Actor<G>,
    (portal, scope): (&Shared, Scope),
    request: &HttpRequest,
    (name, collection): (&'static str, Collection),
    condition: Option<Condition>,
) -> Result<HttpResponse, ApiError> {
    let parameters = Parameters::read(request, &["format", "after", "limit"])?;
    let after = parameters.get("after").map(str::to_owned);
    if after.as_ref().is_some_and(|after| !collection.is_key(after)) {
        return Err(page::wrong("after", "not_an_id", "Send the id of an item of this collection."));
    }
    let order = Order {
        format: export::format_of(request, &parameters)?,
        limit: parameters.number("limit", ALL, (1, ALL))?,
        after,
        name,
        who: (**who).clone(),
        source: Arc::new(Items { collection, scope, condition }),
    };
    Ok(export::answer(request, portal, order).await?)
}
