//! A real node on a free port, with its data in a temporary folder.

use std::cell::RefCell;
use std::net::{IpAddr, SocketAddr};
use std::path::PathBuf;

use kith::actors::presence::LookAround;
use kith::config::Settings;
use kith::startup::Node;
use kith::web::state::NodeState;
use rusqlite::{Connection, OpenFlags};
use serde_json::{Value, json};
use tempfile::TempDir;

use super::{Figures, Reply, User};

/// A node that can be stopped and started again.
pub(crate) struct TestNode {
    settings: Settings,
    data: TempDir,
    running: RefCell<Option<Node>>,
    address: RefCell<SocketAddr>,
}

/// What a node answers to another.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct PeerReply {
    pub(crate) status: u16,
    pub(crate) text: String,
}

impl PeerReply {
    /// The number at its beginning.
    pub(crate) fn code(&self) -> i64 {
        kith::protocol::reply_code::parse_reply(&self.text).unwrap_or_else(|| panic!("no answer of the protocol: {self:?}"))
    }
}

impl TestNode {
    /// Looks around each second, has no rate limits, and tries again soon; unless `change` says otherwise.
    pub(crate) async fn start(login_server: &str, change: impl FnOnce(&mut Settings)) -> Self {
        let data = tempfile::tempdir().unwrap();
        let mut settings = Settings::defaults().unwrap();
        settings.node.listen = ([127, 0, 0, 1], 0).into();
        settings.node.data = data.path().join("node");
        login_server.clone_into(&mut settings.node.login_server);
        settings.presence.list_every_s = 1;
        settings.presence.settle_s = 2;
        settings.presence.status_every_s = 1;
        settings.presence.statuses_per_minute = 100_000;
        settings.presence.profile_every_s = 1;
        settings.courier.retry_first_ms = 50;
        settings.courier.retry_longest_s = 1;
        settings.limits.enabled = false;
        // The fakes of these tests are not kith; sparing them has tests of its own.
        settings.peers.calls_per_half_minute = 100_000;
        settings.http.workers = 1;
        settings.http.shutdown_timeout_s = 1;
        change(&mut settings);
        let node = Node::build(settings.clone()).await.unwrap();
        let address = node.address();
        Self { settings, data, running: RefCell::new(Some(node)), address: RefCell::new(address) }
    }

    /// Stops it; its data stays.
    pub(crate) async fn stop(&self) {
        let running = self.running.take();
        if let Some(node) = running {
            node.stop().await;
        }
    }

    /// Starts it again with the same data, on another port.
    pub(crate) async fn start_again(&self) {
        let node = Node::build(self.settings.clone()).await.unwrap();
        self.address.replace(node.address());
        self.running.replace(Some(node));
    }

    /// Has it look at the login server's list now rather than in a second.
    pub(crate) async fn look_around(&self) {
        let presence = self.running.borrow().as_ref().unwrap().state().presence.clone();
        presence.ask(LookAround).await.unwrap();
    }

    pub(crate) fn address(&self) -> SocketAddr {
        *self.address.borrow()
    }

    pub(crate) fn url(&self) -> String {
        format!("http://{}", self.address())
    }

    /// What its handlers use.
    pub(crate) fn state(&self) -> NodeState {
        self.running.borrow().as_ref().unwrap().state().clone()
    }

    /// What it tells its operator.
    pub(crate) async fn figures(&self) -> Figures {
        Figures(self.get("/metrics").await.ok().text())
    }

    /// The folder of its data.
    pub(crate) fn data(&self) -> PathBuf {
        self.data.path().join("node")
    }

    /// Somebody with a browser, not logged in.
    pub(crate) fn visitor(&self, name: &str) -> User {
        User::new(name, self.address(), None)
    }

    /// Somebody at another address of this machine, not logged in.
    pub(crate) fn visitor_at(&self, name: &str, from: [u8; 4]) -> User {
        User::new(name, self.address(), Some(from.into()))
    }

    /// Somebody who has logged in.
    pub(crate) async fn as_user(&self, name: &str) -> User {
        let user = self.visitor(name);
        user.log_in().await;
        user
    }

    /// Calls it as another node would.
    pub(crate) async fn peer_call(&self, path: &str, body: &Value) -> PeerReply {
        self.peer_call_from([127, 0, 0, 1], path, body).await
    }

    /// Calls it from another address of this machine.
    pub(crate) async fn peer_call_from(&self, from: [u8; 4], path: &str, body: &Value) -> PeerReply {
        self.peer_post(from, path, body.to_string().into_bytes()).await
    }

    /// Sends these bytes as another node would send its JSON.
    pub(crate) async fn peer_post(&self, from: [u8; 4], path: &str, body: Vec<u8>) -> PeerReply {
        let http = reqwest::Client::builder().local_address(IpAddr::from(from)).build().unwrap();
        let request = http.post(format!("{}{path}", self.url())).header("content-type", "application/json").body(body);
        let answer = request.send().await.unwrap();
        PeerReply { status: answer.status().as_u16(), text: answer.text().await.unwrap() }
    }

    /// A call by GET, as a browser or a node would make it, without a cookie.
    pub(crate) async fn get(&self, path: &str) -> Reply {
        self.visitor("nobody").get(path).await
    }

    /// Asks the node's own disk. The node need not run.
    pub(crate) fn count(&self, sql: &str) -> u64 {
        let database = Connection::open_with_flags(self.data().join("kith.db"), OpenFlags::SQLITE_OPEN_READ_ONLY).unwrap();
        database.query_row(sql, [], |row| row.get(0)).unwrap()
    }
}

/// The body of a message as node S would write it.
pub(crate) fn message(from: &str, to: &str, text: &str, stamp: f64) -> Value {
    json!({
        "sender": from, "destination": to, "message": text, "stamp": stamp, "markdown": 0, "encoding": 0, "encryption": 0, "hashing": 0,
        "hash": null, "decryptionKey": null,
    })
}

/// The body of a file as node S would write it.
pub(crate) fn file(from: &str, to: &str, name: &str, content_type: &str, content: &[u8], stamp: f64) -> Value {
    use base64::Engine as _;
    let base64 = base64::engine::general_purpose::STANDARD.encode(content);
    json!({
        "sender": from, "destination": to, "file": base64, "filename": name, "content_type": content_type, "stamp": stamp, "encryption": 0,
        "hashing": 0, "hash": "", "decryptionKey": null,
    })
}
