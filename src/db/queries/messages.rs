//! Messages: stored once, read a page at a time.

use std::net::IpAddr;
use std::sync::Arc;

use rusqlite::{Connection, OptionalExtension, Row};

use super::hidden::not_hidden_from;
use super::{acknowledgements, conversations, files, outbox};
use crate::db::DbError;
use crate::db::files::StoredFile;
use crate::domain::file::FileName;
use crate::domain::message::{Attachment, Content, Markup, MessageId};
use crate::domain::picture::PictureSize;
use crate::domain::receipt::Receipt;
use crate::domain::stamp::Stamp;
use crate::domain::username::Username;

/// A message as it is kept.
#[derive(Clone, Debug)]
pub struct StoredMessage {
    /// The order of arrival.
    pub seq: i64,
    /// Its id.
    pub id: MessageId,
    /// Who wrote it.
    pub sender: Username,
    /// To whom.
    pub destination: Username,
    /// When, as the sender says.
    pub stamp: Stamp,
    /// What.
    pub content: Content,
    /// How large the picture is; `None` when it is none, or was not measured yet.
    pub picture: Option<PictureSize>,
    /// Whether it was written on this node.
    pub written_here: bool,
    /// Whether it is known to be the sender's.
    pub verified: bool,
    /// The standard of encryption under which it travelled; 0 is none.
    pub encryption: u8,
    /// When it was stored here.
    pub arrived_at: Stamp,
    /// Whether it came after later ones were there.
    pub arrived_late: bool,
    /// How far it has come, for its sender.
    pub receipt: Option<Receipt>,
    /// Since when it has come so far, if it has moved.
    pub receipt_at: Option<Stamp>,
    /// Why it failed.
    pub failure: Option<String>,
}

/// Where a message that just came in is from.
#[derive(Clone, Debug)]
pub struct Incoming {
    /// Who is said to have written it.
    pub sender: Username,
    /// For whom.
    pub destination: Username,
    /// When, as they say.
    pub stamp: Stamp,
    /// What.
    pub content: Content,
    /// The stored bytes, if it is a file.
    pub file: Option<StoredFile>,
    /// The address that the call came from.
    pub from: IpAddr,
    /// The standard of encryption under which it came.
    pub encryption: u8,
    /// What to acknowledge it by.
    pub mark: Mark,
    /// Now.
    pub arrived_at: Stamp,
}

/// What a message is acknowledged by, besides its author (protocol section 3).
#[derive(Clone, Debug, Default)]
pub struct Mark {
    /// The stamp in the digits of its author, if they are not too many to be a time.
    pub stamp_text: Option<String>,
    /// The hashing standard; only from 1 on a message is acknowledged.
    pub hashing: u8,
    /// The hash, as it came.
    pub hash: Option<String>,
}

/// What became of a message that came in.
#[derive(Clone, Debug)]
pub enum Reception {
    /// Stored now.
    New(Arc<StoredMessage>),
    /// Stored before: a repeat.
    Repeat,
    /// The addressee does not want to hear from the sender.
    Blocked,
    /// The addressee is no user of this node.
    NotOurs,
    /// The sender is a user of this node, and the call came from elsewhere.
    Impersonation,
}

/// Seconds after which a message that is not the newest counts as late: two people who type at once are not late.
const LATE_AFTER_S: f64 = 30.0;

/// One look at everything that decides on a message: index look-ups only.
const ADMISSION: &str = "SELECT
    EXISTS (SELECT 1 FROM accounts WHERE username = :destination),
    EXISTS (SELECT 1 FROM blocks WHERE username = :destination AND blocked = :sender),
    EXISTS (SELECT 1 FROM accounts WHERE username = :sender),
    (SELECT ip = :from FROM people WHERE username = :sender)";

