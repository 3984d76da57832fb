//! Building a node from its settings, and taking it down again.
//!
//! Start: bind, migrate, actors, server. Stop: tabs, server, presence, database; the last commit is the last thing.

use std::net::{IpAddr, SocketAddr, TcpListener, UdpSocket};
use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};

use actix::{Actor, Addr, Arbiter};
use actix_session::SessionMiddleware;
use actix_session::config::PersistentSession;
use actix_web::cookie::{Key, SameSite, time};
use actix_web::dev::{Server, ServerHandle};
use actix_web::http::header::SERVER;
use actix_web::middleware::{Compress, DefaultHeaders};
use actix_web::web::{self, Data, ServiceConfig};
use actix_web::{App, HttpServer};
use anyhow::{Context as _, Result};
use tokio::sync::{Semaphore, mpsc, watch};

use crate::actors::courier::{Courier, CourierLinks};
use crate::actors::database::{Close, Database};
use crate::actors::history::History;
use crate::actors::indexer::{Halt, Indexer};
use crate::actors::negotiator::Negotiator;
use crate::actors::node::{Connect, Node as NodeActor, NodeLinks, StopSessions};
use crate::actors::presence::{Listeners, Presence, PresenceLinks, SignEverybodyOut};
use crate::actors::rate_limiter::RateLimiter;
use crate::actors::relay::{Relay, RelayLinks};
use crate::actors::session::SessionLinks;
use crate::actors::supervise::{Link, Supervisor};
use crate::config::Settings;
use crate::db::queries::{facts, held, sessions};
use crate::db::writer::WriterSettings;
use crate::db::{FileStore, HeldBodies, Reader, set_aside};
use crate::metrics::Metrics;
use crate::peers::PRODUCT;
use crate::web::pages::templates::Templates;
use crate::web::session_store::DatabaseSessions;
use crate::web::state::NodeState;
use crate::web::{api, pages, peer, request_span};

/// Costly hashes that are checked at the same time: each takes up to 64 MB and a quarter of a second of a core.
const MOST_COSTLY_CHECKS: usize = 2;

/// The name of the session cookie. Cookies do not tell ports apart: nodes on one machine must not sign each other's users out.
fn cookie_name(address: SocketAddr) -> String {
    format!("kith-{}", address.port())
}

/// A running node.
pub struct Node {
    address: SocketAddr,
    server: ServerHandle,
    state: NodeState,
    arbiter: Arbiter,
    running: watch::Sender<bool>,
    fatal: mpsc::UnboundedReceiver<String>,
}

impl Node {
    /// Starts a node. It answers when this returns.
    ///
    /// # Errors
    /// When the port is taken, the data folder cannot be used, or the database is not one of this kith.
    pub async fn build(settings: Settings) -> Result<Self> {
        let listener = bind(settings.node.listen)?;
        let address = listener.local_addr().context("ask for the port")?;
        let own_address = own_address(&settings, address)?;
        let storage = Storage::open(&settings)?;
        let templates = Templates::load().context("read the templates")?;
        // Nobody waits for it: whoever asks sooner does it.
        drop(web::block(pages::assets::prepare));

        let arbiter = Arbiter::new();
        let (running, watching) = watch::channel(true);
        let (fatal, fatal_reason) = mpsc::unbounded_channel();
        let supervisor = Supervisor::new(&arbiter, settings.actors.answer_timeout(), fatal, watching, storage.writer.metrics.clone());
        let (links, limiter, relay) = start_actors(&supervisor, &arbiter, &settings, &storage, own_address).await?;

        let history = {
            let (settings, folder) = (settings.metrics.clone(), settings.node.data.clone());
            let (metrics, reader) = (storage.writer.metrics.clone(), storage.reader.clone());
            supervisor.start("history", move || History::new(settings.clone(), metrics.clone(), reader.clone(), folder.clone()))
        };

        let state = NodeState {
            node: links.session.node.clone(),
            database: links.session.database.clone(),
            presence: links.presence.clone(),
            courier: links.session.courier.clone(),
            indexer: links.session.indexer.clone(),
            limiter,
            relay,
            history,
            reader: storage.reader,
            files: storage.files,
            metrics: storage.writer.metrics,
            templates,
            searches: Arc::new(Semaphore::new(settings.search.at_once)),
            settings: Arc::new(settings),
            costly_checks: Arc::new(Semaphore::new(MOST_COSTLY_CHECKS)),
            own_address,
            started: Instant::now(),
        };
        let server = serve(listener, address, state.clone(), storage.cookie_key)?;
        let handle = server.handle();
        actix::spawn(async move {
            if let Err(error) = server.await {
                tracing::error!(%error, "the web server failed");
            }
        });
        Ok(Self { address, server: handle, state, arbiter, running, fatal: fatal_reason })
    }

