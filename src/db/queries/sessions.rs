//! Browser sessions, by the SHA-256 of the cookie's key.

use rusqlite::{Connection, OptionalExtension};

use crate::db::DbError;
use crate::domain::browser::BrowserId;
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
    /// By what its user tells it from their others, once somebody has logged in.
    pub browser: Option<BrowserId>,
    /// What the browser calls itself.
    pub agent: String,
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
        "INSERT INTO sessions (key_sha256, username, browser, agent, state, created_at, used_at, expires_at) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?6, ?7)
         ON CONFLICT (key_sha256) DO UPDATE SET username = excluded.username, browser = excluded.browser, agent = excluded.agent,
         state = excluded.state, used_at = excluded.used_at, expires_at = excluded.expires_at",
    )?;
    statement.execute((&row.key, &row.username, &row.browser, &row.agent, &row.state, row.now, row.expires_at))?;
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

/// Notes that a browser was used.
pub fn used(connection: &Connection, browser: &BrowserId, now: Stamp) -> Result<(), DbError> {
    connection.prepare_cached("UPDATE sessions SET used_at = ? WHERE browser = ?")?.execute((now, browser))?;
    Ok(())
}

/// A browser in which a user is signed in.
#[derive(Clone, Debug)]
pub struct SignedInBrowser {
    /// Which one.
    pub id: BrowserId,
    /// What it calls itself.
    pub agent: String,
    /// When the user logged in there.
    pub created_at: Stamp,
    /// When it was last used.
    pub used_at: Stamp,
}

/// The browsers in which `username` is signed in.
pub fn of_user(connection: &Connection, username: &Username, now: Stamp) -> Result<Vec<SignedInBrowser>, DbError> {
    let mut statement = connection.prepare_cached(
        "SELECT browser, agent, created_at, coalesce(used_at, created_at) FROM sessions
         WHERE username = ? AND expires_at > ? AND browser IS NOT NULL",
    )?;
    let browsers = statement.query_map((username, now), |row| {
        Ok(SignedInBrowser { id: row.get(0)?, agent: row.get(1)?, created_at: row.get(2)?, used_at: row.get(3)? })
    })?;
    Ok(browsers.collect::<rusqlite::Result<_>>()?)
}

/// Ends the session of one browser of `username`; says whether there was one.
pub fn end(connection: &Connection, username: &Username, browser: &BrowserId) -> Result<bool, DbError> {
    let mut statement = connection.prepare_cached("DELETE FROM sessions WHERE username = ? AND browser = ?")?;
    Ok(statement.execute((username, browser))? > 0)
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
