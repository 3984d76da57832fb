//! Cables that break in the middle, lose answers, or deliver twice: after healing everything arrives, once and in order.

use std::rc::Rc;

use super::support::{Link, Mode, TestNetwork, TestNode, User, eventually, sha256};

/// More than one packet, and little enough for a busy machine to take within the timeout.
const FILE_BYTES: usize = 200_000;

/// Ana's node, and ben at a second one that is reached by a cable.
async fn ana_and_ben_at_a_cable(network: &TestNetwork) -> (Rc<TestNode>, User, User, Link) {
    let first = network.node_with(|settings| settings.courier.timeout_ms = 2000).await;
    let (second, cable) = network.node_at_a_cable().await;
    let (ana, ben) = (first.as_user("ana").await, second.as_user("ben").await);
    ana.sees_online("ben").await;
    (first, ana, ben, cable)
}

/// Sends a text, a file and a text while the cable is as `mode` says, heals it after a try in vain, and looks what has come.
async fn what_comes_over(mode: Mode) {
    let network = TestNetwork::start().await;
    let (first, ana, ben, cable) = ana_and_ben_at_a_cable(&network).await;
    let content = vec![b'x'; FILE_BYTES];
    let before = ana.send("ben", "before").await;
    ana.has_receipt(&before, "delivered").await;

    cable.set(mode.clone());
    ana.send("ben", "a text").await;
    let file = ana.send_file("ben", "a file.txt", "text/plain", &content).await;
    ana.send("ben", "another text").await;
    if mode != Mode::Twice {
        eventually("a delivery is tried in vain", async || {
            (first.count("SELECT count(*) FROM outbox WHERE attempts > 0") > 0).then_some(())
        })
        .await;
        cable.set(Mode::Whole);
    }
    let last = ana.send("ben", "after").await;
    ana.has_receipt(&last, "delivered").await;
    ana.has_receipt(&file, "delivered").await;
    assert_eq!(ben.texts("ana").await, ["before", "a text", "", "another text", "after"], "{mode:?}");
    let came = &ben.conversation("ana").await[2];
    assert_eq!(sha256(&ben.file(&came["id"]).await.ok().body), sha256(&content), "{mode:?}");
    assert_eq!(first.count("SELECT count(*) FROM outbox"), 0);
    network.stop().await;
}

#[actix_web::test]
async fn a_connection_that_is_reset_in_the_head_of_a_call_only_delays() {
    what_comes_over(Mode::BrokenAfter(40)).await;
}

#[actix_web::test]
async fn a_connection_that_is_reset_in_the_middle_of_a_file_only_delays() {
    what_comes_over(Mode::BrokenAfter(FILE_BYTES / 2)).await;
}

#[actix_web::test]
async fn a_half_open_connection_only_delays() {
    what_comes_over(Mode::Silent).await;
}

#[actix_web::test]
async fn what_arrives_while_its_answer_is_lost_is_there_once() {
    what_comes_over(Mode::Deaf).await;
}

#[actix_web::test]
async fn what_is_delivered_twice_at_the_same_time_is_there_once() {
    what_comes_over(Mode::Twice).await;
}
