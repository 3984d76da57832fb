//! The hashing standards of 2017 (protocol section 5).
//!
//! "Lower-case hex digest of the **plaintext** message in UTF-8, or of the **base64 text** of a file (T,A,J)."
//!
//! | no | algorithm |
//! | --- | --- |
//! | 0 | none |
//! | 1, 2 | SHA-256(text); SHA-256(text + sender) |
//! | 3, 4 | SHA-512(text); SHA-512(text + sender) |
//! | 5, 6 | bcrypt of text; of text + sender |
//! | 7, 8 | scrypt of text; of text + sender |

use sha2::{Digest, Sha256, Sha512};

use super::body::Body;
use super::error::WireError;
use super::passlib;

/// How the text of a message is hashed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Hashing {
    /// 0: not at all.
    #[default]
    None = 0,
    /// 1: SHA-256 of the text.
    Sha256 = 1,
    /// 2: SHA-256 of the text and its sender.
    Sha256Sender = 2,
    /// 3: SHA-512 of the text.
    Sha512 = 3,
    /// 4: SHA-512 of the text and its sender.
    Sha512Sender = 4,
    /// 5: bcrypt of the text.
    Bcrypt = 5,
    /// 6: bcrypt of the text and its sender.
    BcryptSender = 6,
    /// 7: scrypt of the text.
    Scrypt = 7,
    /// 8: scrypt of the text and its sender.
    ScryptSender = 8,
}

impl Hashing {
    /// All of them, by number.
    pub const ALL: [Self; 9] = [
        Self::None,
        Self::Sha256,
        Self::Sha256Sender,
        Self::Sha512,
        Self::Sha512Sender,
        Self::Bcrypt,
        Self::BcryptSender,
        Self::Scrypt,
        Self::ScryptSender,
    ];

    /// The number on the wire.
    #[must_use]
    pub fn number(self) -> u8 {
        self as u8
    }

    /// The standard of this number.
    #[must_use]
    pub fn from_number(number: i64) -> Option<Self> {
        Self::ALL.into_iter().find(|standard| i64::from(standard.number()) == number)
    }

    /// The hash of `text` (of a file: its base64) from `sender`, as most nodes compare it. `None` without hashing.
    ///
    /// From [`Hashing::Bcrypt`] on it takes a quarter of a second: off the arbiter with it.
    #[must_use]
    pub fn hash(self, text: &str, sender: &str) -> Option<String> {
        let with_sender = || format!("{text}{sender}");
        match self {
            Self::None => None,
            Self::Sha256 => Some(digest::<Sha256>(&[text])),
            Self::Sha256Sender => Some(digest::<Sha256>(&[text, sender])),
            Self::Sha512 => Some(digest::<Sha512>(&[text])),
            Self::Sha512Sender => Some(digest::<Sha512>(&[text, sender])),
            Self::Bcrypt => passlib::make_bcrypt(text, passlib::BCRYPT_COST),
            Self::BcryptSender => passlib::make_bcrypt(&with_sender(), passlib::BCRYPT_COST),
            Self::Scrypt => passlib::make_scrypt(text),
            Self::ScryptSender => passlib::make_scrypt(&with_sender()),
        }
    }

    /// Reads the standard that a body names: 0 when it names none.
    ///
    /// # Errors
    /// [`WireError::HashingUnsupported`] when it is none of 2017.
    pub fn read(body: &Body) -> Result<Self, WireError> {
        let number = body.integer("hashing").map_err(|_| WireError::HashingUnsupported)?;
        Self::from_number(number.unwrap_or(0)).ok_or(WireError::HashingUnsupported)
    }
}

/// What the sender says the hash of its text to be.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HashClaim {
    /// The standard.
    pub hashing: Hashing,
    /// The hash as it came; `None` when absent, blank, or the word `None`.
    pub hash: Option<String>,
    /// The sender's name as it came: its case counts in the standards that hash it.
    sender: String,
}

impl HashClaim {
    /// Reads the claim of a body in clear.
    ///
    /// # Errors
    /// [`WireError::HashingUnsupported`] for a standard that is none of 2017.
    pub fn read(body: &Body) -> Result<Self, WireError> {
        let hash = body.text("hash").map(str::trim).filter(|hash| !hash.is_empty() && *hash != "None");
        let sender = body.text("sender").unwrap_or_default().to_owned();
        Ok(Self { hashing: Hashing::read(body)?, hash: hash.map(str::to_owned), sender })
    }

    /// Whether checking takes up to a quarter of a second and 64 MB: off the arbiter, and few at a time.
    #[must_use]
    pub fn is_costly(&self) -> bool {
        self.hashing >= Hashing::Sha512Sender && self.hash.as_ref().is_some_and(|hash| hash.starts_with('$'))
            || self.hashing == Hashing::Bcrypt
    }

