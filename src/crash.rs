//! Places at which a test makes the program die as by `kill -9`: nothing is flushed, answered or tidied up.
//!
//! Only a build with the feature `crash-points` has them; in every other build [`reach`] does nothing, and nothing can be switched on.
//! `KITH_CRASH_AT=after-commit:3` ends the program when it comes to that place for the third time; without a number, for the first.

/// Such a place.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Point {
    /// The writer has taken work, and nothing of it is written.
    BeforeWrite,
    /// All of it is written, and not committed.
    AfterWrite,
    /// It is committed, and nobody who waits for it is answered.
    AfterCommit,
    /// Another node has answered a delivery, and the receipt is not noted.
    AfterSend,
    /// The receipt is noted, and the sender's tabs are not told.
    BeforePush,
    /// The bytes of a file are written under a temporary name, and not synced.
    FileHalfWritten,
    /// A file is in the store, and no message names it.
    FileStored,
}

impl Point {
    /// All of them.
    pub const ALL: [Self; 7] = [
        Self::BeforeWrite,
        Self::AfterWrite,
        Self::AfterCommit,
        Self::AfterSend,
        Self::BeforePush,
        Self::FileHalfWritten,
        Self::FileStored,
    ];

    /// The word in `KITH_CRASH_AT`.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::BeforeWrite => "before-write",
            Self::AfterWrite => "after-write",
            Self::AfterCommit => "after-commit",
            Self::AfterSend => "after-send",
            Self::BeforePush => "before-push",
            Self::FileHalfWritten => "file-half-written",
            Self::FileStored => "file-stored",
        }
    }
}

/// Variables of this module, which are no settings, as figment names them.
#[cfg(feature = "crash-points")]
pub const VARIABLES: &[&str] = &["crash_at"];
/// No variable is special.
#[cfg(not(feature = "crash-points"))]
pub const VARIABLES: &[&str] = &[];

/// Says that the program is at `point`.
#[cfg(not(feature = "crash-points"))]
pub const fn reach(_: Point) {}

/// Dies if this is the time that `KITH_CRASH_AT` names.
#[cfg(feature = "crash-points")]
pub fn reach(point: Point) {
    use std::sync::LazyLock;
    use std::sync::atomic::{AtomicU64, Ordering};

    static ARMED: LazyLock<Option<(String, AtomicU64)>> = LazyLock::new(|| {
        let text = std::env::var("KITH_CRASH_AT").ok()?;
        let (name, times) = text.split_once(':').unwrap_or((&text, "1"));
        Some((name.to_owned(), AtomicU64::new(times.parse().ok()?)))
    });
    if let Some((name, times_left)) = &*ARMED
        && name == point.as_str()
        && times_left.fetch_sub(1, Ordering::Relaxed) == 1
    {
        std::process::abort();
    }
}
