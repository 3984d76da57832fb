//! What other nodes answer: profiles, statuses, keys, handshakes, codes, and what they offer.

use std::sync::LazyLock;

use kith::domain::presence::Status;
use kith::protocol::answer::{ProfileAnswer, handshake_proves, read_public_key, read_status};
use kith::protocol::encryption::Encryption;
use kith::protocol::hashing::Hashing;
use kith::protocol::list_api::{self, Offer};
use kith::protocol::outgoing::{handshake_answer, profile_answer, public_key_answer, status_answer};
use kith::protocol::reply_code::{ReplyCode, is_success, parse_reply};
use kith::protocol::rsa_key::{KeyPair, PublicKey};

use super::peer_body::key_pair;

static KEYS: LazyLock<KeyPair> = LazyLock::new(key_pair);

/// Reads any bytes as each of them.
pub fn target(data: &[u8]) {
    profile(data);
    if let Some(status) = read_status(data) {
        assert_eq!(read_status(status_answer(status).as_bytes()), Some(status));
        assert!(Status::parse(status.as_str()).is_some());
    }
    public_key(data);
    let text = String::from_utf8_lossy(data);
    assert_eq!(handshake_proves(handshake_answer(&text).as_bytes(), &text), !text.is_empty());
    // Only an answer that has the words in it can prove anything, however they are escaped.
    assert!(!handshake_proves(data, "a secret of 1497225143") || text.contains('{'));
    code(&text);
    offer(&text);
}

/// A profile is bounded and tidy, and reads back as it is passed on.
fn profile(data: &[u8]) {
    let Some(answer) = ProfileAnswer::read_with(data, Some(&KEYS)) else { return };
    assert_eq!(answer.profile.overlong_field(), None);
    assert_eq!(answer.profile.clone().tidied(), answer.profile);
    let scheme = answer.picture.split_once("://").map_or("", |(scheme, _)| scheme).to_ascii_lowercase();
    assert!(answer.picture.is_empty() || ["http", "https"].contains(&scheme.as_str()), "{}", answer.picture);
    assert!(answer.picture.len() <= 2048 && !answer.picture.contains(char::is_control));
    let again = ProfileAnswer::read(profile_answer(&answer.profile, &answer.picture).as_bytes());
    assert!(again == Some(answer.clone()) || answer.profile.fullname == "invalid sender", "{answer:?} is passed on as {again:?}");
}

fn public_key(data: &[u8]) {
    let Some(hex) = read_public_key(data) else { return };
    if let Ok(key) = PublicKey::parse(&hex) {
        let spelt = read_public_key(public_key_answer(&key.to_hex()).as_bytes());
        assert_eq!(spelt.and_then(|hex| PublicKey::parse(&hex).ok()), Some(key));
    }
}

/// A code is one that the answer really has, and success is 0 alone.
fn code(text: &str) {
    let code = parse_reply(text);
    assert_eq!(is_success(text), code == Some(ReplyCode::Success.number()));
    let Some(code) = code else { return };
    let digits = code.unsigned_abs().to_string();
    // A JSON text may write a digit as an escape.
    assert!(text.contains(&digits) || text.contains('\\'), "{code}");
    if let Some(known) = ReplyCode::from_number(code) {
        assert_eq!(parse_reply(&known.to_string()), Some(code));
    }
}

/// What is chosen is offered, and an offer reads back as it is written.
fn offer(text: &str) {
    let offer = Offer::read(text);
    for length in [0, 127, 128, 5000] {
        assert!(offer.encryption.contains(&offer.message_encryption(&Encryption::ALL, length)));
    }
    assert!(offer.encryption.contains(&offer.file_encryption(&Encryption::ALL)));
    assert!(offer.hashing.contains(&offer.best_hashing(&Hashing::ALL)));
    assert_eq!(Offer::read(&list_api::text(&offer.calls, &offer.encryption, &offer.hashing)), offer);
}
