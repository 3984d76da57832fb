//! What a node tells its users of itself: what waits, what it holds, and how it is doing.

use serde_json::{Value, json};

use super::support::{Mode, TestNetwork, User, eventually, message};

async fn about(user: &User) -> Value {
    user.get("/api/node").await.ok().json()
}

#[actix_web::test]
async fn what_waits_and_what_is_held_is_told_by_person_and_without_its_content() {
    let network = TestNetwork::start().await;
    let (author, holder) = (network.node().await, network.node().await);
    let (ana, dan, cleo) = (author.as_user("ana").await, author.as_user("dan").await, holder.as_user("cleo").await);
    ana.sees_online("cleo").await;
    assert_eq!(
        about(&ana).await["outbox"],
        json!({
            "waiting": 0, "oldest_at": null, "held_elsewhere": 0, "copies": 0, "yours": [], "your_addressees": 0,
        })
    );
    let sent = ana.send("ben", "ZANZIBAR one").await;
    ana.send("ben", "ZANZIBAR two").await;
    ana.has_receipt(&sent, "relayed").await;
    eventually("both are held", async || (about(&ana).await["outbox"]["copies"] == 2).then_some(())).await;

    let told = about(&ana).await["outbox"].clone();
    let oldest_at = &sent["stamp"];
    assert_eq!((&told["waiting"], &told["held_elsewhere"], &told["your_addressees"]), (&json!(2), &json!(2), &json!(1)));
    let line = &told["yours"][0];
    assert_eq!((&line["to"], &line["waiting"], &line["held_elsewhere"], &line["copies"]), (&json!("ben"), &json!(2), &json!(2), &json!(2)));
    assert!((line["oldest_at"].as_f64().unwrap() - oldest_at.as_f64().unwrap()).abs() < 60.0, "{line}");
    // Whom she writes to is nobody else's business.
    let of_dan = about(&dan).await["outbox"].clone();
    assert_eq!((&of_dan["waiting"], &of_dan["yours"]), (&json!(2), &json!([])));

    let held = about(&cleo).await["held"].clone();
    let share = |side: &str, n: usize| (held[side][n]["who"].clone(), held[side][n]["count"].clone());
    assert_eq!((&held["count"], &held["addressees_count"], &held["depositors_count"]), (&json!(2), &json!(1), &json!(1)));
    assert_eq!((share("addressees", 0), share("depositors", 0)), ((json!("ben"), json!(2)), (json!("ana"), json!(2))));
    assert_eq!((&held["bytes"], &held["quotas"]["days"]), (&held["addressees"][0]["bytes"], &json!(14)));
    for user in [&ana, &dan, &cleo] {
        assert!(!user.get("/api/node").await.text().contains("ZANZIBAR"));
    }
    network.stop().await;
}

#[actix_web::test]
async fn those_with_most_come_first_and_an_unknown_depositor_is_an_address() {
    let network = TestNetwork::start().await;
    let node = network.node().await;
    let ana = node.as_user("ana").await;
    for n in 0..3_u8 {
        let deposit = message("eve", "ben", &"x".repeat(100 * usize::from(n)), 1_500_000_000.0 + f64::from(n));
        assert_eq!(node.peer_call_from([127, 0, 0, 9], "/receiveMessage", &deposit).await.code(), 0);
    }
    assert_eq!(node.peer_call("/receiveMessage", &message("eve", "zoe", "short", 1_500_000_000.0)).await.code(), 0);
    let held = about(&ana).await["held"].clone();
    let names = |side: &str| held[side].as_array().unwrap().iter().map(|share| share["who"].clone()).collect::<Vec<_>>();
    assert_eq!(names("addressees"), ["ben", "zoe"]);
    assert_eq!(names("depositors"), ["somebody at 127.0.0.9", "somebody at 127.0.0.1"]);
    network.stop().await;
}

#[actix_web::test]
async fn how_the_node_is_doing_is_told() {
    let network = TestNetwork::start().await;
    let (node, other) = (network.node().await, network.node().await);
    let (ana, _ben) = (node.as_user("ana").await, other.as_user("ben").await);
    ana.sees_online("ben").await;
    let told = about(&ana).await;
    assert_eq!((&told["version"], &told["address"]), (&json!(env!("CARGO_PKG_VERSION")), &json!(node.address().to_string())));
    assert_eq!((&told["login_server"]["reachable"], &told["login_server"]["nodes_listed"]), (&json!(true), &json!(1)));
    assert!(told["login_server"]["list_age_s"].is_u64() && told["storage"]["database_bytes"].as_u64() > Some(4096));
    assert_eq!(told["storage"]["set_aside"], json!([]));
    std::fs::write(node.data().join("kith.db.unreadable-1700000000"), "what cannot be read").unwrap();
    network.link.set(Mode::Cut);
    eventually("the login server is seen to be away", async || (about(&ana).await["login_server"]["reachable"] == false).then_some(()))
        .await;
    assert_eq!(about(&ana).await["storage"]["set_aside"], json!(["kith.db.unreadable-1700000000"]));
    network.stop().await;
}
