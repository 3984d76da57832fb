//! Events that are brought by whoever calls, and forms that are filled in wrongly.

use serde_json::{Value, json};

use super::support::{TestNetwork, TestNode, User};

/// In the year 2065, so that no test is ever too late.
const START: f64 = 3_000_000_000.0;

/// An address of this machine at which nobody is listed.
const ELSEWHERE: [u8; 4] = [127, 0, 0, 9];

/// An invitation as node E would write it.
fn invitation(host: &str, guest: &str, name: &str) -> Value {
    json!({ "sender": host, "destination": guest, "event_name": name, "event_description": "d", "event_location": "l",
        "start_time": START, "end_time": START + 3600.0, "attendance": 0 })
}

fn with(mut body: Value, key: &str, value: Value) -> Value {
    body[key] = value;
    body
}

async fn events_of(user: &User) -> Vec<Value> {
    user.get("/api/events").await.ok().json().as_array().unwrap().clone()
}

/// Ben is listed at 127.0.0.1, where most calls of these tests come from.
async fn ana_who_knows_ben(network: &TestNetwork, node: &TestNode) -> User {
    let ana = node.as_user("ana").await;
    network.login_server.report("ben", ([127, 0, 0, 1], 9).into()).await;
    ana.sees_online("ben").await;
    ana
}

#[actix_web::test]
async fn an_invitation_is_kept_once_and_one_that_is_not_proven_says_so() {
    let network = TestNetwork::start().await;
    let node = network.node().await;
    let ana = ana_who_knows_ben(&network, &node).await;
    for _ in 0..3 {
        assert_eq!(node.peer_call_from(ELSEWHERE, "/receiveEvent", &invitation("ben", "ana", "Meet")).await.text, "0: Success");
    }
    let events = events_of(&ana).await;
    assert_eq!((events.len(), &events[0]["verified"], &events[0]["travelled"]), (1, &json!(false), &json!("in clear")));
    // From where ben is listed, with other words and the same start otherwise written.
    let moved = with(with(invitation("ben", "ana", "Meet"), "event_location", json!("North pier")), "start_time", json!("3000000000"));
    assert_eq!(node.peer_call("/receiveEvent", &moved).await.code(), 0);
    // What is proven is not changed by what is not.
    let forged = with(moved, "event_location", json!("Into the trap"));
    assert_eq!(node.peer_call_from(ELSEWHERE, "/receiveEvent", &forged).await.code(), 0);
    let events = events_of(&ana).await;
    assert_eq!((events.len(), &events[0]["verified"], &events[0]["location"]), (1, &json!(true), &json!("North pier")));
    network.stop().await;
}

#[actix_web::test]
async fn what_is_no_invitation_is_refused_and_nothing_is_kept() {
    let network = TestNetwork::start().await;
    let node = network.node().await;
    let ana = ana_who_knows_ben(&network, &node).await;
    let good = || invitation("ben", "ana", "Meet");
    let cases = [
        (1, with(good(), "end_time", json!(START - 1.0))),
        (1, with(good(), "start_time", json!("NaN"))),
        (1, with(good(), "start_time", json!(-1))),
        (1, with(good(), "end_time", json!("soon"))),
        (1, with(good(), "end_time", Value::Null)),
        (1, with(good(), "event_name", json!(""))),
        (1, with(good(), "event_name", json!(" \n\t "))),
        (1, with(good(), "event_name", Value::Null)),
        (1, with(good(), "sender", json!("<script>"))),
        (6, with(good(), "event_name", json!("x".repeat(4000)))),
        (6, with(good(), "event_description", json!("x".repeat(9000)))),
        (3, with(good(), "destination", json!("dan"))),
        (9, with(good(), "encryption", json!(7))),
    ];
    for (code, body) in cases {
        assert_eq!(node.peer_call("/receiveEvent", &body).await.code(), code, "{body}");
    }
    let own = node.peer_call_from(ELSEWHERE, "/receiveEvent", &invitation("ana", "ana", "Mine")).await;
    assert_eq!(own.code(), 2, "in the name of a user of this node");
    for raw in [&b"[]"[..], b"{", b"\xff", b"{}"] {
        assert_eq!(node.peer_post([127, 0, 0, 1], "/receiveEvent", raw.to_vec()).await.code(), 1);
    }
    assert_eq!(node.get("/receiveEvent").await.status, 405);
    assert_eq!(events_of(&ana).await, Vec::<Value>::new());
    network.stop().await;
}

