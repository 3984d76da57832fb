//! Events: made, invited to, answered, and who comes; between real nodes, and with nodes of 2017, which go by their letters.

use std::net::SocketAddr;
use std::rc::Rc;

use kith::protocol::body::Body;
use kith::protocol::list_api::{Call, RECOMMENDED_ENCRYPTION, RECOMMENDED_HASHING, text};
use serde_json::{Value, json};

use super::support::{Answer, FakeServer, TestNetwork, TestNode, User, eventually};

/// In the year 2065, so that no test is ever too late.
const START: f64 = 3_000_000_000.25;

fn form(name: &str, guests: &[&str]) -> Value {
    json!({ "name": name, "description": "Bring a *lamp*.", "location": "Jetty", "start": START, "end": START + 3600.0, "guests": guests })
}

async fn make(host: &User, name: &str, guests: &[&str]) -> Value {
    let reply = host.post("/api/events", &form(name, guests)).await;
    assert_eq!(reply.status, 201, "{}", reply.text());
    reply.json()
}

async fn events_of(user: &User) -> Vec<Value> {
    user.get("/api/events").await.ok().json().as_array().unwrap().clone()
}

async fn event(user: &User, id: &Value) -> Value {
    user.get(&format!("/api/events/{}", id.as_str().unwrap())).await.ok().json()
}

async fn answer(user: &User, id: &Value, attendance: &str) -> Value {
    user.put(&format!("/api/events/{}/answer", id.as_str().unwrap()), &json!({ "attendance": attendance })).await.ok().json()
}

/// Waits until somebody has an event of this name.
async fn has_event(user: &User, name: &str) -> Value {
    eventually(&format!("{} is invited to {name}", user.name), async || {
        events_of(user).await.into_iter().find(|event| event["name"] == name)
    })
    .await
}

/// Waits until the host sees this of a guest.
async fn guest_is(host: &User, id: &Value, guest: &str, field: &str, value: &str) -> Value {
    eventually(&format!("{guest}'s {field} is {value}"), async || {
        let guests = event(host, id).await["guests"].as_array().unwrap().clone();
        guests.into_iter().find(|known| known["username"] == guest && known[field] == value)
    })
    .await
}

async fn listed(network: &TestNetwork, name: &str, host: &User, peer: SocketAddr) {
    network.login_server.report(name, peer).await;
    host.sees_online(name).await;
}

#[actix_web::test]
async fn a_guest_on_another_node_is_invited_answers_and_changes_their_mind() {
    let network = TestNetwork::start().await;
    let (ana, ben) = network.pair().await;
    let (mut anas_tab, mut bens_tab) = (ana.events().await, ben.events().await);
    let made = make(&ana, "Reef walk", &["ben", "ben", "ana"]).await;
    assert_eq!((&made["hosting"], made["guests"].as_array().unwrap().len()), (&json!(true), 1));
    bens_tab.wait_for("event", |_| true).await;
    let got = has_event(&ben, "Reef walk").await;
    for (key, value) in [("host", json!("ana")), ("location", json!("Jetty")), ("start", json!(START)), ("end", json!(START + 3600.0))] {
        assert_eq!(got[key], value, "{key}");
    }
    assert_eq!((&got["verified"], &got["guests"], &got["travelled"]), (&json!(true), &Value::Null, &json!("weak, 2017 standard")));
    assert_eq!(got["answer"]["attendance"], Value::Null);
    guest_is(&ana, &made["id"], "ben", "progress", "delivered").await;

    for attendance in ["maybe", "going", "going", "not"] {
        answer(&ben, &got["id"], attendance).await;
        let guest = guest_is(&ana, &made["id"], "ben", "attendance", attendance).await;
        assert_eq!(guest["verified"], true);
    }
    anas_tab.wait_for("event", |event| event["id"] == made["id"]).await;
    eventually("ben sees that ana knows", async || (event(&ben, &got["id"]).await["answer"]["progress"] == "delivered").then_some(()))
        .await;
    network.stop().await;
}

