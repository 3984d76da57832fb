//! Files: sending one, and giving one back so that it can do no harm.

use actix_multipart::{Multipart, MultipartError};
use actix_web::error::PayloadError;
use actix_web::http::StatusCode;
use actix_web::http::header::{
    CACHE_CONTROL, CONTENT_SECURITY_POLICY, CONTENT_TYPE, Charset, ContentDisposition, DispositionParam, DispositionType, ExtendedValue,
    HeaderValue, X_CONTENT_TYPE_OPTIONS,
};
use actix_web::{HttpRequest, HttpResponse, web};
use futures_util::TryStreamExt;
use serde::Deserialize;

use super::{ApiError, CsrfChecked, Failure, Named, SignedIn, State, body_timeout};
use crate::actors::session::Send;
use crate::db::queries::{files, messages};
use crate::domain::file::{FileName, Presentation, presentation, tidy_content_type};
use crate::domain::message::{Attachment, Content, MessageId};
use crate::web::body::{BodyLimit, capped, check_announced_length};
use crate::web::state::NodeState;
use crate::web::stored_file;

/// What a multipart form has besides the file itself: its boundaries and headers.
const FORM_OVERHEAD_BYTES: usize = 16 << 10;

/// Sends a file: the part `file` of a multipart form. The answer comes once it is on disk.
#[utoipa::path(post, path = "/api/conversations/{username}/files", params(("username" = String, Path)),
    request_body(content_type = "multipart/form-data", content = String),
    responses((status = 201, body = crate::actors::event::MessageView), (status = 413, description = "Too large"), (status = 422, description = "Empty")))]
pub(super) async fn send(
    user: CsrfChecked,
    Named(to): Named,
    request: HttpRequest,
    payload: web::Payload,
    state: State,
) -> Result<HttpResponse, ApiError> {
    let limit = state.settings.limits.file_bytes;
    let whole = BodyLimit { what: "a file", bytes: limit + FORM_OVERHEAD_BYTES, within: body_timeout(&state) };
    check_announced_length(&request, whole).map_err(|_| Failure::TooLarge { what: "a file", limit })?;
    let form = Multipart::new(request.headers(), capped(payload, whole.bytes));
    let upload = actix::clock::timeout(whole.within, read_upload(form, limit)).await.map_err(|_| Failure::TooSlow)??;

    let files = state.files.clone();
    let Upload { name, content_type, bytes } = upload;
    let file = web::block(move || files.put(&bytes)).await.map_err(Failure::internal)??;
    let content = Content::File(Attachment { sha256: file.sha256.clone(), name, content_type, size: file.size });
    let message = user.0.session.send(Send { to, content, file: Some(file) }).await??;
    Ok(HttpResponse::build(StatusCode::CREATED).json(message))
}

/// A file as it was sent.
pub struct Upload {
    /// The name to show.
    pub name: FileName,
    /// What its sender, or its ending, says that it is.
    pub content_type: String,
    /// The content, which is not empty.
    pub bytes: web::Bytes,
}

/// Reads the part `file` of a form, of which at most `limit` bytes are taken; other parts are skipped.
///
/// # Errors
/// [`Failure::BadRequest`] when there is no such part, [`Failure::TooLarge`], and [`Failure::Unprocessable`] for an empty file.
pub async fn read_upload(mut form: Multipart, limit: usize) -> Result<Upload, Failure> {
    let bad = |error| match error {
        MultipartError::Payload(PayloadError::Overflow) => Failure::TooLarge { what: "a file", limit },
        error => Failure::BadRequest(format!("that is no form with a file: {error}")),
    };
    while let Some(mut field) = form.try_next().await.map_err(bad)? {
        if field.name() != Some("file") {
            continue;
        }
        let name = FileName::from_sent(field.content_disposition().and_then(ContentDisposition::get_filename).unwrap_or_default());
        let told = field.content_type().map(|kind| tidy_content_type(kind.as_ref()));
        let guess = || mime_guess::from_path(name.as_str()).first_or_octet_stream().to_string();
        let content_type = told.filter(|kind| kind != "application/octet-stream").unwrap_or_else(guess);
        let bytes = field.bytes(limit).await.map_err(|_| Failure::TooLarge { what: "a file", limit })?.map_err(bad)?;
        if bytes.is_empty() {
            return Err(Failure::Unprocessable("that file is empty".to_owned()));
        }
        return Ok(Upload { name, content_type, bytes });
    }
    Err(Failure::BadRequest("the form has no part named 'file'".to_owned()))
}

/// How the file is wanted.
#[derive(Deserialize)]
pub(super) struct FileQuery {
    download: Option<String>,
}

/// Gives a file of one of the user's conversations, or a range of it.
#[utoipa::path(get, path = "/api/files/{id}", params(("id" = String, Path), ("download" = Option<String>, Query)),
    responses((status = 200), (status = 206), (status = 404, description = "No such file, or somebody else's")))]
pub(super) async fn read(
    user: SignedIn,
    request: HttpRequest,
    id: web::Path<String>,
    query: Result<web::Query<FileQuery>, actix_web::Error>,
    state: State,
) -> Result<HttpResponse, ApiError> {
    let id = MessageId::parse(&id).map_err(|_| Failure::NotFound("file"))?;
    let download = query.is_ok_and(|query| query.download.is_some());
    let message = state.reader.read(move |connection| messages::find_for(connection, &id, &user.username)).await?;
    let Some(Content::File(attachment)) = message.map(|message| message.content) else { return Err(Failure::NotFound("file").into()) };
    Ok(serve(&request, &state, attachment, download).await?)
}

async fn serve(request: &HttpRequest, state: &NodeState, attachment: Attachment, download: bool) -> Result<HttpResponse, Failure> {
    let sha256 = attachment.sha256.clone();
    let content_type =
        state.reader.read(move |connection| files::sniffed_type(connection, &sha256)).await?.ok_or(Failure::NotFound("file"))?;
    let inline = !download && presentation(&content_type) == Presentation::Inline;
    let file = stored_file::open(&state.files, &attachment.sha256).await?;
    let mut response = stored_file::give(file.set_content_disposition(disposition(&attachment.name, inline)), request);
    let headers = response.headers_mut();
    // What the first bytes say that it is; what the sender says is only shown.
    let shown_type = if inline { content_type.as_str() } else { "application/octet-stream" };
    headers.insert(CONTENT_TYPE, HeaderValue::from_str(shown_type).map_err(Failure::internal)?);
    headers.insert(X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    headers.insert(CONTENT_SECURITY_POLICY, HeaderValue::from_static(file_policy(&content_type)));
    headers.insert(CACHE_CONTROL, HeaderValue::from_static("private, max-age=86400"));
    Ok(response)
}

/// Under this policy a file that is opened as a page can do nothing. The browsers' PDF viewers do not run in a sandbox; a PDF is no page of ours.
fn file_policy(content_type: &str) -> &'static str {
    if content_type == "application/pdf" {
        "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'self'"
    } else {
        "sandbox; default-src 'none'; media-src 'self'; style-src 'unsafe-inline'"
    }
}

fn disposition(name: &FileName, inline: bool) -> ContentDisposition {
    let value = name.as_str().as_bytes().to_vec();
    let extended = ExtendedValue { charset: Charset::Ext("UTF-8".to_owned()), language_tag: None, value };
    ContentDisposition {
        disposition: if inline { DispositionType::Inline } else { DispositionType::Attachment },
        parameters: vec![DispositionParam::FilenameExt(extended)],
    }
}
