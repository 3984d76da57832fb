//! Reads: a pool of read-only connections, used off the arbiters.

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use actix_web::web;
use r2d2::Pool;
use r2d2_sqlite::SqliteConnectionManager;
use rusqlite::Connection;
use tokio::sync::Semaphore;

use super::{DbError, connection};

/// How long a query may wait for a connection.
const TURN_WITHIN: Duration = Duration::from_secs(5);

/// A pool of read-only connections. Clones share it.
#[derive(Clone)]
pub struct Reader {
    pool: Pool<SqliteConnectionManager>,
    /// As many as there are connections. Whoever waits for one waits here, which takes no thread, and the memory of a thread.
    places: Arc<Semaphore>,
}

impl Reader {
    /// Opens `size` connections to the database at `path`, which must exist.
    ///
    /// # Errors
    /// [`DbError::Sqlite`] when the file cannot be opened.
    pub fn open(path: &Path, size: u32) -> Result<Self, r2d2::Error> {
        let manager = SqliteConnectionManager::file(path).with_flags(connection::reader_flags()).with_init(connection::prepare_reader);
        let pool = Pool::builder().max_size(size).connection_timeout(TURN_WITHIN).test_on_check_out(false).build(manager)?;
        Ok(Self { pool, places: Arc::new(Semaphore::new(size as usize)) })
    }

    /// Runs `query` on a thread for blocking work.
    ///
    /// # Errors
    /// What `query` says, or [`DbError::Busy`] when no connection came free in five seconds.
    pub async fn read<T, F>(&self, query: F) -> Result<T, DbError>
    where
        T: Send + 'static,
        F: FnOnce(&Connection) -> Result<T, DbError> + Send + 'static,
    {
        let waiting = self.places.clone().acquire_owned();
        // Only closing the semaphore fails otherwise, which nobody does.
        let Ok(Ok(place)) = actix::clock::timeout(TURN_WITHIN, waiting).await else { return Err(DbError::Busy) };
        let pool = self.pool.clone();
        let read = move || {
            let _place = place;
            query(&*pool.get().map_err(|_| DbError::Busy)?)
        };
        web::block(read).await.map_err(|_| DbError::Panicked)?
    }

    /// Runs `query` here and now: for start-up, before there is anything to block.
    ///
    /// # Errors
    /// As for [`Reader::read`].
    pub fn read_now<T>(&self, query: impl FnOnce(&Connection) -> Result<T, DbError>) -> Result<T, DbError> {
        query(&*self.pool.get().map_err(|error| DbError::File(Arc::new(std::io::Error::other(error))))?)
    }
}
