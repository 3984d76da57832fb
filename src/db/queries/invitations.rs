//! What other nodes say of events, and what users of this node answer: invitations and attendance.

use std::net::IpAddr;

use rusqlite::{Connection, ToSql, named_params, params};

use super::event_outbox;
use super::events::{self, EventLimits, Kept, StoredEvent};
use crate::db::DbError;
use crate::domain::event::{Attendance, EventDetails, EventId, Progress};
use crate::domain::stamp::Stamp;
use crate::domain::username::Username;

/// An invitation that has just come in.
#[derive(Clone, Debug)]
pub struct Invitation {
    /// Who is said to make the event.
    pub host: Username,
    /// Who is invited.
    pub guest: Username,
    /// What they say of it.
    pub details: EventDetails,
    /// Its beginning in the digits of its host.
    pub start_text: String,
    /// The address that the call came from.
    pub from: IpAddr,
    /// The standard of encryption under which it came.
    pub encryption: u8,
    /// Now.
    pub arrived_at: Stamp,
}

/// What became of an invitation or an answer that came in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Taken {
    /// It is kept, and is news.
    News {
        /// The event.
        id: EventId,
        /// Who is to be told.
        of: Username,
    },
    /// It was known.
    Known,
    /// There is no such user here.
    NoSuchUser,
    /// There is no such event here, or the sender is not invited to it.
    NotInvited,
    /// One of the users here does not want to hear from the caller.
    Blocked,
    /// The sender is a user of this node, and the call came from elsewhere; or what they say is proven otherwise.
    NotTheirs,
    /// As many are kept as may be.
    Full,
}

/// Keeps an invitation, once however often it comes; what has changed in it is updated. One that is proven to be the host's is not changed by
/// one that is not.
pub fn receive(connection: &Connection, invitation: &Invitation, limits: EventLimits) -> Result<Taken, DbError> {
    let Invitation { host, guest, details, start_text, encryption, arrived_at: now, .. } = invitation;
    let from = invitation.from.to_string();
    let caller = Caller::find(connection, host, guest, &from)?;
    if let Some(refusal) = caller.refusal {
        return Ok(refusal);
    }
    let id = EventId::of(host, &details.name, details.start, Some(guest));
    let before = events::find(connection, &id)?;
    let is_known = before.as_ref().is_some_and(|before| before.details == *details && (before.verified || !caller.verified));
    if is_known || before.as_ref().is_some_and(|before| before.verified && !caller.verified) {
        return Ok(Taken::Known);
    }
    let has_room = before.is_some()
        || events::make_room(connection, host, guest.as_str(), limits.of_one_host, *now)?
            && (caller.verified || events::make_room_for_strangers(connection, guest, limits.unverified, *now)?);
    if !has_room {
        return Ok(Taken::Full);
    }
    let (verified, encryption) = (caller.verified, *encryption);
    let kept = Kept { id, host, invited: guest.as_str(), details, start_text, from: Some(from), verified, encryption, now: *now };
    let seq = events::keep(connection, &kept)?;
    let mut invite = connection.prepare_cached("INSERT OR IGNORE INTO event_guests (event, guest, progress) VALUES (?, ?, 'delivered')")?;
    invite.execute((seq, guest))?;
    Ok(Taken::News { id, of: guest.clone() })
}

/// What decides on a call of a peer.
struct Caller {
    refusal: Option<Taken>,
    verified: bool,
}

impl Caller {
    /// Index look-ups only.
    fn find(connection: &Connection, sender: &Username, addressee: &Username, from: &str) -> Result<Self, DbError> {
        let mut statement = connection.prepare_cached(
            "SELECT EXISTS (SELECT 1 FROM accounts WHERE username = :addressee),
             EXISTS (SELECT 1 FROM blocks WHERE username = :addressee AND blocked = :sender),
             EXISTS (SELECT 1 FROM accounts WHERE username = :sender),
             (SELECT ip = :from FROM people WHERE username = :sender)",
        )?;
        let values = named_params! { ":addressee": addressee, ":sender": sender, ":from": from };
        let (is_known, is_blocked, is_ours, verified) = statement.query_row(values, |row| {
            Ok((row.get::<_, bool>(0)?, row.get::<_, bool>(1)?, row.get::<_, bool>(2)?, row.get::<_, Option<bool>>(3)? == Some(true)))
        })?;
        let refusal = match (is_known, is_blocked) {
            (false, _) => Some(Taken::NoSuchUser),
            (true, true) => Some(Taken::Blocked),
            (true, false) => (is_ours && !verified).then_some(Taken::NotTheirs),
        };
        Ok(Self { refusal, verified })
    }
}

/// An answer to an invitation that has just come in.
#[derive(Clone, Debug)]
pub struct Answer {
    /// The guest (E, N), or the host (T).
    pub sender: Username,
    /// The host, where the call says so.
    pub host: Option<Username>,
    /// What the event is called.
    pub name: String,
    /// When it begins.
    pub start: Stamp,
    /// Its beginning as it came.
    pub start_text: String,
    /// Whether the guest comes.
    pub attendance: Attendance,
    /// The address that the call came from.
    pub from: IpAddr,
    /// Now.
    pub arrived_at: Stamp,
}

