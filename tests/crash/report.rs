//! The table that is printed at the end.

use std::collections::BTreeMap;
use std::fmt;
use std::time::Duration;

use super::books::{Books, Door, Findings};

/// What a run has come to.
pub(crate) struct Report<'a> {
    pub(crate) seed: u64,
    pub(crate) cycles: u64,
    pub(crate) took: Duration,
    pub(crate) kills: &'a BTreeMap<&'static str, u64>,
    pub(crate) books: &'a Books,
    pub(crate) findings: &'a Findings,
    pub(crate) longest_start: Duration,
}

impl fmt::Display for Report<'_> {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut row = |name: &str, value: &dyn fmt::Display| writeln!(out, "| {name:<44} | {value:>12} |");
        row("what", &"")?;
        row(&"-".repeat(44), &"-".repeat(12))?;
        row("kill cycles", &self.cycles)?;
        for (place, kills) in self.kills {
            row(&format!("- killed {place}"), kills)?;
        }
        for (door, name) in [(Door::Browser, "API of the pages"), (Door::Peer, "calls of other nodes")] {
            row(&format!("messages acknowledged, {name}"), &self.books.total(door, false))?;
            row(&format!("files acknowledged, {name}"), &self.books.total(door, true))?;
        }
        row("acknowledged and missing", &self.findings.missing)?;
        row("doubled", &self.findings.doubled)?;
        row("out of order", &self.findings.out_of_order)?;
        row("wrong ticks, bytes or answers", &self.findings.wrong)?;
        row("longest start in ms", &self.longest_start.as_millis())?;
        row("minutes", &format!("{:.1}", self.took.as_secs_f64() / 60.0))?;
        row("seed", &self.seed)
    }
}
