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