#[actix_web::test]
async fn an_event_made_twice_is_one_and_what_changed_reaches_the_guests() {
    let network = TestNetwork::start().await;
    let (ana, ben) = network.pair().await;
    let made = make(&ana, "Reef walk", &["ben"]).await;
    let got = has_event(&ben, "Reef walk").await;
    guest_is(&ana, &made["id"], "ben", "progress", "delivered").await;
    answer(&ben, &got["id"], "going").await;
    guest_is(&ana, &made["id"], "ben", "attendance", "going").await;
    assert_eq!(make(&ana, "Reef walk", &["ben"]).await["guests"][0]["progress"], "delivered", "nothing has changed");

    let mut changed = form("Reef walk", &[]);
    changed["location"] = json!("North pier");
    assert_eq!(ana.post("/api/events", &changed).await.ok().json()["id"], made["id"]);
    eventually("ben sees the new place", async || (event(&ben, &got["id"]).await["location"] == "North pier").then_some(())).await;
    assert_eq!((events_of(&ana).await.len(), events_of(&ben).await.len()), (1, 1));
    assert_eq!(event(&ben, &got["id"]).await["answer"]["attendance"], "going");
    assert_eq!(event(&ana, &made["id"]).await["guests"][0]["attendance"], "going");
    network.stop().await;
}

#[actix_web::test]
async fn an_invitation_waits_for_a_guest_who_is_away_and_survives_a_restart() {
    let network = TestNetwork::start().await;
    let (first, second) = (network.node().await, network.node().await);
    let (ana, ben) = (first.as_user("ana").await, second.as_user("ben").await);
    ana.sees_online("ben").await;
    drop(ben);
    second.stop().await;
    let made = make(&ana, "Night dive", &["ben"]).await;
    assert_eq!(made["guests"][0]["progress"], "pending");
    first.stop().await;
    assert_eq!(first.count("SELECT count(*) FROM event_outbox"), 1);

    first.start_again().await;
    let ana = first.as_user("ana").await;
    second.start_again().await;
    let ben = second.as_user("ben").await;
    let got = has_event(&ben, "Night dive").await;
    guest_is(&ana, &made["id"], "ben", "progress", "delivered").await;

    // The same the other way round: the answer waits for the host.
    drop(ana);
    first.stop().await;
    let answered = answer(&ben, &got["id"], "maybe").await;
    assert_eq!(answered["answer"]["progress"], "pending");
    second.stop().await;
    second.start_again().await;
    let ben = second.as_user("ben").await;
    assert_eq!(event(&ben, &got["id"]).await["answer"]["attendance"], "maybe");
    first.start_again().await;
    let ana = first.as_user("ana").await;
    guest_is(&ana, &made["id"], "ben", "attendance", "maybe").await;
    assert_eq!(first.count("SELECT count(*) FROM event_outbox"), 0);
    network.stop().await;
}

#[actix_web::test]
async fn a_guest_who_blocks_the_host_is_left_alone() {
    let network = TestNetwork::start().await;
    let (ana, ben) = network.pair().await;
    ben.put("/api/blocks/ana", &json!({})).await.ok();
    let blocked = make(&ana, "Party", &["ben"]).await;
    // What is to be said to ben goes in order: once the second was tried, so was the first.
    ben.delete("/api/blocks/ana").await.ok();
    let second = make(&ana, "Picnic", &["ben"]).await;
    guest_is(&ana, &second["id"], "ben", "progress", "delivered").await;
    guest_is(&ana, &blocked["id"], "ben", "progress", "delivered").await;

    ben.put("/api/blocks/ana", &json!({})).await.ok();
    let invitation = json!({ "sender": "ana", "destination": "ben", "event_name": "Dance", "start_time": START, "end_time": START });
    let reply = peer_call(&ben, "/receiveEvent", &invitation).await;
    assert_eq!(reply.text().chars().take(3).collect::<String>(), "11:");
    assert_eq!(events_of(&ben).await.len(), 2);
    // And a host who blocks a guest hears no answer of theirs.
    ana.put("/api/blocks/ben", &json!({})).await.ok();
    let late = json!({ "sender": "ben", "event_name": "Picnic", "attendance": 1, "start_time": START });
    assert!(peer_call(&ana, "/acknowledgeEvent", &late).await.text().starts_with("11:"));
    assert_eq!(event(&ana, &second["id"]).await["guests"][0]["attendance"], Value::Null);
    network.stop().await;
}

