//! Relay: holds what is for people who are away, and gives it to them when they are back.
//!
//! Owns      the quotas and the pace of depositors, the files of large deposits, and who is being handed what is theirs at the moment. What is held is
//!           on disk.
//! Receives  `Admit`, `Hold` (`web::peer`, for an addressee who is no user of this node); `HandOut` (`web::peer`, when they ask for it;
//!           presence, when they are listed again, or have just logged in here); its own sweep.
//! Sends     `Write` to the database, `ListedAt` to presence; posts to the addressee's node, at the address that the login server's list gives.
//! Mailbox   `actors.mailbox`; a `HandOut` that does not fit is made up for when the addressee asks.
//! Restart   what is held is on disk; paces begin anew; what was being handed out is handed out again, and stored there once.

mod pace;

use std::collections::HashSet;
use std::net::SocketAddr;
use std::rc::Rc;
use std::time::Duration;

use actix::{Actor, ActorFutureExt, AsyncContext, Context, Handler, Message, ResponseFuture, WrapFuture};
use actix_web::web;
use tokio::sync::Semaphore;

use self::pace::{Pace, TooFast};
use super::database::{Database, Write};
use super::presence::{ListedAt, Presence};
use super::supervise::{Link, Unanswered};
use crate::config::RelaySettings;
use crate::db::queries::held::{self, Holding, Settled};
use crate::db::{DbError, HeldBodies, Reader};
use crate::domain::clock;
use crate::domain::relay::{Deposit, HandOver, HeldBody, HeldCall, Quotas};
use crate::domain::username::Username;
use crate::peers::Timeouts;
use crate::peers::node::PeerClient;
use crate::peers::verdict::Outcome;

/// How many deposits are read from disk at a time.
const AT_A_TIME: usize = 8;

/// A body that is longer goes to a file of its own.
const LARGE_BYTES: u64 = 64 << 10;

/// Large bodies that are written at the same time: whoever brings many does not take the disk from everybody else.
const WRITTEN_AT_ONCE: usize = 1;

/// How long a large body may wait for its turn. Whoever brought it tries again, or goes elsewhere.
const TURN_WITHIN: Duration = Duration::from_secs(5);

/// How often what is held is looked through for people who are there.
const SWEEP_EVERY: Duration = Duration::from_mins(1);

/// How long the addressee's node may take for one deposit.
const TIMEOUTS: Timeouts = Timeouts { connect: Duration::from_secs(2), total: Duration::from_secs(20) };

