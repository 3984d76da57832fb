//! A message and a file for somebody who is away, from an author who has left before they are back.

use std::time::Instant;

use super::super::support::{TestLoginServer, TestNetwork, eventually, sha256};
use super::table::{as_usual, judge, row, size, title};

/// The seconds in which the addressee should have all.
const WITHIN_S: f64 = 10.0;

#[actix_web::test]
#[ignore = "a trial, see scripts/relays"]
async fn somebody_who_is_back_has_all_from_relays() {
    let people = ["ana", "ben", "holder-1", "holder-2", "holder-3", "holder-4"];
    let network = TestNetwork::under(TestLoginServer::start(&people).await).await;
    let (mut holders, mut users) = (Vec::new(), Vec::new());
    for name in &people[2..] {
        let node = network.node_with(as_usual).await;
        users.push(node.as_user(name).await);
        holders.push(node);
    }
    let author = network.node_with(as_usual).await;
    let ana = author.as_user("ana").await;
    ana.sees("ben", "is away", |user| user["online"] == false).await;
    ana.sees_online("holder-4").await;
    let bytes = u32::try_from(size("KITH_TRIAL_FILE_BYTES", 3_000_000)).unwrap();
    let content: Vec<u8> = (0..bytes).map(|n| n.wrapping_mul(2_654_435_761).to_be_bytes()[0]).collect();
    let text = ana.send("ben", "the tide turns at noon").await;
    let file = ana.send_file("ben", "chart.bin", "application/octet-stream", &content).await;
    for sent in [&text, &file] {
        ana.has_receipt(sent, "relayed").await;
    }
    let copies = || holders.iter().map(|node| node.count("SELECT count(*) FROM held")).sum::<u64>();
    eventually("three nodes hold each", async || (copies() == 6).then_some(())).await;
    author.stop().await;

    let start = Instant::now();
    let own = network.node_with(as_usual).await;
    let ben = own.as_user("ben").await;
    let got = ben.has_messages("ana", 2).await;
    let took_s = start.elapsed().as_secs_f64();
    assert_eq!(got[0]["text"], text["text"]);
    assert_eq!(sha256(&ben.file(&got[1]["id"]).await.ok().body), sha256(&content));

    let start = Instant::now();
    author.start_again().await;
    let ana = author.as_user("ana").await;
    for sent in [&text, &file] {
        ana.has_receipt(sent, "delivered").await;
    }
    let ticks_s = start.elapsed().as_secs_f64();
    assert_eq!(ben.conversation("ana").await.len(), 2, "however many copies come, each is there once");
    eventually("no copy is left", async || (copies() == 0).then_some(())).await;

    title("A text and a file for somebody who is away; their author has gone before they are back");
    row("bytes of the file", bytes);
    row("copies held by others", 6);
    judge("from the start of the addressee's node until they have both", took_s, WITHIN_S, " s");
    row("from the start of the author's node until both are delivered", format!("{ticks_s:.2} s"));
    drop(users);
    network.stop().await;
}
