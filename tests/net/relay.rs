//! People who are away: other nodes hold what is for them, and give it to them alone.

use serde_json::json;

use super::support::{TestNetwork, eventually, file, message, png, sha256};

const HELD: &str = "SELECT count(*) FROM held";

/// Lesson 9: what is held is handed out, whole, once, and without its author's node.
#[actix_web::test]
async fn what_is_for_somebody_away_reaches_them_while_its_author_is_away() {
    let network = TestNetwork::start().await;
    let (first, second, third) = (network.node().await, network.node().await, network.node().await);
    let (ana, ben, cleo) = (first.as_user("ana").await, second.as_user("ben").await, third.as_user("cleo").await);
    ana.sees_online("ben").await;
    ana.sees_online("cleo").await;
    ben.sign_out().await;
    ana.sees("ben", "has left", |user| user["online"] == false).await;
    second.stop().await;

    let text = ana.send("ben", "held <for> you & kept").await;
    let file = ana.send_file("ben", "map.png", "image/png", &png()).await;
    ana.has_receipt(&text, "relayed").await;
    ana.has_receipt(&file, "relayed").await;
    assert_eq!(third.count(HELD), 2);
    first.stop().await;

    second.start_again().await;
    let ben = second.as_user("ben").await;
    let got = ben.has_messages("ana", 2).await;
    // Lesson 10: nothing is put before the text.
    assert_eq!(got[0]["text"], "held <for> you & kept");
    assert_eq!(sha256(&ben.file(&got[1]["id"]).await.ok().body), sha256(&png()));
    eventually("what was taken is no longer held", async || (third.count(HELD) == 0).then_some(())).await;

    first.start_again().await;
    let ana = first.as_user("ana").await;
    ana.has_receipt(&text, "delivered").await;
    ana.has_receipt(&file, "delivered").await;
    assert_eq!(ben.conversation("ana").await.len(), 2);
    drop(cleo);
    network.stop().await;
}

#[actix_web::test]
async fn a_message_costs_as_many_copies_as_the_setting_says() {
    let network = TestNetwork::start().await;
    let author = network.node_with(|settings| settings.relay.copies = 2).await;
    let mut holders = Vec::new();
    let mut people = Vec::new();
    for name in ["ben", "cleo", "dan"] {
        let node = network.node().await;
        people.push(node.as_user(name).await);
        holders.push(node);
    }
    let ana = author.as_user("ana").await;
    for name in ["ben", "cleo", "dan"] {
        ana.sees_online(name).await;
    }
    let sent = ana.send("eve", "for whenever you come").await;
    ana.has_receipt(&sent, "relayed").await;
    let held = || holders.iter().map(|node| node.count(HELD)).sum::<u64>();
    eventually("two nodes hold it", async || (held() == 2).then_some(())).await;
    network.stop().await;
}

#[actix_web::test]
async fn what_is_held_goes_to_its_addressee_alone() {
    let network = TestNetwork::start().await;
    let holder = network.node().await;
    let ana = holder.as_user("ana").await;
    let deposit = message("eve", "ben", "not for you", 1_500_000_000.25);
    assert_eq!(holder.peer_call("/receiveMessage", &deposit).await.text, "0: Held for the addressee");
    assert_eq!(holder.peer_call("/receiveMessage", &deposit).await.code(), 0, "a repeat is answered alike");
    assert_eq!(holder.count(HELD), 1);

    let own = network.node().await;
    let _ben = own.as_user("ben").await;
    // Ben's node asks by itself and gets it; before that, and after, nobody else does.
    assert_ne!(holder.peer_call_from([127, 0, 0, 9], "/retrieveMessages", &json!({ "requestor": "ben" })).await.text, "");
    eventually("ben's node has it", async || (holder.count(HELD) == 0).then_some(())).await;
    assert_eq!(own.count("SELECT count(*) FROM messages WHERE sender = 'eve' AND destination = 'ben'"), 1);
    drop(ana);
    network.stop().await;
}

