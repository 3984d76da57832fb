//! Worker: plays some of the people, and some of the other nodes, on a thread of its own.
//!
//! Owns      the browsers and tabs of its people, and the book of what happened to them.
//! Receives  `SignIn`, `OpenTabs`, `Play`, `Glance`, `LookAtTabs`, `Close`, `Check` (the load test, one after the other).
//! Sends     nothing; it calls nodes.
//! Mailbox   16; there is one sender, which waits for its answers.
//! Restart   none: a load test of which a part has failed says nothing.

use std::rc::Rc;
use std::sync::Arc;
use std::time::{Duration, Instant};

use actix::{Actor, Addr, Arbiter, Context, Handler, Message, MessageResult, ResponseFuture};
use futures_util::StreamExt;
use futures_util::stream;
use tokio::task::JoinSet;

use super::actions::act;
use super::book::{Book, Recent};
use super::browser::{Browser, Trouble};
use super::calls;
use super::cast::Cast;
use super::ledger::{Expected, Ledger, PersonIndex, Verdict};
use super::mark::Epoch;
use super::pace::Pace;
use super::scenario::{Action, Call};
use super::stage_hand::StageHand;
use super::tab;

/// Log-ins at the same time: each costs two nodes' worth of argon2.
const LOG_INS_AT_ONCE: usize = 2;

/// Tries of a log-in, with a pause after each.
const LOG_IN_TRIES: usize = 5;

/// Sockets that are opened at the same time.
const OPENED_AT_ONCE: usize = 32;

/// Actions that may be under way at the same time; beyond that they are counted as not begun.
const MOST_AT_ONCE: usize = 4096;

/// Between two looks at a conversation, or at the tabs, in which something is missing.
pub(super) const LOOK_EVERY: Duration = Duration::from_millis(500);

/// The owner of a thread's part of the load.
pub(super) struct Worker {
    hand: Rc<StageHand>,
}

impl Worker {
    /// Starts the worker of `thread` on `arbiter`.
    pub(super) fn start(arbiter: &Arbiter, thread: usize, cast: Arc<Cast>, stored: u64, epoch: Epoch) -> Addr<Self> {
        Self::start_in_arbiter(&arbiter.handle(), move |_| Self { hand: Rc::new(StageHand::new(thread, cast, stored, epoch)) })
    }
}

impl Actor for Worker {
    type Context = Context<Self>;
}

/// Signs in the people of this worker: those who are away, or the others. Answers the names of those who could not.
#[derive(Message)]
#[rtype(result = "Vec<(String, Trouble)>")]
pub(super) struct SignIn {
    pub(super) away: bool,
}

impl Handler<SignIn> for Worker {
    type Result = ResponseFuture<Vec<(String, Trouble)>>;

    fn handle(&mut self, SignIn { away }: SignIn, _: &mut Context<Self>) -> Self::Result {
        let hand = self.hand.clone();
        Box::pin(async move {
            let who: Vec<PersonIndex> =
                hand.cast.residents_of(hand.thread).filter(|(_, resident)| resident.away == away).map(|(at, _)| at).collect();
            let log_ins = stream::iter(who).map(|who| sign_in(&hand, who)).buffer_unordered(LOG_INS_AT_ONCE);
            log_ins.filter_map(async |outcome| outcome.err()).collect().await
        })
    }
}

async fn sign_in(hand: &StageHand, who: PersonIndex) -> Result<(), (String, Trouble)> {
    let name = hand.cast.person(who).name.clone();
    let Some(resident) = hand.cast.resident(who) else { return Ok(()) };
    let node = hand.cast.nodes[resident.node].clone();
    let mut last = Trouble::Broken;
    for attempt in 0..LOG_IN_TRIES {
        let begun = Instant::now();
        match Browser::sign_in(&hand.client, &node, &name, &resident.password).await {
            Ok(browser) => {
                hand.book.borrow_mut().done("log in", begun);
                hand.browsers.borrow_mut().insert(who, Rc::new(browser));
                return Ok(());
            }
            Err(trouble) => last = trouble,
        }
        actix::clock::sleep(Duration::from_secs(1 << attempt)).await;
    }
    Err((name, last))
}

