//! Presence: who is where.
//!
//! Owns      the users signed in here with their credentials and public keys, the last list of who is online, and the age of what is known of each.
//! Receives  `SignIn`, `UseKey`, `SignOut` (the node); `WhereIs` and `NodesOnline` (courier); `ListedAt` (relay, `web::peer`); `Welcome` (the node); `Snapshot` (`web::api`); `LookAround` (demo); `SignEverybodyOut` (startup); its own timers.
//! Sends     `PeerReturned` to the courier, `HandOut` to the relay, `Broadcast` to the node, `Write` to the database; calls the login server and other nodes.
//! Mailbox   `actors.mailbox`.
//! Restart   with nobody signed in and the last known places from disk; who was signed in stays so in the browser, is reported again at the next
//!           log-in, and can be reached where the others remember them.

mod refresh;
mod retrieve;

use std::collections::{HashMap, HashSet};
use std::net::{IpAddr, SocketAddr};
use std::rc::Rc;
use std::time::{Duration, Instant};

use actix::{Actor, ActorFutureExt, Addr, AsyncContext, Context, Handler, Message, ResponseActFuture, ResponseFuture, WrapFuture};
use tokio::sync::Semaphore;

use super::courier::{Courier, PeerReturned};
use super::database::{Database, Write};
use super::event::{Event, PresenceView};
use super::node::{Broadcast, Node};
use super::relay::{HandOut, Relay};
use super::supervise::Link;
use crate::config::PresenceSettings;
use crate::db::queries::people::{self, Listing};
use crate::db::{FileStore, Reader};
use crate::domain::clock;
use crate::domain::presence::Reach;
use crate::domain::username::Username;
use crate::peers::Timeouts;
use crate::peers::login_server::{LoginCallError, LoginServer};
use crate::peers::node::{PeerClient, QUESTION_TIMEOUTS};
use crate::protocol::login_server::{Credential, ListedUser, Login, Refusal, Whereabouts};

/// How long the login server may take. People wait for it when they log in.
const LOGIN_SERVER_TIMEOUTS: Timeouts = Timeouts { connect: Duration::from_secs(3), total: Duration::from_secs(6) };

/// How long signing everybody out may take when the node stops.
const SIGN_OUT_TIMEOUT: Duration = Duration::from_millis(1500);

/// How often the names of all accounts are asked for.
const NAMES_EVERY: Duration = Duration::from_mins(10);

/// What presence needs of the node.
#[derive(Clone)]
pub struct PresenceLinks {
    /// For what it learns.
    pub database: Link<Database>,
    /// For what it knew.
    pub reader: Reader,
    /// For pictures.
    pub files: FileStore,
    /// For the news.
    pub node: Addr<Node>,
    /// Where peers reach this node.
    pub own_address: SocketAddr,
    /// Where the login server files this node.
    pub location: u8,
    /// The address of the login server.
    pub login_server: String,
}

/// The owner of what is known about who is where.
pub struct Presence {
    settings: PresenceSettings,
    mailbox: usize,
    links: PresenceLinks,
    listeners: Option<Listeners>,
    calls: Option<Calls>,
    users: HashMap<Username, User>,
    peers: HashMap<Username, Peer>,
    list_at: Option<Instant>,
    working: bool,
    listing: bool,
    names_at: Option<Instant>,
    newcomers: HashSet<Username>,
}

/// The clients for calls out; made on the thread that uses them.
#[derive(Clone)]
struct Calls {
    login_server: LoginServer,
    peers: PeerClient,
    slots: Rc<Semaphore>,
}

/// Somebody who is signed in here.
struct User {
    credential: Credential,
    public_key: Option<String>,
}

/// Somebody on the last list, or remembered from an earlier one.
#[derive(Clone, Debug)]
struct Peer {
    address: (IpAddr, u16),
    public_key: Option<String>,
    listed: bool,
    status_asked: Option<Instant>,
    profile_asked: Option<Instant>,
}

impl Presence {
    /// Will report to the login server of `links` once somebody signs in.
    #[must_use]
    pub fn new(settings: PresenceSettings, mailbox: usize, links: PresenceLinks) -> Self {
        Self {
            settings,
            mailbox,
            links,
            listeners: None,
            calls: None,
            users: HashMap::new(),
            peers: HashMap::new(),
            list_at: None,
            working: true,
            listing: false,
            names_at: None,
            newcomers: HashSet::new(),
        }
    }

