//! What the user wants of the pages, and of whom they are not told.

use actix::{AsyncContext, Context, Handler, Message, ResponseFuture};

use super::{Event, Push, Session, SessionError, tell};
use crate::actors::database::Write;
use crate::db::DbError;
use crate::db::queries::{blocks, preferences};
use crate::domain::clock;
use crate::domain::preferences::Preferences;
use crate::domain::username::Username;

/// Sets what the user wants of the pages.
#[derive(Message)]
#[rtype(result = "Result<(), SessionError>")]
pub struct ChangePreferences(pub Preferences);

impl Handler<ChangePreferences> for Session {
    type Result = ResponseFuture<Result<(), SessionError>>;

    fn handle(&mut self, ChangePreferences(preferences): ChangePreferences, context: &mut Context<Self>) -> Self::Result {
        let username = self.username.clone();
        let save = move |connection: &rusqlite::Connection| preferences::save(connection, &username, preferences);
        self.write_then_tell(save, Event::Preferences { preferences }, context)
    }
}

/// Blocks somebody, or lets them through again.
#[derive(Message)]
#[rtype(result = "Result<(), SessionError>")]
pub struct Block {
    /// Whom.
    pub whom: Username,
    /// Whether nothing of theirs is to come through from now on.
    pub blocked: bool,
}

impl Handler<Block> for Session {
    type Result = ResponseFuture<Result<(), SessionError>>;

    fn handle(&mut self, Block { whom, blocked }: Block, context: &mut Context<Self>) -> Self::Result {
        let (username, event) = (self.username.clone(), Event::Regard { username: whom.to_string(), blocked: Some(blocked), muted: None });
        let change = move |connection: &rusqlite::Connection| {
            if blocked { blocks::add(connection, &username, &whom, clock::now()) } else { blocks::remove(connection, &username, &whom) }
        };
        self.write_then_tell(change, event, context)
    }
}

/// Mutes somebody, or has their messages told of again.
#[derive(Message)]
#[rtype(result = "Result<(), SessionError>")]
pub struct Mute {
    /// Whom.
    pub whom: Username,
    /// Whether nothing is to tell of their messages from now on.
    pub muted: bool,
}

impl Handler<Mute> for Session {
    type Result = ResponseFuture<Result<(), SessionError>>;

    fn handle(&mut self, Mute { whom, muted }: Mute, context: &mut Context<Self>) -> Self::Result {
        let (username, event) = (self.username.clone(), Event::Regard { username: whom.to_string(), blocked: None, muted: Some(muted) });
        let change = move |connection: &rusqlite::Connection| {
            if muted {
                preferences::mute(connection, &username, &whom, clock::now())
            } else {
                preferences::unmute(connection, &username, &whom)
            }
        };
        self.write_then_tell(change, event, context)
    }
}

impl Session {
    /// Changes something on disk, then tells the user's tabs of it.
    fn write_then_tell(
        &self,
        change: impl FnOnce(&rusqlite::Connection) -> Result<(), DbError> + std::marker::Send + 'static,
        event: Event,
        context: &Context<Self>,
    ) -> ResponseFuture<Result<(), SessionError>> {
        let (database, session) = (self.links.database.clone(), context.address());
        Box::pin(async move {
            database.ask(Write::new(change)).await??;
            tell(&session, Push(event));
            Ok(())
        })
    }
}