async fn peer_call(at: &User, path: &str, body: &Value) -> super::support::Reply {
    let request = reqwest::Client::new().post(format!("http://{}{path}", at.node)).json(body);
    super::support::Reply::of(request).await
}

/// A node whose `/listAPI` has events in it and that says this to them.
async fn peer_with_events(judge: impl Fn(&str, &Value) -> &'static str + Send + Sync + 'static) -> FakeServer {
    FakeServer::start(move |call| match call.path() {
        "/listAPI" => {
            Answer::text("/receiveMessage [sender]\n/<receiveEvent>[sender]\n/acknowledgeEvent [sender]\nEncryption 0\nHashing 0")
        }
        path @ ("/receiveEvent" | "/acknowledgeEvent") => Answer::text(judge(path, &call.json())),
        _ => Answer::status(404, "<html>not here</html>"),
    })
    .await
}

fn says_one(path: &str, body: &Value) -> &'static str {
    // E refuses without description and location, though both may be empty.
    let has = |key: &str| body.get(key).is_some_and(Value::is_string);
    let is_whole = path == "/acknowledgeEvent" || has("event_description") && has("event_location");
    if is_whole { "0" } else { "1" }
}

#[actix_web::test]
async fn a_node_of_e_s_make_is_invited_and_answers() {
    let network = TestNetwork::start().await;
    let peer = peer_with_events(says_one).await;
    let ana = network.node().await.as_user("ana").await;
    listed(&network, "ben", &ana, peer.address()).await;
    let bare = json!({ "name": "Meet", "start": START, "end": START, "guests": ["ben"] });
    let made = ana.post("/api/events", &bare).await.ok().json();
    guest_is(&ana, &made["id"], "ben", "progress", "delivered").await;
    let sent = String::from_utf8(peer.calls_to("/receiveEvent")[0].body.clone()).unwrap();
    let start = Body::parse(sent.as_bytes()).unwrap().stamp("start_time").unwrap().1;
    assert!(sent.contains("\"start_time\":3000000000.25") && start == "3000000000.25", "{sent}");

    let reply = json!({ "sender": "ben", "event_name": "Meet", "attendance": "1", "start_time": start });
    assert_eq!(peer_call(&ana, "/acknowledgeEvent", &reply).await.text(), "0: Success");
    guest_is(&ana, &made["id"], "ben", "attendance", "going").await;
    network.stop().await;
    peer.stop().await;
}

/// E and N hash the start as text, so it is echoed as it came: here a number that JSON of ours would write otherwise.
#[actix_web::test]
async fn the_start_is_echoed_in_the_digits_of_its_host() {
    let network = TestNetwork::start().await;
    let peer = peer_with_events(says_one).await;
    let ana = network.node().await.as_user("ana").await;
    listed(&network, "ben", &ana, peer.address()).await;
    for (name, start) in [("Long", "3000000000.500"), ("Whole", "3000000000"), ("Text", "\"3000000000.0\"")] {
        let body = format!(
            r#"{{"sender": "ben", "destination": "ana", "event_name": "{name}", "start_time": {start}, "end_time": 3000000600.0}}"#
        );
        let request =
            reqwest::Client::new().post(format!("http://{}/receiveEvent", ana.node)).header("Content-Type", "application/json").body(body);
        assert_eq!(request.send().await.unwrap().text().await.unwrap(), "0: Success");
        let got = has_event(&ana, name).await;
        answer(&ana, &got["id"], "going").await;
        let sent = eventually("the answer is there", async || {
            let calls = peer.calls_to("/acknowledgeEvent");
            calls.into_iter().map(|call| call.body).find(|body| Body::parse(body).unwrap().text("event_name") == Some(name))
        })
        .await;
        let sent = Body::parse(&sent).unwrap();
        assert_eq!(sent.text("start_time"), Some(start.trim_matches('"')));
        assert_eq!((sent.text("sender"), sent.text("attendance")), (Some("ana"), Some("1")));
    }
    network.stop().await;
    peer.stop().await;
}