    fn whereabouts(&self, public_key: Option<String>) -> Whereabouts {
        let own = self.links.own_address;
        Whereabouts { location: self.links.location, ip: own.ip(), port: own.port(), public_key }
    }

    fn login(&self, username: &Username) -> Option<Login> {
        self.users.get(username).map(|user| Login { username: username.clone(), credential: user.credential.clone() })
    }

    fn is_here(&self, address: (IpAddr, u16)) -> bool {
        address == (self.links.own_address.ip(), self.links.own_address.port())
    }

    fn list_is_fresh(&self) -> bool {
        self.list_at.is_some_and(|at| at.elapsed() < Duration::from_secs(self.settings.stale_after_s))
    }

    /// Whether `username` can be reached, as far as it is known.
    fn reach(&self, username: &Username) -> Reach {
        let listed = self.peers.get(username).is_some_and(|peer| peer.listed && !self.is_here(peer.address));
        match (self.users.contains_key(username), self.list_is_fresh()) {
            (true, _) => Reach::Online,
            (false, false) => Reach::Unknown,
            (false, true) if listed => Reach::Online,
            (false, true) => Reach::Offline,
        }
    }

    /// Notes whether the login server works, and tells everybody when that changes.
    fn note_working(&mut self, working: bool) {
        if self.working != working {
            self.working = working;
            if working {
                tracing::info!("the login server is back");
            } else {
                tracing::warn!("the login server is not working; what is known of who is online gets old");
            }
            self.broadcast(Event::LoginServer { reachable: working });
        }
    }

    fn broadcast(&self, event: Event) {
        if self.links.node.try_send(Broadcast(event)).is_err() {
            tracing::warn!("the node is too busy for news of presence; pages show it at their next load");
        }
    }

    /// Tells everybody how it stands with `names`, from what is on disk by now.
    fn announce(&self, names: Vec<Username>, context: &mut Context<Self>) {
        if names.is_empty() {
            return;
        }
        let reader = self.links.reader.clone();
        let read = async move {
            let find = move |connection: &rusqlite::Connection| {
                names.iter().map(|name| people::find(connection, name)).collect::<Result<Vec<_>, _>>()
            };
            reader.read(find).await
        };
        context.spawn(read.into_actor(self).map(|people, presence, _| match people {
            Ok(people) => {
                for person in people.into_iter().flatten() {
                    let reach = presence.reach(&person.username);
                    presence.broadcast(Event::Presence(PresenceView::of(&person, reach)));
                }
            }
            Err(error) => tracing::warn!(%error, "could not read who came or went"),
        }));
    }

    /// Tells those who have something for `username` that they are back; at `address`, unless it is here.
    fn returned(&self, username: &Username, address: Option<SocketAddr>) {
        let Some(Listeners { courier, relay }) = &self.listeners else { return };
        let told = courier.tell(PeerReturned { username: username.clone(), address });
        let handed = address.map_or(Ok(()), |at| relay.tell(HandOut { to: username.clone(), at }));
        if let Err(error) = told.and(handed) {
            tracing::debug!(%error, "the courier finds out on its next sweep that {username} is back");
        }
    }

    fn report_everybody(&mut self, context: &mut Context<Self>) {
        for username in self.users.keys() {
            self.report(username, context);
        }
    }

    fn report(&self, username: &Username, context: &mut Context<Self>) {
        let (Some(calls), Some(login)) = (self.calls.clone(), self.login(username)) else { return };
        let at = self.whereabouts(self.users.get(username).and_then(|user| user.public_key.clone()));
        let report = async move { calls.login_server.report(&login, &at).await };
        context.spawn(report.into_actor(self).map(|outcome, presence, _| match outcome {
            Ok(()) => presence.note_working(true),
            Err(LoginCallError::NotWorking(_)) => presence.note_working(false),
            Err(LoginCallError::Refused(refusal)) => tracing::warn!(%refusal, "the login server refused a report"),
        }));
    }

