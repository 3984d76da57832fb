//! Writes: one thread with the one writable connection.
//!
//! It takes all the work that waits, runs each piece in a savepoint of its own, commits once, and only then answers. An answer
//! means that the data is on the disk. A piece that fails is rolled back alone; a commit that fails, fails every piece in it.
//! Messages that came in are then announced together: whoever is told wakes once a commit, not once a message.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::PathBuf;
use std::sync::Arc;
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use rusqlite::Connection;
use tokio::sync::mpsc;

use super::connection::{self, OpenError};
use super::error::DbError;
use super::folding::Folding;
use super::post::{Letter, Post, Postbox};
use super::queries::messages::StoredMessage;
use crate::crash::{self, Point};
use crate::metrics::Metrics;

/// How the thread is set up.
#[derive(Clone)]
pub struct WriterSettings {
    /// The database file.
    pub path: PathBuf,
    /// Pieces of work that may wait.
    pub queue: usize,
    /// Most pieces in one commit.
    pub batch: usize,
    /// How long to wait for a lock that another program holds.
    pub lock_timeout: Duration,
    /// Where commits are counted.
    pub metrics: Metrics,
}

/// The way to the thread. The thread ends when every clone is gone and all accepted work is done.
#[derive(Clone)]
pub struct Writer {
    jobs: mpsc::Sender<Box<dyn Job>>,
}

/// A message that has just come in, if a piece of work has led to one.
pub type News = Option<Arc<StoredMessage>>;

/// How a piece of work is answered.
pub struct Answer {
    /// What is to be announced.
    pub news: News,
    /// The answer and where it goes; `None` when it was given already.
    pub letter: Option<(Postbox, Letter)>,
}

impl Answer {
    /// It was given, and nobody else is to be told.
    pub const GIVEN: Self = Self { news: None, letter: None };

    /// Brings the letter on its own.
    fn deliver(self) {
        if let Some((_, deliver)) = self.letter {
            deliver();
        }
    }
}

/// A piece of work on its way through the thread.
trait Job: Send {
    /// Does the work inside a savepoint.
    fn run(&mut self, connection: &Connection) -> Result<(), DbError>;
    /// Answers: with the result of the work if `committed`.
    fn answer(self: Box<Self>, committed: Result<(), DbError>) -> Answer;
}

struct Work<T, F, A> {
    todo: Option<F>,
    result: Option<T>,
    answer: A,
}

impl<T, F, A> Job for Work<T, F, A>
where
    T: Send,
    F: FnOnce(&Connection) -> Result<T, DbError> + Send,
    A: FnOnce(Result<T, DbError>) -> Answer + Send,
{
    fn run(&mut self, connection: &Connection) -> Result<(), DbError> {
        let work = self.todo.take().ok_or(DbError::Panicked)?;
        self.result = Some(work(connection)?);
        Ok(())
    }

    fn answer(self: Box<Self>, committed: Result<(), DbError>) -> Answer {
        let Self { result, answer, .. } = *self;
        answer(committed.and_then(|()| result.ok_or(DbError::Panicked)))
    }
}

impl Writer {
    /// Opens the database, brings it up to date, and starts the thread, which calls `announce` with what has come in with a commit.
    ///
    /// # Errors
    /// [`OpenError`] when the file cannot be used.
    pub fn start(
        settings: &WriterSettings,
        announce: impl Fn(Vec<Arc<StoredMessage>>) + Send + 'static,
    ) -> Result<(Self, JoinHandle<()>), OpenError> {
        let connection = connection::open_writer(&settings.path, settings.lock_timeout)?;
        let (jobs, queue) = mpsc::channel(settings.queue);
        let (batch, metrics) = (settings.batch, settings.metrics.clone());
        let cannot = |source| OpenError::Open { path: settings.path.display().to_string(), source };
        let folding = Folding::start(&settings.path).map_err(|error| cannot(thread_error(&error)))?;
        // `folding` does it beside the commits; SQLite would do it in one of them.
        connection.pragma_update(None, "wal_autocheckpoint", 0).map_err(cannot)?;
        let thread = std::thread::Builder::new()
            .name("kith-writer".to_owned())
            .spawn(move || run(&connection, queue, batch, &metrics, folding, announce))
            .map_err(|error| cannot(thread_error(&error)))?;
        Ok((Self { jobs }, thread))
    }