/// In T the sender of an answer is the host, both ways.
#[actix_web::test]
async fn a_node_of_t_s_make_is_answered_and_answers_in_its_reading() {
    let network = TestNetwork::start().await;
    let peer = peer_with_events(|path, body| match path {
        "/acknowledgeEvent" if body["sender"] != "ben" => "7: no such event",
        _ => "0: யாவும் நலம்",
    })
    .await;
    let ana = network.node().await.as_user("ana").await;
    listed(&network, "ben", &ana, peer.address()).await;
    let invitation = json!({ "sender": "ben", "destination": "ana", "event_name": "Tea", "event_description": "d", "event_location": "l",
        "event_picture": "", "start_time": START, "end_time": START + 60.0 });
    assert_eq!(peer_call(&ana, "/receiveEvent", &invitation).await.text(), "0: Success");
    let got = has_event(&ana, "Tea").await;
    answer(&ana, &got["id"], "maybe").await;
    eventually("ben's node has it", async || (event(&ana, &got["id"]).await["answer"]["progress"] == "delivered").then_some(())).await;
    assert_eq!(peer.calls_to("/acknowledgeEvent").last().unwrap().json()["sender"], "ben");

    let made = make(&ana, "Reef walk", &["ben"]).await;
    guest_is(&ana, &made["id"], "ben", "progress", "delivered").await;
    let reply = json!({ "sender": "ana", "event_name": "Reef walk", "attendance": "2", "start_time": START.to_string() });
    assert_eq!(peer_call(&ana, "/acknowledgeEvent", &reply).await.text(), "0: Success");
    guest_is(&ana, &made["id"], "ben", "attendance", "maybe").await;

    // With two guests at one address it cannot be told who it is.
    network.login_server.report("cleo", peer.address()).await;
    ana.sees_online("cleo").await;
    ana.post(&format!("/api/events/{}/guests", made["id"].as_str().unwrap()), &json!({ "guests": ["cleo"] })).await.ok();
    let reply = json!({ "sender": "ana", "event_name": "Reef walk", "attendance": 0, "start_time": START });
    assert!(peer_call(&ana, "/acknowledgeEvent", &reply).await.text().starts_with("6:"));
    guest_is(&ana, &made["id"], "ben", "attendance", "maybe").await;
    network.stop().await;
    peer.stop().await;
}

#[actix_web::test]
async fn a_node_that_lists_no_events_is_not_asked_and_the_host_is_told() {
    let network = TestNetwork::start().await;
    let peer = FakeServer::start(|call| match call.path() {
        "/listAPI" => Answer::text(&text(&[Call::Ping, Call::ReceiveMessage], &RECOMMENDED_ENCRYPTION, &RECOMMENDED_HASHING)),
        _ => Answer::status(404, "<html>not here</html>"),
    })
    .await;
    let ana = network.node().await.as_user("ana").await;
    listed(&network, "ben", &ana, peer.address()).await;
    let made = make(&ana, "Reef walk", &["ben"]).await;
    let guest = guest_is(&ana, &made["id"], "ben", "progress", "failed").await;
    assert_eq!(guest["failure"], "their node knows no events");
    assert!(peer.calls_to("/receiveEvent").is_empty());
    network.stop().await;
    peer.stop().await;
}

#[actix_web::test]
async fn a_node_with_trouble_is_asked_again_and_a_refusal_is_shown() {
    let network = TestNetwork::start().await;
    let peer = peer_with_events(|_, _| "4: Database Error").await;
    let ana = network.node().await.as_user("ana").await;
    listed(&network, "ben", &ana, peer.address()).await;
    let made = make(&ana, "Reef walk", &["ben"]).await;
    eventually("a try", async || (!peer.calls_to("/receiveEvent").is_empty()).then_some(())).await;
    assert_eq!(event(&ana, &made["id"]).await["guests"][0]["progress"], "pending");
    peer.now(|call| match call.path() {
        "/listAPI" => Answer::text("/receiveEvent\nEncryption 0\nHashing 0"),
        _ => Answer::text("1: Missing Compulsory Field"),
    });
    // Something new for the same node is a reason to try again.
    make(&ana, "Tea", &["ben"]).await;
    let guest = guest_is(&ana, &made["id"], "ben", "progress", "failed").await;
    assert!(guest["failure"].as_str().unwrap().contains("refused"), "{guest}");
    network.stop().await;
    peer.stop().await;
}

