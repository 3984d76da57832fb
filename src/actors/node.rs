//! Node: who is logged in here.
//!
//! Owns      the sessions, one for each logged-in user.
//! Receives  `LogIn`, `LogOut`, `FindSession` (web); `Arrived` (database, courier); `Announce` (courier, sessions);
//!           `Broadcast` (presence, sessions); `StopSessions` (startup).
//! Sends     `SignIn`, `UseKey`, `Welcome` and `SignOut` to presence, `Write` to the database, `Push`, `Show` and `End` to sessions,
//!           `MessagesStored` to the indexer.
//! Mailbox   `actors.mailbox`.
//! Restart   not supervised: it lives as long as the node.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use actix::{Actor, ActorFutureExt, Addr, AsyncContext, Context, Handler, Message, ResponseActFuture, ResponseFuture, WrapFuture};
use argon2::{Argon2, PasswordHasher, PasswordVerifier};

use super::database::Write;
use super::event::Event;
use super::indexer;
use super::presence::{Presence, SignIn, SignInError, SignOut, UseKey, Welcome};
use super::session::{End, Push, Session, SessionLinks, Show};
use super::supervise::{Link, Unanswered};
use crate::db::DbError;
use crate::db::queries::keys::{self, OwnKeys};
use crate::db::queries::messages::StoredMessage;
use crate::db::queries::{accounts, sessions};
use crate::domain::clock;
use crate::domain::presence::Status;
use crate::domain::username::Username;
use crate::protocol::login_server::Credential;
use crate::protocol::rsa_key::{InvalidKey, KeyPair};

/// How often browser sessions that have run out are looked for.
const SWEEP_EVERY: Duration = Duration::from_mins(5);

