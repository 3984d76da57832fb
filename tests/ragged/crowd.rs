//! Ten thousand people who write to one user, on a node that is a process of its own.

use futures_util::StreamExt;
use serde_json::json;

use super::program::Running;
use super::support::{TestLoginServer, User, message};

const SENDERS: u32 = 10_000;

/// Calls that are under way at the same time.
const AT_ONCE: usize = 64;

/// Most resident memory that the node may take afterwards, in MB: as much as in a flood.
const MOST_MB: usize = 150;

/// Without rate limits, and saying only what goes wrong.
const CONFIG: &str = "[limits]\nenabled = false\n[log]\nfilter = \"warn\"\n";

fn resident_mb(process: u32) -> usize {
    let pages = std::fs::read_to_string(format!("/proc/{process}/statm")).unwrap();
    pages.split(' ').nth(1).unwrap().parse::<usize>().unwrap() * 4096 / (1 << 20)
}

#[actix_web::test]
async fn ten_thousand_senders_leave_a_node_that_can_be_used() {
    let login_server = TestLoginServer::start(&["ana"]).await;
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("kith.toml"), CONFIG).unwrap();
    let url = login_server.url();
    let node = Running::start(
        folder.path(),
        &["node", "--config", "kith.toml", "--data", "data", "--listen", "127.0.0.1:0", "--login-server", &url],
    );
    let ana = User::new("ana", node.url().trim_start_matches("http://").trim_end_matches('/').parse().unwrap(), None);
    ana.log_in().await;
    everybody_writes(&node.url()).await;

    let conversations = ana.conversations().await;
    assert_eq!(conversations.len(), SENDERS as usize);
    let newest = &conversations[0];
    assert_eq!((&newest["with"], &newest["last_message"]["text"]), (&json!("somebody-9999"), &json!("number 9999")));
    assert!(conversations.iter().all(|each| each["unread"] == 1));
    assert_eq!(ana.texts("somebody-5000").await, ["number 5000"]);
    assert_eq!(ana.user("somebody-5000").await["verified"], false);
    let people = ana.get("/api/users").await.ok().json();
    assert_eq!(people.as_array().unwrap().len(), SENDERS as usize + 1);
    for path in ["/chats", "/people", "/chats/somebody-1", "/people/somebody-1"] {
        ana.get(path).await.ok();
    }
    // Ana can still write, and say whom she does not want to hear from.
    let answer = ana.send("somebody-7", "Hello").await;
    assert_eq!(ana.message("somebody-7", &answer["id"]).await["text"], "Hello");
    ana.put("/api/blocks/somebody-8", &json!({})).await.ok();

    let resident = resident_mb(node.child.id());
    assert!(resident < MOST_MB, "{resident} MB");
    let stopped = node.stop().await;
    assert!(!stopped.log.contains("panicked"), "{}", stopped.log);
    login_server.stop().await;
}

/// One message of each, each from another name.
async fn everybody_writes(url: &str) {
    let http = reqwest::Client::new();
    let calls = futures_util::stream::iter(0..SENDERS).map(|n| {
        let body = message(&format!("somebody-{n}"), "ana", &format!("number {n}"), 1_497_225_143.0 + f64::from(n));
        let request = http.post(format!("{url}/receiveMessage")).json(&body);
        async move { request.send().await.unwrap().text().await.unwrap() }
    });
    let answers: Vec<String> = calls.buffer_unordered(AT_ONCE).collect().await;
    assert_eq!(answers.iter().filter(|answer| *answer == "0: Success").count(), SENDERS as usize);
}
