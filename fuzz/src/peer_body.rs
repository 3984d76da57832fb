//! What other nodes ask: the body of each call, in clear and under each tier.

use std::fmt::Debug;
use std::sync::LazyLock;

use kith::domain::username::Username;
use kith::protocol::aes_text;
use kith::protocol::encryption::Encryption;
use kith::protocol::event::{AcknowledgeEvent, ReceiveEvent};
use kith::protocol::hashing::Hashing;
use kith::protocol::outgoing::{self, SentFile, SentHash};
use kith::protocol::peer::{
    Acknowledge, GetProfile, GetPublicKey, GetStatus, Handshake, ReceiveFile, ReceiveMessage, Request, RetrieveMessages, read_with,
};
use kith::protocol::rsa_key::KeyPair;
use serde_json::{Map, Value};

/// The key pair of the vectors: making one takes a while, and a find must come again.
pub fn key_pair() -> KeyPair {
    let vectors: Value = serde_json::from_str(include_str!("../../tests/fixtures/vectors.json")).expect("the vectors are JSON");
    let der = vectors["keys"]["rsa_test_key"]["private_der_hex"].as_str().expect("a key");
    KeyPair::from_der(&hex::decode(der).expect("hex")).expect("a key pair")
}

static KEYS: LazyLock<KeyPair> = LazyLock::new(key_pair);

/// The first byte is the call, the second a tier under which the rest, an object in clear, is put first; from 5 on the rest comes as it is.
pub fn target(data: &[u8]) {
    let [call, tier, body @ ..] = data else { return };
    let sealed = Encryption::from_number(i64::from(*tier)).and_then(|tier| seal(body, tier));
    match sealed {
        Some(sealed) => each_way(*call, &sealed),
        None => drop(read_call(*call, body, Encryption::Xor)),
    }
}

/// A body as it is in clear, and as it travels.
struct Sealed {
    clear: String,
    wire: String,
    tier: Encryption,
}

/// What was clear reads the same when it comes encrypted. Standard 3 takes no long field, and AES drops spaces at the end.
fn each_way(call: u8, body: &Sealed) {
    let clear = read_call(call, body.clear.as_bytes(), body.tier);
    let opened = read_call(call, body.wire.as_bytes(), Encryption::None);
    let Some(clear) = clear else { return };
    match opened {
        Some(opened) => assert_eq!(opened, clear, "{}", body.wire),
        None => assert!(body.tier != Encryption::Xor, "{}", body.wire),
    }
}

/// The keys that are in clear under every tier.
const CLEAR: [&str; 4] = ["sender", "destination", "encryption", "decryptionKey"];

fn seal(body: &[u8], tier: Encryption) -> Option<Sealed> {
    let mut fields: Map<String, Value> = serde_json::from_slice(body).ok()?;
    fields.insert("encryption".to_owned(), 0.into());
    let clear = Value::Object(fields.clone()).to_string();
    for (_, value) in fields.iter_mut().filter(|(key, _)| !CLEAR.contains(&key.as_str())) {
        let plain = match value {
            Value::String(text) => text.clone(),
            Value::Number(number) => number.to_string(),
            _ => continue,
        };
        *value = seal_text(&plain, tier)?.into();
    }
    fields.insert("encryption".to_owned(), tier.number().into());
    if tier == Encryption::Hybrid {
        fields.insert("decryptionKey".to_owned(), KEYS.public().encrypt(std::str::from_utf8(SESSION_KEY).ok()?)?.into());
    }
    (tier != Encryption::None).then(|| Sealed { clear, wire: Value::Object(fields).to_string(), tier })
}

const COMMON_KEY: &aes_text::Key = b"41fb5b5ae4d57c5ee528adb078ac3b2e";
const SESSION_KEY: &aes_text::Key = b"00112233445566778899aabbccddeeff";

fn seal_text(plain: &str, tier: Encryption) -> Option<String> {
    match tier {
        Encryption::None => Some(plain.to_owned()),
        Encryption::Xor => {
            Some(hex::encode(plain.bytes().zip(b"01101001".iter().cycle()).map(|(byte, key)| byte ^ key).collect::<Vec<u8>>()))
        }
        Encryption::Aes => Some(aes_text::encrypt(COMMON_KEY, [7; 16], plain)),
        // A NUL at the beginning gets lost.
        Encryption::Rsa => KEYS.public().encrypt(plain).filter(|_| !plain.starts_with('\0')),
        Encryption::Hybrid => Some(aes_text::encrypt(SESSION_KEY, [7; 16], plain)),
    }
}

/// Reads the body of a call, checks what was read, and says what it was, without what a tier may change. A message is written again under
/// `tier`.
fn read_call(call: u8, body: &[u8], tier: Encryption) -> Option<String> {
    Some(match call {
        0 => receive_message(read(body)?, tier),
        1 => receive_file(read(body)?),
        2 => acknowledge(read(body)?),
        3 => said(&read::<GetPublicKey>(body)?),
        4 => handshake(read(body)?),
        5 => said(&read::<GetProfile>(body)?),
        6 => said(&read::<GetStatus>(body)?),
        7 => said(&read::<RetrieveMessages>(body)?),
        8 => receive_event(&read(body)?),
        9 => acknowledge_event(&read(body)?),
        _ => return None,
    })
}

