//! Figures for operators: what `/metrics` tells, in the text form of Prometheus.
//!
//! Any part of a node may count. No figure says who did something: labels are words of the program, never names or addresses. Counting takes
//! no lock of ours and makes nothing new once a pair of labels was used; each node of a process has its own figures.

pub mod process;

use std::fmt;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use prometheus_client::encoding::text::encode;
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::metrics::histogram::{Histogram, exponential_buckets};
use prometheus_client::registry::{Registry, Unit};

use crate::domain::receipt::Receipt;

/// What the text is, for the header of the answer.
pub const CONTENT_TYPE: &str = "application/openmetrics-text; version=1.0.0; charset=utf-8";

type One = [(&'static str, &'static str); 1];
type Two = [(&'static str, &'static str); 2];

/// What the limiter was asked about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Kind {
    /// A cheap call of a peer.
    PeerCall,
    /// A peer is about to bring a message.
    PeerMessage,
    /// A peer is about to bring a file.
    PeerFile,
    /// A message was read, and says from whom and for whom it is.
    ClaimedMessage,
    /// A file was read, and says from whom and for whom it is.
    ClaimedFile,
    /// Somebody tries to log in.
    LogIn,
    /// A signed-in user calls.
    UserCall,
}

/// What the limiter said: whether there was room, and if not, in whose budget.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Ruling {
    /// There was room.
    Allowed,
    /// Not for this address.
    Address,
    /// Not for this sender.
    Sender,
    /// Not for this addressee.
    Addressee,
    /// Not for the node as a whole.
    Node,
    /// Not for this user of the node.
    User,
}

/// What became of a message or file that a peer brought, and that could be read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Taken {
    /// Stored now.
    Stored,
    /// Stored before.
    Repeated,
    /// Held for somebody who is away.
    Held,
    /// Refused: blocked by its addressee, or in the name of somebody else.
    Refused,
}

/// What is there when somebody asks.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Stock {
    /// Messages that are to be delivered.
    pub outbox: u64,
    /// Seconds for which the oldest of them has waited; 0 when there is none.
    pub outbox_oldest_s: f64,
    /// Messages and files that are held for users of other nodes.
    pub held: u64,
    /// Bytes of these.
    pub held_bytes: u64,
    /// Seconds for which the oldest of them is held; 0 when there is none.
    pub held_oldest_s: f64,
    /// Browsers that are signed in.
    pub sessions: u64,
}

impl Kind {
    fn word(self) -> &'static str {
        match self {
            Self::PeerCall => "peer_call",
            Self::PeerMessage => "peer_message",
            Self::PeerFile => "peer_file",
            Self::ClaimedMessage => "claimed_message",
            Self::ClaimedFile => "claimed_file",
            Self::LogIn => "log_in",
            Self::UserCall => "user_call",
        }
    }
}

impl Ruling {
    fn word(self) -> &'static str {
        match self {
            Self::Allowed => "allowed",
            Self::Address => "refused_address",
            Self::Sender => "refused_sender",
            Self::Addressee => "refused_addressee",
            Self::Node => "refused_node",
            Self::User => "refused_user",
        }
    }
}

impl Taken {
    fn word(self) -> &'static str {
        match self {
            Self::Stored => "stored",
            Self::Repeated => "repeated",
            Self::Held => "held",
            Self::Refused => "refused",
        }
    }
}

/// The figures of one node. Clones share them.
#[derive(Clone)]
pub struct Metrics {
    registry: Arc<Registry>,
    limiter: Family<Two, Counter>,
    peer_calls: Family<Two, Counter>,
    blacklisted: Counter,
    messages: Family<One, Counter>,
    writer_batch: Histogram,
    writer_commit: Histogram,
    writer_queue: Gauge,
    sockets: Gauge,
    outbox: Gauge,
    outbox_age: Gauge<f64, AtomicU64>,
    held: Gauge,
    held_bytes: Gauge,
    held_age: Gauge<f64, AtomicU64>,
    sessions: Gauge,
    deliveries: Family<One, Histogram>,
    asked: Family<One, Gauge>,
    answers: Family<One, Histogram>,
    full: Family<One, Counter>,
    wal: Gauge,
    resident: Gauge,
    open_files: Gauge,
    cpu: Gauge<f64, AtomicU64>,
    running: Arc<Running>,
}

