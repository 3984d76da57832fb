//! Search: keeping its index, and looking through it.
//!
//! The index is behind the messages by a moment, see `actors::indexer`. It is read newest first and only as far as an answer needs.

use rusqlite::{Connection, OptionalExtension, named_params};

use super::hidden::not_hidden_from;
use super::messages::{self, StoredMessage};
use super::people::{self, Person};
use crate::db::DbError;
use crate::domain::message::Content;
use crate::domain::search::Query;
use crate::domain::search::word::{Folded, Word};
use crate::domain::username::Username;

/// What one step of indexing did.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Step {
    /// How many messages are in the index that were not.
    pub count: usize,
    /// Whether the newest message is in it.
    pub caught_up: bool,
}

const INDEX: &str = "INSERT INTO search (rowid, parties, text, file_name)
    SELECT seq, '<' || sender || '>[' || destination || ']' || iif(origin = 'here', '[' || sender || ']', '')
        || iif(file_sha256 IS NULL, '', '{file}'), text, coalesce(file_name, '')
    FROM messages WHERE seq > ?1 ORDER BY seq LIMIT ?2";

/// Puts up to `limit` messages into the index, oldest first. By the primary key.
pub fn index(connection: &Connection, limit: usize) -> Result<Step, DbError> {
    let count = connection.prepare_cached(INDEX)?.execute((indexed_up_to(connection)?, limit))?;
    if count > 0 {
        let newest = connection.last_insert_rowid();
        connection.prepare_cached("UPDATE search_progress SET indexed_up_to = ?")?.execute([newest])?;
    }
    Ok(Step { count, caught_up: count < limit })
}

fn indexed_up_to(connection: &Connection) -> Result<i64, DbError> {
    Ok(connection.prepare_cached("SELECT indexed_up_to FROM search_progress")?.query_row([], |row| row.get(0))?)
}

/// How many places the index is behind the newest message.
pub fn lag(connection: &Connection) -> Result<i64, DbError> {
    let sql = "SELECT coalesce((SELECT max(seq) FROM messages), 0) - indexed_up_to FROM search_progress";
    Ok(connection.prepare_cached(sql)?.query_row([], |row| row.get(0))?)
}

/// How far one search goes.
#[derive(Clone, Copy, Debug)]
pub struct Bounds {
    /// Most messages in the answer.
    pub hits: usize,
    /// Most messages that are looked at, when the index alone cannot tell.
    pub look_at: usize,
}

/// Most bytes of text that are looked at: as much as is read in a few milliseconds.
const LOOK_AT_BYTES: usize = 2 << 20;

/// Messages that were found.
#[derive(Clone, Debug)]
pub struct Found {
    /// Those that fit, the last to arrive first.
    pub messages: Vec<StoredMessage>,
    /// From where to go on; `None` when there is nothing older.
    pub before: Option<i64>,
    /// Whether everything from the newest message, or from where this search began, down to `before` was looked through.
    pub complete: bool,
}

/// Finds the messages that `reader` may see and that `query` fits, those that arrived before `before`. By the full-text index; words too
/// short for it are looked for in the messages themselves, as far as `bounds` goes.
pub fn messages(connection: &Connection, reader: &Username, query: &Query, before: Option<i64>, bounds: Bounds) -> Result<Found, DbError> {
    // One state of the database for all that follows.
    let snapshot = connection.unchecked_transaction()?;
    let mut found = Found { messages: Vec::new(), before: None, complete: before.is_some() || lag(&snapshot)? <= 0 };
    let short: Vec<&Word> = query.words.iter().filter(|word| word.is_short()).collect();
    let (mut looked_at, mut bytes) = (0, 0);

    let mut candidates = snapshot.prepare_cached("SELECT rowid FROM search WHERE search MATCH ?1 AND rowid < ?2 ORDER BY rowid DESC")?;
    let mut rows = candidates.query((match_expression(reader, query), before.unwrap_or(i64::MAX)))?;
    while let Some(row) = rows.next()? {
        let seq: i64 = row.get(0)?;
        looked_at += 1;
        if let Some(message) = candidate(&snapshot, seq, reader, query)? {
            let text = searched_text(&message);
            bytes += text.len();
            if short.is_empty() || holds_all(text, &short) {
                found.messages.push(message);
            }
        }
        if found.messages.len() == bounds.hits {
            found.before = Some(seq);
            break;
        }
        if looked_at == bounds.look_at || bytes > LOOK_AT_BYTES {
            found.before = Some(seq);
            found.complete = false;
            break;
        }
    }
    Ok(found)
}

