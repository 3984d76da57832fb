//! Database: the one door for writes.
//!
//! Owns      the writer thread with its read-write connection.
//! Receives  `Write` (any actor, and the session store): a piece of work, all of which is committed or none;
//!           `Receive` (`web::peer`): a message that came in; `Close` (startup, last of all).
//! Sends     `Arrived` to the node's sessions after messages that came in are on disk.
//! Mailbox   `actors.mailbox`; behind it the writer's queue of `database.queue`, which answers `Busy` when it is full.
//! Restart   opens the file again; what was answered is on disk, what was not is unanswered.

use std::sync::Arc;
use std::thread::JoinHandle;

use actix::dev::{MessageResponse, OneshotSender};
use actix::{Actor, Context, Handler, Message, Recipient, ResponseFuture};
use rusqlite::Connection;

use super::node::Arrived;
use crate::db::DbError;
use crate::db::post::{Letter, Postbox};
use crate::db::queries::messages::{self, Incoming, Reception};
use crate::db::writer::{Answer, News, Writer, WriterSettings};

/// The owner of the writer.
pub struct Database {
    settings: WriterSettings,
    mailbox: usize,
    announce: Recipient<Arrived>,
    writer: Option<(Writer, JoinHandle<()>)>,
}

impl Database {
    /// Will open the database of `settings` when it starts; says to `announce` what comes in.
    #[must_use]
    pub fn new(settings: WriterSettings, mailbox: usize, announce: Recipient<Arrived>) -> Self {
        Self { settings, mailbox, announce, writer: None }
    }

    /// The writer; started again if its thread has ended.
    fn writer(&mut self) -> Result<&Writer, DbError> {
        if self.writer.as_ref().is_none_or(|(_, thread)| thread.is_finished()) {
            let sessions = self.announce.clone();
            let announce = move |messages| {
                if sessions.try_send(Arrived(messages)).is_err() {
                    tracing::warn!("the sessions are too busy for messages that came in; tabs read them from disk");
                }
            };
            let started =
                Writer::start(&self.settings, announce).inspect_err(|error| tracing::error!(?error, "cannot open the database: {error}"));
            self.writer = Some(started.map_err(|_| DbError::NotRunning)?);
        }
        self.writer.as_ref().map(|(writer, _)| writer).ok_or(DbError::NotRunning)
    }

    /// Has `work` done on the writer's thread. `news` says which message is to be announced once it is committed; the answer goes to `postbox`, if
    /// there is one, together with others.
    fn submit<T>(&mut self, work: Work<T>, news: fn(&T) -> News, postbox: Option<Postbox>) -> OnWriter<T> {
        OnWriter { writer: self.writer().cloned(), work, news, postbox }
    }
}

/// An answer that comes from the writer's thread, and goes from there straight to whoever asked.
pub struct OnWriter<T> {
    writer: Result<Writer, DbError>,
    work: Work<T>,
    news: fn(&T) -> News,
    postbox: Option<Postbox>,
}

impl<M, T> MessageResponse<Database, M> for OnWriter<T>
where
    M: Message<Result = Result<T, DbError>>,
    T: Send + 'static,
{
    fn handle(self, _: &mut Context<Database>, reply: Option<OneshotSender<M::Result>>) {
        let Self { writer, work, news, postbox } = self;
        // Whoever asked may have gone; the work stands all the same.
        let tell = move |outcome| drop(reply.map(|reply| reply.send(outcome)));
        let writer = match writer {
            Ok(writer) => writer,
            Err(error) => return tell(Err(error)),
        };
        writer.submit(work, move |outcome: Result<T, DbError>| {
            let news = outcome.as_ref().ok().and_then(news);
            let letter: Letter = Box::new(move || tell(outcome));
            if let Some(postbox) = postbox {
                return Answer { news, letter: Some((postbox, letter)) };
            }
            letter();
            Answer { news, letter: None }
        });
    }
}

impl Actor for Database {
    type Context = Context<Self>;

    fn started(&mut self, context: &mut Context<Self>) {
        context.set_mailbox_capacity(self.mailbox);
        // A failure is logged there, and tried again with the next write.
        let _ = self.writer();
    }
}

type Work<T> = Box<dyn FnOnce(&Connection) -> Result<T, DbError> + Send>;

/// A piece of work on the writer. It is answered when it is on the disk.
pub struct Write<T>(Work<T>);

impl<T> Write<T> {
    /// Wraps `work`, which calls functions of `db::queries`.
    pub fn new(work: impl FnOnce(&Connection) -> Result<T, DbError> + Send + 'static) -> Self {
        Self(Box::new(work))
    }
}

impl<T: Send + 'static> Message for Write<T> {
    type Result = Result<T, DbError>;
}

impl<T: Send + 'static> Handler<Write<T>> for Database {
    type Result = OnWriter<T>;

    fn handle(&mut self, Write(work): Write<T>, _: &mut Context<Self>) -> OnWriter<T> {
        self.submit(work, |_| None, None)
    }
}

/// A message that a peer brought. It is stored once, however often it comes.
pub struct Receive {
    incoming: Arc<Incoming>,
    postbox: Postbox,
}

impl Receive {
    /// To be asked from the thread on which it is made.
    #[must_use]
    pub fn new(incoming: Arc<Incoming>) -> Self {
        Self { incoming, postbox: Postbox::here() }
    }
}

impl Message for Receive {
    type Result = Result<Reception, DbError>;
}

impl Handler<Receive> for Database {
    type Result = OnWriter<Reception>;

    fn handle(&mut self, Receive { incoming, postbox }: Receive, _: &mut Context<Self>) -> OnWriter<Reception> {
        let news = |reception: &Reception| match reception {
            Reception::New(message) => Some(message.clone()),
            _ => None,
        };
        self.submit(Box::new(move |connection| messages::receive(connection, &incoming)), news, Some(postbox))
    }
}

/// Finishes what was accepted, then closes the database. The answer is the last thing that it does.
#[derive(Message)]
#[rtype(result = "()")]
pub struct Close;

impl Handler<Close> for Database {
    type Result = ResponseFuture<()>;

    fn handle(&mut self, _: Close, _: &mut Context<Self>) -> Self::Result {
        let Some((writer, thread)) = self.writer.take() else { return Box::pin(async {}) };
        drop(writer);
        Box::pin(async move {
            // The thread ends once its queue is empty.
            if actix_web::web::block(move || thread.join()).await.is_err() {
                tracing::error!("the writer did not end well; the next start reads its log");
            }
        })
    }
}
