//! One load test from its beginning to its end.

use std::collections::BTreeMap;
use std::io::{IsTerminal, Write as _};
use std::sync::Arc;
use std::time::{Duration, Instant};

use actix::{Addr, Arbiter};
use anyhow::{Result, ensure};
use futures_util::future::try_join_all;

use super::book::{Book, Recent};
use super::cast::{Cast, PASSWORD, Running};
use super::ledger::{Ledger, Verdict};
use super::mark::Epoch;
use super::program::most_open_files;
use super::report::{CheckReport, Report};
use super::samples::Samples;
use super::scenario::{Scenario, Stage};
use super::strange;
use super::town::{Town, TownUsage};
use super::worker::{Check, CloseBook, CloseLedger, Glance, LOOK_EVERY, LookAtTabs, OpenTabs, Play, SignIn, TabReport, Worker};

/// Looks at what is used, at most, so that a long test makes no longer a result.
const MOST_SAMPLES: u64 = 600;

/// Open files besides those of tabs.
const OTHER_FILES: u64 = 500;

/// A load test that runs.
pub(super) struct LoadTest {
    scenario: Scenario,
    cast: Arc<Cast>,
    town: Option<Town>,
    workers: Vec<Addr<Worker>>,
    arbiters: Vec<Arbiter>,
    figures: BTreeMap<String, f64>,
    samples: Samples,
    begun: Instant,
    /// Calls a second of each stage that is over.
    rates: BTreeMap<String, f64>,
}

impl LoadTest {
    /// Starts the nodes, unless they run already, signs everybody in, and opens their tabs.
    pub(super) async fn prepare(scenario: Scenario, running: Option<Running>, threads: usize) -> Result<Self> {
        check_open_files(&scenario)?;
        let (mut cast, town) = if let Some(running) = &running {
            (Cast::of_running(running, &scenario, threads), None)
        } else {
            let cast = Cast::of(&scenario, threads);
            tell(&format!("starting a login server and {} nodes", scenario.nodes));
            let town = Town::start(&scenario, &cast).await?;
            (cast, Some(town))
        };
        let mut figures = BTreeMap::new();
        if let Some(town) = &town {
            cast.nodes = town.nodes();
            figures.insert("ready_ms".to_owned(), town.ready_after().as_secs_f64() * 1000.0);
            for (at, person) in cast.strange().enumerate() {
                strange::start(town.login_server(), &person.name, PASSWORD, at).await?;
            }
        }
        let (cast, epoch) = (Arc::new(cast), Epoch::now());
        let arbiters: Vec<Arbiter> = (0..threads).map(|_| Arbiter::new()).collect();
        let start = |(at, arbiter)| Worker::start(arbiter, at, cast.clone(), scenario.stored, epoch);
        let workers = arbiters.iter().enumerate().map(start).collect();
        let (samples, rates) = (Samples::default(), BTreeMap::new());
        let mut test = Self { scenario, cast, town, workers, arbiters, figures, samples, begun: Instant::now(), rates };
        test.sign_in(false).await?;
        test.open_tabs().await?;
        Ok(test)
    }

    async fn sign_in(&mut self, away: bool) -> Result<()> {
        let begun = Instant::now();
        tell(if away { "signing in those who were away" } else { "signing everybody in" });
        let failed: Vec<_> = try_join_all(self.workers.iter().map(|worker| worker.send(SignIn { away }))).await?.concat();
        if let Some((name, trouble)) = failed.first() {
            anyhow::bail!("{} people could not log in; {name}: {trouble}", failed.len());
        }
        if !away {
            self.figures.insert("sign_in_s".to_owned(), begun.elapsed().as_secs_f64());
        }
        Ok(())
    }

    #[expect(clippy::cast_precision_loss, reason = "some thousand tabs")]
    async fn open_tabs(&mut self) -> Result<()> {
        if self.scenario.tabs == 0 {
            return Ok(());
        }
        let (begun, before) = (Instant::now(), self.usage());
        tell("opening tabs");
        let failed: usize = try_join_all(self.workers.iter().map(|worker| worker.send(OpenTabs(self.scenario.tabs)))).await?.iter().sum();
        ensure!(failed == 0, "{failed} tabs could not be opened");
        let tabs = self.tabs().await?.len();
        self.figures.insert("tabs".to_owned(), tabs as f64);
        self.figures.insert("open_tabs_s".to_owned(), begun.elapsed().as_secs_f64());
        self.figures.insert("resident_before_tabs_mb".to_owned(), before.nodes.resident_bytes as f64 / 1e6);
        Ok(())
    }

