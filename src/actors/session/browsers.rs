//! The user's browsers: which have a page open, when each was last used, and whether anybody is at one of them.

use std::collections::{HashMap, HashSet};
use std::time::{Duration, Instant};

use actix::{Context, Handler, Message, ResponseFuture};
use tokio::sync::mpsc;

use super::{Broadcast, Event, PresenceView, Session, SessionError, TabText, tell};
use crate::actors::database::Write;
use crate::db::queries::{accounts, people, sessions};
use crate::domain::browser::BrowserId;
use crate::domain::clock;
use crate::domain::presence::Reach;

/// How exactly it is kept when a browser was last used: a write for every call would be too much.
const USED_EVERY: Duration = Duration::from_mins(5);

/// What the session knows of its browsers.
#[derive(Default)]
pub(super) struct Browsers {
    /// When it was last written that they were used.
    used: HashMap<BrowserId, Instant>,
    /// Those that were not touched for a while.
    idle: HashSet<BrowserId>,
    /// What is on disk of the user being idle; not known before it is first written.
    written_idle: Option<bool>,
}

/// A page that is open.
pub(super) struct Tab {
    pub(super) browser: BrowserId,
    pub(super) queue: mpsc::Sender<TabText>,
}

/// A browser of the user calls.
#[derive(Message)]
#[rtype(result = "()")]
pub struct Used(pub BrowserId);

impl Handler<Used> for Session {
    type Result = ();

    fn handle(&mut self, Used(browser): Used, _: &mut Context<Self>) {
        if self.browsers.used.get(&browser).is_some_and(|written| written.elapsed() < USED_EVERY) {
            return;
        }
        self.browsers.used.insert(browser.clone(), Instant::now());
        let write = Write::new(move |connection| sessions::used(connection, &browser, clock::now()));
        if let Err(error) = self.links.database.tell(write) {
            tracing::debug!(user = %self.username, %error, "could not note that a browser was used; a later call will");
        }
    }
}

/// Which browsers have a page open.
#[derive(Message)]
#[rtype(result = "HashSet<BrowserId>")]
pub struct OpenBrowsers;

impl Handler<OpenBrowsers> for Session {
    type Result = actix::MessageResult<OpenBrowsers>;

    fn handle(&mut self, _: OpenBrowsers, _: &mut Context<Self>) -> Self::Result {
        actix::MessageResult(self.tabs.values().map(|tab| tab.browser.clone()).collect())
    }
}

/// The user has signed out in one browser: its tabs are told and closed.
#[derive(Message)]
#[rtype(result = "()")]
pub struct EndBrowser(pub BrowserId);

impl Handler<EndBrowser> for Session {
    type Result = ();

    fn handle(&mut self, EndBrowser(browser): EndBrowser, _: &mut Context<Self>) {
        self.push_to(&Event::SignedOut, |tab| tab.browser == browser);
        self.tabs.retain(|_, tab| tab.browser != browser);
        self.browsers.used.remove(&browser);
        self.settle_idle_later();
    }
}

/// A browser was not touched for a while, or was again.
#[derive(Message)]
#[rtype(result = "Result<(), SessionError>")]
pub struct Activity {
    /// Which browser.
    pub browser: BrowserId,
    /// Whether nobody is there.
    pub idle: bool,
}

impl Handler<Activity> for Session {
    type Result = ResponseFuture<Result<(), SessionError>>;

    fn handle(&mut self, Activity { browser, idle }: Activity, _: &mut Context<Self>) -> Self::Result {
        if idle {
            self.browsers.idle.insert(browser);
        } else {
            self.browsers.idle.remove(&browser);
        }
        self.settle_idle()
    }
}

impl Session {
    /// The user is idle when they are in every browser that has a page open. Writes and tells it when that has changed.
    fn settle_idle(&mut self) -> ResponseFuture<Result<(), SessionError>> {
        let open: HashSet<&BrowserId> = self.tabs.values().map(|tab| &tab.browser).collect();
        self.browsers.idle.retain(|browser| open.contains(browser));
        let idle = self.browsers.idle.len() == open.len();
        if open.is_empty() || self.browsers.written_idle == Some(idle) {
            return Box::pin(async { Ok(()) });
        }
        self.browsers.written_idle = Some(idle);
        let (username, links) = (self.username.clone(), self.links.clone());
        Box::pin(async move {
            let write = Write::new(move |connection| {
                let changed = accounts::set_idle(connection, &username, idle)?;
                Ok(if changed { people::find(connection, &username)? } else { None })
            });
            if let Some(person) = links.database.ask(write).await?? {
                tell(&links.node, Broadcast(Event::Presence(PresenceView::of(&person, Reach::Online))));
            }
            Ok(())
        })
    }

    /// The same, for when nobody waits for it.
    pub(super) fn settle_idle_later(&mut self) {
        let (settled, username) = (self.settle_idle(), self.username.clone());
        actix::spawn(async move {
            if let Err(error) = settled.await {
                tracing::warn!(user = %username, %error, "could not keep whether {username} is idle; the next change will");
            }
        });
    }
}
