//! `/retrieveMessages` (protocol sections 3 and 7): somebody is back and asks for what is held for them.

use actix_web::{HttpRequest, web};

use super::{PeerResult, State, charge_call, charged_body, question_limit, sealed, text};
use crate::actors::presence::{LookAround, Place, WhereIs};
use crate::actors::relay::HandOut;
use crate::protocol::peer::RetrieveMessages;
use crate::protocol::reply_code::ReplyCode;
use crate::web::auth;
use crate::web::error::Failure;

/// Gives what is held to the address at which the login server lists the addressee, and never to whoever asks. The answer comes first.
pub(super) async fn retrieve_messages(request: HttpRequest, payload: web::Payload, state: State) -> PeerResult {
    let body = charged_body(&request, payload, &state, charge_call(&request), question_limit(&state)).await?;
    let requestor = sealed::read::<RetrieveMessages>(&state, body).await?.call.requestor;
    match state.presence.ask(WhereIs(requestor.clone())).await? {
        Place::At { address: at, .. } if at.ip() == auth::caller(&request) => state.relay.tell(HandOut { to: requestor, at })?,
        Place::At { .. } => return Err(Failure::Peer(ReplyCode::Unauthenticated.into()).into()),
        // They may have come after our last look at the list; the next one hands out what is theirs.
        Place::Away => state.presence.tell(LookAround)?,
        Place::Here => {}
    }
    Ok(text(ReplyCode::Success.to_string()))
}
