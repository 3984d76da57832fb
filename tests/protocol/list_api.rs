//! `listapi_*`: the text that we offer, and what other nodes offer and choose.

use kith::protocol::encryption::Encryption;
use kith::protocol::hashing::Hashing;
use kith::protocol::list_api::{Offer, RECOMMENDED_HASHING, recommended_text};
use serde_json::{Value, json};

use crate::vectors::{list, report, section, text};

#[test]
fn our_text_is_the_recommended_one() {
    assert_eq!(recommended_text(), section("listapi_recommended").as_str().unwrap());
}

#[test]
fn every_sample_is_read() {
    let samples = list("listapi_samples");
    for sample in samples {
        let offer = Offer::read(text(sample, "text"));
        let encryption: Vec<u8> = offer.encryption.iter().map(|standard| standard.number()).collect();
        let hashing: Vec<u8> = offer.hashing.iter().map(|standard| standard.number()).collect();
        assert_eq!(json!([encryption, hashing]), json!([sample["encryption"], sample["hashing"]]), "{sample}");
    }
    report("listAPI samples", samples.len());
}

/// T and A choose by their own rules, at times something that is not listed. Ours agrees with T where T is right.
#[test]
fn our_choice_is_that_of_t_wherever_t_chooses_something_listed() {
    let vectors = list("listapi_peer_choice");
    for vector in vectors {
        let offer = Offer::read(text(vector, "text_tail"));
        let choice = |encryption: Encryption| json!([encryption.number(), offer.best_hashing(&RECOMMENDED_HASHING).number()]);
        let message = choice(offer.message_encryption(&Encryption::ALL, 20));
        let file = choice(offer.file_encryption(&Encryption::ALL));
        for (ours, theirs) in [(message, &vector["T_message"]), (file, &vector["T_file"])] {
            let listed = theirs.as_array().is_some_and(|pair| is_listed(&offer, pair));
            assert!(!listed || ours == *theirs, "we choose {ours}: {vector}");
        }
    }
    report("listAPI choices", vectors.len());
}

/// With a newline at the end T takes the hashing line for the encryption line: that choice is none.
fn is_listed(offer: &Offer, pair: &[Value]) -> bool {
    let number = |index: usize| pair.get(index).and_then(Value::as_i64).unwrap_or(-1);
    Encryption::from_number(number(0)).is_some_and(|standard| offer.encryption.contains(&standard))
        && Hashing::from_number(number(1)).is_some_and(|standard| offer.hashing.contains(&standard))
}
