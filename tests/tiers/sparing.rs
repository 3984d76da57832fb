//! How often other nodes are called.

use std::time::Duration;

use kith::domain::receipt::Receipt;

use super::outgoing::{CALLS, meet};
use super::shared::{Habits, Handshakes, OldNode};
use super::support::{Town, eventually};

#[actix_web::test]
async fn a_node_of_2017_gets_no_more_calls_in_half_a_minute_than_the_setting() {
    let fake = OldNode::start(&format!("{CALLS}Encryption 0 2\nHashing 0"), Handshakes::Honest).await;
    let town = Town::open().await;
    town.report("old", fake.address(), None).await;
    let ana = town.node_of("ana", |settings| settings.peers.calls_per_half_minute = 5).await;
    ana.sees("old", false).await;
    for n in 0..8 {
        ana.write("old", &format!("{n}")).await;
    }
    eventually("three deliveries", async || (fake.got().len() == 3).then_some(())).await;
    actix_web::rt::time::sleep(Duration::from_secs(2)).await;
    assert_eq!(fake.calls().len(), 5);
    assert_eq!(ana.talk_with("old").await[0].receipt, Some(Receipt::Pending));
}

#[actix_web::test]
async fn a_known_kith_node_costs_one_call_a_message() {
    let list_api = kith::protocol::list_api::recommended_text();
    let fake = OldNode::with(Habits {
        list_api,
        handshakes: Handshakes::Honest,
        server: "kith/9.9.9",
        judge: Box::new(|_| "0: Success"),
        ..Habits::default()
    })
    .await;
    let town = Town::open().await;
    town.report("old", fake.address(), Some(fake.public_key())).await;
    let ana = town.node_of("ana", |settings| settings.peers.calls_per_half_minute = 5).await;
    ana.sees("old", true).await;
    for n in 0..20 {
        ana.write("old", &format!("{n}")).await;
    }
    eventually("twenty deliveries", async || (fake.got().len() == 20).then_some(())).await;
    assert_eq!(fake.calls().len(), 22);
}

#[actix_web::test]
async fn a_node_that_answers_11_is_left_alone() {
    let fake = OldNode::with(Habits {
        list_api: "Encryption 0\nHashing 0".to_owned(),
        handshakes: Handshakes::None,
        server: "S",
        judge: Box::new(|_| "11: no"),
        ..Habits::default()
    })
    .await;
    let (_town, ana) = meet(&fake).await;
    ana.write("old", "one").await;
    eventually("the first try", async || (fake.got().len() == 1).then_some(())).await;
    ana.write("old", "two").await;
    actix_web::rt::time::sleep(Duration::from_secs(2)).await;
    assert_eq!(fake.got().len(), 1);
    assert_eq!(ana.talk_with("old").await[1].receipt, Some(Receipt::Pending));
}
