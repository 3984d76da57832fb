//! One peer of twenty that takes connections and never answers.

use std::time::Instant;

use super::super::support::{Events, Link, Mode, TestLoginServer, TestNetwork, User};
use super::table::{Times, as_usual, judge, row, size, title};

const PEERS: usize = 19;

/// By how much the slowest may become slower.
const MOST_RATIO: f64 = 1.5;

/// Sends one message to each of `peers`, each time with one to `mute` before it, and waits for its delivery.
async fn rounds(count: u64, ana: &User, tab: &mut Events, peers: &[&str], mute: Option<&str>) -> Times {
    let mut times = Times::default();
    for round in 0..count {
        if let Some(mute) = mute {
            ana.send(mute, &format!("can you hear me? {round}")).await;
        }
        for peer in peers {
            let start = Instant::now();
            let sent = ana.send(peer, &format!("number {round}")).await;
            tab.receipt(&sent, "delivered").await;
            times.add(start.elapsed());
        }
    }
    times
}

#[actix_web::test]
#[ignore = "a trial, see scripts/relays"]
async fn a_peer_that_never_answers_slows_nobody_else() {
    let count = size("KITH_TRIAL_ROUNDS", 100);
    let names: Vec<String> = (1..=PEERS).map(|n| format!("peer-{n}")).collect();
    let peers: Vec<&str> = names.iter().map(String::as_str).collect();
    let people: Vec<&str> = peers.iter().copied().chain(["ana", "mute"]).collect();
    let network = TestNetwork::under(TestLoginServer::start(&people).await).await;
    let mut users = Vec::new();
    for name in &peers {
        users.push(network.node_with(as_usual).await.as_user(name).await);
    }
    let mute = Link::to(network.login_server.address()).await;
    mute.set(Mode::Silent);
    network.login_server.report("mute", mute.address()).await;
    let ana = network.node_with(as_usual).await.as_user("ana").await;
    for name in peers.iter().chain(["mute"].iter()) {
        ana.sees_online(name).await;
    }
    let mut tab = ana.events().await;
    rounds(3, &ana, &mut tab, &peers, None).await;

    let mut without = rounds(count, &ana, &mut tab, &peers, None).await;
    let mut with = rounds(count, &ana, &mut tab, &peers, Some("mute")).await;
    title("From sending until delivered, for nineteen peers; a twentieth takes connections and never answers");
    without.print("without anything for the twentieth");
    with.print("with a message for it before each round");
    judge("p99 with to p99 without", with.percentile(99) / without.percentile(99), MOST_RATIO, "");

    for message in ana.conversation("mute").await {
        assert!(["pending", "relayed"].contains(&message["receipt"].as_str().unwrap()), "{message}");
    }
    for user in &users {
        let wanted = usize::try_from(3 + 2 * count).unwrap().min(200);
        assert_eq!(user.conversation("ana").await.len(), wanted, "{}", user.name);
    }
    row("messages lost, or delivered by a node that never answered", 0);
    drop(users);
    network.stop().await;
}
