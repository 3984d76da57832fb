//! What came of it: as a table for people, and as JSON for scripts.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::time::Duration;

use anyhow::{Context as _, Result};
use serde::Serialize;

use super::book::{Book, Row};
use super::ledger::Verdict;
use super::plot;
use super::samples::{Rise, Sample, Samples};
use super::scenario::Scenario;

/// The whole result.
#[derive(Serialize)]
pub(super) struct Report {
    scenario: String,
    about: String,
    stages: Vec<StageReport>,
    /// Single figures by name, for scripts that look for one.
    figures: BTreeMap<String, f64>,
    pub(super) check: CheckReport,
    rise: Option<Rise>,
    samples: Vec<Sample>,
}

#[derive(Serialize)]
struct StageReport {
    name: String,
    seconds: u64,
    actions: Vec<ActionReport>,
}

#[derive(Serialize)]
struct ActionReport {
    name: &'static str,
    count: u64,
    per_second: f64,
    p50_ms: f64,
    p90_ms: f64,
    p99_ms: f64,
    max_ms: f64,
    failures: BTreeMap<String, u64>,
}

/// Whether everything that was acknowledged has arrived.
#[derive(Clone, Copy, Debug, Default, Serialize)]
pub(super) struct CheckReport {
    /// Messages that a node has said to be on its disk.
    pub(super) acknowledged: usize,
    /// Conversations that were read, by each of those who have them.
    pub(super) conversations: usize,
    /// Places at which an acknowledged message is missing.
    pub(super) missing: usize,
    /// Places at which a message is more than once.
    pub(super) doubled: usize,
    /// WebSockets that were opened.
    pub(super) tabs: usize,
    /// Of these, closed by their node.
    pub(super) tabs_closed: usize,
    /// Messages that an open one should have been told of, and was not.
    pub(super) untold: usize,
    /// Lines in the logs of the nodes that tell of an error.
    pub(super) error_lines: usize,
}

impl CheckReport {
    pub(super) fn judged(self, verdict: Verdict) -> Self {
        Self { missing: verdict.missing, doubled: verdict.doubled, ..self }
    }

    /// Whether each acknowledged message arrived once.
    pub(super) fn is_good(&self) -> bool {
        self.missing == 0 && self.doubled == 0 && self.untold == 0
    }
}

fn milliseconds(time: Duration) -> f64 {
    (time.as_secs_f64() * 1e6).round() / 1000.0
}

#[expect(clippy::cast_precision_loss, reason = "counts far below 2^52")]
fn action_report(name: &'static str, row: &Row, seconds: u64) -> ActionReport {
    ActionReport {
        name,
        count: row.times.count(),
        per_second: row.times.count() as f64 / seconds.max(1) as f64,
        p50_ms: milliseconds(row.times.at(0.5)),
        p90_ms: milliseconds(row.times.at(0.9)),
        p99_ms: milliseconds(row.times.at(0.99)),
        max_ms: milliseconds(row.times.at(1.0)),
        failures: row.failures.clone(),
    }
}

impl Report {
    pub(super) fn of(scenario: &Scenario, book: &Book, mut figures: BTreeMap<String, f64>, check: CheckReport, samples: Samples) -> Self {
        let stages: Vec<StageReport> = scenario
            .stages
            .iter()
            .enumerate()
            .map(|(at, stage)| StageReport {
                name: stage.name.clone(),
                seconds: stage.seconds,
                actions: book
                    .rows
                    .iter()
                    .filter(|((of, _), _)| *of == at)
                    .map(|((_, name), row)| action_report(name, row, stage.seconds))
                    .collect(),
            })
            .collect();
        for stage in &stages {
            for action in &stage.actions {
                let key = |figure: &str| format!("{}, {}, {figure}", stage.name, action.name);
                figures.insert(key("per_second"), action.per_second);
                figures.insert(key("p50_ms"), action.p50_ms);
                figures.insert(key("p99_ms"), action.p99_ms);
            }
        }
        let (name, about) = (scenario.name.clone(), scenario.about.clone());
        Self { scenario: name, about, stages, figures, check, rise: samples.rise(), samples: samples.all }
    }

