//! Relay: holds what is for people who are away, and gives it to them when they are back.
//!
//! Owns      the quotas, and who is being handed what is theirs at the moment. What is held is on disk.
//! Receives  `Hold` (`web::peer`, for an addressee who is no user of this node); `HandOut` (`web::peer`, when they ask for it;
//!           presence, when they are listed again, or have just logged in here); its own sweep.
//! Sends     `Write` to the database, `ListedAt` to presence; posts to the addressee's node, at the address that the login server's list gives.
//! Mailbox   `actors.mailbox`; a `HandOut` that does not fit is made up for when the addressee asks.
//! Restart   what is held is on disk; what was being handed out is handed out again, and stored there once.

use std::collections::HashSet;
use std::net::SocketAddr;
use std::time::Duration;

use actix::{Actor, ActorFutureExt, AsyncContext, Context, Handler, Message, ResponseFuture, WrapFuture};

use super::database::{Database, Write};
use super::presence::{ListedAt, Presence};
use super::supervise::{Link, Unanswered};
use crate::config::RelaySettings;
use crate::db::queries::held::{self, Holding};
use crate::db::{DbError, Reader};
use crate::domain::clock;
use crate::domain::relay::{Deposit, Quotas};
use crate::domain::username::Username;
use crate::peers::Timeouts;
use crate::peers::node::PeerClient;
use crate::peers::verdict::Outcome;

/// How many deposits are read from disk at a time: files are large.
const AT_A_TIME: usize = 8;

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
    /// Storage said no.
    #[error(transparent)]
    Database(#[from] DbError),
    /// The database did not answer.
    #[error(transparent)]
    Unanswered(#[from] Unanswered),
}

/// The owner of what is held for others.
pub struct Relay {
    quotas: Quotas,
    mailbox: usize,
    database: Link<Database>,
    reader: Reader,
    presence: Link<Presence>,
    client: Option<PeerClient>,
    handing_out: HashSet<Username>,
}

impl Relay {
    /// Will hold what `settings` allows.
    #[must_use]
    pub fn new(settings: &RelaySettings, mailbox: usize, database: Link<Database>, reader: Reader, presence: Link<Presence>) -> Self {
        Self { quotas: settings.quotas(), mailbox, database, reader, presence, client: None, handing_out: HashSet::new() }
    }

    /// Gives `addressee` what is held for them, unless that is under way.
    fn hand_out(&mut self, addressee: Username, address: SocketAddr, context: &mut Context<Self>) {
        let Some(client) = self.client.clone() else { return };
        if !self.handing_out.insert(addressee.clone()) {
            return;
        }
        let (database, reader, to) = (self.database.clone(), self.reader.clone(), addressee.clone());
        let work = async move { hand_over_all(&client, &database, &reader, &to, address).await };
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

/// Hands over one deposit after the other, oldest first, and drops each that the node says it has. Stops when the node is away.
async fn hand_over_all(
    client: &PeerClient,
    database: &Link<Database>,
    reader: &Reader,
    to: &Username,
    address: SocketAddr,
) -> Result<usize, HoldError> {
    let (mut count, mut after) = (0, 0);
    loop {
        let name = to.clone();
        let deposits = reader.read(move |connection| held::for_addressee(connection, &name, after, AT_A_TIME)).await?;
        if deposits.is_empty() {
            return Ok(count);
        }
        for deposit in deposits {
            after = deposit.seq;
            match client.hand_over(address, deposit.call, deposit.body).await {
                Outcome::Taken => {
                    database.ask(Write::new(move |connection| held::taken(connection, after))).await??;
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

impl Actor for Relay {
    type Context = Context<Self>;

    fn started(&mut self, context: &mut Context<Self>) {
        context.set_mailbox_capacity(self.mailbox);
        self.client = Some(PeerClient::new(TIMEOUTS));
        context.run_interval(SWEEP_EVERY, Self::sweep);
    }
}

impl Relay {
    /// Looks for what is held for people who are there: their node was too busy when it was offered, or did not know them yet.
    fn sweep(&mut self, context: &mut Context<Self>) {
        let (reader, presence) = (self.reader.clone(), self.presence.clone());
        let look = async move {
            let mut there = Vec::new();
            for held in reader.read(held::summary).await? {
                if let Some(at) = presence.ask(ListedAt(held.addressee.clone())).await? {
                    there.push((held.addressee, at));
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

/// Holds a message or file for somebody. Answered when it is on disk; a repeat is answered like the first.
#[derive(Message)]
#[rtype(result = "Result<(), HoldError>")]
pub struct Hold(pub Deposit);

impl Handler<Hold> for Relay {
    type Result = ResponseFuture<Result<(), HoldError>>;

    fn handle(&mut self, Hold(deposit): Hold, _: &mut Context<Self>) -> Self::Result {
        let (database, quotas) = (self.database.clone(), self.quotas.clone());
        Box::pin(async move {
            let holding = database.ask(Write::new(move |connection| held::hold(connection, &deposit, &quotas, clock::now()))).await??;
            match holding {
                Holding::Held | Holding::Repeat => Ok(()),
                Holding::Full => Err(HoldError::Full),
            }
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
