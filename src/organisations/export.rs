//! The partners table as rows to be exported: what the page's search finds, as the API describes it.

use diesel::pg::PgConnection;
use diesel::prelude::*;
use uuid::Uuid;

use super::queries::{self, Filter};
use crate::api::collection::Scope;
use crate::api::export::{Line, Source};
use crate::api::find::{Bind, Condition};
use crate::api::v1::collections::ORGANISATIONS;
use crate::db::schema::organisations;

/// The partners that a filter finds.
pub struct Partners {
    pub scope: Scope,
    pub filter: Filter,
}

impl Source for Partners {
    fn columns(&self) -> Vec<&'static str> {
        ORGANISATIONS.columns()
    }

    fn batch(&self, conn: &mut PgConnection, after: Option<&str>, size: i64) -> QueryResult<Vec<Line>> {
        let after = after.and_then(|after| Uuid::try_parse(after).ok());
        // Of one moment: a partner deleted between the two statements would make the batch short, which is the end.
        conn.build_transaction().repeatable_read().read_only().run(|conn| {
            let mut query = queries::filtered(self.scope.tenant, &self.filter);
            if let Some(after) = after {
                query = query.filter(organisations::id.gt(after));
            }
            let query = query.order(organisations::id.asc()).limit(size).select(organisations::id);
            let ids: Vec<Uuid> = query.load(conn)?;
            let binds = vec![Bind::Texts(ids.iter().map(ToString::to_string).collect())];
            let found = Condition { sql: format!("{} = ANY($4::text[]::uuid[])", ORGANISATIONS.id), binds };
            ORGANISATIONS.after(conn, self.scope, Some(&found), None, size)
        })
    }
}
