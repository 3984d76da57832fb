//! HTTP that is odd, slow, cut, or none.

use std::rc::Rc;
use std::time::Duration;

use super::{CALLS, assert_done, assert_refused, good_body};
use crate::arena::Arena;
use crate::runner::Case;
use crate::support::{PeerReply, RawConnection};

/// What may be in a head without harm.
const HARMLESS: [(&str, &str); 7] = [
    ("a cookie", "Cookie: session_id=0123; kith=%00\r\n"),
    ("the name of another host", "X-Forwarded-Host: elsewhere.test\r\nX-Forwarded-For: 10.0.0.1\r\n"),
    ("a wish for compressed answers", "Accept-Encoding: gzip, deflate, br, x\r\n"),
    ("an answer that is to be waited for", "Expect: 100-continue\r\n"),
    ("credentials", "Authorization: Basic YW5hOnBhc3N3b3Jk\r\n"),
    ("a wish for another language", "Accept: \r\nAccept-Language: ta\r\nRange: bytes=0-0\r\n"),
    ("a wish for another protocol", "Upgrade: h2c, websocket\r\nConnection: keep-alive\r\n"),
];

/// Types under which JSON does not come.
const TYPES: [&str; 6] =
    ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x", "text/html", "application/jsonx", ""];

/// Whole requests that are none, whatever their call.
fn broken() -> Vec<(&'static str, String)> {
    let head = "POST /receiveMessage HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n";
    let line = format!("X-Long: {}\r\n", "y".repeat(300_000));
    vec![
        ("300 KB in a line of its head", format!("{head}{line}Content-Length: 0\r\n\r\n")),
        ("2,000 lines in its head", format!("{head}{}Content-Length: 0\r\n\r\n", "X: y\r\n".repeat(2000))),
        ("a path of 300 KB", format!("POST /{} HTTP/1.1\r\nHost: x\r\n\r\n", "x".repeat(300_000))),
        ("a length that is no number", format!("{head}Content-Length: many\r\n\r\n{{}}")),
        ("a negative length", format!("{head}Content-Length: -1\r\n\r\n{{}}")),
        ("a length beyond all numbers", format!("{head}Content-Length: 99999999999999999999999\r\n\r\n{{}}")),
        ("a length of a terabyte", format!("{head}Content-Length: 1099511627776\r\n\r\n{{}}")),
        ("two lengths", format!("{head}Content-Length: 2\r\nContent-Length: 3\r\n\r\n{{}}")),
        ("a length and pieces", format!("{head}Content-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n")),
        ("pieces of no size", format!("{head}Transfer-Encoding: chunked\r\n\r\nzz\r\n{{}}\r\n0\r\n\r\n")),
        ("pieces beyond all size", format!("{head}Transfer-Encoding: chunked\r\n\r\nffffffffffffffffff\r\n{{}}")),
        ("pieces in another coding", format!("{head}Transfer-Encoding: gzip, chunked\r\n\r\n2\r\n{{}}\r\n0\r\n\r\n")),
        ("a gzip bomb", format!("{head}Content-Encoding: gzip\r\nContent-Length: 10\r\n\r\n\u{1f}\u{8}\u{8}\0\0\0\0\0\0\0")),
        ("another compression", format!("{head}Content-Encoding: br\r\nContent-Length: 2\r\n\r\n{{}}")),
        ("a zero byte in its head", "POST /receiveMessage HTTP/1.1\r\nHost: x\0y\r\n\r\n".to_owned()),
        ("a head of one word", "POST\r\n\r\n".to_owned()),
        ("a version that is none", "POST /receiveMessage HTTP/9.9\r\nHost: x\r\n\r\n".to_owned()),
        ("a method that is none", "SEND /receiveMessage HTTP/1.1\r\nHost: x\r\nContent-Length: 0\r\n\r\n".to_owned()),
        ("the preface of HTTP/2", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".to_owned()),
        ("the beginning of TLS", "\u{16}\u{3}\u{1}\u{2}\0\u{1}\0\u{1}\r\n\r\n".to_owned()),
        ("another protocol", "SSH-2.0-OpenSSH_7.4\r\n\r\n".to_owned()),
        ("nothing but line breaks", "\r\n".repeat(5000)),
    ]
}

pub(super) fn cases(arena: &Rc<Arena>) -> Vec<Case> {
    let mut cases = Vec::new();
    for (call, _) in CALLS {
        for (what, line) in HARMLESS {
            let send = move |body: String, call: &str| {
                format!(
                    "POST {call} HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n{line}Content-Length: {}\r\n\r\n{body}",
                    body.len()
                )
            };
            cases.push(Case::new(format!("they call {call} with {what}"), by_hand(arena.clone(), call, send)));
        }
        cases.push(Case::new(
            format!("they call {call} with HTTP 1.0"),
            by_hand(arena.clone(), call, |body, call| {
                format!("POST {call} HTTP/1.0\r\nContent-Type: application/json\r\nContent-Length: {}\r\n\r\n{body}", body.len())
            }),
        ));
        cases.push(Case::new(
            format!("they call {call} in pieces of a few bytes"),
            by_hand(arena.clone(), call, |body, call| {
                let pieces = body.as_bytes().chunks(7).fold(Vec::new(), |all, piece| {
                    [all, format!("{:x}\r\n", piece.len()).into_bytes(), piece.to_vec(), b"\r\n".to_vec()].concat()
                });
                let head =
                    format!("POST {call} HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n");
                String::from_utf8([head.as_bytes(), &pieces, b"0\r\n\r\n"].concat()).expect("a body in ASCII")
            }),
        ));
        for content_type in TYPES {
            let work = mistyped(arena.clone(), call, content_type);
            cases.push(Case::new(format!("they call {call} with the type {content_type:?}"), work));
        }
        cases.push(Case::new(format!("they call {call} by GET"), by_get(arena.clone(), call)));
        cases.push(Case::new(format!("they call {call} and stop in the middle"), stopped(arena.clone(), call)));
        cases.push(Case::new(format!("they call {call} and hang up in the middle"), hung_up(arena.clone(), call)));
    }
    for (what, request) in broken() {
        cases.push(Case::new(format!("they send {what}"), unread(arena.clone(), request)));
    }
    cases.push(Case::new("they call twice in one breath", pipelined(arena.clone())));
    cases.push(Case::new("they send a body letter by letter", letter_by_letter(arena.clone())));
    cases
}

/// The JSON of a body in ASCII alone.
fn ascii(call: &str, name: &str) -> String {
    good_body(call, name).to_string().chars().fold(String::new(), |text, c| {
        if c.is_ascii() { text + c.encode_utf8(&mut [0; 4]) } else { text + &format!("\\u{:04x}", u32::from(c)) }
    })
}

fn read(answer: &str) -> PeerReply {
    let answer = answer.rsplit("HTTP/1.1 100 Continue\r\n\r\n").next().unwrap();
    let (head, body) = answer.split_once("\r\n\r\n").unwrap_or_else(|| panic!("no answer: {answer:?}"));
    let status = head.split(' ').nth(1).unwrap().parse().unwrap();
    PeerReply { status, text: body.to_owned() }
}

async fn by_hand(arena: Rc<Arena>, call: &'static str, write: impl Fn(String, &str) -> String) {
    let name = arena.somebody();
    let mut connection = RawConnection::open(arena.node.address()).await;
    connection.write(write(ascii(call, &name), call)).await;
    let reply = read(&connection.answer().await);
    assert_done(&arena, call, &name, &reply).await;
}

async fn mistyped(arena: Rc<Arena>, call: &'static str, content_type: &'static str) {
    let name = arena.somebody();
    let headers = if content_type.is_empty() { vec![] } else { vec![("Content-Type", content_type)] };
    let reply = arena.call(call, &headers, good_body(call, &name).to_string().into_bytes()).await;
    assert_eq!(reply.status, 415, "{reply:?}");
    assert_refused(&arena, &name, &[1], &reply).await;
}

async fn by_get(arena: Rc<Arena>, call: &'static str) {
    let answer = arena.node.get(&format!("{call}?sender=ben&destination=ana&message=hi&stamp=1")).await;
    assert_eq!((answer.status, answer.text().starts_with("1: ")), (405, true), "{}", answer.text());
}

fn half(call: &str, name: &str) -> String {
    let body = ascii(call, name);
    let half = &body[..body.len() / 2];
    format!("POST {call} HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: {}\r\n\r\n{half}", body.len())
}

/// They are told that they were too slow, and nothing is stored.
async fn stopped(arena: Rc<Arena>, call: &'static str) {
    let name = arena.somebody();
    let mut connection = RawConnection::open(arena.node.address()).await;
    connection.write(half(call, &name)).await;
    let reply = read(&connection.answer().await);
    assert_eq!(reply.status, 408);
    assert_refused(&arena, &name, &[1], &reply).await;
}

async fn hung_up(arena: Rc<Arena>, call: &'static str) {
    let name = arena.somebody();
    let mut connection = RawConnection::open(arena.node.address()).await;
    connection.write(half(call, &name)).await;
    drop(connection);
    assert_eq!(arena.node.get("/ping").await.text(), "0");
    assert_eq!(arena.user.get(&format!("/api/users/{name}")).await.status, 404);
}

/// What cannot be read is refused or cut off; the node goes on.
async fn unread(arena: Rc<Arena>, request: String) {
    let mut connection = RawConnection::open(arena.node.address()).await;
    connection.write(request).await;
    let answer = connection.answer().await;
    assert!(answer.is_empty() || answer.starts_with("HTTP/1.1 4"), "{answer}");
    assert!(!answer.to_lowercase().contains("panick"), "{answer}");
    drop(connection);
    assert_eq!(arena.node.get("/ping").await.text(), "0");
}

async fn pipelined(arena: Rc<Arena>) {
    let names = [arena.somebody(), arena.somebody()];
    let mut connection = RawConnection::open(arena.node.address()).await;
    let request = |name: &String| {
        let body = ascii("/receiveMessage", name);
        let head = "POST /receiveMessage HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length:";
        format!("{head} {}\r\n\r\n{body}", body.len())
    };
    connection.write(names.each_ref().map(request).concat()).await;
    for name in &names {
        crate::arena::until(async || (arena.user.conversation(name).await.len() == 1).then_some(())).await;
    }
}

async fn letter_by_letter(arena: Rc<Arena>) {
    let name = arena.somebody();
    let body = ascii("/receiveMessage", &name);
    let mut connection = RawConnection::open(arena.node.address()).await;
    let head =
        format!("POST /receiveMessage HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: {}\r\n\r\n", body.len());
    connection.write(head).await;
    for letter in body.as_bytes().chunks(1) {
        connection.write(letter).await;
        actix_web::rt::time::sleep(Duration::from_millis(1)).await;
    }
    let reply = read(&connection.answer().await);
    assert_done(&arena, "/receiveMessage", &name, &reply).await;
}
