//! Every route that the code registers, called as everybody who might call it.
//!
//! What there is comes from the registration itself: a path that is in no row of the table, or a method that is answered and is in no row, fails
//! the test.

use std::collections::BTreeSet;

use actix_web::App;
use actix_web::cookie::Key;
use actix_web::test::{TestRequest, call_service, init_service};
use reqwest::Method;
use serde_json::{Value, json};

use super::support::{Reply, TestNetwork, TestNode, User, file, message, png};

/// In all that ana has and others may not see.
const MARKER: &str = "ZANZIBAR";

/// Who calls.
struct Caller {
    who: &'static str,
    /// Whom they say to be, as a peer.
    name: &'static str,
    user: User,
}

/// What is sent along.
#[derive(Clone, Copy)]
enum Sent {
    Nothing,
    Json(fn(&str) -> Value),
    Form(&'static str),
    Picture,
}
use Sent::{Form, Json, Nothing, Picture};

/// One route by one method: its pattern as it is registered, an address that matches it, what is sent, and the status that a stranger, a listed peer,
/// a peer that is not listed, one that is blocked, ana and ben get.
struct Row(Method, &'static str, &'static str, Sent, [u16; 6]);

const GET: Method = Method::GET;
const POST: Method = Method::POST;
const PUT: Method = Method::PUT;
const DELETE: Method = Method::DELETE;
const HEAD: Method = Method::HEAD;

/// Everybody may.
const ALL: [u16; 6] = [200; 6];
/// Whoever is logged in.
const USERS: [u16; 6] = [401, 401, 401, 401, 200, 200];
/// Likewise, for what answers without a body.
const USERS_204: [u16; 6] = [401, 401, 401, 401, 204, 204];
/// Likewise, for what is made.
const USERS_201: [u16; 6] = [401, 401, 401, 401, 201, 201];
/// Ana alone: others who are logged in do not learn that it exists.
const ANA: [u16; 6] = [401, 401, 401, 401, 200, 404];
/// A page: others are sent to log in.
const PAGE: [u16; 6] = [303, 303, 303, 303, 200, 200];
/// A call of peers that needs a name, which the stranger does not give.
const NAMED: [u16; 6] = [400, 200, 200, 200, 200, 200];

fn profile_question(caller: &str) -> Value {
    json!({ "sender": caller, "profile_username": "ana" })
}

#[rustfmt::skip]
fn table() -> Vec<Row> {
    vec![
        // Other nodes. A user's browser is a peer like any other.
        Row(GET, "/listAPI", "/listAPI", Nothing, ALL),
        Row(POST, "/listAPI", "/listAPI", Nothing, ALL),
        Row(GET, "/ping", "/ping?sender=cleo", Nothing, ALL),
        Row(POST, "/ping", "/ping", Form("sender=cleo"), ALL),
        Row(POST, "/receiveMessage", "/receiveMessage", Json(|caller| message(caller, "ben", "hi", 1_700_000_000.0)), [400, 200, 200, 429, 200, 200]),
        Row(POST, "/receiveFile", "/receiveFile", Json(|caller| file(caller, "ben", "x", "text/plain", b"hi", 1.0)), [400, 200, 200, 429, 200, 200]),
        // Nobody knows the hash.
        Row(POST, "/acknowledge", "/acknowledge", Json(|caller| json!({ "sender": "ana", "destination": caller, "stamp": 1, "hashing": 1, "hash": "00" })), [400; 6]),
        Row(POST, "/getPublicKey", "/getPublicKey", Json(profile_question), ALL),
        Row(POST, "/handshake", "/handshake", Json(|caller| json!({ "sender": caller, "destination": "ana", "message": "test", "encryption": 0 })), NAMED),
        Row(POST, "/getProfile", "/getProfile", Json(profile_question), NAMED),
        Row(POST, "/getStatus", "/getStatus", Json(profile_question), ALL),
        // What is held for ana is given to nobody who asks from elsewhere than she is listed; she is listed here.
        Row(POST, "/retrieveMessages", "/retrieveMessages", Json(|_| json!({ "requestor": "ana" })), [403, 403, 403, 403, 200, 200]),
        Row(POST, "/receiveEvent", "/receiveEvent", Json(|caller| json!({ "sender": caller, "destination": "ben", "event_name": "Tea", "start_time": 3e9, "end_time": 3e9 })), [400, 200, 200, 429, 200, 200]),
        // There is no such event.
        Row(POST, "/acknowledgeEvent", "/acknowledgeEvent", Json(|caller| json!({ "sender": caller, "event_name": "Tea", "start_time": 1, "attendance": 1 })), [400, 403, 403, 403, 403, 403]),
        Row(GET, "/getList", "/getList?username=cleo", Nothing, [403, 200, 403, 403, 403, 403]),
        Row(POST, "/report", "/report", Json(|caller| json!({ "username": caller, "passphrase": "x", "signature": "1", "location": 2, "ip": "127.0.0.20", "port": 1 })), [400, 403, 403, 403, 403, 403]),
        Row(GET, "/pictures/{username}", "/pictures/ana", Nothing, [404; 6]),
        // Operators on this machine.
        Row(GET, "/healthz", "/healthz", Nothing, ALL),
        Row(GET, "/metrics", "/metrics", Nothing, ALL),
        // The files of the pages.
        Row(GET, "/static/{path:.*}", "/static/css/base.css", Nothing, ALL),
        // The API.
        Row(POST, "/api/session", "/api/session", Json(|caller| json!({ "username": caller, "password": "a guess" })), [401; 6]),
        Row(GET, "/api/session", "/api/session", Nothing, USERS),
        Row(GET, "/api/sessions", "/api/sessions", Nothing, USERS),
        // Nobody has such a browser.
        Row(DELETE, "/api/sessions/{id}", "/api/sessions/0123456789abcdef", Nothing, [401, 401, 401, 401, 404, 404]),
        Row(GET, "/api/users", "/api/users", Nothing, USERS),
        Row(GET, "/api/users/{username}", "/api/users/ana", Nothing, USERS),
        Row(GET, "/api/users/{username}/profile", "/api/users/ana/profile", Nothing, USERS),
        Row(GET, "/api/users/{username}/picture", "/api/users/ana/picture", Nothing, [401, 401, 401, 401, 404, 404]),
        Row(PUT, "/api/profile", "/api/profile", Json(|_| json!({ "fullname": "", "position": "", "description": "", "location": "" })), USERS),
        Row(PUT, "/api/profile/picture", "/api/profile/picture", Picture, USERS),
        Row(DELETE, "/api/profile/picture", "/api/profile/picture", Nothing, USERS),
        Row(GET, "/api/preferences", "/api/preferences", Nothing, USERS),
        Row(PUT, "/api/preferences", "/api/preferences", Json(|_| json!({ "sound": true })), USERS),
        Row(PUT, "/api/activity", "/api/activity", Json(|_| json!({ "idle": false })), USERS_204),
        Row(PUT, "/api/status", "/api/status", Json(|_| json!({ "status": "Online" })), USERS),
        Row(GET, "/api/conversations", "/api/conversations", Nothing, USERS),
        // Ben reads his own with cleo, which is empty.
        Row(GET, "/api/conversations/{username}/messages", "/api/conversations/cleo/messages", Nothing, USERS),
        Row(POST, "/api/conversations/{username}/messages", "/api/conversations/ben/messages", Json(|_| json!({ "text": "hello" })), USERS_201),
        Row(POST, "/api/conversations/{username}/files", "/api/conversations/ben/files", Nothing, [401, 401, 401, 401, 400, 400]),
        Row(POST, "/api/conversations/{username}/read", "/api/conversations/cleo/read", Json(|_| json!({ "up_to": "MESSAGE" })), ANA),
        // It has not failed, so there is nothing to retry.
        Row(POST, "/api/messages/{id}/retry", "/api/messages/MESSAGE/retry", Nothing, [401, 401, 401, 401, 404, 404]),
        Row(GET, "/api/messages/{id}", "/api/messages/MESSAGE", Nothing, ANA),
        Row(POST, "/api/conversations/{username}/forward", "/api/conversations/cleo/forward", Json(|_| json!({ "id": "MESSAGE" })), [401, 401, 401, 401, 201, 404]),
        Row(PUT, "/api/drafts/{username}", "/api/drafts/cleo", Json(|caller| json!({ "text": format!("from {caller}") })), USERS_204),
        Row(GET, "/api/drafts", "/api/drafts", Nothing, USERS),
        Row(POST, "/api/preview", "/api/preview", Json(|_| json!({ "text": "*hello*" })), USERS),
        Row(GET, "/api/files/{id}", "/api/files/FILE", Nothing, ANA),
        Row(HEAD, "/api/files/{id}", "/api/files/FILE", Nothing, ANA),
        Row(GET, "/api/search", "/api/search?q=ZANZIBAR", Nothing, USERS),
        Row(GET, "/api/events", "/api/events", Nothing, USERS),
        Row(POST, "/api/events", "/api/events", Json(|_| json!({ "name": "Walk", "start": 3e9, "end": 3e9, "guests": ["cleo"] })), USERS_201),
        Row(GET, "/api/events/{id}", "/api/events/EVENT", Nothing, ANA),
        Row(POST, "/api/events/{id}/guests", "/api/events/EVENT/guests", Json(|_| json!({ "guests": ["cleo"] })), ANA),
        // She is its host, and no guest.
        Row(PUT, "/api/events/{id}/answer", "/api/events/EVENT/answer", Json(|_| json!({ "attendance": "going" })), [401, 401, 401, 401, 404, 404]),
        Row(GET, "/api/node", "/api/node", Nothing, USERS),
        Row(GET, "/api/blocks", "/api/blocks", Nothing, USERS),
        Row(PUT, "/api/blocks/{username}", "/api/blocks/zoe", Nothing, USERS_204),
        Row(DELETE, "/api/blocks/{username}", "/api/blocks/zoe", Nothing, USERS_204),
        Row(GET, "/api/mutes", "/api/mutes", Nothing, USERS),
        Row(PUT, "/api/mutes/{username}", "/api/mutes/zoe", Nothing, USERS_204),
        Row(DELETE, "/api/mutes/{username}", "/api/mutes/zoe", Nothing, USERS_204),
        Row(GET, "/api/node/history", "/api/node/history", Nothing, USERS),
        // Without the handshake of a WebSocket.
        Row(GET, "/api/ws", "/api/ws", Nothing, [401, 401, 401, 401, 400, 400]),
        Row(GET, "/api/openapi.json", "/api/openapi.json", Nothing, ALL),
        // Pages.
        Row(GET, "/", "/", Nothing, [303; 6]),
        Row(GET, "/login", "/login", Nothing, [200, 200, 200, 200, 303, 303]),
        Row(GET, "/chats", "/chats", Nothing, PAGE),
        Row(GET, "/chats/{username}", "/chats/cleo", Nothing, PAGE),
        Row(GET, "/people", "/people", Nothing, PAGE),
        Row(GET, "/people/{username}", "/people/ana", Nothing, PAGE),
        Row(GET, "/about-node", "/about-node", Nothing, PAGE),
        Row(GET, "/events", "/events", Nothing, PAGE),
        Row(GET, "/profile", "/profile", Nothing, PAGE),
        Row(GET, "/settings", "/settings", Nothing, PAGE),
        // Towards the end, for then she does not see it any more.
        Row(DELETE, "/api/messages/{id}", "/api/messages/MESSAGE", Nothing, [401, 401, 401, 401, 204, 404]),
        // Last, for it ends the session.
        Row(DELETE, "/api/session", "/api/session", Nothing, USERS_204),
    ]
}

/// The patterns that `startup::routes` registers, as actix-web has them in its map of resources. The map has no way to walk it but its text.
async fn registered(node: &TestNode) -> BTreeSet<String> {
    let (state, key) = (node.state(), Key::generate());
    let app = init_service(App::new().configure(|config| kith::startup::routes(config, &state, "kith", &key))).await;
    let response = call_service(&app, TestRequest::get().uri("/ping").to_request()).await;
    let map = format!("{:#?}", response.request().resource_map());
    let mut above: Vec<(usize, String)> = Vec::new();
    let mut patterns = BTreeSet::new();
    let mut lines = map.lines().peekable();
    while let Some(line) = lines.next() {
        let depth = line.len() - line.trim_start().len();
        if line.trim() != "patterns: Single(" {
            continue;
        }
        let pattern: String = serde_json::from_str(lines.next().unwrap().trim().trim_end_matches(',')).unwrap();
        above.retain(|(higher, _)| *higher < depth);
        let prefix: String = above.iter().map(|(_, pattern)| pattern.as_str()).collect();
        let is_prefix = lines.by_ref().find_map(|line| line.trim().strip_prefix("is_prefix: ").map(|flag| flag == "true,")).unwrap();
        if is_prefix {
            above.push((depth, pattern));
        } else {
            patterns.insert(format!("{prefix}{pattern}"));
        }
    }
    assert!(patterns.contains("/receiveMessage") && patterns.contains("/api/session"), "the map of resources reads otherwise now:\n{map}");
    patterns
}

async fn call(caller: &Caller, method: &Method, path: &str, sent: Sent, ids: &[(&str, String)]) -> Reply {
    let fill = |text: String| ids.iter().fold(text, |text, (word, id)| text.replace(word, id));
    let request = caller.user.request(method.clone(), &fill(path.to_owned()));
    Reply::of(match sent {
        Nothing => request,
        Json(body) => request.header("content-type", "application/json").body(fill(body(caller.name).to_string())),
        Form(body) => request.header("content-type", "application/x-www-form-urlencoded").body(body),
        Picture => request.header("content-type", "image/png").body(png()),
    })
    .await
}

/// Ana has messages and a file, in and out, that are nobody else's.
async fn with_data_of_ana(node: &TestNode, ana: &User) -> Vec<(&'static str, String)> {
    let from_cleo = message("cleo", "ana", &format!("{MARKER} from cleo"), 1_700_000_000.0);
    assert_eq!(node.peer_call_from([127, 0, 0, 20], "/receiveMessage", &from_cleo).await.code(), 0);
    let content = file("cleo", "ana", &format!("{MARKER}.txt"), "text/plain", format!("{MARKER} in a file").as_bytes(), 1_700_000_001.0);
    assert_eq!(node.peer_call_from([127, 0, 0, 20], "/receiveFile", &content).await.code(), 0);
    ana.send("cleo", &format!("{MARKER} to cleo")).await;
    let id = |message: &Value| message["id"].as_str().unwrap().to_owned();
    let messages = ana.conversation("cleo").await;
    let file = messages.iter().find(|message| message["file"].is_object()).unwrap();
    super::support::eventually("the messages are found", async || {
        ana.get(&format!("/api/search?q={MARKER}")).await.text().contains("from cleo").then_some(())
    })
    .await;
    let event = json!({ "name": format!("{MARKER} by the sea"), "start": 3e9, "end": 3e9, "guests": [] });
    let event = ana.post("/api/events", &event).await.json();
    vec![("MESSAGE", id(&messages[0])), ("FILE", id(file)), ("EVENT", id(&event))]
}

#[actix_web::test]
async fn every_route_answers_everybody_as_the_table_says() {
    let network = TestNetwork::start().await;
    let node = network.node().await;
    let (ana, ben) = (node.as_user("ana").await, node.as_user("ben").await);
    network.login_server.report("cleo", ([127, 0, 0, 20], 9).into()).await;
    network.login_server.report("dan", ([127, 0, 0, 22], 9).into()).await;
    ana.sees_online("cleo").await;
    ana.sees_online("dan").await;
    for user in [&ana, &ben] {
        user.put("/api/blocks/dan", &json!({})).await.ok();
    }
    let ids = with_data_of_ana(&node, &ana).await;
    let at = |name, host| node.visitor_at(name, [127, 0, 0, host]);
    let callers = [
        Caller { who: "a stranger", name: "", user: at("nobody", 19) },
        Caller { who: "a listed peer", name: "cleo", user: at("cleo", 20) },
        Caller { who: "an unlisted peer", name: "somebody", user: at("somebody", 21) },
        Caller { who: "a blocked peer", name: "dan", user: at("dan", 22) },
        Caller { who: "ana", name: "ana", user: ana },
        Caller { who: "ben", name: "ben", user: ben },
    ];

    let (mut wrong, mut seen_by_ana) = (Vec::new(), 0);
    for Row(method, _, path, sent, expected) in table() {
        for (caller, expected) in callers.iter().zip(expected) {
            let answer = call(caller, &method, path, sent, &ids).await;
            if answer.status != expected {
                wrong.push(format!("{method} {path} as {}: {} rather than {expected}: {:.80}", caller.who, answer.status, answer.text()));
            }
            // What was asked for may be said again.
            let has_marker =
                answer.text().replace(&format!("q={MARKER}"), "").contains(MARKER) || format!("{:?}", answer.headers).contains(MARKER);
            let said_again = path.contains(MARKER) && !answer.text().contains("cleo");
            match caller.who {
                "ana" => seen_by_ana += usize::from(has_marker),
                who if has_marker && !said_again => wrong.push(format!("{method} {path} tells {who} what is ana's: {}", answer.text())),
                _ => {}
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert!(seen_by_ana >= 4, "ana sees what is hers at {seen_by_ana} routes alone: the marker finds nothing");
    network.stop().await;
}

/// A route or method without a row is found here, whoever registered it.
#[actix_web::test]
async fn every_route_and_method_has_a_row() {
    let network = TestNetwork::start().await;
    let node = network.node().await;
    let table = table();
    let rows: BTreeSet<_> = table.iter().map(|Row(_, pattern, ..)| (*pattern).to_owned()).collect();
    let registered = registered(&node).await;
    assert_eq!(registered.difference(&rows).collect::<Vec<_>>(), Vec::<&String>::new(), "routes without a row");
    assert_eq!(rows.difference(&registered).collect::<Vec<_>>(), Vec::<&String>::new(), "rows without a route");

    let stranger = Caller { who: "a stranger", name: "", user: node.visitor("nobody") };
    let mut unknown = Vec::new();
    for Row(_, pattern, path, ..) in &table {
        for method in [GET, HEAD, POST, PUT, Method::PATCH, DELETE, Method::OPTIONS] {
            let has_row = table.iter().any(|Row(known, of, ..)| *known == method && of == pattern);
            if !has_row && call(&stranger, &method, path, Nothing, &[]).await.status != 405 {
                unknown.push(format!("{method} {pattern}"));
            }
        }
    }
    assert!(unknown.is_empty(), "answered, and not in the table: {unknown:?}");
    network.stop().await;
}
