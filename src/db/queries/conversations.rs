//! Who talks with whom.

use rusqlite::{Connection, OptionalExtension};

use super::hidden::not_hidden_from;
use super::messages::{self, StoredMessage};
use crate::db::DbError;
use crate::domain::stamp::Stamp;
use crate::domain::username::Username;

/// The two names in order: the same for both.
fn pair(one: &Username, other: &Username) -> String {
    let (first, second) = if one <= other { (one, other) } else { (other, one) };
    format!("{first} {second}")
}

/// The conversation of two people, made when they have none.
pub(super) fn direct(connection: &Connection, one: &Username, other: &Username, now: Stamp) -> Result<i64, DbError> {
    if let Some(id) = find_direct(connection, one, other)? {
        return Ok(id);
    }
    connection.execute("INSERT INTO conversations (kind, pair, created_at) VALUES ('direct', ?, ?)", (pair(one, other), now))?;
    let id = connection.last_insert_rowid();
    for name in [one, other] {
        super::people::heard_of(connection, name)?;
        connection.execute("INSERT OR IGNORE INTO members (username, conversation_id, joined_at) VALUES (?, ?, ?)", (name, id, now))?;
    }
    Ok(id)
}

/// The conversation of two people, if they have one.
pub(super) fn find_direct(connection: &Connection, one: &Username, other: &Username) -> Result<Option<i64>, DbError> {
    let mut statement = connection.prepare_cached("SELECT id FROM conversations WHERE pair = ?")?;
    Ok(statement.query_row([pair(one, other)], |row| row.get(0)).optional()?)
}

/// A conversation as its list shows it.
#[derive(Clone, Debug)]
pub struct Summary {
    /// The other one.
    pub with: Username,
    /// Its newest message that the reader may see.
    pub last_message: StoredMessage,
    /// How many messages the reader has not seen.
    pub unread: u64,
}

/// The conversations of `reader`, the one with the newest message first. Per conversation two look-ups by index.
pub fn list(connection: &Connection, reader: &Username) -> Result<Vec<Summary>, DbError> {
    let mut conversations = connection.prepare_cached("SELECT conversation_id FROM members WHERE username = ?")?;
    let ids = conversations.query_map([reader], |row| row.get::<_, i64>(0))?.collect::<rusqlite::Result<Vec<_>>>()?;
    let mut last = connection.prepare_cached(&format!(
        "{} WHERE m.conversation_id = ?1 AND (m.origin = 'here' OR m.destination = ?2) AND {} ORDER BY m.stamp DESC, m.seq DESC LIMIT 1",
        messages::COLUMNS,
        not_hidden_from("?2")
    ))?;
    let mut summaries = Vec::with_capacity(ids.len());
    for id in ids {
        let Some(last_message) = last.query_row((id, reader), messages::message).optional()? else { continue };
        let with = if last_message.sender == *reader { &last_message.destination } else { &last_message.sender }.clone();
        summaries.push(Summary { with, unread: unread_in(connection, reader, id)?, last_message });
    }
    summaries.sort_by(|a, b| {
        let key = |summary: &Summary| (summary.last_message.stamp.seconds(), summary.last_message.seq);
        key(b).partial_cmp(&key(a)).unwrap_or(std::cmp::Ordering::Equal)
    });
    Ok(summaries)
}

/// How many messages of `other` the reader has not seen.
pub fn unread(connection: &Connection, reader: &Username, other: &Username) -> Result<u64, DbError> {
    find_direct(connection, reader, other)?.map_or(Ok(0), |id| unread_in(connection, reader, id))
}

pub(super) fn unread_in(connection: &Connection, reader: &Username, conversation: i64) -> Result<u64, DbError> {
    let mut statement = connection.prepare_cached("SELECT unread FROM members WHERE username = ? AND conversation_id = ?")?;
    Ok(statement.query_row((reader, conversation), |row| row.get(0)).optional()?.unwrap_or(0))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::super::messages::{Mark, Reception};
    use super::*;
    use crate::db::connection;
    use crate::domain::message::{Content, Markup};

    fn incoming(stamp: u8) -> messages::Incoming {
        messages::Incoming {
            sender: Username::parse("ben").unwrap(),
            destination: Username::parse("ana").unwrap(),
            stamp: Stamp::from_seconds(f64::from(stamp)).unwrap(),
            content: Content::Text { text: "hi".to_owned(), markup: Markup::Plain },
            file: None,
            from: [127, 0, 0, 1].into(),
            encryption: 0,
            mark: Mark::default(),
            arrived_at: Stamp::from_seconds(1000.0).unwrap(),
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(32))]

        /// Messages come in any order, some twice, and are read up to any of them; what is counted as unread is what was not read.
        #[test]
        fn as_many_are_unread_as_have_come_and_were_not_read(steps in proptest::collection::vec((any::<bool>(), 0_u8..12), 1..40)) {
            let folder = tempfile::tempdir().unwrap();
            let connection = connection::open_writer(&folder.path().join("kith.db"), std::time::Duration::from_secs(1)).unwrap();
            let (ana, ben, now) = (Username::parse("ana").unwrap(), Username::parse("ben").unwrap(), Stamp::from_seconds(1000.0).unwrap());
            super::super::accounts::logged_in(&connection, &ana, "proof", now).unwrap();
            let (mut ids, mut unseen) = (std::collections::BTreeMap::new(), std::collections::BTreeSet::new());
            for (comes, stamp) in steps {
                if comes {
                    if let Reception::New(message) = messages::receive(&connection, &incoming(stamp)).unwrap() {
                        ids.insert(stamp, message.id);
                        unseen.insert(stamp);
                    }
                } else if let Some(id) = ids.get(&stamp) {
                    messages::mark_read(&connection, &ana, &ben, id, now).unwrap();
                    unseen.retain(|other| *other > stamp);
                }
                prop_assert_eq!(unread(&connection, &ana, &ben).unwrap(), unseen.len() as u64);
                let flagged: u64 = connection.query_row("SELECT count(*) FROM messages WHERE unread = 1", [], |row| row.get(0)).unwrap();
                prop_assert_eq!(flagged, unseen.len() as u64);
            }
        }
    }
}
