//! The node's own API, as its pages and scripts use it.

use serde_json::{Value, json};

use super::support::{Events, TestNetwork, User, message, password_of, picture, png, sha256};

#[actix_web::test]
async fn logging_in_gives_what_the_page_needs_and_a_cookie_that_scripts_cannot_read() {
    let network = TestNetwork::start().await;
    let node = network.node().await;
    let ana = node.visitor("ana");
    assert_eq!(ana.get("/api/session").await.error(), (401, "not_signed_in".to_owned()));
    let reply = ana.try_log_in(&password_of("ana")).await;
    assert_eq!(reply.status, 201);
    let view = reply.json();
    assert_eq!((&view["username"], &view["status"]), (&json!("ana"), &json!("Online")));
    assert_eq!((&view["login_server"], &view["limits"]["file_bytes"]), (&json!({ "reachable": true }), &json!(5_242_878)));
    assert_eq!(view["profile"], json!({ "fullname": "", "position": "", "description": "", "location": "", "picture": null }));
    let cookie = reply.header("set-cookie");
    assert!(cookie.contains("HttpOnly") && cookie.contains("SameSite=Lax") && cookie.contains("Path=/"), "{cookie}");
    assert_eq!(ana.get("/api/session").await.ok().json(), view);
    network.stop().await;
}

#[actix_web::test]
async fn every_call_but_logging_in_needs_a_session() {
    let network = TestNetwork::start().await;
    let node = network.node().await;
    let stranger = node.visitor("ana");
    for path in [
        "session",
        "users",
        "users/ana",
        "users/ana/profile",
        "users/ana/picture",
        "conversations",
        "conversations/ben/messages",
        "files/00112233445566778899aabbccddeeff",
        "blocks",
        "ws",
    ] {
        assert_eq!(stranger.get(&format!("/api/{path}")).await.error().0, 401, "GET {path}");
    }
    for path in ["conversations/ben/messages", "conversations/ben/files", "conversations/ben/read", "messages/00/retry"] {
        assert_eq!(stranger.post(&format!("/api/{path}"), &json!({ "text": "x" })).await.error().0, 401, "POST {path}");
    }
    for path in ["profile", "profile/picture", "status", "blocks/ben"] {
        assert_eq!(stranger.put(&format!("/api/{path}"), &json!({ "status": "Away" })).await.error().0, 401, "PUT {path}");
    }
    for path in ["session", "profile/picture", "blocks/ben", "messages/00112233445566778899aabbccddeeff"] {
        assert_eq!(stranger.delete(&format!("/api/{path}")).await.error().0, 401, "DELETE {path}");
    }
    assert_eq!(node.count("SELECT count(*) FROM messages"), 0);
    network.stop().await;
}

