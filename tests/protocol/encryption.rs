//! `encryption`: each vector decrypts, and what is not `decrypt_only` is also made again.

use kith::domain::username::Username;
use kith::protocol::aes_text;
use kith::protocol::body::Body;
use kith::protocol::encryption::{Encryption, open};
use kith::protocol::outgoing::handshake;
use serde_json::{Value, json};

use crate::vectors::{key_pair, list, report, section, text};

/// The text of a vector once it went over the wire.
fn arrives_as(vector: &Value) -> String {
    let hex = vector["decrypts_to_hex"].as_str().unwrap_or_else(|| text(vector, "plaintext_hex"));
    String::from_utf8(hex::decode(hex).unwrap()).unwrap()
}

/// XOR with the key of a vector of 2018, to make the stamp that such a node would send along.
fn stamp_of_2018(key: &str) -> String {
    hex::encode("1512345612.5".bytes().zip(key.bytes().cycle()).map(|(byte, key)| byte ^ key).collect::<Vec<u8>>())
}

#[test]
fn every_encryption_vector_decrypts() {
    let keys = key_pair();
    for vector in list("encryption") {
        let mut body = json!({ "message": vector["ciphertext_hex"], "encryption": vector["standard"] });
        body["decryptionKey"] = vector.get("decryptionKey").cloned().unwrap_or_default();
        if let Some(key) = vector.get("key_ascii").and_then(Value::as_str) {
            body["stamp"] = stamp_of_2018(key).into();
        }
        let opened = open(Body::parse(body.to_string().as_bytes()).unwrap(), Some(&keys));
        let message = opened.and_then(|mut body| body.take("message"));
        assert_eq!(message, Ok(arrives_as(vector)), "{}", vector["id"]);
    }
    report("encryption, decrypted", list("encryption").len());
}

#[test]
fn every_encryption_vector_is_made_again() {
    let keys = key_pair();
    let mut count = 0;
    for vector in list("encryption") {
        let of_2018 = vector["year"] == 2018;
        // An iv in band, and a key pair's session key, are not ours to choose.
        let chosen_elsewhere = vector["decrypt_only"] == true || vector["variant"] == "spaces-iv";
        if of_2018 || chosen_elsewhere {
            continue;
        }
        let plain = String::from_utf8(hex::decode(text(vector, "plaintext_hex")).unwrap()).unwrap();
        let made = match Encryption::from_number(vector["standard"].as_i64().unwrap()).unwrap() {
            Encryption::None => plain,
            Encryption::Aes => aes_text::encrypt(&key(section("keys"), "application_aes_key_ascii"), iv(vector), &plain),
            Encryption::Hybrid => aes_text::encrypt(&key(vector, "aes_key_ascii"), iv(vector), &plain),
            deterministic => {
                let name = Username::parse("ana").unwrap();
                let sealed = handshake(&name, &name, &plain).sealed(deterministic, Some(keys.public())).unwrap();
                let body: Value = serde_json::from_str(&sealed.to_json()).unwrap();
                text(&body, "message").to_owned()
            }
        };
        assert_eq!(made, text(vector, "ciphertext_hex"), "{}", vector["id"]);
        count += 1;
    }
    report("encryption, encrypted", count);
}

fn key(vector: &Value, name: &str) -> aes_text::Key {
    text(vector, name).as_bytes().try_into().unwrap()
}

fn iv(vector: &Value) -> [u8; aes_text::BLOCK_BYTES] {
    hex::decode(text(vector, "iv_hex")).unwrap().try_into().unwrap()
}

#[test]
fn the_key_of_the_vectors_is_spelt_as_it_was() {
    let expected = text(&section("keys")["rsa_test_key"], "public_der_hex");
    assert_eq!(key_pair().public().to_hex(), expected);
}
