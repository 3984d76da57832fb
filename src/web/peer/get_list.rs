//! `/getList` (protocol section 10): who is online, from this node's own knowledge, for nodes that cannot ask the login server.
//!
//! Anybody could ask, so only those are told who call from where the login server had them last: they have seen the same list. What other nodes
//! told this one is not in it.

use actix_web::{HttpRequest, web};
use serde::Deserialize;

use super::{PeerResult, State, charge, charge_call, json, text};
use crate::actors::presence::ListFor;
use crate::domain::username::Username;
use crate::protocol::error::WireError;
use crate::protocol::login_server::list::{print_fields, print_json};
use crate::protocol::reply_code::ReplyCode;
use crate::web::auth;
use crate::web::error::Failure;

/// Who asks, and in which form.
#[derive(Deserialize)]
pub(super) struct Question {
    username: Option<String>,
    json_format: Option<String>,
}

/// Gives the list: as JSON in the login server's form, or as T's line of fields. 2 for everybody who is not listed there.
pub(super) async fn get_list(request: HttpRequest, question: Option<web::Query<Question>>, state: State) -> PeerResult {
    charge(&request, &state, charge_call(&request)).await?;
    let Question { username, json_format } = question.ok_or(WireError::Missing("username"))?.into_inner();
    let asker = username.ok_or(WireError::Missing("username"))?;
    let asker = Username::parse(asker.trim()).map_err(|_| WireError::Invalid("username"))?;
    let list = state.presence.ask(ListFor { asker, from: auth::caller(&request) }).await?;
    let list = list.ok_or_else(|| Failure::Peer(ReplyCode::Unauthenticated.into()))?;
    if json_format.is_some_and(|format| format.trim() == "1") {
        Ok(json(print_json(&list).map_err(Failure::internal)?))
    } else {
        Ok(text(print_fields(&list)))
    }
}
