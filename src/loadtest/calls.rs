//! Other nodes that call over connections which they keep: as fast as they are answered, or at a pace.

use std::rc::Rc;
use std::time::{Duration, Instant};

use anyhow::Result;
use tokio::sync::mpsc;
use tokio::task::JoinSet;

use super::browser::Trouble;
use super::ledger::PersonIndex;
use super::pace::Pace;
use super::peer::{Connection, message};
use super::scenario::Call;
use super::stage_hand::StageHand;

/// Before a broken connection is made again.
const PAUSE: Duration = Duration::from_millis(50);

/// Calls that may wait for one connection.
const QUEUE: usize = 4096;

impl Call {
    /// What its times are noted under.
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Ping => "/ping",
            Self::Message => "/receiveMessage",
        }
    }
}

/// Calls until `end` over this many connections. Answers how many calls were answered well.
pub(super) async fn as_fast_as_answered(hand: &Rc<StageHand>, call: Call, connections: usize, end: Instant) -> u64 {
    let mut callers = JoinSet::new();
    for at in 0..connections {
        let mut caller = Caller::new(hand.clone(), call, at);
        callers.spawn_local(async move {
            while Instant::now() < end {
                caller.call(Instant::now()).await;
            }
            caller.answered
        });
    }
    callers.join_all().await.into_iter().sum()
}

/// Calls until `end`, `rate` times a second, each connection in its turn. Answers how many calls were answered well.
pub(super) async fn at_a_pace(hand: &Rc<StageHand>, call: Call, connections: usize, rate: f64, end: Instant) -> Result<u64> {
    let (mut callers, mut queues) = (JoinSet::new(), Vec::new());
    for at in 0..connections {
        let (queue, mut moments) = mpsc::channel::<Instant>(QUEUE);
        let mut caller = Caller::new(hand.clone(), call, at);
        queues.push(queue);
        callers.spawn_local(async move {
            while let Some(intended) = moments.recv().await {
                caller.call(intended).await;
            }
            caller.answered
        });
    }
    let mut pace = Pace::start(rate, end)?;
    let mut turn = 0;
    while let Some(intended) = pace.next().await {
        turn = (turn + 1) % queues.len().max(1);
        if queues.get(turn).is_some_and(|queue| queue.try_send(intended).is_err()) {
            hand.book.borrow_mut().fail(call.name(), "not begun: too many wait".to_owned());
        }
    }
    for _ in 0..pace.missed() {
        hand.book.borrow_mut().fail(call.name(), "not begun: too many wait".to_owned());
    }
    drop(queues);
    Ok(callers.join_all().await.into_iter().sum())
}

/// One connection.
struct Caller {
    hand: Rc<StageHand>,
    call: Call,
    to: PersonIndex,
    turn: usize,
    connection: Option<Connection>,
    answered: u64,
}

impl Caller {
    fn new(hand: Rc<StageHand>, call: Call, at: usize) -> Self {
        let there: Vec<PersonIndex> = hand.browsers.borrow().keys().copied().collect();
        let to = there.get(at % there.len().max(1)).copied().unwrap_or_default();
        Self { hand, call, to, turn: at, connection: None, answered: 0 }
    }

    /// Makes one call, and notes how it went.
    async fn call(&mut self, intended: Instant) {
        match self.try_to(intended).await {
            Ok(()) => {
                self.answered += 1;
                self.hand.book.borrow_mut().done(self.call.name(), intended);
            }
            Err(trouble) => {
                self.hand.book.borrow_mut().fail(self.call.name(), trouble.to_string());
                if !matches!(trouble, Trouble::Status(_)) {
                    self.connection = None;
                    actix::clock::sleep(PAUSE).await;
                }
            }
        }
    }

    async fn try_to(&mut self, intended: Instant) -> Result<(), Trouble> {
        if self.connection.is_none() {
            let address = self.hand.cast.resident(self.to).and_then(|resident| self.hand.cast.address_of(resident));
            self.connection = Some(Connection::open(address.ok_or(Trouble::Broken)?).await.map_err(|_| Trouble::Broken)?);
        }
        let Some(connection) = &mut self.connection else { return Err(Trouble::Broken) };
        match self.call {
            Call::Ping => judge(connection.ping().await),
            Call::Message => {
                self.turn += 1;
                let (from, mark) = (self.hand.cast.peer_of(self.hand.thread, self.turn), self.hand.next_mark(intended));
                let body = message(&self.hand.cast.person(from).name, &self.hand.cast.person(self.to).name, mark);
                let outcome = judge(connection.post("/receiveMessage", &body).await);
                self.hand.enter((from, self.to), mark, &outcome);
                outcome
            }
        }
    }
}

fn judge(answer: std::io::Result<super::peer::Answer>) -> Result<(), Trouble> {
    match answer {
        Ok(answer) if answer.is_yes => Ok(()),
        Ok(answer) if (200..300).contains(&answer.status) => Err(Trouble::NotUnderstood),
        Ok(answer) => Err(Trouble::Status(answer.status)),
        Err(error) if error.kind() == std::io::ErrorKind::TimedOut => Err(Trouble::TimedOut),
        Err(_) => Err(Trouble::Broken),
    }
}
