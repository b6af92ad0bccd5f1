//! The second wall between organisations: whose request a statement belongs to, and the role that it runs as for them.
//!
//! Owns how transactions begin. Whoever knows the asker says so once ([`behind`]); [`Db`](super::Db) reads it, so that no
//! handler has to think of it. The wall itself, policies and grants, is in the migration `raise_a_second_wall`. Must not
//! know who a partner is: that is `web/wall.rs`. Nothing here outlives a transaction, for the sake of PgBouncer and of
//! whoever gets the connection next.

use std::cell::RefCell;

use diesel::Connection as _;
use diesel::connection::{AnsiTransactionManager, SimpleConnection as _, TransactionManager};
use diesel::pg::PgConnection;
use diesel::prelude::*;
use diesel::result::Error as Diesel;
use diesel::sql_types::{Nullable, Text};
use uuid::Uuid;

use super::manager::{Connection, TRANSACTION_LIMITS};
use super::{DbError, Fault};

tokio::task_local! {
    static ASKER: Option<Behind>;
}

thread_local! {
    /// The role of the transaction that is open on this thread, if it is behind the wall.
    static ROLE: RefCell<Option<String>> = const { RefCell::new(None) };
}

/// Behind which organisation's wall a request runs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Behind {
    pub tenant: Uuid,
    pub organisation: Uuid,
}

/// For whom a [`Db`](super::Db) works.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Stance {
    /// For whoever the request at hand is from.
    Asker,
    /// For this one, whatever request is at hand.
    Fixed(Option<Behind>),
}

impl Stance {
    pub(super) fn now(self) -> Option<Behind> {
        match self {
            Self::Asker => ASKER.try_with(|asker| *asker).ok().flatten(),
            Self::Fixed(behind) => behind,
        }
    }
}

/// Does `work`, all of whose statements are this asker's; None for whoever no wall stands around.
pub async fn behind<T>(asker: Option<Behind>, work: impl Future<Output = T>) -> T {
    ASKER.scope(asker, work).await
}

/// Steps out of the wall inside a transaction, for a question that reaches beyond one's own: say why. Greppable, and
/// every place is listed in `tests/it/walls.rs`.
///
/// # Errors
/// What `work` says, or the database.
pub fn beyond<T, E: From<Diesel>>(
    tx: &mut PgConnection,
    _why: &'static str,
    work: impl FnOnce(&mut PgConnection) -> Result<T, E>,
) -> Result<T, E> {
    let Some(role) = ROLE.take() else { return work(tx) };
    let left = tx.batch_execute("SET LOCAL ROLE NONE");
    let done = left.map_err(E::from).and_then(|()| work(tx));
    // Refused in a transaction that has failed; then nothing else can be asked in it either.
    let back = tx.batch_execute(&format!("SET LOCAL ROLE {role}"));
    ROLE.set(Some(role));
    let done = done?;
    back?;
    Ok(done)
}

/// The role that partners' statements can run as, on a new connection. None where the wall is down.
pub(super) fn standing(pg: &mut PgConnection) -> Option<String> {
    #[derive(QueryableByName)]
    struct Standing {
        #[diesel(sql_type = Nullable<Text>)]
        role: Option<String>,
    }
    // In a transaction, since PgBouncer may give each statement another backend.
    let asked = pg
        .transaction(|tx| diesel::sql_query("SELECT quote_ident(standing_wall()) AS role").get_result::<Standing>(tx));
    asked.ok()?.role
}

/// How a transaction of ours begins on this connection.
#[derive(Debug, Clone, Copy)]
pub(super) struct Opening {
    /// Behind PgBouncer, a transaction brings the limits that a session of our own would have.
    pub(super) shared: bool,
    pub(super) behind: Option<Behind>,
}

impl Opening {
    /// In one round trip.
    fn sql(self, role: Option<&str>) -> String {
        let mut sql = "BEGIN".to_owned();
        if self.shared {
            sql.extend(["; ", TRANSACTION_LIMITS]);
        }
        if let (Some(Behind { tenant, organisation }), Some(role)) = (self.behind, role) {
            let behind = format!(
                "; SET LOCAL guildhall.tenant = '{tenant}'; SET LOCAL guildhall.organisation = '{organisation}'; \
                 SET LOCAL ROLE {role}"
            );
            sql.push_str(&behind);
        }
        sql
    }

    /// Reads: in a transaction only where something has to be set for it.
    pub(super) fn read<T, R>(
        self,
        conn: &mut Connection,
        work: &impl Fn(&mut PgConnection) -> Result<T, Fault<R>>,
    ) -> Result<T, Fault<R>> {
        let walled = self.behind.is_some() && conn.partner_role.is_some();
        if walled || self.shared { self.transaction(conn, work) } else { work(&mut conn.pg) }
    }

    /// All of `work` or nothing.
    pub(super) fn transaction<T, R>(
        self,
        conn: &mut Connection,
        work: &impl Fn(&mut PgConnection) -> Result<T, Fault<R>>,
    ) -> Result<T, Fault<R>> {
        let role = conn.partner_role.clone().filter(|_| self.behind.is_some());
        if let Err(error) = AnsiTransactionManager::begin_transaction_sql(&mut conn.pg, &self.sql(role.as_deref())) {
            // Half begun, as when the role has vanished: nobody uses this connection again.
            conn.lost = true;
            tracing::warn!(%error, "a transaction could not begin");
            return Err(
                if role.is_some() { DbError::Query(Diesel::BrokenTransactionManager) } else { error.into() }.into()
            );
        }
        ROLE.set(role);
        let done = work(&mut conn.pg);
        ROLE.set(None);
        match done {
            Ok(value) => {
                <AnsiTransactionManager as TransactionManager<PgConnection>>::commit_transaction(&mut conn.pg)?;
                Ok(value)
            }
            Err(fault) => {
                if <AnsiTransactionManager as TransactionManager<PgConnection>>::rollback_transaction(&mut conn.pg)
                    .is_err()
                {
                    conn.lost = true;
                }
                Err(fault)
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_transaction_begins_in_one_round_trip_and_sets_nothing_that_outlives_it() {
        let behind = Behind { tenant: Uuid::nil(), organisation: Uuid::max() };
        let whole = Opening { shared: true, behind: Some(behind) }.sql(Some("guildhall_partner"));
        for statement in whole.split("; ").skip(1) {
            assert!(statement.starts_with("SET LOCAL "), "{statement}");
        }
        assert!(whole.ends_with("SET LOCAL ROLE guildhall_partner"), "{whole}");
        assert_eq!(Opening { shared: false, behind: Some(behind) }.sql(None), "BEGIN");
        assert_eq!(Opening { shared: false, behind: None }.sql(Some("guildhall_partner")), "BEGIN");
    }
}
