//! The result codes of the login server, the texts that go with them, and reading what a login server answered.

/// The answer to a report that was taken. Clients compare it whole.
pub const REPORTED: &str = "0, User and IP logged";

/// The answer to a log off. Clients compare it whole.
pub const LOGGED_OFF: &str = "0, Logged off successfully";

/// The line above a list in text form.
pub const LIST_RETURNED: &str = "0, Online user list returned";

/// The answer when the server itself has trouble. The protocol has no code for it; 7 is the one that means "later".
pub const BUSY: &str = "7, Server is busy";

/// Why the login server refuses a call.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// 1: an argument that the call needs is absent or empty.
    #[error("the login server misses an argument")]
    MissingField,
    /// 2: no such account, or not its password.
    #[error("unknown user or wrong password")]
    Unauthenticated,
    /// 3: the address does not belong to the location.
    #[error("the login server does not believe the address or location")]
    FalseAddress,
    /// 4: a name that no account can have.
    #[error("the login server does not take the user name")]
    InvalidUsername,
    /// 6: an argument that does not decrypt.
    #[error("the login server cannot decrypt the arguments")]
    Undecryptable,
    /// 7: too many calls.
    #[error("too many calls to the login server")]
    LimitReached,
    /// 8: a location, address, port or choice that is none.
    #[error("the login server does not take the value of an argument")]
    InvalidValue,
    /// 9: a public key that is none.
    #[error("the login server does not take the public key")]
    InvalidKey,
}

/// One line each: the refusal, its code, and the text sent. A second comma in a text would break two of the clients.
const REFUSALS: [(Refusal, u8, &str); 8] = [
    (Refusal::MissingField, 1, "1, Missing Compulsory Field"),
    (Refusal::Unauthenticated, 2, "2, Unauthenticated user"),
    (Refusal::FalseAddress, 3, "3, False IP address or location reported"),
    (Refusal::InvalidUsername, 4, "4, Invalid Username"),
    (Refusal::Undecryptable, 6, "6, Decryption Failed"),
    (Refusal::LimitReached, 7, "7, API limit reached"),
    (Refusal::InvalidValue, 8, "8, Invalid Field Value"),
    (Refusal::InvalidKey, 9, "9, Invalid Public Key"),
];

impl Refusal {
    /// The line that says it.
    #[must_use]
    pub fn text(self) -> &'static str {
        REFUSALS.iter().find(|(refusal, ..)| *refusal == self).map_or(BUSY, |(.., text)| text)
    }

    fn from_code(code: u32) -> Option<Self> {
        REFUSALS.iter().find(|(_, known, _)| u32::from(*known) == code).map(|(refusal, ..)| *refusal)
    }
}

/// What else than success an answer of a login server can be.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum LoginServerError {
    /// It said no, and why.
    #[error(transparent)]
    Refused(#[from] Refusal),
    /// It said no with a code that the protocol does not have.
    #[error("the login server answered with the unknown code {0}")]
    UnknownCode(u32),
    /// It is no answer of a login server.
    #[error("the answer is not one of a login server")]
    Rubbish,
    /// It is longer than [`super::list::MAX_LIST_BYTES`].
    #[error("the answer of the login server is too long")]
    TooLong,
}

/// Reads the answer to a report or log off.
///
/// # Errors
/// Every answer that does not begin with the code 0.
pub fn read_status(body: &[u8]) -> Result<(), LoginServerError> {
    match leading_code(&String::from_utf8_lossy(body)) {
        Some(0) => Ok(()),
        Some(code) => Err(Refusal::from_code(code).map_or(LoginServerError::UnknownCode(code), LoginServerError::Refused)),
        None => Err(LoginServerError::Rubbish),
    }
}

/// The number before the first comma, or alone. A byte order mark, spaces and a quote before it are let through.
fn leading_code(text: &str) -> Option<u32> {
    let text = text.trim_start_matches(|c: char| c == '\u{feff}' || c == '"' || c.is_whitespace());
    let digits = text.split([',', ':', '"', '\r', '\n']).next()?.trim_end();
    let written_out = !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit());
    digits.parse().ok().filter(|_| written_out)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn every_text_has_its_code_and_exactly_one_comma() {
        let texts = REFUSALS.iter().map(|(_, code, text)| (*code, *text)).chain([(0, REPORTED), (0, LOGGED_OFF), (7, BUSY)]);
        for (code, text) in texts {
            assert_eq!((text.matches(',').count(), text.starts_with(&format!("{code}, "))), (1, true), "{text}");
        }
        assert_eq!(LIST_RETURNED.len(), 28, "a client indexes behind it");
    }

    #[test]
    fn the_texts_are_those_of_the_vectors() {
        let vectors: serde_json::Value = serde_json::from_str(include_str!("../../../tests/fixtures/vectors.json")).unwrap();
        let replies = &vectors["login_replies"];
        assert_eq!(replies["report_ok"], REPORTED);
        assert_eq!(replies["logoff_ok"], LOGGED_OFF);
        assert_eq!(replies["getList_status_line"], LIST_RETURNED);
        assert_eq!(replies["unauthenticated"], Refusal::Unauthenticated.text());
        assert_eq!(replies["false_location"], Refusal::FalseAddress.text());
    }

    #[test]
    fn a_refusal_is_read_by_its_code_whatever_its_words() {
        for (refusal, code, text) in REFUSALS {
            assert_eq!(read_status(text.as_bytes()), Err(refusal.into()));
            assert_eq!(read_status(format!("\"{code}: x, y\"").as_bytes()), Err(refusal.into()));
        }
        assert_eq!(read_status(b"5, x"), Err(LoginServerError::UnknownCode(5)));
    }

    #[test]
    fn rubbish_is_never_success() {
        for body in ["", "<html>0, ok</html>", "zero", "0x, y", "-0, x", "+0, x", "99999999999999999999, x", "{}", ", 0"] {
            assert_eq!(read_status(body.as_bytes()), Err(LoginServerError::Rubbish), "{body}");
        }
    }

    proptest! {
        #[test]
        fn no_answer_is_too_strange_to_read(body in any::<Vec<u8>>()) {
            let _ = read_status(&body);
        }
    }
}
