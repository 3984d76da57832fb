//! What nodes tell each other of who is where, while the login server cannot be asked (protocol section 10).
//!
//! It is hearsay: whoever tells it can be wrong or lie. So it is used to find somebody whom this node would otherwise look for at an older place,
//! while the login server does not work, and for nothing else. It makes nobody online or offline, verifies no sender, opens nothing that is held,
//! is not passed on, and does not replace a key that the login server gave. The next list of the login server ends it.

use std::collections::{HashMap, HashSet};
use std::net::{IpAddr, SocketAddr};
use std::time::Duration;

use actix::{ActorFutureExt, AsyncContext, Context, Handler, Message, MessageResult, WrapFuture};

use super::{Place, Presence};
use crate::actors::courier::PeerReturned;
use crate::domain::clock;
use crate::domain::stamp::Stamp;
use crate::domain::username::Username;
use crate::peers::node::AskError;
use crate::protocol::login_server::{ListedUser, Whereabouts};

/// After this long without a sign of life somebody is not online any more: the lease of the login server.
const ONLINE_FOR: Duration = Duration::from_mins(5);

/// People of whom something is remembered that other nodes told.
const MOST_RUMOURS: usize = 4096;

/// What other nodes have told since the login server stopped working.
#[derive(Default)]
pub(super) struct Hearsay {
    rumours: HashMap<Username, Rumour>,
    /// Whom it makes no sense to ask: they do not have the call, or do not know us.
    silent: HashSet<(IpAddr, u16)>,
    asking: bool,
    turn: usize,
}

/// Where somebody is said to be.
struct Rumour {
    address: (IpAddr, u16),
    public_key: Option<String>,
    seen: Stamp,
    /// The digest that they signed to say so, if they said it themselves.
    signed: Option<[u8; 64]>,
}

impl Presence {
    /// Where somebody is said to be, if that is newer than what this node knows itself and nobody better can be asked.
    pub(super) fn told_of(&self, username: &Username) -> Option<Place> {
        let rumour = self.hearsay.rumours.get(username).filter(|_| !self.working)?;
        let known = self.peers.get(username);
        let is_newer = known.and_then(|peer| peer.seen).is_none_or(|seen| seen < rumour.seen);
        let public_key = known.and_then(|peer| peer.public_key.clone()).or_else(|| rumour.public_key.clone());
        is_newer.then(|| Place::At { address: SocketAddr::from(rumour.address), public_key })
    }

    /// Asks one node for the list that the login server does not give; another one the next time.
    pub(super) fn ask_around(&mut self, context: &mut Context<Self>) {
        let (Some(calls), Some(asker), false) = (self.calls.clone(), self.users.keys().min().cloned(), self.hearsay.asking) else { return };
        let Some(address) = self.whom_to_ask() else { return };
        self.hearsay.asking = true;
        let ask = async move {
            // Only closing the semaphore fails, which nobody does.
            let _slot = calls.slots.acquire().await;
            calls.peers.list(SocketAddr::from(address), &asker).await
        };
        context.spawn(ask.into_actor(self).map(move |told, presence, _| {
            presence.hearsay.asking = false;
            match told {
                Ok(_) if presence.working => {}
                Ok(list) => list.iter().take(MOST_RUMOURS).for_each(|user| presence.hear(user, None)),
                Err(AskError::NotUnderstood) => drop(presence.hearsay.silent.insert(address)),
                Err(error) => tracing::debug!(%error, "a node did not tell who is where"),
            }
        }));
    }

    /// One of those who were online when the login server said so last; after a restart, anybody who is remembered.
    fn whom_to_ask(&mut self) -> Option<(IpAddr, u16)> {
        let addresses = |listed: bool| {
            let peers = self.peers.values().filter(|peer| peer.listed || !listed).map(|peer| peer.address);
            let mut nodes: Vec<_> = peers.filter(|at| !self.is_here(*at) && !self.hearsay.silent.contains(at)).collect();
            nodes.sort_unstable();
            nodes.dedup();
            nodes
        };
        let nodes = Some(addresses(true)).filter(|nodes| !nodes.is_empty()).unwrap_or_else(|| addresses(false));
        self.hearsay.turn = self.hearsay.turn.wrapping_add(1);
        nodes.get(self.hearsay.turn % nodes.len().max(1)).copied()
    }

