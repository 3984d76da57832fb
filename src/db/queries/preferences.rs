//! What a user wants of the pages, and whose messages make no noise for them.

use rusqlite::{Connection, OptionalExtension};

use crate::db::DbError;
use crate::domain::preferences::Preferences;
use crate::domain::stamp::Stamp;
use crate::domain::username::Username;

/// What `username` wants; the defaults for whoever never said.
pub fn read(connection: &Connection, username: &Username) -> Result<Preferences, DbError> {
    let mut statement =
        connection.prepare_cached("SELECT enter_sends, notifications, sound, idle_after_min FROM preferences WHERE username = ?")?;
    let read = statement.query_row([username], |row| {
        Ok(Preferences { enter_sends: row.get(0)?, notifications: row.get(1)?, sound: row.get(2)?, idle_after_min: row.get(3)? })
    });
    Ok(read.optional()?.unwrap_or_default())
}

/// Keeps what `username` wants.
pub fn save(connection: &Connection, username: &Username, wanted: Preferences) -> Result<(), DbError> {
    let mut statement = connection.prepare_cached("INSERT OR REPLACE INTO preferences VALUES (?, ?, ?, ?, ?)")?;
    statement.execute((username, wanted.enter_sends, wanted.notifications, wanted.sound, wanted.idle_after_min))?;
    Ok(())
}

/// Everybody whom `username` has muted, by name.
pub fn muted(connection: &Connection, username: &Username) -> Result<Vec<Username>, DbError> {
    let mut statement = connection.prepare_cached("SELECT muted FROM mutes WHERE username = ? ORDER BY muted")?;
    let names = statement.query_map([username], |row| row.get(0))?;
    Ok(names.collect::<rusqlite::Result<_>>()?)
}

/// Mutes `whom`; doing it twice is no error.
pub fn mute(connection: &Connection, username: &Username, whom: &Username, now: Stamp) -> Result<(), DbError> {
    connection.prepare_cached("INSERT OR IGNORE INTO mutes VALUES (?, ?, ?)")?.execute((username, whom, now))?;
    Ok(())
}

/// Lets messages of `whom` be told of again; doing it twice is no error.
pub fn unmute(connection: &Connection, username: &Username, whom: &Username) -> Result<(), DbError> {
    connection.prepare_cached("DELETE FROM mutes WHERE username = ? AND muted = ?")?.execute((username, whom))?;
    Ok(())
}
