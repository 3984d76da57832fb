//! Pages of a conversation: the newest, those next to a place in it, or those round a message.

use rusqlite::{Connection, OptionalExtension};

use super::conversations;
use super::hidden::not_hidden_from;
use super::messages::{self, Cursor, StoredMessage};
use crate::db::DbError;
use crate::domain::message::MessageId;
use crate::domain::username::Username;

/// Where in a conversation.
#[derive(Clone, Copy, Debug)]
pub enum Place {
    /// At its end.
    Newest,
    /// Before a place in it.
    Before(Mark),
    /// After a place in it.
    After(Mark),
    /// Round a message.
    Around(MessageId),
    /// Round the oldest message that was not read; at its end when all were.
    Unread,
}

/// A place between two messages.
#[derive(Clone, Copy, Debug)]
pub enum Mark {
    /// Where an earlier page ended.
    Cursor(Cursor),
    /// At a message, which the reader need not see any more.
    Message(MessageId),
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
    /// The message that they are round.
    pub around: Option<MessageId>,
}

impl Page {
    fn new(messages: Vec<StoredMessage>, more_before: bool, more_after: bool) -> Self {
        let before = messages.last().filter(|_| more_before).map(Cursor::from);
        let after = messages.first().filter(|_| more_after).map(Cursor::from);
        Self { messages, before, after, around: None }
    }
}

/// Reads up to `limit` messages between `reader` and `other` at a place. `None` when that is a message that is not between them.
pub fn read(connection: &Connection, reader: &Username, other: &Username, place: Place, limit: usize) -> Result<Option<Page>, DbError> {
    let older = |before, limit| messages::page(connection, reader, other, before, limit);
    let newest = || {
        let messages = older(None, limit)?;
        let more = messages.len() == limit;
        Ok::<_, DbError>(Page::new(messages, more, false))
    };
    Ok(Some(match place {
        Place::Newest => newest()?,
        Place::Unread => match oldest_unread(connection, reader, other)? {
            Some(id) => return read(connection, reader, other, Place::Around(id), limit),
            None => newest()?,
        },
        Place::Before(mark) => {
            let Some(cursor) = locate(connection, reader, other, mark)? else { return Ok(None) };
            let messages = older(Some(cursor), limit)?;
            let more = messages.len() == limit;
            Page::new(messages, more, true)
        }
        Place::After(mark) => {
            let Some(cursor) = locate(connection, reader, other, mark)? else { return Ok(None) };
            let messages = newer(connection, reader, other, cursor, limit)?;
            let more = messages.len() == limit;
            Page::new(messages, true, more)
        }
        Place::Around(id) => {
            let middle = messages::find_for(connection, &id, reader)?.filter(|message| is_between(message, reader, other));
            let Some(middle) = middle else { return Ok(None) };
            let (cursor, half) = (Cursor::from(&middle), (limit / 2).max(1));
            let (mut messages, rest) = (newer(connection, reader, other, cursor, half)?, older(Some(cursor), half)?);
            let (more_before, more_after) = (rest.len() == half, messages.len() == half);
            messages.push(middle);
            messages.extend(rest);
            Page { around: Some(id), ..Page::new(messages, more_before, more_after) }
        }
    }))
}

fn is_between(message: &StoredMessage, one: &Username, other: &Username) -> bool {
    let parties = [&message.sender, &message.destination];
    parties == [one, other] || parties == [other, one]
}

fn locate(connection: &Connection, reader: &Username, other: &Username, mark: Mark) -> Result<Option<Cursor>, DbError> {
    Ok(match mark {
        Mark::Cursor(cursor) => Some(cursor),
        Mark::Message(id) => {
            messages::find(connection, &id)?.filter(|message| is_between(message, reader, other)).map(|message| (&message).into())
        }
    })
}

/// The oldest message of `other` that `reader` has not seen. It looks no further back than to that one, by index `messages_in_order`.
fn oldest_unread(connection: &Connection, reader: &Username, other: &Username) -> Result<Option<MessageId>, DbError> {
    let Some(conversation) = conversations::find_direct(connection, reader, other)? else { return Ok(None) };
    let unread = conversations::unread_in(connection, reader, conversation)?;
    let mut statement = connection.prepare_cached(
        "SELECT identity FROM messages WHERE conversation_id = ? AND destination = ? AND unread = 1
         ORDER BY stamp DESC, seq DESC LIMIT 1 OFFSET ?",
    )?;
    Ok(statement.query_row((conversation, reader, unread.saturating_sub(1)), |row| row.get(0)).optional()?)
}

/// Those that come next after `after`. By index `messages_in_order`.
fn newer(connection: &Connection, reader: &Username, other: &Username, after: Cursor, limit: usize) -> Result<Vec<StoredMessage>, DbError> {
    let Some(conversation) = conversations::find_direct(connection, reader, other)? else { return Ok(Vec::new()) };
    let mut statement = connection.prepare_cached(&format!(
        "{} WHERE m.conversation_id = ?1 AND (m.stamp, m.seq) > (?2, ?3) AND (m.origin = 'here' OR m.destination = ?4)
         AND {} ORDER BY m.stamp, m.seq LIMIT ?5",
        messages::COLUMNS,
        not_hidden_from("?4")
    ))?;
    let messages = statement.query_map((conversation, after.stamp, after.seq, reader, limit), messages::message)?;
    let mut messages: Vec<_> = messages.collect::<rusqlite::Result<_>>()?;
    messages.reverse();
    Ok(messages)
}
