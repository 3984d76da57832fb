//! Making events and inviting to them.

use rusqlite::Connection;

use super::events::{self, EventLimits, Guest, Kept, StoredEvent};
use super::{accounts, event_outbox};
use crate::db::DbError;
use crate::domain::event::{EventDetails, EventId, Progress};
use crate::domain::stamp::Stamp;
use crate::domain::username::Username;

/// An event that was made, or to which more are invited.
#[derive(Clone, Debug)]
pub struct Made {
    /// The event, with its guests.
    pub event: StoredEvent,
    /// Those of the guests just invited who are users of this node.
    pub here: Vec<Username>,
    /// Those whose nodes are to be told.
    pub elsewhere: Vec<Username>,
}

/// Why an event was not made or nobody more invited. Nothing has changed then.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NotMade {
    /// This user hosts as many events as they may, and none of them is over.
    #[error("you host as many events as this node keeps ({0}), and none of them is over yet")]
    TooManyEvents(usize),
    /// An event has no more guests than that.
    #[error("an event may have at most {0} guests")]
    TooManyGuests(usize),
    /// Nobody has heard of this guest.
    #[error("nobody called {0} is known here")]
    UnknownGuest(Username),
    /// There is no such event of theirs.
    #[error("no such event")]
    NoSuchEvent,
}

/// Makes an event of `host`, or updates theirs of the same name and start, and invites `guests`.
pub fn make(
    connection: &Connection,
    host: &Username,
    details: &EventDetails,
    guests: &[Username],
    limits: EventLimits,
    now: Stamp,
) -> Result<Result<Made, NotMade>, DbError> {
    let id = EventId::of(host, &details.name, details.start, None);
    let before = events::find(connection, &id)?;
    let known = before.as_ref().map_or(&[][..], |event| &event.guests);
    // Who has been told already hears of what has changed.
    let is_changed = before.as_ref().is_some_and(|before| before.details != *details);
    let old = known.iter().filter(|_| is_changed).map(|guest| guest.username.clone());
    let to_invite = not_yet_told(guests, if is_changed { &[] } else { known }, host).into_iter().chain(old).collect();
    if let Some(reason) = refusal(connection, host, known, guests, limits)? {
        return Ok(Err(reason));
    }
    if before.is_none() && !events::make_room(connection, host, "", limits.of_one_host, now)? {
        return Ok(Err(NotMade::TooManyEvents(limits.of_one_host)));
    }
    // As JSON has a number, which is how it is sent.
    let start_text = format!("{:?}", details.start.seconds());
    let (invited, start_text) = ("", start_text.as_str());
    let seq = events::keep(connection, &Kept { id, host, invited, details, start_text, from: None, verified: true, encryption: 0, now })?;
    add_guests(connection, seq, host, to_invite, now).map(Ok)
}

/// Invites more guests to an event that `host` made here. Those whose invitation failed are invited again.
pub fn invite(
    connection: &Connection,
    host: &Username,
    id: &EventId,
    guests: &[Username],
    limits: EventLimits,
    now: Stamp,
) -> Result<Result<Made, NotMade>, DbError> {
    let Some(event) = events::find(connection, id)?.filter(|event| event.made_here && event.host == *host) else {
        return Ok(Err(NotMade::NoSuchEvent));
    };
    if let Some(reason) = refusal(connection, host, &event.guests, guests, limits)? {
        return Ok(Err(reason));
    }
    add_guests(connection, event.seq, host, not_yet_told(guests, &event.guests, host), now).map(Ok)
}

/// Those of `guests` who are not invited yet, or whose invitation failed. The host comes anyway.
fn not_yet_told(guests: &[Username], known: &[Guest], host: &Username) -> Vec<Username> {
    let is_told = |guest: &Username| known.iter().any(|known| known.username == *guest && known.progress != Progress::Failed);
    guests.iter().filter(|guest| *guest != host && !is_told(guest)).cloned().collect()
}

fn refusal(
    connection: &Connection,
    host: &Username,
    known: &[Guest],
    guests: &[Username],
    limits: EventLimits,
) -> Result<Option<NotMade>, DbError> {
    let mut all: Vec<&Username> = known.iter().map(|guest| &guest.username).chain(guests).filter(|guest| *guest != host).collect();
    all.sort_unstable();
    all.dedup();
    if all.len() > limits.guests {
        return Ok(Some(NotMade::TooManyGuests(limits.guests)));
    }
    let mut heard_of = connection.prepare_cached("SELECT EXISTS (SELECT 1 FROM people WHERE username = ?)")?;
    for guest in guests {
        if !heard_of.query_row([guest], |row| row.get::<_, bool>(0))? {
            return Ok(Some(NotMade::UnknownGuest(guest.clone())));
        }
    }
    Ok(None)
}

/// Invites these: users of this node have it at once, for others it is put into the outbox.
fn add_guests(connection: &Connection, seq: i64, host: &Username, mut guests: Vec<Username>, now: Stamp) -> Result<Made, DbError> {
    guests.sort_unstable();
    guests.dedup();
    let (mut here, mut elsewhere) = (Vec::new(), Vec::new());
    let mut add = connection.prepare_cached(
        "INSERT INTO event_guests (event, guest, progress, failure) VALUES (?, ?, ?, ?)
         ON CONFLICT (event, guest) DO UPDATE SET progress = excluded.progress, failure = excluded.failure",
    )?;
    let mut blocks = connection.prepare_cached("SELECT EXISTS (SELECT 1 FROM blocks WHERE username = ? AND blocked = ?)")?;
    for guest in guests {
        if accounts::find(connection, &guest)?.is_none() {
            add.execute((seq, &guest, Progress::Pending, None::<&str>))?;
            event_outbox::add(connection, seq, &guest, &guest, now)?;
            elsewhere.push(guest);
        } else if blocks.query_row((&guest, host), |row| row.get(0))? {
            add.execute((seq, &guest, Progress::Failed, Some("they do not want to hear from you")))?;
        } else {
            add.execute((seq, &guest, Progress::Delivered, None::<&str>))?;
            here.push(guest);
        }
    }
    Ok(Made { event: events::of_row(connection, seq)?, here, elsewhere })
}
