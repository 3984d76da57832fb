//! What is odd about single messages and files, and is taken nevertheless; and what is not.

use std::rc::Rc;

use serde_json::{Value, json};

use super::{JSON, assert_refused, good_body};
use crate::arena::Arena;
use crate::runner::Case;
use crate::support::sha256;

/// Changes of a message that leave it a message, and the text that is shown.
fn odd_messages() -> Vec<(&'static str, Value, &'static str)> {
    const TEXT: &str = "Hello <&> \u{e9}";
    vec![
        ("a whole stamp", json!({ "stamp": 1_497_225_145 }), TEXT),
        ("T's stamp", json!({ "stamp": "1497225146" }), TEXT),
        ("J's stamp", json!({ "stamp": "1497225147.500" }), TEXT),
        ("a stamp of twelve digits", json!({ "stamp": 1_497_225_143.59 }), TEXT),
        ("a stamp with a plus", json!({ "stamp": "+1497225145.5" }), TEXT),
        ("a stamp of the year 1970", json!({ "stamp": 0 }), TEXT),
        ("a stamp of tomorrow", json!({ "stamp": 4_000_000_000_u64 }), TEXT),
        ("no markdown", json!({ "markdown": null }), TEXT),
        ("markdown as a word", json!({ "markdown": "yes" }), TEXT),
        ("markdown as an object", json!({ "markdown": {} }), TEXT),
        ("T's hash of a space", json!({ "hash": " ", "hashing": "0" }), TEXT),
        ("a hash of the word None", json!({ "hash": "None", "hashing": null }), TEXT),
        ("a hash that is an object", json!({ "hash": {}, "hashing": 0 }), TEXT),
        ("hashing of 0.0", json!({ "hashing": 0.0 }), TEXT),
        ("encryption of 0.0", json!({ "encryption": 0.0 }), TEXT),
        ("encryption of false", json!({ "encryption": false }), TEXT),
        ("a decryptionKey without need", json!({ "decryptionKey": "zz" }), TEXT),
        ("an encoding of 7", json!({ "encoding": 7 }), TEXT),
        ("a recipient besides", json!({ "recipient": "cleo" }), TEXT),
        ("a number for a text", json!({ "message": 42 }), "42"),
        ("an empty text", json!({ "message": "" }), ""),
        ("a text of spaces", json!({ "message": "  \n " }), "  \n "),
        ("a text with a zero byte", json!({ "message": "a\u{0}b" }), "a\u{0}b"),
        ("a text that runs backwards", json!({ "message": "\u{202e}gpj.exe" }), "\u{202e}gpj.exe"),
        ("a text that cannot be seen", json!({ "message": "\u{200b}\u{2060}" }), "\u{200b}\u{2060}"),
        ("a text of marks upon marks", json!({ "message": "Z\u{351}\u{36b}\u{343}\u{363}" }), "Z\u{351}\u{36b}\u{343}\u{363}"),
        ("a text that is a reply", json!({ "message": "11: Blacklisted or Rate Limited" }), "11: Blacklisted or Rate Limited"),
        ("RSA of nothing", json!({ "encryption": 3, "message": "00" }), ""),
        ("a text that is a script", json!({ "message": "<script>alert(1)</script>" }), "<script>alert(1)</script>"),
    ]
}

/// Changes that leave no message, and the code that says so.
fn broken_messages() -> Vec<(&'static str, Value, i64)> {
    vec![
        ("a stamp that is no number", json!({ "stamp": "NaN" }), 1),
        ("a stamp without end", json!({ "stamp": "Infinity" }), 1),
        ("a stamp of 1e300", json!({ "stamp": 1e300 }), 1),
        ("a stamp of 400 digits", json!({ "stamp": "1".repeat(400) }), 1),
        ("a stamp before time", json!({ "stamp": -1 }), 1),
        ("a stamp that is true", json!({ "stamp": true }), 1),
        ("a date for a stamp", json!({ "stamp": "2017-06-11 10:00" }), 1),
        ("a text that is true", json!({ "message": true }), 1),
        ("a text of a megabyte", json!({ "message": "x".repeat(1 << 20) }), 6),
        ("a text one byte too long", json!({ "message": "x".repeat(65_537) }), 6),
        ("an unknown encryption", json!({ "encryption": 5 }), 9),
        ("a negative encryption", json!({ "encryption": -1 }), 9),
        ("half an encryption", json!({ "encryption": 2.5 }), 9),
        ("a word for an encryption", json!({ "encryption": "AES" }), 9),
        ("an encryption of 30 digits", json!({ "encryption": "9".repeat(30) }), 9),
        ("clear text under XOR", json!({ "encryption": 1, "message": "zz" }), 9),
        ("clear text under AES", json!({ "encryption": 2 }), 9),
        ("half a block under AES", json!({ "encryption": 2, "message": "000102030405060708090a0b0c0d0e0f00" }), 9),
        ("an initial vector and no more under AES", json!({ "encryption": 2, "message": "000102030405060708090a0b0c0d0e0f" }), 9),
        ("more than the modulus under RSA", json!({ "encryption": 3, "message": "f".repeat(256) }), 9),
        ("3,000 digits under RSA", json!({ "encryption": "3", "message": "a".repeat(3000) }), 9),
        ("no key under the hybrid", json!({ "encryption": 4 }), 1),
        ("a key of zeros under the hybrid", json!({ "encryption": 4, "decryptionKey": "00" }), 9),
        ("a key that is no hex under the hybrid", json!({ "encryption": 4, "decryptionKey": "not hex" }), 9),
        ("a hash of something else", json!({ "hashing": 1, "hash": sha256(b"something else") }), 7),
        ("hashing without a hash", json!({ "hashing": "3", "hash": null }), 7),
        ("a hash that is a number", json!({ "hashing": 1, "hash": 7 }), 7),
        ("an unknown hashing", json!({ "hashing": 9, "hash": "ab" }), 10),
        ("a word for a hashing", json!({ "hashing": "SHA", "hash": "ab" }), 10),
        ("a bcrypt that is none", json!({ "hashing": 5, "hash": "$2b$99$abc" }), 7),
        ("a bcrypt of cost 31", json!({ "hashing": 5, "hash": format!("$2b$31${}", "a".repeat(53)) }), 7),
        ("a scrypt of a terabyte", json!({ "hashing": 7, "hash": "$scrypt$ln=40,r=8,p=1$c2FsdA$aGFzaA" }), 10),
    ]
}

