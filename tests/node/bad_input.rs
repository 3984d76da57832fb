//! Everything that should not come in: a clear answer in the caller's own form, nothing stored by half, and the node goes on.

use serde_json::{Value, json};

use super::support::{PeerReply, RawConnection, Reply, TestNetwork, TestNode, User, file, message, password_of, png};

/// Nothing was stored of what came in.
fn nothing_is_stored(node: &TestNode) {
    for table in ["messages", "files", "outbox", "conversations", "blocks"] {
        assert_eq!(node.count(&format!("SELECT count(*) FROM {table}")), 0, "{table}");
    }
    for entry in std::fs::read_dir(node.data().join("files")).unwrap() {
        let path = entry.unwrap().path();
        assert!(std::fs::read_dir(&path).unwrap().next().is_none(), "{}", path.display());
    }
}

/// Names that no account has.
fn impossible_names() -> Vec<String> {
    let names =
        ["", " ", "a/b", "../ana", "<b>", "ana\0", "a b", "ana@host", "ana.", "åsa", "名前", "🐚", "%2e%2e", "'; DROP TABLE messages; --"];
    names.iter().map(ToString::to_string).chain(["x".repeat(300), "x".repeat(33)]).collect()
}

#[actix_web::test]
async fn a_wrong_name_and_a_wrong_password_are_told_alike() {
    let network = TestNetwork::start().await;
    let node = network.node().await;
    let wrong = (401, "wrong_credentials".to_owned());
    let told = node.visitor("ana").try_log_in("not her password").await;
    assert_eq!(told.error(), wrong);
    let names = impossible_names().into_iter().chain(["nobody".to_owned()]);
    for name in names {
        let answer = node.visitor(&name).try_log_in("some password").await;
        assert_eq!(answer.error(), wrong, "{name:?}");
        assert_eq!(answer.body, told.body, "{name:?}");
        assert_eq!(answer.header("set-cookie"), "", "{name:?}");
    }
    for password in ["", " ", "password of ana ", "PASSWORD OF ANA", "password of ben", &"x".repeat(4097)] {
        assert_eq!(node.visitor("ana").try_log_in(password).await.error(), wrong, "{password:?}");
    }
    assert_eq!(node.count("SELECT count(*) FROM accounts") + node.count("SELECT count(*) FROM sessions"), 0);
    network.stop().await;
}

#[actix_web::test]
async fn a_log_in_that_is_no_log_in_is_told_what_is_wrong() {
    let network = TestNetwork::start().await;
    let node = network.node().await;
    for body in [
        "",
        "{",
        "null",
        "[]",
        "\"ana\"",
        "username=ana&password=x",
        r#"{"username": "ana"}"#,
        r#"{"password": "x"}"#,
        r#"{"username": 7, "password": "x"}"#,
        r#"{"username": ["ana"], "password": "x"}"#,
        r#"{"username": null, "password": null}"#,
    ] {
        let request = node.visitor("ana").request(reqwest::Method::POST, "/api/session").body(body.to_owned());
        assert_eq!(Reply::of(request).await.error(), (400, "bad_request".to_owned()), "{body}");
    }
    let huge = json!({ "username": "ana", "password": "x".repeat(1 << 20) });
    assert_eq!(node.visitor("ana").post("/api/session", &huge).await.error(), (413, "too_large".to_owned()));
    network.stop().await;
}

#[actix_web::test]
async fn a_message_of_nothing_and_a_message_of_a_megabyte_are_refused() {
    let network = TestNetwork::start().await;
    let node = network.node().await;
    let ana = node.as_user("ana").await;
    for empty in ["", " ", "\n\t \u{a0}"] {
        assert_eq!(ana.try_send("ben", empty).await.error(), (422, "unprocessable".to_owned()), "{empty:?}");
    }
    for large in ["x".repeat(1 << 20), "x".repeat(65_537), "🐚".repeat(16_385)] {
        let refused = ana.try_send("ben", &large).await;
        assert_eq!(refused.error(), (413, "too_large".to_owned()), "{} bytes", large.len());
    }
    let told = ana.try_send("ben", &"x".repeat(65_537)).await.json();
    assert!(told["error"]["message"].as_str().unwrap().contains("65536"), "{told}");
    for large in ["x".repeat(1 << 20), "x".repeat(65_537)] {
        let answer = node.peer_call("/receiveMessage", &message("ben", "ana", &large, 1_700_000_000.0)).await;
        assert_eq!((answer.status, answer.code()), (413, 6), "{} bytes", large.len());
    }
    nothing_is_stored(&node);
    // One that just fits is no less than any other.
    ana.send("ben", &"x".repeat(65_536)).await;
    assert_eq!(node.peer_call("/receiveMessage", &message("ben", "ana", &"\u{1}".repeat(65_536), 1_700_000_000.0)).await.code(), 0);
    network.stop().await;
}