    /// Hands `work` to the thread, which calls `answer` with its outcome after the commit. `answer` has to be quick: others wait for theirs.
    /// Its letters are brought with those of the same commit.
    ///
    /// [`DbError::Busy`] is the answer when the queue is full, [`DbError::NotRunning`] when the thread has ended; then it is called here.
    pub fn submit<T, F, A>(&self, work: F, answer: A)
    where
        T: Send + 'static,
        F: FnOnce(&Connection) -> Result<T, DbError> + Send + 'static,
        A: FnOnce(Result<T, DbError>) -> Answer + Send + 'static,
    {
        let (job, error) = match self.jobs.try_send(Box::new(Work { todo: Some(work), result: None, answer })) {
            Ok(()) => return,
            Err(mpsc::error::TrySendError::Full(job)) => (job, DbError::Busy),
            Err(mpsc::error::TrySendError::Closed(job)) => (job, DbError::NotRunning),
        };
        // Nothing was done, so there is nothing to announce.
        job.answer(Err(error)).deliver();
    }
}

fn thread_error(error: &std::io::Error) -> rusqlite::Error {
    rusqlite::Error::SqliteFailure(rusqlite::ffi::Error::new(rusqlite::ffi::SQLITE_NOMEM), Some(error.to_string()))
}

fn run(
    connection: &Connection,
    mut queue: mpsc::Receiver<Box<dyn Job>>,
    max_batch: usize,
    metrics: &Metrics,
    folding: Folding,
    announce: impl Fn(Vec<Arc<StoredMessage>>),
) {
    while let Some(first) = queue.blocking_recv() {
        let batch = gather(first, &mut queue, max_batch);
        let (size, start) = (batch.len(), Instant::now());
        let outcomes = commit(connection, batch);
        metrics.committed(size, start.elapsed(), queue.len());
        let (mut post, mut news) = (Post::default(), Vec::new());
        for (job, outcome) in outcomes {
            let answer = job.answer(outcome);
            news.extend(answer.news);
            if let Some((to, letter)) = answer.letter {
                post.add(to, letter);
            }
        }
        post.deliver();
        if !news.is_empty() {
            announce(news);
        }
        if let Err(error) = folding.look_after(connection) {
            tracing::warn!(%error, "could not fold the write-ahead log into the database; it is tried again with the next commit");
        }
    }
    folding.end();
    // The last one out folds the log into the database, so that a copy of the file alone is whole.
    if let Err(error) = connection.pragma_update(None, "wal_checkpoint", "TRUNCATE") {
        tracing::warn!(%error, "could not fold the write-ahead log into the database; the next start will");
    }
}

/// Takes what waits, up to `max_batch`; never waits for more.
fn gather(first: Box<dyn Job>, queue: &mut mpsc::Receiver<Box<dyn Job>>, max_batch: usize) -> Vec<Box<dyn Job>> {
    let mut batch = vec![first];
    while batch.len() < max_batch {
        match queue.try_recv() {
            Ok(job) => batch.push(job),
            Err(_) => break,
        }
    }
    batch
}

type Outcome = (Box<dyn Job>, Result<(), DbError>);

/// Runs the batch in one transaction. After it, no transaction is open.
fn commit(connection: &Connection, batch: Vec<Box<dyn Job>>) -> Vec<Outcome> {
    crash::reach(Point::BeforeWrite);
    if let Err(error) = execute(connection, "BEGIN IMMEDIATE") {
        return fail_all(batch, &error);
    }
    let mut outcomes: Vec<Outcome> = Vec::with_capacity(batch.len());
    let mut rest = batch.into_iter();
    while let Some(mut job) = rest.next() {
        let outcome = run_in_savepoint(connection, job.as_mut());
        // A full disk or a failing one makes SQLite roll back everything, and the savepoint with it.
        let transaction_lost = connection.is_autocommit();
        match outcome {
            Err(error) if transaction_lost => {
                let done = outcomes.into_iter().map(|(job, _)| job);
                return fail_all(done.chain([job]).chain(rest), &error);
            }
            outcome => outcomes.push((job, outcome)),
        }
    }
    crash::reach(Point::AfterWrite);
    if let Err(error) = execute(connection, "COMMIT") {
        if !connection.is_autocommit()
            && let Err(error) = execute(connection, "ROLLBACK")
        {
            tracing::error!(?error, "could not roll back after a failed commit");
        }
        return fail_all(outcomes.into_iter().map(|(job, _)| job), &error);
    }
    crash::reach(Point::AfterCommit);
    outcomes
}

