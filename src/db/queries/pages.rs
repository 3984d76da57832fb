//! Pages of a conversation: the newest, those next to a place in it, or those round a message.

use rusqlite::Connection;

use super::conversations;
use super::messages::{self, Cursor, StoredMessage};
use crate::db::DbError;
use crate::domain::message::MessageId;
use crate::domain::username::Username;

/// Where in a conversation.
#[derive(Clone, Copy, Debug)]
pub enum Place {
    /// At its end.
    Newest,
    /// Before a message.
    Before(Cursor),
    /// After a message.
    After(Cursor),
    /// Round a message.
    Around(MessageId),
}

/// Some messages that follow each other.
#[derive(Clone, Debug)]
pub struct Page {
    /// Newest first.
    pub messages: Vec<StoredMessage>,
    /// Where older ones go on, if there are more.
    pub before: Option<Cursor>,
    /// Where newer ones go on, if there are more.
    pub after: Option<Cursor>,
}

impl Page {
    fn new(messages: Vec<StoredMessage>, more_before: bool, more_after: bool) -> Self {
        let before = messages.last().filter(|_| more_before).map(Cursor::from);
        let after = messages.first().filter(|_| more_after).map(Cursor::from);
        Self { messages, before, after }
    }
}

/// Reads up to `limit` messages between `reader` and `other` at a place. `None` when it is round a message that is not between them.
pub fn read(connection: &Connection, reader: &Username, other: &Username, place: Place, limit: usize) -> Result<Option<Page>, DbError> {
    let older = |before, limit| messages::page(connection, reader, other, before, limit);
    Ok(Some(match place {
        Place::Newest => {
            let messages = older(None, limit)?;
            let more = messages.len() == limit;
            Page::new(messages, more, false)
        }
        Place::Before(cursor) => {
            let messages = older(Some(cursor), limit)?;
            let more = messages.len() == limit;
            Page::new(messages, more, true)
        }
        Place::After(cursor) => {
            let messages = newer(connection, reader, other, cursor, limit)?;
            let more = messages.len() == limit;
            Page::new(messages, true, more)
        }
        Place::Around(id) => {
            let is_theirs = |message: &StoredMessage| {
                let with = if message.sender == *reader { &message.destination } else { &message.sender };
                with == other
            };
            let Some(middle) = messages::find_for(connection, &id, reader)?.filter(is_theirs) else { return Ok(None) };
            let (cursor, half) = (Cursor::from(&middle), (limit / 2).max(1));
            let (mut messages, rest) = (newer(connection, reader, other, cursor, half)?, older(Some(cursor), half)?);
            let (more_before, more_after) = (rest.len() == half, messages.len() == half);
            messages.push(middle);
            messages.extend(rest);
            Page::new(messages, more_before, more_after)
        }
    }))
}

/// Those that come next after `after`. By index `messages_in_order`.
fn newer(connection: &Connection, reader: &Username, other: &Username, after: Cursor, limit: usize) -> Result<Vec<StoredMessage>, DbError> {
    let Some(conversation) = conversations::find_direct(connection, reader, other)? else { return Ok(Vec::new()) };
    let mut statement = connection.prepare_cached(&format!(
        "{} WHERE m.conversation_id = ?1 AND (m.stamp, m.seq) > (?2, ?3) AND (m.origin = 'here' OR m.destination = ?4)
         ORDER BY m.stamp, m.seq LIMIT ?5",
        messages::COLUMNS
    ))?;
    let messages = statement.query_map((conversation, after.stamp, after.seq, reader, limit), messages::message)?;
    let mut messages: Vec<_> = messages.collect::<rusqlite::Result<_>>()?;
    messages.reverse();
    Ok(messages)
}