    /// Checks `text` (of a file: its base64) against the claim, as of 2017 and then as of 2018. Without hashing anything passes.
    ///
    /// # Errors
    /// [`WireError::HashMismatch`] when the hash is missing or that of another text; [`WireError::HashingUnsupported`] when checking
    /// would cost more than the protocol's own parameters do.
    pub fn check(&self, text: &str) -> Result<(), WireError> {
        if self.hashing == Hashing::None {
            return Ok(());
        }
        let hash = self.hash.as_deref().ok_or(WireError::HashMismatch)?;
        if self.is_of_2017(hash, text)? || self.is_of_2018(hash, text)? { Ok(()) } else { Err(WireError::HashMismatch) }
    }

    fn is_of_2017(&self, hash: &str, text: &str) -> Result<bool, WireError> {
        let with_sender = || format!("{text}{}", self.sender);
        Ok(match self.hashing {
            Hashing::None => true,
            Hashing::Sha256 => hash.eq_ignore_ascii_case(&digest::<Sha256>(&[text])),
            Hashing::Sha256Sender => hash.eq_ignore_ascii_case(&digest::<Sha256>(&[text, &self.sender])),
            Hashing::Sha512 => hash.eq_ignore_ascii_case(&digest::<Sha512>(&[text])),
            Hashing::Sha512Sender => hash.eq_ignore_ascii_case(&digest::<Sha512>(&[text, &self.sender])),
            Hashing::Bcrypt => passlib::verify_bcrypt(text, hash)?,
            Hashing::BcryptSender => passlib::verify_bcrypt(&with_sender(), hash)?,
            Hashing::Scrypt => passlib::verify_scrypt(text, hash)?,
            Hashing::ScryptSender => passlib::verify_scrypt(&with_sender(), hash)?,
        })
    }

    /// Section 12: "hashing 2 and 3 are SHA-256 and SHA-512 of text + sender, 4 bcrypt, 5 scrypt".
    fn is_of_2018(&self, hash: &str, text: &str) -> Result<bool, WireError> {
        Ok(match self.hashing {
            Hashing::Sha512 => hash.eq_ignore_ascii_case(&digest::<Sha512>(&[text, &self.sender])),
            Hashing::Sha512Sender => passlib::verify_bcrypt(text, hash)?,
            Hashing::Bcrypt => hash.eq_ignore_ascii_case(&passlib::raw_scrypt_of_2018(text, &self.sender)),
            _ => false,
        })
    }
}

/// The lower-case hex digest of some texts, one after the other.
fn digest<D: Digest>(parts: &[&str]) -> String {
    hex::encode(parts.iter().fold(D::new(), D::chain_update).finalize())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn claim(hashing: Hashing, hash: &str) -> HashClaim {
        HashClaim { hashing, hash: Some(hash.to_owned()), sender: "bob".to_owned() }
    }

    #[test]
    fn without_hashing_any_hash_is_ignored() {
        for hash in ["null", "\"\"", "\" \"", "\"None\"", "\"ab\"", "7", "{}"] {
            let body = Body::parse(format!("{{\"hash\": {hash}}}").as_bytes()).unwrap();
            assert_eq!(HashClaim::read(&body).unwrap().check("text"), Ok(()), "{hash}");
        }
    }

    #[test]
    fn hashing_without_a_hash_is_a_mismatch() {
        for hash in ["null", "\"\"", "\" \"", "\"None\""] {
            let body = Body::parse(format!("{{\"hash\": {hash}, \"hashing\": \"1\"}}").as_bytes()).unwrap();
            assert_eq!(HashClaim::read(&body).unwrap().check("text"), Err(WireError::HashMismatch), "{hash}");
        }
    }

    #[test]
    fn an_unknown_standard_is_unsupported() {
        for hashing in ["9", "-1", "\"abc\"", "1e300"] {
            let body = Body::parse(format!("{{\"hashing\": {hashing}}}").as_bytes()).unwrap();
            assert_eq!(HashClaim::read(&body), Err(WireError::HashingUnsupported), "{hashing}");
        }
    }

    #[test]
    fn what_a_standard_makes_it_also_checks() {
        for hashing in Hashing::ALL {
            let hash = hashing.hash("text", "bob").unwrap_or_default();
            assert_eq!(claim(hashing, &hash).check("text"), Ok(()), "{hashing:?}");
            let other = claim(hashing, &hash).check("other");
            assert!(other == Err(WireError::HashMismatch) || hashing == Hashing::None, "{hashing:?}");
        }
    }

    #[test]
    fn the_reading_of_2018_is_tried_second() {
        let sha512 = digest::<Sha512>(&["text", "bob"]);
        assert_eq!(claim(Hashing::Sha512, &sha512).check("text"), Ok(()));
        let bcrypt = passlib::make_bcrypt("text", 4).unwrap();
        assert_eq!(claim(Hashing::Sha512Sender, &bcrypt).check("text"), Ok(()));
        assert_eq!(claim(Hashing::Bcrypt, &passlib::raw_scrypt_of_2018("text", "bob")).check("text"), Ok(()));
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(64))]

        #[test]
        fn no_hash_panics(hash in any::<String>(), number in 1..9_i64) {
            let _ = claim(Hashing::from_number(number).unwrap(), &hash).check("text");
        }
    }
}
