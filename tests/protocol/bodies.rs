//! `bodies`: what a complete node answers to each body, as far as reading it decides that.

use kith::domain::file::FileName;
use kith::protocol::error::WireError;
use kith::protocol::event::{AcknowledgeEvent, ReceiveEvent};
use kith::protocol::peer::{
    Acknowledge, GetProfile, GetPublicKey, GetStatus, Handshake, ReceiveFile, ReceiveMessage, RetrieveMessages, read_with,
};
use kith::protocol::rsa_key::KeyPair;
use serde_json::Value;

use crate::vectors::{key_pair, list, report, text};

/// 5 MiB, the limit of section 3.
const MAX_FILE_BYTES: usize = 5_242_880;

/// What the codec makes of a body: the code of the refusal, or 0.
fn read(call: &str, body: &[u8], keys: &KeyPair) -> Result<i64, WireError> {
    match call {
        "/receiveMessage" => read_with::<ReceiveMessage>(body, Some(keys))?.check_hash()?,
        "/receiveFile" => {
            let file = read_with::<ReceiveFile>(body, Some(keys))?;
            file.check_hash()?;
            file.decode(MAX_FILE_BYTES)?;
            assert_eq!(FileName::from_sent(file.name.as_str()), file.name);
        }
        "/getProfile" => drop(read_with::<GetProfile>(body, Some(keys))?),
        "/getStatus" => drop(read_with::<GetStatus>(body, Some(keys))?),
        "/retrieveMessages" => drop(read_with::<RetrieveMessages>(body, Some(keys))?),
        "/acknowledge" => drop(read_with::<Acknowledge>(body, Some(keys))?),
        "/getPublicKey" => drop(read_with::<GetPublicKey>(body, Some(keys))?),
        "/handshake" => drop(read_with::<Handshake>(body, Some(keys))?),
        "/receiveEvent" => drop(read_with::<ReceiveEvent>(body, Some(keys))?),
        "/acknowledgeEvent" => drop(read_with::<AcknowledgeEvent>(body, Some(keys))?),
        call => panic!("no such call: {call}"),
    }
    Ok(0)
}

/// The body of a vector; in a file `B64:<n>` stands for the base64 of n zero bytes.
fn json_of(vector: &Value) -> Option<Vec<u8>> {
    let mut json = vector.get("json")?.clone();
    let zeros = json["file"].as_str().and_then(|file| file.strip_prefix("B64:")).map(|count| vec![0; count.parse().unwrap()]);
    if let Some(zeros) = zeros {
        json["file"] = kith::protocol::outgoing::file_base64(&zeros).into();
    }
    Some(json.to_string().into_bytes())
}

/// What the reading of a body is to give: a refusal, or 0 where the answer is decided by more than the body.
fn expected(vector: &Value) -> i64 {
    let id = text(vector, "id");
    // Section 3 says to honour J's `username`, and the vector's own note allows it.
    let decided_elsewhere = id.ends_with("-unknown") || id == "retrieve-username";
    if decided_elsewhere { 0 } else { text(vector, "expect").parse().unwrap_or(0) }
}

#[test]
fn every_body_is_read_or_refused_as_it_should_be() {
    let keys = key_pair();
    let mut count = 0;
    for vector in list("bodies") {
        let Some(body) = json_of(vector) else { continue };
        let code = read(text(vector, "call"), &body, &keys).unwrap_or_else(|error| error.code().number());
        assert_eq!(code, expected(vector), "{vector}");
        count += 1;
    }
    report("bodies", count);
}
