//! The project's copy of the vectors. Nodes are named by their letters.

use std::sync::LazyLock;

use kith::protocol::rsa_key::KeyPair;
use serde_json::Value;

static VECTORS: LazyLock<Value> = LazyLock::new(|| {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/fixtures/vectors.json");
    serde_json::from_str(&std::fs::read_to_string(path).expect("read the vectors")).expect("the vectors are JSON")
});

/// One section, whatever it is.
pub(crate) fn section(name: &str) -> &'static Value {
    VECTORS.get(name).unwrap_or_else(|| panic!("no section {name}"))
}

/// One section that is a list.
pub(crate) fn list(name: &str) -> &'static [Value] {
    section(name).as_array().unwrap_or_else(|| panic!("{name} is no list"))
}

/// The text under `key`.
pub(crate) fn text<'a>(vector: &'a Value, key: &str) -> &'a str {
    vector[key].as_str().unwrap_or_else(|| panic!("no text {key} in {vector}"))
}

/// Says how many vectors of a kind were run, and that there were some.
#[expect(clippy::print_stdout, reason = "the number of each kind is what the test is to show")]
pub(crate) fn report(kind: &str, count: usize) {
    println!("{kind}: {count} vectors");
    assert!(count > 0, "no vectors of {kind}");
}

/// The key pair that the vectors were made with.
pub(crate) fn key_pair() -> KeyPair {
    let der = text(&section("keys")["rsa_test_key"], "private_der_hex");
    KeyPair::from_der(&hex::decode(der).expect("hex")).expect("a key pair")
}
