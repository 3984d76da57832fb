//! What is still to be delivered, oldest first for each addressee.

use std::net::SocketAddr;

use rusqlite::{Connection, OptionalExtension};

use super::messages::{self, StoredMessage};
use crate::db::DbError;
use crate::domain::receipt::Receipt;
use crate::domain::stamp::Stamp;
use crate::domain::username::Username;

/// Puts a message into the outbox, to be tried at once.
pub fn add(connection: &Connection, seq: i64, destination: &Username, now: Stamp) -> Result<(), DbError> {
    let mut statement = connection.prepare_cached(
        "INSERT INTO outbox (seq, destination, next_attempt_at, queued_at) VALUES (?1, ?2, ?3, ?3) ON CONFLICT (seq) DO NOTHING",
    )?;
    statement.execute((seq, destination, now))?;
    Ok(())
}

/// Everybody for whom something waits, with the time of the next try (that of the oldest message).
pub fn destinations(connection: &Connection) -> Result<Vec<(Username, Stamp)>, DbError> {
    let mut statement = connection.prepare_cached("SELECT destination, next_attempt_at, min(seq) FROM outbox GROUP BY destination")?;
    let rows = statement.query_map([], |row| Ok((row.get(0)?, row.get(1)?)))?;
    Ok(rows.collect::<rusqlite::Result<_>>()?)
}

/// The oldest message that waits for somebody.
#[derive(Clone, Debug)]
pub struct Waiting {
    /// The message.
    pub message: StoredMessage,
    /// How often it was tried.
    pub attempts: u32,
    /// Since when it waits.
    pub queued_at: Stamp,
}

/// Finds the oldest message for `destination`. By index `outbox_by_destination`.
pub fn oldest(connection: &Connection, destination: &Username) -> Result<Option<Waiting>, DbError> {
    let mut head = connection.prepare_cached("SELECT seq, attempts, queued_at FROM outbox WHERE destination = ? ORDER BY seq LIMIT 1")?;
    let Some((seq, attempts, queued_at)) =
        head.query_row([destination], |row| Ok((row.get::<_, i64>(0)?, row.get(1)?, row.get(2)?))).optional()?
    else {
        return Ok(None);
    };
    let message = connection.prepare_cached(&format!("{} WHERE m.seq = ?", messages::COLUMNS))?.query_row([seq], messages::message)?;
    Ok(Some(Waiting { message, attempts, queued_at }))
}

/// A message that waits, and the nodes that hold a copy.
#[derive(Clone, Debug)]
pub struct Deposited {
    /// The message.
    pub message: StoredMessage,
    /// Who holds it for the addressee.
    pub relays: Vec<SocketAddr>,
}

/// Finds what waits for `destination`, oldest first, up to `limit`. By index `outbox_by_destination`.
pub fn deposits(connection: &Connection, destination: &Username, limit: usize) -> Result<Vec<Deposited>, DbError> {
    let mut statement = connection.prepare_cached("SELECT seq, relays FROM outbox WHERE destination = ? ORDER BY seq LIMIT ?")?;
    let rows = statement.query_map((destination, limit), |row| Ok((row.get::<_, i64>(0)?, row.get::<_, String>(1)?)))?;
    let mut message = connection.prepare_cached(&format!("{} WHERE m.seq = ?", messages::COLUMNS))?;
    let mut deposits = Vec::new();
    for row in rows {
        let (seq, relays) = row?;
        let relays = relays.split_whitespace().filter_map(|relay| relay.parse().ok()).collect();
        deposits.push(Deposited { message: message.query_row([seq], messages::message)?, relays });
    }
    Ok(deposits)
}

/// How many copies the nodes in `relays` hold: addresses with spaces between.
const COPIES: &str = "sum(iif(relays = '', 0, 1 + length(relays) - length(replace(relays, ' ', ''))))";

/// What waits, of everybody and for everybody.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Queue {
    /// Messages and files.
    pub waiting: u64,
    /// When the oldest of them was sent.
    pub oldest_at: Option<Stamp>,
    /// How many of them other nodes hold a copy of.
    pub held_elsewhere: u64,
    /// How many copies there are.
    pub copies: u64,
}

