//! Giving out what is in the file store.

use actix_files::NamedFile;
use actix_web::http::header::{CACHE_CONTROL, CONTENT_TYPE, HeaderValue};
use actix_web::{HttpRequest, HttpResponse, web};

use super::error::Failure;
use crate::db::FileStore;

/// Opens a file of the store, on a thread for slow work.
///
/// # Errors
/// [`Failure::NotFound`] when there is none.
pub async fn open(files: &FileStore, sha256: &str) -> Result<NamedFile, Failure> {
    let path = files.locate(sha256).ok_or(Failure::NotFound("file"))?;
    let opened = web::block(move || NamedFile::open(path)).await.map_err(Failure::internal)?;
    opened.map_err(|_| Failure::NotFound("file"))
}

/// Gives somebody's picture: always a JPEG that this node drew. Its URL has a version, so that it may be kept for a week.
///
/// # Errors
/// [`Failure::NotFound`] when they have none.
pub async fn picture(request: &HttpRequest, files: &FileStore, sha256: Option<String>) -> Result<HttpResponse, Failure> {
    let file = open(files, &sha256.ok_or(Failure::NotFound("picture"))?).await?;
    let mut response = file.into_response(request);
    response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static("image/jpeg"));
    response.headers_mut().insert(CACHE_CONTROL, HeaderValue::from_static("private, max-age=604800"));
    Ok(response)
}
