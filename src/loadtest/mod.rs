//! `kith loadtest`: people, tabs and other nodes at work, through the doors that everybody uses, and whether all that was acknowledged arrived once.
//!
//! ```text
//! run -> town    the login server and the nodes, each a program of its own; or those that run already
//!     -> worker  one a thread: browsers and tabs of its people, connections of other nodes
//!     -> report  table, JSON, plot
//! ```
//!
//! What people do begins at its time, whether the node has answered the earlier things or not, and is timed from then: a node that stands still for a
//! second shows a second's worth of long times, not one.

mod actions;
mod book;
mod browser;
mod calls;
mod cast;
mod drive;
mod ledger;
mod mark;
mod pace;
mod peer;
mod plot;
mod program;
mod report;
mod samples;
mod scenario;
mod stage_hand;
mod strange;
mod tab;
mod town;
mod worker;

use std::path::PathBuf;

use anyhow::{Context as _, Result, bail, ensure};
use clap::Args;

use self::cast::Running;
use self::drive::LoadTest;
use self::report::Report;
use self::scenario::{Overrides, Scenario};
use crate::cli::{StopSignal, say};

/// What the command line says.
#[derive(Debug, Args)]
pub struct LoadTestArgs {
    /// A scenario that comes with kith (--list names them), or a file of your own
    #[arg(default_value = "mixed")]
    scenario: String,
    /// Say what scenarios there are
    #[arg(long)]
    list: bool,
    /// How long each stage takes
    #[arg(long, value_name = "SECONDS")]
    seconds: Option<u64>,
    /// How many people there are
    #[arg(long, value_name = "COUNT")]
    users: Option<usize>,
    /// How many nodes they live on
    #[arg(long, value_name = "COUNT")]
    nodes: Option<usize>,
    /// How many tabs each of them has open
    #[arg(long, value_name = "COUNT")]
    tabs: Option<usize>,
    /// How many things people do in a second
    #[arg(long, value_name = "COUNT")]
    rate: Option<f64>,
    /// How many messages the first node holds before it starts
    #[arg(long, value_name = "COUNT")]
    stored: Option<u64>,
    /// Threads that play the people [default: one for each core]
    #[arg(long, value_name = "COUNT")]
    threads: Option<usize>,
    /// Use the nodes that run already, as `kith demo --json` prints them, instead of starting some
    #[arg(long, value_name = "FILE")]
    against: Option<PathBuf>,
    /// Print the result as JSON
    #[arg(long)]
    json: bool,
    /// Draw how it went over time, as SVG
    #[arg(long, value_name = "FILE")]
    plot: Option<PathBuf>,
}

/// Runs a scenario to its end, and prints what came of it.
///
/// # Errors
/// When it cannot be run, and when an acknowledged message did not arrive, or arrived twice.
pub async fn run(args: LoadTestArgs) -> Result<()> {
    if args.list {
        return scenario::list()?.iter().try_for_each(|(name, about)| say(&format!("{name:<10}{about}")));
    }
    let mut signal = StopSignal::listen()?;
    let report = tokio::select! {
        report = load_test(&args) => report?,
        () = signal.wait() => bail!("stopped before the end"),
    };
    if let Some(path) = &args.plot {
        std::fs::write(path, report.as_plot()).with_context(|| format!("write {}", path.display()))?;
    }
    say(&if args.json { report.as_json()? } else { report.as_table() })?;
    ensure!(report.check.is_good(), "not every acknowledged message arrived once: {:?}", report.check);
    Ok(())
}

async fn load_test(args: &LoadTestArgs) -> Result<Report> {
    let LoadTestArgs { seconds, users, nodes, tabs, rate, stored, .. } = *args;
    let mut scenario = Scenario::load(&args.scenario, &Overrides { users, nodes, tabs, seconds, rate, stored })?;
    let running = args.against.as_ref().map(|file| -> Result<Running> {
        let text = std::fs::read_to_string(file).with_context(|| format!("read {}", file.display()))?;
        serde_json::from_str(&text).with_context(|| format!("{} is not what kith demo --json prints", file.display()))
    });
    let running = running.transpose()?;
    if running.is_some() {
        // There are no accounts for them, and nobody's database is filled.
        (scenario.strange, scenario.away, scenario.stored) = (0, 0, 0);
    }
    let threads = args.threads.unwrap_or_else(|| std::thread::available_parallelism().map_or(1, usize::from)).clamp(1, 64);
    let mut test = LoadTest::prepare(scenario, running, threads).await?;
    test.play().await?;
    test.finish().await
}