#[actix_web::test]
async fn a_file_over_the_limit_is_refused_and_the_limit_named() {
    let network = TestNetwork::start().await;
    let node = network.node_with(|settings| settings.limits.file_bytes = 1000).await;
    let ana = node.as_user("ana").await;
    for size in [1001, 5000, 100_000] {
        let refused = ana.try_send_file("ben", "x.bin", "application/octet-stream", &vec![7; size]).await;
        assert_eq!(refused.error(), (413, "too_large".to_owned()), "{size}");
        assert!(refused.text().contains("1000 bytes"), "{}", refused.text());
        // By default 2 bytes less are sent than the protocol allows, so that many more are taken.
        let body = file("ben", "ana", "x.bin", "text/plain", &vec![7; size + 2], 1_700_000_000.0);
        let answer = node.peer_call("/receiveFile", &body).await;
        assert_eq!(answer.code(), 6, "{size}: {}", answer.text);
        assert!(answer.status >= 400, "{size}");
    }
    nothing_is_stored(&node);
    ana.send_file("ben", "x.bin", "application/octet-stream", &vec![7; 1000]).await;
    let fits = node.peer_call("/receiveFile", &file("ben", "ana", "x.bin", "text/plain", &vec![7; 1002], 1_700_000_000.0)).await;
    assert_eq!(fits.code(), 0);
    network.stop().await;
}

/// The head of a request, by hand.
fn head(user: &User, path: &str, length: &str) -> String {
    let kind = if path.ends_with("/files") { "multipart/form-data; boundary=x" } else { "application/json" };
    format!(
        "POST {path} HTTP/1.1\r\nhost: {}\r\ncookie: {}\r\nx-csrf-token: {}\r\ncontent-type: {kind}\r\n{length}\r\n\r\n",
        user.node,
        user.cookie(),
        user.csrf_token()
    )
}

/// Lesson 22: files over the limit were refused only after the whole body was read.
#[actix_web::test]
async fn a_body_that_announces_too_much_is_refused_before_it_is_sent() {
    let network = TestNetwork::start().await;
    let node = network.node().await;
    let ana = node.as_user("ana").await;
    for (path, status) in [
        ("/api/conversations/ben/files", "413"),
        ("/api/conversations/ben/messages", "413"),
        ("/receiveMessage", "413"),
        ("/receiveFile", "413"),
        ("/getProfile", "413"),
        ("/api/session", "413"),
    ] {
        let mut connection = RawConnection::open(node.address()).await;
        // Not one byte of the body follows.
        assert!(connection.write(head(&ana, path, "content-length: 40000000")).await);
        let answer = connection.answer().await;
        assert!(answer.starts_with(&format!("HTTP/1.1 {status} ")), "{path}: {answer}");
        let told = if path.starts_with("/api") { "\"too_large\"" } else { "6: " };
        assert!(answer.contains(told), "{path}: {answer}");
    }
    nothing_is_stored(&node);
    network.stop().await;
}

/// Lesson 22, where the caller does not say how much will come.
#[actix_web::test]
async fn a_body_that_goes_on_and_on_is_cut_off() {
    let network = TestNetwork::start().await;
    let node = network.node().await;
    let ana = node.as_user("ana").await;
    // Room for the largest body that is taken, and for what waits in buffers.
    let enough = 24 << 20;
    for path in ["/api/conversations/ben/files", "/api/conversations/ben/messages", "/receiveMessage", "/receiveFile"] {
        let mut connection = RawConnection::open(node.address()).await;
        connection.write(head(&ana, path, "transfer-encoding: chunked")).await;
        let start = b"--x\r\ncontent-disposition: form-data; name=\"file\"; filename=\"x\"\r\n\r\n";
        connection.write(format!("{:x}\r\n", start.len())).await;
        connection.write(start).await;
        connection.write("\r\n").await;
        let chunk = [format!("{:x}\r\n", 64 << 10).as_bytes(), &vec![b'x'; 64 << 10], b"\r\n"].concat();
        let mut sent = 0;
        while sent < enough && connection.write(&chunk).await {
            sent += chunk.len();
        }
        let answer = connection.answer().await;
        // It may hang up before its answer is read, but it must have stopped reading.
        assert!(sent < enough || answer.starts_with("HTTP/1.1 413 "), "{path}: took {sent} bytes: {answer}");
    }
    nothing_is_stored(&node);
    ana.get("/api/session").await.ok();
    network.stop().await;
}

