//! Profiles: anyone's to read, one's own to change.

use actix_web::{HttpRequest, HttpResponse, web};

use super::{ApiError, ApiResult, CsrfChecked, Failure, Json, Named, SignedIn, State, body_timeout, read_json};
use crate::actors::event::ProfileView;
use crate::actors::session::{ChangePicture, ChangeProfile};
use crate::db::queries::people;
use crate::domain::picture;
use crate::domain::profile::{MAX_PROFILE_CHARS, Profile};
use crate::web::body::{self, BodyLimit};
use crate::web::stored_file;

/// Largest picture that may be uploaded, in bytes; what is kept is far smaller.
const MAX_PICTURE_BYTES: usize = 5 << 20;

/// Reads somebody's profile.
#[utoipa::path(get, path = "/api/users/{username}/profile", params(("username" = String, Path)),
    responses((status = 200, body = ProfileView), (status = 404, description = "Nobody heard of")))]
pub(super) async fn read(_: SignedIn, Named(about): Named, state: State) -> ApiResult<ProfileView> {
    let person = state.reader.read(move |connection| people::find(connection, &about)).await?;
    Ok(Json(ProfileView::of(&person.ok_or(Failure::NotFound("user"))?)))
}

/// Gives somebody's picture, from this node's own copy.
#[utoipa::path(get, path = "/api/users/{username}/picture", params(("username" = String, Path)),
    responses((status = 200, content_type = "image/jpeg"), (status = 404, description = "They have none")))]
pub(super) async fn picture(_: SignedIn, Named(about): Named, request: HttpRequest, state: State) -> Result<HttpResponse, ApiError> {
    let person = state.reader.read(move |connection| people::find(connection, &about)).await?;
    let sha256 = person.and_then(|person| person.picture_sha256);
    Ok(stored_file::picture(&request, &state.files, sha256).await?)
}

/// Sets the texts of one's own profile.
#[utoipa::path(put, path = "/api/profile", request_body = Profile,
    responses((status = 200, body = ProfileView), (status = 422, description = "A text is too long")))]
pub(super) async fn change(user: CsrfChecked, request: HttpRequest, payload: web::Payload, state: State) -> ApiResult<ProfileView> {
    let profile: Profile = read_json(&request, payload, &state, "a profile", MAX_PROFILE_CHARS * 4).await?;
    if let Some(field) = profile.overlong_field() {
        return Err(Failure::Unprocessable(format!("the {field} may have at most {MAX_PROFILE_CHARS} characters")).into());
    }
    Ok(Json(user.0.session.send(ChangeProfile(profile.tidied())).await??))
}

/// Sets one's own picture: its middle square is drawn anew.
#[utoipa::path(put, path = "/api/profile/picture", request_body(content = Vec<u8>, content_type = "image/*"),
    responses((status = 200, body = ProfileView), (status = 413, description = "Too large"), (status = 422, description = "No picture")))]
pub(super) async fn change_picture(user: CsrfChecked, request: HttpRequest, payload: web::Payload, state: State) -> ApiResult<ProfileView> {
    let limit = BodyLimit { what: "a picture", bytes: MAX_PICTURE_BYTES, within: body_timeout(&state) };
    let bytes = body::read(&request, payload, limit).await?;
    let files = state.files.clone();
    let stored = web::block(move || {
        let avatar = picture::as_avatar(&bytes).map_err(|error| Failure::Unprocessable(error.to_string()))?;
        files.put(&avatar).map_err(Failure::from)
    });
    let file = stored.await.map_err(Failure::internal)??;
    Ok(Json(user.0.session.send(ChangePicture(Some(file))).await??))
}

/// Removes one's own picture.
#[utoipa::path(delete, path = "/api/profile/picture", responses((status = 200, body = ProfileView)))]
pub(super) async fn remove_picture(user: CsrfChecked) -> ApiResult<ProfileView> {
    Ok(Json(user.0.session.send(ChangePicture(None)).await??))
}
