//! What counts as a yes to a message or a file, a handshake, a key; and the lists of calls.

use std::collections::HashMap;
use std::rc::Rc;

use serde_json::json;

use super::{CALLS, undelivered};
use crate::arena::Arena;
use crate::runner::Case;
use crate::support::{Answer, Habits, Handshakes};

const YES: [&str; 14] = [
    "0",
    "\"0\"",
    "0:",
    "0: Success",
    "0: <Action was successful>",
    "0: \u{b89}\u{bb0}\u{bc8}",
    "0, text",
    " 0",
    "0: Success\r\n",
    "{\"error\": 0}",
    "{\"error\": \"0: ok\", \"message\": \"x\"}",
    "'0'",
    "Error 0: fine",
    "\u{feff}0: Success",
];

/// 11 is not among them: who says it is left alone for half a minute, which has a test of its own.
const NO: [&str; 16] = [
    "1",
    "\"1: Missing Compulsory Field\"",
    "2: Unauthenticated",
    "3: Client Currently Unavailable",
    "4: Database Error",
    "5",
    "6, text",
    "7: Hash does not match",
    "8",
    "9: Encryption Standard Not Supported",
    "10: Hashing Standard Not Supported",
    "12",
    "-1: Internal Error",
    "{\"error\": \"1: Missing Compulsory Field\"}",
    "An error occurred",
    "00000000000000000000000000000000000000000000000000000000000000001",
];

/// Lists of calls and standards, and the standard under which they let a message go.
fn lists() -> [(&'static str, u8); 21] {
    [
        ("", 0),
        ("0", 0),
        ("Encryption 0 1 2\nHashing 0 1", 2),
        ("Encryption 0 1 2\nHashing 0 1\n", 2),
        ("Encryption 0 1 2\r\nHashing 0 1\r\n", 2),
        ("Encryption: 0, 1, 2\nHashing: 0, 1", 2),
        ("encryption 0 1\nhashing 0", 1),
        ("ENCRYPTION [0, 1, 2]\nHASHING [0]", 2),
        ("/receiveMessage Encoding <>  Encryption <>  Hashing <>", 0),
        ("Encryption 0 \nHashing 0", 0),
        ("Encryption\nHashing", 0),
        ("Encryption none\nHashing none", 0),
        ("Encryption 7 8 9\nHashing 99", 0),
        ("Encryption 22222222222222222222222222\nHashing 0", 0),
        ("{listAPI: 1, Encryption: 2}", 0),
        ("{\"calls\": [], \"encryption\": [0, 2]}", 0),
        ("/recieveFile [sender]\nEncryption 0 2\nHashing 0", 2),
        ("/<receiveMessage>[sender]\nEncryption <0> <2>\nHashing <0>", 2),
        ("Encryption 0 3\nHashing 0 1 3", 3),
        ("Encryption 0 1 2 4\nHashing 0 1 2 3 4", 4),
        ("Encryption 0 1 2 5\nHashing 0 1 2 3 4 5", 2),
    ]
}

pub(super) fn cases(arena: &Rc<Arena>) -> Vec<Case> {
    let mut cases = Vec::new();
    for call in ["/receiveMessage", "/receiveFile"] {
        for yes in YES {
            cases.push(Case::new(format!("they answer {call} with {yes:?}"), taken(arena.clone(), call, yes)));
        }
        for no in NO {
            cases.push(Case::new(format!("they answer {call} with {no:?}"), refused(arena.clone(), call, no)));
        }
    }
    for (list, under) in lists() {
        cases.push(Case::new(format!("they list {list:?}"), listed(arena.clone(), list, under)));
    }
    for answer in HANDSHAKES {
        cases.push(Case::new(format!("they answer a handshake with {answer:?}"), unproven(arena.clone(), answer)));
    }
    for answer in KEYS {
        cases.push(Case::new(format!("they give as their key {answer:?}"), keyless(arena.clone(), answer)));
    }
    cases
}

async fn taken(arena: Rc<Arena>, call: &'static str, yes: &'static str) {
    let habits = Habits { quirks: HashMap::from([(call, Answer::text(yes))]), ..Habits::default() };
    let them = arena.meet(habits, true).await;
    let sent = if call == "/receiveMessage" {
        arena.user.send(&them.name, "hi <&>").await
    } else {
        arena.user.send_file(&them.name, "a.txt", "text/plain", b"hi").await
    };
    them.receipt_is(&sent, "delivered").await;
    let calls = them.node.calls_to(call);
    assert_eq!(calls.len(), 1);
    let body = calls[0].json();
    let payload = if call == "/receiveMessage" { ("message", "hi <&>") } else { ("file", "aGk=") };
    assert_eq!((&body["sender"], &body["destination"], &body[payload.0]), (&json!("ana"), &json!(them.name), &json!(payload.1)));
}

async fn refused(arena: Rc<Arena>, call: &'static str, no: &'static str) {
    let habits = Habits { quirks: HashMap::from([(call, Answer::text(no))]), ..Habits::default() };
    undelivered(&arena.meet(habits, true).await, call).await;
}

async fn listed(arena: Rc<Arena>, list: &str, under: u8) {
    let them = arena.meet(Habits { list_api: list.to_owned(), ..Habits::default() }, true).await;
    them.can_be_written_to().await;
    assert_eq!(them.node.got()[0].encryption.number(), under, "{list:?}");
}

/// Answers that prove nothing.
const HANDSHAKES: [&str; 10] = [
    "0",
    "9",
    "1",
    "{\"error\": 0}",
    "{\"error\": \"9: no\"}",
    "{\"error\": 0, \"message\": null}",
    "{\"error\": 0, \"message\": \"test\"}",
    "{\"error\": 0, \"message\": 1}",
    "{\"message\": {\"error\": 0}}",
    "{\"error\": \"1\", \"error\": 0, \"message\": \"\\ud800\"}",
];

async fn unproven(arena: Rc<Arena>, answer: &str) {
    let habits = Habits {
        list_api: format!("{CALLS}/handshake [message]\nEncryption 0 2\nHashing 0"),
        handshakes: Handshakes::Honest,
        quirks: HashMap::from([("/handshake", Answer::text(answer))]),
        ..Habits::default()
    };
    let them = arena.meet(habits, true).await;
    them.can_be_written_to().await;
    assert_eq!(them.node.got()[0].encryption.number(), 0);
}

/// Keys that are none.
const KEYS: [&str; 9] = [
    "3: Client Currently Unavailable",
    "{\"error\": 0}",
    "{\"error\": 0, \"pubKey\": null}",
    "{\"error\": 0, \"pubKey\": \"\"}",
    "{\"error\": 0, \"pubKey\": \"30\"}",
    "{\"error\": 0, \"pubkey\": \"not hex\"}",
    "{\"error\": \"1\", \"pubkey\": \"30\"}",
    "{\"error\": 0, \"pubKey\": 30}",
    "{\"error\": 0, \"pubKey\": [\"30\"]}",
];

async fn keyless(arena: Rc<Arena>, answer: &str) {
    let habits = Habits {
        list_api: format!("{CALLS}/getPublicKey [sender]\nEncryption 0 4\nHashing 0"),
        quirks: HashMap::from([("/getPublicKey", Answer::text(answer))]),
        ..Habits::default()
    };
    let them = arena.meet(habits, false).await;
    them.can_be_written_to().await;
    assert_eq!(them.node.got()[0].encryption.number(), 0);
    assert_eq!(them.node.calls_to("/getPublicKey").len(), 1);
}