/// Changes of a file that leave it one, with its name, and the bytes of its content.
fn odd_files() -> Vec<(&'static str, Value, &'static str, &'static [u8])> {
    const CONTENT: &[u8] = super::CONTENT;
    vec![
        ("base64 in lines", json!({ "file": "SGVs\nbG8=\r\n" }), "note.txt", b"Hello"),
        ("base64 without padding", json!({ "file": "SGVsbG8" }), "note.txt", b"Hello"),
        ("no content", json!({ "file": "" }), "note.txt", b""),
        ("H's pair for a type", json!({ "content_type": ["image/png", null] }), "note.txt", CONTENT),
        ("an array of nothing for a type", json!({ "content_type": [] }), "note.txt", CONTENT),
        ("K's bare type", json!({ "content_type": "pdf" }), "note.txt", CONTENT),
        ("a null type", json!({ "content_type": null }), "note.txt", CONTENT),
        ("an object for a type", json!({ "content_type": { "a": 1 } }), "note.txt", CONTENT),
        ("a type with a line break", json!({ "content_type": "text/plain\r\nX: y" }), "note.txt", CONTENT),
        ("a name that climbs", json!({ "filename": "../../etc/x" }), "x", CONTENT),
        ("a name that climbs in Windows", json!({ "filename": "..\\..\\x" }), "x", CONTENT),
        ("the name of a device", json!({ "filename": "con.txt" }), "con.txt", CONTENT),
        ("the name of the folder", json!({ "filename": ".." }), "file", CONTENT),
        ("an empty name", json!({ "filename": "" }), "file", CONTENT),
        ("a number for a name", json!({ "filename": 7 }), "7", CONTENT),
        ("a name that runs backwards", json!({ "filename": "cat\u{202e}gpj.exe" }), "catgpj.exe", CONTENT),
        ("a name that cannot be seen", json!({ "filename": "\u{200b}\u{feff}" }), "file", CONTENT),
        ("a name with a zero byte", json!({ "filename": "a\u{0}.txt" }), "a.txt", CONTENT),
        ("a name with a line break", json!({ "filename": "a\r\nX: y.txt" }), "aX: y.txt", CONTENT),
    ]
}

/// Changes that leave no file, and the code that says so.
fn broken_files() -> Vec<(&'static str, Value, i64)> {
    vec![
        ("base64 that is none", json!({ "file": "@@@@" }), 1),
        ("one digit of base64", json!({ "file": "A" }), 1),
        ("a file that is true", json!({ "file": true }), 1),
        ("a file that is an array", json!({ "file": [0, 1] }), 1),
        ("a hash of something else", json!({ "hashing": 1, "hash": sha256(b"something else") }), 7),
        ("an unknown encryption", json!({ "encryption": 7 }), 9),
        ("clear text under AES", json!({ "encryption": 2 }), 9),
        ("a name that is an object", json!({ "filename": {} }), 1),
        ("a stamp that is no number", json!({ "stamp": "NaN" }), 1),
    ]
}