    /// Asks who is there, as any of the users.
    fn ask_for_list(&mut self, context: &mut Context<Self>) {
        let login = self.users.keys().min().and_then(|username| self.login(username));
        let (Some(calls), Some(login), false) = (self.calls.clone(), login, self.listing) else { return };
        self.listing = true;
        let database = self.links.database.clone();
        let ask = async move {
            let list = calls.login_server.list(&login).await?;
            let rows: Vec<Listing> = list.iter().map(listing).collect();
            let kept = database.ask(Write::new(move |connection| people::keep_list(connection, &rows, clock::now()))).await;
            if !matches!(kept, Ok(Ok(()))) {
                tracing::warn!("could not keep the list of who is online on disk");
            }
            Ok(list)
        };
        context.spawn(ask.into_actor(self).map(|list, presence, context| {
            presence.listing = false;
            match list {
                Ok(list) => presence.take_list(&list, context),
                Err(LoginCallError::NotWorking(_)) => presence.note_working(false),
                Err(LoginCallError::Refused(refusal)) => tracing::warn!(%refusal, "the login server did not give its list"),
            }
        }));
    }

    fn take_list(&mut self, list: &[ListedUser], context: &mut Context<Self>) {
        let was_fresh = self.list_is_fresh();
        self.list_at = Some(Instant::now());
        self.note_working(true);
        let listed: HashSet<&Username> = list.iter().map(|user| &user.username).collect();
        let mut changed = Vec::new();
        for (username, peer) in &mut self.peers {
            if peer.listed && !listed.contains(username) {
                peer.listed = false;
                changed.push(username.clone());
            }
        }
        for user in list {
            let address = (user.ip, user.port);
            match self.peers.get_mut(&user.username) {
                // Some nodes make a new key with each log-in.
                Some(peer) if peer.listed && peer.address == address => peer.public_key.clone_from(&user.public_key),
                _ => {
                    let public_key = user.public_key.clone();
                    let peer = Peer { address, public_key, listed: true, status_asked: None, profile_asked: None };
                    self.peers.insert(user.username.clone(), peer);
                    changed.push(user.username.clone());
                    if !self.is_here(address) {
                        self.returned(&user.username, Some(SocketAddr::from(address)));
                        self.retrieve_from(address);
                    }
                }
            }
        }
        self.retrieve_for_newcomers();
        if !was_fresh {
            changed = self.peers.keys().cloned().collect();
        }
        self.announce(changed, context);
        self.refresh(context);
    }

    /// Asks for the names of all accounts, so that people who are away can be written to.
    fn ask_for_names(&mut self, context: &mut Context<Self>) {
        let due = self.names_at.is_none_or(|at| at.elapsed() >= NAMES_EVERY);
        let (Some(calls), true, false) = (self.calls.clone(), due, self.users.is_empty()) else { return };
        self.names_at = Some(Instant::now());
        let database = self.links.database.clone();
        let ask = async move {
            let names = calls.login_server.usernames().await?;
            let kept = database.ask(Write::new(move |connection| people::heard_of_all(connection, &names))).await;
            Ok::<_, LoginCallError>(matches!(kept, Ok(Ok(()))))
        };
        context.spawn(ask.into_actor(self).map(|outcome, presence, _| {
            if !matches!(outcome, Ok(true)) {
                presence.names_at = None;
            }
        }));
    }
}

fn listing(user: &ListedUser) -> Listing {
    Listing {
        username: user.username.clone(),
        ip: user.ip,
        port: user.port,
        location: user.location,
        public_key: user.public_key.clone(),
        last_seen: user.last_login,
    }
}

impl Actor for Presence {
    type Context = Context<Self>;

    fn started(&mut self, context: &mut Context<Self>) {
        context.set_mailbox_capacity(self.mailbox);
        self.calls = Some(Calls {
            login_server: LoginServer::new(&self.links.login_server, LOGIN_SERVER_TIMEOUTS),
            peers: PeerClient::new(QUESTION_TIMEOUTS),
            slots: Rc::new(Semaphore::new(self.settings.concurrency)),
        });
        let seconds = Duration::from_secs;
        context.run_interval(seconds(self.settings.report_every_s), Self::report_everybody);
        context.run_interval(seconds(self.settings.list_every_s), |presence, context| {
            presence.ask_for_list(context);
            presence.ask_for_names(context);
        });
        context.run_interval(seconds(self.settings.status_every_s.clamp(1, 5)), Self::refresh);
        let reader = self.links.reader.clone();
        let remembered = async move { reader.read(people::all).await };
        context.spawn(remembered.into_actor(self).map(|people, presence, _| match people {
            Ok(people) => presence.remember(people),
            Err(error) => tracing::warn!(%error, "could not read the last known places"),
        }));
    }
}

