//! `/receiveEvent` (protocol section 9): a user of another node invites one of ours.

use actix_web::{HttpRequest, web};

use super::charging::charge_claim;
use super::sealed::{self, Opened};
use super::{PeerResult, State, charged_body, json_limit, taken_event};
use crate::actors::database::Write;
use crate::actors::rate_limiter::Charge;
use crate::db::queries::invitations::{self, Invitation};
use crate::domain::clock;
use crate::domain::event::{EventDetails, InvalidEvent};
use crate::protocol::error::WireError;
use crate::protocol::event::ReceiveEvent;
use crate::web::auth;
use crate::web::error::Failure;

/// Keeps the invitation, once, and answers when it is on disk. Nobody holds invitations for users of other nodes: their hosts' nodes wait.
pub(super) async fn receive_event(request: HttpRequest, payload: web::Payload, state: State) -> PeerResult {
    let settings = &state.settings.events;
    let limit = json_limit(&state, "an event", 2 * (settings.name_bytes + settings.text_bytes));
    let charge = Charge::PeerMessage(auth::caller(&request));
    let body = charged_body(&request, payload, &state, charge, limit).await?;
    let Opened { call, encryption } = sealed::read::<ReceiveEvent>(&state, body).await?;
    charge_claim(&request, &state, (&call.sender, &call.destination), Charge::ClaimedMessage).await?;

    let ReceiveEvent { sender: host, destination: guest, start_text, start, end, name, description, location, picture, markup } = call;
    let details = EventDetails { name, description, location, picture, start, end, markup };
    let details = details.check(settings.sizes()).map_err(|error| match error {
        InvalidEvent::NoName => WireError::Invalid("event_name").into(),
        InvalidEvent::EndsFirst => WireError::Invalid("end_time").into(),
        error @ InvalidEvent::TooLong { .. } => Failure::from(error),
    })?;
    let (from, encryption, arrived_at) = (auth::caller(&request), encryption.number(), clock::now());
    let invitation = Invitation { host, guest, details, start_text, from, encryption, arrived_at };
    let limits = settings.limits();
    let taken = state.database.ask(Write::new(move |connection| invitations::receive(connection, &invitation, limits))).await??;
    Ok(taken_event(&state, taken)?)
}
