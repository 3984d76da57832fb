//! Which files there are.

use rusqlite::{Connection, OptionalExtension};

use crate::db::DbError;
use crate::db::files::StoredFile;
use crate::domain::picture::PictureSize;
use crate::domain::stamp::Stamp;

/// Records that the bytes of a file are on disk, so that messages may refer to it.
pub fn add(connection: &Connection, file: &StoredFile, now: Stamp) -> Result<(), DbError> {
    let mut statement = connection.prepare_cached("INSERT OR IGNORE INTO files VALUES (?, ?, ?, ?)")?;
    statement.execute((&file.sha256, file.size, &file.content_type, now))?;
    file.picture.map_or(Ok(()), |size| add_size(connection, &file.sha256, size))
}

/// Records how large a picture is that is on disk.
pub fn add_size(connection: &Connection, sha256: &str, size: PictureSize) -> Result<(), DbError> {
    let mut statement = connection.prepare_cached("INSERT OR IGNORE INTO pictures VALUES (?, ?, ?)")?;
    statement.execute((sha256, size.width, size.height))?;
    Ok(())
}

/// How large a picture is; `None` when it was not measured yet, or is none.
pub(super) fn size(connection: &Connection, sha256: &str) -> Result<Option<PictureSize>, DbError> {
    let mut statement = connection.prepare_cached("SELECT width, height FROM pictures WHERE sha256 = ?")?;
    let size = statement.query_row([sha256], |row| Ok(PictureSize { width: row.get(0)?, height: row.get(1)? }));
    Ok(size.optional()?)
}

/// What the first bytes of a file say that it is.
pub fn sniffed_type(connection: &Connection, sha256: &str) -> Result<Option<String>, DbError> {
    let mut statement = connection.prepare_cached("SELECT content_type FROM files WHERE sha256 = ?")?;
    Ok(statement.query_row([sha256], |row| row.get(0)).optional()?)
}

/// How many files there are, and their bytes.
pub fn total(connection: &Connection) -> Result<(u64, u64), DbError> {
    let mut statement = connection.prepare_cached("SELECT count(*), coalesce(sum(size_bytes), 0) FROM files")?;
    Ok(statement.query_row([], |row| Ok((row.get(0)?, row.get(1)?)))?)
}

/// The hashes of all files.
pub fn all(connection: &Connection) -> Result<Vec<String>, DbError> {
    let mut statement = connection.prepare("SELECT sha256 FROM files ORDER BY sha256")?;
    let hashes = statement.query_map([], |row| row.get(0))?;
    Ok(hashes.collect::<rusqlite::Result<_>>()?)
}