/// Stores what a peer brings for a user of this node, once however often it comes.
///
/// It is verified when it comes from the address at which its sender is listed, and by nothing else. No standard of 2017 proves who wrote:
/// the keys of encryption 1 and 2 are known to all, and whoever reads the list can encrypt to the receiver's public key (3 and 4);
/// a hash has no secret in it, not even with the sender's name; and nobody signs.
pub fn receive(connection: &Connection, incoming: &Incoming) -> Result<Reception, DbError> {
    let Incoming { sender, destination, .. } = incoming;
    let from = incoming.from.to_string();
    let mut admission = connection.prepare_cached(ADMISSION)?;
    let (ours, blocked, sender_is_ours, verified) = admission
        .query_row(rusqlite::named_params! { ":destination": destination, ":sender": sender, ":from": from }, |row| {
            Ok((row.get::<_, bool>(0)?, row.get::<_, bool>(1)?, row.get::<_, bool>(2)?, row.get::<_, Option<bool>>(3)? == Some(true)))
        })?;
    if !ours {
        return Ok(Reception::NotOurs);
    }
    if blocked {
        return Ok(Reception::Blocked);
    }
    if sender_is_ours && !verified {
        return Ok(Reception::Impersonation);
    }
    if let Some(file) = &incoming.file {
        files::add(connection, file, incoming.arrived_at)?;
    }
    let arrival = Arrival {
        sender,
        destination,
        stamp: incoming.stamp,
        content: &incoming.content,
        origin: "peer",
        from: Some(from),
        verified,
        encryption: incoming.encryption,
        mark: Some(&incoming.mark),
        arrived_at: incoming.arrived_at,
        unread: true,
        receipt: None,
    };
    Ok(insert(connection, &arrival)?.map_or(Reception::Repeat, |message| Reception::New(Arc::new(message))))
}

/// Stores what a user of this node writes, with its stamp, and puts it into the outbox.
pub fn write(
    connection: &Connection,
    sender: &Username,
    destination: &Username,
    content: Content,
    now: Stamp,
) -> Result<StoredMessage, DbError> {
    let stamp = super::accounts::next_stamp(connection, sender, now)?;
    let ours = super::accounts::find(connection, destination)?.is_some();
    let arrival = Arrival {
        sender,
        destination,
        stamp,
        content: &content,
        origin: "here",
        from: None,
        verified: true,
        encryption: 0,
        mark: None,
        arrived_at: now,
        unread: ours && sender != destination,
        receipt: Some(Receipt::Pending),
    };
    // A clock that was set back may give a stamp again; the same text at the same stamp is the same message.
    let message = match insert(connection, &arrival)? {
        Some(message) => message,
        None => find(connection, &MessageId::of(sender, destination, stamp, &content))?.ok_or(rusqlite::Error::QueryReturnedNoRows)?,
    };
    outbox::add(connection, message.seq, destination, now)?;
    Ok(message)
}

struct Arrival<'a> {
    sender: &'a Username,
    destination: &'a Username,
    stamp: Stamp,
    content: &'a Content,
    origin: &'static str,
    from: Option<String>,
    verified: bool,
    encryption: u8,
    mark: Option<&'a Mark>,
    arrived_at: Stamp,
    unread: bool,
    receipt: Option<Receipt>,
}

const INSERT: &str = "INSERT INTO messages (identity, conversation_id, sender, destination, stamp, text, markdown, file_sha256, file_name,
    file_type, file_size, origin, from_address, verified, encryption, stamp_text, hashing, hash, arrived_at, arrived_late, unread, receipt)
    VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (identity) DO NOTHING";