#[actix_web::test]
async fn a_form_that_is_no_form_with_a_file_is_told_so() {
    let network = TestNetwork::start().await;
    let node = network.node().await;
    let ana = node.as_user("ana").await;
    let part = |disposition: &str, content: &str| format!("--x\r\ncontent-disposition: {disposition}\r\n\r\n{content}\r\n--x--\r\n");
    let cases = [
        ("multipart/form-data; boundary=x", String::new(), 400),
        ("multipart/form-data; boundary=x", "--x--\r\n".to_owned(), 400),
        ("multipart/form-data; boundary=x", part("form-data; name=\"other\"; filename=\"x\"", "hi"), 400),
        ("multipart/form-data; boundary=x", part("form-data; name=\"file\"; filename=\"x\"", ""), 422),
        ("multipart/form-data; boundary=x", part("attachment", "hi"), 400),
        ("multipart/form-data; boundary=x", "--x\r\ncontent-disposition: form-data; name=\"file\"\r\n\r\nbroken off".to_owned(), 400),
        ("multipart/form-data", part("form-data; name=\"file\"", "hi"), 400),
        ("application/json", "{\"file\": \"hi\"}".to_owned(), 400),
        ("text/plain", "hi".to_owned(), 400),
        ("", "hi".to_owned(), 400),
    ];
    for (content_type, body, status) in cases {
        let request = ana.request(reqwest::Method::POST, "/api/conversations/ben/files").header("content-type", content_type);
        assert_eq!(Reply::of(request.body(body.clone())).await.error().0, status, "{content_type}: {body}");
    }
    nothing_is_stored(&node);
    network.stop().await;
}

/// What the fields of a message may not be, and the rest of them.
fn broken_messages() -> Vec<Value> {
    let good = || message("ana", "ben", "hi", 1_700_000_000.0);
    let mut broken = Vec::new();
    for key in ["sender", "destination", "message", "stamp"] {
        let mut body = good();
        body.as_object_mut().unwrap().remove(key);
        broken.push(body);
        for wrong in [json!(null), json!([]), json!({}), json!(["ana"])] {
            let mut body = good();
            body[key] = wrong;
            broken.push(body);
        }
    }
    for stamp in [
        json!("NaN"),
        json!("nan"),
        json!("Infinity"),
        json!("-inf"),
        json!("now"),
        json!(""),
        json!(true),
        json!(1e300),
        json!("1e300"),
        json!(-1),
        json!(-1e300),
        json!("1".repeat(400)),
        json!(253_402_300_800_i64),
    ] {
        let mut body = good();
        body["stamp"] = stamp;
        broken.push(body);
    }
    for name in impossible_names().into_iter().map(Value::from).chain([json!(7.5), json!(true)]) {
        for key in ["sender", "destination"] {
            let mut body = good();
            body[key] = name.clone();
            broken.push(body);
        }
    }
    broken
}

/// Everybody known, without the time at which they were last there.
async fn people(user: &User) -> Vec<Value> {
    let mut people = user.get("/api/users").await.ok().json().as_array().unwrap().clone();
    for person in &mut people {
        person["last_seen"] = json!(null);
    }
    people
}

