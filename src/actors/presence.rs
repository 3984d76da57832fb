//! Presence: who is where.
//!
//! Owns      the users signed in here with their credentials and public keys, the last list of who is online, the age of what is known of each, and
//!           what other nodes say while the login server is away.
//! Receives  `SignIn`, `UseKey`, `SignOut` (the node); `WhereIs` and `NodesOnline` (courier); `ListedAt` (relay, `web::peer`); `ListFor`, `KeyOf`, `Hear` (`web::peer`); `Welcome` (the node); `Snapshot` (`web::api`); `LookAround` (demo); `SignEverybodyOut` (startup); its own timers.
//! Sends     `PeerReturned` and `PlacesKnown` to the courier, `HandOut` to the relay, `Broadcast` to the node, `Write` to the database, `Listed` to the limiter; calls the login server and other nodes.
//! Mailbox   `actors.mailbox`.
//! Restart   with nobody signed in and the last known places from disk; who was signed in stays so in the browser, is reported again at the next
//!           log-in, and can be reached where the others remember them.

mod hearsay;
mod questions;
mod refresh;
mod retrieve;
mod signing;

use std::collections::{HashMap, HashSet};
use std::net::{IpAddr, SocketAddr};
use std::num::NonZeroU32;
use std::rc::Rc;
use std::sync::Arc;
use std::time::{Duration, Instant};

use actix::{Actor, ActorFutureExt, Addr, AsyncContext, Context, Handler, Message, WrapFuture};
use governor::{DefaultDirectRateLimiter, Quota};
use tokio::sync::Semaphore;

use self::hearsay::Hearsay;
use super::courier::{Courier, PeerReturned, PlacesKnown};
use super::database::{Database, Write};
use super::event::{Event, PresenceView};
use super::node::{Broadcast, Node};
use super::rate_limiter::{Listed, RateLimiter};
use super::relay::{HandOut, Relay};
use super::supervise::Link;
use crate::config::PresenceSettings;
use crate::db::queries::people::{self, Listing};
use crate::db::{FileStore, Reader};
use crate::domain::blacklist::Blacklist;
use crate::domain::clock;
use crate::domain::presence::Reach;
use crate::domain::stamp::Stamp;
use crate::domain::username::Username;
use crate::peers::Timeouts;
use crate::peers::login_server::{LoginCallError, LoginServer};
use crate::peers::node::{PeerClient, QUESTION_TIMEOUTS};
use crate::protocol::login_server::{Credential, ListedUser, Login, Whereabouts};

pub use self::hearsay::{Hear, HearError, KeyOf, ListFor};
pub use self::questions::{ListedAt, NodesOnline, Place, Seen, Snapshot, WhereIs};
pub use self::signing::{SignEverybodyOut, SignIn, SignInError, SignOut, UseKey, Welcome};

/// How long the login server may take. People wait for it when they log in.
const LOGIN_SERVER_TIMEOUTS: Timeouts = Timeouts { connect: Duration::from_secs(3), total: Duration::from_secs(6) };

/// How often the names of all accounts are asked for.
const NAMES_EVERY: Duration = Duration::from_mins(10);

/// How often a login server that does not work is tried: with a report, which no login server counts.
const PROBE_EVERY: Duration = Duration::from_secs(5);

/// The shortest part of an interval after which what is done regularly is done again.
const SOONEST: f64 = 0.9;

/// People of whom the pages are told one by one that they came or went. With more at once, as when the login server is back, they read the list anew:
/// a tab's queue is not as long as a list may be.
const MOST_TOLD_OF: usize = 64;

/// Where the login server files nodes of which nobody knows better.
const ANYWHERE: u8 = 2;

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
    /// For who is listed where.
    pub limiter: Link<RateLimiter>,
    /// Who is left alone.
    pub blacklist: Blacklist,
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
    /// When it came back, or turned out to have forgotten who is online: until others have had the time to report again, its list is not complete.
    back_since: Option<Instant>,
    looking: Looking,
    names_at: Option<Instant>,
    newcomers: HashSet<Username>,
    /// With whom somebody here has a conversation, as of the last list.
    familiar: HashSet<Username>,
    /// How many may still be asked for their status now.
    questions: DefaultDirectRateLimiter,
    barred: HashSet<Username>,
    hearsay: Hearsay,
    /// Whether the last known places were read from disk, so that the courier can look for people there.
    remembered: bool,
    /// Those whom the login server still lists though they have left, and how often it is still to be told.
    leaving: HashMap<Username, (Login, u32)>,
}