/// Reads it; a refusal has a code of the protocol that is no success, also for a peer that looks for a zero anywhere.
fn read<R: Request>(body: &[u8]) -> Option<R> {
    let refusal = match read_with(body, Some(&KEYS)) {
        Ok(call) => return Some(call),
        Err(refusal) => refusal,
    };
    let text = refusal.to_string();
    assert!(refusal.code().number() != 0 && !text.contains('0'), "{text}");
    None
}

fn said(call: &impl Debug) -> String {
    format!("{call:?}")
}

/// A message that was read can be written under `tier`, unless that takes no text as long as this one, and reads the same.
fn receive_message(message: ReceiveMessage, tier: Encryption) -> String {
    // What costs a quarter of a second is for the tests of hashing.
    let _ = message.claim.is_costly() || message.check_hash().is_ok();
    let text = message.text.trim_end_matches(' ').to_owned();
    let hash = SentHash::of(Hashing::Sha256Sender, &text, &message.sender);
    let body = outgoing::receive_message(&message.sender, &message.destination, &text, message.markup, message.stamp, &hash);
    // In standard 3 a NUL at the beginning gets lost.
    let lossy = tier == Encryption::Rsa && text.starts_with('\0');
    if let Some(sealed) = body.sealed(tier, Some(KEYS.public())).ok().filter(|_| !lossy) {
        let again: ReceiveMessage = read(sealed.to_json().as_bytes()).expect("our own message");
        assert_eq!((&again.text, again.markup, again.stamp), (&text, message.markup, message.stamp));
        assert_eq!((&again.sender, &again.destination), (&message.sender, &message.destination));
        assert_eq!(again.check_hash(), Ok(()));
    }
    let ReceiveMessage { sender, destination, markup, stamp, .. } = message;
    format!("{sender} {destination} {text} {markup:?} {stamp}")
}

/// A file is at most as long as it may be, and the same when it is sent on.
fn receive_file(file: ReceiveFile) -> String {
    const MAX_BYTES: usize = 700;
    let _ = file.claim.is_costly() || file.check_hash().is_ok();
    let content = file.decode(MAX_BYTES).ok();
    if let Some(content) = &content {
        assert!(content.len() <= MAX_BYTES && content.len() <= file.base64.len() * 3 / 4);
        let base64 = outgoing::file_base64(content);
        let sent = SentFile { base64: &base64, name: file.name.as_str(), content_type: &file.content_type };
        let hash = SentHash::of(Hashing::Sha512, &base64, &file.sender);
        let body = outgoing::receive_file(&file.sender, &file.destination, sent, file.stamp, &hash).to_json();
        let again: ReceiveFile = read(body.as_bytes()).expect("our own file");
        assert_eq!(again.decode(MAX_BYTES).as_ref(), Ok(content));
        assert_eq!((&again.name, &again.content_type, again.check_hash()), (&file.name, &file.content_type, Ok(())));
    }
    let ReceiveFile { sender, destination, name, content_type, stamp, .. } = file;
    format!("{sender} {destination} {content:?} {name} {content_type} {stamp}")
}

/// An acknowledgement finds its message by the digits of the stamp.
fn acknowledge(read_mark: Acknowledge) -> String {
    let hash = SentHash { hashing: read_mark.hashing, hash: read_mark.hash.clone().unwrap_or_default() };
    let body = outgoing::acknowledge(&read_mark.sender, &read_mark.stamp_text, &hash).to_json();
    let again: Acknowledge = read(body.as_bytes()).expect("our own acknowledgement");
    assert_eq!((again.stamp, &again.stamp_text), (read_mark.stamp, &read_mark.stamp_text));
    assert_eq!((again.hashing, &again.hash), (read_mark.hashing, &read_mark.hash));
    said(&read_mark)
}

fn handshake(shake: Handshake) -> String {
    let message = shake.message.trim_end_matches(' ');
    let body = outgoing::handshake(&shake.sender, &shake.destination, message).to_json();
    let again: Handshake = read(body.as_bytes()).expect("our own handshake");
    assert_eq!(again.message, message);
    format!("{} {} {message}", shake.sender, shake.destination)
}

fn receive_event(event: &ReceiveEvent) -> String {
    assert!(!event.name.is_empty() && event.start_text.len() <= 64);
    let ReceiveEvent { sender, destination, start, end, .. } = event;
    format!("{sender} {destination} {start} {end}")
}

/// The beginning of an event is echoed digit for digit.
fn acknowledge_event(answer: &AcknowledgeEvent) -> String {
    let guest: &Username = &answer.sender;
    let body = outgoing::acknowledge_event(guest, guest, &answer.name, &answer.start_text, answer.attendance).to_json();
    let again: AcknowledgeEvent = read(body.as_bytes()).expect("our own answer");
    assert_eq!((&again.start_text, again.attendance, again.start), (&answer.start_text, answer.attendance, answer.start));
    format!("{guest} {:?} {}", answer.attendance, answer.start)
}