/// Lesson 12: each of these was accepted, and locked the conversation for good.
#[actix_web::test]
async fn a_message_with_a_field_that_makes_no_sense_is_refused_with_code_1() {
    let network = TestNetwork::start().await;
    let node = network.node().await;
    let ben = node.as_user("ben").await;
    let before = people(&ben).await;
    for body in broken_messages() {
        let answer = node.peer_call("/receiveMessage", &body).await;
        assert_eq!((answer.status, answer.code()), (400, 1), "{body}: {}", answer.text);
        assert!(answer.text.starts_with("1: "), "{}", answer.text);
        let mut as_file = body;
        as_file["file"] = json!("aGk=");
        as_file["filename"] = json!("x");
        as_file["content_type"] = json!("text/plain");
        if as_file["message"] == "hi" {
            let answer = node.peer_call("/receiveFile", &as_file).await;
            assert_eq!((answer.status, answer.code()), (400, 1), "{as_file}: {}", answer.text);
        }
    }
    for wrong in [json!(null), json!("%%%"), json!("aGk=aGk="), json!(["aGk="]), json!("😀")] {
        let mut body = file("ana", "ben", "x", "text/plain", b"hi", 1_700_000_000.0);
        body["file"] = wrong.clone();
        assert_eq!(node.peer_call("/receiveFile", &body).await.code(), 1, "{wrong}");
    }
    nothing_is_stored(&node);
    assert_eq!(ben.conversations().await, [] as [Value; 0]);
    assert_eq!(ben.get("/chats/ana").await.status, 200);
    assert_eq!(people(&ben).await, before);
    network.stop().await;
}

/// Lesson 23: deep nesting gave 500, and malformed JSON an error page of the framework.
#[actix_web::test]
async fn what_is_no_json_is_answered_in_the_callers_own_form() {
    let network = TestNetwork::start().await;
    let node = network.node().await;
    let ana = node.as_user("ana").await;
    let deep = |open: &str, close: &str| format!("{}{}", open.repeat(20_000), close.repeat(20_000));
    let bodies: [Vec<u8>; 11] = [
        Vec::new(),
        b"{".to_vec(),
        b"sender=ana&destination=ben".to_vec(),
        b"<xml/>".to_vec(),
        b"null".to_vec(),
        b"[1, 2]".to_vec(),
        b"{\"text\": \"\xff\xfe\", \"message\": \"\xff\"}".to_vec(),
        b"{\"text\": \"x\"} {}".to_vec(),
        deep("[", "]").into_bytes(),
        deep("{\"text\":", "}").into_bytes(),
        format!("{{\"message\": {}}}", deep("[", "]")).into_bytes(),
    ];
    for body in bodies {
        let shown = String::from_utf8_lossy(&body).chars().take(40).collect::<String>();
        for path in ["/receiveMessage", "/receiveFile", "/getProfile", "/getStatus"] {
            let PeerReply { status, text } = node.peer_post([127, 0, 0, 1], path, body.clone()).await;
            // A question is short: what is not, is refused for that.
            let expected = if path.starts_with("/get") && body.len() > 20_000 { (413, "6: ") } else { (400, "1: ") };
            let is_reply = text.starts_with(expected.1) && !text.contains(['<', '\n']) && text.len() < 200;
            assert!(status == expected.0 && is_reply, "{path} {shown}: {status} {text}");
        }
        for (method, path) in [
            (reqwest::Method::POST, "/api/conversations/ben/messages"),
            (reqwest::Method::POST, "/api/conversations/ben/read"),
            (reqwest::Method::PUT, "/api/status"),
            (reqwest::Method::POST, "/api/session"),
        ] {
            let answer = Reply::of(ana.request(method, path).body(body.clone())).await;
            // Where little is expected, so much is too large already.
            let is_too_large = body.len() > 30_000 && answer.error() == (413, "too_large".to_owned());
            assert!(is_too_large || answer.error() == (400, "bad_request".to_owned()), "{path} {shown}: {}", answer.text());
        }
    }
    nothing_is_stored(&node);
    network.stop().await;
}

#[actix_web::test]
async fn a_wrong_type_in_the_api_is_told() {
    let network = TestNetwork::start().await;
    let node = network.node().await;
    let ana = node.as_user("ana").await;
    let path = "/api/conversations/ben/messages";
    for body in [
        json!({}),
        json!({ "text": 7 }),
        json!({ "text": null }),
        json!({ "text": ["x"] }),
        json!({ "text": "x", "markdown": "yes" }),
        json!([]),
    ] {
        assert_eq!(ana.post(path, &body).await.error(), (400, "bad_request".to_owned()), "{body}");
    }
    for status in [json!("Busy"), json!(""), json!(1), json!(null), json!("online")] {
        let answer = ana.put("/api/status", &json!({ "status": status })).await;
        assert_eq!(answer.error(), (400, "bad_request".to_owned()), "{status}");
    }
    for profile in [json!({ "fullname": 7 }), json!({ "fullname": null }), json!([]), json!("Ana")] {
        assert_eq!(ana.put("/api/profile", &profile).await.error(), (400, "bad_request".to_owned()), "{profile}");
    }
    let long = ana.put("/api/profile", &json!({ "fullname": "x".repeat(1001) })).await;
    assert_eq!(long.error(), (422, "unprocessable".to_owned()));
    assert!(long.text().contains("fullname"), "{}", long.text());
    for id in ["", "x", "00", "../../etc/passwd", "00112233445566778899aabbccddeeff"] {
        let answer = ana.post("/api/conversations/ben/read", &json!({ "up_to": id })).await;
        assert_eq!(answer.error(), (404, "not_found".to_owned()), "{id}");
    }
    nothing_is_stored(&node);
    network.stop().await;
}