/// Why somebody was not logged in.
#[derive(Clone, Debug, thiserror::Error)]
pub enum LogInError {
    /// The login server, or the proof from an earlier log-in, says that name and password do not belong together.
    #[error("that name and password do not go together")]
    WrongCredentials,
    /// The login server asks to wait.
    #[error("the login server asks to wait a minute before the next try")]
    TooManyCalls,
    /// The login server says no for another reason.
    #[error("the login server refused: {0}")]
    Refused(String),
    /// The login server cannot be asked, and this user has not logged in here before.
    #[error("the login server cannot be reached, and you have not logged in on this node before")]
    NoLoginServer,
    /// Storage said no.
    #[error(transparent)]
    Database(#[from] DbError),
    /// A part of the node did not answer.
    #[error(transparent)]
    Unanswered(#[from] Unanswered),
}

/// What the node is made of, given to it once everything runs.
#[derive(Clone)]
pub struct NodeLinks {
    /// For sessions.
    pub session: SessionLinks,
    /// For log-ins.
    pub presence: Link<Presence>,
}

/// The owner of the sessions.
pub struct Node {
    mailbox: usize,
    links: Option<NodeLinks>,
    sessions: HashMap<Username, Addr<Session>>,
}

impl Node {
    /// A node with nobody logged in.
    #[must_use]
    pub fn new(mailbox: usize) -> Self {
        Self { mailbox, links: None, sessions: HashMap::new() }
    }

    /// The session of `username`, made when there is none or the last one failed.
    fn open_session(&mut self, username: &Username, links: &SessionLinks) -> Addr<Session> {
        if let Some(session) = self.sessions.get(username).filter(|session| session.connected()) {
            return session.clone();
        }
        let session = Session::new(username.clone(), links.clone(), self.mailbox).start();
        self.sessions.insert(username.clone(), session.clone());
        session
    }
}

impl Actor for Node {
    type Context = Context<Self>;

    fn started(&mut self, context: &mut Context<Self>) {
        context.set_mailbox_capacity(self.mailbox);
        context.run_interval(SWEEP_EVERY, |_, context| context.notify(Sweep));
    }
}

/// Gives the node what it is made of.
#[derive(Message)]
#[rtype(result = "()")]
pub struct Connect(pub NodeLinks);

impl Handler<Connect> for Node {
    type Result = ();

    fn handle(&mut self, Connect(links): Connect, _: &mut Context<Self>) {
        self.links = Some(links);
    }
}

/// Somebody wants to log in.
#[derive(Message)]
#[rtype(result = "Result<Status, LogInError>")]
pub struct LogIn {
    /// Who.
    pub username: Username,
    /// What the login server takes for their password.
    pub credential: Credential,
}

impl Handler<LogIn> for Node {
    type Result = ResponseActFuture<Self, Result<Status, LogInError>>;

    fn handle(&mut self, LogIn { username, credential }: LogIn, _: &mut Context<Self>) -> Self::Result {
        let Some(links) = self.links.clone() else {
            return Box::pin(actix::fut::err(LogInError::Unanswered(Unanswered::Gone)));
        };
        let (name, session_links, presence) = (username.clone(), links.session.clone(), links.presence.clone());
        let check = async move { check_credential(&links, &name, &credential).await };
        Box::pin(check.into_actor(self).map(move |checked, node, _| {
            let status = checked?;
            node.open_session(&username, &session_links);
            if let Err(error) = presence.tell(Welcome(username.clone())) {
                tracing::warn!(user = %username, %error, "could not ask what is held for {username}; the next log-in will");
            }
            Ok(status)
        }))
    }
}

/// Asks the login server; if it is away, the proof that is kept from the last log-in decides.
async fn check_credential(links: &NodeLinks, username: &Username, credential: &Credential) -> Result<Status, LogInError> {
    let database = &links.session.database;
    let name = username.clone();
    let own_keys = links.session.reader.read(move |connection| keys::own(connection, &name)).await?;
    let public_key = own_keys.map(|keys| keys.public_hex);
    let sign_in = |vouched| SignIn { username: username.clone(), credential: credential.clone(), public_key: public_key.clone(), vouched };
    match links.presence.ask(sign_in(false)).await? {
        Ok(()) => {
            let (name, proof) = (username.clone(), prove(credential.clone()).await?);
            let write = Write::new(move |connection| accounts::logged_in(connection, &name, &proof, clock::now()));
            let status = database.ask(write).await??;
            if public_key.is_none() {
                give_keys(links, username).await?;
            }
            Ok(status)
        }
        Err(SignInError::WrongCredentials) => Err(LogInError::WrongCredentials),
        Err(SignInError::Refused(reason)) => Err(LogInError::Refused(reason)),
        Err(away @ (SignInError::NotWorking | SignInError::TooManyCalls)) => {
            let name = username.clone();
            let account = links.session.reader.read(move |connection| accounts::find(connection, &name)).await?;
            match account {
                Some(account) if verify(credential.clone(), account.proof.clone()).await? => {
                    // The login server did not say so this time; it is told as soon as it listens again.
                    links.presence.ask(sign_in(true)).await?.map_err(|_| LogInError::NoLoginServer)?;
                    Ok(account.status)
                }
                _ if away == SignInError::TooManyCalls => Err(LogInError::TooManyCalls),
                Some(_) => Err(LogInError::WrongCredentials),
                None => Err(LogInError::NoLoginServer),
            }
        }
    }
}

/// Makes the key pair of somebody who has just proven themselves for the first time: nobody gets one for a name that they made up.
async fn give_keys(links: &NodeLinks, username: &Username) -> Result<(), LogInError> {
    let made = actix_web::web::block(|| {
        let pair = KeyPair::generate()?;
        Ok::<_, InvalidKey>(OwnKeys { public_hex: pair.public().to_hex(), private_der: pair.to_der()? })
    });
    let Ok(made) = made.await.map_err(|_| DbError::Panicked)? else {
        tracing::warn!(user = %username, "could not make keys for {username}; others write to them without");
        return Ok(());
    };
    let name = username.clone();
    let write = Write::new(move |connection| keys::keep_own(connection, &name, &made, clock::now()));
    let kept = links.session.database.ask(write).await??;
    Ok(links.presence.ask(UseKey { username: username.clone(), public_key: kept.public_hex }).await?)
}

/// argon2id of the credential, on a thread for slow work.
async fn prove(credential: Credential) -> Result<String, DbError> {
    let hashed =
        actix_web::web::block(move || Argon2::default().hash_password(credential.as_str().as_bytes()).map(|hash| hash.to_string()));
    hashed.await.map_err(|_| DbError::Panicked)?.map_err(|_| DbError::Panicked)
}

async fn verify(credential: Credential, proof: String) -> Result<bool, DbError> {
    let checked = actix_web::web::block(move || {
        let hash = argon2::password_hash::phc::PasswordHash::new(&proof);
        hash.is_ok_and(|hash| Argon2::default().verify_password(credential.as_str().as_bytes(), &hash).is_ok())
    });
    checked.await.map_err(|_| DbError::Panicked)
}

/// A browser session of `username` ended. When it was the last one, they are logged off.
#[derive(Message)]
#[rtype(result = "()")]
pub struct LogOut {
    /// Who.
    pub username: Username,
    /// Browser sessions that they still have.
    pub sessions_left: u64,
}

impl Handler<LogOut> for Node {
    type Result = ResponseFuture<()>;

    fn handle(&mut self, LogOut { username, sessions_left }: LogOut, _: &mut Context<Self>) -> Self::Result {
        if sessions_left > 0 {
            return Box::pin(async {});
        }
        if let Some(session) = self.sessions.remove(&username) {
            session.do_send(End);
        }
        let presence = self.links.as_ref().map(|links| links.presence.clone());
        Box::pin(async move {
            let Some(presence) = presence else { return };
            if let Err(error) = presence.ask(SignOut(username.clone())).await {
                tracing::warn!(user = %username, %error, "could not log {username} off; their lease will run out");
            }
        })
    }
}

/// Finds the session of a logged-in user.
#[derive(Message)]
#[rtype(result = "Option<Addr<Session>>")]
pub struct FindSession(pub Username);

impl Handler<FindSession> for Node {
    type Result = Option<Addr<Session>>;

    fn handle(&mut self, FindSession(username): FindSession, _: &mut Context<Self>) -> Option<Addr<Session>> {
        let links = self.links.as_ref()?.session.clone();
        self.sessions.contains_key(&username).then(|| self.open_session(&username, &links))
    }
}

/// Something that one user is to be told, if they are logged in.
#[derive(Message)]
#[rtype(result = "()")]
pub struct Announce {
    /// Whom.
    pub to: Username,
    /// What.
    pub event: Event,
}

impl Handler<Announce> for Node {
    type Result = ();

    fn handle(&mut self, Announce { to, event }: Announce, _: &mut Context<Self>) {
        if let Some(session) = self.sessions.get(&to) {
            push(&to, session, event);
        }
    }
}

/// Messages are on disk that people who may be logged in are to see.
#[derive(Message)]
#[rtype(result = "()")]
pub struct Arrived(pub Vec<Arc<StoredMessage>>);

impl Handler<Arrived> for Node {
    type Result = ();

    fn handle(&mut self, Arrived(messages): Arrived, _: &mut Context<Self>) {
        if let Some(links) = &self.links {
            indexer::hint(&links.session.indexer);
        }
        let mut by_session: HashMap<Username, Vec<Arc<StoredMessage>>> = HashMap::new();
        for message in messages.into_iter().filter(|message| self.sessions.contains_key(&message.destination)) {
            by_session.entry(message.destination.clone()).or_default().push(message);
        }
        for (to, messages) in by_session {
            if let Some(session) = self.sessions.get(&to)
                && session.try_send(Show(messages)).is_err()
            {
                tracing::warn!(user = %to, "the session of {to} is too busy for new messages; its tabs read them from disk");
            }
        }
    }
}

/// Something that everybody who is logged in is to be told.
#[derive(Message)]
#[rtype(result = "()")]
pub struct Broadcast(pub Event);

impl Handler<Broadcast> for Node {
    type Result = ();

    fn handle(&mut self, Broadcast(event): Broadcast, _: &mut Context<Self>) {
        for (username, session) in &self.sessions {
            push(username, session, event.clone());
        }
    }
}

fn push(username: &Username, session: &Addr<Session>, event: Event) {
    if session.try_send(Push(event)).is_err() {
        tracing::warn!(user = %username, "the session of {username} is too busy for its news; its tabs read it from disk");
    }
}

/// Ends browser sessions that have run out, and logs off whoever has none left.
#[derive(Message)]
#[rtype(result = "()")]
struct Sweep;

impl Handler<Sweep> for Node {
    type Result = ResponseActFuture<Self, ()>;

    fn handle(&mut self, _: Sweep, _: &mut Context<Self>) -> Self::Result {
        let database = self.links.as_ref().map(|links| links.session.database.clone());
        let expire = async move {
            let Some(database) = database else { return Ok(Vec::new()) };
            database.ask(Write::new(|connection| sessions::expire(connection, clock::now()))).await.unwrap_or(Err(DbError::Busy))
        };
        Box::pin(expire.into_actor(self).map(|gone, _, context| match gone {
            Ok(gone) => gone.into_iter().for_each(|username| context.notify(LogOut { username, sessions_left: 0 })),
            Err(error) => tracing::warn!(%error, "could not look for browser sessions that have run out"),
        }))
    }
}

/// The node stops: every tab is told and closed.
#[derive(Message)]
#[rtype(result = "()")]
pub struct StopSessions;

impl Handler<StopSessions> for Node {
    type Result = ();

    fn handle(&mut self, _: StopSessions, _: &mut Context<Self>) {
        for (_, session) in self.sessions.drain() {
            session.do_send(End);
        }
    }
}
