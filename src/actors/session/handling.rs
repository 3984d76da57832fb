//! What a user does with a message that is there: pass it on, or delete it for themselves.

use actix::{AsyncContext, Context, Handler, Message, ResponseFuture};

use super::{Push, Session, SessionError, tell};
use crate::actors::database::Write;
use crate::actors::event::{Event, MessageView};
use crate::db::queries::{conversations, hidden, messages};
use crate::domain::clock;
use crate::domain::message::MessageId;
use crate::domain::username::Username;

/// Sends what a message says, or its file, to somebody else, as a new message of this user.
#[derive(Message)]
#[rtype(result = "Result<MessageView, SessionError>")]
pub struct Forward {
    /// Which message.
    pub id: MessageId,
    /// To whom.
    pub to: Username,
}

impl Handler<Forward> for Session {
    type Result = ResponseFuture<Result<MessageView, SessionError>>;

    fn handle(&mut self, Forward { id, to }: Forward, context: &mut Context<Self>) -> Self::Result {
        let sender = self.username.clone();
        self.write(context, move |connection| {
            let Some(message) = messages::find_for(connection, &id, &sender)? else { return Ok(None) };
            messages::write(connection, &sender, &to, message.content, clock::now()).map(Some)
        })
    }
}

/// Deletes a message for this user alone. One that failed goes for good: nobody else has it.
#[derive(Message)]
#[rtype(result = "Result<(), SessionError>")]
pub struct Delete(pub MessageId);

impl Handler<Delete> for Session {
    type Result = ResponseFuture<Result<(), SessionError>>;

    fn handle(&mut self, Delete(id): Delete, context: &mut Context<Self>) -> Self::Result {
        let (reader, links, session) = (self.username.clone(), self.links.clone(), context.address());
        Box::pin(async move {
            let write = Write::new(move |connection| {
                let with = match messages::discard(connection, &id, &reader)? {
                    Some(with) => Some(with),
                    None => hidden::hide(connection, &id, &reader, clock::now())?,
                };
                let unread = with.as_ref().map(|with| conversations::unread(connection, &reader, with)).transpose()?;
                Ok(with.zip(unread))
            });
            let (with, unread) = links.database.ask(write).await??.ok_or(SessionError::NoSuchMessage)?;
            tell(&session, Push(Event::Deleted { id: id.to_string(), with: with.to_string(), unread }));
            Ok(())
        })
    }
}
