//! Giving out what is in the file store.

use actix_files::NamedFile;
use actix_web::http::header::{CACHE_CONTROL, CONTENT_RANGE, CONTENT_TYPE, HeaderValue, RANGE};
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

/// Gives a file, or the part of it that `request` asks for.
#[must_use]
pub fn give(file: NamedFile, request: &HttpRequest) -> HttpResponse {
    // An empty file has no part. `actix-files` reckons with the last byte of one all the same (`bytes=-1`), which is that before the first.
    if file.metadata().len() == 0 && request.headers().contains_key(RANGE) {
        return HttpResponse::RangeNotSatisfiable().insert_header((CONTENT_RANGE, "bytes */0")).finish();
    }
    file.into_response(request)
}

/// Gives somebody's picture: always a JPEG that this node drew. Its URL has a version, so that it may be kept for a week.
///
/// # Errors
/// [`Failure::NotFound`] when they have none.
pub async fn picture(request: &HttpRequest, files: &FileStore, sha256: Option<String>) -> Result<HttpResponse, Failure> {
    let file = open(files, &sha256.ok_or(Failure::NotFound("picture"))?).await?;
    let mut response = give(file, request);
    response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static("image/jpeg"));
    response.headers_mut().insert(CACHE_CONTROL, HeaderValue::from_static("private, max-age=604800"));
    Ok(response)
}

#[cfg(test)]
mod tests {
    use actix_web::http::StatusCode;
    use actix_web::test::TestRequest;

    use super::*;

    #[actix_web::test]
    async fn an_empty_file_has_no_part() {
        let folder = tempfile::tempdir().unwrap();
        let files = FileStore::open(folder.path()).unwrap();
        let empty = files.put(b"").unwrap().sha256;
        for range in ["bytes=-5", "bytes=0-", "bytes=0-0"] {
            let request = TestRequest::get().insert_header((RANGE, range)).to_http_request();
            let response = give(open(&files, &empty).await.unwrap(), &request);
            assert_eq!(
                (response.status(), response.headers().get(CONTENT_RANGE)),
                (StatusCode::RANGE_NOT_SATISFIABLE, Some(&HeaderValue::from_static("bytes */0"))),
                "{range}"
            );
        }
        let whole = give(open(&files, &empty).await.unwrap(), &TestRequest::get().to_http_request());
        assert_eq!(whole.status(), StatusCode::OK);
    }
}
