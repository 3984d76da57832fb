//! What broke the node of 2017 (S), each with its number. More of them stand where they belong: 3, 18, 19, 20, 22, 23 and 24 in the other
//! files here, 9, 10, 11, 21, 27 and 30 in `tests/net`, 29 and 31 in `tests/ragged`.

use std::path::Path;
use std::time::{Duration, Instant};

use futures_util::future::join_all;
use reqwest::Method;
use serde_json::{Value, json};

use super::support::{HTML, Reply, TestNetwork, TestNode, User, file, message, password_of, picture, png, sha256, wav};

/// File names that would lead out of a folder, or over a file that matters.
const CLIMBING: [&str; 9] = [
    "../../x",
    "../kith.db",
    "/tmp/kith-was-here",
    "..\\..\\x",
    "C:\\x",
    "files/../../kith.db",
    "templates/session/login.html",
    "../../../templates/session/login.html",
    "%2e%2e%2fx",
];

/// Every file below a folder, by path.
fn tree(folder: &Path) -> Vec<String> {
    let mut files = Vec::new();
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() { files.extend(tree(&path)) } else { files.push(path.display().to_string()) }
    }
    files.sort();
    files
}

/// Lesson 1: a file's name climbed out of the upload folder, and what it overwrote was run.
#[actix_web::test]
async fn a_file_name_is_never_a_path() {
    let network = TestNetwork::start().await;
    let node = network.node().await;
    let ben = node.as_user("ben").await;
    let mut expected = vec![];
    for (n, name) in CLIMBING.into_iter().enumerate() {
        let content = format!("content {n}");
        expected
            .push(node.data().join("files").join(&sha256(content.as_bytes())[..2]).join(sha256(content.as_bytes())).display().to_string());
        let stamp = 1_700_000_000.0 + f64::from(u32::try_from(n).unwrap());
        let body = file("ana", "ben", name, "text/x-python", content.as_bytes(), stamp);
        assert_eq!(node.peer_call("/receiveFile", &body).await.code(), 0, "{name}");
    }
    for (n, name) in CLIMBING.into_iter().enumerate() {
        let content = format!("upload {n}");
        expected
            .push(node.data().join("files").join(&sha256(content.as_bytes())[..2]).join(sha256(content.as_bytes())).display().to_string());
        let sent = ben.send_file("ana", name, "text/plain", content.as_bytes()).await;
        let shown = sent["file"]["name"].as_str().unwrap();
        assert!(!shown.contains(['/', '\\']) && !shown.is_empty() && !shown.starts_with('.'), "{name}: {shown}");
    }
    for message in ben.conversation("ana").await {
        let shown = message["file"]["name"].as_str().unwrap();
        assert!(!shown.contains(['/', '\\']) && !shown.is_empty(), "{shown}");
    }
    expected.sort();
    let is_database = |path: &String| path.contains("/kith.db");
    // In the folder of the data, and the one above it, there is the database, and each file under its hash.
    let found: Vec<_> = tree(node.data().parent().unwrap()).into_iter().filter(|path| !is_database(path)).collect();
    assert_eq!(found, expected);
    assert!(!Path::new("/tmp/kith-was-here").exists());
    network.stop().await;
}

/// Lesson 2: by the same hole, the page to log in was replaced.
#[actix_web::test]
async fn the_page_to_log_in_stays_as_it_is() {
    let network = TestNetwork::start().await;
    let node = network.node().await;
    let _ben = node.as_user("ben").await;
    let page = node.get("/login").await.ok().body;
    let database = node.count("SELECT count(*) FROM people");
    for (n, name) in CLIMBING.into_iter().enumerate() {
        let stamp = 1_700_000_000.0 + f64::from(u32::try_from(n).unwrap());
        node.peer_call("/receiveFile", &file("ana", "ben", name, "text/html", b"<h1>send me your password</h1>", stamp)).await;
    }
    assert_eq!(node.get("/login").await.ok().body, page);
    assert_eq!(node.count("SELECT count(*) FROM people"), database);
    network.stop().await;
}

