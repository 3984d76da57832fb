//! What was seen once a second, or less often when it takes long.

use std::time::Duration;

use serde::Serialize;

use super::town::TownUsage;

/// One look.
#[derive(Clone, Copy, Debug, Default, Serialize)]
pub(super) struct Sample {
    /// Seconds since the first stage began.
    pub(super) at_s: f64,
    /// Actions and calls since the last look.
    pub(super) per_second: f64,
    /// Of these.
    pub(super) p99_ms: f64,
    /// Of these, too.
    pub(super) failed: u64,
    /// All nodes together.
    pub(super) resident_mb: f64,
    /// The node with the most.
    pub(super) open_files: u64,
    /// All nodes together.
    pub(super) wal_mb: f64,
    /// Share of a core that all nodes together took since the last look.
    pub(super) cores: f64,
    /// Share of a core that the login server took.
    pub(super) login_server_cores: f64,
}

/// All looks, oldest first.
#[derive(Clone, Debug, Default)]
pub(super) struct Samples {
    pub(super) all: Vec<Sample>,
    last: Option<(Duration, TownUsage)>,
}

/// How a figure has changed from the second quarter of the time to the last: 1 is not at all.
#[derive(Clone, Copy, Debug, Serialize)]
pub(super) struct Rise {
    pub(super) resident: f64,
    pub(super) open_files: f64,
    pub(super) wal: f64,
    pub(super) p99: f64,
}

const MEGABYTE: f64 = 1e6;

impl Samples {
    /// Adds what was seen at `at`.
    #[expect(clippy::cast_precision_loss, reason = "bytes and counts far below 2^52")]
    pub(super) fn add(&mut self, at: Duration, usage: TownUsage, (count, p99, failed): (u64, Duration, u64)) {
        let (last_at, last_usage) = self.last.replace((at, usage)).unwrap_or((Duration::ZERO, usage));
        let passed = at.saturating_sub(last_at).as_secs_f64().max(0.001);
        self.all.push(Sample {
            at_s: at.as_secs_f64(),
            per_second: count as f64 / passed,
            p99_ms: p99.as_secs_f64() * 1000.0,
            failed,
            resident_mb: usage.nodes.resident_bytes as f64 / MEGABYTE,
            open_files: usage.nodes.open_files,
            wal_mb: usage.nodes.wal_bytes as f64 / MEGABYTE,
            cores: (usage.nodes.cpu_s - last_usage.nodes.cpu_s) / passed,
            login_server_cores: (usage.login_server.cpu_s - last_usage.login_server.cpu_s) / passed,
        });
    }

    /// The mean of the last quarter against that of the second: the first is where everything grows to its size.
    pub(super) fn rise(&self) -> Option<Rise> {
        let quarter = self.all.len() / 4;
        if quarter == 0 {
            return None;
        }
        let (second, last) = (&self.all[quarter..2 * quarter], &self.all[self.all.len() - quarter..]);
        let ratio = |figure: &dyn Fn(&Sample) -> f64| mean(last, figure) / mean(second, figure).max(0.001);
        #[expect(clippy::cast_precision_loss, reason = "a count of files")]
        let open_files = ratio(&|sample| sample.open_files as f64);
        Some(Rise {
            resident: ratio(&|sample| sample.resident_mb),
            open_files,
            wal: ratio(&|sample| sample.wal_mb),
            p99: ratio(&|sample| sample.p99_ms),
        })
    }

    /// The mean over all.
    pub(super) fn mean(&self, figure: impl Fn(&Sample) -> f64) -> f64 {
        mean(&self.all, &figure)
    }
}

#[expect(clippy::cast_precision_loss, reason = "some hundred samples")]
fn mean(samples: &[Sample], figure: &dyn Fn(&Sample) -> f64) -> f64 {
    samples.iter().map(figure).sum::<f64>() / samples.len().max(1) as f64
}

#[cfg(test)]
mod tests {
    use super::super::program::Usage;
    use super::*;

    #[test]
    fn what_grows_is_seen_to_rise() {
        let mut samples = Samples::default();
        for second in 1..=40_u64 {
            let nodes = Usage { resident_bytes: second * 1_000_000, open_files: 50, wal_bytes: 4_000_000, cpu_s: 0.5 };
            let usage = TownUsage { nodes, login_server: Usage::default() };
            samples.add(Duration::from_secs(second), usage, (100, Duration::from_millis(2), 0));
        }
        let rise = samples.rise().unwrap();
        assert!(rise.resident > 2.0 && (rise.open_files - 1.0).abs() < 0.01 && (rise.p99 - 1.0).abs() < 0.01, "{rise:?}");
        assert!((samples.all[5].per_second - 100.0).abs() < 0.1);
    }
}
