//! A login server and a node for each of its people.

use std::collections::HashMap;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::rc::Rc;

use kith::config::Settings;

use super::support::{TestNetwork, TestNode};

/// Small enough that a test writes a larger file in no time.
pub(crate) const FILE_LIMIT_BYTES: usize = 200_000;

/// A network in which everybody has a node of their own.
pub(crate) struct Town {
    network: TestNetwork,
    nodes: HashMap<&'static str, Rc<TestNode>>,
}

impl Town {
    /// Starts a login server, and a node for each of `names`.
    pub(crate) async fn of<const N: usize>(names: [&'static str; N]) -> Self {
        let network = TestNetwork::start().await;
        let mut nodes = HashMap::new();
        for name in names {
            let settings = |settings: &mut Settings| {
                settings.limits.file_bytes = FILE_LIMIT_BYTES;
                settings.metrics.sample_every_s = 1;
            };
            nodes.insert(name, network.node_with(settings).await);
        }
        Self { network, nodes }
    }

    /// The address of somebody's node.
    pub(crate) fn url_of(&self, name: &str) -> String {
        self.nodes[name].url()
    }

    pub(crate) fn node_of(&self, name: &str) -> Rc<TestNode> {
        self.nodes[name].clone()
    }

    /// The data folder of somebody's node.
    pub(crate) fn data_of(&self, name: &str) -> PathBuf {
        self.nodes[name].data()
    }

    /// Says of somebody without a node here that they are at `address`.
    pub(crate) async fn report(&self, name: &str, address: SocketAddr) {
        self.network.login_server.report(name, address).await;
    }

    pub(crate) async fn stop(self) {
        self.network.stop().await;
    }
}