/// Ana and ben on one node, cleo on another.
async fn two_and_one(network: &TestNetwork) -> (Rc<TestNode>, User, User, User) {
    let node = network.node().await;
    let (ana, ben) = (node.as_user("ana").await, node.as_user("ben").await);
    let cleo = network.node().await.as_user("cleo").await;
    ana.sees_online("cleo").await;
    cleo.sees_online("ana").await;
    (node, ana, ben, cleo)
}

#[actix_web::test]
async fn a_user_sees_only_what_they_make_or_are_invited_to() {
    let network = TestNetwork::start().await;
    let (node, ana, ben, cleo) = two_and_one(&network).await;
    let made = make(&ana, "Surprise", &["cleo"]).await;
    let invited = make(&cleo, "Dinner", &["ana"]).await;
    let got = has_event(&ana, "Dinner").await;
    // Ana's node has two users: the answer says by its destination whose key it is encrypted with.
    let surprise = has_event(&cleo, "Surprise").await;
    answer(&cleo, &surprise["id"], "going").await;
    guest_is(&ana, &made["id"], "cleo", "attendance", "going").await;
    assert_eq!(events_of(&ben).await, Vec::<Value>::new());
    for id in [&made["id"], &got["id"], &invited["id"]] {
        let path = format!("/api/events/{}", id.as_str().unwrap());
        assert_eq!(ben.get(&path).await.error(), (404, "not_found".to_owned()));
        let answer = ben.put(&format!("{path}/answer"), &json!({ "attendance": "going" })).await;
        assert_eq!(answer.error(), (404, "not_found".to_owned()));
        let invite = ben.post(&format!("{path}/guests"), &json!({ "guests": ["ben"] })).await;
        assert_eq!(invite.error(), (404, "not_found".to_owned()));
    }
    // Who is invited cannot invite, who hosts cannot answer.
    let path = format!("/api/events/{}", got["id"].as_str().unwrap());
    assert_eq!(ana.post(&format!("{path}/guests"), &json!({ "guests": ["ben"] })).await.status, 404);
    let path = format!("/api/events/{}", made["id"].as_str().unwrap());
    assert_eq!(ana.put(&format!("{path}/answer"), &json!({ "attendance": "going" })).await.status, 404);
    let visitor = node.visitor("ana");
    for path in ["/api/events", path.as_str()] {
        assert_eq!(visitor.get(path).await.error(), (401, "not_signed_in".to_owned()));
    }
    network.stop().await;
}

#[actix_web::test]
async fn guests_on_the_same_node_are_invited_and_answer_there() {
    let network = TestNetwork::start().await;
    let (node, ana, ben, _cleo) = two_and_one(&network).await;
    let mut bens_tab = ben.events().await;
    let made = make(&ana, "Lunch", &["ben"]).await;
    assert_eq!(made["guests"][0]["progress"], "delivered");
    bens_tab.wait_for("event", |event| event["id"] == made["id"]).await;
    let mut anas_tab = ana.events().await;
    let seen = answer(&ben, &made["id"], "going").await;
    assert_eq!((&seen["guests"], &seen["travelled"]), (&Value::Null, &Value::Null), "who comes is for the host");
    anas_tab.wait_for("event", |event| event["id"] == made["id"]).await;
    assert_eq!(event(&ana, &made["id"]).await["guests"][0]["attendance"], "going");
    assert_eq!(node.count("SELECT count(*) FROM event_outbox"), 0);

    ben.put("/api/blocks/ana", &json!({})).await.ok();
    let blocked = make(&ana, "Again", &["ben"]).await;
    assert_eq!(blocked["guests"][0]["progress"], "failed");
    network.stop().await;
}
