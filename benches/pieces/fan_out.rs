//! One event to the queues of many tabs.

use divan::Bencher;
use divan::counter::ItemsCount;
use kith::actors::event::Event;
use kith::actors::session::{OpenTab, Push};
use kith::domain::browser::BrowserId;
use tokio::sync::mpsc;

use super::network::Network;

#[divan::bench(args = [1, 100, 1000])]
fn push(bencher: Bencher<'_, '_>, tabs: usize) {
    let Network { system, session, .. } = &Network::start();
    let mut queues = Vec::new();
    for _ in 0..tabs {
        let (queue, events) = mpsc::channel(256);
        system.block_on(session.send(OpenTab { browser: BrowserId::from_random([7; 8]), queue })).unwrap();
        queues.push(events);
    }
    bencher.counter(ItemsCount::new(tabs)).bench_local(|| {
        system.block_on(async {
            session.send(Push(Event::Event { id: "0123456789abcdef".repeat(40) })).await.unwrap();
            for events in &mut queues {
                events.recv().await.unwrap();
            }
        });
    });
}
