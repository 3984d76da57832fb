//! Opening the database file: pragmas in one place, migrations before anything else.

use std::path::Path;
use std::time::Duration;

use rusqlite::config::DbConfig;
use rusqlite::{Connection, ErrorCode, OpenFlags};
use rusqlite_migration::{M, Migrations};

use super::{DbError, folding};

const STEPS: &[M<'_>] = &[
    M::up(include_str!("migrations/01_first.sql")),
    M::up(include_str!("migrations/02_acknowledgements.sql")),
    M::up(include_str!("migrations/03_search.sql")),
    M::up(include_str!("migrations/04_events.sql")),
    M::up(include_str!("migrations/05_unread.sql")),
    M::up(include_str!("migrations/06_for_oneself.sql")),
    M::up(include_str!("migrations/07_pictures.sql")),
    M::up(include_str!("migrations/08_held_shares.sql")),
    M::up(include_str!("migrations/09_preferences.sql")),
    M::up(include_str!("migrations/10_browsers.sql")),
];
const MIGRATIONS: Migrations<'_> = Migrations::from_slice(STEPS);

/// A database file that cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    /// It could not be opened or is no database.
    #[error("cannot open the database {path}; check that the folder can be written to and that the file is a kith database")]
    Open {
        /// The file.
        path: String,
        /// What SQLite said.
        source: rusqlite::Error,
    },
    /// It is of a newer kith, or a step of bringing it up to date failed; it is left as it was.
    #[error("cannot bring the database {path} up to date; it may be of a newer kith")]
    Migrate {
        /// The file.
        path: String,
        /// Which step, and why.
        source: rusqlite_migration::Error,
    },
    /// It cannot be read, and could not be given another name either; it is left as it was.
    #[error("the database {path} cannot be read, and cannot be set aside; move it away yourself")]
    SetAside {
        /// The file.
        path: String,
        /// What stood in the way.
        source: std::io::Error,
    },
}

impl OpenError {
    /// Whether SQLite calls the file damaged or no database; not when it is locked, may not be opened, or is of a newer kith.
    #[must_use]
    pub fn is_damage(&self) -> bool {
        let source = match self {
            Self::Open { source, .. } | Self::Migrate { source: rusqlite_migration::Error::RusqliteError { err: source, .. }, .. } => {
                source
            }
            Self::Migrate { .. } | Self::SetAside { .. } => return false,
        };
        matches!(source.sqlite_error_code(), Some(ErrorCode::DatabaseCorrupt | ErrorCode::NotADatabase))
    }
}

/// Touches the beginning and the end of the tables without which nothing goes: a file that was cut off shows itself here, not at the first message.
/// A look at every page would take minutes where there is much to keep.
const PROBE: &str = "SELECT (SELECT count(*) FROM sqlite_schema), (SELECT max(seq) FROM messages), (SELECT min(seq) FROM messages),
    (SELECT max(seq) FROM outbox), (SELECT max(seq) FROM held), (SELECT max(username) FROM accounts)";

/// Opens the one connection that writes, and brings the schema up to date.
///
/// # Errors
/// [`OpenError`] when the file cannot be opened or migrated.
pub fn open_writer(path: &Path, lock_timeout: Duration) -> Result<Connection, OpenError> {
    let shown = path.display().to_string();
    let open = || -> rusqlite::Result<Connection> {
        let connection = Connection::open(path)?;
        connection.busy_timeout(lock_timeout)?;
        // Should it turn out to be damaged, closing it must not write to it.
        connection.set_db_config(DbConfig::SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, true)?;
        // Readers never wait for the writer, nor it for them.
        connection.pragma_update(None, "journal_mode", "WAL")?;
        // "Stored" means on the disk, also after a power cut. Group commit pays for it.
        connection.pragma_update(None, "synchronous", "FULL")?;
        connection.pragma_update(None, "foreign_keys", true)?;
        // 64 MiB: a log that grew in a burst is cut back to this.
        connection.pragma_update(None, "journal_size_limit", 64 << 20)?;
        connection.pragma_update(None, "wal_autocheckpoint", folding::LONG)?;
        connection.set_prepared_statement_cache_capacity(128);
        Ok(connection)
    };
    let mut connection = open().map_err(|source| OpenError::Open { path: shown.clone(), source })?;
    MIGRATIONS.to_latest(&mut connection).map_err(|source| OpenError::Migrate { path: shown.clone(), source })?;
    let probe = || -> rusqlite::Result<()> {
        connection.query_row(PROBE, [], |_| Ok(()))?;
        connection.set_db_config(DbConfig::SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, false)?;
        Ok(())
    };
    probe().map_err(|source| OpenError::Open { path: shown, source })?;
    Ok(connection)
}

/// Sets up a connection of the pool of readers.
///
/// # Errors
/// What SQLite says.
pub fn prepare_reader(connection: &mut Connection) -> rusqlite::Result<()> {
    // A stray write fails, in tests too.
    connection.pragma_update(None, "query_only", true)?;
    connection.busy_timeout(Duration::from_secs(5))?;
    connection.set_prepared_statement_cache_capacity(128);
    Ok(())
}

/// How the pool's connections open the file.
#[must_use]
pub fn reader_flags() -> OpenFlags {
    OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX
}

/// Reads the schema's own health.
///
/// # Errors
/// [`DbError`] when it cannot be asked.
pub fn integrity(connection: &Connection) -> Result<String, DbError> {
    Ok(connection.pragma_query_value(None, "quick_check", |row| row.get(0))?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_migrations_run_on_an_empty_file() {
        MIGRATIONS.validate().unwrap();
    }

    #[test]
    fn a_file_that_is_no_database_is_refused_and_left_alone() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("kith.db");
        let text = "this is no database, it is a letter to my aunt ".repeat(50);
        std::fs::write(&path, &text).unwrap();
        let error = open_writer(&path, Duration::from_secs(1)).unwrap_err();
        assert!(error.to_string().contains("kith.db"), "{error}");
        assert_eq!(std::fs::read_to_string(&path).unwrap(), text);
    }
}
