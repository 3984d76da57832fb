//! What every handler of a node may use.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Instant;

use actix::Addr;
use actix_web::web;
use tokio::sync::Semaphore;

use super::pages::templates::Templates;
use crate::actors::courier::Courier;
use crate::actors::database::Database;
use crate::actors::history::History;
use crate::actors::indexer::Indexer;
use crate::actors::node::Node;
use crate::actors::presence::Presence;
use crate::actors::rate_limiter::RateLimiter;
use crate::actors::relay::Relay;
use crate::actors::supervise::Link;
use crate::config::Settings;
use crate::db::{FileStore, Reader, set_aside};
use crate::metrics::Metrics;

/// The ways to the node's actors, and what can be read without asking one.
#[derive(Clone)]
pub struct NodeState {
    /// Who is logged in.
    pub node: Addr<Node>,
    /// For writes.
    pub database: Link<Database>,
    /// Who is where.
    pub presence: Link<Presence>,
    /// What is to be delivered.
    pub courier: Link<Courier>,
    /// What search knows.
    pub indexer: Link<Indexer>,
    /// What is held for others.
    pub relay: Link<Relay>,
    /// Who may do how much.
    pub limiter: Link<RateLimiter>,
    /// For reads.
    pub reader: Reader,
    /// The bytes of files.
    pub files: FileStore,
    /// How the node has fared.
    pub history: Link<History>,
    /// What is counted for operators.
    pub metrics: Metrics,
    /// Pages.
    pub templates: Templates,
    /// The settings of the node.
    pub settings: Arc<Settings>,
    /// Places for checking hashes that were made to be costly.
    pub costly_checks: Arc<Semaphore>,
    /// Places for searches: a slow one holds a reader.
    pub searches: Arc<Semaphore>,
    /// Where peers reach this node.
    pub own_address: SocketAddr,
    /// When it was started.
    pub started: Instant,
}

impl NodeState {
    /// Names of databases that could not be read and were set aside, as long as they are in the data folder.
    pub async fn set_aside(&self) -> Vec<String> {
        let folder = self.settings.node.data.clone();
        match web::block(move || set_aside::list(&folder)).await {
            Ok(Ok(names)) => names,
            Ok(Err(error)) => {
                tracing::warn!(%error, "could not look through the data folder");
                Vec::new()
            }
            Err(error) => {
                tracing::warn!(%error, "could not look through the data folder");
                Vec::new()
            }
        }
    }
}
