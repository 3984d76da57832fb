//! Why a peer's body is refused, and the result code that says so (protocol section 2).

use super::reply_code::{Reply, ReplyCode};

/// What is wrong with a body as a whole. `CherryPy`, which most nodes run on, answers 400 to the first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum BodyError {
    /// Not JSON, or not UTF-8.
    #[error("the body is not JSON")]
    NotJson,
    /// JSON, but an array, a string, a number...
    #[error("the body is not a JSON object")]
    NotAnObject,
}

/// Why a call is refused. No text has a `0` in it, for the reason at [`ReplyCode::text`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum WireError {
    /// There is no object to read.
    #[error("{0}")]
    Body(#[from] BodyError),
    /// A compulsory field is not there, or null.
    #[error("Missing Compulsory Field: {0}")]
    Missing(&'static str),
    /// A compulsory field is there and makes no sense.
    #[error("Invalid Compulsory Field: {0}")]
    Invalid(&'static str),
    /// More bytes than are taken.
    #[error("File too large")]
    FileTooLarge,
    /// A standard that is not known, or without the key for it.
    #[error("Encryption Standard Not Supported")]
    EncryptionUnsupported,
    /// A known standard, and a field that does not decrypt under it.
    #[error("Encryption Standard Not Supported: {0} does not decrypt")]
    Undecryptable(&'static str),
    /// A standard that is not known, or that would cost too much to check.
    #[error("Hashing Standard Not Supported")]
    HashingUnsupported,
    /// The hash is missing, or that of another text.
    #[error("Hash does not match")]
    HashMismatch,
}

impl WireError {
    /// The result code for the peer. For a file over the limit it is 6 as with T: S's 4 reads as a passing trouble, A's 1 as a slip.
    #[must_use]
    pub fn code(self) -> ReplyCode {
        match self {
            Self::Body(_) | Self::Missing(_) | Self::Invalid(_) => ReplyCode::MissingField,
            Self::FileTooLarge => ReplyCode::Forbidden,
            Self::EncryptionUnsupported | Self::Undecryptable(_) => ReplyCode::EncryptionUnsupported,
            Self::HashingUnsupported => ReplyCode::HashingUnsupported,
            Self::HashMismatch => ReplyCode::HashMismatch,
        }
    }

    /// The answer for the peer.
    #[must_use]
    pub fn reply(self) -> Reply {
        Reply::new(self.code(), self.to_string())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_answer_names_the_field_and_has_no_zero_but_in_its_code() {
        assert_eq!(WireError::Missing("stamp").reply().to_string(), "1: Missing Compulsory Field: stamp");
        let all = [
            WireError::Body(BodyError::NotAnObject),
            WireError::Body(BodyError::NotJson),
            WireError::Invalid("sender"),
            WireError::FileTooLarge,
            WireError::EncryptionUnsupported,
            WireError::Undecryptable("message"),
            WireError::HashingUnsupported,
            WireError::HashMismatch,
        ];
        assert!(all.into_iter().all(|error| !error.to_string().contains('0') && error.code() != ReplyCode::Success));
    }
}
