//! `/acknowledge`, both ways.

use kith::actors::node::FindSession;
use kith::actors::session::MarkRead;
use kith::domain::receipt::Receipt;

use super::outgoing::{CALLS, meet};
use super::shared::{Handshakes, OldNode};
use super::support::{Kith, Town, eventually, text_of};

async fn reads(reader: &Kith, from: &str) {
    let newest = reader.talk_with(from).await.remove(0);
    let session = reader.node.state().node.send(FindSession(reader.user.clone())).await.unwrap().unwrap();
    session.send(MarkRead { with: super::support::name(from), up_to: newest.id }).await.unwrap().unwrap();
}

async fn acknowledge(ana: &Kith, body: serde_json::Value) -> String {
    let request = reqwest::Client::new().post(format!("{}/acknowledge", ana.node.url())).json(&body);
    request.send().await.unwrap().text().await.unwrap()
}

#[actix_web::test]
async fn the_author_on_another_node_learns_that_a_message_was_read() {
    let town = Town::open().await;
    let (ana, ben) = (town.node_of("ana", |_| {}).await, town.node_of("ben", |_| {}).await);
    ana.sees("ben", true).await;
    ben.sees("ana", true).await;
    for text in ["one", "two"] {
        ana.write("ben", text).await;
        ben.hears("ana", |message| text_of(message) == text).await;
    }
    ana.newest_becomes("ben", Receipt::Delivered).await;
    reads(&ben, "ana").await;
    eventually("both being read", async || {
        ana.talk_with("ben").await.iter().all(|message| message.receipt == Some(Receipt::Read)).then_some(())
    })
    .await;
}

#[actix_web::test]
async fn an_acknowledgement_moves_the_receipt_once_and_never_back() {
    let fake = OldNode::start("/receiveMessage\nEncryption 0\nHashing 0 1", Handshakes::None).await;
    let (_town, ana) = meet(&fake).await;
    ana.write("old", "hi").await;
    ana.newest_becomes("old", Receipt::Delivered).await;
    let got = fake.got().remove(0);
    assert_eq!(got.hashing, 1);
    let say =
        |stamp: &str, hashing: &str, hash: &str| serde_json::json!({ "sender": "ana", "stamp": stamp, "hashing": hashing, "hash": hash });
    for (stamp, hashing, hash) in [("1", "1", &*got.hash), (&got.stamp, "2", &got.hash), (&got.stamp, "1", "ab"), (&got.stamp, "0", "")] {
        assert!(acknowledge(&ana, say(stamp, hashing, hash)).await.starts_with("7:"), "{stamp} {hashing} {hash}");
    }
    ana.newest_becomes("old", Receipt::Delivered).await;
    for hash in [got.hash.to_uppercase(), got.hash.clone()] {
        assert_eq!(acknowledge(&ana, say(&got.stamp, "1", &hash)).await, "0: Success");
        ana.newest_becomes("old", Receipt::Read).await;
    }
}

#[actix_web::test]
async fn a_message_that_was_read_is_acknowledged_as_its_author_wrote_its_stamp() {
    let fake = OldNode::start("/receiveMessage\n/acknowledge\nEncryption 0\nHashing 0", Handshakes::None).await;
    let (_town, ana) = meet(&fake).await;
    let hash = kith::protocol::hashing::Hashing::Sha256.hash("hi", "old").unwrap();
    for (stamp, hashing) in [("1497225143.50", 1), ("1497225144", 0)] {
        let body =
            serde_json::json!({ "sender": "old", "destination": "ana", "message": "hi", "stamp": stamp, "hashing": hashing, "hash": hash });
        let request = reqwest::Client::new().post(format!("{}/receiveMessage", ana.node.url())).json(&body);
        assert_eq!(request.send().await.unwrap().text().await.unwrap(), "0: Success");
    }
    reads(&ana, "old").await;
    eventually("an acknowledgement", async || fake.calls().contains(&"/acknowledge".to_owned()).then_some(())).await;
    let said = fake.acknowledged();
    assert_eq!(said.len(), 1, "the one without a hash is not acknowledged");
    assert_eq!((said[0].text("sender"), said[0].text("stamp"), said[0].text("hash")), (Some("old"), Some("1497225143.50"), Some(&*hash)));
}

#[actix_web::test]
async fn acknowledgements_do_not_keep_an_answer_waiting() {
    let fake = OldNode::start(&format!("{CALLS}Encryption 0\nHashing 0"), Handshakes::None).await;
    let town = Town::open().await;
    town.report("old", fake.address(), None).await;
    let ana = town.node_of("ana", |settings| settings.peers.calls_per_half_minute = 5).await;
    ana.sees("old", false).await;
    let hash = kith::protocol::hashing::Hashing::Sha256.hash("hi", "old").unwrap();
    for n in 0..10 {
        let stamp = 1_497_225_143 + n;
        let body =
            serde_json::json!({ "sender": "old", "destination": "ana", "message": "hi", "stamp": stamp, "hashing": 1, "hash": hash });
        reqwest::Client::new().post(format!("{}/receiveMessage", ana.node.url())).json(&body).send().await.unwrap();
    }
    reads(&ana, "old").await;
    eventually("three acknowledgements", async || (fake.acknowledged().len() == 3).then_some(())).await;
    ana.write("old", "an answer").await;
    ana.newest_becomes("old", Receipt::Delivered).await;
    assert_eq!(fake.acknowledged().len(), 3);
}
