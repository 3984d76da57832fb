//! How often a peer's node is called: nodes of 2017 refuse the tenth call in half a minute (S), and the more of them count anew with each.

use std::collections::VecDeque;
use std::time::{Duration, Instant};

/// The time in which calls are counted, and for which a node is left alone once it has refused one (11).
pub(super) const WINDOW: Duration = Duration::from_secs(30);

/// The calls to one node of late.
#[derive(Clone, Debug, Default)]
pub(super) struct Pace {
    calls: VecDeque<Instant>,
    held_until: Option<Instant>,
}

impl Pace {
    /// How long to wait before the next call, if `most` are made in a window; `None` for no limit on them.
    pub(super) fn wait(&mut self, now: Instant, most: Option<usize>) -> Option<Duration> {
        self.forget(now);
        if let Some(until) = self.held_until {
            return Some(until - now);
        }
        let first_that_counts = self.calls.len().checked_sub(most?)?;
        self.calls.get(first_that_counts).map(|call| *call + WINDOW - now)
    }

    /// Counts a call.
    pub(super) fn count(&mut self, now: Instant) {
        self.calls.push_back(now);
    }

    /// The node has refused a call.
    pub(super) fn hold(&mut self, now: Instant) {
        self.held_until = Some(now + WINDOW);
    }

    /// Whether nothing of it matters any more.
    pub(super) fn is_over(&mut self, now: Instant) -> bool {
        self.forget(now);
        self.calls.is_empty() && self.held_until.is_none()
    }

    fn forget(&mut self, now: Instant) {
        while self.calls.front().is_some_and(|call| now.duration_since(*call) >= WINDOW) {
            self.calls.pop_front();
        }
        self.held_until = self.held_until.filter(|until| *until > now);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_window_holds_more_calls_than_the_setting() {
        let (start, second) = (Instant::now(), Duration::from_secs(1));
        let mut pace = Pace::default();
        let mut made = Vec::new();
        let mut now = start;
        while made.len() < 40 {
            if let Some(wait) = pace.wait(now, Some(5)) {
                now += wait;
            } else {
                pace.count(now);
                made.push(now);
                now += second;
            }
        }
        for window in made.windows(6) {
            assert!(window[5] - window[0] >= WINDOW);
        }
        assert_eq!(pace.wait(now, None), None);
    }

    #[test]
    fn a_node_that_refused_is_left_alone_for_half_a_minute() {
        let now = Instant::now();
        let mut pace = Pace::default();
        pace.hold(now);
        assert_eq!(pace.wait(now, None), Some(WINDOW));
        assert!(!pace.is_over(now) && pace.is_over(now + WINDOW));
    }
}
