//! `/api/node`: how this node is doing, for the people who use it.
//!
//! Of what waits, a user sees the whole in numbers, and of their own to whom it goes. Of what is held for others everybody here sees of whom and for whom
//! it is, but not who writes to whom, and nothing of what is in it.

use std::path::Path;

use actix_web::web;
use serde::Serialize;
use utoipa::ToSchema;

use super::{ApiResult, Failure, Json, SignedIn, State};
use crate::actors::presence::{Seen, Snapshot};
use crate::config::RelaySettings;
use crate::db::DbError;
use crate::db::queries::files;
use crate::db::queries::held::{self, Holder, Share, Side};
use crate::db::queries::outbox::{self, Line, Queue};
use crate::domain::stamp::Stamp;
use crate::domain::username::Username;
use crate::web::state::NodeState;

/// Most people of whom a list tells. They are those with the most; how many there are is told besides.
const MOST_SHOWN: usize = 50;

/// How this node is doing.
#[derive(Serialize, ToSchema)]
pub(super) struct NodeView {
    /// Of the program.
    version: &'static str,
    /// Seconds since it was started.
    uptime_s: u64,
    /// Where other nodes reach it.
    address: String,
    login_server: LoginServerStanding,
    outbox: OutboxView,
    held: HeldView,
    storage: StorageView,
}

/// How the login server is doing, and how old what it said is.
#[derive(Serialize, ToSchema)]
pub(super) struct LoginServerStanding {
    address: String,
    /// As of its last answer.
    reachable: bool,
    /// Seconds since it last said who is online; `null` when it has not since the start.
    list_age_s: Option<u64>,
    /// Other nodes that it listed then.
    nodes_listed: usize,
}

/// What users of this node have sent and what has not arrived yet.
#[derive(Serialize, ToSchema)]
pub(super) struct OutboxView {
    /// Messages and files of everybody here.
    waiting: u64,
    /// When the oldest of them was sent, in seconds since 1970.
    oldest_at: Option<f64>,
    /// How many of them other nodes hold a copy of.
    held_elsewhere: u64,
    /// How many copies there are of these.
    copies: u64,
    /// People for whom something of the user who asks waits, those who wait longest first.
    yours: Vec<LineView>,
    /// How many people that are, also when the list is too long for all of them.
    your_addressees: u64,
}

/// What waits for one person.
#[derive(Serialize, ToSchema)]
pub(super) struct LineView {
    to: String,
    waiting: u64,
    /// When the oldest of it was sent, in seconds since 1970.
    oldest_at: f64,
    /// How much of it other nodes hold a copy of.
    held_elsewhere: u64,
    /// How many copies there are of that.
    copies: u64,
    /// Why the last try with the oldest failed; `null` when it was not tried yet, or they are away.
    last_error: Option<String>,
}

/// What is held for users of other nodes, and how much it may be.
#[derive(Serialize, ToSchema)]
pub(super) struct HeldView {
    count: u64,
    bytes: u64,
    quotas: QuotasView,
    /// For whom, those with most first.
    addressees: Vec<ShareView>,
    /// How many that are, also when the list is too long for all of them.
    addressees_count: u64,
    /// By whom it was brought, those with most first: a user, or for somebody who is not known the address.
    depositors: Vec<ShareView>,
    /// How many that are.
    depositors_count: u64,
}

/// The share of one person.
#[derive(Serialize, ToSchema)]
pub(super) struct ShareView {
    who: String,
    count: u64,
    bytes: u64,
    /// Since when the oldest of it is held, in seconds since 1970.
    oldest_at: f64,
}

/// How much is held at most.
#[derive(Serialize, ToSchema)]
pub(super) struct QuotasView {
    total_bytes: u64,
    depositor_bytes: u64,
    depositor_count: u64,
    addressee_bytes: u64,
    days: u64,
}

/// What is on the disk.
#[derive(Serialize, ToSchema)]
pub(super) struct StorageView {
    /// The database with its log.
    database_bytes: u64,
    /// Files of messages and pictures.
    files: u64,
    files_bytes: u64,
    /// Names of databases that could not be read and were set aside, until somebody moves them away.
    set_aside: Vec<String>,
}

