//! `/receiveMessage` (protocol section 3).

use actix_web::{HttpRequest, web};

use super::{PeerResult, State, charged_body, json_limit, take_in};
use crate::actors::rate_limiter::Charge;
use crate::db::queries::messages::Incoming;
use crate::domain::clock;
use crate::domain::message::Content;
use crate::protocol::peer::{self, ReceiveMessage};
use crate::web::auth;
use crate::web::error::Failure;

/// A peer hands us a message for one of our users.
pub(super) async fn receive_message(request: HttpRequest, payload: web::Payload, state: State) -> PeerResult {
    let limit = state.settings.limits.message_bytes;
    let charge = Charge::PeerMessage(auth::caller(&request));
    let body = charged_body(&request, payload, &state, charge, json_limit(&state, "a message", limit)).await?;
    let message: ReceiveMessage = peer::read(&body)?;
    if message.text.len() > limit {
        return Err(Failure::TooLarge { what: "a message", limit }.into());
    }
    let message = check_hash(message).await?;
    let ReceiveMessage { sender, destination, stamp, text, markup, .. } = message;
    let content = Content::Text { text, markup };
    let from = auth::caller(&request);
    Ok(take_in(&state, Incoming { sender, destination, stamp, content, file: None, from, encryption: 0, arrived_at: clock::now() }).await?)
}

/// Checks the hash; the costly kinds on a thread for slow work.
async fn check_hash(message: ReceiveMessage) -> Result<ReceiveMessage, Failure> {
    if message.claim.is_costly() {
        return Ok(web::block(move || message.check_hash().map(|()| message)).await.map_err(Failure::internal)??);
    }
    message.check_hash()?;
    Ok(message)
}