#[actix_web::test]
async fn invitations_of_one_host_and_of_strangers_are_bounded_and_old_ones_make_room() {
    let network = TestNetwork::start().await;
    let node = network
        .node_with(|settings| {
            settings.events.of_one_host = 3;
            settings.events.unverified = 2;
        })
        .await;
    let ana = ana_who_knows_ben(&network, &node).await;
    for (number, code) in [(1, 0), (2, 0), (3, 0), (4, 6)] {
        assert_eq!(node.peer_call("/receiveEvent", &invitation("ben", "ana", &format!("Event {number}"))).await.code(), code, "{number}");
    }
    for (number, code) in [(1, 0), (2, 0), (3, 6), (4, 6)] {
        let body = invitation(&format!("stranger{number}"), "ana", "Party");
        assert_eq!(node.peer_call("/receiveEvent", &body).await.code(), code, "{number}");
    }
    assert_eq!(events_of(&ana).await.len(), 5);
    assert_eq!(node.count("SELECT count(*) FROM events"), 5);

    let node = network.node_with(|settings| settings.events.of_one_host = 2).await;
    let dan = node.as_user("dan").await;
    for (number, end) in [(1, 200.0), (2, 300.0), (3, 400.0)] {
        let body = with(with(invitation("ben", "dan", &format!("Old {number}")), "start_time", json!(100.0)), "end_time", json!(end));
        assert_eq!(node.peer_call("/receiveEvent", &body).await.code(), 0);
    }
    let mut names: Vec<_> = events_of(&dan).await.iter().map(|event| event["name"].as_str().unwrap().to_owned()).collect();
    names.sort();
    assert_eq!(names, ["Old 2", "Old 3"]);
    network.stop().await;
}

#[actix_web::test]
async fn only_who_is_invited_answers_and_nobody_answers_for_them() {
    let network = TestNetwork::start().await;
    let node = network.node().await;
    let ana = ana_who_knows_ben(&network, &node).await;
    let form = json!({ "name": "Meet", "start": START, "end": START, "guests": ["ben"] });
    let made = ana.post("/api/events", &form).await.ok().json();
    let attendance = async || ana.get("/api/events").await.json()[0]["guests"][0].clone();
    let answer = |sender: &str, value: Value| json!({ "sender": sender, "event_name": "Meet", "attendance": value, "start_time": START });

    let refused = [
        (6, answer("dan", json!(1))),
        (6, with(answer("ben", json!(1)), "event_name", json!("Another"))),
        (6, with(answer("ben", json!(1)), "start_time", json!(START + 1.0))),
        (1, answer("ben", json!(3))),
        (1, answer("ben", json!("yes"))),
        (1, answer("ben", Value::Null)),
        (1, with(answer("ben", json!(1)), "start_time", json!("NaN"))),
    ];
    for (code, body) in refused {
        assert_eq!(node.peer_call("/acknowledgeEvent", &body).await.code(), code, "{body}");
    }
    assert_eq!(attendance().await["attendance"], Value::Null);

    // Not proven, but kept and marked; then proven, and after that nothing unproven counts.
    assert_eq!(node.peer_call_from(ELSEWHERE, "/acknowledgeEvent", &answer("ben", json!(2))).await.text, "0: Success");
    let seen = attendance().await;
    assert_eq!((&seen["attendance"], &seen["verified"]), (&json!("maybe"), &json!(false)));
    assert_eq!(node.peer_call("/acknowledgeEvent", &answer("ben", json!("1"))).await.text, "0: Success");
    assert_eq!(node.peer_call("/acknowledgeEvent", &answer("ben", json!(1))).await.text, "0: Success");
    assert_eq!(node.peer_call_from(ELSEWHERE, "/acknowledgeEvent", &answer("ben", json!(0))).await.code(), 2);
    let seen = attendance().await;
    assert_eq!((&seen["attendance"], &seen["verified"]), (&json!("going"), &json!(true)));
    assert_eq!(made["guests"][0]["attendance"], Value::Null);
    network.stop().await;
}

