//! Section 11, "where nodes disagree: be liberal in what you accept": a test for each row that reading alone decides. The other rows
//! (ping without a sender, a bare `?`, repeats, unknown users, unreachable peers) are those of the node.

use kith::domain::message::Markup;
use kith::domain::presence::Status;
use kith::protocol::answer::{ProfileAnswer, handshake_proves, read_public_key, read_status};
use kith::protocol::error::WireError;
use kith::protocol::event::{AcknowledgeEvent, Attendance};
use kith::protocol::hashing::Hashing;
use kith::protocol::list_api::{Call, Offer};
use kith::protocol::peer::{self, GetProfile, GetPublicKey, ReceiveFile, ReceiveMessage, Request, RetrieveMessages};
use kith::protocol::reply_code::{is_success, parse_reply};
use serde_json::{Value, json};

use crate::vectors::{key_pair, list, text};

/// A message that is in order, with some fields set otherwise.
fn message(changes: Value) -> Result<ReceiveMessage, WireError> {
    changed(json!({ "sender": "bob002", "destination": "alice01", "message": "hello", "stamp": 1_497_225_145.5 }), changes)
}

/// A file that is in order, with some fields set otherwise.
fn file(changes: Value) -> Result<ReceiveFile, WireError> {
    let base = json!({ "sender": "bob002", "destination": "alice01", "file": "aGVsbG8gZmlsZQo=", "filename": "note.txt", "stamp": 1,
        "content_type": "text/plain" });
    changed(base, changes)
}

fn changed<R: Request>(mut body: Value, changes: Value) -> Result<R, WireError> {
    for (key, value) in changes.as_object().unwrap() {
        body[key] = value.clone();
    }
    peer::read_with(body.to_string().as_bytes(), Some(&key_pair()))
}

/// The vector's body of this id.
fn vector(id: &str) -> Value {
    list("bodies").iter().find(|vector| text(vector, "id") == id).unwrap_or_else(|| panic!("no body {id}"))["json"].clone()
}

#[test]
fn a_code_is_found_in_each_dress() {
    for body in ["0", "\"0\"", "0:", "0,", "0: ok", " 0", "{\"error\": 0}", "{\"message\": \"x\", \"error\": \"0: ok\"}", "Error 0: fine"] {
        assert!(is_success(body), "{body}");
    }
    assert_eq!(parse_reply("Error 11: Blacklisted"), Some(11));
    assert_eq!(parse_reply("10: Hashing Standard Not Supported"), Some(10));
}

#[test]
fn a_number_may_be_a_string_and_a_string_a_number() {
    for stamp in [json!(1_497_225_145), json!("1497225145"), json!("1497225145.500"), json!(1_497_225_145.0), json!(" 1497225145 ")] {
        assert!(message(json!({ "stamp": stamp })).is_ok(), "{stamp}");
    }
    for markdown in [json!(1), json!("1"), json!(1.0), json!(true)] {
        assert_eq!(message(json!({ "markdown": markdown })).unwrap().markup, Markup::Markdown, "{markdown}");
    }
    let zero = message(json!({ "encryption": "0", "hashing": "0", "markdown": "0" })).unwrap();
    assert_eq!((zero.markup, zero.claim.hashing), (Markup::Plain, Hashing::None));
    assert_eq!(message(json!({ "message": 42 })).unwrap().text, "42");
    let event = json!({ "sender": "ana", "event_name": "Meet", "attendance": "2", "start_time": "1497300000.0" });
    assert_eq!(changed::<AcknowledgeEvent>(event, json!({})).unwrap().attendance, Attendance::Maybe);
}

#[test]
fn null_and_empty_mean_absent() {
    for absent in [json!(null), json!(""), json!(" ")] {
        let read = message(json!({ "markdown": absent, "encryption": absent, "hashing": absent, "hash": absent, "decryptionKey": absent }));
        assert!(read.is_ok_and(|read| read.claim.hashing == Hashing::None), "{absent}");
    }
    assert_eq!(message(json!({ "stamp": null })).unwrap_err(), WireError::Missing("stamp"));
    assert_eq!(message(json!({ "message": null })).unwrap_err(), WireError::Missing("message"));
}