/// Half a hundredth of a second: our times have two decimals, and some nodes make other digits of the same number.
const SAME_TIME_S: f64 = 0.005;

/// Invitations to events that were made here, by name and start, with the sender as the guest (E, N). The last value is the host, if named.
const WITH_GUEST: &str = "SELECT e.seq, e.host, g.guest FROM events e JOIN event_guests g ON g.event = e.seq
    WHERE e.invited = '' AND g.guest = ?1 AND e.name = ?2 AND (e.start_at BETWEEN ?3 AND ?4 OR e.start_text = ?5)
    AND e.host = coalesce(?6, e.host) LIMIT 2";

/// The same with the sender as the host (T). The guest is who is listed at the address that calls, which is the last value.
const WITH_HOST: &str =
    "SELECT e.seq, e.host, g.guest FROM events e JOIN event_guests g ON g.event = e.seq JOIN people p ON p.username = g.guest
    WHERE e.invited = '' AND e.host = ?1 AND e.name = ?2 AND (e.start_at BETWEEN ?3 AND ?4 OR e.start_text = ?5)
    AND p.ip = ?6 AND g.guest NOT IN (SELECT username FROM accounts) LIMIT 2";

/// Notes an answer to an invitation of a user of this node. One that fits two invitations fits none.
pub fn receive_answer(connection: &Connection, answer: &Answer) -> Result<Taken, DbError> {
    let ip = answer.from.to_string();
    let Some((seq, host, guest)) = invitation_of(connection, answer, &ip)? else { return Ok(Taken::NotInvited) };
    let caller = Caller::find(connection, &guest, &host, &ip)?;
    if let Some(refusal) = caller.refusal {
        return Ok(refusal);
    }
    let event = events::of_row(connection, seq)?;
    let known = event.guests.iter().find(|known| known.username == guest && known.attendance.is_some());
    if let Some(known) = known.filter(|known| known.verified || !caller.verified) {
        if known.attendance == Some(answer.attendance) {
            return Ok(Taken::Known);
        }
        if known.verified && !caller.verified {
            return Ok(Taken::NotTheirs);
        }
    }
    // Who answers has been told, whatever their node said to the invitation.
    let mut note = connection.prepare_cached(
        "UPDATE event_guests SET attendance = ?3, verified = ?4, answered_at = ?5, failure = NULL,
         progress = CASE progress WHEN 'failed' THEN 'delivered' ELSE progress END WHERE event = ?1 AND guest = ?2",
    )?;
    note.execute((seq, guest, answer.attendance, caller.verified, answer.arrived_at))?;
    Ok(Taken::News { id: event.id, of: host })
}

/// The event, its host and the guest that an answer is about.
fn invitation_of(connection: &Connection, answer: &Answer, ip: &str) -> Result<Option<(i64, Username, Username)>, DbError> {
    let start = answer.start.seconds();
    let readings: [(&str, &dyn ToSql); 2] = [(WITH_GUEST, &answer.host), (WITH_HOST, &ip)];
    for (reading, last) in readings {
        let mut statement = connection.prepare_cached(reading)?;
        let values = params![answer.sender, answer.name, start - SAME_TIME_S, start + SAME_TIME_S, answer.start_text, last];
        let found = statement.query_map(values, |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)))?;
        let mut found = found.collect::<rusqlite::Result<Vec<_>>>()?;
        if let (Some(only), true) = (found.pop(), found.is_empty()) {
            return Ok(Some(only));
        }
    }
    Ok(None)
}

/// Keeps what `guest`, a user of this node, answers. If the event is of another node, the answer is put into the outbox. `None` when they are
/// not invited to such an event.
pub fn answer(
    connection: &Connection,
    guest: &Username,
    id: &EventId,
    attendance: Attendance,
    now: Stamp,
) -> Result<Option<StoredEvent>, DbError> {
    let Some(event) = events::find_for(connection, id, guest)? else { return Ok(None) };
    let Some(known) = event.guests.iter().find(|known| known.username == *guest) else { return Ok(None) };
    if known.attendance == Some(attendance) && known.progress != Progress::Failed {
        return Ok(Some(event));
    }
    let progress = if event.made_here { Progress::Delivered } else { Progress::Pending };
    let mut note = connection.prepare_cached(
        "UPDATE event_guests SET attendance = ?, verified = 1, answered_at = ?, progress = ?, failure = NULL WHERE event = ? AND guest = ?",
    )?;
    note.execute((attendance, now, progress, event.seq, guest))?;
    if !event.made_here {
        event_outbox::add(connection, event.seq, guest, &event.host, now)?;
    }
    Ok(Some(events::of_row(connection, event.seq)?))
}
