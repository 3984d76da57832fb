//! Nodes that are killed in full traffic, at random moments and at named points.
//!
//! `KITH_CRASH_CYCLES` (200) says how often, `KITH_CRASH_SEED` makes the same choices again. SIGKILL takes nothing back that was written to the
//! page cache: this tries order and recovery, not whether a disk keeps what it says.

use std::collections::BTreeMap;
use std::rc::Rc;
use std::time::{Duration, Instant};

use kith::crash::Point;
use rand::rngs::StdRng;
use rand::{RngExt, SeedableRng};

use super::comparing::compare;
use super::process::{DiedAtStart, died_at_a_point, was_killed};
use super::report::Report;
use super::town::Town;
use super::{books, clients};

/// Kills between two comparisons.
const CYCLES_A_ROUND: u64 = 20;

/// How long a node is waited for to come to its point; a seldom one may not come at all.
const POINT_WITHIN: Duration = Duration::from_millis(1200);

/// How a node is to end.
#[derive(Clone, Copy)]
enum Plan {
    /// So long after its start, which may be before it is ready.
    WhileStarting(Duration),
    /// So long after it is ready.
    Later(Duration),
    /// At a point, the so-many-th time.
    At(Point, u64),
}

fn number(variable: &str) -> Option<u64> {
    std::env::var(variable).ok().map(|text| text.parse().unwrap_or_else(|_| panic!("{variable} is a number")))
}

fn choose(random: &mut StdRng, usual_start: Duration) -> Plan {
    match random.random_range(0..10) {
        0 => Plan::WhileStarting(usual_start.mul_f64(random.random_range(0.0..1.1))),
        1..7 if cfg!(feature = "crash-points") => {
            let point = Point::ALL[random.random_range(0..Point::ALL.len())];
            let most = match point {
                Point::BeforeWrite | Point::AfterWrite | Point::AfterCommit => 40,
                Point::AfterSend | Point::BeforePush => 15,
                Point::FileHalfWritten | Point::FileStored => 4,
            };
            Plan::At(point, random.random_range(1..=most))
        }
        _ => Plan::Later(Duration::from_millis(random.random_range(0..250))),
    }
}

/// A run of many kills.
struct Run {
    town: Rc<Town>,
    random: StdRng,
    plans: [Plan; 2],
    usual_start: Duration,
    kills: BTreeMap<&'static str, u64>,
}

impl Run {
    /// Waits until a node is to die, and sees to it that it has.
    async fn kill(&mut self, which: usize) {
        let plan = self.plans[which];
        let limit = match plan {
            Plan::At(..) => POINT_WITHIN,
            Plan::Later(after) => after,
            Plan::WhileStarting(_) => Duration::ZERO,
        };
        // Whether it has died by then or not: on a busy machine it may come to its point while it is killed. How it ended says which it was.
        self.town.dies_within(which, limit).await;
        let status = self.town.kill(which);
        let at = match plan {
            Plan::At(point, _) if died_at_a_point(status) => point.as_str(),
            _ if was_killed(status) => "at a random moment",
            _ => panic!("node {which} ended by itself: {status}\n{}", self.town.log(which)),
        };
        *self.kills.entry(at).or_default() += 1;
    }

    /// Starts a node with a new plan. If it dies at the start, as planned, again.
    async fn start(&mut self, which: usize) {
        loop {
            let plan = choose(&mut self.random, self.usual_start);
            self.plans[which] = plan;
            let point = if let Plan::At(point, times) = plan { format!("{}:{times}", point.as_str()) } else { String::new() };
            self.town.houses[which].launcher.borrow_mut().set("KITH_CRASH_AT", &point);
            let deadline = if let Plan::WhileStarting(after) = plan { after } else { Duration::from_mins(1) };
            let Err(DiedAtStart(status)) = self.town.start(which, deadline).await else { return };
            if was_killed(status) || (died_at_a_point(status) && !point.is_empty()) {
                *self.kills.entry("while it started").or_default() += 1;
            } else if !self.town.port_was_taken(which) {
                panic!("node {which} did not start: {status}\n{}", self.town.log(which));
            }
        }
    }

    fn total(&self) -> u64 {
        self.kills.values().sum()
    }
}

#[actix_web::test]
async fn nodes_that_are_killed_lose_double_and_reorder_nothing() {
    let cycles = number("KITH_CRASH_CYCLES").unwrap_or(200);
    let seed = number("KITH_CRASH_SEED").unwrap_or_else(rand::random);
    println!("{cycles} kill cycles with KITH_CRASH_SEED={seed}");
    let begin = Instant::now();
    let town = Town::open().await;
    let usual_start = *town.longest_start.borrow();
    let later = Plan::Later(Duration::from_millis(200));
    let mut run = Run { town: town.clone(), random: StdRng::seed_from_u64(seed), plans: [later; 2], usual_start, kills: BTreeMap::new() };
    let clients = clients::all();
    let traffic: Vec<_> = clients.iter().map(|client| actix_web::rt::spawn(clients::run(*client, town.clone(), seed))).collect();

    let mut since = kith::domain::clock::now().seconds();
    while run.total() < cycles {
        town.paused.send_replace(false);
        let round_ends = (run.total() + CYCLES_A_ROUND).min(cycles);
        let mut which = 0;
        while run.total() < round_ends {
            run.kill(which).await;
            run.start(which).await;
            which = 1 - which;
        }
        since = compare(&town, &clients, since).await;
        if cycles > 1000 && run.total() % 500 < CYCLES_A_ROUND {
            println!("{} cycles in {:.0?}: {:?}", run.total(), begin.elapsed(), town.findings.borrow());
        }
    }
    traffic.iter().for_each(actix_web::rt::task::JoinHandle::abort);
    town.close().await;

    let (books, findings) = (town.books.borrow(), town.findings.borrow());
    let longest_start = *town.longest_start.borrow();
    println!(
        "{}",
        Report { seed, cycles: run.total(), took: begin.elapsed(), kills: &run.kills, books: &books, findings: &findings, longest_start }
    );
    assert_eq!(*findings, books::Findings::default(), "with KITH_CRASH_SEED={seed}");
    let every_door = [(books::Door::Browser, false), (books::Door::Browser, true), (books::Door::Peer, false), (books::Door::Peer, true)];
    assert!(every_door.iter().all(|(door, files)| books.total(*door, *files) > 0), "nobody got through one of the doors");
}