#[test]
fn misspelt_and_extra_keys_are_ignored_or_understood() {
    let extra = json!({ "hashed": "0", "groupID": null, "status": 3, "encoding": 2, "recipient": "carol03", "": [], "lastUpdated": 1.5 });
    assert_eq!(message(extra).unwrap().destination.as_str(), "alice01");
    let recipient = json!({ "sender": "bob002", "recipient": "alice01", "message": "hello", "stamp": 1 });
    assert_eq!(changed::<ReceiveMessage>(recipient, json!({})).unwrap().destination.as_str(), "alice01");
    let username = || json!({ "username": "carol03", "sender": "bob002" });
    assert_eq!(changed::<RetrieveMessages>(username(), json!({})).unwrap().requestor.as_str(), "carol03");
    assert_eq!(changed::<GetProfile>(username(), json!({})).unwrap().profile_username.as_str(), "carol03");
    assert_eq!(changed::<GetPublicKey>(username(), json!({})).unwrap().profile_username.as_str(), "carol03");
}

#[test]
fn a_hash_without_hashing_is_ignored() {
    for hash in [json!(null), json!(""), json!(" "), json!("None"), json!("ab"), json!(0)] {
        let read = message(json!({ "hash": hash, "hashing": 0 })).unwrap();
        assert_eq!(read.check_hash(), Ok(()), "{hash}");
    }
}

#[test]
fn hashing_may_be_in_clear_inside_an_encrypted_body() {
    let read = changed::<ReceiveMessage>(vector("msg-enc2-hashing-clear"), json!({})).unwrap();
    assert_eq!((read.claim.hashing, read.check_hash()), (Hashing::Sha256Sender, Ok(())));
}

#[test]
fn some_fields_alone_may_be_encrypted() {
    let read = changed::<ReceiveMessage>(vector("msg-enc2-stamp-clear"), json!({})).unwrap();
    assert_eq!(read.stamp_text, "1497225197.5");
    let read = changed::<ReceiveMessage>(vector("msg-enc2-min"), json!({ "message": "in clear" })).unwrap();
    assert_eq!(read.text, "in clear");
}

#[test]
fn rsa_hex_may_be_short_padded_upper_case_or_odd() {
    let keys = key_pair();
    let expected = changed::<ReceiveMessage>(vector("msg-enc3-int"), json!({})).unwrap().text;
    let hex = text(&vector("msg-enc3-int"), "message").to_owned();
    for spelt in [hex.to_uppercase(), format!("0{hex}"), format!("0000{hex}"), format!(" {hex}\n")] {
        let read = changed::<ReceiveMessage>(vector("msg-enc3-int"), json!({ "message": spelt }));
        assert_eq!(read.unwrap().text, expected, "{spelt}");
    }
    // About one number in sixteen is written with an odd count of digits by a node that prints it as one.
    let odd =
        (0..1000).map(|n| format!("try {n}")).find(|text| keys.public().encrypt(text).is_some_and(|hex| hex.starts_with('0'))).unwrap();
    let hex = keys.public().encrypt(&odd).unwrap();
    assert_eq!(keys.decrypt(hex.trim_start_matches('0')), Some(odd));
}

#[test]
fn a_hash_may_be_in_upper_case() {
    let read = changed::<ReceiveMessage>(vector("msg-hash1-upper"), json!({})).unwrap();
    assert_eq!(read.check_hash(), Ok(()));
}

#[test]
fn base64_may_have_line_breaks() {
    for base64 in ["aGVs\nbG8g\r\nZmls\nZQo=\n", " aGVsbG8gZmlsZQo= ", "aGVsbG8gZmlsZQo", "aGVsbG8gZmlsZQo=\n"] {
        assert_eq!(file(json!({ "file": base64 })).unwrap().decode(100), Ok(b"hello file\n".to_vec()), "{base64:?}");
    }
    assert_eq!(file(json!({ "file": "" })).unwrap().decode(0), Ok(Vec::new()));
}

