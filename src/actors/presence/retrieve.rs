//! Asking other nodes for what they hold for users of this one (protocol section 7).

use std::net::SocketAddr;

use super::Presence;
use crate::domain::username::Username;

impl Presence {
    /// A node has come online: it may hold something for anybody here. Newcomers ask all nodes anyway.
    pub(super) fn retrieve_from(&self, node: SocketAddr) {
        for username in self.users.keys().filter(|username| !self.newcomers.contains(*username)) {
            self.retrieve(username.clone(), node);
        }
    }

    /// Somebody has just logged in here: any node may hold something for them.
    pub(super) fn retrieve_for_newcomers(&mut self) {
        if self.newcomers.is_empty() {
            return;
        }
        let nodes = self.listed_nodes();
        for username in std::mem::take(&mut self.newcomers) {
            for node in &nodes {
                self.retrieve(username.clone(), *node);
            }
        }
    }

    /// Asks in the background, a few nodes at a time. What is held comes through `/receiveMessage` and is stored once, however many hold it.
    fn retrieve(&self, username: Username, node: SocketAddr) {
        let Some(calls) = self.calls.clone() else { return };
        actix::spawn(async move {
            // Only closing the semaphore fails, which nobody does.
            let _slot = calls.slots.acquire().await;
            if let Err(error) = calls.peers.retrieve(node, &username).await {
                tracing::debug!(user = %username, %error, "a node did not say whether it holds something for {username}");
            }
        });
    }
}
