//! The encryption standards of 2017 (protocol section 4).
//!
//! | no | algorithm | wire form |
//! | --- | --- | --- |
//! | 0 | none | |
//! | 1 | XOR with repeating ASCII key `01101001` | hex |
//! | 2 | AES-256-CBC, key = ASCII `41fb5b5ae4d57c5ee528adb078ac3b2e` | hex(iv + ciphertext) |
//! | 3 | RSA-1024, **no padding**, with the receiver's key | hex of the number |
//! | 4 | AES as 2 with a fresh key; that key RSA-wrapped as 3 in `decryptionKey` | as 2 |

/// How the fields of a body are encrypted. A later one is stronger.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Encryption {
    /// 0: in clear.
    #[default]
    None = 0,
    /// 1: XOR with a key that everybody knows.
    Xor = 1,
    /// 2: AES with a key that everybody knows.
    Aes = 2,
    /// 3: raw RSA with the receiver's key; each field on its own, at most 128 bytes.
    Rsa = 3,
    /// 4: AES with a fresh key, which goes along under the receiver's RSA key.
    Hybrid = 4,
}

impl Encryption {
    /// All of them, by number.
    pub const ALL: [Self; 5] = [Self::None, Self::Xor, Self::Aes, Self::Rsa, Self::Hybrid];

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
}