/// What has happened since the start, for those who look now and then and compare.
#[derive(Debug, Default)]
struct Running {
    writes: AtomicU64,
    commits: AtomicU64,
    commit_micros: AtomicU64,
    messages: AtomicU64,
    refusals: AtomicU64,
    deliveries: AtomicU64,
    delivery_millis: AtomicU64,
}

/// What had happened since the start when somebody looked.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Totals {
    /// Writes that were committed.
    pub writes: u64,
    /// Commits.
    pub commits: u64,
    /// Microseconds that they took.
    pub commit_micros: u64,
    /// Messages and files that peers brought.
    pub messages: u64,
    /// Calls that the limiter refused.
    pub refusals: u64,
    /// Messages that were delivered.
    pub deliveries: u64,
    /// Milliseconds from their writing to their delivery.
    pub delivery_millis: u64,
    /// WebSockets that are open now.
    pub sockets: u64,
    /// Writes that waited when the last commit was done.
    pub waiting: u64,
}

impl Default for Metrics {
    fn default() -> Self {
        let mut registry = Registry::default();
        let mut figures = Self {
            registry: Arc::default(),
            limiter: Family::default(),
            peer_calls: Family::default(),
            blacklisted: Counter::default(),
            messages: Family::default(),
            writer_batch: Histogram::new(exponential_buckets(1.0, 2.0, 10)),
            // From a tenth of a millisecond to about three seconds.
            writer_commit: Histogram::new(exponential_buckets(0.0001, 2.0, 16)),
            writer_queue: Gauge::default(),
            sockets: Gauge::default(),
            outbox: Gauge::default(),
            outbox_age: Gauge::default(),
            held: Gauge::default(),
            held_bytes: Gauge::default(),
            held_age: Gauge::default(),
            sessions: Gauge::default(),
            // From a hundredth of a second to three weeks.
            deliveries: Family::new_with_constructor(|| Histogram::new(exponential_buckets(0.01, 3.0, 18))),
            asked: Family::default(),
            // From a hundredth of a millisecond to ten seconds.
            answers: Family::new_with_constructor(|| Histogram::new(exponential_buckets(0.00001, 4.0, 11))),
            full: Family::default(),
            wal: Gauge::default(),
            resident: Gauge::default(),
            open_files: Gauge::default(),
            cpu: Gauge::default(),
            running: Arc::default(),
        };
        figures.register(&mut registry);
        figures.registry = Arc::new(registry);
        figures
    }
}

impl Metrics {
    fn register(&self, registry: &mut Registry) {
        let kith = registry.sub_registry_with_prefix("kith");
        kith.register("limiter", "Answers of the rate limiter, by what was asked and what it said", self.limiter.clone());
        kith.register("peer_calls", "Calls of other nodes, by call and the code of the answer", self.peer_calls.clone());
        kith.register("blacklisted_calls", "Calls refused because of the blacklist of this node", self.blacklisted.clone());
        kith.register("messages", "Messages and files that peers brought, by what became of them", self.messages.clone());
        kith.register("writer_batch", "Writes in one commit", self.writer_batch.clone());
        kith.register_with_unit("writer_commit", "Time of one commit with its writes", Unit::Seconds, self.writer_commit.clone());
        kith.register("writer_queue", "Writes that waited when the last commit was done", self.writer_queue.clone());
        kith.register("sockets", "Open WebSockets: tabs of browsers, and scripts", self.sockets.clone());
        kith.register("sessions", "Browsers that are signed in", self.sessions.clone());
        kith.register("outbox", "Messages of users of this node that are not delivered yet", self.outbox.clone());
        kith.register_with_unit("outbox_oldest", "Age of the oldest of them", Unit::Seconds, self.outbox_age.clone());
        kith.register("held", "Messages and files held for users of other nodes", self.held.clone());
        kith.register_with_unit("held", "What is held for users of other nodes", Unit::Bytes, self.held_bytes.clone());
        kith.register_with_unit("held_oldest", "Age of the oldest of what is held", Unit::Seconds, self.held_age.clone());
        let help = "Time from a message's writing to its receipt, by receipt";
        kith.register_with_unit("delivery", help, Unit::Seconds, self.deliveries.clone());
        kith.register("actor_asked", "Questions that wait for an answer, in a mailbox or at work, by actor", self.asked.clone());
        kith.register_with_unit("actor_answer", "Time until an actor answers, by actor", Unit::Seconds, self.answers.clone());
        kith.register("actor_full", "Messages for which a mailbox had no room, by actor", self.full.clone());
        kith.register_with_unit("wal", "Write-ahead log of the database", Unit::Bytes, self.wal.clone());
        registry.register_with_unit("process_resident_memory", "Memory of the process in use", Unit::Bytes, self.resident.clone());
        registry.register("process_open_fds", "Files and sockets that the process has open", self.open_files.clone());
        registry.register_with_unit("process_cpu", "Time of a processor that the process has taken", Unit::Seconds, self.cpu.clone());
    }

