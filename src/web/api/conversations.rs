//! `/api/conversations`: what was said, and saying something.

use actix_web::http::StatusCode;
use actix_web::{HttpRequest, HttpResponse, web};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{ApiError, ApiResult, CsrfChecked, Failure, Json, Named, SignedIn, State, read_json};
use crate::actors::event::MessageView;
use crate::actors::session::{Discard, MarkRead, Retry, Send};
use crate::db::queries::conversations;
use crate::db::queries::messages::Cursor;
use crate::db::queries::pages::{self, Page, Place};
use crate::domain::message::{Content, Markup, MessageId};
use crate::domain::stamp::Stamp;
use crate::domain::username::Username;

/// A conversation in the list.
#[derive(Serialize, ToSchema)]
pub(super) struct ConversationView {
    with: String,
    last_message: MessageView,
    unread: u64,
}

/// The user's conversations, the one with the newest message first.
#[utoipa::path(get, path = "/api/conversations", responses((status = 200, body = Vec<ConversationView>)))]
pub(super) async fn list(user: SignedIn, state: State) -> ApiResult<Vec<ConversationView>> {
    let list = state.reader.read(move |connection| {
        let view = |summary: conversations::Summary| ConversationView {
            with: summary.with.to_string(),
            last_message: MessageView::of(&summary.last_message, &user.username),
            unread: summary.unread,
        };
        Ok(conversations::list(connection, &user.username)?.into_iter().map(view).collect())
    });
    Ok(Json(list.await?))
}

/// Which messages.
#[derive(Deserialize)]
pub(super) struct PageQuery {
    before: Option<String>,
    after: Option<String>,
    around: Option<String>,
    limit: Option<usize>,
}

/// Some messages, newest first.
#[derive(Serialize, ToSchema)]
pub(super) struct PageView {
    messages: Vec<MessageView>,
    /// Where the next page of older messages begins; `null` on the last one.
    before: Option<String>,
    /// Where the next page of newer messages begins; `null` when the newest message is here, or there are none.
    after: Option<String>,
}

/// Messages on a page that asks for no number.
const DEFAULT_PAGE: usize = 50;

/// Most messages on a page.
const MAX_PAGE: usize = 200;

/// A page of a conversation, newest first: the newest messages, those `before` or `after` a cursor, or those `around` a message.
#[utoipa::path(get, path = "/api/conversations/{username}/messages",
    params(("username" = String, Path), ("limit" = Option<usize>, Query), ("before" = Option<String>, Query),
        ("after" = Option<String>, Query), ("around" = Option<String>, Query, description = "The id of a message of this conversation")),
    responses((status = 200, body = PageView), (status = 404, description = "No such message, for `around`")))]
pub(super) async fn page(
    user: SignedIn,
    Named(with): Named,
    query: Result<web::Query<PageQuery>, actix_web::Error>,
    state: State,
) -> ApiResult<PageView> {
    let query = query.map_err(|error| Failure::BadRequest(error.to_string()))?.into_inner();
    let limit = query.limit.unwrap_or(DEFAULT_PAGE).clamp(1, MAX_PAGE);
    let (place, reader) = (read_place(query)?, user.username.clone());
    let page = state.reader.read(move |connection| {
        let page = pages::read(connection, &reader, &with, place, limit)?;
        Ok(page.map(|page| PageView::of(&page, &reader)))
    });
    Ok(Json(page.await?.ok_or(Failure::NotFound("message"))?))
}

impl PageView {
    fn of(page: &Page, reader: &Username) -> Self {
        Self {
            messages: page.messages.iter().map(|message| MessageView::of(message, reader)).collect(),
            before: page.before.map(write_cursor),
            after: page.after.map(write_cursor),
        }
    }
}

fn read_place(query: PageQuery) -> Result<Place, Failure> {
    match (query.before, query.after, query.around) {
        (None, None, None) => Ok(Place::Newest),
        (Some(before), None, None) => read_cursor(&before).map(Place::Before),
        (None, Some(after), None) => read_cursor(&after).map(Place::After),
        (None, None, Some(id)) => MessageId::parse(&id).map(Place::Around).map_err(|_| Failure::NotFound("message")),
        _ => Err(Failure::BadRequest("a page is 'before', 'after' or 'around' something, not two of them".to_owned())),
    }
}

