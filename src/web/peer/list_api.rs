//! `/listAPI` (protocol sections 3 and 6).

use actix_web::HttpRequest;

use super::{CALLS, PeerResult, State, charge, charge_call, text};
use crate::protocol::list_api::{self, RECOMMENDED_ENCRYPTION, RECOMMENDED_HASHING};

/// Says which calls and standards this node has.
pub(super) async fn list_api(request: HttpRequest, state: State) -> PeerResult {
    charge(&request, &state, charge_call(&request)).await?;
    Ok(text(list_api::text(&CALLS, &RECOMMENDED_ENCRYPTION, &RECOMMENDED_HASHING)))
}
