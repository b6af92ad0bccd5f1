//! What can go wrong with a database call, in the terms that callers act on.
//! Must not know pages or status codes: `web/error.rs` turns these into answers.
//!
//! diesel keeps most of PostgreSQL's codes to itself, and its words come in the language of the server (`lc_messages`, which
//! only a superuser may change). So what has no kind of its own is known by what is the same in every language.

use std::time::Duration;

use diesel::result::{DatabaseErrorInformation, DatabaseErrorKind, Error as Diesel};

/// A statement that failed without a word of why after so long has met a time limit; the shortest is that for locks.
const SHORTEST_LIMIT: Duration = Duration::from_secs(2);

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
            Self::Query(Diesel::DatabaseError(DatabaseErrorKind::Unknown, info)) => is_deadlock(info.as_ref()),
            _ => false,
        }
    }

    /// The same, knowing how long the work took that ended so.
    pub(super) fn after(self, took: Duration) -> Self {
        match self {
            Self::Query(Diesel::DatabaseError(DatabaseErrorKind::Unknown, info))
                if took >= SHORTEST_LIMIT && is_bare(info.as_ref()) =>
            {
                tracing::warn!(message = info.message(), "taken for a time limit, by how long it took");
                Self::Busy
            }
            other => other,
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
            Diesel::DatabaseError(DatabaseErrorKind::Unknown, info) if is_out_of_room(info.as_ref()) => Self::ReadOnly,
            Diesel::DatabaseError(_, info)
                if info.message().contains("statement timeout") || info.message().contains("lock timeout") =>
            {
                Self::Busy
            }
            _ => Self::Query(error),
        }
    }
}

/// A file that cannot grow (53100): of a table, which comes with a hint, or a statement's own scratch file.
fn is_out_of_room(info: &dyn DatabaseErrorInformation) -> bool {
    let message = info.message();
    let names = |folder: &str| message.split(folder).skip(1).any(|rest| rest.starts_with(|c: char| c.is_ascii_digit()));
    message.contains("No space left on device")
        || message.contains("base/pgsql_tmp/")
        || (info.hint().is_some() && ["base/", "global/", "pg_tblspc/"].into_iter().any(names))
}

/// 40P01: who waits for which lock is in the details, and locks have one name in every language.
fn is_deadlock(info: &dyn DatabaseErrorInformation) -> bool {
    let details = info.details().unwrap_or_default();
    info.message().contains("deadlock detected") || details.contains("ShareLock") || details.contains("ExclusiveLock")
}

/// Words and nothing else, as of a statement that was cancelled.
fn is_bare(info: &dyn DatabaseErrorInformation) -> bool {
    [info.details(), info.hint(), info.table_name(), info.constraint_name()].iter().all(Option::is_none)
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

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Default)]
    struct Told {
        message: &'static str,
        details: Option<&'static str>,
        hint: Option<&'static str>,
    }

    impl DatabaseErrorInformation for Told {
        fn message(&self) -> &str {
            self.message
        }

        fn details(&self) -> Option<&str> {
            self.details
        }

        fn hint(&self) -> Option<&str> {
            self.hint
        }

        fn table_name(&self) -> Option<&str> {
            None
        }

        fn column_name(&self) -> Option<&str> {
            None
        }

        fn constraint_name(&self) -> Option<&str> {
            None
        }

        fn statement_position(&self) -> Option<i32> {
            None
        }
    }

    fn fault(told: Told) -> DbError {
        Diesel::DatabaseError(DatabaseErrorKind::Unknown, Box::new(told)).into()
    }

    #[test]
    fn a_full_disk_is_known_in_any_language() {
        let hint = Some("Prüfen Sie den freien Festplattenplatz.");
        for (message, hint) in [
            ("could not extend file \"base/16384/16701\": No space left on device", Some("Check free disk space.")),
            (
                "konnte Datei »base/16384/16701« nicht erweitern: Auf dem Gerät ist kein Speicherplatz mehr verfügbar",
                hint,
            ),
            (
                "konnte Datei »pg_tblspc/16400/PG_15_202209061/5/1« nicht erweitern: es wurden nur 4096 von 8192 Bytes",
                hint,
            ),
            (
                "konnte nicht in Datei »base/pgsql_tmp/pgsql_tmp81.0« schreiben: Auf dem Gerät ist kein Speicherplatz",
                None,
            ),
        ] {
            assert!(matches!(fault(Told { message, hint, ..Told::default() }), DbError::ReadOnly), "{message}");
        }
        let broken = Told { message: "konnte Block 7 in Datei »base/16384/16701« nicht lesen", ..Told::default() };
        assert!(matches!(fault(broken), DbError::Query(_)), "a broken disk is not a full one");
    }

    #[test]
    fn a_deadlock_is_known_in_any_language() {
        let details = Some("Prozess 81 wartet auf ShareLock-Sperre auf Transaktion 7; blockiert von Prozess 82.");
        assert!(fault(Told { message: "Verklemmung entdeckt", details, ..Told::default() }).worth_retrying());
        assert!(!fault(Told { message: "Division durch Null", ..Told::default() }).worth_retrying());
    }

    #[test]
    fn a_time_limit_is_known_in_any_language() {
        let cancelled =
            || Told { message: "storniere Anfrage wegen Zeitüberschreitung der Anfrage", ..Told::default() };
        assert!(matches!(fault(cancelled()).after(Duration::from_secs(3)), DbError::Busy));
        assert!(matches!(fault(cancelled()).after(Duration::from_secs(1)), DbError::Query(_)));
        let english = Told { message: "canceling statement due to lock timeout", ..Told::default() };
        assert!(matches!(fault(english), DbError::Busy));
    }
}
