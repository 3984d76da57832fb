//! What `/metrics` tells, and whom.

use serde_json::json;

use super::support::{Answer, FakeServer, TestNetwork, file, message};
use kith::domain::network::AddressRange;

#[actix_web::test]
async fn the_figures_are_what_was_seen() {
    let network = TestNetwork::start().await;
    let node = network
        .node_with(|settings| {
            settings.limits.enabled = true;
            settings.limits.peer_messages_per_minute = 4;
        })
        .await;
    let ben = node.as_user("ben").await;
    let mut codes = Vec::new();
    for text in ["one", "one", "two", "three", "four", "five"] {
        codes.push(node.peer_call("/receiveMessage", &message("cleo", "ben", text, 1_700_000_000.0)).await.code());
    }
    assert_eq!(codes, [0, 0, 0, 0, 11, 11]);
    node.peer_call("/receiveMessage", &json!({})).await;
    node.peer_call("/receiveFile", &file("cleo", "zoe", "x", "text/plain", b"for somebody away", 1_700_000_000.0)).await;
    node.peer_call("/getProfile", &json!({})).await;
    let told = node.figures().await;
    assert_eq!((told.calls("/receiveMessage", 0), told.calls("/receiveMessage", 11), told.calls("/getProfile", 1)), (4, 3, 1));
    assert_eq!((told.limiter("peer_message", "allowed"), told.limiter("peer_message", "refused_address")), (4, 3));
    let outcome = |outcome: &str| told.count(&format!("kith_messages_total{{outcome=\"{outcome}\"}}"));
    assert_eq!((outcome("stored"), outcome("repeated"), outcome("held")), (3, 1, 1));
    assert_eq!((told.count("kith_held"), told.count("kith_sessions")), (1, 1));
    assert!(told.value("kith_held_bytes") > 100.0 && told.value("process_resident_memory_bytes") > 1e6);
    assert!(told.value("process_open_fds") > 5.0 && told.value("process_cpu_seconds") > 0.0 && told.value("kith_wal_bytes") > 0.0);
    let of_database = |figure: &str| told.value(&format!("kith_actor_{figure}{{actor=\"database\"}}"));
    assert!(of_database("answer_seconds_count") > 3.0 && of_database("asked") >= 0.0);
    assert!(told.value("kith_writer_batch_count") > 0.0 && told.value("kith_writer_commit_seconds_count") > 0.0);
    drop(ben);
    network.stop().await;
}

#[actix_web::test]
async fn tabs_and_what_waits_are_counted_while_they_are_there() {
    let network = TestNetwork::start().await;
    let node = network.node().await;
    let away = FakeServer::start(|_| Answer::status(500, "4: busy")).await;
    network.login_server.report("ben", away.address()).await;
    let ana = node.as_user("ana").await;
    ana.sees_online("ben").await;
    let tab = ana.events().await;
    ana.send("ben", "are you there?").await;
    let told = node.figures().await;
    assert_eq!((told.count("kith_sockets"), told.count("kith_outbox")), (1, 1));
    assert!((0.0..60.0).contains(&told.value("kith_outbox_oldest_seconds")));
    drop(tab);
    super::support::eventually("the tab is counted no more", async || (node.figures().await.count("kith_sockets") == 0).then_some(()))
        .await;
    network.stop().await;
    away.stop().await;
}

#[actix_web::test]
async fn nobody_is_named_in_the_figures() {
    let network = TestNetwork::start().await;
    let node = network.node().await;
    let _ben = node.as_user("ben").await;
    for name in ["cleo", "somebody-made-up"] {
        node.peer_call("/receiveMessage", &message(name, "ben", "hi", 1_700_000_000.0)).await;
        node.get(&format!("/ping?sender={name}")).await;
        node.get(&format!("/pictures/{name}")).await;
    }
    let told = node.figures().await.0;
    for word in ["ben", "cleo", "somebody", "127.0.0"] {
        assert!(!told.contains(word), "{word} is in\n{told}");
    }
    assert!(told.contains("call=\"/pictures/{username}\""), "{told}");
    network.stop().await;
}

#[actix_web::test]
async fn the_last_hour_is_told_to_the_users_of_the_node_and_names_nobody() {
    let network = TestNetwork::start().await;
    let node = network.node_with(|settings| settings.metrics.sample_every_s = 1).await;
    let ana = node.as_user("ana").await;
    let _tab = ana.events().await;
    node.peer_call("/receiveMessage", &message("cleo", "ana", "hi", 1_700_000_000.0)).await;
    let told = super::support::eventually("a sample shows the tab", async || {
        let told = ana.get("/api/node/history").await.json();
        told["samples"].as_array().unwrap().iter().any(|sample| sample["sockets"] == 1.0).then_some(told)
    });
    let told = told.await;
    assert_eq!(told["every_s"], 1);
    let samples = told["samples"].as_array().unwrap();
    assert!(samples.iter().all(|sample| sample["memory_mb"].as_f64().unwrap() > 1.0), "{told}");
    assert!(samples.windows(2).all(|two| two[0]["at"].as_f64() < two[1]["at"].as_f64()), "{told}");
    assert!(!told.to_string().contains("ana") && !told.to_string().contains("cleo"));
    network.stop().await;
}

#[actix_web::test]
async fn the_figures_are_for_the_operator_alone() {
    let network = TestNetwork::start().await;
    let node = network.node_with(|settings| settings.metrics.addresses = vec![AddressRange::parse("127.0.0.66").unwrap()]).await;
    let (operator, other) = (node.visitor_at("ana", [127, 0, 0, 66]), node.visitor("ana"));
    operator.get("/metrics").await.ok();
    assert_eq!(other.get("/metrics").await.error(), (403, "forbidden".to_owned()));
    // A proxy calls from an address of the operator's for everybody.
    for header in ["x-forwarded-for", "forwarded"] {
        let request = operator.request(reqwest::Method::GET, "/metrics").header(header, "for=203.0.113.7");
        assert_eq!(super::support::Reply::of(request).await.status, 403, "{header}");
    }
    let closed = network.node_with(|settings| settings.metrics.addresses.clear()).await;
    assert_eq!(closed.get("/metrics").await.status, 403);
    network.stop().await;
}
