//! What can go wrong with a database call, in the terms that callers act on.
//! Must not know pages or status codes: `web/error.rs` turns these into answers.

use diesel::result::{DatabaseErrorKind, Error as Diesel};

/// A failure of the database itself.
#[derive(Debug, thiserror::Error)]
pub enum DbError {
    /// No turn or no answer within the deadline.
    #[error("the database did not answer in time")]
    Busy,
    /// No connection could be made.
    #[error("the database cannot be reached")]
    Unavailable,
    /// The database takes no writes (a replica, a full disk, maintenance).
    #[error("the database is read-only")]
    ReadOnly,
    /// Everything else, for the log.
    #[error(transparent)]
    Query(Diesel),
}

impl DbError {
    /// The backend is gone; another connection may do better.
    pub(super) fn connection_lost(&self) -> bool {
        match self {
            Self::Query(Diesel::DatabaseError(kind, info)) => {
                matches!(kind, DatabaseErrorKind::ClosedConnection)
                    || info.message().contains("terminating connection")
                    || info.message().contains("server closed the connection")
            }
            Self::Query(Diesel::BrokenTransactionManager) => true,
            _ => false,
        }
    }

    /// PostgreSQL rolled the transaction back through no fault of its statements (40001, 40P01).
    pub(super) fn worth_retrying(&self) -> bool {
        match self {
            Self::Query(Diesel::DatabaseError(DatabaseErrorKind::SerializationFailure, _)) => true,
            Self::Query(Diesel::DatabaseError(_, info)) => info.message().contains("deadlock detected"),
            _ => false,
        }
    }

    /// The name of the unique constraint or index that refused the write.
    pub fn taken(&self) -> Option<&str> {
        match self {
            Self::Query(Diesel::DatabaseError(DatabaseErrorKind::UniqueViolation, info)) => info.constraint_name(),
            _ => None,
        }
    }
}

impl From<Diesel> for DbError {
    fn from(error: Diesel) -> Self {
        match &error {
            Diesel::DatabaseError(DatabaseErrorKind::ReadOnlyTransaction, _) => Self::ReadOnly,
            Diesel::DatabaseError(DatabaseErrorKind::UnableToSendCommand, _) => Self::Unavailable,
            Diesel::DatabaseError(_, info) if info.message().contains("No space left on device") => Self::ReadOnly,
            Diesel::DatabaseError(_, info)
                if info.message().contains("statement timeout") || info.message().contains("lock timeout") =>
            {
                Self::Busy
            }
            _ => Self::Query(error),
        }
    }
}

/// Why an action did not happen: the rules refused it (`R`, worded by the caller), or the database failed.
#[derive(Debug)]
pub enum Fault<R = std::convert::Infallible> {
    Refused(R),
    Db(DbError),
}

impl<R> From<Diesel> for Fault<R> {
    fn from(error: Diesel) -> Self {
        Self::Db(error.into())
    }
}

impl<R> From<DbError> for Fault<R> {
    fn from(error: DbError) -> Self {
        Self::Db(error)
    }
}

impl<R> Fault<R> {
    /// Changes the refusal, keeps the failure.
    pub fn map_refusal<S>(self, change: impl FnOnce(R) -> S) -> Fault<S> {
        match self {
            Self::Refused(refusal) => Fault::Refused(change(refusal)),
            Self::Db(error) => Fault::Db(error),
        }
    }
}
