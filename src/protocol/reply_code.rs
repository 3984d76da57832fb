//! The result codes of the inter-node protocol, and the many ways in which they are spelt.
//!
//! Protocol section 2: "Reply spelling: `<code>: <text>` (S,T,A,V,M) or the bare code (J,E,H,K,D,O,N). Also seen: `0, text` and
//! `6, text` (T), `11, Rate Limited` (2018), `Error 11: ...` (M), `Error: Something went wrong` (S, no code), a JSON string
//! `"1: ..."` (T, M), an object `{"error": ...}` (A, J, T), an empty body (A)." Section 11: "parse the first signed integer after
//! optional quote, brace or word".

use std::borrow::Cow;
use std::fmt;

use super::body::Body;

/// What a kith node says after the code 0 when it holds a message for somebody who is no user of it. To other nodes it is a success like any
/// other; we know by it that the message has not arrived yet.
pub const HELD: &str = "Held for the addressee";

/// What became of a call (protocol section 2).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum ReplyCode {
    /// 0: done, or done before.
    Success = 0,
    /// 1: a compulsory field is missing or makes no sense.
    MissingField = 1,
    /// 2: the sender is nobody that this node knows.
    Unauthenticated = 2,
    /// 3: the asked-for user is not here.
    Unavailable = 3,
    /// 4: the node could not store or find it.
    Database = 4,
    /// 5: it took too long.
    Timeout = 5,
    /// 6: the caller may not do that. Also T's answer to a file over the limit, and ours.
    Forbidden = 6,
    /// 7: the hash is not that of the message.
    HashMismatch = 7,
    /// 8: an encoding that is not known. Obsolete since June 2017.
    EncodingUnsupported = 8,
    /// 9: an encryption standard that is not known, or a text that does not decrypt.
    EncryptionUnsupported = 9,
    /// 10: a hashing standard that is not known.
    HashingUnsupported = 10,
    /// 11: blocked, or too many calls.
    RateLimited = 11,
}

impl ReplyCode {
    /// All of them, by number.
    pub const ALL: [Self; 12] = [
        Self::Success,
        Self::MissingField,
        Self::Unauthenticated,
        Self::Unavailable,
        Self::Database,
        Self::Timeout,
        Self::Forbidden,
        Self::HashMismatch,
        Self::EncodingUnsupported,
        Self::EncryptionUnsupported,
        Self::HashingUnsupported,
        Self::RateLimited,
    ];

    /// The number on the wire.
    #[must_use]
    pub fn number(self) -> i64 {
        self as i64
    }

    /// The number as text.
    #[must_use]
    pub fn digits(self) -> &'static str {
        ["0", "1", "2", "3", "4", "5", "6", "7", "8", "9", "10", "11"][self as usize]
    }

    /// The code of this number; `None` for another, such as the `-1` and `12` that some nodes made up.
    #[must_use]
    pub fn from_number(number: i64) -> Option<Self> {
        Self::ALL.into_iter().find(|code| code.number() == number)
    }

    /// The protocol's words for it. None has a `0` in it: M takes one anywhere in an answer for success (section 2).
    #[must_use]
    pub fn text(self) -> &'static str {
        match self {
            Self::Success => "Success",
            Self::MissingField => "Missing Compulsory Field",
            Self::Unauthenticated => "Unauthenticated User",
            Self::Unavailable => "Client Currently Unavailable",
            Self::Database => "Database Error",
            Self::Timeout => "Timeout Error",
            Self::Forbidden => "Insufficient Permissions",
            Self::HashMismatch => "Hash does not match",
            Self::EncodingUnsupported => "Encoding Standard Not Supported",
            Self::EncryptionUnsupported => "Encryption Standard Not Supported",
            Self::HashingUnsupported => "Hashing Standard Not Supported",
            Self::RateLimited => "Blacklisted or Rate Limited",
        }
    }
}

/// The answer as it is sent: `0: Success`.
impl fmt::Display for ReplyCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.number(), self.text())
    }
}

/// An answer with words of our own. Give them no `0`, for the reason at [`ReplyCode::text`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reply {
    /// What became of the call.
    pub code: ReplyCode,
    /// One line for people.
    pub text: Cow<'static, str>,
}

impl Reply {
    /// An answer that says `text`.
    #[must_use]
    pub fn new(code: ReplyCode, text: impl Into<Cow<'static, str>>) -> Self {
        Self { code, text: text.into() }
    }
}

