//! Text under AES-256-CBC as both 2017 protocols write it: hex of the iv followed by the ciphertext, padded with spaces.
//!
//! Unauthenticated, and under a key that everybody knows where the protocol fixes one: it keeps out the curious, no more.

use aes::Aes256;
use cbc::cipher::block_padding::NoPadding;
use cbc::cipher::{BlockModeDecrypt, BlockModeEncrypt, KeyIvInit};

/// Bytes in a block, and so in an iv.
pub const BLOCK_BYTES: usize = 16;

/// A key as the protocols give it: its 32 ASCII characters, not what they would mean as hex.
pub type Key = [u8; 32];

/// What is not hex, not whole blocks, or not text once decrypted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not the hex of an iv and AES blocks that decrypt to text")]
pub struct DecryptError;

/// Encrypts `text` under `key` from `iv`, which is to be random.
#[must_use]
pub fn encrypt(key: &Key, iv: [u8; BLOCK_BYTES], text: &str) -> String {
    let mut padded = text.as_bytes().to_vec();
    // One to sixteen spaces: a full block of them when the text already fills its last one.
    padded.resize((text.len() / BLOCK_BYTES + 1) * BLOCK_BYTES, b' ');
    let sealed = cbc::Encryptor::<Aes256>::new(key.into(), &iv.into()).encrypt_padded_vec::<NoPadding>(&padded);
    let mut wire = hex::encode(iv);
    wire.push_str(&hex::encode(sealed));
    wire
}

/// Decrypts what [`encrypt`] or another node wrote, and drops the trailing spaces.
///
/// # Errors
/// [`DecryptError`] when `wire` is not hex, holds no whole block, or decrypts to something that is not UTF-8.
pub fn decrypt(key: &Key, wire: &str) -> Result<String, DecryptError> {
    let bytes = hex::decode(wire.trim()).map_err(|_| DecryptError)?;
    let (iv, sealed) = bytes.split_first_chunk::<BLOCK_BYTES>().ok_or(DecryptError)?;
    if sealed.is_empty() {
        return Err(DecryptError);
    }
    let opened = cbc::Decryptor::<Aes256>::new(key.into(), iv.into()).decrypt_padded_vec::<NoPadding>(sealed).map_err(|_| DecryptError)?;
    let mut text = String::from_utf8(opened).map_err(|_| DecryptError)?;
    text.truncate(text.trim_end_matches(' ').len());
    Ok(text)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const KEY: &Key = b"150ecd12d550d05ad83f18328e536f53";

    #[test]
    fn what_is_not_ciphertext_is_refused() {
        for wire in ["", "zz", "00", &"00".repeat(16), &"00".repeat(17), &"00".repeat(31)] {
            assert_eq!(decrypt(KEY, wire), Err(DecryptError), "{wire}");
        }
    }

    proptest! {
        #[test]
        fn text_comes_back_without_its_trailing_spaces(text in any::<String>(), iv in any::<[u8; BLOCK_BYTES]>()) {
            let wire = encrypt(KEY, iv, &text);
            prop_assert_eq!(decrypt(KEY, &wire.to_uppercase()).unwrap(), text.trim_end_matches(' '));
        }
    }
}
