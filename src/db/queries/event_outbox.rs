//! Invitations and answers that are still to be brought to other nodes, oldest first for each of them.

use rusqlite::{Connection, OptionalExtension};

use super::events::{self, Guest, StoredEvent};
use crate::db::DbError;
use crate::domain::event::{EventId, Progress};
use crate::domain::stamp::Stamp;
use crate::domain::username::Username;

/// Puts in the invitation of `guest`, or their answer, for the node of `destination`. It takes the place of an earlier one.
pub(super) fn add(connection: &Connection, event: i64, guest: &Username, destination: &Username, now: Stamp) -> Result<(), DbError> {
    let mut statement =
        connection.prepare_cached("INSERT OR REPLACE INTO event_outbox (event, guest, destination, queued_at) VALUES (?, ?, ?, ?)")?;
    statement.execute((event, guest, destination, now))?;
    Ok(())
}

/// Everybody for whom something waits.
pub fn destinations(connection: &Connection) -> Result<Vec<Username>, DbError> {
    let mut statement = connection.prepare_cached("SELECT DISTINCT destination FROM event_outbox")?;
    let names = statement.query_map([], |row| row.get(0))?;
    Ok(names.collect::<rusqlite::Result<_>>()?)
}

/// Something that waits.
#[derive(Clone, Debug)]
pub struct Waiting {
    /// Its place in the queue.
    pub seq: i64,
    /// The event.
    pub event: StoredEvent,
    /// Who is invited, or answers.
    pub guest: Guest,
    /// Since when it waits.
    pub queued_at: Stamp,
}

/// Finds the oldest thing that waits for `destination` after the place `after`. By index `event_outbox_by_destination`.
pub fn next(connection: &Connection, destination: &Username, after: i64) -> Result<Option<Waiting>, DbError> {
    let mut statement = connection
        .prepare_cached("SELECT seq, event, guest, queued_at FROM event_outbox WHERE destination = ? AND seq > ? ORDER BY seq LIMIT 1")?;
    let head = statement.query_row((destination, after), |row| {
        Ok((row.get::<_, i64>(0)?, row.get::<_, i64>(1)?, row.get::<_, Username>(2)?, row.get::<_, Stamp>(3)?))
    });
    let Some((seq, event, guest, queued_at)) = head.optional()? else { return Ok(None) };
    let event = events::of_row(connection, event)?;
    let guest = event.guests.iter().find(|known| known.username == guest).cloned().ok_or(rusqlite::Error::QueryReturnedNoRows)?;
    Ok(Some(Waiting { seq, event, guest, queued_at }))
}

/// Takes something out: it is brought or given up. `None` when a newer one has taken its place meanwhile, which is still to be brought.
pub fn settle(connection: &Connection, seq: i64, progress: Progress, failure: Option<&str>) -> Result<Option<EventId>, DbError> {
    let mut take = connection.prepare_cached("DELETE FROM event_outbox WHERE seq = ? RETURNING event, guest")?;
    let taken = take.query_row([seq], |row| Ok((row.get::<_, i64>(0)?, row.get::<_, Username>(1)?))).optional()?;
    let Some((event, guest)) = taken else { return Ok(None) };
    let mut note = connection.prepare_cached("UPDATE event_guests SET progress = ?, failure = ? WHERE event = ? AND guest = ?")?;
    note.execute((progress, failure, event, guest))?;
    let mut id = connection.prepare_cached("SELECT identity FROM events WHERE seq = ?")?;
    Ok(id.query_row([event], |row| row.get(0)).optional()?)
}
