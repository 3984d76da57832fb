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

    /// Checks `text` (of a file: its base64) against the claim. Without hashing anything passes.
    ///
    /// # Errors
    /// [`WireError::HashMismatch`] when the hash is missing or that of another text.
    pub fn check(&self, text: &str) -> Result<(), WireError> {
        if self.hashing == Hashing::None {
            return Ok(());
        }
        let hash = self.hash.as_deref().ok_or(WireError::HashMismatch)?;
        let sender = &self.sender;
        let matches = match self.hashing {
            Hashing::Sha256 => hash.eq_ignore_ascii_case(&digest::<Sha256>(&[text])),
            Hashing::Sha256Sender => hash.eq_ignore_ascii_case(&digest::<Sha256>(&[text, sender])),
            Hashing::Sha512 => hash.eq_ignore_ascii_case(&digest::<Sha512>(&[text])),
            Hashing::Sha512Sender => hash.eq_ignore_ascii_case(&digest::<Sha512>(&[text, sender])),
            _ => return Err(WireError::HashingUnsupported),
        };
        if matches { Ok(()) } else { Err(WireError::HashMismatch) }
    }
}

/// The lower-case hex digest of some texts, one after the other.
fn digest<D: Digest>(parts: &[&str]) -> String {
    hex::encode(parts.iter().fold(D::new(), D::chain_update).finalize())
}
