//! What other nodes call, answered in the protocol's own words. Nodes of 2017 go by their letters.

use serde_json::json;

use super::support::{PeerReply, Reply, TestNetwork, file, message, picture, png};

fn reply(status: u16, text: &str) -> PeerReply {
    PeerReply { status, text: text.to_owned() }
}

#[actix_web::test]
async fn a_ping_is_answered_with_a_zero_and_nothing_else() {
    let network = TestNetwork::start().await;
    let node = network.node().await;
    for path in ["/ping?sender=ana", "/ping", "/ping?", "/ping?sender=%3Cscript%3E", "/ping?sender=a&sender=b"] {
        let answer = node.get(path).await;
        assert_eq!((answer.status, answer.text().as_str()), (200, "0"), "{path}");
    }
    assert_eq!(node.peer_post([127, 0, 0, 1], "/ping", b"sender=ana".to_vec()).await, reply(200, "0"));
    network.stop().await;
}

#[actix_web::test]
async fn the_list_of_calls_is_true() {
    let network = TestNetwork::start().await;
    let node = network.node().await;
    let text = node.get("/listAPI").await.ok().text();
    let lines: Vec<_> = text.lines().collect();
    // The last two lines, without a line end after them: A and T read them so.
    assert_eq!(lines[lines.len() - 2..], ["Encryption 0 1 2 4", "Hashing 0 1 2 3 4"]);
    assert!(!text.ends_with('\n'));
    let calls = [
        "/listAPI",
        "/ping",
        "/receiveMessage",
        "/receiveFile",
        "/acknowledge",
        "/getPublicKey",
        "/handshake",
        "/retrieveMessages",
        "/getProfile",
        "/getStatus",
    ];
    for call in calls {
        assert!(lines.iter().any(|line| line.split(' ').next() == Some(call)), "{call} is not in {text}");
        assert!(!node.peer_call(call, &json!({})).await.text.contains("such"), "{call}");
    }
    // Those of events are there, and not in the recommended text.
    for call in ["/receiveEvent", "/acknowledgeEvent"] {
        assert_eq!((node.peer_call(call, &json!({})).await.code(), text.contains(call)), (1, false), "{call}");
    }
    network.stop().await;
}

#[actix_web::test]
async fn the_types_that_other_nodes_send_are_taken() {
    let network = TestNetwork::start().await;
    let node = network.node().await;
    let ben = node.as_user("ben").await;
    let bodies = [
        // S: everything, the stamp a float.
        message("ana", "ben", "from S", 1_497_225_143.586_276),
        // T: numbers as strings.
        json!({ "sender": "ana", "destination": "ben", "message": "from T", "stamp": "1497225144", "markdown": "0", "encryption": "0", "hashing": "0" }),
        // J: three decimals in a string. M: an integer. D: a whole float.
        json!({ "sender": "ana", "destination": "ben", "message": "from J", "stamp": "1497225145.123" }),
        json!({ "sender": "ana", "destination": "ben", "message": "from M", "stamp": 1_497_225_146, "markdown": "1" }),
        json!({ "sender": "ana", "destination": "ben", "message": "from D", "stamp": 1_497_225_147.0 }),
        // One node of 2018, and keys that nobody knows.
        json!({ "sender": "ana", "recipient": "ben", "message": "from 2018", "stamp": 1_497_225_148, "colour": { "red": [1, 2] } }),
        // Names in capitals are the same names.
        json!({ "sender": "ANA", "destination": "Ben", "message": "loud", "stamp": 1_497_225_149 }),
    ];
    for body in &bodies {
        assert_eq!(node.peer_call("/receiveMessage", body).await, reply(200, "0: Success"), "{body}");
    }
    let expected = ["from S", "from T", "from J", "from M", "from D", "from 2018", "loud"];
    assert_eq!(ben.texts("ana").await, expected);
    assert_eq!(ben.conversation("ana").await[3]["markdown"], true);
    // A query after the path does no harm: T sent one.
    let body = message("ana", "ben", "with a query", 1_497_225_150.0);
    assert_eq!(node.peer_call("/receiveMessage?encoding=2", &body).await.code(), 0);
    assert_eq!(node.peer_call("/receiveMessage?", &body).await.code(), 0);
    network.stop().await;
}

#[actix_web::test]
async fn a_file_whose_base64_has_line_breaks_is_whole() {
    let network = TestNetwork::start().await;
    let node = network.node().await;
    let ben = node.as_user("ben").await;
    let mut body = file("ana", "ben", "shell.png", "image/png", &picture(100, 100), 1_700_000_000.0);
    let base64 = body["file"].as_str().unwrap().to_owned();
    let lines: Vec<_> = base64.as_bytes().chunks(76).map(|line| std::str::from_utf8(line).unwrap()).collect();
    body["file"] = json!(lines.join("\n"));
    body["content_type"] = json!(["image/png", null]);
    assert_eq!(node.peer_call("/receiveFile", &body).await.text, "0: Success");
    let message = ben.conversation("ana").await.remove(0);
    assert_eq!(ben.file(&message["id"]).await.ok().body, picture(100, 100));
    assert_eq!(message["file"]["content_type"], "image/png");
    network.stop().await;
}

