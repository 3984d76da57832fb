//! `reply_parsing`: the answers as real nodes spell them.

use kith::protocol::reply_code::parse_reply;

use crate::vectors::{list, report, text};

#[test]
fn every_reply_vector_is_read() {
    let vectors = list("reply_parsing");
    for vector in vectors {
        assert_eq!(parse_reply(text(vector, "body")), vector["code"].as_i64(), "{vector}");
    }
    report("reply parsing", vectors.len());
}
