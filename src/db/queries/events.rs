//! Events as they are kept: those that were made here, and the invitations of other nodes; each with its guests.

use rusqlite::{Connection, OptionalExtension, Row, named_params};

use crate::db::DbError;
use crate::domain::event::{Attendance, EventDetails, EventId, Progress};
use crate::domain::message::Markup;
use crate::domain::stamp::Stamp;
use crate::domain::username::Username;

/// How many events and guests are kept.
#[derive(Clone, Copy, Debug)]
pub struct EventLimits {
    /// Events of one host that are kept for one user; for events made here, those of one user.
    pub of_one_host: usize,
    /// Invitations kept for one user whose host is not proven.
    pub unverified: usize,
    /// Guests of one event.
    pub guests: usize,
}

/// Somebody who is invited.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Guest {
    /// Who.
    pub username: Username,
    /// What they answered last.
    pub attendance: Option<Attendance>,
    /// Whether the answer is known to be theirs.
    pub verified: bool,
    /// How far the invitation has come; for an event of another node, how far the answer has.
    pub progress: Progress,
    /// Why it failed.
    pub failure: Option<String>,
}

/// An event as it is kept.
#[derive(Clone, Debug)]
pub struct StoredEvent {
    /// Its row.
    pub seq: i64,
    /// Its id.
    pub id: EventId,
    /// Who makes it.
    pub host: Username,
    /// Whether it was made on this node.
    pub made_here: bool,
    /// What its host says of it.
    pub details: EventDetails,
    /// Its beginning in the digits of its host.
    pub start_text: String,
    /// Whether it is known to be the host's.
    pub verified: bool,
    /// The standard of encryption under which the invitation came; 0 is none.
    pub encryption: u8,
    /// Everybody who is invited, as far as this node knows, by name.
    pub guests: Vec<Guest>,
}

const COLUMNS: &str = "SELECT e.seq, e.identity, e.host, e.invited = '', e.name, e.description, e.location, e.picture, e.start_at,
    e.start_text, e.end_at, e.markdown, e.verified, e.encryption FROM events e";

/// The events that the user of this name may see: what they make here, and what they are invited to.
const SEEN: &str = "((e.host = :user AND e.invited = '') OR e.seq IN (SELECT event FROM event_guests WHERE guest = :user))";

fn event(row: &Row<'_>) -> rusqlite::Result<StoredEvent> {
    Ok(StoredEvent {
        seq: row.get(0)?,
        id: row.get(1)?,
        host: row.get(2)?,
        made_here: row.get(3)?,
        details: EventDetails {
            name: row.get(4)?,
            description: row.get(5)?,
            location: row.get(6)?,
            picture: row.get(7)?,
            start: row.get(8)?,
            end: row.get(10)?,
            markup: if row.get(11)? { Markup::Markdown } else { Markup::Plain },
        },
        start_text: row.get(9)?,
        verified: row.get(12)?,
        encryption: row.get(13)?,
        guests: Vec::new(),
    })
}

fn with_guests(connection: &Connection, mut event: StoredEvent) -> Result<StoredEvent, DbError> {
    let mut statement = connection
        .prepare_cached("SELECT guest, attendance, verified, progress, failure FROM event_guests WHERE event = ? ORDER BY guest")?;
    let guests = statement.query_map([event.seq], |row| {
        Ok(Guest { username: row.get(0)?, attendance: row.get(1)?, verified: row.get(2)?, progress: row.get(3)?, failure: row.get(4)? })
    })?;
    event.guests = guests.collect::<rusqlite::Result<_>>()?;
    Ok(event)
}

/// Finds an event, whoever may see it.
pub fn find(connection: &Connection, id: &EventId) -> Result<Option<StoredEvent>, DbError> {
    let found = connection.prepare_cached(&format!("{COLUMNS} WHERE e.identity = ?"))?.query_row([id], event).optional()?;
    found.map(|event| with_guests(connection, event)).transpose()
}

/// Reads the event of a row.
pub(super) fn of_row(connection: &Connection, seq: i64) -> Result<StoredEvent, DbError> {
    let found = connection.prepare_cached(&format!("{COLUMNS} WHERE e.seq = ?"))?.query_row([seq], event)?;
    with_guests(connection, found)
}

/// Finds an event that `user` may see.
pub fn find_for(connection: &Connection, id: &EventId, user: &Username) -> Result<Option<StoredEvent>, DbError> {
    let mut statement = connection.prepare_cached(&format!("{COLUMNS} WHERE e.identity = :id AND {SEEN}"))?;
    let found = statement.query_row(named_params! { ":id": id, ":user": user }, event).optional()?;
    found.map(|event| with_guests(connection, event)).transpose()
}