/// Lesson 3: text, Markdown and file names reached the page as they came.
#[actix_web::test]
async fn nothing_that_is_sent_becomes_a_script() {
    let network = TestNetwork::start().await;
    let node = network.node().await;
    let ben = node.as_user("ben").await;
    let hostile = [
        "<script>alert(1)</script>",
        "<img src=x onerror=alert(1)>",
        "[x](javascript:alert(1))",
        "[x](JaVaScRiPt:alert(1))",
        "[x](data:text/html;base64,PHNjcmlwdD4=)",
        "![x](http://tracker.example/1.gif)",
        "<svg/onload=alert(1)>",
        "<a href=\"javascript:alert(1)\">x</a>",
        "```\n</code></pre><script>alert(1)</script>\n```",
        "<iframe srcdoc='<script>alert(1)</script>'></iframe>",
    ];
    for (n, text) in hostile.into_iter().enumerate() {
        for markdown in [0, 1] {
            let mut body = message("ana", "ben", text, 1_700_000_000.0 + f64::from(u32::try_from(2 * n + markdown).unwrap()));
            body["markdown"] = json!(markdown);
            assert_eq!(node.peer_call("/receiveMessage", &body).await.code(), 0);
        }
    }
    let name = "<img src=x onerror=alert(1)>\r\nset-cookie: a=b\"; x=\".html";
    assert_eq!(node.peer_call("/receiveFile", &file("ana", "ben", name, "text/html", HTML, 1_700_001_000.0)).await.code(), 0);
    let messages = ben.conversation("ana").await;
    for message in &messages[..2 * hostile.len()] {
        let html = message["html"].as_str().unwrap();
        assert!(hostile.contains(&message["text"].as_str().unwrap()), "stored as sent");
        // Every tag that is left is one of the harmless ones, and leads nowhere but to the web.
        for tag in html.split('<').skip(1) {
            let word = tag.trim_start_matches('/').split([' ', '>']).next().unwrap();
            assert!(["a", "p", "br", "code", "pre"].contains(&word), "{html}");
            assert!(!tag.contains("javascript:") || !tag.split('>').next().unwrap().contains("javascript:"), "{html}");
            assert!(!tag.split('>').next().unwrap().contains(" on"), "{html}");
        }
    }
    let got = ben.file(&messages.last().unwrap()["id"]).await.ok();
    assert_eq!(got.header("set-cookie"), "");
    assert!(!got.header("content-disposition").contains(['<', '\n']), "{}", got.header("content-disposition"));
    network.stop().await;
}

/// Lesson 4: HTML that somebody had sent was a page of the node's own, for anybody.
#[actix_web::test]
async fn a_file_that_could_run_is_only_ever_saved_and_only_by_its_two_people() {
    let network = TestNetwork::start().await;
    let node = network.node().await;
    let ben = node.as_user("ben").await;
    let svg = b"<svg xmlns=\"http://www.w3.org/2000/svg\" onload=\"alert(1)\"/>";
    let files: [(&str, &str, &[u8]); 6] = [
        ("page.html", "text/html", HTML),
        ("picture.png", "image/png", HTML),
        ("picture.svg", "image/svg+xml", svg),
        ("script.js", "text/javascript", b"alert(1)"),
        ("page.xhtml", "application/xhtml+xml", HTML),
        ("sound.wav", "audio/wav", HTML),
    ];
    for (n, (name, content_type, content)) in files.into_iter().enumerate() {
        let stamp = 1_700_000_000.0 + f64::from(u32::try_from(n).unwrap());
        assert_eq!(node.peer_call("/receiveFile", &file("ana", "ben", name, content_type, content, stamp)).await.code(), 0);
        let id = ben.conversation("ana").await[n]["id"].clone();
        let got = ben.file(&id).await.ok();
        assert!(got.header("content-disposition").starts_with("attachment"), "{name}: {}", got.header("content-disposition"));
        assert_eq!(got.header("content-type"), "application/octet-stream", "{name}");
        assert_eq!(got.header("x-content-type-options"), "nosniff", "{name}");
        assert!(got.header("content-security-policy").contains("sandbox"), "{name}");
        assert_eq!(got.body, content);
        for stranger in [node.visitor("nobody"), node.as_user("cleo").await] {
            assert!(stranger.file(&id).await.status >= 400, "{name}");
        }
    }
    let body = file("ana", "ben", "real.png", "text/html", &png(), 1_700_000_100.0);
    assert_eq!(node.peer_call("/receiveFile", &body).await.code(), 0);
    let real = ben.file(&ben.conversation("ana").await[files.len()]["id"]).await.ok();
    assert_eq!((real.header("content-type"), real.header("x-content-type-options")), ("image/png", "nosniff"));
    network.stop().await;
}