/// Inserts a message; `None` when it is there already.
fn insert(connection: &Connection, arrival: &Arrival<'_>) -> Result<Option<StoredMessage>, DbError> {
    let Arrival { sender, destination, stamp, content, .. } = *arrival;
    let id = MessageId::of(sender, destination, stamp, content);
    let conversation = conversations::direct(connection, sender, destination, arrival.arrived_at)?;
    let arrived_late = arrived_late(connection, arrival, conversation)?;
    let (text, markup, file) = match content {
        Content::Text { text, markup } => (text.as_str(), *markup, None),
        Content::File(file) => ("", Markup::Plain, Some(file)),
    };
    let mut statement = connection.prepare_cached(INSERT)?;
    // In the order of INSERT; no RETURNING, for which SQLite would make a table each time.
    let inserted = statement.execute(rusqlite::params![
        id,
        conversation,
        sender,
        destination,
        stamp,
        text,
        markup == Markup::Markdown,
        file.map(|file| &file.sha256),
        file.map(|file| file.name.as_str()),
        file.map(|file| &file.content_type),
        file.map(|file| file.size),
        arrival.origin,
        arrival.from,
        arrival.verified,
        arrival.encryption,
        arrival.mark.and_then(|mark| mark.stamp_text.as_ref()),
        arrival.mark.map_or(0, |mark| mark.hashing),
        arrival.mark.and_then(|mark| mark.hash.as_ref()),
        arrival.arrived_at,
        arrived_late,
        arrival.unread,
        arrival.receipt,
    ])?;
    if inserted == 0 {
        return Ok(None);
    }
    Ok(Some(StoredMessage {
        seq: connection.last_insert_rowid(),
        id,
        sender: sender.clone(),
        destination: destination.clone(),
        stamp,
        content: content.clone(),
        picture: file.map(|file| files::size(connection, &file.sha256)).transpose()?.flatten(),
        written_here: arrival.origin == "here",
        verified: arrival.verified,
        encryption: arrival.encryption,
        arrived_at: arrival.arrived_at,
        arrived_late,
        receipt: arrival.receipt,
        receipt_at: None,
        failure: None,
    }))
}

/// Whether a message of a peer comes so late that newer ones of its conversation are there already.
fn arrived_late(connection: &Connection, arrival: &Arrival<'_>, conversation: i64) -> Result<bool, DbError> {
    if arrival.origin != "peer" || arrival.arrived_at.seconds() - arrival.stamp.seconds() <= LATE_AFTER_S {
        return Ok(false);
    }
    let mut newer = connection.prepare_cached("SELECT 1 FROM messages WHERE conversation_id = ? AND stamp > ?")?;
    Ok(newer.exists((conversation, arrival.stamp))?)
}

pub(super) const COLUMNS: &str =
    "SELECT m.seq, m.identity, m.sender, m.destination, m.stamp, m.text, m.markdown, m.file_sha256, m.file_name,
    m.file_type, m.file_size, m.origin = 'here', m.verified, m.encryption, m.arrived_late, m.receipt, m.failure,
    m.arrived_at, m.receipt_at, p.width, p.height FROM messages m LEFT JOIN pictures p ON p.sha256 = m.file_sha256";

pub(super) fn message(row: &Row<'_>) -> rusqlite::Result<StoredMessage> {
    let sha256: Option<String> = row.get(7)?;
    let content = match sha256 {
        Some(sha256) => Content::File(Attachment {
            sha256,
            name: FileName::from_sent(&row.get::<_, String>(8)?),
            content_type: row.get(9)?,
            size: row.get(10)?,
        }),
        None => Content::Text { text: row.get(5)?, markup: if row.get(6)? { Markup::Markdown } else { Markup::Plain } },
    };
    Ok(StoredMessage {
        seq: row.get(0)?,
        id: row.get(1)?,
        sender: row.get(2)?,
        destination: row.get(3)?,
        stamp: row.get(4)?,
        content,
        picture: row.get::<_, Option<u32>>(19)?.zip(row.get(20)?).map(|(width, height)| PictureSize { width, height }),
        written_here: row.get(11)?,
        verified: row.get(12)?,
        encryption: row.get(13)?,
        arrived_late: row.get(14)?,
        receipt: row.get(15)?,
        failure: row.get(16)?,
        arrived_at: row.get(17)?,
        receipt_at: row.get(18)?,
    })
}

/// Finds a message by its id, whoever may see it.
pub fn find(connection: &Connection, id: &MessageId) -> Result<Option<StoredMessage>, DbError> {
    let mut statement = connection.prepare_cached(&format!("{COLUMNS} WHERE m.identity = ?"))?;
    Ok(statement.query_row([id], message).optional()?)
}

