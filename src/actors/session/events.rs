//! What a user does about events: make one, invite, answer. Each is on disk before it is answered; other nodes are told from there.

use actix::{Context, Handler, Message, ResponseFuture};

use super::{Session, SessionError, SessionLinks, tell, wake};
use crate::actors::database::Write;
use crate::actors::event::{Event, EventView};
use crate::actors::node::Announce;
use crate::actors::supervise::Unanswered;
use crate::db::DbError;
use crate::db::queries::events::EventLimits;
use crate::db::queries::hosting::{self, Made, NotMade};
use crate::db::queries::invitations;
use crate::domain::clock;
use crate::domain::event::{Attendance, EventDetails, EventId};
use crate::domain::username::Username;

type Answer = ResponseFuture<Result<EventView, SessionError>>;

/// Makes an event and invites to it. The user's own of the same name and start is updated.
#[derive(Message)]
#[rtype(result = "Result<EventView, SessionError>")]
pub struct MakeEvent {
    /// What, when and where.
    pub details: EventDetails,
    /// Whom to invite.
    pub guests: Vec<Username>,
    /// How much is kept.
    pub limits: EventLimits,
}

impl Handler<MakeEvent> for Session {
    type Result = Answer;

    fn handle(&mut self, make: MakeEvent, _: &mut Context<Self>) -> Answer {
        let host = self.username.clone();
        self.host(move |connection| hosting::make(connection, &host, &make.details, &make.guests, make.limits, clock::now()))
    }
}

/// Invites more guests to an event of this user.
#[derive(Message)]
#[rtype(result = "Result<EventView, SessionError>")]
pub struct InviteTo {
    /// The event.
    pub id: EventId,
    /// Whom to invite.
    pub guests: Vec<Username>,
    /// How much is kept.
    pub limits: EventLimits,
}

impl Handler<InviteTo> for Session {
    type Result = Answer;

    fn handle(&mut self, invite: InviteTo, _: &mut Context<Self>) -> Answer {
        let host = self.username.clone();
        self.host(move |connection| hosting::invite(connection, &host, &invite.id, &invite.guests, invite.limits, clock::now()))
    }
}

/// Says whether this user comes.
#[derive(Message)]
#[rtype(result = "Result<EventView, SessionError>")]
pub struct AnswerEvent {
    /// The event.
    pub id: EventId,
    /// Whether.
    pub attendance: Attendance,
}

impl Handler<AnswerEvent> for Session {
    type Result = Answer;

    fn handle(&mut self, AnswerEvent { id, attendance }: AnswerEvent, _: &mut Context<Self>) -> Answer {
        let (guest, links) = (self.username.clone(), self.links.clone());
        finish(async move {
            let name = guest.clone();
            let write = Write::new(move |connection| invitations::answer(connection, &name, &id, attendance, clock::now()));
            let event = links.database.ask(write).await??.ok_or(SessionError::NoSuchEvent)?;
            announce(&links, &guest, &event.id);
            if event.made_here {
                announce(&links, &event.host, &event.id);
            } else {
                wake(&links, &event.host);
            }
            Ok(EventView::of(&event, &guest))
        })
    }
}

impl Session {
    /// Does something to an event of this user, then tells everybody whom it concerns.
    fn host(
        &self,
        change: impl FnOnce(&rusqlite::Connection) -> Result<Result<Made, NotMade>, DbError> + std::marker::Send + 'static,
    ) -> Answer {
        let (host, links) = (self.username.clone(), self.links.clone());
        finish(async move {
            let Made { event, here, elsewhere } = links.database.ask(Write::new(change)).await???;
            announce(&links, &host, &event.id);
            for guest in &here {
                announce(&links, guest, &event.id);
            }
            for guest in &elsewhere {
                wake(&links, guest);
            }
            Ok(EventView::of(&event, &host))
        })
    }
}

/// Spawned, so that a browser that hangs up does not leave the others without the news.
fn finish(work: impl Future<Output = Result<EventView, SessionError>> + 'static) -> Answer {
    let done = actix::spawn(work);
    Box::pin(async move { done.await.unwrap_or(Err(SessionError::Unanswered(Unanswered::Gone))) })
}

fn announce(links: &SessionLinks, to: &Username, id: &EventId) {
    tell(&links.node, Announce { to: to.clone(), event: Event::Event { id: id.to_string() } });
}
