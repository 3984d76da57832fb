//! `kith node` and `kith login-server`: they start, and they stop in full traffic.

use std::cell::RefCell;
use std::collections::HashSet;
use std::net::SocketAddr;

use futures_util::future::join_all;
use serde_json::Value;
use tokio::sync::Notify;

use super::program::{Running, run_with_input};
use super::support::{User, message, password_of};

fn address(running: &Running) -> SocketAddr {
    running.url().strip_prefix("http://").unwrap().parse().unwrap()
}

async fn log_in(node: &Running, name: &str) -> User {
    let user = User::new(name, address(node), None);
    user.log_in().await;
    user
}

async fn everything(user: &User, with: &str) -> HashSet<String> {
    let (mut texts, mut cursor) = (HashSet::new(), String::new());
    loop {
        let page = user.get(&format!("/api/conversations/{with}/messages?limit=200{cursor}")).await.ok().json();
        texts.extend(page["messages"].as_array().unwrap().iter().map(|message| message["text"].as_str().unwrap().to_owned()));
        let Some(before) = page["before"].as_str() else { return texts };
        cursor = format!("&before={before}");
    }
}

#[actix_web::test]
async fn a_signal_in_full_traffic_loses_nothing_and_signs_everybody_off() {
    let folder = tempfile::tempdir().unwrap();
    for name in ["ana", "ben", "cleo"] {
        assert_eq!(run_with_input(folder.path(), &["account", "add", name, "--data", "accounts"], &password_of(name)).code, 0);
    }
    let server = Running::start(folder.path(), &["login-server", "--listen", "127.0.0.1:0", "--data", "accounts"]);
    std::fs::write(folder.path().join("node.toml"), "[limits]\nenabled = false\n").unwrap();
    let server_url = server.url();
    let start = || {
        let flags = ["--listen", "127.0.0.1:0", "--login-server", &server_url, "--data", "node", "--config", "node.toml"];
        Running::start(folder.path(), &[&["node"], &flags[..]].concat())
    };
    let node = start();
    assert!(node.first_line.starts_with("kith node ready on http://127.0.0.1:"), "{}", node.first_line);
    let (ana, ben) = (log_in(&node, "ana").await, log_in(&node, "ben").await);
    let mut tab = ben.events().await;

    let (from_peers, from_ana) = (RefCell::new(Vec::new()), RefCell::new(Vec::new()));
    let underway = Notify::new();
    let http = reqwest::Client::new();
    let peers = join_all((0..12).map(|sender| {
        let (http, url, acknowledged, underway) = (&http, format!("{}/receiveMessage", node.url()), &from_peers, &underway);
        async move {
            for n in 0.. {
                let text = format!("{sender} {n}");
                let call = http.post(&url).json(&message("cleo", "ben", &text, 1_700_000_000.0 + f64::from(n)));
                let Ok(answer) = call.send().await else { return };
                let Ok(reply) = answer.text().await else { return };
                if reply != "0: Success" {
                    return;
                }
                acknowledged.borrow_mut().push(text);
                if n == 10 {
                    underway.notify_one();
                }
            }
        }
    }));
    let browser = async {
        for n in 0.. {
            let text = format!("to a housemate {n}");
            let call = ana.request(reqwest::Method::POST, "/api/conversations/ben/messages");
            let Ok(answer) = call.json(&serde_json::json!({ "text": text })).send().await else { return };
            if answer.status() != 201 {
                return;
            }
            from_ana.borrow_mut().push(text);
        }
    };
    let stop = async {
        underway.notified().await;
        node.stop().await
    };
    let (stopped, _, ()) = tokio::join!(stop, peers, browser);
    let log = stopped.log;
    assert!(!log.contains("ERROR") && !log.contains("panicked"), "{log}");
    while tab.next().await.is_some() {}

    // Nobody is listed any more: nodes ask as cleo, who is at none.
    let node = start();
    let cleo = log_in(&node, "cleo").await;
    let is_away = |user: &Value| user["online"] == false;
    cleo.sees("ana", "is away", is_away).await;
    cleo.sees("ben", "is away", is_away).await;

    let (ana, ben) = (log_in(&node, "ana").await, log_in(&node, "ben").await);
    let (peers, housemate) = (everything(&ben, "cleo").await, everything(&ben, "ana").await);
    assert_eq!(everything(&ana, "ben").await, housemate);
    for (acknowledged, stored) in [(from_peers.take(), peers), (from_ana.take(), housemate)] {
        assert!(!acknowledged.is_empty());
        let missing: Vec<_> = acknowledged.iter().filter(|text| !stored.contains(*text)).collect();
        assert!(missing.is_empty(), "{missing:?}");
    }
    node.stop().await;
    server.stop().await;
}

#[actix_web::test]
async fn a_node_without_its_login_server_starts_and_stops() {
    let folder = tempfile::tempdir().unwrap();
    let node =
        Running::start(folder.path(), &["node", "--listen", "127.0.0.1:0", "--login-server", "http://127.0.0.1:9", "--log-format", "json"]);
    let visitor = User::new("ana", address(&node), None);
    assert_eq!(visitor.get("/healthz").await.status, 200);
    assert_eq!(visitor.get("/login").await.status, 200);
    assert_eq!(visitor.try_log_in("whatever it was").await.error().0, 503);
    let log = node.stop().await.log;
    for line in log.lines() {
        let entry: Value = serde_json::from_str(line).unwrap_or_else(|error| panic!("{error}: {line}"));
        assert!(entry["level"].is_string() && !line.contains("whatever it was"), "{line}");
    }
    assert!(folder.path().join("data/kith.db").exists());
}

#[cfg(unix)]
#[actix_web::test]
async fn the_data_of_a_node_is_for_its_owner_alone() {
    use std::os::unix::fs::PermissionsExt as _;
    let folder = tempfile::tempdir().unwrap();
    let node = Running::start(folder.path(), &["node", "--listen", "127.0.0.1:0", "--login-server", "http://127.0.0.1:9"]);
    let mode = std::fs::metadata(folder.path().join("data")).unwrap().permissions().mode();
    assert_eq!(mode & 0o077, 0, "{mode:o}");
    node.stop().await;
}