/// Tells how this node is doing.
#[utoipa::path(get, path = "/api/node", responses((status = 200, body = NodeView)))]
pub(super) async fn standing(user: SignedIn, state: State) -> ApiResult<NodeView> {
    let (seen, stock) = (state.presence.ask(Snapshot).await?, Stock::read(&state, user.username).await?);
    let storage = storage(&state, stock.files).await?;
    Ok(Json(NodeView {
        version: env!("CARGO_PKG_VERSION"),
        uptime_s: state.started.elapsed().as_secs(),
        address: state.own_address.to_string(),
        login_server: LoginServerStanding::of(&state.settings.node.login_server, &seen),
        outbox: OutboxView::of(stock.queue, stock.lines),
        held: HeldView::of(stock.held, stock.addressees, stock.depositors, &state.settings.relay),
        storage,
    }))
}

/// What the database says.
struct Stock {
    queue: Queue,
    lines: (Vec<Line>, u64),
    held: Share,
    addressees: (Vec<Holder>, u64),
    depositors: (Vec<Holder>, u64),
    files: (u64, u64),
}

impl Stock {
    async fn read(state: &NodeState, asker: Username) -> Result<Self, DbError> {
        let read = move |connection: &rusqlite::Connection| {
            let side = |side| Ok::<_, DbError>((held::largest(connection, side, MOST_SHOWN)?, held::how_many(connection, side)?));
            Ok(Self {
                queue: outbox::queue(connection)?,
                lines: outbox::lines_of(connection, &asker, MOST_SHOWN)?,
                held: held::share(connection, Side::All, "")?,
                addressees: side(Side::Addressee)?,
                depositors: side(Side::Depositor)?,
                files: files::total(connection)?,
            })
        };
        state.reader.read(read).await
    }
}

async fn storage(state: &NodeState, (files, files_bytes): (u64, u64)) -> Result<StorageView, Failure> {
    let path = state.settings.node.data.join("kith.db");
    let database_bytes = web::block(move || database_bytes(&path)).await.map_err(Failure::internal)?;
    Ok(StorageView { database_bytes, files, files_bytes, set_aside: state.set_aside().await })
}

fn database_bytes(path: &Path) -> u64 {
    let length = |path: &Path| std::fs::metadata(path).map_or(0, |file| file.len());
    length(path) + length(&path.with_extension("db-wal"))
}

impl LoginServerStanding {
    fn of(address: &str, seen: &Seen) -> Self {
        Self {
            address: address.to_owned(),
            reachable: seen.login_server_working,
            list_age_s: seen.list_age.map(|age| age.as_secs()),
            nodes_listed: seen.nodes_listed,
        }
    }
}

impl OutboxView {
    fn of(queue: Queue, (lines, your_addressees): (Vec<Line>, u64)) -> Self {
        let Queue { waiting, oldest_at, held_elsewhere, copies } = queue;
        let yours = lines.into_iter().map(LineView::of).collect();
        Self { waiting, oldest_at: oldest_at.map(Stamp::seconds), held_elsewhere, copies, yours, your_addressees }
    }
}

impl LineView {
    fn of(line: Line) -> Self {
        let Line { to, waiting, oldest_at, held_elsewhere, copies, last_error } = line;
        Self { to: to.to_string(), waiting, oldest_at: oldest_at.seconds(), held_elsewhere, copies, last_error }
    }
}

impl HeldView {
    fn of(all: Share, addressees: (Vec<Holder>, u64), depositors: (Vec<Holder>, u64), settings: &RelaySettings) -> Self {
        let views = |holders: Vec<Holder>| holders.into_iter().map(ShareView::of).collect();
        Self {
            count: all.count,
            bytes: all.bytes,
            quotas: QuotasView {
                total_bytes: settings.hold_total_bytes,
                depositor_bytes: settings.hold_depositor_bytes,
                depositor_count: settings.hold_depositor_count,
                addressee_bytes: settings.hold_addressee_bytes,
                days: settings.hold_days,
            },
            addressees: views(addressees.0),
            addressees_count: addressees.1,
            depositors: views(depositors.0),
            depositors_count: depositors.1,
        }
    }
}

impl ShareView {
    fn of(holder: Holder) -> Self {
        let Holder { who, share, oldest_at } = holder;
        Self { who, count: share.count, bytes: share.bytes, oldest_at: oldest_at.seconds() }
    }
}
