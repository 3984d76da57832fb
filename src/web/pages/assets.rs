//! `/static`: compiled in, and compressed once; a debug build reads from disk.

use std::collections::HashMap;
use std::io::Write;
use std::sync::LazyLock;

use actix_web::http::header::{ACCEPT_ENCODING, CACHE_CONTROL, CONTENT_ENCODING, ETAG, IF_NONE_MATCH, VARY, X_CONTENT_TYPE_OPTIONS};
use actix_web::web::{self, Bytes};
use actix_web::{HttpRequest, HttpResponse};
use flate2::Compression;
use flate2::write::GzEncoder;
use rust_embed::{EmbeddedFile, RustEmbed};

#[derive(RustEmbed)]
#[folder = "static/"]
struct Files;

/// A file as it is given.
#[derive(Clone)]
struct Asset {
    plain: Bytes,
    /// Where it is worth it: pictures are compressed already.
    gzip: Option<Bytes>,
    /// What changes with the content, without its quotes.
    tag: String,
    content_type: String,
}

/// Every file, by its path.
static ASSETS: LazyLock<HashMap<String, Asset>> = LazyLock::new(|| {
    let asset = |path: &str| Files::get(path).map(|file| (path.to_owned(), Asset::of(path, file)));
    Files::iter().filter_map(|path| asset(&path)).collect()
});

/// Compresses what is not yet: at the start, so that nobody waits for it.
pub fn prepare() {
    if !cfg!(debug_assertions) {
        LazyLock::force(&ASSETS);
    }
}

fn find(path: &str) -> Option<Asset> {
    // A change on disk shows with a reload.
    if cfg!(debug_assertions) { Files::get(path).map(|file| Asset::of(path, file)) } else { ASSETS.get(path).cloned() }
}

impl Asset {
    fn of(path: &str, file: EmbeddedFile) -> Self {
        let tag = hex::encode(&file.metadata.sha256_hash()[..12]);
        let plain = match file.data {
            std::borrow::Cow::Borrowed(data) => Bytes::from_static(data),
            std::borrow::Cow::Owned(data) => Bytes::from(data),
        };
        let gzip = compressed(&plain).filter(|gzip| gzip.len() + gzip.len() / 8 < plain.len());
        Self { plain, gzip: gzip.map(Bytes::from), tag, content_type: content_type(path) }
    }
}

/// `None` only when memory fails, which is no reason to give nothing.
fn compressed(plain: &[u8]) -> Option<Vec<u8>> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::best());
    encoder.write_all(plain).ok()?;
    encoder.finish().ok()
}

/// Gives a file; the browser asks each time whether it has changed, and mostly it has not.
pub(super) async fn asset(request: HttpRequest, path: web::Path<String>) -> HttpResponse {
    let Some(asset) = find(&path) else { return HttpResponse::NotFound().finish() };
    let header = |name| request.headers().get(name).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let gzip = asset.gzip.filter(|_| takes_gzip(header(ACCEPT_ENCODING)));
    // Two forms of one file are two things to a cache.
    let tag = format!("\"{}{}\"", asset.tag, if gzip.is_some() { "-gzip" } else { "" });
    let known = header(IF_NONE_MATCH).split(',').any(|known| known.trim() == tag);
    let mut response = if known { HttpResponse::NotModified() } else { HttpResponse::Ok() };
    response.insert_header((ETAG, tag)).insert_header((CACHE_CONTROL, "no-cache")).insert_header((VARY, "Accept-Encoding"));
    response.insert_header((X_CONTENT_TYPE_OPTIONS, "nosniff"));
    if known {
        return response.finish();
    }
    response.content_type(asset.content_type);
    match gzip {
        Some(gzip) => response.insert_header((CONTENT_ENCODING, "gzip")).body(gzip),
        None => response.body(asset.plain),
    }
}

/// Whether a list such as `gzip, deflate;q=0.5` has gzip in it, and not with a weight of 0.
fn takes_gzip(accepted: &str) -> bool {
    accepted.split(',').any(|one| {
        let (name, weight) = one.split_once(';').unwrap_or((one, ""));
        let weight = weight.trim().strip_prefix("q=").and_then(|weight| weight.parse::<f32>().ok()).unwrap_or(1.0);
        name.trim().eq_ignore_ascii_case("gzip") && weight > 0.0
    })
}

fn content_type(path: &str) -> String {
    let guess = mime_guess::from_path(path).first_or_octet_stream();
    if guess.type_() == "text" { format!("{guess}; charset=utf-8") } else { guess.to_string() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn gzip_is_given_to_who_takes_it() {
        for (accepted, takes) in [
            ("gzip, deflate, br", true),
            ("deflate, GZIP;q=0.5", true),
            ("gzip;q=0", false),
            ("gzip; q=0.0", false),
            ("identity", false),
            ("", false),
            ("xgzip", false),
        ] {
            assert_eq!(takes_gzip(accepted), takes, "{accepted}");
        }
    }

    #[test]
    fn texts_are_compressed_and_pictures_are_not() {
        let asset = |path: &str| Asset::of(path, Files::get(path).unwrap());
        let (style, picture) = (asset("css/base.css"), asset("img/icon-512.png"));
        assert!(style.gzip.is_some_and(|gzip| gzip.len() * 2 < style.plain.len()) && picture.gzip.is_none());
    }
}
