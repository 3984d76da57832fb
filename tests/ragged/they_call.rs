//! They call, and send something else than they should.

mod bodies;
mod heads;
mod messages;

use std::rc::Rc;

use serde_json::{Value, json};

use super::arena::Arena;
use super::runner::Case;
use super::support::{PeerReply, file, message};

/// All of them.
pub(super) fn cases(arena: &Rc<Arena>) -> Vec<Case> {
    let mut cases = bodies::cases(arena);
    cases.extend(messages::cases(arena));
    cases.extend(heads::cases(arena));
    cases
}

pub(super) const JSON: (&str, &str) = ("Content-Type", "application/json");

/// What a file of these cases holds.
const CONTENT: &[u8] = b"Content <&> \xff";

/// Every call that carries a body, with the keys without which it makes no sense.
pub(super) const CALLS: [(&str, &[&str]); 8] = [
    ("/receiveMessage", &["sender", "destination", "message", "stamp"]),
    ("/receiveFile", &["sender", "destination", "file", "filename", "stamp"]),
    ("/getProfile", &["sender", "profile_username"]),
    ("/getStatus", &["profile_username"]),
    ("/retrieveMessages", &["requestor"]),
    ("/acknowledge", &["sender", "stamp", "hashing", "hash"]),
    ("/getPublicKey", &["profile_username"]),
    ("/handshake", &["message", "sender", "destination", "encryption"]),
];

/// The body of a call that is in order, from `name` to ana.
pub(super) fn good_body(call: &str, name: &str) -> Value {
    match call {
        "/receiveMessage" => message(name, "ana", "Hello <&> \u{e9}", 1_497_225_143.5),
        "/receiveFile" => file(name, "ana", "note.txt", "text/plain", CONTENT, 1_497_225_143.5),
        "/getProfile" | "/getPublicKey" => json!({ "profile_username": "ana", "sender": name }),
        "/getStatus" => json!({ "profile_username": "ana" }),
        "/retrieveMessages" => json!({ "requestor": name }),
        "/acknowledge" => json!({ "sender": "ana", "stamp": 1.5, "hashing": 1, "hash": "ab" }),
        "/handshake" => json!({ "message": "shake", "sender": name, "destination": "ana", "encryption": 0 }),
        call => panic!("no such call: {call}"),
    }
}

/// The call did what it is for: what was sent is stored once, as it was sent; what was asked is answered.
pub(super) async fn assert_done(arena: &Arena, call: &str, name: &str, reply: &PeerReply) {
    match call {
        "/receiveMessage" | "/receiveFile" => {
            assert_eq!((reply.status, reply.text.as_str()), (200, "0: Success"));
            let talk = arena.user.conversation(name).await;
            assert_eq!(talk.len(), 1, "stored once");
            assert_eq!((&talk[0]["from"], &talk[0]["to"], &talk[0]["stamp"]), (&json!(name), &json!("ana"), &json!(1_497_225_143.5)));
            if call == "/receiveMessage" {
                assert_eq!((&talk[0]["text"], &talk[0]["file"]), (&json!("Hello <&> \u{e9}"), &json!(null)));
            } else {
                assert_eq!(talk[0]["file"]["name"], "note.txt");
                assert_eq!(arena.user.file(&talk[0]["id"]).await.ok().body, CONTENT);
            }
        }
        "/getProfile" => assert!(reply.status == 200 && reply.text.contains("\"fullname\""), "{reply:?}"),
        "/getStatus" => assert_eq!(reply.text, "{\"status\":\"Online\"}"),
        "/getPublicKey" => {
            assert!(reply.status == 200 && reply.text.contains("\"pubkey\"") && reply.text.contains("\"pubKey\""), "{reply:?}");
        }
        "/handshake" => assert!(reply.status == 200 && reply.text.contains("\"shake\""), "{reply:?}"),
        "/retrieveMessages" => assert_eq!(reply.text, "0: Success"),
        "/acknowledge" => assert_eq!(reply.code(), 7),
        call => panic!("no such call: {call}"),
    }
}

/// The call was refused in the protocol's words, with a status that says so, and has left nothing.
pub(super) async fn assert_refused(arena: &Arena, name: &str, codes: &[i64], reply: &PeerReply) {
    assert!((400..500).contains(&reply.status), "{reply:?}");
    assert!(codes.contains(&reply.code()), "{reply:?}");
    assert!(!reply.text.contains(['<', '\n']) && reply.text.len() < 200, "{reply:?}");
    assert_eq!(arena.user.conversation(name).await, [] as [Value; 0]);
    assert_eq!(arena.user.get(&format!("/api/users/{name}")).await.status, 404, "{name} has left a trace");
}