    /// Plays all stages.
    pub(super) async fn play(&mut self) -> Result<()> {
        let stages = self.scenario.stages.clone();
        self.begun = Instant::now();
        for (at, stage) in stages.iter().enumerate() {
            if self.scenario.warm_up_s > 0 {
                tell(&format!("{}: warming up", stage.name));
                self.play_stage(stage, None, Duration::from_secs(self.scenario.warm_up_s)).await?;
            }
            let before = self.usage();
            let answered = self.play_stage(stage, Some(at), Duration::from_secs(stage.seconds)).await?;
            self.note_stage(stage, answered, before);
        }
        Ok(())
    }

    #[expect(clippy::cast_precision_loss, reason = "counts far below 2^52")]
    fn note_stage(&mut self, stage: &Stage, answered: u64, before: TownUsage) {
        let (after, seconds) = (self.usage(), stage.seconds as f64);
        self.rates.insert(stage.name.clone(), answered as f64 / seconds);
        if self.town.is_none() {
            return;
        }
        let resident_mb = after.nodes.resident_bytes as f64 / 1e6;
        let cpu = |usage: TownUsage| (usage.nodes.cpu_s, usage.login_server.cpu_s);
        let figures = [
            ("resident_mb", resident_mb),
            ("cpu_percent", (cpu(after).0 - cpu(before).0) / seconds * 100.0),
            ("login_server_cpu_percent", (cpu(after).1 - cpu(before).1) / seconds * 100.0),
        ];
        self.figures.extend(figures.map(|(name, value)| (name.to_owned(), value)));
        if let (Some(tabs), Some(before)) = (self.figures.get("tabs"), self.figures.get("resident_before_tabs_mb")) {
            let each = (resident_mb - before) * 1000.0 / tabs.max(1.0);
            self.figures.insert("resident_kb_a_tab".to_owned(), each);
        }
    }

    #[expect(clippy::cast_precision_loss, reason = "some threads")]
    async fn play_stage(&mut self, stage: &Stage, at: Option<usize>, lasts: Duration) -> Result<u64> {
        let threads = self.workers.len();
        let call_rate = stage.rate_of.as_ref().map(|earlier| self.rates.get(earlier).copied().unwrap_or_default() * stage.rate_times);
        let parts = self.workers.iter().enumerate().map(|(thread, worker)| {
            worker.send(Play {
                stage: at,
                lasts,
                rate: stage.rate / threads as f64,
                mix: stage.mix.iter().map(|(action, weight)| (*action, *weight)).collect(),
                // The first threads take what does not divide.
                connections: (stage.connections + threads - 1 - thread) / threads,
                call: stage.call,
                call_rate: call_rate.map(|rate| rate / threads as f64),
            })
        });
        let parts = try_join_all(parts.collect::<Vec<_>>());
        tokio::pin!(parts);
        let every = Duration::from_secs((lasts.as_secs() / MOST_SAMPLES).max(1));
        let mut tick = actix::clock::interval(every);
        tick.tick().await;
        let begun = Instant::now();
        loop {
            tokio::select! {
                answers = &mut parts => return answers?.into_iter().sum(),
                _ = tick.tick() => self.look(stage, at.is_some(), begun, lasts).await?,
            }
        }
    }

    /// Looks at what has happened since the last look, and says so.
    async fn look(&mut self, stage: &Stage, counts: bool, begun: Instant, lasts: Duration) -> Result<()> {
        let recent = try_join_all(self.workers.iter().map(|worker| worker.send(Glance))).await?;
        let recent = recent.into_iter().fold(Recent::default(), |mut all, one| {
            all.times.merge(&one.times);
            all.failed += one.failed;
            all
        });
        if counts {
            let (count, p99) = (recent.times.count(), recent.times.at(0.99));
            self.samples.add(self.begun.elapsed(), self.usage(), (count, p99, recent.failed));
            progress(&format!(
                "{}: {} of {} s, {count} done, p99 {:.1} ms, {} failed",
                stage.name,
                begun.elapsed().as_secs(),
                lasts.as_secs(),
                p99.as_secs_f64() * 1000.0,
                recent.failed
            ));
        }
        Ok(())
    }

