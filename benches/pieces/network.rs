//! A login server and a node of this process, with somebody who is logged in.

use actix::Addr;
use actix_web::rt::SystemRunner;
use kith::actors::node::{FindSession, LogIn};
use kith::actors::session::Session;
use kith::config::Settings;
use kith::domain::username::Username;
use kith::login_server::account_command;
use kith::protocol::login_server::Credential;
use kith::startup::Node;
use kith::web::login_server::{RunningLoginServer, start};
use tempfile::TempDir;

const PASSWORD: &str = "a password for benches";

pub(crate) struct Network {
    pub(crate) system: SystemRunner,
    _node: Node,
    pub(crate) session: Addr<Session>,
    _login_server: RunningLoginServer,
    _data: TempDir,
}

impl Network {
    /// Starts it, with ana.
    pub(crate) fn start() -> Self {
        let system = actix_web::rt::System::new();
        let data = tempfile::tempdir().unwrap();
        let ana = Username::parse("ana").unwrap();
        let mut settings = Settings::defaults().unwrap();
        settings.node.listen = "127.0.0.1:0".parse().unwrap();
        settings.login_server.listen = "127.0.0.1:0".parse().unwrap();
        settings.node.data = data.path().join("node");
        settings.limits.enabled = false;
        account_command::add(data.path(), &settings.login_server.salt, &ana, PASSWORD).unwrap();
        let (login_server, node, session) = system.block_on(async {
            let login_server = start(&settings.login_server, data.path()).await.unwrap();
            settings.node.login_server = login_server.url();
            let credential = Credential::of(PASSWORD, &settings.node.password_salt);
            let node = Node::build(settings).await.unwrap();
            node.state().node.send(LogIn { username: ana.clone(), credential }).await.unwrap().unwrap();
            let session = node.state().node.send(FindSession(ana)).await.unwrap().unwrap();
            (login_server, node, session)
        });
        Self { system, _node: node, session, _login_server: login_server, _data: data }
    }
}
