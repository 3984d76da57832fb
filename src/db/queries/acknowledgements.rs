//! Receipts between nodes: which sent message was read, and whose node is still to be told that its message was.

use rusqlite::{Connection, OptionalExtension};

use super::messages::{self, StoredMessage};
use super::outbox;
use crate::db::DbError;
use crate::domain::receipt::Receipt;
use crate::domain::stamp::Stamp;
use crate::domain::username::Username;

/// What a node says of a message that was read there.
#[derive(Clone, Copy, Debug)]
pub struct Acknowledged<'a> {
    /// Who wrote it.
    pub author: &'a Username,
    /// Its stamp.
    pub stamp: Stamp,
    /// The hashing standard under which it was sent.
    pub hashing: u8,
    /// Its hash, in any case.
    pub hash: &'a str,
}

/// What became of an acknowledgement that found its message.
#[derive(Clone, Debug)]
pub struct Taken {
    /// The message, as it is now.
    pub message: StoredMessage,
    /// Whether it was not known to be read before.
    pub is_news: bool,
}

/// Half a hundredth of a second: our stamps have two decimals, and some nodes make other digits of the same number.
const SAME_STAMP_S: f64 = 0.005;

/// Marks a message that was sent from here as read; `None` when there is none that fits. By index `messages_to_be_acknowledged`.
pub fn take(connection: &Connection, read: &Acknowledged<'_>, now: Stamp) -> Result<Option<Taken>, DbError> {
    let stamp = read.stamp.seconds();
    let mut find = connection.prepare_cached(
        "SELECT seq, receipt FROM messages WHERE origin = 'here' AND hashing > 0 AND sender = ?1 AND stamp BETWEEN ?2 AND ?3
         AND hashing = ?4 AND lower(hash) = lower(?5)",
    )?;
    let found = find
        .query_row((read.author, stamp - SAME_STAMP_S, stamp + SAME_STAMP_S, read.hashing, read.hash), |row| {
            Ok((row.get::<_, i64>(0)?, row.get::<_, Option<Receipt>>(1)?))
        })
        .optional()?;
    let Some((seq, before)) = found else { return Ok(None) };
    // It may still be in the outbox: the answer to its delivery was lost, or is on its way.
    outbox::remove(connection, seq)?;
    let message = messages::advance_receipt(connection, seq, Receipt::Read, None, now)?;
    Ok(message.map(|message| Taken { is_news: message.receipt != before, message }))
}

/// Notes that a message has been read here whose author's node is to be told. Doing it twice is no error.
pub(super) fn owe(connection: &Connection, seq: i64, author: &Username, now: Stamp) -> Result<(), DbError> {
    let mut statement = connection.prepare_cached("INSERT OR IGNORE INTO acknowledgements VALUES (?, ?, ?)")?;
    statement.execute((seq, author, now))?;
    Ok(())
}

/// An acknowledgement that is still to be sent.
#[derive(Clone, Debug)]
pub struct Owed {
    /// The message.
    pub seq: i64,
    /// Its stamp in the digits of its author.
    pub stamp_text: String,
    /// The hashing standard under which it came.
    pub hashing: u8,
    /// Its hash, as it came.
    pub hash: String,
    /// When it was read.
    pub queued_at: Stamp,
}

/// Finds the oldest acknowledgement that is to be sent to `author`. By index `acknowledgements_by_author`.
pub fn oldest(connection: &Connection, author: &Username) -> Result<Option<Owed>, DbError> {
    let mut statement = connection.prepare_cached(
        "SELECT a.seq, coalesce(m.stamp_text, CAST(m.stamp AS TEXT)), m.hashing, coalesce(m.hash, ''), a.queued_at
         FROM acknowledgements a JOIN messages m USING (seq) WHERE a.author = ? ORDER BY a.seq LIMIT 1",
    )?;
    let owed = statement.query_row([author], |row| {
        Ok(Owed { seq: row.get(0)?, stamp_text: row.get(1)?, hashing: row.get(2)?, hash: row.get(3)?, queued_at: row.get(4)? })
    });
    Ok(owed.optional()?)
}

/// Everybody to whom an acknowledgement is to be sent.
pub fn authors(connection: &Connection) -> Result<Vec<Username>, DbError> {
    let mut statement = connection.prepare_cached("SELECT DISTINCT author FROM acknowledgements")?;
    let authors = statement.query_map([], |row| row.get(0))?;
    Ok(authors.collect::<rusqlite::Result<_>>()?)
}

/// Takes an acknowledgement out: it is sent or given up.
pub fn remove(connection: &Connection, seq: i64) -> Result<(), DbError> {
    connection.prepare_cached("DELETE FROM acknowledgements WHERE seq = ?")?.execute([seq])?;
    Ok(())
}