/// Whether the login server is being asked who is there.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Looking {
    NotNow,
    Now,
    /// Now, and once more after that, for somebody who wants a list that is newer than the one on its way.
    NowAndAgain,
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
    /// Whether they were on the last list.
    listed: bool,
}

/// Somebody on the last list, or remembered from an earlier one.
#[derive(Clone, Debug)]
struct Peer {
    address: (IpAddr, u16),
    public_key: Option<String>,
    location: u8,
    listed: bool,
    /// When the login server, or their own node, last said that they are there.
    seen: Option<Stamp>,
    status_asked: Option<Instant>,
    profile_asked: Option<Instant>,
}

impl Peer {
    /// They were there at `at`.
    fn saw(&mut self, at: Stamp) {
        if self.seen.is_none_or(|seen| seen < at) {
            self.seen = Some(at);
        }
    }
}

impl Presence {
    /// Will report to the login server of `links` once somebody signs in.
    #[must_use]
    pub fn new(settings: PresenceSettings, mailbox: usize, links: PresenceLinks) -> Self {
        let questions = Quota::per_minute(NonZeroU32::new(settings.statuses_per_minute).unwrap_or(NonZeroU32::MIN));
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
            back_since: None,
            looking: Looking::NotNow,
            names_at: None,
            newcomers: HashSet::new(),
            familiar: HashSet::new(),
            questions: DefaultDirectRateLimiter::direct(questions),
            barred: HashSet::new(),
            hearsay: Hearsay::default(),
            remembered: false,
            leaving: HashMap::new(),
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

    /// Whether the operator wants nothing to do with `username`, or with the node at `address`.
    fn is_barred(&self, username: &Username, address: IpAddr) -> bool {
        self.links.blacklist.bars_user(username) || self.links.blacklist.bars_address(address)
    }

    /// Tells the limiter where users of other nodes are listed, or were last.
    fn tell_limiter(&self) {
        let others = self.peers.iter().filter(|(_, peer)| !self.is_here(peer.address));
        let places = others.map(|(username, peer)| (username.clone(), peer.address.0)).collect();
        if let Err(error) = self.links.limiter.tell(Listed(Arc::new(places))) {
            tracing::debug!(%error, "the limiter goes by an older list until the next one");
        }
    }

    fn list_is_fresh(&self) -> bool {
        self.list_at.is_some_and(|at| at.elapsed() < Duration::from_secs(self.settings.stale_after_s))
    }

    /// Whether `username` can be reached, as far as it is known.
    fn reach(&self, username: &Username) -> Reach {
        let listed = self.peers.get(username).is_some_and(|peer| peer.listed && !self.is_here(peer.address));
        match (self.users.contains_key(username), self.list_is_fresh()) {
            (true, _) => Reach::Online,
            (false, true) if listed => Reach::Online,
            (false, _) => self.reach_of_others(),
        }
    }

    /// Whether those can be reached of whom nothing is known but that they are not on the list.
    fn reach_of_others(&self) -> Reach {
        if self.list_is_fresh() && !self.is_settling() { Reach::Offline } else { Reach::Unknown }
    }

    fn is_settling(&self) -> bool {
        self.back_since.is_some_and(|since| since.elapsed() < Duration::from_secs(self.settings.settle_s))
    }

    /// Notes whether the login server works, and tells everybody when that changes.
    fn note_working(&mut self, working: bool, context: &mut Context<Self>) {
        if self.working == working {
            return;
        }
        self.working = working;
        self.broadcast(Event::LoginServer { reachable: working });
        if working {
            tracing::info!("the login server is back");
            self.settle(context);
        } else {
            tracing::warn!("the login server is not working; what is known of who is online gets old");
        }
    }

    /// The login server may have forgotten everybody: reports who is here at once, and takes nobody for offline until others have reported too.
    fn settle(&mut self, context: &mut Context<Self>) {
        if self.is_settling() {
            return;
        }
        self.back_since = Some(Instant::now());
        self.report_everybody(context);
        // By then all nodes have found out that it is back.
        context.run_later(2 * PROBE_EVERY, Self::ask_for_list);
        context.run_later(Duration::from_secs(self.settings.settle_s), |presence, context| {
            presence.ask_for_list(context);
            presence.announce(presence.peers.keys().cloned().collect(), context);
        });
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
        if names.len() > MOST_TOLD_OF {
            self.broadcast(Event::Resync);
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
        self.log_off_the_leaving(context);
    }

    fn report(&self, username: &Username, context: &mut Context<Self>) {
        let (Some(calls), Some(login)) = (self.calls.clone(), self.login(username)) else { return };
        let at = self.whereabouts(self.users.get(username).and_then(|user| user.public_key.clone()));
        let report = async move { calls.login_server.report(&login, &at).await };
        context.spawn(report.into_actor(self).map(|outcome, presence, context| match outcome {
            Ok(()) => presence.note_working(true, context),
            Err(LoginCallError::NotWorking(_)) => presence.note_working(false, context),
            Err(LoginCallError::Refused(refusal)) => tracing::warn!(%refusal, "the login server refused a report"),
        }));
    }

    /// Tries whether the login server is back, as any of the users.
    fn probe(&mut self, context: &mut Context<Self>) {
        if let Some(username) = self.users.keys().min().filter(|_| !self.working) {
            self.report(username, context);
        }
    }

    /// Asks who is there, as any of the users.
    fn ask_for_list(&mut self, context: &mut Context<Self>) {
        let login = self.users.keys().min().and_then(|username| self.login(username));
        let (Some(calls), Some(login), Looking::NotNow) = (self.calls.clone(), login, self.looking) else { return };
        self.looking = Looking::Now;
        let (database, reader) = (self.links.database.clone(), self.links.reader.clone());
        let ask = async move {
            let list = calls.login_server.list(&login).await?;
            let rows: Vec<Listing> = list.iter().map(listing).collect();
            let kept = database.ask(Write::new(move |connection| people::keep_list(connection, &rows, clock::now()))).await;
            if !matches!(kept, Ok(Ok(()))) {
                tracing::warn!("could not keep the list of who is online on disk");
            }
            Ok((list, reader.read(people::talked_with).await))
        };
        context.spawn(ask.into_actor(self).map(|answer, presence, context| {
            let looked = std::mem::replace(&mut presence.looking, Looking::NotNow);
            match answer {
                Ok((list, familiar)) => {
                    match familiar {
                        Ok(familiar) => presence.familiar = familiar,
                        Err(error) => tracing::warn!(%error, "could not read who has conversations; their statuses are not asked first"),
                    }
                    presence.take_list(&list, context);
                }
                Err(LoginCallError::NotWorking(_)) => {
                    presence.note_working(false, context);
                    presence.ask_around(context);
                }
                Err(LoginCallError::Refused(refusal)) => tracing::warn!(%refusal, "the login server did not give its list"),
            }
            if looked == Looking::NowAndAgain {
                presence.ask_for_list(context);
            }
        }));
    }

    fn take_list(&mut self, list: &[ListedUser], context: &mut Context<Self>) {
        let was_fresh = self.list_is_fresh();
        self.list_at = Some(Instant::now());
        self.note_working(true, context);
        self.hearsay = Hearsay::default();
        let (barred, list): (Vec<_>, Vec<_>) = list.iter().partition(|user| self.is_barred(&user.username, user.ip));
        self.barred = barred.into_iter().map(|user| user.username.clone()).collect();
        let listed: HashSet<&Username> = list.iter().map(|user| &user.username).collect();
        let mut is_forgetful = false;
        for (username, user) in &mut self.users {
            is_forgetful |= user.listed && !listed.contains(username);
            user.listed = listed.contains(username);
        }
        if is_forgetful {
            tracing::info!("the login server has forgotten who is here; it may have been started anew");
            self.settle(context);
        }
        let nodes_before = self.listed_nodes();
        let (mut changed, mut nodes_new) = (Vec::new(), HashSet::new());
        for (username, peer) in &mut self.peers {
            if peer.listed && !listed.contains(username) {
                peer.listed = false;
                changed.push(username.clone());
            }
        }
        for user in list {
            let address = (user.ip, user.port);
            match self.peers.get_mut(&user.username) {
                Some(peer) if peer.listed && peer.address == address => {
                    // Some nodes make a new key with each log-in.
                    peer.public_key.clone_from(&user.public_key);
                    peer.saw(user.last_login);
                }
                _ => {
                    let (public_key, location, seen) = (user.public_key.clone(), user.location, Some(user.last_login));
                    let peer = Peer { address, public_key, location, listed: true, seen, status_asked: None, profile_asked: None };
                    self.peers.insert(user.username.clone(), peer);
                    changed.push(user.username.clone());
                    if !self.is_here(address) {
                        let node = SocketAddr::from(address);
                        self.returned(&user.username, Some(node));
                        if !nodes_before.contains(&node) {
                            nodes_new.insert(node);
                        }
                    }
                }
            }
        }
        for node in nodes_new {
            self.retrieve_from(node);
        }
        self.retrieve_for_newcomers();
        self.tell_limiter();
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
        Self::do_regularly(context, seconds(self.settings.report_every_s), 0.0, Self::report_everybody);
        Self::do_regularly(context, seconds(self.settings.list_every_s), 0.0, |presence, context| {
            presence.ask_for_list(context);
            presence.ask_for_names(context);
        });
        context.run_interval(PROBE_EVERY, Self::probe);
        context.run_interval(seconds(self.settings.status_every_s.clamp(1, 5)), Self::refresh);
        let reader = self.links.reader.clone();
        let remembered = async move { reader.read(people::all).await };
        context.spawn(remembered.into_actor(self).map(|people, presence, _| match people {
            Ok(people) => presence.remember(people),
            Err(error) => tracing::warn!(%error, "could not read the last known places; deliveries wait for the first list"),
        }));
    }
}

impl Presence {
    /// Does something again and again, at the latest after `every`; by chance somewhat sooner, and the first time as soon as `soonest` of it has passed:
    /// nodes that were started together would call the login server together for ever.
    fn do_regularly(context: &mut Context<Self>, every: Duration, soonest: f64, work: fn(&mut Self, &mut Context<Self>)) {
        context.run_later(every.mul_f64(rand::random_range(soonest..1.0)), move |presence, context| {
            work(presence, context);
            Self::do_regularly(context, every, SOONEST, work);
        });
    }

    /// Takes the last known places from disk: worth a try while nothing newer is known.
    fn remember(&mut self, people: Vec<people::Person>) {
        for person in people {
            let Some(address) = person.address else { continue };
            if self.is_barred(&person.username, address.0) {
                self.barred.insert(person.username);
            } else {
                let (public_key, seen) = (person.public_key, person.last_seen);
                let peer = Peer { address, public_key, location: ANYWHERE, listed: false, seen, status_asked: None, profile_asked: None };
                self.peers.entry(person.username).or_insert(peer);
            }
        }
        self.tell_limiter();
        self.remembered = true;
        self.tell_of_places();
    }

    /// Lets the courier begin. Its first look at the outbox may have come before anybody's place was known.
    fn tell_of_places(&self) {
        if let (true, Some(Err(error))) = (self.remembered, self.listeners.as_ref().map(|to| to.courier.tell(PlacesKnown))) {
            tracing::debug!(%error, "the courier finds out on its next sweep where everybody was last");
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
        self.tell_of_places();
    }
}

/// Asks the login server now who is there, rather than at the next turn.
#[derive(Message)]
#[rtype(result = "()")]
pub struct LookAround;

impl Handler<LookAround> for Presence {
    type Result = ();

    fn handle(&mut self, _: LookAround, context: &mut Context<Self>) {
        match self.looking {
            Looking::NotNow => self.ask_for_list(context),
            Looking::Now | Looking::NowAndAgain => self.looking = Looking::NowAndAgain,
        }
    }
}