fn searched_text(message: &StoredMessage) -> &str {
    match &message.content {
        Content::Text { text, .. } => text,
        Content::File(file) => file.name.as_str(),
    }
}

fn holds_all(text: &str, words: &[&Word]) -> bool {
    let text = Folded::new(text);
    words.iter().all(|word| text.contains(word))
}

/// What the index is asked. Every text in it is quoted, so that it is never read as FTS5's own language.
fn match_expression(reader: &Username, query: &Query) -> String {
    let mut parties = vec![format!("[{reader}]")];
    parties.extend(query.from.iter().map(|from| format!("<{from}>")));
    parties.extend(query.has_file.then(|| "{file}".to_owned()));
    let mut terms: Vec<String> = parties.iter().map(|mark| format!("parties : {}", quoted(mark))).collect();
    // The other side wrote it, or may see it.
    terms.extend(query.with.iter().map(|with| format!("parties : ({} OR {})", quoted(&format!("<{with}>")), quoted(&format!("[{with}]")))));
    let long = query.words.iter().filter(|word| !word.is_short());
    terms.extend(long.map(|word| format!("{{text file_name}} : {}", quoted(word.as_str()))));
    terms.join(" AND ")
}

fn quoted(text: &str) -> String {
    // A NUL would end the expression.
    format!("\"{}\"", text.replace('\0', "").replace('"', "\"\""))
}

/// The message, if `reader` may see it (the rule of `messages::page`) and it passes the filters, which the index need not know exactly.
fn candidate(connection: &Connection, seq: i64, reader: &Username, query: &Query) -> Result<Option<StoredMessage>, DbError> {
    let sql = format!(
        "{} WHERE m.seq = :seq AND (m.destination = :me OR (m.sender = :me AND m.origin = 'here'))
         AND (:from IS NULL OR m.sender = :from)
         AND (:with IS NULL OR (m.sender = :with AND m.destination = :me) OR (m.sender = :me AND m.destination = :with))
         AND (:after IS NULL OR m.stamp >= :after) AND (:before IS NULL OR m.stamp < :before)
         AND (NOT :has_file OR m.file_sha256 IS NOT NULL) AND {}",
        messages::COLUMNS,
        not_hidden_from(":me")
    );
    let values = named_params! {
        ":seq": seq, ":me": reader, ":from": query.from, ":with": query.with, ":after": query.after, ":before": query.before,
        ":has_file": query.has_file,
    };
    Ok(connection.prepare_cached(&sql)?.query_row(values, messages::message).optional()?)
}

/// Finds up to `limit` people, `asker` left out, by all of `words`: those whose name begins with the first one before the others. Reads
/// everybody heard of.
pub fn people(connection: &Connection, asker: &Username, words: &[Word], limit: usize) -> Result<Vec<Person>, DbError> {
    let Some(first) = words.first() else { return Ok(Vec::new()) };
    let mut found: Vec<(bool, Person)> = people::all(connection)?
        .into_iter()
        .filter(|person| person.username != *asker)
        .filter_map(|person| fits(&person, words, first).map(|begins| (begins, person)))
        .collect();
    found.sort_by_key(|(begins, _)| !begins);
    found.truncate(limit);
    Ok(found.into_iter().map(|(_, person)| person).collect())
}

/// Whether every word is in what is known of `person`; if so, whether a part of their name begins with `first`.
fn fits(person: &Person, words: &[Word], first: &Word) -> Option<bool> {
    let profile = &person.profile;
    let texts = [person.username.as_str(), &profile.fullname, &profile.position, &profile.location].map(Folded::new);
    let all = words.iter().all(|word| texts.iter().any(|text| text.contains(word)));
    let mut names = profile.fullname.split_whitespace().map(Folded::new);
    all.then(|| texts[..2].iter().any(|text| text.starts_with(first)) || names.any(|name| name.starts_with(first)))
}
