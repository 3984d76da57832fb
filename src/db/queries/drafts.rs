//! What users have begun to write, one draft for each person they write to.

use rusqlite::Connection;

use crate::db::DbError;
use crate::domain::message::MessageId;
use crate::domain::stamp::Stamp;
use crate::domain::username::Username;

/// What was written and not sent.
#[derive(Clone, Debug)]
pub struct Draft {
    /// To whom.
    pub with: Username,
    /// The text, as it stands in the field.
    pub text: String,
    /// The message that it answers.
    pub reply_to: Option<MessageId>,
}

impl Draft {
    fn is_empty(&self) -> bool {
        self.text.is_empty() && self.reply_to.is_none()
    }
}

/// Keeps a draft of `writer` in place of the one for the same person. An empty one goes, and so does the oldest when there are more than `most`.
pub fn keep(connection: &Connection, writer: &Username, draft: &Draft, most: usize, now: Stamp) -> Result<(), DbError> {
    if draft.is_empty() {
        connection.prepare_cached("DELETE FROM drafts WHERE username = ? AND partner = ?")?.execute((writer, &draft.with))?;
        return Ok(());
    }
    let mut keep = connection.prepare_cached("INSERT OR REPLACE INTO drafts VALUES (?, ?, ?, ?, ?)")?;
    keep.execute((writer, &draft.with, &draft.text, &draft.reply_to, now))?;
    let mut forget = connection.prepare_cached(
        "DELETE FROM drafts WHERE username = ?1 AND partner IN (
             SELECT partner FROM drafts WHERE username = ?1 ORDER BY changed_at DESC, partner LIMIT -1 OFFSET ?2)",
    )?;
    forget.execute((writer, most))?;
    Ok(())
}

/// The drafts of `writer`, the newest first. By the primary key.
pub fn list(connection: &Connection, writer: &Username) -> Result<Vec<Draft>, DbError> {
    let mut statement =
        connection.prepare_cached("SELECT partner, text, reply_to FROM drafts WHERE username = ? ORDER BY changed_at DESC, partner")?;
    let drafts = statement.query_map([writer], |row| Ok(Draft { with: row.get(0)?, text: row.get(1)?, reply_to: row.get(2)? }))?;
    Ok(drafts.collect::<rusqlite::Result<_>>()?)
}
