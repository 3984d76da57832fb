//! `/api/conversations`: what was said, and saying something.

use actix_web::http::StatusCode;
use actix_web::{HttpRequest, HttpResponse, web};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{ApiError, ApiResult, CsrfChecked, Failure, Json, Named, SignedIn, State, read_json};
use crate::actors::database::Write;
use crate::actors::event::MessageView;
use crate::actors::session::{Forward, MarkRead, Send};
use crate::db::FileStore;
use crate::db::queries::messages::{Cursor, StoredMessage};
use crate::db::queries::pages::{self, Mark, Page, Place};
use crate::db::queries::{conversations, files};
use crate::domain::message::{Content, Markup, MessageId};
use crate::domain::picture::PictureSize;
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
    /// The id of the message that the page is round, if it is round one.
    around: Option<String>,
}

/// Messages on a page that asks for no number.
const DEFAULT_PAGE: usize = 50;

/// Most messages on a page.
const MAX_PAGE: usize = 200;

/// What `around` says for the oldest message that was not read.
const UNREAD: &str = "unread";

/// A page of a conversation, newest first: the newest messages, those `before` or `after` a cursor or a message, or those `around` a message, which
/// may be `unread`: the oldest one that was not read.
#[utoipa::path(get, path = "/api/conversations/{username}/messages",
    params(("username" = String, Path), ("limit" = Option<usize>, Query), ("before" = Option<String>, Query),
        ("after" = Option<String>, Query), ("around" = Option<String>, Query, description = "The id of a message of this conversation, or `unread`")),
    responses((status = 200, body = PageView), (status = 404, description = "No such message")))]
pub(super) async fn page(
    user: SignedIn,
    Named(with): Named,
    query: Result<web::Query<PageQuery>, actix_web::Error>,
    state: State,
) -> ApiResult<PageView> {
    let query = query.map_err(|error| Failure::BadRequest(error.to_string()))?.into_inner();
    let limit = query.limit.unwrap_or(DEFAULT_PAGE).clamp(1, MAX_PAGE);
    let (place, reader, files) = (read_place(query)?, user.username.clone(), state.files.clone());
    let page = state.reader.read(move |connection| {
        let Some(mut page) = pages::read(connection, &reader, &with, place, limit)? else { return Ok(None) };
        let measured = measure(&files, &mut page.messages);
        Ok(Some((PageView::of(&page, &reader), measured)))
    });
    let (page, measured) = page.await?.ok_or(Failure::NotFound("message"))?;
    if !measured.is_empty() {
        note_sizes(&state, measured).await;
    }
    Ok(Json(page))
}

/// Measures the pictures that nobody has looked at since they came: those from before this node measured pictures.
fn measure(files: &FileStore, messages: &mut [StoredMessage]) -> Vec<(String, PictureSize)> {
    let mut measured = Vec::new();
    for message in messages.iter_mut().filter(|message| message.picture.is_none()) {
        let Content::File(file) = &message.content else { continue };
        if file.content_type.starts_with("image/") {
            let size = files.measure(&file.sha256);
            message.picture = Some(size);
            measured.push((file.sha256.clone(), size));
        }
    }
    measured
}

async fn note_sizes(state: &State, measured: Vec<(String, PictureSize)>) {
    let write = Write::new(move |connection| measured.iter().try_for_each(|(sha256, size)| files::add_size(connection, sha256, *size)));
    if !matches!(state.database.ask(write).await, Ok(Ok(()))) {
        tracing::debug!("could not note how large some pictures are; they will be measured again");
    }
}

impl PageView {
    fn of(page: &Page, reader: &Username) -> Self {
        Self {
            messages: page.messages.iter().map(|message| MessageView::of(message, reader)).collect(),
            before: page.before.map(write_cursor),
            after: page.after.map(write_cursor),
            around: page.around.map(|id| id.to_string()),
        }
    }
}

fn read_place(query: PageQuery) -> Result<Place, Failure> {
    match (query.before, query.after, query.around) {
        (None, None, None) => Ok(Place::Newest),
        (Some(before), None, None) => read_mark(&before).map(Place::Before),
        (None, Some(after), None) => read_mark(&after).map(Place::After),
        (None, None, Some(around)) if around == UNREAD => Ok(Place::Unread),
        (None, None, Some(id)) => MessageId::parse(&id).map(Place::Around).map_err(|_| Failure::NotFound("message")),
        _ => Err(Failure::BadRequest("a page is 'before', 'after' or 'around' something, not two of them".to_owned())),
    }
}

fn write_cursor(cursor: Cursor) -> String {
    format!("{}_{}", cursor.stamp, cursor.seq)
}

fn read_mark(text: &str) -> Result<Mark, Failure> {
    if let Ok(id) = MessageId::parse(text) {
        return Ok(Mark::Message(id));
    }
    let parts = text.split_once('_').and_then(|(stamp, seq)| Some(Cursor { stamp: Stamp::parse(stamp).ok()?, seq: seq.parse().ok()? }));
    parts.map(Mark::Cursor).ok_or_else(|| Failure::BadRequest(format!("{text:?} is no cursor of this API")))
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

/// What to pass on.
#[derive(Deserialize, ToSchema)]
pub(super) struct ForwardForm {
    /// The id of a message that the user may see.
    id: String,
}

/// Sends what a message says, or its file, to somebody else. The file is not sent to the node again; the answer comes once the message is on disk.
#[utoipa::path(post, path = "/api/conversations/{username}/forward", params(("username" = String, Path)), request_body = ForwardForm,
    responses((status = 201, body = MessageView), (status = 404, description = "No such message")))]
pub(super) async fn forward(
    user: CsrfChecked,
    Named(to): Named,
    request: HttpRequest,
    payload: web::Payload,
    state: State,
) -> Result<HttpResponse, ApiError> {
    let form: ForwardForm = read_json(&request, payload, &state, "a message to forward", 0).await?;
    let id = MessageId::parse(&form.id).map_err(|_| Failure::NotFound("message"))?;
    let message = user.0.session.send(Forward { id, to }).await??;
    Ok(HttpResponse::build(StatusCode::CREATED).json(message))
}