    /// Where the node listens.
    #[must_use]
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// The address of the node's pages, for a browser on this machine.
    #[must_use]
    pub fn url(&self) -> String {
        let host = if self.address.ip().is_unspecified() { IpAddr::from([127, 0, 0, 1]) } else { self.address.ip() };
        format!("http://{}", SocketAddr::new(host, self.address.port()))
    }

    /// What the node's handlers use; tests look in through it.
    #[must_use]
    pub fn state(&self) -> &NodeState {
        &self.state
    }

    /// Waits until a part of the node fails so often that it has to stop, and says why.
    pub async fn failed(&mut self) -> String {
        self.fatal.recv().await.unwrap_or_else(|| "the node's watchers have ended".to_owned())
    }

    /// Stops: no new requests, open ones finish, everybody is signed off, and all that was accepted is on disk.
    pub async fn stop(self) {
        // Nobody is to be started again from here on. Watchers that have gone need not be told.
        let _ = self.running.send(false);
        if self.state.node.send(StopSessions).await.is_err() {
            tracing::warn!("the sessions had ended before the node");
        }
        self.server.stop(true).await;
        if let Err(error) = self.state.presence.ask(SignEverybodyOut).await {
            tracing::warn!(%error, "could not sign everybody off; their leases will run out");
        }
        if let Err(error) = self.state.indexer.ask(Halt).await {
            tracing::debug!(%error, "the indexer had ended before the node");
        }
        if let Err(error) = self.state.database.ask(Close).await {
            tracing::error!(%error, "the database did not close in time; the next start reads its log");
        }
        self.arbiter.stop();
    }
}

fn bind(address: SocketAddr) -> Result<TcpListener> {
    TcpListener::bind(address).map_err(|error| match error.kind() {
        std::io::ErrorKind::AddrInUse => {
            anyhow::anyhow!(
                "port {} is taken; choose another with --listen {}:PORT, or port 0 for a free one",
                address.port(),
                address.ip()
            )
        }
        _ => anyhow::anyhow!("cannot listen on {address}: {error}; --listen takes ADDR:PORT with an address of this machine"),
    })
}

/// Where peers reach this node: as set, or where it listens, or from where this machine would call the login server.
fn own_address(settings: &Settings, bound: SocketAddr) -> Result<SocketAddr> {
    if !settings.node.advertise.is_empty() {
        return settings.node.advertise.parse().context("read node.advertise");
    }
    if !bound.ip().is_unspecified() {
        return Ok(bound);
    }
    let ip = address_towards(&settings.node.login_server).unwrap_or(IpAddr::from([127, 0, 0, 1]));
    Ok(SocketAddr::new(ip, bound.port()))
}

/// The address of this machine from which `url` would be called. Nothing is sent.
fn address_towards(url: &str) -> Option<IpAddr> {
    let host = url.strip_prefix("http://")?.split('/').next()?;
    let host = if host.contains(':') { host.to_owned() } else { format!("{host}:80") };
    let socket = UdpSocket::bind("0.0.0.0:0").ok()?;
    socket.connect(host).ok()?;
    socket.local_addr().ok().map(|address| address.ip())
}

/// What is on disk.
struct Storage {
    writer: WriterSettings,
    reader: Reader,
    files: FileStore,
    held: HeldBodies,
    cookie_key: Key,
}

impl Storage {
    /// Opens the data folder and brings the database up to date.
    fn open(settings: &Settings) -> Result<Self> {
        let folder = &settings.node.data;
        let use_folder = || format!("use the data folder {}; node.data or --data takes a folder that can be written to", folder.display());
        private_folder(folder).with_context(use_folder)?;
        let files = FileStore::open(&folder.join("files")).with_context(use_folder)?;
        let path = folder.join("kith.db");
        let writer = WriterSettings {
            path: path.clone(),
            queue: settings.database.queue,
            batch: settings.database.batch,
            lock_timeout: Duration::from_millis(settings.database.lock_timeout_ms),
            metrics: Metrics::default(),
        };
        let connection = set_aside::open_writer(&path, writer.lock_timeout)?;
        // Nobody is signed in at a node that has just started: it keeps no password with which to report them.
        sessions::delete_all(&connection)?;
        let fresh_key: [u8; 64] = std::array::from_fn(|_| rand::random());
        let cookie_key = Key::from(&facts::get_or_set(&connection, facts::COOKIE_KEY, &fresh_key)?);
        let held = HeldBodies::open(&folder.join("held"), &held::files(&connection)?).with_context(use_folder)?;
        drop(connection);
        let reader = Reader::open(&path, settings.database.readers).context("open the database for reading")?;
        Ok(Self { writer, reader, files, held, cookie_key })
    }
}

/// Makes the folder, for this account's eyes alone.
fn private_folder(folder: &Path) -> std::io::Result<()> {
    let mut builder = std::fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(folder)
}

