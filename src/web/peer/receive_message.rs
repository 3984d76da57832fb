//! `/receiveMessage` (protocol section 3).

use actix_web::{HttpRequest, web};

use super::charging::charge_claim;
use super::sealed::{self, Opened};
use super::{PeerResult, State, charged_body, json_limit, mark, take_in};
use crate::actors::rate_limiter::Charge;
use crate::db::queries::messages::Incoming;
use crate::domain::clock;
use crate::domain::message::Content;
use crate::protocol::peer::ReceiveMessage;
use crate::web::auth;
use crate::web::error::Failure;

/// A peer hands us a message for one of our users.
pub(super) async fn receive_message(request: HttpRequest, payload: web::Payload, state: State) -> PeerResult {
    let limit = state.settings.limits.message_bytes;
    let charge = Charge::PeerMessage(auth::caller(&request));
    let body = charged_body(&request, payload, &state, charge, json_limit(&state, "a message", limit)).await?;
    let Opened { call: message, encryption } = sealed::read::<ReceiveMessage>(&state, body).await?;
    charge_claim(&request, &state, (&message.sender, &message.destination), Charge::ClaimedMessage).await?;
    if message.text.len() > limit {
        return Err(Failure::TooLarge { what: "a message", limit }.into());
    }
    let claim = message.claim.clone();
    let message = sealed::checked(&state, &claim, true, move || Ok(message.check_hash().map(|()| message)?)).await?;

    let mark = mark(message.stamp_text, message.claim);
    let ReceiveMessage { sender, destination, stamp, text, markup, .. } = message;
    let (content, from) = (Content::Text { text, markup }, auth::caller(&request));
    let encryption = encryption.number();
    Ok(take_in(&state, Incoming { sender, destination, stamp, content, file: None, from, encryption, mark, arrived_at: clock::now() })
        .await?)
}
