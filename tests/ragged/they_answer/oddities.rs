//! Answers that are none, whatever was asked.

use serde_json::json;

use crate::support::{Answer, Then};

/// An answer that no call has.
#[derive(Clone, Debug)]
pub(crate) struct Oddity {
    pub(crate) name: &'static str,
    pub(crate) answer: Answer,
}

const PAGE: &str = "<!DOCTYPE html><html><head><title>0: Success</title></head><body><h1>Powered by CherryPy 10</h1></body></html>";

/// A compressed nothing: the head of a gzip stream that goes on with rubbish.
const GZIP: &[u8] = b"\x1f\x8b\x08\x00\x00\x00\x00\x00\x00\x03\x4b\xcc\x4b\x04\x00\xff\xff\xff\xff";

fn digits() -> Vec<u8> {
    vec![b'0'; 3 << 20]
}

/// All of them. None reads as a yes.
pub(crate) fn all() -> Vec<Oddity> {
    let wrong_types = json!({ "error": { "code": [] }, "fullname": { "first": "Ben" }, "picture": [1], "message": 7, "pubKey": [[]] });
    let many_lines = "X-Line: and another one\r\n".repeat(500);
    let long_line = format!("X-Long: {}\r\n", "y".repeat(300_000));
    let head = |rest: &str| format!("HTTP/1.1 200 OK\r\nServer: CherryPy/10\r\n{rest}");
    let raw = |bytes: &str, then| Answer::raw(bytes.as_bytes(), then);
    [
        ("404 and a page", Answer::status(404, PAGE)),
        ("415 and a page", Answer::status(415, PAGE)),
        ("500 and a page", Answer::status(500, PAGE)),
        ("a page as though all were well", Answer::text(PAGE)),
        ("nothing", Answer::text("")),
        ("500 and nothing", Answer::status(500, "")),
        ("204", raw("HTTP/1.1 204 No Content\r\n\r\n", Then::Listen)),
        ("999", Answer::status(999, "0: Success")),
        ("a redirection to elsewhere", Answer::with(302, "Location: http://127.0.0.1:1/receiveMessage\r\n", b"0: Success")),
        ("a redirection to itself", Answer::with(307, "Location: /listAPI\r\n", b"")),
        ("3 MB of digits", Answer::with(200, "", &digits())),
        ("digits without end", Answer::raw([head("\r\n").as_bytes(), &digits()[..2048]].concat(), Then::Ramble)),
        ("a head without end", Answer::raw([head("X: ").as_bytes(), &digits()[..2048]].concat(), Then::Ramble)),
        ("half a head", raw("HTTP/1.1 200 OK\r\nContent-Le", Then::HangUp)),
        ("half an answer", raw(&head("Content-Length: 100\r\n\r\n0: Succ"), Then::HangUp)),
        ("a length that it does not keep", raw(&head("Content-Length: 100\r\n\r\n0: Success"), Then::FallSilent)),
        ("a length that is no number", raw(&head("Content-Length: many\r\n\r\n0: Success"), Then::HangUp)),
        ("a piece that is cut", raw(&head("Transfer-Encoding: chunked\r\n\r\nff\r\n<!DOCTYPE html"), Then::HangUp)),
        ("a piece of no size", raw(&head("Transfer-Encoding: chunked\r\n\r\nzz\r\n0: Success\r\n0\r\n\r\n"), Then::HangUp)),
        ("silence", raw("", Then::FallSilent)),
        ("a closed connection", raw("", Then::HangUp)),
        ("another protocol", raw("SSH-2.0-OpenSSH_7.4\r\n", Then::HangUp)),
        ("a line of 300 KB in its head", Answer::with(200, &long_line, b"0: Success")),
        ("500 lines in its head", Answer::with(200, &many_lines, b"0: Success")),
        ("compressed bytes", Answer::with(200, "Content-Encoding: gzip\r\n", GZIP)),
        ("deep JSON", Answer::text(&"[".repeat(20_000))),
        ("a JSON array", Answer::text("[\"0: Success\"]")),
        ("null", Answer::text("null")),
        ("wrong types everywhere", Answer::json(&wrong_types)),
        ("bytes that are no text", Answer::with(200, "", &[0xff, 0xfe, 0x00, 0xc3, 0x28, 0x80])),
        ("zero bytes", Answer::with(200, "", &[0; 100])),
        ("S's words for trouble", Answer::text("Error: Something Went Wrong")),
    ]
    .map(|(name, answer)| Oddity { name, answer })
    .to_vec()
}
