//! The time as the login server sees it: the wall clock for what is shown, an even one for what runs out.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use crate::domain::stamp::Stamp;

/// Tells the time. Clones tell the same.
#[derive(Clone, Debug)]
pub struct Clock(Source);

#[derive(Clone, Debug)]
enum Source {
    System { start: Instant },
    Hand { epoch: Stamp, elapsed_ms: Arc<AtomicU64> },
}

impl Clock {
    /// The clocks of the machine.
    #[must_use]
    pub fn system() -> Self {
        Self(Source::System { start: Instant::now() })
    }

    /// A clock that stands at `epoch` until [`Clock::advance`] moves it: for tests.
    #[must_use]
    pub fn by_hand(epoch: Stamp) -> Self {
        Self(Source::Hand { epoch, elapsed_ms: Arc::default() })
    }

    /// Moves a clock made by [`Clock::by_hand`], to the millisecond. The machine's clocks do not move for this.
    pub fn advance(&self, by: Duration) {
        if let Source::Hand { elapsed_ms, .. } = &self.0 {
            elapsed_ms.fetch_add(u64::try_from(by.as_millis()).unwrap_or(u64::MAX), Ordering::SeqCst);
        }
    }

    /// The time of day.
    #[must_use]
    pub fn stamp(&self) -> Stamp {
        match &self.0 {
            Source::System { .. } => crate::domain::clock::now(),
            Source::Hand { epoch, .. } => Stamp::from_seconds(epoch.seconds() + self.elapsed().as_secs_f64()).unwrap_or(*epoch),
        }
    }

    /// Since the clock was made. It does not jump when somebody sets the time of day.
    #[must_use]
    pub fn elapsed(&self) -> Duration {
        match &self.0 {
            Source::System { start } => start.elapsed(),
            Source::Hand { elapsed_ms, .. } => Duration::from_millis(elapsed_ms.load(Ordering::SeqCst)),
        }
    }
}

/// So that call limits run on the same time.
impl governor::clock::Clock for Clock {
    type Instant = Duration;

    fn now(&self) -> Duration {
        self.elapsed()
    }
}
