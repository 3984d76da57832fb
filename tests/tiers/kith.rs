//! Two kith nodes.

use kith::domain::message::Content;
use kith::domain::receipt::Receipt;

use super::support::{Kith, Town, text_of};

const TEXT: &str = "1 < 2 & 3 > 2: \u{e9}\u{df}\u{4f60}\u{1f980} </script>";

/// All that every node of the protocol takes.
const LARGEST_FILE: usize = 5_242_878;

async fn pair(town: &Town) -> (Kith, Kith) {
    let (ana, ben) = (town.node_of("ana", |_| {}).await, town.node_of("ben", |_| {}).await);
    ana.sees("ben", true).await;
    ben.sees("ana", true).await;
    (ana, ben)
}

#[actix_web::test]
async fn two_kith_nodes_exchange_text_at_standard_4_in_both_directions() {
    let town = Town::open().await;
    let (ana, ben) = pair(&town).await;
    for (from, to) in [(&ana, &ben), (&ben, &ana)] {
        from.write(to.user.as_str(), TEXT).await;
        let sent = from.newest_becomes(to.user.as_str(), Receipt::Delivered).await;
        let heard = to.hears(from.user.as_str(), |message| !message.written_here && text_of(message) == TEXT).await;
        assert_eq!((sent.encryption, heard.encryption, heard.verified), (4, 4, true));
    }
}

#[actix_web::test]
async fn the_largest_file_goes_at_standard_4() {
    let town = Town::open().await;
    let (ana, ben) = pair(&town).await;
    let bytes: Vec<u8> = (0..LARGEST_FILE).map(|n| u8::try_from(n * 31 % 251).unwrap()).collect();
    ana.send_file("ben", &bytes).await;
    let heard = ben.hears("ana", |message| matches!(message.content, Content::File(_))).await;
    assert_eq!(heard.encryption, 4);
    let Content::File(file) = heard.content else { panic!("no file") };
    assert!(ben.node.state().files.read(&file.sha256).unwrap() == bytes);
    ana.newest_becomes("ben", Receipt::Delivered).await;
}
