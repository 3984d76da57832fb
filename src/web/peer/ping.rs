//! `/ping` (protocol section 3).

use actix_web::{HttpRequest, HttpResponse};

use super::{PeerResult, State, charge_call, text};
use crate::actors::rate_limiter::Spend;

/// Answers exactly `0`, which two nodes require. Who asks does not matter, so a missing sender is no error.
pub(super) async fn ping(request: HttpRequest, state: State) -> PeerResult {
    state.limiter.ask(Spend(charge_call(&request))).await??;
    let answer: HttpResponse = text("0".to_owned());
    Ok(answer)
}