/// Lesson 5: sending needed no session and took any sender.
#[actix_web::test]
async fn nobody_sends_as_somebody_else() {
    let network = TestNetwork::start().await;
    let node = network.node().await;
    let ana = node.as_user("ana").await;
    let forged = json!({ "text": "hi", "from": "ben", "sender": "ben", "username": "ben" });
    assert_eq!(node.visitor("ben").post("/api/conversations/cleo/messages", &forged).await.error().0, 401);
    assert_eq!(ana.post("/api/conversations/cleo/messages", &forged).await.ok().json()["from"], "ana");
    for path in ["/sendMessage", "/sendFile", "/api/sendMessage"] {
        assert!([404, 405].contains(&node.visitor("ben").post(path, &forged).await.status), "{path}");
    }
    assert_eq!(node.count("SELECT count(*) FROM messages WHERE sender <> 'ana'"), 0);
    network.stop().await;
}

/// Lesson 6: whoever asked could overwrite anybody's profile.
#[actix_web::test]
async fn a_profile_is_changed_by_its_owner_alone() {
    let network = TestNetwork::start().await;
    let node = network.node().await;
    let (ana, ben) = (node.as_user("ana").await, node.as_user("ben").await);
    ben.put("/api/profile", &json!({ "fullname": "Ben" })).await.ok();
    let forged = json!({ "fullname": "Mallory", "username": "ben", "profile_username": "ben" });
    assert_eq!(node.visitor("ben").put("/api/profile", &forged).await.error().0, 401);
    ana.put("/api/profile", &forged).await.ok();
    assert!(ana.put("/api/users/ben/profile", &forged).await.status >= 400);
    assert!(ana.post("/updateClientProfileDetails", &forged).await.status >= 400);
    assert_eq!(ben.user("ben").await["profile"]["fullname"], "Ben");
    network.stop().await;
}

/// Lesson 7: anybody could sign the user out.
#[actix_web::test]
async fn only_the_user_signs_out() {
    let network = TestNetwork::start().await;
    let node = network.node().await;
    let ana = node.as_user("ana").await;
    let stranger = node.visitor("ana");
    assert_eq!(stranger.delete("/api/session").await.error().0, 401);
    for path in ["/signout", "/logout", "/shutdown", "/api/session/delete"] {
        assert!(stranger.get(path).await.status >= 400, "{path}");
        assert!(stranger.post(path, &json!({ "username": "ana" })).await.status >= 400, "{path}");
    }
    // Nor does a page of another site, with the user's own cookie.
    ana.use_csrf_token("");
    assert_eq!(ana.delete("/api/session").await.error().0, 403);
    ana.get("/api/session").await.ok();
    assert!(network.login_server.has("ben", "ana").await);
    network.stop().await;
}

/// Lesson 8: any sender's name was believed.
#[actix_web::test]
async fn a_name_from_elsewhere_is_marked_and_a_users_own_name_is_refused() {
    let network = TestNetwork::start().await;
    let node = network.node().await;
    let (ana, ben) = (node.as_user("ana").await, node.as_user("ben").await);
    network.login_server.report("cleo", "127.0.0.1:9".parse().unwrap()).await;
    ben.sees_online("cleo").await;
    let elsewhere = [127, 0, 0, 2];
    assert_eq!(node.peer_call_from(elsewhere, "/receiveMessage", &message("cleo", "ben", "hi", 1_700_000_000.0)).await.code(), 0);
    let picture = file("cleo", "ben", "x.png", "image/png", &png(), 1_700_000_001.0);
    assert_eq!(node.peer_call_from(elsewhere, "/receiveFile", &picture).await.code(), 0);
    assert!(ben.conversation("cleo").await.iter().all(|message| message["verified"] == false));

    // Ana is logged in here: what she writes does not come from there.
    let forged = node.peer_call_from(elsewhere, "/receiveMessage", &message("ana", "ben", "hi", 1_700_000_002.0)).await;
    assert_eq!((forged.status, forged.code()), (403, 2));
    assert_eq!(ben.conversation("ana").await, [] as [Value; 0]);
    assert_eq!(ana.conversation("ben").await, [] as [Value; 0]);
    network.stop().await;
}

