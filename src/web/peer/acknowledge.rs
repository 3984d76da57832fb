//! `/acknowledge` (protocol section 3): a message that was sent from here has been read.
//!
//! In 2017 `sender` is the author of that message, and nobody says who acknowledges: whoever knows its stamp and its hash has had it in
//! hand. In 2018 `sender` is who read it, and `destination` the author.

use actix_web::{HttpRequest, web};

use super::{PeerResult, State, charge_call, charged_body, json_limit, sealed, text};
use crate::actors::database::Write;
use crate::actors::event::Event;
use crate::actors::node::Announce;
use crate::db::queries::acknowledgements::{self, Acknowledged};
use crate::domain::clock;
use crate::protocol::error::WireError;
use crate::protocol::peer::Acknowledge;
use crate::protocol::reply_code::ReplyCode;
use crate::web::error::Failure;

/// Marks the message as read, once; a repeat is answered alike. 7 when there is no such message.
pub(super) async fn acknowledge(request: HttpRequest, payload: web::Payload, state: State) -> PeerResult {
    let body = charged_body(&request, payload, &state, charge_call(&request), json_limit(&state, "an acknowledgement", 1 << 10)).await?;
    let Acknowledge { sender, destination, stamp, hashing, hash, .. } = sealed::read(&state, body).await?.call;
    let (Some(hash), true) = (hash, hashing.number() > 0) else { return Err(Failure::from(WireError::HashMismatch).into()) };
    let write = Write::new(move |connection| {
        // As of 2017 first.
        for author in [Some(sender), destination].iter().flatten() {
            let read = Acknowledged { author, stamp, hashing: hashing.number(), hash: &hash };
            if let Some(taken) = acknowledgements::take(connection, &read, clock::now())? {
                return Ok(Some(taken));
            }
        }
        Ok(None)
    });
    let taken = state.database.ask(write).await??.ok_or(Failure::from(WireError::HashMismatch))?;
    if taken.is_news {
        let to = taken.message.sender.clone();
        if state.node.try_send(Announce { to, event: Event::receipt(&taken.message) }).is_err() {
            tracing::warn!("the node is too busy for news of a receipt; pages show it at their next load");
        }
    }
    Ok(text(ReplyCode::Success.to_string()))
}