/// Every changing call with a session, as `(method, path, body)`.
const CHANGES: [(&str, &str, &str); 15] = [
    ("POST", "conversations/ben/messages", r#"{"text": "x"}"#),
    ("POST", "conversations/ben/files", ""),
    ("POST", "conversations/ben/read", r#"{"up_to": "00112233445566778899aabbccddeeff"}"#),
    ("POST", "messages/00112233445566778899aabbccddeeff/retry", ""),
    ("DELETE", "messages/00112233445566778899aabbccddeeff", ""),
    ("POST", "conversations/ben/forward", r#"{"id": "00112233445566778899aabbccddeeff"}"#),
    ("PUT", "drafts/ben", r#"{"text": "x"}"#),
    ("POST", "preview", r#"{"text": "x"}"#),
    ("PUT", "profile", r#"{"fullname": "Mallory"}"#),
    ("PUT", "profile/picture", ""),
    ("DELETE", "profile/picture", ""),
    ("PUT", "status", r#"{"status": "Away"}"#),
    ("PUT", "blocks/ben", ""),
    ("DELETE", "blocks/ben", ""),
    ("DELETE", "session", ""),
];

async fn change(user: &User, (method, path, body): (&str, &str, &str)) -> super::support::Reply {
    super::support::Reply::of(user.request(method.parse().unwrap(), &format!("/api/{path}")).body(body.to_owned())).await
}

#[actix_web::test]
async fn a_change_needs_the_token_of_this_very_session() {
    let network = TestNetwork::start().await;
    let node = network.node().await;
    let (ana, ben) = (node.as_user("ana").await, node.as_user("ben").await);
    let good = ana.csrf_token();
    for token in ["", "nonsense", &ben.csrf_token(), &good[1..]] {
        ana.use_csrf_token(token);
        for call in CHANGES {
            assert_eq!(change(&ana, call).await.error(), (403, "no_csrf_token".to_owned()), "{call:?} with {token:?}");
        }
    }
    ana.use_csrf_token(&good);
    assert_eq!(ana.user("ana").await["status"], "Online");
    assert_eq!(ana.conversations().await, [] as [Value; 0]);
    assert_eq!(ana.get("/api/session").await.ok().json()["csrf_token"], good);
    network.stop().await;
}

#[actix_web::test]
async fn signing_out_ends_the_session_on_the_node_and_not_only_in_the_browser() {
    let network = TestNetwork::start().await;
    let node = network.node().await;
    let ana = node.as_user("ana").await;
    let (cookie, token) = (ana.cookie(), ana.csrf_token());
    let thief = node.visitor("ana");
    thief.steal_cookie(&cookie);
    thief.use_csrf_token(&token);
    thief.get("/api/session").await.ok();
    let mut tab = ana.events().await;
    ana.sign_out().await;
    tab.wait_for("signed_out", |_| true).await;
    assert_eq!(tab.next().await, None);
    assert_eq!(thief.get("/api/session").await.error().0, 401);
    assert_eq!(thief.try_send("ben", "still me").await.error().0, 401);
    assert_eq!(Events::open(node.address(), &cookie).await.err(), Some(401));
    assert!(!network.login_server.has("ben", "ana").await);
    // Somebody else may still be there: a new session is not the old one's.
    ana.log_in().await;
    assert_eq!(thief.get("/api/session").await.error().0, 401);
    network.stop().await;
}

#[actix_web::test]
async fn a_second_browser_of_the_same_person_stays_signed_in() {
    let network = TestNetwork::start().await;
    let node = network.node().await;
    let (desk, phone) = (node.as_user("ana").await, node.as_user("ana").await);
    desk.sign_out().await;
    assert_eq!(desk.get("/api/session").await.status, 401);
    phone.get("/api/session").await.ok();
    assert!(network.login_server.has("ben", "ana").await);
    phone.sign_out().await;
    assert!(!network.login_server.has("ben", "ana").await);
    network.stop().await;
}

#[actix_web::test]
async fn another_person_in_the_same_browser_takes_it_over() {
    let network = TestNetwork::start().await;
    let node = network.node().await;
    let ana = node.as_user("ana").await;
    let ben = node.visitor("ben");
    ben.steal_cookie(&ana.cookie());
    ben.log_in().await;
    assert_eq!(ben.get("/api/session").await.ok().json()["username"], "ben");
    assert_eq!(ana.get("/api/session").await.status, 401);
    assert!(!network.login_server.has("ben", "ana").await);
    network.stop().await;
}

#[actix_web::test]
async fn two_people_on_one_node_see_nothing_of_each_other() {
    let network = TestNetwork::start().await;
    let node = network.node().await;
    let (ana, ben, cleo) = (node.as_user("ana").await, node.as_user("ben").await, node.as_user("cleo").await);
    let mut tab_of_cleo = cleo.events().await;
    let text = ana.send("ben", "between us").await;
    let file = ana.send_file("ben", "secret.png", "image/png", &png()).await;
    ben.has_messages("ana", 2).await;

    assert_eq!(cleo.conversations().await, [] as [Value; 0]);
    for with in ["ana", "ben", "cleo"] {
        assert_eq!(cleo.conversation(with).await, [] as [Value; 0]);
    }
    for id in [&text["id"], &file["id"], &file["file"]["id"]] {
        assert_eq!(cleo.file(id).await.error(), (404, "not_found".to_owned()));
    }
    // Knowing an id is of no use either: not to mark it, nor to send it again.
    let mark = cleo.post("/api/conversations/ana/read", &json!({ "up_to": file["id"] })).await;
    assert_eq!(mark.error().0, 404);
    let retry = cleo.post(&format!("/api/messages/{}/retry", text["id"].as_str().unwrap()), &json!({})).await;
    assert_eq!(retry.error().0, 404);
    // Nor is knowing the content of a file: files are found by message, not by hash.
    assert_eq!(cleo.get(&format!("/api/files/{}", sha256(&png()))).await.error().0, 404);

    // The first message that cleo's tab hears of is one for cleo, whatever it asks for.
    tab_of_cleo.say("{\"type\": \"subscribe\", \"username\": \"ana\"}").await;
    ana.send("ben", "still between us").await;
    ana.send("cleo", "and this is for you").await;
    assert_eq!(tab_of_cleo.wait_for("message", |_| true).await["message"]["text"], "and this is for you");
    network.stop().await;
}

#[actix_web::test]
async fn a_websocket_is_for_this_nodes_own_pages() {
    let network = TestNetwork::start().await;
    let node = network.node().await;
    let ana = node.as_user("ana").await;
    for origin in ["http://evil.example", "http://127.0.0.1:1", "null"] {
        let opened = Events::open_from(node.address(), &ana.cookie(), Some(origin)).await;
        assert_eq!(opened.err(), Some(403), "{origin}");
    }
    assert!(Events::open_from(node.address(), &ana.cookie(), Some(&node.url())).await.is_ok());
    network.stop().await;
}

#[actix_web::test]
async fn a_conversation_is_read_page_by_page() {
    let network = TestNetwork::start().await;
    let node = network.node().await;
    let ben = node.as_user("ben").await;
    for n in 0..12 {
        let message = message("ana", "ben", &format!("number {n}"), 1_700_000_000.0 + f64::from(n));
        assert_eq!(node.peer_call("/receiveMessage", &message).await.code(), 0);
    }
    let (mut texts, mut cursor) = (Vec::new(), String::new());
    for _ in 0..3 {
        let page = ben.get(&format!("/api/conversations/ana/messages?limit=5{cursor}")).await.ok().json();
        texts.extend(page["messages"].as_array().unwrap().iter().map(|message| message["text"].as_str().unwrap().to_owned()));
        cursor = page["before"].as_str().map(|before| format!("&before={before}")).unwrap_or_default();
    }
    assert_eq!(texts, (0..12).rev().map(|n| format!("number {n}")).collect::<Vec<_>>());
    assert_eq!(cursor, "");
    for bad in ["before=x", "before=NaN_1", "before=1_x", "limit=many", "limit=-1"] {
        let reply = ben.get(&format!("/api/conversations/ana/messages?{bad}")).await;
        assert_eq!(reply.error(), (400, "bad_request".to_owned()), "{bad}");
    }
    network.stop().await;
}

#[actix_web::test]
async fn a_message_that_comes_late_stands_where_its_stamp_puts_it_and_says_so() {
    let network = TestNetwork::start().await;
    let node = network.node().await;
    let ben = node.as_user("ben").await;
    for (text, stamp) in [("first", 1_700_000_000.0), ("third", 1_700_000_020.0), ("second", 1_700_000_010.0)] {
        assert_eq!(node.peer_call("/receiveMessage", &message("ana", "ben", text, stamp)).await.code(), 0);
    }
    let messages = ben.conversation("ana").await;
    let order: Vec<_> = messages.iter().map(|message| (message["text"].as_str().unwrap(), message["arrived_late"] == true)).collect();
    assert_eq!(order, [("first", false), ("second", true), ("third", false)]);
    network.stop().await;
}

#[actix_web::test]
async fn a_profile_and_its_picture_are_changed_and_shown() {
    let network = TestNetwork::start().await;
    let node = network.node().await;
    let (ana, ben) = (node.as_user("ana").await, node.as_user("ben").await);
    let mut tab_of_ben = ben.events().await;
    let texts = json!({ "fullname": "Ana Ribeiro", "position": "Field lead", "description": "Tides", "location": "Upper floor" });
    ana.put("/api/profile", &texts).await.ok();
    let request = ana.request(reqwest::Method::PUT, "/api/profile/picture").header("content-type", "image/png").body(picture(600, 200));
    let profile = super::support::Reply::of(request).await.ok().json();
    assert_eq!((&profile["fullname"], &profile["location"]), (&json!("Ana Ribeiro"), &json!("Upper floor")));
    tab_of_ben.wait_for("profile", |event| event["username"] == "ana" && event["profile"] == profile).await;
    assert_eq!(ben.get("/api/users/ana/profile").await.ok().json(), profile);

    let shown = ben.get(profile["picture"].as_str().unwrap()).await.ok();
    assert_eq!(shown.header("content-type"), "image/jpeg");
    let drawn = image::load_from_memory(&shown.body).unwrap();
    assert_eq!((drawn.width(), drawn.height()), (256, 256));

    assert_eq!(ana.delete("/api/profile/picture").await.ok().json()["picture"], json!(null));
    assert_eq!(ben.get("/api/users/ana/picture").await.error().0, 404);
    network.stop().await;
}

#[actix_web::test]
async fn a_status_is_kept_over_a_new_log_in() {
    let network = TestNetwork::start().await;
    let node = network.node().await;
    let ana = node.as_user("ana").await;
    for status in ["Idle", "Away", "Do Not Disturb", "Offline"] {
        ana.set_status(status).await;
        assert_eq!(ana.get("/api/session").await.ok().json()["status"], status);
    }
    ana.sign_out().await;
    assert_eq!(ana.log_in().await["status"], "Offline");
    network.stop().await;
}

#[actix_web::test]
async fn whoever_is_blocked_is_told_no_and_leaves_nothing() {
    let network = TestNetwork::start().await;
    let node = network.node().await;
    let ben = node.as_user("ben").await;
    ben.put("/api/blocks/ana", &json!({})).await.ok();
    assert_eq!(ben.get("/api/blocks").await.ok().json(), json!(["ana"]));
    assert_eq!(ben.put("/api/blocks/ben", &json!({})).await.error().0, 422);
    let file = super::support::file("ana", "ben", "x.png", "image/png", &png(), 1_700_000_001.0);
    assert_eq!(node.peer_call("/receiveMessage", &message("ana", "ben", "hi", 1_700_000_000.0)).await.code(), 11);
    assert_eq!(node.peer_call("/receiveFile", &file).await.code(), 11);
    assert_eq!(node.peer_call("/receiveMessage", &message("cleo", "ben", "hi", 1_700_000_000.0)).await.code(), 0);
    assert_eq!(node.count("SELECT count(*) FROM messages WHERE sender = 'ana'"), 0);
    ben.delete("/api/blocks/ana").await.ok();
    assert_eq!(node.peer_call("/receiveMessage", &message("ana", "ben", "hi", 1_700_000_000.0)).await.code(), 0);
    assert_eq!(ben.texts("ana").await, ["hi"]);
    network.stop().await;
}

#[actix_web::test]
async fn a_part_of_a_file_can_be_asked_for() {
    let network = TestNetwork::start().await;
    let node = network.node().await;
    let ana = node.as_user("ana").await;
    let content = super::support::wav();
    let sent = ana.send_file("ben", "bell.wav", "audio/wav", &content).await;
    let path = format!("/api/files/{}", sent["file"]["id"].as_str().unwrap());
    let range = |range: &str| super::support::Reply::of(ana.request(reqwest::Method::GET, &path).header("range", range));
    let part = range("bytes=100-199").await;
    assert_eq!((part.status, part.body.as_slice()), (206, &content[100..200]));
    assert_eq!(part.header("content-range"), format!("bytes 100-199/{}", content.len()));
    assert_eq!(range("bytes=999999-").await.status, 416);
    let saved = ana.get(&format!("{path}?download=1")).await.ok();
    assert!(saved.header("content-disposition").starts_with("attachment"));
    network.stop().await;
}

#[actix_web::test]
async fn the_api_describes_itself_and_its_health() {
    let network = TestNetwork::start().await;
    let node = network.node().await;
    let ana = node.as_user("ana").await;
    let document = ana.get("/api/openapi.json").await.ok().json();
    for path in ["/api/session", "/api/users", "/api/conversations/{username}/messages", "/api/files/{id}", "/api/ws", "/healthz"] {
        assert!(document["paths"][path].is_object(), "{path}");
    }
    let health = node.get("/healthz").await.ok().json();
    assert_eq!(health, json!({ "status": "ok", "database": true, "presence": true, "login_server": true, "set_aside": [] }));
    network.stop().await;
}
