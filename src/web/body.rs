//! Reading the body of a request within a size and a time.

use std::time::Duration;

use actix_web::HttpRequest;
use actix_web::error::PayloadError;
use actix_web::http::header;
use actix_web::web::{self, Bytes, BytesMut};
use futures_util::{Stream, StreamExt};

use super::error::Failure;

/// What a body may be.
#[derive(Clone, Copy, Debug)]
pub struct BodyLimit {
    /// What it is, for the error text.
    pub what: &'static str,
    /// Most bytes.
    pub bytes: usize,
    /// Longest time until all of it is there.
    pub within: Duration,
}

/// Reads the whole body.
///
/// # Errors
/// [`Failure::TooLarge`] at once when the header says so, or as soon as it is known; [`Failure::TooSlow`]; [`Failure::BadRequest`] when
/// the caller hangs up.
pub async fn read(request: &HttpRequest, payload: web::Payload, limit: BodyLimit) -> Result<Bytes, Failure> {
    check_announced_length(request, limit)?;
    actix::clock::timeout(limit.within, gather(payload, limit)).await.unwrap_or(Err(Failure::TooSlow))
}

/// Refuses a body by its `Content-Length`, before it is read, and any that is compressed: what it becomes cannot be known before.
///
/// # Errors
/// [`Failure::TooLarge`] or [`Failure::BadRequest`].
pub fn check_announced_length(request: &HttpRequest, limit: BodyLimit) -> Result<(), Failure> {
    if request.headers().contains_key(header::CONTENT_ENCODING) {
        return Err(Failure::BadRequest("compressed requests are not taken".to_owned()));
    }
    let announced = request.headers().get(header::CONTENT_LENGTH).and_then(|length| length.to_str().ok()?.parse::<usize>().ok());
    if announced.is_some_and(|length| length > limit.bytes) { Err(too_large(limit)) } else { Ok(()) }
}

/// A body that ends in an error once more than `bytes` of it have come, for readers that would skip the rest rather than stop.
pub fn capped(payload: web::Payload, bytes: usize) -> impl Stream<Item = Result<Bytes, PayloadError>> {
    let mut left = bytes;
    payload.map(move |chunk| {
        let chunk = chunk?;
        left = left.checked_sub(chunk.len()).ok_or(PayloadError::Overflow)?;
        Ok(chunk)
    })
}

async fn gather(mut payload: web::Payload, limit: BodyLimit) -> Result<Bytes, Failure> {
    let mut body = BytesMut::new();
    while let Some(chunk) = payload.next().await {
        let chunk = chunk.map_err(|error| Failure::BadRequest(format!("the request broke off: {error}")))?;
        if body.len() + chunk.len() > limit.bytes {
            return Err(too_large(limit));
        }
        body.extend_from_slice(&chunk);
    }
    Ok(body.freeze())
}

fn too_large(limit: BodyLimit) -> Failure {
    Failure::TooLarge { what: limit.what, limit: limit.bytes }
}
