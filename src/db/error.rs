//! What can go wrong with storage, as callers need to tell it apart.

use std::sync::Arc;

use rusqlite::ErrorCode;

/// A read or write that did not happen. Nothing of it is stored.
#[derive(Clone, Debug, thiserror::Error)]
pub enum DbError {
    /// Too many writes wait already: come back in a moment.
    #[error("the database is busy")]
    Busy,
    /// There is no room left on the disk.
    #[error("the disk is full")]
    DiskFull(#[source] Arc<dyn std::error::Error + Send + Sync>),
    /// The disk fails or may not be written to, or what is on it is damaged.
    #[error("the disk or the database on it fails")]
    StorageFails(#[source] Arc<dyn std::error::Error + Send + Sync>),
    /// The node is stopping, or its writer has just failed and is being started again.
    #[error("the database writer is not running")]
    NotRunning,
    /// The work panicked; it was rolled back.
    #[error("a database job failed by a fault of the program")]
    Panicked,
    /// SQLite said no.
    #[error("the database failed")]
    Sqlite(#[source] Arc<rusqlite::Error>),
    /// The file system said no.
    #[error("the file store failed")]
    File(#[source] Arc<std::io::Error>),
}

impl From<rusqlite::Error> for DbError {
    fn from(error: rusqlite::Error) -> Self {
        match error.sqlite_error_code() {
            Some(ErrorCode::DiskFull) => Self::DiskFull(Arc::new(error)),
            Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked) => Self::Busy,
            Some(
                ErrorCode::SystemIoFailure
                | ErrorCode::ReadOnly
                | ErrorCode::CannotOpen
                | ErrorCode::PermissionDenied
                | ErrorCode::DatabaseCorrupt
                | ErrorCode::NotADatabase,
            ) => Self::StorageFails(Arc::new(error)),
            _ => Self::Sqlite(Arc::new(error)),
        }
    }
}

impl From<std::io::Error> for DbError {
    fn from(error: std::io::Error) -> Self {
        match error.kind() {
            std::io::ErrorKind::StorageFull | std::io::ErrorKind::QuotaExceeded | std::io::ErrorKind::FileTooLarge => {
                Self::DiskFull(Arc::new(error))
            }
            // A file that is not there says nothing about the disk.
            std::io::ErrorKind::NotFound => Self::File(Arc::new(error)),
            _ => Self::StorageFails(Arc::new(error)),
        }
    }
}