    /// Counts an answer of the limiter.
    pub fn ruled(&self, kind: Kind, ruling: Ruling) {
        self.limiter.get_or_create(&[("kind", kind.word()), ("outcome", ruling.word())]).inc();
        if ruling != Ruling::Allowed {
            add(&self.running.refusals, 1);
        }
    }

    /// Counts a call of another node to `path`, answered with `code`.
    pub fn peer_called(&self, path: &'static str, code: &'static str) {
        self.peer_calls.get_or_create(&[("call", path), ("code", code)]).inc();
    }

    /// Counts a call that the blacklist refused.
    pub fn blacklisted(&self) {
        self.blacklisted.inc();
    }

    /// Counts what a peer brought.
    pub fn brought(&self, taken: Taken) {
        self.messages.get_or_create(&[("outcome", taken.word())]).inc();
        add(&self.running.messages, 1);
    }

    /// Notes a commit of `size` writes, after which `waiting` more were there.
    pub fn committed(&self, size: usize, took: Duration, waiting: usize) {
        #[expect(clippy::cast_precision_loss, reason = "a batch has some hundred writes")]
        self.writer_batch.observe(size as f64);
        self.writer_commit.observe(took.as_secs_f64());
        self.writer_queue.set(whole(waiting as u64));
        add(&self.running.writes, size as u64);
        add(&self.running.commits, 1);
        add(&self.running.commit_micros, u64::try_from(took.as_micros()).unwrap_or(u64::MAX));
    }

    /// Notes that a message written `ago` seconds before has come as far as `receipt` says.
    pub fn came_to(&self, receipt: Receipt, ago: f64) {
        let ago = ago.max(0.0);
        self.deliveries.get_or_create(&[("receipt", receipt.as_str())]).observe(ago);
        if receipt == Receipt::Delivered {
            add(&self.running.deliveries, 1);
            add(&self.running.delivery_millis, u64::try_from(Duration::from_secs_f64(ago).as_millis()).unwrap_or(u64::MAX));
        }
    }

    /// What has happened since the start.
    #[must_use]
    pub fn totals(&self) -> Totals {
        let read = |total: &AtomicU64| total.load(Ordering::Relaxed);
        let level = |gauge: &Gauge| u64::try_from(gauge.get()).unwrap_or_default();
        let running = &self.running;
        Totals {
            writes: read(&running.writes),
            commits: read(&running.commits),
            commit_micros: read(&running.commit_micros),
            messages: read(&running.messages),
            refusals: read(&running.refusals),
            deliveries: read(&running.deliveries),
            delivery_millis: read(&running.delivery_millis),
            sockets: level(&self.sockets),
            waiting: level(&self.writer_queue),
        }
    }

    /// The figures of the actor of that name.
    #[must_use]
    pub fn of_actor(&self, name: &'static str) -> ActorFigures {
        let label = [("actor", name)];
        ActorFigures {
            asked: self.asked.get_or_create(&label).clone(),
            answers: self.answers.get_or_create(&label).clone(),
            full: self.full.get_or_create(&label).clone(),
        }
    }

    /// Counts an open WebSocket until what is returned is dropped.
    #[must_use]
    pub fn socket(&self) -> OpenSocket {
        self.sockets.inc();
        OpenSocket(self.sockets.clone())
    }

