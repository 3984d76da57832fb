//! `/getStatus` (protocol section 3).

use actix_web::{HttpRequest, web};

use super::{PeerResult, State, charge_call, charged_body, json, question_limit, sealed};
use crate::actors::presence::{Place, WhereIs};
use crate::db::queries::accounts;
use crate::domain::presence::Status;
use crate::protocol::outgoing::status_answer;
use crate::protocol::peer::GetStatus;
use crate::protocol::reply_code::ReplyCode;
use crate::web::error::Failure;

/// Tells the status of a user of this node; Offline when they are not logged in.
pub(super) async fn get_status(request: HttpRequest, payload: web::Payload, state: State) -> PeerResult {
    let body = charged_body(&request, payload, &state, charge_call(&request), question_limit(&state)).await?;
    let GetStatus { profile_username: about } = sealed::read(&state, body).await?.call;
    let name = about.clone();
    let account = state.reader.read(move |connection| accounts::find(connection, &name)).await?;
    let account = account.ok_or_else(|| Failure::Peer(ReplyCode::Unavailable.into()))?;
    let here = state.presence.ask(WhereIs(about)).await? == Place::Here;
    Ok(json(status_answer(if here { account.status } else { Status::Offline })))
}
