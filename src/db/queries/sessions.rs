//! Browser sessions, by the SHA-256 of the cookie's key.

use rusqlite::{Connection, OptionalExtension};

use crate::db::DbError;
use crate::domain::stamp::Stamp;
use crate::domain::username::Username;

/// SHA-256 of the key in the cookie.
pub type KeyHash = [u8; 32];

/// Reads the state of a session that has not expired.
pub fn load(connection: &Connection, key: &KeyHash, now: Stamp) -> Result<Option<String>, DbError> {
    let mut statement = connection.prepare_cached("SELECT state FROM sessions WHERE key_sha256 = ? AND expires_at > ?")?;
    Ok(statement.query_row((key, now), |row| row.get(0)).optional()?)
}

/// A session as it is stored.
#[derive(Debug)]
pub struct SessionRow {
    /// Which one.
    pub key: KeyHash,
    /// Whose, once somebody has logged in.
    pub username: Option<Username>,
    /// What actix-session keeps in it, as JSON.
    pub state: String,
    /// When it was stored.
    pub now: Stamp,
    /// Until when it counts.
    pub expires_at: Stamp,
}

/// Stores a session, new or changed.
pub fn save(connection: &Connection, row: &SessionRow) -> Result<(), DbError> {
    let mut statement = connection.prepare_cached(
        "INSERT INTO sessions (key_sha256, username, state, created_at, expires_at) VALUES (?, ?, ?, ?, ?)
         ON CONFLICT (key_sha256) DO UPDATE SET username = excluded.username, state = excluded.state, expires_at = excluded.expires_at",
    )?;
    statement.execute((&row.key, &row.username, &row.state, row.now, row.expires_at))?;
    Ok(())
}

/// Moves the end of a session.
pub fn extend(connection: &Connection, key: &KeyHash, expires_at: Stamp) -> Result<(), DbError> {
    connection.prepare_cached("UPDATE sessions SET expires_at = ? WHERE key_sha256 = ?")?.execute((expires_at, key))?;
    Ok(())
}

/// Ends a session.
pub fn delete(connection: &Connection, key: &KeyHash) -> Result<(), DbError> {
    connection.prepare_cached("DELETE FROM sessions WHERE key_sha256 = ?")?.execute([key])?;
    Ok(())
}

/// Ends all sessions: nobody is logged in at a node that has just started.
pub fn delete_all(connection: &Connection) -> Result<(), DbError> {
    connection.execute("DELETE FROM sessions", [])?;
    Ok(())
}

/// Counts the sessions of `username` that have not expired.
pub fn count(connection: &Connection, username: &Username, now: Stamp) -> Result<u64, DbError> {
    let mut statement = connection.prepare_cached("SELECT count(*) FROM sessions WHERE username = ? AND expires_at > ?")?;
    Ok(statement.query_row((username, now), |row| row.get(0))?)
}

/// Deletes the sessions that have expired, and says who has none left since.
pub fn expire(connection: &Connection, now: Stamp) -> Result<Vec<Username>, DbError> {
    let mut statement = connection.prepare_cached("DELETE FROM sessions WHERE expires_at <= ? RETURNING username")?;
    let expired = statement.query_map([now], |row| row.get::<_, Option<Username>>(0))?.collect::<rusqlite::Result<Vec<_>>>()?;
    let mut gone = Vec::new();
    for username in expired.into_iter().flatten() {
        if !gone.contains(&username) && count(connection, &username, now)? == 0 {
            gone.push(username);
        }
    }
    Ok(gone)
}