/// Adds up what waits. It is not much: what is delivered leaves the outbox.
pub fn queue(connection: &Connection) -> Result<Queue, DbError> {
    let mut statement = connection
        .prepare_cached(&format!("SELECT count(*), min(queued_at), coalesce(sum(relays != ''), 0), coalesce({COPIES}, 0) FROM outbox"))?;
    Ok(statement.query_row([], |row| {
        Ok(Queue { waiting: row.get(0)?, oldest_at: row.get(1)?, held_elsewhere: row.get(2)?, copies: row.get(3)? })
    })?)
}

/// What of one user waits for one person.
#[derive(Clone, Debug, PartialEq)]
pub struct Line {
    /// For whom.
    pub to: Username,
    /// Messages and files.
    pub waiting: u64,
    /// When the oldest of them was sent.
    pub oldest_at: Stamp,
    /// How many of them other nodes hold a copy of.
    pub held_elsewhere: u64,
    /// How many copies there are.
    pub copies: u64,
    /// Why the last try with the oldest failed.
    pub last_error: Option<String>,
}

/// What of `sender` waits, by addressee, up to `limit` of those who wait longest; and how many they are. The columns without `min` are those of the
/// oldest message.
pub fn lines_of(connection: &Connection, sender: &Username, limit: usize) -> Result<(Vec<Line>, u64), DbError> {
    let mut statement = connection.prepare_cached(&format!(
        "SELECT o.destination, count(*), queued_at, sum(relays != ''), {COPIES}, last_error, min(o.seq), count(*) OVER ()
         FROM outbox o JOIN messages m USING (seq) WHERE m.sender = ? GROUP BY o.destination ORDER BY min(o.seq) LIMIT ?"
    ))?;
    let mut all = 0;
    let lines = statement.query_map((sender, limit), |row| {
        all = row.get(7)?;
        Ok(Line {
            to: row.get(0)?,
            waiting: row.get(1)?,
            oldest_at: row.get(2)?,
            held_elsewhere: row.get(3)?,
            copies: row.get(4)?,
            last_error: row.get(5)?,
        })
    })?;
    let lines = lines.collect::<rusqlite::Result<_>>()?;
    Ok((lines, all))
}

fn set_relays(connection: &Connection, seq: i64, relays: &[SocketAddr]) -> Result<(), DbError> {
    let relays = relays.iter().map(ToString::to_string).collect::<Vec<_>>().join(" ");
    connection.prepare_cached("UPDATE outbox SET relays = ? WHERE seq = ?")?.execute((relays, seq))?;
    Ok(())
}

/// Records a failed try and when to try next.
pub fn postpone(connection: &Connection, seq: i64, next_attempt_at: Stamp, error: &str) -> Result<(), DbError> {
    let mut statement =
        connection.prepare_cached("UPDATE outbox SET attempts = attempts + 1, next_attempt_at = ?, last_error = ? WHERE seq = ?")?;
    statement.execute((next_attempt_at, error, seq))?;
    Ok(())
}

/// Takes a message out: it is delivered or given up.
pub fn remove(connection: &Connection, seq: i64) -> Result<(), DbError> {
    connection.prepare_cached("DELETE FROM outbox WHERE seq = ?")?.execute([seq])?;
    Ok(())
}

/// Takes a message out and moves its receipt forward, with the reason if it failed. Says what the message is now.
pub fn settle(
    connection: &Connection,
    seq: i64,
    receipt: Receipt,
    failure: Option<&str>,
    now: Stamp,
) -> Result<Option<StoredMessage>, DbError> {
    remove(connection, seq)?;
    messages::advance_receipt(connection, seq, receipt, failure, now)
}

/// Records which nodes hold a message that stays in the outbox until it is delivered. Says what the message is now.
pub fn relayed(connection: &Connection, seq: i64, relays: &[SocketAddr], now: Stamp) -> Result<Option<StoredMessage>, DbError> {
    set_relays(connection, seq, relays)?;
    messages::advance_receipt(connection, seq, Receipt::Relayed, None, now)
}
