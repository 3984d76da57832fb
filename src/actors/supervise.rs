//! Keeps the node's actors alive.
//!
//! Actix neither notices a panic nor rebuilds an actor. Here each long-lived actor has a watcher, which makes a new one from its factory when the
//! old one is gone; the new one reads what it owned back from disk in `started`. After three in a minute the node stops and says why,
//! since something is wrong that a restart does not mend.

use std::collections::VecDeque;
use std::time::{Duration, Instant};

use actix::dev::ToEnvelope;
use actix::{Actor, Addr, Arbiter, ArbiterHandle, Context, Handler, MailboxError, Message};
use tokio::sync::{mpsc, watch};

use crate::metrics::{ActorFigures, Metrics};

/// How often a watcher looks at its actor.
const LOOK_EVERY: Duration = Duration::from_millis(100);

/// Restarts within [`RESTART_WINDOW`] after which the node gives up.
const MOST_RESTARTS: usize = 3;

/// The time in which restarts are counted.
const RESTART_WINDOW: Duration = Duration::from_mins(1);

/// A message that got no answer. The work it asked for may or may not be done; a write is done only when it was answered.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Unanswered {
    /// Its mailbox is full, or it took too long.
    #[error("a part of the node is busy")]
    Busy,
    /// It has just failed, and is being started again; or the node is stopping.
    #[error("a part of the node is restarting")]
    Gone,
}

/// The way to a supervised actor: leads to the present one, also after a restart.
pub struct Link<A: Actor> {
    current: watch::Receiver<Addr<A>>,
    patience: Duration,
    figures: ActorFigures,
}

impl<A: Actor> Clone for Link<A> {
    fn clone(&self) -> Self {
        Self { current: self.current.clone(), patience: self.patience, figures: self.figures.clone() }
    }
}

impl<A: Actor> Link<A> {
    /// Sends `message` and waits for the answer, for as long as the setting `actors.answer_timeout_ms` says.
    ///
    /// # Errors
    /// [`Unanswered`] when there is no answer in time.
    pub async fn ask<M>(&self, message: M) -> Result<M::Result, Unanswered>
    where
        M: Message + Send + 'static,
        M::Result: Send,
        A: Handler<M>,
        A::Context: ToEnvelope<A, M>,
    {
        let address = self.current.borrow().clone();
        let _question = self.figures.question();
        address.send(message).timeout(self.patience).await.map_err(|error| match error {
            MailboxError::Timeout => Unanswered::Busy,
            MailboxError::Closed => Unanswered::Gone,
        })
    }

    /// Sends `message` without waiting for an answer.
    ///
    /// # Errors
    /// [`Unanswered::Busy`] when the mailbox is full: the message is not sent.
    pub fn tell<M>(&self, message: M) -> Result<(), Unanswered>
    where
        M: Message + Send + 'static,
        M::Result: Send,
        A: Handler<M>,
        A::Context: ToEnvelope<A, M>,
    {
        let address = self.current.borrow().clone();
        address.try_send(message).map_err(|error| match error {
            actix::dev::SendError::Full(_) => {
                self.figures.refused();
                Unanswered::Busy
            }
            actix::dev::SendError::Closed(_) => Unanswered::Gone,
        })
    }
}

/// Why the node has to stop, sent by a watcher that gives up.
pub type Fatal = mpsc::UnboundedSender<String>;

/// Where actors run, and what their watchers need.
#[derive(Clone)]
pub struct Supervisor {
    arbiter: ArbiterHandle,
    patience: Duration,
    fatal: Fatal,
    running: watch::Receiver<bool>,
    metrics: Metrics,
}

impl Supervisor {
    /// Starts actors on `arbiter`, and counts in `metrics` how those who ask them fare. Watching ends when `running` becomes false or its sender is
    /// gone.
    #[must_use]
    pub fn new(arbiter: &Arbiter, patience: Duration, fatal: Fatal, running: watch::Receiver<bool>, metrics: Metrics) -> Self {
        Self { arbiter: arbiter.handle(), patience, fatal, running, metrics }
    }

    /// Starts the actor that `factory` makes, and makes another whenever it is gone.
    pub fn start<A>(&self, name: &'static str, factory: impl Fn() -> A + Clone + Send + 'static) -> Link<A>
    where
        A: Actor<Context = Context<A>>,
    {
        let arbiter = self.arbiter.clone();
        let make = move || {
            let factory = factory.clone();
            A::start_in_arbiter(&arbiter, move |_| factory())
        };
        let (present, current) = watch::channel(make());
        let watcher = watch_over(name, make, present, self.fatal.clone(), self.running.clone());
        actix::spawn(watcher);
        Link { current, patience: self.patience, figures: self.metrics.of_actor(name) }
    }
}

async fn watch_over<A: Actor>(
    name: &'static str,
    make: impl Fn() -> Addr<A>,
    present: watch::Sender<Addr<A>>,
    fatal: Fatal,
    mut running: watch::Receiver<bool>,
) {
    let mut restarts = VecDeque::new();
    loop {
        tokio::select! {
            stopped = running.wait_for(|running| !running) => { drop(stopped); return }
            () = actix::clock::sleep(LOOK_EVERY) => {}
        }
        if present.borrow().connected() {
            continue;
        }
        let now = Instant::now();
        restarts.retain(|at: &Instant| now.duration_since(*at) < RESTART_WINDOW);
        restarts.push_back(now);
        if restarts.len() > MOST_RESTARTS {
            // Nobody listening means that the node is stopping already.
            let _ = fatal.send(format!("the {name} failed {} times within a minute", restarts.len()));
            return;
        }
        tracing::error!(actor = name, restarts = restarts.len(), "the {name} failed; starting it again");
        present.send_replace(make());
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    struct Fragile;

    impl Actor for Fragile {
        type Context = Context<Self>;
    }

    #[derive(Message)]
    #[rtype(result = "u8")]
    struct Ask;

    impl Handler<Ask> for Fragile {
        type Result = u8;
        fn handle(&mut self, _: Ask, _: &mut Context<Self>) -> u8 {
            7
        }
    }

    #[derive(Message)]
    #[rtype(result = "()")]
    struct Break;

    impl Handler<Break> for Fragile {
        type Result = ();
        fn handle(&mut self, _: Break, _: &mut Context<Self>) {
            panic!("on purpose")
        }
    }

    async fn answers(link: &Link<Fragile>) {
        while link.ask(Ask).await != Ok(7) {
            actix::clock::sleep(LOOK_EVERY / 10).await;
        }
    }

    #[actix::test]
    async fn an_actor_that_panics_is_there_again_until_it_panics_too_often() {
        let arbiter = Arbiter::new();
        let (fatal, mut reason) = mpsc::unbounded_channel();
        let (_keep, running) = watch::channel(true);
        let supervisor = Supervisor::new(&arbiter, Duration::from_secs(1), fatal, running, Metrics::default());
        let link = supervisor.start("fragile", || Fragile);
        for _ in 0..MOST_RESTARTS {
            answers(&link).await;
            assert_eq!(link.ask(Break).await, Err(Unanswered::Gone));
        }
        answers(&link).await;
        assert!(reason.try_recv().is_err());
        assert_eq!(link.ask(Break).await, Err(Unanswered::Gone));
        assert!(reason.recv().await.unwrap().contains("the fragile failed"));
    }
}
