//! Addresses of databases in the private cluster, and the one database made in advance.
//!
//! Knows nothing of what is stored in them.

use std::path::Path;

use diesel::{Connection, PgConnection, RunQueryDsl, dsl::sql, sql_query, sql_types::Bool};
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, percent_encode};

use super::{NAME, StartError, socket};

const KEPT: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'_').remove(b'.').remove(b'~');

/// A libpq URL. The socket's folder stands, encoded, where a host name would: libpq takes a host that
/// begins with a slash for a folder.
pub(super) fn url(socket_folder: &Path, database: &str) -> String {
    let folder = percent_encode(socket_folder.as_os_str().as_encoded_bytes(), KEPT);
    let database = percent_encode(database.as_bytes(), KEPT);
    format!("postgresql://{NAME}@{folder}:{}/{database}", socket::PORT)
}

/// Makes the database [`NAME`] through `maintenance_url`, a URL of another database of the cluster.
pub(super) fn create_if_missing(maintenance_url: &str) -> Result<(), StartError> {
    let mut connection =
        PgConnection::establish(maintenance_url).map_err(|error| StartError::Database(error.to_string()))?;
    let exists = format!("SELECT EXISTS (SELECT FROM pg_database WHERE datname = '{NAME}')");
    let create = format!("CREATE DATABASE {NAME}");
    sql::<Bool>(&exists)
        .get_result::<bool>(&mut connection)
        .and_then(|exists| if exists { Ok(0) } else { sql_query(create).execute(&mut connection) })
        .map(|_| ())
        .map_err(|error| StartError::Database(error.to_string()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_folder_and_the_name_are_encoded() {
        assert_eq!(
            url(Path::new("/srv/a b/socket"), "it's/1"),
            "postgresql://guildhall@%2Fsrv%2Fa%20b%2Fsocket:5432/it%27s%2F1"
        );
    }
}
