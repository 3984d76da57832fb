//! `hashing`: each vector checks, another text does not, and what is not `verify_only` is also made again.

use kith::protocol::body::Body;
use kith::protocol::error::WireError;
use kith::protocol::hashing::{HashClaim, Hashing};
use serde_json::json;

use crate::vectors::{list, report, text};

#[test]
fn every_hashing_vector_checks_and_is_made_again() {
    let mut made = 0;
    for vector in list("hashing") {
        let body = json!({ "sender": vector["sender"], "hashing": vector["standard"], "hash": vector["hash"] });
        let claim = HashClaim::read(&Body::parse(body.to_string().as_bytes()).unwrap()).unwrap();
        assert_eq!(claim.check(text(vector, "text")), Ok(()), "{vector}");
        assert_eq!(claim.check("another text"), Err(WireError::HashMismatch), "{vector}");
        let of_2018 = vector["year"] == 2018;
        if vector["verify_only"] != true && !of_2018 {
            let hashing = Hashing::from_number(vector["standard"].as_i64().unwrap()).unwrap();
            let hash = hashing.hash(text(vector, "text"), text(vector, "sender"));
            assert_eq!(hash.as_deref(), vector["hash"].as_str(), "{vector}");
            made += 1;
        }
    }
    report("hashing, checked", list("hashing").len());
    report("hashing, made", made);
}
