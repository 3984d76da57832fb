//! From nodes of 2017 to kith.

use std::net::IpAddr;

use kith::domain::clock;
use kith::domain::message::Markup;
use kith::protocol::answer::{handshake_proves, read_public_key};
use kith::protocol::encryption::Encryption;
use kith::protocol::hashing::Hashing;
use kith::protocol::list_api::{Offer, RECOMMENDED_ENCRYPTION, RECOMMENDED_HASHING};
use kith::protocol::outgoing::{self, Outgoing, SentFile, SentHash};
use kith::protocol::rsa_key::PublicKey;

use super::outgoing::meet;
use super::shared::{Handshakes, OldNode};
use super::support::{Kith, name, text_of};

/// Posts like an old node, from `source`.
async fn post_from(source: &str, ana: &Kith, path: &str, body: String) -> String {
    let source: IpAddr = source.parse().unwrap();
    let client = reqwest::Client::builder().local_address(source).build().unwrap();
    let request = client.post(format!("{}{path}", ana.node.url())).header("Content-Type", "application/json").body(body);
    request.send().await.unwrap().text().await.unwrap()
}

pub(crate) async fn post(ana: &Kith, path: &str, body: String) -> String {
    post_from("127.0.0.1", ana, path, body).await
}

pub(crate) async fn key_of_ana(ana: &Kith) -> PublicKey {
    let answer = post(ana, "/getPublicKey", outgoing::get_public_key(&name("old"), &name("ana")).to_json()).await;
    PublicKey::parse(&read_public_key(answer.as_bytes()).unwrap()).unwrap()
}

fn message(text: &str, hash: &SentHash) -> Outgoing {
    outgoing::receive_message(&name("old"), &name("ana"), text, Markup::Plain, clock::now(), hash)
}

async fn host() -> (super::support::Town, Kith) {
    meet(&OldNode::start("0", Handshakes::None).await).await
}

#[actix_web::test]
async fn a_message_comes_in_under_every_standard_of_encryption_and_hashing() {
    let (_town, ana) = host().await;
    let key = key_of_ana(&ana).await;
    for encryption in Encryption::ALL {
        for hashing in Hashing::ALL.into_iter().filter(|hashing| encryption != Encryption::Rsa || *hashing < Hashing::Sha512) {
            let text = format!("<b> & \u{e9} {}/{}", encryption.number(), hashing.number());
            let body = message(&text, &SentHash::of(hashing, &text, &name("old"))).sealed(encryption, Some(&key)).unwrap();
            assert_eq!(post(&ana, "/receiveMessage", body.to_json()).await, "0: Success", "{text}");
            let heard = ana.hears("old", |message| text_of(message) == text).await;
            assert_eq!((heard.encryption, heard.verified), (encryption.number(), true), "{text}");
        }
    }
}

#[actix_web::test]
async fn the_largest_file_comes_in_under_every_standard_that_takes_one() {
    let (_town, ana) = host().await;
    let key = key_of_ana(&ana).await;
    for encryption in [Encryption::None, Encryption::Xor, Encryption::Aes, Encryption::Hybrid] {
        let base64 = outgoing::file_base64(&vec![encryption.number(); 5_242_878]);
        let file = SentFile { base64: &base64, name: "a.bin", content_type: "application/octet-stream" };
        let hash = SentHash::of(Hashing::Sha512, &base64, &name("old"));
        let body = outgoing::receive_file(&name("old"), &name("ana"), file, clock::now(), &hash).sealed(encryption, Some(&key)).unwrap();
        assert_eq!(post(&ana, "/receiveFile", body.to_json()).await, "0: Success", "{encryption:?}");
        ana.hears("old", |message| message.encryption == encryption.number()).await;
    }
}

#[actix_web::test]
async fn what_cannot_be_read_or_does_not_hash_is_refused() {
    let (_town, ana) = host().await;
    let stranger = kith::protocol::rsa_key::KeyPair::generate().unwrap();
    let sealed = message("hi", &SentHash::default()).sealed(Encryption::Hybrid, Some(stranger.public())).unwrap();
    assert!(post(&ana, "/receiveMessage", sealed.to_json()).await.starts_with("9:"));
    let wrong = SentHash { hashing: Hashing::Sha256, hash: "ab".to_owned() };
    assert!(post(&ana, "/receiveMessage", message("hi", &wrong).to_json()).await.starts_with("7:"));
    assert!(
        post(&ana, "/receiveMessage", r#"{"sender":"old","destination":"ana","message":"x","stamp":1,"encryption":7}"#.to_owned())
            .await
            .starts_with("9:")
    );
    assert!(
        post(&ana, "/receiveMessage", r#"{"sender":"old","destination":"ana","message":"x","stamp":1,"hashing":9}"#.to_owned())
            .await
            .starts_with("10:")
    );
    assert_eq!(ana.talk_with("old").await.len(), 0);
}

#[actix_web::test]
async fn no_standard_makes_a_message_from_elsewhere_verified() {
    let (_town, ana) = host().await;
    let key = key_of_ana(&ana).await;
    let hash = SentHash::of(Hashing::Sha512Sender, "trust me", &name("old"));
    let body = message("trust me", &hash).sealed(Encryption::Hybrid, Some(&key)).unwrap();
    assert_eq!(post_from("127.0.0.2", &ana, "/receiveMessage", body.to_json()).await, "0: Success");
    assert!(!ana.hears("old", |message| text_of(message) == "trust me").await.verified);
}

#[actix_web::test]
async fn a_handshake_is_answered_under_every_standard() {
    let (_town, ana) = host().await;
    let key = key_of_ana(&ana).await;
    for encryption in Encryption::ALL {
        let body = outgoing::handshake(&name("old"), &name("ana"), "shake").sealed(encryption, Some(&key)).unwrap();
        let answer = post(&ana, "/handshake", body.to_json()).await;
        assert!(handshake_proves(answer.as_bytes(), "shake"), "{encryption:?} {answer}");
    }
}

#[actix_web::test]
async fn a_handshake_does_not_hand_back_the_key_of_an_overheard_message() {
    let (_town, ana) = host().await;
    let key = key_of_ana(&ana).await;
    let overheard: serde_json::Value =
        serde_json::from_str(&message("hi", &SentHash::default()).sealed(Encryption::Hybrid, Some(&key)).unwrap().to_json()).unwrap();
    let ask = serde_json::json!({ "sender": "old", "destination": "ana", "encryption": 3, "message": overheard["decryptionKey"] });
    assert!(post(&ana, "/handshake", ask.to_string()).await.starts_with("9:"));
}

#[actix_web::test]
async fn the_node_lists_what_it_has_and_says_what_it_is() {
    let (_town, ana) = host().await;
    let answer = reqwest::get(format!("{}/listAPI", ana.node.url())).await.unwrap();
    assert!(answer.headers()["server"].to_str().unwrap().starts_with("kith/"));
    let text = answer.text().await.unwrap();
    let offer = Offer::read(&text);
    assert_eq!((offer.encryption.as_slice(), offer.hashing.as_slice()), (&RECOMMENDED_ENCRYPTION[..], &RECOMMENDED_HASHING[..]));
    assert!(text.ends_with("\nEncryption 0 1 2 4\nHashing 0 1 2 3 4"), "{text}");
}
