//! Ten thousand people who write to one user.

use futures_util::StreamExt;
use serde_json::{Value, json};

use super::support::{TestNetwork, message};

const SENDERS: usize = 10_000;

/// Calls that are under way at the same time.
const AT_ONCE: usize = 64;

/// Resident memory of this process, with the node in it, in MB.
fn resident_mb() -> usize {
    let pages = std::fs::read_to_string("/proc/self/statm").unwrap();
    pages.split(' ').nth(1).unwrap().parse::<usize>().unwrap() * 4096 / (1 << 20)
}

#[actix_web::test]
async fn ten_thousand_senders_leave_a_node_that_can_be_used() {
    let network = TestNetwork::start().await;
    let node = network.node().await;
    let ana = node.as_user("ana").await;
    let before = resident_mb();
    let http = reqwest::Client::new();
    let calls = futures_util::stream::iter(0..SENDERS).map(|n| {
        let body = message(&format!("somebody-{n}"), "ana", &format!("number {n}"), 1_497_225_143.0 + f64::from(u32::try_from(n).unwrap()));
        let request = http.post(format!("{}/receiveMessage", node.url())).json(&body);
        async move { request.send().await.unwrap().text().await.unwrap() }
    });
    let answers: Vec<String> = calls.buffer_unordered(AT_ONCE).collect().await;
    assert_eq!(answers.iter().filter(|answer| *answer == "0: Success").count(), SENDERS);
    assert_eq!(node.count("SELECT count(*) FROM messages"), SENDERS as u64);

    let conversations = ana.conversations().await;
    assert_eq!(conversations.len(), SENDERS);
    let newest = &conversations[0];
    assert_eq!((&newest["with"], &newest["last_message"]["text"]), (&json!("somebody-9999"), &json!("number 9999")));
    assert_eq!(ana.texts("somebody-5000").await, ["number 5000"]);
    let people = ana.get("/api/users").await.ok().json();
    assert!(people.as_array().unwrap().len() > SENDERS);
    for path in ["/chats", "/people", "/chats/somebody-1", "/people/somebody-1"] {
        ana.get(path).await.ok();
    }
    let found = ana.get("/api/search?q=number%205000").await.ok().json();
    assert_ne!(found, Value::Null);

    // Ana can still write, and be written to.
    let answer = ana.send("somebody-7", "Hello").await;
    assert_eq!(ana.message("somebody-7", &answer["id"]).await["text"], "Hello");
    let more = resident_mb() - before.min(resident_mb());
    assert!(more < 100, "{more} MB more than before");
    network.stop().await;
}
