//! `kith backup`, `kith restore` and `kith export`: what a running node has comes back on another folder.

use std::path::Path;

use serde_json::{Value, json};

use super::program::{Running, run, run_with_input};
use super::support::{User, file, password_of, png, sha256};

fn start(folder: &Path, data: &str, login_server: &str) -> Running {
    Running::start(folder, &["node", "--listen", "127.0.0.1:0", "--login-server", login_server, "--data", data])
}

async fn log_in(node: &Running, name: &str) -> User {
    let user = User::new(name, node.url().strip_prefix("http://").unwrap().parse().unwrap(), None);
    user.log_in().await;
    user
}

/// Brings a file that is large enough to be kept beside the database.
async fn deposit(node: &Running) {
    let body = file("eve", "zoe", "chart.bin", "text/plain", "x".repeat(100_000).as_bytes(), 1_500_000_000.0);
    let answer = reqwest::Client::new().post(format!("{}/receiveFile", node.url())).json(&body).send().await.unwrap();
    assert_eq!(answer.text().await.unwrap(), "0: Held for the addressee");
}

fn held(folder: &Path, data: &str) -> Vec<Vec<u8>> {
    std::fs::read_dir(folder.join(data).join("held")).unwrap().map(|entry| std::fs::read(entry.unwrap().path()).unwrap()).collect()
}

#[actix_web::test]
async fn a_backup_of_a_running_node_is_restored_with_all_that_it_had() {
    let temporary = tempfile::tempdir().unwrap();
    let folder = temporary.path();
    for name in ["ana", "ben"] {
        assert_eq!(run_with_input(folder, &["account", "add", name, "--data", "accounts"], &password_of(name)).code, 0);
    }
    let server = Running::start(folder, &["login-server", "--listen", "127.0.0.1:0", "--data", "accounts"]);
    let node = start(folder, "node", &server.url());
    let (ana, _ben) = (log_in(&node, "ana").await, log_in(&node, "ben").await);
    let text = ana.send("ben", "in the backup").await;
    let picture = ana.send_file("ben", "map.png", "image/png", &png()).await;
    deposit(&node).await;

    let told = run(folder, &["backup", "kith.tar", "--data", "node"]);
    assert_eq!(told.code, 0, "{told:?}");
    ana.send("ben", "after the backup").await;
    assert_ne!(run(folder, &["backup", "kith.tar", "--data", "node"]).code, 0, "a backup is not written over");
    assert_ne!(run(folder, &["restore", "kith.tar", "--data", "node"]).code, 0, "data is not written over");
    let before = held(folder, "node");
    node.stop().await;

    let told = run(folder, &["restore", "kith.tar", "--data", "restored"]);
    assert_eq!(told.code, 0, "{told:?}");
    assert_eq!((held(folder, "restored"), before.len()), (before, 1));
    let node = start(folder, "restored", &server.url());
    let (ana, ben) = (log_in(&node, "ana").await, log_in(&node, "ben").await);
    assert_eq!(
        ben.conversation("ana").await.iter().map(|message| message["id"].clone()).collect::<Vec<_>>(),
        [text["id"].clone(), picture["id"].clone()]
    );
    assert_eq!(sha256(&ben.file(&picture["id"]).await.ok().body), sha256(&png()));
    assert_eq!(ana.get("/api/node").await.ok().json()["held"]["count"], 1);
    assert_eq!(held(folder, "restored").len(), 1, "what is held is not cleared away at the start");

    let told = run(folder, &["export", "export", "--user", "ben", "--data", "restored"]);
    assert_eq!(told.code, 0, "{told:?}");
    let exported: Value = serde_json::from_slice(&std::fs::read(folder.join("export/messages.json")).unwrap()).unwrap();
    assert_eq!((&exported["user"], &exported["conversations"][0]["with"]), (&json!("ben"), &json!("ana")));
    assert_eq!(exported["conversations"][0]["messages"][0]["text"], "in the backup");
    let name = std::fs::read_dir(folder.join("export/files")).unwrap().next().unwrap().unwrap().path();
    assert!(name.to_string_lossy().ends_with("-map.png") && sha256(&std::fs::read(name).unwrap()) == sha256(&png()));
    node.stop().await;
    server.stop().await;
}

#[test]
fn a_backup_that_is_damaged_is_refused_and_leaves_nothing() {
    let temporary = tempfile::tempdir().unwrap();
    let folder = temporary.path();
    std::fs::write(folder.join("letter.tar"), "a letter to my aunt ".repeat(100)).unwrap();
    let told = run(folder, &["restore", "letter.tar", "--data", "restored"]);
    assert!(told.code != 0 && told.err.contains("read the backup") && !folder.join("restored").exists(), "{told:?}");
}
