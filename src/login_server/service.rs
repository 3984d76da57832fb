//! The calls of the login server from arguments to answer, in the order of checks that the protocol has.

use std::collections::HashSet;
use std::net::IpAddr;
use std::path::Path;
use std::time::Duration;

use actix::{Arbiter, Handler, Message};
use actix_web::web;
use sha2::{Digest, Sha256};
use tokio::sync::{mpsc, watch};

use super::accounts::{AccountBook, AccountReader, AccountsError};
use super::clock::Clock;
use super::networks::{Network, believe};
use super::prover::{Prover, ProverBusy};
use super::registrar::{AdmitCall, CallKey, IsProved, LogOff, MayGuess, Proved, Registrar, Report, Standing, Stop, WhoIsOnline};
use super::settings::LoginServerSettings;
use crate::actors::supervise::{Link, Supervisor};
use crate::domain::username::Username;
use crate::metrics::Metrics;
use crate::protocol::login_server::arguments::Claim;
use crate::protocol::login_server::{Arguments, CallName, Credential, Details, ListFormat, ListedUser, Refusal};

/// What a call leads to.
#[derive(Clone, Debug, PartialEq)]
pub enum Answer {
    /// The report was taken.
    Reported,
    /// The caller is listed no more.
    LoggedOff,
    /// Who is there, in the form asked for.
    Online(ListFormat, Vec<ListedUser>),
}