    pub(super) fn as_json(&self) -> Result<String> {
        serde_json::to_string_pretty(self).context("write the result")
    }

    /// How it went over time, as SVG.
    pub(super) fn as_plot(&self) -> String {
        plot::draw(&format!("kith loadtest {}", self.scenario), &self.samples)
    }

    /// The table. Writing to a String does not fail.
    pub(super) fn as_table(&self) -> String {
        let mut text = format!("{}: {}\n", self.scenario, self.about);
        for stage in &self.stages {
            let _ = writeln!(
                text,
                "\n{:<24} {:>9} {:>10} {:>10} {:>10} {:>10} {:>10} {:>8}",
                format!("{}, {} s", stage.name, stage.seconds),
                "count",
                "a second",
                "p50 ms",
                "p90 ms",
                "p99 ms",
                "max ms",
                "failed"
            );
            for action in &stage.actions {
                let ActionReport { name, count, per_second, p50_ms, p90_ms, p99_ms, max_ms, failures } = action;
                let failed: u64 = failures.values().sum();
                let _ = writeln!(
                    text,
                    "{name:<24} {count:>9} {per_second:>10.1} {p50_ms:>10.2} {p90_ms:>10.2} {p99_ms:>10.2} {max_ms:>10.2} {failed:>8}"
                );
                for (why, times) in failures {
                    let _ = writeln!(text, "  {times} times: {why}");
                }
            }
        }
        let _ = writeln!(text);
        for (name, value) in self.figures.iter().filter(|(name, _)| !name.contains(", ")) {
            let _ = writeln!(text, "{name:<34} {value:>12.2}");
        }
        if let Some(Rise { resident, open_files, wal, p99 }) = self.rise {
            let _ = writeln!(
                text,
                "last quarter against the second:   memory {resident:.2}, open files {open_files:.2}, log {wal:.2}, p99 {p99:.2}"
            );
        }
        text.push_str(&self.check.as_text());
        text
    }
}

impl CheckReport {
    fn as_text(&self) -> String {
        let Self { acknowledged, conversations, missing, doubled, tabs, tabs_closed, untold, error_lines } = self;
        let verdict = if self.is_good() { "each of them arrived once" } else { "NOT AS IT SHOULD BE" };
        format!(
            "{acknowledged} messages acknowledged, {verdict}: {missing} missing and {doubled} doubled in {conversations} views of conversations\n\
             {tabs} tabs, {tabs_closed} closed by their node, {untold} messages untold in the others; {error_lines} errors in the logs of the nodes"
        )
    }
}

#[cfg(test)]
mod tests {
    use super::super::scenario::Overrides;
    use super::*;

    #[test]
    fn the_table_and_the_json_say_the_same() {
        let scenario = Scenario::load("mixed", &Overrides::default()).unwrap();
        let mut book = Book::default();
        book.turn_to(Some(0));
        book.note("text", Duration::from_millis(7));
        book.fail("text", "HTTP status 503".to_owned());
        let check = CheckReport { acknowledged: 1, ..CheckReport::default() }.judged(Verdict { missing: 1, doubled: 0 });
        let report = Report::of(&scenario, &book, BTreeMap::from([("ready_ms".to_owned(), 12.0)]), check, Samples::default());
        let (table, json) = (report.as_table(), report.as_json().unwrap());
        for text in ["1 times: HTTP status 503", "NOT AS IT SHOULD BE", "ready_ms"] {
            assert!(table.contains(text), "{text} is not in {table}");
        }
        assert!(json.contains("\"mixed, text, p50_ms\": 7.0") && !check.is_good(), "{json}");
    }
}
