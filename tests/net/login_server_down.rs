//! A login server that is away, slow, or talks nonsense.

use serde_json::json;

use super::support::{Answer, FakeServer, Mode, TestLoginServer, TestNetwork, TestNode, eventually, message, never_panics, password_of};

/// Answers that are none of the protocol. What is new to them must not be able to log in; nobody may be hurt.
fn rubbish() -> Vec<Vec<u8>> {
    let answers: [&[u8]; 12] = [
        b"",
        b"HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n",
        b"HTTP/1.1 200 OK\r\ncontent-length: 26\r\n\r\n<html>500 Oh dear</html>\r\n\r\n",
        b"HTTP/1.1 500 Internal Server Error\r\ncontent-length: 23\r\n\r\n0, User and IP logged\r\n",
        b"HTTP/1.1 302 Found\r\nlocation: /login\r\ncontent-length: 21\r\n\r\n0, User and IP logged",
        b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\n{}",
        b"HTTP/1.1 200 OK\r\ncontent-length: 4\r\n\r\n\xff\xfe\x00\x01",
        b"HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\n0, User",
        b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\nzz\r\n",
        b"HTTP/1.1 200 OK\r\ncontent-length: -5\r\n\r\n",
        b"SSH-2.0-OpenSSH_9.2\r\n",
        b"HTTP/1.1 200 OK\r\ncontent-length: 13\r\n\r\n99999999, yes",
    ];
    answers.map(<[u8]>::to_vec).into()
}

#[actix_web::test]
async fn without_a_login_server_newcomers_are_told_so_and_others_log_in() {
    let network = TestNetwork::start().await;
    let node = network.node().await;
    let ana = node.as_user("ana").await;
    let ben = node.visitor("ben");
    for mode in [Mode::Cut].into_iter().chain(rubbish().into_iter().map(Mode::Babbling)) {
        network.link.set(mode.clone());
        let refused = ben.try_log_in(&password_of("ben")).await;
        assert_eq!(refused.status, 503, "{mode:?} {}", refused.text());
        assert_eq!(refused.error(), (503, "unavailable".to_owned()), "{mode:?}");
        assert!(!refused.header("retry-after").is_empty());
        // Ana has been here before: the node knows the proof of her password, and nobody else's.
        let again = node.visitor("ana");
        assert_eq!(again.try_log_in("another password").await.error(), (401, "wrong_credentials".to_owned()), "{mode:?}");
        assert_eq!(again.log_in().await["login_server"], json!({ "reachable": false }), "{mode:?}");
    }
    ana.get("/api/session").await.ok();
    network.link.set(Mode::Whole);
    ben.log_in().await;
    network.stop().await;
}

#[actix_web::test]
async fn a_login_server_that_never_answers_holds_up_nobody_but_those_who_log_in() {
    let network = TestNetwork::start().await;
    let node = network.node().await;
    let ana = node.as_user("ana").await;
    network.link.set(Mode::Silent);
    let ben = node.visitor("ben");
    let password = password_of("ben");
    let mut logging_in = Box::pin(ben.try_log_in(&password));
    let others = async {
        for n in 0..20 {
            ana.send("ana", &format!("number {n}")).await;
            assert_eq!(node.peer_call("/receiveMessage", &message("cleo", "ana", "hi", 1_700_000_000.0 + f64::from(n))).await.code(), 0);
        }
        ana.conversation("cleo").await.len()
    };
    // All of that is done while the log-in still waits.
    let done = tokio::select! {
        done = others => done,
        reply = &mut logging_in => panic!("answered too soon: {}", reply.text()),
    };
    assert_eq!(done, 20);
    assert_eq!(logging_in.await.error(), (503, "unavailable".to_owned()));
    network.stop().await;
}

#[actix_web::test]
async fn messages_go_on_while_the_login_server_is_away() {
    let network = TestNetwork::start().await;
    let (ana, ben) = network.pair().await;
    let mut tab = ana.events().await;
    network.link.set(Mode::Cut);
    tab.wait_for("login_server", |event| event["reachable"] == false).await;
    assert_eq!(ana.get("/api/session").await.ok().json()["login_server"], json!({ "reachable": false }));
    let sent = ana.send("ben", "does it still work?").await;
    ana.has_receipt(&sent, "delivered").await;
    ben.send("ana", "it does").await;
    ana.has_messages("ben", 2).await;
    network.link.set(Mode::Whole);
    tab.wait_for("login_server", |event| event["reachable"] == true).await;
    network.stop().await;
}

#[actix_web::test]
async fn an_old_list_is_kept_and_marked_as_unsure() {
    let network = TestNetwork::start().await;
    let (first, second) = (network.node_with(|settings| settings.presence.stale_after_s = 2).await, network.node().await);
    let (ana, _ben) = (first.as_user("ana").await, second.as_user("ben").await);
    ana.sees_online("ben").await;
    network.link.set(Mode::Babbling(b"HTTP/1.1 200 OK\r\ncontent-length: 22\r\n\r\n<html>nothing</html>\r\n".to_vec()));
    let unsure = ana.sees("ben", "is perhaps online", |user| user["online"].is_null()).await;
    assert!(unsure["last_seen"].is_number());
    // Perhaps is worth a try.
    let sent = ana.send("ben", "perhaps you are there").await;
    ana.has_receipt(&sent, "delivered").await;
    network.link.set(Mode::Whole);
    ana.sees_online("ben").await;
    network.stop().await;
}