#[test]
fn a_file_is_refused_by_its_length_before_it_is_decoded() {
    for (bytes, limit, fits) in [(11, 11, true), (11, 10, false), (12, 11, false), (10, 11, true)] {
        let base64 = kith::protocol::outgoing::file_base64(&vec![b'x'; bytes]);
        assert_eq!(file(json!({ "file": base64 })).unwrap().decode(limit).is_ok(), fits, "{bytes} of {limit}");
    }
    assert_eq!(file(json!({ "file": "@".repeat(1000) })).unwrap().decode(100), Err(WireError::FileTooLarge));
}

#[test]
fn a_content_type_may_be_an_array_or_bare() {
    let cases = [
        (json!(["image/png", null]), "image/png"),
        (json!([null, null]), "application/octet-stream"),
        (json!([]), "application/octet-stream"),
        (json!([["image/png"]]), "application/octet-stream"),
        (json!("pdf"), "application/octet-stream"),
        (json!(null), "application/octet-stream"),
        (json!("Text/HTML; charset=utf-8"), "text/html"),
    ];
    for (sent, kept) in cases {
        assert_eq!(file(json!({ "content_type": sent })).unwrap().content_type, kept, "{sent}");
    }
}

#[test]
fn of_a_profile_what_is_there_is_taken() {
    let read = |answer: &str| ProfileAnswer::read(answer.as_bytes());
    let profile = read(r#"{"fullname": "<b>Ana</b>", "position": null, "description": 7, "picture": "file:///etc/passwd"}"#).unwrap();
    // Kept as text: the page escapes it.
    assert_eq!((profile.profile.fullname.as_str(), profile.profile.description.as_str()), ("<b>Ana</b>", "7"));
    assert_eq!((profile.profile.position.as_str(), profile.picture.as_str()), ("", ""));
    for answer in ["Error: Something Went Wrong", "4", "\"4: Database Error\"", "<html></html>", "", "{\"fullname\": \"invalid sender\"}"] {
        assert_eq!(read(answer), None, "{answer}");
    }
    let keys = key_pair();
    let sealed = json!({ "fullname": keys.public().encrypt("Ana").unwrap(), "position": null, "encryption": "3" }).to_string();
    assert_eq!(ProfileAnswer::read_with(sealed.as_bytes(), Some(&keys)).unwrap().profile.fullname, "Ana");
}

#[test]
fn an_unknown_status_is_online() {
    for word in ["null", "\"Active\"", "\"None\"", "\"(None,)\"", "\"\"", "1", "[]"] {
        assert_eq!(read_status(format!("{{\"status\": {word}}}").as_bytes()), Some(Status::Online), "{word}");
    }
    assert_eq!(read_status(br#"{"status": "do not DISTURB"}"#), Some(Status::DoNotDisturb));
}

#[test]
fn an_answer_that_is_a_page_or_nothing_is_a_failure() {
    for answer in ["", "<!DOCTYPE html>\n<h1>404 Not Found</h1>", "500 <html>", "{", "\u{0}", "null"] {
        assert!(!is_success(answer), "{answer}");
        let bytes = answer.as_bytes();
        assert_eq!((ProfileAnswer::read(bytes), read_status(bytes), read_public_key(bytes)), (None, None, None), "{answer}");
        assert!(!handshake_proves(bytes, "shake"));
        assert_eq!(Offer::read(answer), Offer::default());
    }
}

#[test]
fn a_misspelt_file_call_is_the_file_call() {
    assert_eq!(Offer::read("/recieveFile [sender]").calls, [Call::ReceiveFile]);
    assert_eq!(Call::ReceiveFile.name(), "receiveFile");
}

#[test]
fn what_others_answered_to_a_file_or_message_is_understood() {
    for vector in list("bodies").iter().filter(|vector| text(vector, "id").ends_with("-min") || text(vector, "id").starts_with("msg-stamp"))
    {
        for (node, answer) in vector["observed"].as_object().unwrap() {
            let answer = answer.as_str().unwrap();
            assert!(answer.starts_with('H') || parse_reply(answer).is_some(), "{node}: {answer}");
        }
    }
}
