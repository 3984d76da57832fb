//! Every tier of 2017, in both directions: plain text, Markdown, and the largest file that every node takes. The other node has the
//! standards that the tier names and no more.

use base64::Engine as _;
use kith::domain::clock;
use kith::domain::message::{Content, Markup};
use kith::domain::receipt::Receipt;
use kith::protocol::encryption::Encryption as E;
use kith::protocol::hashing::Hashing;
use kith::protocol::outgoing::{self, SentFile, SentHash};
use kith::protocol::rsa_key::PublicKey;

use super::incoming::{key_of_ana, post};
use super::outgoing::{CALLS, meet};
use super::shared::{Handshakes, OldNode, sha256};
use super::support::{Kith, name, text_of};

const TEXT: &str = "1 < 2 & 3 > 2: \u{e9}\u{df}\u{4f60}\u{1f980} </script>";

const MARKDOWN: &str = "**1 < 2** & _3 > 2_: \u{e9}\u{4f60}";

/// Longer than what RSA takes.
const LONG: &str = "1 < 2 & 3 > 2: \u{e9}\u{df}\u{4f60}\u{1f980} and so on, until it is longer than the 128 bytes that go into one number of RSA, \
    as most messages that people write are not.";

/// 5 MiB less 2 bytes.
const LARGEST_FILE: usize = 5_242_878;

/// What a node lists, under which standard it gets a short text, and what is longer.
const TIERS: [(&str, E, E); 6] = [
    ("Encryption 0\nHashing 0 1", E::None, E::None),
    ("Encryption 0 1\nHashing 0 1 2", E::Xor, E::Xor),
    ("Encryption 0 1 2\nHashing 0 1 3", E::Aes, E::Aes),
    ("Encryption 0 3\nHashing 0 1 3", E::Rsa, E::None),
    ("Encryption 0 1 2 4\nHashing 0 1 2 3 4", E::Hybrid, E::Hybrid),
    // A node that says nothing of standards.
    ("", E::None, E::None),
];

fn bytes(seed: usize) -> Vec<u8> {
    (0..LARGEST_FILE).map(|n| u8::try_from((n * 31 + seed) % 251).unwrap()).collect()
}

/// From kith to a node with this tier.
async fn there(ana: &Kith, fake: &OldNode, (short, long): (E, E), bytes: &[u8]) {
    for (markup, text, under) in [(Markup::Plain, TEXT, short), (Markup::Markdown, MARKDOWN, short), (Markup::Plain, LONG, long)] {
        ana.write_as(markup, "old", text).await;
        let sent = ana.newest_becomes("old", Receipt::Delivered).await;
        let got = fake.got().pop().unwrap();
        assert_eq!((got.payload.as_deref(), got.markdown), (Some(text), markup == Markup::Markdown), "{under:?}");
        assert_eq!((got.encryption, sent.encryption), (under, under.number()), "{text}");
    }
    ana.send_file("old", bytes).await;
    ana.newest_becomes("old", Receipt::Delivered).await;
    let got = fake.got().pop().unwrap();
    assert_eq!(got.encryption, long);
    let decoded = base64::engine::general_purpose::STANDARD.decode(got.payload.unwrap()).unwrap();
    assert!(decoded == bytes, "the file is another under {long:?}");
}

/// From a node with this tier to kith.
async fn and_back(ana: &Kith, key: &PublicKey, (short, long): (E, E), bytes: &[u8]) {
    let (old, to) = (name("old"), name("ana"));
    for (markup, text, under) in [(Markup::Plain, TEXT, short), (Markup::Markdown, MARKDOWN, short), (Markup::Plain, LONG, long)] {
        let hash = SentHash::of(Hashing::Sha256, text, &old);
        let body = outgoing::receive_message(&old, &to, text, markup, clock::now(), &hash);
        let body = if under == E::None { body } else { body.sealed(under, Some(key)).unwrap() };
        assert_eq!(post(ana, "/receiveMessage", body.to_json()).await, "0: Success", "{under:?} {text}");
        let heard = ana.hears("old", |message| !message.written_here && text_of(message) == text).await;
        let Content::Text { markup: heard_as, .. } = heard.content else { panic!("no text") };
        assert_eq!((heard.encryption, heard.verified, heard_as), (under.number(), true, markup), "{text}");
    }
    let base64 = outgoing::file_base64(bytes);
    let file = SentFile { base64: &base64, name: "a.bin", content_type: "application/octet-stream" };
    let body = outgoing::receive_file(&old, &to, file, clock::now(), &SentHash::default());
    let body = if long == E::None { body } else { body.sealed(long, Some(key)).unwrap() };
    assert_eq!(post(ana, "/receiveFile", body.to_json()).await, "0: Success", "{long:?}");
    let heard = ana.hears("old", |message| !message.written_here && matches!(message.content, Content::File(_))).await;
    assert_eq!(text_of(&heard), sha256(bytes));
    assert!(ana.node.state().files.read(text_of(&heard)).unwrap() == bytes, "the file is another under {long:?}");
}

/// There and back again.
async fn carries(tier: usize) {
    let (standards, short, long) = TIERS[tier];
    let list_api = if standards.is_empty() { standards.to_owned() } else { format!("{CALLS}{standards}") };
    let fake = OldNode::start(&list_api, Handshakes::Honest).await;
    let (_town, ana) = meet(&fake).await;
    there(&ana, &fake, (short, long), &bytes(tier)).await;
    let key = key_of_ana(&ana).await;
    and_back(&ana, &key, (short, long), &bytes(tier + 100)).await;
}

#[actix_web::test]
async fn tier_0_carries_text_markdown_and_the_largest_file_both_ways() {
    carries(0).await;
}

#[actix_web::test]
async fn tier_1_carries_text_markdown_and_the_largest_file_both_ways() {
    carries(1).await;
}

#[actix_web::test]
async fn tier_2_carries_text_markdown_and_the_largest_file_both_ways() {
    carries(2).await;
}

#[actix_web::test]
async fn tier_3_carries_text_markdown_and_the_largest_file_both_ways() {
    carries(3).await;
}

#[actix_web::test]
async fn tier_4_carries_text_markdown_and_the_largest_file_both_ways() {
    carries(4).await;
}

#[actix_web::test]
async fn a_node_that_lists_no_tier_gets_and_sends_text_markdown_and_the_largest_file() {
    carries(5).await;
}
