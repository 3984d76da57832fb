//! What others ask presence: who is where, and whether they can be reached.

use std::collections::{HashMap, HashSet};
use std::net::SocketAddr;
use std::time::Duration;

use actix::{Context, Handler, Message};

use super::{Peer, Presence};
use crate::domain::presence::Reach;
use crate::domain::username::Username;

/// Where somebody can be found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Place {
    /// Logged in on this node.
    Here,
    /// At this address, as listed; or where they were last, if nothing newer is known.
    At {
        /// Where.
        address: SocketAddr,
        /// Hex of the RSA key that was listed with it.
        public_key: Option<String>,
    },
    /// Not there.
    Away,
    /// On the blacklist of this node, or their node is.
    Barred,
}

/// Asks where somebody is.
#[derive(Message)]
#[rtype(result = "Place")]
pub struct WhereIs(pub Username);

impl Handler<WhereIs> for Presence {
    type Result = actix::MessageResult<WhereIs>;

    fn handle(&mut self, WhereIs(username): WhereIs, _: &mut Context<Self>) -> Self::Result {
        if self.users.contains_key(&username) {
            return actix::MessageResult(Place::Here);
        }
        if self.barred.contains(&username) || self.links.blacklist.bars_user(&username) {
            return actix::MessageResult(Place::Barred);
        }
        let elsewhere = |peer: &&Peer| !self.is_here(peer.address);
        let at = |peer: &Peer| Place::At { address: SocketAddr::from(peer.address), public_key: peer.public_key.clone() };
        let known = || match (self.reach(&username), self.peers.get(&username).filter(elsewhere)) {
            (Reach::Online | Reach::Unknown, Some(peer)) => at(peer),
            _ => Place::Away,
        };
        actix::MessageResult(self.told_of(&username).unwrap_or_else(known))
    }
}

/// Asks where a current list of the login server, or this node itself, has somebody.
#[derive(Message)]
#[rtype(result = "Option<SocketAddr>")]
pub struct ListedAt(pub Username);

impl Handler<ListedAt> for Presence {
    type Result = Option<SocketAddr>;

    fn handle(&mut self, ListedAt(username): ListedAt, _: &mut Context<Self>) -> Option<SocketAddr> {
        if self.users.contains_key(&username) {
            return Some(self.links.own_address);
        }
        let fresh = self.list_is_fresh();
        self.peers.get(&username).filter(|peer| fresh && peer.listed).map(|peer| SocketAddr::from(peer.address))
    }
}

/// Asks which other nodes are online, besides that of one user.
#[derive(Message)]
#[rtype(result = "Vec<SocketAddr>")]
pub struct NodesOnline {
    /// Whose node does not count.
    pub besides: Username,
}

impl Handler<NodesOnline> for Presence {
    type Result = Vec<SocketAddr>;

    fn handle(&mut self, NodesOnline { besides }: NodesOnline, _: &mut Context<Self>) -> Vec<SocketAddr> {
        let theirs = self.peers.get(&besides).map(|peer| SocketAddr::from(peer.address));
        self.listed_nodes().into_iter().filter(|node| Some(*node) != theirs).collect()
    }
}

impl Presence {
    /// The nodes besides this one at which somebody is listed.
    pub(super) fn listed_nodes(&self) -> HashSet<SocketAddr> {
        let others = self.peers.values().filter(|peer| peer.listed && !self.is_here(peer.address));
        others.map(|peer| SocketAddr::from(peer.address)).collect()
    }
}

/// What is known of who is there.
#[derive(Clone, Debug)]
pub struct Seen {
    reaches: HashMap<Username, Reach>,
    otherwise: Reach,
    /// Whether the login server works, as of its last answer.
    pub login_server_working: bool,
    /// How long ago it last said who is online.
    pub list_age: Option<Duration>,
    /// Other nodes that it listed then.
    pub nodes_listed: usize,
}

impl Seen {
    /// Whether `username` can be reached.
    #[must_use]
    pub fn reach(&self, username: &Username) -> Reach {
        self.reaches.get(username).copied().unwrap_or(self.otherwise)
    }
}

/// Asks who is there.
#[derive(Message)]
#[rtype(result = "Seen")]
pub struct Snapshot;

impl Handler<Snapshot> for Presence {
    type Result = actix::MessageResult<Snapshot>;

    fn handle(&mut self, _: Snapshot, _: &mut Context<Self>) -> Self::Result {
        let names = self.peers.keys().chain(self.users.keys());
        actix::MessageResult(Seen {
            reaches: names.map(|name| (name.clone(), self.reach(name))).collect(),
            otherwise: self.reach_of_others(),
            login_server_working: self.working,
            list_age: self.list_at.map(|at| at.elapsed()),
            nodes_listed: self.listed_nodes().len(),
        })
    }
}
