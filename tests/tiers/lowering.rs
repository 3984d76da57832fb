//! Refusals for the manner of a message, and what is never sent.

use kith::domain::receipt::Receipt;
use kith::protocol::encryption::Encryption as E;

use super::outgoing::{CALLS, meet};
use super::shared::{Habits, Handshakes, OldNode};
use super::support::Town;

const ALL: &str = "/receiveMessage\nEncryption 0 1 2 4\nHashing 0 1 2 3 4";

#[actix_web::test]
async fn a_node_that_reckons_another_hash_gets_the_message_without() {
    let fake = OldNode::with(Habits {
        list_api: ALL.to_owned(),
        handshakes: Handshakes::None,
        server: "T",
        judge: Box::new(|got| if got.hashing > 0 { "7: no" } else { "0: Success" }),
        ..Habits::default()
    })
    .await;
    let (_town, ana) = meet(&fake).await;
    ana.write("old", "a & b").await;
    ana.newest_becomes("old", Receipt::Delivered).await;
    let tries: Vec<_> = fake.got().iter().map(|got| (got.encryption, got.hashing)).collect();
    assert_eq!(tries, [(E::Hybrid, 4), (E::Hybrid, 0)]);
}

#[actix_web::test]
async fn a_node_that_answers_9_gets_the_next_lower_standard_from_then_on() {
    let no_keys = Box::new(|got: &super::shared::Got| if got.encryption > E::Xor { "9: no" } else { "0: Success" });
    let fake =
        OldNode::with(Habits { list_api: ALL.to_owned(), handshakes: Handshakes::None, server: "A", judge: no_keys, ..Habits::default() })
            .await;
    let (_town, ana) = meet(&fake).await;
    for _ in 0..2 {
        ana.write("old", "hi").await;
        assert_eq!(ana.newest_becomes("old", Receipt::Delivered).await.encryption, 1);
    }
    let tries: Vec<E> = fake.got().iter().map(|got| got.encryption).collect();
    assert_eq!(tries, [E::Hybrid, E::Aes, E::Xor, E::Xor]);
}

#[actix_web::test]
async fn a_node_that_answers_10_gets_another_hash() {
    let few = Box::new(|got: &super::shared::Got| if got.hashing > 1 { "10: no" } else { "0: Success" });
    let fake = OldNode::with(Habits {
        list_api: "Encryption 0\nHashing 0 1 3".to_owned(),
        handshakes: Handshakes::None,
        server: "A",
        judge: few,
        ..Habits::default()
    })
    .await;
    let (_town, ana) = meet(&fake).await;
    ana.write("old", "hi").await;
    ana.newest_becomes("old", Receipt::Delivered).await;
    let tries: Vec<i64> = fake.got().iter().map(|got| got.hashing).collect();
    assert_eq!(tries, [3, 1]);
}

#[actix_web::test]
async fn a_node_that_refuses_everything_ends_in_a_failed_message() {
    for answer in ["9: no", "1: Use my new private key already", "7: no"] {
        let fake = OldNode::with(Habits {
            list_api: ALL.to_owned(),
            handshakes: Handshakes::None,
            server: "X",
            judge: Box::new(move |_| answer),
            ..Habits::default()
        })
        .await;
        let (_town, ana) = meet(&fake).await;
        ana.write("old", "hi").await;
        let failed = ana.newest_becomes("old", Receipt::Failed).await;
        assert!(failed.failure.unwrap().contains("refused"), "{answer}");
        assert!(fake.got().len() <= 6, "{answer}");
    }
}

#[actix_web::test]
async fn nothing_is_sent_below_the_least_encryption() {
    let fake = OldNode::start(&format!("{CALLS}Encryption 0 1 2\nHashing 0"), Handshakes::Honest).await;
    let town = Town::open().await;
    town.report("old", fake.address(), Some(fake.public_key())).await;
    let ana = town.node_of("ana", |settings| settings.peers.least_encryption = 4).await;
    ana.sees("old", true).await;
    ana.write("old", "hi").await;
    let failed = ana.newest_becomes("old", Receipt::Failed).await;
    assert!(failed.failure.unwrap().contains("standard 4"));
    assert_eq!(fake.got(), []);
}
