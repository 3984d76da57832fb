//! Single values under a name.

use rusqlite::{Connection, OptionalExtension};

use crate::db::DbError;

/// When the list of who is online was last read, in seconds as text.
pub const LIST_READ_AT: &str = "list_read_at";

/// The key that signs session cookies.
pub const COOKIE_KEY: &str = "cookie_key";

/// Reads a value.
pub fn get(connection: &Connection, name: &str) -> Result<Option<Vec<u8>>, DbError> {
    let mut statement = connection.prepare_cached("SELECT value FROM facts WHERE name = ?")?;
    Ok(statement.query_row([name], |row| row.get(0)).optional()?)
}

/// Sets a value.
pub fn set(connection: &Connection, name: &str, value: &[u8]) -> Result<(), DbError> {
    let mut statement =
        connection.prepare_cached("INSERT INTO facts VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET value = excluded.value")?;
    statement.execute((name, value))?;
    Ok(())
}

/// Reads a value, or sets it to `fresh` where there is none.
pub fn get_or_set(connection: &Connection, name: &str, fresh: &[u8]) -> Result<Vec<u8>, DbError> {
    if let Some(value) = get(connection, name)? {
        return Ok(value);
    }
    set(connection, name, fresh)?;
    Ok(fresh.to_vec())
}
