//! What users do not want to see any more, each for themselves.

use rusqlite::Connection;

use super::messages;
use crate::db::DbError;
use crate::domain::message::MessageId;
use crate::domain::stamp::Stamp;
use crate::domain::username::Username;

/// The condition, for a query of `messages m`, that the user in the parameter `reader` has not hidden the message. By the primary key.
pub(super) fn not_hidden_from(reader: &str) -> String {
    format!("NOT EXISTS (SELECT 1 FROM hidden h WHERE h.seq = m.seq AND h.username = {reader})")
}

/// Hides a message from `reader` alone, for good. Says with whom it was; `None` when they could not see it anyway.
///
/// What they had not read is not news any more, and its sender is not told that it was read.
pub fn hide(connection: &Connection, id: &MessageId, reader: &Username, now: Stamp) -> Result<Option<Username>, DbError> {
    let Some(message) = messages::find_for(connection, id, reader)? else { return Ok(None) };
    connection.prepare_cached("INSERT INTO hidden VALUES (?, ?, ?)")?.execute((message.seq, reader, now))?;
    connection
        .prepare_cached("UPDATE messages SET unread = 0 WHERE seq = ? AND destination = ? AND unread = 1")?
        .execute((message.seq, reader))?;
    Ok(Some(if message.sender == *reader { message.destination } else { message.sender }))
}
