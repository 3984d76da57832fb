//! What a user has begun to write.

use actix::{AsyncContext, Context, Handler, Message, ResponseFuture};

use super::{Push, Session, SessionError, tell};
use crate::actors::database::Write;
use crate::actors::event::{DraftView, Event};
use crate::db::queries::drafts::{self, Draft};
use crate::domain::clock;

/// Keeps a draft in place of the one that was kept for the same person; one that says nothing is dropped.
#[derive(Message)]
#[rtype(result = "Result<(), SessionError>")]
pub struct KeepDraft {
    /// What was written so far.
    pub draft: Draft,
    /// Most drafts of a user; beyond that the oldest go.
    pub most: usize,
    /// The tab that it was written in, as it calls itself.
    pub tab: String,
}

impl Handler<KeepDraft> for Session {
    type Result = ResponseFuture<Result<(), SessionError>>;

    fn handle(&mut self, KeepDraft { draft, most, tab }: KeepDraft, context: &mut Context<Self>) -> Self::Result {
        let (writer, links, session) = (self.username.clone(), self.links.clone(), context.address());
        Box::pin(async move {
            let view = DraftView::of(&draft);
            links.database.ask(Write::new(move |connection| drafts::keep(connection, &writer, &draft, most, clock::now()))).await??;
            tell(&session, Push(Event::Draft { draft: view, tab }));
            Ok(())
        })
    }
}
