//! `/getPublicKey` (protocol section 3).

use actix_web::{HttpRequest, web};

use super::{PeerResult, State, charge_call, charged_body, json, question_limit, sealed};
use crate::db::queries::keys;
use crate::protocol::outgoing::public_key_answer;
use crate::protocol::peer::GetPublicKey;
use crate::protocol::reply_code::{Reply, ReplyCode};
use crate::web::error::Failure;

/// Tells the public half of the keys of a user of this node; 3 for anybody else.
pub(super) async fn get_public_key(request: HttpRequest, payload: web::Payload, state: State) -> PeerResult {
    let body = charged_body(&request, payload, &state, charge_call(&request), question_limit(&state)).await?;
    let GetPublicKey { profile_username: whose, .. } = sealed::read(&state, body).await?.call;
    let keys = state.reader.read(move |connection| keys::own(connection, &whose)).await?;
    let keys = keys.ok_or_else(|| Failure::Peer(Reply::new(ReplyCode::Unavailable, "No such user on this node")))?;
    Ok(json(public_key_answer(&keys.public_hex)))
}
