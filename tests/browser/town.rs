//! A login server and a node for each of its people.

use std::collections::HashMap;

use kith::config::Settings;
use kith::domain::username::Username;
use kith::login_server::account_command;
use kith::startup::Node;
use kith::web::login_server::RunningLoginServer;
use tempfile::TempDir;

/// Small enough that a test writes a larger file in no time.
pub(crate) const FILE_LIMIT_BYTES: usize = 200_000;

/// Nodes look around this often: tests wait for what others do.
const LOOK_EVERY_S: u64 = 1;

/// The password of somebody in the town.
pub(crate) fn password_of(name: &str) -> String {
    format!("the password of {name}")
}

/// A login server and nodes on free ports, all in this process.
pub(crate) struct Town {
    login_server: RunningLoginServer,
    nodes: HashMap<&'static str, Node>,
    _data: TempDir,
}

impl Town {
    /// Starts a town in which each of `names` has an account and a node.
    pub(crate) async fn of<const N: usize>(names: [&'static str; N]) -> Self {
        let data = tempfile::tempdir().unwrap();
        let mut settings = Settings::defaults().unwrap();
        settings.login_server.listen = ([127, 0, 0, 1], 0).into();
        settings.login_server.calls_per_minute = 0;
        let accounts = data.path().join("login-server");
        std::fs::create_dir(&accounts).unwrap();
        for name in names {
            let username = Username::parse(name).unwrap();
            account_command::add(&accounts, &settings.login_server.salt, &username, &password_of(name)).unwrap();
        }
        let login_server = kith::web::login_server::start(&settings.login_server, &accounts).await.unwrap();

        settings.node.listen = ([127, 0, 0, 1], 0).into();
        settings.node.login_server = login_server.url();
        settings.presence.list_every_s = LOOK_EVERY_S;
        settings.presence.status_every_s = LOOK_EVERY_S;
        settings.presence.profile_every_s = LOOK_EVERY_S;
        settings.limits.file_bytes = FILE_LIMIT_BYTES;
        settings.http.workers = 1;
        let mut nodes = HashMap::new();
        for name in names {
            let mut settings = settings.clone();
            settings.node.data = data.path().join(name);
            nodes.insert(name, Node::build(settings).await.unwrap());
        }
        Self { login_server, nodes, _data: data }
    }

    /// The address of somebody's node.
    pub(crate) fn url_of(&self, name: &str) -> String {
        self.nodes[name].url()
    }

    pub(crate) async fn stop(self) {
        for node in self.nodes.into_values() {
            node.stop().await;
        }
        self.login_server.stop().await;
    }
}
