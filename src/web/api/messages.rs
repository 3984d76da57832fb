//! `/api/messages`: one message, by its id.

use actix_web::{HttpResponse, web};

use super::{ApiError, ApiResult, CsrfChecked, Failure, Json, SignedIn, State};
use crate::actors::event::MessageView;
use crate::actors::session::{Delete, Retry};
use crate::db::queries::messages;
use crate::domain::message::MessageId;

/// A message of the user's.
#[utoipa::path(get, path = "/api/messages/{id}", params(("id" = String, Path)),
    responses((status = 200, body = MessageView), (status = 404, description = "No message that the user sees")))]
pub(super) async fn one(user: SignedIn, id: web::Path<String>, state: State) -> ApiResult<MessageView> {
    let id = read_id(&id)?;
    let message = state.reader.read(move |connection| {
        let message = messages::find_for(connection, &id, &user.username)?;
        Ok(message.map(|message| MessageView::of(&message, &user.username)))
    });
    Ok(Json(message.await?.ok_or(Failure::NotFound("message"))?))
}

/// Tries a failed message again.
#[utoipa::path(post, path = "/api/messages/{id}/retry", params(("id" = String, Path)),
    responses((status = 200, body = MessageView), (status = 404, description = "No failed message of the user's")))]
pub(super) async fn retry(user: CsrfChecked, id: web::Path<String>) -> ApiResult<MessageView> {
    Ok(Json(user.0.session.send(Retry(read_id(&id)?)).await??))
}

/// Deletes a message for the user alone: everybody else keeps theirs, and one that is on its way arrives. A failed one, which nobody else has, goes
/// for good.
#[utoipa::path(delete, path = "/api/messages/{id}", params(("id" = String, Path)),
    responses((status = 204), (status = 404, description = "No message that the user sees")))]
pub(super) async fn delete(user: CsrfChecked, id: web::Path<String>) -> Result<HttpResponse, ApiError> {
    user.0.session.send(Delete(read_id(&id)?)).await??;
    Ok(HttpResponse::NoContent().finish())
}

fn read_id(text: &str) -> Result<MessageId, Failure> {
    MessageId::parse(text).map_err(|_| Failure::NotFound("message"))
}
