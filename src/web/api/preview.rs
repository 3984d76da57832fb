//! `/api/preview`: how a text would look as a message.

use actix_web::{HttpRequest, web};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{ApiResult, CsrfChecked, Failure, Json, State, read_json};
use crate::domain::markup;
use crate::domain::message::Markup;

/// A text that is not sent yet.
#[derive(Deserialize, ToSchema)]
pub(super) struct PreviewForm {
    /// Markdown.
    text: String,
}

/// The text as it would be shown.
#[derive(Serialize, ToSchema)]
pub(super) struct PreviewView {
    /// HTML that is safe to put into a page.
    html: String,
}

/// Renders Markdown as it would be shown if it was sent. Nothing is kept.
#[utoipa::path(post, path = "/api/preview", request_body = PreviewForm,
    responses((status = 200, body = PreviewView), (status = 413, description = "Longer than a message may be")))]
pub(super) async fn show(_: CsrfChecked, request: HttpRequest, payload: web::Payload, state: State) -> ApiResult<PreviewView> {
    let limit = state.settings.limits.message_bytes;
    let form: PreviewForm = read_json(&request, payload, &state, "a message", limit).await?;
    if form.text.len() > limit {
        return Err(Failure::TooLarge { what: "a message", limit }.into());
    }
    let html = web::block(move || markup::to_html(&form.text, Markup::Markdown)).await.map_err(Failure::internal)?;
    Ok(Json(PreviewView { html }))
}