/// Lesson 12: a message with an accent was taken with success, and locked the conversation for good.
#[actix_web::test]
async fn no_message_that_is_taken_spoils_the_conversation() {
    let network = TestNetwork::start().await;
    let node = network.node().await;
    let ben = node.as_user("ben").await;
    let texts = [
        "é",
        "日本語",
        "🧜‍♀️🐚",
        "\u{0}\u{1}\u{7f}",
        "\u{202e}desrever",
        "\u{feff}",
        "a\r\nb\rc",
        "&amp;&#10;",
        "{{ 7 * 7 }} {% raw %}",
        "",
        " ",
    ];
    for (n, text) in texts.into_iter().enumerate() {
        let body = message("ana", "ben", text, 1_700_000_000.0 + f64::from(u32::try_from(n).unwrap()));
        assert_eq!(node.peer_call("/receiveMessage", &body).await.code(), 0, "{text:?}");
    }
    // Half of a pair of surrogates, as an escape: JSON, but no text.
    let lone = br#"{"sender": "ana", "destination": "ben", "message": "half \ud83d", "stamp": 1700000100}"#;
    assert_eq!(node.peer_post([127, 0, 0, 1], "/receiveMessage", lone.to_vec()).await.code(), 0);
    for (stamp, at) in [(0.0, "0"), (1e11, "1e11"), (4e9, "4e9")] {
        assert_eq!(node.peer_call("/receiveMessage", &message("ana", "ben", at, stamp)).await.code(), 0, "{at}");
    }
    let stored = ben.texts("ana").await;
    for text in texts.into_iter().chain(["half \u{fffd}"]) {
        assert!(stored.iter().any(|stored| stored == text), "{text:?} is not in {stored:?}");
    }
    assert_eq!(stored.len(), texts.len() + 4);
    assert_eq!(ben.get("/chats/ana").await.status, 200);
    assert_eq!(ben.conversations().await.len(), 1);
    ben.send("ana", "I can still write").await;
    network.stop().await;
}

/// Lesson 13: what somebody outside the class list sent was stored where nobody could see it.
#[actix_web::test]
async fn a_message_from_a_stranger_can_be_seen() {
    let network = TestNetwork::start().await;
    let node = network.node().await;
    let ben = node.as_user("ben").await;
    let mut tab = ben.events().await;
    assert_eq!(node.peer_call("/receiveMessage", &message("stranger-7", "ben", "hello from afar", 1_700_000_000.0)).await.code(), 0);
    assert_eq!(tab.message("hello from afar").await["verified"], false);
    let conversations = ben.conversations().await;
    assert_eq!((&conversations[0]["with"], &conversations[0]["unread"]), (&json!("stranger-7"), &json!(1)));
    assert_eq!(ben.texts("stranger-7").await, ["hello from afar"]);
    assert_eq!(ben.get("/chats/stranger-7").await.status, 200);
    network.stop().await;
}

/// Lesson 14: a second file of the same name overwrote the first one.
#[actix_web::test]
async fn files_of_the_same_name_stay_apart() {
    let network = TestNetwork::start().await;
    let node = network.node().await;
    let ben = node.as_user("ben").await;
    let contents = [("ana", png()), ("cleo", wav()), ("ana", picture(7, 7))];
    for (n, (from, content)) in contents.iter().enumerate() {
        let stamp = 1_700_000_000.0 + f64::from(u32::try_from(n).unwrap());
        assert_eq!(node.peer_call("/receiveFile", &file(from, "ben", "same.png", "image/png", content, stamp)).await.code(), 0);
    }
    let (ana, cleo) = (ben.conversation("ana").await, ben.conversation("cleo").await);
    for (message, content) in [(&ana[0], &contents[0].1), (&cleo[0], &contents[1].1), (&ana[1], &contents[2].1)] {
        assert_eq!(message["file"]["name"], "same.png");
        assert_eq!(ben.file(&message["id"]).await.ok().body, *content);
    }
    network.stop().await;
}

/// Lesson 15: the message was written before its file, so that a failure left a dead link.
#[actix_web::test]
async fn a_file_that_cannot_be_kept_leaves_no_message() {
    let network = TestNetwork::start().await;
    let node = network.node().await;
    let ben = node.as_user("ben").await;
    // A disk that takes no more files: where they are written first, there is no folder.
    let (workshop, aside) = (node.data().join("files/half-written"), node.data().join("aside"));
    std::fs::rename(&workshop, &aside).unwrap();
    let body = file("ana", "ben", "shell.png", "image/png", &png(), 1_700_000_000.0);
    let answer = node.peer_call("/receiveFile", &body).await;
    assert_eq!((answer.status, answer.code()), (500, 4), "{}", answer.text);
    assert_eq!(ben.try_send_file("ana", "shell.png", "image/png", &png()).await.error(), (500, "internal".to_owned()));
    assert_eq!(ben.conversation("ana").await, [] as [Value; 0]);
    assert_eq!(node.count("SELECT count(*) FROM files"), 0);

    std::fs::rename(&aside, &workshop).unwrap();
    assert_eq!(node.peer_call("/receiveFile", &body).await.code(), 0);
    let message = ben.conversation("ana").await.remove(0);
    assert_eq!(ben.file(&message["id"]).await.ok().body, png());
    network.stop().await;
}

