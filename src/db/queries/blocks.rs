//! Whom a user does not want to hear from.

use rusqlite::Connection;

use crate::db::DbError;
use crate::domain::stamp::Stamp;
use crate::domain::username::Username;

/// Everybody whom `username` blocks, by name.
pub fn list(connection: &Connection, username: &Username) -> Result<Vec<Username>, DbError> {
    let mut statement = connection.prepare_cached("SELECT blocked FROM blocks WHERE username = ? ORDER BY blocked")?;
    let names = statement.query_map([username], |row| row.get(0))?;
    Ok(names.collect::<rusqlite::Result<_>>()?)
}

/// Blocks `blocked`; doing it twice is no error.
pub fn add(connection: &Connection, username: &Username, blocked: &Username, now: Stamp) -> Result<(), DbError> {
    connection.prepare_cached("INSERT OR IGNORE INTO blocks VALUES (?, ?, ?)")?.execute((username, blocked, now))?;
    Ok(())
}

/// Lets `blocked` through again; doing it twice is no error.
pub fn remove(connection: &Connection, username: &Username, blocked: &Username) -> Result<(), DbError> {
    connection.prepare_cached("DELETE FROM blocks WHERE username = ? AND blocked = ?")?.execute((username, blocked))?;
    Ok(())
}