#[actix_web::test]
async fn a_form_that_makes_no_event_is_refused_in_words() {
    let network = TestNetwork::start().await;
    let node = network.node_with(|settings| settings.events.guests = 1).await;
    let ana = ana_who_knows_ben(&network, &node).await;
    let good = || json!({ "name": "Meet", "description": "", "location": "", "start": START, "end": START, "guests": ["ben"] });
    let cases = [
        (422, with(good(), "end", json!(START - 1.0))),
        (400, with(good(), "start", json!("NaN"))),
        (422, with(good(), "start", json!(1e300))),
        (422, with(good(), "start", json!(-5))),
        (422, with(good(), "name", json!(""))),
        (422, with(good(), "name", json!("  "))),
        (413, with(good(), "name", json!("x".repeat(4000)))),
        (413, with(good(), "description", json!("é".repeat(8000)))),
        (422, with(good(), "guests", json!(["nobody-here"]))),
        (422, with(good(), "guests", json!(["../ana"]))),
        (400, with(good(), "guests", json!("ben"))),
        (422, with(good(), "guests", json!(["ben", "cleo"]))),
        (400, json!({ "name": "Meet" })),
        (400, json!([])),
    ];
    for (status, body) in cases {
        let reply = ana.post("/api/events", &body).await;
        assert_eq!(reply.error().0, status, "{body} {}", reply.text());
    }
    assert_eq!(events_of(&ana).await, Vec::<Value>::new());
    let made = ana.post("/api/events", &good()).await.ok().json();
    let path = format!("/api/events/{}", made["id"].as_str().unwrap());
    assert_eq!(ana.put(&format!("{path}/answer"), &json!({ "attendance": "perhaps" })).await.error().0, 400);
    assert_eq!(ana.post(&format!("{path}/guests"), &json!({ "guests": ["nobody-here"] })).await.error().0, 422);
    for id in ["1", "zz", "../users", &"0".repeat(32), &"0".repeat(4000)] {
        assert_eq!(ana.get(&format!("/api/events/{id}")).await.status, if id.starts_with("..") { 200 } else { 404 }, "{id}");
    }
    ana.use_csrf_token("");
    assert_eq!(ana.post("/api/events", &good()).await.error(), (403, "no_csrf_token".to_owned()));
    network.stop().await;
}

/// The vectors' bodies for events, over HTTP, with the names of these tests.
#[actix_web::test]
async fn the_vectors_are_answered_as_a_complete_node_would() {
    let network = TestNetwork::start().await;
    let node = network.node().await;
    let ana = ana_who_knows_ben(&network, &node).await;
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/fixtures/vectors.json");
    let vectors: Value = serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap();
    // What the answers are about.
    let form = json!({ "name": "Meet", "start": 1_497_300_000.0, "end": 1_497_303_600.0, "guests": ["ben"] });
    ana.post("/api/events", &form).await.ok();
    let mut count = 0;
    for vector in vectors["bodies"].as_array().unwrap() {
        let (Some(path @ ("/receiveEvent" | "/acknowledgeEvent")), Some(body)) = (vector["call"].as_str(), vector.get("json")) else {
            continue;
        };
        let body = body.to_string().replace("bob002", "ben").replace("alice01", "ana");
        let code: i64 = vector["expect"].as_str().unwrap().parse().unwrap();
        assert_eq!(node.peer_post([127, 0, 0, 1], path, body.into_bytes()).await.code(), code, "{vector}");
        count += 1;
    }
    assert!(count >= 3, "{count} vectors of events");
    network.stop().await;
}
