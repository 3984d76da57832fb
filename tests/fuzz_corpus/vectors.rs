//! The recorded vectors as inputs of the targets.

use std::sync::LazyLock;

use serde_json::{Value, json};

static VECTORS: LazyLock<Value> =
    LazyLock::new(|| serde_json::from_str(include_str!("../fixtures/vectors.json")).expect("the vectors are JSON"));

/// The inputs that the vectors have for a target; for some it is none.
pub(crate) fn inputs(target: &str) -> Vec<Vec<u8>> {
    match target {
        "peer_body" => bodies().chain(ciphertexts()).collect(),
        "peer_answer" => answers(),
        "login_server" => login_server(),
        _ => Vec::new(),
    }
}

/// The calls in the order of the target's first byte.
const CALLS: [&str; 10] = [
    "/receiveMessage",
    "/receiveFile",
    "/acknowledge",
    "/getPublicKey",
    "/handshake",
    "/getProfile",
    "/getStatus",
    "/retrieveMessages",
    "/receiveEvent",
    "/acknowledgeEvent",
];

/// The target's second byte for a body that is to stay as it is.
const AS_IT_IS: u8 = 5;

fn list(section: &str) -> impl Iterator<Item = &'static Value> {
    VECTORS[section].as_array().unwrap_or_else(|| panic!("no list {section}")).iter()
}

/// Each body as it is, and put under each tier.
fn bodies() -> impl Iterator<Item = Vec<u8>> {
    list("bodies").filter_map(|vector| Some((vector, vector.get("json")?))).flat_map(|(vector, body)| {
        let call = CALLS.iter().position(|call| vector["call"] == *call).unwrap_or_else(|| panic!("no such call: {vector}"));
        (1..=AS_IT_IS).map(move |tier| [&[u8::try_from(call).unwrap(), tier], body.to_string().as_bytes()].concat())
    })
}

/// Each ciphertext as the text of a message.
fn ciphertexts() -> impl Iterator<Item = Vec<u8>> {
    list("encryption").map(|vector| {
        let body = json!({
            "sender": "ana", "destination": "ben", "stamp": "1497225143.59", "message": vector["ciphertext_hex"],
            "encryption": vector["standard"], "decryptionKey": vector["decryptionKey"],
        });
        [&[0, AS_IT_IS], body.to_string().as_bytes()].concat()
    })
}

/// What other nodes answered, and what they offer.
fn answers() -> Vec<Vec<u8>> {
    let observed = list("bodies").filter_map(|vector| vector.get("observed")?.as_object()).flat_map(|observed| observed.values());
    let replies = list("reply_parsing").map(|vector| &vector["body"]);
    let offers = list("listapi_samples").map(|vector| &vector["text"]);
    observed.chain(replies).chain(offers).filter_map(|text| text.as_str().map(|text| text.as_bytes().to_vec())).collect()
}

/// The login server's answers, after the first byte that says so.
fn login_server() -> Vec<Vec<u8>> {
    let replies = VECTORS["login_replies"].as_object().expect("the replies");
    let text = |reply: &Value| reply.as_str().map_or_else(|| reply.to_string(), str::to_owned);
    replies.values().map(|reply| [&[2], text(reply).as_bytes()].concat()).collect()
}
