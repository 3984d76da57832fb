//! History: how the node has fared in the last hour, for the people who use it.
//!
//! Owns      a sample for every `metrics.sample_every_s` seconds, `metrics.samples` of them, in memory alone.
//! Receives  `LastHour` (`web::api`); its own timer.
//! Sends     nothing; it reads the database and the figures that the other parts count.
//! Mailbox   16. Who asks when it is full is told that the node is busy.
//! Restart   with nothing; it begins again.

use std::collections::VecDeque;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use actix::{Actor, ActorFutureExt, AsyncContext, Context, Handler, Message, MessageResult, WrapFuture};
use serde::Serialize;
use utoipa::ToSchema;

use crate::config::MetricsSettings;
use crate::db::Reader;
use crate::db::queries::census;
use crate::domain::clock;
use crate::metrics::{Metrics, Stock, Totals, process};

/// Who asks is a page that is opened.
const MAILBOX: usize = 16;

/// How the node fared between two looks.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, ToSchema)]
pub struct Sample {
    /// When, in seconds since 1970.
    pub at: f64,
    /// Messages and files that other nodes brought, a second.
    pub messages_in: f32,
    /// Messages that were delivered, a second.
    pub deliveries: f32,
    /// Seconds from a message's writing to its delivery, on average; 0 when there was none.
    pub delivery_s: f32,
    /// Writes to the database, a second.
    pub writes: f32,
    /// Milliseconds that a commit took, on average; 0 when there was none.
    pub commit_ms: f32,
    /// Writes that waited.
    pub waiting: f32,
    /// Open WebSockets.
    pub sockets: f32,
    /// Messages that are to be delivered.
    pub outbox: f32,
    /// Messages and files that are held for others.
    pub held: f32,
    /// Calls that were refused, a second.
    pub refusals: f32,
    /// Megabytes of memory.
    pub memory_mb: f32,
    /// Megabytes of the database's log.
    pub log_mb: f32,
    /// Open files and sockets.
    pub files: f32,
    /// Share of a core, in percent.
    pub cpu_percent: f32,
}

/// What one look sees.
#[derive(Clone, Copy, Debug, Default)]
struct Look {
    totals: Totals,
    stock: Stock,
    memory_bytes: u64,
    log_bytes: u64,
    files: u64,
    cpu_s: f64,
}

/// The owner of the last hour.
pub struct History {
    settings: MetricsSettings,
    metrics: Metrics,
    reader: Reader,
    folder: PathBuf,
    samples: VecDeque<Sample>,
    last: Option<(Instant, Look)>,
}

impl History {
    /// Will look at what `metrics` counts, and at the database in `folder`.
    #[must_use]
    pub fn new(settings: MetricsSettings, metrics: Metrics, reader: Reader, folder: PathBuf) -> Self {
        Self { settings, metrics, reader, folder, samples: VecDeque::new(), last: None }
    }

    fn look(&mut self, context: &mut Context<Self>) {
        let (reader, folder, metrics) = (self.reader.clone(), self.folder.clone(), self.metrics.clone());
        let looking = async move {
            // All of it where it may block: it reads files of the system.
            reader.read(move |connection| Ok(take_look(census::take(connection, clock::now())?, &metrics, &folder))).await
        };
        context.spawn(looking.into_actor(self).map(|look, history, _| match look {
            Ok(look) => history.add(look),
            Err(error) => tracing::debug!(%error, "could not look at how the node fares; the next look will"),
        }));
    }

    fn add(&mut self, look: Look) {
        let now = Instant::now();
        if let Some((then, before)) = self.last.replace((now, look)) {
            if self.samples.len() >= self.settings.samples {
                self.samples.pop_front();
            }
            self.samples.push_back(sample(&before, &look, now.duration_since(then)));
        }
    }
}

fn take_look(stock: Stock, metrics: &Metrics, folder: &Path) -> Look {
    Look {
        totals: metrics.totals(),
        stock,
        memory_bytes: process::resident_bytes(),
        log_bytes: process::wal_bytes(folder),
        files: process::open_files(),
        cpu_s: process::cpu_seconds(),
    }
}

/// What has changed between two looks.
#[expect(clippy::cast_precision_loss, clippy::cast_possible_truncation, reason = "a plot shows three digits")]
fn sample(before: &Look, after: &Look, passed: Duration) -> Sample {
    let passed = passed.as_secs_f32().max(0.001);
    let more = |figure: fn(&Totals) -> u64| figure(&after.totals).saturating_sub(figure(&before.totals)) as f32;
    let average = |sum: f32, count: f32| if count > 0.0 { sum / count } else { 0.0 };
    Sample {
        at: clock::now().seconds(),
        messages_in: more(|totals| totals.messages) / passed,
        deliveries: more(|totals| totals.deliveries) / passed,
        delivery_s: average(more(|totals| totals.delivery_millis) / 1e3, more(|totals| totals.deliveries)),
        writes: more(|totals| totals.writes) / passed,
        commit_ms: average(more(|totals| totals.commit_micros) / 1e3, more(|totals| totals.commits)),
        waiting: after.totals.waiting as f32,
        sockets: after.totals.sockets as f32,
        outbox: after.stock.outbox as f32,
        held: after.stock.held as f32,
        refusals: more(|totals| totals.refusals) / passed,
        memory_mb: after.memory_bytes as f32 / 1e6,
        log_mb: after.log_bytes as f32 / 1e6,
        files: after.files as f32,
        cpu_percent: (after.cpu_s - before.cpu_s) as f32 / passed * 100.0,
    }
}

impl Actor for History {
    type Context = Context<Self>;

    fn started(&mut self, context: &mut Context<Self>) {
        context.set_mailbox_capacity(MAILBOX);
        self.look(context);
        context.run_interval(Duration::from_secs(self.settings.sample_every_s), Self::look);
    }
}

/// Asks for the last hour, oldest first.
#[derive(Message)]
#[rtype(result = "Vec<Sample>")]
pub struct LastHour;

impl Handler<LastHour> for History {
    type Result = MessageResult<LastHour>;

    fn handle(&mut self, _: LastHour, _: &mut Context<Self>) -> Self::Result {
        MessageResult(self.samples.iter().copied().collect())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sample_is_what_has_changed() {
        let before = Look { totals: Totals { writes: 10, deliveries: 1, ..Totals::default() }, cpu_s: 2.0, ..Look::default() };
        let totals = Totals { writes: 30, deliveries: 3, delivery_millis: 500, sockets: 2, ..Totals::default() };
        let after = Look { totals, cpu_s: 2.1, memory_bytes: 20_000_000, ..Look::default() };
        let sample = sample(&before, &after, Duration::from_secs(10));
        let near = |one: f32, other: f32| (one - other).abs() < 0.001;
        assert!(near(sample.writes, 2.0) && near(sample.deliveries, 0.2) && near(sample.delivery_s, 0.25), "{sample:?}");
        assert!(near(sample.cpu_percent, 1.0) && near(sample.memory_mb, 20.0) && near(sample.sockets, 2.0), "{sample:?}");
        assert!(near(sample.commit_ms, 0.0), "{sample:?}");
    }
}