    /// Writes everything, with what the database in `folder` says now.
    ///
    /// # Errors
    /// When the text cannot be written, which memory does not refuse.
    pub fn render(&self, stock: &Stock, folder: &Path) -> Result<String, fmt::Error> {
        self.outbox.set(whole(stock.outbox));
        self.outbox_age.set(stock.outbox_oldest_s);
        self.held.set(whole(stock.held));
        self.held_bytes.set(whole(stock.held_bytes));
        self.held_age.set(stock.held_oldest_s);
        self.sessions.set(whole(stock.sessions));
        self.wal.set(whole(process::wal_bytes(folder)));
        self.resident.set(whole(process::resident_bytes()));
        self.open_files.set(whole(process::open_files()));
        self.cpu.set(process::cpu_seconds());
        let mut text = String::new();
        encode(&mut text, &self.registry)?;
        Ok(text)
    }
}

fn add(total: &AtomicU64, more: u64) {
    total.fetch_add(more, Ordering::Relaxed);
}

fn whole(count: u64) -> i64 {
    count.try_into().unwrap_or(i64::MAX)
}

/// How those who ask an actor fare. What they wait for is its mailbox and its work together.
#[derive(Clone)]
pub struct ActorFigures {
    asked: Gauge,
    answers: Histogram,
    full: Counter,
}

impl ActorFigures {
    /// Counts a question until what is returned is dropped.
    #[must_use]
    pub fn question(&self) -> Question<'_> {
        self.asked.inc();
        Question { figures: self, since: Instant::now() }
    }

    /// Counts a message for which the mailbox has no room.
    pub fn refused(&self) {
        self.full.inc();
    }
}

/// A question that is not answered yet, nor given up.
pub struct Question<'a> {
    figures: &'a ActorFigures,
    since: Instant,
}

impl Drop for Question<'_> {
    fn drop(&mut self) {
        self.figures.asked.dec();
        self.figures.answers.observe(self.since.elapsed().as_secs_f64());
    }
}

/// An open WebSocket, as long as it is counted.
pub struct OpenSocket(Gauge);

impl Drop for OpenSocket {
    fn drop(&mut self) {
        self.0.dec();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_counted_is_told_and_two_nodes_count_for_themselves() {
        let (one, other) = (Metrics::default(), Metrics::default());
        one.ruled(Kind::PeerMessage, Ruling::Address);
        one.ruled(Kind::PeerMessage, Ruling::Address);
        one.peer_called("/ping", "11");
        one.committed(3, Duration::from_millis(2), 5);
        let socket = one.socket();
        one.came_to(Receipt::Delivered, 0.5);
        drop(one.of_actor("relay").question());
        let question = one.of_actor("relay");
        let question = question.question();
        let stock = Stock { outbox: 7, outbox_oldest_s: 1.5, held_oldest_s: 2.5, ..Stock::default() };
        let nowhere = Path::new("");
        let text = one.render(&stock, nowhere).unwrap();
        for line in [
            "kith_limiter_total{kind=\"peer_message\",outcome=\"refused_address\"} 2",
            "kith_peer_calls_total{call=\"/ping\",code=\"11\"} 1",
            "kith_writer_batch_count 1",
            "kith_writer_commit_seconds_sum 0.002",
            "kith_writer_queue 5",
            "kith_sockets 1",
            "kith_outbox 7",
            "kith_outbox_oldest_seconds 1.5",
            "kith_held_oldest_seconds 2.5",
            "kith_delivery_seconds_count{receipt=\"delivered\"} 1",
            "kith_actor_asked{actor=\"relay\"} 1",
            "kith_actor_answer_seconds_count{actor=\"relay\"} 1",
        ] {
            assert!(text.lines().any(|told| told == line), "{line} is not in\n{text}");
        }
        assert!(!text.contains("process_resident_memory_bytes 0\n") && text.ends_with("# EOF\n"));
        let totals = one.totals();
        assert_eq!((totals.writes, totals.commits, totals.refusals, totals.delivery_millis, totals.sockets), (3, 1, 2, 500, 1));
        drop((socket, question));
        let text = one.render(&Stock::default(), nowhere).unwrap();
        assert!(text.contains("kith_sockets 0\n") && text.contains("kith_actor_asked{actor=\"relay\"} 0\n"));
        assert!(!other.render(&Stock::default(), nowhere).unwrap().contains("peer_message"));
    }
}
