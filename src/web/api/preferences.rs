//! `/api/preferences`: what the user wants of the pages; `/api/mutes`: whose messages make no noise; `/api/activity`: whether anybody is there.

use actix_web::{HttpRequest, HttpResponse, web};
use serde::Deserialize;
use utoipa::ToSchema;

use super::{ApiError, ApiResult, CsrfChecked, Failure, Json, Named, SignedIn, State, read_json};
use crate::actors::session::{Activity, ChangePreferences, Mute};
use crate::db::queries::preferences;
use crate::domain::preferences::{MAX_IDLE_AFTER_MIN, Preferences};

/// What the user wants.
#[utoipa::path(get, path = "/api/preferences", responses((status = 200, body = Preferences)))]
pub(super) async fn read(user: SignedIn, state: State) -> ApiResult<Preferences> {
    Ok(Json(state.reader.read(move |connection| preferences::read(connection, &user.username)).await?))
}

/// Sets all of it; what is left out is as it is for newcomers.
#[utoipa::path(put, path = "/api/preferences", request_body = Preferences,
    responses((status = 200, body = Preferences), (status = 422, description = "Out of range")))]
pub(super) async fn change(user: CsrfChecked, request: HttpRequest, payload: web::Payload, state: State) -> ApiResult<Preferences> {
    let wanted: Preferences = read_json(&request, payload, &state, "preferences", 0).await?;
    if wanted.idle_after_min > MAX_IDLE_AFTER_MIN {
        return Err(Failure::Unprocessable(format!("idle_after_min is 0 to {MAX_IDLE_AFTER_MIN}")).into());
    }
    user.0.session.send(ChangePreferences(wanted)).await??;
    Ok(Json(wanted))
}

/// Everybody whom the user has muted, by name.
#[utoipa::path(get, path = "/api/mutes", responses((status = 200, body = Vec<String>)))]
pub(super) async fn muted(user: SignedIn, state: State) -> ApiResult<Vec<String>> {
    let names = state.reader.read(move |connection| preferences::muted(connection, &user.username)).await?;
    Ok(Json(names.into_iter().map(String::from).collect()))
}

/// Mutes somebody: their messages come, and nothing tells of them.
#[utoipa::path(put, path = "/api/mutes/{username}", params(("username" = String, Path)), responses((status = 204)))]
pub(super) async fn mute(user: CsrfChecked, Named(whom): Named) -> Result<HttpResponse, ApiError> {
    user.0.session.send(Mute { whom, muted: true }).await??;
    Ok(HttpResponse::NoContent().finish())
}

/// Lets the messages of somebody be told of again.
#[utoipa::path(delete, path = "/api/mutes/{username}", params(("username" = String, Path)), responses((status = 204)))]
pub(super) async fn unmute(user: CsrfChecked, Named(whom): Named) -> Result<HttpResponse, ApiError> {
    user.0.session.send(Mute { whom, muted: false }).await??;
    Ok(HttpResponse::NoContent().finish())
}

/// Whether somebody is at this browser.
#[derive(Deserialize, ToSchema)]
pub(super) struct ActivityForm {
    idle: bool,
}

/// Says that this browser was not touched for a while, or was again. Who is idle in every browser that is open, and has chosen to be shown as
/// Online, is shown as Idle.
#[utoipa::path(put, path = "/api/activity", request_body = ActivityForm, responses((status = 204)))]
pub(super) async fn activity(
    user: CsrfChecked,
    request: HttpRequest,
    payload: web::Payload,
    state: State,
) -> Result<HttpResponse, ApiError> {
    let form: ActivityForm = read_json(&request, payload, &state, "an activity", 0).await?;
    let CsrfChecked(SignedIn { session, browser, .. }) = user;
    session.send(Activity { browser, idle: form.idle }).await??;
    Ok(HttpResponse::NoContent().finish())
}
