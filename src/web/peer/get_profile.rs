//! `/getProfile` (protocol section 3).

use actix_web::{HttpRequest, web};

use super::{PeerResult, State, charge_call, charged_body, json, question_limit, sealed};
use crate::db::queries::people;
use crate::protocol::outgoing::profile_answer;
use crate::protocol::peer::GetProfile;
use crate::web::error::Failure;

/// Tells what a user of this node tells about themselves: nothing that the protocol does not need, and nothing of others.
pub(super) async fn get_profile(request: HttpRequest, payload: web::Payload, state: State) -> PeerResult {
    let body = charged_body(&request, payload, &state, charge_call(&request), question_limit(&state)).await?;
    let GetProfile { profile_username: about, .. } = sealed::read(&state, body).await?.call;
    let name = about.clone();
    let person = state.reader.read(move |connection| people::find(connection, &name)).await?;
    let Some(person) = person.filter(|person| person.has_account) else {
        return Err(Failure::NoProfile.into());
    };
    let picture = person.picture_sha256.as_ref().map(|sha256| {
        // The version tells the others when there is a new one.
        format!("http://{}/pictures/{about}?v={}", state.own_address, sha256.get(..12).unwrap_or_default())
    });
    Ok(json(profile_answer(&person.profile, picture.as_deref().unwrap_or_default())))
}
