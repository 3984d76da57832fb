//! `/api/drafts`: what the user has begun to write, kept until it is sent.

use actix_web::{HttpRequest, HttpResponse, web};
use serde::Deserialize;
use utoipa::ToSchema;

use super::{ApiError, ApiResult, CsrfChecked, Failure, Json, Named, SignedIn, State, read_json};
use crate::actors::event::DraftView;
use crate::actors::session::KeepDraft;
use crate::db::queries::drafts::{self, Draft};
use crate::domain::message::MessageId;

/// Longest name by which a tab may call itself, in bytes.
const TAB_BYTES: usize = 64;

/// The user's drafts, the newest first.
#[utoipa::path(get, path = "/api/drafts", responses((status = 200, body = Vec<DraftView>)))]
pub(super) async fn list(user: SignedIn, state: State) -> ApiResult<Vec<DraftView>> {
    let drafts = state.reader.read(move |connection| drafts::list(connection, &user.username)).await?;
    Ok(Json(drafts.iter().map(DraftView::of).collect()))
}

/// What was written so far.
#[derive(Deserialize, ToSchema)]
pub(super) struct DraftForm {
    text: String,
    /// The id of the message that it answers.
    reply_to: Option<String>,
    /// What the tab calls itself: it is told to all of the user's tabs, so that this one knows its own.
    #[serde(default)]
    tab: String,
}

/// Keeps what was written so far to somebody; an empty text that answers nothing takes the draft away.
#[utoipa::path(put, path = "/api/drafts/{username}", params(("username" = String, Path)), request_body = DraftForm,
    responses((status = 204), (status = 413, description = "Longer than a message may be")))]
pub(super) async fn keep(
    user: CsrfChecked,
    Named(with): Named,
    request: HttpRequest,
    payload: web::Payload,
    state: State,
) -> Result<HttpResponse, ApiError> {
    let limits = &state.settings.limits;
    let form: DraftForm = read_json(&request, payload, &state, "a draft", limits.message_bytes).await?;
    if form.text.len() > limits.message_bytes {
        return Err(Failure::TooLarge { what: "a draft", limit: limits.message_bytes }.into());
    }
    if form.tab.len() > TAB_BYTES {
        return Err(Failure::TooLarge { what: "the name of a tab", limit: TAB_BYTES }.into());
    }
    let reply_to = form.reply_to.map(|id| MessageId::parse(&id)).transpose().map_err(|_| Failure::NotFound("message"))?;
    user.0.session.send(KeepDraft { draft: Draft { with, text: form.text, reply_to }, most: limits.drafts, tab: form.tab }).await??;
    Ok(HttpResponse::NoContent().finish())
}