#[actix_web::test]
async fn names_that_no_account_has_are_nobody() {
    let network = TestNetwork::start().await;
    let node = network.node().await;
    let ana = node.as_user("ana").await;
    for name in ["a%2Fb", "%3Cq%3E", "..%2f..%2fetc", "%00", "%ff", "a%20b", "%F0%9F%90%9A", &"x".repeat(300)] {
        for path in [
            format!("/api/users/{name}"),
            format!("/api/users/{name}/profile"),
            format!("/api/users/{name}/picture"),
            format!("/api/conversations/{name}/messages"),
            format!("/chats/{name}"),
            format!("/people/{name}"),
            format!("/pictures/{name}"),
        ] {
            let answer = ana.get(&path).await;
            assert_eq!(answer.status, 404, "{path}: {}", answer.text());
            assert!(!answer.text().contains("<q>"), "{path}");
        }
        let answer = ana.post(&format!("/api/conversations/{name}/messages"), &json!({ "text": "hi" })).await;
        assert_eq!(answer.error(), (404, "not_found".to_owned()), "{name}");
        assert_eq!(ana.put(&format!("/api/blocks/{name}"), &json!({})).await.error().0, 404, "{name}");
    }
    assert_eq!(ana.get("/api/users/nobody").await.error(), (404, "not_found".to_owned()));
    nothing_is_stored(&node);
    network.stop().await;
}

#[actix_web::test]
async fn a_picture_that_is_none_is_refused() {
    let network = TestNetwork::start().await;
    let node = network.node().await;
    let ana = node.as_user("ana").await;
    // A PNG that says that it is 60,000 pixels wide and high.
    let mut bomb = png();
    bomb[16..24].copy_from_slice(&[0, 0, 0xea, 0x60, 0, 0, 0xea, 0x60]);
    let cases: [(&[u8], u16); 6] = [
        (b"", 422),
        (b"<svg xmlns=\"http://www.w3.org/2000/svg\" onload=\"alert(1)\"/>", 422),
        (b"\x89PNG\r\n\x1a\n", 422),
        (&png()[..60], 422),
        (&bomb, 422),
        (&vec![0; 6 << 20], 413),
    ];
    for (bytes, status) in cases {
        let request = ana.request(reqwest::Method::PUT, "/api/profile/picture").header("content-type", "image/png").body(bytes.to_vec());
        assert_eq!(Reply::of(request).await.error().0, status, "{} bytes", bytes.len());
    }
    assert_eq!(ana.get("/api/users/ana/profile").await.ok().json()["picture"], json!(null));
    nothing_is_stored(&node);
    network.stop().await;
}

#[actix_web::test]
async fn a_caller_that_hangs_up_half_way_leaves_nothing() {
    let network = TestNetwork::start().await;
    let node = network.node().await;
    let ana = node.as_user("ana").await;
    let body = message("ben", "ana", "hi", 1_700_000_000.0).to_string();
    for path in ["/receiveMessage", "/receiveFile", "/api/conversations/ben/messages", "/api/conversations/ben/files"] {
        let mut connection = RawConnection::open(node.address()).await;
        connection.write(head(&ana, path, &format!("content-length: {}", body.len()))).await;
        connection.write(&body[..body.len() - 1]).await;
    }
    // All of them are done with when this is answered on the node's only worker.
    assert_eq!(node.peer_call("/ping", &json!({})).await.text, "0");
    nothing_is_stored(&node);
    network.stop().await;
}

#[actix_web::test]
async fn the_right_password_still_works_after_all_of_that() {
    let network = TestNetwork::start().await;
    let node = network.node().await;
    for _ in 0..15 {
        node.visitor("ana").try_log_in("a guess").await.error();
    }
    assert_eq!(node.visitor("ana").try_log_in(&password_of("ana")).await.status, 201);
    network.stop().await;
}