/// Lesson 16: a wrong hash and an unknown hashing were both taken.
#[actix_web::test]
async fn a_hash_is_checked() {
    let network = TestNetwork::start().await;
    let node = network.node().await;
    let ben = node.as_user("ben").await;
    let hashed = |hashing: Value, hash: Value| {
        let mut body = message("ana", "ben", "hashed", 1_700_000_000.0);
        body["hashing"] = hashing;
        body["hash"] = hash;
        body
    };
    let right = sha256(b"hashed");
    for wrong in [json!(sha256(b"hashed!")), json!(null), json!(""), json!(&right[1..]), json!("zz")] {
        assert_eq!(node.peer_call("/receiveMessage", &hashed(json!(1), wrong.clone())).await.code(), 7, "{wrong}");
    }
    assert_eq!(node.peer_call("/receiveMessage", &hashed(json!(42), json!(right))).await.code(), 10);
    let mut content = file("ana", "ben", "x", "text/plain", b"hi", 1_700_000_000.0);
    (content["hashing"], content["hash"]) = (json!("1"), json!(sha256(b"hi")));
    // It is the base64 text that is hashed.
    assert_eq!(node.peer_call("/receiveFile", &content).await.code(), 7);
    assert_eq!(ben.conversation("ana").await, [] as [Value; 0]);

    content["hash"] = json!(sha256(b"aGk="));
    assert_eq!(node.peer_call("/receiveFile", &content).await.code(), 0);
    assert_eq!(node.peer_call("/receiveMessage", &hashed(json!("1"), json!(right))).await.code(), 0);
    assert_eq!(ben.conversation("ana").await.len(), 2);
    network.stop().await;
}

/// Lesson 17: twelve sends at once between users of one node waited for each other, and two were stored twice.
#[actix_web::test]
async fn users_of_one_node_write_to_each_other_at_once() {
    let network = TestNetwork::start().await;
    let node = network.node().await;
    let (ana, ben) = (node.as_user("ana").await, node.as_user("ben").await);
    let sent = join_all((0..24).map(|n| {
        let (from, to) = if n % 2 == 0 { (&ana, "ben") } else { (&ben, "ana") };
        async move { from.send(to, &format!("number {n}")).await }
    }))
    .await;
    for message in &sent {
        let (user, with) = if message["from"] == "ana" { (&ana, "ben") } else { (&ben, "ana") };
        user.has_receipt(message, "delivered").await;
        assert_eq!(user.texts(with).await.iter().filter(|text| **text == message["text"]).count(), 1);
    }
    assert_eq!(node.count("SELECT count(*) FROM messages"), 24);
    assert_eq!(ana.texts("ben").await, ben.texts("ana").await);
    network.stop().await;
}

async fn quickest_page(ben: &User) -> Duration {
    let mut quickest = Duration::MAX;
    for _ in 0..15 {
        let start = Instant::now();
        ben.get("/api/conversations/ana/messages").await.ok();
        quickest = quickest.min(start.elapsed());
    }
    quickest
}

async fn fill(node: &TestNode, from: u32, to: u32) {
    let http = reqwest::Client::new();
    let url = format!("{}/receiveMessage", node.url());
    for start in (from..to).step_by(50) {
        let batch = (start..start + 50).map(|n| {
            let body = message("ana", "ben", &format!("number {n}"), 1_600_000_000.0 + f64::from(n));
            let request = http.post(&url).json(&body);
            async move { assert_eq!(Reply::of(request).await.text(), "0: Success") }
        });
        join_all(batch).await;
    }
}

/// Lesson 25: with a hundred times the messages, a page took fourteen hundred times as long.
#[actix_web::test]
async fn a_page_of_a_long_conversation_costs_what_one_of_a_short_conversation_does() {
    let network = TestNetwork::start().await;
    let node = network.node().await;
    let ben = node.as_user("ben").await;
    fill(&node, 0, 50).await;
    let short = quickest_page(&ben).await;
    fill(&node, 50, 3000).await;
    let long = quickest_page(&ben).await;
    assert!(long < short * 8, "{short:?} with 50 messages, {long:?} with 3000");
    network.stop().await;
}

