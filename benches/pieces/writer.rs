//! The writer: messages that come in, in commits of different sizes. A file on disk, with full sync.

use std::net::Ipv4Addr;
use std::time::Duration;

use divan::Bencher;
use divan::counter::ItemsCount;
use kith::db::queries::accounts;
use kith::db::queries::messages::{self, Incoming, Mark};
use kith::db::writer::{Answer, Writer, WriterSettings};
use kith::domain::clock;
use kith::domain::message::{Content, Markup};
use kith::domain::username::Username;
use kith::metrics::Metrics;
use tempfile::TempDir;
use tokio::sync::oneshot;

/// A message as peers bring it; each number makes another one.
pub(crate) fn incoming(number: u64) -> Incoming {
    let now = clock::now();
    let text = format!("The tide turns at noon, bring the long line and two lamps. {number}");
    Incoming {
        sender: Username::parse(&format!("peer-{}", number % 16)).unwrap(),
        destination: Username::parse("ana").unwrap(),
        stamp: now,
        content: Content::Text { text, markup: Markup::Plain },
        file: None,
        from: Ipv4Addr::LOCALHOST.into(),
        encryption: 0,
        mark: Mark::default(),
        arrived_at: now,
    }
}

/// Answers; there is nobody to whom it would be announced.
fn tell<T>(reply: oneshot::Sender<T>, outcome: T) -> Answer {
    drop(reply.send(outcome));
    Answer::GIVEN
}

/// A writer with a user, in a folder of its own.
fn start(batch: usize) -> (TempDir, Writer) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("kith.db");
    let settings = WriterSettings { path, queue: 4096, batch, lock_timeout: Duration::from_secs(1), metrics: Metrics::default() };
    let (writer, _) = Writer::start(&settings, |_| {}).unwrap();
    let (reply, answer) = oneshot::channel();
    writer.submit(
        |connection| accounts::logged_in(connection, &Username::parse("ana").unwrap(), "", clock::now()),
        move |outcome| tell(reply, outcome),
    );
    answer.blocking_recv().unwrap().unwrap();
    (folder, writer)
}

/// As many messages as wait together for one commit.
#[divan::bench(args = [1, 8, 64, 256])]
fn commit(bencher: Bencher<'_, '_>, size: u64) {
    let (_folder, writer) = start(256);
    let mut number = 0;
    bencher.counter(ItemsCount::new(size)).bench_local(|| {
        let answers: Vec<_> = (0..size)
            .map(|_| {
                number += 1;
                let (message, (reply, answer)) = (incoming(number), oneshot::channel());
                writer.submit(move |connection| messages::receive(connection, &message), move |outcome| tell(reply, outcome));
                answer
            })
            .collect();
        for answer in answers {
            answer.blocking_recv().unwrap().unwrap();
        }
    });
}
