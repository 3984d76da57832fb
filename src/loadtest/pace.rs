//! When things are to begin: at random, so many a second on average, whatever became of the earlier ones.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use tokio::sync::mpsc;

/// Beginnings that may wait for their thread; beyond that they are counted as missed.
const QUEUE: usize = 1 << 16;

/// Beginnings that lie closer together are told together.
const GRAIN: Duration = Duration::from_micros(200);

/// The moments at which something is to begin.
pub(super) struct Pace {
    moments: mpsc::Receiver<Instant>,
    missed: Arc<AtomicU64>,
}

impl Pace {
    /// Moments from now until `end`, `rate` a second. A thread of its own keeps the time: a timer of the arbiter is a millisecond coarse, and late when
    /// the arbiter is busy.
    pub(super) fn start(rate: f64, end: Instant) -> std::io::Result<Self> {
        let (sender, moments) = mpsc::channel(QUEUE);
        let missed = Arc::new(AtomicU64::new(0));
        let counter = missed.clone();
        std::thread::Builder::new().name("loadtest-pace".to_owned()).spawn(move || {
            let mut next = Instant::now();
            loop {
                next += pause(rate);
                if next >= end || sender.is_closed() {
                    return;
                }
                wait_until(next);
                if sender.try_send(next).is_err() {
                    counter.fetch_add(1, Ordering::Relaxed);
                }
            }
        })?;
        Ok(Self { moments, missed })
    }

    /// Waits for the next one; `None` at the end.
    pub(super) async fn next(&mut self) -> Option<Instant> {
        self.moments.recv().await
    }

    /// Those for which there was no room.
    pub(super) fn missed(&self) -> u64 {
        self.missed.load(Ordering::Relaxed)
    }
}

/// Between two that know nothing of each other.
fn pause(rate: f64) -> Duration {
    Duration::from_secs_f64(-(1.0 - rand::random::<f64>()).ln() / rate)
}

fn wait_until(moment: Instant) {
    while let Some(left) = moment.checked_duration_since(Instant::now()).filter(|left| *left > GRAIN) {
        // It may come back early, and is asked again.
        std::thread::park_timeout(left);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pauses_are_as_long_as_the_rate_asks_for_on_average() {
        let sum: Duration = (0..20_000).map(|_| pause(100.0)).sum();
        let average = sum.as_secs_f64() / 20_000.0;
        assert!((0.009..0.011).contains(&average), "{average}");
    }
}