/// Opens so many tabs for each of those who are signed in. Answers how many could not be opened.
#[derive(Message)]
#[rtype(result = "usize")]
pub(super) struct OpenTabs(pub(super) usize);

impl Handler<OpenTabs> for Worker {
    type Result = ResponseFuture<usize>;

    fn handle(&mut self, OpenTabs(tabs): OpenTabs, _: &mut Context<Self>) -> Self::Result {
        let hand = self.hand.clone();
        Box::pin(async move {
            let browsers: Vec<_> = hand.browsers.borrow().iter().map(|(who, browser)| (*who, browser.clone())).collect();
            let all = browsers.iter().flat_map(|one| std::iter::repeat_n(one, tabs));
            let opened = stream::iter(all).map(|(who, browser)| open_tab(&hand, *who, browser)).buffer_unordered(OPENED_AT_ONCE);
            opened.filter(|opened| std::future::ready(!opened)).count().await
        })
    }
}

async fn open_tab(hand: &StageHand, who: PersonIndex, browser: &Browser) -> bool {
    let name = &hand.cast.person(who).name;
    let opened = tab::open(&hand.client, browser, (who, name), hand.epoch, hand.book.clone()).await;
    opened.map(|tab| hand.tabs.borrow_mut().push(tab)).is_ok()
}

/// This worker's part of a stage.
#[derive(Clone, Message)]
#[rtype(result = "anyhow::Result<u64>")]
pub(super) struct Play {
    /// Which stage its times belong to; none to warm up.
    pub(super) stage: Option<usize>,
    pub(super) lasts: Duration,
    /// Actions a second.
    pub(super) rate: f64,
    /// Actions, each as often as it is to come in proportion.
    pub(super) mix: Vec<(Action, u32)>,
    pub(super) connections: usize,
    pub(super) call: Call,
    /// Calls a second; none for as fast as they are answered.
    pub(super) call_rate: Option<f64>,
}

impl Handler<Play> for Worker {
    type Result = ResponseFuture<anyhow::Result<u64>>;

    /// Answers how many calls of other nodes were answered well.
    fn handle(&mut self, play: Play, _: &mut Context<Self>) -> Self::Result {
        let hand = self.hand.clone();
        Box::pin(async move {
            hand.book.borrow_mut().turn_to(play.stage);
            let end = Instant::now() + play.lasts;
            let people = async { if play.rate > 0.0 { play_people(&hand, &play, end).await } else { Ok(()) } };
            let nodes = async {
                match play.call_rate {
                    _ if play.connections == 0 => Ok(0),
                    Some(rate) => calls::at_a_pace(&hand, play.call, play.connections, rate, end).await,
                    None => Ok(calls::as_fast_as_answered(&hand, play.call, play.connections, end).await),
                }
            };
            let idle = async {
                actix::clock::sleep_until(end.into()).await;
                Ok(())
            };
            let ((), answered, ()) = tokio::try_join!(people, nodes, idle)?;
            Ok(answered)
        })
    }
}

/// Begins actions at their time, whether the earlier ones are done or not, and waits for the last ones.
async fn play_people(hand: &Rc<StageHand>, play: &Play, end: Instant) -> anyhow::Result<()> {
    let mut pace = Pace::start(play.rate, end)?;
    let mut under_way = JoinSet::new();
    while let Some(intended) = pace.next().await {
        while under_way.try_join_next().is_some() {}
        let action = pick(&play.mix);
        if under_way.len() < MOST_AT_ONCE {
            under_way.spawn_local(act(hand.clone(), action, intended));
        } else {
            hand.book.borrow_mut().fail(action.name(), "not begun: too many are under way".to_owned());
        }
    }
    under_way.join_all().await;
    for _ in 0..pace.missed() {
        hand.book.borrow_mut().fail(pick(&play.mix).name(), "not begun: too many wait".to_owned());
    }
    Ok(())
}