/// Why a call leads to nothing.
#[derive(Debug, thiserror::Error)]
pub enum ServiceError {
    /// The protocol has a code for it.
    #[error(transparent)]
    Refused(#[from] Refusal),
    /// Too much waits already.
    #[error("the login server is busy")]
    Busy,
    /// The accounts cannot be read.
    #[error("the login server cannot read its accounts")]
    Accounts(#[from] AccountsError),
}

/// Why a login server does not start.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// Its accounts cannot be opened.
    #[error(transparent)]
    Accounts(#[from] AccountsError),
    /// The system gives no random numbers.
    #[error("cannot hash passwords")]
    Hash(#[from] argon2::password_hash::Error),
    /// The runtime is going down.
    #[error("stopped before it started")]
    Stopped,
}

/// The registrar answers in microseconds; who waits this long waits behind a thousand others.
const REGISTRAR_TIMEOUT: Duration = Duration::from_secs(5);

/// The login server without its HTTP. The HTTP workers share one.
pub struct LoginService {
    registrar: Link<Registrar>,
    arbiter: Arbiter,
    running: watch::Sender<bool>,
    accounts: AccountReader,
    prover: Prover,
    networks: Vec<Network>,
}

impl LoginService {
    /// Opens the accounts in `data`, which are made where there are none, and starts the registrar on a thread of its own. Through the second value it
    /// says why it has to stop, should the registrar fail again and again.
    ///
    /// # Errors
    /// [`StartError`] when the accounts cannot be used.
    pub async fn start(
        settings: &LoginServerSettings,
        data: &Path,
        clock: Clock,
    ) -> Result<(Self, mpsc::UnboundedReceiver<String>), StartError> {
        let data = data.to_owned();
        let open = move || -> Result<_, StartError> {
            AccountBook::create(&data)?;
            Ok((AccountReader::open(&data)?, Prover::new()?))
        };
        let (accounts, prover) = web::block(open).await.map_err(|_| StartError::Stopped)??;
        let arbiter = Arbiter::new();
        let (running, watching) = watch::channel(true);
        let (fatal, failed) = mpsc::unbounded_channel();
        // Nobody asks a login server for figures.
        let supervisor = Supervisor::new(&arbiter, REGISTRAR_TIMEOUT, fatal, watching, Metrics::default());
        let registrar_settings = settings.clone();
        let registrar = supervisor.start("registrar", move || Registrar::new(&registrar_settings, clock.clone()));
        Ok((Self { registrar, arbiter, running, accounts, prover, networks: settings.networks.clone() }, failed))
    }

    /// Answers `call`, made by the host `from` with these arguments in its query and its form.
    ///
    /// # Errors
    /// [`ServiceError`], of which all but the refusals are our own trouble.
    pub async fn answer(&self, call: CallName, query: &[u8], form: &[u8], from: IpAddr) -> Result<Answer, ServiceError> {
        let arguments = Arguments::read(query, form)?;
        let claim = arguments.claim(call)?;
        // Reports keep a user listed; the protocol does not count them. What ends a listing is not counted either, or whoever is listed by mistake
        // stays so for five minutes.
        let is_counted = !matches!(call, CallName::Report | CallName::LogOff);
        if is_counted && !self.ask(AdmitCall { key: call_key(claim) }).await? {
            return Err(Refusal::LimitReached.into());
        }
        let username = Username::parse(claim.username).map_err(|_| Refusal::InvalidUsername)?;
        self.authenticate(&username, Credential::parse(claim.password).ok(), from).await?;
        self.perform(username, arguments.details(call)?).await
    }

    /// The name of every account, in order.
    ///
    /// # Errors
    /// When the accounts cannot be read.
    pub async fn usernames(&self) -> Result<Vec<Username>, ServiceError> {
        let accounts = self.accounts.clone();
        Ok(web::block(move || accounts.usernames()).await.map_err(|_| ServiceError::Busy)??)
    }

    /// Ends the registrar once it has answered what waits.
    pub async fn stop(&self) {
        // Nobody is to start it again. Closed already is as good.
        let _ = self.running.send(false);
        let _ = self.ask(Stop).await;
        self.arbiter.stop();
    }

    async fn authenticate(&self, username: &Username, credential: Option<Credential>, from: IpAddr) -> Result<(), ServiceError> {
        let (accounts, name) = (self.accounts.clone(), username.clone());
        let proof = web::block(move || accounts.find(&name)).await.map_err(|_| ServiceError::Busy)??;
        let fingerprint = proof.as_ref().zip(credential.as_ref()).map(|(proof, credential)| proof.fingerprint(credential));
        if let Some(fingerprint) = fingerprint
            && self.ask(IsProved { username: username.clone(), fingerprint }).await?
        {
            return Ok(());
        }
        let turn = self.prover.turn().await?;
        // Asked again: of a user's first calls that come side by side, the others have waited for the one that proved it.
        match self.ask(MayGuess { username: username.clone(), fingerprint, from }).await? {
            Standing::Proved => return Ok(()),
            Standing::TooManyGuesses => return Err(Refusal::LimitReached.into()),
            Standing::Unproved => {}
        }
        let right = turn.check(credential, proof).await?;
        let fingerprint = fingerprint.filter(|_| right).ok_or(Refusal::Unauthenticated)?;
        self.ask(Proved { username: username.clone(), fingerprint }).await
    }

    async fn perform(&self, username: Username, details: Details) -> Result<Answer, ServiceError> {
        match details {
            Details::Report(whereabouts) => {
                if !believe(&self.networks, whereabouts.location, whereabouts.ip) {
                    return Err(Refusal::FalseAddress.into());
                }
                self.ask(Report { username, whereabouts }).await?;
                Ok(Answer::Reported)
            }
            Details::LogOff => {
                self.ask(LogOff { username }).await?;
                Ok(Answer::LoggedOff)
            }
            Details::GetList(format) => Ok(Answer::Online(format, self.online().await?)),
        }
    }

    async fn online(&self) -> Result<Vec<ListedUser>, ServiceError> {
        let mut listed = self.ask(WhoIsOnline).await?;
        // An account that was removed leaves the list at once, not when its lease ends.
        let accounts: HashSet<_> = self.usernames().await?.into_iter().collect();
        listed.retain(|user| accounts.contains(&user.username));
        Ok(listed)
    }

    async fn ask<M>(&self, question: M) -> Result<M::Result, ServiceError>
    where
        M: Message<Result: Send> + Send + 'static,
        Registrar: Handler<M>,
    {
        // A full mailbox makes this wait, so it is the time that bounds it.
        self.registrar.ask(question).await.map_err(|_| ServiceError::Busy)
    }
}

impl From<ProverBusy> for ServiceError {
    fn from(_: ProverBusy) -> Self {
        Self::Busy
    }
}

/// Wrong passwords have a count of their own, so that nobody uses up the calls of a user whose password they do not know.
fn call_key(claim: Claim<'_>) -> CallKey {
    let who = claim.username.to_ascii_lowercase();
    let digest: [u8; 32] = Sha256::new().chain_update(who).chain_update([0]).chain_update(claim.password).finalize().into();
    let mut key = CallKey::default();
    key.copy_from_slice(&digest[..size_of::<CallKey>()]);
    key
}
