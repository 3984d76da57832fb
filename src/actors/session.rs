//! Session: one user who is logged in on this node, with that user's rights.
//!
//! Owns      the user's open tabs, and which of their browsers is idle.
//! Receives  `Send`, `Forward`, `Retry`, `Delete`, `MarkRead`, `KeepDraft`, `ChangeStatus`, `ChangeProfile`, `ChangePicture`, `ChangePreferences`, `Block`,
//!           `Mute`, `MakeEvent`, `InviteTo`, `AnswerEvent`, `Activity`, `OpenBrowsers`, `EndBrowser`, `Used` (`web`, for this user alone); `OpenTab`,
//!           `CloseTab` (the WebSocket of `web::api`); `Push`, `Show` (the node); `End` (the node, when the user signs out).
//! Sends     `Write` to the database, `Wake` to the courier, `MessagesStored` to the indexer, `Refresh` to presence, `Announce` and
//!           `Broadcast` to the node.
//! Mailbox   `actors.mailbox`; a tab that does not keep up with its queue of `sessions.tab_queue` is cut off, and reads from disk what it missed.
//! Restart   the node makes a new one; the tabs reconnect.

mod browsers;
mod drafts;
mod events;
mod handling;
mod settings;

use std::collections::HashMap;
use std::sync::Arc;

use actix::{Actor, ActorContext, Addr, AsyncContext, Context, Handler, Message, ResponseFuture};
use tokio::sync::mpsc;

pub use self::browsers::{Activity, EndBrowser, OpenBrowsers, Used};
use self::browsers::{Browsers, Tab};
pub use self::drafts::KeepDraft;
pub use self::events::{AnswerEvent, InviteTo, MakeEvent};
pub use self::handling::{Delete, Forward};
pub use self::settings::{Block, ChangePreferences, Mute};
use super::courier::{Courier, Wake};
use super::database::{Database, Write};
use super::event::{Event, MessageView, PresenceView, ProfileView};
use super::indexer::{self, Indexer};
use super::node::{Announce, Broadcast, Node};
use super::supervise::{Link, Unanswered};
use crate::db::files::StoredFile;
use crate::db::queries::hosting::NotMade;
use crate::db::queries::messages::StoredMessage;
use crate::db::queries::{accounts, conversations, files, messages, people};
use crate::db::{DbError, Reader};
use crate::domain::browser::BrowserId;
use crate::domain::clock;
use crate::domain::message::{Content, MessageId};
use crate::domain::presence::{Reach, Status};
use crate::domain::profile::Profile;
use crate::domain::receipt::Receipt;
use crate::domain::username::Username;

