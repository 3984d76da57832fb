//! Indexer: keeps the index of search behind the messages, by a moment.
//!
//! Owns      how far the index is to come next; how far it has come is on disk.
//! Receives  `MessagesStored` (sessions, and the node when a message came in), many of which are one; `Halt` (startup); its own sweep.
//! Sends     `Write` to the database, `search.batch` messages at a time, or `search.busy_batch` while more come, with a rest after each.
//! Mailbox   16. A `MessagesStored` that does not fit says nothing new: another waits already.
//! Restart   goes on from what is on disk.
//!
//! Indexing costs more than storing. So it is not part of the message's own transaction, and it leaves most of the writer's time to others.

use std::time::{Duration, Instant};

use actix::{Actor, ActorFutureExt, AsyncContext, Context, Handler, Message, SpawnHandle, WrapFuture};

use super::database::{Database, Write};
use super::supervise::{Link, Unanswered};
use crate::config::SearchSettings;
use crate::db::DbError;
use crate::db::queries::search;

/// How often it is looked for what no hint told of.
const SWEEP_EVERY: Duration = Duration::from_secs(30);

/// What waits beyond this is the same news again.
const MAILBOX: usize = 16;

/// An index that does not grow. Messages are stored all the same.
#[derive(Clone, Debug, thiserror::Error)]
enum IndexError {
    #[error(transparent)]
    Database(#[from] DbError),
    #[error(transparent)]
    Unanswered(#[from] Unanswered),
}

/// The owner of the index.
pub struct Indexer {
    settings: SearchSettings,
    database: Link<Database>,
    work: Option<SpawnHandle>,
    woken_meanwhile: bool,
    halted: bool,
}

impl Indexer {
    /// Will index what `database` holds.
    #[must_use]
    pub fn new(settings: SearchSettings, database: Link<Database>) -> Self {
        Self { settings, database, work: None, woken_meanwhile: false, halted: false }
    }

    /// Works step by step until the index has caught up; once more if there was news meanwhile.
    fn catch_up(&mut self, context: &mut Context<Self>) {
        if self.halted {
            return;
        }
        if self.work.is_some() {
            self.woken_meanwhile = true;
            return;
        }
        // What comes in a burst is indexed together.
        self.step_after(Duration::from_millis(self.settings.linger_ms), context);
    }

    fn step_after(&mut self, rest: Duration, context: &mut Context<Self>) {
        self.work = Some(context.run_later(rest, Self::step));
    }

    /// Indexes some messages: few if there was news since the last step, since whoever brings more waits for this.
    fn step(&mut self, context: &mut Context<Self>) {
        let SearchSettings { batch, busy_batch, share_percent, .. } = self.settings;
        let size = if std::mem::take(&mut self.woken_meanwhile) { busy_batch } else { batch };
        let (begun, database) = (Instant::now(), self.database.clone());
        let work = async move { Ok::<_, IndexError>(database.ask(Write::new(move |connection| search::index(connection, size))).await??) };
        self.work = Some(context.spawn(work.into_actor(self).map(move |outcome, indexer, context| {
            indexer.work = None;
            match outcome {
                Ok(step) if !step.caught_up => indexer.step_after(rest_after(begun.elapsed(), share_percent), context),
                Ok(_) if indexer.woken_meanwhile => indexer.catch_up(context),
                Ok(_) => {}
                Err(error) => tracing::warn!(%error, "could not index messages for search; the next sweep goes on"),
            }
        })));
    }
}

/// How long to rest after `work`, so that working takes `share_percent` of the time. A writer that is busy with others makes both longer.
fn rest_after(work: Duration, share_percent: u32) -> Duration {
    work * 100_u32.saturating_sub(share_percent) / share_percent.max(1)
}

impl Actor for Indexer {
    type Context = Context<Self>;

    fn started(&mut self, context: &mut Context<Self>) {
        context.set_mailbox_capacity(MAILBOX);
        self.catch_up(context);
        context.run_interval(SWEEP_EVERY, Self::catch_up);
    }
}

/// There are messages that the index may not have.
#[derive(Message)]
#[rtype(result = "()")]
pub struct MessagesStored;

impl Handler<MessagesStored> for Indexer {
    type Result = ();

    fn handle(&mut self, _: MessagesStored, context: &mut Context<Self>) {
        self.catch_up(context);
    }
}

/// The node stops: nothing more is written. The next start goes on.
#[derive(Message)]
#[rtype(result = "()")]
pub struct Halt;

impl Handler<Halt> for Indexer {
    type Result = ();

    fn handle(&mut self, _: Halt, context: &mut Context<Self>) {
        self.halted = true;
        if let Some(work) = self.work.take() {
            context.cancel_future(work);
        }
    }
}

/// Tells the indexer of new messages. It costs no more than a look at a full mailbox, and nobody waits for it.
pub fn hint(indexer: &Link<Indexer>) {
    // Full: it knows already. Gone: it looks when it starts.
    let _ = indexer.tell(MessagesStored);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_quarter_of_the_time_leaves_three_quarters_to_others() {
        assert_eq!(rest_after(Duration::from_millis(10), 25), Duration::from_millis(30));
        assert_eq!(rest_after(Duration::from_millis(10), 100), Duration::ZERO);
    }
}
