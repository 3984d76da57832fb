//! A login server and the nodes under it.

use std::cell::RefCell;
use std::rc::Rc;

use kith::config::Settings;

use super::{Link, TestLoginServer, TestNode, User, never_panics};

/// Who has an account.
const PEOPLE: [&str; 4] = ["ana", "ben", "cleo", "dan"];

/// A login server, reached by a cable that can be cut, and nodes.
pub(crate) struct TestNetwork {
    pub(crate) login_server: TestLoginServer,
    pub(crate) link: Link,
    nodes: RefCell<Vec<Rc<TestNode>>>,
}

impl TestNetwork {
    /// With accounts for ana, ben, cleo and dan.
    pub(crate) async fn start() -> Self {
        Self::under(TestLoginServer::start(&PEOPLE).await).await
    }

    pub(crate) async fn under(login_server: TestLoginServer) -> Self {
        never_panics();
        let link = Link::to(login_server.address()).await;
        Self { login_server, link, nodes: RefCell::default() }
    }

    /// Starts a node that looks around all the time and has no rate limits.
    pub(crate) async fn node(&self) -> Rc<TestNode> {
        self.node_with(|_| {}).await
    }

    /// Starts a node with other settings.
    pub(crate) async fn node_with(&self, change: impl FnOnce(&mut Settings)) -> Rc<TestNode> {
        let node = Rc::new(TestNode::start(&self.link.url(), change).await);
        self.nodes.borrow_mut().push(node.clone());
        node
    }

    /// Starts a node that others reach by a cable: it says so itself, whenever it reports.
    pub(crate) async fn node_at_a_cable(&self) -> (Rc<TestNode>, Link) {
        let cable = Link::to(self.login_server.address()).await;
        let node = self.node_with(|settings| settings.node.advertise = cable.address().to_string()).await;
        // Nobody is logged in yet, so nobody has called it.
        cable.lead_to(node.address());
        (node, cable)
    }

    /// Starts two nodes, logs ana in on the first and ben on the second, and waits until each sees the other.
    pub(crate) async fn pair(&self) -> (User, User) {
        let (first, second) = (self.node().await, self.node().await);
        let (ana, ben) = (first.as_user("ana").await, second.as_user("ben").await);
        ana.sees_online("ben").await;
        ben.sees_online("ana").await;
        (ana, ben)
    }

    /// Stops everything.
    pub(crate) async fn stop(self) {
        let nodes = self.nodes.take();
        futures_util::future::join_all(nodes.iter().map(|node| node.stop())).await;
        self.login_server.stop().await;
    }
}
