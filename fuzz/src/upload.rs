//! A file as a browser sends it: the part `file` of a multipart form.

use actix_multipart::Multipart;
use actix_web::error::PayloadError;
use actix_web::http::header::{CONTENT_TYPE, HeaderMap, HeaderValue};
use actix_web::rt::Runtime;
use actix_web::web::Bytes;
use futures_util::stream;
use kith::domain::file::{FileName, tidy_content_type};
use kith::web::api::files::{Upload, read_upload};

/// Most bytes of a file here.
const MAX_BYTES: usize = 300;

/// The first byte is how many bytes come at a time, the first line the `Content-Type`, the rest the form.
pub fn target(data: &[u8]) {
    let Some((step, data)) = data.split_first() else { return };
    let Some(end) = data.iter().position(|byte| *byte == b'\n') else { return };
    let (content_type, form) = (&data[..end], &data[end + 1..]);
    let Ok(content_type) = HeaderValue::from_bytes(content_type) else { return };
    let Some(upload) = read(content_type, form, usize::from(*step) + 1) else { return };
    assert!((1..=MAX_BYTES).contains(&upload.bytes.len()));
    assert!(form.windows(upload.bytes.len()).any(|window| window == upload.bytes));
    assert_eq!(FileName::from_sent(upload.name.as_str()), upload.name);
    assert_eq!(tidy_content_type(&upload.content_type), upload.content_type);
    again(&upload);
}

thread_local! {
    static RUNTIME: Runtime = Runtime::new().expect("a runtime");
}

fn read(content_type: HeaderValue, form: &[u8], step: usize) -> Option<Upload> {
    let mut headers = HeaderMap::new();
    headers.insert(CONTENT_TYPE, content_type);
    let chunks: Vec<_> = form.chunks(step).map(|chunk| Ok::<_, PayloadError>(Bytes::copy_from_slice(chunk))).collect();
    let form = Multipart::new(&headers, stream::iter(chunks));
    RUNTIME.with(|runtime| runtime.block_on(read_upload(form, MAX_BYTES))).ok()
}

/// What was read is read again from a form as a browser would write it.
fn again(upload: &Upload) {
    const BOUNDARY: &str = "----a boundary that few files have";
    // The fuzzer learns it.
    if upload.bytes.windows(BOUNDARY.len()).any(|window| window == BOUNDARY.as_bytes()) {
        return;
    }
    let name = upload.name.as_str().replace('"', "%22");
    let head = format!(
        "--{BOUNDARY}\r\nContent-Disposition: form-data; name=\"file\"; filename=\"{name}\"\r\nContent-Type: {}\r\n\r\n",
        upload.content_type
    );
    let form = [head.as_bytes(), &upload.bytes, format!("\r\n--{BOUNDARY}--\r\n").as_bytes()].concat();
    let content_type = HeaderValue::from_str(&format!("multipart/form-data; boundary=\"{BOUNDARY}\"")).expect("a header");
    let again = read(content_type, &form, form.len()).expect("a browser's form");
    assert_eq!(again.bytes, upload.bytes);
}