    /// Remembers where `user` is said to be, if nothing newer is known, and lets the courier try there.
    fn hear(&mut self, user: &ListedUser, signed: Option<[u8; 64]>) {
        let (name, address) = (&user.username, (user.ip, user.port));
        if self.users.contains_key(name) || self.is_here(address) || self.is_barred(name, user.ip) {
            return;
        }
        // A time to come would be newer than everything.
        let now = clock::now();
        let seen = if user.last_login < now { user.last_login } else { now };
        let earlier = self.hearsay.rumours.get(name);
        let is_news = earlier.is_none_or(|earlier| earlier.seen < seen);
        if !is_news || (earlier.is_none() && self.hearsay.rumours.len() >= MOST_RUMOURS) {
            return;
        }
        let elsewhere = earlier.map(|earlier| earlier.address).or(self.peers.get(name).map(|peer| peer.address)) != Some(address);
        let rumour = Rumour { address, public_key: user.public_key.clone(), seen, signed };
        self.hearsay.rumours.insert(name.clone(), rumour);
        if elsewhere && self.told_of(name).is_some() {
            tracing::info!(user = %name, "another node says that {name} has moved; it is tried until the login server is back");
            self.say_returned(name, SocketAddr::from(address));
        }
    }

    /// For the courier alone: what is held for others goes nowhere but to where the login server lists them.
    fn say_returned(&self, username: &Username, address: SocketAddr) {
        let news = PeerReturned { username: username.clone(), address: Some(address) };
        if let Some(Err(error)) = self.listeners.as_ref().map(|listeners| listeners.courier.tell(news)) {
            tracing::debug!(%error, "the courier finds out on its next sweep where {username} may be");
        }
    }
}

/// Asks for a list of who is online, as the login server would give it, from what this node knows itself. `None` when the caller is not where the
/// login server had them last.
#[derive(Message)]
#[rtype(result = "Option<Vec<ListedUser>>")]
pub struct ListFor {
    /// Who asks.
    pub asker: Username,
    /// From where.
    pub from: IpAddr,
}

impl Handler<ListFor> for Presence {
    type Result = MessageResult<ListFor>;

    fn handle(&mut self, ListFor { asker, from }: ListFor, _: &mut Context<Self>) -> Self::Result {
        if !self.peers.get(&asker).is_some_and(|peer| peer.listed && peer.address.0 == from) {
            return MessageResult(None);
        }
        let now = clock::now();
        let since = now.seconds() - ONLINE_FOR.as_secs_f64();
        let others = self.peers.iter().filter(|(_, peer)| peer.listed && !self.is_here(peer.address)).filter_map(|(username, peer)| {
            let seen = peer.seen.filter(|seen| seen.seconds() > since)?;
            let (ip, port) = peer.address;
            Some(ListedUser::new(
                username.clone(),
                Whereabouts { location: peer.location, ip, port, public_key: peer.public_key.clone() },
                seen,
            ))
        });
        let own =
            self.users.iter().map(|(username, user)| ListedUser::new(username.clone(), self.whereabouts(user.public_key.clone()), now));
        let mut list: Vec<_> = others.chain(own).collect();
        list.sort_unstable_by(|one, other| one.username.cmp(&other.username));
        MessageResult(Some(list))
    }
}

/// Asks for the key that the login server listed last for somebody, as hex.
#[derive(Message)]
#[rtype(result = "Option<String>")]
pub struct KeyOf(pub Username);

impl Handler<KeyOf> for Presence {
    type Result = Option<String>;

    fn handle(&mut self, KeyOf(username): KeyOf, _: &mut Context<Self>) -> Option<String> {
        self.peers.get(&username).and_then(|peer| peer.public_key.clone())
    }
}

/// What somebody signed was signed for another place.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("that was said before, from elsewhere")]
pub struct HearError;

/// Somebody says, with a signature that has been checked, that they are where they call from.
#[derive(Message)]
#[rtype(result = "Result<(), HearError>")]
pub struct Hear {
    /// Who.
    pub username: Username,
    /// Where; the key in it is not used.
    pub at: Whereabouts,
    /// The digest that they signed. Whoever overhears the call has it too: it is good for one place.
    pub signed: [u8; 64],
}

impl Handler<Hear> for Presence {
    type Result = Result<(), HearError>;

    fn handle(&mut self, Hear { username, at, signed }: Hear, _: &mut Context<Self>) -> Self::Result {
        let earlier = self.hearsay.rumours.get(&username);
        let is_replayed = earlier.is_some_and(|rumour| rumour.signed == Some(signed) && rumour.address.0 != at.ip);
        if is_replayed {
            return Err(HearError);
        }
        self.hear(&ListedUser::new(username, at, clock::now()), Some(signed));
        Ok(())
    }
}
