//! `kith demo`.

use std::path::Path;

use serde_json::Value;

use super::program::{Running, run};
use super::support::{User, eventually, png};

/// The people of the demo, logged in at their nodes.
async fn cast(line: &str) -> Vec<User> {
    let told: Value = serde_json::from_str(line).unwrap();
    assert!(told["login_server"].as_str().unwrap().starts_with("http://127.0.0.1:"));
    let mut cast = Vec::new();
    for node in told["nodes"].as_array().unwrap() {
        let address = node["url"].as_str().unwrap().strip_prefix("http://").unwrap().parse().unwrap();
        let user = User::new(node["username"].as_str().unwrap(), address, None);
        assert_eq!(user.try_log_in(node["password"].as_str().unwrap()).await.status, 201);
        cast.push(user);
    }
    cast
}

fn is_empty(folder: &Path) -> bool {
    folder.read_dir().unwrap().next().is_none()
}

#[actix_web::test]
async fn the_demo_works_and_leaves_nothing_behind() {
    let folder = tempfile::tempdir().unwrap();
    let demo = Running::start(folder.path(), &["demo", "--json"]);
    assert!(!is_empty(folder.path()));
    let cast = cast(&demo.first_line).await;
    assert_eq!(cast.iter().map(|user| user.name.as_str()).collect::<Vec<_>>(), ["ana", "ben", "chloe"]);

    // They have talked already, and every message has arrived.
    let (ana, ben) = (&cast[0], &cast[1]);
    let (of_ana, of_ben) = (ana.conversation("ben").await, ben.conversation("ana").await);
    assert!(of_ana.len() >= 8 && of_ana.len() == of_ben.len());
    for (one, other) in of_ana.iter().zip(&of_ben) {
        assert_eq!((&one["id"], &one["text"], &one["stamp"]), (&other["id"], &other["text"], &other["stamp"]));
        assert!(one["receipt"].is_null() || one["receipt"] == "delivered", "{one}");
    }
    let kinds: Vec<_> = of_ana.iter().filter_map(|message| message["file"]["content_type"].as_str()).collect();
    for kind in ["application/pdf", "audio/", "video/webm"] {
        assert!(kinds.iter().any(|content_type| content_type.starts_with(kind)), "{kind} is not in {kinds:?}");
    }
    assert!(cast[2].conversation("ana").await.iter().any(|message| message["file"]["content_type"] == "image/jpeg"));

    // Everybody has introduced themselves, and the others see it.
    for user in &cast {
        for other in &cast {
            let complete = |person: &Value| person["profile"]["fullname"] != "" && person["profile"]["picture"].is_string();
            user.sees(&other.name, "has a profile with a picture", complete).await;
        }
    }

    // They plan something, and who is invited has heard of it.
    let planned = ana.get("/api/events").await.json();
    let answers: Vec<_> = planned[0]["guests"].as_array().unwrap().iter().map(|guest| guest["attendance"].as_str()).collect();
    assert_eq!(answers, [Some("going"), None]);
    for guest in &cast[1..] {
        assert_eq!(guest.get("/api/events").await.json()[0]["name"], planned[0]["name"]);
    }

    // And it goes on.
    let mut tab = ben.events().await;
    let sent = ana.send("ben", "and now for real").await;
    tab.message("and now for real").await;
    ana.has_receipt(&sent, "delivered").await;
    let file = ben.send_file("ana", "shell.png", "image/png", &png()).await;
    ben.has_receipt(&file, "delivered").await;
    assert_eq!(ana.file(&file["id"]).await.ok().body, png());

    demo.stop().await;
    eventually("the tab is told", async || tab.next().await.is_none().then_some(())).await;
    assert!(is_empty(folder.path()), "{:?}", folder.path().read_dir().unwrap().collect::<Vec<_>>());
}

#[actix_web::test]
async fn the_demo_keeps_its_data_when_it_is_asked_to() {
    let folder = tempfile::tempdir().unwrap();
    let demo = Running::start(folder.path(), &["demo", "--json", "--keep", "kept"]);
    demo.stop().await;
    for path in ["kept/login-server/accounts.db", "kept/ana/kith.db", "kept/ben/kith.db", "kept/chloe/files"] {
        assert!(folder.path().join(path).exists(), "{path}");
    }
    // What is there is not written over.
    let again = run(folder.path(), &["demo", "--keep", "kept"]);
    assert!(again.code == 1 && again.err.contains("kept is not empty"), "{again:?}");
}

#[actix_web::test]
async fn an_export_has_the_conversations_the_files_and_the_events() {
    let folder = tempfile::tempdir().unwrap();
    Running::start(folder.path(), &["demo", "--json", "--keep", "kept"]).stop().await;
    let told = run(folder.path(), &["export", "--data", "kept/ana", "--user", "ana", "out"]);
    assert_eq!(told.code, 0, "{told:?}");
    let exported: Value = serde_json::from_slice(&std::fs::read(folder.path().join("out/messages.json")).unwrap()).unwrap();
    assert_eq!(exported["conversations"].as_array().unwrap().len(), 2);
    assert_eq!((&exported["events"][0]["hosting"], &exported["events"][0]["guests"][0]["attendance"]), (&true.into(), &"going".into()));
    assert!(!is_empty(&folder.path().join("out/files")));
}

#[actix_web::test]
async fn the_demo_prints_a_table_for_people() {
    let folder = tempfile::tempdir().unwrap();
    let table = Running::start(folder.path(), &["demo"]).stop().await.out;
    for (name, password) in [("ana", "turnstone"), ("ben", "kittiwake"), ("chloe", "guillemot")] {
        let row =
            table.lines().find(|line| line.split_whitespace().next() == Some(name)).unwrap_or_else(|| panic!("{name} is not in {table}"));
        assert!(row.contains(password) && row.contains("http://127.0.0.1:"), "{row}");
    }
    assert!(table.contains("Ctrl-C ends the demo and removes its data."), "{table}");
    assert!(is_empty(folder.path()));
}
