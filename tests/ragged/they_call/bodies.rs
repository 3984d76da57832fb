//! Bodies that are odd in ways that every call could meet.

use std::rc::Rc;

use serde_json::{Value, json};

use super::{CALLS, JSON, assert_done, assert_refused, good_body};
use crate::arena::Arena;
use crate::runner::Case;

/// A way of writing a body that changes nothing of what it says: its name, what follows the path, the Content-Type, and the body.
type Dress = (&'static str, &'static str, &'static str, fn(Value) -> Vec<u8>);

fn plain(body: Value) -> Vec<u8> {
    body.to_string().into_bytes()
}

fn with(mut body: Value, extra: &str) -> Vec<u8> {
    let text = std::mem::take(&mut body).to_string();
    format!("{}, {extra}}}", text.trim_end_matches('}')).into_bytes()
}

const DRESSES: [Dress; 17] = [
    ("a bare question mark", "?", "application/json", plain),
    ("an argument of old", "?encoding=2", "application/json", plain),
    ("an argument that nobody knows", "?x=%00%ff&&=", "application/json", plain),
    ("a charset", "", "application/json; charset=utf-8", plain),
    ("a type in capitals", "", "Application/JSON", plain),
    ("a byte order mark", "", "application/json", |body| [b"\xef\xbb\xbf", plain(body).as_slice()].concat()),
    ("much white space", "", "application/json", |body| format!("\r\n\t {body:#}\n\n ").into_bytes()),
    ("keys that nobody knows", "", "application/json", |body| with(body, "\"hashed\": 0, \"groupID\": null, \"\": [], \"tfa\": {}")),
    ("deep JSON under a key that nobody knows", "", "application/json", |body| {
        with(body, &format!("\"x\": {}{}", "[".repeat(2000), "]".repeat(2000)))
    }),
    ("a long number under a key that nobody knows", "", "application/json", |body| with(body, &format!("\"x\": {}", "9".repeat(5000)))),
    ("a lone surrogate under a key that nobody knows", "", "application/json", |body| with(body, "\"x\\udc00\": \"\\ud800\"")),
    ("keys that come twice, first wrong and then right", "", "application/json", |body| {
        let text = body.to_string();
        let wrong: String = body.as_object().unwrap().keys().fold(String::new(), |all, key| all + &format!("\"{key}\": [null], "));
        format!("{{{wrong}{}", text.trim_start_matches('{')).into_bytes()
    }),
    ("null for what may be left out", "", "application/json", |mut body| {
        for key in ["encoding", "decryptionKey", "markdown", "status"] {
            body[key] = Value::Null;
        }
        plain(body)
    }),
    ("numbers as strings", "", "application/json", |mut body| {
        for value in body.as_object_mut().unwrap().values_mut().filter(|value| value.is_number()) {
            *value = json!(value.to_string());
        }
        plain(body)
    }),
    ("every character escaped", "", "application/json", |body| {
        let mut in_string = false;
        let escape = |c: char| {
            in_string ^= c == '"';
            if in_string && c.is_ascii_alphanumeric() { format!("\\u{:04X}", u32::from(c)) } else { c.to_string() }
        };
        let text: Vec<String> = body.to_string().chars().map(escape).collect();
        text.concat().into_bytes()
    }),
    ("names in capitals", "", "application/json", |mut body| {
        for key in ["sender", "destination", "profile_username", "requestor"] {
            if let Some(name) = body[key].as_str().map(str::to_ascii_uppercase) {
                body[key] = json!(name);
            } else if body.get(key).is_some() {
                body.as_object_mut().unwrap().remove(key);
            }
        }
        plain(body)
    }),
    ("spaces round the names", "", "application/json", |mut body| {
        for key in ["sender", "destination", "profile_username", "requestor"] {
            if let Some(name) = body[key].as_str().map(|name| format!(" {name}\n")) {
                body[key] = json!(name);
            } else if body.get(key).is_some() {
                body.as_object_mut().unwrap().remove(key);
            }
        }
        plain(body)
    }),
];

/// Bodies that are none.
fn rubbish() -> Vec<(&'static str, Vec<u8>)> {
    let deep = |open: &str, count: usize| open.repeat(count).into_bytes();
    vec![
        ("nothing", vec![]),
        ("spaces", b"   ".to_vec()),
        ("a form", b"sender=ben&destination=ana&message=hi&stamp=1".to_vec()),
        ("a page", b"<!DOCTYPE html><html></html>".to_vec()),
        ("null", b"null".to_vec()),
        ("a number", b"3".to_vec()),
        ("a string", b"\"{}\"".to_vec()),
        ("an array", b"[1, 2]".to_vec()),
        ("an array of objects", b"[{\"sender\": \"ben\"}]".to_vec()),
        ("an empty object", b"{}".to_vec()),
        ("Python's own spelling", b"{'sender': 'ben', 'stamp': None}".to_vec()),
        ("half an object", b"{\"sender\": \"ben\", \"mess".to_vec()),
        ("deep arrays without end", deep("[", 5000)),
        ("deep objects without end", deep("{\"sender\":", 800)),
        ("zero bytes", vec![0; 500]),
        ("UTF-16", "{\"sender\": \"ben\"}".encode_utf16().flat_map(u16::to_le_bytes).collect()),
        ("a compressed body that does not say so", b"\x1f\x8b\x08\0\0\0\0\0\0\x03\x4b\xcc\x4b\x04\0".to_vec()),
    ]
}

/// Values that none of the compulsory keys may have.
fn wrong_values() -> [(&'static str, Value); 6] {
    [
        ("null", Value::Null),
        ("nothing", json!("")),
        ("an object", json!({ "a": 1 })),
        ("an array", json!(["ana"])),
        ("an array of arrays", json!([[[]]])),
        ("two lines of 10,000 letters", json!(format!("{}\n{}", "x".repeat(5000), "y".repeat(5000)))),
    ]
}

/// Names that no account has.
const NAMES: [(&str, &str); 7] = [
    ("a name that runs backwards", "\u{202e}ana"),
    ("a name with a letter that cannot be seen", "a\u{200b}na"),
    ("a name with a letter that looks like another", "\u{430}na"),
    ("a name that is a path", "../ana"),
    ("a name that is a script", "<script>alert(1)</script>"),
    ("a name with a zero byte", "ana\u{0}"),
    ("a name that is SQL", "ana'; DROP TABLE messages; --"),
];

pub(super) fn cases(arena: &Rc<Arena>) -> Vec<Case> {
    let mut cases = Vec::new();
    for (call, keys) in CALLS {
        for dress in DRESSES {
            cases.push(Case::new(format!("they call {call} with {}", dress.0), dressed(arena.clone(), call, dress)));
        }
        for (name, body) in rubbish() {
            cases.push(Case::new(format!("they call {call} with {name}"), refused(arena.clone(), call, move |_| body)));
        }
        for key in keys.iter().copied() {
            let without = move |mut body: Value| {
                body.as_object_mut().unwrap().remove(key);
                plain(body)
            };
            cases.push(Case::new(format!("they call {call} without {key}"), refused(arena.clone(), call, without)));
            for (name, value) in wrong_values() {
                // An empty message and an empty file are messages and files; a text may be as long as that, and so may a file's name.
                let may_be_text = ["message", "file", "filename"].contains(&key) && value.is_string();
                // Without an encryption that makes sense a handshake is one in clear.
                let may_be = may_be_text || key == "encryption" || (call == "/acknowledge" && key == "hash");
                if !may_be {
                    let wrong = move |mut body: Value| {
                        body[key] = value;
                        plain(body)
                    };
                    cases.push(Case::new(format!("they call {call} with {name} as {key}"), refused(arena.clone(), call, wrong)));
                }
            }
        }
        let named = keys.iter().copied().filter(|key| ["sender", "destination", "profile_username", "requestor"].contains(key));
        for key in named {
            for (name, value) in NAMES {
                let misnamed = move |mut body: Value| {
                    body[key] = json!(value);
                    plain(body)
                };
                cases.push(Case::new(format!("they call {call} with {name} as {key}"), refused(arena.clone(), call, misnamed)));
            }
        }
    }
    cases
}

async fn dressed(arena: Rc<Arena>, call: &'static str, (_, query, content_type, write): Dress) {
    let name = arena.somebody();
    let reply = arena.call(&format!("{call}{query}"), &[("Content-Type", content_type)], write(good_body(call, &name))).await;
    assert_done(&arena, call, &name, &reply).await;
}

async fn refused(arena: Rc<Arena>, call: &'static str, write: impl FnOnce(Value) -> Vec<u8>) {
    let name = arena.somebody();
    let reply = arena.call(call, &[JSON], write(good_body(call, &name))).await;
    // 6 is for what is too long to be a question; 7 and 9 for a hash or a standard that makes no sense.
    assert_refused(&arena, &name, &[1, 6, 7, 9, 10], &reply).await;
}