impl From<ReplyCode> for Reply {
    fn from(code: ReplyCode) -> Self {
        Self::new(code, code.text())
    }
}

impl fmt::Display for Reply {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.code.number(), self.text)
    }
}

/// Finds the code in a peer's or the login server's answer, however it is spelt (`0`, `"0"`, `0: x`, `0, x`,
/// `{"error": 0}`, `Error 11: x`): the first signed integer after an optional quote, brace or word.
///
/// `None` where there is none, or one too large for any code: such an answer never means success.
#[must_use]
pub fn parse_reply(body: &str) -> Option<i64> {
    let body = body.trim_start_matches(['\u{feff}', ' ', '\t', '\r', '\n']);
    if !body.starts_with('{') {
        return leading_code(body);
    }
    if let Ok(object) = Body::parse(body.as_bytes()) {
        return object.text("error").and_then(leading_code);
    }
    // Not JSON, but perhaps a dictionary as Python prints it: `{'error': 0}`.
    let first_key = body.trim_start_matches(['{', ' ', '\'', '"']).strip_prefix("error")?;
    leading_code(first_key.trim_start_matches(['\'', '"', ':', ' ']))
}

/// Whether an answer says that the call did what it was to do. 4xx and 5xx statuses never do; see to that first.
#[must_use]
pub fn is_success(body: &str) -> bool {
    parse_reply(body) == Some(ReplyCode::Success.number())
}

/// The integer at the start of `text`, after at most one quote and one word.
fn leading_code(text: &str) -> Option<i64> {
    let text = text.trim_start();
    let text = text.strip_prefix(['"', '\'']).unwrap_or(text).trim_start();
    let text = text.trim_start_matches(|c: char| c.is_ascii_alphabetic()).trim_start_matches([':', ' ']);
    let sign = usize::from(text.starts_with(['-', '+']));
    let digits = text.as_bytes()[sign..].iter().take_while(|byte| byte.is_ascii_digit()).count();
    // `parse` stops at the digit that overflows, and refuses a lone sign and an empty text.
    text[..sign + digits].parse().ok()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn each_code_reads_back_from_its_own_spelling() {
        for code in ReplyCode::ALL {
            assert_eq!(parse_reply(&code.to_string()), Some(code.number()));
            assert_eq!(parse_reply(&Reply::new(code, "own words").to_string()), Some(code.number()));
            assert_eq!(ReplyCode::from_number(code.number()), Some(code));
        }
        assert_eq!(ReplyCode::Success.to_string(), "0: Success");
    }

    #[test]
    fn no_text_of_a_failure_looks_like_success_to_a_peer_that_seeks_a_zero() {
        assert!(ReplyCode::ALL.into_iter().all(|code| !code.text().contains('0')));
    }

    #[test]
    fn an_object_is_read_by_its_error_wherever_it_stands() {
        assert_eq!(parse_reply(r#"{"message": "5", "error": "0: done"}"#), Some(0));
        assert_eq!(parse_reply("{'error': 11}"), Some(11));
        assert_eq!(parse_reply(r#"{"message": 0}"#), None);
        assert_eq!(parse_reply(r#"{"error": {"error": 0}}"#), None);
    }

    #[test]
    fn what_has_no_code_is_no_success() {
        let empty = ["", " ", "\"\"", "null", "Error", "-", "+", "- 1", "<html>0</html>", "{", "{}", "{\"error\": null}", "[0]", "é0"];
        for body in empty {
            assert_eq!(parse_reply(body), None, "{body}");
        }
    }

    #[test]
    fn three_megabytes_of_digits_are_no_code() {
        assert_eq!(parse_reply(&"7".repeat(3_000_000)), None);
        assert_eq!(parse_reply(&format!("{{\"error\": {}}}", "7".repeat(3_000_000))), None);
        assert_eq!(parse_reply(&format!("{}5", "0".repeat(3_000_000))), Some(5));
        assert_eq!(parse_reply(&"{".repeat(3_000_000)), None);
        assert_eq!(parse_reply(&"<p>0</p>".repeat(300_000)), None);
    }

    proptest! {
        #[test]
        fn no_answer_panics(body in any::<String>()) {
            let _ = parse_reply(&body);
        }

        #[test]
        fn an_integer_is_read_in_each_dress(code in any::<i64>()) {
            for body in [format!("{code}"), format!("\"{code}: x\""), format!("{{\"error\": \"{code}\"}}"), format!("Error {code}, x")] {
                prop_assert_eq!(parse_reply(&body), Some(code));
            }
        }
    }
}
