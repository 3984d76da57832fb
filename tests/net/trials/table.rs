//! What a trial prints.

use std::time::Duration;

use kith::config::Settings;

/// A size of a trial: from the environment, or the usual one.
pub(super) fn size(variable: &str, usual: u64) -> u64 {
    std::env::var(variable).map_or(usual, |text| text.parse().unwrap_or_else(|_| panic!("{variable} is a number")))
}

/// Sets a node to look around and try again as it does by default, rather than all the time as in other tests.
pub(super) fn as_usual(settings: &mut Settings) {
    let usual = Settings::defaults().unwrap();
    settings.presence = usual.presence;
    settings.courier = usual.courier;
}

/// Prints what the following rows are about.
pub(super) fn title(text: &str) {
    println!("\n{text}");
}

/// Prints one line.
pub(super) fn row(what: &str, value: impl std::fmt::Display) {
    println!("  {what:<66} {value:>14}");
}

/// Prints a figure beside the most that it should be, and whether it is.
pub(super) fn judge(what: &str, value: f64, most: f64, unit: &str) {
    let verdict = if value <= most { "yes" } else { "NO" };
    row(what, format!("{value:.2}{unit}"));
    row(&format!("- at most {most}{unit}"), verdict);
}

/// Times of many calls.
#[derive(Default)]
pub(super) struct Times(Vec<Duration>);

impl Times {
    pub(super) fn add(&mut self, time: Duration) {
        self.0.push(time);
    }

    pub(super) fn extend(&mut self, other: Self) {
        self.0.extend(other.0);
    }

    pub(super) fn count(&self) -> usize {
        self.0.len()
    }

    /// So many of a hundred took no longer, in milliseconds.
    pub(super) fn percentile(&mut self, percent: usize) -> f64 {
        self.0.sort_unstable();
        let place = (self.0.len() * percent / 100).min(self.0.len().saturating_sub(1));
        self.0.get(place).map_or(0.0, |time| time.as_secs_f64() * 1000.0)
    }

    /// Prints how many there were, and how long they took.
    pub(super) fn print(&mut self, what: &str) {
        row(&format!("{what}, how many"), self.count());
        row("- p50", format!("{:.2} ms", self.percentile(50)));
        row("- p99", format!("{:.2} ms", self.percentile(99)));
    }
}
