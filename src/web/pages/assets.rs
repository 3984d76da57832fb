//! `/static`: compiled in; a debug build reads from disk.

use actix_web::http::header::{CACHE_CONTROL, ETAG, EntityTag, IF_NONE_MATCH, X_CONTENT_TYPE_OPTIONS};
use actix_web::{HttpRequest, HttpResponse, web};
use rust_embed::RustEmbed;

#[derive(RustEmbed)]
#[folder = "static/"]
struct Files;

/// Gives a file; the browser asks each time whether it has changed, and mostly it has not.
pub(super) async fn asset(request: HttpRequest, path: web::Path<String>) -> HttpResponse {
    let Some(file) = Files::get(&path) else { return HttpResponse::NotFound().finish() };
    let tag = EntityTag::new_strong(hex::encode(&file.metadata.sha256_hash()[..12])).to_string();
    let known = request.headers().get(IF_NONE_MATCH).is_some_and(|known| known.as_bytes() == tag.as_bytes());
    let mut response = if known { HttpResponse::NotModified() } else { HttpResponse::Ok() };
    response.insert_header((ETAG, tag)).insert_header((CACHE_CONTROL, "no-cache")).insert_header((X_CONTENT_TYPE_OPTIONS, "nosniff"));
    if known {
        return response.finish();
    }
    response.content_type(content_type(&path)).body(file.data.into_owned())
}

fn content_type(path: &str) -> String {
    let guess = mime_guess::from_path(path).first_or_octet_stream();
    if guess.type_() == "text" { format!("{guess}; charset=utf-8") } else { guess.to_string() }
}
