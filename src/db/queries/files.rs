//! Which files there are.

use rusqlite::{Connection, OptionalExtension};

use crate::db::DbError;
use crate::db::files::StoredFile;
use crate::domain::stamp::Stamp;

/// Records that the bytes of a file are on disk, so that messages may refer to it.
pub fn add(connection: &Connection, file: &StoredFile, now: Stamp) -> Result<(), DbError> {
    let mut statement = connection.prepare_cached("INSERT OR IGNORE INTO files VALUES (?, ?, ?, ?)")?;
    statement.execute((&file.sha256, file.size, &file.content_type, now))?;
    Ok(())
}

/// What the first bytes of a file say that it is.
pub fn sniffed_type(connection: &Connection, sha256: &str) -> Result<Option<String>, DbError> {
    let mut statement = connection.prepare_cached("SELECT content_type FROM files WHERE sha256 = ?")?;
    Ok(statement.query_row([sha256], |row| row.get(0)).optional()?)
}

/// The hashes of all files.
pub fn all(connection: &Connection) -> Result<Vec<String>, DbError> {
    let mut statement = connection.prepare("SELECT sha256 FROM files ORDER BY sha256")?;
    let hashes = statement.query_map([], |row| row.get(0))?;
    Ok(hashes.collect::<rusqlite::Result<_>>()?)
}
