//! How much there is of what: for whoever runs the node.

use rusqlite::Connection;

use crate::db::DbError;
use crate::domain::stamp::Stamp;
use crate::metrics::Stock;

/// Counts. The outbox is small: what is delivered leaves it.
pub fn take(connection: &Connection, now: Stamp) -> Result<Stock, DbError> {
    let mut statement = connection.prepare_cached(
        "SELECT (SELECT count(*) FROM outbox), (SELECT coalesce(max(0.0, :now - min(queued_at)), 0.0) FROM outbox),
         (SELECT count FROM held_shares WHERE side = 'all'), (SELECT bytes FROM held_shares WHERE side = 'all'),
         (SELECT coalesce(max(0.0, :now - min(held_at)), 0.0) FROM held),
         (SELECT count(*) FROM sessions WHERE username IS NOT NULL AND expires_at > :now)",
    )?;
    Ok(statement.query_row(&[(":now", &now)], |row| {
        let (outbox, outbox_oldest_s) = (row.get(0)?, row.get(1)?);
        let (held, held_bytes, held_oldest_s, sessions) = (row.get(2)?, row.get(3)?, row.get(4)?, row.get(5)?);
        Ok(Stock { outbox, outbox_oldest_s, held, held_bytes, held_oldest_s, sessions })
    })?)
}
