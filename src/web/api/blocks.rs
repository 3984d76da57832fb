//! `/api/blocks`: whom the user does not want to hear from.

use actix_web::HttpResponse;

use super::{ApiError, ApiResult, CsrfChecked, Failure, Json, Named, SignedIn, State};
use crate::actors::session::Block;
use crate::db::queries::blocks;

/// Everybody whom the user blocks, by name.
#[utoipa::path(get, path = "/api/blocks", responses((status = 200, body = Vec<String>)))]
pub(super) async fn list(user: SignedIn, state: State) -> ApiResult<Vec<String>> {
    let names = state.reader.read(move |connection| blocks::list(connection, &user.username)).await?;
    Ok(Json(names.into_iter().map(String::from).collect()))
}

/// Blocks somebody: nothing of theirs comes through.
#[utoipa::path(put, path = "/api/blocks/{username}", params(("username" = String, Path)), responses((status = 204)))]
pub(super) async fn add(user: CsrfChecked, Named(whom): Named) -> Result<HttpResponse, ApiError> {
    if whom == user.0.username {
        return Err(Failure::Unprocessable("you cannot block yourself".to_owned()).into());
    }
    user.0.session.send(Block { whom, blocked: true }).await??;
    Ok(HttpResponse::NoContent().finish())
}

/// Lets somebody through again.
#[utoipa::path(delete, path = "/api/blocks/{username}", params(("username" = String, Path)), responses((status = 204)))]
pub(super) async fn remove(user: CsrfChecked, Named(whom): Named) -> Result<HttpResponse, ApiError> {
    user.0.session.send(Block { whom, blocked: false }).await??;
    Ok(HttpResponse::NoContent().finish())
}
