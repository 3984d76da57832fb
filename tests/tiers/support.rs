//! A login server with three accounts, and kith nodes in one process.

use std::net::SocketAddr;
use std::time::Duration;

use kith::actors::node::{FindSession, LogIn};
use kith::actors::presence::LookAround;
use kith::actors::session::Send;
use kith::config::Settings;
use kith::db::queries::messages::{self, StoredMessage};
use kith::db::queries::people;
use kith::domain::file::FileName;
use kith::domain::message::{Attachment, Content, Markup};
use kith::domain::receipt::Receipt;
use kith::domain::username::Username;
use kith::login_server::{LoginServerSettings, account_command};
use kith::peers::Timeouts;
use kith::peers::login_server::LoginServer;
use kith::protocol::login_server::{Credential, DEFAULT_SALT, Login, Whereabouts};
use kith::startup::Node;
use kith::web::login_server::{RunningLoginServer, start};
use tempfile::TempDir;

/// Longest time that anything takes here.
const PATIENCE: Duration = Duration::from_secs(30);

pub(crate) fn name(raw: &str) -> Username {
    Username::parse(raw).unwrap()
}

fn credential(who: &str) -> Credential {
    Credential::of(&format!("password of {who}"), DEFAULT_SALT)
}

/// Asks `look` until it answers.
pub(crate) async fn eventually<T>(what: &str, look: impl AsyncFn() -> Option<T>) -> T {
    let found = async {
        loop {
            if let Some(found) = look().await {
                return found;
            }
            actix_web::rt::time::sleep(Duration::from_millis(20)).await;
        }
    };
    actix_web::rt::time::timeout(PATIENCE, found).await.unwrap_or_else(|_| panic!("{what} did not happen"))
}

pub(crate) struct Town {
    login_server: RunningLoginServer,
    data: TempDir,
}

impl Town {
    pub(crate) async fn open() -> Self {
        let data = tempfile::tempdir().unwrap();
        for who in ["ana", "ben", "old"] {
            account_command::add(data.path(), DEFAULT_SALT, &name(who), &format!("password of {who}")).unwrap();
        }
        let listen = "127.0.0.1:0".parse().unwrap();
        let settings = LoginServerSettings { listen, calls_per_minute: 0, guesses_per_minute: 0, ..LoginServerSettings::default() };
        Self { login_server: start(&settings, data.path()).await.unwrap(), data }
    }

    /// A node on which `who` is logged in.
    pub(crate) async fn node_of(&self, who: &str, change: impl FnOnce(&mut Settings)) -> Kith {
        let mut settings = Settings::defaults().unwrap();
        settings.node.listen = "127.0.0.1:0".parse().unwrap();
        settings.node.data = self.data.path().join(format!("node of {who}"));
        settings.node.login_server = self.login_server.url();
        settings.presence.list_every_s = 1;
        settings.presence.status_every_s = 3600;
        settings.http.workers = 1;
        settings.limits.enabled = false;
        settings.peers.calls_per_half_minute = 1000;
        settings.courier.retry_first_ms = 50;
        change(&mut settings);
        let node = Node::build(settings).await.unwrap();
        let log_in = LogIn { username: name(who), credential: credential(who) };
        node.state().node.send(log_in).await.unwrap().unwrap();
        Kith { node, user: name(who) }
    }

    /// Says that `who` is at `address`, at a node that is not kith.
    pub(crate) async fn report(&self, who: &str, address: SocketAddr, public_key: Option<String>) {
        let second = Duration::from_secs(1);
        let server = LoginServer::new(&self.login_server.url(), Timeouts { connect: second, total: 5 * second });
        let login = Login { username: name(who), credential: credential(who) };
        let at = Whereabouts { location: 2, ip: address.ip(), port: address.port(), public_key };
        server.report(&login, &at).await.unwrap();
    }
}

/// A node with its user.
pub(crate) struct Kith {
    pub(crate) node: Node,
    pub(crate) user: Username,
}

impl Kith {
    /// Waits until `who` is known to be somewhere, with a key or without.
    pub(crate) async fn sees(&self, who: &str, with_key: bool) {
        let state = self.node.state();
        eventually("being listed", async || {
            state.presence.ask(LookAround).await.unwrap();
            let found = state.reader.read({
                let who = name(who);
                move |connection| people::find(connection, &who)
            });
            found.await.unwrap().filter(|person| person.address.is_some() && (!with_key || person.public_key.is_some())).map(drop)
        })
        .await;
    }

    async fn send(&self, to: &str, content: Content, file: Option<kith::db::files::StoredFile>) {
        let session = self.node.state().node.send(FindSession(self.user.clone())).await.unwrap().unwrap();
        session.send(Send { to: name(to), content, file }).await.unwrap().unwrap();
    }

    pub(crate) async fn write(&self, to: &str, text: &str) {
        self.write_as(Markup::Plain, to, text).await;
    }

    pub(crate) async fn write_as(&self, markup: Markup, to: &str, text: &str) {
        self.send(to, Content::Text { text: text.to_owned(), markup }, None).await;
    }

    pub(crate) async fn send_file(&self, to: &str, bytes: &[u8]) {
        let file = self.node.state().files.put(bytes).unwrap();
        let attachment = Attachment {
            sha256: file.sha256.clone(),
            name: FileName::from_sent("a.bin"),
            content_type: "application/octet-stream".to_owned(),
            size: file.size,
        };
        self.send(to, Content::File(attachment), Some(file)).await;
    }

    /// The conversation with somebody, newest first.
    pub(crate) async fn talk_with(&self, other: &str) -> Vec<StoredMessage> {
        let (me, other) = (self.user.clone(), name(other));
        let read = move |connection: &rusqlite::Connection| messages::page(connection, &me, &other, None, 100);
        self.node.state().reader.read(read).await.unwrap()
    }

    /// Waits until the newest message to somebody has come as far as `receipt`.
    pub(crate) async fn newest_becomes(&self, to: &str, receipt: Receipt) -> StoredMessage {
        let what = format!("{receipt:?} to {to}");
        eventually(&what, async || self.talk_with(to).await.into_iter().next().filter(|message| message.receipt == Some(receipt))).await
    }

    /// Waits for a message of somebody's that fits.
    pub(crate) async fn hears(&self, from: &str, fits: impl Fn(&StoredMessage) -> bool) -> StoredMessage {
        eventually("hearing", async || self.talk_with(from).await.into_iter().find(&fits)).await
    }
}

pub(crate) fn text_of(message: &StoredMessage) -> &str {
    match &message.content {
        Content::Text { text, .. } => text,
        Content::File(file) => &file.sha256,
    }
}