/// A deposit that is not held.
#[derive(Clone, Debug, thiserror::Error)]
pub enum HoldError {
    /// A quota is used up.
    #[error("this node holds as much as it may")]
    Full,
    /// The depositor brings more than they may.
    #[error("the depositor has brought as much as they may in a minute")]
    TooFast {
        /// When there is room again.
        retry_after: Duration,
        /// Whether they were told so before and did not wait.
        is_impatient: bool,
    },
    /// Storage said no.
    #[error(transparent)]
    Database(#[from] DbError),
    /// The database did not answer.
    #[error(transparent)]
    Unanswered(#[from] Unanswered),
}

/// The owner of what is held for others.
pub struct Relay {
    mailbox: usize,
    store: Store,
    presence: Link<Presence>,
    client: Option<PeerClient>,
    handing_out: HashSet<Username>,
    /// `None` where rate limits are lifted.
    pace: Option<Pace>,
}

/// Where what is held is, and how much it may be.
#[derive(Clone)]
struct Store {
    quotas: Quotas,
    database: Link<Database>,
    reader: Reader,
    bodies: HeldBodies,
    /// Places for writing large bodies.
    writing: Rc<Semaphore>,
}

/// What the relay needs of the node.
#[derive(Clone)]
pub struct RelayLinks {
    /// For what is held.
    pub database: Link<Database>,
    /// For the same.
    pub reader: Reader,
    /// For the bodies of what is large.
    pub bodies: HeldBodies,
    /// For addresses.
    pub presence: Link<Presence>,
}

impl Relay {
    /// Will hold what `settings` allows, of each depositor at most their share in a minute if it `is_paced`.
    #[must_use]
    pub fn new(settings: &RelaySettings, is_paced: bool, mailbox: usize, links: RelayLinks) -> Self {
        let RelayLinks { database, reader, bodies, presence } = links;
        let writing = Rc::new(Semaphore::new(WRITTEN_AT_ONCE));
        let quotas = settings.quotas();
        let pace = is_paced.then(|| Pace::new(quotas.depositor_bytes));
        let store = Store { quotas, database, reader, bodies, writing };
        Self { mailbox, store, presence, client: None, handing_out: HashSet::new(), pace }
    }

    /// Gives `addressee` what is held for them, unless that is under way.
    fn hand_out(&mut self, addressee: Username, address: SocketAddr, context: &mut Context<Self>) {
        let Some(client) = self.client.clone() else { return };
        if !self.handing_out.insert(addressee.clone()) {
            return;
        }
        let (store, to) = (self.store.clone(), addressee.clone());
        let work = async move { store.hand_over_all(&client, &to, address).await };
        context.spawn(work.into_actor(self).map(move |outcome, relay, _| {
            relay.handing_out.remove(&addressee);
            match outcome {
                Ok(0) => {}
                Ok(count) => tracing::info!(user = %addressee, count, "handed over what was held for {addressee}"),
                Err(error) => tracing::warn!(user = %addressee, %error, "could not hand over what is held for {addressee}; it stays held"),
            }
        }));
    }
}

impl Store {
    /// Hands over one deposit after the other, oldest first, and drops each that the node says it has. Stops when the node is away.
    async fn hand_over_all(&self, client: &PeerClient, to: &Username, address: SocketAddr) -> Result<usize, HoldError> {
        let (mut count, mut after) = (0, 0);
        loop {
            let name = to.clone();
            let deposits = self.reader.read(move |connection| held::for_addressee(connection, &name, after, AT_A_TIME)).await?;
            if deposits.is_empty() {
                return Ok(count);
            }
            for deposit in deposits {
                after = deposit.seq;
                let Some(body) = self.body_of(&deposit).await? else {
                    tracing::warn!(user = %to, "what was held for {to} is no longer there");
                    self.drop(deposit).await?;
                    continue;
                };
                match client.hand_over(address, deposit.call, body).await {
                    Outcome::Taken => {
                        self.drop(deposit).await?;
                        count += 1;
                    }
                    // It stays until it is too old; what comes after it may still be wanted.
                    Outcome::Refused(reason) => {
                        tracing::info!(user = %to, reason, "{to} does not take something that is held for them: {reason}");
                    }
                    // It is not their node any more, or wants no more for now.
                    _ => return Ok(count),
                }
            }
        }
    }

    /// `None` when its file is gone: it was never acknowledged, or somebody has removed it by hand.
    async fn body_of(&self, deposit: &HandOver) -> Result<Option<String>, DbError> {
        match deposit.body.clone() {
            HeldBody::Inline(body) => Ok(Some(body)),
            HeldBody::File(name) => {
                let bodies = self.bodies.clone();
                web::block(move || bodies.read(&name)).await.map_err(|_| DbError::Panicked)?
            }
        }
    }

    async fn drop(&self, deposit: HandOver) -> Result<(), HoldError> {
        self.database.ask(Write::new(move |connection| held::taken(connection, deposit.seq))).await??;
        if let HeldBody::File(name) = deposit.body {
            self.clear(vec![name]).await;
        }
        Ok(())
    }

    /// Holds a deposit. A large body is in its file before the row that names it.
    async fn hold(&self, mut deposit: Deposit) -> Result<(), HoldError> {
        if deposit.size > LARGE_BYTES {
            let quotas = self.quotas.clone();
            let (asked, refusal) =
                self.reader.read(move |connection| held::refusal(connection, &deposit, &quotas).map(|refusal| (deposit, refusal))).await?;
            if let Some(holding) = refusal {
                return told(holding);
            }
            deposit = self.moved_to_file(asked).await?;
        }
        let quotas = self.quotas.clone();
        let write = Write::new(move |connection| held::hold(connection, &deposit, &quotas, clock::now()));
        // After an error its file stays until the next start: nobody can tell then whether a crash brings the row back.
        let Settled { holding, left_over } = self.database.ask(write).await??;
        self.clear(left_over).await;
        told(holding)
    }

    async fn moved_to_file(&self, deposit: Deposit) -> Result<Deposit, HoldError> {
        let Ok(_place) = actix::clock::timeout(TURN_WITHIN, self.writing.acquire()).await else {
            return Err(Unanswered::Busy.into());
        };
        let bodies = self.bodies.clone();
        let write = move || -> Result<Deposit, DbError> {
            match &deposit.body {
                HeldBody::Inline(body) => Ok(Deposit { body: HeldBody::File(bodies.put(body)?), ..deposit }),
                HeldBody::File(_) => Ok(deposit),
            }
        };
        Ok(web::block(write).await.map_err(|_| DbError::Panicked)??)
    }

    async fn clear(&self, files: Vec<String>) {
        if !files.is_empty() {
            let bodies = self.bodies.clone();
            // What is not removed now is at the next start.
            let _ = web::block(move || bodies.remove(&files)).await;
        }
    }
}

fn told(holding: Holding) -> Result<(), HoldError> {
    match holding {
        Holding::Held | Holding::Repeat => Ok(()),
        Holding::Full => Err(HoldError::Full),
    }
}

impl Actor for Relay {
    type Context = Context<Self>;

    fn started(&mut self, context: &mut Context<Self>) {
        context.set_mailbox_capacity(self.mailbox);
        self.client = Some(PeerClient::new(TIMEOUTS));
        context.run_interval(SWEEP_EVERY, |relay, context| {
            relay.pace.iter_mut().for_each(Pace::forget);
            relay.sweep(context);
        });
    }
}

impl Relay {
    /// Looks for what is held for people who are there: their node was too busy when it was offered, or did not know them yet.
    fn sweep(&mut self, context: &mut Context<Self>) {
        let (reader, presence) = (self.store.reader.clone(), self.presence.clone());
        let look = async move {
            let mut there = Vec::new();
            for addressee in reader.read(held::addressees).await? {
                if let Some(at) = presence.ask(ListedAt(addressee.clone())).await? {
                    there.push((addressee, at));
                }
            }
            Ok::<_, HoldError>(there)
        };
        context.spawn(look.into_actor(self).map(|there, relay, context| match there {
            Ok(there) => there.into_iter().for_each(|(to, at)| relay.hand_out(to, at, context)),
            Err(error) => tracing::warn!(%error, "could not look through what is held; the next sweep will"),
        }));
    }
}

/// Somebody brings a file for somebody else: whether it may come now. Asked before anything is made of its bytes.
#[derive(Message)]
#[rtype(result = "Result<(), HoldError>")]
pub struct Admit {
    /// Who.
    pub depositor: String,
    /// Its length on the wire.
    pub bytes: u64,
}

impl Handler<Admit> for Relay {
    type Result = Result<(), HoldError>;

    fn handle(&mut self, Admit { depositor, bytes }: Admit, _: &mut Context<Self>) -> Self::Result {
        self.admit(&depositor, bytes)
    }
}

impl Relay {
    fn admit(&mut self, depositor: &str, bytes: u64) -> Result<(), HoldError> {
        if bytes > self.store.quotas.depositor_bytes {
            return Err(HoldError::Full);
        }
        let spent = self.pace.as_mut().map_or(Ok(()), |pace| pace.spend(depositor, bytes));
        spent.map_err(|TooFast { retry_after, is_impatient }| HoldError::TooFast { retry_after, is_impatient })
    }
}

/// Holds a message or file for somebody. Answered when it is on disk; a repeat is answered like the first.
#[derive(Message)]
#[rtype(result = "Result<(), HoldError>")]
pub struct Hold(pub Deposit);

impl Handler<Hold> for Relay {
    type Result = ResponseFuture<Result<(), HoldError>>;

    fn handle(&mut self, Hold(deposit): Hold, _: &mut Context<Self>) -> Self::Result {
        // A file was admitted before anything was made of its bytes.
        let admitted = if deposit.call == HeldCall::File { Ok(()) } else { self.admit(&deposit.depositor, deposit.size) };
        let store = self.store.clone();
        Box::pin(async move {
            admitted?;
            store.hold(deposit).await
        })
    }
}

/// Gives somebody what is held for them, at the address at which they are listed.
#[derive(Message)]
#[rtype(result = "()")]
pub struct HandOut {
    /// To whom.
    pub to: Username,
    /// Where they are listed.
    pub at: SocketAddr,
}

impl Handler<HandOut> for Relay {
    type Result = ();

    fn handle(&mut self, HandOut { to, at }: HandOut, context: &mut Context<Self>) {
        self.hand_out(to, at, context);
    }
}