#[actix_web::test]
async fn encryption_and_hashing_that_are_not_offered_are_refused_by_their_codes() {
    let network = TestNetwork::start().await;
    let node = network.node().await;
    let _ben = node.as_user("ben").await;
    for encryption in [json!(3), json!(5), json!(99), json!(-1), json!("x")] {
        let mut body = message("ana", "ben", "00ff", 1_700_000_000.0);
        body["encryption"] = encryption.clone();
        assert_eq!(node.peer_call("/receiveMessage", &body).await.code(), 9, "{encryption}");
    }
    for hashing in [json!(9), json!(77), json!("x")] {
        let mut body = message("ana", "ben", "hi", 1_700_000_000.0);
        body["hashing"] = hashing.clone();
        body["hash"] = json!("00");
        assert_eq!(node.peer_call("/receiveMessage", &body).await.code(), 10, "{hashing}");
    }
    assert_eq!(node.count("SELECT count(*) FROM messages"), 0);
    network.stop().await;
}

#[actix_web::test]
async fn a_message_for_somebody_else_is_held_and_never_shown_here() {
    let network = TestNetwork::start().await;
    let node = network.node().await;
    let _ben = node.as_user("ben").await;
    for destination in ["cleo", "nobody"] {
        let answer = node.peer_call("/receiveMessage", &message("ana", destination, "hi", 1_700_000_000.0)).await;
        assert_eq!(answer.text, "0: Held for the addressee", "{destination}");
        let answer = node.peer_call("/receiveFile", &file("ana", destination, "x", "image/png", &png(), 1_700_000_000.0)).await;
        assert_eq!(answer.text, "0: Held for the addressee", "{destination}");
    }
    assert_eq!((node.count("SELECT count(*) FROM messages"), node.count("SELECT count(*) FROM files")), (0, 0));
    assert_eq!(node.count("SELECT count(*) FROM held"), 4);
    network.stop().await;
}

#[actix_web::test]
async fn a_message_for_a_user_who_is_away_is_kept_for_them() {
    let network = TestNetwork::start().await;
    let node = network.node().await;
    let ben = node.as_user("ben").await;
    ben.sign_out().await;
    assert_eq!(node.peer_call("/receiveMessage", &message("ana", "ben", "hi", 1_700_000_000.0)).await.code(), 0);
    ben.log_in().await;
    assert_eq!(ben.texts("ana").await, ["hi"]);
    assert_eq!(ben.conversations().await[0]["unread"], 1);
    network.stop().await;
}

#[actix_web::test]
async fn a_status_is_told_in_the_protocols_words() {
    let network = TestNetwork::start().await;
    let node = network.node().await;
    let ben = node.as_user("ben").await;
    let ask = || async { node.peer_call("/getStatus", &json!({ "profile_username": "ben", "sender": "ana" })).await.text };
    assert_eq!(ask().await, r#"{"status":"Online"}"#);
    ben.set_status("Do Not Disturb").await;
    assert_eq!(ask().await, r#"{"status":"Do Not Disturb"}"#);
    ben.sign_out().await;
    assert_eq!(ask().await, r#"{"status":"Offline"}"#);
    network.stop().await;
}

#[actix_web::test]
async fn a_profile_is_told_without_a_null_and_with_a_picture_to_fetch() {
    let network = TestNetwork::start().await;
    let node = network.node().await;
    let ben = node.as_user("ben").await;
    ben.put("/api/profile", &json!({ "fullname": "Ben", "position": "Boat" })).await.ok();
    let ask = || async {
        let answer = node.peer_call("/getProfile", &json!({ "profile_username": "ben", "sender": "ana" })).await;
        assert_eq!(answer.status, 200);
        serde_json::from_str::<serde_json::Value>(&answer.text).unwrap()
    };
    let told = ask().await;
    assert_eq!((&told["fullname"], &told["position"], &told["description"]), (&json!("Ben"), &json!("Boat"), &json!("")));
    assert_eq!(told["picture"], "");

    let upload = ben.request(reqwest::Method::PUT, "/api/profile/picture").header("content-type", "image/png").body(picture(90, 90));
    Reply::of(upload).await.ok();
    let url = ask().await["picture"].as_str().unwrap().to_owned();
    let path = url.strip_prefix(&node.url()).unwrap();
    let shown = node.get(path).await.ok();
    assert_eq!(shown.header("content-type"), "image/jpeg");
    image::load_from_memory(&shown.body).unwrap();
    network.stop().await;
}

#[actix_web::test]
async fn what_a_peer_says_is_verified_when_it_comes_from_where_its_user_is_listed() {
    let network = TestNetwork::start().await;
    let node = network.node().await;
    let ben = node.as_user("ben").await;
    network.login_server.report("ana", "127.0.0.1:9".parse().unwrap()).await;
    ben.sees_online("ana").await;
    let verified = |n: usize| {
        let ben = &ben;
        async move { ben.conversation("ana").await[n]["verified"].clone() }
    };
    assert_eq!(node.peer_call("/receiveMessage", &message("ana", "ben", "it is me", 1_700_000_000.0)).await.code(), 0);
    assert_eq!(verified(0).await, true);
    let elsewhere = node.peer_call_from([127, 0, 0, 2], "/receiveMessage", &message("ana", "ben", "it is me", 1_700_000_001.0)).await;
    assert_eq!(elsewhere.code(), 0);
    assert_eq!(verified(1).await, false);
    network.stop().await;
}