impl Presence {
    /// Takes the last known places from disk: worth a try while nothing newer is known.
    fn remember(&mut self, people: Vec<people::Person>) {
        for person in people {
            if let Some(address) = person.address {
                let peer = Peer { address, public_key: person.public_key, listed: false, status_asked: None, profile_asked: None };
                self.peers.entry(person.username).or_insert(peer);
            }
        }
    }
}

/// Connects those who want to know who is back, and are made after presence.
#[derive(Clone, Message)]
#[rtype(result = "()")]
pub struct Listeners {
    /// Has messages of ours for them.
    pub courier: Link<Courier>,
    /// Has messages of others for them.
    pub relay: Link<Relay>,
}

impl Handler<Listeners> for Presence {
    type Result = ();

    fn handle(&mut self, listeners: Listeners, _: &mut Context<Self>) {
        self.listeners = Some(listeners);
    }
}

/// Why the login server did not take somebody.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SignInError {
    /// No such account, or not its password.
    WrongCredentials,
    /// Too many calls in a minute.
    TooManyCalls,
    /// Another reason, in words.
    Refused(String),
    /// It cannot be asked.
    NotWorking,
}

/// Reports a user as being here.
#[derive(Message)]
#[rtype(result = "Result<(), SignInError>")]
pub struct SignIn {
    /// Who.
    pub username: Username,
    /// What the login server takes for their password.
    pub credential: Credential,
    /// The public half of their key pair, in hex, if they have one already.
    pub public_key: Option<String>,
    /// Whether they have proven themselves already: then they are in whatever the login server says.
    pub vouched: bool,
}

impl Handler<SignIn> for Presence {
    type Result = ResponseActFuture<Self, Result<(), SignInError>>;

    fn handle(&mut self, sign_in: SignIn, context: &mut Context<Self>) -> Self::Result {
        let SignIn { username, credential, public_key, vouched } = sign_in;
        let user = User { credential: credential.clone(), public_key: public_key.clone() };
        if vouched {
            self.note_working(false);
            self.enter(username, user, context);
            return Box::pin(actix::fut::ok(()));
        }
        let Some(calls) = self.calls.clone() else { return Box::pin(actix::fut::err(SignInError::NotWorking)) };
        let (login, at) = (Login { username: username.clone(), credential }, self.whereabouts(public_key));
        let report = async move { calls.login_server.report(&login, &at).await };
        Box::pin(report.into_actor(self).map(move |outcome, presence, context| {
            presence.note_working(!matches!(outcome, Err(LoginCallError::NotWorking(_))));
            outcome.map_err(|error| sign_in_error(&error))?;
            presence.enter(username, user, context);
            Ok(())
        }))
    }
}

impl Presence {
    /// Counts `username` as being here from now on.
    fn enter(&mut self, username: Username, user: User, context: &mut Context<Self>) {
        self.users.insert(username.clone(), user);
        self.returned(&username, None);
        self.announce(vec![username], context);
        self.ask_for_list(context);
        self.ask_for_names(context);
    }
}

/// Somebody has logged in, and this node takes messages for them from now on.
#[derive(Message)]
#[rtype(result = "()")]
pub struct Welcome(pub Username);

impl Handler<Welcome> for Presence {
    type Result = ();

    fn handle(&mut self, Welcome(username): Welcome, context: &mut Context<Self>) {
        // Between the report and now somebody may have brought a message for a user whom this node did not know yet.
        if let Some(Err(error)) =
            self.listeners.as_ref().map(|to| to.relay.tell(HandOut { to: username.clone(), at: self.links.own_address }))
        {
            tracing::debug!(%error, "what is held here for {username} waits for the next sweep");
        }
        self.newcomers.insert(username);
        self.ask_for_list(context);
    }
}

fn sign_in_error(error: &LoginCallError) -> SignInError {
    match error {
        LoginCallError::Refused(Refusal::Unauthenticated | Refusal::InvalidUsername) => SignInError::WrongCredentials,
        LoginCallError::Refused(Refusal::LimitReached) => SignInError::TooManyCalls,
        LoginCallError::Refused(refusal) => SignInError::Refused(refusal.to_string()),
        LoginCallError::NotWorking(reason) => {
            tracing::warn!(reason, "could not ask the login server: {reason}");
            SignInError::NotWorking
        }
    }
}

/// A user who signed in without a key pair has one now. Reported at once, so that others write to them under it.
#[derive(Message)]
#[rtype(result = "()")]
pub struct UseKey {
    /// Who.
    pub username: Username,
    /// The public half, in hex.
    pub public_key: String,
}

