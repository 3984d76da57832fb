//! Whatever arrives: no reader panics, on any bytes or on a good body with something changed.

use std::sync::LazyLock;

use kith::protocol::answer::{ProfileAnswer, handshake_proves, read_public_key, read_status};
use kith::protocol::event::{AcknowledgeEvent, ReceiveEvent};
use kith::protocol::list_api::Offer;
use kith::protocol::peer::{
    Acknowledge, GetProfile, GetPublicKey, GetStatus, Handshake, ReceiveFile, ReceiveMessage, Request, RetrieveMessages, read_with,
};
use kith::protocol::reply_code::parse_reply;
use kith::protocol::rsa_key::{KeyPair, PublicKey};
use proptest::prelude::*;
use proptest::sample::{Index, select};
use serde_json::Value;

use crate::vectors::{key_pair, list};

static KEYS: LazyLock<KeyPair> = LazyLock::new(key_pair);

/// Every body of the vectors but those with a file of megabytes.
static GOOD: LazyLock<Vec<Value>> =
    LazyLock::new(|| list("bodies").iter().filter_map(|vector| vector.get("json").cloned()).filter(Value::is_object).collect());

fn read_all(bytes: &[u8]) {
    fn read<R: Request>(bytes: &[u8]) -> Option<R> {
        read_with(bytes, Some(&KEYS)).ok()
    }
    if let Some(message) = read::<ReceiveMessage>(bytes) {
        // What costs a quarter of a second has its own tests.
        let _ = message.claim.is_costly() || message.check_hash().is_ok();
    }
    if let Some(file) = read::<ReceiveFile>(bytes) {
        let _ = (file.decode(1000), file.decode(0));
    }
    let _ = (read::<GetProfile>(bytes), read::<GetStatus>(bytes), read::<RetrieveMessages>(bytes), read::<Acknowledge>(bytes));
    let _ = (read::<GetPublicKey>(bytes), read::<Handshake>(bytes), read::<ReceiveEvent>(bytes), read::<AcknowledgeEvent>(bytes));
    let _ = (ProfileAnswer::read_with(bytes, Some(&KEYS)), read_status(bytes), read_public_key(bytes), handshake_proves(bytes, "x"));
    let text = String::from_utf8_lossy(bytes);
    let _ = (parse_reply(&text), Offer::read(&text), PublicKey::parse(&text));
}

/// A value that a field may get instead of its own.
fn odd_value() -> impl Strategy<Value = Value> {
    let odd = [
        Value::Null,
        Value::Bool(true),
        Value::from(-1),
        Value::from(u64::MAX),
        Value::from(1e300),
        Value::from(""),
        Value::from(" "),
        Value::from("0"),
        Value::from("NaN"),
        Value::from("ff".repeat(200)),
        Value::from("\u{202e}\u{0}é"),
        Value::from(vec![Value::from(vec![Value::Null])]),
        serde_json::json!({ "error": 0 }),
    ];
    prop_oneof![select(odd.to_vec()), any::<String>().prop_map(Value::from), any::<i64>().prop_map(Value::from)]
}

/// Keys of the protocol with values of every kind, cut and unbalanced.
const NEARLY_AN_OBJECT: &str = r#"\{("(sender|message|stamp|error|status|file)": ?("[^"]{0,8}"|[0-9.e-]{1,8}|\[|\{|null),? ?){0,5}\}?"#;

type Places = Vec<(Index, u8)>;

proptest! {
    #![proptest_config(ProptestConfig::with_cases(300))]

    #[test]
    fn any_bytes_are_read_or_refused(bytes in any::<Vec<u8>>()) {
        read_all(&bytes);
    }

    #[test]
    fn any_object_is_read_or_refused(text in NEARLY_AN_OBJECT) {
        read_all(text.as_bytes());
    }

    #[test]
    fn a_good_body_with_other_values_is_read_or_refused(
        which in any::<Index>(),
        changes in prop::collection::vec((any::<Index>(), odd_value()), 1..4),
    ) {
        let mut body = which.get(&GOOD).clone();
        let fields = body.as_object_mut().unwrap();
        let keys: Vec<String> = fields.keys().cloned().collect();
        for (key, value) in changes {
            if !keys.is_empty() {
                fields.insert(key.get(&keys).clone(), value);
            }
        }
        read_all(body.to_string().as_bytes());
    }

    #[test]
    fn a_good_body_with_other_bytes_is_read_or_refused(which in any::<Index>(), changes in any::<Places>(), cut in any::<Index>()) {
        let mut bytes = which.get(&GOOD).to_string().into_bytes();
        for (at, byte) in changes {
            let at = at.index(bytes.len());
            bytes[at] = byte;
        }
        read_all(&bytes);
        bytes.truncate(cut.index(bytes.len()));
        read_all(&bytes);
    }
}
