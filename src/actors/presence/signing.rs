//! Signing in and out at the login server.

use std::time::Duration;

use actix::{ActorFuture, ActorFutureExt, AsyncContext, Context, Handler, Message, ResponseActFuture, ResponseFuture, WrapFuture};

use super::{Presence, User};
use crate::actors::relay::HandOut;
use crate::domain::username::Username;
use crate::peers::login_server::LoginCallError;
use crate::protocol::login_server::{Credential, Login, Refusal};

/// How often the login server is told that somebody has left, with each round of reports: after that, their lease has run out.
const LOG_OFFS: u32 = 8;

/// How long signing everybody out may take when the node stops.
const SIGN_OUT_TIMEOUT: Duration = Duration::from_millis(1500);

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
        let user = User { credential: credential.clone(), public_key: public_key.clone(), listed: false };
        if vouched {
            self.enter(username, user, context);
            return Box::pin(actix::fut::ok(()));
        }
        let Some(calls) = self.calls.clone() else { return Box::pin(actix::fut::err(SignInError::NotWorking)) };
        let was_leaving = self.leaving.contains_key(&username);
        let (login, at) = (Login { username: username.clone(), credential }, self.whereabouts(public_key));
        let report = async move { calls.login_server.report(&login, &at).await };
        Box::pin(report.into_actor(self).map(move |outcome, presence, context| {
            presence.note_working(!matches!(outcome, Err(LoginCallError::NotWorking(_))), context);
            outcome.map_err(|error| sign_in_error(&error))?;
            presence.enter(username.clone(), user, context);
            if was_leaving {
                // That they had left may have arrived after the report.
                presence.report(&username, context);
            }
            Ok(())
        }))
    }
}

impl Presence {
    /// Counts `username` as being here from now on.
    fn enter(&mut self, username: Username, user: User, context: &mut Context<Self>) {
        self.leaving.remove(&username);
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
    type Result = ResponseActFuture<Self, ()>;

    fn handle(&mut self, SignOut(username): SignOut, context: &mut Context<Self>) -> Self::Result {
        let login = self.login(&username);
        self.users.remove(&username);
        // They may be listed at this very address for a while yet; they are not here all the same.
        if let Some(peer) = self.peers.get_mut(&username) {
            peer.listed = false;
        }
        self.announce(vec![username.clone()], context);
        let Some(login) = login else { return Box::pin(actix::fut::ready(())) };
        self.leaving.insert(username, (login.clone(), LOG_OFFS));
        Box::pin(self.log_off(login))
    }
}

impl Presence {
    /// Tells the login server once more who has left, while it did not hear of it.
    pub(super) fn log_off_the_leaving(&mut self, context: &mut Context<Self>) {
        let logins: Vec<Login> = self.leaving.values().map(|(login, _)| login.clone()).collect();
        for login in logins {
            context.spawn(self.log_off(login));
        }
    }

    fn log_off(&self, login: Login) -> impl ActorFuture<Self, Output = ()> + use<> {
        let (calls, who) = (self.calls.clone(), login.clone());
        let call = async move {
            match calls {
                Some(calls) => calls.login_server.log_off(&who).await,
                None => Ok(()),
            }
        };
        actix::fut::wrap_future::<_, Self>(call).map(move |outcome, presence, context| {
            presence.has_left(&login.username, outcome);
            // They may have come back meanwhile, and their report may have arrived before this.
            presence.report(&login.username, context);
        })
    }

    /// Notes what the login server said to somebody's leaving. A refusal for too many calls, and silence, are not its last word.
    fn has_left(&mut self, username: &Username, outcome: Result<(), LoginCallError>) {
        let Some((login, tries)) = self.leaving.remove(username) else { return };
        match outcome {
            Ok(()) => {}
            Err(LoginCallError::NotWorking(_) | LoginCallError::Refused(Refusal::LimitReached)) if tries > 1 => {
                tracing::info!(user = %username, "the login server did not take that {username} has left; telling it again with the next reports");
                self.leaving.insert(username.clone(), (login, tries - 1));
            }
            Err(error) => tracing::warn!(user = %username, %error, "could not log {username} off; their lease will run out"),
        }
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
        let here = users.iter().filter_map(|username| self.login(username));
        let logins: Vec<Login> = here.chain(self.leaving.values().map(|(login, _)| login.clone())).collect();
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
