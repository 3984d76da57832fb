//! Bodies of messages under each of the five standards of 2017, written and read.

use divan::Bencher;
use kith::domain::message::Markup;
use kith::domain::stamp::Stamp;
use kith::domain::username::Username;
use kith::protocol::encryption::Encryption;
use kith::protocol::outgoing::{self, SentHash};
use kith::protocol::peer::{self, ReceiveMessage};
use kith::protocol::rsa_key::KeyPair;

const TEXT: &str = "The tide turns at noon, bring the long line.";

fn body(encryption: Encryption, keys: &KeyPair) -> String {
    let (ana, ben) = (Username::parse("ana").unwrap(), Username::parse("ben").unwrap());
    let stamp = Stamp::from_seconds(1_497_225_143.59).unwrap();
    let body = outgoing::receive_message(&ana, &ben, TEXT, Markup::Plain, stamp, &SentHash::default());
    body.sealed(encryption, Some(keys.public())).unwrap().to_json()
}

#[divan::bench(args = Encryption::ALL)]
fn write(bencher: Bencher<'_, '_>, encryption: Encryption) {
    let keys = KeyPair::generate().unwrap();
    bencher.bench_local(|| body(encryption, &keys));
}

#[divan::bench(args = Encryption::ALL)]
fn read(bencher: Bencher<'_, '_>, encryption: Encryption) {
    let keys = KeyPair::generate().unwrap();
    let body = body(encryption, &keys);
    bencher.bench_local(|| peer::read_with::<ReceiveMessage>(divan::black_box(body.as_bytes()), Some(&keys)).unwrap());
}