impl Handler<UseKey> for Presence {
    type Result = ();

    fn handle(&mut self, UseKey { username, public_key }: UseKey, context: &mut Context<Self>) {
        if let Some(user) = self.users.get_mut(&username) {
            user.public_key = Some(public_key);
            self.report(&username, context);
        }
    }
}

/// Signs a user off at the login server.
#[derive(Message)]
#[rtype(result = "()")]
pub struct SignOut(pub Username);

impl Handler<SignOut> for Presence {
    type Result = ResponseFuture<()>;

    fn handle(&mut self, SignOut(username): SignOut, context: &mut Context<Self>) -> Self::Result {
        let login = self.login(&username);
        self.users.remove(&username);
        // They may be listed at this very address for a while yet; they are not here all the same.
        if let Some(peer) = self.peers.get_mut(&username) {
            peer.listed = false;
        }
        self.announce(vec![username], context);
        let (Some(calls), Some(login)) = (self.calls.clone(), login) else { return Box::pin(async {}) };
        Box::pin(async move {
            if let Err(error) = calls.login_server.log_off(&login).await {
                tracing::warn!(user = %login.username, %error, "could not log {} off; their lease will run out", login.username);
            }
        })
    }
}

/// Asks the login server now who is there, rather than at the next turn.
#[derive(Message)]
#[rtype(result = "()")]
pub struct LookAround;

impl Handler<LookAround> for Presence {
    type Result = ();

    fn handle(&mut self, _: LookAround, context: &mut Context<Self>) {
        self.ask_for_list(context);
    }
}

/// Signs everybody off, for the node stops. Bounded in time.
#[derive(Message)]
#[rtype(result = "()")]
pub struct SignEverybodyOut;

impl Handler<SignEverybodyOut> for Presence {
    type Result = ResponseFuture<()>;

    fn handle(&mut self, _: SignEverybodyOut, _: &mut Context<Self>) -> Self::Result {
        let users: Vec<Username> = self.users.keys().cloned().collect();
        let logins: Vec<Login> = users.iter().filter_map(|username| self.login(username)).collect();
        self.users.clear();
        let Some(calls) = self.calls.clone() else { return Box::pin(async {}) };
        Box::pin(async move {
            let log_offs = logins.iter().map(|login| calls.login_server.log_off(login));
            let Ok(outcomes) = actix::clock::timeout(SIGN_OUT_TIMEOUT, futures_util::future::join_all(log_offs)).await else {
                tracing::warn!("the login server did not answer in time; leases will run out");
                return;
            };
            for error in outcomes.into_iter().filter_map(Result::err) {
                tracing::warn!(%error, "could not log somebody off");
            }
        })
    }
}

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
}

/// Asks where somebody is.
#[derive(Message)]
#[rtype(result = "Place")]
pub struct WhereIs(pub Username);

impl Handler<WhereIs> for Presence {
    type Result = actix::MessageResult<WhereIs>;

    fn handle(&mut self, WhereIs(username): WhereIs, _: &mut Context<Self>) -> Self::Result {
        let elsewhere = |peer: &&Peer| !self.is_here(peer.address);
        let at = |peer: &Peer| Place::At { address: SocketAddr::from(peer.address), public_key: peer.public_key.clone() };
        actix::MessageResult(match (self.reach(&username), self.peers.get(&username).filter(elsewhere)) {
            _ if self.users.contains_key(&username) => Place::Here,
            (Reach::Online | Reach::Unknown, Some(peer)) => at(peer),
            _ => Place::Away,
        })
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
        let theirs = self.peers.get(&besides).map(|peer| peer.address);
        let others = self.peers.values().filter(|peer| peer.listed && !self.is_here(peer.address) && Some(peer.address) != theirs);
        let distinct: HashSet<_> = others.map(|peer| SocketAddr::from(peer.address)).collect();
        distinct.into_iter().collect()
    }
}

/// What is known of who is there.
#[derive(Clone, Debug)]
pub struct Seen {
    reaches: HashMap<Username, Reach>,
    otherwise: Reach,
    /// Whether the login server works, as of its last answer.
    pub login_server_working: bool,
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
            otherwise: if self.list_is_fresh() { Reach::Offline } else { Reach::Unknown },
            login_server_working: self.working,
        })
    }
}
