//! `/retrieveMessages` (protocol sections 3 and 7): somebody is back and asks for what is held for them.

use actix_web::{HttpRequest, web};

use super::gate::check_user;
use super::{PeerResult, State, charge_call, charged_body, question_limit, sealed, text};
use crate::actors::courier::PeerReturned;
use crate::actors::presence::{ListedAt, LookAround};
use crate::actors::relay::HandOut;
use crate::protocol::peer::RetrieveMessages;
use crate::protocol::reply_code::ReplyCode;
use crate::web::auth;
use crate::web::error::Failure;

/// Gives what is held to the address at which the login server lists the addressee, and never to whoever asks. The answer comes first.
pub(super) async fn retrieve_messages(request: HttpRequest, payload: web::Payload, state: State) -> PeerResult {
    let body = charged_body(&request, payload, &state, charge_call(&request), question_limit(&state)).await?;
    let requestor = sealed::read::<RetrieveMessages>(&state, body).await?.call.requestor;
    check_user(&state, &requestor)?;
    match state.presence.ask(ListedAt(requestor.clone())).await? {
        Some(at) if at.ip() == auth::caller(&request) => {
            // A node that crashed and is back at its old place never left the list: its call is the news that ends a long pause.
            state.courier.tell(PeerReturned { username: requestor.clone(), address: None })?;
            state.relay.tell(HandOut { to: requestor, at })?;
        }
        Some(_) => return Err(Failure::Peer(ReplyCode::Unauthenticated.into()).into()),
        // They may have come after our last look at the list; the next one hands out what is theirs.
        None => state.presence.tell(LookAround)?,
    }
    Ok(text(ReplyCode::Success.to_string()))
}
