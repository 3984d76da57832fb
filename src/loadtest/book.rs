//! The book of one thread: how long everything took, and what failed.

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use hdrhistogram::Histogram;

/// Longer times count as this.
const LONGEST: Duration = Duration::from_mins(2);

/// Times in microseconds, to three digits.
#[derive(Clone, Debug)]
pub(super) struct Times(Histogram<u64>);

impl Default for Times {
    #[expect(clippy::expect_used, reason = "a histogram may have 0 to 5 digits")]
    fn default() -> Self {
        Self(Histogram::new(3).expect("three digits"))
    }
}

impl Times {
    pub(super) fn record(&mut self, took: Duration) {
        let micros = u64::try_from(took.min(LONGEST).as_micros()).unwrap_or(u64::MAX);
        // It grows to what it has to hold; only memory could refuse.
        let _ = self.0.record(micros.max(1));
    }

    pub(super) fn merge(&mut self, other: &Self) {
        // Likewise.
        let _ = self.0.add(&other.0);
    }

    pub(super) fn count(&self) -> u64 {
        self.0.len()
    }

    /// The time that this share of all does not exceed.
    pub(super) fn at(&self, quantile: f64) -> Duration {
        Duration::from_micros(self.0.value_at_quantile(quantile))
    }
}

/// What happened to the actions of one name in one stage.
#[derive(Clone, Debug, Default)]
pub(super) struct Row {
    pub(super) times: Times,
    /// Answers that were none, by what they were.
    pub(super) failures: BTreeMap<String, u64>,
}

/// What the whole is.
#[derive(Clone, Debug, Default)]
pub(super) struct Book {
    /// By stage and action.
    pub(super) rows: BTreeMap<(usize, &'static str), Row>,
    /// Since somebody last looked.
    pub(super) recent: Recent,
    stage: Option<usize>,
}

/// What happened since somebody last looked.
#[derive(Clone, Debug, Default)]
pub(super) struct Recent {
    pub(super) times: Times,
    pub(super) failed: u64,
}

impl Book {
    /// From now on everything belongs to this stage; to none of them while it warms up.
    pub(super) fn turn_to(&mut self, stage: Option<usize>) {
        self.stage = stage;
    }

    /// Notes what was meant to begin at `intended`, and is done now.
    pub(super) fn done(&mut self, what: &'static str, intended: Instant) {
        let took = intended.elapsed();
        self.recent.times.record(took);
        self.note(what, took);
    }

    /// Notes a time that is nobody's waiting: what a tab has seen.
    pub(super) fn note(&mut self, what: &'static str, took: Duration) {
        if let Some(stage) = self.stage {
            self.rows.entry((stage, what)).or_default().times.record(took);
        }
    }

    pub(super) fn fail(&mut self, what: &'static str, why: String) {
        self.recent.failed += 1;
        if let Some(stage) = self.stage {
            *self.rows.entry((stage, what)).or_default().failures.entry(why).or_default() += 1;
        }
    }

    pub(super) fn merge(&mut self, other: Self) {
        for (key, row) in other.rows {
            let own = self.rows.entry(key).or_default();
            own.times.merge(&row.times);
            for (why, count) in row.failures {
                *own.failures.entry(why).or_default() += count;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_of_all_sizes_are_told_to_three_digits() {
        let (mut times, mut more) = (Times::default(), Times::default());
        times.record(Duration::from_micros(900));
        for micros in [5_000_000, 700] {
            more.record(Duration::from_micros(micros));
        }
        times.merge(&more);
        let near = |quantile, micros: u64| times.at(quantile).as_micros().abs_diff(micros.into()) * 1000 <= u128::from(micros);
        assert!(times.count() == 3 && near(0.1, 700) && near(0.5, 900) && near(1.0, 5_000_000), "{times:?}");
    }

    #[test]
    fn what_is_played_to_warm_up_does_not_count() {
        let mut book = Book::default();
        book.done("text", Instant::now());
        book.turn_to(Some(0));
        book.done("text", Instant::now());
        book.fail("text", "503".to_owned());
        let mut all = Book::default();
        all.merge(book.clone());
        all.merge(book);
        let row = &all.rows[&(0, "text")];
        assert_eq!((row.times.count(), row.failures["503"]), (2, 2));
    }
}
