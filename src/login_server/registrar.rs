//! Registrar: who is where, and who may ask now.
//!
//! Owns      the leases, the call counts, and the fingerprints of credentials proved since the start (one an account).
//! Receives  all its messages from the service, which the HTTP workers share.
//! Sends     nothing.
//! Mailbox   `settings.mailbox`. When full, or slow to answer, the service tells the caller to come later.
//! Restart   empty: nodes report again within a minute, and each proves its password once more.

use std::collections::HashMap;
use std::net::IpAddr;
use std::time::Duration;

use actix::prelude::*;

use super::call_limit::CallLimit;
use super::clock::Clock;
use super::leases::Leases;
use super::proof::Fingerprint;
use super::settings::LoginServerSettings;
use crate::domain::username::Username;
use crate::protocol::login_server::{ListedUser, Whereabouts};

/// Names one set of credentials, right or wrong, for counting.
pub(super) type CallKey = [u8; 16];

/// May these credentials call now? Counts the call.
#[derive(Message)]
#[rtype(result = "bool")]
pub(super) struct AdmitCall {
    pub(super) key: CallKey,
}

/// Was this credential right a while ago, against the same proof?
#[derive(Message)]
#[rtype(result = "bool")]
pub(super) struct IsProved {
    pub(super) username: Username,
    pub(super) fingerprint: Fingerprint,
}

/// May this credential be checked now? Counts the guess, unless it has been proved meanwhile.
#[derive(Message)]
#[rtype(result = "Standing")]
pub(super) struct MayGuess {
    pub(super) username: Username,
    /// `None` where there can be none: no such account, or no credential.
    pub(super) fingerprint: Option<Fingerprint>,
    pub(super) from: IpAddr,
}

/// What is to be done about a credential.
#[derive(Clone, Copy, Debug, PartialEq, Eq, MessageResponse)]
pub(super) enum Standing {
    /// Nothing: it is known to be right.
    Proved,
    /// It is to be checked.
    Unproved,
    /// It is not even to be checked: this address has tried too many for this name.
    TooManyGuesses,
}

/// A credential was right.
#[derive(Message)]
#[rtype(result = "()")]
pub(super) struct Proved {
    pub(super) username: Username,
    pub(super) fingerprint: Fingerprint,
}

/// Somebody is there from now on.
#[derive(Message)]
#[rtype(result = "()")]
pub(super) struct Report {
    pub(super) username: Username,
    pub(super) whereabouts: Whereabouts,
}

/// Somebody has left.
#[derive(Message)]
#[rtype(result = "()")]
pub(super) struct LogOff {
    pub(super) username: Username,
}

/// Who is there now? By name; accounts removed since may be among them.
#[derive(Message)]
#[rtype(result = "Vec<ListedUser>")]
pub(super) struct WhoIsOnline;

/// The server stops.
#[derive(Message)]
#[rtype(result = "()")]
pub(super) struct Stop;

/// How often what has run out is dropped. Nothing depends on it but memory.
const HOUSEKEEPING: Duration = Duration::from_mins(1);

pub(super) struct Registrar {
    clock: Clock,
    mailbox: usize,
    leases: Leases,
    calls: CallLimit<CallKey>,
    /// By address too: whoever guesses at a name from elsewhere does not shut its owner out.
    guesses: CallLimit<(Username, IpAddr)>,
    proved: HashMap<Username, Fingerprint>,
}

impl Registrar {
    pub(super) fn new(settings: &LoginServerSettings, clock: Clock) -> Self {
        Self {
            mailbox: usize::try_from(settings.mailbox.get()).unwrap_or(usize::MAX),
            leases: Leases::new(settings.lease()),
            calls: CallLimit::new(settings.calls_per_minute, clock.clone()),
            guesses: CallLimit::new(settings.guesses_per_minute, clock.clone()),
            proved: HashMap::new(),
            clock,
        }
    }

    fn is_proved(&self, username: &Username, fingerprint: &Fingerprint) -> bool {
        self.proved.get(username) == Some(fingerprint)
    }
}

impl Actor for Registrar {
    type Context = Context<Self>;

    fn started(&mut self, ctx: &mut Self::Context) {
        ctx.set_mailbox_capacity(self.mailbox);
        ctx.run_interval(HOUSEKEEPING, |registrar, _| {
            registrar.leases.drop_ended(registrar.clock.elapsed());
            registrar.calls.drop_idle();
            registrar.guesses.drop_idle();
        });
    }
}

impl Handler<AdmitCall> for Registrar {
    type Result = bool;

    fn handle(&mut self, call: AdmitCall, _: &mut Self::Context) -> bool {
        self.calls.allow(&call.key)
    }
}

impl Handler<IsProved> for Registrar {
    type Result = bool;

    fn handle(&mut self, question: IsProved, _: &mut Self::Context) -> bool {
        self.is_proved(&question.username, &question.fingerprint)
    }
}

impl Handler<MayGuess> for Registrar {
    type Result = Standing;

    fn handle(&mut self, question: MayGuess, _: &mut Self::Context) -> Standing {
        if question.fingerprint.is_some_and(|fingerprint| self.is_proved(&question.username, &fingerprint)) {
            Standing::Proved
        } else if self.guesses.allow(&(question.username, question.from)) {
            Standing::Unproved
        } else {
            Standing::TooManyGuesses
        }
    }
}

impl Handler<Proved> for Registrar {
    type Result = ();

    fn handle(&mut self, proved: Proved, _: &mut Self::Context) {
        self.proved.insert(proved.username, proved.fingerprint);
    }
}

impl Handler<Report> for Registrar {
    type Result = ();

    fn handle(&mut self, report: Report, _: &mut Self::Context) {
        self.leases.report(report.username, report.whereabouts, self.clock.elapsed(), self.clock.stamp());
    }
}

impl Handler<LogOff> for Registrar {
    type Result = ();

    fn handle(&mut self, log_off: LogOff, _: &mut Self::Context) {
        self.leases.end(&log_off.username);
    }
}

impl Handler<WhoIsOnline> for Registrar {
    type Result = Vec<ListedUser>;

    fn handle(&mut self, _: WhoIsOnline, _: &mut Self::Context) -> Vec<ListedUser> {
        self.leases.list(self.clock.elapsed())
    }
}

impl Handler<Stop> for Registrar {
    type Result = ();

    fn handle(&mut self, _: Stop, ctx: &mut Self::Context) {
        ctx.stop();
    }
}
