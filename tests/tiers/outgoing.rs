//! From kith to nodes that have some of the standards, or none.

use kith::domain::receipt::Receipt;
use kith::protocol::encryption::Encryption as E;

use super::shared::{Handshakes, OldNode};
use super::support::{Kith, Town};

pub(crate) const CALLS: &str = "/listAPI\n/receiveMessage [sender]\n/receiveFile [sender]\n/acknowledge [sender]\n/handshake [message]\n";

pub(crate) async fn meet(fake: &OldNode) -> (Town, Kith) {
    let town = Town::open().await;
    town.report("old", fake.address(), Some(fake.public_key())).await;
    let ana = town.node_of("ana", |_| {}).await;
    ana.sees("old", true).await;
    (town, ana)
}

/// Sends a short text, a long one and a file, and checks under which standards they come.
async fn check(list_api: &str, handshakes: Handshakes, expected: [E; 3]) {
    let fake = OldNode::start(list_api, handshakes).await;
    let (_town, ana) = meet(&fake).await;
    let (short, long) = ("a < b & \u{e9}", "\u{e9}<&> ".repeat(400));
    ana.write("old", short).await;
    ana.newest_becomes("old", Receipt::Delivered).await;
    ana.write("old", &long).await;
    ana.newest_becomes("old", Receipt::Delivered).await;
    ana.send_file("old", &vec![7; 100_000]).await;
    let sent = ana.newest_becomes("old", Receipt::Delivered).await;
    let got = fake.got();
    let used: Vec<E> = got.iter().map(|got| got.encryption).collect();
    assert_eq!(used, expected, "{list_api}");
    assert_eq!(sent.encryption, expected[2].number(), "{list_api}");
    // Trailing spaces are lost in AES padding, by the protocol.
    assert_eq!(got[0].payload.as_deref(), Some(short), "{list_api}");
    assert_eq!(got[1].payload.as_deref().map(str::trim_end), Some(long.trim_end()), "{list_api}");
}

#[actix_web::test]
async fn a_node_gets_the_strongest_standard_that_it_lists_and_proves() {
    for (listed, expected) in [
        ("0", [E::None; 3]),
        ("1", [E::Xor; 3]),
        ("0 1", [E::Xor; 3]),
        ("0 1 2", [E::Aes; 3]),
        ("0 1 2 3", [E::Rsa, E::Aes, E::Aes]),
        ("0 1 2 4", [E::Hybrid; 3]),
        ("0, 1, 2, 3, 4", [E::Hybrid; 3]),
        // J.
        ("0 3", [E::Rsa, E::None, E::None]),
    ] {
        check(&format!("{CALLS}Encryption {listed}\nHashing 0 1 3"), Handshakes::Honest, expected).await;
    }
}

#[actix_web::test]
async fn a_node_without_handshake_is_taken_at_its_word() {
    check("/receiveMessage\nEncryption 0 1 2 4\nHashing 0", Handshakes::None, [E::Hybrid; 3]).await;
}

#[actix_web::test]
async fn a_node_that_lists_nothing_gets_clear_text() {
    for list_api in ["", "0", "/receiveMessage", "<html><h1>Encryption 0 1 2 4</h1></html>", "{listAPI: 1}"] {
        check(list_api, Handshakes::Honest, [E::None; 3]).await;
    }
}

#[actix_web::test]
async fn a_handshake_that_echoes_the_ciphertext_is_not_trusted() {
    let fake = OldNode::start(&format!("{CALLS}Encryption 0 2\nHashing 0"), Handshakes::Echo).await;
    let (_town, ana) = meet(&fake).await;
    ana.write("old", "hi").await;
    ana.newest_becomes("old", Receipt::Delivered).await;
    assert_eq!(fake.got()[0].encryption, E::None);
    assert_eq!(fake.calls(), ["/listAPI", "/handshake", "/receiveMessage"]);
}

#[actix_web::test]
async fn a_node_whose_user_has_no_key_gets_what_needs_none() {
    let fake = OldNode::start(&format!("{CALLS}Encryption 0 1 2 4\nHashing 0"), Handshakes::Honest).await;
    let town = Town::open().await;
    town.report("old", fake.address(), None).await;
    let ana = town.node_of("ana", |_| {}).await;
    ana.sees("old", false).await;
    ana.write("old", "hi").await;
    ana.newest_becomes("old", Receipt::Delivered).await;
    assert_eq!(fake.got()[0].encryption, E::Aes);
}

#[actix_web::test]
async fn a_node_that_hangs_in_the_handshake_gets_its_message_all_the_same() {
    let fake = OldNode::start(&format!("{CALLS}Encryption 0 2\nHashing 0"), Handshakes::Silent).await;
    let (_town, ana) = meet(&fake).await;
    ana.write("old", "hi").await;
    ana.newest_becomes("old", Receipt::Delivered).await;
    assert_eq!(fake.got()[0].encryption, E::None);
}