pub(super) fn cases(arena: &Rc<Arena>) -> Vec<Case> {
    let mut cases = Vec::new();
    for (what, changes, shown) in odd_messages() {
        cases.push(Case::new(format!("they send a message with {what}"), taken(arena.clone(), changes, shown)));
    }
    for (what, changes, code) in broken_messages() {
        cases.push(Case::new(format!("they send a message with {what}"), refused(arena.clone(), "/receiveMessage", changes, code)));
    }
    for (what, changes, name, content) in odd_files() {
        cases.push(Case::new(format!("they send a file with {what}"), file_taken(arena.clone(), changes, name, content)));
    }
    for (what, changes, code) in broken_files() {
        cases.push(Case::new(format!("they send a file with {what}"), refused(arena.clone(), "/receiveFile", changes, code)));
    }
    for call in ["/receiveMessage", "/receiveFile"] {
        cases.push(Case::new(format!("they call {call} three times with the same"), repeated(arena.clone(), call)));
        cases.push(Case::new(format!("they call {call} for somebody whom nobody knows"), for_a_stranger(arena.clone(), call)));
    }
    for (call, key) in [("/getProfile", "profile_username"), ("/getPublicKey", "profile_username"), ("/retrieveMessages", "requestor")] {
        cases.push(Case::new(format!("they call {call} with username for {key}"), aliased(arena.clone(), call, key)));
    }
    for ping in ["", "?", "?sender=ben", "?sender=", "?sender=%ff%00", "?sender=a&sender=b&x"] {
        cases.push(Case::new(format!("they ping with {ping:?}"), pinged(arena.clone(), ping)));
    }
    cases
}

fn changed(call: &str, name: &str, changes: &Value) -> Vec<u8> {
    let mut body = good_body(call, name);
    for (key, value) in changes.as_object().unwrap() {
        body[key] = value.clone();
    }
    body.to_string().into_bytes()
}

async fn taken(arena: Rc<Arena>, changes: Value, shown: &'static str) {
    let name = arena.somebody();
    let reply = arena.call("/receiveMessage", &[JSON], changed("/receiveMessage", &name, &changes)).await;
    assert_eq!((reply.status, reply.text.as_str()), (200, "0: Success"));
    let talk = arena.user.conversation(&name).await;
    assert_eq!(talk.len(), 1);
    assert_eq!((&talk[0]["text"], &talk[0]["from"], &talk[0]["verified"]), (&json!(shown), &json!(name), &json!(false)));
    assert!(!talk[0]["html"].as_str().unwrap().contains("<script"), "{}", talk[0]["html"]);
    // It can be opened, and answered.
    arena.user.get(&format!("/chats/{name}")).await.ok();
    let answer = arena.user.send(&name, "Who are you?").await;
    assert_eq!(arena.user.message(&name, &answer["id"]).await["text"], "Who are you?");
}

async fn refused(arena: Rc<Arena>, call: &'static str, changes: Value, code: i64) {
    let name = arena.somebody();
    let reply = arena.call(call, &[JSON], changed(call, &name, &changes)).await;
    assert_refused(&arena, &name, &[code], &reply).await;
}

async fn file_taken(arena: Rc<Arena>, changes: Value, shown: &'static str, content: &'static [u8]) {
    let name = arena.somebody();
    let reply = arena.call("/receiveFile", &[JSON], changed("/receiveFile", &name, &changes)).await;
    assert_eq!((reply.status, reply.text.as_str()), (200, "0: Success"));
    let talk = arena.user.conversation(&name).await;
    assert_eq!(talk.len(), 1);
    assert_eq!((&talk[0]["file"]["name"], &talk[0]["file"]["size"]), (&json!(shown), &json!(content.len())));
    assert_eq!(arena.user.file(&talk[0]["id"]).await.ok().body, content);
}

async fn repeated(arena: Rc<Arena>, call: &'static str) {
    let name = arena.somebody();
    for _ in 0..3 {
        assert_eq!(arena.call(call, &[JSON], changed(call, &name, &json!({}))).await.text, "0: Success");
    }
    assert_eq!(arena.user.conversation(&name).await.len(), 1);
}

async fn for_a_stranger(arena: Rc<Arena>, call: &'static str) {
    let (name, stranger) = (arena.somebody(), arena.somebody());
    let reply = arena.call(call, &[JSON], changed(call, &name, &json!({ "destination": stranger }))).await;
    assert_eq!(reply.code(), 0);
    for nobody in [name, stranger] {
        assert_eq!(arena.user.conversation(&nobody).await, [] as [Value; 0]);
    }
}

async fn aliased(arena: Rc<Arena>, call: &'static str, key: &'static str) {
    let name = arena.somebody();
    let mut body = good_body(call, &name);
    let value = body.as_object_mut().unwrap().remove(key).unwrap();
    body["username"] = value;
    let reply = arena.call(call, &[JSON], body.to_string().into_bytes()).await;
    super::assert_done(&arena, call, &name, &reply).await;
}

async fn pinged(arena: Rc<Arena>, query: &str) {
    assert_eq!(arena.node.get(&format!("/ping{query}")).await.text(), "0");
    let reply =
        arena.call(&format!("/ping{query}"), &[("Content-Type", "application/x-www-form-urlencoded")], b"sender=ben".to_vec()).await;
    assert_eq!(reply.text, "0");
}