#[actix_web::test]
async fn a_login_server_that_was_started_anew_makes_nobody_offline() {
    let network = TestNetwork::start().await;
    let people = ["ana", "ben", "cleo", "dan"];
    // So rarely that its users are long gone from the new server's list when others look, unless it notices.
    let settings = |settings: &mut kith::config::Settings| settings.presence.report_every_s = 240;
    let (first, second) = (network.node_with(settings).await, network.node_with(settings).await);
    let (ana, ben) = (first.as_user("ana").await, second.as_user("ben").await);
    ana.sees_online("ben").await;
    ben.sees_online("ana").await;

    let anew = TestLoginServer::start(&people).await;
    network.link.set(Mode::Cut);
    network.link.lead_to(anew.address());
    network.link.set(Mode::Whole);
    eventually("both are on the new server's list", async || {
        for (one, other) in [(&ana, "ben"), (&ben, "ana")] {
            assert_ne!(one.user(other).await["online"], false, "{other} is there all the time");
        }
        (anew.has("cleo", "ana").await && anew.has("cleo", "ben").await).then_some(())
    })
    .await;
    ana.sees_online("ben").await;
    ben.sees_online("ana").await;
    // Whoever has really gone is known to be gone in the end.
    ana.sees("cleo", "is away", |user| user["online"] == false).await;
    network.stop().await;
    anew.stop().await;
}

#[actix_web::test]
async fn a_list_of_nonsense_changes_nothing() {
    never_panics();
    let rows = [
        "0, Online user list returned\r\n<script>,2,127.0.0.1,80,1\r\nben,two,127.0.0.1,80,1\r\nben,2,nowhere,80,1\r\nben,2,127.0.0.1,99999,1",
        r#"{"0": {"username": "../x", "ip": "127.0.0.1", "port": "1", "location": "2", "lastLogin": "1"}}"#,
        r#"{"0": {"username": 7, "ip": [], "port": {}, "location": null}}"#,
        r#"{"0": "ben", "1": []}"#,
        "[]",
    ];
    for list in rows {
        let fake = FakeServer::start(move |call| match call.path() {
            "/getList" => Answer::text(list),
            "/listUsers" => Answer::text("ana,<script>,../x,ben"),
            _ => Answer::text("0, User and IP logged"),
        })
        .await;
        let node = TestNode::start(&fake.url(), |_| {}).await;
        let ana = node.as_user("ana").await;
        ana.sees("ben", "is known by name", |user| user["username"] == "ben").await;
        super::support::eventually("the list was asked for twice", async || (fake.calls_to("/getList").len() >= 2).then_some(())).await;
        let users = ana.get("/api/users").await.ok().json();
        let names: Vec<_> = users.as_array().unwrap().iter().map(|user| user["username"].as_str().unwrap()).collect();
        assert_eq!(names, ["ana", "ben"], "{list}");
        node.stop().await;
        fake.stop().await;
    }
}

/// Lesson 27: the hash that is the credential was sent in URLs, every 30 s.
#[actix_web::test]
async fn the_credential_is_in_no_url_and_never_in_clear() {
    never_panics();
    let fake = FakeServer::start(|call| match call.path() {
        "/getList" => Answer::text("{}"),
        "/listUsers" => Answer::text("ana,ben"),
        "/logoff" => Answer::text("0, Logged off successfully"),
        _ => Answer::text("0, User and IP logged"),
    })
    .await;
    let node = TestNode::start(&fake.url(), |settings| settings.presence.report_every_s = 1).await;
    let ana = node.as_user("ana").await;
    super::support::eventually("ana was reported again", async || (fake.calls_to("/report").len() >= 2).then_some(())).await;
    ana.sign_out().await;
    assert_eq!(fake.calls_to("/logoff").len(), 1);
    let password = password_of("ana");
    let credential = kith::protocol::login_server::Credential::of(&password, kith::protocol::login_server::DEFAULT_SALT);
    for call in fake.calls() {
        assert!(!call.uri.contains('?'), "{}", call.uri);
        let body = String::from_utf8_lossy(&call.body).into_owned();
        assert!(!body.contains(credential.as_str()) && !body.contains(&password), "{}", call.path());
    }
    // Nor does the node keep it.
    for file in ["kith.db", "kith.db-wal"] {
        let bytes = std::fs::read(node.data().join(file)).unwrap_or_default();
        for secret in [credential.as_str(), &password] {
            assert!(!bytes.windows(secret.len()).any(|window| window == secret.as_bytes()), "{file}");
        }
    }
    node.stop().await;
    fake.stop().await;
}