/// Lesson 26: logging in worked by GET, so that passwords were in logs; and the cookie stayed the same.
#[actix_web::test]
async fn logging_in_is_a_post_and_gives_a_new_cookie() {
    let network = TestNetwork::start().await;
    let node = network.node().await;
    let ana = node.visitor("ana");
    let query = format!("username=ana&password={}", password_of("ana").replace(' ', "%20"));
    for path in ["/api/session", "/login", "/signin", "/"] {
        ana.get(&format!("{path}?{query}")).await;
        assert_eq!(ana.get("/api/session").await.error().0, 401, "{path}");
    }
    // A form of another site cannot make one log in: it would have to send JSON, and would be asked for it.
    let form = ana.request(Method::POST, "/api/session").header("content-type", "application/x-www-form-urlencoded").body(query);
    assert_eq!(Reply::of(form).await.error().0, 400);

    // A key that somebody else has put into the browser is not the key afterwards.
    let ben = node.as_user("ben").await;
    let planted = ben.cookie();
    ana.steal_cookie(&planted);
    ana.log_in().await;
    assert_ne!(ana.cookie(), planted);
    assert_eq!(ben.get("/api/session").await.error().0, 401);
    // Nor is it at the second log-in in the same browser, and the old one is of no use.
    let (first, token) = (ana.cookie(), ana.csrf_token());
    ana.log_in().await;
    assert_ne!(ana.cookie(), first);
    assert_ne!(ana.csrf_token(), token);
    let thief = node.visitor("ana");
    thief.steal_cookie(&first);
    assert_eq!(thief.get("/api/session").await.error().0, 401);
    network.stop().await;
}

/// Lesson 28: profiles and statuses were told about anybody.
#[actix_web::test]
async fn a_node_speaks_for_its_own_users_alone() {
    let network = TestNetwork::start().await;
    let (node, other) = (network.node().await, network.node().await);
    let (ana, ben) = (node.as_user("ana").await, other.as_user("ben").await);
    ben.put("/api/profile", &json!({ "fullname": "Ben Okafor" })).await.ok();
    ana.sees("ben", "has a profile", |user| user["profile"]["fullname"] == "Ben Okafor").await;
    for name in ["ben", "nobody"] {
        let ask = json!({ "profile_username": name, "sender": "cleo" });
        assert_eq!(node.peer_call("/getStatus", &ask).await.code(), 3, "{name}");
        let profile = node.peer_call("/getProfile", &ask).await;
        assert!(profile.status >= 400 && profile.code() == 4 && !profile.text.contains("Okafor"), "{name}: {}", profile.text);
        assert_eq!(node.get(&format!("/pictures/{name}")).await.status, 404, "{name}");
    }
    assert!(!node.get("/healthz").await.text().contains("ana"));
    network.stop().await;
}

/// Lesson 32: a wrong method or a missing body had status 200.
#[actix_web::test]
async fn a_refusal_has_the_status_of_one() {
    let network = TestNetwork::start().await;
    let node = network.node().await;
    let ana = node.as_user("ana").await;
    for path in ["/receiveMessage", "/receiveFile", "/getProfile", "/getStatus"] {
        for method in [Method::GET, Method::PUT, Method::DELETE, Method::PATCH] {
            let answer = Reply::of(ana.request(method.clone(), path)).await;
            assert_eq!((answer.status, answer.text().starts_with("1: ")), (405, true), "{method} {path}: {}", answer.text());
        }
        let answer = node.peer_post([127, 0, 0, 1], path, Vec::new()).await;
        assert_eq!((answer.status, answer.code()), (400, 1), "{path}");
    }
    for method in [Method::PUT, Method::DELETE] {
        for path in ["/ping", "/listAPI"] {
            let answer = Reply::of(ana.request(method.clone(), path)).await;
            assert_eq!((answer.status, answer.text().starts_with("1: ")), (405, true), "{method} {path}: {}", answer.text());
        }
    }
    for (method, path) in [
        (Method::PUT, "session"),
        (Method::DELETE, "users"),
        (Method::POST, "profile"),
        (Method::GET, "status"),
        (Method::PUT, "conversations/ben/messages"),
        (Method::GET, "conversations/ben/files"),
        (Method::POST, "ws"),
    ] {
        let answer = Reply::of(ana.request(method.clone(), &format!("/api/{path}"))).await;
        assert_eq!(answer.error(), (405, "wrong_method".to_owned()), "{method} {path}");
    }
    network.stop().await;
}