fn run_in_savepoint(connection: &Connection, job: &mut dyn Job) -> Result<(), DbError> {
    execute(connection, "SAVEPOINT job")?;
    let outcome = catch_unwind(AssertUnwindSafe(|| job.run(connection))).unwrap_or(Err(DbError::Panicked));
    match &outcome {
        Ok(()) => execute(connection, "RELEASE job")?,
        Err(_) if connection.is_autocommit() => {}
        Err(_) => {
            execute(connection, "ROLLBACK TO job")?;
            execute(connection, "RELEASE job")?;
        }
    }
    outcome
}

fn execute(connection: &Connection, sql: &'static str) -> Result<(), DbError> {
    connection.prepare_cached(sql)?.execute([])?;
    Ok(())
}

fn fail_all(jobs: impl IntoIterator<Item = Box<dyn Job>>, error: &DbError) -> Vec<Outcome> {
    jobs.into_iter().map(|job| (job, Err(error.clone()))).collect()
}

#[cfg(test)]
mod tests {
    use tokio::sync::oneshot;

    use super::*;

    fn submit<T: Send + 'static>(
        writer: &Writer,
        work: impl FnOnce(&Connection) -> Result<T, DbError> + Send + 'static,
    ) -> oneshot::Receiver<Result<T, DbError>> {
        let (reply, answer) = oneshot::channel();
        writer.submit(work, move |result| {
            drop(reply.send(result));
            Answer::GIVEN
        });
        answer
    }

    fn writer(folder: &tempfile::TempDir) -> (Writer, JoinHandle<()>) {
        let (path, metrics) = (folder.path().join("kith.db"), Metrics::default());
        let settings = WriterSettings { path, queue: 16, batch: 8, lock_timeout: Duration::from_millis(100), metrics };
        Writer::start(&settings, |_| {}).unwrap()
    }

    fn insert(name: &'static str) -> impl FnOnce(&Connection) -> Result<usize, DbError> + Send {
        move |connection| Ok(connection.execute("INSERT INTO facts VALUES (?, x'00')", [name])?)
    }

    #[tokio::test]
    async fn a_piece_that_fails_or_panics_fails_alone() {
        let folder = tempfile::tempdir().unwrap();
        let (writer, thread) = writer(&folder);
        let before = submit(&writer, insert("before"));
        let twice = submit(&writer, |c| insert("a")(c).and_then(|_| insert("a")(c)));
        let panics = submit(&writer, |c| -> Result<usize, DbError> { insert("b")(c).map(|_| panic!("on purpose")) });
        let after = submit(&writer, insert("after"));

        assert_eq!(before.await.unwrap().unwrap(), 1);
        assert!(matches!(twice.await.unwrap(), Err(DbError::Sqlite(_))));
        assert!(matches!(panics.await.unwrap(), Err(DbError::Panicked)));
        assert_eq!(after.await.unwrap().unwrap(), 1);
        let names = submit(&writer, |c| Ok(c.query_row("SELECT group_concat(name) FROM facts", [], |row| row.get::<_, String>(0))?));
        assert_eq!(names.await.unwrap().unwrap(), "after,before");
        drop(writer);
        thread.join().unwrap();
    }

    #[tokio::test]
    async fn while_another_program_holds_the_lock_writes_fail_and_then_work_again() {
        let folder = tempfile::tempdir().unwrap();
        let (writer, _thread) = writer(&folder);
        let other = Connection::open(folder.path().join("kith.db")).unwrap();
        other.execute_batch("BEGIN EXCLUSIVE").unwrap();
        assert!(matches!(submit(&writer, insert("a")).await.unwrap(), Err(DbError::Busy)));
        other.execute_batch("ROLLBACK").unwrap();
        assert_eq!(submit(&writer, insert("a")).await.unwrap().unwrap(), 1);
    }

    #[tokio::test]
    async fn a_full_queue_says_busy_at_once() {
        let folder = tempfile::tempdir().unwrap();
        let (writer, _thread) = writer(&folder);
        let (open_gate, gate) = std::sync::mpsc::channel::<()>();
        let held = submit(&writer, move |_| gate.recv().map_err(|_| DbError::Panicked));
        let mut waiting = Vec::new();
        let refused = loop {
            let mut answer = submit(&writer, |_| Ok(()));
            match answer.try_recv() {
                Ok(outcome) => break outcome,
                Err(_) => waiting.push(answer),
            }
        };
        assert!(matches!(refused, Err(DbError::Busy)));
        open_gate.send(()).unwrap();
        held.await.unwrap().unwrap();
        for answer in waiting {
            answer.await.unwrap().unwrap();
        }
    }
}
