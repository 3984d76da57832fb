//! `/listAPI` (protocol sections 3 and 6).

use actix_web::HttpRequest;

use super::{CALLS, PeerResult, State, charge_call, text};
use crate::actors::rate_limiter::Spend;
use crate::protocol::encryption::Encryption;
use crate::protocol::hashing::Hashing;
use crate::protocol::list_api;

/// Says which calls and standards this node has.
pub(super) async fn list_api(request: HttpRequest, state: State) -> PeerResult {
    state.limiter.ask(Spend(charge_call(&request))).await??;
    Ok(text(list_api::text(&CALLS, &[Encryption::None], &[Hashing::None])))
}