/// Finds a message that `reader` may see: one that they wrote here, or one that is for them, unless they have hidden it.
pub fn find_for(connection: &Connection, id: &MessageId, reader: &Username) -> Result<Option<StoredMessage>, DbError> {
    let sql = format!(
        "{COLUMNS} WHERE m.identity = ?1 AND (m.destination = ?2 OR (m.sender = ?2 AND m.origin = 'here')) AND {}",
        not_hidden_from("?2")
    );
    Ok(connection.prepare_cached(&sql)?.query_row((id, reader), message).optional()?)
}

/// A place in a conversation, from which to go on towards older messages.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Cursor {
    /// The stamp of the message there.
    pub stamp: Stamp,
    /// Its order of arrival.
    pub seq: i64,
}

impl From<&StoredMessage> for Cursor {
    fn from(message: &StoredMessage) -> Self {
        Self { stamp: message.stamp, seq: message.seq }
    }
}

/// Reads up to `limit` messages between `reader` and `other`, newest first, older than `before`. By index `messages_in_order`.
pub fn page(
    connection: &Connection,
    reader: &Username,
    other: &Username,
    before: Option<Cursor>,
    limit: usize,
) -> Result<Vec<StoredMessage>, DbError> {
    let Some(conversation) = conversations::find_direct(connection, reader, other)? else { return Ok(Vec::new()) };
    // Past every stamp, and past every arrival.
    let (stamp, seq) = before.map_or((f64::MAX, i64::MAX), |cursor| (cursor.stamp.seconds(), cursor.seq));
    let mut statement = connection.prepare_cached(&format!(
        "{COLUMNS} WHERE m.conversation_id = ?1 AND (m.stamp, m.seq) < (?2, ?3) AND (m.origin = 'here' OR m.destination = ?4)
         AND {} ORDER BY m.stamp DESC, m.seq DESC LIMIT ?5",
        not_hidden_from("?4")
    ))?;
    let messages = statement.query_map((conversation, stamp, seq, reader, limit), message)?;
    Ok(messages.collect::<rusqlite::Result<_>>()?)
}

/// What reading has led to.
#[derive(Clone, Debug, Default)]
pub struct JustRead {
    /// Messages from users of this node.
    pub here: Vec<ReadHere>,
    /// Whether nodes of others are to be told: their acknowledgements wait to be sent.
    pub to_acknowledge: bool,
}

/// A message that its addressee has just read, and whose sender is a user of this node.
#[derive(Clone, Debug)]
pub struct ReadHere {
    /// Which message.
    pub id: MessageId,
    /// Who wrote it.
    pub sender: Username,
}

/// Marks what `reader` has of `other` as read, up to and including the message `up_to`.
///
/// It looks no further back than to the oldest unread one, by index `messages_in_order`.
pub fn mark_read(
    connection: &Connection,
    reader: &Username,
    other: &Username,
    up_to: &MessageId,
    now: Stamp,
) -> Result<Option<JustRead>, DbError> {
    let (Some(last), Some(conversation)) = (find_for(connection, up_to, reader)?, conversations::find_direct(connection, reader, other)?)
    else {
        return Ok(None);
    };
    let unread = conversations::unread_in(connection, reader, conversation)?;
    let mut newer = connection.prepare_cached(
        "SELECT count(*) FROM messages WHERE conversation_id = ?2 AND (stamp, seq) > (?3, ?4) AND destination = ?1 AND unread = 1",
    )?;
    let newer: u64 = newer.query_row((reader, conversation, last.stamp, last.seq), |row| row.get(0))?;
    let mut statement = connection.prepare_cached(
        "UPDATE messages SET unread = 0, receipt = CASE origin WHEN 'here' THEN 'read' END, receipt_at = ?5 WHERE seq IN (
             SELECT seq FROM messages WHERE conversation_id = ?2 AND (stamp, seq) <= (?3, ?4) AND destination = ?1 AND unread = 1
             ORDER BY stamp DESC, seq DESC LIMIT ?6)
         RETURNING identity, sender, origin = 'here', hashing > 0, seq",
    )?;
    let rows = statement.query_map((reader, conversation, last.stamp, last.seq, now, unread.saturating_sub(newer)), |row| {
        Ok((ReadHere { id: row.get(0)?, sender: row.get(1)? }, row.get::<_, bool>(2)?, row.get::<_, bool>(3)?, row.get::<_, i64>(4)?))
    })?;
    let mut just_read = JustRead::default();
    for (message, is_from_here, is_hashed, seq) in rows.collect::<rusqlite::Result<Vec<_>>>()? {
        if is_from_here {
            outbox::remove(connection, seq)?;
            just_read.here.push(message);
        } else if is_hashed {
            acknowledgements::owe(connection, seq, &message.sender, now)?;
            just_read.to_acknowledge = true;
        }
    }
    Ok(Some(just_read))
}

