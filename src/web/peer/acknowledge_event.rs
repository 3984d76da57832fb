//! `/acknowledgeEvent` (protocol section 9): a guest of another node answers an invitation of one of our users.
//!
//! "sender is the **guest** (E,N) but the **host** in T": both are taken. In T's reading the guest is who is listed at the address that calls;
//! where several guests of the event are, it cannot be told who answers, and nobody's answer changes.

use actix_web::{HttpRequest, web};

use super::{PeerResult, State, charge_call, charged_body, json_limit, sealed, taken_event};
use crate::actors::database::Write;
use crate::db::queries::invitations::{self, Answer};
use crate::domain::clock;
use crate::protocol::event::AcknowledgeEvent;
use crate::web::auth;

/// Notes whether the guest comes. 6 when there is no such event here, or they are not invited to it: which of the two is nobody's business.
pub(super) async fn acknowledge_event(request: HttpRequest, payload: web::Payload, state: State) -> PeerResult {
    let limit = json_limit(&state, "an answer", 2 * state.settings.events.name_bytes);
    let body = charged_body(&request, payload, &state, charge_call(&request), limit).await?;
    let AcknowledgeEvent { sender, destination: host, name, start, start_text, attendance } = sealed::read(&state, body).await?.call;
    let (from, arrived_at) = (auth::caller(&request), clock::now());
    let answer = Answer { sender, host, name, start, start_text, attendance, from, arrived_at };
    let taken = state.database.ask(Write::new(move |connection| invitations::receive_answer(connection, &answer))).await??;
    Ok(taken_event(&state, taken)?)
}
