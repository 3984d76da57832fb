//! `/ping` (protocol section 3).

use actix_web::{HttpRequest, HttpResponse, web};

use super::gate::check_form;
use super::{PeerResult, State, charge, charge_call, question_limit, text};
use crate::web::body;

/// Answers exactly `0`, which two nodes require. Who asks does not matter, so a missing sender is no error.
pub(super) async fn ping(request: HttpRequest, payload: web::Payload, state: State) -> PeerResult {
    charge(&request, &state, charge_call(&request)).await?;
    // V posts its name as a form. It is of interest to the blacklist alone.
    if state.settings.blacklist.has_users() && request.method() == actix_web::http::Method::POST {
        check_form(&state, &body::read(&request, payload, question_limit(&state)).await?)?;
    }
    let answer: HttpResponse = text("0".to_owned());
    Ok(answer)
}
