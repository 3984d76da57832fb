//! Single values under a name.

use rusqlite::{Connection, OptionalExtension};

use crate::db::DbError;
use crate::domain::stamp::Stamp;

/// When the list of who is online was last read, in seconds as text.
pub const LIST_READ_AT: &str = "list_read_at";

/// The key that signs session cookies.
pub const COOKIE_KEY: &str = "cookie_key";

/// When it was last tried whether writes are kept, in seconds as text.
const HEALTH_CHECKED_AT: &str = "health_checked_at";

/// A check that is so young is as good as a new one: whoever asks for the node's health must not keep its disk busy.
const HEALTH_AGE_S: f64 = 1.0;

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

/// Writes something, to see whether writes are kept; at most once a second.
pub fn note_health_check(connection: &Connection, now: Stamp) -> Result<(), DbError> {
    let last = get(connection, HEALTH_CHECKED_AT)?.and_then(|value| Stamp::parse(std::str::from_utf8(&value).ok()?).ok());
    match last {
        Some(last) if (now.seconds() - last.seconds()).abs() < HEALTH_AGE_S => Ok(()),
        _ => set(connection, HEALTH_CHECKED_AT, now.to_string().as_bytes()),
    }
}