/// A wish of the user that was not done.
#[derive(Clone, Debug, thiserror::Error)]
pub enum SessionError {
    /// Storage said no.
    #[error(transparent)]
    Database(#[from] DbError),
    /// Another part of the node did not answer.
    #[error(transparent)]
    Unanswered(#[from] Unanswered),
    /// There is no such message, or it is not this user's, or not in the state for it.
    #[error("no such message")]
    NoSuchMessage,
    /// There is no such event, or this user has nothing to do with it.
    #[error("no such event")]
    NoSuchEvent,
    /// An event cannot be made so, or not so many be invited.
    #[error(transparent)]
    NotMade(#[from] NotMade),
}

/// What a session needs of the node.
#[derive(Clone)]
pub struct SessionLinks {
    /// For writes.
    pub database: Link<Database>,
    /// For deliveries.
    pub courier: Link<Courier>,
    /// For search.
    pub indexer: Link<Indexer>,
    /// For the other sessions.
    pub node: Addr<Node>,
    /// For reads.
    pub reader: Reader,
}

/// The owner of a user's tabs.
pub struct Session {
    username: Username,
    links: SessionLinks,
    mailbox: usize,
    tabs: HashMap<u64, Tab>,
    browsers: Browsers,
    next_tab: u64,
}

/// An event as JSON, shared by the tabs that it goes to.
pub type TabText = bytestring::ByteString;

impl Session {
    /// The session of `username`.
    #[must_use]
    pub fn new(username: Username, links: SessionLinks, mailbox: usize) -> Self {
        Self { username, links, mailbox, tabs: HashMap::new(), browsers: Browsers::default(), next_tab: 0 }
    }

    /// Gives `event` to every tab.
    fn push(&mut self, event: &Event) {
        self.push_to(event, |_| true);
    }

    /// Gives `event` to the tabs that `concerns` picks. One that is full is cut off: it reconnects and reads what it missed.
    fn push_to(&mut self, event: &Event, concerns: impl Fn(&Tab) -> bool) {
        if self.tabs.is_empty() {
            return;
        }
        let text = match serde_json::to_string(event) {
            Ok(text) => TabText::from(text),
            Err(error) => {
                tracing::error!(%error, "could not write an event for the browser");
                return;
            }
        };
        self.tabs.retain(|_, tab| !concerns(tab) || tab.queue.try_send(text.clone()).is_ok());
    }
}

impl Actor for Session {
    type Context = Context<Self>;

    fn started(&mut self, context: &mut Context<Self>) {
        context.set_mailbox_capacity(self.mailbox);
    }
}

/// Writes a message to somebody. The answer comes when it is on disk; delivery goes on from there.
#[derive(Message)]
#[rtype(result = "Result<MessageView, SessionError>")]
pub struct Send {
    /// To whom.
    pub to: Username,
    /// What.
    pub content: Content,
    /// The stored bytes, if it is a file.
    pub file: Option<StoredFile>,
}

impl Handler<Send> for Session {
    type Result = ResponseFuture<Result<MessageView, SessionError>>;

    fn handle(&mut self, send: Send, context: &mut Context<Self>) -> Self::Result {
        let sender = self.username.clone();
        self.write(context, move |connection| {
            let now = clock::now();
            if let Some(file) = &send.file {
                files::add(connection, file, now)?;
            }
            messages::write(connection, &sender, &send.to, send.content, now).map(Some)
        })
    }
}

impl Session {
    /// Stores a new message of this user, tells every tab, and has it delivered. [`SessionError::NoSuchMessage`] when `write` makes none.
    fn write(
        &self,
        context: &mut Context<Self>,
        write: impl FnOnce(&rusqlite::Connection) -> Result<Option<StoredMessage>, DbError> + std::marker::Send + 'static,
    ) -> ResponseFuture<Result<MessageView, SessionError>> {
        let (links, session) = (self.links.clone(), context.address());
        // Spawned, so that a browser that hangs up does not leave its other tabs without the message.
        let done = actix::spawn(async move {
            let message = links.database.ask(Write::new(write)).await??.ok_or(SessionError::NoSuchMessage)?;
            let view = MessageView::of(&message, &message.sender);
            tell(&session, Push(Event::Message { message: view.clone() }));
            wake(&links, &message.destination);
            indexer::hint(&links.indexer);
            Ok(view)
        });
        Box::pin(async move { done.await.unwrap_or(Err(SessionError::Unanswered(Unanswered::Gone))) })
    }
}

/// Tells the courier that there is something to send; if it is too busy to listen, its sweep finds it on disk.
fn wake(links: &SessionLinks, whom: &Username) {
    if let Err(error) = links.courier.tell(Wake(whom.clone())) {
        tracing::debug!(%error, "the courier will find what is to be sent on its next sweep");
    }
}

/// Sends news to an actor for which it is no loss when it does not come: what it says is on disk.
fn tell<A, M>(address: &Addr<A>, message: M)
where
    A: Actor + Handler<M>,
    A::Context: actix::dev::ToEnvelope<A, M>,
    M: Message + std::marker::Send + 'static,
    M::Result: std::marker::Send,
{
    if address.try_send(message).is_err() {
        tracing::warn!("a session is too busy for its news; its tabs will read it from disk");
    }
}

/// Tries a failed message again.
#[derive(Message)]
#[rtype(result = "Result<MessageView, SessionError>")]
pub struct Retry(pub MessageId);

impl Handler<Retry> for Session {
    type Result = ResponseFuture<Result<MessageView, SessionError>>;

    fn handle(&mut self, Retry(id): Retry, context: &mut Context<Self>) -> Self::Result {
        let (sender, links, session) = (self.username.clone(), self.links.clone(), context.address());
        Box::pin(async move {
            let write = Write::new(move |connection| messages::retry(connection, &id, &sender, clock::now()));
            let message = links.database.ask(write).await??.ok_or(SessionError::NoSuchMessage)?;
            let view = MessageView::of(&message, &message.sender);
            tell(&session, Push(Event::Message { message: view.clone() }));
            wake(&links, &message.destination);
            Ok(view)
        })
    }
}

/// Marks a conversation as read up to a message. Answers how many are still unread.
#[derive(Message)]
#[rtype(result = "Result<u64, SessionError>")]
pub struct MarkRead {
    /// With whom.
    pub with: Username,
    /// The newest message that was seen.
    pub up_to: MessageId,
}

impl Handler<MarkRead> for Session {
    type Result = ResponseFuture<Result<u64, SessionError>>;

    fn handle(&mut self, MarkRead { with, up_to }: MarkRead, context: &mut Context<Self>) -> Self::Result {
        let (reader, links, session) = (self.username.clone(), self.links.clone(), context.address());
        Box::pin(async move {
            let (me, other, now) = (reader.clone(), with.clone(), clock::now());
            let write = Write::new(move |connection| {
                let read = messages::mark_read(connection, &me, &other, &up_to, now)?;
                Ok((read, conversations::unread(connection, &me, &other)?))
            });
            let (read, unread) = links.database.ask(write).await??;
            let read = read.ok_or(SessionError::NoSuchMessage)?;
            if read.to_acknowledge {
                wake(&links, &with);
            }
            for message in read.here {
                let event = Event::Receipt {
                    id: message.id.to_string(),
                    with: reader.to_string(),
                    receipt: Receipt::Read,
                    receipt_at: Some(now.seconds()),
                    failure: None,
                    travelled: None,
                };
                tell(&links.node, Announce { to: message.sender, event });
            }
            tell(&session, Push(Event::Read { with: with.to_string(), unread }));
            Ok(unread)
        })
    }
}

/// Sets the status that others see.
#[derive(Message)]
#[rtype(result = "Result<(), SessionError>")]
pub struct ChangeStatus(pub Status);

impl Handler<ChangeStatus> for Session {
    type Result = ResponseFuture<Result<(), SessionError>>;

    fn handle(&mut self, ChangeStatus(status): ChangeStatus, _: &mut Context<Self>) -> Self::Result {
        let (username, links) = (self.username.clone(), self.links.clone());
        Box::pin(async move {
            let write = Write::new(move |connection| {
                accounts::set_status(connection, &username, status)?;
                people::find(connection, &username)
            });
            if let Some(person) = links.database.ask(write).await?? {
                tell(&links.node, Broadcast(Event::Presence(PresenceView::of(&person, Reach::Online))));
            }
            Ok(())
        })
    }
}

/// Sets the texts of the user's profile.
#[derive(Message)]
#[rtype(result = "Result<ProfileView, SessionError>")]
pub struct ChangeProfile(pub Profile);

impl Handler<ChangeProfile> for Session {
    type Result = ResponseFuture<Result<ProfileView, SessionError>>;

    fn handle(&mut self, ChangeProfile(profile): ChangeProfile, _: &mut Context<Self>) -> Self::Result {
        let username = self.username.clone();
        self.change_profile(move |connection| people::set_profile(connection, &username, &profile, clock::now()))
    }
}

/// Sets or removes the user's picture.
#[derive(Message)]
#[rtype(result = "Result<ProfileView, SessionError>")]
pub struct ChangePicture(pub Option<StoredFile>);

impl Handler<ChangePicture> for Session {
    type Result = ResponseFuture<Result<ProfileView, SessionError>>;

    fn handle(&mut self, ChangePicture(file): ChangePicture, _: &mut Context<Self>) -> Self::Result {
        let username = self.username.clone();
        self.change_profile(move |connection| {
            if let Some(file) = &file {
                files::add(connection, file, clock::now())?;
            }
            people::set_picture(connection, &username, None, file.as_ref().map(|file| file.sha256.as_str()))
        })
    }
}

impl Session {
    fn change_profile(
        &self,
        change: impl FnOnce(&rusqlite::Connection) -> Result<(), DbError> + std::marker::Send + 'static,
    ) -> ResponseFuture<Result<ProfileView, SessionError>> {
        let (username, links) = (self.username.clone(), self.links.clone());
        Box::pin(async move {
            let name = username.clone();
            let write = Write::new(move |connection| {
                change(connection)?;
                people::find(connection, &name)
            });
            let person = links.database.ask(write).await??.ok_or(DbError::Sqlite(rusqlite::Error::QueryReturnedNoRows.into()))?;
            let profile = ProfileView::of(&person);
            tell(&links.node, Broadcast(Event::Profile { username: username.to_string(), profile: profile.clone() }));
            Ok(profile)
        })
    }
}

/// A tab opens its WebSocket; what happens is sent into its queue. Answers the tab's number.
#[derive(Message)]
#[rtype(result = "u64")]
pub struct OpenTab {
    /// In which browser.
    pub browser: BrowserId,
    /// What happens.
    pub queue: mpsc::Sender<TabText>,
}

impl Handler<OpenTab> for Session {
    type Result = u64;

    fn handle(&mut self, OpenTab { browser, queue }: OpenTab, _: &mut Context<Self>) -> u64 {
        self.next_tab += 1;
        self.tabs.insert(self.next_tab, Tab { browser, queue });
        self.settle_idle_later();
        self.next_tab
    }
}

/// A tab's WebSocket has closed.
#[derive(Message)]
#[rtype(result = "()")]
pub struct CloseTab(pub u64);

impl Handler<CloseTab> for Session {
    type Result = ();

    fn handle(&mut self, CloseTab(tab): CloseTab, _: &mut Context<Self>) {
        self.tabs.remove(&tab);
        self.settle_idle_later();
    }
}

/// Something that this user is to be told.
#[derive(Message)]
#[rtype(result = "()")]
pub struct Push(pub Event);

impl Handler<Push> for Session {
    type Result = ();

    fn handle(&mut self, Push(event): Push, _: &mut Context<Self>) {
        self.push(&event);
    }
}

/// Messages for this user are on disk. They are drawn only when somebody looks.
#[derive(Message)]
#[rtype(result = "()")]
pub struct Show(pub Vec<Arc<StoredMessage>>);

impl Handler<Show> for Session {
    type Result = ();

    fn handle(&mut self, Show(messages): Show, _: &mut Context<Self>) {
        for message in messages {
            if self.tabs.is_empty() {
                return;
            }
            self.push(&Event::Message { message: MessageView::of(&message, &self.username) });
        }
    }
}

/// The user has signed out, or the node stops: tells every tab and closes it.
#[derive(Message)]
#[rtype(result = "()")]
pub struct End;

impl Handler<End> for Session {
    type Result = ();

    fn handle(&mut self, _: End, context: &mut Context<Self>) {
        self.push(&Event::SignedOut);
        self.tabs.clear();
        context.stop();
    }
}