    /// Signs in who was away, waits until everything has arrived, and says what came of it.
    pub(super) async fn finish(mut self) -> Result<Report> {
        let ledger = self.close_ledgers().await?;
        self.wait_for_tabs(&ledger).await?;
        let book = self.close_books().await?;
        if self.scenario.away > 0 {
            self.sign_in(true).await?;
        }
        tell("comparing what was acknowledged with what arrived");
        let check = self.check(&ledger).await?;
        if !self.samples.all.is_empty() && self.town.is_some() {
            self.figures.insert("cores".to_owned(), self.samples.mean(|sample| sample.cores));
            self.figures.insert("login_server_cores".to_owned(), self.samples.mean(|sample| sample.login_server_cores));
        }
        for arbiter in self.arbiters {
            arbiter.stop();
        }
        if let Some(town) = self.town {
            town.stop().await?;
        }
        Ok(Report::of(&self.scenario, &book, self.figures, check, self.samples))
    }

    async fn check(&self, ledger: &Ledger) -> Result<CheckReport> {
        let expected = Arc::new(ledger.conversations(|person| self.cast.resident(person).is_some()));
        let until = self.settled();
        let checks = self.workers.iter().map(|worker| worker.send(Check { expected: expected.clone(), until }));
        let verdict = try_join_all(checks).await?.into_iter().fold(Verdict::default(), Verdict::plus);
        let tabs = self.tabs().await?;
        let check = CheckReport {
            acknowledged: ledger.acknowledged(),
            conversations: expected.len(),
            tabs: tabs.len(),
            tabs_closed: tabs.iter().filter(|tab| tab.closed).count(),
            untold: untold(ledger, &tabs),
            error_lines: self.town.as_ref().map_or(0, Town::error_lines),
            ..CheckReport::default()
        };
        Ok(check.judged(verdict))
    }

    /// Waits until each tab has been told of all that it is to be told of: the last ones are still on their way, and count as the others do.
    async fn wait_for_tabs(&self, ledger: &Ledger) -> Result<()> {
        let until = self.settled();
        while untold(ledger, &self.tabs().await?) > 0 && Instant::now() < until {
            actix::clock::sleep(LOOK_EVERY).await;
        }
        Ok(())
    }

    /// When everything should have arrived that is under way now.
    fn settled(&self) -> Instant {
        Instant::now() + Duration::from_secs(self.scenario.settle_s)
    }

    async fn close_ledgers(&self) -> Result<Ledger> {
        let ledgers = try_join_all(self.workers.iter().map(|worker| worker.send(CloseLedger))).await?;
        Ok(ledgers.into_iter().fold(Ledger::default(), |mut all, ledger| {
            all.merge(ledger);
            all
        }))
    }

    async fn close_books(&self) -> Result<Book> {
        let books = try_join_all(self.workers.iter().map(|worker| worker.send(CloseBook))).await?;
        Ok(books.into_iter().fold(Book::default(), |mut all, book| {
            all.merge(book);
            all
        }))
    }

    async fn tabs(&self) -> Result<Vec<TabReport>> {
        Ok(try_join_all(self.workers.iter().map(|worker| worker.send(LookAtTabs))).await?.concat())
    }

    fn usage(&self) -> TownUsage {
        self.town.as_ref().map_or_else(TownUsage::default, Town::usage)
    }
}

/// Messages that tabs which are open should have been told of, and were not.
fn untold(ledger: &Ledger, tabs: &[TabReport]) -> usize {
    let open = tabs.iter().filter(|tab| !tab.closed);
    open.map(|tab| ledger.acknowledged_for(tab.person).saturating_sub(tab.seen)).sum()
}

/// A test that needs more open files than this shell allows would fail half-way.
fn check_open_files(scenario: &Scenario) -> Result<()> {
    let needed = (scenario.users * scenario.tabs) as u64 + OTHER_FILES;
    if let Some(most) = most_open_files().filter(|most| *most < needed) {
        anyhow::bail!(
            "{} needs {needed} open files, and this shell allows {most}: say `ulimit -n {needed}` first, or take fewer --users or --tabs",
            scenario.name
        );
    }
    Ok(())
}

/// Says how far it is, to whoever is at the terminal.
fn tell(line: &str) {
    progress_end();
    // Nobody at the other end is no reason to stop.
    let _ = writeln!(std::io::stderr().lock(), "{line}");
}

/// The same, in place of the last such line. A log gets no such lines.
fn progress(line: &str) {
    let mut out = std::io::stderr().lock();
    if out.is_terminal() {
        let _ = write!(out, "\r\x1b[K{line}").and_then(|()| out.flush());
    }
}

fn progress_end() {
    let mut out = std::io::stderr().lock();
    if out.is_terminal() {
        let _ = write!(out, "\r\x1b[K");
    }
}