fn write_cursor(cursor: Cursor) -> String {
    format!("{}_{}", cursor.stamp, cursor.seq)
}

fn read_cursor(text: &str) -> Result<Cursor, Failure> {
    let parts = text.split_once('_').and_then(|(stamp, seq)| Some(Cursor { stamp: Stamp::parse(stamp).ok()?, seq: seq.parse().ok()? }));
    parts.ok_or_else(|| Failure::BadRequest(format!("{text:?} is no cursor of this API")))
}

/// A message to send.
#[derive(Deserialize, ToSchema)]
pub(super) struct MessageForm {
    text: String,
    #[serde(default)]
    markdown: bool,
}

/// Sends a message. The answer comes once it is on disk.
#[utoipa::path(post, path = "/api/conversations/{username}/messages", params(("username" = String, Path)), request_body = MessageForm,
    responses((status = 201, body = MessageView), (status = 413, description = "Too long"), (status = 422, description = "Empty")))]
pub(super) async fn send(
    user: CsrfChecked,
    Named(to): Named,
    request: HttpRequest,
    payload: web::Payload,
    state: State,
) -> Result<HttpResponse, ApiError> {
    let limit = state.settings.limits.message_bytes;
    let form: MessageForm = read_json(&request, payload, &state, "a message", limit).await?;
    if form.text.trim().is_empty() {
        return Err(Failure::Unprocessable("an empty message says nothing; write something first".to_owned()).into());
    }
    if form.text.len() > limit {
        return Err(Failure::TooLarge { what: "a message", limit }.into());
    }
    let markup = if form.markdown { Markup::Markdown } else { Markup::Plain };
    let content = Content::Text { text: form.text, markup };
    let message = user.0.session.send(Send { to, content, file: None }).await??;
    Ok(HttpResponse::build(StatusCode::CREATED).json(message))
}

/// Up to where was read.
#[derive(Deserialize, ToSchema)]
pub(super) struct ReadForm {
    /// The id of the newest message that was seen.
    up_to: String,
}

/// What is still unread.
#[derive(Serialize, ToSchema)]
pub(super) struct UnreadView {
    unread: u64,
}

/// Marks a conversation as read, up to a message.
#[utoipa::path(post, path = "/api/conversations/{username}/read", params(("username" = String, Path)), request_body = ReadForm,
    responses((status = 200, body = UnreadView), (status = 404, description = "No such message")))]
pub(super) async fn mark_read(
    user: CsrfChecked,
    Named(with): Named,
    request: HttpRequest,
    payload: web::Payload,
    state: State,
) -> ApiResult<UnreadView> {
    let form: ReadForm = read_json(&request, payload, &state, "a read mark", 0).await?;
    let up_to = MessageId::parse(&form.up_to).map_err(|_| Failure::NotFound("message"))?;
    let unread = user.0.session.send(MarkRead { with, up_to }).await??;
    Ok(Json(UnreadView { unread }))
}

/// Tries a failed message again.
#[utoipa::path(post, path = "/api/messages/{id}/retry", params(("id" = String, Path)),
    responses((status = 200, body = MessageView), (status = 404, description = "No failed message of the user's")))]
pub(super) async fn retry(user: CsrfChecked, id: web::Path<String>) -> ApiResult<MessageView> {
    let id = MessageId::parse(&id).map_err(|_| Failure::NotFound("message"))?;
    Ok(Json(user.0.session.send(Retry(id)).await??))
}

/// Removes a failed message for good.
#[utoipa::path(delete, path = "/api/messages/{id}", params(("id" = String, Path)),
    responses((status = 204), (status = 404, description = "No failed message of the user's")))]
pub(super) async fn discard(user: CsrfChecked, id: web::Path<String>) -> Result<HttpResponse, ApiError> {
    let id = MessageId::parse(&id).map_err(|_| Failure::NotFound("message"))?;
    user.0.session.send(Discard(id)).await??;
    Ok(HttpResponse::NoContent().finish())
}
