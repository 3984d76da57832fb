//! What one message for somebody who is away costs a large network.

use super::super::support::{TestLoginServer, TestNetwork};
use super::table::{as_usual, row, size, title};

#[actix_web::test]
#[ignore = "a trial, see scripts/relays"]
async fn a_message_costs_three_copies_however_many_nodes_there_are() {
    let nodes = size("KITH_TRIAL_NODES", 50);
    let names: Vec<String> = (1..=nodes).map(|n| format!("user-{n}")).chain(["away".to_owned()]).collect();
    let people: Vec<&str> = names.iter().map(String::as_str).collect();
    let network = TestNetwork::under(TestLoginServer::start(&people).await).await;
    let (mut all, mut users) = (Vec::new(), Vec::new());
    for name in &people[..people.len() - 1] {
        let node = network.node_with(as_usual).await;
        users.push(node.as_user(name).await);
        all.push(node);
    }
    let author = users.pop().unwrap();
    for user in &users {
        author.sees_online(&user.name).await;
    }
    for text in ["first", "second"] {
        let sent = author.send("away", text).await;
        author.has_receipt(&sent, "relayed").await;
    }
    let (mut held, mut calls, mut holders) = (0, 0, 0);
    for node in &all {
        let of_node = node.count("SELECT count(*) FROM held");
        held += of_node;
        holders += u64::from(of_node > 0);
        calls += node.figures().await.calls("/receiveMessage", 0);
    }
    title("Two messages for somebody who is away, one after the other");
    row("nodes online", nodes);
    row("copies held by all of them", held);
    row("nodes that hold one", holders);
    row("/receiveMessage that they were called with", calls);
    assert_eq!((held, calls, holders), (6, 6, 3), "three copies of each, with the same three nodes, and no call besides");
    drop((author, users));
    network.stop().await;
}