/// Moves the receipt of a sent message forward; a late or repeated one changes nothing. Says what it is now.
pub fn advance_receipt(
    connection: &Connection,
    seq: i64,
    receipt: Receipt,
    failure: Option<&str>,
    now: Stamp,
) -> Result<Option<StoredMessage>, DbError> {
    let mut statement = connection.prepare_cached(&format!("{COLUMNS} WHERE m.seq = ?"))?;
    let Some(mut stored) = statement.query_row([seq], message).optional()? else { return Ok(None) };
    let next = stored.receipt.map_or(receipt, |old| old.advance(receipt));
    if stored.receipt != Some(next) {
        stored.failure = failure.map(ToOwned::to_owned);
        let mut update = connection.prepare_cached("UPDATE messages SET receipt = ?, failure = ?, receipt_at = ? WHERE seq = ?")?;
        update.execute((next, &stored.failure, now, seq))?;
        stored.receipt = Some(next);
        stored.receipt_at = Some(now);
    }
    Ok(Some(stored))
}

/// Notes how a message is about to be sent: the encryption, for those who read it, and what its addressee's node would acknowledge it by.
pub fn note_way(connection: &Connection, seq: i64, encryption: u8, hashing: u8, hash: &str) -> Result<(), DbError> {
    let mut statement = connection.prepare_cached("UPDATE messages SET encryption = ?, hashing = ?, hash = ? WHERE seq = ?")?;
    statement.execute((encryption, hashing, (!hash.is_empty()).then_some(hash), seq))?;
    Ok(())
}

/// Puts a failed message of `sender` back into the outbox. `None` when it is not theirs or has not failed.
pub fn retry(connection: &Connection, id: &MessageId, sender: &Username, now: Stamp) -> Result<Option<StoredMessage>, DbError> {
    let mut statement = connection.prepare_cached(
        "UPDATE messages SET receipt = 'pending', failure = NULL, receipt_at = ?3
         WHERE identity = ?1 AND sender = ?2 AND origin = 'here' AND receipt = 'failed'",
    )?;
    if statement.execute((id, sender, now))? == 0 {
        return Ok(None);
    }
    let message = find(connection, id)?;
    if let Some(message) = &message {
        outbox::add(connection, message.seq, &message.destination, now)?;
    }
    Ok(message)
}

/// Removes a failed message of `sender` for good. Says to whom it was; `None` when it is not theirs, has not failed, or its addressee sees it on
/// this very node.
pub fn discard(connection: &Connection, id: &MessageId, sender: &Username) -> Result<Option<Username>, DbError> {
    let mut statement = connection.prepare_cached(
        "DELETE FROM messages WHERE identity = ? AND sender = ? AND origin = 'here' AND receipt = 'failed'
         AND destination NOT IN (SELECT username FROM accounts) RETURNING destination",
    )?;
    Ok(statement.query_row((id, sender), |row| row.get(0)).optional()?)
}

/// How many messages there are.
pub fn count(connection: &Connection) -> Result<u64, DbError> {
    Ok(connection.query_row("SELECT count(*) FROM messages", [], |row| row.get(0))?)
}
