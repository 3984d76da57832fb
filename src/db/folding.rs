//! Folding the write-ahead log into the database, beside the writer.
//!
//! SQLite folds at the end of the commit that makes the log long enough, and whoever waits for that commit waits for it too: thousands of pages are
//! copied and synced. Here a thread with a connection of its own copies while the writer goes on. Only what came in meanwhile, a few pages, is left
//! for the writer itself: with nothing left to copy, SQLite begins the log anew instead of letting it grow.
//!
//! How long the log is and how much of it is folded stands in SQLite's own index of the log; nothing is kept here.

use std::path::{Path, PathBuf};
use std::sync::mpsc::{Receiver, SyncSender, TrySendError, sync_channel};
use std::thread::JoinHandle;
use std::time::Duration;

use rusqlite::Connection;

/// Pages of 4 KiB in the log from which on it is folded: 16 MiB. Pages that many messages share are copied once for all of them.
pub(super) const LONG: u32 = 4096;
/// Pages that the writer folds itself, in a few milliseconds.
const FEW: u32 = 128;

/// The log, in pages.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Log {
    /// All that is in it.
    pages: u32,
    /// What of it is not in the database yet.
    left: u32,
}

/// Only looks at the log.
const LOOK: &str = "PRAGMA wal_checkpoint(NOOP)";
/// Folds what nobody reads any more, and waits for nobody.
const FOLD: &str = "PRAGMA wal_checkpoint(PASSIVE)";

/// Runs [`LOOK`] or [`FOLD`], and says what the log is then.
fn checkpoint(connection: &Connection, pragma: &str) -> rusqlite::Result<Log> {
    connection.prepare_cached(pragma)?.query_row([], |row| {
        // Both are -1 where there is no log.
        let pages = row.get::<_, i64>(1)?.try_into().unwrap_or(0);
        let folded = row.get::<_, i64>(2)?.try_into().unwrap_or(0);
        Ok(Log { pages, left: pages.saturating_sub(folded) })
    })
}

/// What folds the log of one database. Belongs to the writer, which ends it before it closes its own connection.
pub(super) struct Folding {
    // A hint is taken only by a thread that has nothing to do.
    hints: SyncSender<()>,
    thread: JoinHandle<()>,
}

impl Folding {
    /// Starts the thread.
    ///
    /// # Errors
    /// What the system says when there can be no more threads.
    pub(super) fn start(path: &Path) -> std::io::Result<Self> {
        let (hints, hinted) = sync_channel(0);
        let path = path.to_owned();
        let thread = std::thread::Builder::new().name("kith-folding".to_owned()).spawn(move || run(path, &hinted))?;
        Ok(Self { hints, thread })
    }

    /// Sees to it that the log does not grow for ever. To be called after each commit, with the connection that made it, on which SQLite folds
    /// no longer.
    pub(super) fn look_after(&self, writer: &Connection) -> rusqlite::Result<()> {
        let log = checkpoint(writer, LOOK)?;
        if log.pages < LONG {
            return Ok(());
        }
        let nobody_else = log.left > FEW && matches!(self.hints.try_send(()), Err(TrySendError::Disconnected(())));
        if log.left <= FEW || nobody_else {
            checkpoint(writer, FOLD)?;
        }
        Ok(())
    }

    /// Ends the thread, after what it is at.
    pub(super) fn end(self) {
        drop(self.hints);
        if self.thread.join().is_err() {
            tracing::error!("the thread that folds the write-ahead log panicked; the writer did its work");
        }
    }
}

fn run(path: PathBuf, hinted: &Receiver<()>) {
    let connection = match open(&path) {
        Ok(connection) => connection,
        // The writer finds nobody here and folds itself.
        Err(error) => return tracing::warn!(%error, "cannot fold the write-ahead log beside the writer; it will do so itself"),
    };
    while hinted.recv().is_ok() {
        if let Err(error) = checkpoint(&connection, FOLD) {
            tracing::warn!(%error, "could not fold the write-ahead log into the database; it is tried again with the next commit");
        }
    }
}

fn open(path: &Path) -> rusqlite::Result<Connection> {
    let connection = Connection::open(path)?;
    connection.busy_timeout(Duration::ZERO)?;
    // The log is synced before the database, and that before the log may begin anew.
    connection.pragma_update(None, "synchronous", "FULL")?;
    Ok(connection)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A database with its writer, and a table that each row of makes a page of.
    fn database(folder: &tempfile::TempDir) -> (PathBuf, Connection) {
        let path = folder.path().join("kith.db");
        let writer = super::super::connection::open_writer(&path, Duration::from_secs(1)).unwrap();
        writer.execute_batch("CREATE TABLE pages (number INTEGER PRIMARY KEY, bytes BLOB NOT NULL)").unwrap();
        (path, writer)
    }

    fn write(writer: &Connection, pages: u32) {
        writer
            .execute(
                "INSERT INTO pages (bytes) SELECT zeroblob(3000) FROM (WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < ?)
                 SELECT i FROM n)",
                [pages],
            )
            .unwrap();
    }

    #[test]
    fn a_long_log_is_folded_beside_the_writer_and_begins_anew() {
        let folder = tempfile::tempdir().unwrap();
        let (path, writer) = database(&folder);
        let folding = Folding::start(&path).unwrap();
        let mut longest = 0;
        let mut begun_anew = 0;
        let mut before = 0;
        while begun_anew < 3 {
            write(&writer, 64);
            folding.look_after(&writer).unwrap();
            let log = checkpoint(&writer, LOOK).unwrap();
            longest = longest.max(log.pages);
            begun_anew += u32::from(log.pages < before);
            before = log.pages;
            assert!(longest < 20 * LONG, "the log never begins anew");
        }
        folding.end();
        assert_eq!(writer.query_row("PRAGMA integrity_check", [], |row| row.get::<_, String>(0)).unwrap(), "ok");
    }

    #[test]
    fn a_short_log_is_left_alone() {
        let folder = tempfile::tempdir().unwrap();
        let (path, writer) = database(&folder);
        let folding = Folding::start(&path).unwrap();
        write(&writer, 16);
        let before = checkpoint(&writer, LOOK).unwrap();
        folding.look_after(&writer).unwrap();
        folding.end();
        assert_eq!(checkpoint(&writer, LOOK).unwrap(), before);
        assert!(before.left > 0, "{before:?}");
    }

    #[test]
    fn the_writer_folds_where_nobody_else_can() {
        let folder = tempfile::tempdir().unwrap();
        let (_, writer) = database(&folder);
        // No database, so the thread ends at once.
        let folding = Folding::start(folder.path()).unwrap();
        while !folding.thread.is_finished() {
            std::thread::yield_now();
        }
        write(&writer, LONG + 1);
        folding.look_after(&writer).unwrap();
        assert_eq!(checkpoint(&writer, LOOK).unwrap().left, 0);
    }
}
