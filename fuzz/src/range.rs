//! A file to a browser, or a part of it: `Range` and the conditions.

use std::cell::OnceCell;

use actix_web::HttpRequest;
use actix_web::body::to_bytes;
use actix_web::http::StatusCode;
use actix_web::http::header::{
    ACCEPT_ENCODING, CONTENT_LENGTH, CONTENT_RANGE, HeaderMap, HeaderName, HeaderValue, IF_MATCH, IF_MODIFIED_SINCE, IF_NONE_MATCH,
    IF_RANGE, IF_UNMODIFIED_SINCE, RANGE,
};
use actix_web::rt::Runtime;
use actix_web::test::TestRequest;
use actix_web::web::Bytes;
use kith::db::FileStore;
use kith::web::stored_file;

/// The headers that decide what is given.
const HEADERS: [HeaderName; 7] = [RANGE, IF_RANGE, IF_NONE_MATCH, IF_MODIFIED_SINCE, IF_MATCH, IF_UNMODIFIED_SINCE, ACCEPT_ENCODING];

/// The first byte chooses the file, and each line is one of [`HEADERS`]; an empty line is none.
pub fn target(data: &[u8]) {
    let Some((which, lines)) = data.split_first() else { return };
    let mut request = TestRequest::get();
    for (name, value) in HEADERS.into_iter().zip(lines.split(|byte| *byte == b'\n')).filter(|(_, value)| !value.is_empty()) {
        let Ok(value) = HeaderValue::from_bytes(value) else { return };
        request = request.insert_header((name, value));
    }
    let request = request.to_http_request();
    SHELF.with(|shelf| {
        let shelf = shelf.get_or_init(Shelf::new);
        let (hash, content) = &shelf.files[usize::from(*which) % shelf.files.len()];
        shelf.given(&request, hash).is_part_of(content);
    });
}

thread_local! {
    static SHELF: OnceCell<Shelf> = const { OnceCell::new() };
}

/// A store with a few files in it.
struct Shelf {
    runtime: Runtime,
    store: FileStore,
    files: Vec<(String, Vec<u8>)>,
    _folder: tempfile::TempDir,
}

/// What came.
struct Given {
    status: StatusCode,
    headers: HeaderMap,
    body: Bytes,
}

impl Shelf {
    fn new() -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let store = FileStore::open(folder.path()).expect("a store");
        let contents = [(0..100).collect(), Vec::new(), vec![b'x'], b"0123456789".to_vec()];
        let files = contents.into_iter().map(|content: Vec<u8>| (store.put(&content).expect("stored").sha256, content)).collect();
        Self { runtime: Runtime::new().expect("a runtime"), store, files, _folder: folder }
    }

    fn given(&self, request: &HttpRequest, hash: &str) -> Given {
        self.runtime.block_on(async {
            let response = stored_file::give(stored_file::open(&self.store, hash).await.expect("it is there"), request);
            let (status, headers) = (response.status(), response.headers().clone());
            let body = to_bytes(response.into_body()).await.unwrap_or_else(|_| panic!("the body of {status} breaks off"));
            Given { status, headers, body }
        })
    }
}

impl Given {
    fn header(&self, name: HeaderName) -> Option<&str> {
        self.headers.get(name).map(|value| value.to_str().expect("ASCII"))
    }

    /// All of the file, the very part that is announced, or nothing.
    fn is_part_of(&self, content: &[u8]) {
        match self.status {
            StatusCode::OK => assert_eq!((&*self.body, self.header(CONTENT_RANGE)), (content, None)),
            StatusCode::PARTIAL_CONTENT => {
                let (first, last) = self.announced(content.len());
                assert_eq!(&*self.body, &content[first..=last]);
            }
            StatusCode::RANGE_NOT_SATISFIABLE => {
                assert_eq!(self.header(CONTENT_RANGE), Some(format!("bytes */{}", content.len()).as_str()));
                assert!(self.body.is_empty());
            }
            // 400: a range that is not ASCII.
            StatusCode::NOT_MODIFIED | StatusCode::PRECONDITION_FAILED | StatusCode::BAD_REQUEST => assert!(self.body.is_empty()),
            other => panic!("{other}"),
        }
        let length = self.header(CONTENT_LENGTH).map(|length| length.parse::<usize>().expect("a length"));
        assert!(length.is_none_or(|length| length == self.body.len()), "{length:?} announced, {} given", self.body.len());
    }

    /// The first and last byte that `Content-Range` names.
    fn announced(&self, size: usize) -> (usize, usize) {
        let range = self.header(CONTENT_RANGE).and_then(|range| range.strip_prefix("bytes ")).expect("the range that is given");
        let (part, whole) = range.split_once('/').expect("a size");
        let (first, last) = part.split_once('-').expect("two ends");
        let (first, last) = (first.parse().expect("a number"), last.parse().expect("a number"));
        assert!(first <= last && last < size && whole == size.to_string(), "{range} of {size}");
        (first, last)
    }
}