/// What `user` makes or is invited to: up to `limit` events that are not over, the next one first, then as many that are, the last one first.
pub fn list(connection: &Connection, user: &Username, now: Stamp, limit: usize) -> Result<Vec<StoredEvent>, DbError> {
    let parts = ["e.end_at >= :now ORDER BY e.start_at, e.seq", "e.end_at < :now ORDER BY e.start_at DESC, e.seq DESC"];
    let mut events = Vec::new();
    for part in parts {
        let mut statement = connection.prepare_cached(&format!("{COLUMNS} WHERE {SEEN} AND {part} LIMIT :limit"))?;
        let rows = statement.query_map(named_params! { ":user": user, ":now": now, ":limit": limit }, event)?;
        for row in rows.collect::<rusqlite::Result<Vec<_>>>()? {
            events.push(with_guests(connection, row)?);
        }
    }
    Ok(events)
}

/// An event that is to be kept.
pub(super) struct Kept<'a> {
    pub(super) id: EventId,
    pub(super) host: &'a Username,
    /// Whom an invitation of another node is for; empty for an event that was made here.
    pub(super) invited: &'a str,
    pub(super) details: &'a EventDetails,
    pub(super) start_text: &'a str,
    pub(super) from: Option<String>,
    pub(super) verified: bool,
    pub(super) encryption: u8,
    pub(super) now: Stamp,
}

/// Keeps an event, or what is new of it. Answers its row.
pub(super) fn keep(connection: &Connection, kept: &Kept<'_>) -> Result<i64, DbError> {
    let Kept { id, host, invited, details, start_text, from, verified, encryption, now } = kept;
    let mut statement = connection.prepare_cached(
        "INSERT INTO events (identity, host, invited, name, description, location, picture, start_at, start_text, end_at, markdown,
         from_address, verified, encryption, kept_at)
         VALUES (:id, :host, :invited, :name, :description, :location, :picture, :start, :start_text, :end, :markdown, :from, :verified,
         :encryption, :now)
         ON CONFLICT (identity) DO UPDATE SET description = excluded.description, location = excluded.location, picture = excluded.picture,
         start_text = excluded.start_text, end_at = excluded.end_at, markdown = excluded.markdown, from_address = excluded.from_address,
         verified = excluded.verified, encryption = excluded.encryption RETURNING seq",
    )?;
    Ok(statement.query_row(
        named_params! {
            ":id": id, ":host": host, ":invited": invited, ":name": details.name, ":description": details.description,
            ":location": details.location, ":picture": details.picture, ":start": details.start, ":start_text": start_text,
            ":end": details.end, ":markdown": details.markup == Markup::Markdown, ":from": from, ":verified": verified,
            ":encryption": encryption, ":now": now,
        },
        |row| row.get(0),
    )?)
}

/// Sees to it that one more event of `host` can be kept for `invited`: where there are `most`, the one that was over first goes. Says
/// whether there is room. By index `events_by_host`.
pub(super) fn make_room(connection: &Connection, host: &Username, invited: &str, most: usize, now: Stamp) -> Result<bool, DbError> {
    let mut count = connection.prepare_cached("SELECT count(*) FROM events WHERE host = ? AND invited = ?")?;
    if count.query_row((host, invited), |row| row.get::<_, usize>(0))? < most {
        return Ok(true);
    }
    let mut drop = connection.prepare_cached(
        "DELETE FROM events WHERE seq = (SELECT seq FROM events WHERE host = ? AND invited = ? AND end_at < ? ORDER BY end_at LIMIT 1)",
    )?;
    Ok(drop.execute((host, invited, now))? > 0)
}

/// The same for invitations whose host is not proven. By index `events_by_invited`.
pub(super) fn make_room_for_strangers(connection: &Connection, invited: &Username, most: usize, now: Stamp) -> Result<bool, DbError> {
    let mut count = connection.prepare_cached("SELECT count(*) FROM events WHERE invited = ? AND verified = 0")?;
    if count.query_row([invited], |row| row.get::<_, usize>(0))? < most {
        return Ok(true);
    }
    let mut drop = connection.prepare_cached(
        "DELETE FROM events WHERE seq = (SELECT seq FROM events WHERE invited = ? AND verified = 0 AND end_at < ? ORDER BY end_at LIMIT 1)",
    )?;
    Ok(drop.execute((invited, now))? > 0)
}
