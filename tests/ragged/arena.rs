//! One real node with one real user, under a login server that lists whomever a case wants.

use std::cell::Cell;
use std::net::SocketAddr;
use std::rc::Rc;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use kith::config::Settings;
use serde_json::{Map, Value, json};

use super::support::{Answer, FakeServer, Habits, OldNode, PeerReply, TestNode, User};

/// Between two looks: many cases look at the same node.
const PAUSE: Duration = Duration::from_millis(50);

/// Longer than anything takes; a case of the matrix runs into its own limit before.
const PATIENCE: Duration = Duration::from_secs(45);

/// Looks until there is something to see.
pub(crate) async fn until<T>(mut look: impl AsyncFnMut() -> Option<T>) -> T {
    let start = Instant::now();
    loop {
        if let Some(seen) = look().await {
            return seen;
        }
        assert!(start.elapsed() < PATIENCE, "this never happened");
        actix_web::rt::time::sleep(PAUSE).await;
    }
}

/// The node, its user, and who is listed.
pub(crate) struct Arena {
    pub(crate) node: TestNode,
    pub(crate) user: User,
    listed: Arc<Mutex<Map<String, Value>>>,
    login_server: FakeServer,
    http: reqwest::Client,
    names: Cell<usize>,
}

impl Arena {
    /// Starts a node and logs `user` in.
    pub(crate) async fn open(user: &str, change: impl FnOnce(&mut Settings)) -> Rc<Self> {
        let listed = Arc::new(Mutex::new(Map::new()));
        let list = listed.clone();
        let login_server = FakeServer::start(move |call| match call.path() {
            "/getList" => Answer::json(&Value::Object(list.lock().unwrap().clone())),
            "/listUsers" => Answer::text("ana,ben"),
            _ => Answer::text("0, User and IP logged"),
        })
        .await;
        let node = TestNode::start(&login_server.url(), change).await;
        let user = node.as_user(user).await;
        Rc::new(Self { node, user, listed, login_server, http: reqwest::Client::new(), names: Cell::new(0) })
    }

    /// Somebody whom no other case knows.
    pub(crate) fn somebody(&self) -> String {
        self.names.set(self.names.get() + 1);
        format!("ben-{}", self.names.get())
    }

    /// From now on the login server has `name` at `address`.
    pub(crate) fn list(&self, name: &str, address: SocketAddr, key: Option<&str>) {
        let mut row = json!({ "username": name, "ip": address.ip().to_string(), "location": "2", "lastLogin": "1497225143",
            "port": address.port().to_string() });
        if let Some(key) = key {
            row["publicKey"] = json!(key);
        }
        let mut listed = self.listed.lock().unwrap();
        let index = listed.len().to_string();
        listed.insert(index, row);
    }

    /// Somebody new at a node with these habits, seen by ana to be online.
    pub(crate) async fn meet(self: &Rc<Self>, habits: Habits, with_key: bool) -> Acquaintance {
        self.meet_at(OldNode::with(habits).await, with_key).await
    }

    pub(crate) async fn meet_at(self: &Rc<Self>, node: OldNode, with_key: bool) -> Acquaintance {
        let name = self.somebody();
        self.list(&name, node.address(), with_key.then(|| node.public_key()).as_deref());
        self.look_around_again().await;
        // Who says to be offline is shown so, listed or not.
        let shown = async || Some(self.user.user(&name).await).filter(|user| user["online"] == true || user["status"] == "Offline");
        until(shown).await;
        Acquaintance { arena: self.clone(), name, node }
    }

    /// Has the node look at the list, and waits until it has asked for it once more.
    pub(crate) async fn look_around_again(&self) {
        let before = self.login_server.calls_to("/getList").len();
        // While it is looking anyway, it does not begin again.
        until(async || {
            self.node.look_around().await;
            (self.login_server.calls_to("/getList").len() > before).then_some(())
        })
        .await;
    }

    /// A call as another node makes it, with more lines in its head.
    pub(crate) async fn call(&self, path: &str, headers: &[(&str, &str)], body: Vec<u8>) -> PeerReply {
        let mut request = self.http.post(format!("{}{path}", self.node.url())).body(body);
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let answer = request.send().await.unwrap();
        let reply = PeerReply { status: answer.status().as_u16(), text: answer.text().await.unwrap() };
        assert!(reply.status < 500, "{reply:?}");
        reply
    }

    /// The node still does its work.
    pub(crate) async fn is_well(&self) {
        assert_eq!(self.node.get("/ping").await.text(), "0");
        assert_eq!(self.user.get("/api/session").await.status, 200);
        assert_eq!(self.user.get("/api/conversations").await.status, 200);
        assert_eq!(self.user.get("/api/users").await.status, 200);
    }

    pub(crate) async fn close(self: Rc<Self>) {
        self.node.stop().await;
        // Nobody else was ever reported, and the user was signed out.
        assert_eq!(self.login_server.calls_to("/logoff").len(), 1);
    }
}

/// Somebody at an old node.
pub(crate) struct Acquaintance {
    pub(crate) arena: Rc<Arena>,
    pub(crate) name: String,
    pub(crate) node: OldNode,
}

impl Acquaintance {
    /// What ana's pages show of them.
    pub(crate) async fn shown(&self) -> Value {
        self.arena.user.user(&self.name).await
    }

    /// Waits until their node was asked this so often.
    pub(crate) async fn was_asked(&self, path: &str, times: usize) {
        until(async || (self.node.calls_to(path).len() >= times).then_some(())).await;
    }

    /// Waits until a message of ana's is no longer what it was, or is as it should be.
    pub(crate) async fn receipt_is(&self, sent: &Value, receipt: &str) -> Value {
        until(async || Some(self.arena.user.message(&self.name, &sent["id"]).await).filter(|message| message["receipt"] == receipt)).await
    }

    /// Ana writes, and it arrives: once, with the text that she wrote.
    pub(crate) async fn can_be_written_to(&self) {
        let text = format!("Is that you, {}? 1 < 2 & \u{e9}", self.name);
        let sent = self.arena.user.send(&self.name, &text).await;
        self.receipt_is(&sent, "delivered").await;
        let got = self.node.got();
        assert_eq!(got.iter().map(|got| got.payload.as_deref().unwrap_or("not readable")).collect::<Vec<_>>(), [text.as_str()]);
    }
}