/// What is large is not in the database, and goes where the rest goes.
#[actix_web::test]
async fn a_large_file_is_held_over_a_restart_and_leaves_nothing_behind() {
    let network = TestNetwork::start().await;
    let holder = network.node_with(|settings| settings.relay.hold_depositor_bytes = 600_000).await;
    let _ana = holder.as_user("ana").await;
    let on_disk = || std::fs::read_dir(holder.data().join("held")).unwrap().count();
    let content = |n: u8| vec![n; 150_000];
    let bring = async |n: u8| {
        let stamp = 1_500_000_000.0 + f64::from(n);
        let reply = holder.peer_call("/receiveFile", &file("eve", "ben", &format!("{n}.bin"), "text/plain", &content(n), stamp)).await;
        assert_eq!(reply.text, "0: Held for the addressee");
    };
    for n in [1, 2, 2, 3, 4] {
        bring(n).await;
    }
    // Each takes 200 kB on its way: the oldest made room, and a repeat takes none.
    assert_eq!((holder.count(HELD), on_disk()), (2, 2));
    assert!(holder.count("SELECT sum(length(body)) FROM held") < 1000);
    holder.stop().await;
    std::fs::write(holder.data().join("held/0123456789abcdef"), "what a crash left").unwrap();
    holder.start_again().await;
    let _ana = holder.as_user("ana").await;
    assert_eq!(on_disk(), 2);

    let own = network.node().await;
    let ben = own.as_user("ben").await;
    let got = ben.has_messages("eve", 2).await;
    for (message, n) in got.iter().zip([3, 4]) {
        assert_eq!(sha256(&ben.file(&message["id"]).await.ok().body), sha256(&content(n)));
    }
    eventually("nothing is held any more", async || (holder.count(HELD) == 0 && on_disk() == 0).then_some(())).await;
    network.stop().await;
}

/// What they bring beyond it would only push out what they brought a moment ago.
#[actix_web::test]
async fn a_depositor_brings_no_more_in_a_minute_than_their_share() {
    let network = TestNetwork::start().await;
    let holder = network
        .node_with(|settings| {
            settings.limits.enabled = true;
            settings.relay.hold_depositor_bytes = 500_000;
        })
        .await;
    let _ana = holder.as_user("ana").await;
    // Each takes 200 kB on its way.
    let bring = async |from, to, n: u8| {
        let deposit = file("eve", to, &format!("{n}.bin"), "text/plain", &vec![n; 150_000], 1_500_000_000.0 + f64::from(n));
        holder.peer_call_from(from, "/receiveFile", &deposit).await.code()
    };
    let mut codes = Vec::new();
    for n in [1, 2, 3, 2] {
        codes.push(bring([127, 0, 0, 1], "ben", n).await);
    }
    assert_eq!(codes, [0, 0, 11, 11], "two, and nothing more for now: a repeat has to be read to be known for one");
    // A moment later nobody reads any more what it is and for whom.
    let refused = async || {
        bring([127, 0, 0, 1], "ben", 2).await;
        (bring([127, 0, 0, 1], "ana", 4).await == 11).then_some(())
    };
    eventually("files are refused from who does not wait", refused).await;
    assert_eq!(bring([127, 0, 0, 9], "ana", 4).await, 0);
    assert_eq!(bring([127, 0, 0, 9], "ben", 4).await, 0, "another has a share of their own");
    assert_eq!(holder.count(HELD), 3);
    network.stop().await;
}

#[actix_web::test]
async fn a_full_quota_is_told_and_leaves_others_alone() {
    let network = TestNetwork::start().await;
    let holder = network.node_with(|settings| {
        settings.relay.hold_depositor_count = 3;
        settings.relay.hold_addressee_bytes = 2000;
    });
    let holder = holder.await;
    let _ana = holder.as_user("ana").await;
    for number in 0..5 {
        let deposit = message("eve", "ben", &format!("number {number}"), 1_500_000_000.0 + f64::from(number));
        assert_eq!(holder.peer_call("/receiveMessage", &deposit).await.code(), 0);
    }
    assert_eq!(holder.count(HELD), 3, "the oldest of one depositor make room");
    let large = message("fay", "ben", &"x".repeat(3000), 1_500_000_000.0);
    let refused = holder.peer_call_from([127, 0, 0, 9], "/receiveMessage", &large).await;
    assert_eq!((refused.code(), refused.status), (3, 404));
    assert_eq!(holder.count(HELD), 3);
    network.stop().await;
}