/// One of them, the likelier the greater its weight. There is one.
fn pick(mix: &[(Action, u32)]) -> Action {
    let total: u32 = mix.iter().map(|(_, weight)| weight).sum();
    let mut left = rand::random_range(0..total.max(1));
    for (action, weight) in mix {
        if left < *weight {
            return *action;
        }
        left -= weight;
    }
    Action::List
}

/// What has happened since the last look.
#[derive(Message)]
#[rtype(result = "Recent")]
pub(super) struct Glance;

impl Handler<Glance> for Worker {
    type Result = MessageResult<Glance>;

    fn handle(&mut self, _: Glance, _: &mut Context<Self>) -> Self::Result {
        MessageResult(std::mem::take(&mut self.hand.book.borrow_mut().recent))
    }
}

/// Compares what this worker's people see with what they are to see; looks again until nothing is missing, or until then.
#[derive(Message)]
#[rtype(result = "Verdict")]
pub(super) struct Check {
    pub(super) expected: Arc<Vec<Expected>>,
    pub(super) until: Instant,
}

impl Handler<Check> for Worker {
    type Result = ResponseFuture<Verdict>;

    fn handle(&mut self, check: Check, _: &mut Context<Self>) -> Self::Result {
        let hand = self.hand.clone();
        Box::pin(async move {
            let mut all = Verdict::default();
            for expected in check.expected.iter() {
                let browser = hand.browsers.borrow().get(&expected.reader).cloned();
                if let Some(browser) = browser {
                    all = all.plus(compare(&hand, &browser, expected, check.until).await);
                }
            }
            all
        })
    }
}

async fn compare(hand: &StageHand, browser: &Browser, expected: &Expected, until: Instant) -> Verdict {
    let with = &hand.cast.person(expected.with).name;
    loop {
        // A conversation that cannot be read has nothing in it.
        let verdict = expected.judge(&browser.numbers(with).await.unwrap_or_default());
        if verdict.missing == 0 || Instant::now() >= until {
            return verdict;
        }
        actix::clock::sleep(LOOK_EVERY).await;
    }
}

/// How the tabs of one person have done.
#[derive(Clone, Copy, Debug)]
pub(super) struct TabReport {
    pub(super) person: PersonIndex,
    /// Messages for them that it was told of.
    pub(super) seen: usize,
    /// Whether the node has closed it.
    pub(super) closed: bool,
}

/// Looks at how the tabs have done.
#[derive(Message)]
#[rtype(result = "Vec<TabReport>")]
pub(super) struct LookAtTabs;

impl Handler<LookAtTabs> for Worker {
    type Result = MessageResult<LookAtTabs>;

    fn handle(&mut self, _: LookAtTabs, _: &mut Context<Self>) -> Self::Result {
        let report = |tab: &Rc<tab::Tab>| TabReport { person: tab.person, seen: tab.seen.get(), closed: tab.closed.get() };
        MessageResult(self.hand.tabs.borrow().iter().map(report).collect())
    }
}

/// Hands the ledger over: nobody sends any more.
#[derive(Message)]
#[rtype(result = "Ledger")]
pub(super) struct CloseLedger;

impl Handler<CloseLedger> for Worker {
    type Result = MessageResult<CloseLedger>;

    fn handle(&mut self, _: CloseLedger, _: &mut Context<Self>) -> Self::Result {
        MessageResult(self.hand.ledger.take())
    }
}

/// Hands the book over: nothing more is written into it that counts.
#[derive(Message)]
#[rtype(result = "Book")]
pub(super) struct CloseBook;

impl Handler<CloseBook> for Worker {
    type Result = MessageResult<CloseBook>;

    fn handle(&mut self, _: CloseBook, _: &mut Context<Self>) -> Self::Result {
        MessageResult(self.hand.book.take())
    }
}
