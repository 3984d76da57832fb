//! What a peer's answer to a delivery means.

use super::{Answer, CallError};
use crate::protocol::reply_code::{HELD, ReplyCode, parse_reply};

/// What became of a try to deliver.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// The peer says that it has it.
    Taken,
    /// The peer says that it holds it for the addressee, who is not its user.
    Held,
    /// The peer will not have it, whenever it comes. In words for the sender.
    Refused(String),
    /// The peer is away, busy or confused. In words for the sender.
    TryAgain(String),
    /// The peer has had enough of us for now (11). In words for the sender.
    HoldOff(String),
    /// The peer does not take this encryption (9), or cannot make sense of what is in it.
    OtherEncryption,
    /// The peer does not take this kind of hash (10).
    OtherHashing,
    /// The peer reckons another hash (7): some nodes hash what they have made of the text.
    WithoutHash,
}

/// What was special about the body that is answered.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Sent {
    pub(super) encrypted: bool,
    pub(super) hashed: bool,
}

/// Judges an answer. Only a code 0 under a good status is a yes.
pub(super) fn judge(answer: Result<Answer, CallError>, sent: Sent) -> Outcome {
    use ReplyCode as C;
    let answer = match answer {
        Ok(answer) => answer,
        Err(error) => return Outcome::TryAgain(error.to_string()),
    };
    let text = String::from_utf8_lossy(&answer.body);
    let code = parse_reply(&text);
    let Some(code) = code.filter(|code| *code != 0 || answer.is_good()) else {
        return Outcome::TryAgain(format!("their node's answer cannot be understood (HTTP status {})", answer.status));
    };
    let refused = |reason: &str| Outcome::Refused(format!("their node refused it: {reason}"));
    match C::from_number(code) {
        Some(C::Success) if answer.body.ends_with(HELD.as_bytes()) => Outcome::Held,
        Some(C::Success) => Outcome::Taken,
        Some(C::EncryptionUnsupported) if sent.encrypted => Outcome::OtherEncryption,
        // T, for a body that it cannot decrypt: "1: Use my new private key already...". Its plain 1 may mean that it has the message
        // already, and a message that has arrived must not go again under something weaker.
        Some(C::MissingField) if sent.encrypted && text.to_lowercase().contains("key") => Outcome::OtherEncryption,
        Some(C::HashingUnsupported) if sent.hashed => Outcome::OtherHashing,
        Some(C::HashMismatch) if sent.hashed => Outcome::WithoutHash,
        Some(C::MissingField) => refused("it misses something in the message"),
        Some(C::Unauthenticated) => refused("it does not know you"),
        Some(C::Forbidden) => refused("it does not take that, maybe it is too large"),
        Some(C::HashMismatch | C::EncodingUnsupported | C::EncryptionUnsupported | C::HashingUnsupported) => {
            refused("it cannot read messages as this node writes them")
        }
        Some(C::RateLimited) => Outcome::HoldOff("their node asks to wait, or does not want to hear from you".to_owned()),
        Some(C::Unavailable) => Outcome::TryAgain("they are not at that node at the moment".to_owned()),
        Some(C::Database | C::Timeout) | None => Outcome::TryAgain(format!("their node has trouble of its own (code {code})")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn judged(status: u16, body: &str, sent: Sent) -> Outcome {
        judge(Ok(Answer { status, body: body.as_bytes().to_vec(), is_kith: false }), sent)
    }

    /// Lesson 11: a peer that answers an error with status 200 has not taken the message.
    #[test]
    fn only_a_code_0_under_a_good_status_counts_as_delivered() {
        let plain = Sent::default();
        for body in ["0", "0: Success", "\"0\"", "0, text"] {
            assert_eq!(judged(200, body, plain), Outcome::Taken, "{body}");
        }
        for (status, body) in [
            (200, ""),
            (200, "<html>0</html>"),
            (500, "0: Success"),
            (404, "0"),
            (302, "0: Success"),
            (200, "-1"),
            (200, "4: db"),
            (503, "4: busy"),
        ] {
            assert!(matches!(judged(status, body, plain), Outcome::TryAgain(_)), "{status} {body}");
        }
        for body in ["1: missing", "6: too large", "7: hash", "9: what", "10: what"] {
            assert!(matches!(judged(200, body, plain), Outcome::Refused(_)), "{body}");
            assert!(matches!(judged(400, body, plain), Outcome::Refused(_)), "{body}");
        }
        assert!(matches!(judged(200, "11: limited", plain), Outcome::HoldOff(_)));
    }

    #[test]
    fn what_was_special_about_a_body_is_what_a_refusal_is_about() {
        let special = Sent { encrypted: true, hashed: true };
        for (body, outcome) in [
            ("9: no", Outcome::OtherEncryption),
            ("1: Use my new private key already", Outcome::OtherEncryption),
            ("10: no", Outcome::OtherHashing),
            ("7: no", Outcome::WithoutHash),
        ] {
            assert_eq!(judged(200, body, special), outcome, "{body}");
        }
        assert!(matches!(judged(200, "1: Missing Compulsory Field", special), Outcome::Refused(_)));
    }
}