async fn start_actors(
    supervisor: &Supervisor,
    arbiter: &Arbiter,
    settings: &Settings,
    storage: &Storage,
    own_address: SocketAddr,
) -> Result<(NodeLinks, Link<RateLimiter>, Link<Relay>)> {
    let mailbox = settings.actors.mailbox;
    let node: Addr<NodeActor> = NodeActor::start_in_arbiter(&arbiter.handle(), move |_| NodeActor::new(mailbox));

    let (writer, announce) = (storage.writer.clone(), node.clone().recipient());
    let database = supervisor.start("database", move || Database::new(writer.clone(), mailbox, announce.clone()));

    let (limits, metrics) = (settings.limits.clone(), storage.writer.metrics.clone());
    let limiter = supervisor.start("rate limiter", move || RateLimiter::new(&limits, mailbox, metrics.clone()));

    let presence_links = PresenceLinks {
        database: database.clone(),
        reader: storage.reader.clone(),
        files: storage.files.clone(),
        node: node.clone(),
        limiter: limiter.clone(),
        blacklist: settings.blacklist.clone(),
        own_address,
        location: settings.node.location,
        login_server: settings.node.login_server.clone(),
    };
    let presence_settings = settings.presence.clone();
    let presence = supervisor.start("presence", move || Presence::new(presence_settings.clone(), mailbox, presence_links.clone()));

    let peer_settings = settings.peers.clone();
    let negotiator = supervisor.start("negotiator", move || Negotiator::new(peer_settings.clone(), mailbox));

    let courier_links = CourierLinks {
        database: database.clone(),
        presence: presence.clone(),
        negotiator,
        node: node.clone(),
        reader: storage.reader.clone(),
        files: storage.files.clone(),
        metrics: storage.writer.metrics.clone(),
    };
    let (courier_settings, deposits) = (settings.courier.clone(), settings.relay.clone());
    let courier =
        supervisor.start("courier", move || Courier::new(courier_settings.clone(), deposits.clone(), mailbox, courier_links.clone()));
    let relay_settings = settings.relay.clone();
    let relay_links =
        RelayLinks { database: database.clone(), reader: storage.reader.clone(), bodies: storage.held.clone(), presence: presence.clone() };
    let is_paced = settings.limits.enabled;
    let relay = supervisor.start("relay", move || Relay::new(&relay_settings, is_paced, mailbox, relay_links.clone()));
    presence.ask(Listeners { courier: courier.clone(), relay: relay.clone() }).await.context("connect the courier and the relay")?;

    let (search_settings, search_database) = (settings.search.clone(), database.clone());
    let indexer = supervisor.start("indexer", move || Indexer::new(search_settings.clone(), search_database.clone()));

    let session = SessionLinks { database, courier, indexer, node: node.clone(), reader: storage.reader.clone() };
    let links = NodeLinks { session, presence };
    node.send(Connect(links.clone())).await.context("connect the sessions")?;
    Ok((links, limiter, relay))
}

/// Everything that a node answers. `tests/node/routes.rs` finds out here what there is, and wants to know of each who may call it.
pub fn routes(config: &mut ServiceConfig, state: &NodeState, cookie_name: &str, cookie_key: &Key) {
    let lifetime = time::Duration::hours(state.settings.sessions.lifetime_h);
    let sessions = || {
        let store = DatabaseSessions::new(state.database.clone(), state.reader.clone());
        SessionMiddleware::builder(store, cookie_key.clone())
            .cookie_name(cookie_name.to_owned())
            .cookie_same_site(SameSite::Lax)
            .cookie_http_only(true)
            // Browsers drop a Secure cookie that comes over plain HTTP, which is what this server speaks.
            .cookie_secure(false)
            .session_lifecycle(PersistentSession::default().session_ttl(lifetime))
            .build()
    };
    config
        .app_data(Data::new(state.clone()))
        .configure(peer::routes)
        .configure(api::health_routes)
        .service(web::scope("/static").configure(pages::asset_routes))
        .service(web::scope("/api").wrap(sessions()).wrap(request_span::middleware()).configure(api::routes))
        .service(
            web::scope("")
                .wrap(sessions())
                .wrap(pages::headers())
                .wrap(Compress::default())
                .wrap(request_span::middleware())
                .configure(pages::routes),
        );
}

fn serve(listener: TcpListener, address: SocketAddr, state: NodeState, cookie_key: Key) -> Result<Server> {
    let http = state.settings.http.clone();
    let factory = move || {
        App::new()
            .wrap(DefaultHeaders::new().add((SERVER, PRODUCT)))
            .configure(|config| routes(config, &state, &cookie_name(address), &cookie_key))
    };
    let server = HttpServer::new(factory)
        .workers(http.workers)
        .max_connections(http.connections)
        .client_request_timeout(Duration::from_millis(http.request_timeout_ms))
        .keep_alive(Duration::from_secs(http.keep_alive_s))
        .shutdown_timeout(http.shutdown_timeout_s)
        .disable_signals()
        .listen(listener)
        .context("listen")?;
    Ok(server.run())
}
